import pytest

from assistant.chart.mentions import find_mentions
from assistant.chart.note import Note
from assistant.chart.sections import sections
from assistant.chart.sentences import MAX_TOKENS, Sentence, sentences


def split(text: str) -> list[Sentence]:
    note = Note("n", text)
    return sentences(note, sections(note))


def texts(text: str) -> list[str]:
    return [text[sentence.span.start : sentence.span.end] for sentence in split(text)]


def test_abbreviations_doses_and_initials_end_no_sentence() -> None:
    assert texts("Dr. Lee gave 2.5 mg p.o. daily. Pt. has S. aureus. Better.") == [
        "Dr. Lee gave 2.5 mg p.o. daily.",
        "Pt. has S. aureus.",
        "Better.",
    ]


def test_a_hard_wrapped_paragraph_is_joined_and_a_list_is_not() -> None:
    wrapped = "The patient came in with a three day history of chest pain and\nshortness of breath.\n"
    assert len(texts(wrapped)) == 1
    assert texts("PMH:\nhtn\ndm2\ncopd\n") == ["htn", "dm2", "copd"]
    assert texts("- cough\n- rash\n1. gout\n") == ["cough", "rash", "gout"]


def test_known_labels_are_kept_apart_from_the_words() -> None:
    [sentence] = split("EXAM\n• Cardiovascular: No murmur\n")
    assert (sentence.label, sentence.bullet, sentence.tokens[0].text) == ("cardiovascular", "•", "No")


def test_a_run_without_an_end_is_cut() -> None:
    assert max(len(sentence.tokens) for sentence in split("pain " * 1000)) == MAX_TOKENS


@pytest.mark.parametrize(
    "piece", ["no pain and ", "stage 1 ", "history of ", "糖尿病 ", "( ", "PLAN: ", "a", "- ", "\t", "\n ", "\n\n# a\n"]
)
def test_a_long_run_of_odd_text_is_read_to_its_end(piece: str) -> None:
    """200,000 characters: a reader whose time grew with the square of the length would not come back (see `make bench`)."""
    note = Note("n", piece * (200_000 // len(piece)))
    assert all(note.at(mention.span) == mention.text for mention in find_mentions(note, sections(note)))
