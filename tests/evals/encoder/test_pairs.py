"""What the encoder would be trained with: paths of the index, held-out categories, and noise that is the same every time."""

from pathlib import Path

from corpus.codes import Node, NoteKind, TabularNote
from evals.encoder.noise import Noise
from evals.encoder.pairs import Units, disease_names, held_out, index_paths, neoplasm_phrases


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_path_joins_the_terms_above_it(tmp_path):
    rows = "Level,Term,Code\n0,Abscess,L02.91\n1,liver,K75.0\n2,amebic,A06.4\n1,lung,J85.2\n0,Ache,\n1,ear,H92.0-\n"
    assert list(index_paths(write(tmp_path / "index.csv", rows))) == [
        ("Abscess", "L02.91"),
        ("Abscess, liver", "K75.0"),
        ("Abscess, liver, amebic", "A06.4"),
        ("Abscess, lung", "J85.2"),
        ("Ache, ear", "H92.0-"),
    ]


def test_cells_of_the_neoplasm_table_become_phrases(tmp_path):
    head = "Level,Term,MalignantPrimary,MalignantSecondary,CaInSitu,Benign,UncertainBehavior\n"
    rows = head + '0,"Neoplasm, neoplastic",C80.1,C79.9,D09.9,D36.9,D48.9\n1,liver,C22.9,C78.7,,D13.4,\n'
    assert list(neoplasm_phrases(write(tmp_path / "neoplasms.csv", rows))) == [
        ("malignant neoplasm of liver", "C22.9"),
        ("secondary malignant neoplasm of liver", "C78.7"),
        ("benign neoplasm of liver", "D13.4"),
    ]


def test_names_with_two_codes_are_left_out(tmp_path):
    one = '{"text": "gout", "codes": [{"code": "M10.9", "in_current_icd10cm": true}]}\n'
    two = '{"text": "x", "codes": [{"code": "M10.9", "in_current_icd10cm": true}, {"code": "M11", "in_current_icd10cm": true}]}\n'
    assert list(disease_names(write(tmp_path / "names.jsonl", one + two))) == [("gout", "M10.9")]


def test_about_a_fifth_of_the_categories_is_held_out_whole():
    categories = [f"{letter}{number:02d}" for letter in "ABCDEFGHIJKLMN" for number in range(100)]
    share = sum(map(held_out, categories)) / len(categories)
    assert 0.15 < share < 0.25
    assert all(held_out(code) == held_out(f"{code}.11") for code in categories[:50])


def test_units_know_titles_and_neighbours():
    nodes = [
        Node("M10", "Gout", "code", None, "", False),
        Node(
            "M10.0",
            "Idiopathic gout",
            "code",
            "M10",
            "M10.0",
            True,
            notes=(TabularNote("M10.0", NoteKind.INCLUDES, "x"),),
        ),
        Node("M10.9", "Gout, unspecified", "code", "M10", "M10.9", True),
    ]
    units = Units(nodes)
    assert (units.unit("M10"), units.unit("M10.-"), units.unit("Z99")) == ("M10.9", "M10.9", None)
    assert units.siblings("M10.9") == ["M10.0"]
    assert units.title("M10.0") == "Idiopathic gout"


def test_noise_is_the_same_for_one_seed_and_changes_about_half():
    texts = [f"chronic kidney disease stage {number} of the left kidney" for number in range(200)]
    forms = {"chronic kidney disease": ["CKD"]}
    first, second = Noise(1, forms), Noise(1, forms)
    changed = [first(text) for text in texts]
    assert changed == [second(text) for text in texts]
    assert 0.35 < sum(one != two for one, two in zip(changed, texts, strict=True)) / 200 < 0.75
    assert any("CKD" in text for text in changed)
