"""`heatline db`: whole installations copied between databases of both kinds, and what else it does."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import func, insert, select, text
from typer.testing import CliRunner

from bot.cli import app
from bot.commands import news
from bot.commands.db import HISTORIES
from bot.delivery import DeliveryState, Ledger, PartState
from bot.delivery.schema import variants
from bot.delivery.values import Drawing
from bot.heard import Heard
from bot.readers import Mutes, SavedStories, Shares, Subscriptions, Votes, channel, user
from bot.terminal import REJECTED, UNUSABLE
from bot.wiring import newsroom, settings_from
from digests import intake
from digests.articles import dump
from digests.corrections import Correction
from digests.errors import LibraryError
from digests.library import Database, Library
from digests.library.database import Door, close_door
from digests.library.moving import Copied, copy, reopen, tables_of
from digests.library.schema import articles, feed_items, feeds, metadata
from digests.library.search import Sought, search
from digests.models import Message, Post
from digests.sync import sync
from playground import sample
from tests.making import article
from tests.postgres import database as postgres_database

NOW = datetime(2026, 11, 23, 9, 0, 1, tzinfo=UTC)
SLOT = datetime(2026, 11, 23, 9, tzinfo=UTC)
LEASE = timedelta(seconds=60)
POST = Post(Message("AI digest", ({"type": "divider"},)), (Message("More ☕"), Message("Left out \0")))
ADA = user("T1", "U0ADA")
CHANNELS = ("C0DONE", "C0FAILED", "C0AMBIGUOUS", "C0SENDING", "C0WAITING")
"""What became of the delivery to each."""

ROOT = Path(__file__).parents[2]


def heatline(*arguments: str, code: int = 0, **env: str) -> Result:
    result = CliRunner().invoke(app, list(arguments), env=env)
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def counts(url: str) -> dict[str, int]:
    database = Database(url)
    with database.read() as connection:
        found = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables_of(HISTORIES)
        }
    database.close()
    return found


def copied(source: str, target: str, *, last: bool = False) -> Copied:
    ours, theirs = Database(source), Database(target)
    try:
        return copy(ours, theirs, HISTORIES, last=last)
    finally:
        ours.close()
        theirs.close()


@dataclass(frozen=True)
class Pair:
    """A source and an empty target."""

    source: str
    target: str


@pytest.fixture(params=["sqlite postgresql", "postgresql sqlite", "sqlite sqlite", "postgresql postgresql"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    """Databases of all kinds, with no table in them."""
    with ExitStack() as held:
        urls = [
            held.enter_context(postgres_database(request.getfixturevalue("postgres"), empty=True))
            if kind == "postgresql"
            else f"sqlite:///{tmp_path / name}.db"
            for name, kind in zip(("source", "target"), request.param.split(), strict=True)
        ]
        yield Pair(*urls)


@pytest.fixture(scope="module")
def sqlite_filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that has rows in every table."""
    folder = tmp_path_factory.mktemp("filled")
    fill(f"sqlite:///{folder / 'filled.db'}", folder / "news")
    return folder / "filled.db"


