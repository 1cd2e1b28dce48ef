"""The clinical phrases: enough of them, clean, one code each, and every code usable as it stands in the tabular list."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from corpus.codes import Node
from corpus.errors import CorpusError
from corpus.lexicon.phrases import FOLDER, Phrase, phrases, read_phrases
from corpus.sources.tabular import read_tabular

FILES = sorted(FOLDER.glob("*.tsv"))
SIDES = re.compile(r"\b(right|left)\b")


@cache
def nodes() -> dict[str, Node]:
    return {node.code: node for node in read_tabular() if node.kind == "code"}


def test_there_are_enough_rows_over_enough_codes() -> None:
    assert len(phrases()) >= 4_000
    assert len({row.code for row in phrases()}) >= 2_000


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_clean(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.endswith("\n") and "\r" not in text
    for row in read_phrases(path):
        assert row.phrase == " ".join(row.phrase.split()), row
        assert re.fullmatch(r"[A-Z0-9]{3}(\.[A-Z0-9]{1,4})?", row.code), row
        assert not re.search(r"[{}|]|(^|\s),|,$", row.phrase), row


def test_no_phrase_stands_twice() -> None:
    seen = Counter(row.phrase.casefold() for row in phrases())
    assert [phrase for phrase, times in seen.items() if times > 1] == []


def test_capitals_stand_in_abbreviations_only() -> None:
    """An ordinary word is lower case: `HFrEF`, `T2DM` and `hepatitis C` pass, `Asthma` does not."""
    wrong = [row for row in phrases() if re.search(r"(?<![\w'-])[A-Z][a-z]{2,}(?![\w])", row.phrase)]
    assert wrong == []


def test_every_code_is_billable_or_lacks_only_its_seventh_character() -> None:
    wrong = []
    for row in phrases():
        node = nodes().get(row.code)
        if node is None or not (node.billable or node.seventh):
            wrong.append(row)
    assert wrong == []


def test_a_side_in_the_phrase_is_the_side_in_the_title() -> None:
    """Where the title names one side and the phrase names one side, they are the same."""
    wrong = []
    for row in phrases():
        said = set(SIDES.findall(row.phrase.lower()))
        meant = set(SIDES.findall(nodes()[row.code].title.lower()))
        if len(said) == len(meant) == 1 and said != meant:
            wrong.append(row)
    assert wrong == []


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        ("uncontrolled type 2 diabetes", "E11.65"),
        ("diabetic foot ulcer", "E11.621"),
        ("BPH with LUTS", "N40.1"),
        ("right knee osteoarthritis", "M17.11"),
        ("low back pain", "M54.50"),
        ("HFrEF", "I50.20"),
        ("acute on chronic systolic heart failure", "I50.23"),
        ("right ankle sprain", "S93.401"),
        ("former smoker", "Z87.891"),
    ],
)
def test_what_coders_type_most_is_there(phrase: str, code: str) -> None:
    assert Phrase(phrase, code) in phrases()


def test_a_broken_row_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("# a remark\nphrase\tcode\nasthma\tJ45.909\nasthma J45.909\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"x\.tsv line 4"):
        read_phrases(path)


def test_a_missing_header_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("asthma\tJ45.909\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="header"):
        read_phrases(path)
