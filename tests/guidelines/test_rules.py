"""Every shipped rule: unique id, examples that raise it and examples that do not, and codes that exist."""

import datetime as dt
import re
from typing import Any

import pytest

from assistant.guidelines.case import case_of
from assistant.guidelines.check import check_codes
from assistant.guidelines.pattern import Selector, dot, parse_pattern
from assistant.guidelines.relation_rules import Combination
from assistant.guidelines.rulebook import ENGINES, Example, patterns_of, read_rule, rulebook
from corpus.library import CodeBook

DATE = dt.date(2026, 4, 15)
RULES = rulebook().rules
EXAMPLES = rulebook().examples


def _label(example: Example) -> str:
    return f"{example.rule}-{'fires' if example.fires else 'silent'}-{'_'.join(example.codes)}"


@pytest.mark.parametrize("example", EXAMPLES, ids=_label)
def test_example(example: Example, book: CodeBook) -> None:
    given: dict[str, Any] = dict(example.given)
    case = case_of(example.codes, book, DATE, **given)
    raised = {finding.rule for finding in rulebook().findings(case)}
    assert (example.rule in raised) is example.fires


def test_example_codes_are_complete_codes_of_the_release(book: CodeBook) -> None:
    used = {(example.rule, code) for example in EXAMPLES for code in example.codes}
    assert {(rule, code) for rule, code in used if not book.billable(code)} == set()


def test_ids_are_unique_and_well_formed() -> None:
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"CM-\d{4}", one) for one in ids)


def test_there_are_at_least_500_rules_of_our_own() -> None:
    assert len(RULES) >= 500


def test_every_rule_has_examples_of_both_kinds() -> None:
    for fires in (True, False):
        covered = {example.rule for example in EXAMPLES if example.fires is fires}
        assert {rule.id for rule in RULES} - covered == set()


def test_every_rule_cites_a_section_and_says_what_to_do() -> None:
    for rule in RULES:
        assert re.fullmatch(r"OCG (I|II|III|IV|Appendix I)(\.[A-Za-z0-9]+)*", rule.source), rule.id
        assert rule.message.endswith(".") and rule.fix.endswith("."), rule.id


def test_every_engine_is_used() -> None:
    assert {type(rule) for rule in RULES} == set(ENGINES.values())


def test_every_pattern_in_a_rule_matches_a_code(book: CodeBook) -> None:
    codes = [leaf.undotted for leaf in _all_codes(book)]
    by_letter: dict[str, list[str]] = {}
    for code in codes:
        by_letter.setdefault(code[0], []).append(code)
    missing = {
        (rule.id, text)
        for rule in RULES
        for text in patterns_of(rule)
        if not any(
            parse_pattern(text).matches(code) for letter in parse_pattern(text).letters for code in by_letter[letter]
        )
    }
    assert missing == set()


def test_every_code_a_combination_proposes_is_complete(book: CodeBook) -> None:
    for rule in RULES:
        if isinstance(rule, Combination):
            categories = _categories(rule.parts[0], book)
            for code in rule.add:
                for category in categories if "{c}" in code else [""]:
                    proposed = dot(code.format(c=category).replace(".", ""))
                    assert book.billable(proposed), (rule.id, proposed)


def test_a_finding_names_the_codes_it_is_about(book: CodeBook) -> None:
    for example in EXAMPLES:
        if example.fires:
            given: dict[str, Any] = dict(example.given)
            given["first_listed"] = given.pop("ordered", True)
            for finding in check_codes(example.codes, codebook=book, date=DATE, **given):
                assert finding.codes and set(finding.codes) <= set(example.codes), finding
                assert "{" not in finding.message + finding.fix, finding


def test_a_rule_with_an_unknown_field_is_refused() -> None:
    entry = {
        "id": "CM-9999",
        "kind": "flag",
        "severity": "info",
        "source": "x",
        "message": "m",
        "fix": "f",
        "codes": ["I10"],
    }
    assert read_rule(entry).id == "CM-9999"
    with pytest.raises(ValueError, match="CM-9999"):
        read_rule(entry | {"kodes": ["I10"]})
    with pytest.raises(ValueError, match="not a code pattern"):
        read_rule(entry | {"codes": ["nonsense"]})


def _all_codes(book: CodeBook) -> list[Any]:
    found = []
    for first in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        for category in book.starting_with(first, limit=200_000):
            if category.billable:
                found.append(category)
    return found


def _categories(selector: Selector, book: CodeBook) -> list[str]:
    return sorted({leaf.undotted[:3] for leaf in _all_codes(book) if selector.matches(leaf.undotted)})
