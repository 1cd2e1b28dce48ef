"""`superbill corpus build | info | import`."""

import argparse
from dataclasses import asdict

from assistant.commands.output import print_json
from assistant.errors import InputError
from assistant.settings import ensure_home, load_settings


def build(args: argparse.Namespace) -> int:
    """Build the code index, or say that it is current."""
    from corpus.index.build import build_index, is_current

    settings = load_settings()
    ensure_home(settings)
    current = is_current(settings.index_dir) and not args.force
    manifest = build_index(settings.index_dir, force=args.force)
    if args.json:
        print_json(asdict(manifest))
    elif current:
        print(
            f"The index of {manifest.release} is current: {manifest.billable_codes:,} codes, {manifest.rows:,} terms."
        )
    else:
        print(
            f"Built the index of {manifest.release} in {manifest.seconds:.0f} s: "
            f"{manifest.billable_codes:,} codes, {manifest.rows:,} terms."
        )
    return 0


def info(args: argparse.Namespace) -> int:
    """Releases, counts and hashes of the index; says so when there is none."""
    from corpus.index import manifest as manifests
    from corpus.index.build import current_folder
    from corpus.sources import validity

    settings = load_settings()
    folder = current_folder(settings.index_dir)
    manifest = manifests.read(folder)
    if manifest is None:
        raise InputError(f"no current index under {settings.index_dir}; run `superbill corpus build`")
    record = {
        **asdict(manifest),
        "folder": str(folder),
        "validity": {"from": validity.FIRST_DATE.isoformat(), "to": validity.LAST_DATE.isoformat()},
    }
    if args.json:
        print_json(record)
        return 0
    print(
        f"{manifest.release}: {manifest.billable_codes:,} billable codes, {manifest.units:,} stems, {manifest.rows:,} terms"
    )
    for source, version in manifest.sources.items():
        print(f"  {source}: {version}")
    print(f"  validity by date of service: {validity.FIRST_DATE} to {validity.LAST_DATE}")
    print(f"  encoder: {manifest.model}, weights sha256 {manifest.model_sha256}")
    print(f"  built {manifest.built_at} in {manifest.seconds:.0f} s at {folder}")
    return 0


def import_files(args: argparse.Namespace) -> int:
    """Loading a site's official files is not built yet; nothing is changed."""
    raise InputError(
        "`corpus import` is not available in this version; the index holds the shipped ICD-10-CM release only"
    )
