import pytest

from assistant.chart import rules
from assistant.chart.lexicon import NATURES, head_nature, nature
from assistant.chart.note import Assertion
from assistant.chart.rules import rows, word_class

OTHER_CATEGORIES = {"class", "pseudo", "stop", "negation_stop", "onset", "then", "done", "had", "dated", "worry"}


def test_every_cue_has_a_known_category_direction_and_scope() -> None:
    for row in rows("cues.tsv"):
        assert row["category"] in OTHER_CATEGORIES | {value.value for value in Assertion}, row
        assert row["pattern"].strip() and "||" not in row["pattern"], row
        if row["category"] not in {"class", "pseudo", "stop", "negation_stop", "onset", "then"}:
            assert row["direction"] in {"before", "after", "both"}, row
            assert row["scope"] in {"near", "end", "phrase", "list", "sentence"}, row


def test_a_pattern_word_is_one_token() -> None:
    """A hyphen inside a word separates tokens, so `work-up` in a pattern could never match."""
    for name in ("cues.tsv", "phrases.tsv", "qualifiers.tsv"):
        for row in rows(name):
            for part in row["pattern"].replace("|", " ").split():
                inner = part.strip("-–—?")
                assert "-" not in inner or inner.startswith("<"), (name, row["pattern"])


def test_problems_have_known_natures() -> None:
    assert {row["nature"] for row in rows("problems.tsv")} <= set(NATURES) | {"supply"}


@pytest.mark.parametrize(
    ("phrase", "kind"),
    [
        ("hypertension", "chronic"),
        ("type 2 diabetes with neuropathy", "chronic"),
        ("acute appendicitis", "acute"),
        ("left wrist fracture", "injury"),
        ("breast cancer", "neoplasm"),
        ("cholecystectomy", "procedure"),
        ("chest pain", "symptom"),
        ("former smoker", "status"),
        ("osteochondromatopathy", "chronic"),
        ("table", ""),
    ],
)
def test_nature_decides_what_history_means(phrase: str, kind: str) -> None:
    assert nature(phrase) == kind


def test_endings_that_only_look_clinical_name_no_problem() -> None:
    assert [head_nature(word) for word in ("diagnosis", "prognosis", "anastomosis", "diploma")] == [""] * 4


def test_a_row_with_too_many_cells_is_refused_by_line(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "x.tsv").write_text("# note\na\tb\n1\t2\n1\t2\t3\n", encoding="utf-8")
    monkeypatch.setattr(rules, "RULES", tmp_path)
    with pytest.raises(ValueError, match=r"rules/x.tsv line 4: 3 cells for 2 columns"):
        rows("x.tsv")


def test_word_classes_used_by_name_exist() -> None:
    with pytest.raises(KeyError):
        word_class("no such class")
