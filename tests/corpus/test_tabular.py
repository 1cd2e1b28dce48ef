"""The tabular list as read from its package, with the traps that the naive reading falls into."""

import pytest

from corpus.codes import Node, NoteKind
from corpus.sources.tabular import clean_title, release


@pytest.fixture(scope="module")
def nodes(tabular: tuple[Node, ...]) -> dict[str, Node]:
    return {node.code: node for node in tabular}


def test_every_billable_code_of_the_release_is_there(nodes: dict[str, Node]) -> None:
    assert sum(node.billable for node in nodes.values()) == 74_719
    assert len({node.stem for node in nodes.values() if node.billable}) == 36_343


@pytest.mark.parametrize("code", ["B20", "F99", "P84", "R99", "Z66"])
def test_codes_shared_by_a_block_and_a_category_are_billable_once(nodes: dict[str, Node], code: str) -> None:
    assert nodes[code].kind == "code"
    assert nodes[code].billable
    assert nodes[code].stem == code


def test_no_title_holds_a_tab_or_a_line_break(nodes: dict[str, Node]) -> None:
    assert not [code for code, node in nodes.items() if any(char in node.title for char in "\t\n\r")]


def test_a_glued_on_alias_is_split_off() -> None:
    raw = "Fracture of x, initial encounter for open fracture type I or II/\tinitial encounter for open fracture NOS"
    title, aliases = clean_title(raw)
    assert title == "Fracture of x, initial encounter for open fracture type I or II"
    assert aliases == ("initial encounter for open fracture NOS",)


@pytest.mark.parametrize(
    ("code", "stem"), [("S02.0XXA", "S02.0"), ("T36.AX1A", "T36.AX1"), ("S72.001A", "S72.001"), ("O31.8X10", "O31.8X1")]
)
def test_seventh_characters_belong_to_their_stem(nodes: dict[str, Node], code: str, stem: str) -> None:
    assert nodes[code].stem == stem
    assert code[-1] in dict(nodes[stem].seventh)


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        (NoteKind.INCLUSION_TERM, 12_000),
        (NoteKind.INCLUDES, 1_000),
        (NoteKind.EXCLUDES1, 5_000),
        (NoteKind.EXCLUDES2, 2_000),
        (NoteKind.CODE_FIRST, 350),
        (NoteKind.USE_ADDITIONAL, 800),
        (NoteKind.CODE_ALSO, 300),
        (NoteKind.SEVENTH_CHARACTER, 500),
    ],
)
def test_instructional_notes_are_kept(nodes: dict[str, Node], kind: NoteKind, least: int) -> None:
    assert sum(note.kind is kind for node in nodes.values() for note in node.notes) >= least


def test_the_edition_is_named() -> None:
    assert release().title == "ICD-10-CM FY2026 (April)"
