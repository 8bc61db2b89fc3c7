"""Every setting once, as a row: its field, its default as an admin would write it, what it is for, and its reader."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypeAlias

from apscheduler.triggers.cron import CronTrigger
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot import crontab, logs
from bot.errors import Problem, SettingsError
from bot.settings import readers as read
from digests.language import ENGLISH, LANGUAGES
from digests.models import PER_KIND, DigestSpec
from digests.newsworthy import KINDS
from digests.ranking import EDITOR
from digests.scoring import PUBLISHED_FROM
from digests.sources import registry

DAILY = "daily"
"""The name of the digest that the simple form describes."""

DIGEST = "The digest"
_SLACK = "Slack"
_NEWS = "Articles"
_SERVICE = "The service"
GROUPS = (_SLACK, DIGEST, _NEWS, _SERVICE)
"""The parts of ``.env.example``, in its order; those of `DIGEST` can be said for each digest."""

Channels: TypeAlias = Annotated[tuple[str, ...], read.by(read.channels)]
Words: TypeAlias = Annotated[tuple[str, ...], read.by(read.listed)]
Folders: TypeAlias = Annotated[tuple[Path, ...], read.by(read.folders)]


def _row(group: str, default: str | tuple[()] | None, about: str) -> Any:
    """A setting: its group and comment in ``.env.example``, and its default as an admin would write it."""
    return Field(default, description=about, json_schema_extra={"group": group})


class DigestForm(BaseModel):
    """What can be said about one digest: ``HEATLINE_CRON`` for all, ``HEATLINE_DIGESTS__WEEKLY__CRON`` for the weekly."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    channel: Channels = _row(
        DIGEST,
        (),
        "Where the digest goes: a channel's ID, such as C024BE91L (at the foot of the channel's details), or its name, such "
        "as #ai-news; several with commas. Put quotes around names. Without a channel nothing is posted on schedule.",
    )
    topics: Words = _row(
        DIGEST,
        (),
        "Topics in the order of their sections, by name or slug, with commas, such as Facial Recognition, robotics; "
        "`/news topics` lists them. Without any, the digest takes all AI news in one section.",
    )
    cron: Annotated[str, read.by(read.cron)] = _row(
        DIGEST,
        "0 9 * * mon-fri",
        "When it goes out: minute, hour, day of the month, month, day of the week, as in a crontab (0 and 7 are Sunday). "
        "The default is weekdays at 9:00.",
    )
    timezone: Annotated[str, read.by(read.zone)] = _row(
        DIGEST, "UTC", "The time zone of the schedule and of dates in the digest: an IANA name, such as Europe/Berlin."
    )
    title: Annotated[str, read.by(read.title)] = _row(DIGEST, "AI digest", "The headline; at most 100 characters.")
    stories: Annotated[int, read.whole(1, 30)] = _row(DIGEST, "12", "How many stories the post tells: 1 to 30.")
    more: Annotated[int, read.whole(0, 50)] = _row(DIGEST, "10", "How many more go into its thread: 0 to 50.")
    window: Annotated[timedelta, read.span("10m", "60d")] = _row(
        DIGEST, "24h", "How far back it looks: 10m to 60d, in minutes, hours, days or weeks (90m, 24h, 2d, 1w)."
    )
    per_topic: Annotated[int, read.whole(1, 30)] = _row(
        DIGEST,
        "5",
        "So many stories of one topic at first, 1 to 30; room that other topics leave is filled with the best of the rest.",
    )
    per_provider: Annotated[int, read.whole(1, 30)] = _row(
        DIGEST, "3", "At most so many stories led by one publisher: 1 to 30."
    )
    per_kind: Annotated[Mapping[str, int], read.by(read.per_kind)] = _row(
        DIGEST,
        ", ".join(f"{kind}={most}" for kind, most in PER_KIND.items()),
        f"At most so many stories of a kind, 0 to 30; kinds are {', '.join(KINDS)}. What is not named keeps its cap.",
    )
    on_quiet: Annotated[str, read.one_of("say", "skip")] = _row(
        DIGEST,
        "say",
        "What happens when nothing is worth telling: say posts a short line, skip posts nothing. The log tells which.",
    )
    ranking: Annotated[str, read.one_of("editor", "original")] = _row(
        DIGEST,
        "editor",
        "editor weighs the signals below for each story; original is the hub's own rule (the hottest published articles, one "
        "by one; the hub itself sent 10 stories).",
    )
    weights: Annotated[Mapping[str, float], read.by(read.weights)] = _row(
        DIGEST,
        ", ".join(f"{name}={weight:g}" for name, weight in EDITOR.weights.items()),
        "What each signal counts in the editor's ranking, 0 to 100 points; docs/editorial.md says what they are. What is not "
        "named keeps its weight.",
    )
    language: Annotated[str, read.one_of(*LANGUAGES)] = _row(
        DIGEST,
        ENGLISH,
        f"The language of the post: {', '.join(LANGUAGES)}. Titles stay as their publishers wrote them.",
    )
    template: Annotated[str, read.by(read.template)] = _row(
        DIGEST, "digest", "The template of the post: the built-in digest, or one of yours in HEATLINE_TEMPLATES."
    )


