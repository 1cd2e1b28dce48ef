"""Every word of the page is in one file, none is missing and none is left over."""

import re
from pathlib import Path

import assistant.web
from assistant.accounts.principal import Role
from assistant.guidelines.finding import Severity
from assistant.remit.letter import FORMATS, KINDS
from assistant.remit.queue import OUTCOMES, STATUSES
from assistant.remit.worklist import ORDERS
from assistant.suggest.suggestion import NotCodedReason
from assistant.web.payments import FILTERS
from assistant.web.pictures import PATTERNS
from assistant.web.views import banner, dollars, render
from assistant.web.words import LANGUAGES, say, speaking, texts

FOLDER = Path(assistant.web.__file__).parent
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
        same = [name for name, text in texts()["coder"].items() if texts(language)["coder"][name] == text]
        assert same == []


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
