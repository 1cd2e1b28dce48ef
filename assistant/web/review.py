"""One note under review: what was suggested and what the coder decided so far. Values; each decision gives a new one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.errors import InputError
from assistant.web.words import say

ACCEPTED, REJECTED, ADDED = "accepted", "rejected", "added"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the coder decided about one code."""

    action: str
    """accepted, rejected or added."""
    reason: str = ""
    """Why it was rejected, in the coder's words."""
    description: str = ""
    """Title of an added code."""


@dataclass(frozen=True, slots=True)
class Review:
    """The state of one session's Coder tab."""

    text: str
    record: dict[str, Any]
    """The `suggest` answer."""
    choices: Mapping[str, Choice] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    """Accepted and added codes as they will be listed, first-listed first."""
    submitted: bool = False

    @property
    def undecided(self) -> tuple[str, ...]:
        """Selected suggestions without a decision: nothing can be submitted while there is one."""
        return tuple(
            item["code"] for item in self.record["suggestions"] if item["selected"] and item["code"] not in self.choices
        )

    @property
    def ready(self) -> bool:
        """Whether the review may be submitted."""
        return not self.undecided and bool(self.order) and not self.submitted

    def accept(self, code: str) -> "Review":
        """`code` confirmed, listed by its rank among the suggestions."""
        self._suggestion(code)
        order = [taken for taken in self.order if taken != code]
        rank = self._rank(code)
        place = next((at for at, taken in enumerate(order) if self._rank(taken) > rank), len(order))
        return self._with(code, Choice(ACCEPTED), (*order[:place], code, *order[place:]))

    def accept_selected(self) -> "Review":
        """Every selected suggestion without a decision, accepted."""
        review = self
        for code in self.undecided:
            review = review.accept(code)
        return review

    def reject(self, code: str, reason: str) -> "Review":
        """`code` rejected. Raises InputError without a reason."""
        self._suggestion(code)
        if not reason.strip():
            raise InputError(say("coder.needs_reason", code=code))
        order = tuple(taken for taken in self.order if taken != code)
        return self._with(code, Choice(REJECTED, " ".join(reason.split())[:200]), order)

    def add(self, code: str, description: str) -> "Review":
        """A code of the coder's own, listed last. A suggested code is accepted instead."""
        if any(item["code"] == code for item in self.record["suggestions"]):
            return self.accept(code)
        order = (*(taken for taken in self.order if taken != code), code)
        return self._with(code, Choice(ADDED, description=description), order)

    def undo(self, code: str) -> "Review":
        """No decision about `code`."""
        choices = {name: choice for name, choice in self.choices.items() if name != code}
        order = tuple(taken for taken in self.order if taken != code)
        return replace(self, choices=choices, order=order, submitted=False)

    def move(self, code: str, step: int) -> "Review":
        """`code` one place up (-1) or down (+1) in the list."""
        if code not in self.order:
            return self
        order = [taken for taken in self.order if taken != code]
        order.insert(max(0, min(len(order), self.order.index(code) + step)), code)
        return replace(self, order=tuple(order), submitted=False)

    def description(self, code: str) -> str:
        """The title of a suggested or added code."""
        for item in self.record["suggestions"]:
            if item["code"] == code:
                return str(item["description"])
        return self.choices[code].description

    def arguments(self) -> dict[str, Any]:
        """What `assistant.review.confirmation.confirm` is called with."""
        named = {
            action: [code for code in self.order if self.choices[code].action == action] for action in (ACCEPTED, ADDED)
        }
        rejected = [f"{code}={choice.reason}" for code, choice in self.choices.items() if choice.action == REJECTED]
        return {"accept": ",".join(named[ACCEPTED]), "reject": rejected, "add": named[ADDED]}

    def _with(self, code: str, choice: Choice, order: tuple[str, ...]) -> "Review":
        return replace(self, choices={**self.choices, code: choice}, order=order, submitted=False)

    def _suggestion(self, code: str) -> None:
        if all(item["code"] != code for item in self.record["suggestions"]):
            raise InputError(say("coder.not_suggested"))

    def _rank(self, code: str) -> int:
        ranks = {item["code"]: int(item["rank"]) for item in self.record["suggestions"]}
        return ranks.get(code, len(ranks) + 1)
