"""Site data: fees fill in charges, imported edits reach the scrubber, and a bad file changes nothing."""

import contextlib
import datetime as dt
import io
import json
import sqlite3
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import make_url

from assistant.claim.completion import with_site_data
from assistant.claim.site import Loaded, SiteData
from assistant.cli import main
from assistant.errors import InputError
from assistant.settings import load_settings
from assistant.store.engine import open_store
from corpus.errors import CorpusError
from tests.claim.samples import encounter, record

DAY = dt.date(2026, 11, 9)
V3_TABLES = {
    *("site_fees", "site_providers", "site_payers", "site_procedure_pairs", "site_unit_limits", "site_addon_codes"),
    *("claim_services", "claim_answers"),
}
FEES = """code,modifier,payer,charge,effective,through,remark
99214,,,"$1,245.00",,2025-12-31,old
99214,,,"$1,300.00",2026-01-01,,new
99214,,BMHP1,250,1/1/2026,12/31/2026,
29540,LT,,95.00,,,
L1902,,,110.5,,,
"""
NOTICE = '"CPT only copyright of its owner. All rights reserved, everywhere."'
PAIRS = (
    f"{NOTICE}\n"
    "Column1/Column 2 Edits\n"
    '"Column 1"\t"Column 2"\t"* = in existence\nprior to 1996"\t"Effective\nDate"\t"Deletion\nDate\n*=no data"\t'
    '"Modifier\n0=not allowed\n1=allowed\n9=not applicable"\t"PTP Edit Rationale"\n'
    "99214\t83036\t\t20200101\t*\t0\tMisuse of column two code\n29540\tL1902\t\t20200101\t20261231\t1\tx\n"
    "99214\t29540\t*\t19960101\t20251231\t0\tx\n99213\t29540\t\t20200101\t*\t9\tx\n"
    "\n"
    f"{NOTICE}\n"
)
"""The layout of the published pair tables: a notice, a title, a header of cells with line breaks, `*` for open, and 9 for
an edit that was taken back."""
UNITS = (
    f"{NOTICE},,,\n"
    '"HCPCS/\nCPT Code","Practitioner Services MUE Values","MUE Adjudication Indicator","MUE Rationale"\n'
    "83036,1,3 Date of Service Edit: Clinical,Nature of Service/Procedure\n29540,2,1 Line Edit,Anatomic Consideration\n"
)
HOSPITAL_UNITS = UNITS.replace("Practitioner", "Outpatient Hospital").replace("83036,1", "83036,4")
ADDONS = (
    "Add-on Code edits\n"
    "Add_on_Code\tEdit_Type\tPrimary_Code\tPrimary_Eff_Date\tPrimary_Del_Date\n"
    "99417\t1\t99205\t20210101\t\n99417\t1\t99215\t20210101\t\n0042T\t2\tCCCCC\t20200101\t\n11001\t1\t11000\t20100101\t20200101\n"
)
PROVIDERS = (
    "npi,organization,last_name,first_name,taxonomy,tax_id,line1,city,state,zip,phone\n"
    "1497758544,Alder Clinic,,,207Q00000X,31-1234567,1 Main St,Dayton,OH,454100001,9375550100\n"
    "1234567893,,Okafor,Chidi,207R00000X,,,,,,\n"
)
PAYERS = (
    "id,name,filing indicator,filing_days,line1,city,state,zip\nBMHP1,Blue Mesa Plan,CI,90,PO Box 1,Dayton,OH,45410\n"
)


@pytest.fixture
def site(tmp_path: Path) -> SiteData:
    return SiteData(open_store(load_settings({"SUPERBILL_HOME": str(tmp_path / "home")})))


def file(folder: Path, text: str | bytes, name: str = "import.txt") -> list[Path]:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return [path]


