"""The ICD-10-CM tabular list, read from the package `simple-icd-10-cm` (public domain text of the CDC/NCHS).

Traps handled here, each with a test: a block and a category may share one code (B20, F99, P84, R99, Z66), so nodes are read
once per code; 518 titles carry a glued-on alias after a tab, which is split off; a code of 7 characters made by the
7th-character table belongs to the stem (its nearest ancestor that is not such a code).
"""

import hashlib
import re
import warnings
from collections.abc import Iterator
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from corpus.codes import CodeSystem, Node, NoteKind, Release, TabularNote

PACKAGE = "simple-icd-10-cm"
RELEASES = {
    # package version -> edition it carries; dates: CMS, ICD-10-CM files of the fiscal year
    "1.5.0": ("FY2026 (April)", "2026-04-01", "2026-09-30"),
}
_ALIAS = re.compile(r"/?\t\s*")
_SPACES = re.compile(r"\s+")


def release() -> Release:
    """The edition installed. An unknown package version is named as such, never as a known edition."""
    version = metadata.version(PACKAGE)
    name, starts, ends = RELEASES.get(version, (f"of {PACKAGE} {version}", "", ""))
    return Release(CodeSystem.ICD10CM, name, f"ICD-10-CM {name}", f"{PACKAGE} {version}", starts, ends)


@lru_cache(maxsize=1)
def data_sha256() -> str:
    """sha256 over the data files of the installed package, by name."""
    found = [
        path for path in metadata.files(PACKAGE) or () if path.parent.name == "data" and path.suffix in (".xml", ".txt")
    ]
    digest = hashlib.sha256()
    for path in sorted(found, key=str):
        digest.update(path.name.encode())
        digest.update(Path(str(path.locate())).read_bytes())
    return digest.hexdigest()


def clean_title(raw: str) -> tuple[str, tuple[str, ...]]:
    """The official title in one line, and the aliases of its last part that the source glued on after a tab."""
    head, *aliases = _ALIAS.split(raw)
    return _squeeze(head), tuple(_squeeze(alias) for alias in aliases if alias.strip())


def read_tabular() -> Iterator[Node]:
    """Every chapter, block and code, parents before children."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the package reads its files in an old way
        import simple_icd_10_cm as cm

    seen: set[str] = set()
    for code in cm.get_all_codes(True):
        if code in seen:
            continue
        seen.add(code)
        title, aliases = clean_title(cm.get_description(code))
        kind = "chapter" if cm.is_chapter(code) else "block" if _is_range_only(cm, code) else "code"
        children = cm.get_children(code) if kind == "code" else ()
        extended = cm.is_extended_subcategory(code)
        stem = (cm.get_parent(code) if extended else code) if kind == "code" else ""
        seventh = tuple(
            (child[-1], _seventh_label(cm, child)) for child in children if cm.is_extended_subcategory(child)
        )
        yield Node(
            code=code,
            title=title,
            kind=kind,
            parent=_parent(cm, code, kind),
            stem=stem,
            billable=kind == "code" and not children,
            seventh=seventh,
            notes=() if extended else tuple(_notes(cm, code)),
            aliases=aliases,
        )


def _is_range_only(cm: object, code: str) -> bool:
    return bool(cm.is_block(code)) and not cm.is_category(code)  # type: ignore[attr-defined]


def _parent(cm: object, code: str, kind: str) -> str | None:
    parent: str = cm.get_parent(code, kind != "code")  # type: ignore[attr-defined]
    if parent == code:  # a block and a category that share one code
        parent = cm.get_parent(code, True)  # type: ignore[attr-defined]
    return parent or None


def _seventh_label(cm: object, child: str) -> str:
    definitions: dict[str, str] = cm.get_seven_chr_def(child, True)  # type: ignore[attr-defined]
    return _squeeze(_ALIAS.split(definitions.get(child[-1], ""))[0])


def _notes(cm: object, code: str) -> Iterator[TabularNote]:
    readers = (
        (NoteKind.INCLUSION_TERM, "get_inclusion_term"),
        (NoteKind.INCLUDES, "get_includes"),
        (NoteKind.EXCLUDES1, "get_excludes1"),
        (NoteKind.EXCLUDES2, "get_excludes2"),
        (NoteKind.CODE_FIRST, "get_code_first"),
        (NoteKind.USE_ADDITIONAL, "get_use_additional_code"),
        (NoteKind.CODE_ALSO, "get_code_also"),
        (NoteKind.SEVENTH_CHARACTER, "get_seven_chr_note"),
    )
    for kind, name in readers:
        found = getattr(cm, name)(code)
        lines = [found] if isinstance(found, str) else found
        for line in lines:
            text = line.strip() if kind in _MULTILINE else _squeeze(line)
            if text:
                yield TabularNote(code, kind, text)


_MULTILINE = {NoteKind.CODE_FIRST, NoteKind.USE_ADDITIONAL, NoteKind.CODE_ALSO}


def _squeeze(text: str) -> str:
    return _SPACES.sub(" ", text).strip()
