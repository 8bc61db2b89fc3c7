"""One polite HTTP client: every hop guarded, every phase timed, every body bounded; errors in words for admins."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urljoin

import httpx

from digests.errors import FetchError
from digests.sources.fetching.bodies import ACCEPTED, TooLongError, decoded
from digests.sources.fetching.guard import Guard, ascii_host
from digests.sources.fetching.proxies import without_proxy

_FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, application/json;q=0.8, "
    "application/xml;q=0.8, text/xml;q=0.8, text/html;q=0.5, */*;q=0.3"
)
_PERMANENT, _TEMPORARY = frozenset({301, 308}), frozenset({302, 303, 307})
_Addresses = Callable[[httpx.URL], Awaitable[list[str]]]
_IN_A_THREAD = 200_000  # bytes from which on unpacking would hold the loop up, even if few come out


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is asked at once and how long is waited, in seconds and bytes.

    ``spacing`` is between two requests to one host; hosts that the admin allows are not spared. ``whole`` is all that a
    request may take, its redirects included, so that a server that drips holds up one place in the queue and no more;
    the time that it waits for its turn behind others is not counted. ``resolve`` is for looking a host's name up.

    Of bodies of more than ``big`` bytes, packed or unpacked, there are ``big_at_once`` at a time, each from when it has
    grown so big until its block of `Client.getting` ends. Smaller ones do not wait for them, unless so many big ones wait
    that they have all places of ``at_once``. Waiting is not counted in ``whole``. While it is fetched a body is held four
    times over at most (packed, half unpacked, unpacked, copied), so all requests, and all big bodies in blocks, take no more
    than about ``4 * (big_at_once * body + at_once * big)`` bytes: 288 MB. Small bodies that are kept after they were fetched
    come on top, and whatever is kept longer than its block.
    """

    at_once: int = 32
    per_host: int = 2
    spacing: float = 0.2
    resolve: float = 10.0
    connect: float = 10.0
    read: float = 20.0
    whole: float = 60.0
    body: int = 10 * 2**20
    big: int = 2**20
    big_at_once: int = 4
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, read to its end.

    ``url`` is where it came from. ``moved`` is where permanent redirects alone led, empty where there was none.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    moved: str = ""