def workbook(text: str) -> bytes:
    """The same table as .xlsx, numbers as numbers, the way the published workbooks hold them."""
    import csv

    import openpyxl

    book = openpyxl.Workbook()
    for cells in csv.reader(io.StringIO(text), delimiter="\t" if "\t" in text else ","):
        book.active.append([int(cell) if cell.isdigit() and len(cell) in (1, 8) else cell or None for cell in cells])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_fees_by_modifier_payer_and_day(site: SiteData, tmp_path: Path) -> None:
    (loaded,) = site.load(file(tmp_path, FEES))
    assert (loaded.kind, loaded.rows) == ("fee schedule", 5)
    assert site.fee("99214", ("25",), DAY) == Decimal("1300.00")
    assert site.fee("99214", ("25",), dt.date(2025, 5, 5)) == Decimal("1245.00")
    assert site.fee("99214", (), DAY, "BMHP1") == Decimal("250.00")
    assert site.fee("99214", (), dt.date(2025, 5, 5), "BMHP1") == Decimal("1245.00")
    assert site.fee("29540", ("LT",), DAY) == Decimal("95.00")
    assert site.fee("29540", (), DAY) is None and site.fee("99999", (), DAY) is None
    site.load(file(tmp_path, "code,charge\n99215,1\n"))
    assert site.fee("99214", (), DAY) is None


@pytest.mark.parametrize("shape", ["text", "xlsx", "zip"])
def test_pairs_in_the_published_layouts_hold_on_their_days_only(site: SiteData, tmp_path: Path, shape: str) -> None:
    content: str | bytes = PAIRS if shape == "text" else workbook(PAIRS)
    if shape == "zip":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("ccipra-v320r0-f1.TXT", PAIRS)
            archive.writestr("ccipra-v320r0-f1.xlsx", workbook(PAIRS.replace("99214\t83036", "99215\t83036")))
            archive.writestr("readme.pdf", b"%PDF")
        content = packed.getvalue()
    name = {"text": "ccipra-v320r0-f1.txt", "xlsx": "ccipra-v320r0-f1.xlsx", "zip": "practitioner.zip"}[shape]
    loaded = site.load(file(tmp_path, content, name))
    assert {(item.kind, item.setting, item.rows) for item in loaded} == {("NCCI pairs", "practitioner", 3)}
    assert site.pair("99214", "83036", DAY) is False
    assert site.pair("29540", "L1902", DAY) is True
    assert site.pair("99214", "29540", DAY) is None
    assert site.pair("99214", "29540", dt.date(2025, 1, 1)) is False
    assert site.pair("99213", "29540", DAY) is None
    assert site.pair("99214", "83036", DAY, hospital=True) is None
    assert site.pair("99215", "83036", DAY) is (False if shape == "zip" else None)


def test_hospital_tables_stand_beside_those_for_practitioners(site: SiteData, tmp_path: Path) -> None:
    site.load(file(tmp_path, PAIRS))
    site.load(file(tmp_path, PAIRS.replace("99214", "99215"), "ccioph-v320r0-f1.txt"))
    assert site.pair("99214", "83036", DAY) is False and site.pair("99215", "83036", DAY) is None
    assert site.pair("99215", "83036", DAY, hospital=True) is False
    site.load(file(tmp_path, UNITS))
    site.load(file(tmp_path, HOSPITAL_UNITS))
    assert site.most_units("83036", DAY) == (1, True) and site.most_units("83036", DAY, hospital=True) == (4, True)


@pytest.mark.parametrize("packed", [False, True])
def test_unit_limits_say_whether_they_count_by_line_or_by_day(site: SiteData, tmp_path: Path, packed: bool) -> None:
    assert site.load(file(tmp_path, workbook(UNITS) if packed else UNITS))[0].rows == 2
    assert site.most_units("83036", DAY) == (1, True)
    assert site.most_units("29540", DAY) == (2, False)
    assert site.most_units("99214", DAY) is None
    equipment = "HCPCS Code,DME Supplier Services MUE Values,MUE Adjudication Indicator\nL1902,2,2 Date\n"
    site.load(file(tmp_path, equipment))
    assert site.most_units("L1902", DAY) == (2, True) and site.most_units("L1902", DAY, hospital=True) is None


