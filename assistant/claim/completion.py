"""An encounter completed with what the site has imported: charges, providers, payers. What is given always stands."""

import dataclasses
from typing import TYPE_CHECKING

from assistant.review.encounter import Encounter, Facility
from assistant.review.party import Address, Coverage, Provider, Responsibility, TaxIdKind
from assistant.review.service import Service

if TYPE_CHECKING:
    from assistant.claim.site import SiteData

ROLES = ("billing_provider", "rendering_provider", "referring_provider", "supervising_provider", "service_facility")
FACILITY_ROLES = ("attending_provider", "operating_provider", "other_operating_provider")
LINE_ROLES = ("rendering_provider", "ordering_provider")
NAMED = ("organization", "last_name", "first_name", "middle_name", "suffix")
PLAIN = ("taxonomy", "tax_id", "contact_name", "phone")


def with_site_data(encounter: Encounter, site: "SiteData") -> Encounter:
    """The encounter with the fields it leaves empty filled from the store, where the store has them."""
    changed: dict[str, object] = {role: _provider(getattr(encounter, role), site) for role in ROLES}
    payer = _first_payer(encounter)
    changed["coverage"] = _coverage(encounter.coverage, site) if encounter.coverage else None
    changed["other_coverages"] = tuple(_coverage(item, site) for item in encounter.other_coverages)
    changed["services"] = tuple(_service(item, encounter, payer, site) for item in encounter.services)
    if encounter.facility:
        changed["facility"] = _facility(encounter.facility, site)
    return dataclasses.replace(encounter, **changed)  # type: ignore[arg-type]


def _first_payer(encounter: Encounter) -> str:
    """Id of the payer billed first: every payer is billed the same charge, or what the first decided would not add up."""
    policies = [item for item in (encounter.coverage, *encounter.other_coverages) if item]
    order = tuple(Responsibility)
    return min(policies, key=lambda item: order.index(item.responsibility)).payer.id if policies else ""


def _service(service: Service, encounter: Encounter, payer: str, site: "SiteData") -> Service:
    changed: dict[str, object] = {role: _provider(getattr(service, role), site) for role in LINE_ROLES}
    if service.charge is None and service.procedure:
        fee = site.fee(service.procedure, service.modifiers, service.date or encounter.date_of_service, payer)
        if fee is not None:
            changed["charge"] = round(fee * service.units, 2)
    return dataclasses.replace(service, **changed)  # type: ignore[arg-type]


def _facility(facility: Facility, site: "SiteData") -> Facility:
    changed = {role: _provider(getattr(facility, role), site) for role in FACILITY_ROLES}
    return dataclasses.replace(facility, **changed)  # type: ignore[arg-type]


def _provider(given: Provider | None, site: "SiteData") -> Provider | None:
    known = site.provider(given.npi) if given and given.npi else None
    if given is None or known is None:
        return given
    changed: dict[str, object] = {name: known[name] for name in PLAIN if known.get(name) and not getattr(given, name)}
    if not given.organization and not given.last_name:
        changed |= {name: known.get(name, "") for name in NAMED}
    if "tax_id" in changed:
        changed["tax_id_kind"] = TaxIdKind(known.get("tax_id_kind", "ein"))
    if given.address is None:
        changed["address"] = _address(known)
    return dataclasses.replace(given, **changed)  # type: ignore[arg-type]


def _coverage(given: Coverage, site: "SiteData") -> Coverage:
    known = site.payer(given.payer.id)
    if known is None:
        return given
    payer = dataclasses.replace(
        given.payer, name=given.payer.name or known["name"], address=given.payer.address or _address(known)
    )
    indicator = given.filing_indicator or known.get("filing_indicator", "")
    return dataclasses.replace(given, payer=payer, filing_indicator=indicator)


def _address(known: dict[str, str]) -> Address | None:
    if not known.get("line1"):
        return None
    return Address(known["line1"], known["city"], known["state"], known["zip"], known.get("line2", ""))
