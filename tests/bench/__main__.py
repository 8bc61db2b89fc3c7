"""`make bench` measures the speed goals and writes docs/benchmarks.md; `make bench-quick` a little of most, and prints it.

Options: `python -m tests.bench --help`.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.page import Circumstances, Line, page, section
from tests.bench.parts import FULL, PARTS, QUICK, Bench, Part
from tests.shared import FOLDER

RESULTS = Path(__file__).parents[2] / "docs" / "benchmarks.md"
_VERSIONS = ("pyyaml", "rapidyaml", "sqlalchemy", "slack-bolt", "starlette", "uvicorn", "reader")


def main() -> None:
    options = _options()
    quick = options.quick
    scale = QUICK if quick else replace(FULL, runs=options.runs, asked=options.asked, joined=options.library)
    console = Console(width=120)
    chosen = [part for part in PARTS if (part.quick if quick else part.full) and part.name in options.only]
    if not FOLDER.is_dir() and any(part.name == "sync" for part in chosen):
        console.print(f"The folder of real articles is not there: {FOLDER}. Their sync is not measured.")
        chosen = [part for part in chosen if part.name != "sync"]
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="heatline-bench-") as name:
        bench = Bench(scale, Path(name), options.kept)
        for part in chosen:
            load = os.getloadavg()[0]
            began = datetime.now(UTC)
            try:
                found = part.take(bench)
            except subprocess.CalledProcessError as error:
                console.print(f"{part.title}: not measured, {error}")
                failed.append(part.name)
                continue
            took = (datetime.now(UTC) - began).total_seconds()
            _show(console, f"{part.title} ({took:.0f} s)", found.lines, goals=not quick)
            if quick:
                continue
            runs = scale.runs if found.runs is None else found.runs
            of = Circumstances(
                f"{began:%d %B %Y, %H:%M} UTC",
                runs,
                _machine(),
                _versions(),
                (load, os.getloadavg()[0]),
                f"python -m tests.bench --only {part.name} --runs {scale.runs}",
            )
            _keep(part, section(part.title, found.lines, found.notes, of))
    if failed:
        raise SystemExit(f"not measured: {', '.join(failed)}")


def _options() -> argparse.Namespace:
    names = [part.name for part in PARTS if part.full]
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a little of most in a minute; writes nothing")
    parser.add_argument("--only", type=_names, default=_ALL, metavar="NAME[,NAME]", help=f"of {', '.join(names)}")
    parser.add_argument("--runs", type=int, default=FULL.runs, help=f"runs of each (default {FULL.runs})")
    parser.add_argument(
        "--library", type=int, default=FULL.joined, help="articles of the library that single ones join"
    )
    parser.add_argument("--asked", type=int, default=FULL.asked, help="articles of the library that is asked")
    parser.add_argument("--kept", type=Path, help="where that library is kept for the next time; else it is built anew")
    return parser.parse_args()


_ALL = tuple(part.name for part in PARTS)


def _names(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if unknown := [name for name in names if name not in _ALL]:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}")
    return names


def _keep(part: Part, text: str) -> None:
    """Put a section into the page at once, so that a run that is stopped loses nothing."""
    titles = {each.name: each.title for each in PARTS if each.full}
    before = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    RESULTS.write_text(page(before, {part.name: text}, titles), encoding="utf-8")


def _show(console: Console, title: str, lines: Sequence[Line], *, goals: bool) -> None:
    table = Table("measured", "figure", *(["goal"] if goals else []), title=title, title_justify="left")
    for each in lines:
        goal = f"{each.goal}{'' if each.met else ': missed'}"
        table.add_row(each.what, each.figure, *([goal] if goals else []))
    console.print(table)


def _machine() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{platform.platform()}, {cores} cores, {memory:.0f} GiB"


def _versions() -> str:
    return f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in _VERSIONS)


if __name__ == "__main__":
    main()
