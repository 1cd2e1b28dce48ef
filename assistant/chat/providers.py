"""Which providers of models there are, and whether a model stays on this machine."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from assistant.model import ModelError, Trouble
from assistant.settings import ModelSettings


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider: a row of `providers.toml`."""

    prefix: str
    title: str
    example: str
    base: str
    keeps_base: bool
    """Whether requests go to the base address and nowhere else."""
    key: tuple[str, ...]
    """The provider's own variables for keys."""


@cache
def providers() -> Mapping[str, Provider]:
    """Every provider of the table by its prefix. Others work too, as remote ones."""
    rows = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            prefix: Provider(
                prefix, row["title"], row["example"], row["base"], bool(row["keeps_base"]), tuple(row["key"])
            )
            for prefix, row in rows.items()
        }
    )


def is_local(settings: ModelSettings) -> bool:
    """Whether what is sent stays here.

    The server's address is loopback, the provider is known to keep to it, and the site has not named the model among its
    remote ones. A tunnel or gateway on this machine that passes requests on is such a model: name it there, and it is
    masked like any other.
    """
    provider = providers().get(settings.name.partition("/")[0])
    return (
        settings.on_loopback and provider is not None and provider.keeps_base and settings.name not in settings.remote
    )


def host_of(settings: ModelSettings) -> str:
    """Where requests go, for the audit line: the host of the base address, else the provider's name."""
    return urlsplit(settings.base).hostname or settings.name.partition("/")[0]


def require_allowed(settings: ModelSettings) -> None:
    """Raises ModelError when no model is set, or a remote one is that the site has not named."""
    if not settings.name:
        raise ModelError(Trouble.OFF, "no language model is set; set SUPERBILL_MODEL, or ask without one")
    if "/" not in settings.name:
        raise ModelError(
            Trouble.OFF,
            f"the model {settings.name} names no provider; write it as provider/model, such as ollama_chat/{settings.name}",
        )
    if is_local(settings) or settings.name in settings.remote:
        return
    raise ModelError(
        Trouble.OFF,
        f"the model {settings.name} is not on this machine and the site has not turned it on; set SUPERBILL_MODEL_BASE to a "
        "server on this machine, or add the name to SUPERBILL_REMOTE_MODELS",
    )
