"""One person cannot keep the bot busy: how much is answered in a row, pure and at the wire over both transports."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.allowance import A_SECOND, BURST, Allowance, Turn
from bot.readers import user
from playground.slack import ADMIN, NEWS, READER, Person, Workspace
from tests.bot.running_bot import bot

BOTH = pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket"])
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADA, BOB = user("T1", "U1"), user("T1", "U2")


class Stopped:
    """A clock that goes on only when it is told to, so that nothing comes back by itself."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def test_a_burst_then_one_word_then_silence() -> None:
    allowance = Allowance(burst=3, a_second=1.0)
    turns = [allowance.take(ADA, NOON) for _ in range(6)]
    assert turns == [Turn.GO] * 3 + [Turn.SLOW_DOWN] + [Turn.SILENCE] * 2
    assert allowance.take(BOB, NOON) is Turn.GO
    a_little_later = NOON + timedelta(seconds=1)
    assert [allowance.take(ADA, a_little_later) for _ in range(2)] == [Turn.GO, Turn.SILENCE]
    rested = NOON + timedelta(seconds=4)
    assert [allowance.take(ADA, rested) for _ in range(5)] == [Turn.GO] * 3 + [Turn.SLOW_DOWN, Turn.SILENCE]


def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing() -> None:
    allowance = Allowance(burst=1)
    assert allowance.take(ADA, NOON) is Turn.GO
    assert allowance.take(ADA, NOON - timedelta(hours=1)) is Turn.SLOW_DOWN


@given(st.lists(st.floats(0, 5), max_size=300))
def test_over_any_time_no_more_than_a_burst_and_so_many_a_second(pauses: list[float]) -> None:
    allowance, now, went = Allowance(), NOON, 0
    for pause in pauses:
        now += timedelta(seconds=pause)
        went += allowance.take(ADA, now) is Turn.GO
    assert went <= BURST + A_SECOND * (now - NOON).total_seconds() + 1e-6
    assert went >= min(len(pauses), BURST)


@BOTH
async def test_who_writes_without_end_is_told_once_and_others_are_answered(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode, clock=Stopped()) as (slack, service):
        service.app.allowance = Allowance(burst=3)
        person = Person(slack, READER.id)
        for _ in range(3):
            await person.mention("topics")
            await person.tell("topics")
        await slack.wait_for(lambda: slack.ephemerals(user=READER.id))
        answers = [each for each in slack.all_messages() if each.bot_id]
        assert len(answers) == 3
        (told,) = slack.ephemerals(user=READER.id)
        assert "a lot in a row" in told.visible_text()
        asked, _ = await Person(slack, ADMIN.id).mention("topics")
        assert slack.messages(NEWS.id, thread=asked.ts)


@BOTH
async def test_who_presses_without_end_in_a_home_is_told_once(tmp_path: Path, socket_mode: bool) -> None:
    workspace = Workspace()
    workspace.add_user(dataclasses.replace(READER, locale="de-DE"))
    clock = Stopped()
    async with bot(tmp_path, socket_mode=socket_mode, clock=clock, workspace=workspace) as (slack, service):
        service.app.allowance = Allowance(burst=2)
        person = Person(slack, READER.id)
        await person.open_home()
        home = await slack.wait_for(
            lambda: (view := slack.home(READER.id)) and "home_subscribe" in str(view.blocks) and view
        )
        for number in (1, 2):
            assert (await person.click("home_subscribe", on=home)).ok
            await slack.wait_for(lambda: len(slack.modals(READER.id)) == number)  # noqa: B023
        assert (await person.click("home_subscribe", on=home)).ok
        await slack.wait_for(lambda: len(slack.modals(READER.id)) == 3)
        assert "Das war viel auf einmal" in slack.modals(READER.id)[-1].visible_text()
        assert (await person.click("home_subscribe", on=home)).ok
        clock.now += timedelta(seconds=2)
        assert (await person.click("home_subscribe", on=home)).ok
        await slack.wait_for(lambda: len(slack.modals(READER.id)) == 4)  # the one before did nothing


async def test_who_presses_a_message_without_end_is_told_there(tmp_path: Path) -> None:
    async with bot(tmp_path, clock=Stopped()) as (slack, service):
        service.app.allowance = Allowance(burst=1)
        person = Person(slack, READER.id)
        (answer,) = (await person.slash("/news", "ai")).messages
        await person.click("news_next", on=answer)
        await slack.wait_for(lambda: "6–10" in str([each.visible_text() for each in slack.ephemerals()]))
        turned = next(each for each in slack.ephemerals() if "6–10" in each.visible_text())
        reply = await person.click("news_back", on=turned, patience=3)
        assert "a lot in a row" in reply.text
        assert "6–10" in next(each for each in slack.ephemerals() if each.ts == answer.ts).visible_text()
