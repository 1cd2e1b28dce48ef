"""What the Administrator tab shows, as HTML."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from assistant.accounts.principal import Role
from assistant.services import Services
from assistant.web.admin_imports import AdminSitting
from assistant.web.views import empty, render
from assistant.web.words import say
from corpus.codes import CodeSystem

if TYPE_CHECKING:
    from assistant.accounts.trail import Line
    from assistant.accounts.users import User
    from corpus.editions import Edition


def shell_html(services: Services, sitting: AdminSitting) -> str:
    """The tab with what does not have to be asked for."""
    return render(
        "admin",
        releases=Markup(releases_html(services)),
        importing=Markup(import_html(sitting)),
        chore=Markup(chore_html(sitting)),
        settings=Markup(settings_html(services)),
        roles=list(Role),
    )


def editions(services: Services) -> "Iterator[Edition]":
    """Every release of every code system that is here."""
    for which in CodeSystem:
        yield from services.catalog.editions(which)


def releases_html(services: Services) -> str:
    """Code systems and releases with their days in force, their size and the state of their index."""
    from corpus.sources.validity import FIRST_DATE, LAST_DATE

    catalog = services.catalog
    rows = [_release(services, edition) for edition in editions(services)]
    absent = [which.value for which in CodeSystem if not catalog.editions(which)]
    return render(
        "releases",
        rows=rows,
        absent=absent,
        first=FIRST_DATE.isoformat(),
        last=LAST_DATE.isoformat(),
    )


def _release(services: Services, edition: "Edition") -> dict[str, Any]:
    from corpus.editions import read_manifest
    from corpus.index import manifest as manifests
    from corpus.index.build import current_folder, is_current

    catalog, release = services.catalog, edition.release
    current = is_current(catalog.index_root, edition)
    index = manifests.read(current_folder(catalog.index_root, edition)) if current else None
    shelved = read_manifest(edition.folder) if edition.folder else None
    codes = shelved.counts.get("billable", shelved.counts.get("codes", 0)) if shelved else 0
    return {
        "title": release.title,
        "source": release.source,
        "starts": release.starts,
        "ends": release.ends,
        "imported": bool(edition.folder),
        "installed_at": shelved.installed_at[:10] if shelved else "",
        "codes": codes or (index.billable_codes if index else 0),
        "terms": index.rows if index else 0,
        "built_at": index.built_at[:10] if index else "",
        "current": current,
    }


def import_html(sitting: AdminSitting) -> str:
    """What was looked at."""
    from assistant.commands.import_report import counts_of

    draft = sitting.draft
    if draft is None:
        return ""
    found = [(one, {name: count for name, count in counts_of(one).items() if count}) for one in draft.previews]
    return render("import", draft=draft, found=found)


def chore_html(sitting: AdminSitting) -> str:
    """How far an import or an index is; empty while none is under way."""
    job = sitting.chore
    return render("progress", label=job.label, done=job.done, total=job.total) if job and not job.ended else ""


def settings_html(services: Services) -> str:
    """What the site has set about models and privacy; no secret is shown. Nothing here can be changed in the page."""
    settings = services.settings
    model, trust = settings.model, settings.trust
    return render(
        "settings",
        model=model,
        state=_model_state(services),
        spent=_spent(services),
        facts=[
            ("store", settings.database_url.partition(":")[0]),
            ("encrypted", say("admin.yes") if trust.key or trust.key_file else say("admin.no")),
            ("precedents", say("admin.yes") if settings.precedents else say("admin.no")),
            (
                "retention",
                ", ".join(f"{kind} {days}" for kind, days in trust.retention.items()) or say("admin.for_good"),
            ),
            ("session", say("admin.session_of", idle=trust.session_idle_minutes, hours=trust.session_hours)),
            ("lock", say("admin.lock_of", failures=trust.login_failures, minutes=trust.lockout_minutes)),
            ("proxy", say("admin.yes") if trust.proxy_secret else say("admin.no")),
            ("log", trust.log or say("admin.nowhere")),
        ],
    )


def _model_state(services: Services) -> str:
    """off, local, remote or refused."""
    try:
        from assistant.chat.providers import is_local, require_allowed
    except ModuleNotFoundError:
        return "off"
    from assistant.errors import SuperbillError

    model = services.settings.model
    if not model.name:
        return "off"
    try:
        require_allowed(model)
    except SuperbillError:
        return "refused"
    return "local" if is_local(model) else "remote"


def _spent(services: Services) -> Any:
    try:
        from assistant.chat.calls import spent_today
    except ModuleNotFoundError:
        return None
    return spent_today(services.settings)


def outbound_html(services: Services, text: str) -> str:
    """What a question with this text would send, and where."""
    from assistant.chat.outbound import preview
    from assistant.model import Message

    shown = preview(services.settings, [Message("user", text)])
    return render("outbound", shown=shown, sent=[str(one.get("content", "")) for one in shown["messages"]])


def users_html(users: "Sequence[User]", own: str) -> str:
    """The accounts; without any, that there is none."""
    return render("users", users=users, roles=list(Role), own=own) if users else empty("admin.no_users")


def audit_html(lines: "Sequence[Line]") -> str:
    """The trail, newest first."""
    return render("audit", lines=lines[::-1]) if lines else empty("admin.no_lines")
