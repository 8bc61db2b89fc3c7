"""Settings: read, inherited, refused all together, and never a secret shown."""

from __future__ import annotations

import asyncio
import os
import re
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from bot import newsfeeds
from bot import settings as module
from bot.errors import Problem, SettingsError
from bot.settings import DigestForm, Settings, example, load, names
from digests.errors import TopicError
from digests.models import PER_KIND, DigestSpec

BOT, APP, SIGNING = (
    "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcBrzbqgy",
    "xapp-1-A0123-456-0a1b2c3d",
    "8f742231b10e8888abcd99",
)
ENV_EXAMPLE = Path(__file__).parents[2] / ".env.example"


def refused(environ: Mapping[str, str], **more: object) -> list[str]:
    """What is said about an environment that cannot be used, line by line without the heading."""
    with pytest.raises(SettingsError) as caught:
        load(None, environ, **more)  # type: ignore[arg-type]
    return [line.removeprefix("  ") for line in str(caught.value).splitlines()[1:]]


# What is read.


def test_defaults() -> None:
    settings = load(None, {})
    (daily,) = settings.digests
    assert daily.name == "daily"
    assert daily.channels == ()
    assert daily.cron == "0 9 * * mon-fri"
    assert daily.spec == DigestSpec("daily")
    assert settings.database_url == "sqlite:///heatline.db"
    assert settings.slack_api_url == "https://slack.com/api/"
    assert (settings.host, settings.port) == ("127.0.0.1", 3000)
    assert (settings.grace, settings.sync_every) == (timedelta(hours=3), timedelta(minutes=5))
    assert (settings.articles, settings.templates, settings.secrets) == ((), None, ())
    assert dict(settings.topic_changes) == {}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("HEATLINE_CHANNEL", "C024BE91L", ("C024BE91L",)),
        ("HEATLINE_CHANNEL", "#ai-news, ml , C024BE91L,#ai-news", ("#ai-news", "#ml", "C024BE91L")),
        ("HEATLINE_CHANNEL", "#künstliche-intelligenz", ("#künstliche-intelligenz",)),
        ("HEATLINE_TOPICS", "Facial Recognition,robotics", ("Facial Recognition", "robotics")),
        ("HEATLINE_CRON", " 30  8 * * MON ", "30 8 * * mon"),
        ("HEATLINE_TIMEZONE", "America/Argentina/Ushuaia", "America/Argentina/Ushuaia"),
        ("HEATLINE_STORIES", "30", 30),
        ("HEATLINE_MORE", "0", 0),
        ("HEATLINE_WINDOW", "90m", timedelta(minutes=90)),
        ("HEATLINE_WINDOW", "2d", timedelta(days=2)),
        ("HEATLINE_WINDOW", "1W", timedelta(days=7)),
        ("HEATLINE_TITLE", "KI am Morgen", "KI am Morgen"),
        ("HEATLINE_PER_TOPIC", "2", 2),
        ("HEATLINE_PER_PROVIDER", "1", 1),
        ("HEATLINE_PER_KIND", "analysis=2, Market-Report = 1", {**PER_KIND, "analysis": 2, "market-report": 1}),
        ("HEATLINE_ON_QUIET", "SKIP", "skip"),
        ("HEATLINE_RANKING", "Original", "original"),
        ("HEATLINE_WEIGHTS", "quality=30, Novelty=7.5", {"quality": 30.0, "novelty": 7.5}),
        ("HEATLINE_TEMPLATE", "short", "short"),
        ("HEATLINE_ARTICLES", f"a/b,/c{os.pathsep}d,", (Path("a/b"), Path("/c"), Path("d"))),
        ("HEATLINE_DATABASE_URL", "sqlite:////var/lib/heatline.db", "sqlite:////var/lib/heatline.db"),
        (
            "HEATLINE_DATABASE_URL",
            "postgresql+psycopg://me:pass@db:5432/news",
            "postgresql+psycopg://me:pass@db:5432/news",
        ),
        ("HEATLINE_DATABASE_URL", "postgres://db/news", "postgres://db/news"),
        ("HEATLINE_TEMPLATES", "my/templates", Path("my/templates")),
        ("HEATLINE_GRACE", "30m", timedelta(minutes=30)),
        ("HEATLINE_SYNC_EVERY", "0", timedelta(0)),
        ("HEATLINE_HOST", "::1", "::1"),
        ("HEATLINE_HOST", "localhost", "localhost"),
        ("HEATLINE_PORT", "0", 0),
        ("HEATLINE_METRICS", "9464", ("127.0.0.1", 9464)),
        ("HEATLINE_METRICS", "0.0.0.0:9464", ("0.0.0.0", 9464)),
        ("HEATLINE_METRICS", "[::1]:0", ("::1", 0)),
        ("HEATLINE_LOG_LEVEL", "DEBUG", "debug"),
        ("HEATLINE_LOG_FORMAT", "json", "json"),
        ("SLACK_BOT_TOKEN", BOT, SecretStr(BOT)),
        ("SLACK_BOT_TOKEN", "xoxe.xoxb-1-abc", SecretStr("xoxe.xoxb-1-abc")),
        ("SLACK_APP_TOKEN", APP, SecretStr(APP)),
        ("SLACK_SIGNING_SECRET", SIGNING, SecretStr(SIGNING)),
        ("SLACK_API_URL", "https://slack-gov.com/api", "https://slack-gov.com/api/"),
        ("SLACK_API_URL", "http://127.0.0.1:8080/api//", "http://127.0.0.1:8080/api/"),
        ("SLACK_API_URL", "http://playground:8080/api/", "http://playground:8080/api/"),
    ],
)
def test_values(name: str, text: str, value: object) -> None:
    settings = load(None, {name: text})
    assert getattr(settings, name.removeprefix("HEATLINE_").lower()) == value


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("empty", ["", "  ", '""', "''"])
def test_empty_is_not_set(name: str, empty: str) -> None:
    assert load(None, {name: empty}) == load(None, {})


