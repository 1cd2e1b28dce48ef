"""Building an index: resumed after a stop, never seen half done, rebuilt beside the old one when something changes."""

from dataclasses import replace
from pathlib import Path

import pytest

from corpus.codes import IndexTerm
from corpus.editions import Edition
from corpus.errors import CorpusError
from corpus.index import build, manifest
from corpus.index.search import Searcher
from corpus.systems import icd10cm
from tests.corpus.small import LINES, FakeEncoder, edition


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(icd10cm, "lexicon_terms", lambda: iter(()))
    monkeypatch.setattr(build, "BLOCK", 2)


def make(root: Path, encoder: FakeEncoder, force: bool = False, of: Edition | None = None) -> manifest.Manifest:
    return build.build_index(root, force, edition=of or edition(), encoder=encoder, quiet=True)


def folders(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "icd10cm").iterdir() if path.is_dir())


def test_a_built_index_is_found_and_searched(tmp_path: Path) -> None:
    made = make(tmp_path, FakeEncoder())
    assert made.rows == 4  # three titles, and the header's words pointing at its default
    assert build.is_current(tmp_path, edition())
    hits = Searcher(tmp_path, FakeEncoder(), edition()).find_units(["type 2 diabetes mellitus"], 3)[0]
    assert hits[0].unit == "E11.9"


def test_lines_of_an_alphabetic_index_become_rows(tmp_path: Path) -> None:
    made = make(tmp_path, FakeEncoder(), of=edition(lines=LINES))
    assert (made.rows, made.index_terms) == (7, 4)
    hits = Searcher(tmp_path, FakeEncoder(), edition(lines=LINES)).find_units(["diabetes diabetic sweet"], 1)[0]
    assert (hits[0].unit, hits[0].matched_term) == ("E11.65", "Diabetes, diabetic sweet")


def test_a_line_that_says_what_a_title_says_is_no_further_row(tmp_path: Path) -> None:
    again = IndexTerm(4, None, "diseases", "Hypertension, primary essential", codes=(("", "I10"),))
    assert make(tmp_path, FakeEncoder(), of=edition(lines=[*LINES, again])).rows == 7
    elsewhere = replace(again, codes=(("", "E11.65"),))
    assert make(tmp_path, FakeEncoder(), of=edition("2", lines=[*LINES, elsewhere])).rows == 8


def test_a_current_index_is_not_built_again(tmp_path: Path) -> None:
    make(tmp_path, FakeEncoder())
    again = FakeEncoder()
    make(tmp_path, again)
    assert again.encoded == 0


def test_a_stopped_build_goes_on_where_it_was(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path, FakeEncoder(stop_after=3))
    assert not build.is_current(tmp_path, edition())
    with pytest.raises(CorpusError, match="corpus build"):
        Searcher(tmp_path, FakeEncoder(), edition())
    second = FakeEncoder()
    make(tmp_path, second)
    assert second.encoded == 2  # the first block of two was saved
    assert build.is_current(tmp_path, edition())


def test_an_index_of_other_data_is_never_opened_and_goes_once_the_new_one_is_built(tmp_path: Path) -> None:
    make(tmp_path, FakeEncoder())
    other = edition("2")
    with pytest.raises(CorpusError, match="corpus build"):
        Searcher(tmp_path, FakeEncoder(), other)
    make(tmp_path, FakeEncoder(), of=other)
    assert build.is_current(tmp_path, other)
    assert folders(tmp_path) == [build.current_folder(tmp_path, other).name]


def test_an_index_in_use_stays_until_nobody_reads_it(tmp_path: Path) -> None:
    make(tmp_path, FakeEncoder())
    reader = Searcher(tmp_path, FakeEncoder(), edition())
    make(tmp_path, FakeEncoder(), of=edition("2"))
    assert len(folders(tmp_path)) == 2
    assert reader.find_units(["essential hypertension"], 1)[0][0].unit == "I10"  # its parts open after the new build
    del reader
    make(tmp_path, FakeEncoder(), of=edition("3"))
    assert folders(tmp_path) == [build.current_folder(tmp_path, edition("3")).name]


def test_releases_lie_side_by_side(tmp_path: Path) -> None:
    make(tmp_path, FakeEncoder())
    newer = edition(name="FY2027")
    make(tmp_path, FakeEncoder(), of=newer)
    assert build.is_current(tmp_path, edition())
    assert build.is_current(tmp_path, newer)
    build.remove_unneeded(tmp_path, [newer])
    assert folders(tmp_path) == [build.current_folder(tmp_path, newer).name]


def test_a_build_that_fails_leaves_the_index_in_use_alone(tmp_path: Path) -> None:
    make(tmp_path, FakeEncoder())
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path, FakeEncoder(stop_after=1), of=edition("2"))
    assert build.is_current(tmp_path, edition())
    assert Searcher(tmp_path, FakeEncoder(), edition()).find_units(["hypertension"], 1)[0]


def test_a_damaged_manifest_means_not_built(tmp_path: Path) -> None:
    make(tmp_path, FakeEncoder())
    (build.current_folder(tmp_path, edition()) / manifest.FILE).write_text("{")
    assert not build.is_current(tmp_path, edition())


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CorpusError, match="SUPERBILL_HOME"):
        make(tmp_path / "file" / "index", FakeEncoder())


def test_force_builds_again(tmp_path: Path) -> None:
    make(tmp_path, FakeEncoder())
    again = FakeEncoder()
    make(tmp_path, again, force=True)
    assert again.encoded == 4


def test_an_edition_without_codes_is_refused(tmp_path: Path) -> None:
    empty = edition(nodes=())
    with pytest.raises(CorpusError, match="nothing that could be searched"):
        make(tmp_path, FakeEncoder(), of=empty)
