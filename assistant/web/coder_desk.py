"""What the coder's page asks of the server. Each takes one JSON object and gives one; the browser draws the rest."""

from concurrent.futures import Future
from typing import Any

from assistant.accounts.principal import Role, current
from assistant.services import Services
from assistant.web import coder_chat, coder_view
from assistant.web.coder_billing import Billing
from assistant.web.coder_chat import CoderChat
from assistant.web.coder_decisions import Decisions
from assistant.web.coder_intake import Intake
from assistant.web.coder_room import Answer, Room, Said, Work, review_of, rows
from assistant.web.review import ACCEPTED
from assistant.web.words import say

TABS = {Role.CODER: "coder", Role.BILLER: "biller", Role.EVALUATOR: "evaluator", Role.ADMINISTRATOR: "admin"}
"""The tab of each role, in the order of the page."""


class CoderDesk:
    """The parts of the page together: worklist, decisions, billing and chat."""

    def __init__(self, services: Services) -> None:
        self.room = Room(services)
        self.intake = Intake(self.room)
        self.billing = Billing(self.room)
        self.decisions = Decisions(self.room, self.billing)
        self.chat = CoderChat(self.room)

    def works(self) -> tuple[Work, ...]:
        """What the browser may call, each under its own name; `opened`, which waits for a note, is not among them."""
        intake, decisions, billing, chat = self.intake, self.decisions, self.billing, self.chat
        return (
            self.hello,
            *(intake.refresh, intake.add, intake.sample, intake.remove),
            *(decisions.keep, decisions.find, decisions.check_added, decisions.submit, decisions.reopen),
            *(billing.details, billing.visit, billing.modifier, billing.form),
            *(chat.ask, chat.heard, chat.hush),
        )

    def hello(self, said: Said, owner: str) -> Answer:
        """The worklist of this user, and the page's words in the language asked for."""
        key, worklist = self.room.lists.enter(owner, said.get("key"))
        shell = coder_view.shell_html(coder_chat.installed()) if said.get("shell") else ""
        return {"key": key, "worklist": rows(worklist), "shell": shell, "person": leaving(owner), "tabs": permitted()}

    def opened(self, said: Said, owner: str) -> Answer:
        """A note that was read."""
        return self.decisions.opened(said, owner)

    def awaited(self, said: Said, owner: str) -> "Future[dict[str, Any]]":
        """The answer about a note that somebody wants to open."""
        return self.intake.awaited(said, owner)

    def prepare(self) -> None:
        """Read the sample note in the background."""
        self.intake.prepare()

    def rehearse(self) -> None:
        """Go through a visit once up to its claim's form, so that the first coder does not wait for what is opened on
        first use. Nothing of it stays."""
        key, worklist = self.room.lists.enter("", None)
        job = self.intake.sample_job(worklist)
        job.answer.set_result(self.intake.read(job))
        said = {"key": key, "id": job.id}
        self.opened(said, "")
        self.decisions.find({**said, "text": "sprained ankle"}, "")
        codes = list(review_of(job).proposed)
        choices = {code: {"action": ACCEPTED} for code in codes}
        self.decisions.keep({**said, "choices": choices, "order": codes, "sequence": 1, "note": True}, "")
        worklist.remove(job.id)


def permitted() -> list[str]:
    """The tabs that whoever acts may use; the page shows no other. The server refuses them whatever is shown."""
    return [tab for role, tab in TABS.items() if current().may(role)]


def leaving(owner: str) -> dict[str, str] | None:
    """Who has signed in, and the word on the button that ends it; None where the page has no accounts."""
    return {"name": owner, "leave": say("login.leave")} if owner else None
