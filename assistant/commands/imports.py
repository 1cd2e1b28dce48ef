"""`superbill corpus import`: official files read, checked, shown and, when nothing is doubtful, installed."""

import argparse
import datetime as dt
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.commands import wiring
from assistant.commands.import_report import print_preview, record_of
from assistant.commands.output import print_json
from assistant.errors import InputError
from assistant.services import Services
from assistant.settings import ensure_home, load_settings
from corpus.codes import CodeSystem
from corpus.errors import CorpusError
from corpus.sources.scrutiny import Differences

if TYPE_CHECKING:
    from corpus.catalog import Catalog
    from corpus.editions import Edition
    from corpus.sources.contents import Contents
    from corpus.sources.draft import Draft
    from corpus.sources.naming import Wish

KINDS = "ICD-10-CM, ICD-10-PCS or HCPCS files of the CDC or CMS, or a licensed CPT file with --columns (docs/import.md)"


_UNNAMED = "Addenda were checked; to apply them to the release before, name the new one, e.g. --release FY2027"


@dataclass(frozen=True)
class Preview:
    """A draft with its checks done. `draft` is None for addenda alone that are only held against a release."""

    system: CodeSystem
    contents: "Contents"
    draft: "Draft | None"
    differences: Differences
    doubts: tuple[str, ...]
    remarks: tuple[str, ...]


def import_files(args: argparse.Namespace) -> int:
    """Show what the files hold and install it; 1 when a dry run finds doubts, 2 when doubts keep it from being installed."""
    from corpus.sources.contents import read_contents
    from corpus.sources.files import open_files
    from corpus.sources.licensed import parse_columns
    from corpus.sources.naming import Wish

    columns = parse_columns(args.columns) if args.columns else None
    if args.system == CodeSystem.CPT and not columns:
        raise InputError("a CPT file needs --columns, e.g. --columns 'code=CPT Code,description=Long Description'")
    if columns and args.system not in (None, CodeSystem.CPT):
        raise InputError("--columns is for licensed CPT files; other files say themselves what their columns are")
    wish = Wish(args.release or "", args.starts or "", args.ends or "")
    files, skipped = open_files(Path(name) for name in args.files)
    found, unknown = read_contents(files, columns)
    if args.system:
        found = {system: contents for system, contents in found.items() if system == args.system}
    if not found:
        names = ", ".join(unknown or [str(name) for name in args.files])
        raise InputError(f"nothing to import in {names}; expected {KINDS}")
    if not args.json:
        print("Checking against the release in use", file=sys.stderr, flush=True)
    settings = load_settings()
    ensure_home(settings)
    catalog = Services.open(settings, quiet=args.json).catalog
    previews = [preview(catalog, system, contents, wish) for system, contents in found.items()]
    record: dict[str, Any] = {
        "imports": [record_of(one) for one in previews],
        "passed_over": [*skipped, *unknown],
        "dry_run": args.dry_run,
        "installed": False,
    }
    if not args.json:
        for one in previews:
            print_preview(one)
        if unknown:
            print(f"Passed over, of no kind that can be imported: {', '.join(unknown)}.")
    doubtful = any(one.doubts for one in previews)
    ready = [one.draft for one in previews if one.draft]
    if args.dry_run or not ready:
        if not args.json:
            print("Nothing was installed." if ready else f"{_UNNAMED}; nothing was installed.")
        else:
            print_json(record)
        return 1 if doubtful else 0
    if doubtful and not args.yes:
        if args.json:
            print_json(record)
        raise InputError("nothing was changed, because of the doubts listed; if the files are right, say it with --yes")
    from assistant.accounts.trail import Event, Trail

    started = time.monotonic()
    for one in previews:
        if one.draft:
            try:
                _install(catalog, one.draft, (*one.remarks, *one.doubts), args.json)
            except CorpusError as error:
                raise InputError(
                    f"{one.draft.release.title} was not installed, what was there stays: {error}"
                ) from error
    Trail(wiring.store()).note(Event.IMPORT, ", ".join(draft.release.title for draft in ready))
    record.update(installed=True, seconds=round(time.monotonic() - started, 1))
    if args.json:
        print_json(record)
    else:
        names = " and ".join(draft.release.title for draft in ready)
        print(f"Installed {names} in {record['seconds']:.0f} s.")
    return 0


