"""Holds: no method of Slack's is called before the time that it asked to wait, and no post goes to a refused channel before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.delivery.pacing import Holds, Pacing

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_every_delivery_to_a_refused_channel_waits_for_exactly_as_long() -> None:
    pacing = Pacing(SECOND)
    assert pacing.begin("C1", NOW)
    pacing.refused("C1", NOW, 7 * SECOND)
    assert pacing.wait("C1", NOW) == 7 * SECOND
    assert not pacing.begin("C1", NOW + 6.9 * SECOND)
    assert pacing.begin("C1", NOW + 7 * SECOND)
    assert pacing.wait("C1", NOW + 7 * SECOND) == SECOND


def test_of_two_refusals_the_longer_counts() -> None:
    pacing = Pacing(SECOND)
    pacing.refused("C1", NOW, 7 * SECOND)
    pacing.refused("C1", NOW + SECOND, SECOND)
    assert pacing.wait("C1", NOW + SECOND) == 6 * SECOND


def test_a_method_is_held_for_exactly_as_long_and_no_other() -> None:
    holds = Holds()
    assert not holds.wait("conversations.history", NOW)
    holds.refused("conversations.history", NOW, 30 * SECOND)
    assert holds.wait("conversations.history", NOW + 10 * SECOND) == 20 * SECOND
    assert holds.wait("conversations.history", NOW + 30 * SECOND) == timedelta(0)
    assert holds.wait("conversations.replies", NOW) == timedelta(0)


def test_a_clock_that_was_set_back_holds_up_nobody() -> None:
    pacing, holds = Pacing(SECOND), Holds()
    pacing.refused("C1", NOW, 30 * SECOND)
    holds.refused("conversations.history", NOW, 30 * SECOND)
    earlier = NOW - timedelta(hours=1)
    assert pacing.begin("C1", earlier)
    assert holds.wait("conversations.history", earlier) == timedelta(0)
