"""ICD-10-PCS from packages: every code, its labels, its table, its days."""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from corpus.codes import Node
from corpus.library import CodeBook, write_library
from corpus.procedures import definitions
from corpus.procedures.filling import axes, chosen, labels
from corpus.procedures.labels import AXES
from corpus.procedures.nodes import labels_in, read_nodes
from corpus.procedures.tables import table_rows
from corpus.sources import pcs
from corpus.sources.validity import CodeValidity

GLUE = frozenset(
    (
        *(
            "a",
            "and",
            "approach",
            "artificial",
            "as",
            "at",
            "created",
            "devices",
            "from",
            "in",
            "into",
            "natural",
            "of",
        ),
        *("on", "opening", "or", "s", "the", "to", "using", "via", "with"),
    )
)
"""Words that titles put between labels."""
SILENT = re.compile(r"^(No Device|No Qualifier|None)$")
OWN_WORDS = {
    # what titles say besides operation and labels
    "control": "bleeding",
    "extirpation": "matter",
    "performance": "extracorporeal",
    "assistance": "extracorporeal cerebral embolic filtration",
    "introduction": "extracorporeal",
    "monitoring": "sub epidermal moisture",
    "treatment": "osteopathic",
    "manipulation": "chiropractic",
}


@pytest.fixture(scope="module")
def nodes() -> list[Node]:
    return list(read_nodes())


@pytest.fixture(scope="module")
def codes(nodes: list[Node]) -> list[Node]:
    return [node for node in nodes if node.billable]


@pytest.fixture(scope="module")
def book(nodes: list[Node], tmp_path_factory: pytest.TempPathFactory) -> CodeBook:
    path = tmp_path_factory.mktemp("pcs") / "codes.db"
    write_library(path, nodes)
    return CodeBook(path, pcs.release())


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9<>]+", text.lower()))


def test_both_lists_are_whole(codes: list[Node]) -> None:
    with pcs.titles_file().open(encoding="utf-8") as stream:
        listed = sum(1 for _ in stream)
    assert listed == 78_638
    assert len(codes) == 78_638 + 287
    assert len({code.code for code in codes}) == len(codes)


def test_the_edition_is_the_one_whose_codes_are_all_valid(codes: list[Node]) -> None:
    """`drg` says FY2026; the editor accepts all of its codes in April 2024 alone."""
    validity = CodeValidity(procedures=True)
    with pcs.titles_file().open(encoding="utf-8") as stream:
        listed = [line[1:8] for line in stream]
    assert all(validity.valid_on(code, dt.date(2024, 4, 15)) for code in listed)
    for day, invalid in ((dt.date(2024, 1, 15), 41), (dt.date(2026, 4, 15), 102), (dt.date(2026, 10, 15), 140)):
        assert sum(not validity.valid_on(code, day) for code in listed) == invalid
    later = {code.code for code in codes} - set(listed)
    assert len(later) == 287
    assert all(validity.valid_on(code, dt.date(2025, 4, 15)) for code in later)
    assert validity.valid_on("0DTJ4ZZ", dt.date(2027, 4, 1)) is None


def test_every_code_has_a_label_on_every_axis(codes: list[Node]) -> None:
    for code in codes:
        found = labels_in(code.detail)
        assert found is not None and all(found), code


def test_labels_hold_for_the_whole_table(codes: list[Node]) -> None:
    """A value means one thing in a table; only two tables of administration reuse values, by place and by substance."""
    seen: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    for code in codes:
        for axis, label in zip(AXES, labels_in(code.detail) or (), strict=True):
            seen[code.code[:3], axis, code.code[axis - 1]].add(label)
    doubtful = {table for (table, _, _), found in seen.items() if len(found) > 1}
    assert doubtful == {"3E0", "XW0"}


