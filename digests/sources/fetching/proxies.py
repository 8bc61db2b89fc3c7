"""Which hosts are asked without the proxy, as programs read them from ``NO_PROXY``. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address, ip_network

import httpx

from digests.sources.fetching.guard import PORTS, ascii_host


def without_proxy(url: httpx.URL, no_proxy: Iterable[str]) -> bool:
    """Whether one of the hosts that are asked without a proxy is a URL's."""
    host, port = ascii_host(url), str(url.port or PORTS.get(url.scheme))
    parted = map(_parted, no_proxy)
    return any(wanted in ("", port) and (name == "*" or _names(name, host)) for name, wanted in parted)


def _parted(text: str) -> tuple[str, str]:
    """A host and the port after it; an address of IPv6 has colons of its own, and brackets where a port follows."""
    match = re.fullmatch(r"(?:\[([^]]*)\]|([^:]*))(?::(\d+))?", text.strip().lower())
    return (match[1] or match[2] or "", match[3] or "") if match else (text.strip(), "")


def _names(name: str, host: str) -> bool:
    """Whether a name, an address or a network is a host's."""
    try:
        address = ip_address(host)
    except ValueError:
        bare = name.removeprefix("*").strip(".")
        return bare != "" and (host == bare or host.endswith("." + bare))
    try:
        return address in ip_network(name, strict=False)
    except ValueError:
        return False