def test_names_in_any_case_and_values_in_quotes() -> None:
    settings = load(None, {"heatline_title": '"The AI Post"', "HEATLINE_Digests__Weekly__Stories": "'5'"})
    assert settings.digests[0].spec == DigestSpec("weekly", title="The AI Post", stories=5)


def test_settings_are_frozen_and_read_nothing_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEATLINE_TITLE", "From outside")
    assert Settings().title == "AI digest"
    assert load(None).title == "From outside"
    assert load(None, {}).title == "AI digest"
    with pytest.raises(ValidationError):
        load(None, {}).title = "Changed"  # type: ignore[misc]


# Proxies.


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("http://proxy.internal:3128", "http://proxy.internal:3128"),
        ("https://proxy.internal", "https://proxy.internal"),
        ("proxy.internal:3128", "http://proxy.internal:3128"),
        ("proxy:3128", "http://proxy:3128"),
        ("10.0.0.1:3128", "http://10.0.0.1:3128"),
        ("[fd00::1]:3128/", "http://[fd00::1]:3128/"),
        ("user:p%40ss@proxy.internal:3128", "http://user:p%40ss@proxy.internal:3128"),
    ],
)
@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "HEATLINE_HTTPS_PROXY"])
def test_proxies(name: str, text: str, value: str) -> None:
    settings = load(None, {name: text})
    assert getattr(settings, name.lower().removeprefix("heatline_")) == value


@pytest.mark.parametrize(
    "text", ["ftp://proxy:21", "http://", "proxy:port", "proxy:0", "proxy:99999", "a proxy:80", "[::1"]
)
def test_what_is_no_proxy(text: str) -> None:
    (line,) = refused({"HTTP_PROXY": text})
    assert line == (f"HEATLINE_HTTP_PROXY={text!r} is not the address of a proxy, such as 'http://proxy.internal:3128'")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("localhost,127.0.0.1", ("localhost", "127.0.0.1")),
        (
            " .internal , 10.0.0.0/8,,*.test example.com:8080,",
            (".internal", "10.0.0.0/8", "*.test", "example.com:8080"),
        ),
        ("*", ("*",)),
        (" , ", ()),
    ],
)
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy", "HEATLINE_NO_PROXY"])
def test_hosts_without_a_proxy(name: str, text: str, value: tuple[str, ...]) -> None:
    assert load(None, {name: text}).no_proxy == value


def test_whose_proxy_counts(tmp_path: Path) -> None:
    everybodys = {"HTTP_PROXY": "large:1", "http_proxy": "small:1", "https_proxy": "", "HTTPS_PROXY": "large:2"}
    settings = load(None, everybodys)
    assert (settings.http_proxy, settings.https_proxy) == ("http://small:1", "http://large:2")
    assert load(None, dict(reversed(everybodys.items()))) == settings
    (tmp_path / ".env").write_text("HEATLINE_HTTP_PROXY=file:1\nHEATLINE_NO_PROXY=file\n")
    settings = load(tmp_path / ".env", everybodys | {"NO_PROXY": "everybody"})
    assert (settings.http_proxy, settings.no_proxy) == ("http://file:1", ("file",))
    settings = load(tmp_path / ".env", everybodys | {"HEATLINE_HTTP_PROXY": "ours:1"})
    assert settings.http_proxy == "http://ours:1"


