"""`heatline feeds`: how the feeds do, one feed tried, and lists of feeds in and out."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table
from rich.text import Text

from bot import newsfeeds
from bot.clock import utc_now
from bot.settings import DOT_ENV, Settings
from bot.terminal import REJECTED, EnvFile, err, errors, newsroom_of, notes, out, print_json, settings_in, stop
from bot.wiring import catalogue_of
from digests.errors import FetchError
from digests.library import feedbook
from digests.library.feedbook import Condition, FeedHealth
from digests.rendering.plain import plain
from digests.rendering.views import count
from digests.sources import feeds
from digests.sources.catalogue import Feed, entries
from digests.sources.feeds import FeedDocument, Link
from digests.sources.opml import write_opml

app = typer.Typer(invoke_without_command=True)
_SHOWN = 10  # items of a feed that is tried
_CUT = 110


@app.callback(invoke_without_command=True)
def listed(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    env_file: EnvFile = DOT_ENV,
) -> None:
    """Show how every feed does: last read, failures in a row, articles a week, the share of them told, and what is wrong.

    A state is good, failing, stale (not read for days), gone (for good) or not asked yet; docs/sources.md says more.

    Commands try a feed, and take lists of feeds in and out.
    """
    if context.invoked_subcommand is not None:
        return
    settings = settings_in(env_file)
    with errors():
        room = newsroom_of(settings, empty_is_fine=True)
        now = utc_now()
        known = {each.state.url: each for each in feedbook.health(room.library, now, room.feeds)}
    for each in room.odd:
        notes(each)
    if not room.feeds:
        stop(newsfeeds.NONE)
    if as_json:
        print_json([_health_json(feed, known.get(feed.url)) for feed in room.feeds])
        return
    table = Table(
        Column("provider", overflow="fold"),
        "last read",
        "failures",
        "a week",
        "told",
        "state",
        box=None,
        pad_edge=False,
    )
    names = [_name(feed, known.get(feed.url)) for feed in room.feeds]
    several = {name for name, times in Counter(names).items() if times > 1}
    for name, feed in sorted(zip(names, room.feeds, strict=True), key=lambda row: (row[0].casefold(), row[1].url)):
        # What has no name but its domain's is better told by its address, where there are more of that domain.
        shown = name if name not in several else f"{name}\n{feed.url}" if name != feed.domain else feed.url
        # Text: no markup in what servers say
        table.add_row(*map(Text, (shown, *_row(known.get(feed.url), now))))
    out.print(table)
    states = Counter(_condition(known.get(feed.url)) for feed in room.feeds)
    said = ", ".join(f"{states[each]} {each}" for each in Condition if states[each])
    out.print(f"{count(len(room.feeds), 'feed')}: {said}", highlight=False)


@app.command("test")
def try_command(
    url: Annotated[str, typer.Argument(help="The address of a feed, or of a page that names its feed.")],
    env_file: EnvFile = DOT_ENV,
) -> None:
    """Try a feed: what it is, its items, and its problems. Nothing is stored."""
    settings = settings_in(env_file)
    try:
        document, links = asyncio.run(_tried(settings, url))
    except FetchError as error:
        stop(f"{url}: {error}")
    if document.form in ("", "html page"):
        for problem in document.problems:
            err.print(f"{url}: {plain(problem.what)}", style="red", markup=False, highlight=False, soft_wrap=True)
        if links:
            out.print("Feeds that it names:", markup=False)
            for link in links:
                out.print(f"  {plain(link.url)}  {plain(link.title)}", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(REJECTED)
    _print_document(document)


@app.command("export")
def export_command(
    file: Annotated[Path | None, typer.Argument(help="Where to; stdout if none.")] = None,
    env_file: EnvFile = DOT_ENV,
) -> None:
    """Write the feeds as OPML, which every feed reader takes."""
    settings = settings_in(env_file)
    with errors():
        found, odd = newsfeeds.configured(settings, catalogue_of(settings))
        text = write_opml(found, "Heatline feeds", utc_now())
    for each in odd:
        notes(each)
    if file is None:
        typer.echo(text)
    else:
        _write(file, text)


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="An OPML or YAML file, as a feed reader exports it.")],
    to: Annotated[Path, typer.Argument(help="The file of feeds to write, for HEATLINE_FEEDS.")],
    env_file: EnvFile = DOT_ENV,
) -> None:
    """Read the feeds of a file, and write them as a list that HEATLINE_FEEDS can name."""
    settings = settings_in(env_file)
    with errors():
        found, problems = newsfeeds.in_file(file, catalogue_of(settings))
    for problem in problems:
        notes(problem)
    if not found:
        stop(f"{file}: there is no feed in it")
    if to.exists():
        stop(f"{to} is there already: name another file, or move it away")
    _write(to, entries(found))
    typer.echo(f"{len(found)} feeds. To use them, set HEATLINE_FEEDS={to}")


async def _tried(settings: Settings, url: str) -> tuple[FeedDocument, tuple[Link, ...]]:
    async with newsfeeds.client(settings) as client:
        answer = await client.get(url)
    if answer.status != 200:
        raise FetchError(f"the server answers {answer.status}")
    document = feeds.read(answer.body, answer.url, answer.headers, utc_now())
    return document, feeds.discover(answer.body, answer.url, answer.headers)


def _print_document(document: FeedDocument) -> None:
    title = plain(document.title) or "without a title"
    out.print(f"{document.form}: {title}, {len(document.items)} items", markup=False, highlight=False)
    said = [("site", document.home), ("language", document.language), ("asks to be read every", document.every)]
    for name, value in said:
        if value:
            out.print(f"  {name}: {plain(str(value))}", markup=False, highlight=False, soft_wrap=True)
    for item in document.items[:_SHOWN]:
        when = f"{item.published_at:%d %b %Y %H:%M} UTC" if item.published_at else "undated"
        out.print(f"- {plain(item.title)[:_CUT]}", markup=False, highlight=False, soft_wrap=True)
        out.print(f"  {when} · {item.words} words · {plain(item.url)}", style="dim", markup=False, soft_wrap=True)
    if len(document.items) > _SHOWN:
        out.print(f"and {len(document.items) - _SHOWN} more", markup=False)
    for problem in document.problems:
        out.print(f"problem: {plain(problem.what)}", style="yellow", markup=False, highlight=False, soft_wrap=True)


def _name(feed: Feed, health: FeedHealth | None) -> str:
    """The provider's name; what the feed calls itself where nobody gave one."""
    return plain((health.title if health is not None and not feed.named else "") or feed.provider)


