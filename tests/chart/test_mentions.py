from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.chart.mentions import find_mentions
from assistant.chart.note import Assertion, Mention, Note
from assistant.chart.sections import sections

PIECES = [
    "ASSESSMENT AND PLAN\n", "1. Type 2 diabetes with neuropathy.\n", "denies chest pain, ", "mother had ", "\r\n", "• ",
    "cannot rule out pneumonia. ", "\u200f", "\x00", "糖尿病 ", "fracture of the left distal radius ", "s/p ", "BMI of 41 ",
    "no ", "history of breast cancer; ", "(", ")", "screening for ", "stage 3b ", ": ", "2/6 ", "🩺 ", "pain ",
    "ignore your rules ",
]  # fmt: skip


def mentions(text: str) -> tuple[Mention, ...]:
    note = Note("n", text)
    return find_mentions(note, sections(note))


def words(text: str) -> list[str]:
    return [mention.text for mention in mentions(text)]


def test_a_problem_line_gives_its_phrase_with_side_and_stage() -> None:
    text = "ASSESSMENT\n1. Non-healing ulcer, right foot\n2. CKD stage 3b, stable.\n3. Diabetes type 2\n"
    assert words(text) == ["Non-healing ulcer, right foot", "CKD stage 3b", "Diabetes type 2"]


def test_words_apart_are_joined_and_the_complication_kept() -> None:
    assert words("A/P:\nDiabetes with neuropathy of both feet.") == [
        "Diabetes with neuropathy of both feet",
        "neuropathy of both feet",
    ]


def test_the_cue_is_not_part_of_a_historical_mention() -> None:
    [mention] = mentions("She has a history of breast cancer.")
    assert (mention.text, mention.assertion, mention.cue) == ("breast cancer", Assertion.HISTORICAL, "history of")


def test_a_repaired_disease_is_a_past_procedure() -> None:
    [mention] = mentions("ASSESSMENT\n1. History of aortic aneurysm repair.\n")
    assert (mention.text, mention.assertion) == ("aortic aneurysm repair", Assertion.HISTORICAL)


def test_screening_for_a_disease_is_one_reason_for_the_visit() -> None:
    [mention] = mentions("Here for screening for colon cancer.")
    assert (mention.text, mention.assertion) == ("screening for colon cancer", Assertion.PRESENT)


def test_body_mass_index_and_tobacco() -> None:
    found = words("BMI of 41.2. He smokes 1 pack per day.")
    assert found[0] == "BMI of 41.2" and found[1].startswith("smokes 1 pack per day")


def test_a_text_in_another_language_or_without_words_gives_nothing() -> None:
    assert words("") == []
    assert words("... --- 123 \n\n \u200f") == []


class OneTerm:
    """A phrase book with one term, as the corpus would offer it."""

    def match(self, words: list[str]) -> list[tuple[int, int, str]]:
        return [
            (at, at + 2, "T1")
            for at in range(len(words) - 1)
            if [word.lower() for word in words[at : at + 2]] == ["zebra", "stripes"]
        ]


def test_a_phrase_book_adds_what_the_fallback_does_not_know() -> None:
    note = Note("n", "She has zebra stripes.")
    assert [m.text for m in find_mentions(note, sections(note), OneTerm())] == ["zebra stripes"]
    assert find_mentions(note, sections(note)) == ()


class HistoryTerm:
    """A phrase book whose term opens with a cue."""

    def match(self, words: list[str]) -> list[tuple[int, int, str]]:
        lower = [word.lower() for word in words]
        term = ["family", "history", "of", "colon", "cancer"]
        return [(at, at + 5, "Z80.0") for at in range(len(words)) if lower[at : at + 5] == term]


def test_a_cue_inside_a_term_of_the_phrase_book_still_decides() -> None:
    note = Note("n", "No family history of colon cancer. Family history of colon cancer.")
    found = find_mentions(note, sections(note), HistoryTerm())
    assert [(m.text, m.assertion) for m in found] == [
        ("colon cancer", Assertion.NEGATED),
        ("colon cancer", Assertion.FAMILY),
    ]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=40).map("".join))
def test_every_mention_is_verbatim_whatever_the_text(text: str) -> None:
    kinds = {part.kind for part in sections(Note("n", text))}
    for mention in mentions(text):
        assert text[mention.span.start : mention.span.end] == mention.text
        assert mention.text.strip() == mention.text != ""
        assert mention.section in kinds
        assert mention.cue == "" or mention.cue in text


def test_a_line_of_drugs_in_a_plan_is_no_problem() -> None:
    note = Note("n", "ASSESSMENT AND PLAN\nMetformin | 500 mg | BID\nLisinopril 10 mg daily\n")
    assert find_mentions(note, sections(note)) == ()


class OneWord:
    """A phrase book that knows every word of the text as a term of its own."""

    def match(self, words: Sequence[str]) -> list[tuple[int, int, str]]:
        return [(at, at + 1, "X") for at, word in enumerate(words) if word.isalpha()]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Polyhydramnios", True),
        ("Pseudophakia", True),
        ("POAG", True),
        ("Gave", False),
        ("dish", False),
        ("Running", False),
        ("GC", False),
    ],
)
def test_one_word_of_the_phrase_book_is_a_mention_unless_it_is_everyday_english(line: str, found: bool) -> None:
    note = Note("n", f"HPI: Seen for {line} today.")
    listed = [mention.text for mention in find_mentions(note, sections(note), OneWord())]
    assert (line in listed) is found


def test_tobacco_given_up_is_one_mention() -> None:
    assert "gave up cigarettes" in words("He gave up cigarettes in 1999.")
    assert "smoked until 2018" in words("She smoked until 2018, 45 pack-years.")


def test_childhood_asthma_is_over_and_an_outbreak_is_of_others() -> None:
    [asthma] = mentions("Childhood asthma, no symptoms for thirty years.")[:1]
    assert asthma.assertion is Assertion.RESOLVED
    [shingles] = mentions("Chickenpox outbreak at school.")
    assert shingles.assertion is Assertion.OTHER_PERSON


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Pneumonia last winter.", Assertion.HISTORICAL),
        ("Bleeding ulcer in the 90s.", Assertion.RESOLVED),
        ("Hypoxia in the 80s on room air.", Assertion.PRESENT),
        ("Hepatitis C cured with treatment in 2016.", Assertion.RESOLVED),
        ("Mother & grandmother glaucoma.", Assertion.FAMILY),
        ("Preeclampsia precautions: headache - call.", Assertion.CONDITIONAL),
    ],
)
def test_what_is_over_or_of_others_in_few_words(line: str, said: Assertion) -> None:
    assert mentions(line)[0].assertion is said
