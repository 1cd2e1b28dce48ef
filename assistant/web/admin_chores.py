"""What an administrator starts and waits for: an import put into use, an index built. Each in a thread of its own."""

import threading
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING

from assistant.accounts.principal import Role, require
from assistant.errors import USER_ERRORS
from assistant.services import Services
from assistant.web.messages import spoken_error
from assistant.web.words import say

if TYPE_CHECKING:
    from assistant.accounts.trail import Trail
    from assistant.web.admin_imports import Draft
    from corpus.editions import Edition

STAGES = {
    "Preparing the encoder": "stage_encoder",
    "Embedding": "stage_embedding",
    "Indexing": "stage_indexing",
}
"""What a build says it does -> the word for it; it names the release it reads first."""


class Chore:
    """`label`, `done` and `total` say how far it is; at the end there is `told`, or a `fault`."""

    def __init__(self, services: Services, trail: "Trail") -> None:
        require(Role.ADMINISTRATOR)
        self.services, self.trail = services, trail
        self.label, self.done, self.total = say("admin.stage_reading"), 0, 0
        self.told = ""
        self.fault = ""
        self.ended = False

    def start(self) -> None:
        """Begin, as the person and in the language of the caller."""
        threading.Thread(target=copy_context().run, args=(self._run,), daemon=True).start()

    def work(self) -> str:
        """Do it; gives what to tell at the end."""
        raise NotImplementedError

    def failed(self, why: str) -> str:
        """What to tell when it could not be done."""
        raise NotImplementedError

    def _run(self) -> None:
        from corpus.index.watching import watched_by

        try:
            with watched_by(self._watch):
                self.told = self.work()
        except USER_ERRORS as error:
            self.fault = self.failed(spoken_error(error))
        except Exception as error:  # the page must say that it ended, whatever ended it
            self.fault = self.failed(say("evaluator.broke", kind=type(error).__name__))
        self.ended = True

    def _watch(self, label: str, done: int, total: int) -> None:
        self.label = say(f"admin.{STAGES[label]}") if label in STAGES else say("admin.stage_reading")
        self.done, self.total = done, total


class Installing(Chore):
    """The release goes on the shelf once its index is whole; a failure leaves everything as it was."""

    def __init__(self, services: Services, draft: "Draft", trail: "Trail") -> None:
        super().__init__(services, trail)
        self._draft = draft
        self.names: list[str] = []
        """Titles of the releases that are in use now."""

    def work(self) -> str:
        """Each release in turn."""
        from assistant.accounts.trail import Event
        from corpus.editions import Edition

        for one in self._draft.previews:
            if one.draft is None:
                continue
            draft, said = one.draft, (*one.remarks, *one.doubts)
            edition = Edition(draft.release, draft.sources, partial(iter, draft.nodes), partial(iter, draft.index))
            notes = {"remarks": "; ".join(said)} if said else {}
            self.services.catalog.install(edition, notes=notes, quiet=True)
            self.names.append(draft.release.title)
        self.trail.note(Event.IMPORT, ", ".join(self.names))
        return say("admin.imported", names=", ".join(self.names))

    def failed(self, why: str) -> str:
        """What was there stays."""
        return say("admin.import_failed", fault=why)


class Indexing(Chore):
    """The index of one release built, also when it is current; until it is whole, the one before answers."""

    def __init__(self, services: Services, edition: "Edition", trail: "Trail") -> None:
        super().__init__(services, trail)
        self._edition = edition

    def work(self) -> str:
        """Build, and see whether the new one could take its place."""
        from assistant.accounts.trail import Event
        from corpus.index import manifest as manifests
        from corpus.index.build import current_folder

        catalog, title = self.services.catalog, self._edition.release.title
        built = catalog.build(self._edition, force=True, quiet=True)
        self.trail.note(Event.IMPORT, f"index of {title}")
        stands = manifests.read(current_folder(catalog.index_root, self._edition))
        # An index that is being read keeps its place: the new one is the same, made of the same data.
        kept = stands is not None and stands.built_at != built.built_at
        return say("admin.index_kept" if kept else "admin.index_built", name=title, terms=f"{built.rows:,}")

    def failed(self, why: str) -> str:
        """The one before stands."""
        return say("admin.index_failed", name=self._edition.release.title, fault=why)
