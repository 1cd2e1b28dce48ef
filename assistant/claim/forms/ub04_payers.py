"""Form locators 50 to 64 of the UB-04: up to three payers, first the one that pays first."""

from decimal import Decimal
from typing import NamedTuple

from assistant.claim.claim import Claim, Party
from assistant.claim.forms.sheet import Filling, Page
from assistant.claim.forms.words import name_of

ORDER = "PST"


class _Policy(NamedTuple):
    responsibility: str
    payer: Party
    holder: Party
    relationship: str
    release: str
    assigned: str
    paid: Decimal | None
    group_name: str
    group_number: str
    authorisation: str
    payer_number: str


def put_payers(filling: Filling, page: Page, claim: Claim) -> None:
    """Rows A to C in the order of payment."""
    billed = _Policy(
        claim.responsibility,
        claim.payer,
        claim.subscriber,
        claim.relationship,
        claim.release_information,
        claim.assign_benefits,
        None,
        claim.group_name,
        claim.group_number,
        claim.reference("G1") or claim.reference("9F"),
        claim.reference("F8"),
    )
    others = (
        _Policy(
            other.responsibility,
            other.payer,
            other.subscriber,
            other.relationship,
            other.release_information,
            other.assign_benefits,
            other.paid,
            other.group_name,
            other.group_number,
            "",
            other.control_number,
        )
        for other in claim.others
    )
    policies = sorted((billed, *others), key=lambda item: (ORDER + item.responsibility).index(item.responsibility))
    room = filling.form.tables["payers"].lines
    for row, policy in enumerate(policies[:room]):
        paid = f"{policy.paid:.2f}" if policy.paid is not None else ""
        cells = {
            "50": policy.payer.name,
            "51": policy.payer.id,
            "52": policy.release,
            "53": policy.assigned,
            "60": policy.holder.id,
            "63": policy.authorisation,
            "64": policy.payer_number,
        }
        holder = name_of(policy.holder)
        due = f"{claim.patient_due:.2f}" if claim.patient_due is not None and policy is billed else ""
        more = {
            "54": paid.replace(".", ""),
            "55": due.replace(".", ""),
            "58": holder,
            "59": policy.relationship,
            "61": policy.group_name,
            "62": policy.group_number,
        }
        for place, text in {**cells, **more}.items():
            filling.mark(page, place, text, "payers", row)
        group = " ".join(part for part in (policy.group_name, policy.group_number) if part)
        page.tables.setdefault("payers", []).append(
            {**cells, "54": paid, "55": due, "58": f"{holder} ({policy.relationship})", "62": group}
        )
    if len(policies) > room:
        filling.overflow("50", f"three payers fit and the claim has {len(policies)}")
    if claim.reference("G1") and claim.reference("9F"):
        filling.overflow("63", "one number fits; the referral number is left out")
