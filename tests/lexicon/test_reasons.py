"""The words of remittance codes: complete, allowed, readable in both languages, and true to the public facts."""

import csv
import re
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.lexicon import reasons as words
from corpus.lexicon.reasons import CodeWords, RemarkWords, claim_status, group, plb_reason, reason, remark

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
LISTS = SHARED / "data" / "x12" / "codelists"
SHORT = ("group_codes.tsv", "plb_reasons.tsv", "claim_status.tsv")

VOWELS_ES = "aeiouáéíóúü"
STRONG_ES = "aeoáéíóú"


def facts(name: str) -> list[dict[str, str]]:
    path = LISTS / name
    if not path.exists():
        pytest.skip("the public code lists are not beside this checkout")
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def syllables_en(word: str) -> int:
    """Vowel groups of an English word, without a silent final e or ed; good to about one in ten words."""
    word = re.sub(r"[^a-z]", "", word.lower())
    count = len(re.findall(r"[aeiouy]+", word))
    if re.search(r"[^aeiouy]e$", word) and not re.search(r"[^aeiouyl]le$", word):
        count -= 1
    if re.search(r"[^aeiouytd]ed$", word):
        count -= 1
    if re.search(r"(?:[cgsxz]|ch|sh)es$", word) is None and re.search(r"[^aeiouy]es$", word):
        count -= 1
    count += len(re.findall(r"i(?:a(?!l)|o(?!u|n)|um)|^coin(?=s)", word))
    return max(count, 1)


def syllables_es(word: str) -> int:
    """Syllables of a Spanish word: strong vowels each make one, weak ones join a neighbour."""
    word = re.sub(r"[^a-zñáéíóúü]", "", word.lower())
    word = re.sub(r"qu(?=[eéií])", "q", word)
    word = re.sub(r"gu(?=[eéií])", "g", word)
    word = re.sub(r"y(?=$|[^aeiouáéíóú])", "i", word)
    count, previous = 0, ""
    for letter in word:
        if (
            letter in VOWELS_ES
            and not (previous and previous in VOWELS_ES and not (letter in STRONG_ES and previous in STRONG_ES))
        ) or (letter in VOWELS_ES and (letter in "íú" or previous in "íú")):
            count += 1
        previous = letter
    return max(count, 1)


def sentences(text: str) -> int:
    return max(len(re.findall(r"[.!?]+(?:\s|$)", text)), 1)


def grade(text: str) -> float:
    """Flesch-Kincaid grade of an English text."""
    found = re.findall(r"[A-Za-z][A-Za-z']*", text)
    return 0.39 * len(found) / sentences(text) + 11.8 * sum(map(syllables_en, found)) / len(found) - 15.59


def ease(text: str) -> float:
    """Fernandez-Huerta reading ease of a Spanish text: 60 to 70 is plain."""
    found = re.findall(r"[A-Za-zñáéíóúüÑÁÉÍÓÚ]+", text)
    return 206.84 - 60 * sum(map(syllables_es, found)) / len(found) - 1.02 * len(found) / sentences(text)


def every() -> dict[str, list[words.ReasonWords | RemarkWords | CodeWords]]:
    return {
        "carc.tsv": list(words.reasons().values()),
        "rarc.tsv": list(words.remarks().values()),
        "group_codes.tsv": list(words._short("group_codes.tsv").values()),
        "plb_reasons.tsv": list(words._short("plb_reasons.tsv").values()),
        "claim_status.tsv": list(words._short("claim_status.tsv").values()),
    }


def every_text() -> list[tuple[str, str, str]]:
    """(file, code, text) of every cell of words."""
    names = ("biller_meaning", "usual_cause", "check", "evidence", "patient_en", "patient_es")
    return [
        (file, item.code, getattr(item, name))
        for file, items in every().items()
        for item in items
        for name in names
        if getattr(item, name, "")
    ]


@pytest.mark.parametrize(
    ("word", "count"), [("deductible", 4), ("coinsurance", 4), ("plan", 1), ("provider", 3), ("before", 2), ("paid", 1)]
)
def test_english_syllables(word: str, count: int) -> None:
    assert syllables_en(word) == count


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("seguro", 3),
        ("médico", 3),
        ("cuenta", 2),
        ("guía", 2),
        ("porque", 2),
        ("todavía", 4),
        ("atención", 3),
        ("leer", 2),
    ],
)
def test_spanish_syllables(word: str, count: int) -> None:
    assert syllables_es(word) == count


