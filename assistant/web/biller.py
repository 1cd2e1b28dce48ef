"""The Biller tab: remittances, deposits that agree or not, one claim from every side, and the denials of the site."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping

from assistant.accounts.principal import Role, current
from assistant.errors import InputError
from assistant.remit.file import read_bytes
from assistant.remit.letter import FORMATS, KINDS, letter_file
from assistant.services import Services
from assistant.web import biller_queue, coder_chat
from assistant.web import biller_view as view
from assistant.web.biller_ask import POLL, AskDesk
from assistant.web.biller_sitting import BillerSitting
from assistant.web.desk import Answer, Desk, Said, saved
from assistant.web.messages import spoken_error
from assistant.web.payments import FILTERS, ClaimRow, Payments
from assistant.web.samples import sample_remittances
from assistant.web.views import banner
from assistant.web.words import LANGUAGES, say

KINDS_OF_FILE = {
    ".txt": "text/plain",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class BillerDesk(Desk[BillerSitting]):
    """What a biller does."""

    name = "biller"
    roles = (Role.BILLER,)

    def __init__(self, services: Services) -> None:
        super().__init__(BillerSitting)
        self._services = services
        self._queue = biller_queue.QueueDesk(services)
        self._ask = AskDesk(services)

    def works(self) -> Mapping[str, Callable[[Said, BillerSitting], Answer]]:
        """Name -> what is done."""
        return {
            "drop": self.dropped,
            "samples": self.samples,
            "clear": self.cleared,
            "filter": self.filtered,
            "open": self.opened,
            "letter": self.lettered,
            "letter_file": self.letter_saved,
            "post": self.posted,
            "ask": self._ask.asked,
            "progress": self._ask.heard,
            "hush": self._ask.hushed,
            "source": self._ask.source,
            "queue": self._queue.shown,
            "queue_save": self._queue.saved,
            "change": self._queue.changed,
            "balances": self._queue.balances,
            "receive": self._queue.received,
        }

    def shell(self, sitting: BillerSitting) -> str:
        """The tab as it stands."""
        return view.shell_html(sitting, coder_chat.installed())

    def poll(self, sitting: BillerSitting) -> int:
        """An answer that is under way is asked for again."""
        return POLL if sitting.talk is not None else 0

    # Files ------------------------------------------------------------------------------------------------------------

    def dropped(self, said: Said, sitting: BillerSitting) -> Answer:
        """835s are read and added to what lies open; 837s say which claims were sent."""
        if not said.files:
            raise InputError(say("biller.nothing_dropped"))
        remits, sent, faults = [], list(sitting.sent), []
        for name, content in said.files:
            if _is_claim_file(content):
                from assistant.claim.reader import read_837

                try:
                    sent += [claim for batch in read_837(content, name).batches for claim in batch.claims]
                except InputError as error:
                    faults.append(spoken_error(error))
            elif (mark := hashlib.sha256(content).hexdigest()) in sitting.seen:
                faults.append(say("biller.open_already", name=name))
            else:
                sitting.seen.add(mark)
                remits.append((name, content))
        fresh = [read_bytes(content, name) for name, content in remits]
        before = len(sitting.payments.rows)
        sitting.sent = tuple(sent)
        sitting.payments = Payments.of((*sitting.payments.files, *fresh), sitting.sent)
        if sitting.place is None and sitting.payments.rows:
            sitting.place = 0
        read = [file for file in fresh if file.usable]
        if faults:
            told = banner(" ".join(faults))
        elif remits and not read:
            told = banner(say("biller.no_remittance"))
        elif remits:
            told = banner(say("biller.read", files=len(read), claims=len(sitting.payments.rows) - before), "info")
        else:
            told = banner(say("biller.sent_read", claims=len(sent)), "info")
        return {"panels": view.everything(sitting), "told": told}

    def samples(self, said: Said, sitting: BillerSitting) -> Answer:
        """The shipped remittances, alone."""
        sitting.clear()
        samples = sample_remittances()
        sitting.payments = Payments.read(samples)
        sitting.seen = {hashlib.sha256(content).hexdigest() for _, content in samples}
        sitting.place = 0
        told = say("biller.read", files=len(sitting.payments.files), claims=len(sitting.payments.rows))
        return {"panels": view.everything(sitting), "told": banner(told, "info")}

    def cleared(self, said: Said, sitting: BillerSitting) -> Answer:
        """Nothing lies open any more."""
        sitting.clear()
        return {"panels": view.everything(sitting), "told": banner(say("biller.cleared"), "info")}

    def posted(self, said: Said, sitting: BillerSitting) -> Answer:
        """What lies open goes into the store; what it calls for goes into the queue."""
        files = [file for file in sitting.payments.files if file.usable]
        if not files:
            raise InputError(say("biller.nothing_to_post"))
        done = [self._queue.ledger().post(file, current().name) for file in files]
        held = [number for one in done for number in one.held]
        told = say("biller.posted", new=sum(one.new for one in done), known=sum(one.known for one in done))
        if held:
            told += " " + say("biller.held", numbers=", ".join(held))
        return {"panels": self._queue.panels(sitting), "told": banner(told, "done")}

    # Claims -----------------------------------------------------------------------------------------------------------

    def filtered(self, said: Said, sitting: BillerSitting) -> Answer:
        """The claim list under another filter or other words."""
        sign = said.text("sign")
        sitting.sign = sign if sign in FILTERS else "all"
        sitting.words = said.text("words", 80)
        return {"panels": {"sb-claims": view.claims_html(sitting)}}

    def opened(self, said: Said, sitting: BillerSitting) -> Answer:
        """One claim, everything about it."""
        place = said.number("place")
        if place is None or not 0 <= place < len(sitting.payments.rows):
            raise InputError(say("biller.no_such_claim"))
        sitting.place, sitting.lit, sitting.around = place, set(), None
        return {"panels": view.sides(sitting) | {"sb-claims": view.claims_html(sitting)}, "show": "sb-one-claim"}

    def lettered(self, said: Said, sitting: BillerSitting) -> Answer:
        """Another letter about the open claim."""
        kind, language = said.text("kind"), said.text("language")
        sitting.kind = kind if kind in KINDS else KINDS[0]
        sitting.language = language if language in LANGUAGES else LANGUAGES[0]
        return {"panels": {"sb-letter": view.letter_html(sitting)}}

    def letter_saved(self, said: Said, sitting: BillerSitting) -> Answer:
        """The letter as a file."""
        suffix, row = said.text("suffix"), self._row(sitting)
        if suffix not in FORMATS:
            raise InputError(say("desk.unknown"))
        letter = view.letter_of(sitting, row, dt.date.today())
        name = f"{row.claim.control_number or 'claim'}.{letter.kind}.{letter.language}{suffix}"
        return {"saves": [saved(name, letter_file(letter, suffix), KINDS_OF_FILE[suffix])], "told": ""}

    @staticmethod
    def _row(sitting: BillerSitting) -> ClaimRow:
        if sitting.row is None:
            raise InputError(say("biller.choose"))
        return sitting.row


def _is_claim_file(content: bytes) -> bool:
    head = content[:4000].upper()
    return b"ST" in head and b"837" in head and (b"005010X222" in head or b"005010X223" in head)
