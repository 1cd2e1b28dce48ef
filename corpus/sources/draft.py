"""A release made of the files a site gave: nodes and index lines, with what is doubtful about them. Nothing is
installed here.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from corpus.codes import CodeSystem, IndexTerm, Node, Release
from corpus.editions import BY_ADDENDA, Edition, choose
from corpus.errors import CorpusError
from corpus.sources import naming
from corpus.sources.addenda import Action, disagreements
from corpus.sources.amendment import amended
from corpus.sources.contents import Contents
from corpus.sources.index_lines import Index, renumbered
from corpus.sources.order import order_nodes
from corpus.sources.pcs_nodes import imported_nodes
from corpus.sources.service_nodes import cpt_nodes, hcpcs_nodes

_SHOWN = 5


@dataclass(frozen=True)
class Draft:
    """One release ready to be checked. `base` is the edition that the files add to, None for a release of their own."""

    release: Release
    contents: Contents
    nodes: tuple[Node, ...] = field(repr=False)
    index: tuple[IndexTerm, ...] = field(repr=False)
    base: Edition | None
    doubts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def sources(self) -> dict[str, str]:
        """File -> sha256, with what the base was made of."""
        kept = dict(self.base.sources) if self.base else {}
        return {**kept, **{file.name: file.sha256 for file in self.contents.files}}


def make_draft(
    system: CodeSystem,
    contents: Contents,
    wish: naming.Wish,
    editions: Sequence[Edition],
    in_use: Edition | None,
) -> Draft | None:
    """The release that `contents` make; None when they hold addenda alone and no new release is named for them to make.

    `editions` are those the site has of the system. Raises CorpusError when the files are not enough for a release.
    """
    if system is CodeSystem.HCPCS:
        return _hcpcs(contents, wish, editions)
    if system is CodeSystem.CPT:
        return _cpt(contents, wish)
    if not (contents.tabular or contents.order or contents.descriptions or contents.tables):
        if not (contents.indexes or contents.definitions):
            return _amended(system, contents, wish, editions)
        return _added_to(_target(system, contents, wish, editions, in_use), contents)
    release = naming.fiscal_release(system, wish, [text for text in contents.versions if text], contents.names)
    base = next((edition for edition in editions if edition.release.name == release.name and edition.folder), None)
    if system is CodeSystem.ICD10PCS:
        draft = _procedures(contents, release, base, in_use)
    else:
        draft = _diagnoses(contents, release, base)
    return replace(draft, doubts=(*draft.doubts, *_addenda_doubts(contents, draft.nodes)))


def _diagnoses(contents: Contents, release: Release, base: Edition | None) -> Draft:
    doubts: list[str] = []
    remarks: list[str] = []
    if contents.tabular:
        nodes = contents.tabular.nodes
        if contents.listed:
            have = {node.code.replace(".", "") for node in nodes if node.billable}
            lacking, beyond = sorted(contents.listed - have), sorted(have - contents.listed)
            for codes, sentence in (
                (lacking, "{:,} codes of the order file are not in the tabular list: {}"),
                (beyond, "{:,} codes of the tabular list are not in the order file: {}"),
            ):
                if codes:
                    doubts.append(sentence.format(len(codes), ", ".join(codes[:_SHOWN])))
        elif contents.tabular.unconfirmed:
            remarks.append(
                "no order file came with the tabular list, which does not say what 7th characters are left out by rule"
            )
    elif contents.order:
        noted = base is not None and any(node.notes for node in base.nodes())
        if noted:
            raise CorpusError(
                f"{release.title} is already there with its tabular list, which says more than an order file; "
                "import the tabular list and the order file together to replace it"
            )
        nodes = tuple(order_nodes(contents.order))
        remarks.append("an order file has no chapters, notes or inclusion terms; import the tabular list (XML) with it")
    else:
        raise CorpusError(
            f"{contents.names[0]} lists codes without their headers; import the order file or the tabular list with it"
        )
    index = _index(contents.indexes, base)
    if not index:
        remarks.append("no alphabetic index came with it; with the index (XML) its terms are searched too")
    return Draft(release, contents, nodes, index, base, tuple(doubts), tuple(remarks))


def _procedures(contents: Contents, release: Release, base: Edition | None, in_use: Edition | None) -> Draft:
    rows = contents.order or contents.descriptions
    titles = {row.code: row.long for row in rows if row.billable}
    doubts: list[str] = []
    remarks: list[str] = []
    known = in_use or base
    if contents.tables and titles:
        allowed = contents.tables.labels().keys()
        for codes, sentence in (
            (sorted(titles.keys() - allowed), "{:,} codes of the order file are in no table: {}"),
            (sorted(allowed - titles.keys()), "{:,} codes of the tables are not in the order file: {}"),
        ):
            if codes:
                doubts.append(sentence.format(len(codes), ", ".join(codes[:_SHOWN])))
    elif contents.tables:
        remarks.append(
            "no order file came with the tables; titles not known from the release in use are put together from labels"
        )
    else:
        remarks.append("no tables came with the order file; labels of axis values are taken from the release in use")
    nodes = tuple(imported_nodes(rows, contents.tables, contents.definitions, known.nodes if known else tuple))
    return Draft(release, contents, nodes, _index(contents.indexes, base), base, tuple(doubts), tuple(remarks))


def _index(parts: Iterable[Index], base: Edition | None) -> tuple[IndexTerm, ...]:
    """The lines of the index: new parts, and those parts of the base that they do not replace."""
    new = {part.source: part.terms for part in parts}
    old: dict[str, list[IndexTerm]] = {}
    for term in base.index() if base else ():
        if term.source not in new:
            old.setdefault(term.source, []).append(term)
    return renumbered([*old.values(), *new.values()])


def _target(
    system: CodeSystem, contents: Contents, wish: naming.Wish, editions: Sequence[Edition], in_use: Edition | None
) -> Edition:
    """The release that an index belongs to: the one named, else of its year, else the one in use."""
    if wish.name:
        found = next((edition for edition in editions if edition.release.name == wish.name), None)
        if found is None:
            there = ", ".join(edition.release.name for edition in editions) or "none"
            raise CorpusError(
                f"no release {wish.name!r} of {naming.LABELS[system]} is here to add an index to (there: {there})"
            )
        return found
    said = naming.years([text for text in contents.versions if text]) or naming.years(contents.names)
    same = [edition for edition in editions if said and f"FY{said[0]}" in edition.release.name]
    target = same[-1] if same else in_use
    if target is None:
        raise CorpusError(f"there is no release of {naming.LABELS[system]} to add an index to; import its codes first")
    return target


def _added_to(base: Edition, contents: Contents) -> Draft:
    nodes = tuple(base.nodes())
    listed = {node.code for node in nodes}
    terms = [term for part in contents.indexes for term in part.terms]
    named = [code.rstrip("-").rstrip(".") for term in terms for _, code in term.codes]
    prefixes = {code[:size] for code in listed for size in range(3, len(code) + 1)} if named else set()
    strange = sorted({code for code in named if code not in prefixes})
    doubts: list[str] = []
    remarks: list[str] = []
    if strange:
        sentence = f"{len(strange):,} codes of the index are not in {base.release.title}: {', '.join(strange[:_SHOWN])}"
        (doubts if len(strange) > len(set(named)) / 100 else remarks).append(sentence)
    said = naming.years([text for text in contents.versions if text]) or naming.years(contents.names)
    if said and said[0] not in base.release.name:
        remarks.append(f"the index is of {said[0]}, the codes it is added to are of {base.release.title}")
    release = replace(base.release, source=", ".join(filter(None, (base.release.source, *contents.names))))
    return Draft(release, contents, nodes, _index(contents.indexes, base), base, tuple(doubts), tuple(remarks))


def _amended(system: CodeSystem, contents: Contents, wish: naming.Wish, editions: Sequence[Edition]) -> Draft | None:
    """The release before with the addenda applied, when a release is named that is not there yet; else None."""
    if not wish.name or any(edition.release.name == wish.name for edition in editions):
        return None
    release = naming.fiscal_release(system, wish, [], contents.names)
    base = choose(
        [one for one in editions if one.release.starts < release.starts], dt.date.fromisoformat(release.starts)
    )
    if base is None:
        raise CorpusError(f"no release before {release.title} is here for the addenda to be applied to")
    nodes = amended(system, base.nodes, contents.addenda, base.release.title)
    name = f"{release.name}{BY_ADDENDA}{base.release.name}"
    release = replace(release, name=name, title=f"{naming.LABELS[system]} {name}")
    remark = (
        f"codes and titles by the addenda; notes, inclusion terms and index lines are those of {base.release.title}"
    )
    lines = sum(addenda.others for _, addenda in contents.addenda)
    left = (f"{lines:,} lines on notes and terms are not applied",) if lines else ()
    return Draft(release, contents, nodes, tuple(base.index()), base, (), (remark, *left))


def _hcpcs(contents: Contents, wish: naming.Wish, editions: Sequence[Edition]) -> Draft:
    rows = contents.fixed or contents.sheet
    remarks = []
    if contents.fixed and contents.sheet:
        first, second = ({(row.code, row.modifier) for row in part} for part in (contents.fixed, contents.sheet))
        if first != second:
            remarks.append(
                f"the fixed-width file and the workbook differ in {len(first ^ second):,} codes; the fixed-width file is used"
            )
    if not any(row.added for row in rows):
        remarks.append("the file gives no dates: from when to when each code is valid stays unknown")
    release = naming.quarter_release(wish, contents.names, (row.effective or row.added for row in rows))
    starter = next((edition for edition in editions if edition.folder is None), None)
    nodes = tuple(hcpcs_nodes(rows, starter.nodes() if starter else ()))
    return Draft(release, contents, nodes, (), None, (), tuple(remarks))


def _cpt(contents: Contents, wish: naming.Wish) -> Draft:
    release = naming.year_release(wish, contents.names)
    nodes = tuple(cpt_nodes(contents.cpt))
    licence = (
        "CPT is copyright of the American Medical Association: the licence to use this file is the site's matter; "
        "its texts stay in this data folder"
    )
    return Draft(release, contents, nodes, (), None, (), (licence,))


def _addenda_doubts(contents: Contents, nodes: Iterable[Node]) -> Iterator[str]:
    if not contents.addenda:
        return
    titles = {node.code.replace(".", ""): node.title for node in nodes}
    for name, addenda in contents.addenda:
        found = list(disagreements(addenda, titles.get))
        if found:
            yield f"{name} does not agree with the codes in {len(found):,} places, e.g. {found[0]}"


def addenda_counts(contents: Contents) -> dict[str, int]:
    """How many codes the addenda add, delete and revise, and how many lines concern notes and terms."""
    counts: dict[str, int] = {}
    for _, addenda in contents.addenda:
        for action in (Action.ADD, Action.DELETE, Action.REVISE_TO):
            counts[action.value] = counts.get(action.value, 0) + len(addenda.codes(action))
        counts["other_lines"] = counts.get("other_lines", 0) + addenda.others
    return counts
