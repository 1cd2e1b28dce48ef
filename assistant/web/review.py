"""One note under review: what was suggested and what the coder decided so far. Values; the page sends each new state whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.errors import InputError
from assistant.web.words import say

ACCEPTED, CHANGED, REJECTED, ADDED = "accepted", "changed", "rejected", "added"
LISTED = (ACCEPTED, ADDED)
MOST_CHOICES = 400
MOST_REASON = 200
MOST_CODE = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """What the coder decided about one code."""

    action: str
    """accepted, changed, rejected or added."""
    reason: str = ""
    """Why it was rejected, in the coder's words."""
    replacement: str = ""
    """The code that stands in the place of a changed one."""
    words: tuple[tuple[int, int], ...] = ()
    """Offsets in the note that the coder selected for an added code."""


@dataclass(frozen=True, slots=True)
class Review:
    """What the coder is shown of one note, and the decisions on it."""

    text: str
    record: dict[str, Any]
    """The `suggest` answer."""
    choices: Mapping[str, Choice] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    """Accepted and added codes as they will be listed, first-listed first."""

    @property
    def suggested(self) -> dict[str, dict[str, Any]]:
        """Code -> suggestion."""
        return {item["code"]: item for item in self.record["suggestions"]}

    @property
    def proposed(self) -> tuple[str, ...]:
        """The codes the assistant would code: each needs a decision."""
        return tuple(item["code"] for item in self.record["suggestions"] if item["selected"])

    @property
    def undecided(self) -> tuple[str, ...]:
        """Proposed codes without a decision: nothing can be submitted while there is one."""
        return tuple(code for code in self.proposed if code not in self.choices)

    def decided(self, choices: object, order: object) -> "Review":
        """The review with the decisions of the page: `choices` maps a code to {action, reason, replacement, words}.

        Raises InputError for decisions that are none: a code that was not suggested, a rejection without a reason, a
        change to nothing. `order` keeps what is listed; what it leaves out comes last.
        """
        if not isinstance(choices, Mapping) or not isinstance(order, list) or len(choices) > MOST_CHOICES:
            raise InputError(say("coder.not_a_state"))
        suggested = self.suggested
        read = {code: self._choice(code, said, suggested) for code, said in choices.items()}
        for code, choice in read.items():
            stands = read.get(choice.replacement)
            if choice.action == CHANGED and (stands is None or stands.action not in LISTED):
                raise InputError(say("coder.needs_other", code=code))
        listed = [code for code, choice in read.items() if choice.action in LISTED]
        named = list(dict.fromkeys(str(code) for code in order))
        kept = [code for code in named if code in listed]
        return replace(self, choices=read, order=(*kept, *(code for code in listed if code not in kept)))

    def arguments(self) -> dict[str, Any]:
        """What `assistant.review.confirmation.confirm` is called with. A change is a rejection and a code in its place;
        the ledger says so in English whatever the page speaks."""
        named = {action: [code for code in self.order if self.choices[code].action == action] for action in LISTED}
        rejected = [
            f"{code}=changed to {choice.replacement}" if choice.action == CHANGED else f"{code}={choice.reason}"
            for code, choice in self.choices.items()
            if choice.action in (REJECTED, CHANGED)
        ]
        return {"accept": ",".join(named[ACCEPTED]), "reject": rejected, "add": named[ADDED]}

    def _choice(self, code: object, said: object, suggested: Mapping[str, Any]) -> Choice:
        if not isinstance(code, str) or not 0 < len(code) <= MOST_CODE or not isinstance(said, Mapping):
            raise InputError(say("coder.not_a_state"))
        action = said.get("action")
        reason = " ".join(str(said.get("reason") or "").split())[:MOST_REASON]
        if action not in (ACCEPTED, CHANGED, REJECTED, ADDED):
            raise InputError(say("coder.not_a_state"))
        if action != ADDED and code not in suggested:
            raise InputError(say("coder.not_suggested", code=code))
        if action == REJECTED and not reason:
            raise InputError(say("coder.needs_reason", code=code))
        return Choice(
            action=ACCEPTED if action == ADDED and code in suggested else action,
            reason=reason if action == REJECTED else "",
            replacement=str(said.get("replacement") or "")[:MOST_CODE] if action == CHANGED else "",
            words=self._words(said.get("words")),
        )

    def _words(self, said: object) -> tuple[tuple[int, int], ...]:
        """Spans that lie in the note; others are left out."""
        spans = said if isinstance(said, list) else []
        pairs = [span for span in spans[:20] if isinstance(span, list) and len(span) == 2]
        return tuple(
            (start, end)
            for start, end in pairs
            if isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(self.text)
        )