def _condition(health: FeedHealth | None) -> Condition:
    return Condition.NEW if health is None else health.condition


def _row(health: FeedHealth | None, now: datetime) -> tuple[str, ...]:
    if health is None:
        return "never", "", "", "", _condition(health)
    state = health.state
    read = _ago(now, state.good_at) if state.good_at else "never"
    failures = str(state.failures) if state.failures else ""
    told = "" if health.share is None else f"{health.share:.0%}"
    said = state.error or "; ".join(health.problems)
    shown = _condition(health) + (f": {plain(said)[:_CUT]}" if said else "")
    return read, failures, str(health.week), told, shown


def _ago(now: datetime, then: datetime) -> str:
    minutes = max(0, int((now - then).total_seconds() // 60))
    return (
        f"{minutes} min ago"
        if minutes < 120
        else f"{minutes // 60} h ago"
        if minutes < 2880
        else f"{minutes // 1440} d ago"
    )


def _health_json(feed: Feed, health: FeedHealth | None) -> dict[str, object]:
    known = {"url": feed.url, "provider": feed.provider, "standing": feed.standing}
    if health is None:
        return {**known, "state": _condition(health)}
    state = health.state
    return {
        **known,
        "state": _condition(health),
        "good_at": state.good_at.isoformat() if state.good_at else None,
        "next_at": state.next_at.isoformat() if state.next_at else None,
        "failures": state.failures,
        "error": state.error,
        "week": health.week,
        "told_share": health.share,
        "dropped": health.dropped,
        "problems": list(health.problems),
    }


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        stop(f"{file} cannot be written: {error.strerror}")
