"""Writers of official-format files: a dozen codes in the layouts that the CDC and CMS publish, from plain values.

The layouts follow the record descriptions of the publishers, not our readers; readers are tested against them.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from corpus.sources.files import SourceFile


def source(name: str, content: str | bytes) -> SourceFile:
    """A file in memory."""
    return SourceFile(name, content.encode() if isinstance(content, str) else content)


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def write(folder: Path, name: str, content: str | bytes) -> Path:
    """The file on disk."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


TABULAR = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="icd10cm.xsd">
  <version>{version}</version>
  <introduction><introSection type="title"><title>TABULAR LIST</title></introSection></introduction>
  <chapter>
    <name>1</name>
    <desc>Plant troubles (A00-B99)</desc>
    <excludes2><note>troubles of animals (C00-C99)</note></excludes2>
    <sectionIndex><sectionRef first="A00" last="A09" id="A00-A09">Wilting</sectionRef></sectionIndex>
    <section id="A00-A09">
      <desc>Wilting (A00-A09)</desc>
      <diag>
        <name>A00</name>
        <desc>Wilting of leaves</desc>
        <includes><note>drooping leaves</note></includes>
        <diag>
          <name>A00.0</name>
          <desc>Wilting of leaves due to drought</desc>
          <inclusionTerm><note>Thirsty plant</note></inclusionTerm>
          <useAdditionalCode><note>code for soil (Z10.-)</note></useAdditionalCode>
        </diag>
        <diag>
          <name>A00.9</name>
          <desc>Wilting of leaves, unspecified</desc>
        </diag>
      </diag>
      <diag>
        <name>A01</name>
        <desc>Broken stem</desc>
        <sevenChrNote><note>The appropriate 7th character is to be added to each code from category A01</note></sevenChrNote>
        <sevenChrDef>
          <extension char="A">first visit</extension>
          <extension char="D">later visit</extension>
          <extension char="S">sequela</extension>
        </sevenChrDef>
        <diag>
          <name>A01.1</name>
          <desc>Broken stem, upper</desc>
          <excludes1><note>wilting (A00.-)</note></excludes1>
        </diag>
      </diag>
    </section>
    <section id="B20">
      <desc>Blight (B20)</desc>
      <diag>
        <name>B20</name>
        <desc>Blight</desc>
        <codeFirst><note>any rot (A09)</note><note>any rust (B09)</note></codeFirst>
      </diag>
    </section>
  </chapter>
</ICD10CM.tabular>
"""


def tabular(version: str = "2031") -> str:
    """A tabular list of three categories: 6 codes that may be reported, one block that shares its category's code."""
    return TABULAR.format(version=version)


ORDER_ROWS = (
    ("A00", 0, "Wilting of leaves"),
    ("A000", 1, "Wilting of leaves due to drought"),
    ("A009", 1, "Wilting of leaves, unspecified"),
    ("A01", 0, "Broken stem"),
    ("A011", 0, "Broken stem, upper"),
    ("A011XXA", 1, "Broken stem, upper, first visit"),
    ("A011XXD", 1, "Broken stem, upper, later visit"),
    ("A011XXS", 1, "Broken stem, upper, sequela"),
    ("B20", 1, "Blight"),
)


def order(rows: Iterable[tuple[str, int, str]] = ORDER_ROWS) -> str:
    """An order file: number, code, flag, short and long title in fixed columns, lines ended as CMS ends them."""
    return "".join(
        f"{number:05d} {code:<7} {flag} {title[:60]:<60} {title}\r\n"
        for number, (code, flag, title) in enumerate(rows, 1)
    )


def descriptions(rows: Iterable[tuple[str, int, str]] = ORDER_ROWS) -> str:
    """A code description file of the same release."""
    return "".join(f"{code:<7} {title}\r\n" for code, flag, title in rows if flag)


@dataclass(frozen=True)
class Term:
    """A term of an index to be written."""

    title: str
    code: str = ""
    nemod: str = ""
    see: str = ""
    also: str = ""
    manif: str = ""
    cells: Sequence[str] = ()
    below: Sequence["Term"] = ()


TITLES = {
    "diseases": "ICD-10-CM INDEX TO DISEASES and INJURIES",
    "neoplasms": "ICD-10-CM TABLE of NEOPLASMS",
    "drugs": "ICD-10-CM TABLE of DRUGS and CHEMICALS",
    "external": "ICD-10-CM INDEX TO EXTERNAL CAUSES of INJURIES",
}
HEADS = {
    "neoplasms": ("", "Malignant Primary", "Malignant Secondary", "Ca in situ", "Benign", "Uncertain", "Unspecified"),
    "drugs": ("Substance", "Accidental", "Self-harm", "Assault", "Undetermined", "Adverse effect", "Underdosing"),
}


def index(part: str, terms: Iterable[Term], version: str = "2031") -> str:
    """An index file with all terms under one letter."""
    heads = "".join(f'<head col="{place}">{name}</head>' for place, name in enumerate(HEADS.get(part, ()), 1))
    heading = f"<indexHeading>{heads}</indexHeading>" if heads else ""
    body = "".join(_term("mainTerm", "", term, 1) for term in terms)
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<ICD10CM.index>\n<version>{version}</version>\n'
        f"<title>{TITLES[part]}</title>\n{heading}<letter><title>A</title>{body}</letter>\n</ICD10CM.index>\n"
    )


