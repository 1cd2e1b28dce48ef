"""Any balanced remittance explains to sums equal to its segments, and says no figure that is not in it."""

import datetime as dt
import re
from decimal import Decimal
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.remit.chains import Chains
from assistant.remit.explanation import explain_claim
from assistant.remit.file import read_bytes
from assistant.remit.money import disposition
from assistant.remit.payments import PaymentLedger
from assistant.remit.queue import WorkQueue
from assistant.remit.record import file_record
from assistant.remit.words import load_words
from assistant.settings import load_settings
from assistant.store.engine import open_store
from tests.remit.make import claim, line, remittance

CENT = Decimal("0.01")
TODAY = dt.date(2026, 3, 2)
money = st.integers(0, 500_000).map(lambda cents: cents * CENT)
reasons = st.sampled_from(
    [
        "1",
        "2",
        "3",
        "16",
        "18",
        "22",
        "23",
        "24",
        "29",
        "45",
        "50",
        "66",
        "96",
        "97",
        "109",
        "119",
        "197",
        "204",
        "253",
        "399",
        "B7",
    ]
)
adjustments = st.lists(st.tuples(st.sampled_from(["CO", "PR", "OA", "PI"]), reasons, money), max_size=4)
lines = st.lists(st.tuples(money, adjustments), max_size=4)
claims = st.lists(
    st.tuples(st.sampled_from(["1", "2", "3", "4", "19", "25"]), money, adjustments, lines), min_size=1, max_size=4
)
delimiters = st.permutations(list("|^!+;'>")).map(lambda marks: marks[:4])


def cas(items: list[tuple[str, str, Decimal]]) -> list[str]:
    return [f"CAS*{group}*{reason}*{amount}" for group, reason, amount in items]


def built(drawn: list[tuple[str, Decimal, list, list]], marks: list[str]) -> tuple[bytes, list[dict[str, Decimal]]]:  # type: ignore[type-arg]
    """A balanced file of these claims, and the sums its segments have."""
    segments: list[str] = []
    expected = []
    for place, (status, paid_alone, own, parts) in enumerate(drawn):
        everything = [*own, *(item for _, items in parts for item in items)]
        total = lambda groups, items: sum((a for g, _, a in items if g in groups), Decimal(0))  # noqa: E731
        by = {group: total((group,), everything) for group in ("CO", "PR", "OA", "PI")}
        paid_lines = sum((paid for paid, _ in parts), Decimal(0)) if parts else paid_alone
        taken_lines = sum((total(("CO", "PR", "OA", "PI"), items) for _, items in parts), Decimal(0))
        taken_own = total(("CO", "PR", "OA", "PI"), own)
        billed = paid_lines + taken_lines if parts else paid_alone + taken_own
        paid = billed - taken_lines - taken_own
        body = []
        for number, (line_paid, items) in enumerate(parts):
            charge = line_paid + total(("CO", "PR", "OA", "PI"), items)
            body += line(f"9921{number}", str(charge), str(line_paid), *cas(items))
        segments += claim(status, str(billed), str(paid), str(by["PR"]), *cas(own), *body, number=f"K{place}")
        expected.append(by | {"billed": billed, "paid": paid, "items": everything})  # type: ignore[dict-item]
    payment = sum((entry["paid"] for entry in expected), Decimal(0))
    text = remittance(str(payment), *segments).decode()
    element, component, terminator, repetition = marks
    table = str.maketrans({"*": element, ":": component, "~": terminator, "^": repetition})
    return text.translate(table).encode(), expected


