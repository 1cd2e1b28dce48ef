"""Our files on procedures: every row leads to something that exists."""

import re
from fnmatch import fnmatchcase

import pytest

from corpus.codes import Node
from corpus.procedures import definitions, lexicon
from corpus.procedures.nodes import labels_in, read_nodes
from corpus.procedures.reading import read, side_in
from corpus.procedures.words import hints, operations, part_words, procedures, said_only, sideless


@pytest.fixture(scope="module")
def codes() -> list[Node]:
    return [node for node in read_nodes() if node.billable]


@pytest.fixture(scope="module")
def found_labels(codes: list[Node]) -> dict[str, tuple[str, str, str, str]]:
    return {code.code: found for code in codes if (found := labels_in(code.detail))}


@pytest.fixture(scope="module")
def groups(found_labels: dict[str, tuple[str, str, str, str]]) -> dict[str, str]:
    return {code[:4]: sideless(found[0])[0] for code, found in found_labels.items()}


def test_there_are_words_enough_and_none_twice() -> None:
    listed = [word.casefold() for row in procedures() for word in row.words]
    assert len(listed) >= 500
    assert len(listed) == len(set(listed))


def test_every_target_is_in_the_tables(groups: dict[str, str]) -> None:
    tables: dict[str, list[tuple[str, str]]] = {}
    for group, base in groups.items():
        tables.setdefault(group[:3], []).append((group, base))
    for row in procedures():
        for target in row.targets:
            assert any(target.allows(group, base) for group, base in tables.get(target.table, ())), (
                row.words[0],
                target,
            )


def test_what_a_word_says_of_an_axis_fits_one_of_its_targets(
    found_labels: dict[str, tuple[str, str, str, str]], groups: dict[str, str]
) -> None:
    inside: dict[str, list[tuple[str, tuple[str, str, str, str]]]] = {}
    for code, found in found_labels.items():
        inside.setdefault(code[:4], []).append((code, found))
    for row in procedures():
        if not (row.approach or row.devices or row.qualifiers):
            continue
        aims = {target.table for target in row.targets}
        below = [
            pair
            for group, base in groups.items()
            if group[:3] in aims and any(target.allows(group, base) for target in row.targets)
            for pair in inside[group]
        ]
        name = row.words[0]
        assert not row.approach or any(code[4] == row.approach for code, _ in below), name
        for pattern in row.devices:
            assert any(fnmatchcase(found[2], pattern) for _, found in below), (name, pattern)
        for pattern in row.qualifiers:
            assert any(fnmatchcase(found[3], pattern) for _, found in below), (name, pattern)


def test_operation_words_and_hints_exist(
    found_labels: dict[str, tuple[str, str, str, str]], groups: dict[str, str]
) -> None:
    tables = {group[:3] for group in groups}
    devices = {found[2] for found in found_labels.values()}
    qualifiers = {found[3] for found in found_labels.values()}
    for row in operations():
        for target in row.targets:
            assert any(re.match(target.table, table) for table in tables), (row.words[0], target)
    for row in (*operations(), *hints()):
        assert row.approach in (*definitions.approaches(), ""), row.words
        assert all(any(fnmatchcase(label, pattern) for label in devices) for pattern in row.devices), row.words
        assert all(any(fnmatchcase(label, pattern) for label in qualifiers) for pattern in row.qualifiers), row.words


def test_part_words_use_words_of_labels(groups: dict[str, str]) -> None:
    known = {word for base in groups.values() for word in re.findall(r"\w+", base)}
    for word, label in part_words().items():
        assert set(label.split()) <= known, word


def test_every_table_has_an_operation_and_a_system_with_a_meaning(groups: dict[str, str]) -> None:
    tables = {group[:3] for group in groups}
    for table in tables:
        assert definitions.section(table[0]).meaning, table
        assert definitions.body_system(table).label, table
        assert definitions.operation(table).meaning, table
    medical = {table[2] for table in tables if table[0] == "0"}
    assert len(medical) == 31


def test_every_definition_is_of_something_that_exists(
    found_labels: dict[str, tuple[str, str, str, str]], groups: dict[str, str]
) -> None:
    tables = {group[:3] for group in groups}
    for pattern, value, label, meaning, _ in lexicon.rows(
        "operations.tsv", ("tables", "value", "label", "meaning", "apart")
    ):
        fitting = [table for table in tables if re.fullmatch(pattern, table)]
        assert fitting and meaning, pattern
        assert all(table[2] == value and definitions.operation(table).label == label for table in fitting), pattern
    for section, value, label, _ in lexicon.rows("systems.tsv", ("section", "value", "label", "meaning")):
        assert any(table.startswith(section + value) for table in tables), label
    assert {code[4] for code in found_labels if code[0] == "0"} == set(definitions.approaches())
    said = {(code[:2], axis, found[axis - 4]) for code, found in found_labels.items() for axis in (6, 7)}
    for codes_of, axis, label, _ in lexicon.rows("values.tsv", ("codes", "axis", "label", "meaning")):
        assert any(re.match(codes_of, head) for head, at, name in said if (at, name) == (int(axis), label)), label
    for position in (6, 7):
        assert said_only(position) <= {found[position - 4] for found in found_labels.values()}


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Knee Joint, Right", ("Knee Joint", "right")),
        ("Right Knee", ("Knee", "right")),
        ("Skin, Left Upper Arm", ("Skin, Upper Arm", "left")),
        ("Liver, Right Lobe", ("Liver, Right Lobe", "")),
        ("Right and Left Heart", ("Right and Left Heart", "")),
        ("Inguinal Region, Bilateral", ("Inguinal Region", "bilateral")),
    ],
)
def test_sides_come_off_labels(label: str, expected: tuple[str, str]) -> None:
    assert sideless(label) == expected


@pytest.mark.parametrize(
    ("text", "side"),
    [("R knee", "right"), ("left hip", "left"), ("bilat knees", "bilateral"), ("L4-L5 fusion", ""), ("hip", "")],
)
def test_sides_are_read(text: str, side: str) -> None:
    assert side_in(text) == side


def test_the_longest_phrase_holds() -> None:
    reading = read("lap chole converted to open")
    assert [row.words[0] for row, _ in reading.procedures] == ["cholecystectomy"]
    assert {row.approach for row in reading.hints} == {"0"}
