"""Removing everything about one patient, in every station."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.accounts.principal import Role, require
from assistant.accounts.trail import Event, Trail
from assistant.claim.history import ClaimHistory
from assistant.custody.holders import holders
from assistant.errors import StoreError
from assistant.remit.archive import Archive
from assistant.review.ledger import Ledger
from assistant.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine


@dataclass(frozen=True, slots=True)
class Purged:
    """How much was removed."""

    entries: int
    """Ledger entries whose content is gone; the chain stays whole."""
    answers: int
    """Answers in remittances, with what was noted about them."""
    claims: int
    """Claims that no longer name an encounter."""
    others: dict[str, int]
    """What other stations kept, by kind."""

    @property
    def total(self) -> int:
        """All of it."""
        return self.entries + self.answers + self.claims + sum(self.others.values())


def purge_patient(settings: Settings, engine: "Engine", patient: str, member: str = "") -> Purged:
    """Remove a patient's content by the site's patient id. Administrators only; a second run finishes a first one that
    was cut off.

    Remittances are found by the claim numbers of the patient's encounters, then by member number and name of those
    claims, so that answers to claims written elsewhere go too; `member` names a member number outright. Raises
    StoreError when nothing is kept about the patient.
    """
    require(Role.ADMINISTRATOR)
    if not patient:
        raise StoreError("A purge needs the patient's id.")
    ledger, history, archive = Ledger(engine), ClaimHistory(engine), Archive(engine)
    encounters = ledger.encounters_of(patient)
    claims = history.numbers_of(encounters)
    named = [(member, "")] if member else []
    answers = archive.forget(claims, [*archive.people(claims), *named])
    others = {kind: holder.forget(patient) for kind, holder in holders(settings, engine)}
    # The ledger last: until then it tells which encounters and claims are the patient's.
    unnamed = history.forget(encounters)
    purged = Purged(ledger.purge(patient), answers, unnamed, {kind: count for kind, count in others.items() if count})
    if not purged.total:
        raise StoreError("The store holds nothing about this patient id.")
    Trail(engine).note(Event.PURGE, f"entries {purged.entries}, answers {purged.answers}, claims {purged.claims}")
    return purged
