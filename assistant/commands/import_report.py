"""What `superbill corpus import` shows of the files before it installs them."""

from typing import TYPE_CHECKING, Any

from assistant.record import to_record
from corpus.sources.scrutiny import Differences

if TYPE_CHECKING:
    from assistant.commands.imports import Preview


def record_of(one: "Preview") -> dict[str, Any]:
    """One preview as `--json` shows it."""
    release = one.draft.release if one.draft else None
    return {
        "system": one.system.value,
        "release": to_record(release) if release else None,
        "files": [to_record(file) for file in one.contents.files],
        "counts": counts_of(one),
        "differences": to_record(one.differences),
        "doubts": list(one.doubts),
        "remarks": list(one.remarks),
    }


def counts_of(one: "Preview") -> dict[str, int]:
    """How much of what the draft holds; zeros for addenda alone."""
    nodes = one.draft.nodes if one.draft else ()
    return {
        "codes": sum(node.kind == "code" for node in nodes),
        "billable": sum(node.billable and node.kind == "code" for node in nodes),
        "modifiers": sum(node.kind == "modifier" for node in nodes),
        "notes": sum(len(node.notes) for node in nodes),
        "index_terms": len(one.draft.index) if one.draft else 0,
    }


def print_preview(one: "Preview") -> None:
    """One preview for people."""
    if one.draft:
        release = one.draft.release
        print(
            f"{release.title}, in force from {release.starts or 'an unknown day'} to {release.ends or 'an unknown day'}"
        )
    else:
        print(f"Addenda of {one.system.value}")
    for file in one.contents.files:
        print(f"  {file.name}: {file.kind.value}, {file.entries:,} entries")
    if one.draft:
        said = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts_of(one).items() if count)
        print(f"  {said}")
    _print_differences(one.differences)
    for remark in one.remarks:
        print(f"  Note: {remark}.")
    for doubt in one.doubts:
        print(f"  Doubt: {doubt}.")


def _print_differences(found: Differences) -> None:
    if not found.against:
        return
    counts = f"{found.added:,} added, {found.removed:,} removed, {found.changed:,} with another title"
    print(f"  Against {found.against}: {counts}")
    for mark, examples in (("+", found.added_examples), ("-", found.removed_examples)):
        for code, title in examples:
            print(f"    {mark} {code:<9} {title[:90]}".rstrip())
    for code, before, now in found.changed_examples:
        print(f"    ~ {code:<9} {f'{before[:60]} -> {now[:60]}' if now else ''}".rstrip())