@pytest.fixture(scope="module")
def postgres_filled(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same on a server."""
    with postgres_database(postgres) as url:
        fill(url, tmp_path_factory.mktemp("filled") / "news")
        yield url


@pytest.fixture
def moved(pair: Pair, request: pytest.FixtureRequest) -> Iterator[Pair]:
    """The same as `pair`, with an installation in the source that has rows in every table."""
    if pair.source.startswith("sqlite"):
        shutil.copy(request.getfixturevalue("sqlite_filled"), pair.source.removeprefix("sqlite:///"))
        yield pair
        return
    like = request.getfixturevalue("postgres_filled")
    with postgres_database(request.getfixturevalue("postgres"), like=like) as url:
        yield Pair(url, pair.target)


def fill(url: str, folder: Path) -> None:
    """A library with sample news, and a ledger with all that the bot keeps."""
    sample.write(folder, NOW)
    room = newsroom(settings_from(None, {"HEATLINE_DATABASE_URL": url, "HEATLINE_FEEDS": "no"}))
    sync(room.library, [folder])
    intake.take_in(room.library, NOW)
    edition = room.desk.edition(room.settings.digests[0].spec, SLOT, NOW)
    assert edition.stories
    room.library.freeze(edition)
    database = room.library.database
    with database.write() as connection:
        connection.execute(
            insert(feeds), {"url": "https://a.example.com/feed", "active": True, "standing": 0.5, "interval": 60}
        )
        item = {
            "feed": "https://a.example.com/feed",
            "url": "https://a.example.com/1",
            "item": "é\0",
            "headline": -(1 << 62),
        }
        connection.execute(insert(feed_items), {**item, "published_at": NOW, "seen_at": NOW})
        connection.execute(
            insert(metadata.tables["told"]), {"name": "old", "url": "https://a.example.com/1", "slot": SLOT}
        )
        connection.execute(
            insert(metadata.tables["story_changes"]), {"at": NOW, "what": "merged", "story": "s1", "other": "s2"}
        )
    fill_ledger(database)
    room.library.close()
    empty = [name for name, number in counts(url).items() if not number]
    assert not empty, f"the copy of these is not tested: {empty}"


def fill_ledger(database: Database) -> None:
    ledger = Ledger(database, lease=LEASE, owner="before")
    ledger.seen("daily", "0 9 * * *", SLOT - timedelta(days=1))
    ledger.served("daily", SLOT)
    for name in CHANNELS:
        delivery = ledger.claim("daily", SLOT, name, POST, NOW, Drawing(NOW, handles={"https://a.example.com/1": "h"}))
        assert delivery is not None
        parent = ledger.sending(delivery.parent, NOW)
        match name:
            case "C0DONE":
                for number, part in enumerate(delivery.parts):
                    ledger.sent(ledger.sending(part, NOW), f"1700.{number}", NOW, "C0DONE")
                ledger.close(delivery.id, DeliveryState.DONE, NOW)
                made = Correction(*("https://a.example.com/1", "Old", "New"), *("https://a.example.com/1",) * 2)
                ledger.errata.note(delivery.id, 0, 1, POST.parent, (made,), NOW)
            case "C0FAILED":
                ledger.failed(parent, "is_archived", NOW)
                ledger.close(delivery.id, DeliveryState.FAILED, NOW, "is_archived")
            case "C0AMBIGUOUS":
                ledger.ambiguous(parent, "timed out", NOW)
                ledger.close(delivery.id, DeliveryState.AMBIGUOUS, NOW, "no history")
            case "C0WAITING":
                ledger.waiting(parent, "busy", NOW)
    with database.write() as connection:
        row = {"digest": "daily", "channel": "C0DONE", "serial": 1, "conversation": "C0DONE", "by": ADA, "why": ""}
        connection.execute(insert(variants), {**row, "began": SLOT, "since": SLOT, "own": {"size": 3}, "at": NOW})
    robots = article("Robots walk")
    SavedStories(database).save(ADA, robots, NOW)
    Votes(database).give(channel("C0DONE"), robots.url, ("topic:robotics", "provider:Ä"), 1.0, NOW, by=ADA)
    Mutes(database).mute(channel("C0DONE"), "topic", "robotics", NOW, ADA)
    Shares(database).claim("V1", NOW)
    Heard(database).begin("Ev1", NOW)
    Subscriptions(database).add(ADA, "T1", "U0ADA", ("robotics",), "30 8 * * *", "Europe/Berlin", 8, "de-DE", NOW)


def told(url: str) -> list[object]:
    """What readers are answered and told."""
    room = newsroom(settings_from(None, {"HEATLINE_DATABASE_URL": url, "HEATLINE_FEEDS": "no"}))
    questions = ("robots", '"facial recognition" -police', "topic:ai sort:hot", "source:tidewater sort:new")
    answers = [news.found(room, news.Asked(each, NOW, "UTC"), 20) for each in questions]
    spec = room.settings.digests[0].spec
    later = SLOT + timedelta(days=1)
    edition = room.desk.edition(spec, later, later, feedback=room.feedback(spec.name, later))
    said: list[object] = [*map(room.renderer.answer_json, answers), room.renderer.json(edition)]
    room.library.close()
    return said


def test_the_copy_answers_the_same_and_nothing_is_claimed_twice(moved: Pair) -> None:
    before, number = told(moved.source), counts(moved.source)
    assert "Robot" in str(before[0])
    done = copied(moved.source, moved.target, last=True)
    assert (done.first, {each.name: each.rows for each in done.tables}) == (True, number)
    assert counts(moved.target) == number
    assert told(moved.target) == before
    library = Library.open(moved.target)
    assert library.unreadable() == ()
    ledger = Ledger(library.database, lease=LEASE, owner="after")
    for name in CHANNELS:
        assert ledger.claim("daily", SLOT, name, POST, NOW) is None
    states = {each.channel: each.state for each in ledger.deliveries("daily", SLOT)}
    assert states == {
        "C0DONE": DeliveryState.DONE,
        "C0FAILED": DeliveryState.FAILED,
        "C0AMBIGUOUS": DeliveryState.AMBIGUOUS,
        "C0SENDING": DeliveryState.CLAIMED,
        "C0WAITING": DeliveryState.CLAIMED,
    }
    assert ledger.resume(NOW) == ()  # the leases of before still hold
    resumed = {each.channel: each for each in ledger.resume(NOW + LEASE)}
    assert {name: each.parent.state for name, each in resumed.items()} == {
        "C0SENDING": PartState.SENDING,
        "C0WAITING": PartState.WAITING,
    }
    assert resumed["C0WAITING"].parts[1].message.text == POST.thread[0].text
    assert ledger.last_slot("daily") == SLOT
    assert ledger.posted("C0DONE", "1700.2") is not None
    assert not Heard(library.database).begin("Ev1", NOW)
    assert not SavedStories(library.database).save(ADA, article("Robots walk"), NOW)
    assert Mutes(library.database).of(channel("C0DONE"))[0].name == "robotics"
    assert Subscriptions(library.database).of(ADA)[0].next_at == datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
    library.close()


def test_what_is_filed_after_the_move_gets_ids_and_places_of_its_own(moved: Pair, tmp_path: Path) -> None:
    copied(moved.source, moved.target, last=True)
    library = Library.open(moved.target)
    with library.database.read() as connection:
        last = connection.execute(select(func.max(articles.c.id))).scalar_one()
    more = tmp_path / "more"
    sample.write(more, NOW + timedelta(days=30))
    sync(library, [more])
    with library.database.read() as connection:
        first = connection.execute(
            select(func.min(articles.c.id)).where(articles.c.source == f"folder:{more}")
        ).scalar_one()
        names, current = (
            connection.execute(text(statement)).scalar_one()
            for statement in ("SELECT sum(articles) FROM publishers", "SELECT count(*) FROM articles WHERE current")
        )
    assert first > last
    assert names == current
    SavedStories(library.database).save(ADA, article("Another"), NOW)
    library.close()


def test_passes_bring_what_changed_and_only_the_last_opens_the_copy(moved: Pair, tmp_path: Path) -> None:
    copied(moved.source, moved.target)
    with pytest.raises(LibraryError, match="--finish"):
        Library.open(moved.target)
    again = copied(moved.source, moved.target)
    assert (again.first, sum(each.brought + each.gone for each in again.tables)) == (False, 0)

    library = Library.open(moved.source)  # the bot goes on
    ledger = Ledger(library.database, owner="before")
    waiting = next(each for each in ledger.deliveries("daily", SLOT) if each.channel == "C0WAITING")
    ledger.sent(ledger.sending(waiting.parent, NOW), "1800.1", NOW, "C0WAITING")
    assert ledger.claim("daily", SLOT, "C0NEW", POST, NOW) is not None
    Mutes(library.database).unmute(channel("C0DONE"), "topic", "robotics")
    source = library.sources()[0]
    library.withdraw(source, sorted(library.stamps(source))[:1])
    (tmp_path / "new.md").write_text(dump(article("Zeppelins deliver parcels")), encoding="utf-8")
    sync(library, [tmp_path])
    subscriptions = Subscriptions(library.database)
    old = subscriptions.of(ADA)[0]
    subscriptions.end(old.id, "unsubscribed", NOW)  # what is unique moves from one row to another
    new = subscriptions.add(ADA, "T1", "U0ADA", ("robotics",), "30 8 * * *", "Europe/Berlin", 8, "de-DE", NOW)
    number = counts(moved.source)
    library.close()

    done = {each.name: each for each in copied(moved.source, moved.target, last=True).tables}
    assert (done["articles"].brought, done["articles"].gone) == (1, 1)
    assert (done["deliveries"].brought, done["mutes"].gone, done["subscriptions"].brought) == (2, 1, 2)
    assert counts(moved.target) == number
    library = Library.open(moved.target)
    assert [hit.article.title for hit in search(library, Sought(("zeppelins",))).hits] == ["Zeppelins deliver parcels"]
    ledger = Ledger(library.database, owner="after")
    assert ledger.claim("daily", SLOT, "C0NEW", POST, NOW) is None
    came = next(each for each in ledger.deliveries("daily", SLOT) if each.channel == "C0WAITING")
    assert (came.parent.state, came.parent.ts, len(came.parts)) == (PartState.SENT, "1800.1", 3)
    assert Subscriptions(library.database).of(ADA) == (new,)
    library.close()


# --- what is in the way


def test_an_interrupted_copy_leaves_nothing_that_a_bot_would_open_and_begins_anew(moved: Pair) -> None:
    def interrupted(what: str, _done: int, _total: int) -> None:
        if what == "votes":
            raise KeyboardInterrupt

    source, target = Database(moved.source), Database(moved.target)
    with pytest.raises(KeyboardInterrupt):
        copy(source, target, HISTORIES, interrupted)
    with pytest.raises(LibraryError, match="was not finished"):
        Library.open(moved.target)
    assert set(counts(moved.target).values()) == {0}
    with pytest.raises(LibraryError, match="can only be copied again"):
        reopen(target, HISTORIES)
    copy(source, target, HISTORIES)
    with pytest.raises(KeyboardInterrupt):  # and so is a later pass: the first one's copy stands
        copy(source, target, HISTORIES, interrupted, last=True)
    assert counts(moved.target) == counts(moved.source)
    Library(source)  # open again, as the target is not
    assert copy(source, target, HISTORIES, last=True).first is False
    for each in (source, target):
        each.close()


def test_killed_at_the_last_pass_no_bot_starts_from_either_until_it_is_finished(moved: Pair) -> None:
    copied(moved.source, moved.target)
    source = Database(moved.source)
    with source.write() as connection:  # what a process leaves that dies in the middle of it
        close_door(connection, HISTORIES, Door.moved)
    source.close()
    for url in (moved.source, moved.target):
        with pytest.raises(LibraryError, match=r"database .* (was moved|is a copy)"):
            Library.open(url)
    with pytest.raises(LibraryError, match="was moved before"):
        copied(moved.source, moved.target)
    copied(moved.source, moved.target, last=True)
    Library.open(moved.target).close()
    with pytest.raises(LibraryError, match="was moved before"):
        copied(moved.source, moved.target, last=True)


def test_the_last_pass_waits_for_nobody_who_has_the_source_open(moved: Pair) -> None:
    copied(moved.source, moved.target)
    bot = subprocess.Popen(
        [sys.executable, "-c", STANDING_BY, moved.source],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert bot.stdout is not None
    assert bot.stdout.readline() == "open\n"
    try:
        with pytest.raises(LibraryError, match="is in use: stop the bot"):
            copied(moved.source, moved.target, last=True)
        Library.open(moved.source).close()  # as if nothing had been
        copied(moved.source, moved.target)  # what is no last pass goes on beside it
    finally:
        bot.communicate("end")
    copied(moved.source, moved.target, last=True)


STANDING_BY = """
import sys
from digests.library import Library
library = Library.open(sys.argv[1])
library.count()
print("open", flush=True)
sys.stdin.readline()
"""


def test_nothing_is_copied_over_what_is_there(moved: Pair) -> None:
    library = Library.open(moved.target)
    assert Heard(library.database).begin("Ev1", NOW)
    library.close()
    said = heatline("db", "copy", moved.source, moved.target, code=UNUSABLE).stderr
    assert "holds something (events): nothing is copied over it" in said
    Library.open(moved.target).close()
    said = heatline("db", "copy", moved.source, moved.source, code=UNUSABLE).stderr
    assert "source and target are the same database" in said


def test_what_is_no_text_and_what_no_index_takes_comes_over(tmp_path: Path, postgres: str) -> None:
    url = f"sqlite:///{tmp_path / 'odd.db'}"
    library = Library.open(url)
    Ledger(library.database)
    folder = tmp_path / "news"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.md").write_text(dump(article(f"Odd {number}")), encoding="utf-8")
    sync(library, [folder])
    with library.database.write() as connection:
        connection.execute(text("INSERT INTO vocabulary VALUES (:word)"), {"word": "a" * 3000})
        connection.execute(text("UPDATE articles SET document = CAST(x'7bff00' AS TEXT) WHERE title = 'Odd 1'"))
    library.close()
    with postgres_database(postgres, empty=True) as target:
        copied(url, target)
        again = copied(url, target, last=True)
        assert sum(each.brought + each.gone for each in again.tables) == 0
        library = Library.open(target)
        assert [odd.ref for odd in library.unreadable()] == ["1.md"]
        assert len(search(library, Sought(("odd",))).hits) == 3
        library.close()


# --- the command


def test_the_command_says_what_it_did_and_what_comes_next(moved: Pair) -> None:
    first = heatline("db", "copy", moved.source, moved.target)
    number = sum(counts(moved.source).values())
    assert f"{number:,} rows are there" in first.stdout
    assert re.search(r"^deliveries +5 +5 +0$", first.stdout, re.MULTILINE)
    assert "stop the bot, run the same again with --finish" in first.stdout
    assert first.stderr == ""  # no bars where there is no terminal
    assert "closed (copied)" in heatline("db", "status", moved.target, code=REJECTED).stderr
    last = heatline("db", "copy", moved.source, moved.target, "--finish")
    assert re.search(r"^deliveries +5 +0 +0$", last.stdout, re.MULTILINE)
    assert "set HEATLINE_DATABASE_URL to it, and start the bot" in last.stdout
    assert "which HEATLINE_DATABASE_URL should name" in heatline("db", "upgrade", moved.source, code=UNUSABLE).stderr
    assert "is open again" in heatline("db", "reopen", moved.source).stdout
    assert "nothing to do" in heatline("db", "reopen", moved.source).stdout
    assert "nothing to do" in heatline("db", "upgrade", moved.source).stdout
    after = heatline("db", "vacuum", moved.target).stdout
    assert re.fullmatch(r"[\d,]+ bytes before, [\d,]+ after\n", after)
    assert told(moved.target) == told(moved.source)


def test_upgrade_says_from_where_to_where(database_url: str) -> None:
    env = {"HEATLINE_DATABASE_URL": database_url}
    said = heatline("db", "upgrade", **env).stdout
    assert (
        re.fullmatch(r"library: from nothing to library_\d{4}\nledger: from nothing to ledger_\d{4}\n", said)
        or "nothing to do" in said
    )
    heads = [each.migrations.head for each in HISTORIES]
    assert heatline("db", "upgrade", **env).stdout == "".join(
        f"{name}: {head}, nothing to do\n" for name, head in zip(("library", "ledger"), heads, strict=True)
    )


def test_several_processes_upgrade_at_once(pair: Pair) -> None:
    command = [sys.executable, "-c", "from bot.cli import main; main()", "db", "upgrade", pair.target]
    running = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    ended = [each.communicate(timeout=100) for each in running]
    assert [each.returncode for each in running] == [0, 0, 0], ended
    assert set(counts(pair.target).values()) == {0}


def test_status_tells_all_there_is(moved: Pair) -> None:
    said = heatline("db", "status", moved.source).stdout
    rows = counts(moved.source)
    assert re.search(rf"^articles +{rows['articles']:,}\b", said, re.MULTILINE)
    assert re.search(r"^ledger +ledger_\d{4}$", said, re.MULTILINE)
    assert re.search(r"^articles +from \d\d \w{3} 2026 \d\d:\d\d to \d\d Nov 2026 \d\d:\d\d UTC$", said, re.MULTILINE)
    if moved.source.startswith("postgresql"):
        assert re.search(r"^database +PostgreSQL \d+", said, re.MULTILINE)
        assert re.search(r"^connections +\d+ of Heatline, \d+ of all, \d+ at most$", said, re.MULTILINE)
        assert re.search(r"^articles_text +[\d,]+$", said, re.MULTILINE)
    else:
        assert f"SQLite {sqlite3.sqlite_version}" in said


def test_status_names_a_database_that_lacks_steps(pair: Pair) -> None:
    if pair.source.startswith("postgresql"):
        assert "not at the newest step" in heatline("db", "status", pair.source, code=REJECTED).stderr
    else:
        assert "is not there" in heatline("db", "status", pair.source, code=UNUSABLE).stderr
        assert not Path(pair.source.removeprefix("sqlite:///")).exists()  # nothing is made by looking


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "cannot be read"),
        ("mysql://u:s3cret@h.example.com/d", "neither SQLite nor PostgreSQL"),
        ("oracle://h.example.com/d?password=s3cret", "neither SQLite nor PostgreSQL"),
        ("postgresql://u:s3cret@127.0.0.1:1/", "names no database"),
        ("postgresql://u:s3cret@127.0.0.1:1/d", "u:***@127.0.0.1:1/d"),
        ("postgresql://127.0.0.1:1/d?user=u&password=s3cret", "password=hidden"),
        ("sqlite:///nowhere/at/all.db", "is not there"),
        ("sqlite://", "needs a file"),
    ],
)
@pytest.mark.parametrize("command", ["status", "upgrade", "vacuum", "reopen", "copy from", "copy to"])
def test_wrong_addresses_are_told_and_passwords_never(url: str, said: str, command: str, tmp_path: Path) -> None:
    there = f"sqlite:///{tmp_path / 'there.db'}"
    heatline("db", "upgrade", there)
    given = {"copy from": ("copy", url, there), "copy to": ("copy", there, url)}.get(command, (command, url))
    result = heatline("db", *given, code=UNUSABLE)
    assert said in result.stderr
    assert "s3cret" not in result.output
    Library.open(there).close()
