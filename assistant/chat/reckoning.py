"""Sums and differences in a model's sentence: which may stand, and which nobody may reckon."""

from collections.abc import Iterable

from assistant.chat.figures import Figure, Kind
from assistant.chat.guard_words import among, roles_in
from assistant.chat.inputs import Inputs

MOST_PARTS = 12
"""Most amounts of a sentence that are reckoned with."""


def reckoned_amount(found: Iterable[Figure], sentence: str, inputs: Inputs) -> Figure | None:
    """The one amount of a sentence that is said to be, and is, the sum of all its others or the difference of its two.

    The others must stand in the inputs. What is owed, due or to be refunded is never reckoned but from parts that are all
    of that sort, and never a difference: nobody knows here what was paid at the desk.
    """
    amounts = [figure for figure in found if figure.kind is Kind.AMOUNT]
    if not 3 <= len(amounts) <= MOST_PARTS or not among("words").search(sentence):
        return None
    told = roles_in(sentence)
    person = bool(among("people").search(sentence))

    def doubtful(figure: Figure) -> bool:
        return figure not in inputs.figures or bool(told and not told & inputs.figures[figure])

    for figure in sorted(amounts, key=doubtful, reverse=True):
        parts = [part for part in amounts if part != figure]
        if any(part not in inputs.figures or part.value == 0 for part in parts):
            continue
        shared = frozenset.intersection(*(inputs.figures[part] for part in parts))
        if figure.value == sum(part.value for part in parts):
            of_one_sort = bool(shared & told) if told else bool(shared)
            if of_one_sort and told & BINDING <= shared and (not person or "owes" in shared):
                return figure
        apart = len(parts) == 2 and figure.value == abs(parts[0].value - parts[1].value)
        if apart and not person and not told & BINDING:
            return figure
    return None


BINDING = frozenset({"owes", "refund"})
"""Sorts of amount on which somebody acts."""
