"""The remittances a question is about: the open ones, else those of the site's store, each claim with its decision."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from assistant.chat.tool import Source, SourceKind
from assistant.chat.turn import Context
from assistant.remit.actions import Chain, Decision, decide
from assistant.remit.chains import Chains
from assistant.remit.naming import shown
from assistant.remit.values import Adjustment, Header, ProviderAdjustment, RemitClaim, RemitFile, Transaction

MOST_KEPT = 5000
"""Claims of the store that one question looks at."""
_ALIKE = 86
"""How alike, of 100, a word of the question and a last name must be."""


@dataclass(frozen=True)
class OpenClaim:
    """One payer's answer to one claim. `part` is None where the store gave the claim without its payment."""

    file: str
    header: Header
    claim: RemitClaim
    chain: Chain | None
    part: Transaction | None = None
    kept: bool = False
    """Whether it comes from the store."""

    @cached_property
    def decision(self) -> Decision:
        """What the rules say of it."""
        return decide(self.claim, self.chain)

    @property
    def number(self) -> str:
        """The claim control number."""
        return self.claim.control_number

    @property
    def patient(self) -> str:
        """The patient's name as one reads it; empty when the remittance has none."""
        party = self.claim.party("QC")
        return shown(party.full_name.title()) if party else ""

    @property
    def payer(self) -> str:
        """The payer's name as the remittance writes it."""
        return shown(self.header.payer.full_name) if self.header.payer else ""

    def source(self, *segments: int) -> Source:
        """What opens these segments; without any the claim itself."""
        return segments_of(self.file, segments or (self.claim.segment,), self.kept)

    def adjustments(self, group: str = "", reason: str = "") -> list[Adjustment]:
        """Those with this group and reason, where given, whose amount is not zero."""
        return [
            item
            for item in self.claim.all_adjustments()
            if item.amount and group in ("", item.group) and reason in ("", item.reason)
        ]


@dataclass(frozen=True)
class Papers:
    """Every claim and payment at hand."""

    claims: tuple[OpenClaim, ...]
    payments: tuple[tuple[str, Transaction], ...]
    """(file, transaction), in order."""
    kept: bool = False
    narrowed: bool = False
    """Whether they are a part of the store that a question names."""

    def __bool__(self) -> bool:
        return bool(self.claims or self.payments)

    def named(self, number: str) -> list[OpenClaim]:
        """Claims with this control number, ours or the payer's, in order."""
        wanted = number.upper()
        return [one for one in self.claims if wanted in (one.number.upper(), one.claim.payer_control_number.upper())]

    def numbers(self) -> tuple[str, ...]:
        """Claim control numbers, each once, in order."""
        return tuple(dict.fromkeys(one.number for one in self.claims))

    def latest(self, number: str) -> OpenClaim | None:
        """The answer that stands: of a reversal and its correction the correction."""
        found = self.named(number)
        standing = [one for one in found if not one.claim.reversal]
        best = standing or found
        return best[-1] if best else None

    def of_patient(self, text: str) -> list[OpenClaim]:
        """Claims of the patients whom the text names; a small misspelling of a last name is forgiven."""
        words = _words(text)
        capital = {_plain(word) for word in re.findall(r"[A-ZÁÉÍÓÚÑ][\w'’-]+", text)}
        found = []
        for one in self.claims:
            party = one.claim.party("QC")
            last = _plain(party.name) if party else ""
            first = _plain(party.first) if party else ""
            if not last:
                continue
            parts = set(re.split(r"[\s-]+", last)) | {last}
            exact = (last in words or last in " ".join(words)) and len(last) > 2
            whole = first in words and any(part in words for part in parts)
            near = any(_alike(word, last) for word in capital) and (first in words or len(last) > 5)
            if whole or (exact and (last in capital or len(last) > 3)) or near:
                found.append((whole, one))
        best = [one for whole, one in found if whole]
        return best or [one for _, one in found] or self._of_part(capital)

    def _of_part(self, capital: set[str]) -> list[OpenClaim]:
        """Claims of the one patient whose first name, or one half of whose last name, is said."""
        found: dict[str, list[OpenClaim]] = {}
        for one in self.claims:
            party = one.claim.party("QC")
            parts = {_plain(party.first), *re.split(r"[\s-]+", _plain(party.name))} if party else set()
            if {part for part in parts if len(part) > 3} & capital:
                found.setdefault(one.patient, []).append(one)
        return next(iter(found.values())) if len(found) == 1 else []

    def with_amount(self, amount: Decimal) -> list[OpenClaim]:
        """Claims on which this figure stands: a charge, a payment, a share, an adjustment or a sum of them."""
        return [one for one in self.claims if amount in figures(one)]

    def with_reason(self, reason: str, group: str = "") -> list[OpenClaim]:
        """Claims with this adjustment reason."""
        return [one for one in self.claims if one.adjustments(group, reason)]

    def with_remark(self, code: str) -> list[OpenClaim]:
        """Claims with this remark code."""
        return [one for one in self.claims if any(item.code == code for item in one.claim.all_remarks())]

    def provider_adjustments(self, reason: str = "") -> list[tuple[str, ProviderAdjustment]]:
        """(file, PLB entry), with this reason where given."""
        return [
            (file, item)
            for file, part in self.payments
            for item in part.trailer.provider_adjustments
            if reason in ("", item.reason)
        ]


