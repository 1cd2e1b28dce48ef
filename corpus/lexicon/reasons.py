"""What the codes of a remittance mean, in our own words, for the biller and for the patient.

Tab-separated files beside this module: `carc.tsv`, `rarc.tsv`, `group_codes.tsv`, `plb_reasons.tsv` and
`claim_status.tsv`; `carc_es.tsv` and `rarc_es.tsv` hold the biller's Spanish for every active reason and every remark.
Code numbers, dates, allowed groups and the alert mark are facts of the public code lists as of June 2024; every
sentence is ours.
A code that is not in a file gives None: show it bare, with where to look it up.

`disposition` of a reason says what becomes of an amount under CO or PI; under PR it is the patient's share anyway:
  contractual       a contract, fee schedule or law takes it away for good
  denied            may still be won: by correcting, sending papers, appealing, or billing another payer
  patient_share     cost sharing the plan sets: deductible, coinsurance, copay and their like
  prior_payer       what an earlier payer did
  payer_adjustment  money moved beside the price: withholds, incentives, surcharges, penalties
  informational     no decision on the amount, or none yet

`effects` of a remark, each a fact the rules may act on (several may stand):
  alert                the list marks it as an alert: information, not a reason for an amount
  no_appeal            the decision cannot be appealed
  may_appeal           the notice states a right to appeal or to a review
  unprocessable        no decision was made: a new claim, never an appeal
  missing_information  something on or with the claim is absent, incomplete or not valid
  send_records         the payer wants papers
  resubmit             a new or corrected claim is what the payer wants
  do_not_resubmit      the claim must not be sent again
  do_not_bill_patient  nothing of the amount it stands with may be billed to the patient, not even under PR
  bill_only_pr         amounts under PR may be billed, no others (MA13, N830 and their like)
  may_bill_patient     the payer states that the patient may be billed for this
  refund_patient       money taken from the patient has to go back
  qmb                  the patient is a Qualified Medicare Beneficiary or has Medicaid
  forwarded            the claim was passed on to another payer or processor
  not_forwarded        the claim was not passed on: the provider bills the next payer
  not_final            this answer is provisional: forwarded, an estimate, held or pending
  no_surprises         about the federal No Surprises Act or a like state law
  consent_waived       a valid consent took the No Surprises protection away
  review               a person has to look before anyone bills or writes off
  other_payer_first    another payer's decision, or data about that payer, is needed first
  wrong_payer          the claim belongs with another payer or contractor
  patient_must_act     the patient or member has to give or do something
  bundled              paid, if at all, as part of another service
  duplicate            the same service is, or seems to be, on another claim
  coverage_policy      a published coverage policy decided
  see_plan             the contract, plan booklet or provider manual holds the rule
  recovery             money already paid is, or may be, taken back or paid anew (reversals, audits, payments on condition)

`flags` of the three short lists:
  group codes    patient, provider, other (who bears it); not_patient; payer_initiated; retired_5010
  claim status   primary, secondary, tertiary, processed, denied, forwarded, not_final, reversal, estimate, not_ours,
                 pended, returned, only_4010
  PLB reasons    recovery, refund_received, interest, penalty, carry_forward, capitation, advance, withheld,
                 settlement, pass_through, bonus, supplement, fee, tax, levy, loan, early_payment, allocation, offset,
                 affiliate, third_party, general
"""

from dataclasses import dataclass
from functools import lru_cache

from corpus.errors import CorpusError
from corpus.lexicon.words import FOLDER, rows

