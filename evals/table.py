"""Runs and comparisons as plain text for a terminal."""

from typing import Any

from evals.suites import PARTS, shown

SYNTHETIC = "Synthetic notes, annotated by language models; no certified coder has checked them."


def run_table(record: dict[str, Any], stages: bool = False) -> str:
    """The headline numbers of every part and tool, `value [low, high]`, and recall by stage when asked."""
    out = [f"Suite {record['suite']}, split {record['split']}; 95 % intervals by bootstrap over cases."]
    for name, entry in record["parts"].items():
        part, tools = PARTS[name], entry["tools"]
        out.append(f"\n{name}: {entry['n']} cases")
        rows = [["", *tools]]
        for metric in shown(record["suite"], name, next(iter(tools.values()))["metrics"]):
            mark = " (lower is better)" if metric in part.lower_is_better else ""
            rows.append([metric + mark, *(interval_text(tool["metrics"][metric]) for tool in tools.values())])
        out.append(columns(rows))
        for tool, scored in tools.items() if stages else ():
            reached = scored.get("extras", {}).get("stages")
            if reached:
                out.append(
                    f"recall after each stage, {tool}: " + ", ".join(f"{k} {number(v)}" for k, v in reached.items())
                )
    if "notes" in record["parts"]:
        out.append(f"\n{SYNTHETIC}" if record["suite"] in ("first", "notes", "all") else "")
    return "\n".join(out).rstrip()


def compare_table(result: dict[str, Any]) -> str:
    """Every metric of both runs with the difference, its interval and p-value; headline metrics first."""
    out = []
    for name, part in result["parts"].items():
        first, second = part["tools"]
        out.append(f"{name}: {part['n']} cases, A = {first}, B = {second}")
        rows = [["", "A", "B", "B - A", "p"]]
        headline = [metric for metric in PARTS[name].headline if metric in part["metrics"]]
        for metric in [*headline, *(m for m in part["metrics"] if m not in headline)]:
            row = part["metrics"][metric]
            change = interval_text({**row, "value": row["difference"]})
            verdict = " worse" if metric in part["worse"] else " better" if metric in part["better"] else ""
            rows.append([metric, number(row["a"]), number(row["b"]), change, number(row["p_value"]) + verdict])
        out.append(columns(rows) + "\n")
    out.append("A headline metric fell." if result["worse"] else "No headline metric fell significantly.")
    return "\n".join(out)


def interval_text(row: dict[str, Any]) -> str:
    """`0.512 [0.430, 0.590]`, or `undefined`."""
    if row["value"] is None:
        return "undefined"
    return f"{number(row['value'])} [{number(row['low'])}, {number(row['high'])}]"


def number(value: float | None) -> str:
    """Three decimals, or a dash."""
    return "-" if value is None else f"{value:.3f}"


def columns(rows: list[list[str]]) -> str:
    """Rows as aligned columns."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
