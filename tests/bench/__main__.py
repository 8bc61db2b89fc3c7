"""`make bench`: sync beside PyYAML's C loader in the same run, and the grouping of generated news; medians and ratios.

Each measurement is a whole process of its own, so that no run profits from what another left in memory; the two sides of
a ratio take turns.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.asking import TAKEN
from tests.bench.interactive import PEOPLE
from tests.shared import FOLDER, unpacked

RUNS = 5
FEEDS, ITEMS = 1000, 50
RESULTS = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def measured(*arguments: str) -> dict[str, float]:
    """Run one measurement in a process of its own: seconds inside it, seconds in all, and its peak memory in MB."""
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.one", *arguments], check=True, capture_output=True, text=True
    )
    after = os.times()
    return {**json.loads(done.stdout), "process": after.elapsed - before.elapsed}


@contextmanager
def serving(feeds: int, items: int) -> Iterator[str]:
    """A server of generated feeds in a process of its own; gives its port."""
    command = [sys.executable, "-m", "tests.bench.feedserver", str(feeds), str(items)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help=f"runs of each measurement (default {RUNS})")
    parser.add_argument("--library", type=int, default=100_000, help="articles of the library that single ones join")
    parser.add_argument(
        "--asked", type=int, default=1_000_000, help="articles of the library that questions are put to"
    )
    parser.add_argument("--kept", type=Path, help="where that library is kept for the next time; else it is built anew")
    options = parser.parse_args()
    runs = options.runs
    console = Console(width=110, record=True)
    if not FOLDER.is_dir():
        console.print(f"The folder of real articles is not there: {FOLDER}. Nothing measured.")
        return
    with tempfile.TemporaryDirectory(prefix="heatline-bench-") as name:
        corpus = unpacked("corpus/ai-news.tar.xz", Path(name)) / "ai-news" / "posts"
        measured("yaml", str(corpus))  # fills the file cache for both sides
        rows: dict[str, list[dict[str, float]]] = {"yaml": [], "first": [], "again": []}
        for turn in range(runs):
            database = Path(name) / f"{turn}.db"
            rows["yaml"].append(measured("yaml", str(corpus)))
            rows["first"].append(measured("sync", str(corpus), str(database)))
            rows["again"].append(measured("sync", str(corpus), str(database)))
        rows["group"] = [measured("group", "10000") for _ in range(runs)]
        ours, theirs = [], []
        with serving(FEEDS, ITEMS) as port:
            for turn in range(min(runs, 3)):
                ours.append(measured("feeds", str(FEEDS), str(Path(name) / f"feeds{turn}.db"), port))
                theirs.append(measured("reader", str(FEEDS), str(Path(name) / f"reader{turn}.db"), port))
        large = str(options.kept or Path(name) / "ask.db")
        ask = measured("ask", str(options.asked), large)
        use = measured("use", large)
        join = measured("join", str(options.library), str(Path(name) / "join.db"))
        hours = {case: measured("hours", case) for case in ("digest", "subscriptions")}
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    console.print(
        f"{platform.platform()}, {cores} cores, Python {platform.python_version()}, PyYAML {version('pyyaml')}, "
        f"rapidyaml {version('rapidyaml')}, SQLAlchemy {version('sqlalchemy')}; medians of {runs} runs in turn"
    )
    table = Table("measurement", "work s", "process s", "peak MB")
    titles = {
        "yaml": "yaml.CSafeLoader over all front matters, parsing alone",
        "first": "first sync of the same files",
        "again": "sync with nothing changed",
        "group": "10,000 generated articles grouped from cold",
    }
    for key, title in titles.items():
        medians = [statistics.median(row[field] for row in rows[key]) for field in ("work", "process", "memory")]
        table.add_row(title, *(f"{median:.2f}" for median in medians))
    console.print(table)
    for field, what in (
        ("work", "in the process, imports left out"),
        ("process", "whole processes, start-up included"),
    ):
        ratios = [slow[field] / fast[field] for slow, fast in zip(rows["yaml"], rows["first"], strict=True)]
        console.print(
            f"first sync is {statistics.median(ratios):.1f} times as fast as the parsing alone "
            f"({min(ratios):.1f} to {max(ratios):.1f}; {what}; goal 5)"
        )
    console.print(f"goals beside it: nothing changed under 0.5 s, peak under 250 MB; own memory {_own():.0f} MB")
    console.print("goals for the grouping: under 10 s and 300 MB")
    console.print(
        f"one new article into {options.library:,} of 30 days: median {join['median']:.1f} ms, 95th percentile "
        f"{join['p95']:.1f} ms of 60 (goal: median under 20 ms); taking all of them in before took {join['work']:.0f} s, "
        f"{1000 * join['work'] / options.library:.1f} ms each, peak {join['memory']:.0f} MB"
    )
    console.print(
        f"questions to {options.asked:,} articles of a year, of which the newest {TAKEN:,} are grouped into stories: "
        f"one at a time median {ask['p50_of_1']:.0f} ms, 99th percentile {ask['p99_of_1']:.0f} ms; with 50 people asking at "
        f"once median {ask['p50_of_50']:.0f} ms, 99th percentile {ask['p99_of_50']:.0f} ms (goal: under 500 ms)"
    )
    console.print(
        f"the whole bot over that library, {PEOPLE} people at once, {use['acts']:.0f} commands and presses over signed HTTP, "
        f"the pretend Slack beside it: until an answer is there median {use['p50']:.0f} ms, 99 % within {use['p99']:.0f} ms "
        "(goal: under 500 ms)"
    )
    for case, said in (("digest", "one digest to as many channels"), ("subscriptions", "as many personal digests")):
        found = hours[case]
        console.print(
            f"{found['places']:,.0f} deliveries due at one hour, {said}, {found['posts'] + found['replies']:,.0f} messages, "
            f"the pretend Slack answering after 100 ms on the same cores: the first after {found['first']:.1f} s (goal 2), "
            f"all posts after {found['last_post']:.0f} s, their threads after {found['work']:.0f} s (goal 60); peak "
            f"{found['peak']:.0f} MB (goal 250)"
        )
    built = "was there already" if ask["work"] < 60 else f"took {ask['work'] / 60:.0f} minutes to build"
    console.print(
        f"that library {built} and has {ask['database'] / 1000:.1f} GB, its full-text index {ask['index']:.0f} MB; peak "
        f"{ask['memory']:.0f} MB"
    )
    for title, field, goal in (("cold", "work", 60), ("nothing changed (304)", "again", 8)):
        mine, other = (statistics.median(row[field] for row in rows) for rows in (ours, theirs))
        console.print(
            f"{FEEDS:,} feeds of {ITEMS} items, {title}: {mine:.1f} s (goal {goal}); lemon24/reader {version('reader')} "
            f"{other:.1f} s, {other / mine:.1f} times as long"
        )
    peak = statistics.median(row["memory"] + row["children"] for row in ours)
    console.print(
        f"peak {peak:.0f} MB with its reading processes (goal 300), "
        f"reader {statistics.median(row['memory'] for row in theirs):.0f} MB"
    )
    RESULTS.write_text(f"# Benchmarks\n\nThe last `make bench`:\n\n```\n{console.export_text()}```\n", encoding="utf-8")


def _own() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