def test_add_on_codes_and_what_they_go_with(site: SiteData, tmp_path: Path) -> None:
    assert site.load(file(tmp_path, ADDONS))[0].kind == "add-on codes"
    assert site.parents("99417", DAY) == {"99205", "99215"}
    assert site.parents("0042T", DAY) == frozenset()
    assert site.parents("11001", DAY) is None and site.parents("99214", DAY) is None
    assert site.parents("11001", dt.date(2015, 1, 1)) == {"11000"}


def test_providers_and_payers(site: SiteData, tmp_path: Path) -> None:
    paths = file(tmp_path, PROVIDERS, "providers.csv") + file(tmp_path, PAYERS, "payers.csv")
    assert [(item.kind, item.rows) for item in site.load(paths)] == [("providers", 2), ("payers", 1)]
    clinic, plan = site.provider("1497758544"), site.payer("BMHP1")
    assert clinic and (clinic["organization"], clinic["tax_id"], clinic["zip"]) == (
        "Alder Clinic",
        "311234567",
        "454100001",
    )
    assert plan and plan["name"] == "Blue Mesa Plan" and site.filing_days("BMHP1") == 90
    assert site.provider("1881764593") is None and site.filing_days("OTHER") is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n", "is no fee schedule"),
        ("code,charge\n", "no row"),
        ("code,charge\n99214,many\n99215,1.005\n9921,1\n", "line 2.*line 3.*line 4: code 9921 has lost"),
        ("code,charge\n99214,1\n99214,2\n", r"line 3: 99214 stands twice \(line 2\)"),
        ("code,charge,starts,ends\n99214,1,2026-01-01,\n99214,2,2026-06-01,\n", "stands twice"),
        ("code,charge,starts,ends\n99214,1,2026-05-01,2026-01-01\n", "the last lies before the first"),
        (PAIRS + "rubbish\n", "line 17 is not a pair"),
        (UNITS + "x,y\n", "is not a unit limit"),
        (PROVIDERS.replace("1234567893", "1234567890"), "line 3: the NPI fails"),
        (PROVIDERS.replace("31-1234567", "31"), "line 2: the tax id"),
        (PROVIDERS.replace("Dayton,OH,454100001", "Dayton,OH,"), "line 2: the address lacks zip"),
        (PAYERS + "BMHP1,Again,,,,,,\n", "line 3: payer BMHP1 stands twice"),
        (PAYERS.replace(",90,", ",soon,"), "filing_days is a number"),
        (PAYERS.replace("45410", "5410"), "ZIP code"),
    ],
)
def test_a_bad_file_is_told_and_changes_nothing(site: SiteData, tmp_path: Path, text: str, sentence: str) -> None:
    good = [*file(tmp_path, FEES), *file(tmp_path, PAIRS, "pairs.txt"), *file(tmp_path, PAYERS, "payers.csv")]
    site.load(good)
    bad = file(tmp_path, text, "bad.txt")
    with pytest.raises((InputError, CorpusError), match=sentence):
        site.load([*file(tmp_path, "code,charge\n99215,1\n", "new.csv"), *bad])
    assert site.fee("99214", (), DAY) == Decimal("1300.00")
    assert site.pair("99214", "83036", DAY) is False and site.filing_days("BMHP1") == 90


def test_a_preview_reads_everything_and_keeps_nothing(site: SiteData, tmp_path: Path) -> None:
    site.load(file(tmp_path, FEES))
    assert site.load(file(tmp_path, "code,charge\n99215,1\n", "new.csv"), preview=True) == (
        Loaded("new.csv", "fee schedule", "", 1),
    )
    assert site.fee("99214", (), DAY) == Decimal("1300.00") and site.fee("99215", (), DAY) is None
    with pytest.raises(InputError, match="line 2"):
        site.load(file(tmp_path, "code,charge\n99215,x\n", "new.csv"), preview=True)


