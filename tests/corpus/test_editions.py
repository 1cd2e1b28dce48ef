"""Releases on the shelf: installed whole or not at all, read back as they were, the right one for a date."""

import datetime as dt
import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import editions
from corpus.codes import CodeSystem
from corpus.editions import choose, install, installed, read_manifest, remove
from corpus.errors import CorpusError
from corpus.folders import Hold
from corpus.standing import Standing, note_on, standing
from tests.corpus.small import LINES, NODES, RICH, edition

SYSTEM = CodeSystem.ICD10CM
FIRST = edition()
NEXT = edition(name="FY2027", starts="2026-10-01", ends="2027-09-30")


def names(shelf: Path) -> list[str]:
    return [one.release.name for one in installed(shelf, SYSTEM)]


def test_an_installed_edition_reads_back_as_it_was(tmp_path: Path) -> None:
    install(tmp_path, edition(nodes=RICH, lines=LINES), notes={"columns": "a=b"})
    (found,) = installed(tmp_path, SYSTEM)
    assert list(found.nodes()) == RICH
    assert list(found.index()) == LINES
    assert found.release == edition().release
    assert found.folder is not None
    told = read_manifest(found.folder)
    assert told is not None
    assert told.counts == {"codes": 3, "billable": 1, "notes": 2, "index_terms": 4}
    assert told.sources == {"test data": "1"}
    assert told.notes == {"columns": "a=b"}


def test_releases_lie_side_by_side_oldest_first(tmp_path: Path) -> None:
    install(tmp_path, NEXT)
    install(tmp_path, FIRST)
    assert names(tmp_path) == ["FY2026", "FY2027"]


def test_a_release_installed_again_replaces_itself(tmp_path: Path) -> None:
    install(tmp_path, FIRST)
    install(tmp_path, edition(nodes=NODES[:3]))
    (found,) = installed(tmp_path, SYSTEM)
    assert len(list(found.nodes())) == 3
    assert found.folder is not None
    assert [path.name for path in found.folder.parent.iterdir()] == [found.folder.name]


def test_the_same_content_again_is_the_same_edition(tmp_path: Path) -> None:
    first, second = install(tmp_path, FIRST), install(tmp_path, FIRST)
    assert dict(first.sources) == dict(second.sources)
    assert names(tmp_path) == ["FY2026"]


def test_an_edition_in_use_stays_readable_after_it_was_replaced(tmp_path: Path) -> None:
    old = install(tmp_path, FIRST)
    assert old.folder is not None
    hold = Hold(old.folder)
    install(tmp_path, edition(nodes=NODES[:3]))
    assert len(list(old.nodes())) == 4
    assert len(list(installed(tmp_path, SYSTEM)[0].nodes())) == 3
    hold.close()


def test_a_failure_while_it_is_prepared_changes_nothing(tmp_path: Path) -> None:
    install(tmp_path, FIRST)

    def fail(_: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(CorpusError, match=r"No space left on device.*nothing was changed"):
        install(tmp_path, edition(nodes=NODES[:3]), fail)
    (found,) = installed(tmp_path, SYSTEM)
    assert len(list(found.nodes())) == 4
    assert not list((tmp_path / "icd10cm").glob(".staging-*"))


def test_nodes_that_cannot_be_read_change_nothing(tmp_path: Path) -> None:
    install(tmp_path, FIRST)
    with pytest.raises(CorpusError, match=r"E11\.9 is there twice"):
        install(tmp_path, edition(nodes=[*NODES, NODES[2]]))
    with pytest.raises(CorpusError, match="no codes"):
        install(tmp_path, edition(nodes=RICH[:2]))
    assert len(list(installed(tmp_path, SYSTEM)[0].nodes())) == 4


def test_an_install_that_is_killed_changes_nothing_and_is_swept(tmp_path: Path) -> None:
    install(tmp_path, FIRST)
    script = (
        "import sys, time; from pathlib import Path; from corpus.editions import install; "
        "from tests.corpus.small import NODES, edition; "
        "wait = lambda _: (print('staged', flush=True), time.sleep(60)); "
        "install(Path(sys.argv[1]), edition(nodes=NODES[:3]), wait)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout and writer.stdout.readline() == b"staged\n"
        assert list((tmp_path / "icd10cm").glob(".staging-*"))
        install(tmp_path, NEXT)  # one that goes on beside it leaves the other's folder alone
        assert list((tmp_path / "icd10cm").glob(".staging-*"))
        writer.kill()
    assert len(list(installed(tmp_path, SYSTEM)[0].nodes())) == 4
    install(tmp_path, NEXT)
    assert not list((tmp_path / "icd10cm").glob(".staging-*"))
    assert names(tmp_path) == ["FY2026", "FY2027"]


@pytest.mark.parametrize("damage", ["", "{", '{"format": 0}', "[]"])
def test_a_damaged_edition_is_not_there(tmp_path: Path, damage: str) -> None:
    found = install(tmp_path, FIRST)
    install(tmp_path, NEXT)
    assert found.folder is not None
    (found.folder / editions.MANIFEST).write_text(damage)
    assert names(tmp_path) == ["FY2027"]


def test_an_edition_of_another_format_is_not_there(tmp_path: Path) -> None:
    found = install(tmp_path, FIRST)
    assert found.folder is not None
    path = found.folder / editions.MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 1}))
    assert names(tmp_path) == []