@settings(max_examples=150, deadline=None)
@given(claims, delimiters)
def test_sums_equal_their_segments(drawn: list, marks: list[str]) -> None:  # type: ignore[type-arg]
    content, expected = built(drawn, marks)
    file = read_bytes(content)
    (transaction,) = file_record(file)["transactions"]
    assert transaction["balanced"] and transaction["imbalance"] == "0.00"
    for record, sums in zip(transaction["claims"], expected, strict=True):
        assert record["balanced"] and all(entry["balanced"] for entry in record["lines"])
        assert Decimal(record["billed"]) == sums["billed"] and Decimal(record["paid"]) == sums["paid"]
        assert Decimal(record["provider_responsibility"]) == sums["CO"] + sums["PI"]
        assert Decimal(record["patient_responsibility"]) == sums["PR"]
        assert Decimal(record["other_adjustments"]) == sums["OA"]
        shares = {
            reason: sum((a for g, r, a in sums["items"] if g == "PR" and r == reason), Decimal(0)) for reason in "123"
        }  # type: ignore[attr-defined]
        assert [Decimal(record[key]) for key in ("deductible", "coinsurance", "copay")] == list(shares.values())
        kinds = {
            kind: sum((a for g, r, a in sums["items"] if g in ("CO", "PI") and disposition(r) == kind), Decimal(0))  # type: ignore[attr-defined]
            for kind in ("contractual", "denied")
        }
        assert Decimal(record["contractual"]) == kinds["contractual"] and Decimal(record["denied"]) == kinds["denied"]
        # Everything that was billed is paid, or adjusted in one of the groups.
        parts = ("paid", "provider_responsibility", "patient_responsibility", "other_adjustments")
        assert Decimal(record["billed"]) == sum(Decimal(record[part]) for part in parts)
        assert (
            Decimal(0)
            <= Decimal(record["patient_owes_now"])
            <= max(Decimal(0), Decimal(record["patient_responsibility"]))
        )
        if not record["final"]:
            assert record["patient_owes_now"] == "0.00"


@settings(max_examples=60, deadline=None)
@given(claims, delimiters, st.sampled_from(["biller", "patient"]), st.sampled_from(["en", "es"]))
def test_no_sentence_has_a_figure_or_segment_that_is_not_in_the_file(
    drawn: list,  # type: ignore[type-arg]
    marks: list[str],
    audience: str,
    language: str,
) -> None:
    content, _ = built(drawn, marks)
    file = read_bytes(content)
    (payment,) = file.transactions
    chains = Chains.of(file)
    (transaction,) = file_record(file)["transactions"]
    for item, record in zip(payment.claims, transaction["claims"], strict=True):
        told = explain_claim(item, payment.header, chains.get(item, payment.header, file.name), audience, language)
        own = {segment.number for segment in item.segments} | {segment.number for segment in payment.header.segments}
        sentences = [
            told.headline,
            *told.sentences,
            *told.actions,
            *(part for entry in told.lines for part in entry.sentences),
        ]
        allowed = _figures(record, item)
        for sentence in sentences:
            assert sentence.segments and set(sentence.segments) <= own
            for figure in re.findall(r"-?\$?-?[\d,]+\.\d\d", sentence.text):
                assert Decimal(re.sub(r"[$,]", "", figure)) in allowed, sentence.text
        for row in (*told.money, *(row for entry in told.lines for row in entry.money)):
            assert set(row.segments) <= own
            assert row.amount is None or row.amount in allowed


@settings(max_examples=80, deadline=None)
@given(claims, delimiters, st.sampled_from(["en", "es"]))
def test_the_billers_table_adds_up_to_its_segments(drawn: list, marks: list[str], language: str) -> None:  # type: ignore[type-arg]
    content, expected = built(drawn, marks)
    file = read_bytes(content)
    (payment,) = file.transactions
    label = load_words(language).tables["label"]
    for item, sums in zip(payment.claims, expected, strict=True):
        told = explain_claim(item, payment.header, None, "biller", language)
        rows = {row.label: row for row in told.money}
        zero = Decimal(0)
        assert rows[label["billed"]].amount == sums["billed"] and rows[label["paid"]].amount == sums["paid"]
        for name, groups in (
            ("provider_responsibility", ("CO", "PI")),
            ("other_adjustments", ("OA",)),
            ("patient_responsibility", ("PR",)),
        ):
            row = rows.get(label[name])
            assert (row.amount if row else zero) == sum((sums[group] for group in groups), zero)
            cited = {a.segment for a in item.all_adjustments() if a.group in groups and a.amount}
            assert row is None or cited <= set(row.segments)
        # Line by line: billed is paid plus what its own sentences name.
        for line_told, entry in zip(told.lines, item.lines, strict=True):
            named = {row.label: row.amount for row in line_told.money}
            taken = sum((adjustment.amount or zero for adjustment in entry.adjustments), zero)
            assert named[label["billed"]] == (named[label["paid"]] or zero) + taken


