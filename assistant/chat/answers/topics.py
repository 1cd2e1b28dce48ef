"""Wordings of a denial and the reasons they stand for."""

import re

from assistant.chat.papers import OpenClaim
from assistant.chat.understanding import folded


def topic_claims(text: str, claims: tuple[OpenClaim, ...]) -> list[OpenClaim]:
    """Claims with a reason that the words speak of (`late filing`: reason 29)."""
    plain_text = folded(text)
    wanted = {reason for pattern, found in _TOPICS if re.search(pattern, plain_text) for reason in found}
    return [one for one in claims if any(item.reason in wanted for item in one.adjustments())]


_TOPICS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"late|timely|filing (?:limit|deadline)|too old|fuera de plazo|tarde", ("29",)),
    (r"duplicat|duplicad", ("18",)),
    (r"authori[sz]|pre-?cert|autorizaci", ("197", "198", "15", "284")),
    (r"medical(?:ly)? necess|necesidad medica|necessity", ("50", "55", "56", "57")),
    (r"bundl|included in|part of another|incluid", ("97", "234", "236", "B15")),
    (
        r"(?:coverage|insurance|plan|policy)\b.{0,25}\b(?:end|term|over|laps|expir|ran out|stopp|active|gone|in force)|"
        r"not (?:eligible|covered on)|terminated|eligib|no longer (?:insured|covered)|sin cobertura|"
        r"(?:cobertura|seguro) .{0,20}(?:termin|venc|acab)",
        ("26", "27", "31"),
    ),
    (r"capitat|per[- ]member|monthly", ("24",)),
    (r"records?\b|documentation|documents|papers|expediente|documentos", ("252", "163", "164", "226", "227")),
    (r"other insurance|another (?:payer|plan|insur)|coordination|otro seguro|primary insur", ("22",)),
    (r"sequest", ("253",)),
    (r"non-?covered|not covered|no cubr", ("96", "204")),
    (r"out[- ]of[- ]network|balance bill|fuera de (?:la )?red", ("45", "242")),
    (r"incomplete|missing information|unprocessable|lacks", ("16",)),
)
"""Wording of a denial and the reasons it stands for."""
