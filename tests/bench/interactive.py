"""People who use the bot all at once, over signed HTTP: from the press, or a Home's opening, to what stands on the screen."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from playground import demo
from playground.slack import NEWS, Message, Person, User, Workspace, running
from playground.slack.forms import interactive

PEOPLE = 50
"""Who ask at once; each reads a second between two questions."""

_THINK = 1.0
_READY = 60.0
_A_MINUTE = 61.0
_SETTLED = 10.0
"""Seconds after which every Home has been drawn."""


async def used(database: Path, questions: list[str], people: int = PEOPLE, turns: int = 20) -> list[float]:
    """Milliseconds until people see an answer, in rising order."""
    async with _running_over(database, people) as slack:
        await asyncio.gather(*(_person(slack, n, questions, 2) for n in range(2)))  # imports and caches
        waits = [wait for each in await _all(slack, questions, people, turns) for wait in each]
    return sorted(1000 * wait for wait in waits)


async def homes(database: Path, people: int = PEOPLE, rounds: int = 1) -> dict[str, list[float]]:
    """Milliseconds from opening a Home to what Slack has of it, in rising order, where people open theirs at the same moment.

    ``home`` is until something stands there, ``whole`` until the stories of now do. The first round, ``cold``, is soon after
    the start, when nobody and no story is known. Between two rounds passes a minute: the stories of now are found out anew,
    and Slack takes a hundred Homes a minute.
    """
    found: dict[str, list[float]] = {"cold_home": [], "cold_whole": [], "home": [], "whole": []}
    async with _running_over(database, people) as slack:
        for number in range(rounds + 1):
            kind = "" if number else "cold_"
            if number:
                await asyncio.sleep(_A_MINUTE)
            for first, last in await _opened(slack, range(people)):
                found[f"{kind}home"].append(1000 * first)
                found[f"{kind}whole"].append(1000 * last)
    return {name: sorted(waits) for name, waits in found.items()}


async def _opened(slack: Workspace, people: Iterable[int]) -> list[tuple[float, float]]:
    """Seconds until the first and the last drawing of each Home."""
    users = [f"U0BENCH{number:04}" for number in people]
    done = len(slack.calls)
    replies = await asyncio.gather(*(Person(slack, user).open_home() for user in users))
    assert all(reply.ok for reply in replies)
    await asyncio.sleep(_SETTLED)
    drawn = [call for call in slack.calls[done:] if call.method == "views.publish"]
    assert all(call.ok for call in drawn)
    times = [[call.time for call in drawn if call.args["user_id"] == user] for user in users]
    return [(min(each) - reply.started, max(each) - reply.started) for each, reply in zip(times, replies, strict=True)]


@asynccontextmanager
async def _running_over(database: Path, people: int) -> AsyncIterator[Workspace]:
    """A workspace of so many people, and a bot in a process of its own over a library."""
    slack = Workspace()
    for n in range(people):
        slack.add_user(User(f"U0BENCH{n:04}", f"person{n}"))
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    async with running(slack) as base_url:
        slack.request_url = f"http://127.0.0.1:{port}/slack/events"
        ours = demo.environment(database.parent, f"{base_url}/api/") | {
            "HEATLINE_DATABASE_URL": f"sqlite:///{database}",
            "HEATLINE_PORT": str(port),
            "HEATLINE_ARTICLES": "",
            "HEATLINE_FEEDS": "no",
            "HEATLINE_CHANNEL": "",
            "HEATLINE_LOG_LEVEL": "warning",
        }
        bot = subprocess.Popen(  # noqa: ASYNC220  # it lives as long as this does
            [Path(sys.executable).with_name("heatline"), "run"], env={**os.environ, **ours}, cwd=database.parent
        )
        try:
            await _reached(port)
            yield slack
        finally:
            bot.terminate()
            await asyncio.to_thread(bot.wait)


async def _all(slack: Workspace, questions: list[str], people: int, turns: int) -> list[list[float]]:
    return await asyncio.gather(*(_person(slack, n, questions, turns) for n in range(people)))


async def _person(slack: Workspace, number: int, questions: list[str], turns: int) -> list[float]:
    """One person: asks, reads, turns the page or presses a button of the menu, and asks again."""
    random = Random(number)  # repeatable on purpose
    person = Person(slack, f"U0BENCH{number:04}")
    waits: list[float] = []
    await asyncio.sleep(_THINK * random.random())
    for _ in range(turns):
        reply = await person.slash("/news", random.choice(questions), channel=NEWS.id)
        assert reply.ok, reply.error
        waits.append(reply.answered or reply.seconds)
        await asyncio.sleep(_THINK * (0.5 + random.random()))
        for press in _presses(person, reply.messages[0], random):
            pressed = await press()
            await pressed.first()
            assert pressed.answered is not None
            waits.append(pressed.answered)
            await asyncio.sleep(_THINK * (0.5 + random.random()))
    return waits


def _presses(person: Person, message: Message, random: Random) -> Iterator[Callable[[], Awaitable]]:  # type: ignore[type-arg]
    """One button of an answer, where it has any: a story's menu, or the next page."""
    menus = [(block, element["options"]) for block, element in interactive(message.blocks) if "options" in element]
    options = [(block, option["value"]) for block, entries in menus for option in entries]
    pressed = [each for each in options if not each[1].startswith("share")]  # which opens a dialog, and answers nothing
    if pressed:
        block, value = random.choice(pressed)
        yield lambda: person.click("story_menu", value, on=message, block_id=block)


async def _reached(port: int) -> None:
    """Wait until the bot listens."""
    for _ in range(int(_READY * 10)):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise TimeoutError("the bot does not listen")
