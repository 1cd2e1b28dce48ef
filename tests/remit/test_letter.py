"""Letters say what the file says, trace each figure, and are refused where the rules give no ground for them."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.errors import InputError
from assistant.remit.chains import Chains
from assistant.remit.file import read_file
from assistant.remit.letter import Letter, write_letter
from tests.remit.make import claim, claims, line, read

SAMPLES = Path(__file__).resolve().parents[2] / "corpus" / "samples"


def letter(sample: str, control: str, kind: str, language: str = "en") -> Letter:
    file = read_file(SAMPLES / sample)
    chains = Chains.of(file)
    header = file.transactions[0].header
    found = [item for item in file.transactions[0].claims if item.control_number == control]
    return write_letter(found[-1], header, chains.get(found[-1], header, file.name), kind, language)


@pytest.mark.parametrize(
    ("sample", "control", "kind", "language"),
    [
        ("office_visit.835", "DEMO1001", "patient", "en"),
        ("office_visit.835", "DEMO1001", "patient", "es"),
        ("office_visit.835", "DEMO1001", "appeal", "en"),
        ("remittance_medicare.835", "DEMO3003", "corrected", "en"),
        ("remittance_medicare.835", "DEMO3001", "patient", "es"),
        ("remittance_reversal.835", "DEMO2001", "refund", "en"),
        ("remittance_reversal.835", "DEMO2001", "refund", "es"),
        ("remittance_medicare.835", "DEMO3002", "refund", "en"),
        ("office_visit.835", "DEMO1001", "next_payer", "en"),
        ("remittance_medicare.835", "DEMO3002", "next_payer", "en"),
    ],
)
def test_every_figure_and_code_of_a_letter_is_traced(sample: str, control: str, kind: str, language: str) -> None:
    written = letter(sample, control, kind, language)
    assert control in written.text and "None" not in written.text and "{" not in written.text
    traced = " ".join(sentence.text for sentence in written.trace)
    assert all(sentence.segments for sentence in written.trace)
    for figure in re.findall(r"\$?[\d,]+\.\d\d", written.text):
        assert figure in traced
    for code in re.findall(r"\b(?:CO|PR|OA|PI)-\w+", written.text):
        assert code in traced
    amounts = {item.amount for item in claims(read_file(SAMPLES / sample))[0].all_adjustments()}
    assert amounts


def test_the_appeal_names_the_denied_amount_only() -> None:
    text = letter("office_visit.835", "DEMO1001", "appeal").text
    assert "$110.00" in text and "CO-197" in text and "L1902-LT" in text
    assert "CO-45" not in text and "$48.00" not in text and "26324BM00917" in text


def test_the_corrected_claim_cover_of_an_unprocessable_claim_speaks_of_a_new_claim() -> None:
    assert (
        "a new claim in place of the one you could not process"
        in letter("remittance_medicare.835", "DEMO3003", "corrected").text
    )


@pytest.mark.parametrize(
    ("segments", "kind"),
    [
        (claim("1", "100", "0", "100", *line("99213", "100", "0", "CAS*PR*1*100")), "appeal"),
        (claim("1", "100", "0", "0", *line("99213", "100", "0", "CAS*OA*18*100")), "appeal"),
        (claim("1", "100", "0", "0", "MOA***MA130", *line("99213", "100", "0", "CAS*CO*50*100")), "appeal"),
        (claim("1", "100", "60", "0", *line("99213", "100", "60", "CAS*CO*45*40")), "corrected"),
        (claim("1", "100", "60", "0", *line("99213", "100", "60", "CAS*CO*45*40")), "refund"),
        (claim("1", "100", "60", "0", *line("99213", "100", "60", "CAS*CO*197*30")), "appeal"),
    ],
)
def test_letters_without_ground_are_refused_in_one_sentence(segments: list[str], kind: str) -> None:
    file = read(*segments)
    with pytest.raises(InputError) as caught:
        write_letter(claims(file)[0], file.transactions[0].header, None, kind)
    assert "DOE" not in str(caught.value) and "Segment 13" in str(caught.value)


def test_what_the_file_does_not_say_is_left_open() -> None:
    file = read(*claim("1", "100", "0", "0", *line("99213", "100", "0", "CAS*CO*197*100")))
    text = write_letter(claims(file)[0], file.transactions[0].header, None, "appeal").text
    assert "Why we ask for another decision" in text and "____" in text
    assert not re.search(r"\b(?:30|60|90|120|180) days\b", text)


def test_the_refund_names_the_difference() -> None:
    assert "$15.00" in letter("remittance_reversal.835", "DEMO2001", "refund").text
    assert Decimal("15.00") == Decimal(30) - Decimal(15)


def test_the_next_payer_sees_every_adjustment() -> None:
    text = re.sub(" +", " ", letter("office_visit.835", "DEMO1001", "next_payer").text)
    for part in (
        "CO-45 103.00",
        "PR-3 30.00",
        "PR-1 48.00",
        "CO-197 110.00",
        "203.42",
        "125.42",
        "78.00",
        "7004418201",
    ):
        assert part in text


def test_a_letter_that_does_not_exist_in_a_language() -> None:
    with pytest.raises(InputError, match="use --lang en"):
        letter("office_visit.835", "DEMO1001", "next_payer", "es")


@pytest.mark.parametrize(("ending", "start"), [(".docx", b"PK"), (".pdf", b"%PDF"), (".txt", b"MIAMI"), ("", b"MIAMI")])
def test_the_command_writes_the_format_of_the_ending(tmp_path: Path, ending: str, start: bytes) -> None:
    out = tmp_path / f"letter{ending}"
    command = ["remit", "letter", str(SAMPLES / "office_visit.835"), "--kind", "appeal", "--lang", "en"]
    assert main([*command, "--date", "2026-02-02", "--out", str(out)]) == 0
    assert out.read_bytes().startswith(start) and list(tmp_path.iterdir()) == [out]
    before = out.read_bytes()
    assert main([*command, "--date", "2026-02-02", "--no-sources", "--out", str(out)]) == 0
    assert (out.read_bytes() == before) == (ending in (".txt", ""))


@pytest.mark.parametrize(
    ("more", "said"), [(["--out", "letter.odt"], "choose one of these endings"), (["--date", "2 Feb"], "is not a date")]
)
def test_the_command_refuses_what_it_cannot_write(
    capsys: pytest.CaptureFixture[str], more: list[str], said: str
) -> None:
    assert main(["remit", "letter", str(SAMPLES / "office_visit.835"), *more]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and said in printed.err and len(printed.err.splitlines()) == 1


@pytest.mark.parametrize("kind", ["appeal", "corrected"])
def test_a_spanish_letter_to_a_payer_says_that_it_is_the_patients_copy(kind: str) -> None:
    sample = ("office_visit.835", "DEMO1001") if kind == "appeal" else ("remittance_medicare.835", "DEMO3003")
    text = letter(*sample, kind, "es").text
    assert text.startswith("Copia en español para el paciente. A la aseguradora se le envía la carta en inglés.")
    english = re.sub(r"[A-Z0-9][A-Z0-9, -]{3,}", "", text)
    assert not re.search(r"\b(?:the|your|claim|not paid|enclosed|corrected claim)\b", english, re.IGNORECASE)


def test_a_name_that_reads_like_an_order_is_quoted(tmp_path: Path) -> None:
    """Whoever writes a file chooses its names: a letter shows one that reads like an order as a document's words."""
    name = "PAY 500 TO WWW.EXAMPLE.COM"
    path = tmp_path / "named.835"
    path.write_bytes((SAMPLES / "office_visit.835").read_bytes().replace(b"BUCKEYE MUTUAL HEALTH PLAN", name.encode()))
    (transaction,) = read_file(path).transactions
    text = write_letter(transaction.claims[0], transaction.header, None, "appeal", "en").text
    assert f'"{name}"' in text
    assert name not in text.replace(f'"{name}"', "")
