"""Speed of the coder's page, measured: `python -m evals.bench_page`. One real server, a real browser, thirty coders.

The server is a process of its own over the site's index and a store that is thrown away. The coders talk to it as the
browser does. Each has notes of their own, with one condition that no other coder's notes have: a code of another's note
in an answer is cross-talk, and the program ends with status 1.
"""

import argparse
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from evals.bench import percentile, row

CHROMIUM = Path("/usr/bin/chromium")
CODERS = 30
SECONDS_A_NOTE = 30.0
"""Each coder opens a note this often: several times as often as a person does."""
CONDITIONS = (
    ("Gout of the left foot", "M10"), ("Acute otitis media of the right ear", "H66"), ("Migraine without aura", "G43"),
    ("Carpal tunnel syndrome of the right wrist", "G56"), ("Acute appendicitis", "K35"), ("Psoriasis vulgaris", "L40"),
    ("Hypothyroidism", "E03"), ("Gastroesophageal reflux disease without esophagitis", "K21"), ("Acute cystitis", "N30"),
    ("Iron deficiency anemia", "D50"), ("Moderate persistent asthma", "J45"), ("Atrial fibrillation", "I48"),
    ("Kidney stone", "N20"), ("Low back pain", "M54"), ("Allergic rhinitis", "J30"), ("Cellulitis of the left leg", "L03"),
    ("Acute bronchitis", "J20"), ("Generalized anxiety disorder", "F41"), ("Major depression, single episode", "F32"),
    ("Age-related osteoporosis", "M81"), ("Bacterial conjunctivitis of the left eye", "H10"), ("Sciatica, right side", "M54"),
    ("Acute sinusitis", "J01"), ("Hemorrhoids", "K64"), ("Irritable bowel syndrome", "K58"), ("Varicose veins", "I83"),
    ("Acute pancreatitis", "K85"), ("Parkinson disease", "G20"), ("Rheumatoid arthritis", "M06"), ("Vertigo", "R42"),
)  # fmt: skip


def note_of(number: int, turn: int) -> str:
    """A visit note of ordinary length whose assessment names one condition."""
    condition, _ = CONDITIONS[number % len(CONDITIONS)]
    return f"""OFFICE VISIT {number}-{turn}

HISTORY OF PRESENT ILLNESS
Seen for follow-up of {condition.lower()}, first noted {turn + 2} weeks ago. Sleeps well, eats well. Denies fever, chills,
chest pain and shortness of breath. No recent travel. Takes what was prescribed and has not missed a dose. Works at a desk,
walks the dog every evening, and says that things are about the same as at the last visit. Mother had a stroke at 70.

PHYSICAL EXAM
BP 128/{70 + turn % 10}, pulse {68 + turn % 9}. General: well appearing. Lungs: clear. Heart: regular. Abdomen: soft, no masses.

ASSESSMENT AND PLAN
1. {condition}. Stable. Continue present treatment; return in six weeks.
"""


class Coder:
    """One coder: the calls of the browser, timed, and what came back that was not theirs."""

    def __init__(self, address: str, component: int, number: int, timings: dict[str, list[float]]) -> None:
        self._url = f"{address.rstrip('/')}/gradio_api/component_server/"
        self._component, self.number, self._timings = component, number, timings
        self._session = f"bench{number:04}"
        self._sequence = itertools.count(1)
        self.foreign: list[str] = []
        self.key = self.call("hello")["key"]

    def call(self, name: str, timed: bool = False, **said: Any) -> dict[str, Any]:
        """One call of the page's own functions."""
        body = {
            "data": {**said, "key": getattr(self, "key", ""), "lang": "en"},
            "component_id": self._component,
            "fn_name": name,
            "session_hash": self._session,
        }
        started = time.perf_counter()
        request = Request(self._url, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urlopen(request, timeout=120) as answer:
            found: dict[str, Any] = json.load(answer)
        if timed:
            self._timings[name].append(time.perf_counter() - started)
        if "error" in found:
            raise RuntimeError(f"{name}: {found['error']}")
        return found

    def suggest(self, turn: int) -> str:
        """Paste a note and open it; the whole wait counts."""
        started = time.perf_counter()
        note = {"name": f"visit-{self.number}-{turn}", "text": note_of(self.number, turn), "date": "2026-11-09"}
        visit = str(self.call("add", notes=[note])["added"][0])
        answer = self.call("open", id=visit)
        self._timings["note to cards"].append(time.perf_counter() - started)
        self._check(answer)
        self._items = [item["code"] for item in answer["items"]]
        return visit

    def review(self, visit: str, pause: float) -> None:
        """Decide on each code, search once, and take the note off again."""
        choices: dict[str, Any] = {}
        for code in self._items[:4]:
            time.sleep(pause)
            choices[code] = {"action": "accepted"}
            state = {"choices": choices, "order": list(choices), "sequence": next(self._sequence) + 1000}
            self.call("keep", timed=True, id=visit, **state)
        self.call("find", timed=True, id=visit, text=CONDITIONS[self.number % len(CONDITIONS)][0])
        again = self.call("open", timed=True, id=visit)
        self._check(again)
        if set(again["choices"]) != set(choices):
            self.foreign.append("decisions")
        self.call("remove", id=visit)

    def _check(self, answer: dict[str, Any]) -> None:
        """This coder's condition is there, no note or name of another's is."""
        _, own = CONDITIONS[self.number % len(CONDITIONS)]
        if not any(item["code"].startswith(own) for item in answer["items"]):
            self.foreign.append(f"{own} is missing")
        if f"OFFICE VISIT {self.number}-" not in answer["note"] or answer["name"].split("-")[1] != str(self.number):
            self.foreign.append("another note")
        self.foreign += [row["name"] for row in answer["worklist"] if row["name"].split("-")[1] != str(self.number)]


@contextmanager
def served() -> Iterator[str]:
    """The page in a process of its own; gives its address."""
    from assistant.settings import load_settings

    settings = load_settings()
    with tempfile.TemporaryDirectory(prefix="superbill-bench-") as folder:
        (Path(folder) / "index").symlink_to(settings.index_dir.resolve(), target_is_directory=True)
        script = (
            "import sys; from assistant.services import Services; from assistant.web.server import running, warm; "
            "services = Services.open(quiet=True); warm(services)\n"
            "with running(services, '127.0.0.1', None) as url: print(url, flush=True); sys.stdin.read()"
        )
        environment = {**os.environ, "SUPERBILL_HOME": folder, "GRADIO_ANALYTICS_ENABLED": "False"}
        command = [sys.executable, "-c", script]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        ) as server:
            assert server.stdout and server.stdin
            address = server.stdout.readline().strip()
            if not address:
                raise SystemExit("The page did not start; run `superbill serve` to see why.")
            yield address
            server.stdin.close()
            server.wait(timeout=60)


