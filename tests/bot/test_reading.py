"""Reading and judging beside the bot: much of it in a process of its own, with the same result, whatever becomes of that."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from bot import reading
from bot.errors import HeatlineBotError
from bot.reading import Reading
from digests import intake, processes
from digests.articles import dump
from digests.errors import LibraryError
from digests.library import Filed, Library, Stamp, Unreadable, schema
from digests.library.database import Door, History, close_door
from digests.library.store import MIGRATIONS
from digests.models import Article
from digests.processes import Processes
from digests.sources.registry import Clone, Folder, Source
from digests.sync import SyncReport, sync
from playground import sample
from playground.slack import ThreadedSlack
from tests.bot.running_bot import command
from tests.making import NOON, article
from tests.processes import alive, children, seen_in_proc, wait_for

pytestmark = pytest.mark.timeout(300)

MANY = 100
"""So many are much to the bots of these tests: more would only take longer."""

WORDS = ["robots", "chips", "trams", "gardens", "bees", "maps", "choirs"]


def news(number: int) -> list[Article]:
    """So many articles; some of them tell the same."""
    made = []
    for n in range(number):
        event = f"{WORDS[n // 2 % 7].title()} of town {n // 2} learn to sort {WORDS[n // 14 % 7]} number {n // 2}"
        made.append(article(event, hours=n / 60, provider=f"Paper {n % 2}", excerpt=f"It is the {n // 2}. town."))
    return made


def written(folder: Path, number: int) -> Path:
    folder.mkdir()
    for n, each in enumerate(news(number)):
        (folder / f"{n:05}.md").write_text(dump(each), encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def many(monkeypatch: pytest.MonkeyPatch) -> int:
    """From how many on the bot itself starts a process."""
    usual = reading.MANY
    monkeypatch.setattr(reading, "MANY", MANY)
    return usual


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which work was given to other processes."""
    seen: list[str] = []

    class Noted(Processes):
        def submit(self, work, *args, **kwargs):  # type: ignore[no-untyped-def]
            seen.append(args[1].func.__name__)
            return super().submit(work, *args, **kwargs)

    monkeypatch.setattr(reading, "Processes", Noted)
    return seen


def stories(library: Library) -> set[frozenset[str]]:
    """Which articles are of one story; with each its kind and value."""
    of: dict[str, set[str]] = {}
    with library.database.read() as connection:
        columns = schema.articles.c
        for row in connection.execute(select(columns.url, columns.story, columns.kind, columns.judged)):
            assert row.judged == intake.JUDGEMENT
            of.setdefault(row.story, set()).add(f"{row.url} {row.kind}")
    return set(map(frozenset, of.values()))


def reader(library: Library) -> Reading:
    return Reading(library, 50, lambda: NOON)


async def test_much_is_read_and_judged_in_another_process_with_the_same_result(
    library: Library, sqlite_library: Library, tmp_path: Path, started: list[str]
) -> None:
    folder = written(tmp_path / "news", MANY + 10)
    (folder / "bad.md").write_text("---\ntitle: [\n---\n", encoding="utf-8")
    report = await reader(library).pull([Folder(folder)])
    assert started == ["_sync", "take_in"]
    here = sync(sqlite_library, [folder])
    intake.take_in(sqlite_library, NOON)
    assert (report.loaded, str(report)) == (MANY + 10, str(here))
    (rejected,) = report.rejected
    assert (rejected.path, rejected.line, str(rejected)) == (
        str(folder / "bad.md"),
        here.rejected[0].line,
        str(here.rejected[0]),
    )
    assert stories(library) == stories(sqlite_library)
    assert len(stories(library)) < MANY + 10


async def test_a_little_needs_no_process(library: Library, tmp_path: Path, started: list[str]) -> None:
    folder = written(tmp_path / "news", MANY)
    pull = reader(library).pull
    await pull([Folder(folder)])
    started.clear()
    for n, each in enumerate(news(MANY + 20)[MANY:]):
        (folder / f"new{n}.md").write_text(dump(each), encoding="utf-8")
    (folder / "00000.md").unlink()
    (folder / "00001.md").write_text(dump(article("Something else")), encoding="utf-8")
    assert await pull([Folder(folder)]) == SyncReport(loaded=21, unchanged=MANY - 2, withdrawn=1)
    assert await pull([Folder(tmp_path / "gone")]) == SyncReport(
        missing=(f"{tmp_path / 'gone'}: No such file or directory",)
    )
    assert not started
    assert not library.unjudged(intake.JUDGEMENT)


def test_the_first_start_with_the_sample_news_needs_no_process(many: int) -> None:
    """It takes a third of a second without one, and two with one: nobody who tries the bot is to wait for that."""
    assert len(sample.articles(NOON)) < many


async def test_many_that_are_gone_are_much_too(library: Library, tmp_path: Path, started: list[str]) -> None:
    folder = written(tmp_path / "news", MANY)
    await reader(library).pull([Folder(folder)])
    started.clear()
    for each in folder.iterdir():
        each.unlink()
    report = await reader(library).pull([Clone(folder)])
    assert report.withdrawn == MANY
    assert "not a git repository" in report.missing[0]  # and it is read as a folder all the same
    assert started == ["_sync"]


