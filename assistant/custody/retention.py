"""How long things are kept: what is older than the site's settings say goes, at each start of the page or on demand."""

import datetime as dt
import shutil
from typing import TYPE_CHECKING

from assistant.accounts.principal import Role, require
from assistant.accounts.trail import Event, Trail
from assistant.custody.holders import holders
from assistant.remit.archive import Archive
from assistant.review.ledger import Ledger
from assistant.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

UPLOADS = "uploads-*"
LEFT_BEHIND = dt.timedelta(days=1)
"""Age at which an upload folder of a page that was killed is removed, whatever the settings: a live one is younger, and
empty but for moments."""


def apply_retention(settings: Settings, engine: "Engine", now: dt.datetime | None = None) -> dict[str, int]:
    """Remove what is past its time; kind -> how many pieces. Kinds without a setting are kept. Administrators only."""
    require(Role.ADMINISTRATOR)
    moment = now or dt.datetime.now(dt.UTC)
    before = {kind: moment - dt.timedelta(days=days) for kind, days in settings.trust.retention.items()}
    removed: dict[str, int] = {}
    if "decisions" in before:
        removed["decisions"] = Ledger(engine).expire(before["decisions"], moment)
    if "remittances" in before:
        removed["remittances"] = Archive(engine).expire(before["remittances"])
    for kind, holder in holders(settings, engine):
        if kind in before:
            removed[kind] = holder.expire(before[kind].date())
    oldest = max(before.get("notes", moment - LEFT_BEHIND), moment - LEFT_BEHIND)
    removed["notes"] = _uploads(settings, oldest)
    if any(removed.values()):
        Trail(engine).note(Event.RETENTION, ", ".join(f"{kind} {count}" for kind, count in removed.items() if count))
    return removed


def _uploads(settings: Settings, before: dt.datetime) -> int:
    count = 0
    for folder in settings.home.glob(UPLOADS):
        try:
            if folder.is_dir() and folder.stat().st_mtime < before.timestamp():
                shutil.rmtree(folder)
                count += 1
        except OSError:
            # Another page just took it away.
            continue
    return count
