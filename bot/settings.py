"""The only reader of the environment and of ``.env``: typed, frozen settings, or every mistake in them at once.

Each setting is one row: a field of ``DigestForm`` or ``Settings`` with its default as an admin would write it, what it is
for, and the reader that turns text into a value or says what is allowed. ``.env.example`` is made from the same rows.

    os.environ, .env ─> unknown names ─> readers ─> topics known? ─> Settings | SettingsError
"""

from __future__ import annotations

import difflib
import io
import ipaddress
import os
import re
import textwrap
import zoneinfo
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlsplit

from apscheduler.triggers.cron import CronTrigger
from dotenv.parser import Original, parse_stream
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot import crontab, logs
from bot.errors import Problem, SettingsError
from digests.errors import DigestsError, SourceError
from digests.models import PER_KIND, DigestSpec
from digests.newsworthy import KINDS
from digests.ranking import EDITOR, SIGNALS
from digests.scoring import PUBLISHED_FROM
from digests.sources import registry
from digests.sources.fetching import Allowed

# Readers: text in, value out, or a ValueError whose message goes on where the value ends ("is not ...").


def _reader(read: Callable[[str], object]) -> BeforeValidator:
    """Makes a pydantic validator of a reader; values that are no text (a test's, a copy's) go through to pydantic."""
    return BeforeValidator(lambda value: read(value.strip()) if isinstance(value, str) else value)


def _did_you_mean(text: str, choices: Iterable[str], rest: str = "") -> str:
    """``. Did you mean 'Europe/Berlin'?``, or nothing where nothing is close; ``rest`` follows every choice."""
    by_fold = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(text.casefold(), by_fold, n=1, cutoff=0.7)
    return f". Did you mean {by_fold[close[0]] + rest!r}?" if close else ""


def _whole(low: int, high: int) -> BeforeValidator:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,6}", text) or not low <= int(text) <= high:
            raise ValueError(f"is not a whole number from {low} to {high}")
        return int(text)

    return _reader(read)


def _one_of(*choices: str) -> BeforeValidator:
    def read(text: str) -> str:
        if text.lower() not in choices:
            allowed = ", ".join(map(repr, choices[:-1])) + f" or {choices[-1]!r}"
            raise ValueError(f"is not {allowed}{_did_you_mean(text, choices)}")
        return text.lower()

    return _reader(read)


_LAST_PORT = 65535
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def _span(low: str, high: str, *, never: bool = False) -> BeforeValidator:
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

    return _reader(read)


def _items(text: str) -> tuple[str, ...]:
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
                wrong.append(f"holds {item!r}: there is no {what} {name!r}{_did_you_mean(name, names)}")
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


def _weights(text: str) -> dict[str, float]:
    """Only what differs from the editor's own weights."""
    return {name: points for name, points in _points(text).items() if points != EDITOR.weights[name]}


def _per_kind(text: str) -> dict[str, int]:
    """Caps by kind; kinds that are not named keep theirs."""
    return {**PER_KIND, **{kind: int(most) for kind, most in _caps(text).items()}}


_CHANNEL_ID = re.compile(r"[CGD](?:[A-Z0-9]{8,20}|(?=[A-Z]*[0-9])[A-Z0-9]{1,7})")
_CHANNEL_NAME = re.compile(r"#?[\w-]{1,80}")


def _channels(text: str) -> tuple[str, ...]:
    """IDs as they are; names in lower case as Slack keeps them, with ``#``."""
    return tuple(dict.fromkeys(map(_channel, _items(text))))


def _channel(text: str) -> str:
    if _CHANNEL_ID.fullmatch(text):
        return text
    if _CHANNEL_NAME.fullmatch(text) and text == text.lower():
        return "#" + text.removeprefix("#")
    raise ValueError(
        f"holds {text!r}, which is not a channel's ID, such as 'C024BE91L' (at the foot of the channel's details), "
        "or its name, such as '#ai-news'"
    )


def _cron(text: str) -> str:
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


def _zone(text: str) -> str:
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
    hint = f". Did you mean {meant!r}?" if meant else _did_you_mean(wanted, tuple(names))
    raise ValueError(f"is not an IANA time zone, such as 'Europe/Berlin'{hint}")


def _title(text: str) -> str:
    if len(text) > 100 or not text.isprintable():
        raise ValueError("is not one line of at most 100 characters")
    return text


def _slug(text: str) -> str:
    """What ``Facial Recognition`` and ``FACIAL_RECOGNITION`` come to."""
    return re.sub(r"[\s_]+", "-", text.strip()).lower()


