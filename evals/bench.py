"""Speed and memory, measured: `make bench`. A program, never a test; figures belong to the machine it prints."""

import datetime as dt
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.codes import CodeSystem
from corpus.lexicon.words import lay_terms

if TYPE_CHECKING:
    from corpus.index.search import Searcher

REPEATS = 60
CASES = Path(__file__).parent / "cases"
RECALL_AT = 50
RECALL_QUERIES = 500
QUERIES = (
    "pink eye",
    "T2DM w CKD3b",
    "fx distal radius L",
    "hypertenson",
    "chest pain on exertion",
    "acute otitis media right ear",
    "COPD exacerbation",
    "sprained left ankle",
    "iron deficiency anemia",
    "GERD",
    "major depression recurrent moderate",
    "low back pain with sciatica",
    "UTI",
    "atrial fibrillation",
    "hypothyroidism",
    "migraine without aura",
    "cellulitis of left leg",
    "diabetic foot ulcer",
    "well child check",
    "kidney stone",
)


def percentile(values: Sequence[float], share: float) -> float:
    """The `share` quantile of `values`, in their unit."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def timed(work: Callable[[], object], repeats: int, clock: Callable[[], float] = time.perf_counter) -> list[float]:
    """Seconds of each repeat; with `time.process_time` those of one core, whatever else the machine does."""
    seconds = []
    for _ in range(repeats):
        started = clock()
        work()
        seconds.append(clock() - started)
    return seconds


def row(name: str, value: str, goal: str) -> None:
    """One line of the table."""
    print(f"{name:<58}{value:>22}   {goal}", flush=True)


def main() -> int:
    """Measure everything and print it."""
    from assistant.services import Services
    from assistant.settings import load_settings

    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    row("what", "measured", "goal")
    helps = timed(
        lambda: subprocess.run([sys.executable, "-m", "assistant.cli", "--help"], capture_output=True, check=True), 5
    )
    row("superbill --help", f"{statistics.median(helps):.2f} s", "0.3 s")

    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({"SUPERBILL_HOME": folder})
        _building(folder)
        services = Services.open(settings, quiet=True)
        date = dt.date(2026, 11, 9)
        _search(services, settings.index_dir, date)
        _completion(services, date)
        _notes(services)
        _remittances()
        row("resident memory of a process that searches and suggests, peak", f"{_peak_mb():.0f} MB", "1,500 MB")
    return 0


def _building(home: str) -> None:
    """Every system's index from nothing."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", "corpus", "build", "--json"],
        env={**os.environ, "SUPERBILL_HOME": home},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    seconds = time.perf_counter() - started
    goals = {"icd10cm": "120 s"}
    for one in json.loads(done.stdout)["indexes"]:
        name = f"index build from nothing, {one['system']}, {one['rows']:,} rows"
        row(name, f"{one['seconds']:.0f} s", goals.get(one["system"], ""))
    row("index build from nothing, all systems", f"{seconds:.0f} s", "300 s")


def _search(services: "object", index_dir: Path, date: dt.date) -> None:
    """Opening, diagnoses and procedures end to end, and what the graph of vectors finds of the exact nearest rows."""
    opened = [_opening(index_dir) for _ in range(3)]
    for name, at in (("index opening, after its modules are there", 1), ("    the import of those modules", 0)):
        row(name, f"{statistics.median(one[at] for one in opened):.2f} s", "1 s" if at else "")
    searcher = services.searcher_on(date)  # type: ignore[attr-defined]
    searcher.search("warm up", 10, date)
    seconds = [one for query in QUERIES for one in timed(lambda q=query: searcher.search(q, 10, date), 10)]  # type: ignore[misc]
    row("search, end to end, p50 / p95", _milliseconds(seconds), "12 / 35 ms")
    texts = queries("search", "search_blind")
    seconds = [one for query in texts for one in timed(lambda q=query: searcher.search(q, 10, date), 1)]  # type: ignore[misc]
    row(f"search, {len(texts)} queries once each, p50 / p95", _milliseconds(seconds), "12 / 35 ms")
    procedures = services.searcher_on(date, CodeSystem.ICD10PCS)  # type: ignore[attr-defined]
    procedures.search("warm up", 10, date)
    texts = queries("search_procedures")
    seconds = [one for query in texts for one in timed(lambda q=query: procedures.search(q, 10, date), 1)]  # type: ignore[misc]
    row(f"search for a procedure, {len(texts)} queries once each, p50 / p95", _milliseconds(seconds), "12 / 35 ms")
    texts = [*queries("search", "search_blind"), *(term.term for term in lay_terms()[::40])][:RECALL_QUERIES]
    shares = recalls(searcher, texts)
    row(
        f"index recall against exact search at {RECALL_AT}, {len(texts)} queries",
        f"{statistics.mean(shares):.4f}",
        "0.995",
    )