async def test_the_feeds_client_uses_the_proxies_that_are_set() -> None:
    asked: list[str] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked.append(head.decode().split(" ")[1])
        writer.write(b"HTTP/1.1 304 Not Modified\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        near = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for no_proxy in ("", "127.0.0.0/8"):
            environ = {"HTTP_PROXY": near, "NO_PROXY": no_proxy, "HEATLINE_ALLOW_HOSTS": "127.0.0.1"}
            async with newsfeeds.client(load(None, environ)) as client:
                assert (await client.get(f"http://{near}/feed")).status == 304
    assert asked == [f"http://{near}/feed", "/feed"]


# Several digests.

SIMPLE = {
    "HEATLINE_CHANNEL": "#ai",
    "HEATLINE_STORIES": "7",
    "HEATLINE_TIMEZONE": "Asia/Tokyo",
    "HEATLINE_TOPICS": "robotics",
}
WEEKLY = {"HEATLINE_DIGESTS__WEEKLY__CRON": "0 16 * * fri", "HEATLINE_DIGESTS__WEEKLY__WINDOW": "7d"}


def test_a_nested_digest_inherits_what_it_does_not_say() -> None:
    daily, weekly = load(None, SIMPLE | WEEKLY).digests
    assert daily.spec == DigestSpec("daily", stories=7, timezone="Asia/Tokyo", topics=("robotics",))
    assert weekly.spec == DigestSpec(
        "weekly", stories=7, timezone="Asia/Tokyo", topics=("robotics",), window=timedelta(days=7)
    )
    assert (weekly.cron, weekly.channels) == ("0 16 * * fri", ("#ai",))


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, ["daily"]),
        (SIMPLE, ["daily"]),
        (WEEKLY, ["weekly"]),
        (SIMPLE | WEEKLY, ["daily", "weekly"]),
        (WEEKLY | {"HEATLINE_DIGESTS__ALL_HANDS__MORE": "0"}, ["all-hands", "weekly"]),
        (SIMPLE | {"HEATLINE_DIGESTS__DAILY__MORE": "0", "HEATLINE_DIGESTS__A__MORE": "0"}, ["daily", "a"]),
    ],
)
def test_which_digests_there_are(environ: dict[str, str], wanted: list[str]) -> None:
    assert [digest.name for digest in load(None, environ).digests] == wanted


def test_every_digest_field_can_be_nested() -> None:
    texts = {
        "CHANNEL": "#x",
        "TOPICS": "x",
        "CRON": "1 1 * * *",
        "TIMEZONE": "Asia/Tokyo",
        "TITLE": "x",
        "STORIES": "1",
        "MORE": "1",
        "WINDOW": "1h",
        "PER_TOPIC": "1",
        "PER_PROVIDER": "1",
        "PER_KIND": "analysis=2",
        "ON_QUIET": "skip",
        "RANKING": "original",
        "WEIGHTS": "quality=30",
        "LANGUAGE": "ja",
        "TEMPLATE": "x",
    }
    assert [name.lower() for name in texts] == list(DigestForm.model_fields)
    (digest,) = load(None, {f"HEATLINE_DIGESTS__X__{name}": text for name, text in texts.items()}).digests
    assert (digest.channels, digest.cron) == (("#x",), "1 1 * * *")
    assert (digest.on_quiet, digest.language) == ("skip", "ja")
    hour, kinds = timedelta(hours=1), {**PER_KIND, "analysis": 2}
    assert digest.spec == DigestSpec(
        "x", "x", ("x",), 1, 1, hour, "original", 1, 1, "Asia/Tokyo", "x", kinds, {"quality": 30.0}
    )


def test_a_digest_knows_its_slots() -> None:
    _, weekly = load(None, SIMPLE | WEEKLY).digests
    slot = datetime(2026, 1, 2, 7, tzinfo=UTC)  # Friday 16:00 in Tokyo
    assert list(weekly.slots(slot - timedelta(days=2), slot + timedelta(days=2))) == [slot]
    assert weekly.trigger.get_next_fire_time(None, slot) == slot


# Topics.


def test_topic_changes() -> None:
    changes = load(
        None,
        {
            "HEATLINE_TOPIC__CLIMATE_TECH__KEYWORDS": "carbon capture, GPT",
            "HEATLINE_TOPIC__CLIMATE_TECH__NAME": "Climate Tech",
            "HEATLINE_TOPIC__CLIMATE_TECH__PARENT": "Machine Learning",
            "HEATLINE_TOPIC__ROBOTICS__ALIASES": "+bots",
            "HEATLINE_TOPIC__ROBOTICS__PARENT": "none",
        },
    ).topic_changes
    assert {slug: dict(change) for slug, change in changes.items()} == {
        "climate-tech": {"keywords": ("carbon capture", "GPT"), "name": "Climate Tech", "parent": "machine-learning"},
        "robotics": {"aliases": ("+bots",), "parent": ""},
    }


