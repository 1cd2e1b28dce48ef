"""Imports of official code files from the page: looked at first, then put into use in a thread of its own."""

import threading
from collections.abc import Sequence
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from assistant.accounts.principal import Role, require
from assistant.errors import USER_ERRORS, InputError
from assistant.services import Services
from assistant.web.messages import spoken_error
from assistant.web.sittings import Sitting
from assistant.web.uploads import as_files
from assistant.web.words import say

if TYPE_CHECKING:
    from assistant.accounts.trail import Trail
    from assistant.commands.imports import Preview


@dataclass(frozen=True, slots=True)
class Draft:
    """Files that were looked at: what each code system among them would become."""

    previews: "tuple[Preview, ...]"
    passed_over: tuple[str, ...]

    @property
    def doubtful(self) -> bool:
        """Whether a person has to say that the files are right."""
        return any(one.doubts for one in self.previews)

    @property
    def installable(self) -> bool:
        """Whether there is anything to put into use."""
        return any(one.draft for one in self.previews)


def looked_at(
    services: Services, sent: Sequence[tuple[str, bytes]], release: str = "", starts: str = "", ends: str = ""
) -> Draft:
    """What the files hold, checked against the release in use. Raises InputError or CorpusError for files of no use."""
    from assistant.commands.imports import preview
    from corpus.sources.contents import read_contents
    from corpus.sources.files import open_files
    from corpus.sources.naming import Wish

    require(Role.ADMINISTRATOR)
    if not sent:
        raise InputError(say("biller.nothing_dropped"))
    wish = Wish(release, starts, ends)
    with as_files(sent, services.settings) as paths:
        files, skipped = open_files(paths)
    found, unknown = read_contents(files)
    if not found:
        raise InputError(say("admin.nothing_to_import", names=", ".join(unknown or [name for name, _ in sent])))
    previews = tuple(preview(services.catalog, system, contents, wish) for system, contents in found.items())
    return Draft(previews, (*skipped, *unknown))


class Installing:
    """The release goes on the shelf once its index is whole; a failure leaves everything as it was."""

    def __init__(self, services: Services, draft: Draft, trail: "Trail") -> None:
        require(Role.ADMINISTRATOR)
        self._services, self._draft, self._trail = services, draft, trail
        self.names: list[str] = []
        """Titles of the releases that are in use now."""
        self.fault = ""
        self.ended = False

    def start(self) -> None:
        """Begin, as the person and in the language of the caller."""
        threading.Thread(target=copy_context().run, args=(self._work,), daemon=True).start()

    def _work(self) -> None:
        from assistant.accounts.trail import Event
        from corpus.editions import Edition

        try:
            for one in self._draft.previews:
                if one.draft is None:
                    continue
                draft, said = one.draft, (*one.remarks, *one.doubts)
                edition = Edition(draft.release, draft.sources, partial(iter, draft.nodes), partial(iter, draft.index))
                self._services.catalog.install(edition, notes={"remarks": "; ".join(said)} if said else {}, quiet=True)
                self.names.append(draft.release.title)
            self._trail.note(Event.IMPORT, ", ".join(self.names))
        except USER_ERRORS as error:
            self.fault = spoken_error(error)
        except Exception as error:  # the page must say that the import ended, whatever ended it
            self.fault = say("evaluator.broke", kind=type(error).__name__)
        self.ended = True


class AdminSitting(Sitting):
    """The files that were looked at, and the import that is under way."""

    def __init__(self) -> None:
        super().__init__()
        self.draft: Draft | None = None
        self.installing: Installing | None = None
