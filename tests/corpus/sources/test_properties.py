"""Releases of any content, written in the official layouts, come back from the readers as they were; damage is an error."""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from xml.sax.saxutils import escape

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.codes import dotted
from corpus.errors import CorpusError
from corpus.sources.contents import read_contents
from corpus.sources.hcpcs_file import read_fixed_width, read_hcpcs_sheet
from corpus.sources.index_table import read_index_table
from corpus.sources.index_xml import read_index_xml
from corpus.sources.licensed import read_cpt
from corpus.sources.order import read_descriptions, read_order
from corpus.sources.pcs_tables import read_pcs_tables
from corpus.sources.tabular_xml import read_tabular_xml
from tests.corpus.sources import miniature
from tests.corpus.sources.miniature import Term, hcpcs_line, source, workbook

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789éñü()[]&<>,;'.-%/"
WORD = st.text(LETTERS, min_size=1, max_size=12)
TITLE = st.lists(WORD, min_size=1, max_size=14).map(" ".join)
CM_CODE = st.from_regex(r"[A-Z][0-9][0-9A-Z][0-9A-Z]{0,4}", fullmatch=True)
DAY = st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1)).map(lambda day: f"{day:%Y%m%d}")


@QUICK
@given(st.lists(st.tuples(CM_CODE, st.sampled_from((0, 1)), TITLE), min_size=1, unique_by=lambda row: row[0]))
def test_order_and_description_files(rows: list[tuple[str, int, str]]) -> None:
    found = read_order(source("o.txt", miniature.order(rows)))
    assert [(row.code, int(row.billable), row.long) for row in found] == rows
    assert all(title.startswith(row.short) for row, (_, _, title) in zip(found, rows, strict=True))
    listed = read_descriptions(source("d.txt", miniature.descriptions(rows)))
    assert [(row.code, row.long) for row in listed] == [(code, title) for code, flag, title in rows if flag]


TREES = st.recursive(
    st.builds(lambda title: (title, ()), TITLE),
    lambda below: st.tuples(TITLE, st.lists(below, min_size=1, max_size=3).map(tuple)),
    max_leaves=8,
)


@QUICK
@given(st.lists(TREES, min_size=1, max_size=3), st.dictionaries(st.sampled_from("ABDGKPS"), WORD, max_size=3))
def test_tabular_lists(trees: list[tuple[str, tuple[object, ...]]], sevenths: dict[str, str]) -> None:
    expected: list[tuple[str, str, str | None, bool]] = []
    body = "".join(
        _category(f"A{number}{number}", tree, "A00-A99", sevenths, expected) for number, tree in enumerate(trees)
    )
    text = (
        "<ICD10CM.tabular><version>2031</version><chapter><name>1</name><desc>One (A00-A99)</desc>"
        f'<section id="A00-A99"><desc>All (A00-A99)</desc>{body}</section></chapter></ICD10CM.tabular>'
    )
    nodes = read_tabular_xml(source("t.xml", text)).nodes[2:]
    assert [(node.code, node.title, node.parent, node.billable) for node in nodes] == expected


def _category(
    code: str, tree: tuple[str, tuple[object, ...]], parent: str, sevenths: dict[str, str], expected: list[object]
) -> str:
    """A diag element; `expected` gets its node, those of its 7th characters, and those below it, in this order."""
    title, below = tree
    shown = code if len(code) == 3 else f"{code[:3]}.{code[3:]}"
    full = len(code) >= 6
    expected.append((shown, title, parent, not (below and not full) and not sevenths))
    definition = ""
    if parent == "A00-A99" and sevenths:
        lines = "".join(f'<extension char="{mark}">{escape(words)}</extension>' for mark, words in sevenths.items())
        definition = f"<sevenChrDef>{lines}</sevenChrDef>"
    inner = ""
    if below and not full:
        inner = "".join(
            _category(f"{code}{number}", child, shown, sevenths, expected)  # type: ignore[arg-type]
            for number, child in enumerate(below)
        )
    else:
        bare = code.ljust(6, "X")
        expected.extend(
            (f"{bare[:3]}.{bare[3:]}{mark}", f"{title}, {words}", shown, True) for mark, words in sevenths.items()
        )
    return f"<diag><name>{shown}</name><desc>{escape(title)}</desc>{definition}{inner}</diag>"


CODE_CELL = CM_CODE.filter(lambda code: len(code) > 3).map(dotted)
PLAIN = st.text("abcdefghij klm", min_size=1, max_size=12).map(lambda text: " ".join(text.split()) or "x")
TERMS = st.recursive(
    st.builds(
        Term, PLAIN, code=CODE_CELL | st.just(""), nemod=st.just("") | st.just("(any)"), also=st.just("") | PLAIN
    ),
    lambda below: st.builds(Term, PLAIN, code=CODE_CELL | st.just(""), below=st.lists(below, max_size=3)),
    max_leaves=10,
)


