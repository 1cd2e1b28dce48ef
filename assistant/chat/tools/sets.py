"""The check of a set of codes."""

from collections.abc import Mapping
from typing import Any

from assistant.chat.tool import Said, Source, SourceKind, Tool, ToolResult
from assistant.chat.tools.code.place import locate
from assistant.chat.tools.common import DATE, NUMBER, TEXTS, book_on, day, in_book, parameters, result, words
from assistant.chat.turn import Context
from assistant.guidelines.check import check_codes
from assistant.guidelines.finding import Severity
from assistant.guidelines.tabular import tabular_of
from corpus.codes import NoteKind


def _check(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    date, say = day(context, arguments), words(context)
    book = book_on(context, date)
    codes = [book.form(code) for code in arguments["codes"] if book.get(code) or "." in code or book.windows(code)]
    skipped = [code for code in arguments["codes"] if book.form(code) not in codes]
    setting = arguments.get("setting") or context.setting
    found = check_codes(
        codes,
        codebook=book,
        date=date,
        setting=setting,
        sex=arguments.get("sex") or None,
        age=arguments.get("age"),
    )
    stopping = [one for one in found if one.severity is not Severity.INFO]
    sources = [in_book(book, code) for code in codes]
    said: list[Said] = []
    if not stopping:
        key = "check.clean" if len(codes) > 1 else "check.clean_one"
        said.append(say.say(key, *sources, codes=say.listed(codes), code="".join(codes)))
    else:
        said.append(say.say("check.found", *sources, codes=say.listed(codes)))
    for one in found:
        source = Source(SourceKind.GUIDELINE, one.rule, one.source or book.release.title, one.message)
        said.append(say.say(f"check.{one.severity.value}", source, rule=one.rule, message=one.message, fix=one.fix))
    said += _side_by_side(context, codes) if not stopping else []
    if skipped:
        said.append(say.say("check.skipped", *sources, codes=say.listed(skipped)))
    data = {"codes": codes, "setting": setting, "date": date, "findings": found, "not_checked": skipped}
    return result(data, said, [code for code in codes if locate(context, code, date)])


def _side_by_side(context: Context, codes: list[str]) -> list[Said]:
    """Excludes2 notes between the codes: no conflict, but what a coder asks about."""
    say, book = words(context), book_on(context, day(context))
    tabular, said = tabular_of(book), {}
    for one in codes:
        for other in codes:
            for found in tabular.pointing(one, other) if one != other and book.get(one) and book.get(other) else ():
                if found.kind is NoteKind.EXCLUDES2 and found.local:
                    text = " ".join(found.text.split())
                    said[found.node, other] = say.say(
                        "check.excludes2_pair", in_book(book, found.node, text), node=found.node, other=other
                    )
    return list(said.values())


TOOLS = (
    Tool(
        "check",
        "Guideline and edit findings on a set of ICD-10-CM codes, in the order of the claim.",
        parameters(
            ["codes"],
            codes=TEXTS,
            date=DATE,
            setting={"type": "string", "enum": ["outpatient", "inpatient"]},
            sex={"type": "string", "enum": ["F", "M", ""]},
            age=NUMBER,
        ),
        _check,
    ),
)