async def test_what_other_sources_brought_is_judged_there_too(library: Library, started: list[str]) -> None:
    class Wire:
        """A source that is no folder."""

        name = "wire"

        async def pull(self, library: Library, _progress: object) -> SyncReport:
            library.put("wire", [Filed(each.url, Stamp(0, 0), each) for each in news(MANY)])
            return SyncReport(loaded=MANY)

    sources: list[Source] = [Wire()]
    assert await reader(library).pull(sources) == SyncReport(loaded=MANY)
    assert started == ["take_in"]
    assert not library.unjudged(intake.JUDGEMENT)


async def test_what_cannot_be_read_back_there_is_told_here(database_url: str, started: list[str]) -> None:
    told: list[Unreadable] = []
    library = Library.open(database_url, told.append)
    library.put("wire", [Filed(each.url, Stamp(0, 0), each) for each in news(MANY)])
    with library.database.write() as connection:
        broken = update(schema.articles).where(schema.articles.c.url == news(1)[0].url)
        connection.execute(broken.values(document='{"title": 1}'))
    for _ in range(2):
        await reader(library).pull([])
    assert started == ["take_in"]
    assert [each.what for each in told] == [news(1)[0].url]
    library.close()


async def test_an_error_there_is_an_error_here(library: Library, tmp_path: Path) -> None:
    folder = written(tmp_path / "news", MANY)
    with library.database.write() as connection:
        close_door(connection, [History(MIGRATIONS, schema.metadata)], Door.moved)
    with pytest.raises(LibraryError, match="was moved to another database"):
        await reader(library).pull([Folder(folder)])


def of_ours() -> set[int]:
    return {pid for pid, command in children(os.getpid()).items() if "spawn_main" in command}


@seen_in_proc
async def test_a_process_that_is_ended_by_the_system_loses_nothing(library: Library, tmp_path: Path) -> None:
    folder = written(tmp_path / "news", 2 * MANY)
    before = of_ours()
    pulling = asyncio.create_task(reader(library).pull([Folder(folder)]))
    await asyncio.to_thread(wait_for, lambda: of_ours() - before)
    (process,) = of_ours() - before
    os.kill(process, signal.SIGKILL)
    with pytest.raises(HeatlineBotError, match="the next look goes on where it was"):
        await pulling
    report = await reader(library).pull([Folder(folder)])
    assert report.loaded + report.unchanged == 2 * MANY
    assert not library.unjudged(intake.JUDGEMENT)
    await asyncio.to_thread(wait_for, lambda: not of_ours() - before)  # nothing stays behind


@seen_in_proc
@pytest.mark.parametrize("how", ["ended", "cancelled"])
async def test_the_end_waits_for_nothing(library: Library, tmp_path: Path, how: str) -> None:
    folder = written(tmp_path / "news", 4 * MANY)
    bot, before = reader(library), of_ours()
    pulling = asyncio.create_task(bot.pull([Folder(folder)]))
    await asyncio.to_thread(wait_for, lambda: of_ours() - before)
    if how == "ended":
        bot.end()
    else:
        pulling.cancel()
    with pytest.raises((HeatlineBotError, asyncio.CancelledError)):
        await pulling
    await asyncio.to_thread(wait_for, lambda: not of_ours() - before)
    with library.database.read() as connection:
        done = connection.execute(select(func.count()).where(schema.articles.c.judged > 0)).scalar_one()
    assert done < 4 * MANY
    if how == "ended":
        with pytest.raises(HeatlineBotError, match="ending"):
            await bot.pull([Folder(folder)])


async def test_where_no_process_can_be_started_that_is_said(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_process: object) -> None:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    folder = written(tmp_path / "news", MANY)
    with monkeypatch.context() as patch:
        patch.setattr(processes._Process, "start", refused)
        with pytest.raises(HeatlineBotError, match=r"no process could be started.*Resource temporarily unavailable"):
            await reader(library).pull([Folder(folder)])
    assert (await reader(library).pull([Folder(folder)])).loaded == MANY


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], set[int]]]:
    """`heatline run` that begins with so many articles that it is at them for a while, and the process that reads them."""
    folder = tmp_path / "articles"
    folder.mkdir()
    now = datetime.now(UTC)
    for n, each in enumerate(news(4000)):
        recent = replace(each, published_at=now - timedelta(minutes=n))
        (folder / f"{n:05}.md").write_text(dump(recent), encoding="utf-8")
    seen: dict[int, str] = {}
    with ThreadedSlack() as slack, command(tmp_path, slack) as process:

        def at_work() -> bool:
            seen.update(children(process.pid))
            return any("spawn_main" in each for each in seen.values())

        wait_for(at_work)
        yield process, set(seen)


@seen_in_proc
@pytest.mark.parametrize("tell", [os.kill, os.killpg])
def test_sigterm_while_much_is_read(
    running: tuple[subprocess.Popen[str], set[int]], tell: Callable[[int, signal.Signals], None]
) -> None:
    """To the bot alone, as of a supervisor, or to all of its processes, as of another."""
    process, others = running
    time.sleep(1)
    tell(process.pid, signal.SIGTERM)
    _, log = process.communicate(timeout=10)
    assert process.returncode == 0, log
    assert "heatline has stopped" in log
    assert "Traceback" not in log
    assert "ended while work was still going on" not in log
    wait_for(lambda: not any(map(alive, others)))


@seen_in_proc
def test_sigkill_while_much_is_read(running: tuple[subprocess.Popen[str], set[int]]) -> None:
    process, others = running
    process.kill()
    process.wait()
    wait_for(lambda: not any(map(alive, others)))
