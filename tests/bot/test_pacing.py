"""Whose turn it is: a second between two posts to a channel, one channel's 429 is its own, several are everybody's. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery.pacing import Pacing

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NOTHING = timedelta(0)


@pytest.fixture
def pacing() -> Pacing:
    return Pacing(SECOND)


def test_a_second_between_two_posts_to_a_channel_and_none_to_others(pacing: Pacing) -> None:
    assert pacing.begin("C1", NOON)
    assert pacing.wait("C1", NOON) == SECOND
    assert not pacing.begin("C1", NOON + SECOND / 2)
    assert pacing.begin("C2", NOON)
    assert pacing.begin("C1", NOON + SECOND)


def test_the_second_is_counted_from_the_answer(pacing: Pacing) -> None:
    assert pacing.begin("C1", NOON)
    pacing.ended("C1", NOON + 3 * SECOND)  # Slack may have taken it only then
    assert pacing.wait("C1", NOON + 3 * SECOND) == SECOND
    assert not pacing.begin("C1", NOON + 3.5 * SECOND)
    assert pacing.begin("C1", NOON + 4 * SECOND)


@pytest.mark.parametrize("refused", [1, 2])
def test_a_refused_channel_does_not_hold_up_the_others(pacing: Pacing, refused: int) -> None:
    for number in range(refused):
        pacing.refused(f"C{number}", NOON, 30 * SECOND)
    assert pacing.wait("C9", NOON) == NOTHING


def test_of_several_refused_at_a_time_all_wait_as_long_as_slack_says(pacing: Pacing) -> None:
    for number, seconds in enumerate((10, 30, 20)):
        pacing.refused(f"C{number}", NOON, seconds * SECOND)
    assert pacing.wait("C9", NOON) == 30 * SECOND
    assert not pacing.begin("C9", NOON + 29 * SECOND)
    assert pacing.begin("C9", NOON + 30 * SECOND)


def test_channels_that_were_refused_one_after_the_other_are_not_several(pacing: Pacing) -> None:
    for number in range(9):
        pacing.refused(f"C{number}", NOON + number * 31 * SECOND, 30 * SECOND)
    assert pacing.wait("C99", NOON + 8 * 31 * SECOND) == NOTHING


def test_a_clock_that_is_set_back_holds_up_nobody(pacing: Pacing) -> None:
    assert pacing.begin("C1", NOON)
    for number in range(3):
        pacing.refused(f"C{number}", NOON, 30 * SECOND)
    before = NOON - timedelta(hours=5)
    assert pacing.wait("C1", before) == NOTHING
    assert pacing.begin("C1", before)


def test_free_channels_are_forgotten(pacing: Pacing) -> None:
    for number in range(5_000):
        assert pacing.begin(f"C{number}", NOON + number * SECOND)
    assert len(pacing._free) <= 1_001