def only(*slugs: str) -> Callable[[Mapping[str, Mapping[str, object]]], Callable[[str], str]]:
    """A catalogue of a few topics and those an admin adds, as wiring hands it in."""

    def check(changes: Mapping[str, Mapping[str, object]]) -> Callable[[str], str]:
        if "contradiction" in changes:
            raise TopicError("parent 'x' is nowhere")

        def slug_of(text: str) -> str:
            slug = text.lower().replace(" ", "-")
            if slug not in {*slugs, *changes}:
                raise TopicError("is not a topic")
            return slug

        return slug_of

    return check


def test_topics_become_slugs_each_once() -> None:
    environ = {
        "HEATLINE_CHANNEL": "#ai",
        "HEATLINE_TOPICS": "Computer Vision, computer-vision, Mine",
        "HEATLINE_TOPIC__MINE__KEYWORDS": "x",
        "HEATLINE_DIGESTS__A__TOPICS": "MINE",
        "HEATLINE_DIGESTS__B__MORE": "1",
    }
    daily, a, b = load(None, environ, only("computer-vision")).digests
    assert [d.spec.topics for d in (daily, a, b)] == [
        ("computer-vision", "mine"),
        ("mine",),
        ("computer-vision", "mine"),
    ]


def test_unknown_topics_are_reported_with_everything_else() -> None:
    environ = {"HEATLINE_TOPICS": "robots, x, y", "HEATLINE_STORIES": "0", "HEATLINE_DIGESTS__A__TOPICS": "z"}
    assert refused(environ, check_topics=only("robots")) == [
        "HEATLINE_TOPICS='robots, x, y' holds 'x', which is not a topic; holds 'y', which is not a topic",
        "HEATLINE_STORIES='0' is not a whole number from 1 to 30",
        "HEATLINE_DIGESTS__A__TOPICS='z' holds 'z', which is not a topic",
    ]


def test_topics_that_contradict_each_other() -> None:
    (said,) = refused({"HEATLINE_TOPIC__CONTRADICTION__KEYWORDS": "x"}, check_topics=only())
    assert said == "HEATLINE_TOPIC__* do not fit together: parent 'x' is nowhere"


