"""`heatline check`: tests everything the bot depends on, one finding each, and says what to mend."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from zoneinfo import ZoneInfo

from rich.text import Text
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import doubts, newsfeeds
from bot.app import slack_error, web_client
from bot.crontab import next_slot
from bot.delivery import Ledger
from bot.errors import SettingsError, SlackProblem
from bot.health import FeedsHealth, feeds_health, granted, library_health, missing
from bot.manifest import SCOPES
from bot.plan import ENDED, Plan
from bot.readers import Place, Variants
from bot.readers.places import user_id
from bot.replies import UNREACHED
from bot.settings import DAILY, Settings, SlackSettings
from bot.wiring import catalogue_of
from digests.errors import DigestsError
from digests.library import Library, Unreadable, feedbook
from digests.rendering import Renderer
from digests.sources import folders
from digests.sources.catalogue import Feed


class Verdict(IntEnum):
    """How it stands; the worst of all findings decides the exit code."""

    good = 0
    warning = 1
    bad = 2


_SHOWN = 5  # names in one finding
_MARKS = {Verdict.good: ("ok   ", "green"), Verdict.warning: ("note ", "yellow"), Verdict.bad: ("WRONG", "bold red")}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it stands, and what was seen or has to be mended."""

    subject: str
    verdict: Verdict
    text: str

    def marked(self) -> Text:
        """One line for a terminal; the verdict is a word, not only a colour."""
        word, style = _MARKS[self.verdict]
        return Text.assemble((word, style), f" {self.subject}: {self.text}")


