"""Readers of single settings: text in, value out, or a ValueError whose message goes on where the value ends: "is not ..."."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import zoneinfo
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from pydantic import BeforeValidator, SecretStr
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot import crontab
from digests.errors import SourceError
from digests.models import PER_KIND
from digests.newsworthy import KINDS
from digests.ranking import EDITOR, SIGNALS
from digests.sources.fetching import Allowed


def by(read: Callable[[str], object]) -> BeforeValidator:
    """Makes a pydantic validator of a reader; values that are no text (a test's, a copy's) go through to pydantic."""
    return BeforeValidator(lambda value: read(value.strip()) if isinstance(value, str) else value)


def did_you_mean(text: str, choices: Iterable[str], rest: str = "") -> str:
    """``. Did you mean 'Europe/Berlin'?``, or nothing where nothing is close; ``rest`` follows every choice."""
    by_fold = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(text.casefold(), by_fold, n=1, cutoff=0.7)
    return f". Did you mean {by_fold[close[0]] + rest!r}?" if close else ""


def whole(low: int, high: int) -> BeforeValidator:
    """A whole number from ``low`` to ``high``, both included."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,6}", text) or not low <= int(text) <= high:
            raise ValueError(f"is not a whole number from {low} to {high}")
        return int(text)

    return by(read)


def one_of(*choices: str) -> BeforeValidator:
    """One of these words, in any case."""

    def read(text: str) -> str:
        if text.lower() not in choices:
            allowed = ", ".join(map(repr, choices[:-1])) + f" or {choices[-1]!r}"
            raise ValueError(f"is not {allowed}{did_you_mean(text, choices)}")
        return text.lower()

    return by(read)


LAST_PORT = 65535
"""The highest port there is."""

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def span(low: str, high: str, *, never: bool = False) -> BeforeValidator:
    """A span of time from ``low`` to ``high``; with ``never``, 0 is allowed too and reads as a span of nothing."""

    def seconds(text: str) -> int | None:
        match = re.fullmatch(r"([0-9]{1,6})\s*([smhdw])", text.lower())
        return int(match[1]) * _UNITS[match[2]] if match else None

    bounds = seconds(low), seconds(high)

    def read(text: str) -> timedelta:
        value = 0 if never and text == "0" else seconds(text)
        assert bounds[0] is not None
        assert bounds[1] is not None
        if value is None or not (bounds[0] <= value <= bounds[1] or (never and value == 0)):
            also = ", or 0 for never" if never else ""
            raise ValueError(f"is not a span of time from {low} to {high}, such as 90m, 24h or 2d{also}")
        return timedelta(seconds=value)

    return by(read)


def listed(text: str) -> tuple[str, ...]:
    """The parts between commas, each once; an empty place is refused, since ``.env`` cuts a value at `` #``."""
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        raise ValueError(_EMPTY_PLACE)
    return tuple(dict.fromkeys(parts))


_EMPTY_PLACE = "has an empty place between its commas. In .env, put quotes around a value that has ' #' in it"


def _numbers(
    what: str, allowed: Iterable[str], most: int, example: str, *, whole: bool = False
) -> Callable[[str], dict[str, float]]:
    """Reads ``name=number`` pairs with commas, each name once and one of those allowed; tells every mistake at once.

    ``what`` says what the names are of.
    """
    names = tuple(allowed)
    number = re.compile(r"[0-9]{1,3}" if whole else r"[0-9]{1,3}(?:\.[0-9]{1,3})?")
    numbers = f"{'a whole number' if whole else 'a number'} from 0 to {most}"

    def read(text: str) -> dict[str, float]:
        found: dict[str, float] = {}
        wrong: list[str] = []
        choices = ""
        for item in dict.fromkeys(part.strip() for part in text.split(",")):
            name, equals, value = (part.strip() for part in item.partition("="))
            name = name.lower()
            good = number.fullmatch(value) and float(value) <= most
            if not item:
                wrong.append(_EMPTY_PLACE)
            elif not (name and equals):
                wrong.append(f"holds {item!r}, which is not of the form {example!r}")
            elif name not in names:
                wrong.append(f"holds {item!r}: there is no {what} {name!r}{did_you_mean(name, names)}")
                choices = f"{what}s are {', '.join(names)}"
            elif name in found:
                wrong.append(f"holds {name} twice")
            if name and equals and not good:
                wrong.append(f"holds {item!r}: after = comes {numbers}")
            found[name] = float(value) if good else 0.0
        if wrong:
            raise ValueError("; ".join(filter(None, [*wrong, choices])))
        return found

    return read


_points = _numbers("signal", (kind.name for kind in SIGNALS), 100, "quality=20")
_caps = _numbers("kind", KINDS, 30, "analysis=4", whole=True)


def weights(text: str) -> dict[str, float]:
    """Only what differs from the editor's own weights."""
    return {name: points for name, points in _points(text).items() if points != EDITOR.weights[name]}