def test_the_commands_use_what_was_imported(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    services = [{**line, "charge": None} for line in record()["services"]]
    services[3]["units"] = "2"
    coverage = {**record()["coverage"], "payer": {"id": "BMHP1"}, "filing_indicator": ""}
    lean = record(services=services, billing_provider={"npi": "1497758544"}, coverage=coverage, rendering_provider=None)
    (home / "e.json").write_text(json.dumps(lean))
    out = ["claim", "draft", str(home / "e.json"), "--out", str(home / "c.837")]
    assert main(out) == 2
    said = capsys.readouterr().err
    for fact in ("services[1].charge", "filing_indicator", "billing_provider.tax_id", "billing_provider.address"):
        assert f"{fact} is missing" in said
    files = [
        *file(home, FEES + "83036,,,35,,,\n", "fees.csv"),
        *file(home, PAIRS, "pairs.txt"),
        *file(home, PROVIDERS, "providers.csv"),
        *file(home, PAYERS, "payers.csv"),
    ]
    assert main(["claim", "import", "--preview", *map(str, files)]) == 0
    assert "Would load fees.csv: fee schedule, 6 rows." in capsys.readouterr().out
    assert main(out) == 2
    assert main(["claim", "import", *map(str, files)]) == 0
    assert "Loaded pairs.txt: NCCI pairs (practitioner), 3 rows." in capsys.readouterr().out
    assert main(out) == 1
    assert "CL-0333" in capsys.readouterr().err
    text = (home / "c.837").read_text()
    assert "*250*UN*1" in text and "*221*UN*2" in text and "CLM*DEMO1001*601*" in text
    for piece in (
        "NM1*85*2*Alder Clinic*",
        "REF*EI*311234567~",
        "N3*1 Main St~",
        "NM1*PR*2*Blue Mesa Plan*",
        "*18*******CI~",
    ):
        assert piece in text, piece
    assert main(["claim", "import", str(home / "absent.csv")]) == 2


def test_every_payer_is_billed_the_charge_of_the_first_ones_schedule(site: SiteData, tmp_path: Path) -> None:
    """Else a secondary claim would not add up with what the primary decided."""
    fees = "code,charge,payer\n99214,300,\n99214,250,BMHP1\n99214,500,OSP22\n"
    site.load(file(tmp_path, fees))
    services = [{**record()["services"][0], "charge": None}]
    first, second = record()["coverage"], {**record()["coverage"], "payer": {"id": "OSP22", "name": "Second"}}
    second["responsibility"] = "secondary"
    for billed, other in ((first, second), (second, first)):
        made = with_site_data(encounter(services=services, coverage=billed, other_coverages=[other]), site)
        assert made.services[0].charge == Decimal("250.00")
    given = with_site_data(encounter(coverage=first), site)
    assert given.services[0].charge == Decimal("245.00"), "what the encounter says stands"


def test_what_was_imported_before_the_tables_changed_is_still_there(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    settings = load_settings({"SUPERBILL_HOME": str(home)})
    open_store(settings).dispose()
    path = str(make_url(settings.database_url).database)
    with contextlib.closing(sqlite3.connect(path)) as old, old:
        for name in ("fees", "procedure_pairs", "unit_limits"):
            assert old.execute("SELECT count(*) FROM sqlite_master WHERE name = ?", (name,)).fetchone() == (0,)
        for name in sorted(V3_TABLES):
            old.execute(f"DROP TABLE {name}")
        old.executescript(
            "ALTER TABLE claims DROP COLUMN first_segment; ALTER TABLE claims DROP COLUMN last_segment;"
            "CREATE TABLE fees (code, modifier, cents); INSERT INTO fees VALUES ('99214', 'LT', 12345);"
            "CREATE TABLE procedure_pairs (id, first, second, starts, ends, modifier);"
            "INSERT INTO procedure_pairs VALUES (1, '99214', '83036', '20200101', '99991231', 0);"
            "CREATE TABLE unit_limits (code, most); INSERT INTO unit_limits VALUES ('83036', 1);"
            "UPDATE alembic_version SET version_num = '0002'"
        )
    site = SiteData(open_store(settings))
    assert site.fee("99214", ("LT",), DAY) == Decimal("123.45")
    assert site.pair("99214", "83036", DAY) is False and site.most_units("83036", DAY) == (1, False)
