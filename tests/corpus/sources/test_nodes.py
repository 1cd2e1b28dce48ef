"""Imported HCPCS, CPT and ICD-10-PCS releases as nodes."""

from corpus.codes import Node
from corpus.sources.hcpcs_file import read_fixed_width
from corpus.sources.licensed import CptRow
from corpus.sources.order import read_order
from corpus.sources.pcs_nodes import imported_nodes
from corpus.sources.pcs_tables import read_pcs_tables
from corpus.sources.service_nodes import cpt_nodes, hcpcs_nodes
from tests.corpus.sources import miniature
from tests.corpus.sources.miniature import source


def parents_come_first(nodes: list[Node]) -> bool:
    seen: set[str | None] = {None}
    for node in nodes:
        if node.parent not in seen:
            return False
        seen.add(node.code)
    return True


def test_official_hcpcs_keeps_units_and_numbered_modifiers_of_the_starter_set() -> None:
    starter = [
        Node("tools", "Tools", "chapter", None, "", False),
        Node("E0001", "Can", "code", "tools", "E0001", True, detail="tools; unit 1 can"),
        Node("25", "Modifier 25: own words", "modifier", None, "25", False, detail="for: visit"),
        Node("GA", "Modifier GA", "modifier", None, "GA", False),
    ]
    nodes = list(hcpcs_nodes(read_fixed_width(source("h.txt", miniature.hcpcs())), starter))
    by_code = {node.code: node for node in nodes}
    assert parents_come_first(nodes)
    assert by_code["E0001"].detail == "tools; unit 1 can"
    assert by_code["E0001"].title.startswith("Watering can")
    assert by_code["K0001"].detail == "refers to E0001"
    assert by_code["25"].title == "Modifier 25: own words"
    assert "GA" not in by_code  # an official modifier that the file no longer has is gone
    assert "tools" not in by_code


def test_cpt_codes_stand_in_chapters_by_their_number() -> None:
    codes = ("00100", "29999", "70010", "80053", "90471", "99213", "0001F", "0001T", "0001U", "25", "12345")
    nodes = list(cpt_nodes([CptRow(code, "x", "", "", "", 1) for code in codes]))
    assert parents_come_first(nodes)
    titles = {node.code: node.title for node in nodes}
    assert {node.code: titles[node.parent or ""] for node in nodes if node.kind != "chapter"} == {
        "00100": "Anesthesia",
        "29999": "Surgery",
        "70010": "Radiology",
        "80053": "Laboratory and pathology",
        "90471": "Medicine",
        "99213": "Evaluation and management",
        "0001F": "Category II",
        "0001T": "Category III",
        "0001U": "Laboratory analyses of one maker",
        "25": "Modifiers",
        "12345": "Surgery",
    }


def test_tables_alone_give_titles_known_or_put_together() -> None:
    tables = read_pcs_tables(source("p.xml", miniature.pcs_tables(miniature.LEAF_TABLES)))
    known = [Node("0DTJ0ZZ", "Removal of Leaf, Open Approach", "code", "0DTJ", "0DTJ", True)]
    nodes = list(imported_nodes((), tables, (), lambda: known))
    titles = {node.code: node.title for node in nodes if node.billable}
    assert tuple(sorted(titles)) == tuple(sorted(miniature.LEAF_CODES))
    assert titles["0DTJ0ZZ"] == "Removal of Leaf, Open Approach"
    assert titles["0DTLXZX"] == "Removal of Bud, External Approach, Diagnostic"
    assert parents_come_first(nodes)


def test_an_order_file_alone_takes_labels_from_the_release_in_use() -> None:
    tables = read_pcs_tables(source("p.xml", miniature.pcs_tables(miniature.LEAF_TABLES)))
    rows = read_order(source("o.txt", miniature.pcs_order()))
    both = {node.code: node for node in imported_nodes(rows, tables, (), tuple)}
    alone = {node.code: node for node in imported_nodes(rows, None, (), lambda: both.values())}
    assert alone.keys() == both.keys()
    assert (
        alone["0DTJ"].title == "Leaves, Removal, Leaf"
    )  # the order file's own header, the label of the release in use
    assert alone["0DTLXZX"].detail == both["0DTLXZX"].detail
    assert both["0DTLXZX"].detail.endswith(": Diagnostic")
