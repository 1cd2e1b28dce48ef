"""The alphabetic index: XML of the CDC/NCHS in four parts, the flattened table, and the procedure index."""

from pathlib import Path

import pytest

from corpus.codes import IndexTerm
from corpus.errors import CorpusError
from corpus.sources.files import open_files
from corpus.sources.index_lines import printed_code, renumbered
from corpus.sources.index_table import read_index_table
from corpus.sources.index_xml import read_index_xml
from corpus.sources.pcs_index import read_pcs_definitions, read_pcs_index
from tests.corpus.sources import miniature
from tests.corpus.sources.miniature import Term, source

CODESETS = Path("/work/shared/data/codesets")


def path_of(terms: tuple[IndexTerm, ...], term: IndexTerm) -> str:
    """Words from the main term down."""
    above = path_of(terms, terms[term.parent]) + " > " if term.parent is not None else ""
    return above + term.term


def test_terms_keep_their_place_their_modifiers_and_their_references() -> None:
    found = read_index_xml(source("i.xml", miniature.index("diseases", miniature.WILTING)))
    assert (found.source, found.version) == ("diseases", "2031")
    lines = {path_of(found.terms, term): term for term in found.terms}
    assert list(lines) == [
        "Abandonment",
        "Wilting",
        "Wilting > due to",
        "Wilting > due to > drought",
        "Wilting > with rot",
        "Break, broken",
        "Break, broken > stem",
    ]
    assert lines["Abandonment"].see == "Neglect"
    assert lines["Wilting"].modifiers == "(acute) (slow)"
    assert lines["Wilting > due to > drought"].codes == (("", "A00.0"),)
    assert lines["Wilting > with rot"].codes == (("", "A00.9"), ("manifestation", "B20"))
    assert lines["Break, broken > stem"].codes == (("", "A01.1-"),)
    assert lines["Break, broken > stem"].see_also == "Snap"
    assert [term.number for term in found.terms] == list(range(7))


def test_cells_of_the_tables_get_the_names_of_their_columns() -> None:
    terms = [
        Term("Neoplasm", cells=("C80.1", "C79.9", "-", "D36.9", "D48.9", "--"), below=[Term("leaf", cells=("C01",))])
    ]
    found = read_index_xml(source("n.xml", miniature.index("neoplasms", terms)))
    assert found.source == "neoplasms"
    assert found.terms[0].codes == (
        ("malignant_primary", "C80.1"),
        ("malignant_secondary", "C79.9"),
        ("benign", "D36.9"),
        ("uncertain", "D48.9"),
    )
    drugs = read_index_xml(
        source("d.xml", miniature.index("drugs", [Term("Tea", cells=("T1A.1", *"-----"[:4], "T1A.6"))]))
    )
    assert drugs.terms[0].codes == (("poisoning_accidental", "T1A.1"), ("underdosing", "T1A.6"))


def test_external_causes_are_known_by_their_title() -> None:
    assert read_index_xml(source("e.xml", miniature.index("external", [Term("Fall", code="W19")]))).source == "external"


def test_a_category_referred_to_is_not_the_code_of_the_line() -> None:
    found = read_index_xml(source("i.xml", miniature.index("diseases", [Term("Fever", code="I01", see="category")])))
    assert (found.terms[0].see, found.terms[0].codes) == ("category I01", ())


def test_a_term_without_title_is_named_by_the_one_before() -> None:
    text = miniature.index("diseases", miniature.WILTING).replace("<title>Break, broken</title>", "")
    with pytest.raises(CorpusError, match="a term after with rot has no title"):
        read_index_xml(source("i.xml", text))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("A00.9", ("A00.9", "")),
        ("I63.-", ("I63.-", "")),
        ("S47-", ("S47.-", "")),
        ("S72.0-", ("S72.0-", "")),
        ("E85.4 [I43]", ("E85.4", "I43")),
        ("M1A.00X0", ("M1A.00X0", "")),
        ("--", ("", "")),
        ("-", ("", "")),
        ("", ("", "")),
        ("see X", ("", "")),
    ],
)
def test_printed_codes(raw: str, expected: tuple[str, str]) -> None:
    assert printed_code(raw) == expected


