"""Which addresses may be asked: http and https on the public internet, and what an admin allows. Names are looked up once.

A name that is looked up again for the connection could answer differently the second time (DNS rebinding). So the
addresses that are checked here are the very ones that `client` connects to.
"""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from queue import SimpleQueue

import httpx

from digests.errors import FetchError, SourceError

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Awaitable[list[str]]]
"""From a host and a port to the addresses of the host, as text; raises `socket.gaierror` for an unknown name."""

PORTS = {"http": 80, "https": 443}
"""The schemes that are fetched, with the ports they are at where an address names none."""

_LOWEST_PORT = 1024  # below live mail, databases' admin ports and the like
_HIGHEST_PORT = 65535
_LABEL = 63  # letters between two dots of a name, as RFC 1035 has it

# What no feed is at, by its source. `ipaddress` has a list of its own, which changes from one Python 3.11.x to the next.
_V4_NOT_PUBLIC: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(network), source)
    for network, source in (
        ("0.0.0.0/8", "RFC 791: this network; Linux takes 0.0.0.0 for itself"),
        ("10.0.0.0/8", "RFC 1918: private"),
        ("100.64.0.0/10", "RFC 6598: within a provider; 100.100.100.200 is Alibaba Cloud's metadata"),
        ("127.0.0.0/8", "RFC 1122: this machine"),
        ("168.63.129.16/32", "Microsoft: Azure's wire server, on every virtual machine"),
        ("169.254.0.0/16", "RFC 3927: link-local; 169.254.169.254 is most clouds' metadata"),
        ("172.16.0.0/12", "RFC 1918: private"),
        ("192.0.0.0/24", "RFC 6890: protocol assignments; 192.0.0.192 is Oracle Cloud's metadata"),
        ("192.0.2.0/24", "RFC 5737: documentation"),
        ("192.88.99.0/24", "RFC 7526: relays from IPv4 to IPv6, no longer used"),
        ("192.168.0.0/16", "RFC 1918: private"),
        ("198.18.0.0/15", "RFC 2544: measuring networks"),
        ("198.51.100.0/24", "RFC 5737: documentation"),
        ("203.0.113.0/24", "RFC 5737: documentation"),
        ("224.0.0.0/4", "RFC 5771: multicast"),
        ("240.0.0.0/4", "RFC 1112: reserved; 255.255.255.255 is everybody nearby (RFC 919)"),
    )
)
_V6_NOT_PUBLIC: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), source)
    for network, source in (
        # RFC 4291 and IANA's registry: what is public begins with the bits 001. All else is special, or nobody's yet.
        ("::/3", "RFC 4291: ::, ::1 and wrapped IPv4; RFC 8215: 64:ff9b:1::/48; RFC 6666: 100::/64"),
        ("4000::/2", "RFC 4291: nobody's; RFC 9602: 5f00::/16"),
        (
            "8000::/1",
            "RFC 4193: fc00::/7, with AWS's fd00:ec2::254; RFC 4291: fe80::/10, ff00::/8; RFC 3879: fec0::/10",
        ),
        ("2001::/23", "RFC 2928: protocol assignments; RFC 4380: 2001::/32, Teredo, which wraps IPv4"),
        ("2001:db8::/32", "RFC 3849: documentation"),
        ("2002::/16", "RFC 3056: 6to4, which wraps IPv4, and is no longer used (RFC 7526)"),
        ("3ffe::/16", "RFC 3701: the former 6bone"),
        ("3fff::/20", "RFC 9637: documentation"),
    )
)
_WRAPPED = (
    (IPv6Network("::ffff:0:0/96"), "RFC 4291: how programs write IPv4 among IPv6"),
    (IPv6Network("64:ff9b::/96"), "RFC 6052: IPv4 as DNS64 shows it to networks that have only IPv6"),
)
"""What is as public as the IPv4 address in its last 32 bits."""

