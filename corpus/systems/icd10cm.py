"""ICD-10-CM: stems are found, the 7th character is chosen from the words; headers mean their plain child."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib import metadata

from corpus.codes import Code, CodeSystem, IndexTerm, Node
from corpus.editions import Edition
from corpus.index.encounters import seventh_of
from corpus.index.query import CODE
from corpus.index.terms import SearchTerm, collect_terms, lexicon_terms
from corpus.library import CodeBook
from corpus.systems.cpt import told_of_cpt
from corpus.systems.system import System


class Icd10Cm(System):
    """Diagnoses."""

    id = CodeSystem.ICD10CM
    label = "ICD-10-CM"
    code_shape = CODE
    validity_required = True
    sided = True

    def packaged(self) -> Edition:
        from corpus.sources import tabular

        sources = {
            f"package {tabular.PACKAGE}": metadata.version(tabular.PACKAGE),
            "tabular list sha256": tabular.data_sha256(),
        }
        return Edition(tabular.release(), sources, tabular.read_tabular)

    def synonyms(self) -> Iterable[SearchTerm]:
        return lexicon_terms()

    def synonyms_sha256(self) -> str:
        return _lexicon_sha256()

    def rows(self, nodes: Sequence[Node], index: Iterable[IndexTerm] = ()) -> list[SearchTerm]:
        return collect_terms(nodes, self.synonyms(), index)

    def resolve(self, book: CodeBook, unit: str, text: str, date: dt.date) -> Code | None:
        """With a 7th character when the words name one, else the header."""
        code = book.get(unit)
        seventh = book.seventh_characters(unit)
        if code is None or not seventh:
            return code
        character = seventh_of(text, seventh)
        return (book.complete(unit, character) if character else None) or code

    def told(self, book: CodeBook, text: str) -> str:
        return told_of_cpt(text)

    def missing(self, book: CodeBook, code: Code, text: str = "") -> str:
        seventh = () if code.billable else book.seventh_characters(code.code)
        if seventh:
            return "7th character: " + ", ".join(f"{char} {meaning}" for char, meaning in seventh[:3])
        return super().missing(book, code, text)


@lru_cache(maxsize=1)
def _lexicon_sha256() -> str:
    from corpus.lexicon import words

    digest = hashlib.sha256()
    for path in sorted(
        [*words.FOLDER.glob("phrases/*.tsv"), words.FOLDER / "lay_terms.tsv", words.FOLDER / "variants.tsv"]
    ):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


SYSTEM = Icd10Cm()