def segments_of(file: str, segments: Iterable[int], kept: bool = False) -> Source:
    """What opens segments of a remittance file."""
    numbers = sorted(dict.fromkeys(segments))
    kind = SourceKind.STORE if kept else SourceKind.REMITTANCE
    return Source(kind, ", ".join(map(str, numbers)), file)


def figures(one: OpenClaim) -> frozenset[Decimal]:
    """Every amount of a claim that a person may name."""
    money, found = one.decision.money, set[Decimal]()
    for value in (
        money.billed,
        money.allowed,
        money.paid,
        money.provider_responsibility,
        money.contractual,
        money.denied,
        money.other_adjustments,
        money.patient_responsibility,
        one.decision.patient_owes_now,
    ):
        if value:
            found.add(abs(value))
    if money.billed is not None and money.paid is not None:
        found.add(abs(money.billed - money.paid))
    found.update(abs(item.amount) for item in one.claim.all_adjustments() if item.amount)
    for line in one.claim.lines:
        found.update(abs(value) for value in (line.billed, line.paid) if value)
    return frozenset(found)


def papers_of(context: Context) -> Papers:
    """The claims of the open remittances; of the store when none is open and the context allows it. Read once."""
    of = (context.remittances, context.use_store)
    known = context.memo.get("papers")
    if known is not None and known[0] == of:
        kept: Papers = known[1]
        return kept
    if context.remittances:
        found = _open(context.remittances)
    elif context.use_store:
        found = _kept(context)
    else:
        found = Papers((), ())
    context.memo["papers"] = (of, found)
    return found


def _open(files: Sequence[RemitFile], kept: bool = False) -> Papers:
    chains = Chains.of(*files)
    claims = tuple(
        OpenClaim(file.name, part.header, claim, chains.get(claim, part.header, file.name), part, kept)
        for file in files
        for part in file.transactions
        for claim in part.claims
    )
    return Papers(claims, tuple((file.name, part) for file in files for part in file.transactions), kept)


def _kept(context: Context) -> Papers:
    from assistant.remit.archive import Archive

    files = Archive(context.services.engine).files()
    total = 0
    chosen: list[RemitFile] = []
    for file in reversed(files):
        total += sum(len(part.claims) for part in file.transactions)
        if total > MOST_KEPT and chosen:
            break
        chosen.append(file)
    return _open(tuple(reversed(chosen)), kept=True)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text)
    return "".join(mark for mark in folded if not unicodedata.combining(mark)).casefold().removesuffix("'s")


def _words(text: str) -> list[str]:
    return [_plain(word) for word in re.findall(r"[^\W\d_][\w'’]*(?:-[^\W\d_][\w'’]*)*", text.replace("’", "'"))]


def _alike(word: str, name: str) -> bool:
    from rapidfuzz.fuzz import ratio

    return len(name) > 4 and abs(len(word) - len(name)) <= 2 and ratio(word, name) >= _ALIKE