class TopicForm(BaseModel):
    """A topic that an admin adds or changes: ``HEATLINE_TOPIC__CLIMATE_TECH__KEYWORDS=...``."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, read.by(read.title)] | None = None
    parent: Annotated[str, read.by(read.parent)] | None = None
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
    language: str = "en"

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
        SecretStr | None, read.secret("SLACK_BOT_TOKEN", r"(?:xoxe\.)?xoxb-[\w-]+", "a bot token")
    ] = _row(_SLACK, None, 'Needed: the Bot User OAuth Token (xoxb-...), from "OAuth & Permissions".')
    slack_app_token: Annotated[
        SecretStr | None, read.secret("SLACK_APP_TOKEN", r"xapp-[\w-]+", "an app-level token")
    ] = _row(
        _SLACK,
        None,
        'For Socket Mode, which needs no public address: an App-Level Token (xapp-...) with connections:write, from "Basic '
        'Information". Without it Slack must reach the bot at https://YOUR-HOST/slack/events.',
    )
    slack_signing_secret: Annotated[
        SecretStr | None, read.secret("SLACK_SIGNING_SECRET", r"(?!xox|xapp)[!-~]{8,}", "a signing secret")
    ] = _row(_SLACK, None, 'Needed without Socket Mode: the Signing Secret, from "Basic Information".')
    slack_api_url: Annotated[str, read.by(read.api_url)] = _row(
        _SLACK, "https://slack.com/api/", "The Web API: https://slack-gov.com/api/ for GovSlack, or a proxy's address."
    )
    admins: Annotated[tuple[str, ...], read.by(read.people)] = _row(
        _SLACK,
        (),
        "Who may post digests, change those of channels and see the bot's status besides the workspace's admins and owners: "
        "members' IDs, such as U024BE7LH (under a profile's three dots), with commas.",
    )

    articles: Folders = _row(
        _NEWS, (), f"Folders of article files, with commas (or {os.pathsep!r}) between them; git clones do well."
    )
    sync_every: Annotated[timedelta, read.span("10s", "7d", never=True)] = _row(
        _NEWS, "5m", "How often the folders are read again while the bot runs: 10s to 7d, or 0 for never."
    )
    git_pull: Annotated[str, read.one_of("no", "yes")] = _row(
        _NEWS, "no", "Pull the git clones that the folders lie in each time before they are read: yes or no."
    )
    feeds: Annotated[str, read.by(read.feeds)] = _row(
        _NEWS,
        "auto",
        "Which news feeds are read: builtin, no, or a file of yours (YAML or OPML) in their place. auto is builtin where "
        "HEATLINE_ARTICLES names no folder.",
    )
    feeds_add: Words = _row(_NEWS, (), "Addresses of more feeds. `heatline feeds test URL` tries one.")
    feeds_remove: Words = _row(_NEWS, (), "Feeds to leave out, by domain, provider or address.")
    feed_pages: Annotated[str, read.one_of("yes", "no")] = _row(
        _NEWS, "yes", "Read an article's page where its feed has no picture, no text or no date: yes or no."
    )
    allow_hosts: Annotated[tuple[str, ...], read.by(read.allowed)] = _row(
        _NEWS,
        (),
        "Hosts and networks in your own house that feeds may come from, such as news.internal or 10.1.0.0/16.",
    )
    published_from: Annotated[int, read.whole(0, 1000)] = _row(
        _NEWS, str(PUBLISHED_FROM), "The heat from which on an article of a feed is marked as published."
    )
    keep: Annotated[timedelta, read.span("7d", "9999d", never=True)] = _row(
        _NEWS, "400d", "How long articles of feeds are kept that no edition told: 7d to 9999d, or 0 for ever."
    )
    http_proxy: Annotated[str | None, read.by(read.proxy)] = _row(
        _NEWS, None, "A proxy for http, for feeds only. Without it HTTP_PROXY counts."
    )
    https_proxy: Annotated[str | None, read.by(read.proxy)] = _row(
        _NEWS, None, "A proxy for https, for feeds only. Without it HTTPS_PROXY counts."
    )
    no_proxy: Annotated[tuple[str, ...], read.by(read.hosts)] = _row(
        _NEWS,
        (),
        "Hosts, with all below them, and networks that are asked without a proxy. Without it NO_PROXY counts.",
    )
    database_url: Annotated[str, read.by(read.database)] = _row(
        _NEWS,
        "sqlite:///heatline.db",
        "Where articles and deliveries are kept: sqlite:///FILE, or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE.",
    )
    templates: Annotated[Path | None, read.by(read.folder)] = _row(
        _NEWS, None, "A folder with templates of your own, which come before the built-in ones of the same name."
    )
    emoji: Annotated[str, read.one_of("yes", "no")] = _row(
        _NEWS, "yes", "Decorate posts with an emoji here and there, yes or no; none of them ever says anything."
    )

    grace: Annotated[timedelta, read.span("1m", "7d")] = _row(
        _SERVICE, "3h", "How late an edition may still go out after the bot was away: 1m to 7d."
    )
    host: Annotated[str, read.by(read.listen_host)] = _row(
        _SERVICE, "127.0.0.1", "The address to listen on; 0.0.0.0 is every one, as a container needs."
    )
    port: Annotated[int, read.whole(0, read.LAST_PORT)] = _row(
        _SERVICE, "3000", "The port to listen on; 0 takes any free one."
    )
    metrics: Annotated[tuple[str, int] | None, read.by(read.metrics)] = _row(
        _SERVICE,
        None,
        "Serve what operators watch on this port of 127.0.0.1, or host:port: /healthz, /readyz, and /metrics for Prometheus.",
    )
    log_level: Annotated[str, read.one_of(*logs.LEVELS)] = _row(_SERVICE, "info", f"One of {', '.join(logs.LEVELS)}.")
    log_format: Annotated[str, read.one_of(*logs.FORMATS)] = _row(
        _SERVICE, "auto", "console for people, json for machines, or auto: console on a terminal, json elsewhere."
    )

    digest_forms: dict[str, DigestForm] = Field({}, validation_alias="digests")
    topic_forms: dict[str, TopicForm] = Field({}, validation_alias="topic")

    @property
    def digests(self) -> tuple[DigestSettings, ...]:
        """Every digest: ``daily`` first, then by name.

        ``daily`` is the simple form. It is there when nothing else is, or when ``HEATLINE_CHANNEL`` is set.
        """
        forms = {read.slug(name): form for name, form in sorted(self.digest_forms.items())}
        if self.channel or not forms:
            forms = {DAILY: forms.get(DAILY, DigestForm()), **forms}
        return tuple(self._digest(name, form) for name, form in forms.items())

    @property
    def topic_changes(self) -> Mapping[str, Mapping[str, object]]:
        """What ``HEATLINE_TOPIC__...`` says, by slug: any of name, parent, keywords and aliases, for the catalogue."""
        return MappingProxyType(
            {
                read.slug(slug): MappingProxyType(form.model_dump(exclude_unset=True))
                for slug, form in self.topic_forms.items()
            }
        )

    @property
    def folders(self) -> tuple[registry.Source, ...]:
        """The content folders, in the order of the settings."""
        kind = registry.KINDS["git" if self.git_pull == "yes" else "folder"]
        return tuple(kind.make(str(folder)) for folder in self.articles)

    @property
    def secrets(self) -> tuple[SecretStr, ...]:
        """Every secret that is set, for ``logs.configure``: Slack's, and passwords in addresses."""
        held = (self.slack_bot_token, self.slack_app_token, self.slack_signing_secret)
        words = map(read.password, (self.http_proxy, self.https_proxy, self.database_url))
        return (*(secret for secret in held if secret is not None), *map(SecretStr, filter(None, words)))

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """What ``repr`` shows: no secret, and no name or password in an address."""
        masker = logs.Masker(self.secrets)
        return ((name, masker.value(value)) for name, value in super().__repr_args__())

    def require_slack(self) -> SlackSettings:
        """What it takes to talk to Slack; ``SettingsError`` lists all that is missing. For commands that do talk to it."""
        problems = [*self._slack_problems(), *self._channel_problems()]
        if problems or self.slack_bot_token is None:
            raise SettingsError(problems)
        return SlackSettings(self.slack_bot_token, self.slack_app_token, self.slack_signing_secret, self.slack_api_url)

    def _slack_problems(self) -> Iterator[Problem]:
        if self.slack_bot_token is None:
            yield Problem("SLACK_BOT_TOKEN", f"is not set: {read.WHERE['SLACK_BOT_TOKEN']}")
        if self.slack_app_token is None and self.slack_signing_secret is None:
            text = (
                f"is not set: {read.WHERE['SLACK_SIGNING_SECRET']}, or set SLACK_APP_TOKEN to use Socket Mode instead"
            )
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
        language = said.pop("language")
        return DigestSettings(name, channels, cron, DigestSpec(name=name, **said), on_quiet, language)

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


NESTED: Mapping[str, type[BaseModel]] = MappingProxyType({"HEATLINE_DIGESTS": DigestForm, "HEATLINE_TOPIC": TopicForm})
"""What stands before the name of a digest or topic, and what can be said about it."""


def env_name(field: str) -> str:
    """``cron`` is ``HEATLINE_CRON``; Slack's own are called as everyone calls them."""
    return field.upper() if field.startswith("slack_") else f"HEATLINE_{field.upper()}"


def fields_of(group: str) -> dict[str, FieldInfo]:
    """The rows of a group."""
    return {
        name: field
        for name, field in Settings.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("group") == group
    }


def names() -> tuple[str, ...]:
    """The environment names of all settings but the nested ones, in the order of ``.env.example``."""
    return tuple(env_name(field) for group in GROUPS for field in fields_of(group))