def test_lookup_takes_any_case_and_gives_none_for_the_unknown() -> None:
    assert reason(" b7 ") is words.reasons()["B7"]
    assert remark("ma130") is words.remarks()["MA130"]
    assert [look("ZZ9") for look in (reason, remark, group, plb_reason, claim_status)] == [None] * 5
    found = group("co")
    assert found is not None and found.code == "CO"


def test_every_active_reason_code_has_words() -> None:
    table = words.reasons()
    assert {row["code"] for row in facts("carc.csv")} == set(table)
    for row in facts("carc.csv"):
        item = table[row["code"]]
        assert item.status == ("active" if row["active"] == "Y" else "retired")
        assert item.stopped == row["stop"]
        assert "|".join(item.groups) == row["allowed_group_codes"]
        assert item.needs_remark == (row["needs_remark_code"] == "Y")


def test_every_remark_has_words() -> None:
    table = words.remarks()
    rows = facts("rarc.csv")
    assert {row["code"] for row in rows} == set(table)
    for row in rows:
        effects = table[row["code"]].effects
        assert ("alert" in effects) == (row["is_alert"] == "Y"), row["code"]
        flags = set(row["flags"].split("|"))
        for flag, effect in (("no-appeal", "no_appeal"), ("may-appeal", "may_appeal"), ("qmb", "qmb")):
            assert (flag not in flags) or (effect in effects), (row["code"], flag)
        assert "unprocessable-resubmit" not in flags or "unprocessable" in effects, row["code"]
        assert "no-surprises-act" not in flags or "no_surprises" in effects, row["code"]
        # N849 is a dental clause about a missing tooth: nothing is missing from the claim.
        assert "missing-or-invalid-info" not in flags or "missing_information" in effects or row["code"] == "N849"


def test_short_lists_are_whole() -> None:
    assert {row["code"] for row in facts("group_codes.csv")} == {item.code for item in every()["group_codes.tsv"]}
    assert {row["code"] for row in facts("plb_reason.csv")} == {item.code for item in every()["plb_reasons.tsv"]}
    assert {row["code"] for row in facts("clp02_status.csv")} == {item.code for item in every()["claim_status.tsv"]}


def test_counts_stand_without_the_code_lists() -> None:
    counts = {file: len(items) for file, items in every().items()}
    assert counts["carc.tsv"] == 405
    assert counts["rarc.tsv"] == 1171
    assert (counts["group_codes.tsv"], counts["plb_reasons.tsv"], counts["claim_status.tsv"]) == (5, 41, 17)


def test_columns_are_filled() -> None:
    for file, items in every().items():
        for item in items:
            assert item.biller_meaning and item.patient_en and item.patient_es, (file, item.code)
    for item in words.reasons().values():
        assert item.status in words.STATUSES and item.disposition in words.DISPOSITIONS and item.action in words.ACTIONS
        if item.status == "active":
            assert item.usual_cause and item.check, item.code
            if item.action in {"correct_and_resubmit", "send_records", "appeal"}:
                assert item.evidence, item.code
    for remarked in words.remarks().values():
        assert remarked.check and remarked.effects <= words.EFFECTS, remarked.code


def test_every_active_reason_speaks_spanish_to_the_biller_too() -> None:
    for item in words.reasons().values():
        if item.status != "active":
            assert item.biller("es") == item.patient_es
            continue
        for english, spanish in (
            (item.biller_meaning, item.biller_es),
            (item.check, item.check_es),
            (item.evidence, item.evidence_es),
        ):
            assert bool(english) == bool(spanish), item.code
            assert spanish == spanish.strip() and "  " not in spanish, item.code
            assert not re.search(r"\b(?:the|of|and|with|claim|payer|chart)\b", spanish), (item.code, spanish)
            assert re.findall(r"[A-Z]{3,}|\d+", english) == [] or set(re.findall(r"\d+", english)) == set(
                re.findall(r"\d+", spanish)
            ), item.code
        assert item.biller("es") == item.biller_es != item.biller_meaning
        assert item.biller_es.endswith(".") and item.to_check("es").endswith("."), item.code


def test_every_remark_speaks_spanish_to_the_biller_too() -> None:
    for item in words.remarks().values():
        spanish = item.biller("es")
        assert spanish not in ("", item.biller_meaning) and spanish == spanish.strip() and "  " not in spanish, (
            item.code
        )
        assert spanish.endswith((".", "?")) and (spanish[0].isupper() or spanish[0] == "¿"), item.code
        assert not re.search(r"\b(?:the|of|and|with|claim|payer|chart)\b", spanish), (item.code, spanish)
        for figure in re.findall(r"\d+", item.biller_meaning):
            assert figure in spanish, (item.code, spanish)


