"""News feeds end to end: a server with feeds of every kind and fault, the real commands, the real bot."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from click.testing import Result
from sqlalchemy import update
from typer.testing import CliRunner

from bot.cli import app
from bot.clock import utc_now
from bot.terminal import REJECTED, UNUSABLE
from bot.wiring import newsroom, settings_from
from digests.articles import dump
from digests.desk import Desk
from digests.errors import LibraryError
from digests.library import Filed, Library, Stamp, feedbook, schema
from digests.models import DigestSpec
from digests.sources.catalogue import Feed
from digests.sources.fetching import Limits
from digests.sources.registry import pull, source
from digests.sync import Progress, SyncReport
from digests.topics import Catalogue
from playground import sample
from playground.feeds import FeedServer, rss, serve_sample
from tests.bot.running_bot import IN_A_FILE, Clock, bot
from tests.making import NOON, article


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer().running() as running:
        yield running


class Shell:
    """Runs `heatline` on a server's feeds, with nothing of the machine's environment."""

    def __init__(self, folder: Path, urls: tuple[str, ...]) -> None:
        self.database = f"sqlite:///{folder / 'heatline.db'}"
        self.env = {
            "HEATLINE_DATABASE_URL": self.database,
            "HEATLINE_FEEDS": "no",
            "HEATLINE_FEEDS_ADD": ", ".join(urls),
            "HEATLINE_FEED_PAGES": "no",
            "HEATLINE_ALLOW_HOSTS": "127.0.0.0/8",
            "HEATLINE_TOPICS": "facial-recognition, robotics, ai",
        }

    def __call__(self, *arguments: str, code: int = 0, **env: str) -> Result:
        machines = {name: None for name in os.environ if name.lower().endswith("_proxy")}
        result = CliRunner().invoke(app, list(arguments), env={**machines, **self.env, **env})
        assert result.exit_code == code, result.output
        return result

    @property
    def library(self) -> Library:
        return Library.open(self.database)


def test_from_feeds_to_a_digest(server: FeedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    now = datetime.now(UTC)
    news = sample.articles(now)
    shell = Shell(tmp_path, serve_sample(server, news))
    said = shell("sync").stdout
    recent = [each for each in news if each.published_at >= now - timedelta(days=2)]
    library = shell.library
    stored = library.articles()
    assert 0 < len(stored) <= len(recent)  # two days back, and only what somebody wants
    assert f"{len(stored)} loaded" in said
    assert all(each.quality > 0 for each in stored)
    leads = [each for each in stored if each.heat >= 0]
    assert {each.heat for each in stored if each.heat < 0} == {-1}
    assert all(each.heat >= each.quality for each in leads)
    assert any(each.heat > each.quality for each in leads)
    assert {each.published for each in leads} <= {True, False}
    desk = Desk(library, Catalogue.builtin())
    edition = desk.edition(DigestSpec("d", topics=("ai",)), now, now)
    assert len(edition.stories) == 12 or len(edition.stories) == DigestSpec("d").stories
    assert edition.stories[0].story.coverage
    original = desk.edition(DigestSpec("d", ranking="original"), now, now)
    heats = [scored.lead.heat for scored in original.stories]
    assert heats == sorted(heats, reverse=True)
    library.close()

    asked = len(server.asked)
    again_at_once = shell("sync")
    assert "0 loaded" in again_at_once.stdout
    assert again_at_once.stderr.startswith("No feed was asked: none is due")
    assert len(server.asked) == asked
    assert "0 loaded, 0 unchanged" in shell("sync", "--early").stdout
    assert {status for _, status in server.asked[asked:]} == {304}

    health = json.loads(shell("feeds", "--json").stdout)
    assert {each["state"] for each in health} == {"good"}
    assert sum(each["week"] for each in health) == len(stored)
    assert "five-year pause" in shell("preview", "--format", "text").stdout
    shell("export", str(tmp_path / "out"))
    again = Library.open(f"sqlite:///{tmp_path / 'again.db'}")
    shell("sync", str(tmp_path / "out"), HEATLINE_DATABASE_URL=f"sqlite:///{tmp_path / 'again.db'}")
    assert {(a.url, a.title, a.quality, a.heat, a.published) for a in again.articles()} == {
        (a.url, a.title, a.quality, a.heat, a.published) for a in stored
    }
    again.close()


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


FAULTY = {
    "/bomb": b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><rss><channel><item>'
    b"<title>&b;</title><link>https://n.example.com/b</link></item></channel></rss>",
    "/html": b"<html><head><link rel='alternate' type='application/rss+xml' href='/real'></head></html>",
    "/binary": bytes(range(256)) * 20,
    "/empty": b"",
    "/cut": b"<rss version='2.0'><channel><title>Cut</title><item><title>AI robots at work</title>"
    b"<link>https://n.example.com/cut</link><pubDate>",
}


def test_no_bad_feed_stops_the_others(server: FeedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    now = datetime.now(UTC)
    good = replace(article("AI robots learn to fold laundry"), published_at=now - timedelta(hours=1))
    urls = [server.put("/good", rss([good])), *(server.put(path, body) for path, body in FAULTY.items())]
    server.statuses |= {"/gone": 410, "/broken": 500, "/busy": 429, "/circle": 301, "/inside": 302}
    server.headers |= {
        "/busy": {"Retry-After": "9000"},
        "/circle": {"Location": "/circle"},
        "/inside": {"Location": "http://169.254.169.254/latest/meta-data/"},
        "/packed": {"Content-Encoding": "gzip"},
    }
    urls += [server.put("/packed", gzip.compress(bytes(30_000_000)))]
    urls += [server.url(path) for path in server.statuses]
    urls += [f"http://127.0.0.1:{closed_port()}/down", "http://10.0.0.1/private", "http://nobody.invalid/unknown"]
    shell = Shell(tmp_path, tuple(urls))
    result = shell("sync")
    assert f"{len(urls)} feeds asked, " in result.stdout
    library = shell.library
    assert good.url in {each.url for each in library.articles()}
    health = {each.state.url.rpartition("/")[2]: each for each in feedbook.health(library, now)}
    assert health["good"].state.error == ""
    assert health["gone"].state.gone
    assert "answers 500" in health["broken"].state.error
    assert "web page" in health["html"].state.error
    assert "takes no connection" in health["down"].state.error
    assert "was asked too often" in health["busy"].state.error
    assert health["busy"].state.next_at == health["busy"].state.tried_at + timedelta(seconds=9000)
    assert "circle of redirects" in health["circle"].state.error
    assert "not public" in health["inside"].state.error
    assert "not public" in health["private"].state.error
    assert "is not known" in health["unknown"].state.error
    assert "more than 10 MB" in health["packed"].state.error
    assert len(health) == len(urls)
    assert [url for url in urls if health[url.rpartition("/")[2]].state.tried_at is None] == []
    library.close()
    with shell.library.database.write() as connection:  # what a server says may look like markup
        connection.execute(update(schema.feeds).values(error="[/red]", failures=3))
    shown = shell("feeds").stdout
    assert "[/red]" in shown
    assert shown.splitlines()[-1].strip() == f"{len(urls)} feeds: {len(urls) - 1} failing, 1 gone"
    assert "failures" in shown
    assert "failed the last time" in shell("check", code=REJECTED).stdout
    assert "web page" in shell("feeds", "test", server.url("/html"), code=REJECTED).stderr
    assert "/real" in shell("feeds", "test", server.url("/html"), code=REJECTED).stdout
    assert "AI robots learn" in shell("feeds", "test", server.url("/good")).stdout
    assert "not public" in shell("feeds", "test", server.url("/good"), code=UNUSABLE, HEATLINE_ALLOW_HOSTS="").stderr


def dripping() -> Iterator[bytes]:
    while True:
        yield b"<"
        time.sleep(0.02)


def endless() -> Iterator[bytes]:
    return itertools.repeat(b"<item>" * 2000)


def test_what_servers_do_wrong_is_told_and_costs_the_others_nothing(
    server: FeedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code and lines as docs/sources.md has them; only the limits are shorter here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.newsfeeds.Limits", lambda: Limits(whole=2, body=2**20))
    now = datetime.now(UTC).replace(microsecond=0)
    good, accents, moving = (
        replace(article(title), published_at=now - timedelta(hours=5))
        for title in ("AI robots fold laundry", "AI robots serve “naïve” guests in a café", "AI robots climb towers")
    )
    lying = rss([accents]).decode().encode("windows-1252")  # it says that it is UTF-8
    assert b"utf-8" in lying
    server.statuses["/broken"] = 500
    troubles = {
        server.stream("/drip", dripping): "no whole answer within 2 s",
        server.url("/broken"): "the server answers 500: it has an error of its own",
        server.stream("/endless", endless): "the body has more than 1 MB, which is no feed and no page to read",
    }
    feeds = [server.put("/good", rss([good])), server.put("/lying", lying), server.put("/moving", rss([moving]))]
    shell = Shell(tmp_path, (*troubles, *feeds))

    def stored() -> set[tuple[str, datetime]]:
        return {(each.title, each.published_at) for each in shell.library.articles()}

    said = shell("sync")
    assert said.stdout == "3 loaded, 0 unchanged, 0 withdrawn, 0 rejected, 6 feeds asked, 3 in trouble\n"
    assert said.stderr.splitlines() == sorted(f"feed not read: {url}: {why}" for url, why in troubles.items())
    assert stored() == {(each.title, each.published_at) for each in (good, accents, moving)}
    server.put("/moving", rss([replace(moving, published_at=now)]))
    del server.statuses["/broken"]
    mended = replace(article("AI robots mend a server"), published_at=now)
    server.put("/broken", rss([mended]))
    said = shell("sync", "--early")
    assert said.stdout == "1 loaded, 1 unchanged, 0 withdrawn, 0 rejected, 6 feeds asked, 2 in trouble\n"
    assert stored() == {(each.title, each.published_at) for each in (good, accents, moving, mended)}


def test_an_edited_title_moves_no_date_and_makes_no_second_article(
    server: FeedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    now = datetime.now(UTC).replace(microsecond=0)
    first = replace(article("AI robots learn to fold laundry"), published_at=now - timedelta(hours=5))
    shell = Shell(tmp_path, (server.put("/feed", rss([first])),))
    shell("sync")
    later = replace(first, title="AI robots learn to fold laundry and to iron", published_at=now)
    tracked = replace(later, url=f"{first.url}?utm_source=rss&utm_medium=feed")
    server.put("/feed", rss([tracked]))
    shell("sync", "--early")
    library = shell.library
    (stored,) = library.articles()
    assert (stored.title, stored.published_at, stored.url) == (later.title, first.published_at, first.url)
    assert stored.quality > 0
    library.close()


@pytest.mark.parametrize(("pages", "excerpt"), [("yes", "So it was."), ("no", "")])
def test_pages_are_read_where_the_settings_say_so(
    server: FeedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: str, excerpt: str
) -> None:
    monkeypatch.chdir(tmp_path)
    page = server.put("/story", "<meta name='description' content='So it was.'>", "text/html")
    bare = replace(article("AI robots learn to fold laundry"), url=page, published_at=datetime.now(UTC))
    shell = Shell(tmp_path, (server.put("/feed", rss([bare])),))
    shell("sync", HEATLINE_FEED_PAGES=pages)
    assert [each.excerpt for each in shell.library.articles()] == [excerpt]
    assert ("/story" in {path for path, _ in server.asked}) is (pages == "yes")


@pytest.mark.parametrize(
    ("settings", "through"),
    [
        ({"HEATLINE_HTTP_PROXY": "{proxy}"}, True),
        ({"HTTP_PROXY": "{proxy}"}, True),
        ({"HEATLINE_HTTPS_PROXY": "{proxy}"}, False),
        ({"HEATLINE_HTTP_PROXY": "{proxy}", "HEATLINE_NO_PROXY": "127.0.0.1"}, False),
        ({"http_proxy": "{proxy}", "no_proxy": "127.0.0.0/8"}, False),
    ],
)
def test_feeds_are_fetched_through_the_proxy_of_the_settings(
    server: FeedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], through: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    feed = f"http://127.0.0.1:{closed_port()}/feed"  # where nobody answers: who gets it asked the proxy
    news = replace(article("AI robots learn to fold laundry"), published_at=datetime.now(UTC))
    server.put(feed, rss([news]))
    shell = Shell(tmp_path, (feed,))
    said = shell("sync", **{name: value.format(proxy=server.url("")) for name, value in settings.items()})
    assert [path for path, _ in server.asked] == ([feed] if through else [])
    assert said.stdout.startswith("1 loaded" if through else "0 loaded")
    assert ("takes no connection" in said.stderr) is not through


WANTED = (
    ("robotics alone", {"HEATLINE_TOPICS": "robotics"}, {"robot"}),
    (
        "what any digest wants",
        {
            "HEATLINE_TOPICS": "robotics",
            "HEATLINE_CHANNEL": "C0NEWS00001",
            "HEATLINE_DIGESTS__FACES__TOPICS": "facial-recognition",
        },
        {"robot", "face"},
    ),
    (
        "everything, for a digest without topics",
        {"HEATLINE_TOPICS": "", "HEATLINE_DIGESTS__FACES__TOPICS": "facial-recognition"}
        | {"HEATLINE_CHANNEL": "C0NEWS00001"},
        {"robot", "face", "soup"},
    ),
    (
        "a topic of the admin's own",
        {"HEATLINE_TOPICS": "soup", "HEATLINE_TOPIC__SOUP__KEYWORDS": "leek"},
        {"soup"},
    ),
)


@pytest.mark.parametrize(("settings", "kept"), [row[1:] for row in WANTED], ids=[row[0] for row in WANTED])
def test_what_no_digest_of_the_settings_wants_is_dropped(
    server: FeedServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
    kept: set[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    titles = {
        "Humanoid robots learn to fold laundry": "robot",
        "Tidewater council bans facial recognition": "face",
        "Cook adds leek to everything": "soup",
    }
    news = [replace(article(title), published_at=datetime.now(UTC)) for title in titles]
    shell = Shell(tmp_path, (server.put("/feed", rss(news)),))
    said = shell("sync", **settings).stdout
    assert {titles[each.title] for each in shell.library.articles()} == kept
    dropped = len(titles) - len(kept)
    items = "1 item" if dropped == 1 else f"{dropped} items"
    assert (f", {items} about no wanted topic dropped, " in said) is bool(dropped)


def test_what_is_wrong_with_the_settings_of_feeds_is_told_with_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path, ("foo", "https://a.example.com/feed", "ftp://b.example.com/"))
    for command in ("feeds", "sync", "preview"):
        said = shell(command, code=UNUSABLE).stderr.splitlines()
        assert [line[:32] for line in said if line] == [
            "- HEATLINE_FEEDS_ADD: url 'foo' ",
            "- HEATLINE_FEEDS_ADD: url 'ftp:/",
        ]
    odd = {"HEATLINE_FEEDS_ADD": "https://a.example.com/feed", "HEATLINE_FEEDS_REMOVE": "b.example.com"}
    assert shell("feeds", **odd).stderr.startswith("HEATLINE_FEEDS_REMOVE: 'b.example.com': no feed has this domain")
    assert shell("feeds", **odd).stdout.splitlines()[-1] == "1 feed: 1 not asked yet"
    assert shell("preview", **odd).stderr.count("HEATLINE_FEEDS_REMOVE") == 0  # who fetches no feeds is not told


def test_lists_of_feeds_go_in_and_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path, ())
    shell("feeds", "export", "feeds.opml", HEATLINE_FEEDS="builtin", HEATLINE_FEEDS_REMOVE="openai.com")
    said = shell("feeds", "import", "feeds.opml", "feeds.yaml").stdout
    assert said.endswith("set HEATLINE_FEEDS=feeds.yaml\n")
    assert "is there already" in shell("feeds", "import", "feeds.opml", "feeds.yaml", code=UNUSABLE).stderr
    shown = json.loads(shell("feeds", "--json", HEATLINE_FEEDS="feeds.yaml").stdout)
    assert f"{len(shown)} feeds." in said
    assert not any("openai.com" in each["url"] for each in shown)
    assert "no feeds" in shell("feeds", code=UNUSABLE).stderr
    odd = shell("feeds", "--json", HEATLINE_FEEDS="builtin", HEATLINE_FEEDS_REMOVE="opnai.com").stderr
    assert "openai.com" in odd  # told, and stops nothing: lists change with every release


async def test_the_running_bot_reads_feeds_by_itself(server: FeedServer, tmp_path: Path) -> None:
    sample_news = sample.articles(datetime.now(UTC))
    (tmp_path / "articles").mkdir()
    more = {
        "HEATLINE_FEEDS": "no",
        "HEATLINE_FEEDS_ADD": ", ".join(serve_sample(server, sample_news)),
        "HEATLINE_FEED_PAGES": "no",
        "HEATLINE_ALLOW_HOSTS": "127.0.0.1",
    }
    async with bot(tmp_path, **more) as (slack, service):
        await slack.wait_for(lambda: service.room.library.count() > 50, 30)
        assert slack.messages("C0NEWS00001") == []  # what was fetched at the start is posted by the schedule, not now


async def test_the_running_bot_looks_again_and_again(server: FeedServer, tmp_path: Path) -> None:
    clock = Clock(datetime.now(UTC))
    news = [replace(article("AI robots learn to fold laundry"), published_at=clock() - timedelta(hours=1))]
    env = Shell(tmp_path, (server.put("/feed", rss(news)),)).env
    (tmp_path / "articles").mkdir()
    async with bot(tmp_path, clock=clock, feeds_every=timedelta(milliseconds=20), **env) as (slack, service):
        await slack.wait_for(lambda: service.room.library.count() == 1, 30)
        for number in (2, 3):  # not only the first and the second time
            news.append(replace(article(f"AI robots climb {number} towers"), published_at=clock()))
            server.put("/feed", rss(news))
            clock.forward(timedelta(days=1))  # by then it is due again
            await slack.wait_for(lambda: service.room.library.count() == number, 30)  # noqa: B023  # waited for at once


async def test_a_look_that_fails_is_not_the_last(tmp_path: Path) -> None:
    @dataclass
    class Stumbling:
        """A source that cannot be pulled the first two times."""

        name: str = "stumbling"
        pulls: int = 0

        async def pull(self, library: Library, progress: Progress) -> SyncReport:
            self.pulls += 1
            if self.pulls <= 2:
                raise (LibraryError("no room on the disk"), RuntimeError("a mistake of ours"))[self.pulls - 1]
            library.put(self.name, [Filed("1", Stamp(0, 0, ""), article("At last"))])
            return SyncReport(loaded=1)

    (tmp_path / "articles").mkdir()
    env = Shell(tmp_path, ("http://127.0.0.1:9/feed",)).env
    async with bot(tmp_path, feeds_every=timedelta(milliseconds=20), **env) as (slack, service):
        service.feeds = Stumbling()
        await slack.wait_for(lambda: service.room.library.count() == 1, 30)


@IN_A_FILE
@pytest.mark.parametrize(("keep", "left"), [("400d", {"new"}), ("9999d", {"new", "old"})])
async def test_the_running_bot_forgets_what_is_old(tmp_path: Path, keep: str, left: set[str]) -> None:
    """Articles, and the items of feeds by which they would be known."""
    now = datetime.now(UTC)
    old = replace(article("old"), published_at=now - timedelta(days=500))
    new = replace(article("new"), published_at=now - timedelta(days=1))
    feed, library = Feed("https://w.example.com/feed", "Wire", "w.example.com"), Shell(tmp_path, ()).library
    for each in (old, new):
        feedbook.claim(library, [feed], "a", each.published_at, early=True)
        seen = feedbook.Seen(each.url, "", each.published_at, each.url)
        filed = Filed(each.title, Stamp(0, 0, ""), each)
        settled = feedbook.Settled(feedbook.FeedState(feed.url), seen=(seen,), files=(filed,))
        feedbook.settle(library, "a", [settled], each.published_at)

    def known() -> set[str]:
        memory = feedbook.known(library, feed.url, [(each.url, "", each.title) for each in (old, new)])
        return {each.title for each in (old, new) if each.url in memory.addresses}

    (tmp_path / "articles").mkdir()
    async with bot(tmp_path, HEATLINE_KEEP=keep) as (slack, _):
        await slack.wait_for(lambda: {each.title for each in library.articles()} == known() == left, 30)
    library.close()


async def test_metrics_tell_how_feeds_do(server: FeedServer, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    (tmp_path / "articles").mkdir()
    good = replace(article("AI robots learn to fold laundry"), published_at=now - timedelta(hours=1))
    server.statuses["/broken"] = 500
    urls = [server.put("/good", rss([good])), server.url("/broken")]
    more = {
        "HEATLINE_FEEDS": "no",
        "HEATLINE_FEEDS_ADD": ", ".join(urls),
        "HEATLINE_FEED_PAGES": "no",
        "HEATLINE_ALLOW_HOSTS": "127.0.0.1",
        "HEATLINE_METRICS": "0",
    }
    async with bot(tmp_path, **more) as (slack, service), httpx.AsyncClient(trust_env=False) as web:
        health = lambda: feedbook.health(service.room.library, now)  # noqa: E731
        await slack.wait_for(lambda: len(health()) == 2 and all(each.state.tried_at for each in health()), 30)
        text = (await web.get(f"http://127.0.0.1:{service.metrics_port}/metrics")).text
    assert 'heatline_feeds{state="good"} 1.0' in text
    assert 'heatline_feeds{state="failing"} 1.0' in text
    assert f'heatline_feed_failures{{feed="{urls[1]}"}} 1.0' in text
    assert f'heatline_feed_articles_week{{feed="{urls[0]}"}} 1.0' in text
    assert f'heatline_feed_last_good_timestamp_seconds{{feed="{urls[0]}"}}' in text
    assert f'heatline_feed_last_good_timestamp_seconds{{feed="{urls[1]}"}}' not in text
    assert "heatline_articles 1.0" in text


def gone_and_good(server: FeedServer) -> tuple[str, str]:
    good = replace(
        article("Tidewater council bans facial recognition in its schools"),
        published_at=datetime.now(UTC) - timedelta(hours=1),
    )
    server.statuses["/gone"] = 410
    return server.url("/gone"), server.put("/good", rss([good]))


def test_only_feeds_that_are_configured_count_as_stale(
    server: FeedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also before anything is pulled for the new settings, and where nothing ever is."""
    monkeypatch.chdir(tmp_path)
    gone, good = gone_and_good(server)
    shell = Shell(tmp_path, (gone, good))
    shell("sync")

    def footer(**settings: str) -> str:
        return shell("preview", "--format", "text", **settings).stdout.splitlines()[1]

    assert footer() == "1 story from 1 article · 1 feed stale"
    for settings in ({"HEATLINE_FEEDS_ADD": good}, {"HEATLINE_FEEDS_ADD": ""}):
        assert footer(**settings) == "1 story from 1 article"
    assert footer(HEATLINE_WINDOW="10m").endswith("Nothing new came in. 1 feed is stale.")
    assert footer(HEATLINE_WINDOW="10m", HEATLINE_FEEDS_ADD="").endswith("Nothing new came in.")


