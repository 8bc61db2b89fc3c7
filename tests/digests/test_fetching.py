"""Fetching at the wire: conditional requests, packings, redirects, limits, and the guard; against servers on 127.0.0.1."""

from __future__ import annotations

import asyncio
import gzip
import os
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import brotli
import httpx
import pytest
import trustme
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from bot.newsfeeds import client as bots_client
from bot.wiring import settings_from
from digests.errors import FetchError, SourceError
from digests.sources.crew import working
from digests.sources.fetching import Allowed, Client, FeedState, Guard, Limits, Outcome, settled
from digests.sources.fetching.bodies import decoded
from digests.sources.fetching.feeds import fetching
from digests.sources.fetching.guard import Lookups, public, resolve
from digests.sources.fetching.policy import LEAST, LONGEST_WAIT, MOST, Fetched, Happened, digest_of, wished
from digests.sources.fetching.proxies import without_proxy

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LOCAL = Allowed.read(["127.0.0.0/8"])
FAST = Limits(spacing=0, connect=2, read=0.5, whole=1.5, body=100_000)
BODY = b"<rss>" + b"news " * 2000 + b"</rss>"


class BrokenError(Exception):
    """Something of the consumer's own."""


class Server:
    """Answers as it is told, path by path, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answers: dict[str, Callable[[dict[str, str], asyncio.StreamWriter], Awaitable[None]]] = {}
        self.at_once = self.most_at_once = 0
        self.port = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def answer(self, path: str, status: int = 200, body: bytes = b"", **headers: str) -> None:
        async def say(_asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
            lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
            lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)

        self.answers[path] = say

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            path = head[0].split(" ")[1]
            headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:] if line)}
            self.asked.append((path, headers))
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            try:
                await self.answers[path](headers, writer)
                await writer.drain()
            finally:
                self.at_once -= 1
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client had enough, which is what some tests are about
        finally:
            writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    running = await asyncio.start_server(made.handle, "127.0.0.1", 0)
    made.port = running.sockets[0].getsockname()[1]
    async with running:
        yield made


@asynccontextmanager
async def client(limits: Limits = FAST, guard: Guard | None = None, **more: object) -> AsyncIterator[Client]:
    async with Client(guard or Guard(LOCAL), "Heatline/test (+https://heatline.example.com)", limits, **more) as made:  # type: ignore[arg-type]
        yield made


def test_the_limits_as_shipped() -> None:
    """What admins and the servers of feeds are promised: who changes one changes it here, too."""
    assert Limits() == Limits(
        at_once=32,
        per_host=2,
        spacing=0.2,
        resolve=10,
        connect=10,
        read=20,
        whole=60,
        body=10 * 1024 * 1024,
        big=1024 * 1024,
        big_at_once=4,
        redirects=5,
    )


async def bots_own_request(server: Server) -> tuple[Client, dict[str, str]]:
    """The client that the bot makes with no settings but the host that it may ask, and what it says."""
    server.answer("/feed", 200, BODY)
    settings = settings_from(None, {"HEATLINE_ALLOW_HOSTS": "127.0.0.1"})
    async with bots_client(settings) as http:
        await http.get(server.url("/feed"))
        return http, server.asked[-1][1]


async def test_the_bot_keeps_to_the_limits_as_shipped_and_says_who_it_is(server: Server) -> None:
    http, said = await bots_own_request(server)
    assert http.limits == Limits()
    assert said["user-agent"].startswith(f"Heatline/{version('heatline')} (")
    assert set(said["accept-encoding"].split(", ")) == {"gzip", "deflate", "br", "zstd"}


async def test_the_bot_names_no_address_that_leads_nowhere(server: Server) -> None:
    _, said = await bots_own_request(server)
    for address in re.findall(r"https?://[^\s;)]+", said["user-agent"]):
        host = httpx.URL(address).host
        assert "." in host
        assert re.search(r"(^|\.)(example(\.com|\.net|\.org)?|invalid|test|localhost)$", host) is None


async def fetch(http: Client, feed: FeedState, now: datetime) -> Fetched:
    """As `fetching`, for who keeps no body."""
    async with fetching(http, feed, now) as fetched:
        return fetched


def fetching_all(http: Client, feeds: Iterable[FeedState]) -> AbstractAsyncContextManager[AsyncIterator[Fetched]]:
    """Fetch feeds as a pull does: with more hands than places, so that who waits for a busy host holds nobody up."""
    places = http.limits.at_once
    return working(feeds, lambda feed: fetch(http, feed, NOW), 2 * places, places)


async def fetch_all(http: Client, feeds: Iterable[FeedState]) -> list[Fetched]:
    """All of them, in the order in which they were done."""
    async with fetching_all(http, feeds) as results:
        return [each async for each in results]


async def test_a_feed_is_asked_only_for_what_is_new(server: Server) -> None:
    server.answer("/feed", 200, BODY, ETag='"one"', Last_Modified="Mon, 23 Nov 2026 08:00:00 GMT")
    async with client() as http:
        first = await fetch(http, FeedState(server.url("/feed")), NOW)
        assert (first.outcome, first.body) == (Outcome.NEW, BODY)
        server.answer("/feed", 304)
        second = await fetch(http, first.state, NOW)
        assert (second.outcome, second.body) == (Outcome.UNCHANGED, b"")
    asked = server.asked[1][1]
    assert asked["if-none-match"] == '"one"'
    assert asked["if-modified-since"] == "Mon, 23 Nov 2026 08:00:00 GMT"
    assert asked["user-agent"].startswith("Heatline/")
    assert second.state.etag == '"one"'


async def test_the_same_body_again_is_unchanged_without_the_servers_help(server: Server) -> None:
    server.answer("/feed", 200, BODY)
    async with client() as http:
        first = await fetch(http, FeedState(server.url("/feed")), NOW)
        assert (await fetch(http, first.state, NOW)).outcome is Outcome.UNCHANGED


PACKED = {
    "gzip": gzip.compress(BODY),
    "deflate": zlib.compress(BODY),
    "br": brotli.compress(BODY),
    "zstd": zstandard.compress(BODY),
    "identity": BODY,
}


@pytest.mark.parametrize("packing", PACKED)
async def test_packed_bodies(server: Server, packing: str) -> None:
    server.answer("/feed", 200, PACKED[packing], Content_Encoding=packing)
    async with client() as http:
        assert (await http.get(server.url("/feed"))).body == BODY


BOMBS = {
    "gzip": gzip.compress(b"\0" * 50_000_000),
    "deflate": zlib.compress(b"\0" * 50_000_000),
    "br": brotli.compress(b"\0" * 50_000_000),
    "zstd": zstandard.compress(b"\0" * 50_000_000),
}


@pytest.mark.parametrize("packing", BOMBS)
async def test_a_small_body_that_unpacks_to_a_huge_one_is_refused(server: Server, packing: str) -> None:
    server.answer("/feed", 200, BOMBS[packing], Content_Encoding=packing)
    async with client() as http:
        with pytest.raises(FetchError, match="more than"):
            await http.get(server.url("/feed"))


def test_gzip_files_may_follow_one_another_with_zeros_between_them() -> None:
    halves = gzip.compress(BODY[:5000]) + bytes(100) + gzip.compress(BODY[5000:])
    assert decoded(halves + bytes(3), "gzip", len(BODY)) == BODY
    assert decoded(halves + b"no gzip", "x-gzip", len(BODY)) == BODY
    assert decoded(halves[:-20], "gzip", len(BODY))[:5000] == BODY[:5000]
    with pytest.raises(FetchError, match="more than"):
        decoded(halves, "gzip", len(BODY) - 1)


EMPTY = {"gzip": gzip.compress(b""), "zstd": zstandard.compress(b"")}


@pytest.mark.parametrize(("packing", "said"), [("gzip", "1,000 gzip files"), ("zstd", "")])
async def test_ten_megabytes_of_parts_with_nothing_in_them_cost_little(server: Server, packing: str, said: str) -> None:
    """Each part takes its time: so many that all of a body is copied or looked through for each would take hours."""
    server.answer("/feed", 200, EMPTY[packing] * (10_000_000 // len(EMPTY[packing])), Content_Encoding=packing)
    limits = replace(FAST, body=Limits().body, read=30, whole=60)
    async with client(limits) as http:
        if said:
            with pytest.raises(FetchError, match=said):
                await http.get(server.url("/feed"))
        else:
            assert (await http.get(server.url("/feed"))).body == b""


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=5), st.integers(0, 50), st.integers(0, 1200))
def test_gzip_files_one_after_the_other_are_one_body(parts: list[bytes], zeros: int, most: int) -> None:
    packed = bytes(zeros).join(map(gzip.compress, parts))
    if sum(map(len, parts)) <= most:
        assert decoded(packed, "gzip", most) == b"".join(parts)
    else:
        with pytest.raises(FetchError, match="more than"):
            decoded(packed, "gzip", most)


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "zstd", "compress", "gzip, br", ""]))
def test_any_body_is_unpacked_or_refused(body: bytes, packing: str) -> None:
    with suppress(FetchError):
        assert len(decoded(body, packing, 1000)) <= 1000


async def test_redirects_are_followed_and_the_permanent_ones_remembered(server: Server) -> None:
    server.answer("/old", 301, Location="/moved")
    server.answer("/moved", 308, Location=server.url("/now"))
    server.answer("/now", 302, Location="/today")
    server.answer("/today", 200, BODY)
    async with client() as http:
        done = await fetch(http, FeedState(server.url("/old")), NOW)
        assert done.outcome is Outcome.NEW
        assert done.state.location == server.url("/now")  # not /today: that was for once
        assert done.location == server.url("/today")
        await fetch(http, done.state, NOW)
    assert [path for path, _ in server.asked] == ["/old", "/moved", "/now", "/today", "/now", "/today"]


@pytest.mark.parametrize(
    "location",
    [
        "http://user:secret@{host}/now",
        "http://secret@{host}/now",
        "http://@{host}/now",
        "//user:secret@{host}/now",
        "http://user:secret%40{host}@{host}/now",
        "http://user@secret@{host}/now",
        "HTTP://user:secret@{host}/now",
    ],
)
async def test_users_and_passwords_in_redirects_go_nowhere(server: Server, location: str) -> None:
    server.answer("/old", 301, Location=location.format(host=f"other.example.com:{server.port}"))
    server.answer("/now", 200, BODY)
    async with client(guard=Guard(LOCAL, resolving(["127.0.0.1"]))) as http:
        done = await fetch(http, FeedState(f"http://news.example.com:{server.port}/old"), NOW)
    assert done.outcome is Outcome.NEW
    assert done.location == done.state.location == f"http://other.example.com:{server.port}/now"
    assert server.asked[1][0] == "/now"
    assert "authorization" not in server.asked[1][1]
    assert "secret" not in repr((done, server.asked))


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("http://[::1", "no address"),
        ("http://[user:secret@x]/", "no address"),
        ("//127.0.0.1:seven/", "no address"),
        ("http://xn--/", "no address"),
        ("http://news.example.com/\x7f", "no address"),
        ("https://user:secret@xn--\xff/", "no address"),
        ("http://?", "circle"),
        ("https:///feed", "no host"),
        ("gopher://127.0.0.1/", "only http and https"),
        ("javascript:alert(1)", "only http and https"),
        ("data:text/xml,<rss/>", "only http and https"),
    ],
)
async def test_redirects_to_what_is_no_address(server: Server, location: str, said: str) -> None:
    async def say(_asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 301 X\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode("latin-1"))

    server.answers["/feed"] = say
    async with client() as http:
        with pytest.raises(FetchError, match=said) as caught:
            await http.get(server.url("/feed"))
    assert "secret" not in str(caught.value)


async def test_nobody_follows_us_from_feed_to_feed(server: Server) -> None:
    server.answer("/feed", 302, Location="/now", Set_Cookie="who=you; Path=/")
    server.answer("/now", 200, BODY, Set_Cookie="who=you; Path=/")
    async with client() as http:
        for path in ("/feed", "/now"):
            await http.get(server.url(path))
    assert len(server.asked) == 3
    assert not any("cookie" in headers for _, headers in server.asked)


async def test_circles_and_too_many_redirects(server: Server) -> None:
    server.answer("/a", 302, Location="/b")
    server.answer("/b", 302, Location="/a")
    for number in range(9):
        server.answer(f"/{number}", 302, Location=f"/{number + 1}")
    async with client() as http:
        with pytest.raises(FetchError, match="circle"):
            await http.get(server.url("/a"))
        with pytest.raises(FetchError, match="more than 5 redirects"):
            await http.get(server.url("/0"))


@pytest.mark.parametrize(
    ("status", "headers", "said", "outcome"),
    [
        (404, {}, "no feed at this address", Outcome.FAILED),
        (500, {}, "answers 500", Outcome.FAILED),
        (429, {"Retry_After": "7200"}, "asked too often", Outcome.FAILED),
        (410, {}, "gone for good", Outcome.GONE),
        (304, {}, "to somebody who has nothing yet", Outcome.FAILED),
    ],
)
async def test_statuses(server: Server, status: int, headers: dict[str, str], said: str, outcome: Outcome) -> None:
    server.answer("/feed", status, b"", **headers)
    async with client() as http:
        done = await fetch(http, FeedState(server.url("/feed")), NOW)
    assert done.outcome is outcome
    assert said in done.state.error
    if headers:
        assert done.state.next_at == NOW + timedelta(hours=2)
    if outcome is Outcome.GONE:
        assert done.state.gone
    else:
        assert done.state.next_at is not None
        assert NOW < done.state.next_at < NOW + timedelta(hours=3)


async def endless(_asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n\r\n")
    for _ in range(10_000):
        writer.write(b"<item>" * 2000)
        await writer.drain()


async def dripping(_asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.1)


async def silent(_asked: dict[str, str], _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


async def breaking(_asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\nff\r\nhalf")


async def boasting(_asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"a" * 500_000 + b"\r\n\r\n")


async def babbling(_asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.9\r\n")


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (endless, "more than"),
        (dripping, "no whole answer within"),
        (silent, "too slowly"),
        (breaking, "broke off"),
        (boasting, "broke off, or does not speak HTTP"),
        (babbling, "does not speak HTTP"),
    ],
)
async def test_servers_that_misbehave(
    server: Server, behaviour: Callable[[dict[str, str], asyncio.StreamWriter], Awaitable[None]], said: str
) -> None:
    server.answers["/feed"] = behaviour
    async with client() as http:
        done = await fetch(http, FeedState(server.url("/feed")), NOW)
    assert done.outcome is Outcome.FAILED
    assert said in done.state.error


class Doors:
    """Bodies that come halfway, and to their end when their door is opened."""

    def __init__(self, server: Server, size: int) -> None:
        self._server, self._size = server, size
        self.halfway: list[str] = []
        self.doors: dict[str, asyncio.Event] = {}

    def put(self, path: str, thinking: float = 0) -> None:
        door = self.doors[path] = asyncio.Event()

        async def say(_asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 X\r\nContent-Length: %d\r\n\r\n" % (2 * self._size) + bytes(self._size))
            await writer.drain()
            self.halfway.append(path)
            await door.wait()
            await asyncio.sleep(thinking)
            writer.write(bytes(self._size))

        self._server.answers[path] = say


async def until(met: Callable[[], bool]) -> None:
    while not met():
        await asyncio.sleep(0.01)


ZEROS = bytes(50_000)


@pytest.mark.parametrize("packing", ["", "gzip", "deflate", "br", "zstd"])
async def test_big_bodies_wait_for_each_other_and_small_ones_for_none(server: Server, packing: str) -> None:
    """Big is also what is small as long as it is packed."""
    held = Doors(server, 20_000)
    held.put("/held")
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstandard.compress}
    server.answer("/big", 200, pack[packing](ZEROS) if packing else ZEROS, Content_Encoding=packing)
    server.answer("/small", 200, BODY, Content_Encoding="")
    server.answer("/packed", 200, PACKED["gzip"], Content_Encoding="gzip")
    async with client(replace(FAST, big=15_000, big_at_once=1, read=60, whole=120)) as http:
        first = asyncio.create_task(http.get(server.url("/held")))
        await until(lambda: held.halfway == ["/held"])
        big = asyncio.create_task(http.get(server.url("/big")))
        await until(lambda: len(server.asked) == 2)
        for path in ("/small", "/packed") * 3:
            assert (await http.get(server.url(path))).body == BODY
        assert not big.done()
        held.doors["/held"].set()
        assert (await big).body == ZEROS
        assert len((await first).body) == 40_000


async def test_who_gives_up_takes_no_big_bodys_place(server: Server) -> None:
    held = Doors(server, 20_000)
    for path in ("/a", "/b", "/c"):
        held.put(path)
    async with client(replace(FAST, big=15_000, big_at_once=1, read=60, whole=120)) as http:
        reading, waiting, last = (asyncio.create_task(http.get(server.url(path))) for path in held.doors)
        await until(lambda: len(held.halfway) == 3)
        for given_up in (waiting, reading):
            given_up.cancel()
            with pytest.raises(asyncio.CancelledError):
                await given_up
        held.doors["/c"].set()
        assert len((await last).body) == 40_000
        for door in held.doors.values():
            door.set()
        assert len((await http.get(server.url("/a"))).body) == 40_000


async def test_a_big_body_that_is_too_long_or_breaks_off_gives_its_place_back(server: Server) -> None:
    server.answers["/endless"] = endless
    server.answer("/bomb", 200, BOMBS["gzip"], Content_Encoding="gzip")
    server.answer("/wrong", 200, ZEROS, Content_Encoding="gzip")
    server.answer("/good", 200, ZEROS)
    async with client(replace(FAST, big=15_000, big_at_once=1, read=60, whole=120)) as http:
        for path, said in (("/endless", "more than"), ("/bomb", "more than"), ("/wrong", "said to be gzip")):
            with pytest.raises(FetchError, match=said):
                await http.get(server.url(path))
        assert (await http.get(server.url("/good"))).body == ZEROS


async def test_waiting_for_other_big_bodies_is_not_what_a_request_takes(server: Server) -> None:
    held = Doors(server, 20_000)
    held.put("/a", thinking=2)
    held.put("/b", thinking=2)
    async with client(replace(FAST, big=15_000, big_at_once=1, read=60, whole=3)) as http:
        first = asyncio.create_task(http.get(server.url("/a")))
        await until(lambda: len(held.halfway) == 1)
        second = asyncio.create_task(http.get(server.url("/b")))
        held.doors["/a"].set()
        await first
        held.doors["/b"].set()
        assert len((await second).body) == 40_000  # after 4 s, of which it had 2


async def test_what_a_big_body_takes_is_counted(server: Server) -> None:
    held = Doors(server, 20_000)
    held.put("/never")
    async with client(replace(FAST, big=15_000, read=60, whole=0.5)) as http:
        with pytest.raises(FetchError, match="no whole answer"):
            await http.get(server.url("/never"))
    held.doors["/never"].set()


ENDS: dict[str, type[BaseException] | None] = {
    "ends": None,
    "fails": BrokenError,
    "fails as fetching does": FetchError,
    "is cancelled": asyncio.CancelledError,
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("packing", ["", "gzip"])
async def test_a_big_body_has_its_place_until_the_block_ends(server: Server, packing: str, end: str) -> None:
    for path in ("/read", "/waiting", "/given-up"):
        server.answer(path, 200, gzip.compress(ZEROS) if packing else ZEROS, Content_Encoding=packing)
    server.answer("/small", 200, BODY)
    reading, read = asyncio.Event(), asyncio.Event()

    async def reader() -> None:
        async with fetching(http, FeedState(server.url("/read")), NOW) as fetched:
            assert (fetched.outcome, fetched.body) == (Outcome.NEW, ZEROS)
            reading.set()
            await read.wait()
            if error := ENDS[end]:
                raise error("of the reader's own")

    async with client(replace(FAST, big=15_000, big_at_once=1, read=60, whole=120)) as http:
        first = asyncio.create_task(reader())
        await reading.wait()
        waiting, given_up = (asyncio.create_task(http.get(server.url(path))) for path in ("/waiting", "/given-up"))
        await until(lambda: len(server.asked) == 3)
        for _ in range(5):
            assert (await http.get(server.url("/small"))).body == BODY
        assert not waiting.done()
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        if end == "is cancelled":
            first.cancel()
        else:
            read.set()
        (error,) = await asyncio.gather(first, return_exceptions=True)
        assert type(error) is (ENDS[end] or type(None))
        assert (await waiting).body == ZEROS
        assert len((await http.get(server.url("/read"))).body) == len(ZEROS)  # and no place is lost


async def test_the_bodies_that_are_held_at_once_are_few(server: Server) -> None:
    """Of many that are fetched by many hands at once, and each held for a while."""
    feeds = [FeedState(server.url(f"/{number}")) for number in range(30)]
    for number in range(30):
        server.answer(f"/{number}", 200, ZEROS)
    held = most = 0

    async def read(feed: FeedState) -> int:
        nonlocal held, most
        async with fetching(http, feed, NOW) as fetched:
            held += 1
            most = max(most, held)
            await asyncio.sleep(0.01)
            held -= 1
            return len(fetched.body)

    few = replace(FAST, big=15_000, big_at_once=3, read=60, whole=120)
    async with client(few) as http, working(feeds, read, 30, 30) as results:
        assert [each async for each in results] == [len(ZEROS)] * 30
    assert most == 3


async def test_a_slow_feed_holds_nobody_up(server: Server) -> None:
    server.answers["/slow"] = silent
    for number in range(20):
        server.answer(f"/{number}", 200, BODY)
    feeds = [FeedState(server.url("/slow")), *(FeedState(server.url(f"/{n}")) for n in range(20))]
    async with client(replace(FAST, at_once=2, per_host=2)) as http:
        order = [done.state.url.rpartition("/")[2] for done in await fetch_all(http, feeds)]
    assert len(order) == 21
    assert order[-1] == "slow"


async def test_few_requests_to_a_host_at_once_and_some_time_between_them(server: Server) -> None:
    async def slowly(_asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        writer.write(b"HTTP/1.1 304 X\r\n\r\n")

    for number in range(8):
        server.answers[f"/{number}"] = slowly
    feeds = [FeedState(server.url(f"/{n}")) for n in range(8)]
    named = [replace(feed, url=feed.url.replace("127.0.0.1", "news.example.com")) for feed in feeds]
    guard = Guard(LOCAL, resolving(["127.0.0.1"]))
    async with client(replace(FAST, per_host=2, spacing=0.05), guard) as http:
        started = time.monotonic()
        assert len(await fetch_all(http, named)) == 8
        assert server.most_at_once <= 2
        assert time.monotonic() - started >= 7 * 0.05
        assert len(await fetch_all(http, feeds)) == 8
        assert server.most_at_once > 2  # the admin's own hosts need no sparing


def after(seconds: float, head: bytes) -> Callable[[dict[str, str], asyncio.StreamWriter], Awaitable[None]]:
    """A server that thinks before it says one thing."""

    async def say(_asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        writer.write(head)

    return say


async def test_waiting_for_a_busy_host_is_not_what_a_request_takes(server: Server) -> None:
    for number in range(8):
        server.answers[f"/{number}"] = after(0.3, b"HTTP/1.1 304 X\r\n\r\n")
    feeds = [FeedState(f"http://news.example.com:{server.port}/{n}", etag='"x"') for n in range(8)]
    guard = Guard(LOCAL, resolving(["127.0.0.1"]))
    async with client(replace(FAST, per_host=1, read=10, whole=2), guard) as http:
        done = await fetch_all(http, feeds)  # 2.4 s and more
    assert [each.state.error for each in done] == [""] * 8
    assert server.most_at_once == 1


async def test_what_a_request_takes_is_counted_over_all_its_hops(server: Server) -> None:
    server.answers["/a"] = after(0.4, b"HTTP/1.1 302 X\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n")
    server.answers["/b"] = after(0.4, b"HTTP/1.1 304 X\r\n\r\n")
    async with client(replace(FAST, read=10, whole=0.6)) as http:
        with pytest.raises(FetchError, match=r"no whole answer within 0\.6 s"):
            await http.get(server.url("/a"))


async def test_who_gives_up_waiting_takes_nobody_elses_turn(server: Server) -> None:
    opened = asyncio.Event()

    async def held(_asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
        await opened.wait()
        writer.write(b"HTTP/1.1 304 X\r\n\r\n")

    server.answers["/held"] = held
    server.answer("/waiting", 304)
    server.answer("/last", 304)
    url = f"http://news.example.com:{server.port}"
    guard = Guard(LOCAL, resolving(["127.0.0.1"]))
    async with client(replace(FAST, per_host=1, read=30, whole=60), guard) as http:
        first = asyncio.create_task(http.get(f"{url}/held"))
        while not server.asked:
            await asyncio.sleep(0.01)
        waiting, last = (asyncio.create_task(http.get(f"{url}/{name}")) for name in ("waiting", "last"))
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        opened.set()
        assert (await first).status == (await last).status == 304
        asked = asyncio.create_task(http.get(f"{url}/held"))
        opened.clear()
        while len(server.asked) < 3:
            await asyncio.sleep(0.01)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert (await http.get(f"{url}/last")).status == 304
        opened.set()
    assert [path for path, _ in server.asked] == ["/held", "/last", "/held", "/last"]


@pytest.mark.parametrize("how", ["breaks", "fails", "is cancelled"])
async def test_who_stops_listening_stops_the_fetching(server: Server, how: str) -> None:
    """Nobody fetches any more as soon as the block has ended, not only when what is left of it is collected."""
    for number in range(200):
        server.answer(f"/{number}", 200, BODY)
    under_way = 0

    async def counted(feed: FeedState) -> Fetched:
        nonlocal under_way
        under_way += 1
        try:
            return await fetch(http, feed, NOW)
        finally:
            under_way -= 1

    async def listen() -> None:
        async with working((FeedState(server.url(f"/{n}")) for n in range(200)), counted, 8, 4) as results:
            async for _ in results:
                assert under_way > 0
                if how == "fails":
                    raise BrokenError
                if how == "is cancelled":
                    listening.cancel()
                    await asyncio.Event().wait()
                break

    async with client(replace(FAST, at_once=4)) as http:
        listening = asyncio.create_task(listen())
        (ended,) = await asyncio.gather(listening, return_exceptions=True)
        assert type(ended) is {"breaks": type(None), "fails": BrokenError, "is cancelled": asyncio.CancelledError}[how]
        assert under_way == 0
    assert len(server.asked) < 60


async def test_what_the_work_raises_is_raised_where_its_results_are_taken() -> None:
    started, stopped = [], []

    async def work(number: int) -> int:
        if number == 2:
            raise BrokenError
        started.append(number)
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append(number)
        return number

    async def listen() -> list[int]:
        async with working(range(3), work, 3, 1) as results:
            return [each async for each in results]

    with pytest.raises(BrokenError):
        await listen()
    assert started == stopped == [0, 1]


async def test_results_that_are_taken_too_late_are_none() -> None:
    async def work(number: int) -> int:
        return number

    async with working(range(5), work, 2, 1) as results:
        assert await anext(results) == 0
    assert [each async for each in results] == []


# --- the guard


@pytest.mark.parametrize(
    "network",
    [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/3", "4000::/2", "8000::/1", "2001::/23", "2001:db8::/32", "2002::/16", "3ffe::/16", "3fff::/20",
    ],
)  # fmt: skip
def test_networks_that_are_not_public(network: str) -> None:
    """From one end to the other; `test_addresses_that_are_public` has what lies beyond some ends."""
    assert not public(ip_network(network)[0])
    assert not public(ip_network(network)[-1])


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
        "240.0.0.1", "192.0.2.1", "198.18.0.1",
        # where clouds keep their machines' passwords
        "169.254.169.254", "168.63.129.16", "192.0.0.192", "100.100.100.200", "fd00:ec2::254", "fd20:ce::254",
        "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1", "100::1", "5f00::1", "4000::1", "e000::1",
        # IPv4 in IPv6
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:168.63.129.16", "::10.0.0.1", "::ffff:0:10.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::c000:c0", "64:ff9b:1::1", "64:ff9b:1:ffff:ffff::1",
        "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:c0a8:101::c0a8:101",
        "2001:0:a00:1::", "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34", "1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "168.63.129.15",
        "168.63.129.17", "169.253.255.255", "169.255.0.0", "192.88.98.255", "192.88.100.0", "198.17.255.255", "198.20.0.0",
        "192.0.1.0", "191.255.255.255", "223.255.255.255", "192.31.196.1", "2606:4700::1111", "2001:200::1", "2003::1",
        "2a00:1450:4001::1", "2620:4f:8000::1", "::ffff:1.1.1.1", "64:ff9b::101:101",
    ],
)  # fmt: skip
def test_addresses_that_are_public(address: str) -> None:
    assert public(ip_address(address))


@given(st.ip_addresses())
def test_what_this_python_holds_for_private_is_not_public(address: IPv4Address | IPv6Address) -> None:
    """Our list is the longer one, so that the lists of different Pythons make no difference."""
    wrapped = isinstance(address, IPv6Address) and any(
        address in ip_network(network) for network in ("::ffff:0:0/96", "64:ff9b::/96")
    )
    if not wrapped and (not address.is_global or address.is_multicast or address.is_reserved):
        assert not public(address)


def resolving(*answers: list[str]) -> Callable[[str, int], Awaitable[list[str]]]:
    """A resolver that answers one after the other, and then the last for ever."""
    left = list(answers)

    async def resolve(_host: str, _port: int) -> list[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("file:///etc/passwd", "only http and https"),
        ("ftp://example.com/feed", "only http and https"),
        ("http://127.0.0.1/", "not public"),
        ("http://[::1]/", "not public"),
        ("http://2130706433/", "odd spelling"),
        ("http://0x7f.0.0.1/", "odd spelling"),
        ("http://0177.0.0.1/", "no address"),
        ("http://017700000001/", "odd spelling"),
        ("http://news.example.com:22/", "port 22"),
        ("http://news.example.com:0/", "port 0"),
        ("http://news.example.com:65536/", "no port 65536"),
        ("http://news.example.com/", "news.example.com is at 10.0.0.5"),
    ],
)
async def test_what_the_guard_refuses(url: str, said: str) -> None:
    guard = Guard(resolver=resolving(["10.0.0.5"]))
    async with client(guard=guard) as http:
        with pytest.raises(FetchError, match=said):
            await http.get(url)


async def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(FetchError, match="not public"):
        await Guard(resolver=resolving(["93.184.216.34", "192.168.0.9"])).addresses(httpx.URL("https://n.example.com"))


async def test_every_hop_is_checked(server: Server) -> None:
    server.answer("/feed", 302, Location="http://169.254.169.254/latest/meta-data/")
    server.answer("/file", 302, Location="file:///etc/passwd")
    async with client() as http:
        for path, said in (("/feed", "169.254.169.254"), ("/file", "only http and https")):
            with pytest.raises(FetchError, match=said):
                await http.get(server.url(path))


async def test_a_name_that_changes_between_check_and_connection_gets_nowhere(server: Server) -> None:
    """The first lookup is checked and used; nobody looks the name up a second time for the connection."""
    server.answer("/feed", 200, BODY)
    lookups = []

    async def rebinding(host: str, _port: int) -> list[str]:
        lookups.append(host)
        return ["127.0.0.2"] if len(lookups) == 1 else ["127.0.0.1"]

    guard = Guard(Allowed.read(["127.0.0.2/32"]), rebinding)
    async with client(guard=guard) as http:
        with pytest.raises(FetchError):  # 127.0.0.2 has no server: it is not asked for another address
            await http.get(f"http://news.example.com:{server.port}/feed")
        assert lookups == ["news.example.com"]
        with pytest.raises(FetchError, match="not public"):
            await http.get(f"http://news.example.com:{server.port}/feed")
    assert server.asked == []


async def test_the_next_address_is_tried_and_the_name_stays_in_the_request(server: Server) -> None:
    server.answer("/feed", 200, BODY)
    guard = Guard(LOCAL, resolving(["127.0.0.9", "127.0.0.1"]))
    async with client(guard=guard) as http:
        assert (await http.get(f"http://news.example.com:{server.port}/feed")).body == BODY
    assert server.asked[0][1]["host"] == f"news.example.com:{server.port}"


async def test_a_host_that_the_admin_allows(server: Server) -> None:
    server.answer("/feed", 200, BODY)
    for allowed in ("127.0.0.1", "127.0.0.0/8", "intern.example.com", f"intern.example.com:{server.port}"):
        guard = Guard(Allowed.read([allowed]), resolving(["127.0.0.1"]))
        async with client(guard=guard) as http:
            assert (await http.get(f"http://intern.example.com:{server.port}/feed")).body == BODY
    with pytest.raises(SourceError, match="no host"):
        Allowed.read(["http://intern.example.com/"])


async def test_the_certificate_is_the_names_and_not_the_addresss() -> None:
    """The connection goes to a checked address; who is there has to prove to be the name all the same."""
    authority = trustme.CA()
    door, trusting = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert("news.example.com").configure_cert(door)
    authority.configure_trust(trusting)
    told: list[str | None] = []
    door.sni_callback = lambda _socket, name, _context: told.append(name)
    made = Server()
    made.answer("/feed", 200, BODY)
    running = await asyncio.start_server(made.handle, "127.0.0.1", 0, ssl=door)
    port = running.sockets[0].getsockname()[1]
    guard = Guard(LOCAL, resolving(["127.0.0.1"]))
    async with running, client(guard=guard, verify=trusting) as http:
        assert (await http.get(f"https://news.example.com:{port}/feed")).body == BODY
        assert told == ["news.example.com"]
        with pytest.raises(FetchError, match="certificate is not trusted"):
            await http.get(f"https://other.example.com:{port}/feed")
    async with client(guard=guard) as http:
        with pytest.raises(FetchError):
            await http.get(f"https://news.example.com:{port}/feed")


async def test_a_redirect_that_leaves_encryption_is_followed_and_not_remembered(server: Server) -> None:
    authority = trustme.CA()
    door, trusting = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert("news.example.com").configure_cert(door)
    authority.configure_trust(trusting)
    made = Server()
    running = await asyncio.start_server(made.handle, "127.0.0.1", 0, ssl=door)
    secure = f"https://news.example.com:{running.sockets[0].getsockname()[1]}"
    made.answer("/down", 301, Location=f"http://news.example.com:{server.port}/feed")
    made.answer("/feed", 200, BODY)
    server.answer("/feed", 200, BODY)
    server.answer("/up", 301, Location=f"{secure}/feed")
    guard = Guard(LOCAL, resolving(["127.0.0.1"]))
    async with running, client(guard=guard, verify=trusting) as http:
        down = await http.get(f"{secure}/down")  # a reverse proxy that was set up in a hurry
        assert (down.body, down.moved) == (BODY, "")
        assert (await http.get(f"http://news.example.com:{server.port}/up")).moved == f"{secure}/feed"


def breaking_tls(door: ssl.SSLContext, listening: socket.socket, head: bytes) -> None:
    """Serve one connection: encrypted as far as ``head``, and then what is no TLS."""
    connection, _ = listening.accept()
    with (
        socket.socket(fileno=os.dup(connection.fileno())) as bare,
        door.wrap_socket(connection, server_side=True) as tls,
    ):
        tls.recv(4096)
        tls.sendall(head)
        bare.sendall(b"no TLS at all " * 10)


async def test_encryption_that_breaks_in_mid_stream() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<rss>"
    authority = trustme.CA()
    door, trusting = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert("news.example.com").configure_cert(door)
    authority.configure_trust(trusting)
    guard = Guard(LOCAL, resolving(["127.0.0.1"]))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(asyncio.to_thread(breaking_tls, door, listening, head))
        async with client(replace(FAST, read=30, whole=60), guard, verify=trusting) as http:
            with pytest.raises(FetchError, match="no secure connection"):
                await http.get(f"https://news.example.com:{listening.getsockname()[1]}/feed")
        await serving


@pytest.mark.parametrize("host", [".example.com", "a..example.com", "a" * 64 + ".example.com", "example.com..", "."])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_names_that_are_none(server: Server, scheme: str, host: str) -> None:
    """Python finds fault with them only when it has connected."""
    async with client(guard=Guard(LOCAL, resolving(["127.0.0.1"]))) as http:
        with pytest.raises(FetchError, match="no name of a host"):
            await http.get(f"{scheme}://{host}:{server.port}/feed")
    assert server.asked == []


async def test_a_name_with_other_letters_is_looked_up_as_it_is_asked_for(server: Server) -> None:
    """IDNA 2003, which Python knows, makes strasse of straße: somebody else's name."""
    looked_up = []

    async def resolver(host: str, _port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    server.answer("/feed", 200, BODY)
    guard = Guard(Allowed.read(["xn--strae-oqa.example.com"]), resolver)
    async with client(guard=guard) as http:
        assert (await http.get(f"http://straße.example.com:{server.port}/feed")).body == BODY
    assert looked_up == ["xn--strae-oqa.example.com"]
    assert server.asked[0][1]["host"] == f"xn--strae-oqa.example.com:{server.port}"


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\n<rss>",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n<rss>",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n<rss>",
        b"HTTP/1.1 two OK\r\n\r\n<rss>",
        b"HTTP/1.1 200 OK\r\n: nameless\r\n\r\n<rss>",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n<rss>",
        b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe://\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nLocation: /x\r\n\r\n",
        b"",
    ],
)
async def test_answers_that_are_no_http(server: Server, said: bytes) -> None:
    server.answers["/feed"] = after(0, said)
    async with client(replace(FAST, read=30, whole=60)) as http:
        with pytest.raises(FetchError):
            await http.get(server.url("/feed"))


