"""One tab of our own making: a component whose one function the browser calls with the name of what is to be done.

The browser (`static/desk.js`) sends `{do, values, files, key, lang}` and gets an Answer: `panels` are new contents by
element id, `told` what to announce, `shell` the whole tab anew, `saves` files for the user to keep, `poll` milliseconds
after which it asks `progress`, `note` a visit to open in the coder's tab, `tabs` the ids of tabs to choose, `show` the id
of an element to bring into view.
"""

import base64
import binascii
import datetime as dt
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePath
from typing import Any, Generic, TypeVar

import anyio.to_thread
import gradio as gr

from assistant.accounts.principal import Role, require
from assistant.errors import USER_ERRORS, InputError
from assistant.web.coder import Server, person_behind
from assistant.web.messages import spoken_error
from assistant.web.sittings import Sitting, Sittings
from assistant.web.views import banner, render
from assistant.web.words import say, speaking
from assistant.x12.elements import parse_amount

Answer = dict[str, Any]
MOST_AT_ONCE = 12
MOST_FILES = 50


@dataclass(frozen=True, slots=True)
class Said:
    """What the browser says: the fields around the button that was pressed, and the files that came with it."""

    values: Mapping[str, Any]
    files: tuple[tuple[str, bytes], ...] = ()

    def text(self, name: str, most: int = 4000) -> str:
        """A field as text, trimmed and cut to `most` characters."""
        value = self.values.get(name)
        return value.strip()[:most] if isinstance(value, str) else ""

    def number(self, name: str) -> int | None:
        """A whole number; None for anything else."""
        value = self.text(name)
        return int(value) if value.isdecimal() and len(value) < 10 else None

    def several(self, name: str) -> list[str]:
        """The ticked boxes of a group."""
        value = self.values.get(name)
        return [str(one) for one in value] if isinstance(value, list) else []

    def date(self, name: str) -> dt.date | None:
        """A date; None when it is empty. Raises InputError for anything else."""
        value = self.text(name)
        try:
            return dt.date.fromisoformat(value) if value else None
        except ValueError:
            raise InputError(say("desk.no_date", value=value[:20])) from None

    def amount(self, name: str) -> Decimal | None:
        """Dollars and cents; None when it is empty. Raises InputError for anything else."""
        value = self.text(name).replace("$", "").replace(",", "")
        if not value:
            return None
        found = parse_amount(value)
        if found is None or found != found.quantize(Decimal("0.01")):
            raise InputError(say("desk.no_amount", value=value[:20]))
        return found


S = TypeVar("S", bound=Sitting)


class Desk(Generic[S]):
    """What a tab does for its users. `works` names every thing the browser may ask for."""

    name = ""
    roles: tuple[Role, ...] = ()
    most_upload = 30_000_000
    """Bytes of one dropped file."""

    def __init__(self, make: Callable[[], S]) -> None:
        self.sittings: Sittings[S] = Sittings(make)

    def works(self) -> Mapping[str, Callable[[Said, S], Answer]]:
        """Name -> what is done."""
        raise NotImplementedError

    def shell(self, sitting: S) -> str:
        """The whole tab with what lies open, in the language being spoken."""
        raise NotImplementedError

    def poll(self, sitting: S) -> int:
        """Milliseconds after which a browser that finds work under way asks for its progress; 0 when there is none."""
        return 0

    def serve(self, said: Mapping[str, Any], owner: str) -> Answer:
        """One call of the browser. Raises InputError for what cannot be done."""
        key, sitting, fresh = self.sittings.enter(owner, said.get("key"))
        with sitting.lock:
            if said.get("do") == "hello":
                return {"key": key, "shell": self.shell(sitting), "poll": self.poll(sitting)}
            if fresh:
                return {"key": key, "shell": self.shell(sitting), "told": banner(say("desk.lost"))}
            work = self.works().get(str(said.get("do")))
            if work is None:
                raise InputError(say("desk.unknown"))
            values = said.get("values")
            heard = Said(values if isinstance(values, Mapping) else {}, self._files(said.get("files")))
            return work(heard, sitting)

    def _files(self, sent: object) -> tuple[tuple[str, bytes], ...]:
        """Dropped files, which came as base64 and never touch the disk."""
        found = []
        for one in sent[:MOST_FILES] if isinstance(sent, list) else []:
            name = PurePath(str(one.get("name") or "").replace("\\", "/")).name[:120] or "file"
            data = one.get("data")
            if not isinstance(data, str) or len(data) > self.most_upload * 4 // 3 + 4:
                raise InputError(say("desk.too_large", name=name, limit=self.most_upload // 1_000_000))
            try:
                found.append((name, base64.b64decode(data, validate=True)))
            except (binascii.Error, ValueError):
                raise InputError(say("page.upload_failed", name=name)) from None
        return tuple(found)


def desk_tab(desk: Desk[Any]) -> None:
    """The tab's one component, inside the current Blocks."""
    gr.HTML(
        render("desk_loading"),
        elem_id=f"sb-{desk.name}-tab",
        apply_default_css=False,
        js_on_load=f"superbillDesk.start(element, server, '{desk.name}');",
        server_functions=[desk_function(desk)],
    )


def desk_function(desk: Desk[Any]) -> Server:
    """What the browser calls. An error a user can mend is a sentence in the answer."""
    limit = anyio.CapacityLimiter(MOST_AT_ONCE)

    async def act(said: dict[str, Any], request: gr.Request) -> Answer:
        said = said if isinstance(said, dict) else {}
        with speaking(str(said.get("lang") or "en")), person_behind(request) as owner:
            try:
                require(*desk.roles)
                return await anyio.to_thread.run_sync(desk.serve, said, owner, limiter=limit)
            except USER_ERRORS as error:
                fault = banner(spoken_error(error))
            except Exception as error:  # what went wrong is told by kind alone: its words may hold a patient's
                kind = type(error).__name__
                logging.getLogger(__name__).error("%s: %s failed: %s", desk.name, str(said.get("do"))[:40], kind)
                fault = banner(say("coder.unexpected", kind=kind))
            return {"error": True, "told": fault, "shell": fault if said.get("do") == "hello" else ""}

    return act


def saved(name: str, content: bytes, kind: str = "application/octet-stream") -> dict[str, str]:
    """A file for the browser to save."""
    return {"name": name, "type": kind, "data": base64.b64encode(content).decode("ascii")}
