"""Every word of the page is in one file, none is missing and none is left over."""

import ast
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import assistant.web
from assistant.accounts.principal import Role
from assistant.guidelines.finding import Severity
from assistant.remit.letter import FORMATS, KINDS
from assistant.remit.queue import OUTCOMES, STATUSES
from assistant.remit.worklist import ORDERS
from assistant.suggest.suggestion import NotCodedReason
from assistant.web.admin_chores import STAGES
from assistant.web.messages import told
from assistant.web.payments import FILTERS
from assistant.web.pictures import PATTERNS
from assistant.web.views import banner, dollars, metric_name, render
from assistant.web.words import LANGUAGES, say, speaking, texts
from corpus.codes import CodeSystem

FOLDER = Path(assistant.web.__file__).parent
ROOT = FOLDER.parents[1]
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in [*FOLDER.glob("*.py"), *FOLDER.glob("templates/*.html"), FOLDER / "static" / "desk.js"]
)
SCRIPT = (FOLDER / "static" / "coder.js").read_text(encoding="utf-8")
BUILT = re.compile(r"""(?:say|t)\(\s*f?['"]([a-z_]+\.[a-z_]*)(?:\{|['"]\s*~)""")
"""Keys whose end is filled in: `say(f"biller.filter_{sign}")`, `t('reasons.' ~ reason)`."""
WHOLE = re.compile(r"""(?:say|t|empty)\(\s*['"]([a-z_]+\.[a-z_]+)['"](?!\s*~)""")


def test_every_word_asked_for_is_there() -> None:
    for language in LANGUAGES:
        with speaking(language):
            for key in set(WHOLE.findall(SOURCES)):
                assert say(key) or key == "page.kind_info", key


def test_no_word_is_left_over() -> None:
    said = SOURCES.replace('"', "'")
    stems = (*BUILT.findall(SOURCES), "evaluator.suite_")
    for section, entries in texts().items():
        for name in entries:
            key = f"{section}.{name}"
            if section in ("told", "metrics"):
                continue  # held to what the stations say below
            if section == "live":
                stem = name.split("_")[0]
                assert f"words.{name}" in SCRIPT or f"words[`{stem}_${{" in SCRIPT or f"'{key}'" in said, key
                continue
            assert f"'{key}'" in said or key.startswith(stems) or f"'{name}'" in said or f"words().{name}" in said, (
                f"{key} is never said"
            )


def test_every_value_that_words_are_built_from_has_its_word() -> None:
    keys = [f"reasons.{reason}" for reason in NotCodedReason] + [f"page.severity_{severity}" for severity in Severity]
    keys += [f"biller.filter_{sign}" for sign in FILTERS] + [f"biller.letter_{kind}" for kind in KINDS]
    keys += [f"biller.status_{status}" for status in STATUSES] + [f"biller.outcome_{one}" for one in OUTCOMES]
    keys += [f"biller.order_{order}" for order in ORDERS] + [f"biller.as_{form[1:]}" for form in FORMATS]
    keys += [f"biller.step_{kind}" for kind in PATTERNS] + [f"admin.role_{role}" for role in Role]
    keys += [f"admin.absent_{system}" for system in CodeSystem] + [f"admin.{stage}" for stage in STAGES.values()]
    for language in LANGUAGES:
        with speaking(language):
            for key in keys:
                assert say(key)


def test_the_browser_asks_for_words_that_are_there() -> None:
    assert set(re.findall(r"words\.([a-z_]+)", SCRIPT)) <= set(texts()["live"])


TRANSLATED = tuple(texts())


def test_a_translation_keeps_names_and_places() -> None:
    for language in LANGUAGES[1:]:
        for section in TRANSLATED:
            english, other = texts()[section], texts(language)[section]
            assert set(english) == set(other)
            for name, text in english.items():
                assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", other[name])), name
        for section in ("coder", "told"):
            same = [name for name, text in texts()[section].items() if texts(language)[section][name] == text]
            assert same == []


STATIONS = (
    "assistant/chart/apart.py",
    "assistant/chart/documents.py",
    "assistant/chart/pdf.py",
    "assistant/chart/readers.py",
    "assistant/chart/word.py",
    "assistant/accounts/passwords.py",
    "assistant/accounts/principal.py",
    "assistant/accounts/users.py",
    "assistant/remit/checks.py",
    "assistant/remit/letter.py",
    "assistant/remit/letter_fields.py",
    "evals/adapters/predictions.py",
    "evals/compare.py",
    "evals/suites.py",
)
"""Modules whose every sentence to a user is told in Spanish too."""
SPEAKERS = ("InputError", "ForbiddenError", "Unreadable", "report", "_report")
ELSEWHERE = (
    "{} {}",  # the sentence of the process that reads documents, put behind the file's name
    "{} is a folder; name one note file.",  # only files that a command line names
    "{} has more than the {} bytes allowed; split it into single notes.",
    "{} does not exist; check the path.",
    "{} cannot be read ({}); check its permissions.",
    "A letter is written as {}; name the file with one of these endings.",
)
"""What no user of the page can meet."""


def spoken_by(path: Path) -> Iterator[str]:
    """The sentences a module says, `{}` for each value in them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in SPEAKERS or not node.args:
            continue
        said = node.args[1] if name in ("report", "_report") else node.args[0]
        if isinstance(said, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in said.values]
            yield "".join(map(str, parts))
        elif isinstance(said, ast.Constant):
            yield str(said.value)


def test_what_the_stations_say_is_told_in_spanish() -> None:
    missing, seen = [], 0
    for station in STATIONS:
        for sentence in spoken_by(ROOT / station):
            if sentence in ELSEWHERE:
                continue
            seen += 1
            before = "visit.pdf " if station.endswith(("pdf.py", "word.py")) else ""
            said = before + sentence.replace("{}", "Q7")
            with speaking("es"):
                other = told(said)
            if other == said or other.count("Q7") < min(1, said.count("Q7")):
                missing.append(f"{station}: {sentence}")
    assert seen > 60
    assert not missing, "\n".join(missing)


def test_a_sentence_keeps_what_it_names() -> None:
    said = "scan 3.pdf: 2 of 5 pages are pictures without text and were not read (page 1, 4)."
    assert told(said) == said
    with speaking("es"):
        assert told(said) == "scan 3.pdf: 2 de 5 páginas son imágenes sin texto y no se leyeron (página 1, 4)."
        assert told("Nothing of ours says this.") == "Nothing of ours says this."


def test_metrics_and_stages_of_a_run_have_their_words() -> None:
    from assistant.suggest.engine import Trace
    from evals.suites import PARTS

    metrics = {metric for part in PARTS.values() for metric in part.headline}
    stages = {"listed", "selected"} | {field.name for field in dataclasses.fields(Trace)}
    known = set(texts()["metrics"])
    assert metrics <= known <= metrics | stages
    with speaking("es"):
        assert metric_name("recall_at_10") == "exhaustividad en 10"
    assert metric_name("something_new") == "something new"


def test_another_language_is_spoken_for_a_while() -> None:
    with speaking("es"):
        assert say("coder.accept") == "Aceptar"
    with speaking("xx"):
        assert say("coder.accept") == "Accept"
    assert say("coder.accept") == "Accept"


def test_user_text_is_escaped() -> None:
    shown = banner("<script>alert(1)</script>")
    assert "<script" not in shown and "&lt;script&gt;" in shown
    assert "<b>x" not in render("empty", text="<b>x")


def test_money_for_people() -> None:
    assert [dollars("1234.5"), dollars("-3"), dollars("0"), dollars(None)] == ["$1,234.50", "−$3.00", "$0.00", "–"]
