"""Settings about who may come in and how long things are kept. Part of `assistant.settings.Settings`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assistant.errors import InputError

KEPT = ("decisions", "remittances", "notes", "precedents")
"""What has a time of its own; `SUPERBILL_RETENTION_DAYS` holds for those without."""


@dataclass(frozen=True, slots=True)
class TrustSettings:
    """Key, accounts, proxy, retention and log of a site."""

    key: str = field(default="", repr=False)
    """The site's key for the store. `SUPERBILL_KEY`."""
    key_file: Path | None = None
    """File that holds it. `SUPERBILL_KEY_FILE`."""
    session_idle_minutes: int = 30
    """Minutes after which a session that did nothing ends. `SUPERBILL_SESSION_IDLE_MINUTES`."""
    session_hours: int = 12
    """Hours after which any session ends. `SUPERBILL_SESSION_HOURS`."""
    login_failures: int = 5
    """Wrong passwords in a row that lock an account. `SUPERBILL_LOGIN_FAILURES`."""
    lockout_minutes: int = 15
    """Minutes for which it is locked. `SUPERBILL_LOCKOUT_MINUTES`."""
    proxy_secret: str = field(default="", repr=False)
    """What the proxy in front shows in `X-Superbill-Proxy-Secret`; without it no header names a user.
    `SUPERBILL_PROXY_SECRET`."""
    proxy_header: str = "x-forwarded-user"
    """The header in which that proxy names the user. `SUPERBILL_PROXY_HEADER`."""
    retention: Mapping[str, int] = field(default_factory=dict)
    """Days for which each of `KEPT` is kept; a kind that is absent is kept for good. `SUPERBILL_RETENTION_DAYS` for all,
    `SUPERBILL_RETENTION_DECISIONS_DAYS` and so on for one."""
    log: str = ""
    """Where the log goes: a file, or `stderr`; empty: nowhere. `SUPERBILL_LOG`."""


def load_trust_settings(env: Mapping[str, str]) -> TrustSettings:
    """What the environment says. Raises InputError naming the variable that cannot be used."""

    def number(name: str, default: int) -> int:
        given = env.get(name, "").strip()
        if not given:
            return default
        if not given.isdecimal() or not 0 < int(given) < 1_000_000:
            raise InputError(f"{name} is {given!r}; write a whole number above zero")
        return int(given)

    for_all = number("SUPERBILL_RETENTION_DAYS", 0)
    days = {kind: number(f"SUPERBILL_RETENTION_{kind.upper()}_DAYS", for_all) for kind in KEPT}
    secret = env.get("SUPERBILL_PROXY_SECRET", "")
    if secret and len(secret) < 16:
        raise InputError("SUPERBILL_PROXY_SECRET is shorter than 16 characters; choose a longer one")
    file = env.get("SUPERBILL_KEY_FILE", "").strip()
    return TrustSettings(
        key=env.get("SUPERBILL_KEY", "").strip(),
        key_file=Path(file).expanduser() if file else None,
        session_idle_minutes=number("SUPERBILL_SESSION_IDLE_MINUTES", 30),
        session_hours=number("SUPERBILL_SESSION_HOURS", 12),
        login_failures=number("SUPERBILL_LOGIN_FAILURES", 5),
        lockout_minutes=number("SUPERBILL_LOCKOUT_MINUTES", 15),
        proxy_secret=secret,
        proxy_header=env.get("SUPERBILL_PROXY_HEADER", "x-forwarded-user").strip().lower(),
        retention={kind: count for kind, count in days.items() if count},
        log=env.get("SUPERBILL_LOG", "").strip(),
    )
