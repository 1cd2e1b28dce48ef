"""The Coder tab: one component of our own, whose functions the browser calls by name."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import anyio.to_thread
import gradio as gr

from assistant.accounts.principal import Role, acting, require
from assistant.errors import USER_ERRORS, ForbiddenError, InputError
from assistant.services import Services
from assistant.web import coder_chat
from assistant.web.coder_desk import CoderDesk, leaving, permitted
from assistant.web.coder_room import Answer, Work
from assistant.web.coder_view import shell_html
from assistant.web.door import PERSON
from assistant.web.messages import spoken_error
from assistant.web.views import banner
from assistant.web.words import say, speaking

START_JS = "superbillCoder.start(element, server);"
MOST_AT_ONCE = 24
"""Calls worked on at the same time; a note that is waited for is not among them."""
MOST_TALKS = 24
"""Calls that wait for an answer of the chat at the same time; decisions do not wait behind them."""
First = Callable[[dict[str, Any], str], Awaitable[None]]
Server = Callable[[dict[str, Any], gr.Request], Awaitable[Answer]]


def coder_tab(services: Services) -> None:
    """The tab's one component, inside the current Blocks."""
    desk = CoderDesk(services)
    desk.prepare()
    gr.HTML(
        shell_html(coder_chat.installed()),
        elem_id="sb-coder-tab",
        apply_default_css=False,
        js_on_load=START_JS,
        server_functions=server_functions(desk),
    )


def server_functions(desk: CoderDesk) -> list[Server]:
    """What the browser may call. Each takes one JSON object and gives one; an error a user can mend is a sentence in it."""
    limit, talks = anyio.CapacityLimiter(MOST_AT_ONCE), anyio.CapacityLimiter(MOST_TALKS)

    def served(work: Work, name: str, first: First | None = None) -> Server:
        room = talks if name in ("ask", "heard") else limit

        async def call(said: dict[str, Any], request: gr.Request) -> Answer:
            said = said if isinstance(said, dict) else {}
            with speaking(str(said.get("lang") or "en")), person_behind(request) as owner:
                try:
                    require(Role.CODER)
                    if first:
                        await first(said, owner)
                    return await anyio.to_thread.run_sync(work, said, owner, limiter=room)
                except ForbiddenError as error:
                    said_so = spoken_error(error)
                    return {"error": said_so, "told": banner(said_so, "info"), **elsewhere(owner)}
                except USER_ERRORS as error:
                    return {"error": str(error), "told": banner(spoken_error(error))}
                except Exception as error:  # what went wrong is told by kind alone: its words may hold a note's
                    kind = type(error).__name__
                    logging.getLogger(__name__).error("%s failed: %s", name, kind)
                    return {"error": kind, "told": banner(say("coder.unexpected", kind=kind))}

        call.__name__ = name
        return call

    async def read_first(said: dict[str, Any], owner: str) -> None:
        # Shielded: whoever gives up waiting must not cancel the reading.
        answer = desk.awaited(said, owner)
        try:
            await asyncio.shield(asyncio.wrap_future(answer))
        except asyncio.CancelledError:
            if answer.cancelled():
                raise InputError(say("coder.no_such_note")) from None
            raise

    return [*(served(work, work.__name__) for work in desk.works()), served(desk.opened, "open", read_first)]


def elsewhere(owner: str) -> Answer:
    """For somebody who is no coder: who they are, the tabs of their roles, and the first of these."""
    return {"person": leaving(owner), "tabs": permitted(), "home": next(iter(permitted()), "")}


@contextmanager
def person_behind(request: Any) -> Iterator[str]:
    """While the block runs, whoever has signed in acts; gives their name, empty where the page has no accounts."""
    scope = getattr(request, "scope", None)
    person = scope.get(PERSON) if isinstance(scope, dict) else None
    if person is None:
        yield ""
        return
    with acting(person):
        yield person.name