# What is refused.


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("HEATLINE_CHANNEL", "#ai news", "'#ai news', which is not a channel's ID"),
        ("HEATLINE_CHANNEL", "#AI", "'#AI', which is not a channel's ID"),
        ("HEATLINE_CHANNEL", "https://x.slack.com/archives/C1", "which is not a channel's ID"),
        ("HEATLINE_CHANNEL", "#a,", "In .env, put quotes around a value that has ' #' in it"),
        ("HEATLINE_TOPICS", "a,,b", "has an empty place between its commas"),
        (
            "HEATLINE_CRON",
            "every day",
            "is not a cron expression of five fields, such as '0 9 * * mon-fri' (weekdays at 9:00)",
        ),
        ("HEATLINE_CRON", "0 9 * * mun", "has 'mun' for the day of the week"),
        ("HEATLINE_TIMEZONE", "Mars/Base", "is not an IANA time zone, such as 'Europe/Berlin'"),
        ("HEATLINE_TIMEZONE", "Europe/Berln", "Did you mean 'Europe/Berlin'?"),
        ("HEATLINE_TIMEZONE", "New York", "Did you mean 'America/New_York'?"),
        ("HEATLINE_TIMEZONE", "tokyo", "Did you mean 'Asia/Tokyo'?"),
        ("HEATLINE_TIMEZONE", "PST", "Did you mean 'America/Los_Angeles'?"),
        ("HEATLINE_TIMEZONE", "../../etc/passwd", "is not an IANA time zone"),
        ("HEATLINE_TIMEZONE", "Europe", "is not an IANA time zone"),
        ("HEATLINE_STORIES", "0", "is not a whole number from 1 to 30"),
        ("HEATLINE_STORIES", "31", "is not a whole number from 1 to 30"),
        ("HEATLINE_STORIES", "٣", "is not a whole number from 1 to 30"),
        ("HEATLINE_MORE", "51", "is not a whole number from 0 to 50"),
        ("HEATLINE_WINDOW", "24", "is not a span of time from 10m to 60d, such as 90m, 24h or 2d"),
        ("HEATLINE_WINDOW", "0", "is not a span of time"),
        ("HEATLINE_WINDOW", "999999w", "is not a span of time"),
        ("HEATLINE_GRACE", "0", "is not a span of time from 1m to 7d"),
        ("HEATLINE_SYNC_EVERY", "1s", "or 0 for never"),
        ("HEATLINE_TITLE", "two\nlines", "is not one line of at most 100 characters"),
        ("HEATLINE_TITLE", "x" * 101, "is not one line of at most 100 characters"),
        ("HEATLINE_PER_TOPIC", "many", "is not a whole number from 1 to 30"),
        ("HEATLINE_PER_PROVIDER", "-1", "is not a whole number from 1 to 30"),
        ("HEATLINE_PER_KIND", "opinions=2", "there is no kind 'opinions'; kinds are news, research"),
        ("HEATLINE_PER_KIND", "analysis", "holds 'analysis', which is not of the form 'analysis=4'"),
        ("HEATLINE_PER_KIND", "analysis=2.5", "after = comes a whole number from 0 to 30"),
        ("HEATLINE_ON_QUIET", "sing", "is not 'say' or 'skip'"),
        ("HEATLINE_WEIGHTS", "qualty=20", "Did you mean 'quality'?"),
        (
            "HEATLINE_WEIGHTS",
            "vlaue=50",
            "there is no signal 'vlaue'. Did you mean 'value'?; signals are value, quality",
        ),
        ("HEATLINE_WEIGHTS", "quality=101", "after = comes a number from 0 to 100"),
        ("HEATLINE_RANKING", "origin", "is not 'editor' or 'original'. Did you mean 'original'?"),
        ("HEATLINE_TEMPLATE", "../x", "is not the name of a template"),
        ("HEATLINE_ARTICLES", "https://github.com/a/b.git", "is an address, not a folder"),
        (
            "HEATLINE_DATABASE_URL",
            "mysql://h/db",
            "write 'sqlite:///heatline.db' or 'postgresql+psycopg://host/database'",
        ),
        (
            "HEATLINE_DATABASE_URL",
            "postgresql+asyncpg://h/db",
            "write 'postgresql+psycopg://host/database'",
        ),
        ("HEATLINE_DATABASE_URL", "postgresql://h", "names no database"),
        ("HEATLINE_DATABASE_URL", "sqlite+aiosqlite:///x.db", "write 'sqlite:///heatline.db'"),
        ("HEATLINE_DATABASE_URL", "heatline.db", "Did you mean 'sqlite:///heatline.db'?"),
        ("HEATLINE_DATABASE_URL", "sqlite://heatline.db", "needs three slashes: 'sqlite:///heatline.db'"),
        ("HEATLINE_DATABASE_URL", "sqlite://", "would forget what has been posted"),
        ("HEATLINE_DATABASE_URL", "sqlite://h:port/x", "is not a database URL"),
        ("HEATLINE_TEMPLATES", "https://x/y", "is an address, not a folder"),
        ("HEATLINE_HOST", "0.0.0.0:80", "is not an address to listen on"),
        ("HEATLINE_PORT", "65536", "is not a whole number from 0 to 65535"),
        ("HEATLINE_METRICS", "yes", "is not a port such as 9464"),
        ("HEATLINE_METRICS", "127.0.0.1:65536", "is not a port such as 9464"),
        ("HEATLINE_METRICS", "a b:1", "is not an address to listen on"),
        ("HEATLINE_LOG_LEVEL", "warn", "Did you mean 'warning'?"),
        ("HEATLINE_LOG_FORMAT", "xml", "is not 'console', 'json' or 'auto'"),
        ("SLACK_API_URL", "slack.com/api", "is not the address of a Web API"),
        ("SLACK_API_URL", "https://h:port/", "is not the address of a Web API"),
        ("SLACK_API_URL", "https://slack.com/api/?x=1", "is not the address of a Web API"),
        ("SLACK_API_URL", "http://slack.com/api/", "would send the token unencrypted: use https"),
    ],
)
def test_refused(name: str, text: str, said: str) -> None:
    (line,) = refused({name: text})
    shown = repr(text if len(text) <= 80 else text[:77] + "...")
    assert line.startswith(f"{name}={shown} ")
    assert said in line


