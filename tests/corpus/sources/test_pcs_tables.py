"""ICD-10-PCS tables, index and definitions."""

import pytest

from corpus.errors import CorpusError
from corpus.sources.pcs_tables import read_pcs_tables
from tests.corpus.sources import miniature
from tests.corpus.sources.miniature import source


def test_tables_allow_each_combination_of_a_row() -> None:
    found = read_pcs_tables(source("p.xml", miniature.pcs_tables(miniature.LEAF_TABLES)))
    assert tuple(found.labels()) == miniature.LEAF_CODES
    assert found.labels()["0DTLXZX"] == ("Bud", "External", "No Device", "Diagnostic")
    assert [(table.code, table.title) for table in found.tables] == [
        ("0DT", "Gardening, Leaves, Removal"),
        ("XW0", "New Ways, Soil, Introduction"),
    ]
    assert found.tables[0].head[2].definition == "Taking it out"


def test_a_row_that_makes_another_number_of_codes_than_it_says_is_refused() -> None:
    text = miniature.pcs_tables(miniature.LEAF_TABLES).replace('<pcsRow codes="4">', '<pcsRow codes="5">')
    with pytest.raises(CorpusError, match="a row of table 0DT says 5 codes and makes 4"):
        read_pcs_tables(source("p.xml", text))


def test_a_row_without_an_axis_is_refused() -> None:
    text = miniature.pcs_tables(miniature.LEAF_TABLES).replace('<axis pos="6"', '<axis pos="9"', 1)
    with pytest.raises(CorpusError, match="characters 4 to 7"):
        read_pcs_tables(source("p.xml", text))


def test_a_file_that_would_make_millions_of_codes_is_refused() -> None:
    values = {letter: letter for letter in "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"}
    tables = [((("0", "a"), ("0", "b"), ("0", "c")), ((values, values, values, values),))]
    with pytest.raises(CorpusError, match="it is refused"):
        read_pcs_tables(source("p.xml", miniature.pcs_tables(tables)))