def test_a_removed_edition_is_gone(tmp_path: Path) -> None:
    install(tmp_path, FIRST)
    assert remove(tmp_path, SYSTEM, "FY2026")
    assert names(tmp_path) == []
    assert not remove(tmp_path, SYSTEM, "FY2026")


def test_a_removed_edition_uncovers_no_earlier_import_that_is_still_read(tmp_path: Path) -> None:
    first = install(tmp_path, FIRST)
    assert first.folder is not None
    hold = Hold(first.folder)
    install(tmp_path, edition("2", nodes=NODES[:3]))
    assert first.folder.exists()
    assert remove(tmp_path, SYSTEM, "FY2026")
    assert names(tmp_path) == []
    hold.close()


def test_an_edition_is_on_the_disk_before_it_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(editions, "flush", lambda path: flushed.append((path.name, names(tmp_path))))
    install(tmp_path, FIRST)
    assert [name for name, seen in flushed if not seen][:2] == [editions.LIBRARY, editions.MANIFEST]
    assert [seen for _, seen in flushed][-1] == ["FY2026"]  # the folder that the rename changed


def test_a_shelf_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CorpusError, match="nothing was changed"):
        install(tmp_path / "file", FIRST)


@pytest.mark.parametrize(
    ("day", "name", "stands"),
    [
        ("2026-09-30", "FY2026", Standing.IN_FORCE),
        ("2026-10-01", "FY2027", Standing.IN_FORCE),
        ("2024-01-01", "FY2026", Standing.NEWER),
        ("2027-10-01", "FY2027", Standing.OLDER),
    ],
)
def test_the_date_of_service_picks_the_release(day: str, name: str, stands: Standing) -> None:
    date = dt.date.fromisoformat(day)
    for listed in ((FIRST, NEXT), (NEXT, FIRST)):
        found = choose(listed, date)
        assert found is not None
        assert found.release.name == name
        assert standing(found.release, date) is stands
        assert bool(note_on(found.release, date)) is (stands is not Standing.IN_FORCE)


def test_a_gap_between_releases_is_told() -> None:
    date = dt.date(2026, 11, 1)
    later = edition(name="FY2028", starts="2027-10-01", ends="2028-09-30")
    found = choose((FIRST, later), date)
    assert found is FIRST
    assert "ended 2026-09-30" in note_on(found.release, date)


def test_an_undated_edition_serves_only_when_no_dated_one_is_there() -> None:
    date = dt.date(2026, 11, 1)
    starter = edition(name="starter", starts="", ends="")
    assert choose((starter, FIRST), date) is FIRST
    assert choose((starter,), date) is starter
    assert standing(starter.release, date) is Standing.UNDATED
    assert choose((), date) is None


def test_listing_the_shelf_is_fast(tmp_path: Path) -> None:
    for year in range(2020, 2026):
        install(tmp_path, edition(name=f"FY{year}", starts=f"{year - 1}-10-01", ends=f"{year}-09-30"))
    started = time.perf_counter()
    assert len(installed(tmp_path, SYSTEM)) == 6
    assert time.perf_counter() - started < 0.5


def test_a_later_start_within_the_fiscal_year_is_told_of_changed_codes_alone() -> None:
    april = edition(name="FY2026 (April)", starts="2026-04-01").release
    winter = dt.date(2025, 12, 1)
    assert note_on(april, winter) == ""
    assert "after the date 2025-12-01" in note_on(april, winter, changed=True)
    assert "after the date 2025-09-30" in note_on(april, dt.date(2025, 9, 30))
    quarterly = replace(april, system=CodeSystem.HCPCS)
    assert note_on(quarterly, winter)