TABLE = """RowID,Letter,Level,Term,See,SeeAlso,NonEssModif,Code
1,A,0,Abandonment,Neglect,,,
2,W,0,Wilting,,,(acute) (slow),A00.9
3,W,1,due to,,,,
4,W,2,drought,,,,A00.0
5,W,1,with rot,,,,A00.9 [B20]
6,B,0,"Break, broken",,,,
7,B,1,stem,,Snap,,A01.1-
"""


def test_the_flattened_table_gives_the_same_lines() -> None:
    table = read_index_table(source("i.csv", TABLE))
    assert table.terms == read_index_xml(source("i.xml", miniature.index("diseases", miniature.WILTING))).terms
    assert (table.source, table.version) == ("diseases", "")


def test_a_level_that_hangs_in_the_air_is_named() -> None:
    with pytest.raises(CorpusError, match=r"i\.csv, line 5: the level"):
        read_index_table(source("i.csv", TABLE.replace("4,W,2", "4,W,3")))


def test_parts_are_numbered_on() -> None:
    one = read_index_table(source("i.csv", TABLE)).terms
    joined = renumbered([one, one[:4]])
    assert [term.number for term in joined] == list(range(11))
    assert path_of(joined, joined[10]) == "Wilting > due to > drought"


PCS_INDEX = """<ICD10PCS.index><version>2031</version><title>ICD-10-PCS INDEX</title><letter><title>P</title>
<mainTerm><title>Pruning</title><see>Removal, Leaves <codes>0DT</codes></see>
<term level="1"><title>Bud</title><codes>0DTL</codes></term></mainTerm>
<mainTerm><title>Petiole</title><use>Leaf Stalk</use></mainTerm></letter></ICD10PCS.index>"""


def test_the_procedure_index_names_beginnings_of_codes() -> None:
    found = read_pcs_index(source("p.xml", PCS_INDEX))
    assert [(term.term, term.parent, term.see, term.codes) for term in found.terms] == [
        ("Pruning", None, "Removal, Leaves 0DT", (("", "0DT"),)),
        ("Bud", 0, "", (("", "0DTL"),)),
        ("Petiole", None, "use Leaf Stalk", ()),
    ]


def test_definitions_are_read_by_section_and_axis() -> None:
    text = """<ICD10PCS.definitions><version>2031</version><section code="0"><title>Gardening</title><axis pos="3">
    <title>Operation</title><terms><title>Removal</title><definition>Taking it out</definition>
    <explanation>All of it</explanation><includes>Pulling</includes><includes>Cutting</includes></terms>
    </axis></section></ICD10PCS.definitions>"""
    version, found = read_pcs_definitions(source("d.xml", text))
    assert version == "2031"
    assert (found[0].section, found[0].axis, found[0].title, found[0].includes) == (
        "0",
        3,
        "Removal",
        ("Pulling", "Cutting"),
    )


@pytest.mark.skipif(not CODESETS.is_dir(), reason="needs the development code sets, which are no part of the project")
@pytest.mark.parametrize(
    ("name", "part", "lines", "coded"),
    [
        ("ICD10CM_2025_Index.csv", "diseases", 81_024, 62_720),
        ("ICD10CM_2025_ExternalIndex.csv", "external", 8_064, 6_640),
        ("ICD10CM_2025_neoplasms.csv", "neoplasms", 1_939, 1_821),
        ("ICD10CM_2025_Drugs.csv", "drugs", 7_428, 7_202),
    ],
)
def test_the_real_tables_are_read_whole(name: str, part: str, lines: int, coded: int) -> None:
    found = read_index_table(open_files([CODESETS / name])[0][0])
    assert (found.source, len(found.terms)) == (part, lines)
    assert sum(bool(term.codes) for term in found.terms) == coded
