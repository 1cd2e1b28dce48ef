"""docs/trust.md's table, from the result files of `make chaos`, `make fuzz` and `make load`: `python -m tests.chaos.table`."""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "trust.md"
CHAOS = ROOT / "tests" / "chaos" / "results.json"
LOAD = ROOT / "tests" / "chaos" / "load.json"
FUZZ = ROOT / "tests" / "fuzz" / "results.json"
AIM = 10_000_000
BEGIN, END = "<!-- trust table begin: python -m tests.chaos.table -->", "<!-- trust table end -->"


def table(chaos: dict[str, Any], fuzz: dict[str, Any], load: dict[str, Any]) -> str:
    """The tables in Markdown."""
    kills, doors, targets = chaos["kills"], chaos["doors"], fuzz["targets"]
    lost = sum(len(row["faults"]) for row in kills.values())
    lines = [
        f"**Kills** (`make chaos`, {chaos['on']}, seed {chaos['seed']}): {sum(row['kills'] for row in kills.values())} times "
        f"`kill -9`, {lost} faults.",
        "",
        "| killed in the middle of | kills | promises looked for afterwards | lost or half done |",
        "| --- | --- | --- | --- |",
    ]
    lines += [f"| {name} | {row['kills']} | {row['promised']} | {len(row['faults'])} |" for name, row in kills.items()]
    tried = sum(row["refused"] + row["answered"] for row in doors.values())
    bad = sum(len(row["faults"]) for row in doors.values())
    lines += [
        "",
        f"**Bad files** (`make chaos`, {chaos['on']}): {chaos['attacks']} hostile or damaged files at {len(doors)} doors, "
        f"{tried} trials, {bad} faults (another error than a sentence, more than 10 s of CPU, more than 700 MB).",
        "",
        "| door | refused in a sentence | answered | longest, CPU s | most memory, MB | faults |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {name} | {row['refused']} | {row['answered']} | {row['seconds']:.1f} | {row['megabytes']} | {len(row['faults'])} |"
        for name, row in doors.items()
    ]
    done = sum(row["executions"] for row in targets.values())
    minutes = sum(row["cpu_seconds"] for row in targets.values()) / 60
    lines += [
        "",
        f"**Fuzz** (`make fuzz`, atheris, to {fuzz['last']}): {done:,} executions in {minutes:.0f} minutes of CPU, of "
        f"{AIM:,} aimed at; a further run goes on from there.",
        "",
        "| target | executions | CPU minutes | of these, inputs that showed a fault (fixed since) |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {name} | {row['executions']:,} | {row['cpu_seconds'] / 60:.1f} | {row['faults']:,} |"
        for name, row in sorted(targets.items())
    ]
    return "\n".join([*lines, "", *_load(load)])


def _load(load: dict[str, Any]) -> list[str]:
    lines = [
        f"**Deciding at once** (`make load`, {load['on']}, {load['cores']} cores, which the writers share with the database; an "
        "encounter is eight decisions; only at the pace of 5,000 coders does a writer pause).",
        "",
        "| store | who writes | encounters | a second | one takes, ms: median / 95 % / longest | told to try again | lost |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    return lines + [
        f"| {row['database']} | {row['load']} | {row['encounters']:,} | {row['a_second']:.0f} | "
        f"{row['p50']:,.0f} / {row['p95']:,.0f} / {row['longest']:,.0f} | {sum(row['refused'].values()):,} | "
        f"{row['lost'] + row['faults']} |"
        for row in load["rows"]
    ]


def written(page: str, body: str) -> str:
    """`page` with the table between its marks."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{body}\n{END}{rest.partition(END)[2]}"


def main() -> int:
    """Write the page; 1 when it was out of date."""
    page = PAGE.read_text(encoding="utf-8")
    made = written(page, table(*(json.loads(path.read_text()) for path in (CHAOS, FUZZ, LOAD))))
    PAGE.write_text(made, encoding="utf-8")
    return int(made != page)


if __name__ == "__main__":
    main()
    sys.exit(0)