def per_kind(text: str) -> dict[str, int]:
    """Caps by kind; kinds that are not named keep theirs."""
    return {**PER_KIND, **{kind: int(most) for kind, most in _caps(text).items()}}


_CHANNEL_ID = re.compile(r"[CGD](?:[A-Z0-9]{8,20}|(?=[A-Z]*[0-9])[A-Z0-9]{1,7})")
_PERSON_ID = re.compile(r"[UW][A-Z0-9]{2,30}")
_CHANNEL_NAME = re.compile(r"#?[\w-]{1,80}")


def channels(text: str) -> tuple[str, ...]:
    """IDs as they are; names in lower case as Slack keeps them, with ``#``."""
    return tuple(dict.fromkeys(map(_channel, listed(text))))


def _channel(text: str) -> str:
    if _CHANNEL_ID.fullmatch(text):
        return text
    if _CHANNEL_NAME.fullmatch(text) and text == text.lower():
        return "#" + text.removeprefix("#")
    raise ValueError(
        f"holds {text!r}, which is not a channel's ID, such as 'C024BE91L' (at the foot of the channel's details), "
        "or its name, such as '#ai-news'"
    )


def people(text: str) -> tuple[str, ...]:
    """Members' IDs."""
    found = tuple(dict.fromkeys(listed(text)))
    for each in found:
        if not _PERSON_ID.fullmatch(each):
            raise ValueError(
                f"holds {each!r}, which is not a member's ID, such as 'U024BE7LH' (under a profile's three dots)"
            )
    return found


def cron(text: str) -> str:
    """A crontab line of five fields, in small letters."""
    crontab.parse(text)
    return " ".join(text.lower().split())


_ZONE_HABITS = MappingProxyType(
    {
        "aest": "Australia/Sydney",
        "bst": "Europe/London",
        "cdt": "America/Chicago",
        "cest": "Europe/Berlin",
        "cst": "America/Chicago",
        "edt": "America/New_York",
        "ist": "Asia/Kolkata",
        "jst": "Asia/Tokyo",
        "mdt": "America/Denver",
        "pdt": "America/Los_Angeles",
        "pst": "America/Los_Angeles",
        "pt": "America/Los_Angeles",
    }
)


def zone(text: str) -> str:
    """The name of a time zone as IANA has it; abbreviations and cities get a hint."""
    try:
        zoneinfo.ZoneInfo(text)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        pass
    else:
        return text
    names = sorted(zoneinfo.available_timezones())
    cities = {name.rpartition("/")[2].casefold(): name for name in names if "/" in name}
    wanted = text.strip().replace(" ", "_").casefold()
    city = difflib.get_close_matches(wanted.rpartition("/")[2], cities, n=1, cutoff=0.8)
    meant = _ZONE_HABITS.get(wanted) or (cities[city[0]] if city else None)
    hint = f". Did you mean {meant!r}?" if meant else did_you_mean(wanted, tuple(names))
    raise ValueError(f"is not an IANA time zone, such as 'Europe/Berlin'{hint}")


def title(text: str) -> str:
    """One line of at most 100 characters."""
    if len(text) > 100 or not text.isprintable():
        raise ValueError("is not one line of at most 100 characters")
    return text


def slug(text: str) -> str:
    """What ``Facial Recognition`` and ``FACIAL_RECOGNITION`` come to."""
    return re.sub(r"[\s_]+", "-", text.strip()).lower()


def parent(text: str) -> str:
    """A topic's slug; ``none`` makes a topic stand alone, since an empty setting counts as not set."""
    return "" if text.lower() == "none" else slug(text)


def template(text: str) -> str:
    """The name of a template."""
    if not re.fullmatch(r"[a-z0-9]+(?:[_-][a-z0-9]+)*", text):
        raise ValueError("is not the name of a template, such as 'digest'; HEATLINE_TEMPLATES names the folder")
    return text


def folder(text: str) -> Path:
    """A folder, which need not be there yet."""
    if "://" in text or text.startswith("git@"):
        raise ValueError("is an address, not a folder: clone it and name the clone")
    return Path(text).expanduser()


def folders(text: str) -> tuple[Path, ...]:
    """Folders between commas, or what parts paths on this system."""
    folder(text)
    parts = (part.strip() for part in re.split(f"[,{re.escape(os.pathsep)}]", text))
    return tuple(dict.fromkeys(folder(part) for part in parts if part))


_FEEDS = ("auto", "builtin", "no")


def feeds(text: str) -> str:
    """One of the words, or a file of feeds, which is read when it is needed."""
    if text.lower() in _FEEDS:
        return text.lower()
    if "://" in text or not text.lower().endswith((".yaml", ".yml", ".opml", ".xml")):
        raise ValueError(
            "is not 'auto', 'builtin', 'no', or a file of feeds that ends in .yaml or .opml"
            + (". HEATLINE_FEEDS_ADD takes the address of a feed" if "://" in text else "")
        )
    return str(Path(text).expanduser())


