"""The order in which the chosen codes are proposed: which is first-listed (or principal), and why.

The circumstances of the encounter come first (what the plan puts first, or what the note calls its principal diagnosis),
then what the guidelines fix: codes that only stand first, codes that never do, codes that go before another, the chapter of
pregnancy before all others, the most serious of several injuries. Guideline rules and tabular notes are read from the
guideline station; words and ranks are in `rules/sequencing.json`. The coder decides.
"""

import datetime as dt
import heapq
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.chart.note import Note
from assistant.guidelines.case import Case, case_of
from assistant.guidelines.edits import edits_of
from assistant.guidelines.order_rules import FirstOnly, Leads, NotFirst
from assistant.guidelines.order_rules import Sequence as Earlier
from assistant.guidelines.pattern import Selector, selector, undotted
from assistant.guidelines.relations import companions
from assistant.guidelines.rulebook import rulebook
from assistant.guidelines.texts import free_order
from assistant.suggest.ranking import HEADING, PLAN, is_symptom
from assistant.suggest.selection import Scored
from assistant.suggest.suggestion import FirstListed, Setting
from corpus.library import CodeBook

_FILE = Path(__file__).parent / "rules" / "sequencing.json"
_ADULT = 40
_SETS = ("last", "yields", "mother", "newborn")
_FRESH = re.compile(r"S.{6}A")
"""An injury under first treatment: hardly ever a bystander of the encounter."""
_OPENING = 200
"""Code points at the start of a note that tell what the encounter is for."""
_MAY_LEAD = 3
"""Highest tier that may stand first."""


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    read["named"] = re.compile(read["named"], re.I)
    for name in _SETS:
        read[name] = selector(read[name])
    read["injuries"] = tuple((selector(entry["codes"]), entry["rank"]) for entry in read["injuries"])
    return read


