"""Votes: kept per digest, bounded, fading, and taken back; and what the command line makes of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.readers import Votes, digest
from digests.library import Library
from digests.ranking import VOTES_HALVE
from tests.making import NOON

ABOUT = ("provider:Tidewater Post", "topic:robotics")


def test_a_vote_counts_a_little_fades_and_can_be_taken_back(library: Library) -> None:
    votes = Votes(library.database)
    votes.give(digest("daily"), "https://a.example.com/1", ABOUT, 1.0, NOON)
    fresh, faded = votes.standing([digest("daily")], NOON), votes.standing([digest("daily")], NOON + timedelta(days=60))
    assert fresh.keys() == set(ABOUT)
    assert 0.3 < fresh["topic:robotics"] < 0.4
    assert 0 < faded["topic:robotics"] < fresh["topic:robotics"] / 2
    assert votes.standing([digest("weekly")], NOON) == {}
    assert votes.standing([digest("daily")], NOON - timedelta(hours=1)) == {}
    votes.give(digest("daily"), "https://a.example.com/1", ABOUT, -1.0, NOON)
    assert votes.standing([digest("daily")], NOON)["topic:robotics"] < 0
    votes.give(digest("daily"), "https://a.example.com/1", ABOUT, 0.0, NOON)
    assert votes.standing([digest("daily")], NOON) == {}


def test_votes_are_worth_what_the_editorial_page_says(library: Library) -> None:
    page = (Path(__file__).parents[2] / "docs" / "editorial.md").read_text(encoding="utf-8")
    assert f"its weight halves every {VOTES_HALVE.days} days" in page
    votes = Votes(library.database)
    votes.give(digest("daily"), "https://a.example.com/1", ABOUT, 1.0, NOON)
    assert votes.standing([digest("daily")], NOON)["topic:robotics"] == pytest.approx(1 / 3, abs=1e-6)
    assert votes.standing([digest("daily")], NOON + VOTES_HALVE)["topic:robotics"] == pytest.approx(1 / 5, abs=1e-6)


@given(st.lists(st.sampled_from([-1.0, 1.0]), max_size=30))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_many_votes_there_is_a_bound(library: Library, given_votes: list[float]) -> None:
    votes = Votes(library.database)
    for number, value in enumerate(given_votes):
        votes.give(digest("many"), f"https://a.example.com/{number}", ABOUT, value, NOON)
    assert all(-1 < value < 1 for value in votes.standing([digest("many")], NOON).values())
