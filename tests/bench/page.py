"""The page of benchmarks: lines with their goals, sections of lines, and the page of sections. Pure."""

from __future__ import annotations

import re
import statistics
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_SECTION = re.compile(r"<!-- begin ([\w-]+) -->\n(.*?)<!-- end \1 -->\n", re.DOTALL)
_MISSED = re.compile(r"^\| (.+?) \| .* \*\*missed\*\* \|$", re.MULTILINE)

_HEAD = """\
# Benchmarks

`make bench` writes this page, a section for each measurement; `make bench ONLY=search,feeds` measures these anew and leaves the
others as they are. `make bench-quick` measures a little of most in a minute, and writes nothing. A figure is the median of
the runs, with the least and the most behind it; where a peer is named, both took turns. What was measured once, by hand,
stands in [measurements.md](measurements.md).
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure beside its goal. ``goal`` is empty where there is none."""

    what: str
    figure: str
    goal: str = ""
    met: bool = True


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When, how often, on what and by which command something was measured."""

    when: str
    runs: int
    machine: str
    versions: str
    load: tuple[float, float]
    command: str


def line(
    what: str, values: Sequence[float], unit: str, *, most: float | None = None, least: float | None = None
) -> Line:
    """The median of what was measured, with its spread, and whether it is at most or at least what is wanted.

    ``unit`` is written behind each number, such as ``" s"``.
    """
    middle = statistics.median(values)
    figure = f"{number(middle)}{unit}"
    if len(values) > 1:
        figure += f" ({number(min(values))} to {number(max(values))})"
    if most is not None:
        return Line(what, figure, f"at most {number(most)}{unit}", middle <= most)
    if least is not None:
        return Line(what, figure, f"at least {number(least)}{unit}", middle >= least)
    return Line(what, figure)


def number(value: float) -> str:
    """A number with as many digits as say something: 12,345, 250, 24.6, 3.25 and 0.083."""
    size = abs(value)
    digits = 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{value:,.{digits}f}"


def section(title: str, lines: Iterable[Line], notes: Sequence[str], of: Circumstances) -> str:
    """A section of the page, in Markdown."""
    rows = [f"| {each.what} | {each.figure} | {_goal(each)} |" for each in lines]
    before, after = of.load
    runs = "one run" if of.runs == 1 else f"{of.runs} runs"
    told = f"{of.when}, {runs}, {of.machine}; {of.versions}; load {before:.1f} before and {after:.1f} after."
    table = "\n".join([f"## {title}", "", "| measured | figure | goal |", "|---|---|---|", *rows])
    return "\n\n".join([table, *map(_wrapped, [*notes, told])]) + f"\n`{of.command}`\n"


def page(before: str, measured: Mapping[str, str], titles: Mapping[str, str]) -> str:
    """The page with the sections that were measured now, and those of before for the others, in the order of the titles."""
    known = {**dict(_SECTION.findall(before)), **measured}
    texts = {name: known.get(name) or _unmeasured(name, title) for name, title in titles.items()}
    missed = [f"{titles[name]}, {what}" for name, text in texts.items() for what in _MISSED.findall(text)]
    told = f"Goals that are missed: {'; '.join(missed)}." if missed else "No goal that was measured is missed."
    parts = [f"<!-- begin {name} -->\n{text}<!-- end {name} -->\n" for name, text in texts.items()]
    return "\n".join([_HEAD, f"{_wrapped(told)}\n", *parts])


def _goal(each: Line) -> str:
    if not each.goal:
        return ""
    return f"{each.goal}: {'met' if each.met else '**missed**'}"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 128, break_long_words=False, break_on_hyphens=False)


def _unmeasured(name: str, title: str) -> str:
    return f"## {title}\n\nNot measured yet: `make bench ONLY={name}`.\n"
