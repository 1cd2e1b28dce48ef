"""Superbill's answers to billing cases: letters and explanations, through the functions its commands use.

Questions in free words are the chat's; until a tool has one they are answered with nothing, and counted so.
"""

import re

from evals.tool import Line

_CITED = re.compile(r" \[[\d, +]+\]|^Segment \d+: ")


def answer(line: Line) -> str:
    """The text of the letter or explanation asked for; a refusal is the sentence a person would read."""
    from assistant.errors import USER_ERRORS
    from assistant.remit.chains import Chains
    from assistant.remit.explanation import explain_claim
    from assistant.remit.file import read_bytes
    from assistant.remit.letter import write_letter
    from assistant.remit.render import render_explanation

    if line["kind"] not in ("letter", "explanation") or not line["remit"]:
        return ""
    about, language = line.get("about", {}), line["lang"]
    file = read_bytes(line["remit"].encode("latin-1", "replace"))
    chains = Chains.of(file)
    found = [
        (claim, transaction.header)
        for transaction in file.transactions
        for claim in transaction.claims
        if about.get("claim") in (None, claim.control_number)
    ]
    if not found:
        return ""
    claim, header = found[-1]
    chain = chains.get(claim, header, file.name)
    if line["kind"] == "letter":
        try:
            letter = write_letter(claim, header, chain, about.get("letter", "patient"), language)
        except USER_ERRORS as error:
            return _CITED.sub("", str(error))
        return re.sub(r"\n+", "\n\n", letter.text)
    told = [
        explain_claim(one, head, chains.get(one, head, file.name), about.get("audience", "patient"), language)
        for one, head in found
    ]
    return re.sub(r"\n+", "\n\n", _CITED.sub("", "\n".join(render_explanation(one) for one in told)))