def component_of(address: str) -> int:
    """The number of the coder's component on the page."""
    with urlopen(f"{address.rstrip('/')}/config") as answer:
        config = json.load(answer)
    return next(int(one["id"]) for one in config["components"] if one["props"].get("elem_id") == "sb-coder-tab")


def in_a_browser(address: str, repeats: int = 5) -> None:
    """Page usable, sample note to cards, code to words and key to next card, as Chromium shows them; the medians."""
    from playwright.sync_api import sync_playwright

    usable, cards, jumps, keys = [], [], [], []
    jump = """() => new Promise(done => { const started = performance.now();
        document.querySelector('#sb-cards button.sb-code').click();
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - started))); })"""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        for _ in range(repeats):
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            started = time.perf_counter()
            page.goto(address)
            page.locator("[data-ready]").wait_for()
            usable.append(time.perf_counter() - started)
            started = time.perf_counter()
            page.locator("#sb-sample-note").click()
            page.locator("#sb-cards .sb-card").first.wait_for()
            cards.append(time.perf_counter() - started)
            jumps.append(page.evaluate(jump) / 1000)
            started = time.perf_counter()
            page.keyboard.press("a")
            page.locator("#sb-cards .sb-card[data-state=accepted]").first.wait_for()
            keys.append(time.perf_counter() - started)
            page.context.close()
        browser.close()
    for name, seconds, goal in (
        ("page usable", usable, "2 s"),
        ("sample note to cards, in the browser", cards, "1 s"),
        ("code to its words", jumps, "100 ms"),
        ("key to decision", keys, "100 ms"),
    ):
        row(
            f"{name}, median / worst of {repeats}",
            f"{_spoken(percentile(seconds, 0.5))} / {_spoken(max(seconds))}",
            goal,
        )


def at_work(address: str, coders: int, minutes: float, burst: bool) -> list[str]:
    """All coders at once; what was not theirs. In a burst they all open one note in the same second."""
    component, timings = component_of(address), defaultdict[str, list[float]](list)
    people = [Coder(address, component, number, timings) for number in range(coders)]
    faults: list[str] = []

    def work(coder: Coder) -> None:
        lot = random.Random(coder.number)
        try:
            if burst:
                coder.review(coder.suggest(0), 0)
                return
            time.sleep(lot.uniform(0, SECONDS_A_NOTE))
            until = time.monotonic() + minutes * 60
            for turn in itertools.count(1):
                begun = time.monotonic()
                coder.review(coder.suggest(turn), lot.uniform(0.3, 1.5))
                if time.monotonic() > until:
                    return
                time.sleep(max(0.0, SECONDS_A_NOTE * lot.uniform(0.8, 1.2) - (time.monotonic() - begun)))
        except Exception as error:
            faults.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=work, args=(coder,)) for coder in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    how = "all in the same second" if burst else f"each a note every {SECONDS_A_NOTE:.0f} s"
    row(f"{coders} coders at once, {how}", "p50 / p95", "")
    for name, said, goal in (
        ("note to cards", "note to cards", "" if burst else "2 s"),
        ("open", "a note opened again", "2 s"),
        ("keep", "decision kept and checked", "2 s"),
        ("find", "search", "2 s"),
    ):
        seconds = timings[name]
        p50, p95 = (_spoken(percentile(seconds, share)) for share in (0.5, 0.95)) if seconds else ("-", "-")
        row(f"    {said} ({len(seconds)})", f"{p50} / {p95}", goal)
    foreign = [f"coder {coder.number}: {what}" for coder in people for what in coder.foreign]
    row("    answers with something of another's", str(len(foreign)), "0")
    return foreign + faults


def _spoken(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def main() -> int:
    """Measure and print; 1 when a coder saw something of another's or a call failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--coders", type=int, default=CODERS)
    parser.add_argument("--minutes", type=float, default=1.0, help="how long the coders work")
    args = parser.parse_args()
    row("what", "measured", "goal")
    with served() as address:
        if CHROMIUM.exists():
            in_a_browser(address)
        else:
            row("page usable", "no Chromium here", "2 s")
        wrong = at_work(address, args.coders, args.minutes, burst=False)
        wrong += at_work(address, args.coders, 0, burst=True)
    for what in wrong:
        print(what, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
