"""Writes docs/soak.md: what a soak was, on what machine, and what came of it."""

from __future__ import annotations

import os
import platform
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from tests.chaos.driver import Figures
from tests.chaos.plan import NORMAL, POST, Times

RESULTS = Path(__file__).parents[2] / "docs" / "soak.md"

_HEAD = """\
# Soak

`make soak` plays a morning against the pretend Slack: digests fall due for many channels at once, some were missed before
the bot started, and subscriptions come beside them. Every call to Slack may go wrong, by dice with a seed: the connection
is cut before or after the message was taken, Slack answers 5xx before or after taking it, `ok: false` with an error of its
own, 429 with Retry-After, or late, also later than the bot waits. The bot is the real one, from the schedule to the
confirmed message, in processes of its own, and is killed with SIGKILL at random moments and started again. In the end every
part of every post must stand in Slack exactly once, after the part that it follows and in its thread, and the ledger must
know all of it. The run fails else. `make test` has a short form of it, `tests/chaos/test_chaos.py`.

{times}
There is no limit of a message a second, and PostgreSQL does not wait for the disk. Everything else is as it is every day.
Slack is a thread of the process that drives the run, on the same machine.

This page is written by the run itself.
"""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Under which command, when, and beside how much other work the runs were made."""

    command: str
    began: datetime
    load: float
    revision: str


def page(runs: Sequence[Figures], given: Circumstances) -> str:
    """The whole page."""
    said = _HEAD.format(times=textwrap.fill(_times(runs[0].plan.times), 124))
    machine = f"{platform.platform()}, {_cores()} cores, Python {platform.python_version()}"
    versions = ", ".join(f"{name} {version(name)}" for name in ("slack-sdk", "slack-bolt", "aiohttp", "sqlalchemy"))
    facts = (
        f"- {given.began:%d %B %Y, %H:%M} UTC, revision {given.revision}, by `{given.command}`",
        f"- {machine}; {versions}",
        f"- load average of the machine at the start: {given.load:.1f}",
    )
    names = [figures.plan.name for figures in runs]
    lines = [said, *facts, "", f"| | {' | '.join(names)} |", f"|---|{'---:|' * len(runs)}"]
    lines += [f"| {what} | {' | '.join(values)} |" for what, values in _rows(runs)]
    problems = [f"- {figures.plan.name}: {problem}" for figures in runs for problem in figures.verdict.problems[:20]]
    if problems:
        lines += ["", "What is wrong:", "", *problems]
    return "\n".join([*lines, ""])


def _rows(runs: Sequence[Figures]) -> list[tuple[str, list[str]]]:
    rows: list[tuple[str, list[str]]] = [
        ("seed", [str(each.plan.seed) for each in runs]),
        ("database", [each.database for each in runs]),
        ("processes", [str(each.plan.processes) for each in runs]),
        ("editions", [f"{each.plan.editions + each.plan.subscriptions:,}" for each in runs]),
        ("channels", [f"{each.plan.channels:,}" for each in runs]),
        ("channels that an edition comes to", [f"{each.plan.each or each.plan.channels:,}" for each in runs]),
        ("subscriptions among the editions, to one channel each", [f"{each.plan.subscriptions:,}" for each in runs]),
        ("posts wanted", [f"{each.plan.expected:,}" for each in runs]),
        ("posts made", [f"{each.verdict.posts:,}" for each in runs]),
        ("messages in Slack", [f"{each.verdict.messages:,}" for each in runs]),
        ("**messages twice**", [f"**{each.verdict.duplicates:,}**" for each in runs]),
        ("**messages or posts lost**", [f"**{each.verdict.lost:,}**" for each in runs]),
        ("**left ambiguous**", [f"**{each.verdict.ambiguous:,}**" for each in runs]),
        ("**anything else wrong**", [f"**{_else(each):,}**" for each in runs]),
        ("killed with SIGKILL", [f"{each.kills:,}" for each in runs]),
        ("posts taken over by another process", [f"{each.taken_over:,}" for each in runs]),
        ("calls of chat.postMessage", [f"{each.calls[POST]:,}" for each in runs]),
        ("looks into channels and threads", [f"{_looks(each):,}" for each in runs]),
        ("calls in all", [f"{each.calls.total():,}" for each in runs]),
    ]
    for kind, said in _KINDS.items():
        rows.append((said, [f"{each.faults[kind]:,}" for each in runs]))
    rows += [
        ("faults in all", [f"{each.faults.total():,}" for each in runs]),
        ("seconds", [f"{each.seconds:,.0f}" for each in runs]),
        ("messages a second", [f"{each.verdict.messages / each.seconds:,.0f}" for each in runs]),
    ]
    return rows


_KINDS = {
    "lost_reply": "cut after the call was carried out",
    "drop_before": "cut before",
    "late_error": "5xx after the call was carried out",
    "server_error": "5xx before",
    "refused": "`internal_error` and the like",
    "rate_limited": "429 with Retry-After",
    "delay": "answered late",
}


def _else(figures: Figures) -> int:
    counted = figures.verdict.duplicates + figures.verdict.lost + figures.verdict.ambiguous
    return max(0, len(figures.verdict.problems) - counted)


def _looks(figures: Figures) -> int:
    return figures.calls["conversations.history"] + figures.calls["conversations.replies"]


def _times(times: Times) -> str:
    return (
        f"So that many kills fit into a run, the bot's own times are shortened: a call may take {times.timeout:g} s (else "
        f"{NORMAL.timeout:g}), a claim holds {times.lease:g} s without a sign of life (else {NORMAL.lease:g}), a message whose "
        f"answer was lost may still come for {times.settle:g} s (else {NORMAL.settle:g}), and it looks every {times.look:g} s "
        f"(else {NORMAL.look:g})."
    )


def _cores() -> int | None:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
