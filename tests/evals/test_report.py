"""The page: whole, self-contained, and silent about held-out cases."""

import copy
from html.parser import HTMLParser

import pytest

from assistant.errors import InputError
from evals import plots, runner
from evals.cases import load_notes
from evals.cases.lines import CASES
from evals.report import page, write_page
from evals.suites import suite
from tests.evals.fakes import oracle, silent

VOID = {"meta", "br", "hr", "img", "link", "input", "rect", "path", "circle"}


class Balance(HTMLParser):
    """Fails on a tag that closes another."""

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def record():
    cases = load_notes(CASES / "notes" / "first.jsonl")
    tools = [oracle(cases), silent()]
    return runner.run("first", suite("first")[:1], tools, resamples=50, progress=lambda i, n, t: i)


def test_the_page_is_whole_and_loads_nothing(record):
    text = page(record)
    parser = Balance()
    parser.feed(text)
    assert parser.open == []
    assert not any(tag in ("script", "link", "img", "iframe") for tag, _ in parser.seen)
    assert not any("src" in attrs or "href" in attrs for _, attrs in parser.seen)
    assert sum(tag == "svg" for tag, _ in parser.seen) > 10
    assert "No certified coder" in text and "first-07" in text
    assert record["predictions_sha256"][:12] in text


def test_held_out_cases_are_not_shown(record):
    hidden = copy.deepcopy(record)
    for entry in hidden["parts"]["notes"]["tools"].values():
        for item in entry["outcomes"]:
            item["slices"]["split"] = "test"
    assert "first-07" not in page(hidden)


def test_labels_are_escaped():
    svg = plots.bars("a <b>", [plots.Bar("<script>", 0.5, 0.4, 0.6), plots.Bar("none", None, None, None)])
    assert "<script>" not in svg and "undefined" in svg and "0.500" in svg


def test_a_page_that_cannot_be_written_is_told(record, tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        write_page(record, tmp_path / "no" / "page.html")
