"""Provider adjustments find the claim, the payment or the other half they refer to, and nothing by chance."""

import pytest

from assistant.remit.explanation import explain_payment
from assistant.remit.file import read_bytes
from assistant.remit.references import References
from assistant.remit.values import RemitFile
from tests.remit.make import claim, remittance


def file(plb: str, name: str = "a.835", number: str = "C1", trace: str = "T1") -> RemitFile:
    content = remittance("5", *claim("1", "5", "5", "0", number=number), plb=plb)
    return read_bytes(content.replace(b"TRN*1*T1*", f"TRN*1*{trace}*".encode()), name)


@pytest.mark.parametrize(
    ("reference", "kind", "label"),
    [
        ("C1234567", "claim", "C1234567"),
        ("PC1234567", "claim", "C1234567"),
        ("OLD 260101 PC1234567", "claim", "C1234567"),
        ("260101PC1234567X", "claim", "C1234567"),
        ("TRACE001", "payment", "TRACE001"),
    ],
)
def test_what_a_reference_names(reference: str, kind: str, label: str) -> None:
    own = file(f"PLB*1*20261231*WO:{reference}*1", number="C1234567", trace="TRACE001")
    (item,) = own.transactions[0].trailer.provider_adjustments
    target = References([own]).of(item, own.name)
    assert target is not None and (target.kind, target.label) == (kind, label)


def test_short_numbers_inside_others_are_no_reference() -> None:
    own = file("PLB*1*20261231*WO:XC1X*1", number="C1")
    (item,) = own.transactions[0].trailer.provider_adjustments
    assert References([own]).of(item, own.name) is None


def test_a_balance_carried_forward_finds_its_other_half() -> None:
    first, second = file("PLB*1*20261231*FB:T1*-20", "a.835"), file("PLB*1*20261231*FB:T1*20", "b.835", trace="T2")
    references = References([first, second])
    (one,), (two,) = (entry.transactions[0].trailer.provider_adjustments for entry in (first, second))
    found = references.of(one, "a.835"), references.of(two, "b.835")
    assert [(target.kind, target.file) for target in found if target] == [("balance", "b.835"), ("balance", "a.835")]
    text = " ".join(part.text for part in explain_payment(second.transactions[0], "en", references, "b.835").sentences)
    assert "Its other half has the same reference, T1. (a.835)" in text


def test_nothing_is_found_in_nothing() -> None:
    own = file("PLB*1*20261231*WO*1")
    (item,) = own.transactions[0].trailer.provider_adjustments
    assert References([own]).of(item, own.name) is None
