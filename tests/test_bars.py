"""Bar charts: lengths to scale, labels escaped, whiskers inside the chart."""

from xml.etree import ElementTree

import pytest

from assistant.bars import Bar, bars

SVG = "{http://www.w3.org/2000/svg}"


def test_bars_are_to_scale_and_clipped() -> None:
    drawn = ElementTree.fromstring(bars("t", [Bar("a", 50), Bar("b", 100), Bar("c", 300), Bar("d", -5)], full=100))
    widths = [float(bar.get("width", "")) for bar in drawn.iter(f"{SVG}rect")]
    assert widths[0] == pytest.approx(widths[1] / 2) and widths[2] == widths[1] and widths[3] == 0


def test_labels_are_escaped_and_values_shown_as_asked() -> None:
    drawn = ElementTree.fromstring(bars("a < b & c", [Bar("<x>", 12.5), Bar("none", None)], 20, "${:,.2f}".format))
    texts = [text.text for text in drawn.iter(f"{SVG}text")]
    assert texts == ["a < b & c", "<x>", "$12.50", "none", "undefined"]
    assert drawn.get("aria-label") == "a < b & c" and drawn.get("role") == "img"


def test_whiskers_stand_where_the_interval_ends() -> None:
    drawn = ElementTree.fromstring(bars("t", [Bar("a", 0.5, 0.25, 0.75)]))
    (path,) = drawn.iter(f"{SVG}path")
    (rect,) = drawn.iter(f"{SVG}rect")
    start, full = float(rect.get("x", "")), float(rect.get("width", "")) / 0.5
    left, right = (path.get("d") or "")[1:].split()[0], (path.get("d") or "").split("H")[1].split("M")[0]
    assert (float(left) - start, float(right) - start) == pytest.approx((full * 0.25, full * 0.75))


def test_an_empty_chart_is_a_chart() -> None:
    assert len(list(ElementTree.fromstring(bars("t", [], full=0)))) == 1


def test_long_figures_have_room() -> None:
    drawn = ElementTree.fromstring(bars("t", [Bar("a", 1_234_567.0)], 1_234_567.0, "${:,.2f}".format))
    (rect,) = drawn.iter(f"{SVG}rect")
    end = float(rect.get("x", "")) + float(rect.get("width", ""))
    assert float(drawn.get("width", "")) - end >= 7 * len("$1,234,567.00")
