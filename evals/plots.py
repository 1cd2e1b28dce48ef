"""Plots as inline SVG: bars with intervals, and the reliability diagram. Colours come from the page's CSS variables."""

from dataclasses import dataclass
from html import escape
from typing import Any

from assistant.bars import Bar, bars, opened

__all__ = ["ENGLISH", "Bar", "Labels", "bars", "reliability"]


@dataclass(frozen=True, slots=True)
class Labels:
    """The words on the reliability diagram; `dot` takes n, stated and right."""

    head: str
    title: str
    stated: str
    right: str
    dot: str


ENGLISH = Labels(
    head="Calibration",
    title="Calibration: stated probability and share right",
    stated="stated probability",
    right="share right",
    dot="{n} suggestions: stated {stated}, right {right}",
)


def reliability(bins: list[dict[str, Any]], labels: Labels = ENGLISH) -> str:
    """Stated probability against the share that was right; the size of a dot tells how many suggestions it stands
    for.
    """
    size, edge = 300, 40
    room = size - 2 * edge
    total = sum(bar["n"] for bar in bins) or 1
    out = [
        opened(labels.title, size, size + 10),
        f'<text x="0" y="14" font-weight="600">{escape(labels.head)}</text>',
        f'<path d="M{edge} {edge}V{size - edge}H{size - edge}" stroke="var(--soft)" fill="none"/>',
        f'<path d="M{edge} {size - edge}L{size - edge} {edge}" stroke="var(--line)" stroke-dasharray="4 4"/>',
        f'<text x="{size / 2}" y="{size - 6}" text-anchor="middle">{escape(labels.stated)}</text>',
        f'<text x="12" y="{size / 2}" text-anchor="middle" transform="rotate(-90 12 {size / 2})">'
        f"{escape(labels.right)}</text>",
    ]
    for mark in (0, 0.5, 1):
        out.append(f'<text x="{edge + room * mark:.0f}" y="{size - edge + 15}" text-anchor="middle">{mark:g}</text>')
        out.append(f'<text x="{edge - 6}" y="{size - edge - room * mark + 4:.0f}" text-anchor="end">{mark:g}</text>')
    for bar in bins:
        if bar["n"]:
            x, y = edge + room * bar["stated"], size - edge - room * bar["right"]
            radius = 3 + 12 * (bar["n"] / total) ** 0.5
            words = labels.dot.format(n=bar["n"], stated=f"{bar['stated']:.2f}", right=f"{bar['right']:.2f}")
            out.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="var(--mark)" fill-opacity="0.7">'
                f"<title>{escape(words)}</title></circle>"
            )
    return "".join([*out, "</svg>"])
