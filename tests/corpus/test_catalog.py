"""Systems and releases side by side: the date of service picks, an import is seen at once, what is in use keeps working."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.claim.desk import ClaimDesk
from assistant.errors import InputError, UnknownCodeError
from assistant.guidelines.check import check_codes
from assistant.review.decision import checked_code, undescribed
from assistant.review.encounter import Encounter
from assistant.review.service import CodeStatus, Diagnosis
from assistant.settings import load_settings
from assistant.store.engine import open_store
from corpus.catalog import Catalog
from corpus.codes import CodeSystem, Node, Release
from corpus.editions import Edition
from corpus.errors import CorpusError
from corpus.systems import icd10cm
from corpus.systems import system as system_of
from corpus.systems.system import System
from tests.corpus.small import LINES, NODES, FakeEncoder, edition, node

CM = CodeSystem.ICD10CM
IN_2026, IN_2027 = dt.date(2026, 9, 1), dt.date(2026, 11, 1)
NEW = [*NODES, node("E11.A", "Type 2 diabetes mellitus without complications in remission", "E11")]


def following(nodes: list[Node] = NEW) -> Edition:
    return edition(name="FY2027", starts="2026-10-01", ends="2027-09-30", nodes=nodes)


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    monkeypatch.setattr(icd10cm, "lexicon_terms", lambda: iter(()))
    monkeypatch.setattr(system_of(CM), "packaged", lambda: edition())
    return Catalog(tmp_path, FakeEncoder())


def test_the_packaged_release_serves_until_another_is_imported(catalog: Catalog) -> None:
    assert catalog.edition(CM, IN_2027).release.name == "FY2026"
    catalog.install(following(), quiet=True)
    assert [one.release.name for one in catalog.editions(CM)] == ["FY2026", "FY2027"]
    assert catalog.edition(CM, IN_2027).release.name == "FY2027"
    assert catalog.edition(CM, IN_2026).release.name == "FY2026"
    assert catalog.codebook(CM, IN_2027).get("E11.A")
    assert catalog.codebook(CM, IN_2026).get("E11.A") is None


def test_an_import_of_the_packaged_release_stands_in_for_it(catalog: Catalog) -> None:
    catalog.install(edition(lines=LINES), quiet=True)
    (only,) = catalog.editions(CM)
    assert only.folder is not None
    assert [line.term for line in catalog.codebook(CM, IN_2026).index_terms("E11.65")] == ["sweet"]


def test_what_is_imported_elsewhere_is_seen(catalog: Catalog, tmp_path: Path) -> None:
    assert len(catalog.editions(CM)) == 1
    Catalog(tmp_path, FakeEncoder()).install(following(), quiet=True)
    assert len(catalog.editions(CM)) == 2


def test_search_takes_the_release_of_the_date(catalog: Catalog) -> None:
    catalog.install(following(), quiet=True)
    new, old = (catalog.searcher(CM, day, quiet=True) for day in (IN_2027, IN_2026))
    assert new.search("in remission", 1, IN_2027)[0].code == "E11.A"
    assert new.search("in remission", 1, IN_2027)[0].release == "ICD-10-CM FY2027"
    assert "E11.A" not in [hit.code for hit in old.search("in remission", 5, IN_2026)]


def test_a_description_of_an_older_release_says_so(catalog: Catalog) -> None:
    searcher = catalog.searcher(CM, IN_2027, quiet=True)
    hit = searcher.search("hypertension", 1, IN_2027)[0]
    assert (hit.release, hit.validity) == ("ICD-10-CM FY2026", "valid")
    assert "ended 2026-09-30" in hit.note
    assert searcher.search("hypertension", 1, IN_2026)[0].note == ""


def test_the_index_is_whole_before_an_import_is_seen(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    before = catalog.searcher(CM, IN_2027, quiet=True)

    def stopped(*_: object, **__: object) -> None:
        raise CorpusError("stopped")

    with monkeypatch.context() as patched:
        patched.setattr(Catalog, "build", stopped)
        with pytest.raises(CorpusError, match="stopped"):
            catalog.install(following(), quiet=True)
    assert catalog.edition(CM, IN_2027).release.name == "FY2026"
    assert catalog.searcher(CM, IN_2027, quiet=True) is before
    catalog.install(following(), quiet=True)
    again = FakeEncoder()
    catalog._encoder = again
    catalog.searcher(CM, IN_2027, quiet=True)
    assert again.encoded == 0


def test_what_was_opened_keeps_working_after_its_release_was_replaced(catalog: Catalog, tmp_path: Path) -> None:
    catalog.install(following(), quiet=True)
    opened = catalog.searcher(CM, IN_2027, quiet=True)
    Catalog(tmp_path, FakeEncoder()).install(following(NODES), quiet=True)
    assert opened.search("in remission", 1, IN_2027)[0].code == "E11.A"
    assert catalog.searcher(CM, IN_2027, quiet=True) is not opened
    assert "E11.A" not in [
        hit.code for hit in catalog.searcher(CM, IN_2027, quiet=True).search("remission", 9, IN_2027)
    ]


def test_a_system_without_codes_says_what_to_do(catalog: Catalog) -> None:
    with pytest.raises(CorpusError, match="licensed by the AMA"):
        catalog.searcher(CodeSystem.CPT, IN_2027)


def licensed(**dates: str) -> Edition:
    release = Release(CodeSystem.CPT, "2026", "CPT 2026", "the site", dates.get("starts", ""), dates.get("ends", ""))
    codes = [
        Node("99999", "made up visit", "code", None, "99999", True, terms=("invented call",)),
        Node("99998", "ended service", "code", None, "99998", True, valid_to="2026-06-30"),
    ]
    return Edition(release, {"file": "1"}, lambda: codes)


def test_codes_without_dates_are_shown_as_of_unknown_validity(catalog: Catalog) -> None:
    catalog.install(licensed(), quiet=True)
    searcher = catalog.searcher(CodeSystem.CPT, IN_2027, quiet=True)
    hits = searcher.search("invented call", 5, IN_2027)
    assert [(hit.code, hit.validity, hit.matched_term) for hit in hits] == [("99999", "unknown", "invented call")]
    assert "validity by date unknown" in hits[0].note
    assert [hit.code for hit in searcher.search("99998", 5, IN_2026)] == []  # it has ended: known, and not answered
    assert [hit.code for hit in searcher.search("9999", 5, dt.date(2026, 6, 1))] == ["99999", "99998"]


def test_a_dated_release_lists_validity_up_to_its_last_day(catalog: Catalog) -> None:
    catalog.install(licensed(starts="2026-01-01", ends="2026-12-31"), quiet=True)
    book = catalog.codebook(CodeSystem.CPT, IN_2027)
    assert book.valid_on("99999", IN_2027) is True
    assert book.valid_on("99998", IN_2027) is False
    assert book.valid_on("99999", dt.date(2027, 1, 1)) is None
    assert book.valid_on("00000", IN_2027) is not True


def test_past_the_official_tables_a_release_in_force_decides(catalog: Catalog) -> None:
    book = catalog.codebook(CM, IN_2027)
    later = dt.date(2027, 11, 1)
    assert book.valid_on("I10", later) is None
    catalog.install(edition(name="FY2028", starts="2027-10-01", ends="2028-09-30"), quiet=True)
    book = catalog.codebook(CM, later)
    assert book.valid_on("I10", later) is True
    assert book.valid_on("E11", later) is True
    assert book.valid_on("E11.A", later) is False
    assert book.valid_on("I10", dt.date(2028, 10, 1)) is None


def test_every_system_says_who_it_is() -> None:
    for which in CodeSystem:
        found = system_of(which)
        assert isinstance(found, System)
        assert found.id is which
        assert found.label
        assert not found.is_code("pink eye")


def test_a_code_book_leads_to_the_one_of_another_date(catalog: Catalog) -> None:
    catalog.install(following(), quiet=True)
    new = catalog.codebook(CM, IN_2027)
    assert new.on(IN_2026).get("E11.A") is None
    assert new.on(IN_2026).on(IN_2027) is new


def test_checks_look_codes_up_in_the_release_of_the_date(catalog: Catalog) -> None:
    title = "Plantar fascial fibromatosis"
    split = [*NODES, node("M72.2", title, None, billable=False), node("M72.20", f"{title}, unspecified foot", "M72.2")]
    catalog.install(edition(nodes=[*NODES, node("M72.2", title, None)]), quiet=True)
    catalog.install(following(split), quiet=True)
    for book in (catalog.codebook(CM, IN_2026), catalog.codebook(CM, IN_2027)):
        old = check_codes(["M72.2"], codebook=book, date=IN_2026)
        assert "TB-0002" not in {finding.rule for finding in old}
        assert "TB-0002" in {finding.rule for finding in check_codes(["M72.2"], codebook=book, date=IN_2027)}
        assert checked_code("M72.2", IN_2026, book) == ("M72.2", CM)
        with pytest.raises(InputError, match="header"):
            checked_code("M72.2", IN_2027, book)


def test_a_new_code_without_a_description_can_be_confirmed_with_a_note(catalog: Catalog) -> None:
    book = catalog.codebook(CM, IN_2026)
    assert checked_code("c7831", IN_2027, book) == ("C78.31", CM)
    assert "FY2027" in undescribed("C78.31", IN_2027, book)
    assert undescribed("I10", IN_2027, book) == undescribed("99213", IN_2027, book) == ""
    with pytest.raises(UnknownCodeError):
        checked_code("C78.31", IN_2026, book)
    with pytest.raises(UnknownCodeError):
        checked_code("C78.3", IN_2027, book)  # a header of the tables, which no release here has
    catalog.install(following([*NEW, node("C78.31", "In the trachea", None)]), quiet=True)
    assert undescribed("C78.31", IN_2027, book) == ""


def test_a_claim_takes_titles_of_the_release_of_the_day(catalog: Catalog, tmp_path: Path) -> None:
    catalog.install(following([*NODES[1:], node("I10", "Renamed hypertension", None)]), quiet=True)
    engine = open_store(load_settings({"SUPERBILL_HOME": str(tmp_path / "site")}))
    for book in (catalog.codebook(CM, IN_2026), catalog.codebook(CM, IN_2027)):
        for day, title in ((IN_2026, "Essential (primary) hypertension"), (IN_2027, "Renamed hypertension")):
            visit = Encounter("v", day, (Diagnosis("I10", CodeStatus.CONFIRMED),))
            assert ClaimDesk(engine, book).completed(visit).diagnoses[0].description == title
    engine.dispose()


def test_an_april_release_needs_no_word_on_an_earlier_day_of_its_year(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    april = edition(name="FY2026 (April)", starts="2026-04-01")
    monkeypatch.setattr(system_of(CM), "packaged", lambda: april)
    searcher = catalog.searcher(CM, IN_2026, quiet=True)
    assert searcher.search("hypertension", 1, dt.date(2025, 12, 1))[0].note == ""
    assert "after the date" in searcher.search("hypertension", 1, dt.date(2025, 9, 30))[0].note


def test_looking_codes_up_opens_no_index(index_home: Path) -> None:
    script = (
        "import sys, datetime as dt; from assistant.services import Services; "
        "book = Services.open().codebook_on(dt.date(2026, 9, 1)); assert book.title('I10'); "
        "heavy = {'chromadb', 'onnxruntime', 'numpy', 'simple_icd_10_cm'} & set(sys.modules); assert not heavy, heavy"
    )
    home = {"SUPERBILL_HOME": str(index_home), "PATH": "/usr/bin:/bin"}
    first = (
        "from assistant.services import Services; Services.open().codebook"  # writes the library when it is not there
    )
    for code in (first, script):
        subprocess.run([sys.executable, "-c", code], env=home, check=True)
