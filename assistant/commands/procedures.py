"""How `superbill search` answers a procedure code or the beginning of one: the axes filled, and what the next one allows."""

import datetime as dt
from typing import Any

from assistant.record import to_record
from corpus.library import CodeBook
from corpus.procedures.filling import Axis, AxisValue, axes, chosen


def axes_of(book: CodeBook, text: str, date: dt.date) -> dict[str, Any] | None:
    """`{"filled": [axis], "next": axis or None}` for a code or the beginning of one; None for anything else."""
    filled = chosen(book, text)
    following = axes(book, text, date)
    if not filled:
        return None
    return {"filled": to_record(filled), "next": to_record(following)}


def print_axes(book: CodeBook, text: str, date: dt.date) -> bool:
    """Print the same for people; whether there was anything to print."""
    filled = chosen(book, text)
    if not filled:
        return False
    code = book.form(text)
    print(f"{code}  {book.title(code)}".rstrip())
    for axis in filled:
        _print_value(f"  {axis.name}: ", axis.values[0])
    following = axes(book, text, date)
    if following is not None:
        _print_axis(following)
    elif not book.billable(code):
        print(f"No code that begins with {code} is valid on {date}.")
    return True


def _print_axis(axis: Axis) -> None:
    print(f"Next, character {axis.position}, {axis.name}:")
    for value in axis.values:
        _print_value("  ", value)


def _print_value(before: str, value: AxisValue) -> None:
    told = " ".join(filter(None, (value.meaning, value.apart)))
    print(f"{before}{value.value} {value.label}{f'. {told}' if told else ''}")