def _term(tag: str, attributes: str, term: Term, level: int) -> str:
    parts = [
        f"<title>{escape(term.title)}{f'<nemod>{escape(term.nemod)}</nemod>' if term.nemod else ''}</title>",
        *(f"<{name}>{escape(text)}</{name}>" for name, text in (("see", term.see), ("seeAlso", term.also)) if text),
        f"<code>{term.code}</code>" if term.code else "",
        f"<manif>{term.manif}</manif>" if term.manif else "",
        *(f'<cell col="{place}">{cell}</cell>' for place, cell in enumerate(term.cells, 2)),
        *(_term("term", f' level="{level}"', below, level + 1) for below in term.below),
    ]
    return f"<{tag}{attributes}>{''.join(parts)}</{tag}>\n"


WILTING = (
    Term("Abandonment", see="Neglect"),
    Term(
        "Wilting",
        code="A00.9",
        nemod="(acute) (slow)",
        below=(Term("due to", below=(Term("drought", code="A00.0"),)), Term("with rot", code="A00.9", manif="B20")),
    ),
    Term("Break, broken", below=(Term("stem", code="A01.1-", also="Snap"),)),
)


def pcs_axis(position: int, title: str, values: Mapping[str, str], definition: str = "") -> str:
    """One axis of a table."""
    labels = "".join(f'<label code="{value}">{escape(label)}</label>' for value, label in values.items())
    meaning = f"<definition>{escape(definition)}</definition>" if definition else ""
    return f'<axis pos="{position}" values="{len(values)}"><title>{title}</title>{labels}{meaning}</axis>'


AXES = ("Section", "Body System", "Operation", "Body Part", "Approach", "Device", "Qualifier")


def pcs_tables(tables: Iterable[tuple[Sequence[tuple[str, str]], Sequence[Sequence[Mapping[str, str]]]]]) -> str:
    """A tables file: each table is its three (value, label) pairs and rows of four {value: label}."""
    body = []
    for head, rows in tables:
        axes = "".join(
            pcs_axis(place, AXES[place - 1], {value: label}, "Taking it out" if place == 3 else "")
            for place, (value, label) in enumerate(head, 1)
        )
        made = []
        for row in rows:
            size = 1
            for values in row:
                size *= len(values)
            inner = "".join(pcs_axis(place, AXES[place - 1], values) for place, values in enumerate(row, 4))
            made.append(f'<pcsRow codes="{size}">{inner}</pcsRow>')
        body.append(f"<pcsTable>{axes}{''.join(made)}</pcsTable>")
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<ICD10PCS.tabular><version>2031</version><title>TABLES</title>'
        f"{''.join(body)}</ICD10PCS.tabular>\n"
    )


LEAF_TABLES = (
    (
        (("0", "Gardening"), ("D", "Leaves"), ("T", "Removal")),
        (
            (
                {"J": "Leaf", "K": "Leaf Stalk"},
                {"0": "Open", "4": "By Ladder"},
                {"Z": "No Device"},
                {"Z": "No Qualifier"},
            ),
            ({"L": "Bud"}, {"X": "External"}, {"Z": "No Device"}, {"Z": "No Qualifier", "X": "Diagnostic"}),
        ),
    ),
    (
        (("X", "New Ways"), ("W", "Soil"), ("0", "Introduction")),
        (({"3": "Root"}, {"3": "By Needle"}, {"A": "Feed"}, {"1": "Group 1"}),),
    ),
)
LEAF_CODES = ("0DTJ0ZZ", "0DTJ4ZZ", "0DTK0ZZ", "0DTK4ZZ", "0DTLXZZ", "0DTLXZX", "XW033A1")


def pcs_order() -> str:
    """The order file of the same tables."""
    return order(
        [
            ("0DT", 0, "Leaves, Removal"),
            *((code, 1, f"Removal of {code}") for code in LEAF_CODES[:6]),
            ("XW0", 0, "Soil, Introduction"),
            ("XW033A1", 1, "Introduction of Feed"),
        ]
    )


def hcpcs_line(
    code: str,
    sequence: int,
    record: str,
    long: str,
    short: str = "",
    added: str = "",
    effective: str = "",
    terminated: str = "",
    action: str = "",
    references: Sequence[str] = (),
) -> str:
    """One record of 320 columns of the fixed-width file, by the positions of the CMS record layout."""
    place = [" "] * 320

    def put(start: int, end: int, text: str) -> None:
        place[start - 1 : end] = text.ljust(end - start + 1)[: end - start + 1]

    put(1, 5, code if len(code) == 5 else f"   {code}")
    put(6, 10, f"{sequence:05d}")
    put(11, 11, record)
    put(12, 91, long)
    put(92, 119, short)
    for number, reference in enumerate(references):
        put(205 + 5 * number, 209 + 5 * number, reference)
    put(230, 230, "C")
    put(269, 276, added)
    put(277, 284, effective)
    put(285, 292, terminated)
    put(293, 293, action)
    return "".join(place) + "\r\n"


def hcpcs() -> str:
    """Three codes (one long, one ended) and two modifiers."""
    return "".join(
        (
            hcpcs_line("A0001", 100, "3", "Garden cart, per mile", "Cart", "20200101", "20230101", "", "N"),
            hcpcs_line(
                "E0001", 100, "3", "Watering can, galvanised, with a rose and a", "Can", "20100101", "20310101", "", "C"
            ),
            hcpcs_line("E0001", 200, "4", "long neck, for non-"),
            hcpcs_line("E0001", 300, "4", "commercial gardens"),
            hcpcs_line(
                "K0001", 100, "3", "Rake, old kind", "Rake", "20000101", "20301231", "20301231", "D", ("E0001",)
            ),
            hcpcs_line("X1", 100, "7", "Left bed", "Left", "20000101", "20000101", "", "N"),
            hcpcs_line("ZZ", 100, "7", "Rented for a season of", "Rent", "20000101", "20000101", "", "N"),
            hcpcs_line("ZZ", 200, "8", "one year"),
        )
    )


def workbook(rows: Iterable[Sequence[object]]) -> bytes:
    """An .xlsx file of one sheet."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