def test_every_title_is_made_of_its_labels(codes: list[Node]) -> None:
    """Recomposition: operation and the four labels have every word of the title."""
    unexplained: Counter[str] = Counter()
    for code in codes:
        operation = definitions.operation(code.code[:3]).label
        own = " ".join((operation, OWN_WORDS.get(operation.lower(), ""), *(labels_in(code.detail) or ())))
        system = "substance abuse treatment for contrast" if code.code[0] in "HB" else ""
        left = {word.rstrip("s") for word in words(code.title) - GLUE}
        for word in left - {word.rstrip("s") for word in words(f"{own} {system}")}:
            unexplained[f"{code.code[:3]} {word}"] += 1
    assert not unexplained, unexplained.most_common(20)


def test_the_tables_make_exactly_the_listed_codes(codes: list[Node]) -> None:
    by_table: dict[str, set[str]] = defaultdict(set)
    for code in codes:
        by_table[code.code[:3]].add(code.code)
    assert len(by_table) == 907  # 905 of them in the list of `drg`
    exceptions = 0
    for table, listed in by_table.items():
        made = [code for row in table_rows(listed) for code in row.codes(table)]
        assert len(made) == len(set(made))
        exceptions += len(set(made) ^ listed)
    assert exceptions == 0


def walk(book: CodeBook, prefix: str, date: dt.date | None = None) -> Iterator[str]:
    axis = axes(book, prefix, date)
    if axis is None:
        yield prefix
        return
    for value in axis.values:
        yield from walk(book, prefix + value.value, date)


@pytest.mark.parametrize("table", ["0DT", "0SR", "10D", "3E1", "4A0", "5A1", "B21", "GZB", "HZ8", "XRG"])
def test_filling_axis_by_axis_reaches_exactly_the_codes_of_a_table(book: CodeBook, table: str) -> None:
    assert sorted(walk(book, table)) == [code.code for code in book.billable_under(table)]


def test_an_axis_names_its_values(book: CodeBook) -> None:
    axis = axes(book, "0DTJ")
    assert axis is not None
    assert (axis.position, axis.name) == (5, "Approach")
    assert [(value.value, value.label) for value in axis.values][:2] == [
        ("0", "Open"),
        ("4", "Percutaneous Endoscopic"),
    ]
    assert all(value.meaning for value in axis.values)


def test_sections_come_first(book: CodeBook) -> None:
    first = axes(book, "", dt.date(2026, 1, 10))
    assert first is not None
    assert "".join(value.value for value in first.values) == "0123456789BCDFGHX"


def test_a_whole_code_shows_its_axes(book: CodeBook) -> None:
    assert [(axis.name, axis.values[0].label) for axis in chosen(book, "0dtj4zz")] == [
        ("Section", "Medical and Surgical"),
        ("Body System", "Gastrointestinal System"),
        ("Root Operation", "Resection"),
        ("Body Part", "Appendix"),
        ("Approach", "Percutaneous Endoscopic"),
        ("Device", "No Device"),
        ("Qualifier", "No Qualifier"),
    ]
    assert axes(book, "0DTJ4ZZ") is None
    assert chosen(book, "0DTJ4ZQ") == ()


def test_a_code_not_valid_on_the_day_is_never_offered(book: CodeBook, codes: list[Node]) -> None:
    validity, day = CodeValidity(procedures=True), dt.date(2026, 10, 15)
    gone = [code.code for code in codes if not validity.valid_on(code.code, day)]
    assert len(gone) >= 140
    for code in gone:
        axis = axes(book, code[:6], day)
        assert axis is None or code[6] not in {value.value for value in axis.values}


def test_nothing_is_offered_on_a_day_nobody_knows(book: CodeBook) -> None:
    assert axes(book, "0DTJ4Z", dt.date(2030, 1, 1)) is None


def test_a_code_without_kept_labels_gets_them_from_its_title(book: CodeBook) -> None:
    from dataclasses import replace

    found = book.get("30233N1")
    assert found is not None
    assert labels(replace(found, detail="")) == labels(found)
    assert labels(found)[2:] == ("Red Blood Cells", "Nonautologous")
