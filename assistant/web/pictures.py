"""Pictures as inline SVG that fit any width: each bar has its words and its figure above it, and a pattern of its own."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

ROW = 40
BAR = 14
PATTERNS = {
    "billed": "",
    "paid": "",
    "patient": '<path d="M0 4h8" stroke="var(--sb-paper)" stroke-width="1.5"/>',
    "denied": '<path d="M0 0l8 8M8 0l-8 8" stroke="var(--sb-paper)" stroke-width="1.2"/>',
    "contractual": '<path d="M-2 6l8 -8M2 10l8 -8" stroke="var(--sb-paper)" stroke-width="2"/>',
    "provider_other": '<path d="M4 0v8" stroke="var(--sb-paper)" stroke-width="2"/>',
    "other": '<circle cx="4" cy="4" r="1.6" fill="var(--sb-paper)"/>',
}
"""What is drawn over the colour of each kind of bar, so that no kind is told by its colour alone."""
INKS = {"paid": "--sb-good", "patient": "--sb-note", "denied": "--sb-bad", "billed": "--sb-ink"}


@dataclass(frozen=True, slots=True)
class Strip:
    """One bar: from `left` for `width`, in percent of the picture."""

    label: str
    figure: str
    left: float
    width: float
    kind: str = "denied"


def strips(title: str, rows: Sequence[Strip]) -> Markup:
    """The bars below each other; a reader of the page aloud hears the title with every label and figure."""
    kinds = dict.fromkeys(row.kind for row in rows)
    spoken = ". ".join([title, *(f"{row.label}: {row.figure}" for row in rows)])
    # A pattern is found by its id in the whole page, also in a part that is hidden: each picture has ids of its own.
    own = hashlib.sha256(spoken.encode()).hexdigest()[:10]
    out = [
        f'<svg class="sb-strips" width="100%" height="{ROW * len(rows)}" role="img" aria-label="{escape(spoken)}">',
        "<defs>",
        *(
            f'<pattern id="sb-fill-{own}-{kind}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" fill="var({INKS.get(kind, "--sb-soft")})"/>{PATTERNS[kind]}</pattern>'
            for kind in kinds
        ),
        "</defs>",
    ]
    for place, row in enumerate(rows):
        top = place * ROW
        out.append(f'<text x="0" y="{top + 13}">{escape(row.label)}</text>')
        out.append(f'<text x="100%" y="{top + 13}" text-anchor="end">{escape(row.figure)}</text>')
        out.append(f'<path d="M0 {top + 19 + BAR}h4000" stroke="var(--sb-line)"/>')
        out.append(
            f'<rect x="{row.left:.2f}%" y="{top + 19}" width="{max(row.width, 0.4):.2f}%" height="{BAR}" '
            f'fill="url(#sb-fill-{own}-{row.kind})"/>'
        )
    return Markup("".join([*out, "</svg>"]))
