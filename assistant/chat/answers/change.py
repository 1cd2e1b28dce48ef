"""`And if it were the right side?`: the code that differs from an earlier one in just what the question changes."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path

from assistant.chat.finding import bare, searchable
from assistant.chat.reply import Reply
from assistant.chat.tools.common import book_on, day, in_book
from assistant.chat.understanding import folded
from corpus.codes import Code
from corpus.index.words import STOP_WORDS, stem, words
from corpus.library import CodeBook

_FILE = Path(__file__).with_name("change.toml")


@lru_cache(maxsize=1)
def _groups() -> tuple[tuple[re.Pattern[str], ...], ...]:
    data = tomllib.loads(_FILE.read_text("utf-8"))
    return tuple(tuple(re.compile(rf"(?<!\w)(?:{one})(?!\w)", re.I) for one in group) for group in data["groups"]["of"])


@lru_cache(maxsize=1)
def _frame() -> re.Pattern[str]:
    return re.compile("|".join(tomllib.loads(_FILE.read_text("utf-8"))["frame"]["drop"]), re.I)


def change_in(question: str) -> str:
    """What a follow-up changes: its words without `and if it were` and their like."""
    return " ".join(_frame().sub(" ", searchable(question.replace("’", "'"))).split()).strip(" ?.,!")


def merged(query: str, change: str) -> str:
    """The earlier words with the change worked in: what stands against it goes."""
    for group in _groups():
        if any(pattern.search(change) for pattern in group):
            for pattern in group:
                query = pattern.sub(" ", query)
    return " ".join(f"{query} {change}".split())


def _said(text: str) -> set[str]:
    return {stem(word) for word in words(text)} - (STOP_WORDS - {"with", "without"})


def changed_codes(reply: Reply, codes: tuple[str, ...], query: str) -> bool:
    """Say the earlier codes with the change worked into the one whose title it speaks against; whether that could be done."""
    book = book_on(reply.context, day(reply.context))
    change = change_in(reply.question.text)
    by_group = ([code for code in codes if _against(group, change, book.title(code))] for group in _groups())
    spoken = next((found for found in by_group if found), [])
    if len(codes) < 2 or not spoken or not book.get(codes[0]):
        return changed(reply, codes[0], query) is not None
    kept, before = list(reply.said), list(reply.codes)
    for code in codes:
        if code in spoken:
            if changed(reply, code, query) is None:
                reply.said, reply.codes = kept, before
                return False
        elif found := book.get(code):
            reply.say("find.part", in_book(book, code), code=code, title=found.title)
            reply.codes.append(code)
    return True


def changed(reply: Reply, anchor: str, query: str) -> Code | None:
    """The code nearest to `anchor` that says what the change says; None when none does better than a new search."""
    date = day(reply.context)
    book = book_on(reply.context, date)
    start = book.get(anchor)
    change = change_in(reply.question.text)
    if start is None or not change:
        return None
    if _both_sides(reply, book, start, change):
        reply.remembered["query"] = query
        return start
    best: tuple[float, Code] | None = None
    before, wanted = _said(start.title), _said(change)
    kept = before - {word for group in _groups() for word in _against(group, change, start.title)}
    opened = _said(reply.context.services.searcher_on(date).read(change, typed=True).repaired)
    wanted_all = wanted | opened
    hits = [hit.code for hit in reply.context.services.search(query, 15, date)]
    for code in _candidates(book, start, hits):
        said = _said(code.title)
        covered = _share(wanted, said) + 0.5 * _share(opened - wanted, said)
        missing = 1 - _share(kept, said) if kept else 0.0
        extra = 1 - _share(said, kept | wanted_all)
        points = 2.0 * covered - 1.2 * missing - 0.8 * extra + (0.15 if code.code in hits[:3] else 0.0)
        valid = book.valid_on(code.code, date)
        if missing > 0.34 and code.code[:3] != start.code[:3]:
            continue
        if code.code != anchor and valid and (best is None or points > best[0]):
            best = (points, code)
    if best is None or best[0] < 0.4:
        return None
    found = best[1]
    reply.say("find.is", in_book(book, found.code), code=found.code, title=found.title)
    reply.codes.append(found.code)
    reply.remembered["query"] = query
    return found


def _both_sides(reply: Reply, book: CodeBook, start: Code, change: str) -> bool:
    """Say the codes of both sides, where there is none for both together."""
    if not re.search(r"\b(?:bilateral|both)\b", change, re.I):
        return False
    family = [start, *book.siblings(start.code)]
    sides = [one for one in family if re.search(r"\b(?:right|left)\b", one.title, re.I) and one.billable]
    if any("bilateral" in one.title.lower() for one in family) or len(sides) != 2:
        return False
    for one in sides:
        reply.say("find.part", in_book(book, one.code), code=one.code, title=one.title)
        reply.codes.append(one.code)
    return True


def _share(asked: set[str], said: set[str]) -> float:
    """How much of `asked` is said, endings left aside."""
    if not asked:
        return 0.0
    there = sum(word in said or (len(word) > 5 and any(one[:6] == word[:6] for one in said)) for word in asked)
    return there / len(asked)


def _against(group: tuple[re.Pattern[str], ...], change: str, title: str) -> set[str]:
    """Words of the title that the change speaks against."""
    if not any(pattern.search(change) for pattern in group):
        return set()
    return {stem(word) for pattern in group for match in pattern.finditer(title) for word in words(match.group())}


def _candidates(book: CodeBook, start: Code, hits: list[str]) -> list[Code]:
    """Complete codes of the same category, those with the same ending in neighbouring categories, and the hits."""
    tail = start.code.partition(".")[2]
    found = {one.code: one for one in book.billable_under(start.code[:3])}
    block = next((node for node in book.ancestors(start.code) if "-" in node), None)
    for category, _, kind in book.under(block) if block and tail else ():
        if kind == "code" and (one := book.get(f"{category}.{tail}")) and one.billable:
            found[one.code] = one
    for code in hits:
        if (one := book.get(code)) and one.billable:
            found[one.code] = one
    return list(found.values())


def is_change(question: str) -> bool:
    """Whether the question reads as a change to an earlier one."""
    return bool(_frame().search(folded(question))) or len(words(bare(question))) <= 4
