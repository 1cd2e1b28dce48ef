"""Bar charts as inline SVG. Colours come from the page's CSS variables; a chart on its own has their defaults."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LABEL, ROW = 560, 210, 24
_DIGIT = 8
"""Pixels a figure's digit takes at the most."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One labelled value with its interval, in units of the scale; None is drawn as "undefined"."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None


def bars(
    title: str,
    rows: Sequence[Bar],
    full: float = 1.0,
    shown: Callable[[float], str] = "{:.3f}".format,
    label: int = LABEL,
) -> str:
    """A horizontal bar chart from 0 to `full` with interval whiskers; `label` is the room for labels in pixels."""
    width = WIDTH + label - LABEL
    figures = [shown(bar.value) for bar in rows if bar.value is not None]
    room, height = width - label - max([60, *(_DIGIT * len(text) + 10 for text in figures)]), ROW * len(rows) + 34
    out = [opened(title, width, height), f'<text x="0" y="14" font-weight="600">{escape(title)}</text>']
    for place, bar in enumerate(rows):
        top = 26 + place * ROW
        out.append(f'<text x="{label - 8}" y="{top + 14}" text-anchor="end">{escape(bar.label)}</text>')
        if bar.value is None:
            out.append(f'<text x="{label}" y="{top + 14}">undefined</text>')
            continue
        length = room * _share(bar.value, full)
        out.append(f'<rect x="{label}" y="{top + 3}" width="{length:.1f}" height="14" fill="var(--mark, #2f6f9f)"/>')
        end = length
        if bar.low is not None and bar.high is not None and bar.high > bar.low:
            left, right = label + room * max(0.0, bar.low / full), label + room * min(1.0, bar.high / full)
            end = max(length, right - label)
            middle = top + 10
            out.append(
                f'<path d="M{left:.1f} {middle}H{right:.1f}M{left:.1f} {middle - 4}v8M{right:.1f} {middle - 4}v8" '
                'stroke="var(--other, #b5531c)" stroke-width="2" fill="none"/>'
            )
        out.append(f'<text x="{label + end + 6:.1f}" y="{top + 14}">{escape(shown(bar.value))}</text>')
    return "".join([*out, "</svg>"])


def opened(title: str, width: float, height: float) -> str:
    """The start of a chart: its size and, for screen readers, its title."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(title)}" font-family="system-ui, sans-serif" font-size="13">'
    )


def _share(value: float, full: float) -> float:
    return min(1.0, max(0.0, value / full)) if full > 0 else 0.0
