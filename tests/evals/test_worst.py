"""The list of the worst notes: by F1, long enough ones only, closed splits left out."""

from evals.worst import line, worst


def _item(name: str, gold: list[str], chosen: list[str], split: str = "dev") -> dict:
    return {
        "id": name,
        "slices": {"split": split},
        "gold": [{"code": code} for code in gold],
        "suggestions": [{"code": code, "selected": code in chosen} for code in [*chosen, "Z1"]],
    }


def test_the_worst_come_first_and_closed_or_short_notes_are_left_out() -> None:
    four = ["A1", "B1", "C1", "Z1"]
    items = [_item("good", four, four), _item("bad", four, ["X1"]), _item("short", ["A1"], ["X1"])]
    items.append(_item("closed", four, ["X1"], "test"))
    found = worst(items, first=5)
    assert [item["id"] for _, item in found] == ["bad", "good"]
    assert " ".join(line(*found[0]).split()) == "bad 0.00 missed A1@- B1@- C1@- Z1@2 false X1"
