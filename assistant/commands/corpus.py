"""`superbill corpus build | info | remove`; imports.py has `import`."""

import argparse
import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.commands.output import print_json
from assistant.errors import InputError
from assistant.services import Services

if TYPE_CHECKING:
    from corpus.catalog import Catalog
    from corpus.editions import Edition


def build(args: argparse.Namespace) -> int:
    """Build the index of every release that is here and has none, ICD-10-CM first."""
    from corpus.index.build import is_current

    catalog = Services.open().catalog
    built = []
    for edition in _editions(catalog):
        current = is_current(catalog.index_root, edition) and not args.force
        manifest = catalog.build(edition, force=args.force)
        built.append(asdict(manifest))
        if args.json:
            continue
        size = f"{manifest.billable_codes:,} codes, {manifest.rows:,} terms"
        if current:
            print(f"The index of {manifest.release} is current: {size}.")
        else:
            print(f"Built the index of {manifest.release} in {manifest.seconds:.0f} s: {size}.", flush=True)
    catalog.remove_unneeded()
    if args.json:
        print_json({**built[0], "indexes": built})
    return 0


def info(args: argparse.Namespace) -> int:
    """Systems and releases with counts, hashes, days in force and the state of their index; says so when there is none."""
    from corpus.index import manifest as manifests
    from corpus.index.build import current_folder, is_current
    from corpus.sources import validity

    catalog = Services.open().catalog
    listed = [_record(catalog, edition) for edition in _editions(catalog)]
    main = next((edition for edition in _editions(catalog) if is_current(catalog.index_root, edition)), None)
    if main is None:
        raise InputError(f"no current index under {catalog.index_root}; run `superbill corpus build`")
    manifest = manifests.read(current_folder(catalog.index_root, main))
    assert manifest is not None
    record = {
        **asdict(manifest),
        "folder": str(current_folder(catalog.index_root, main)),
        "validity": {"from": validity.FIRST_DATE.isoformat(), "to": validity.LAST_DATE.isoformat()},
        "releases": listed,
        "not_loaded": _absent(catalog),
    }
    if args.json:
        print_json(record)
        return 0
    for one in listed:
        _print_release(one)
    for which, why in record["not_loaded"].items():
        print(f"{which}: {why}")
    print(f"Validity of ICD-10 codes by date of service: {validity.FIRST_DATE} to {validity.LAST_DATE}")
    print(f"Encoder: {manifest.model}, weights sha256 {manifest.model_sha256}")
    return 0


def remove(args: argparse.Namespace) -> int:
    """Take an imported release away; what was packaged, or is nearest, answers again."""
    from corpus.codes import CodeSystem
    from corpus.editions import choose
    from corpus.index.build import is_current

    catalog, which = Services.open().catalog, CodeSystem(args.system)
    editions = catalog.editions(which)
    edition = next((one for one in editions if one.release.name.casefold() == args.release.strip().casefold()), None)
    if edition is None:
        imported = ", ".join(one.release.name for one in editions if one.folder) or "none"
        raise InputError(f"there is no release {args.release!r} of {which.value}; imported are: {imported}")
    release = edition.release
    if not edition.folder:
        raise InputError(f"{release.title} came with Superbill and stays; only what was imported can be removed")
    catalog.remove(edition)
    date = dt.date.fromisoformat(release.starts) if release.starts else dt.date.today()
    now = choose(catalog.editions(which), date)
    to_build = bool(now) and not is_current(catalog.index_root, now)
    if args.json:
        left = now.release.title if now else ""
        print_json({"removed": release.title, "system": which.value, "release": release.name, "answers": left})
        return 0
    print(f"Removed {release.title}.")
    print(f"{now.release.title} answers for its dates now." if now else f"No release of {which.value} is left.")
    if to_build:
        print("Its index is built with the next search, or with `superbill corpus build`.")
    return 0


def _editions(catalog: "Catalog") -> Iterator["Edition"]:
    from corpus.codes import CodeSystem

    for which in CodeSystem:
        yield from catalog.editions(which)


def _absent(catalog: "Catalog") -> dict[str, str]:
    from corpus.codes import CodeSystem
    from corpus.systems import system

    return {which.value: system(which).absent for which in CodeSystem if not catalog.editions(which)}


def _record(catalog: "Catalog", edition: "Edition") -> dict[str, Any]:
    from corpus.editions import read_manifest
    from corpus.index import manifest as manifests
    from corpus.index.build import current_folder, is_current

    release = edition.release
    folder = current_folder(catalog.index_root, edition)
    current = is_current(catalog.index_root, edition)
    index = manifests.read(folder) if current else None
    shelved = read_manifest(edition.folder) if edition.folder else None
    return {
        "system": release.system.value,
        "release": release.name,
        "title": release.title,
        "source": release.source,
        "starts": release.starts,
        "ends": release.ends,
        "origin": "imported" if edition.folder else "packaged",
        "folder": str(edition.folder or ""),
        "sources": dict(edition.sources),
        "counts": shelved.counts if shelved else ({"billable": index.billable_codes} if index else {}),
        "installed_at": shelved.installed_at if shelved else "",
        "index": "current" if current else "to build",
        "index_folder": str(folder) if index else "",
        "terms": index.rows if index else 0,
        "units": index.units if index else 0,
        "built_at": index.built_at if index else "",
        "seconds": index.seconds if index else 0,
    }


def _print_release(one: dict[str, Any]) -> None:
    force = f"in force {one['starts']} to {one['ends'] or '(open)'}" if one["starts"] else "days in force not stated"
    print(f"{one['title']}  [{one['system']}, {one['origin']}, {force}]")
    if counts := ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in one["counts"].items() if count):
        print(f"  {counts}")
    for source, version in one["sources"].items():
        print(f"  {source}: {version}")
    if one["index"] == "current":
        print(
            f"  index: {one['terms']:,} terms for {one['units']:,} units, built {one['built_at']} "
            f"in {one['seconds']:.0f} s at {Path(one['index_folder'])}"
        )
    else:
        print("  index: to build; run `superbill corpus build`")
