"""Addenda applied: the codes of one release, changed line by line into those of the next.

Nothing is guessed. A line that does not fit the release (a code deleted or revised that it lacks or calls otherwise, one
added that it has, a code to be reported with others below it) refuses the whole. Addenda texts name codes and titles alone:
notes, inclusion terms and the index stay those of the release before, and the name of the new one says so.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from corpus.codes import CodeSystem, Node, dotted, written
from corpus.errors import CorpusError
from corpus.index.words import fold
from corpus.sources.addenda import Action, Addenda, Change
from corpus.sources.order import OrderRow
from corpus.sources.pcs_nodes import imported_nodes
from corpus.sources.tabular import clean_title

CATEGORY = 3
FULL = 7


def amended(
    system: CodeSystem, nodes: Callable[[], Iterable[Node]], addenda: Sequence[tuple[str, Addenda]], title: str
) -> tuple[Node, ...]:
    """The nodes of the release called `title` with the changes of (file, addenda) made, parents before children.

    Raises CorpusError naming file and line of the first change that does not fit.
    """
    before = list(nodes())
    bare = {node.code.replace(".", ""): node.title for node in before if node.kind == "code"}
    titles, flags = _titles(system, bare, addenda, title)
    if system is CodeSystem.ICD10PCS:
        rows = [OrderRow(0, code, len(code) == FULL, "", title) for code, title in titles.items()]
        return tuple(imported_nodes(rows, None, (), nodes))
    return tuple(_Tree(before, titles, flags).nodes())


def _titles(
    system: CodeSystem, before: Mapping[str, str], addenda: Sequence[tuple[str, Addenda]], title: str
) -> tuple[dict[str, str], dict[str, tuple[str, bool]]]:
    """Undotted code -> title afterwards; and for lines with a flag: code -> (file and line, may it be reported)."""
    after, flags = dict(before), {}
    for name, one in addenda:
        ordered = sorted(one.changes, key=lambda change: _ORDER[change.action])
        for change in ordered:
            where = f"{name}, line {change.line}"
            said = f"{where}, {_VERBS[change.action]} {written(system, change.code)}"
            _apply(change, before, after, said, title)
            if change.billable is not None and change.action in (Action.ADD, Action.REVISE_TO):
                flags[change.code] = (where, change.billable)
    return after, flags


_ORDER = {Action.DELETE: 0, Action.REVISE_FROM: 0, Action.ADD: 1, Action.REVISE_TO: 1}
_VERBS = {
    Action.DELETE: "deletes",
    Action.REVISE_FROM: "revises",
    Action.ADD: "adds",
    Action.REVISE_TO: "revises",
}


def _apply(change: Change, before: Mapping[str, str], after: dict[str, str], said: str, title: str) -> None:
    if change.action in (Action.DELETE, Action.REVISE_FROM):
        if change.code not in before:
            raise CorpusError(f"{said}, which {title} does not have; these addenda are of another release")
        if _said(before[change.code]) != _said(change.title):
            raise CorpusError(f"{said}, which {title} calls otherwise; these addenda are of another release")
        if change.action is Action.DELETE:
            after.pop(change.code, None)
    elif change.action is Action.ADD:
        if change.code in after:
            raise CorpusError(f"{said}, which {title} has already; these addenda are of another release")
        after[change.code] = change.title
    else:
        if change.code not in after:
            raise CorpusError(f"{said}, which {title} does not have; these addenda are of another release")
        after[change.code] = change.title


def _said(title: str) -> str:
    return " ".join(fold(clean_title(title)[0]).split())


@dataclass
class _Tree:
    """ICD-10-CM: the nodes of a release with other codes and titles."""

    before: list[Node]
    titles: Mapping[str, str]
    """Undotted code -> title, of every code and header there shall be."""
    flags: Mapping[str, tuple[str, bool]]
    below: dict[str | None, list[str]] = field(default_factory=dict)
    """Node code -> codes of what stands below, in order."""

    def nodes(self) -> Iterable[Node]:
        """All nodes, parents before children. Raises CorpusError for a code without its place."""
        old = {node.code: node for node in self.before}
        shall = {dotted(code): title for code, title in self.titles.items()}
        self._sevenths = self._characters()
        for node in self.before:
            if node.kind != "code" or node.code in shall:
                self.below.setdefault(node.parent, []).append(node.code)
        blocks = [node for node in self.before if node.kind == "block"]
        for code in sorted(code for code in shall if code not in old):
            listed = self.below.setdefault(self._parent(code, shall, blocks), [])
            at = next((at for at, sibling in enumerate(listed) if sibling > code), len(listed))
            listed.insert(at, code)
        kept = {None, *(node.code for node in self.before if node.kind != "code"), *shall}
        lost = sorted(str(code) for parent in self.below if parent not in kept for code in self.below[parent])
        if lost:
            raise CorpusError(f"the addenda take away what {lost[0]} stands under, and leave {lost[0]}")
        emptied = [
            node.code
            for node in self.before
            if node.code in shall and not node.billable and not self.below.get(node.code)
            if not self.flags.get(node.code.replace(".", ""), ("", False))[1]
        ]
        if emptied:
            raise CorpusError(f"the addenda take away all that stands below {emptied[0]}, and leave {emptied[0]}")
        for bare, (where, flag) in self.flags.items():
            if flag == bool(self.below.get(dotted(bare))):
                told = "may be reported, but has codes below it" if flag else "is a header, but has no code below it"
                raise CorpusError(f"{where}: {dotted(bare)} {told} once all changes are made")
        yield from self._walk(None, None, old, shall)

    def _walk(
        self, parent: str | None, above: Node | None, old: Mapping[str, Node], shall: Mapping[str, str]
    ) -> Iterable[Node]:
        for code in self.below.get(parent, ()):
            node = old.get(code)
            if node is None or node.kind == "code":
                node = self._node(code, parent, node, shall)
            yield node
            yield from self._walk(code, node, old, shall)

    def _node(self, code: str, parent: str | None, old: Node | None, shall: Mapping[str, str]) -> Node:
        children = self.below.get(code, ())
        if old and shall[code] == old.title and old.billable == (not children) and not old.seventh:
            return old
        title, aliases = clean_title(shall[code])
        seventh = tuple(
            (child[-1], self._sevenths[code[:CATEGORY], child[-1]]) for child in children if self._extends(child)
        )
        if old is None:
            stem = parent if self._extends(code) and parent else code
            return Node(code, title, "code", parent, stem, not children, seventh, aliases=aliases)
        same = _said(old.title) == _said(title)
        kept = old if same else replace(old, title=title, aliases=aliases, short="")
        unchanged = {child[-1] for child in children} == {char for char, _ in old.seventh}
        return replace(kept, billable=not children, seventh=old.seventh if unchanged else seventh)

    def _characters(self) -> dict[tuple[str, str], str]:
        """(category, 7th character) -> what it means there."""
        return {
            (node.code[:CATEGORY], char): meaning
            for node in self.before
            if node.kind == "code"
            for char, meaning in node.seventh
        }

    def _extends(self, code: str) -> bool:
        """Whether the last character is a 7th character as its category uses it, not one more place of the code."""
        return len(code) == FULL + 1 and (code[:CATEGORY], code[-1]) in self._sevenths

    def _parent(self, code: str, shall: Mapping[str, str], blocks: Sequence[Node]) -> str | None:
        bare = code.replace(".", "")
        for size in range(len(bare) - 1, CATEGORY - 1, -1):
            if dotted(bare[:size]) in shall:
                return dotted(bare[:size])
        if len(bare) > CATEGORY:
            raise CorpusError(f"the addenda add {code}, but no header for it to stand under")
        around = [block for block in blocks if block.code.split("-")[0] <= bare <= block.code.split("-")[-1]]
        if blocks and not around:
            raise CorpusError(f"the addenda add {code}, which stands in no block of the release before")
        return around[-1].code if around else None
