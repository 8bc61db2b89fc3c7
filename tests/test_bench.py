"""The page of benchmarks: how figures, goals and sections are written, and that a run replaces its own section only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.bench.page import Circumstances, Line, line, number, page, section
from tests.bench.parts import PARTS

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
TITLES = {"sync": "Sync", "search": "Search", "feeds": "Feeds"}
OF = Circumstances(
    "30 November 2026, 09:00 UTC",
    5,
    "Linux, 2 cores",
    "Python 3.11.7",
    (0.25, 1.0),
    "python -m tests.bench --only sync",
)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (2, "2"),
        (0.0834, "0.083"),
        (3.254, "3.25"),
        (24.61, "24.6"),
        (250.4, "250"),
        (12345.6, "12,346"),
        (-0.5, "-0.500"),
    ],
)
def test_numbers_have_the_digits_that_say_something(value: float, written: str) -> None:
    assert number(value) == written


def test_a_line_has_median_spread_and_whether_the_goal_is_met() -> None:
    times = [3.0, 1.0, 1.5]
    assert line("a sync", times, " s") == Line("a sync", "1.50 s (1 to 3)")
    assert line("a sync", times, " s", most=1.5) == Line("a sync", "1.50 s (1 to 3)", "at most 1.50 s", met=True)
    assert line("a sync", times, " s", most=1.4) == Line("a sync", "1.50 s (1 to 3)", "at most 1.40 s", met=False)
    assert line("a rate", [7000.0], " a second", least=5000).met
    assert line("a rate", [4999.0], " a second", least=5000) == Line(
        "a rate", "4,999 a second", "at least 5,000 a second", met=False
    )


def test_a_section_has_lines_goals_notes_and_circumstances() -> None:
    lines = [line("first", [2.0], " s", most=3), line("again", [2.0], " s", most=1), line("peer", [4.0], " s")]
    assert section("Sync", lines, ["A note."], OF) == (
        "## Sync\n\n| measured | figure | goal |\n|---|---|---|\n"
        "| first | 2 s | at most 3 s: met |\n| again | 2 s | at most 1 s: **missed** |\n| peer | 4 s |  |\n\n"
        "A note.\n\n"
        "30 November 2026, 09:00 UTC, 5 runs, Linux, 2 cores; Python 3.11.7; load 0.2 before and 1.0 after.\n"
        "`python -m tests.bench --only sync`\n"
    )


def sections(text: str) -> dict[str, str]:
    return {each: text.split(f"<!-- begin {each} -->\n")[1].split(f"<!-- end {each} -->")[0] for each in TITLES}


def test_a_run_replaces_its_own_section_only() -> None:
    first = page("", {"search": "## Search\n\nold search\n", "sync": "## Sync\n\nold sync\n"}, TITLES)
    assert sections(first) == {
        "sync": "## Sync\n\nold sync\n",
        "search": "## Search\n\nold search\n",
        "feeds": "## Feeds\n\nNot measured yet: `make bench ONLY=feeds`.\n",
    }
    again = page(first, {"search": "## Search\n\nnew search\n"}, TITLES)
    assert sections(again) == {**sections(first), "search": "## Search\n\nnew search\n"}
    assert page(again, {}, TITLES) == again


def test_a_part_that_is_no_more_leaves_the_page() -> None:
    before = page("", {"sync": "## Sync\n\nold sync\n"}, TITLES)
    assert "old sync" not in page(before, {}, {"feeds": "Feeds"})


def test_the_page_begins_with_what_is_missed() -> None:
    lines = [
        line("too slow", [2.0], " s", most=1),
        line("quick", [2.0], " s", most=3),
        line("too large", [2], "", most=1),
    ]
    made = page("", {"sync": section("Sync", lines, [], OF)}, TITLES)
    assert "\nGoals that are missed: Sync, too slow; Sync, too large.\n" in made
    fine = page("", {"sync": section("Sync", lines[1:2], [], OF)}, TITLES)
    assert "\nNo goal that was measured is missed.\n" in fine


def test_the_page_is_as_a_run_writes_it() -> None:
    text = PAGE.read_text(encoding="utf-8")
    titles = {part.name: part.title for part in PARTS if part.full}
    assert text == page(text, {}, titles)


def test_what_the_page_names_to_be_measured_is_there() -> None:
    names = {part.name for part in PARTS}
    assert len(names) == len(PARTS)
    named = re.findall(r"(?:ONLY=|--only )([\w,]+)", PAGE.read_text(encoding="utf-8"))
    assert named
    assert {name for each in named for name in each.split(",")} <= names
