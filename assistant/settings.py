"""Where Superbill keeps its data and how the site has set it up. Environment variables only; no secrets on disk."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import urlsplit

from assistant.errors import InputError
from assistant.trust import TrustSettings, load_trust_settings


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which language model may be asked, and how much of it. Keys stay in the provider's own variables."""

    name: str = ""
    """`provider/model` as litellm writes it; empty: no model. `SUPERBILL_MODEL`."""
    base: str = ""
    """Address of the server, e.g. http://127.0.0.1:11434. `SUPERBILL_MODEL_BASE`."""
    remote: frozenset[str] = frozenset()
    """Remote models that the site has turned on, by name. `SUPERBILL_REMOTE_MODELS`, separated by commas."""
    timeout: float = 60.0
    """Seconds one answer may take in all, retries included. `SUPERBILL_MODEL_TIMEOUT`."""
    first_token: float = 30.0
    """Seconds until the first piece of it must have come. `SUPERBILL_MODEL_FIRST_TOKEN`."""
    retries: int = 2
    """Further tries after a server error, a refused connection or "too many requests". `SUPERBILL_MODEL_RETRIES`."""
    turn_tokens: int = 40_000
    """Most tokens of one turn, sent and received. `SUPERBILL_MODEL_TURN_TOKENS`."""
    day_tokens: int = 2_000_000
    """Most tokens of one day (UTC). `SUPERBILL_MODEL_DAY_TOKENS`."""
    turn_cost: Decimal = Decimal("0.50")
    """Most US dollars of one turn. `SUPERBILL_MODEL_TURN_COST`."""
    day_cost: Decimal = Decimal("10.00")
    """Most US dollars of one day (UTC). `SUPERBILL_MODEL_DAY_COST`."""
    price: tuple[Decimal, Decimal] | None = None
    """Dollars per million tokens sent and received, where litellm's table lacks the model. `SUPERBILL_MODEL_PRICE`."""

    @property
    def on_loopback(self) -> bool:
        """Whether the server's address is this machine's own; a name is never looked up, `localhost` alone is known."""
        host = urlsplit(self.base).hostname or ""
        if host == "localhost":
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Settings:
    """Site settings, read once per process."""

    home: Path
    """Data folder (mode 0700): index, store. `SUPERBILL_HOME`, else the platform's user data folder."""
    database_url: str
    """SQLAlchemy URL of the store. `SUPERBILL_DATABASE`, else SQLite inside `home`."""
    host: str
    """Address the web app binds to. `SUPERBILL_HOST`, else 127.0.0.1."""
    port: int
    """Port of the web app. `SUPERBILL_PORT`, else 7860."""
    max_note_bytes: int
    """Largest note read. `SUPERBILL_MAX_NOTE_BYTES`, else 2,000,000."""
    model: ModelSettings = field(default_factory=ModelSettings)
    """The language model, if the site has one."""
    trust: TrustSettings = field(default_factory=TrustSettings)
    """Who may come in, what is encrypted, how long things are kept."""

    precedents: bool = True
    """Whether earlier decisions on like passages are kept and used. `SUPERBILL_PRECEDENTS`: off or on, else on."""

    @property
    def index_dir(self) -> Path:
        """Folder that holds the code index."""
        return self.home / "index"


def load_settings(environ: dict[str, str] | None = None) -> Settings:
    """Settings from the environment (`environ` replaces it in tests)."""
    env = os.environ if environ is None else environ
    if root := env.get("SUPERBILL_HOME"):
        home = Path(root).expanduser()
    else:
        from platformdirs import user_data_path

        home = user_data_path("superbill", appauthor=False)
    return Settings(
        home=home,
        database_url=env.get("SUPERBILL_DATABASE") or f"sqlite:///{home / 'superbill.db'}",
        host=env.get("SUPERBILL_HOST", "127.0.0.1"),
        port=int(env.get("SUPERBILL_PORT", "7860")),
        max_note_bytes=int(env.get("SUPERBILL_MAX_NOTE_BYTES", "2000000")),
        precedents=_switched(env, "SUPERBILL_PRECEDENTS"),
        model=load_model_settings(env),
        trust=load_trust_settings(env),
    )


def load_model_settings(env: Mapping[str, str]) -> ModelSettings:
    """What the environment says of the language model. Raises InputError naming the variable that cannot be used."""

    def number(name: str, default: str) -> Decimal:
        given = env.get(name, "").strip() or default
        try:
            value = Decimal(given)
        except InvalidOperation as error:
            raise InputError(f"{name} is {given!r}; write a number") from error
        if not value.is_finite() or value < 0:
            raise InputError(f"{name} is {given!r}; write a number that is not negative")
        return value

    base = env.get("SUPERBILL_MODEL_BASE", "").strip()
    if base and (urlsplit(base).scheme not in ("http", "https") or not urlsplit(base).hostname):
        raise InputError(f"SUPERBILL_MODEL_BASE is {base!r}; write an address such as http://127.0.0.1:11434")
    price = None
    if given := env.get("SUPERBILL_MODEL_PRICE", "").strip():
        sent, _, received = given.partition(",")
        try:
            price = (Decimal(sent), Decimal(received))
        except InvalidOperation as error:
            raise InputError(
                f"SUPERBILL_MODEL_PRICE is {given!r}; write dollars per million tokens sent and received, e.g. 3,15"
            ) from error
    remote = (name.strip() for name in env.get("SUPERBILL_REMOTE_MODELS", "").split(","))
    return ModelSettings(
        name=env.get("SUPERBILL_MODEL", "").strip(),
        base=base,
        remote=frozenset(filter(None, remote)),
        timeout=float(number("SUPERBILL_MODEL_TIMEOUT", "60")),
        first_token=float(number("SUPERBILL_MODEL_FIRST_TOKEN", "30")),
        retries=int(number("SUPERBILL_MODEL_RETRIES", "2")),
        turn_tokens=int(number("SUPERBILL_MODEL_TURN_TOKENS", "40000")),
        day_tokens=int(number("SUPERBILL_MODEL_DAY_TOKENS", "2000000")),
        turn_cost=number("SUPERBILL_MODEL_TURN_COST", "0.50"),
        day_cost=number("SUPERBILL_MODEL_DAY_COST", "10.00"),
        price=price,
    )


def _switched(env: Mapping[str, str], name: str) -> bool:
    """Whether a switch is on; it is unless turned off. Raises InputError for a word that is neither."""
    given = env.get(name, "").strip().lower() or "on"
    if given not in ("on", "off"):
        raise InputError(f"{name} is {given!r}; write on or off")
    return given == "on"


def ensure_home(settings: Settings) -> Path:
    """Create the data folder, readable by its owner alone, and return it. Raises InputError when it cannot be made."""
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"the data folder {settings.home} cannot be made ({error.strerror}); set SUPERBILL_HOME to one that can"
        ) from error
    return settings.home