answers = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["A PLAN", "B PLAN"]), st.integers(1, 4), money, money),
    min_size=1,
    max_size=6,
    unique_by=lambda entry: (entry[1], entry[2]),
)


@settings(max_examples=40, deadline=None)
@given(answers, st.randoms(use_true_random=False))
def test_balances_depend_neither_on_the_order_of_posting_nor_on_how_often(drawn: list, random: Random) -> None:  # type: ignore[type-arg]
    files = []
    for number, payer, day, paid, share in drawn:
        body = claim(
            "1",
            str(paid + share),
            str(paid),
            str(share),
            *line("99213", str(paid + share), str(paid), f"CAS*PR*2*{share}"),
            number=f"C{number}",
        )
        text = remittance(str(paid), *body).decode().replace("SAMPLE PLAN", payer)
        text = text.replace("*20260131~\nTRN*1*T1*", f"*202602{day:02}~\nTRN*1*T{day}*")
        files.append(read_bytes(text.encode(), f"{payer}{day}.835"))
    shuffled = random.sample(files, len(files)) + random.sample(files, len(files) // 2)
    found = []
    for order in (files, shuffled):
        with TemporaryDirectory() as home:
            engine = open_store(load_settings({"SUPERBILL_HOME": home}))
            ledger, queue = PaymentLedger(engine), WorkQueue(engine)
            for file in order:
                ledger.post(file)
            listed = {(item.work.control_number, item.work.action, item.work.amount) for item in queue.items(TODAY)}
            found.append((ledger.balances(), ledger.payers(), listed))
            engine.dispose()
    assert found[0] == found[1]
    for stands in found[0][0]:
        assert sum((total.paid for total in stands.payers), Decimal(0)) == stands.paid


def _figures(record: dict, item: object) -> set[Decimal]:  # type: ignore[type-arg]
    """Every amount of the claim's record, its adjustments and their sums by kind."""
    found: set[Decimal] = set()

    def walk(value: object) -> None:
        if isinstance(value, dict):
            for part in value.values():
                walk(part)
        elif isinstance(value, list):
            for part in value:
                walk(part)
        elif isinstance(value, str) and re.fullmatch(r"-?\d+\.\d\d", value):
            found.add(Decimal(value))

    walk(record)
    entries = [*record["adjustments"], *(part for entry in record["lines"] for part in entry["adjustments"])]
    provider = [entry for entry in entries if entry["group"] in ("CO", "PI")]
    amount = lambda chosen: sum((Decimal(entry["amount"]) for entry in chosen), Decimal(0))  # noqa: E731
    discount = [
        entry for entry in provider if disposition(entry["reason"]) == "contractual" and entry["reason"] != "24"
    ]
    found.add(amount(discount))
    found.add(amount(entry for entry in provider if entry not in discount and entry["reason"] != "24"))
    patient = [entry for entry in entries if entry["group"] == "PR"]
    # What waits for a person's look, and what does not, are sums over the same PR adjustments.
    found.add(amount(patient) - Decimal(record["patient_owes_now"]))
    found |= {
        amount([entry for entry in patient if entry["reason"] == reason]) for reason in {e["reason"] for e in patient}
    }
    owed_if_final = [action for action in record["actions"] if action["action"] == "review" and action["amount"]]
    found.add(sum((Decimal(a["amount"]) for a in owed_if_final if a["rule"].startswith("pr_")), Decimal(0)))
    return found


@settings(max_examples=200, deadline=None)
@given(claims, st.data())
def test_damage_never_raises(drawn: list, data: st.DataObject) -> None:  # type: ignore[type-arg]
    content, _ = built(drawn, ["*", ":", "~", "^"])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content) - 1))
        cut = data.draw(st.integers(0, 30))
        content = content[:start] + data.draw(st.binary(max_size=6)) + content[start + cut :]
        content = content or b"~"
    file = read_bytes(content)
    record = file_record(file)
    assert file.usable or record["problems"]
    for transaction in record["transactions"]:
        for item in transaction["claims"]:
            if not item["balanced"]:
                assert item["patient_owes_now"] == "0.00" and [a["action"] for a in item["actions"]] == ["review"]
