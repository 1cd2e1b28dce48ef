"""Two other ways into the code book from `superbill search`: `--complete` (as one types) and `--browse` (page by page)."""

import argparse
import datetime as dt

from assistant.commands.output import print_json
from assistant.record import to_record
from assistant.services import Services, parse_date
from corpus.browse import IndexLine, Page, Place, contents, find, index_page, page
from corpus.codes import CodeSystem, NoteKind, TabularNote
from corpus.errors import CorpusError
from corpus.facts import NO_FACTS, facts_of, told
from corpus.index.facets import Facets, Limits
from corpus.library import CodeBook
from corpus.status import status

_KINDS = {
    NoteKind.INCLUSION_TERM: "Term",
    NoteKind.INCLUDES: "Includes",
    NoteKind.EXCLUDES1: "Excludes1",
    NoteKind.EXCLUDES2: "Excludes2",
    NoteKind.CODE_FIRST: "Code first",
    NoteKind.USE_ADDITIONAL: "Use additional",
    NoteKind.CODE_ALSO: "Code also",
    NoteKind.SEVENTH_CHARACTER: "7th character",
}
_SHOWN = 40
"""Places or index lines that are printed of a long list; `--json` has them all."""


def complete(args: argparse.Namespace) -> int:
    """Codes for a query that is still being typed."""
    date = parse_date(args.date) or dt.date.today()
    searcher = Services.open().searcher_on(date, CodeSystem(args.system))
    found = searcher.complete(args.query, args.k, date)
    if args.json:
        print_json({"query": args.query, "release": searcher.release.title, "completions": to_record(found)})
        return 0
    for one in found:
        print(f"{one.code:<9} {one.description}")
        if one.matched_term.lower() not in (one.description.lower(), one.code.lower()):
            print(f"{'':10}matched: {one.matched_term}")
    if not found:
        print("Nothing begins like that.")
    return 0


def browse(args: argparse.Namespace) -> int:
    """The page of a chapter, block or code; of an index term its lines; without a query the chapters."""
    date, system = parse_date(args.date) or dt.date.today(), CodeSystem(args.system)
    services = Services.open()
    book = services.codebook_on(date, system)
    asked = (args.query or "").strip()
    if not asked:
        places = contents(book)
        if args.json:
            print_json({"release": book.release.title, "contents": to_record(places)})
        else:
            print(book.release.title)
            _print_places(places)
        return 0
    lines = () if find(book, asked) else _index(book, asked)
    if lines:
        if args.json:
            print_json({"release": book.release.title, "index": to_record(lines)})
        else:
            for line in lines[:_SHOWN]:
                print(_told(line))
        return 0
    shown = page(book, asked)
    about = status(services.catalog, system, shown.place.code, date)
    facts = facts_of(system, shown.place.code, date) if shown.place.billable else NO_FACTS
    if args.json:
        known = {"about": to_record(about)} if about else {}
        known |= {"facts": to_record(facts)} if shown.place.billable else {}
        print_json({"release": book.release.title, "page": to_record(shown), **known})
    else:
        print(book.release.title)
        _print_page(shown)
        for sentence in filter(None, (about.message if about else "", told(facts))):
            print(sentence)
    return 0


def _index(book: CodeBook, term: str) -> tuple[IndexLine, ...]:
    """The main term of a loaded alphabetic index that is `term`, with the lines below it; empty when there is none."""
    for source in ("diseases", "external", "drugs", "neoplasms", "procedures"):
        for line in book.index_under(None, source):
            if line.term.casefold() == term.casefold():
                own = [one for one in index_page(book, None, source) if one.path == (line.term,)]
                return (*own, *index_page(book, line.number, source))
    return ()


def _print_page(shown: Page) -> None:
    for depth, place in enumerate((*shown.above, shown.place)):
        kind = f"{place.kind} " if place.kind == "chapter" else ""
        print(f"{'  ' * depth}{kind}{place.code}  {place.title}")
    for char, meaning in shown.seventh:
        print(f"    7th character {char}  {meaning}")
    if shown.detail:
        print(f"    {shown.detail}")
    _print_notes("Notes", shown.notes)
    _print_notes("Notes of what stands above", shown.inherited, named=True)
    if shown.below and not shown.seventh:
        print("Below")
        _print_places(shown.below)
    if shown.beside and shown.place.kind == "code":
        print("Beside")
        _print_places(shown.beside)
    if shown.index:
        print("Alphabetic index")
        for line in shown.index[:_SHOWN]:
            print(f"    {_told(line)}")


def _print_places(places: tuple[Place, ...]) -> None:
    for place in places[:_SHOWN]:
        print(f"    {place.code:<9} {place.title}{'' if place.billable or place.kind != 'code' else '  (header)'}")
    if len(places) > _SHOWN:
        print(f"    and {len(places) - _SHOWN} more")


def _print_notes(title: str, notes: tuple[TabularNote, ...], named: bool = False) -> None:
    if notes:
        print(title)
    for note in notes:
        where = f"{note.node}: " if named else ""
        text = " ".join(note.text.split())
        print(f"    {where}{_KINDS.get(note.kind, note.kind.value.replace('_', ' ').capitalize())}: {text}")


def _told(line: IndexLine) -> str:
    referred = [f"see {line.see}" if line.see else "", f"see also {line.see_also}" if line.see_also else ""]
    return "  ".join(filter(None, (", ".join(line.path), line.code, *referred)))


def print_facets(facets: Facets) -> None:
    """One line of counts, where hits stand in more than one chapter."""
    if len(facets.chapters) > 1:
        counts = (f"{facet.count} in chapter {facet.value} ({facet.title})" for facet in facets.chapters[:4])
        print(f"Chapters: {'; '.join(counts)}")


def limits_of(args: argparse.Namespace) -> Limits:
    """What `--chapter`, `--billable` and `--side` say. Raises CorpusError for a place with an empty name."""
    if any(not named.strip() for named in args.chapter):
        raise CorpusError("--chapter needs the number of a chapter, a block such as E08-E13, or a code")
    return Limits(tuple(named.strip() for named in args.chapter), args.billable, args.side or "")