def proxy(text: str) -> str:
    """The address of a proxy; ``proxy.internal:3128`` is one for http, as other programs have it."""
    text = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(text)
        host = re.fullmatch(r"[A-Za-z0-9_.-]+|[0-9a-f:.]+", parts.hostname or "")
        good = parts.scheme in ("http", "https") and host is not None and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise ValueError("is not the address of a proxy, such as 'http://proxy.internal:3128'")
    return text


_TELLING = 8  # characters of a password that is looked for in every line: "news" would hide half of the log


def password(address: str | None) -> str:
    """The password in an address, as it is written there; empty for none, and for one too short to be looked for."""
    try:
        found = urlsplit(address or "").password or ""
    except ValueError:
        return ""
    return found if len(found) >= _TELLING else ""


def hosts(text: str) -> tuple[str, ...]:
    """Hosts between commas or spaces; nothing is wrong with them, since they were written for other programs."""
    return tuple(dict.fromkeys(re.findall(r"[^,\s]+", text)))


def allowed(text: str) -> tuple[str, ...]:
    """Hosts and networks between commas."""
    items = listed(text)
    try:
        Allowed.read(items)
    except SourceError as error:
        raise ValueError(f"holds {error}") from None
    return items


def database(text: str) -> str:
    """The address of a database that is supported and remembers."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = None
    if url is None:
        raise ValueError(f"is not a database URL, such as {_SQLITE!r} or {_POSTGRES!r}{_did_you_mean_file(text)}")
    if (check := _DATABASES.get(url.drivername.partition("+")[0])) is None:
        raise ValueError(f"is not supported: write {_SQLITE!r} or {_POSTGRES!r}")
    check(url)
    return text


def _file(url: URL) -> None:
    if url.drivername.partition("+")[2] not in ("", "pysqlite"):
        raise ValueError(f"is not supported: write {_SQLITE!r}")
    if url.host:
        raise ValueError(f"needs three slashes: 'sqlite:///{url.host}'")
    if url.database in (None, "", ":memory:"):
        raise ValueError("names no file; a database in memory would forget what has been posted")


def _server(url: URL) -> None:
    if url.drivername.partition("+")[2] not in ("", "psycopg"):
        raise ValueError(f"is not supported: write {_POSTGRES!r}")
    if not url.database:
        raise ValueError(f"names no database: write {_POSTGRES!r}")


_SQLITE, _POSTGRES = "sqlite:///heatline.db", "postgresql+psycopg://host/database"
_DATABASES: Mapping[str, Callable[[URL], None]] = {"sqlite": _file, "postgresql": _server, "postgres": _server}


def _did_you_mean_file(text: str) -> str:
    return f". Did you mean 'sqlite:///{text}'?" if re.fullmatch(r"[\w./~-]+\.(?:db|sqlite3?)", text) else ""


def listen_host(text: str) -> str:
    """An address or host name to listen on."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        if not re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*", text):
            raise ValueError("is not an address to listen on, such as '127.0.0.1' or '0.0.0.0' (everywhere)") from None
    return text


def metrics(text: str) -> tuple[str, int]:
    """From a port, or host:port."""
    host, _, port = text.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not port.isascii() or not port.isdigit() or int(port) > LAST_PORT:
        raise ValueError("is not a port such as 9464, nor an address with one such as '0.0.0.0:9464'")
    return listen_host(host), int(port)


def api_url(text: str) -> str:
    """The address of a Web API with a slash at its end; encrypted, unless it is near."""
    example = "is not the address of a Web API, such as 'https://slack.com/api/'"
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise ValueError(example) from None
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(example)
    if parts.scheme == "http" and not _is_near(host):
        raise ValueError("would send the token unencrypted: use https")
    return text.rstrip("/") + "/"


def _is_near(host: str) -> bool:
    """Whether a host is this machine or its private network, where http is enough."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal", ".test"))


WHERE = MappingProxyType(
    {
        "SLACK_BOT_TOKEN": 'copy the Bot User OAuth Token (xoxb-...) from your app\'s "OAuth & Permissions" page',
        "SLACK_APP_TOKEN": 'copy an App-Level Token (xapp-...) with connections:write from your app\'s "Basic Information"',
        "SLACK_SIGNING_SECRET": 'copy the Signing Secret from your app\'s "Basic Information" page',
    }
)
"""Where each Slack credential comes from, as advice. The names of all settings that are secret."""


def secret(name: str, shape: str, kind: str) -> BeforeValidator:
    """A Slack credential. What was given is never repeated, not even its beginning."""

    def read(text: str) -> SecretStr:
        if not re.fullmatch(shape, text):
            raise ValueError(f"is not {kind} (what is set is not shown): {WHERE[name]}")
        return SecretStr(text)

    return by(read)