class Client:
    """Fetches addresses. Use it as an asynchronous context manager; it may be shared by many tasks."""

    def __init__(
        self,
        guard: Guard,
        user_agent: str,
        limits: Limits | None = None,
        *,
        proxies: Mapping[str, str] | None = None,
        no_proxy: Iterable[str] = (),
        verify: ssl.SSLContext | None = None,
    ) -> None:
        """Args:
        guard: Decides which addresses are asked.
        user_agent: Who we are, with an address where more is said.
        limits: How much and how long.
        proxies: The proxy for ``http`` and for ``https``, where one is to be used. It does the connecting, and looks
            names up by itself: what the guard finds wrong with a name is refused all the same.
        no_proxy: Hosts that are asked without a proxy, as programs read them from ``NO_PROXY``: names, which are those of
            their subdomains, too; addresses and networks; each also with ``:port``; and ``*`` for all.
        verify: Which certificates are trusted; the system's where nothing is said.
        """
        self.limits = limits or Limits()
        self._guard = guard
        self._hosts = _Hosts(self.limits)
        self._big = asyncio.Semaphore(self.limits.big_at_once)
        # Unpacking goes on when nobody waits for it any more: on few threads of its own it keeps to what is allowed.
        self._threads = ThreadPoolExecutor(self.limits.big_at_once, "unpack")
        context = verify or ssl.create_default_context()
        # No connection is used twice: several names at one address would share it, and with it the certificate.
        pool = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        self._direct = _Pinned(self._addresses, httpx.AsyncHTTPTransport(verify=context, limits=pool, trust_env=False))
        self._proxied = {
            scheme: _Checked(
                self._addresses, httpx.AsyncHTTPTransport(verify=context, limits=pool, proxy=proxy, trust_env=False)
            )
            for scheme, proxy in (proxies or {}).items()
        }
        self._no_proxy = tuple(no_proxy)
        self._headers = {
            "User-Agent": user_agent,
            "Accept": _FEEDS,
            "Accept-Encoding": ACCEPTED,
            "Connection": "keep-alive",  # as httpx and browsers say it
        }
        self._timeouts = httpx.Timeout(self.limits.read, connect=self.limits.connect, pool=None).as_dict()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for transport in (self._direct, *self._proxied.values()):
            await transport.aclose()
        self._threads.shutdown(wait=False, cancel_futures=True)

    @asynccontextmanager
    async def getting(
        self, url: str, headers: Mapping[str, str] | None = None, most: int | None = None
    ) -> AsyncIterator[Answer]:
        """Fetch an address, through redirects, and keep the place of a big body until the block ends.

        Let go of the body by then, and get nothing big within the block: with all places taken it would wait for itself.

        Args:
            url: The address.
            headers: More headers, such as those of a conditional request.
            most: Bytes that the body may have, instead of the limit for all.

        Raises:
            FetchError: With what went wrong, in words for the admin.
        """
        with ExitStack() as place:
            yield await self._got(url, headers or {}, most or self.limits.body, place)

    async def get(self, url: str, headers: Mapping[str, str] | None = None, most: int | None = None) -> Answer:
        """As `getting`, for bodies that are small or not kept: the place of a big one is free again."""
        async with self.getting(url, headers, most) as answer:
            return answer

    async def _got(self, url: str, headers: Mapping[str, str], most: int, place: ExitStack) -> Answer:
        clock = _Clock(self.limits.whole)
        moved, permanent = "", True
        seen = {url}
        for _ in range(self.limits.redirects + 1):
            answer = await self._asked(url, headers, most, clock, place)
            if answer.status not in _PERMANENT | _TEMPORARY or "location" not in answer.headers:
                return Answer(answer.status, url, answer.headers, answer.body, moved)
            before, url = url, _led(url, answer.headers["location"])
            # Out of encryption is followed, but not for good: anybody on the way could send us anywhere for ever.
            encrypted = not before.startswith("https:") or url.startswith("https:")
            permanent = permanent and encrypted and answer.status in _PERMANENT
            moved = url if permanent else moved
            if url in seen:
                raise FetchError("the address leads round in a circle of redirects")
            seen.add(url)
        raise FetchError(f"there are more than {self.limits.redirects} redirects")

    async def _addresses(self, url: httpx.URL) -> list[str]:
        return await self._guard.addresses(url, self.limits.resolve)

    async def _asked(self, url: str, headers: Mapping[str, str], most: int, clock: _Clock, place: ExitStack) -> Answer:
        try:
            request = httpx.Request(
                "GET", url, headers={**self._headers, **headers}, extensions={"timeout": self._timeouts}
            )
        except (httpx.InvalidURL, ValueError) as error:
            raise FetchError(f"{url[:200]!r} is no address: {error}") from error
        proxied = self._proxied.get(request.url.scheme)
        transport = self._direct if proxied is None or without_proxy(request.url, self._no_proxy) else proxied
        async with self._hosts.turn(ascii_host(request.url), spared=not self._guard.own(request.url)), clock.running():
            try:
                # Not by httpx's client, which reads cookies, passwords in addresses and places to go on to by itself.
                response = await transport.handle_async_request(request)
                response.request = request
                try:
                    return await self._read(response, most, clock, place)
                finally:
                    await response.aclose()
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
                # What TLS finds wrong in mid-stream, and what Python does with odd names, httpx passes on as it is.
                raise FetchError(_said(error)) from error

    async def _read(self, response: httpx.Response, most: int, clock: _Clock, place: ExitStack) -> Answer:
        headers = {name.lower(): value for name, value in response.headers.items()}
        if response.status_code != httpx.codes.OK:
            return Answer(response.status_code, str(response.url), headers)
        raw, big = bytearray(), False
        async for some in response.aiter_raw():
            raw += some
            if len(raw) > most:
                raise TooLongError(most)
            if len(raw) > self.limits.big and not big:
                await self._big_turn(clock, place)
                big = True
        body, packed = bytes(raw), headers.get("content-encoding", "")
        del raw
        if packed and not big:
            try:
                body, packed = await self._unpacked(body, packed, min(most, self.limits.big)), ""
            except TooLongError:
                if most <= self.limits.big:
                    raise
                await self._big_turn(clock, place)
        if packed:
            body = await self._unpacked(body, packed, most)
        return Answer(response.status_code, str(response.url), headers, body)

    async def _big_turn(self, clock: _Clock, place: ExitStack) -> None:
        """Wait for the place of a big body; it is given back with what else is held."""
        with clock.stopped():
            await self._big.acquire()
            place.callback(self._big.release)

    async def _unpacked(self, body: bytes, packed: str, most: int) -> bytes:
        if len(body) <= _IN_A_THREAD and most <= self.limits.big:
            return decoded(body, packed, most)
        return await asyncio.get_running_loop().run_in_executor(self._threads, decoded, body, packed, most)