def test_every_mistake_in_a_list_of_numbers_is_told_at_once() -> None:
    (line,) = refused({"HEATLINE_WEIGHTS": "vlaue=500, quality=x, heat, , zzz=1, kind=1, KIND=2, age=5"})
    said = line.partition("' ")[2].split("; ")
    assert said == [
        "holds 'vlaue=500': there is no signal 'vlaue'. Did you mean 'value'?",
        "holds 'vlaue=500': after = comes a number from 0 to 100",
        "holds 'quality=x': after = comes a number from 0 to 100",
        "holds 'heat', which is not of the form 'quality=20'",
        "has an empty place between its commas. In .env, put quotes around a value that has ' #' in it",
        "holds 'zzz=1': there is no signal 'zzz'",
        "holds kind twice",
        "signals are value, quality, heat, coverage, kind, age, topic, standing, novelty, feedback",
    ]


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1234567890-abcdef", "a bot token"),
        ("SLACK_BOT_TOKEN", APP, "a bot token"),
        ("SLACK_BOT_TOKEN", BOT + " x", "a bot token"),
        ("SLACK_APP_TOKEN", BOT, "an app-level token"),
        ("SLACK_SIGNING_SECRET", BOT, "a signing secret"),
        ("SLACK_SIGNING_SECRET", "short", "a signing secret"),
        ("SLACK_SIGNING_SECRET", "eight or more", "a signing secret"),
    ],
)
def test_refused_secrets_are_not_shown(name: str, text: str, kind: str) -> None:
    (line,) = refused({name: text})
    assert line.startswith(f"{name} is not {kind} (what is set is not shown): copy ")
    assert text not in line


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("HEATLINE_CHANEL", "is not a setting. Did you mean 'HEATLINE_CHANNEL'?"),
        ("HEATLINE_SLACK_BOT_TOKEN", "is not a setting. Did you mean 'SLACK_BOT_TOKEN'?"),
        ("HEATLINE_XYZ", "is not a setting"),
        ("HEATLINE_DIGEST__WEEKLY__CRON", "is not a setting. Did you mean 'HEATLINE_DIGESTS__WEEKLY__CRON'?"),
        ("HEATLINE_TOPICS__X__KEYWORDS", "is not a setting. Did you mean 'HEATLINE_TOPIC__X__KEYWORDS'?"),
        ("HEATLINE_DIGESTS__WEEKLY__CORN", "'CORN' means nothing here. Did you mean 'CRON'?"),
        ("HEATLINE_DIGESTS__WEEKLY__PORT", "'PORT' means nothing here; there are CHANNEL, TOPICS, CRON"),
        ("HEATLINE_DIGESTS__WEEKLY__CRON__X", "'CRON__X' means nothing here"),
        ("HEATLINE_TOPIC__X__WORDS", "means nothing here. Did you mean 'KEYWORDS'?"),
        ("HEATLINE_DIGESTS", "is not of the form HEATLINE_DIGESTS__NAME__CHANNEL"),
        ("HEATLINE_DIGESTS__WEEKLY", "is not of the form HEATLINE_DIGESTS__NAME__CHANNEL"),
        ("HEATLINE_DIGESTS____CRON", "is not of the form HEATLINE_DIGESTS__NAME__CHANNEL"),
        ("HEATLINE_DIGESTS__WÖCHENTLICH__CRON", "is not of the form"),
        ("HEATLINE_TOPIC__X", "is not of the form HEATLINE_TOPIC__NAME__NAME"),
        ("HEATLINE_DIGEST_FORMS", "is not a setting"),
    ],
)
def test_unknown_names(name: str, said: str) -> None:
    (line,) = refused({name: "its-value"})
    assert line.startswith(name + " ")
    assert said in line
    assert "its-value" not in line


def test_other_programs_names_are_not_ours() -> None:
    assert load(None, {"SLACK_CLIENT_ID": "x", "PATH": "x", "HEAT": "x"}) == load(None, {})


def test_everything_is_reported_together_in_the_order_of_the_example() -> None:
    with pytest.raises(SettingsError) as caught:
        load(
            None,
            {
                "HEATLINE_CHANEL": "#x",
                "HEATLINE_DIGESTS__WEEKLY__STORIES": "99",
                "HEATLINE_PORT": "http",
                "HEATLINE_TIMEZONE": "Mars/Base",
                "HEATLINE_CRON": "every day",
                "SLACK_BOT_TOKEN": "xoxp-1234567890",
            },
        )
    assert [problem.name for problem in caught.value.problems] == [
        "SLACK_BOT_TOKEN",
        "HEATLINE_CRON",
        "HEATLINE_TIMEZONE",
        "HEATLINE_PORT",
        "HEATLINE_DIGESTS__WEEKLY__STORIES",
        "HEATLINE_CHANEL",
    ]
    assert str(caught.value).startswith("6 settings need mending:\n  SLACK_BOT_TOKEN ")