STATUSES = frozenset({"active", "retired"})
DISPOSITIONS = frozenset(
    {"contractual", "denied", "patient_share", "prior_payer", "payer_adjustment", "informational"},
)
ACTIONS = frozenset(
    {
        "post_payment",
        "bill_patient",
        "write_off",
        "correct_and_resubmit",
        "send_records",
        "appeal",
        "bill_next_payer",
        "wait",
        "refund_patient",
        "refund_payer",
        "do_not_bill_patient",
        "review",
    }
)
EFFECTS = frozenset(
    {
        "alert",
        "no_appeal",
        "may_appeal",
        "unprocessable",
        "missing_information",
        "send_records",
        "resubmit",
        "do_not_resubmit",
        "do_not_bill_patient",
        "bill_only_pr",
        "may_bill_patient",
        "refund_patient",
        "qmb",
        "forwarded",
        "not_forwarded",
        "not_final",
        "no_surprises",
        "consent_waived",
        "review",
        "other_payer_first",
        "wrong_payer",
        "patient_must_act",
        "bundled",
        "duplicate",
        "coverage_policy",
        "see_plan",
        "recovery",
    }
)

CARC_COLUMNS = (
    "code",
    "status",
    "disposition",
    "biller_meaning",
    "usual_cause",
    "check",
    "action",
    "evidence",
    "patient_en",
    "patient_es",
    "groups",
    "needs_remark",
    "stopped",
)
CARC_ES_COLUMNS = ("code", "biller_meaning", "check", "evidence")
RARC_ES_COLUMNS = ("code", "biller_meaning")
RARC_COLUMNS = ("code", "effects", "biller_meaning", "check", "patient_en", "patient_es")
SHORT_COLUMNS = ("code", "flags", "biller_meaning", "patient_en", "patient_es", "biller_es")


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """A claim adjustment reason code (CARC)."""

    code: str
    status: str
    """`active` or `retired`; a retired code may still come in a reversal or in a repeated older remittance."""
    disposition: str
    """One of `DISPOSITIONS`."""
    biller_meaning: str
    usual_cause: str
    check: str
    """What to look at before acting."""
    action: str
    """One of `ACTIONS`: the default when nothing else decides."""
    evidence: str
    """What to attach when acting; empty when nothing is."""
    patient_en: str
    """True under every group code: says neither that the patient owes the amount nor that they do not."""
    patient_es: str
    groups: tuple[str, ...]
    """The only group codes the list allows with it; empty when it sets no limit."""
    needs_remark: bool
    """The list demands a remark code beside it."""
    stopped: str
    """ISO date from which it is retired, empty while active."""
    biller_es: str = ""
    """`biller_meaning` in Spanish; empty where only the patient's Spanish words are there, as for most retired codes."""
    check_es: str = ""
    evidence_es: str = ""

    def biller(self, language: str) -> str:
        """What it means, for the biller, in `en` or `es`."""
        return (self.biller_es or self.patient_es) if language == "es" else self.biller_meaning

    def to_check(self, language: str) -> str:
        """What to look at before acting, in `en` or `es`."""
        return self.check_es if language == "es" else self.check

    def to_attach(self, language: str) -> str:
        """What to attach when acting, in `en` or `es`."""
        return self.evidence_es if language == "es" else self.evidence

    def patient(self, language: str) -> str:
        """The patient's sentence in `en` or `es`."""
        return self.patient_es if language == "es" else self.patient_en


@dataclass(frozen=True, slots=True)
class RemarkWords:
    """A remittance advice remark code (RARC)."""

    code: str
    effects: frozenset[str]
    """A subset of `EFFECTS`."""
    biller_meaning: str
    check: str
    patient_en: str
    patient_es: str
    biller_es: str

    def biller(self, language: str) -> str:
        """What it means, for the biller, in `en` or `es`."""
        return self.biller_es if language == "es" else self.biller_meaning

    def patient(self, language: str) -> str:
        """The patient's sentence in `en` or `es`."""
        return self.patient_es if language == "es" else self.patient_en


@dataclass(frozen=True, slots=True)
class CodeWords:
    """A group code, claim status or provider-level adjustment reason."""

    code: str
    flags: frozenset[str]
    biller_meaning: str
    patient_en: str
    patient_es: str
    biller_es: str

    def biller(self, language: str) -> str:
        """What it means, for the biller, in `en` or `es`."""
        return self.biller_es if language == "es" else self.biller_meaning

    def patient(self, language: str) -> str:
        """The patient's sentence in `en` or `es`."""
        return self.patient_es if language == "es" else self.patient_en