class _Clock:
    """Counts what a request takes, hop by hop, and not what it waits for others."""

    def __init__(self, whole: float) -> None:
        self._whole = self._left = whole
        self._timeout = asyncio.timeout(None)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Raises FetchError when no time is left."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._left) as self._timeout:
                yield
        except TimeoutError as error:
            raise FetchError(f"no whole answer within {self._whole:g} s") from error
        finally:
            self._left = (self._timeout.when() or 0.0) - loop.time()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Within ``running``: a time that is not counted."""
        loop = asyncio.get_running_loop()
        left = (self._timeout.when() or 0.0) - loop.time()
        self._timeout.reschedule(None)
        try:
            yield
        finally:
            self._timeout.reschedule(loop.time() + left)


class _Pinned(httpx.AsyncBaseTransport):
    """Connects to the address that was checked, and to no other; the certificate is still the name's."""

    def __init__(self, addresses: _Addresses, inner: httpx.AsyncHTTPTransport) -> None:
        self._addresses, self._inner = addresses, inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Try the host's addresses in turn until one takes the connection."""
        found = await self._addresses(request.url)
        for number, address in enumerate(found, 1):
            pinned = httpx.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,  # Host stays the name
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": ascii_host(request.url)},
            )
            try:
                return await self._inner.handle_async_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if number == len(found):
                    raise
        raise AssertionError("the guard gives addresses or an error")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class _Checked(httpx.AsyncBaseTransport):
    """Goes through a proxy; a name that is known here must not be a private host's."""

    def __init__(self, addresses: _Addresses, inner: httpx.AsyncHTTPTransport) -> None:
        self._addresses, self._inner = addresses, inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Check what can be checked from here: behind a proxy there may be no DNS for the outside."""
        try:
            await self._addresses(request.url)
        except FetchError as error:
            if not isinstance(error.__cause__, OSError):
                raise
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class _Hosts:
    """So many requests in all and to each host at once, and so much time between two to one host."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._all = asyncio.Semaphore(limits.at_once)
        self._of: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(limits.per_host))
        self._next: defaultdict[str, float] = defaultdict(float)

    @asynccontextmanager
    async def turn(self, host: str, *, spared: bool) -> AsyncIterator[None]:
        if not spared:
            async with self._all:
                yield
            return
        async with self._of[host]:  # first the host's: who waits for a busy host takes no place from others
            loop = asyncio.get_running_loop()
            start = max(loop.time(), self._next[host])
            self._next[host] = start + self._limits.spacing
            if start > loop.time():
                await asyncio.sleep(start - loop.time())
            async with self._all:
                yield


def _led(url: str, location: str) -> str:
    """Where a redirect leads, without a user and password: they would be stored, shown, and sent to whom it names."""
    shown = re.sub(r"//[^/?#]*@", "//", location.strip())[:200]
    try:
        found = urljoin(url, location.strip())
        parsed = httpx.URL(found)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(f"it redirects to {shown!r}, which is no address") from error
    return str(parsed.copy_with(userinfo=b"")) if "@" in found else found


def _said(error: Exception) -> str:
    """What went wrong, in words for an admin."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted ({cause.verify_message or cause.reason})"
        if isinstance(cause, ssl.SSLError):
            return f"no secure connection ({cause.reason or 'TLS failed'})"
        if isinstance(cause, ConnectionRefusedError):
            return "the server takes no connection: it is down, or the port is wrong"
        cause = cause.__cause__ or cause.__context__
    for kind, words in _ERRORS.items():
        if isinstance(error, kind):
            return words
    return f"the request failed ({str(error)[:200] or type(error).__name__})"


_ERRORS: Mapping[type[httpx.HTTPError], str] = {
    httpx.ConnectTimeout: "the server does not take the connection in time",
    httpx.ReadTimeout: "the server answers too slowly",
    httpx.WriteTimeout: "the server reads too slowly",
    httpx.PoolTimeout: "too much is asked at once",
    httpx.ConnectError: "the server cannot be reached",
    httpx.ProxyError: "the proxy does not let it through",
    httpx.ReadError: "the connection broke off",
    httpx.RemoteProtocolError: "the server broke off, or does not speak HTTP",
    httpx.UnsupportedProtocol: "only http and https addresses are fetched",
}