def test_one_problem_reads_as_one() -> None:
    assert str(SettingsError([Problem("X", "is not y", "z")])) == "1 setting needs mending:\n  X='z' is not y"


@pytest.mark.parametrize("name", ["HEATLINE_CHANNEL", "HEATLINE_TITLE", "HEATLINE_TOPIC__X__KEYWORDS", "SLACK_API_URL"])
@pytest.mark.parametrize(
    "secret", ["xoxb-1-abc", "https://x/?token=xoxp-1-a", "xapp-1-x", "0123456789abcdef" * 2, SIGNING + "x"]
)
def test_strayed_secrets_are_refused(name: str, secret: str) -> None:
    (said,) = refused({name: secret, "SLACK_SIGNING_SECRET": SIGNING})
    assert said == (
        f"{name} holds what looks like a secret (not shown); "
        "those belong in SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET"
    )


# Slack.


@pytest.mark.parametrize(
    ("environ", "socket_mode"),
    [
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP}, True),
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": SIGNING}, False),
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP, "SLACK_SIGNING_SECRET": SIGNING}, True),
    ],
)
def test_what_slack_needs(environ: dict[str, str], socket_mode: bool) -> None:
    slack = load(None, environ).require_slack()
    assert slack.socket_mode is socket_mode
    assert slack.bot_token.get_secret_value() == BOT
    assert slack.api_url == "https://slack.com/api/"


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({}, ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]),
        ({"SLACK_BOT_TOKEN": BOT}, ["SLACK_SIGNING_SECRET"]),
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": ""}, ["SLACK_SIGNING_SECRET"]),
        ({"SLACK_APP_TOKEN": APP}, ["SLACK_BOT_TOKEN"]),
        ({"SLACK_APP_TOKEN": APP, "SLACK_BOT_TOKEN": BOT} | WEEKLY, ["HEATLINE_DIGESTS__WEEKLY__CHANNEL"]),
        (WEEKLY, ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "HEATLINE_DIGESTS__WEEKLY__CHANNEL"]),
    ],
)
def test_what_slack_lacks_is_said_at_once(environ: dict[str, str], missing: list[str]) -> None:
    with pytest.raises(SettingsError) as caught:
        load(None, environ).require_slack()
    assert [problem.name for problem in caught.value.problems] == missing
    assert all("is not set" in problem.text for problem in caught.value.problems)


# The file.


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "prod.env"
    file.write_text(
        "\ufeff# a comment\nexport HEATLINE_TITLE='From the file'\nHEATLINE_STORIES=5 # five\nOTHER\n"
        'HEATLINE_CHANNEL="#a, #b"\nHEATLINE_MORE=\nHEATLINE_TEMPLATE=${HOME}\n',
        encoding="utf-8",
    )
    environ = {"HEATLINE_TITLE": "From outside", "HEATLINE_CHANNEL": "", "HEATLINE_TEMPLATE": "digest"}
    settings = load(file, environ)
    assert (settings.title, settings.stories, settings.more) == ("From outside", 5, 10)
    assert settings.channel == ("#a", "#b")
    file.write_text("HEATLINE_TITLE=${HOME}")
    assert load(file, {}).title == "${HOME}"  # nothing else of the environment comes in


def test_a_missing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(environ={}) == load(None, {})
    with pytest.raises(SettingsError, match=r"prod\.env cannot be read: No such file"):
        load(Path("prod.env"), {})


def test_a_broken_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(f"HEATLINE_PORT=0\n\n\nSLACK_BOT_TOKEN {BOT}\nHEATLINE_CRON\nHEATLINE_STORIES=x\n")
    with pytest.raises(SettingsError) as caught:
        load(file, {})
    assert [str(problem) for problem in caught.value.problems] == [
        f"{file}, line 4 is neither NAME=value nor a comment",
        f"{file}, line 5 is neither NAME=value nor a comment",
        "HEATLINE_STORIES='x' is not a whole number from 1 to 30",
    ]
    file.write_bytes(b"HEATLINE_TITLE=\xff")
    with pytest.raises(SettingsError, match="it is not UTF-8"):
        load(file, {})
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path, {})


# .env.example


def assignments(text: str) -> dict[str, str]:
    """Every NAME=value of the example, those behind a # too."""
    return dict(re.findall(r'^(?:# )?([A-Z_]+)="?(.*?)"?$', text, flags=re.MULTILINE))


def test_the_example_is_made_from_the_rows() -> None:
    remake = (
        "python -c 'import bot.settings, pathlib; pathlib.Path(\".env.example\").write_text(bot.settings.example())'"
    )
    assert ENV_EXAMPLE.read_text(encoding="utf-8") == example(), f"made anew by: {remake}"


