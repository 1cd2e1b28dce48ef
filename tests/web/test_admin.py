"""The administrator's whole job in a real browser, by mouse, over a store of its own."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from assistant.accounts.principal import Principal, Role, acting
from assistant.errors import ForbiddenError
from tests.corpus.sources import miniature
from tests.web.test_access import issues
from tests.web.test_biller import open_tab

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from assistant.services import Services


@pytest.fixture
def admin(visit: "Page") -> Iterator["Page"]:
    open_tab(visit, "Administrator").locator("#sb-admin").wait_for()
    yield visit


def drop(page: "Page", name: str, text: str) -> None:
    page.locator("#sb-import-drop input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
    )


@pytest.mark.browser
def test_releases_imports_privacy_users_and_audit(admin: "Page", own_services: "Services") -> None:
    releases = admin.locator("#sb-releases")
    expect(releases).to_contain_text("ICD-10-CM")
    expect(releases).to_contain_text("Current")

    # An import: looked at, doubted, installed, found, and taken away again.
    drop(admin, "photo.txt", "no code file")
    expect(admin.get_by_role("alert")).to_contain_text("Nothing to import")
    drop(admin, "HCPC2031_JAN_ANWEB.txt", miniature.hcpcs())
    looked = admin.locator("#sb-import")
    expect(looked).to_contain_text("HCPCS")
    expect(looked).to_contain_text("Doubt")
    assert not list((own_services.settings.home / "corpus").rglob("manifest.json"))
    looked.get_by_role("button", name="Install", exact=True).click()
    expect(admin.get_by_role("alert")).to_contain_text("because of the doubts")
    looked.get_by_label("I have read the doubts").check()
    looked.get_by_role("button", name="Install", exact=True).click()
    expect(admin.locator("#sb-admin .sb-banner.sb-done")).to_contain_text("In use now", timeout=90_000)
    expect(releases).to_contain_text("2031 January")
    releases.get_by_role("button", name="Build the index of HCPCS Level II 2031 January again").click()
    expect(admin.locator("#sb-admin .sb-banner.sb-done")).to_contain_text("The index of HCPCS", timeout=90_000)
    expect(admin.locator("#sb-chore")).to_be_empty()
    releases.get_by_role("button", name="Remove").click()
    expect(releases).not_to_contain_text("2031 January")

    # A licensed CPT file, by the names of its columns; the words are ours.
    expect(releases).to_contain_text("No CPT codes are loaded")
    licensed = "Number,Words\n99213,A visit of our own wording\n29540,A strap of our own wording\n"
    admin.get_by_label("Column of the codes").fill("Number")
    drop(admin, "licensed.csv", licensed)
    expect(admin.get_by_role("alert")).to_contain_text("needs both")
    admin.get_by_label("Column of the descriptions").fill("Words")
    admin.get_by_label("Release, if the files do not say").fill("2031")
    admin.get_by_label("In force from").fill("2031-01-01")
    drop(admin, "licensed.csv", licensed)
    expect(looked).to_contain_text("CPT")
    expect(looked).to_contain_text("2 codes")
    if looked.get_by_label("I have read the doubts").count():
        looked.get_by_label("I have read the doubts").check()
    looked.get_by_role("button", name="Install", exact=True).click()
    expect(admin.locator("#sb-admin .sb-banner.sb-done")).to_contain_text("CPT", timeout=90_000)
    expect(releases).not_to_contain_text("No CPT codes are loaded")
    releases.get_by_role("button", name="Remove").click()
    expect(releases).to_contain_text("No CPT codes are loaded")

    # What leaves the machine.
    admin.get_by_role("tab", name="Models and privacy").click()
    privacy = admin.locator("#sb-panel-privacy")
    expect(privacy).to_contain_text("Nothing leaves this machine")
    privacy.get_by_role("textbox").fill("Why was the claim of Maria Tanaka-Reyes, born 03/14/1961, denied?")
    privacy.get_by_role("button", name="Show what would be sent").click()
    sent = privacy.locator("#sb-outbound pre")
    expect(sent).to_contain_text("denied?")
    expect(sent).not_to_contain_text("1961")
    expect(privacy.locator("#sb-outbound")).to_contain_text("SUPERBILL_MODEL")

    # Accounts.
    admin.get_by_role("tab", name="Users").click()
    expect(admin.locator("#sb-users")).to_contain_text("There is no account yet")
    form = admin.locator("#sb-add-user")

    def add(name: str, role: str) -> None:
        form.get_by_label("Name").fill(name)
        form.get_by_label("Password").fill("a quiet harbour at noon")
        for box in form.get_by_role("checkbox").all():
            box.uncheck()
        form.get_by_label(role).check()
        form.get_by_role("button", name="Add").click()

    add("dana", "Biller")
    expect(admin.get_by_role("alert")).to_contain_text("The first account must be an administrator's")
    add("amara", "Administrator")
    expect(admin.locator("#sb-users tr", has_text="amara")).to_contain_text("Active")
    expect(form.get_by_label("Password")).to_have_value("")
    add("dana", "Biller")
    row = admin.locator("#sb-users tr", has_text="dana")
    row.get_by_label("Coder").check()
    row.get_by_role("button", name="Set the roles of dana").click()
    expect(admin.locator("#sb-admin .sb-banner")).to_contain_text("dana has other roles now")
    expect(row.get_by_label("Coder")).to_be_checked()
    row.get_by_role("button", name="Disable dana").click()
    expect(row).to_contain_text("Disabled")
    admin.locator("#sb-users tr", has_text="amara").get_by_role("button", name="Disable amara").click()
    expect(admin.get_by_role("alert")).to_contain_text("last administrator")

    found = issues(admin, "users")

    # The trail.
    admin.get_by_role("tab", name="Audit").click()
    audit = admin.locator("#sb-audit")
    expect(audit).to_contain_text("user disabled")
    expect(audit).to_contain_text("HCPCS")
    admin.get_by_role("button", name="Verify the chain").click()
    expect(admin.locator("#sb-admin .sb-banner")).to_contain_text("are whole")
    assert not found + issues(admin, "audit")


def test_a_failed_import_leaves_the_old_release(
    own_services: "Services", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.accounts.trail import Trail
    from assistant.web.admin_chores import Installing
    from assistant.web.admin_imports import looked_at
    from corpus.catalog import Catalog
    from corpus.codes import CodeSystem

    def failing(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    before = own_services.catalog.editions(CodeSystem.HCPCS)
    draft = looked_at(own_services, [("HCPC2031_JAN_ANWEB.txt", miniature.hcpcs().encode())])
    monkeypatch.setattr(Catalog, "build", failing)
    job = Installing(own_services, draft, Trail(own_services.engine))
    job.start()
    for _ in range(200):
        if job.ended:
            break
        time.sleep(0.05)
    assert job.ended and job.fault and not job.names
    assert own_services.catalog.editions(CodeSystem.HCPCS) == before
    assert not list(own_services.settings.home.glob("uploads-*/0"))


def test_an_index_tells_how_far_it_is_and_why_it_failed(
    own_services: "Services", monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.accounts.trail import Trail
    from assistant.web.admin_chores import Indexing
    from corpus.catalog import Catalog
    from corpus.codes import CodeSystem
    from corpus.errors import CorpusError
    from corpus.index.watching import tell

    (edition,) = own_services.catalog.editions(CodeSystem.PLACE)
    seen = []

    def building(*_: object, **__: object) -> None:
        for done in (0, 40, 175):
            tell("Embedding", done, 175)
            seen.append((job.label, job.done, job.total))
        raise CorpusError("the index folder cannot be written (No space left on device); set SUPERBILL_HOME")

    monkeypatch.setattr(Catalog, "build", building)
    job = Indexing(own_services, edition, Trail(own_services.engine))
    job.start()
    for _ in range(200):
        if job.ended:
            break
        time.sleep(0.05)
    assert [one[1:] for one in seen] == [(0, 175), (40, 175), (175, 175)]
    assert all("terms into the index" in label for label, _, _ in seen)
    assert job.ended and "No space left" in job.fault and "stays" in job.fault and not job.told
    with acting(Principal("dana", frozenset({Role.BILLER}))), pytest.raises(ForbiddenError):
        Indexing(own_services, edition, Trail(own_services.engine))


def test_without_the_role_nothing_is_looked_at_or_installed(own_services: "Services") -> None:
    from assistant.web.admin_imports import looked_at

    with acting(Principal("dana", frozenset({Role.BILLER}))), pytest.raises(ForbiddenError, match="administrator"):
        looked_at(own_services, [("x.txt", miniature.hcpcs().encode())])