def check_all(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Every finding, offline ones first."""
    yield Finding("settings", Verdict.good, "every setting can be read")
    try:
        renderer = Renderer(settings.templates)
    except DigestsError as error:
        yield Finding("templates", Verdict.bad, str(error))
    else:
        problems = renderer.check()
        for digest in settings.digests:
            if digest.spec.template not in renderer.digest_templates():
                problems.append(
                    f"the digest {digest.name} asks for {digest.spec.template!r}, which is not there: mend its TEMPLATE"
                )
        yield from (Finding("templates", Verdict.bad, problem) for problem in problems)
        if not problems:
            yield Finding("templates", Verdict.good, "all of them render")
    yield from _folders(settings)
    yield from _digests(settings, now)
    feeds: tuple[Feed, ...] = ()
    try:
        feeds, odd = newsfeeds.configured(settings, catalogue_of(settings))
        yield from (Finding("feeds", Verdict.warning, each) for each in odd)
    except DigestsError as error:
        yield Finding("feeds", Verdict.bad, str(error))
    try:
        library = Library.open(settings.database_url)
    except DigestsError as error:
        yield Finding("database", Verdict.bad, str(error))
    else:
        yield _database(library)
        if odd_rows := library.unreadable():
            yield _unreadable(odd_rows)
        if doubtful := Ledger(library.database).flagged():
            yield Finding("deliveries", Verdict.warning, doubts.finding(doubtful))
        yield from _own(settings, library, now)
        if feeds:
            yield _feeds(feeds_health(len(feeds), feedbook.health(library, now, feeds)))
        library.close()
    try:
        slack = settings.require_slack()
    except SettingsError as error:
        for problem in error.problems:
            yield Finding("settings", Verdict.bad, str(problem))
        return
    yield from asyncio.run(_collected(settings, slack))


def _database(library: Library) -> Finding:
    health = library_health(library)
    if health.newest is None:
        return Finding(
            "database",
            Verdict.warning,
            "no articles yet: `heatline sync` reads your folders and feeds, `heatline run` too",
        )
    said = f"{health.articles:,} articles, the newest of {health.newest:%d %b %Y %H:%M} UTC"
    return Finding("database", Verdict.good, said)


def _own(settings: Settings, library: Library, now: datetime) -> Iterator[Finding]:
    """What channels have as their own of digests, as it was changed in Slack."""
    variants = Variants(library.database)
    plan = Plan(settings.digests, catalogue_of(settings), variants, Ledger(library.database))
    for each in plan.outlets():
        if each.own is None or each.variant is None:
            continue
        digest, slot = plan.published(each, now), plan.next_slot(each, now)
        by = f" by {user_id(Place(each.variant.by))}" if each.variant.by else ""
        said = f"has its own settings, changed in Slack on {each.variant.at:%d %b %Y %H:%M} UTC{by}"
        if slot is not None:
            local = slot.astimezone(ZoneInfo(digest.spec.timezone))
            said += f"; next on {local:%a %d %b %Y at %H:%M} ({digest.spec.timezone})"
        yield Finding(f"digest {each.standard.name} in {each.channel}", Verdict.good, said)
    for variant, why in plan.ended():
        said = f"had its own settings, which end when the bot starts: {ENDED[why]}"
        yield Finding(f"digest {variant.digest} in {variant.channel}", Verdict.warning, said)


def _unreadable(odd: Sequence[Unreadable]) -> Finding:
    shown = "; ".join(map(str, odd[:_SHOWN])) + (f"; and {len(odd) - _SHOWN} more" if len(odd) > _SHOWN else "")
    return Finding("database", Verdict.warning, f"{len(odd):,} stored rows cannot be read back: {shown}")


def _feeds(feeds: FeedsHealth) -> Finding:
    if not feeds.asked:
        return Finding(
            "feeds",
            Verdict.good,
            f"{feeds.number} feeds, none read yet: `heatline sync` reads them, `heatline run` too",
        )
    said = f"{feeds.read} of {feeds.number} read, {feeds.week:,} articles in seven days"
    said += "" if feeds.told is None else f", {feeds.told:.0%} of a month's told"
    said += f"; {feeds.failing} failed the last time" if feeds.failing else ""
    stale = [f"{each.state.url} ({each.state.error or 'not read lately'})" for each in feeds.stale]
    if not stale:
        return Finding("feeds", Verdict.good, said)
    shown = ", ".join(stale[:_SHOWN]) + (f" and {len(stale) - _SHOWN} more" if len(stale) > _SHOWN else "")
    said += f"; {len(stale)} stale: {shown}. `heatline feeds` tells of each; HEATLINE_FEEDS_REMOVE leaves one of the list out"
    return Finding("feeds", Verdict.warning, said)


def _folders(settings: Settings) -> Iterator[Finding]:
    if not settings.articles and settings.feeds == "no" and not settings.feeds_add:
        yield Finding(
            "articles",
            Verdict.warning,
            "neither HEATLINE_ARTICLES nor HEATLINE_FEEDS names a source: only what is synced by hand is told",
        )
    for folder in settings.articles:
        try:
            found = sum(1 for _ in folders.scan(folder))
        except OSError as error:
            yield Finding(f"folder {folder}", Verdict.bad, f"cannot be read: {error.strerror}; mend HEATLINE_ARTICLES")
        else:
            verdict = Verdict.good if found else Verdict.warning
            said = f"{found:,} files; `heatline sync` tells which cannot be read" if found else "holds no article files"
            yield Finding(f"folder {folder}", verdict, said)


def _digests(settings: Settings, now: datetime) -> Iterator[Finding]:
    for digest in settings.digests:
        slot = next_slot(digest.cron, digest.spec.timezone, now)
        subject = f"digest {digest.name}"
        if slot is None:
            yield Finding(subject, Verdict.bad, f"cron {digest.cron!r} never comes: mend its CRON")
            continue
        local = slot.astimezone(ZoneInfo(digest.spec.timezone))
        yield Finding(subject, Verdict.good, f"next on {local:%a %d %b %Y at %H:%M} ({digest.spec.timezone})")
        if not digest.channels and digest.name == DAILY:  # the others' missing channels are among the settings below
            yield Finding(subject, Verdict.warning, "has no channel: nothing is posted until HEATLINE_CHANNEL is set")


async def _collected(settings: Settings, slack: SlackSettings) -> list[Finding]:
    found: list[Finding] = []
    try:
        async for finding in _online(settings, slack):
            found.append(finding)  # noqa: PERF401  # what was found before the connection broke is told too
    except UNREACHED as error:
        said = f"cannot be reached at {slack.api_url}: {str(error) or type(error).__name__}"
        found.append(Finding("slack", Verdict.bad, said))
    return found


async def _online(settings: Settings, slack: SlackSettings) -> AsyncIterator[Finding]:
    client = web_client(slack)
    try:
        me = await client.auth_test()
    except SlackApiError as error:
        yield Finding("SLACK_BOT_TOKEN", Verdict.bad, _problem("auth.test", error))
        return
    yield Finding("SLACK_BOT_TOKEN", Verdict.good, f"{me.get('user')} in {me.get('team')}")
    has = granted(dict(me.headers))
    for scope in missing(has):
        verdict = Verdict.bad if scope.needed else Verdict.warning
        yield Finding("scopes", verdict, f"{scope.name} is missing, {scope.purpose}: add it and reinstall the app")
    if has and not missing(has):
        yield Finding("scopes", Verdict.good, ", ".join(scope.name for scope in SCOPES))
    if slack.app_token is not None:
        try:
            await client.apps_connections_open(app_token=slack.app_token.get_secret_value())
        except SlackApiError as error:
            yield Finding("SLACK_APP_TOKEN", Verdict.bad, _problem("apps.connections.open", error))
        else:
            yield Finding("SLACK_APP_TOKEN", Verdict.good, "Socket Mode can be opened")
    seen: dict[object, str] = {}
    for name in dict.fromkeys(channel for digest in settings.digests for channel in digest.channels):
        yield await _channel(client, name, seen)


async def _channel(client: AsyncWebClient, name: str, seen: dict[object, str]) -> Finding:
    try:
        found = await (_by_name(client, name[1:]) if name.startswith("#") else _by_id(client, name))
    except SlackApiError as error:
        code = slack_error(error)
        verdict = Verdict.warning if code == "missing_scope" else Verdict.bad
        return Finding(f"channel {name}", verdict, _problem("conversations.info", error))
    if found is None:
        return Finding(f"channel {name}", Verdict.bad, "there is no such channel that the bot can see: use its ID")
    if found.get("is_archived"):
        return Finding(f"channel {name}", Verdict.bad, "is archived: choose another")
    if not found.get("is_member") and not found.get("is_im"):
        return Finding(f"channel {name}", Verdict.bad, "the bot is not in it: type /invite @heatline there")
    other = seen.setdefault(found.get("id"), name)
    if other != name:
        return Finding(
            f"channel {name}", Verdict.bad, f"is the same as {other}: name it one way, else it is posted to twice"
        )
    return Finding(f"channel {name}", Verdict.good, "the bot is a member")


async def _by_id(client: AsyncWebClient, channel: str) -> dict[str, object] | None:
    response = await client.conversations_info(channel=channel)
    return dict(response["channel"])


async def _by_name(client: AsyncWebClient, name: str) -> dict[str, object] | None:
    cursor = ""
    while True:
        response = await client.conversations_list(limit=200, cursor=cursor, types="public_channel")
        for channel in response["channels"]:
            if channel.get("name") == name:
                return dict(channel)
        cursor = (response.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return None


def _problem(method: str, error: SlackApiError) -> str:
    return str(SlackProblem(method, slack_error(error)))