def test_the_short_lists_speak_spanish_to_the_biller_too() -> None:
    for file in SHORT:
        for item in words._short(file).values():
            assert item.biller("es") not in ("", item.biller_meaning, item.patient_es), (file, item.code)
            assert item.biller("es").endswith(".") and item.biller("en") == item.biller_meaning


def test_text_is_clean() -> None:
    for file, code, text in every_text():
        assert text == text.strip() and "  " not in text and '"' not in text, (file, code)
        assert text[0].isupper() or text[0].isdigit() or text[0] in "¿¡", (file, code, text)
    for file, items in every().items():
        for item in items:
            for text in (item.biller_meaning, item.patient_en, item.patient_es):
                assert text.endswith((".", "?")), (file, item.code, text)


def test_no_row_repeats_another_reason_for_the_biller() -> None:
    seen: dict[str, str] = {}
    for item in words.reasons().values():
        if item.status == "active":
            assert item.biller_meaning not in seen, (item.code, seen.get(item.biller_meaning))
            seen[item.biller_meaning] = item.code


def test_english_for_patients_is_grade_eight_or_less() -> None:
    for file, items in every().items():
        grades = {item.code: grade(item.patient_en) for item in items}
        assert sum(grades.values()) / len(grades) <= 8, file
        assert {code: round(value, 1) for code, value in grades.items() if value > 8} == {}, file


def test_spanish_for_patients_is_plain() -> None:
    for file, items in every().items():
        eases = {item.code: ease(item.patient_es) for item in items}
        assert sum(eases.values()) / len(eases) >= 70, file
        assert {code: round(value, 1) for code, value in eases.items() if value < 60} == {}, file


def test_patient_words_of_a_reason_do_not_decide_who_owes() -> None:
    """The group code decides that, so no sentence of a reason may."""
    english = re.compile(
        r"\byou(?:r family)? (?:owe|do not owe|don't owe|have to pay|must pay|do not have to pay|need not pay)\b"
        r"|\bdenied\b|\bpay (?:this|it) (?:now|yourself)\b|\byour fault\b|\bnot your bill\b",
        re.IGNORECASE,
    )
    spanish = re.compile(
        r"\busted (?:no )?(?:debe|tiene que) pagar\b|\busted (?:no )?debe (?:nada|esto)\b|\bdenegad[oa]\b|\bsu culpa\b",
        re.IGNORECASE,
    )
    for item in words.reasons().values():
        assert not english.search(item.patient_en), (item.code, item.patient_en)
        assert not spanish.search(item.patient_es), (item.code, item.patient_es)


def test_patient_words_hold_no_figure() -> None:
    """Every figure a patient reads comes from the remittance, so the fixed sentences have none."""
    for file, items in every().items():
        for item in items:
            assert not re.search(r"[0-9$%]", item.patient_en + item.patient_es), (file, item.code)


def test_words_never_contradict_the_groups_a_reason_allows() -> None:
    for item in words.reasons().values():
        groups = set(item.groups)
        if groups and "PR" not in groups:
            assert item.disposition != "patient_share" and item.action != "bill_patient", item.code
        if groups == {"PR"}:
            assert item.disposition not in {"contractual", "payer_adjustment"} and item.action != "write_off", item.code
        if groups == {"OA"}:
            assert item.disposition in {"prior_payer", "payer_adjustment", "informational", "denied"}, item.code
            assert item.action not in {"write_off", "bill_patient"}, item.code


@pytest.mark.parametrize(
    ("disposition", "codes"),
    [
        ("patient_share", "1 2 3 66 241 247 248"),
        ("contractual", "24 45 59 131 253 P12 P24 P25 P26 P29"),
        ("denied", "4 11 16 18 22 29 50 96 97 197 204 226 252 B7 B15"),
        ("prior_payer", "23"),
        ("informational", "101 133 257 277 P8 P11"),
    ],
)
def test_dispositions_the_sums_rest_on(disposition: str, codes: str) -> None:
    found = {code: words.reasons()[code].disposition for code in codes.split()}
    assert found == dict.fromkeys(codes.split(), disposition)


@pytest.mark.parametrize(
    ("action", "codes"),
    [
        ("bill_patient", "1 2 3"),
        ("write_off", "45 253"),
        ("post_payment", "23 24"),
        ("review", "18 97 96 204"),
        ("correct_and_resubmit", "16"),
        ("wait", "133 257 277 P8 P11"),
        ("bill_next_payer", "22 109"),
        ("send_records", "252 251 250"),
        ("appeal", "50"),
    ],
)
def test_default_actions(action: str, codes: str) -> None:
    found = {code: words.reasons()[code].action for code in codes.split()}
    assert found == dict.fromkeys(codes.split(), action)


