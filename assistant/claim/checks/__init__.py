"""The scrubber's checks: each looks for one kind of fault. Which faults matter, how much, and what to say about them is
data (`rules/scrub.tsv`); a rule names a check and gives it a parameter."""

from assistant.claim.checks import diagnosis, facility, fields, line, process, services, totals
from assistant.claim.checks.base import Check

CHECKS: dict[str, Check] = {
    **fields.CHECKS,
    **diagnosis.CHECKS,
    **line.CHECKS,
    **services.CHECKS,
    **totals.CHECKS,
    **process.CHECKS,
    **facility.CHECKS,
}