@pytest.mark.parametrize("value", ["two\nlines", "caf\xe9 \u20ac", "\0"])
async def test_a_header_that_cannot_be_sent(server: Server, value: str) -> None:
    async with client() as http:
        with pytest.raises(FetchError):
            await http.get(server.url("/feed"), {"If-None-Match": value})
    assert server.asked == []


async def test_an_unknown_name() -> None:
    async def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    async with client(guard=Guard(resolver=unknown)) as http:
        done = await fetch(http, FeedState("https://nowhere.example.com/feed"), NOW)
    assert done.state.error == "the name nowhere.example.com is not known"


async def test_a_name_that_is_not_found_out_in_time() -> None:
    async def dead(_host: str, _port: int) -> list[str]:
        await asyncio.sleep(3600)
        raise AssertionError

    async with client(replace(FAST, resolve=0.05, whole=60), Guard(resolver=dead)) as http:
        done = await fetch(http, FeedState("https://news.example.com/feed"), NOW)
    assert done.state.error == "the name news.example.com was not found out within 0.05 s"


async def test_the_machines_own_resolver() -> None:
    assert "127.0.0.1" in await resolve("127.0.0.1", 80)


async def test_a_dead_resolver_holds_up_names_and_nothing_else() -> None:
    alive, asked, threads = threading.Event(), [], set()

    def look(host: str, _port: int) -> list[str]:
        asked.append(host)
        threads.add(threading.current_thread())
        alive.wait()
        if host == "unknown":
            raise socket.gaierror(-2, "Name or service not known")
        return [host]

    lookups = Lookups(3, look)
    waiting = [asyncio.create_task(lookups.resolve(str(number), 80)) for number in range(9)]
    unknown = asyncio.create_task(lookups.resolve("unknown", 80))
    while len(asked) < 3:
        await asyncio.sleep(0.01)
    assert await asyncio.to_thread(lambda: "the database answers") == "the database answers"
    assert len(asked) == 3
    for number in (0, 5):  # one that is being looked up, and one that waits
        waiting[number].cancel()
    alive.set()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [each for each in found if isinstance(each, list)] == [["1"], ["2"], ["3"], ["4"], ["6"], ["7"], ["8"]]
    with pytest.raises(socket.gaierror):
        await unknown
    assert "5" not in asked
    assert len(threads) == 3
    assert all(thread.daemon for thread in threads)  # nobody waits for them at the end


