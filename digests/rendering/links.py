"""Addresses that may become links: http and https only, with a host, and no character that could end the link."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from digests.rendering.plain import plain

LONGEST = 3000
"""Slack's limit for an address; a longer one is not linked, since a cut address leads nowhere."""

_HOST = re.compile(r"[^\s/\\<>|\"'`^{}\[\]@%?#\x00-\x20\x7f]+|\[[0-9A-Fa-f:.]+\]")
_IGNORED = str.maketrans("", "", "\t\r\n")
_ENCODED = re.compile(
    r"[\s\"<>|\\^`{}\x00-\x20\x7f-\x9f\u061c\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
_HIDDEN = re.compile("[\ud800-\udfff\ue000-\uf8ff\U000e0000-\U0010ffff]")


def safe_url(url: str) -> str | None:
    """The address ready for a Slack or HTML link, or None where it must not be one.

    Tabs and newlines inside are dropped, as browsers do; spaces, ``<``, ``>``, ``|``, quotes, control and direction
    marks are percent-encoded. Anything but http and https, and any address without a proper host, is refused.
    """
    url = url.strip().translate(_IGNORED)
    if len(url) > LONGEST or _HIDDEN.search(url):
        return None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or not _HOST.fullmatch(_bare(parts.netloc)):
        return None
    encoded = _ENCODED.sub(lambda m: "".join(f"%{byte:02X}" for byte in m[0].encode()), url)
    return encoded if len(encoded) <= LONGEST else None


def host(url: str) -> str:
    """The host of an address as people say it, without ``www.``; empty where there is none."""
    safe = safe_url(url)
    return plain((urlsplit(safe).hostname or "").removeprefix("www.")) if safe else ""


def _bare(netloc: str) -> str:
    """The host part of a netloc: no user, no port."""
    return re.sub(r":\d*\Z", "", netloc.rpartition("@")[2])
