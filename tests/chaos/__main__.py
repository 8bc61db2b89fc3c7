"""`make soak`: the long form of the chaos test, one process on SQLite, three on one PostgreSQL; writes docs/soak.md.

python -m tests.chaos --editions 500 --channels 40 --kills 50
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.clock import utc_now
from tests import postgres
from tests.chaos import driver
from tests.chaos.driver import Figures, RunError
from tests.chaos.plan import Plan
from tests.chaos.report import RESULTS, Circumstances, page


def main() -> int:
    """Play the runs, show how far they are, write the page; 1 where anything is wrong."""
    options = _options()
    console = Console()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # it leaves no process behind
    began, load = utc_now(), os.getloadavg()[0]
    runs: list[Figures] = []
    for kind, processes in options.runs:
        plan = Plan(
            f"{'one process' if processes == 1 else f'{processes} processes'}, {kind}",
            seed=options.seed + processes,
            editions=options.editions,
            channels=options.channels,
            subscriptions=options.subscriptions,
            kills=options.kills,
            each=options.each,
            processes=processes,
            minutes=options.slots,
            seconds=options.minutes * 60,
        )
        console.print(f"{plan.name}: seed {plan.seed}, {plan.expected:,} posts, {plan.kills} kills")
        try:
            runs.append(_played(plan, kind, console))
        except RunError as error:
            console.print(f"{plan.name}, seed {plan.seed}: {error}", style="red", markup=False)
            return 1
    command = shlex.join(["python", "-m", "tests.chaos", *sys.argv[1:]])
    said = page(runs, Circumstances(command, began, load, _revision()))
    options.results.write_text(said, encoding="utf-8")
    console.print(f"written to {options.results}")
    wrong = [problem for figures in runs for problem in figures.verdict.problems]
    for problem in wrong[:20]:
        console.print(problem, style="red", markup=False)
    for line in (line for figures in runs for line in figures.traces):
        console.print(line, style="dim", markup=False, soft_wrap=True)
    return 1 if wrong else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--editions", type=int, default=500, help="(default %(default)s)")
    parser.add_argument("--channels", type=int, default=40, help="(default %(default)s)")
    parser.add_argument("--each", type=int, default=0, help="channels that an edition comes to (default: all of them)")
    parser.add_argument("--subscriptions", type=int, default=200, help="beside them (default %(default)s)")
    parser.add_argument("--kills", type=int, default=50, help="SIGKILLs of a run (default %(default)s)")
    parser.add_argument(
        "--runs", type=_run, nargs="+", default=[("sqlite", 1), ("postgresql", 3)],
        help="a run for each: a database and a number of processes (default sqlite:1 postgresql:3)",
    )  # fmt: skip
    parser.add_argument(
        "--slots", type=int, default=5, help="so many after the start, one a minute (default %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=20261130, help="(default %(default)s)")
    parser.add_argument("--minutes", type=float, default=45, help="a run takes no longer (default %(default)s)")
    parser.add_argument(
        "--results", type=Path, default=RESULTS, help="where the page is written (default docs/soak.md)"
    )
    return parser.parse_args()


def _run(text: str) -> tuple[str, int]:
    kind, _, processes = text.partition(":")
    if kind not in ("sqlite", "postgresql") or not processes.isdecimal():
        raise argparse.ArgumentTypeError("write a run as sqlite:1 or postgresql:3")
    return kind, int(processes)


def _played(plan: Plan, kind: str, console: Console) -> Figures:
    shown = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )
    with shown, tempfile.TemporaryDirectory(prefix="heatline-soak-") as name:
        posts = shown.add_task("posts finished", total=plan.expected)
        kills = shown.add_task("kills", total=plan.kills)
        faults = shown.add_task("faults", total=None)

        def told(progress: driver.Progress) -> None:
            shown.update(posts, completed=progress.finished)
            shown.update(kills, completed=progress.kills)
            shown.update(faults, completed=progress.faults)

        here = nullcontext(f"sqlite:///{name}/heatline.db")
        with here if kind == "sqlite" else postgres.database(postgres.server()) as url:
            return driver.run(plan, Path(name), url, told)


def _revision() -> str:
    asked = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False, cwd=RESULTS.parent
    )
    return asked.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
