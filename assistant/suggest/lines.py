"""One line of the `suggest --notes` contract, read and checked."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.chart.note import Note
from assistant.errors import InputError
from assistant.settings import Settings
from assistant.suggest.suggestion import Setting

_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Request:
    """A note with what is known about the visit. `sex` is F, M or None; `age` in years or None."""

    note: Note
    setting: Setting
    date_of_service: dt.date
    sex: str | None = None
    age: float | None = None


def read_line(line: Mapping[str, Any], settings: Settings) -> Request:
    """A request from a JSON object. Raises InputError naming the field that cannot be used."""
    if not isinstance(line, Mapping):
        raise InputError("the line is not a JSON object with `id` and `text`")
    text = line.get("text")
    if not isinstance(text, str) or not text.strip():
        raise InputError("the note has no text")
    if len(text.encode("utf-8", "surrogatepass")) > settings.max_note_bytes:
        raise InputError(
            f"the note is larger than {settings.max_note_bytes:,} bytes; split it or raise SUPERBILL_MAX_NOTE_BYTES"
        )
    return Request(
        note=Note(str(line.get("id") or "note"), whole(text)),
        setting=_setting(line.get("setting")),
        date_of_service=_date(line.get("date_of_service")),
        sex=_sex(line.get("sex")),
        age=_age(line.get("age")),
    )


def whole(text: str) -> str:
    """`text` with each half of a character pair, which JSON can hold and nothing after it can, as the mark U+FFFD."""
    return _HALF.sub("\ufffd", text)


def _setting(value: Any) -> Setting:
    if value in (None, ""):
        return Setting.OUTPATIENT
    try:
        return Setting(str(value).strip().lower())
    except ValueError as error:
        raise InputError(f"setting {value!r} is neither outpatient nor inpatient") from error


def _date(value: Any) -> dt.date:
    if value in (None, ""):
        return dt.date.today()
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError as error:
        raise InputError(f"date_of_service {value!r} is not a date; write it as YYYY-MM-DD") from error


def _sex(value: Any) -> str | None:
    letter = str(value or "").strip().upper()[:1]
    return letter if letter in ("F", "M") else None


def _age(value: Any) -> float | None:
    """None, "", "nan" and anything that is no age are unknown."""
    try:
        age = float(str(value).strip())
    except ValueError:
        return None
    return age if 0 <= age <= 130 else None
