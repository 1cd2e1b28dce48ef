"""A file is known by its content, whatever it is called."""

from pathlib import Path

import pytest

from corpus.codes import CodeSystem
from corpus.errors import CorpusError
from corpus.sources.contents import read_contents
from corpus.sources.detection import FileKind, detect
from tests.corpus.sources import miniature
from tests.corpus.sources.miniature import Term, source, workbook
from tests.corpus.sources.test_index import PCS_INDEX, TABLE
from tests.corpus.sources.test_order import ADDENDA

SHEET = [("HCPC", "SEQNUM", "RECID", "LONG DESCRIPTION", "SHORT DESCRIPTION"), ("A0001", 100, 3, "Cart", "Cart")]
FILES: list[tuple[FileKind | None, str | bytes]] = [
    (FileKind.TABULAR, miniature.tabular()),
    (FileKind.TABULAR, "\ufeff" + miniature.tabular()),
    (FileKind.INDEX, miniature.index("diseases", miniature.WILTING)),
    (FileKind.INDEX, miniature.index("drugs", [Term("Tea")])),
    (FileKind.INDEX_TABLE, TABLE),
    (FileKind.ORDER, miniature.order()),
    (FileKind.ORDER, miniature.pcs_order()),
    (FileKind.DESCRIPTIONS, miniature.descriptions()),
    (FileKind.ADDENDA, ADDENDA),
    (FileKind.PCS_TABLES, miniature.pcs_tables(miniature.LEAF_TABLES)),
    (FileKind.PCS_INDEX, PCS_INDEX),
    (FileKind.PCS_DEFINITIONS, "<!-- CMS --><ICD10PCS.definitions></ICD10PCS.definitions>"),
    (FileKind.HCPCS_FIXED, miniature.hcpcs()),
    (FileKind.HCPCS_SHEET, workbook(SHEET)),
    (FileKind.HCPCS_SHEET, "kind,code,short_description,long_description\ncode,A0001,Cart,Garden cart\n"),
    (None, "<html><body>Download</body></html>"),
    (None, "Dear reader,\n\nthese are the notes on this release. Add nothing.\n"),
    (None, "code,change\nA00.0,valid_from_2030-10-01\n"),
    (None, b"\x89PNG\r\n\x1a\n\0\0\0\0"),
    (None, "<"),
]


@pytest.mark.parametrize(("kind", "content"), FILES)
def test_the_content_decides(kind: FileKind | None, content: str | bytes) -> None:
    for name in ("release.txt", "release.xml", "x"):
        assert detect(source(name, content)) is kind


def test_a_damaged_workbook_is_an_error_and_one_of_something_else_is_unknown() -> None:
    data = bytearray(workbook(SHEET))
    place = data.find(b"PK\x03\x04", 2000)
    data[place + 60 : place + 120] = b"\0" * 60
    with pytest.raises(CorpusError, match="damaged"):
        detect(source("h.xlsx", bytes(data)))
    assert detect(source("h.xlsx", workbook([("Notes",), ("Pages 1 to 3",)]))) is None


def test_of_several_lists_of_codes_the_longest_is_the_releases() -> None:
    files = [
        source("exempt.txt", "A000    Wilting of leaves due to drought\nB20     Blight\n"),
        source("codes.txt", miniature.descriptions()),
    ]
    for order in (files, files[::-1]):
        found, _ = read_contents(order)
        assert len(found[CodeSystem.ICD10CM].listed) == 6


def test_two_different_tabular_lists_are_refused_and_the_same_one_twice_is_one() -> None:
    one, same, other = (
        source("a", miniature.tabular()),
        source("b", miniature.tabular()),
        source("c", miniature.tabular("2032")),
    )
    assert len(read_contents([one, same])[0][CodeSystem.ICD10CM].files) == 1
    with pytest.raises(CorpusError, match="c is a second file of the same kind"):
        read_contents([one, other])


CODESETS = Path("/work/shared/data/codesets")


@pytest.mark.skipif(not CODESETS.is_dir(), reason="needs the development code sets, which are no part of the project")
def test_the_development_tables_are_known() -> None:
    kinds = {path.name: detect(source(path.name, path.read_bytes())) for path in CODESETS.iterdir()}
    assert {name for name, kind in kinds.items() if kind is FileKind.INDEX_TABLE} == {
        "ICD10CM_2025_Index.csv",
        "ICD10CM_2025_ExternalIndex.csv",
        "ICD10CM_2025_neoplasms.csv",
        "ICD10CM_2025_Drugs.csv",
    }
    assert kinds["hcpcs_level2_2025_oct.csv"] is FileKind.HCPCS_SHEET
    assert kinds["README.md"] is None