def preview(catalog: "Catalog", system: CodeSystem, contents: "Contents", wish: "Wish") -> Preview:
    """The release that `contents` make, checked against the validity tables and the release in use."""
    from corpus.sources.draft import make_draft
    from corpus.sources.scrutiny import against_validity, confirmed, differences, fall, sift

    editions = catalog.editions(system)
    today = dt.date.today()
    draft = make_draft(system, contents, wish, editions, _edition(catalog, system, today))
    if draft is None:
        return _addenda(catalog, system, contents, wish, editions)
    sifted = sift(system, draft.nodes)
    nodes = sifted.nodes
    remarks = [*draft.remarks, *sifted.remarks]
    doubts = [*draft.doubts, *sifted.doubts]
    starts = draft.release.starts
    before = draft.base or _edition(catalog, system, dt.date.fromisoformat(starts) if starts else today)
    earlier = tuple(before.nodes()) if before else ()
    if system in (CodeSystem.ICD10CM, CodeSystem.ICD10PCS) and (
        contents.listed or contents.tabular or contents.tables or contents.addenda
    ):
        from corpus.sources.validity import CodeValidity

        validity = CodeValidity(procedures=system is CodeSystem.ICD10PCS)
        if contents.tabular and contents.tabular.unconfirmed and starts:
            day = dt.date.fromisoformat(starts)
            whole, nodes = len(nodes), confirmed(nodes, lambda code: validity.valid_on(code, day))
            if len(nodes) < whole:
                made = f"{whole - len(nodes):,} codes that a 7th character would make"
                remarks.append(f"{made} are left out, because the validity tables reject them on {starts}")
        doubted, remarked = against_validity(nodes, earlier, starts, validity.valid_on)
        doubts += doubted
        remarks += remarked
    doubts += filter(None, [fall(nodes, earlier)])
    return Preview(
        system,
        contents,
        replace(draft, nodes=nodes),
        _shown(system, differences(nodes, earlier, before.release.title if before else "")),
        tuple(doubts),
        tuple(remarks),
    )


def _shown(system: CodeSystem, found: Differences) -> Differences:
    """Of CPT the code numbers alone: its texts are licensed."""
    if system is not CodeSystem.CPT:
        return found
    return replace(
        found,
        added_examples=tuple((code, "") for code, _ in found.added_examples),
        removed_examples=tuple((code, "") for code, _ in found.removed_examples),
        changed_examples=tuple((code, "", "") for code, _, _ in found.changed_examples),
    )


def _addenda(
    catalog: "Catalog", system: CodeSystem, contents: "Contents", wish: "Wish", editions: "Sequence[Edition]"
) -> Preview:
    """Addenda alone, held against the release they are named after, else the one in use."""
    from corpus.sources.addenda import disagreements
    from corpus.sources.draft import addenda_counts
    from corpus.sources.naming import years

    said = wish.name or next((f"FY{year}" for year in years(contents.names)), "")
    edition = next((one for one in reversed(editions) if said and one.release.name.startswith(said)), None)
    edition = edition or _edition(catalog, system, dt.date.today())
    counts = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in addenda_counts(contents).items())
    remarks, doubts = [f"the addenda hold: {counts}"], []
    if edition:
        titles = {node.code.replace(".", ""): node.title for node in edition.nodes()}
        for name, addenda in contents.addenda:
            found = list(disagreements(addenda, titles.get))
            if found:
                doubts.append(f"{name} and {edition.release.title} differ in {len(found):,} places, e.g. {found[0]}")
            else:
                remarks.append(f"{edition.release.title} shows every change that {name} names")
    return Preview(system, contents, None, Differences(""), tuple(doubts), tuple(remarks))


def _edition(catalog: "Catalog", system: CodeSystem, date: dt.date) -> "Edition | None":
    try:
        return catalog.edition(system, date)
    except CorpusError:
        return None


def _install(catalog: "Catalog", draft: "Draft", remarks: "Sequence[str]", quiet: bool) -> None:
    from corpus.editions import Edition

    edition = Edition(draft.release, draft.sources, lambda: draft.nodes, lambda: draft.index)
    catalog.install(edition, notes={"remarks": "; ".join(remarks)} if remarks else {}, quiet=quiet)
