"""Structured notes as plain text: C-CDA documents and FHIR Composition, DocumentReference or Bundle.

The note's text is made once here, headings on lines of their own; every later offset points into that text.
"""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from assistant.chart.apart import is_document, read_apart
from assistant.errors import InputError

MOST = 2_000_000
"""Characters of text taken from an attached PDF or Word file, unless the caller says otherwise."""
_BLOCKS = frozenset(
    {"p", "paragraph", "div", "br", "li", "item", "tr", "table", "list", "caption", "h1", "h2", "h3", "h4"}
)
_CELLS = frozenset({"td", "th"})
_DECLARATION = re.compile(r"^<\?xml\s[^>]*\?>")
_SPACE = re.compile(r"[ \t\r\n]+")


def document_text(text: str, name: str, most: int = MOST) -> str | None:
    """The note inside a C-CDA or FHIR document, or None when `text` is neither; `most` limits attached PDF and Word files.

    InputError, naming `name`, when it is one of them but damaged, or holds no narrative text.
    """
    start = text.lstrip("\ufeff \t\r\n")
    try:
        if start.startswith("<") and "ClinicalDocument" in start[:4000]:
            return _worded(_ccda(start, name), name)
        if start.startswith("{") and '"resourceType"' in start:
            return _worded(_fhir(start, name, most), name)
    except RecursionError:
        raise InputError(f"{name} is nested deeper than any note; export the document again.") from None
    return None


def _worded(text: str, name: str) -> str:
    if not any(mark.isalpha() for mark in text):
        raise InputError(f"{name} holds no narrative text; export the note with its text.")
    return text


def _parse(text: str, name: str) -> Element:
    try:
        # The text was decoded already: what the declaration says of its encoding, known or not, no longer counts.
        root: Element = ElementTree.fromstring(_DECLARATION.sub("", text, count=1))
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError):
        raise InputError(f"{name} is not well-formed XML; export the document again.") from None
    return root


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].casefold()


def _ccda(text: str, name: str) -> str:
    parts = []
    for section in (element for element in _parse(text, name).iter() if _tag(element) == "section"):
        children = {_tag(child): child for child in section}
        title = _flat(children["title"]) if "title" in children else ""
        body = _flat(children["text"]) if "text" in children else ""
        if body or title:
            parts.append(f"{title.upper()}\n{body}\n")
    return "\n".join(parts)


def _flat(element: Element) -> str:
    lines = "".join(_walk(element)).split("\n")
    return "\n".join(line for line in (_SPACE.sub(" ", line).strip(" |") for line in lines) if line)


def _walk(element: Element) -> Iterator[str]:
    tag = _tag(element)
    if tag in {"script", "style"}:
        return
    if tag in _BLOCKS:
        yield "\n- " if tag in {"li", "item"} else "\n"
    yield _SPACE.sub(" ", element.text or "")
    for child in element:
        yield from _walk(child)
        yield _SPACE.sub(" ", child.tail or "")
    if tag in _CELLS:
        yield " | "
    elif tag in _BLOCKS:
        yield "\n"


def _fhir(text: str, name: str, most: int) -> str:
    try:
        resource = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(f"{name} is not valid JSON; export the resource again.") from None
    return "\n".join(_resource(resource, name, most))


def _resource(resource: Any, name: str, most: int) -> Iterator[str]:
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if kind == "Bundle":
        for entry in _list(resource.get("entry")):
            yield from _resource(entry.get("resource"), name, most)
    elif kind == "Composition":
        for section in _list(resource.get("section")):
            yield from _section(section, name)
    elif kind == "DocumentReference":
        for content in _list(resource.get("content")):
            yield _attachment(content.get("attachment"), name, most)


def _section(section: dict[str, Any], name: str) -> Iterator[str]:
    narrative = section.get("text")
    division = narrative.get("div") if isinstance(narrative, dict) else None
    body = _flat(_parse(division, name)) if isinstance(division, str) else ""
    title = section.get("title")
    if body or title:
        yield f"{str(title or '').upper()}\n{body}\n"
    for inner in _list(section.get("section")):
        yield from _section(inner, name)


def _attachment(attachment: Any, name: str, most: int) -> str:
    data = attachment.get("data") if isinstance(attachment, dict) else None
    if not isinstance(data, str):
        raise InputError(f"{name} points to its note by link only; export it with the attachment inside.")
    try:
        content = base64.b64decode(data, validate=False)
        if is_document(content):
            return read_apart(content, f"{name}, its attachment,", most).text
        raw = content.decode("utf-8-sig")
    except ValueError:  # damaged base64, or not UTF-8
        raise InputError(f"{name} has an attachment that is not text; export the note as plain text.") from None
    if "html" in str(attachment.get("contentType", "")):
        return _flat(_parse(raw, name))
    return document_text(raw, name, most) or raw


def _list(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