# getaddrinfo reads 2130706433, 0x7f.1 and 0177.0.0.1 as 127.0.0.1.
_ODD_NUMBERS = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+))*\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Hosts that an admin allows although they are private: names, ``name:port``, and networks."""

    names: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def read(cls, written: Iterable[str]) -> Allowed:
        """From what is written in a setting.

        Raises:
            SourceError: For what is neither a host name, nor ``host:port``, nor a network such as ``10.1.0.0/16``.
        """
        names, networks = set[str](), []
        for each in written:
            text = each.strip().lower()
            try:
                networks.append(ip_network(text.strip("[]"), strict=False))
                continue
            except ValueError:
                pass
            if not re.fullmatch(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?(?::\d{1,5})?|\[[0-9a-f:.]+\]:\d{1,5}", text):
                raise SourceError(
                    f"{each!r} is no host: write a name (news.internal), name:port, or a network (10.1.0.0/16)"
                )
            names.add(text)
        return cls(frozenset(names), tuple(networks))

    def name(self, host: str, port: int) -> bool:
        """Whether a host is allowed by its name."""
        return host in self.names or f"{host}:{port}" in self.names

    def address(self, address: Address) -> bool:
        """Whether an address is in a network that is allowed."""
        return any(address in network for network in self.networks if network.version == address.version)


class Guard:
    """Looks hosts up and says which addresses may be connected to."""

    def __init__(self, allowed: Allowed | None = None, resolver: Resolver | None = None) -> None:
        self._allowed = allowed or Allowed()
        self._resolve = resolver or resolve

    async def addresses(self, url: httpx.URL, within: float = 10.0) -> list[str]:
        """The addresses of a URL's host, all of them checked.

        Args:
            url: What is asked.
            within: Seconds that looking the name up may take.

        Raises:
            FetchError: For another scheme than http and https, a port or an address that is not asked, and a name that
                is unknown or not found out in time.
        """
        host, port = ascii_host(url), self._port(url)
        allowed = self._allowed.name(host, port)
        if _ODD_NUMBERS.fullmatch(host) and not _plain(host):
            raise FetchError(f"{host} is an address in an odd spelling: write it with four numbers and dots")
        literal = _plain(host)
        if literal is not None:
            found = [str(literal)]
        elif not all(0 < len(label) <= _LABEL for label in host.split(".")):
            raise FetchError(f"{host[:300]} is no name of a host: it has a part of no length, or of more than {_LABEL}")
        else:
            found = await self._looked_up(host, port, within)
        if not found:
            raise FetchError(f"the name {host} has no address")
        if not allowed:
            self._check(host, found)
        return found

    async def _looked_up(self, host: str, port: int, within: float) -> list[str]:
        try:
            async with asyncio.timeout(within):
                return await self._resolve(host, port)
        except TimeoutError as error:
            raise FetchError(f"the name {host} was not found out within {within:g} s") from error
        except (OSError, UnicodeError) as error:
            raise FetchError(f"the name {host} is not known") from error

    def own(self, url: httpx.URL) -> bool:
        """Whether a host is one that the admin allows by what the URL itself says: it needs no sparing."""
        host = ascii_host(url)
        literal = _plain(host)
        port = url.port or PORTS.get(url.scheme, 0)
        return self._allowed.name(host, port) or (literal is not None and self._allowed.address(literal))

    def _port(self, url: httpx.URL) -> int:
        if url.scheme not in PORTS:
            raise FetchError(f"{url.scheme or 'no scheme'}: only http and https addresses are fetched")
        if not url.host:
            raise FetchError("the address has no host")
        port = PORTS[url.scheme] if url.port is None else url.port
        if port > _HIGHEST_PORT:
            raise FetchError(f"there is no port {port}: they end at {_HIGHEST_PORT}")
        if port not in PORTS.values() and port < _LOWEST_PORT and not self._allowed.name(ascii_host(url), port):
            raise FetchError(f"port {port} is not for the web: only 80, 443 and those from {_LOWEST_PORT} are asked")
        return port

    def _check(self, host: str, found: Iterable[str]) -> None:
        for text in found:
            address = ip_address(text.partition("%")[0])
            if not public(address) and not self._allowed.address(address):
                raise FetchError(
                    f"{host} is at {address}, which is not public: feeds there are not read. An admin can allow the host "
                    f"with HEATLINE_ALLOW_HOSTS={host}"
                )


def ascii_host(url: httpx.URL) -> str:
    """The host as it goes over the wire: ``xn--`` where it has other letters, which Python would spell in an older way."""
    return url.raw_host.decode("ascii").lower().removesuffix(".")


def public(address: Address) -> bool:
    """Whether an address is on the public internet, also where it wraps another one; the same on every Python."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network, _ in _V4_NOT_PUBLIC)
    if any(address in network for network, _ in _WRAPPED):
        return public(IPv4Address(int(address) & 0xFFFFFFFF))
    return not any(address in network for network, _ in _V6_NOT_PUBLIC)


class Lookups:
    """Looks names up by the machine's own resolver, on a bounded number of threads of its own.

    A lookup cannot be stopped, and at a dead DNS server it takes half a minute. On the event loop's own threads it would
    hold up the database, and the end of the program. These threads are started as they are needed, serve every event loop
    of the process, and end with it.
    """

    def __init__(self, threads: int, look: Callable[[str, int], list[str]]) -> None:
        """Args:
        threads: How many names are looked up at once; others wait.
        look: Looks one up, and may take its time.
        """
        self._most, self._look = threads, look
        self._started = self._busy = 0
        self._lock = threading.Lock()
        self._wanted: SimpleQueue[_Lookup] = SimpleQueue()

    async def resolve(self, host: str, port: int) -> list[str]:
        """The addresses of a host, in the resolver's order; raises what it raises."""
        loop = asyncio.get_running_loop()
        wanted = _Lookup(host, port, loop, loop.create_future())
        with self._lock:
            self._busy += 1
            if self._started < min(self._busy, self._most):
                self._started += 1
                threading.Thread(target=self._work, name=f"lookup-{self._started}", daemon=True).start()
        self._wanted.put(wanted)
        return await wanted.found

    def _work(self) -> None:
        while True:
            self._wanted.get().answer(self._look)
            with self._lock:
                self._busy -= 1


@dataclass(frozen=True, slots=True)
class _Lookup:
    """A name that somebody waits for, on an event loop."""

    host: str
    port: int
    loop: asyncio.AbstractEventLoop
    found: asyncio.Future[list[str]]

    def answer(self, look: Callable[[str, int], list[str]]) -> None:
        """Look it up and say so on the loop, unless nobody waits any more."""
        if self.found.cancelled():
            return
        result: list[str] | Exception
        try:
            result = look(self.host, self.port)
        except Exception as error:  # noqa: BLE001  # raised where it is waited for
            result = error
        with suppress(RuntimeError):  # the loop is closed
            self.loop.call_soon_threadsafe(self._hand_over, result)

    def _hand_over(self, result: list[str] | Exception) -> None:
        if self.found.done():
            return
        if isinstance(result, Exception):
            self.found.set_exception(result)
        else:
            self.found.set_result(result)


def _by_the_machine(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


_LOOKUPS = Lookups(32, _by_the_machine)


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host by the machine's own resolver, in its order."""
    return await _LOOKUPS.resolve(host, port)


def _plain(host: str) -> Address | None:
    try:
        return ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None
