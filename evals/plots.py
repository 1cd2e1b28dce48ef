"""Plots as inline SVG: bars with intervals, and the reliability diagram. Colours come from the page's CSS variables."""

from dataclasses import dataclass
from html import escape
from typing import Any

WIDTH, LABEL, ROW = 560, 210, 24


@dataclass(frozen=True, slots=True)
class Bar:
    """One labelled value between 0 and 1 with its interval; None is drawn as "undefined"."""

    label: str
    value: float | None
    low: float | None
    high: float | None


def bars(title: str, rows: list[Bar]) -> str:
    """A horizontal bar chart from 0 to 1 with interval whiskers."""
    room, height = WIDTH - LABEL - 60, ROW * len(rows) + 34
    out = [_open(title, WIDTH, height), f'<text x="0" y="14" font-weight="600">{escape(title)}</text>']
    for place, bar in enumerate(rows):
        top = 26 + place * ROW
        out.append(f'<text x="{LABEL - 8}" y="{top + 14}" text-anchor="end">{escape(bar.label)}</text>')
        if bar.value is None:
            out.append(f'<text x="{LABEL}" y="{top + 14}">undefined</text>')
            continue
        length = room * min(1.0, max(0.0, bar.value))
        out.append(f'<rect x="{LABEL}" y="{top + 3}" width="{length:.1f}" height="14" fill="var(--mark)"/>')
        end = length
        if bar.low is not None and bar.high is not None and bar.high > bar.low:
            left, right = LABEL + room * max(0.0, bar.low), LABEL + room * min(1.0, bar.high)
            end = max(length, right - LABEL)
            middle = top + 10
            out.append(
                f'<path d="M{left:.1f} {middle}H{right:.1f}M{left:.1f} {middle - 4}v8M{right:.1f} {middle - 4}v8" '
                'stroke="var(--other)" stroke-width="2" fill="none"/>'
            )
        out.append(f'<text x="{LABEL + end + 6:.1f}" y="{top + 14}">{bar.value:.3f}</text>')
    return "".join([*out, "</svg>"])


def reliability(bins: list[dict[str, Any]]) -> str:
    """Stated probability against the share that was right; the size of a dot tells how many suggestions it stands
    for.
    """
    size, edge = 300, 40
    room = size - 2 * edge
    total = sum(bar["n"] for bar in bins) or 1
    title = "Calibration: stated probability and share right"
    out = [
        _open(title, size, size + 10),
        f'<text x="0" y="14" font-weight="600">{escape("Calibration")}</text>',
        f'<path d="M{edge} {edge}V{size - edge}H{size - edge}" stroke="var(--soft)" fill="none"/>',
        f'<path d="M{edge} {size - edge}L{size - edge} {edge}" stroke="var(--line)" stroke-dasharray="4 4"/>',
        f'<text x="{size / 2}" y="{size - 6}" text-anchor="middle">stated probability</text>',
        f'<text x="12" y="{size / 2}" text-anchor="middle" transform="rotate(-90 12 {size / 2})">share right</text>',
    ]
    for mark in (0, 0.5, 1):
        out.append(f'<text x="{edge + room * mark:.0f}" y="{size - edge + 15}" text-anchor="middle">{mark:g}</text>')
        out.append(f'<text x="{edge - 6}" y="{size - edge - room * mark + 4:.0f}" text-anchor="end">{mark:g}</text>')
    for bar in bins:
        if bar["n"]:
            x, y = edge + room * bar["stated"], size - edge - room * bar["right"]
            radius = 3 + 12 * (bar["n"] / total) ** 0.5
            words = f"{bar['n']} suggestions: stated {bar['stated']:.2f}, right {bar['right']:.2f}"
            out.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="var(--mark)" fill-opacity="0.7">'
                f"<title>{escape(words)}</title></circle>"
            )
    return "".join([*out, "</svg>"])


def _open(title: str, width: float, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(title)}">'
    )
