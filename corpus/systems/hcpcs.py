"""HCPCS Level II: supplies, drugs and services, with their modifiers.

A starter set in our own words comes along; the official file, when the site imports it, brings all codes, their official
descriptions and their days, and our names, synonyms and drug brands stay as search rows of the codes it has.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache

from corpus.codes import Code, CodeSystem, Release
from corpus.editions import Edition
from corpus.index.terms import SearchTerm, TermKind
from corpus.index.words import words
from corpus.lexicon.words import Drug, Sense, drugs
from corpus.library import CodeBook
from corpus.sources import hcpcs_starter
from corpus.systems.cpt import told_of_cpt
from corpus.systems.system import System

_ASKING = re.compile(
    r"\b(?:what is the|which|hcpcs(?: level (?:ii|2))?|billing|procedure)?\s*\b(?:[a-z][- ]?)?codes?\b(?: for)?|\bhcpcs\b",
    re.I,
)
"""`HCPCS code for`, `J-code`: said about every query, so said about none."""
_AROUND_A_DRUG = frozenset(
    (
        *(
            "a",
            "an",
            "the",
            "of",
            "for",
            "iv",
            "im",
            "sq",
            "sc",
            "subq",
            "po",
            "per",
            "mg",
            "mcg",
            "ml",
            "unit",
            "units",
        ),
        *(
            "injection",
            "injectable",
            "inj",
            "infusion",
            "shot",
            "pen",
            "vial",
            "dose",
            "drug",
            "tablet",
            "tablets",
            "pill",
        ),
        *("capsule", "capsules", "oral", "weekly", "monthly", "vaccine", "brand", "generic"),
    )
)
_NAMED_MODIFIER = re.compile(r"\bmod(?:ifier)?s?\b", re.I)
STARTER = "starter"
"""Name of the release that is shipped."""
_ALL = 100_000
_DENTAL = re.compile(r"D\d{4}", re.I)


class Hcpcs(System):
    """Supplies, drugs and services; two-character modifiers are found by their meaning too."""

    id = CodeSystem.HCPCS
    label = "HCPCS Level II"
    code_shape = re.compile(r"[A-V]\d{1,4}|[A-Z0-9]{2}", re.I)
    absent = "no HCPCS codes are loaded; import the official file with `superbill corpus import FILE`"

    def packaged(self) -> Edition:
        """The starter set: no dates, so that what is valid on a day is unknown."""
        release = Release(CodeSystem.HCPCS, STARTER, "HCPCS Level II starter set", "Superbill", "", "")
        return Edition(release, hcpcs_starter.starter_files(), hcpcs_starter.read_starter)

    def synonyms(self) -> Iterator[SearchTerm]:
        """Our name of each code, its synonyms, and the brand and generic names of drugs."""
        for one in hcpcs_starter.starter_codes():
            yield SearchTerm(one.code, one.name, TermKind.PHRASE)
            yield from (SearchTerm(one.code, text, TermKind.LAY) for text in one.synonyms)
        for modifier in hcpcs_starter.modifiers():
            yield SearchTerm(modifier.code, modifier.title, TermKind.PHRASE)
            yield from (SearchTerm(modifier.code, f"modifier {text}", TermKind.LAY) for text in modifier.synonyms)
        yield from _drug_names()

    def synonyms_sha256(self) -> str:
        """Over the starter set, the modifiers and the drug names."""
        return hcpcs_starter.synonyms_sha256()

    def abbreviations(self) -> Mapping[str, tuple[Sense, ...]]:
        """None is opened: billers write CPAP, TENS and AFO, and so do our rows; the clinical senses would mislead."""
        return {}

    def rewrite(self, text: str) -> str:
        """Without `HCPCS code for` and its like."""
        return " ".join(_ASKING.sub(" ", text).split()) or text

    def is_code(self, text: str) -> bool:
        """A code, a modifier or the beginning of one; `modifier 25` too."""
        return bool(self.code_shape.fullmatch(_NAMED_MODIFIER.sub("", text).strip()))

    def by_code(self, book: CodeBook, text: str, k: int) -> list[Code]:
        """The code or modifier itself, then the codes that begin with it."""
        text = _NAMED_MODIFIER.sub("", text).strip()
        found = book.get(text)
        if found and found.kind == "code":
            return [found]
        return [*([found] if found else []), *(code for code in book.starting_with(text, k) if code != found)]

    def resolve(self, book: CodeBook, unit: str, text: str, date: dt.date) -> Code | None:
        """The code found; none where it is known to have ended, which an undated file does not say."""
        ended = hcpcs_starter.retired_codes().get(unit)
        return None if ended and date.isoformat() > ended.last_day else book.get(unit)

    def remark(self, book: CodeBook, code: Code) -> str:
        """What a biller must know of the code, e.g. that it is believed to have been replaced."""
        notes = [note.text.rstrip(".") for note in book.notes(code.code, inherited=False)]
        ended = hcpcs_starter.retired_codes().get(code.code)
        if ended and not code.valid_to:
            instead = f", replaced by {' or '.join(ended.replaced_by)}" if ended.replaced_by else ""
            notes.append(f"ended on {ended.last_day}{instead}")
        return "; ".join(f"{code.code}: {text[:1].lower()}{text[1:]}" for text in notes)

    def missing(self, book: CodeBook, code: Code, text: str = "") -> str:
        """A modifier is no service of its own."""
        return "a modifier: it goes on the line of a service" if code.kind == "modifier" else ""

    def told(self, book: CodeBook, text: str) -> str:
        """Why nothing is found for a CPT code, a dental code, or a drug that has no code of its own; else ""."""
        bare = text.strip()
        if told := told_of_cpt(bare):
            return told
        if _DENTAL.fullmatch(bare):
            return f"{bare} has the shape of a dental code (CDT), which belongs to the American Dental Association."
        drug = self._drug_of(text)
        if drug is None or (not _is_starter(book) and set(_plain(drug.generic).split()) <= _title_words(book)):
            return ""
        named = f"{drug.brand} ({drug.generic})"
        if "vaccine" in drug.drug_class:
            return (
                f"{named} has no HCPCS code: the products of most vaccines are CPT codes, which need the site's licensed "
                "file. Medicare's codes for giving a vaccine are G0008 (flu), G0009 (pneumonia) and G0010 (hepatitis B)."
            )
        return (
            f"{named} has no code of its own in {book.release.title}. A drug that the patient takes at home is mostly "
            "billed through the pharmacy; for one that a clinician gave, the unclassified codes are J3490 and J3590."
        )

    def replaced_by(self, code: str) -> tuple[str, ...]:
        """Codes that took the place of one that ended, where that is certain."""
        found = hcpcs_starter.retired_codes().get(code)
        return found.replaced_by if found else ()

    def _drug_of(self, text: str) -> Drug | None:
        """The drug without a code that is all the text names."""
        found = [word for word in words(self.rewrite(text)) if word not in _AROUND_A_DRUG and not word[0].isdigit()]
        return self._uncoded.get(" ".join(found)) if found else None

    @cached_property
    def _uncoded(self) -> Mapping[str, Drug]:
        """Drugs that no code of ours names, by brand and by generic, as the words they are looked up by."""
        coded = {_plain(row.text) for row in self.synonyms()}
        named = {word for text in coded for word in text.split()}
        found: dict[str, Drug] = {}
        for drug in drugs():
            if drug.hcpcs:
                continue
            brand, generic = _plain(drug.brand), _plain(drug.generic)
            if generic and generic not in coded and not set(generic.split()) <= named:
                found.setdefault(generic, drug)
                if brand and brand not in coded:
                    found.setdefault(brand, drug)
        return found


def _drug_names() -> Iterator[SearchTerm]:
    """Brand and generic names. A biosimilar is found by its own brand and by `Herceptin biosimilar`: the generic name
    alone means the reference product."""
    biosimilar = {
        one.code: one.name.partition(" biosimilar")[0].lower()
        for one in hcpcs_starter.starter_codes()
        if one.group == hcpcs_starter.BIOSIMILAR
    }
    brands: dict[str, set[str]] = {}
    for drug in drugs():
        if drug.hcpcs:
            yield SearchTerm(drug.hcpcs, drug.brand, TermKind.VARIANT)
            if drug.hcpcs not in biosimilar:
                yield SearchTerm(drug.hcpcs, drug.generic, TermKind.VARIANT)
                brands.setdefault(drug.generic.lower(), set()).add(drug.brand)
    for code, generic in biosimilar.items():
        for brand in sorted(brands.get(generic, ())):
            yield SearchTerm(code, f"{brand} biosimilar", TermKind.VARIANT)


def _is_starter(book: CodeBook) -> bool:
    return book.release.name == STARTER


@lru_cache(maxsize=4)
def _title_words(book: CodeBook) -> frozenset[str]:
    """Every word of the descriptions of an imported release."""
    return frozenset(word for code in book.starting_with("", _ALL) for word in words(code.title))


def _plain(text: str) -> str:
    return " ".join(word for word in words(text) if word not in _AROUND_A_DRUG and not word[0].isdigit())


SYSTEM = Hcpcs()