def test_the_example_has_every_setting_and_its_default() -> None:
    shown = assignments(example())
    simple = {name: text for name, text in shown.items() if "__" not in name}
    assert tuple(simple) == names()
    assert load(None, simple) == load(None, {})
    rows = {
        name.lower(): field
        for name, field in Settings.model_fields.items()
        if name not in ("digest_forms", "topic_forms")
    }
    for name, text in simple.items():
        assert text == (rows[name.removeprefix("HEATLINE_").lower()].default or "")


def test_the_examples_of_nested_names_are_known_and_load() -> None:
    shown = assignments(example())
    settings = load(None, shown)
    assert [digest.name for digest in settings.digests] == ["weekly"]
    assert set(settings.topic_changes) == {"climate-tech", "robotics"}


def test_every_setting_in_the_example_has_a_comment() -> None:
    paragraphs = [paragraph.splitlines() for paragraph in example().split("\n\n")]
    for name in names():
        (paragraph,) = (p for p in paragraphs if re.match(rf"(# )?{name}=", p[-1]))
        assert len(paragraph) > 1
        assert all(line.startswith("# ") and len(line) <= 100 for line in paragraph[:-1])


def test_the_example_loads_once_it_is_filled_in(tmp_path: Path) -> None:
    text = ENV_EXAMPLE.read_text(encoding="utf-8")
    filled = {
        "SLACK_BOT_TOKEN": BOT,
        "SLACK_APP_TOKEN": APP,
        "SLACK_SIGNING_SECRET": SIGNING,
        "HEATLINE_CHANNEL": "#ai",
    }
    for name, value in filled.items():
        assert f"\n{name}=\n" in text
        text = text.replace(f"\n{name}=\n", f"\n{name}={value}\n")
    (tmp_path / ".env").write_text(text, encoding="utf-8")
    settings = load(tmp_path / ".env", {})
    assert settings.require_slack().socket_mode
    assert settings.digests[0].channels == ("#ai",)
    everything = re.sub(r"(?m)^# (?=[A-Z_]+=)", "", text)
    (tmp_path / ".env").write_text(everything, encoding="utf-8")
    assert [digest.name for digest in load(tmp_path / ".env", {}).digests] == ["daily", "weekly"]


# Secrets.

# Looks as random as a secret does: one like 00000000 or datetime would be found in many an innocent text.
HEX = st.binary(max_size=8).map(lambda seed: sha256(b"hex" + seed).hexdigest()[:32])
BODY = st.binary(max_size=8).map(lambda seed: sha256(b"body" + seed).hexdigest()[:24].swapcase())
PLACES = st.sampled_from([*names(), "HEATLINE_DIGESTS__WEEKLY__CRON", "HEATLINE_TOPIC__X__PARENT", "HEATLINE_SECRET"])


def everything_about(error: BaseException) -> str:
    """The error as logs, consoles and debuggers print it: all of its chain, with the local variables of our frames."""
    chain = traceback.TracebackException.from_exception(error, capture_locals=True)
    texts = [str(error), repr(error), repr(error.args), repr(vars(error)), "".join(traceback.format_exception(error))]
    for frame in chain.stack:
        if Path(frame.filename).is_relative_to(Path(module.__file__).parent):
            texts += [*(frame.locals or {}).values()]
    assert error.__cause__ is None
    assert error.__context__ is None
    return "\n".join(texts)


@given(BODY, BODY, HEX, PLACES, st.sampled_from(["{}", "x{}", "{},a", "a {}", "https://u:{}@h/"]))
def test_a_secret_never_shows(bot: str, app: str, signing: str, place: str, around: str) -> None:
    assume(bot != app)
    secrets = {"SLACK_BOT_TOKEN": f"xoxb-{bot}", "SLACK_APP_TOKEN": f"xapp-1-{app}", "SLACK_SIGNING_SECRET": signing}
    settings = load(None, secrets)
    slack = settings.require_slack()
    shown = [
        f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()} {slack!r} {settings.secrets!r}"
    ]
    for stray in secrets.values():
        if stray == signing and around != "{}":
            continue  # where it is not known, 32 digits within something else may be anything
        for environ in ({place: around.format(stray)}, secrets | {place: around.format(stray), "HEATLINE_PORT": "x"}):
            try:
                shown.append(repr(load(None, {"HEATLINE_STORIES": "x", **environ})))
            except SettingsError as error:
                shown.append(everything_about(error))
    for text in shown:
        for secret in (bot, app, signing):
            assert secret not in text
            assert secret[:8] not in text