@dataclass(frozen=True, slots=True)
class Order:
    """The chosen codes in the order in which they are proposed to be reported, and what is said of the first."""

    codes: tuple[str, ...]
    first: FirstListed | None


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What the guidelines say of the places of one set of codes. Positions into the set."""

    leading: dict[int, str]
    """Codes that only stand first, with the guideline."""
    pregnancy: frozenset[int]
    never: frozenset[int]
    before: frozenset[tuple[int, int]]
    """(earlier, later)."""


def sequence(note: Note, chosen: Sequence[Scored], setting: Setting, date: dt.date, book: CodeBook) -> Order:
    """The proposed order of `chosen`. `first` is None when nothing is chosen, or nothing that may stand first."""
    codes = tuple(item.code.code for item in chosen)
    if not codes:
        return Order((), None)
    case = case_of(codes, book, date, setting=setting.value, ordered=False)
    bounds = _bounds(case)
    wanted, reasons = _wanted(note, chosen, setting)
    mothers = any(_data()["mother"].matches(bare) for bare in case.bare)
    tiers = [_tier(at, case, bounds, wanted, chosen, mothers) for at in range(len(codes))]
    order = _ordered(tiers, wanted, bounds.before)
    first = order[0]
    if tiers[first] > _MAY_LEAD:
        return Order(tuple(codes[at] for at in order), None)
    reason, other, guideline = _reason(first, chosen, tiers, wanted, reasons, bounds, setting)
    said = _data()["reasons"][reason]
    kind = "principal" if setting is Setting.INPATIENT else "first_listed"
    found = FirstListed(
        codes[first],
        said["why"].format(other=codes[other] if other is not None else ""),
        guideline or said[setting.value],
        kind,
    )
    return Order(tuple(codes[at] for at in order), found)


def _bounds(case: Case) -> _Bounds:
    leading: dict[int, str] = {}
    pregnancy: set[int] = set()
    never: set[int] = set()
    before: set[tuple[int, int]] = set()
    hits = rulebook().hits(case)
    for rule in rulebook().touched(hits):
        if rule.setting and rule.setting != case.setting:
            continue
        if isinstance(rule, FirstOnly):
            leading.update(dict.fromkeys(hits[rule.codes], rule.source))
        elif isinstance(rule, Leads) and rule.unless not in hits:
            pregnancy.update(hits.get(rule.leaders, ()))
        elif isinstance(rule, NotFirst) and rule.unless not in hits and (rule.beside is None or rule.beside in hits):
            never.update(hits[rule.codes])
        elif isinstance(rule, Earlier) and rule.unless not in hits:
            earlier = set(hits.get(rule.earlier, ())) - set(hits[rule.codes])
            before.update((one, other) for one in earlier for other in hits[rule.codes])
    before |= _noted(case)
    if case.setting == "inpatient":
        never.update(
            at
            for at, code in enumerate(case.codes)
            if edits_of(code, case.date, "F", _ADULT) & {"UNACCEPTABLE_PDX", "MANIFESTATION_AS_PDX"}
        )
    return _Bounds(leading, frozenset(pregnancy), frozenset(never), frozenset(before))


def _noted(case: Case) -> set[tuple[int, int]]:
    """Pairs that `code first` and `use additional code` notes put in order."""
    pairs: set[tuple[int, int]] = set()
    for at, code in enumerate(case.codes):
        asked = companions(code, case.book)
        for other, bare in enumerate(case.bare):
            if other == at:
                continue
            if any(pattern.matches(bare) for pattern in asked.code_first):
                pairs.add((other, at))
            elif any(pattern.matches(bare) for pattern in asked.use_additional) and not free_order().matches(bare):
                pairs.add((at, other))
    return {pair for pair in pairs if pair[::-1] not in pairs}


def _tier(at: int, case: Case, bounds: _Bounds, wanted: Sequence[int], chosen: Sequence[Scored], mothers: bool) -> int:
    """0 for codes that only stand first, 1 for pregnancy, 2 for the rest, 3 for those that give way to a disease, 4 for
    those never first, 5 for the last."""
    bare = case.bare[at]
    if _data()["last"].matches(bare):
        return 5
    if at in bounds.never or (mothers and _data()["newborn"].matches(bare)):
        return 4
    if at in bounds.leading:
        # Said in passing, such a code is more likely wrong than what the encounter was for.
        return 0 if wanted[0] == at or _for_this(chosen[at]) else 3
    if at in bounds.pregnancy:
        return 1
    return 3 if _data()["yields"].matches(bare) else 2


def _for_this(item: Scored) -> bool:
    """Whether the chief complaint or the note's opening names it, or a heading of the plan."""
    return any(
        candidate.mention.section == "chief_complaint"
        or candidate.mention.span.start < _OPENING
        or (candidate.mention.section in PLAN and candidate.share >= HEADING)
        for candidate in item.candidates
    )


def _wanted(note: Note, chosen: Sequence[Scored], setting: Setting) -> tuple[list[int], dict[int, str]]:
    """Positions as the note orders them, and the reason for each that has one of its own."""
    reasons: dict[int, str] = {}
    marks = [found.end() for found in _data()["named"].finditer(note.text)]
    reach = _data()["reach"]
    told = len(note.text) * _data()["told_late"]
    planned = any(candidate.mention.section in PLAN for item in chosen for candidate in item.candidates)

    def key(at: int) -> tuple[int, int, int, float]:
        item = chosen[at]
        starts = [candidate.mention.span.start for candidate in item.candidates]
        near = [start - mark for mark in marks for start in starts if 0 <= start - mark <= reach]
        if near:
            reasons[at] = "named"
            return (0, min(near), at, 0.0)
        in_plan = [c.mention.span.start for c in item.candidates if c.mention.section in PLAN]
        if in_plan:
            fresh = bool(_FRESH.fullmatch(item.code.code))
            reasons[at] = "fresh" if fresh else "plan"
            return (1, 0 if fresh else min(in_plan), at, 0.0)
        reasons[at] = "likely"
        if planned:
            return (4, 0, 0, -item.probability)
        behind = is_symptom(item.code.code) or item.code.code.startswith("Z")
        if setting is Setting.INPATIENT:  # a summary begins with what led to the stay
            return (2 + behind, min(starts), at, 0.0)
        late = [start for start in starts if start >= told]
        if late:
            reasons[at] = "told"
        return (2 + behind, min(late, default=len(note.text)), at, -item.probability)

    order = sorted(range(len(chosen)), key=key)
    return _by_gravity(order, chosen), reasons


