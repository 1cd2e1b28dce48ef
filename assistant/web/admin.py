"""The Administrator tab: releases and imports, models and privacy, accounts, the trail of who did what."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from assistant.accounts.principal import EVERY_ROLE, Role, current, local
from assistant.errors import InputError
from assistant.services import Services
from assistant.web import admin_view as view
from assistant.web.admin_chores import Indexing, Installing
from assistant.web.admin_imports import AdminSitting, looked_at
from assistant.web.desk import Answer, Desk, Said
from assistant.web.views import banner
from assistant.web.words import say

if TYPE_CHECKING:
    from assistant.accounts.trail import Trail
    from assistant.accounts.users import Users

POLL = 500
"""Milliseconds between two questions for the progress of an import or an index."""
COLUMNS = ("code", "description", "short")
"""What the columns of a licensed CPT file may be named for."""
TAIL = 60
"""Lines of the trail shown."""


class AdminDesk(Desk[AdminSitting]):
    """What an administrator does."""

    name = "admin"
    roles = (Role.ADMINISTRATOR,)
    most_upload = 100_000_000

    def __init__(self, services: Services) -> None:
        super().__init__(AdminSitting)
        self._services = services

    def works(self) -> Mapping[str, Callable[[Said, AdminSitting], Answer]]:
        """Name -> what is done."""
        return {
            "look": self.looked,
            "install": self.installed,
            "index": self.indexed,
            "forget": self.forgotten,
            "remove": self.removed,
            "progress": self.progress,
            "outbound": self.outbound,
            "users": self.users,
            "add_user": self.added,
            "user": self.changed,
            "audit": self.audit,
            "verify": self.verified,
        }

    def shell(self, sitting: AdminSitting) -> str:
        """The tab as it stands."""
        return view.shell_html(self._services, sitting)

    def poll(self, sitting: AdminSitting) -> int:
        """An import or an index that is under way is asked for again."""
        return POLL if sitting.chore else 0

    def _users(self) -> "Users":
        from assistant.accounts.users import Users

        return Users(self._services.engine, self._services.settings.trust)

    def _trail(self) -> "Trail":
        from assistant.accounts.trail import Trail

        return Trail(self._services.engine)

    # Releases ---------------------------------------------------------------------------------------------------------

    def looked(self, said: Said, sitting: AdminSitting) -> Answer:
        """What dropped files hold, checked against the release in use. Nothing is installed."""
        self._free(sitting)
        sitting.draft = None
        columns = {field: column for field in COLUMNS if (column := said.text(f"column_{field}", 80))}
        sitting.draft = looked_at(
            self._services, said.files, said.text("release", 60), said.text("starts"), said.text("ends"), columns
        )
        return {"panels": {"sb-import": view.import_html(sitting)}, "told": ""}

    def installed(self, said: Said, sitting: AdminSitting) -> Answer:
        """Put what was looked at into use; until it is whole, what was there answers."""
        self._free(sitting)
        if sitting.draft is None:
            raise InputError(say("admin.nothing_to_install"))
        if sitting.draft.doubtful and "yes" not in said.several("sure"):
            raise InputError(say("admin.doubts_first"))
        sitting.chore = Installing(self._services, sitting.draft, self._trail())
        sitting.chore.start()
        return self.progress(said, sitting) | {"told": ""}

    def indexed(self, said: Said, sitting: AdminSitting) -> Answer:
        """Build the index of a release, or build it again."""
        self._free(sitting)
        title = said.text("title", 200)
        edition = next((one for one in view.editions(self._services) if one.release.title == title), None)
        if edition is None:
            raise InputError(say("admin.no_such_release"))
        sitting.chore = Indexing(self._services, edition, self._trail())
        sitting.chore.start()
        return self.progress(said, sitting) | {"told": ""}

    @staticmethod
    def _free(sitting: AdminSitting) -> None:
        """Raises InputError while something is under way."""
        if sitting.chore and not sitting.chore.ended:
            raise InputError(say("admin.import_busy"))

    def forgotten(self, said: Said, sitting: AdminSitting) -> Answer:
        """The files are not wanted."""
        sitting.draft = None
        return {"panels": {"sb-import": view.import_html(sitting)}, "told": ""}

    def progress(self, said: Said, sitting: AdminSitting) -> Answer:
        """How far the import or the index is."""
        job = sitting.chore
        if job is None:
            return {}
        if not job.ended:
            return {"panels": {"sb-chore": view.chore_html(sitting)}, "poll": POLL}
        sitting.chore = None
        if job.fault:
            told = banner(job.fault)
        else:
            sitting.draft = sitting.draft if isinstance(job, Indexing) else None
            told = banner(job.told, "done")
        panels = {"sb-import": view.import_html(sitting), "sb-releases": view.releases_html(self._services)}
        return {"panels": {"sb-chore": "", **panels}, "told": told}

    def removed(self, said: Said, sitting: AdminSitting) -> Answer:
        """Take an imported release away; what was packaged, or is nearest, answers again."""
        from assistant.accounts.trail import Event

        edition = next(
            (
                one
                for one in view.editions(self._services)
                if one.folder and one.release.title == said.text("title", 200)
            ),
            None,
        )
        if edition is None:
            raise InputError(say("admin.no_such_release"))
        self._services.catalog.remove(edition)
        self._trail().note(Event.IMPORT, f"removed {edition.release.title}")
        told = say("admin.removed", name=edition.release.title)
        return {"panels": {"sb-releases": view.releases_html(self._services)}, "told": banner(told, "done")}

    # Models -----------------------------------------------------------------------------------------------------------

    def outbound(self, said: Said, sitting: AdminSitting) -> Answer:
        """What a question would send to the model, without sending it."""
        text = said.text("text", 20_000)
        if not text:
            raise InputError(say("admin.outbound_needs"))
        return {"panels": {"sb-outbound": view.outbound_html(self._services, text)}, "told": ""}

    # Accounts ---------------------------------------------------------------------------------------------------------

    def users(self, said: Said, sitting: AdminSitting) -> Answer:
        """Every account."""
        return {"panels": {"sb-users": view.users_html(self._users().all(), current().name)}}

    def added(self, said: Said, sitting: AdminSitting) -> Answer:
        """A new account."""
        first = not self._users().any()
        user = self._users().add(said.text("name", 80), said.text("password", 1000), self._roles(said))
        told = say("admin.user_added", name=user.name)
        if first and current() == local():
            told += " " + say("admin.accounts_from_next_start")
        return self.users(said, sitting) | {"told": banner(told, "done")}

    def changed(self, said: Said, sitting: AdminSitting) -> Answer:
        """One account: other roles, another password, disabled or enabled."""
        name, what, users = said.text("name", 80), said.text("what"), self._users()
        if what == "roles":
            users.set_roles(name, self._roles(said))
        elif what == "password":
            users.set_password(name, said.text("password", 1000))
        elif what == "disable":
            users.disable(name)
        elif what == "enable":
            users.enable(name)
        else:
            raise InputError(say("desk.unknown"))
        told = say(f"admin.user_{what}", name=name)
        return self.users(said, sitting) | {"told": banner(told, "done")}

    @staticmethod
    def _roles(said: Said) -> list[Role]:
        return [role for role in Role if role.value in said.several("roles") and role in EVERY_ROLE]

    # Audit ------------------------------------------------------------------------------------------------------------

    def audit(self, said: Said, sitting: AdminSitting) -> Answer:
        """The last lines of the trail."""
        return {"panels": {"sb-audit": view.audit_html(self._trail().lines(TAIL))}}

    def verified(self, said: Said, sitting: AdminSitting) -> Answer:
        """Whether the chains of the trail and of the ledger of decisions hold."""
        faults = [*self._trail().faults(), *self._services.ledger.verify().faults]
        told = banner(" ".join(f"{fault}." for fault in faults[:10])) if faults else banner(say("admin.whole"), "done")
        return self.audit(said, sitting) | {"told": told}
