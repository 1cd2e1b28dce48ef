"""Site data: fees fill in charges, imported edits reach the scrubber, and a bad file changes nothing."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.claim.site import SiteData
from assistant.cli import main
from assistant.errors import InputError
from assistant.review.store import open_store
from assistant.settings import load_settings
from tests.claim.samples import record

DAY = dt.date(2026, 11, 9)
FEES = 'code,modifier,charge,remark\n99214,,"$1,245.00",x\n29540,LT,95.00,\nL1902,,110.5,\n'
PAIRS = (
    "Notice of the publisher\n"
    "Column 1\tColumn 2\t*=in existence prior to 1996\tEffective Date\tDeletion Date\tModifier\tRationale\n"
    "99214\t83036\t\t20200101\t*\t0\tx\n29540\tL1902\t\t20200101\t20261231\t1\tx\n"
    "99214\t29540\t\t20200101\t20251231\t0\tx\n99213\t29540\t\t20200101\t*\t9\tx\n"
)
UNITS = "HCPCS/CPT Code,Practitioner Services MUE Values,MUE Adjudication Indicator\n83036,1,3 Date of Service\n"


@pytest.fixture
def site(tmp_path: Path) -> SiteData:
    return SiteData(open_store(load_settings({"SUPERBILL_HOME": str(tmp_path / "home")})))


def file(folder: Path, text: str) -> Path:
    path = folder / "import.txt"
    path.write_text(text)
    return path


def test_fees_with_and_without_modifier(site: SiteData, tmp_path: Path) -> None:
    assert site.load(file(tmp_path, FEES)) == ("fee schedule", 3)
    assert site.fee("99214", ["25"]) == Decimal("1245.00")
    assert site.fee("29540", ["LT"]) == Decimal("95.00")
    assert site.fee("29540") is None and site.fee("99999") is None
    assert site.load(file(tmp_path, "code,charge\n99215,1\n")) == ("fee schedule", 1)
    assert site.fee("99214") is None


def test_pairs_hold_on_their_days_only(site: SiteData, tmp_path: Path) -> None:
    assert site.load(file(tmp_path, PAIRS)) == ("NCCI pairs", 3)
    assert site.pair("99214", "83036", DAY) is False
    assert site.pair("29540", "L1902", DAY) is True
    assert site.pair("99214", "29540", DAY) is None
    assert site.pair("99214", "29540", dt.date(2025, 1, 1)) is False
    assert site.pair("99213", "29540", DAY) is None


def test_unit_limits(site: SiteData, tmp_path: Path) -> None:
    assert site.load(file(tmp_path, UNITS)) == ("unit limits", 1)
    assert (site.most_units("83036", DAY), site.most_units("99214", DAY)) == (1, None)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is no fee schedule"),
        ("a,b\n1,2\n", "is no fee schedule"),
        ("code,charge\n", "no row"),
        ("code,charge\n99214,many\n", "line 2"),
        ("code,charge\n99214,1.005\n", "line 2"),
        ("code,charge\n99214,1\n99214,2\n", "line 3: 99214 stands twice"),
        (PAIRS + "rubbish\n", "line 7 is not a pair"),
    ],
)
def test_a_bad_file_is_told_and_changes_nothing(site: SiteData, tmp_path: Path, text: str, sentence: str) -> None:
    site.load(file(tmp_path, FEES))
    with pytest.raises(InputError, match=sentence):
        site.load(file(tmp_path, text))
    assert site.fee("99214") == Decimal("1245.00")


def test_the_commands_use_what_was_imported(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    services = [{**line, "charge": None} for line in record()["services"]]
    services[3]["units"] = "2"
    (home / "e.json").write_text(json.dumps(record(services=services)))
    out = ["claim", "draft", str(home / "e.json"), "--out", str(home / "c.837")]
    assert main(out) == 2
    assert "services[1].charge is missing" in capsys.readouterr().err
    (home / "fees.csv").write_text(FEES + "83036,,35,\n")
    (home / "pairs.txt").write_text(PAIRS)
    assert main(["claim", "import", str(home / "fees.csv"), str(home / "pairs.txt")]) == 0
    assert "fee schedule, 4 rows" in capsys.readouterr().out
    assert main(out) == 1
    assert "CL-0333" in capsys.readouterr().err
    text = (home / "c.837").read_text()
    assert "*1245*UN*1" in text and "*221*UN*2" in text and "CLM*DEMO1001*1596*" in text
    assert main(["claim", "import", str(home / "absent.csv")]) == 2