def _opening(index_dir: Path) -> tuple[float, float]:
    """Seconds to import what an index is opened with, and to open it, in a process of its own."""
    script = (
        "import time; from pathlib import Path; a = time.perf_counter(); from corpus.index.search import Searcher; "
        "from corpus.index.vectors import client_module; client_module(); b = time.perf_counter(); "
        f"Searcher(Path({str(index_dir)!r})).vectors; print(b - a, time.perf_counter() - b)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    importing, opening = map(float, done.stdout.split())
    return importing, opening


def queries(*suites: str) -> list[str]:
    """The queries of these files of cases; nothing is tuned on them here."""
    lines = ((CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines() for name in suites)
    return [str(json.loads(line)["query"]) for part in lines for line in part if line.strip()]


def recalls(searcher: "Searcher", texts: Sequence[str], count: int = RECALL_AT) -> list[float]:
    """For each text the share of its exactly nearest `count` rows that the graph of vectors finds; ties count as found."""
    import numpy as np

    rows = np.asarray(searcher.exact_vectors, np.float32)
    shares = []
    for vector in searcher.encoder.encode(texts):
        exact = rows @ vector
        least = np.partition(exact, -count)[-count] - 1e-4  # the graph holds float32, the exact rows are float16
        found, _ = searcher.vectors.nearest(vector[None], count)[0]
        shares.append(float((exact[found] >= least).mean()))
    return shares


def _completion(services: "object", date: dt.date) -> None:
    """Every key of every query, as it is typed."""
    searcher = services.searcher_on(date)  # type: ignore[attr-defined]
    started = time.perf_counter()
    searcher.completer.complete("a", 10, date)
    row("autocomplete, opening with the first key", f"{time.perf_counter() - started:.2f} s", "0.3 s")
    typed = [query[:end] for query in QUERIES for end in range(1, len(query) + 1)]
    seconds = [one for text in typed for one in timed(lambda t=text: searcher.complete(t, 10, date), 1)]  # type: ignore[misc]
    row(f"autocomplete, {len(typed)} keys, p50 / p95", _milliseconds(seconds), "10 ms")


def _notes(services: "object") -> None:
    from corpus import samples

    text = (Path(samples.__file__).parent / "office_visit.txt").read_text(encoding="utf-8")
    words = len(text.split())
    line = {"id": "bench", "text": text, "date_of_service": "2026-11-09"}
    services.suggest_line(line)  # type: ignore[attr-defined]
    seconds = timed(lambda: services.suggest_line(line), REPEATS)  # type: ignore[attr-defined]
    _stages(services, text)
    row(f"suggest, one note of {words} words, p50 / p95", _milliseconds(seconds), "300 ms")


def _stages(services: "object", text: str) -> None:
    from assistant.chart.mentions import find_mentions
    from assistant.chart.note import Note
    from assistant.chart.sections import sections
    from assistant.guidelines.check import check_codes

    date = dt.date(2026, 11, 9)
    book = services.codebook_on(date)  # type: ignore[attr-defined]
    note, long = Note("bench", text), Note("long", text * 40)
    seconds = timed(lambda: find_mentions(note, sections(note)), REPEATS)
    row("chart, the same note read, p50 / p95", _milliseconds(seconds), "10 ms")
    seconds = timed(lambda: find_mentions(long, sections(long)), 1)
    row(f"chart, {len(long.text.split()):,} words", f"{seconds[0]:.2f} s", "5 s")
    codes = [
        "E11.22",
        "I12.9",
        "N18.32",
        "E11.42",
        "E78.5",
        "E66.811",
        "Z68.31",
        "Z79.84",
        "S93.402A",
        "J44.1",
        "I48.91",
        "F33.1",
    ]
    seconds = timed(lambda: check_codes(codes, codebook=book, date=date, sex="F", age=65), REPEATS)
    row(f"check, {len(codes)} codes, p50 / p95", _milliseconds(seconds), "5 ms")


def _remittances() -> None:
    from assistant.remit.chains import Chains
    from assistant.remit.explanation import explain_claim
    from assistant.remit.file import read_bytes
    from assistant.remit.reader import RemitReader

    for words, count in (("6 segments", 20_000), ("27 segments", 6_000)):
        data = remittance_of(count, long=words != "6 segments")
        sum(1 for _ in RemitReader(remittance_of(1)))
        seconds = min(timed(lambda d=data: sum(1 for _ in RemitReader(d)), 5, time.process_time))  # type: ignore[misc]
        row(f"remittance, claims of {words}, read one by one", f"{count / seconds:,.0f} claims/s", "20,000 claims/s")
        seconds = min(timed(lambda d=data: read_bytes(d), 3, time.process_time))  # type: ignore[misc]
        row("    the same, whole file with all checks", f"{count / seconds:,.0f} claims/s", "")
    file = read_bytes(remittance_of(1500))
    (part,), chains = file.transactions, Chains.of(file)
    for audience in ("biller", "patient"):

        def explain(to: str = audience) -> None:
            for claim in part.claims:
                explain_claim(claim, part.header, chains.get(claim, part.header, file.name), to, "en")

        seconds = min(timed(explain, 3, time.process_time))
        row(f"explanations for the {audience}", f"{len(part.claims) / seconds:,.0f} claims/s", "2,000 claims/s")
    _large_file()


def remittance_of(count: int, long: bool = True) -> bytes:
    """A sound remittance but for its total: `count` claims of 27 segments, or 6, each with numbers of its own."""
    from corpus import samples

    text = (Path(samples.__file__).parent / "office_visit.835").read_text(encoding="utf-8")
    head, _, rest = text.partition("LX*1~")
    claim, _, tail = rest.partition("SE*")
    claim = claim.strip() if long else _SHORT_CLAIM
    body = "\n".join(claim.replace("DEMO1001", f"K{at:07}").replace("26324BM00917", f"I{at:09}") for at in range(count))
    return f"{head}LX*1~\n{body}\nSE*{tail}".encode()


_SHORT_CLAIM = """CLP*DEMO1001*1*100*70*20*12*26324BM00917*11*1~
NM1*QC*1*DOE*PAT****MI*M1~
SVC*HC:99213*100*70**1~
DTM*472*20260105~
CAS*CO*45*10~
CAS*PR*2*20~"""


def _large_file(megabytes: int = 200) -> None:
    """One file of this size to JSON lines, in a process of its own: how long, and the most memory it held."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "large.835", Path(folder) / "large.jsonl"
        piece = remittance_of(20_000)
        with source.open("wb") as out:
            for _ in range(megabytes * 1_000_000 // len(piece) + 1):
                out.write(piece)
        script = (
            "import sys; from evals.bench import _own_peak_mb; from assistant.cli import main; "
            "main(['remit', 'read', sys.argv[1], '--out', sys.argv[2]]); print(_own_peak_mb())"
        )
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", script, str(source), str(target)], capture_output=True, text=True, check=True
        )
        seconds = time.perf_counter() - started
        peak = float(done.stdout.split()[-1])
        size = source.stat().st_size / 1e6
        row(f"remittance of {size:.0f} MB to JSON lines, in {seconds:.0f} s, peak memory", f"{peak:.0f} MB", "500 MB")


def _own_peak_mb() -> float:
    """Most memory of this process since its program was loaded; on Linux `ru_maxrss` would count what it was forked from."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return _peak_mb()
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024


def _milliseconds(seconds: Sequence[float]) -> str:
    return f"{percentile(seconds, 0.5) * 1000:.1f} / {percentile(seconds, 0.95) * 1000:.1f} ms"


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)


if __name__ == "__main__":
    sys.exit(main())