def _parent(text: str) -> str:
    """A topic's slug; ``none`` makes a topic stand alone, since an empty setting counts as not set."""
    return "" if text.lower() == "none" else _slug(text)


def _template(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(?:[_-][a-z0-9]+)*", text):
        raise ValueError("is not the name of a template, such as 'digest'; HEATLINE_TEMPLATES names the folder")
    return text


def _folder(text: str) -> Path:
    if "://" in text or text.startswith("git@"):
        raise ValueError("is an address, not a folder: clone it and name the clone")
    return Path(text).expanduser()


def _folders(text: str) -> tuple[Path, ...]:
    _folder(text)
    parts = (part.strip() for part in re.split(f"[,{re.escape(os.pathsep)}]", text))
    return tuple(dict.fromkeys(_folder(part) for part in parts if part))


_FEEDS = ("auto", "builtin", "no")


def _feeds(text: str) -> str:
    """One of the words, or a file of feeds, which is read when it is needed."""
    if text.lower() in _FEEDS:
        return text.lower()
    if "://" in text or not text.lower().endswith((".yaml", ".yml", ".opml", ".xml")):
        raise ValueError(
            "is not 'auto', 'builtin', 'no', or a file of feeds that ends in .yaml or .opml"
            + (". HEATLINE_FEEDS_ADD takes the address of a feed" if "://" in text else "")
        )
    return str(Path(text).expanduser())


def _proxy(text: str) -> str:
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


def _hosts(text: str) -> tuple[str, ...]:
    """Hosts between commas or spaces; nothing is wrong with them, since they were written for other programs."""
    return tuple(dict.fromkeys(re.findall(r"[^,\s]+", text)))


def _allowed(text: str) -> tuple[str, ...]:
    items = _items(text)
    try:
        Allowed.read(items)
    except SourceError as error:
        raise ValueError(f"holds {error}") from None
    return items


def _database(text: str) -> str:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = None
    if url is None:
        raise ValueError(f"is not a database URL, such as 'sqlite:///heatline.db'{_did_you_mean_file(text)}")
    if url.get_backend_name() != "sqlite" or url.get_driver_name() not in ("", "pysqlite"):
        raise ValueError("is not supported: for now only SQLite is, such as 'sqlite:///heatline.db'")
    if url.host:
        raise ValueError(f"needs three slashes: 'sqlite:///{url.host}'")
    if url.database in (None, "", ":memory:"):
        raise ValueError("names no file; a database in memory would forget what has been posted")
    return text


def _did_you_mean_file(text: str) -> str:
    return f". Did you mean 'sqlite:///{text}'?" if re.fullmatch(r"[\w./~-]+\.(?:db|sqlite3?)", text) else ""


def _host(text: str) -> str:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        if not re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*", text):
            raise ValueError("is not an address to listen on, such as '127.0.0.1' or '0.0.0.0' (everywhere)") from None
    return text


def _metrics(text: str) -> tuple[str, int]:
    """From a port, or host:port."""
    host, _, port = text.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not port.isascii() or not port.isdigit() or int(port) > _LAST_PORT:
        raise ValueError("is not a port such as 9464, nor an address with one such as '0.0.0.0:9464'")
    return _host(host), int(port)


def _api_url(text: str) -> str:
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


_WHERE = MappingProxyType(
    {
        "SLACK_BOT_TOKEN": 'copy the Bot User OAuth Token (xoxb-...) from your app\'s "OAuth & Permissions" page',
        "SLACK_APP_TOKEN": 'copy an App-Level Token (xapp-...) with connections:write from your app\'s "Basic Information"',
        "SLACK_SIGNING_SECRET": 'copy the Signing Secret from your app\'s "Basic Information" page',
    }
)


def _secret(name: str, shape: str, kind: str) -> BeforeValidator:
    """A Slack credential. What was given is never repeated, not even its beginning."""

    def read(text: str) -> SecretStr:
        if not re.fullmatch(shape, text):
            raise ValueError(f"is not {kind} (what is set is not shown): {_WHERE[name]}")
        return SecretStr(text)

    return _reader(read)


# Rows: every setting once.

DOT_ENV = Path(".env")

_DIGEST = "The digest"
_SLACK = "Slack"
_NEWS = "Articles"
_SERVICE = "The service"
_GROUPS = (_SLACK, _DIGEST, _NEWS, _SERVICE)

Channels: TypeAlias = Annotated[tuple[str, ...], _reader(_channels)]
Words: TypeAlias = Annotated[tuple[str, ...], _reader(_items)]
Folders: TypeAlias = Annotated[tuple[Path, ...], _reader(_folders)]


def _row(group: str, default: str | tuple[()] | None, about: str) -> Any:
    """A setting: its group and comment in ``.env.example``, and its default as an admin would write it."""
    return Field(default, description=about, json_schema_extra={"group": group})


class DigestForm(BaseModel):
    """What can be said about one digest: ``HEATLINE_CRON`` for all, ``HEATLINE_DIGESTS__WEEKLY__CRON`` for the weekly."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    channel: Channels = _row(
        _DIGEST,
        (),
        "Where the digest goes: a channel's ID, such as C024BE91L (at the foot of the channel's details), or its name, such "
        "as #ai-news; several with commas. Put quotes around names. Without a channel nothing is posted on schedule.",
    )
    topics: Words = _row(
        _DIGEST,
        (),
        "Topics in the order of their sections, by name or slug, with commas, such as Facial Recognition, robotics; "
        "`/news topics` lists them. Without any, the digest takes all AI news in one section.",
    )
    cron: Annotated[str, _reader(_cron)] = _row(
        _DIGEST,
        "0 9 * * mon-fri",
        "When it goes out: minute, hour, day of the month, month, day of the week, as in a crontab (0 and 7 are Sunday). "
        "The default is weekdays at 9:00.",
    )
    timezone: Annotated[str, _reader(_zone)] = _row(
        _DIGEST, "UTC", "The time zone of the schedule and of dates in the digest: an IANA name, such as Europe/Berlin."
    )
    title: Annotated[str, _reader(_title)] = _row(_DIGEST, "AI digest", "The headline; at most 100 characters.")
    stories: Annotated[int, _whole(1, 30)] = _row(_DIGEST, "12", "How many stories the post tells: 1 to 30.")
    more: Annotated[int, _whole(0, 50)] = _row(_DIGEST, "10", "How many more go into its thread: 0 to 50.")
    window: Annotated[timedelta, _span("10m", "60d")] = _row(
        _DIGEST, "24h", "How far back it looks: 10m to 60d, in minutes, hours, days or weeks (90m, 24h, 2d, 1w)."
    )
    per_topic: Annotated[int, _whole(1, 30)] = _row(
        _DIGEST,
        "5",
        "So many stories of one topic at first, 1 to 30; room that other topics leave is filled with the best of the rest.",
    )
    per_provider: Annotated[int, _whole(1, 30)] = _row(
        _DIGEST, "3", "At most so many stories led by one publisher: 1 to 30."
    )
    per_kind: Annotated[Mapping[str, int], _reader(_per_kind)] = _row(
        _DIGEST,
        ", ".join(f"{kind}={most}" for kind, most in PER_KIND.items()),
        f"At most so many stories of a kind, 0 to 30; kinds are {', '.join(KINDS)}. What is not named keeps its cap.",
    )
    on_quiet: Annotated[str, _one_of("say", "skip")] = _row(
        _DIGEST,
        "say",
        "What happens when nothing is worth telling: say posts a short line, skip posts nothing. The log tells which.",
    )
    ranking: Annotated[str, _one_of("editor", "original")] = _row(
        _DIGEST,
        "editor",
        "editor weighs the signals below for each story; original is the hub's own rule (the hottest published articles, one "
        "by one; the hub itself sent 10 stories).",
    )
    weights: Annotated[Mapping[str, float], _reader(_weights)] = _row(
        _DIGEST,
        ", ".join(f"{name}={weight:g}" for name, weight in EDITOR.weights.items()),
        "What each signal counts in the editor's ranking, 0 to 100 points; docs/editorial.md says what they are. What is not "
        "named keeps its weight.",
    )
    template: Annotated[str, _reader(_template)] = _row(
        _DIGEST, "digest", "The template of the post: the built-in digest, or one of yours in HEATLINE_TEMPLATES."
    )


class TopicForm(BaseModel):
    """A topic that an admin adds or changes: ``HEATLINE_TOPIC__CLIMATE_TECH__KEYWORDS=...``."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, _reader(_title)] | None = None
    parent: Annotated[str, _reader(_parent)] | None = None
    keywords: Words | None = None
    aliases: Words | None = None


@dataclass(frozen=True, slots=True)
class DigestSettings:
    """One digest as it is published: where, when, and what (``spec``, for the editorial house)."""

    name: str
    channels: tuple[str, ...]
    cron: str
    spec: DigestSpec
    on_quiet: str = "say"

    @property
    def trigger(self) -> CronTrigger:
        """Its schedule for APScheduler, in its time zone."""
        return crontab.cron_trigger(self.cron, self.spec.timezone)

    def slots(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """Its slots in ``after < slot <= until``, in UTC."""
        return crontab.slots(self.cron, self.spec.timezone, after, until)


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """What it takes to talk to Slack; made by ``Settings.require_slack``. Without an app token there is a signing secret."""

    bot_token: SecretStr
    app_token: SecretStr | None
    signing_secret: SecretStr | None
    api_url: str

    @property
    def socket_mode(self) -> bool:
        """Socket Mode when there is an app token, else HTTP."""
        return self.app_token is not None


class Settings(DigestForm, BaseSettings):
    """All settings. The fields of ``DigestForm`` are the simple form; use ``digests`` for what is published.

    ``Settings()`` reads nothing: only ``load`` looks at the environment.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        hide_input_in_errors=True,
        env_nested_delimiter="__",
        enable_decoding=False,
    )

    slack_bot_token: Annotated[
        SecretStr | None, _secret("SLACK_BOT_TOKEN", r"(?:xoxe\.)?xoxb-[\w-]+", "a bot token")
    ] = _row(_SLACK, None, 'Needed: the Bot User OAuth Token (xoxb-...), from "OAuth & Permissions".')
    slack_app_token: Annotated[SecretStr | None, _secret("SLACK_APP_TOKEN", r"xapp-[\w-]+", "an app-level token")] = (
        _row(
            _SLACK,
            None,
            'For Socket Mode, which needs no public address: an App-Level Token (xapp-...) with connections:write, from "Basic '
            'Information". Without it Slack must reach the bot at https://YOUR-HOST/slack/events.',
        )
    )
    slack_signing_secret: Annotated[
        SecretStr | None, _secret("SLACK_SIGNING_SECRET", r"(?!xox|xapp)[!-~]{8,}", "a signing secret")
    ] = _row(_SLACK, None, 'Needed without Socket Mode: the Signing Secret, from "Basic Information".')
    slack_api_url: Annotated[str, _reader(_api_url)] = _row(
        _SLACK, "https://slack.com/api/", "The Web API: https://slack-gov.com/api/ for GovSlack, or a proxy's address."
    )

    articles: Folders = _row(
        _NEWS, (), f"Folders of article files, with commas (or {os.pathsep!r}) between them; git clones do well."
    )
    sync_every: Annotated[timedelta, _span("10s", "7d", never=True)] = _row(
        _NEWS, "5m", "How often the folders are read again while the bot runs: 10s to 7d, or 0 for never."
    )
    git_pull: Annotated[str, _one_of("no", "yes")] = _row(
        _NEWS, "no", "Pull the git clones that the folders lie in each time before they are read: yes or no."
    )
    feeds: Annotated[str, _reader(_feeds)] = _row(
        _NEWS,
        "auto",
        "Which news feeds are read: builtin, no, or a file of yours (YAML or OPML) in their place. auto is builtin where "
        "HEATLINE_ARTICLES names no folder.",
    )
    feeds_add: Words = _row(_NEWS, (), "Addresses of more feeds. `heatline feeds test URL` tries one.")
    feeds_remove: Words = _row(_NEWS, (), "Feeds to leave out, by domain, provider or address.")
    feed_pages: Annotated[str, _one_of("yes", "no")] = _row(
        _NEWS, "yes", "Read an article's page where its feed has no picture or no text: yes or no."
    )
    allow_hosts: Annotated[tuple[str, ...], _reader(_allowed)] = _row(
        _NEWS,
        (),
        "Hosts and networks in your own house that feeds may come from, such as news.internal or 10.1.0.0/16.",
    )
    published_from: Annotated[int, _whole(0, 1000)] = _row(
        _NEWS, str(PUBLISHED_FROM), "The heat from which on an article of a feed is marked as published."
    )
    keep: Annotated[timedelta, _span("7d", "9999d", never=True)] = _row(
        _NEWS, "400d", "How long articles are kept that no edition told: 7d to 9999d, or 0 for ever."
    )
    http_proxy: Annotated[str | None, _reader(_proxy)] = _row(
        _NEWS, None, "A proxy for http, for feeds only. Without it HTTP_PROXY counts."
    )
    https_proxy: Annotated[str | None, _reader(_proxy)] = _row(
        _NEWS, None, "A proxy for https, for feeds only. Without it HTTPS_PROXY counts."
    )
    no_proxy: Annotated[tuple[str, ...], _reader(_hosts)] = _row(
        _NEWS,
        (),
        "Hosts, with all below them, and networks that are asked without a proxy. Without it NO_PROXY counts.",
    )
    database_url: Annotated[str, _reader(_database)] = _row(
        _NEWS, "sqlite:///heatline.db", "Where articles and deliveries are kept. For now only SQLite: sqlite:///FILE."
    )
    templates: Annotated[Path | None, _reader(_folder)] = _row(
        _NEWS, None, "A folder with templates of your own, which come before the built-in ones of the same name."
    )

    grace: Annotated[timedelta, _span("1m", "7d")] = _row(
        _SERVICE, "3h", "How late an edition may still go out after the bot was away: 1m to 7d."
    )
    host: Annotated[str, _reader(_host)] = _row(
        _SERVICE, "127.0.0.1", "The address to listen on; 0.0.0.0 is every one, as a container needs."
    )
    port: Annotated[int, _whole(0, _LAST_PORT)] = _row(_SERVICE, "3000", "The port to listen on; 0 takes any free one.")
    metrics: Annotated[tuple[str, int] | None, _reader(_metrics)] = _row(
        _SERVICE, None, "Serve metrics for Prometheus at /metrics on this port of 127.0.0.1, or host:port."
    )
    log_level: Annotated[str, _one_of(*logs.LEVELS)] = _row(_SERVICE, "info", f"One of {', '.join(logs.LEVELS)}.")
    log_format: Annotated[str, _one_of(*logs.FORMATS)] = _row(
        _SERVICE, "auto", "console for people, json for machines, or auto: console on a terminal, json elsewhere."
    )

    digest_forms: dict[str, DigestForm] = Field({}, validation_alias="digests")
    topic_forms: dict[str, TopicForm] = Field({}, validation_alias="topic")

    @property
    def digests(self) -> tuple[DigestSettings, ...]:
        """Every digest: ``daily`` first, then by name.

        ``daily`` is the simple form. It is there when nothing else is, or when ``HEATLINE_CHANNEL`` is set.
        """
        forms = {_slug(name): form for name, form in sorted(self.digest_forms.items())}
        if self.channel or not forms:
            forms = {DAILY: forms.get(DAILY, DigestForm()), **forms}
        return tuple(self._digest(name, form) for name, form in forms.items())

    @property
    def topic_changes(self) -> Mapping[str, Mapping[str, object]]:
        """What ``HEATLINE_TOPIC__...`` says, by slug: any of name, parent, keywords and aliases, for the catalogue."""
        return MappingProxyType(
            {
                _slug(slug): MappingProxyType(form.model_dump(exclude_unset=True))
                for slug, form in self.topic_forms.items()
            }
        )

    @property
    def folders(self) -> tuple[registry.Source, ...]:
        """The content folders, in the order of the settings."""
        return tuple(
            registry.KINDS["git" if self.git_pull == "yes" else "folder"](str(folder)) for folder in self.articles
        )

    @property
    def secrets(self) -> tuple[SecretStr, ...]:
        """Every secret that is set, for ``logs.configure``."""
        held = (self.slack_bot_token, self.slack_app_token, self.slack_signing_secret)
        return tuple(secret for secret in held if secret is not None)

    def require_slack(self) -> SlackSettings:
        """What it takes to talk to Slack; ``SettingsError`` lists all that is missing. For commands that do talk to it."""
        problems = [*self._slack_problems(), *self._channel_problems()]
        if problems or self.slack_bot_token is None:
            raise SettingsError(problems)
        return SlackSettings(self.slack_bot_token, self.slack_app_token, self.slack_signing_secret, self.slack_api_url)

    def _slack_problems(self) -> Iterator[Problem]:
        if self.slack_bot_token is None:
            yield Problem("SLACK_BOT_TOKEN", f"is not set: {_WHERE['SLACK_BOT_TOKEN']}")
        if self.slack_app_token is None and self.slack_signing_secret is None:
            text = f"is not set: {_WHERE['SLACK_SIGNING_SECRET']}, or set SLACK_APP_TOKEN to use Socket Mode instead"
            yield Problem("SLACK_SIGNING_SECRET", text)

    def _channel_problems(self) -> Iterator[Problem]:
        for key in sorted(self.digest_forms):
            if not (self.digest_forms[key].channel or self.channel):
                yield Problem(
                    f"HEATLINE_DIGESTS__{key.upper()}__CHANNEL", "is not set, and neither is HEATLINE_CHANNEL"
                )

    def _digest(self, name: str, form: DigestForm) -> DigestSettings:
        """A digest's own words, and the simple form's for what it does not say."""
        said = {key: getattr(form if key in form.model_fields_set else self, key) for key in DigestForm.model_fields}
        channels, cron, on_quiet = said.pop("channel"), said.pop("cron"), said.pop("on_quiet")
        return DigestSettings(name, channels, cron, DigestSpec(name=name, **said), on_quiet)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what the constructor is given; the environment comes in through ``load``."""
        return (init_settings,)


DAILY = "daily"
"""The name of the digest that the simple form describes."""

TopicCheck: TypeAlias = Callable[[Mapping[str, Mapping[str, object]]], Callable[[str], str]]
"""From ``topic_changes`` to a function that turns what an admin calls a topic into its slug.

Both raise ``DigestsError``: the first where changes contradict each other, the second where no topic is called so, with a text
that goes on after the name: "is not a topic. Did you mean ...?".
"""


def load(
    env_file: Path | None = DOT_ENV,
    environ: Mapping[str, str] | None = None,
    check_topics: TopicCheck | None = None,
) -> Settings:
    """The settings from the environment (``environ`` instead, where given) and, for what it does not say, from a file.

    Empty values count as not set, names in any case. A missing ``.env`` is fine, another missing file is not. With
    ``check_topics`` topics are looked up and become slugs. Raises ``SettingsError`` with every problem there is.
    """
    settings, problems = _load(env_file, os.environ if environ is None else environ, check_topics)
    if problems:
        environ = None  # a traceback with local variables must not show it
        raise SettingsError(problems)
    return settings


def names() -> tuple[str, ...]:
    """The environment names of all settings but the nested ones, in the order of ``.env.example``."""
    return tuple(_env_name(field) for group in _GROUPS for field in _fields(group))


# Reading.


def _load(
    env_file: Path | None, environ: Mapping[str, str], check_topics: TopicCheck | None
) -> tuple[Settings, list[Problem]]:
    """Settings with what could be read, and a problem for everything else."""
    written, problems = _written(env_file)
    values = _present(_with_proxies(environ))
    values = {**values, **written, **_present(environ)}
    mask = _Mask(values)
    unknown = [problem for name in values if (problem := _unknown(name))]
    for problem in unknown:
        values.pop(problem.name.lower(), None)
    strays = [problem for name, value in values.items() if (problem := mask.stray(name, value))]
    for problem in strays:
        values.pop(problem.name.lower())
    settings, wrong = _read(values)
    if check_topics is not None:
        settings, strange = _with_topics(settings, check_topics)
        wrong |= strange
    problems += [mask.problem(name, values.get(name.lower()), text) for name, text in sorted(wrong.items(), key=_place)]
    return settings, problems + strays + unknown


def _written(env_file: Path | None) -> tuple[dict[str, str], list[Problem]]:
    """What a ``.env`` file sets, and the lines that make no sense; their text is not shown, it could be a secret."""
    if env_file is None or (env_file == DOT_ENV and not env_file.exists()):
        return {}, []
    try:
        text = env_file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        return {}, [Problem(str(env_file), f"cannot be read: {reason}")]
    bindings = list(parse_stream(io.StringIO(text)))
    problems = [
        Problem(f"{env_file}, line {_line(binding.original)}", "is neither NAME=value nor a comment")
        for binding in bindings
        if binding.error or (binding.value is None and _ours(binding.key or ""))
    ]
    return _present({binding.key: binding.value for binding in bindings if binding.key and binding.value}), problems


def _line(original: Original) -> int:
    """The number of a statement's first line; the parser counts the empty lines before it to the statement."""
    lead = original.string[: len(original.string) - len(original.string.lstrip())]
    return original.line + len(re.findall(r"\r\n|\n|\r", lead))


def _ours(name: str) -> bool:
    return name.upper().startswith(("HEATLINE_", "SLACK_"))


def _with_proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment with everybody's names for proxies under ours, where ours say nothing.

    Where a name is there in small and in capital letters, the small ones count, as in other programs.
    """
    lower = {name.lower(): value for name, value in sorted(environ.items()) if name.lower() in _PROXIES and value}
    return {**{f"HEATLINE_{name.upper()}": value for name, value in lower.items()}, **environ}


_PROXIES = ("http_proxy", "https_proxy", "no_proxy")


def _present(environ: Mapping[str, str]) -> dict[str, str]:
    """Our part of an environment: names in small letters, values without the quotes that `docker --env-file` leaves on."""
    ours = {name.lower(): value.strip() for name, value in environ.items() if _ours(name)}
    bare = {name: re.sub(r"^([\"'])(.*)\1$", r"\2", value, flags=re.DOTALL).strip() for name, value in ours.items()}
    return {name: value for name, value in bare.items() if value}


def _read(values: Mapping[str, str]) -> tuple[Settings, dict[str, str]]:
    """The settings in these values, and for each name that cannot be read what is wrong with it."""
    wrong: dict[str, str] = {}
    while True:
        good = {name: value for name, value in values.items() if name.upper() not in wrong}
        try:
            return Settings(**_Source(Settings, good)()), wrong
        except ValidationError as error:
            # Neither the error nor its inputs leave this function; what was wrong is left out and the rest read again.
            found = {_located(e["loc"]): _said(e) for e in error.errors(include_url=False, include_input=False)}
        assert not found.keys() <= wrong.keys(), f"a default of ours cannot be read: {found}"
        wrong |= found


class _Source(EnvSettingsSource):
    """pydantic-settings' reading of an environment, from a mapping instead of ``os.environ``."""

    def __init__(self, settings_cls: type[BaseSettings], values: Mapping[str, str]) -> None:
        self._values = {name.removeprefix("heatline_"): value for name, value in values.items()}
        super().__init__(settings_cls)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return self._values


def _located(loc: tuple[int | str, ...]) -> str:
    """The environment name for the place of a pydantic error: ``("digests", "weekly", "cron")``."""
    head, *rest = map(str, loc)
    return "__".join([_env_name(head), *(part.upper() for part in rest)])


def _said(error: ErrorDetails) -> str:
    """A reader's own words."""
    return str(error.get("ctx", {}).get("error", error["msg"]))


def _with_topics(settings: Settings, check: TopicCheck) -> tuple[Settings, dict[str, str]]:
    """The settings with topics as slugs, and what is wrong with the topics of each name."""
    try:
        slug_of = check(settings.topic_changes)
    except DigestsError as error:
        return settings, {"HEATLINE_TOPIC__*": f"do not fit together: {error}"}
    wrong: dict[str, str] = {}

    def known(name: str, form: DigestForm) -> dict[str, tuple[str, ...]]:
        slugs: list[str] = []
        for topic in form.topics:
            try:
                slugs.append(slug_of(topic))
            except DigestsError as error:
                wrong[name] = "; ".join(filter(None, [wrong.get(name), f"holds {topic!r}, which {error}"]))
        return {"topics": tuple(dict.fromkeys(slugs))} if form.topics else {}

    forms = {
        key: form.model_copy(update=known(f"HEATLINE_DIGESTS__{key.upper()}__TOPICS", form))
        for key, form in settings.digest_forms.items()
    }
    return settings.model_copy(update={"digest_forms": forms, **known("HEATLINE_TOPICS", settings)}), wrong


class _Mask:
    """Makes problems that can be shown: secrets have no value, and other values hold none that strayed into them."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._masker = logs.Masker(v for name, v in values.items() if name.upper() in _WHERE and len(v) >= 8)

    def problem(self, name: str, value: str | None, text: str) -> Problem:
        if value is None or name in _WHERE:
            return Problem(name, self._clean(text))
        shown = self._clean(value)
        return Problem(name, self._clean(text), shown if len(shown) <= 80 else shown[:77] + "...")

    def stray(self, name: str, value: str) -> Problem | None:
        """A problem for a secret that stands where it would be shown, such as a token taken for a channel."""
        if name.upper() in _WHERE or (self._masker.tokens(value) == value and not re.fullmatch("[0-9a-f]{32}", value)):
            return None
        return Problem(name.upper(), f"holds what looks like a secret (not shown); those belong in {', '.join(_WHERE)}")

    def _clean(self, text: str) -> str:
        # A signing secret is 32 hexadecimal digits; nothing else in our settings is.
        return re.sub(r"[0-9a-fA-F]{24,}", logs.HIDDEN, self._masker.text(text))


# Names.

_NESTED: Mapping[str, type[BaseModel]] = MappingProxyType({"HEATLINE_DIGESTS": DigestForm, "HEATLINE_TOPIC": TopicForm})


def _env_name(field: str) -> str:
    """``cron`` is ``HEATLINE_CRON``; Slack's own are called as everyone calls them."""
    return field.upper() if field.startswith("slack_") else f"HEATLINE_{field.upper()}"


def _fields(group: str) -> dict[str, FieldInfo]:
    """The rows of a group."""
    return {
        name: field
        for name, field in Settings.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("group") == group
    }


def _place(item: tuple[str, str]) -> tuple[int, str]:
    """Sorts problems as ``.env.example`` sorts settings, nested ones last."""
    order = names()
    return (order.index(item[0]) if item[0] in order else len(order), item[0])


def _unknown(name: str) -> Problem | None:
    """A problem for a ``HEATLINE_`` name (small letters) that means nothing. Its value is not shown: it may be a secret."""
    upper = name.upper()
    if upper in names() or not upper.startswith("HEATLINE_"):
        return None
    head, *rest = upper.split("__", 2)
    if not rest and upper not in _NESTED:
        return Problem(upper, f"is not a setting{_did_you_mean(upper, (*names(), *_NESTED))}")
    form = _NESTED.get(head)
    if form is None:
        return Problem(upper, f"is not a setting{_did_you_mean(head, tuple(_NESTED), '__' + '__'.join(rest))}")
    if len(rest) < 2 or not re.fullmatch(r"[A-Z0-9]+(?:_[A-Z0-9]+)*", rest[0]):
        return Problem(
            upper, f"is not of the form {head}__NAME__{next(iter(form.model_fields)).upper()}, with NAME in A-Z, 0-9, _"
        )
    fields = tuple(field.upper() for field in form.model_fields)
    if rest[1] in fields:
        return None
    hint = _did_you_mean(rest[1], fields) or f"; there are {', '.join(fields)}"
    return Problem(upper, f"is not a setting: {rest[1]!r} means nothing here{hint}")


# .env.example

_HEAD = """\
Heatline's settings, each with its default. Copy this file to .env, fill in the lines that do not start with #, and run \
`heatline check`. The environment goes before this file; an empty value counts as not set.
"""

_DIGESTS_HEAD = """\
Each has a name, and takes what it does not say from the settings of "The digest". When HEATLINE_CHANNEL is \
set they stand beside that one, which is called daily; else they replace it. Any setting of "The digest" can follow the name:
"""

_TOPICS_HEAD = """\
Add topics, and change built-in ones. After the topic's slug come NAME, KEYWORDS (what articles say), ALIASES \
(what people type) and PARENT (a slug, or none). Words starting with + are added to a built-in topic's, with - taken away.
"""

_NESTED_EXAMPLES: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    (
        "Several digests",
        _DIGESTS_HEAD,
        {
            "HEATLINE_DIGESTS__WEEKLY__TITLE": "The week in AI",
            "HEATLINE_DIGESTS__WEEKLY__CRON": "0 16 * * fri",
            "HEATLINE_DIGESTS__WEEKLY__WINDOW": "7d",
            "HEATLINE_DIGESTS__WEEKLY__CHANNEL": "#ai-weekly",
        },
    ),
    (
        "Topics",
        _TOPICS_HEAD,
        {
            "HEATLINE_TOPIC__CLIMATE_TECH__KEYWORDS": "climate model, carbon capture, weather forecasting",
            "HEATLINE_TOPIC__CLIMATE_TECH__ALIASES": "climate tech, green AI",
            "HEATLINE_TOPIC__ROBOTICS__KEYWORDS": "+warehouse robot",
        },
    ),
)

_FILL_IN = ("slack_bot_token", "slack_app_token", "slack_signing_secret", "channel")


def example() -> str:
    """The text of ``.env.example``, made from the rows."""
    lines = [*_comment(_HEAD)]
    for group in _GROUPS:
        lines += ["", "", f"# {group}"]
        for name, field in _fields(group).items():
            mark = "" if name in _FILL_IN else "# "
            lines += ["", *_comment(field.description or ""), mark + _assignment(_env_name(name), field.default or "")]
        if group == _DIGEST:
            for title, head, values in _NESTED_EXAMPLES:
                lines += ["", "", f"# {title}", "", *_comment(head), *(f"# {_assignment(*v)}" for v in values.items())]
    return "\n".join(lines) + "\n"


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, 98, break_on_hyphens=False)]


def _assignment(name: str, value: str) -> str:
    quote = '"' if re.search(r"[\s#*&'$]", value) else ""
    return f"{name}={quote}{value}{quote}"
