"""The data of masking: patterns of identifiers, cues of names, names, and record keys that hold an identifier."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class _Pattern:
    kind: str
    find: re.Pattern[str]
    digits: int
    """Least digits that a match must have."""
    but: re.Pattern[str] | None
    """The shape of something else."""

    def spans(self, text: str) -> Iterator[tuple[int, int, str]]:
        for match in self.find.finditer(text):
            if sum(sign.isdigit() for sign in match[0]) < self.digits or (self.but and self.but.fullmatch(match[0])):
                continue
            group = 1 if match.re.groups and match[1] is not None else 0
            yield *match.span(group), self.kind


@dataclass(frozen=True, slots=True)
class Rules:
    patterns: "tuple[_Pattern, ...]"
    names: tuple[re.Pattern[str], ...]
    never: frozenset[str]
    keys: Mapping[str, str]
    given: frozenset[str]
    surnames: frozenset[str]
    words: frozenset[str]
    """Names that are also words."""


@cache
def identifier_rules() -> Rules:
    data = tomllib.loads((_HERE / "masking.toml").read_text(encoding="utf-8"))
    blocks: dict[str, list[str]] = {}
    for line in (_HERE / "names.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            found = blocks.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            found.extend(line.split())
    return Rules(
        tuple(
            _Pattern(
                row["kind"],
                re.compile(pattern),
                row.get("digits", 0),
                re.compile(row["but"]) if "but" in row else None,
            )
            for row in data["pattern"]
            for pattern in row["find"]
        ),
        tuple(re.compile(pattern) for row in data["name"] for pattern in row["find"]),
        frozenset(data["never"]["words"]),
        {key: kind for kind, keys in data["keys"].items() for key in keys},
        frozenset(blocks["given"]),
        frozenset(blocks["surnames"]),
        frozenset(blocks["also_words"]),
    )


def kinds() -> Mapping[str, str]:
    """Every kind of identifier and its letter in 45 CFR 164.514(b)(2)(i)."""
    data = tomllib.loads((_HERE / "masking.toml").read_text(encoding="utf-8"))
    return {"NAME": "A", **{row["kind"]: row["hipaa"] for row in data["pattern"]}}


def kind_of_key(key: str) -> str | None:
    """The kind of identifier that a record holds under `key`, if any."""
    return identifier_rules().keys.get(key)
