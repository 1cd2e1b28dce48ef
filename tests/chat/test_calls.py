"""The lines of record of calls: one file a day, a budget that counts today alone."""

import datetime as dt
import json
from pathlib import Path

from assistant.chat.calls import FOLDER, add_call, calls, spent_today
from assistant.settings import Settings
from tests.chat.model_tools import settings_of

LINE = {"model": "openai/x", "sent_tokens": 10, "answer_tokens": 5, "cost": "0.25"}


def settings(folder: Path) -> Settings:
    return settings_of(folder, "http://127.0.0.1:1/v1")


def test_today_is_added_up_and_other_days_are_not(tmp_path: Path) -> None:
    site = settings(tmp_path)
    assert spent_today(site).tokens == 0
    add_call(site, LINE)
    assert (spent_today(site).tokens, str(spent_today(site).cost)) == (15, "0.25")
    yesterday = tmp_path / FOLDER / f"{dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)}.jsonl"
    yesterday.write_text(json.dumps({**LINE, "at": "earlier"}) + "\n")
    add_call(site, {**LINE, "cost": None})
    assert spent_today(site).tokens == 30
    assert [line["at"] == "earlier" for line in calls(tmp_path)] == [True, False, False]


def test_lines_of_other_processes_count_and_broken_ones_do_not(tmp_path: Path) -> None:
    site = settings(tmp_path)
    add_call(site, LINE)
    assert spent_today(site).tokens == 15
    (file,) = (tmp_path / FOLDER).iterdir()
    with file.open("a") as out:
        out.write("not json\n" + json.dumps(LINE) + "\n" + '{"sent_tokens": 99')
    assert spent_today(site).tokens == 30
    file.write_text(json.dumps(LINE) + "\n")
    assert spent_today(site).tokens == 15