@pytest.mark.parametrize(("configured", "counted"), [(True, "1.0"), (False, "0.0")])
async def test_metrics_count_feeds_that_are_configured(
    server: FeedServer, tmp_path: Path, configured: bool, counted: str
) -> None:
    urls = gone_and_good(server)
    env = {**Shell(tmp_path, urls).env, "HEATLINE_METRICS": "0"}
    room = newsroom(settings_from(None, env))
    await pull(room.library, [source("feeds", room.kinds(utc_now))])
    room.library.close()
    (tmp_path / "articles").mkdir()
    env |= {} if configured else {"HEATLINE_FEEDS_ADD": ""}
    async with bot(tmp_path, **env) as (_, service), httpx.AsyncClient(trust_env=False) as web:
        text = (await web.get(f"http://127.0.0.1:{service.metrics_port}/metrics")).text
    assert f'heatline_feeds{{state="gone"}} {counted}' in text
    assert ("/gone" in text) is configured


def test_feeds_alone_are_a_source_by_name(server: FeedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "filed.md").write_text(dump(article("AI robots of a file")), encoding="utf-8")
    shell = Shell(tmp_path, gone_and_good(server))
    folders = {"HEATLINE_ARTICLES": str(tmp_path / "articles")}
    assert shell("sync", "feeds", **folders).stdout.startswith("1 loaded, 0 unchanged")
    assert shell("sync", "articles", "feeds", **folders).stdout.startswith("1 loaded, 0 unchanged")
    assert {each.title for each in shell.library.articles()} == {
        "Tidewater council bans facial recognition in its schools",
        "AI robots of a file",
    }
    assert "there are no feeds" in shell("sync", "feeds", code=UNUSABLE, HEATLINE_FEEDS_ADD="").stderr
    said = shell("sync", "feed:https://n.example.com/feed", code=UNUSABLE).stderr
    assert "no kind of source 'feed'" in said


def test_old_articles_are_forgotten_but_not_what_was_told(library: Library, tmp_path: Path) -> None:
    old = [article(f"AI robot {n} walks", hours=24 * 500 + n, url=f"https://o.example.com/{n}") for n in range(3)]
    new = article("AI robot runs")
    library.put("feed:x", [Filed(each.url, Stamp(1, 1, "x"), each) for each in (*old, new)])
    library.put("folder:/y", [Filed("kept.md", Stamp(1, 1, "x"), replace(old[2], url="https://f.example.com/"))])
    desk = Desk(library, Catalogue.builtin())
    slot = old[0].published_at + timedelta(hours=1)
    edition = desk.frozen(DigestSpec("d", ranking="original", stories=1, more=0), slot, slot)
    told = edition.stories[0].story.urls
    library.prune(NOON - timedelta(days=400))
    assert {a.url for a in library.articles()} == told | {new.url, "https://f.example.com/"}