@QUICK
@given(st.lists(TERMS, min_size=1, max_size=4))
def test_an_index_says_the_same_as_xml_and_as_a_table(terms: list[Term]) -> None:
    buffer = io.StringIO(newline="")
    table = csv.writer(buffer)
    table.writerow(["Level", "Term", "See", "SeeAlso", "NonEssModif", "Code"])
    flat = [line for term in terms for line in _flat(term, 0)]
    table.writerows([level, term.title, term.see, term.also, term.nemod, term.code] for level, term in flat)
    from_xml = read_index_xml(source("i.xml", miniature.index("diseases", terms))).terms
    from_table = read_index_table(source("i.csv", buffer.getvalue())).terms
    assert [(line.term, line.modifiers, line.see_also, line.codes) for line in from_xml] == [
        (term.title, term.nemod, term.also, (("", term.code),) if term.code else ()) for _, term in flat
    ]
    assert [(line.number, line.parent, line.term, line.codes) for line in from_xml] == [
        (line.number, line.parent, line.term, line.codes) for line in from_table
    ]
    coded = [term.code for _, term in flat if term.code]
    external = sum(code[0] in "VWXY" for code in coded) > len(coded) / 2
    assert {line.source for line in from_table} == {"external" if external else "diseases"}


def _flat(term: Term, level: int) -> Iterator[tuple[int, Term]]:
    yield level, term
    for below in term.below:
        yield from _flat(below, level + 1)


VALUES = st.dictionaries(st.sampled_from("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"), TITLE, min_size=1, max_size=4)
HEADS = st.tuples(*(st.tuples(st.sampled_from("0123456789BCDFGHX"), TITLE) for _ in range(3)))


@QUICK
@given(st.lists(st.tuples(HEADS, st.lists(st.tuples(*[VALUES] * 4), min_size=1, max_size=3)), min_size=1, max_size=3))
def test_procedure_tables(tables: list[tuple[object, list[object]]]) -> None:
    found = read_pcs_tables(source("p.xml", miniature.pcs_tables(tables)))  # type: ignore[arg-type]
    for table, (head, rows) in zip(found.tables, tables, strict=True):
        assert [axis.values[0] for axis in table.head] == list(head)  # type: ignore[call-overload]
        assert [[dict(axis.values) for axis in row] for row in table.rows] == [list(row) for row in rows]  # type: ignore[call-overload]


HCPCS_ROWS = st.lists(
    st.tuples(
        st.from_regex(r"[A-CE-HJ-MP-V][0-9]{4}|[A-Z][A-Z0-9]", fullmatch=True),
        TITLE,
        st.text("abc XYZ", max_size=28).map(str.strip),
        DAY | st.just(""),
        DAY | st.just(""),
    ),
    min_size=1,
    unique_by=lambda row: row[0],
)


@QUICK
@given(HCPCS_ROWS)
def test_hcpcs_as_text_and_as_workbook(rows: list[tuple[str, str, str, str, str]]) -> None:
    lines = []
    for code, long, short, added, ended in rows:
        first, further = ("7", "8") if len(code) == 2 else ("3", "4")
        pieces = [piece.strip() for piece in _wrapped(long)]
        lines.append(hcpcs_line(code, 100, first, pieces[0], short, added, added, ended, "A"))
        lines.extend(hcpcs_line(code, 100 * place, further, piece) for place, piece in enumerate(pieces[1:], 2))
    text = read_fixed_width(source("h.txt", "".join(lines)))
    sheet = read_hcpcs_sheet(
        source(
            "h.xlsx",
            workbook(
                [
                    ("HCPC", "LONG DESCRIPTION", "SHORT DESCRIPTION", "ADD DT", "TERM DT"),
                    *((code, long, short, added, ended) for code, long, short, added, ended in rows),
                ]
            ),
        )
    )
    for row, cells, (code, long, short, added, ended) in zip(text, sheet, rows, strict=True):
        assert (row.code, row.modifier, row.short) == (code, len(code) == 2, short)
        assert row.long.replace(" ", "") == long.replace(" ", "")
        assert (row.added.replace("-", ""), row.terminated.replace("-", "")) == (added, ended)
        assert (cells.code, cells.long, cells.added, cells.terminated) == (code, long, row.added, row.terminated)


def _wrapped(text: str) -> list[str]:
    """Lines of at most 80 columns, broken between words."""
    import textwrap

    return textwrap.wrap(text, 80, break_on_hyphens=False) or [text]


@QUICK
@given(
    st.lists(
        st.tuples(st.from_regex(r"[0-9]{4}[0-9FTU]", fullmatch=True), PLAIN), min_size=1, unique_by=lambda row: row[0]
    )
)
def test_licensed_files(rows: list[tuple[str, str]]) -> None:
    text = "Code\tWords\n" + "".join(f"{code}\t{words}\n" for code, words in rows)
    found = read_cpt(source("c.txt", text), {"code": "Code", "description": "Words"})
    assert [(row.code, row.description) for row in found] == rows


OFFICIAL = [
    miniature.tabular().encode(),
    miniature.order().encode(),
    miniature.index("diseases", miniature.WILTING).encode(),
    miniature.pcs_tables(miniature.LEAF_TABLES).encode(),
    miniature.hcpcs().encode(),
    workbook([("HCPC", "LONG DESCRIPTION", "SHORT DESCRIPTION"), ("A0001", "Cart", "C")]),
    b"Level,Term,Code\n0,Wilting,A00.0\n",
    b"Add A00 Wilting\nDelete A01 Break\n",
]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(OFFICIAL),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=8), st.integers(0, 60)), min_size=1, max_size=4),
)
def test_damage_anywhere_is_read_refused_or_told(data: bytes, cuts: list[tuple[float, bytes, int]]) -> None:
    for share, inserted, removed in cuts:
        place = int(share * len(data))
        data = data[:place] + inserted + data[place + removed :]
    try:
        found, unknown = read_contents([source("x", data)])
    except CorpusError as error:
        assert str(error).startswith("x")
        assert "\n" not in str(error)
    else:
        assert found or unknown == ["x"]
