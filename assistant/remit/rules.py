"""The rules that decide actions, read from `rules.toml`; that file explains its keys."""

import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True, slots=True)
class AmountRule:
    """A rule on one adjustment. An empty set allows everything."""

    id: str
    action: str
    group: frozenset[str] = frozenset()
    reason: frozenset[str] = frozenset()
    disposition: frozenset[str] = frozenset()
    default: frozenset[str] = frozenset()
    effect: frozenset[str] = frozenset()
    known: bool | None = None
    patient: bool = False

    def fits(self, group: str, reason: str, disposition: str, default: str, effects: frozenset[str]) -> bool:
        """Does the rule speak about this adjustment? `disposition` and `default` are empty for an unknown reason."""
        return (
            (not self.group or group in self.group)
            and (not self.reason or reason in self.reason)
            and (not self.disposition or disposition in self.disposition)
            and (not self.default or default in self.default)
            and (not self.effect or bool(self.effect & effects))
            and (self.known is None or self.known == bool(disposition))
        )


@dataclass(frozen=True, slots=True)
class ClaimRule:
    """A rule on a claim as a whole."""

    id: str
    action: str
    needs: frozenset[str] = frozenset()
    """Facts of `claim_facts`: all of them, or with `any` one of them."""
    any: bool = False
    without: frozenset[str] = frozenset()
    """Facts that silence the rule."""
    amount: str = ""
    final: bool = True
    replaces: frozenset[str] = frozenset()

    def fits(self, facts: frozenset[str]) -> bool:
        """Does the rule speak about a claim with these facts?"""
        if self.without & facts:
            return False
        return bool(self.needs & facts) if self.any else self.needs <= facts


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, in the order of the file."""

    amounts: tuple[AmountRule, ...]
    claims: tuple[ClaimRule, ...]
    urgency: dict[str, int] = field(default_factory=dict)
    final_remarks: frozenset[str] = frozenset()


@lru_cache(maxsize=1)
def load_rules() -> Rules:
    """The shipped rules."""
    data: dict[str, Any] = tomllib.loads(_FILE.read_text("utf-8"))
    return Rules(
        amounts=tuple(_amount(entry) for entry in data["amount"]),
        claims=tuple(_claim(entry) for entry in data["claim"]),
        urgency={action: place for place, action in enumerate(data["urgency"])},
        final_remarks=frozenset(data["final_remarks"]),
    )


def _set(value: Any) -> frozenset[str]:
    return frozenset([value] if isinstance(value, str) else value or ())


def _amount(entry: dict[str, Any]) -> AmountRule:
    sets = {key: _set(entry.get(key)) for key in ("group", "reason", "disposition", "default", "effect")}
    return AmountRule(
        id=entry["id"], action=entry["action"], known=entry.get("known"), patient=entry.get("patient", False), **sets
    )


def _claim(entry: dict[str, Any]) -> ClaimRule:
    settings = {"id", "action", "any", "without", "amount", "final", "replaces"}
    needs: set[str] = set()
    for key, value in entry.items():
        if key not in settings:
            needs.add(key if value is True else f"{key.removeprefix('and_')}:{value}")
    return ClaimRule(
        id=entry["id"],
        action=entry["action"],
        needs=frozenset(needs),
        any=entry.get("any", False),
        without=_set(entry.get("without")),
        amount=entry.get("amount", ""),
        final=entry.get("final", True),
        replaces=_set(entry.get("replaces")),
    )
