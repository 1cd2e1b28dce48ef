"""Imports of official and licensed code files from the page: looked at first, put into use when somebody says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.accounts.principal import Role, require
from assistant.errors import InputError
from assistant.services import Services
from assistant.web.admin_chores import Chore
from assistant.web.sittings import Sitting
from assistant.web.uploads import as_files
from assistant.web.words import say

if TYPE_CHECKING:
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
    services: Services,
    sent: Sequence[tuple[str, bytes]],
    release: str = "",
    starts: str = "",
    ends: str = "",
    columns: Mapping[str, str] | None = None,
) -> Draft:
    """What the files hold, checked against the release in use. `columns` says in which columns of a licensed CPT file the
    code and its description stand. Raises InputError or CorpusError for files of no use.
    """
    from assistant.commands.imports import preview
    from corpus.sources.contents import read_contents
    from corpus.sources.files import open_files
    from corpus.sources.naming import Wish

    require(Role.ADMINISTRATOR)
    if not sent:
        raise InputError(say("biller.nothing_dropped"))
    if columns and not {"code", "description"} <= columns.keys():
        raise InputError(say("admin.two_columns"))
    wish = Wish(release, starts, ends)
    with as_files(sent, services.settings) as paths:
        files, skipped = open_files(paths)
    found, unknown = read_contents(files, columns or None)
    if not found:
        raise InputError(say("admin.nothing_to_import", names=", ".join(unknown or [name for name, _ in sent])))
    previews = tuple(preview(services.catalog, system, contents, wish) for system, contents in found.items())
    return Draft(previews, (*skipped, *unknown))


class AdminSitting(Sitting):
    """The files that were looked at, and the import that is under way."""

    def __init__(self) -> None:
        super().__init__()
        self.draft: Draft | None = None
        self.chore: Chore | None = None
        """An import or an index that is under way."""
