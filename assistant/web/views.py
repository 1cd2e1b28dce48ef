"""HTML from the templates in `templates/`. Everything a template is given is escaped; user text never becomes markup."""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.web.messages import told
from assistant.web.words import say, spoken, texts

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_FOLDER = Path(__file__).with_name("templates")


def render(template: str, **values: Any) -> str:
    """The template `template`.html filled with `values`."""
    return _environment().get_template(f"{template}.html").render(values)


def banner(message: str = "", kind: str = "error") -> str:
    """A message that screen readers announce; empty for none. `kind` is error, done or info."""
    return render("banner", message=message, kind=kind) if message else ""


def empty(key: str) -> str:
    """What a panel says while it has nothing to show."""
    return render("empty", text=say(key))


def dollars(amount: Decimal | str | None) -> str:
    """`$1,234.50`, a minus before the sign, a dash for an amount the file does not say."""
    if amount is None:
        return "–"
    value = Decimal(amount)
    return f"{'−' if value < 0 else ''}${abs(value):,.2f}"


def metric_name(name: str) -> str:
    """What a metric or a stage of a run is called; its own name where there is no word for it."""
    return texts(spoken())["metrics"].get(name, name.replace("_", " "))


def quoted(text: str) -> "Markup":
    """What stands between backticks as code; all of it escaped."""
    from markupsafe import Markup

    parts = str(text).split("`")
    return Markup("").join(Markup("<code>{}</code>" if at % 2 else "{}").format(part) for at, part in enumerate(parts))


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["t"] = say
    environment.globals["language"] = spoken
    environment.filters["dollars"] = dollars
    environment.filters["percent"] = lambda share: f"{share:.0%}"
    environment.filters["spoken"] = lambda name: str(name).replace("_", " ")
    environment.filters["quoted"] = quoted
    environment.filters["told"] = told
    environment.filters["metric"] = metric_name
    environment.filters["one_line"] = lambda text: " ".join(str(text).split())
    return environment