def reason(code: str) -> ReasonWords | None:
    """The words of a claim adjustment reason code, or None when the code is not in our list."""
    return reasons().get(_key(code))


def remark(code: str) -> RemarkWords | None:
    """The words of a remark code, or None when it is not in our list."""
    return remarks().get(_key(code))


def group(code: str) -> CodeWords | None:
    """The words of a group code (CO, PR, OA, PI, CR) or None."""
    return _short("group_codes.tsv").get(_key(code))


def plb_reason(code: str) -> CodeWords | None:
    """The words of a provider-level adjustment reason (PLB) or None."""
    return _short("plb_reasons.tsv").get(_key(code))


def claim_status(code: str) -> CodeWords | None:
    """The words of a claim status (CLP02) or None."""
    return _short("claim_status.tsv").get(_key(code))


def short_lists() -> tuple[CodeWords, ...]:
    """Every group code, claim status and provider-level adjustment reason."""
    files = ("group_codes.tsv", "claim_status.tsv", "plb_reasons.tsv")
    return tuple(words for file in files for words in _short(file).values())


@lru_cache(maxsize=1)
def reasons() -> dict[str, ReasonWords]:
    """Every claim adjustment reason code, by code. Raises CorpusError when the file is damaged."""
    table: dict[str, ReasonWords] = {}
    for_billers = {code: words for code, *words in rows(FOLDER / "carc_es.tsv", CARC_ES_COLUMNS)}
    for cells in rows(FOLDER / "carc.tsv", CARC_COLUMNS):
        code, status, disposition, meaning, cause, check, action, evidence, english, spanish, *facts = cells
        _allowed("carc.tsv", code, {status}, STATUSES)
        _allowed("carc.tsv", code, {disposition}, DISPOSITIONS)
        _allowed("carc.tsv", code, {action}, ACTIONS)
        groups, needs_remark, stopped = facts
        biller_es, check_es, evidence_es = for_billers.get(code, ["", "", ""])
        table[code] = ReasonWords(
            code=code,
            status=status,
            disposition=disposition,
            biller_meaning=meaning,
            usual_cause=cause,
            check=check,
            action=action,
            evidence=evidence,
            patient_en=english,
            patient_es=spanish,
            groups=_split(groups),
            needs_remark=needs_remark == "Y",
            stopped=stopped,
            biller_es=biller_es,
            check_es=check_es,
            evidence_es=evidence_es,
        )
    return table


@lru_cache(maxsize=1)
def remarks() -> dict[str, RemarkWords]:
    """Every remark code we have words for, by code. Raises CorpusError when the file is damaged."""
    table: dict[str, RemarkWords] = {}
    for_billers = {cells[0]: cells[1] for cells in rows(FOLDER / "rarc_es.tsv", RARC_ES_COLUMNS)}
    for code, effects, meaning, check, english, spanish in rows(FOLDER / "rarc.tsv", RARC_COLUMNS):
        found = frozenset(_split(effects))
        _allowed("rarc.tsv", code, found, EFFECTS)
        if code not in for_billers:
            raise CorpusError(f"rarc_es.tsv has no row for code {code}.")
        table[code] = RemarkWords(code, found, meaning, check, english, spanish, for_billers[code])
    return table


@lru_cache(maxsize=3)
def _short(name: str) -> dict[str, CodeWords]:
    return {
        code: CodeWords(code, frozenset(_split(flags)), *words)
        for code, flags, *words in rows(FOLDER / name, SHORT_COLUMNS)
    }


def _key(code: str) -> str:
    return code.strip().upper()


def _split(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def _allowed(file: str, code: str, found: set[str] | frozenset[str], allowed: frozenset[str]) -> None:
    if found - allowed:
        raise CorpusError(f"{file}, code {code}: {', '.join(sorted(found - allowed))} is not a known value.")
