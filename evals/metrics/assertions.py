"""Assertion traps: is the mention read as the note means it?

`trap_accuracy` = traps handled / traps. A trap whose mention must not be coded is handled when no selected code cites
it or starts with a code the trap names; a control (assertion `present`) is handled when a selected code does.
`trap_reason_accuracy` = not-coded mentions listed with the expected reason / not-coded traps whose mention is listed
at all.
Source: the assertion task of i2b2/VA 2010 (Uzuner et al., JAMIA 2011), scored by its consequence, the code, not by
the label alone.
Edge cases: controls keep a system that codes nothing from scoring 1; report both parts (`trap_negative`,
`trap_control`).
"""

from collections.abc import Sequence

from evals.metrics.measure import Measure, mean_of


def measures(handled: Sequence[bool], control: Sequence[bool], reason_right: Sequence[bool | None]) -> list[Measure]:
    """trap_accuracy, trap_negative, trap_control, trap_reason_accuracy."""
    pairs = list(zip(handled, control, strict=True))
    return [
        mean_of("trap_accuracy", [float(h) for h in handled]),
        mean_of("trap_negative", [None if c else float(h) for h, c in pairs]),
        mean_of("trap_control", [float(h) if c else None for h, c in pairs]),
        mean_of("trap_reason_accuracy", [None if r is None else float(r) for r in reason_right]),
    ]