def _by_gravity(order: list[int], chosen: Sequence[Scored]) -> list[int]:
    """`order` with the injuries among it, and only they, sorted by how serious they are."""

    def rank(at: int) -> int | None:
        bare = undotted(chosen[at].code.code)
        if bare[-1:] != "A" and len(bare) == 7:
            return None
        return next((rank for codes, rank in _data()["injuries"] if codes.matches(bare)), None)

    places = [place for place, at in enumerate(order) if rank(at) is not None]
    injuries = sorted((order[place] for place in places), key=lambda at: (rank(at) or 0, order.index(at)))
    out = list(order)
    for place, at in zip(places, injuries, strict=True):
        out[place] = at
    return out


def _ordered(tiers: Sequence[int], wanted: Sequence[int], before: Collection[tuple[int, int]]) -> list[int]:
    """Every position once: by tier, then as wanted, each after all that must go before it. A ring of such is broken at
    its first member."""
    place = {at: number for number, at in enumerate(wanted)}
    waiting = {at: {one for one, other in before if other == at} for at in wanted}
    out: list[int] = []
    ready = [(tiers[at], place[at], at) for at in wanted if not waiting[at]]
    heapq.heapify(ready)
    while len(out) < len(wanted):
        if not ready:
            stuck = min((at for at in wanted if at not in out), key=lambda at: (tiers[at], place[at]))
            ready = [(tiers[stuck], place[stuck], stuck)]
        _, _, at = heapq.heappop(ready)
        out.append(at)
        for other in wanted:
            if at in waiting[other]:
                waiting[other].discard(at)
                if not waiting[other] and other not in out and all(other != one for _, _, one in ready):
                    heapq.heappush(ready, (tiers[other], place[other], other))
    return out


def _reason(
    first: int,
    chosen: Sequence[Scored],
    tiers: Sequence[int],
    wanted: Sequence[int],
    reasons: dict[int, str],
    bounds: _Bounds,
    setting: Setting,
) -> tuple[str, int | None, str]:
    """(reason, the code it was put before, guideline when the reason's own is not the one)."""
    if first in bounds.leading and not tiers[first]:
        return "first_only", None, bounds.leading[first]
    if first in bounds.pregnancy and any(at not in bounds.pregnancy for at in range(len(chosen))):
        return "leads", None, ""
    able = [at for at in wanted if tiers[at] <= max(2, tiers[first])]
    if len(able) == 1:
        return "only", None, ""
    if able[0] != first:
        if (first, able[0]) in bounds.before:
            return "before", able[0], ""
        return "likely", None, ""
    injuries = [at for at in able if chosen[at].code.code[0] == "S"]
    earlier = [at for at in injuries if _start(chosen[at]) < _start(chosen[first])]
    if chosen[first].code.code[0] == "S" and earlier:
        return "injury", None, ""
    if skipped := [at for at in wanted[: wanted.index(first)] if is_symptom(chosen[at].code.code)]:
        return "symptom", skipped[0], ""
    if reasons[first] in ("plan", "fresh") and any(
        c.mention.section == "chief_complaint" for c in chosen[first].candidates
    ):
        return "complaint", None, ""
    return reasons[first], None, ""


def _start(item: Scored) -> int:
    return min(candidate.mention.span.start for candidate in item.candidates)


def selectors() -> tuple[Selector, ...]:
    """Every code set of the data file, for checks that the codes exist."""
    return (*(_data()[name] for name in _SETS), *(codes for codes, _ in _data()["injuries"]))
