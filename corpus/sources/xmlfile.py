"""XML read safely: no entity definitions, no external references, and an error that names file and line."""

from xml.etree.ElementTree import Element, ParseError

from corpus.errors import CorpusError
from corpus.sources.files import SourceFile


def parse(file: SourceFile) -> Element:
    """The root element. Raises CorpusError for damaged XML or XML that defines entities."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(file.data, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise CorpusError(
            f"{file.name} defines entities or refers to other files; official files do not: it is refused"
        ) from error
    except (ParseError, LookupError, ValueError) as error:
        line = getattr(error, "position", (0, 0))[0]
        where = f", line {line}," if line else ""
        raise CorpusError(f"{file.name}{where} is not whole XML; download it again") from error
    return root


def text_of(element: Element | None) -> str:
    """All text within `element` on one line, "" for None."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def own_text(element: Element) -> str:
    """The text of `element` without that of the elements inside it, on one line."""
    return " ".join(" ".join([element.text or "", *(child.tail or "" for child in element)]).split())


def version_of(root: Element) -> str:
    """The content of the top `version` element, e.g. `2026`; "" when there is none."""
    return text_of(root.find("version"))
