"""The Spanish that was read back into English is the Spanish that is printed: a changed sentence has to be read again."""

import re
import tomllib
from pathlib import Path

from corpus.lexicon import reasons

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "evals" / "cases" / "spanish_back_translation.tsv"
LETTERS = ROOT / "assistant" / "remit" / "letters"
READ_TABLES = ("why", "action", "biller", "patient", "letter")


def entries() -> dict[str, tuple[str, str, str]]:
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert lines[0].split("\t") == ["key", "read", "back", "now"]
    rows = [line.split("\t") for line in lines[1:]]
    assert all(len(row) == 4 and row[1] and row[2] for row in rows)
    assert len({row[0] for row in rows}) == len(rows)
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def sentences(name: str) -> str:
    """The texts of a letter's template, in order."""
    markup = (LETTERS / name).read_text("utf-8")
    said = []
    for match in re.finditer(r"<(h|p|i|c)\b[^>]*>(.*?)</\1>", markup, re.DOTALL):
        text = re.sub(r"\{%\s*(?:else|if|endif)[^%]*%\}", " ", match[2])
        text = " ".join(re.sub(r"\{\{\s*(\w+)\s*\}\}", r"{\1}", text).split())
        if re.search("[a-záéíóú]{3}", re.sub(r"\{\w+\}", "", text)):
            said.append(text)
    return " / ".join(said)


def test_what_was_read_back_is_what_is_printed() -> None:
    words = tomllib.loads((ROOT / "assistant" / "remit" / "words_es.toml").read_text("utf-8"))
    for key, (read, _, now) in entries().items():
        kind, _, name = key.partition("/") if "/" in key else key.partition(".")
        if kind == "letters":
            current = sentences(name)
        elif kind in ("carc", "rarc"):
            found = reasons.reason(name) if kind == "carc" else reasons.remark(name)
            assert found is not None
            current = found.patient_es
        else:
            current = words[kind][name]
        assert current == (now or read), f"{key}: the Spanish changed; read it back into English again"


def test_every_template_and_the_most_met_codes_were_read() -> None:
    keys = set(entries())
    words = tomllib.loads((ROOT / "assistant" / "remit" / "words_es.toml").read_text("utf-8"))
    assert {f"{table}.{key}" for table in READ_TABLES for key in words[table]} <= keys
    assert {f"letters/{path.name}" for path in LETTERS.glob("*_es.xml.j2")} <= keys
    assert sum(key.startswith(("carc.", "rarc.")) for key in keys) >= 120


def test_both_languages_fill_the_same_figures() -> None:
    tables = {
        language: tomllib.loads((ROOT / "assistant" / "remit" / f"words_{language}.toml").read_text("utf-8"))
        for language in ("en", "es")
    }
    assert {name: set(table) for name, table in tables["en"].items()} == {
        name: set(table) for name, table in tables["es"].items()
    }
    for name, table in tables["en"].items():
        for key, text in table.items():
            fields = set(re.findall(r"\{(\w+)\}", text))
            assert fields == set(re.findall(r"\{(\w+)\}", tables["es"][name][key])), (name, key)