def test_lookups_outlive_an_event_loop() -> None:
    began, alive = threading.Event(), threading.Event()

    def look(host: str, _port: int) -> list[str]:
        began.set()
        alive.wait()
        return [host]

    lookups = Lookups(1, look)

    async def impatient() -> None:
        asked = asyncio.create_task(lookups.resolve("slow", 80))
        await until(began.is_set)
        asked.cancel()
        with suppress(asyncio.CancelledError):
            await asked

    asyncio.run(impatient())
    alive.set()
    assert asyncio.run(lookups.resolve("next", 80)) == ["next"]


async def test_a_proxy_does_the_connecting(server: Server) -> None:
    server.answer("http://news.example.com/feed", 200, BODY)
    guard = Guard(LOCAL, resolving(["93.184.216.34"]))
    async with client(guard=guard, proxies={"http": server.url("")}) as http:
        assert (await http.get("http://news.example.com/feed")).body == BODY
    private = Guard(resolver=resolving(["10.0.0.1"]))
    async with client(guard=private, proxies={"http": server.url("")}) as http:
        with pytest.raises(FetchError, match="not public"):
            await http.get("http://news.example.com/feed")


class Tunnels:
    """A proxy that opens tunnels: to a server on this machine, wherever it is told to."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.asked: list[str] = []
        self.open = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head.decode().split("\r\n")[0])
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.open += 1
        await asyncio.gather(self._pass_on(reader, far_writer), self._pass_on(far_reader, writer))
        self.open -= 1

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while some := await reader.read(4096):
                writer.write(some)
                await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def test_a_proxy_tunnels_https_and_some_hosts_do_without_it() -> None:
    authority = trustme.CA()
    door, trusting = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert("news.example.com", "news.internal").configure_cert(door)
    authority.configure_trust(trusting)
    made = Server()
    made.answer("/feed", 200, BODY)
    made.answer("/inside", 302, Location="https://news.example.com/feed")
    running = await asyncio.start_server(made.handle, "127.0.0.1", 0, ssl=door)
    port = running.sockets[0].getsockname()[1]
    tunnels = Tunnels(port)
    proxying = await asyncio.start_server(tunnels.handle, "127.0.0.1", 0)
    proxies = {"https": f"http://127.0.0.1:{proxying.sockets[0].getsockname()[1]}"}

    async def resolver(host: str, _port: int) -> list[str]:
        return {"news.internal": ["127.0.0.1"], "hidden.internal": ["10.0.0.1"]}.get(host, ["93.184.216.34"])

    guard = Guard(LOCAL, resolver)
    more = {"guard": guard, "proxies": proxies, "no_proxy": (".internal",)}
    async with running, proxying:
        async with client(**more, verify=trusting) as http:  # type: ignore[arg-type]
            assert (await http.get("https://news.example.com/feed")).body == BODY
            assert tunnels.asked == ["CONNECT news.example.com:443 HTTP/1.1"]
            assert (await http.get(f"https://news.internal:{port}/feed")).body == BODY
            assert len(tunnels.asked) == 1
            assert (await http.get(f"https://news.internal:{port}/inside")).body == BODY  # each hop by its own host
            assert len(tunnels.asked) == 2
            with pytest.raises(FetchError, match=r"hidden\.internal is at 10\.0\.0\.1, which is not public"):
                await http.get("https://hidden.internal/feed")
            with pytest.raises(FetchError, match="certificate is not trusted"):
                await http.get("https://other.example.com/feed")
        async with client(**more) as http:  # type: ignore[arg-type]
            with pytest.raises(FetchError, match="certificate is not trusted"):
                await http.get("https://news.example.com/feed")
        await until(lambda: tunnels.open == 0)
    assert [path for path, _ in made.asked] == ["/feed", "/feed", "/inside", "/feed"]


async def test_a_name_that_only_the_proxy_knows(server: Server) -> None:
    async def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    server.answer("http://news.example.com/feed", 200, BODY)
    more = {"guard": Guard(resolver=unknown), "proxies": {"http": server.url("")}}
    async with client(**more, no_proxy=("direct.example.com",)) as http:  # type: ignore[arg-type]
        assert (await http.get("http://news.example.com/feed")).body == BODY
        with pytest.raises(FetchError, match="is not known"):
            await http.get("http://direct.example.com/feed")


@pytest.mark.parametrize(
    ("no_proxy", "url", "direct"),
    [
        ("example.com", "http://example.com/", True),
        ("example.com", "http://EXAMPLE.com./", True),
        ("Example.COM", "http://www.example.com/", True),
        ("example.com", "http://anexample.com/", False),
        (".example.com", "http://www.example.com/", True),
        (".example.com", "http://example.com/", True),
        ("*.example.com", "http://www.example.com/", True),
        ("example.com", "http://example.com.evil.test/", False),
        ("com", "http://example.com/", True),
        ("", "http://example.com/", False),
        (".", "http://example.com/", False),
        ("*", "https://example.com/", True),
        ("*:443", "https://example.com/", True),
        ("*:443", "http://example.com/", False),
        ("example.com:8080", "http://www.example.com:8080/", True),
        ("example.com:8080", "http://example.com/", False),
        ("example.com:80", "http://example.com/", True),
        ("example.com:443", "https://example.com/", True),
        ("10.0.0.1", "http://10.0.0.1/", True),
        ("10.0.0.0/8", "http://10.9.8.7:3000/", True),
        ("10.0.0.1/8", "http://10.9.8.7/", True),
        ("10.0.0.0/8", "http://11.0.0.1/", False),
        ("10.0.0.1:80", "http://10.0.0.1/", True),
        ("10.0.0.1:81", "http://10.0.0.1/", False),
        ("0.0.1", "http://10.0.0.1/", False),
        ("10.0.0.0/8", "http://10.example.com/", False),
        ("::1", "http://[::1]/", True),
        ("[::1]", "http://[::1]:8000/", True),
        ("[::1]:8000", "http://[::1]:8000/", True),
        ("[::1]:8000", "http://[::1]/", False),
        ("fd00::/8", "http://[fd12::7]/", True),
        ("fd00::/8", "http://10.0.0.1/", False),
        ("10.0.0.0/8", "http://[fd12::7]/", False),
        ("xn--strae-oqa.example.com", "http://straße.example.com/", True),
        ("://", "http://example.com/", False),
        ("10.0.0.0/99", "http://10.0.0.1/", False),
    ],
)
def test_hosts_without_a_proxy(no_proxy: str, url: str, direct: bool) -> None:
    assert without_proxy(httpx.URL(url), ["other.example.net", no_proxy]) is direct


# --- when a feed is asked next

states = st.builds(
    FeedState,
    url=st.sampled_from(["https://a.example.com/feed", "https://b.example.com/rss"]),
    location=st.sampled_from(["", "https://c.example.com/"]),
    interval=st.timedeltas(LEAST, MOST),
    failures=st.integers(0, 50),
    digest=st.sampled_from(["", "x"]),
)
happenings = st.builds(
    Happened,
    status=st.sampled_from([0, 200, 304, 301, 404, 410, 429, 500, 999]),
    headers=st.dictionaries(
        st.sampled_from(["retry-after", "cache-control", "etag"]), st.text(max_size=40), max_size=3
    ),
    digest=st.sampled_from(["", "x", "y"]),
    error=st.sampled_from(["", "the server cannot be reached"]),
)


@given(states, happenings, st.none() | st.timedeltas(timedelta(0), timedelta(days=400)))
def test_whatever_happens_a_feed_is_asked_again_in_time(
    state: FeedState, happened: Happened, every: timedelta | None
) -> None:
    after, outcome = settled(state, happened, NOW, every)
    assert LEAST <= after.interval <= MOST
    if outcome is Outcome.GONE:
        assert after.gone
        return
    assert after.next_at is not None
    assert NOW + LEAST * 0.89 <= after.next_at <= NOW + LONGEST_WAIT
    assert bool(after.error) is (outcome is Outcome.FAILED)
    assert after.url == state.url


def test_habits_are_learnt() -> None:
    state = FeedState("https://a.example.com/feed")
    for number in range(12):
        state, _ = settled(state, Happened(200, digest=str(number)), NOW)
    assert state.interval == LEAST
    for _ in range(40):
        state, _ = settled(state, Happened(304), NOW)
    assert state.interval == MOST


@pytest.mark.parametrize(
    ("known", "outcome"),
    [
        ({}, Outcome.FAILED),
        ({"etag": '"x"'}, Outcome.UNCHANGED),
        ({"last_modified": "Mon, 23 Nov 2026 08:00:00 GMT"}, Outcome.UNCHANGED),
        ({"digest": "x"}, Outcome.UNCHANGED),  # unasked for, but there is something that may have stayed as it was
    ],
)
def test_nothing_has_changed_only_for_somebody_who_has_something(known: dict[str, str], outcome: Outcome) -> None:
    after, ended = settled(FeedState("https://a.example.com/feed", **known), Happened(304), NOW)  # type: ignore[arg-type]
    assert ended is outcome
    assert (after.good_at is None, after.failures) == ((True, 1) if outcome is Outcome.FAILED else (False, 0))


def test_what_server_and_feed_wish_for_counts() -> None:
    state = FeedState("https://a.example.com/feed")
    asked, _ = settled(state, Happened(200, {"cache-control": "public, max-age=14400"}, "x"), NOW)
    assert asked.interval == timedelta(hours=4)
    assert wished(asked, timedelta(hours=6)).interval == timedelta(hours=6)
    assert wished(asked, timedelta(days=90)).interval == MOST


def test_failures_wait_longer_each_time_and_a_dead_new_place_is_given_up() -> None:
    state = FeedState("https://a.example.com/feed", location="https://b.example.com/feed", etag='"x"')
    waits = []
    for _ in range(6):
        state, _ = settled(state, Happened(404), NOW)
        assert state.next_at is not None
        waits.append(state.next_at - NOW)
    assert waits == sorted(waits)
    assert state.location == state.etag == ""
    good, _ = settled(state, Happened(200, digest=digest_of(b"x")), NOW)
    assert (good.failures, good.error) == (0, "")


def test_a_date_to_retry_after() -> None:
    state, _ = settled(FeedState("u"), Happened(503, {"retry-after": "Mon, 23 Nov 2026 12:00:00 GMT"}), NOW)
    assert state.next_at == NOW + timedelta(hours=3)
    far, _ = settled(FeedState("u"), Happened(503, {"retry-after": "999999999"}), NOW)
    assert far.next_at == NOW + LONGEST_WAIT


def test_headers_that_make_no_sense_stop_nothing() -> None:
    hostile = Happened(503, {"retry-after": "Jan 2020 1 10.20.30 99999999999999999999"})
    assert settled(FeedState("u"), hostile, NOW)[1] is Outcome.FAILED
    named, _ = settled(FeedState("u"), Happened(200, {"etag": '"é1"', "last-modified": "café"}, "x"), NOW)
    assert named.conditions == {}