@pytest.mark.parametrize(
    ("code", "held", "absent"),
    [
        ("MA130", {"no_appeal", "unprocessable"}, {"may_appeal"}),
        ("N211", {"no_appeal"}, {"may_appeal"}),
        ("MA44", {"no_appeal"}, set()),
        ("N83", {"no_appeal"}, set()),
        ("N111", {"no_appeal"}, set()),
        ("N704", {"no_appeal", "resubmit"}, set()),
        ("MA13", {"bill_only_pr"}, {"do_not_bill_patient"}),
        ("N830", {"bill_only_pr", "no_surprises"}, {"do_not_bill_patient"}),
        ("N842", {"do_not_bill_patient"}, set()),
        ("M27", {"do_not_bill_patient", "may_appeal"}, set()),
        ("M39", {"do_not_bill_patient"}, set()),
        ("N172", {"do_not_bill_patient"}, set()),
        ("N563", {"do_not_bill_patient"}, set()),
        ("N781", {"qmb", "do_not_bill_patient"}, set()),
        ("N782", {"qmb", "do_not_bill_patient"}, set()),
        ("N783", {"qmb", "do_not_bill_patient"}, set()),
        ("MA18", {"forwarded", "not_final"}, set()),
        ("MA07", {"forwarded", "not_final"}, set()),
        ("N89", {"forwarded", "not_final"}, set()),
        ("MA15", {"alert"}, {"not_final"}),
        ("MA01", {"may_appeal"}, {"not_final", "no_appeal"}),
        ("M26", {"refund_patient", "bill_only_pr"}, {"do_not_bill_patient"}),
        ("M38", {"may_bill_patient"}, {"do_not_bill_patient"}),
        ("N185", {"do_not_resubmit"}, {"resubmit"}),
        ("N130", {"see_plan"}, {"no_appeal"}),
        ("MA08", {"not_forwarded"}, {"forwarded"}),
        ("N8", {"not_forwarded"}, {"forwarded"}),
        ("N122", {"bundled"}, {"do_not_bill_patient"}),
        ("N390", {"bundled"}, {"do_not_bill_patient"}),
        ("N878", {"no_surprises", "bill_only_pr"}, {"consent_waived"}),
        ("N879", {"no_surprises", "bill_only_pr"}, {"consent_waived"}),
        ("N882", {"no_surprises", "consent_waived"}, {"bill_only_pr"}),
        ("N885", {"no_surprises", "may_appeal", "review"}, {"bill_only_pr"}),
        ("N857", {"refund_patient"}, set()),
    ],
)
def test_effects_that_change_what_to_do(code: str, held: set[str], absent: set[str]) -> None:
    found = remark(code)
    assert found is not None
    assert held <= found.effects
    assert not absent & found.effects


def test_effects_never_contradict_each_other() -> None:
    for item in words.remarks().values():
        effects = item.effects
        assert not {"no_appeal", "may_appeal"} <= effects, item.code
        assert not {"forwarded", "not_forwarded"} <= effects, item.code
        assert not {"resubmit", "do_not_resubmit"} <= effects, item.code
        assert not {"consent_waived", "bill_only_pr"} <= effects, item.code
        assert not {"may_bill_patient", "do_not_bill_patient"} <= effects, item.code


def test_statuses_that_are_not_final() -> None:
    open_ones = {item.code for item in every()["claim_status.tsv"] if "not_final" in item.flags}  # type: ignore[union-attr]
    assert {"19", "20", "21", "22", "23", "25"} <= open_ones
    assert not {"1", "2", "3", "4"} & open_ones


def test_a_damaged_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = "\t".join(words.RARC_COLUMNS)
    (tmp_path / "rarc.tsv").write_text(f"# ours\n{header}\nN1\tbanana\ta.\tb.\tc.\td.\n", encoding="utf-8")
    (tmp_path / "rarc_es.tsv").write_text("code\tbiller_meaning\nN2\ta.\n", encoding="utf-8")
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    with pytest.raises(CorpusError, match=r"rarc\.tsv, code N1: banana"):
        words.remarks.__wrapped__()
    (tmp_path / "rarc.tsv").write_text(f"# ours\n{header}\nN1\talert\ta.\tb.\tc.\td.\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"rarc_es\.tsv has no row for code N1"):
        words.remarks.__wrapped__()
