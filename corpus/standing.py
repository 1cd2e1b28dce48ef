"""How a release stands to a date of service, and what a reader must be told of it."""

import datetime as dt
from enum import StrEnum

from corpus.codes import CodeSystem, Release, fiscal_year


class Standing(StrEnum):
    """How a release stands to a date of service."""

    IN_FORCE = "in_force"
    OLDER = "older"
    """Its last day is before the date."""
    NEWER = "newer"
    """Its first day is after the date."""
    UNDATED = "undated"
    """Nobody says from when to when it is in force."""


def standing(release: Release, date: dt.date) -> Standing:
    """Whether `release` is the one in force on `date`, as far as its own dates tell."""
    day = date.isoformat()
    if release.starts and day < release.starts:
        return Standing.NEWER
    if release.ends and day > release.ends:
        return Standing.OLDER
    return Standing.IN_FORCE if release.starts else Standing.UNDATED


def note_on(release: Release, date: dt.date, changed: bool = False) -> str:
    """What a reader of a description from `release` must know on `date`; "" when it is the release in force.

    Of ICD-10 the update of 1 April adds codes to the release of the same fiscal year and leaves the others as they are,
    so a later start within the year is told only of a code that is known to have `changed` in between.
    """
    found = standing(release, date)
    if found is Standing.NEWER and not changed and same_year(release, date):
        return ""
    if found is Standing.OLDER:
        return f"description of {release.title}, which ended {release.ends}; no release for {date} is loaded"
    if found is Standing.NEWER:
        return f"description of {release.title}, which starts {release.starts}, after the date {date}"
    return ""


def same_year(release: Release, date: dt.date) -> bool:
    """Whether `release` begins in the fiscal year of `date`; only ICD-10 has one."""
    yearly = release.system in (CodeSystem.ICD10CM, CodeSystem.ICD10PCS) and bool(release.starts)
    return yearly and fiscal_year(dt.date.fromisoformat(release.starts)) == fiscal_year(date)
