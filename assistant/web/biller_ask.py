"""The biller's questions: answered over what lies open, else over the store, each source opening its segments."""

import re
from typing import Any

from assistant.errors import InputError
from assistant.services import Services
from assistant.web import biller_view as view
from assistant.web.biller_sitting import BillerSitting
from assistant.web.desk import Answer, Said
from assistant.web.talk import PROMPT, Talk
from assistant.web.views import banner
from assistant.web.words import say, spoken

TURNS = 12
POLL = 200
"""Milliseconds between two looks at an answer that is under way."""
MOST_SEGMENTS = 60


class AskDesk:
    """The part of the Biller tab that answers questions."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def asked(self, said: Said, sitting: BillerSitting) -> Answer:
        """A question; the answer as far as it is."""
        question = said.text("question", 1000)
        if not question:
            return {}
        if sitting.talk is not None and not sitting.talk.ended:
            raise InputError(say("chat.busy"))
        self._kept(sitting)
        sitting.talk = Talk(self._services, question, self._context(sitting)).start()
        sitting.talk.wait(PROMPT)
        return self.heard(said, sitting) | {"told": ""}

    def heard(self, said: Said, sitting: BillerSitting) -> Answer:
        """How far the answer is; `poll` while there is more to come."""
        talk, answer = sitting.talk, Answer()
        if talk is not None and talk.ended and talk.fault:
            answer["told"] = banner(talk.fault)
        self._kept(sitting)
        if sitting.talk is not None:
            answer["poll"] = POLL
        return {"panels": {"sb-biller-turns": view.turns_html(sitting)}, **answer}

    def hushed(self, said: Said, sitting: BillerSitting) -> Answer:
        """The person does not want to wait: what the rules say is the answer."""
        if sitting.talk is not None:
            sitting.talk.stop()
        return self.heard(said, sitting)

    def source(self, said: Said, sitting: BillerSitting) -> Answer:
        """The segments that a sentence rests on, lit where their claim stands in its file."""
        file = said.text("file", 400)
        numbers = tuple(dict.fromkeys(int(one) for one in re.findall(r"\d{1,8}", said.text("at", 400))))[:MOST_SEGMENTS]
        payments = sitting.payments
        if not numbers or file not in {one.name for one in payments.files}:
            raise InputError(say("biller.source_not_open", file=file))
        wanted = set(numbers)
        claims = [
            (len(wanted & {segment.number for segment in row.claim.segments}), -place)
            for place, row in enumerate(payments.rows)
            if row.file == file
        ]
        shared, place = max(claims, default=(0, 0))
        if not shared:
            sitting.around = (file, numbers)
        else:
            sitting.place, sitting.around = -place, None
        sitting.lit = wanted
        panels = view.sides(sitting) | {"sb-claims": view.claims_html(sitting)}
        shown = f"sb-segment-{numbers[0]}" if not shared else f"sb-segment-{min(self._in_claim(sitting, wanted))}"
        return {"panels": panels, "tabs": ["sb-tab-claims", "sb-tab-segments"], "show": shown, "told": ""}

    @staticmethod
    def _in_claim(sitting: BillerSitting, wanted: set[int]) -> set[int]:
        assert sitting.row is not None
        return wanted & {segment.number for segment in sitting.row.claim.segments}

    @staticmethod
    def _kept(sitting: BillerSitting) -> None:
        """An answer that is whole goes with the conversation."""
        from assistant.chat.turn import Turn

        talk = sitting.talk
        if talk is not None and talk.ended:
            if talk.answer is not None:
                sitting.turns = (*sitting.turns, Turn(talk.question, talk.answer))[-TURNS:]
            sitting.talk = None

    def _context(self, sitting: BillerSitting) -> Any:
        from assistant.chat.turn import Context

        files = tuple(file for file in sitting.payments.files if file.usable)
        return Context(
            services=self._services,
            remittances=files,
            language=spoken(),
            audience="biller",
            use_store=not files,
            turns=sitting.turns,
            memo=sitting.memo if files else {},
        )
