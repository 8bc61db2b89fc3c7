"""The command line: `heatline --help`. Each command is short here and does its work elsewhere."""

from __future__ import annotations

import asyncio
import html
import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer
from pydantic import ValidationError

from bot import logs, wiring
from bot.clock import utc_now
from bot.commands import db, feeds, news, previews, status
from bot.errors import HeatlineBotError, Problem
from bot.manifest import manifest
from bot.readers import places
from bot.settings import DOT_ENV, DigestForm, DigestSettings, Settings
from bot.signals import UntilTold
from bot.terminal import REJECTED, EnvFile, bar, err, errors, newsroom_of, notes, out, print_json, settings_in, stop
from bot.wiring import Newsroom, newsroom
from digests import intake
from digests.articles import Reader
from digests.desk import within
from digests.errors import ArticleError, DigestsError, QueryError
from digests.export import export
from digests.models import Article, DigestSpec
from digests.ranking import RANKINGS
from digests.rendering.views import count
from digests.sources import folders
from digests.sources.feeds.addresses import canonical
from digests.sources.registry import pull, source
from digests.sync import SyncReport

app = typer.Typer(
    name="heatline",
    help="Curated AI-news digests for Slack. Settings come from the environment and .env; see .env.example.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(feeds.app, name="feeds")
app.command("status")(status.status)
app.add_typer(db.app, name="db")


class Format(StrEnum):
    """How an edition is shown."""

    terminal = "terminal"
    text = "text"
    blocks = "blocks"
    html = "html"
    json = "json"


class ListFormat(StrEnum):
    """How a list is shown."""

    terminal = "terminal"
    text = "text"
    json = "json"


class Hook(StrEnum):
    """What Slack's command line may ask of a project."""

    manifest = "manifest"
    start = "start"


class Vote(StrEnum):
    """What can be said of an article."""

    more = "more"
    less = "less"
    forget = "forget"


VOTES: Mapping[Vote, float] = {Vote.more: 1.0, Vote.less: -1.0, Vote.forget: 0.0}

Articles = Annotated[
    list[Path] | None,
    typer.Option("--articles", help="Judge the article files in this folder instead of the library; may be repeated."),
]
UrlOf = Annotated[str, typer.Argument(help="The address of an article.")]
DigestName = Annotated[str | None, typer.Option("--digest", help="Which digest; the first one if none is named.")]


@app.command()
def run(env_file: EnvFile = DOT_ENV) -> None:
    """Start the bot: posts digests on schedule and answers /news until it is stopped."""
    from bot.service import serve

    settings = settings_in(env_file)
    with errors():
        logs.configure(settings.log_level, settings.log_format, settings.secrets)
        raise typer.Exit(serve(settings))


@app.command("sync")
def sync_command(
    named: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE",
            help="A content folder, git:FOLDER, or feeds for all feeds of the settings; may be repeated. "
            "The settings' folders and feeds if none.",
        ),
    ] = None,
    early: Annotated[bool, typer.Option("--early", help="Ask all feeds now, also those that are not due yet.")] = False,
    env_file: EnvFile = DOT_ENV,
) -> None:
    """Bring folders and feeds into the library: reads what is new or changed, withdraws files that are gone.

    Feeds in trouble are told, and are no fault of the command: they are tried again when they are due.
    """
    settings = settings_in(env_file)
    with errors():
        room = newsroom(settings, notes)
        kinds = room.kinds(utc_now, early=early)
        if named:
            sources = [source(each, kinds) for each in named]
        else:
            sources = [*settings.folders, *([source("feeds", kinds)] if room.feeds else [])]
    for odd in room.odd if any(each.name == "feeds" for each in sources) else ():
        notes(odd)
    if not sources:
        stop("nothing to sync: name a folder (`heatline sync FOLDER`), or set HEATLINE_ARTICLES or HEATLINE_FEEDS")
    with UntilTold() as told:
        with errors(), bar("Reading articles") as progress:
            report = told.run(lambda: pull(room.library, sources, progress))
        with errors(), bar("Judging articles") as progress:
            intake.take_in(room.library, utc_now(), progress, settings.published_from)
    _print_report(report)
    if any(each.name == "feeds" for each in sources) and not report.asked:
        notes("No feed was asked: none is due (`heatline sync --early` asks them all), or another process has them.")
    raise typer.Exit(0 if report.clean else REJECTED)


@app.command("restored")
def restored_command(env_file: EnvFile = DOT_ENV) -> None:
    """Say that a backup of the database was put back, before the bot starts again: nothing is posted twice then."""
    from bot.restoring import restored

    settings = settings_in(env_file)
    with errors():
        done = restored(newsroom(settings, notes), utc_now())
    typer.echo(
        f"{count(done.messages, 'message', 'messages')} to be looked up in Slack; "
        f"{count(done.digests, 'digest', 'digests')} and {count(done.subscriptions, 'subscription', 'subscriptions')} go on "
        "with the next slot"
    )


@app.command("manifest")
def manifest_command(
    url: Annotated[
        str, typer.Option("--url", help="Where Slack reaches the bot over HTTPS; Socket Mode if none.")
    ] = "",
    socket: Annotated[bool, typer.Option("--socket", help="For Socket Mode, also where a URL is given.")] = False,
    least: Annotated[bool, typer.Option("--least", help="Without the scopes that are optional.")] = False,
) -> None:
    """Print the app's manifest, to paste at api.slack.com/apps under "Create New App"."""
    with errors():
        print_json(manifest("" if socket else url, least=least))


@app.command("slack-hook", hidden=True, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def slack_hook(hook: Annotated[Hook, typer.Argument(help="What Slack's command line wants.")]) -> None:
    """What Slack's own command line calls, with arguments of its own: see .slack/hooks.json."""
    if hook is Hook.manifest:
        manifest_command()
    else:
        run()


@app.command("export")
def export_command(
    folder: Annotated[Path, typer.Argument(help="An empty folder, or one that is not there yet.")],
    env_file: EnvFile = DOT_ENV,
) -> None:
    """Write every article of the library as a file of our format; `heatline sync` reads the same library back."""
    settings = settings_in(env_file)
    with errors(), bar("Writing articles") as progress:
        done = export(newsroom_of(settings).library, folder, progress)
    typer.echo(f"{done.written:,} articles written below {folder}")
    for odd in done.left_out:
        notes(str(odd))
    raise typer.Exit(REJECTED if done.left_out else 0)


@app.command()
def preview(
    digest: Annotated[str | None, typer.Argument(help="Which digest; the first one if none is named.")] = None,
    articles: Articles = None,
    at: Annotated[
        str | None, typer.Option("--at", help="The moment of the edition, such as 2026-11-23T09:00+01:00.")
    ] = None,
    topics: Annotated[str | None, typer.Option("--topics", help="Topics instead of the digest's, with commas.")] = None,
    stories: Annotated[int | None, typer.Option("--stories", min=1, max=30, help="How many stories.")] = None,
    window: Annotated[str | None, typer.Option("--window", help="How far back: 90m, 24h, 2d, 1w.")] = None,
    ranking: Annotated[str | None, typer.Option("--ranking", help=f"One of {', '.join(RANKINGS)}.")] = None,
    format: Annotated[Format, typer.Option("--format", help="How to show it.")] = Format.terminal,  # noqa: A002
    env_file: EnvFile = DOT_ENV,
) -> None:
    """Build the next edition of a digest without sending or remembering it."""
    settings = settings_in(env_file)
    now = utc_now()
    with errors():
        moment = _moment(at, settings) if at else now
        published = _digest(settings, digest)
        spec = published.spec
        if topics is not None:
            spec = replace(spec, topics=_topics(settings, topics))
        spec = replace(
            spec,
            stories=spec.stories if stories is None else stories,
            window=spec.window if window is None else _window(window),
            ranking=spec.ranking if ranking is None else ranking,
        )
        room = newsroom_of(settings, empty_is_fine=bool(articles))
        read, told = _given(articles)
        votes, muted = room.feedback(spec.name, moment), room.muted(spec.name, published.channels, moment)
        edition = room.desk.edition(spec, moment, moment, articles=read, told=told, feedback=votes, muted=muted)
        quiet = "" if edition.stories else previews.posted_when_quiet(published)
        renderer = room.renderer.speaking(published.language)
        if not edition.stories:
            _say_where_the_news_is(room, spec, moment, read)
        if format is Format.terminal:
            out.print(renderer.terminal(edition, moment, quiet=quiet))
        elif format is Format.text:
            typer.echo(renderer.text(edition, moment, quiet=quiet))
        elif format is Format.html:
            handles = room.desk.handles(scored.lead.url for scored in edition.stories)
            typer.echo(renderer.html(edition, moment, template=spec.template, handles=handles))
        elif format is Format.blocks:
            from digests.rendering import post_json

            print_json(post_json(renderer.post(edition, moment, template=spec.template)))
        else:
            print_json(renderer.json(edition))
        if quiet and format not in (Format.terminal, Format.text):
            notes(quiet)


@app.command("stories")
def stories_command(
    articles: Articles = None,
    window: Annotated[str, typer.Option("--window", help="Without --articles: how far back in the library.")] = "3d",
    format: Annotated[ListFormat, typer.Option("--format", help="How to show it.")] = ListFormat.terminal,  # noqa: A002
    env_file: EnvFile = DOT_ENV,
) -> None:
    """Show which articles are taken to tell the same event, the stories of most providers first."""
    settings = settings_in(env_file)
    with errors():
        room = newsroom_of(settings, empty_is_fine=bool(articles))
        now = utc_now()
        read = _read(articles) if articles else room.library.articles(now - _window(window), now)
        grouped = room.desk.stories(read)
    if format is ListFormat.json:
        print_json(room.renderer.stories_json(grouped))
    else:
        typer.echo(room.renderer.stories_text(grouped), nl=False)


@app.command("why")
def why_command(
    url: UrlOf,
    digest: DigestName = None,
    articles: Articles = None,
    at: Annotated[
        str | None,
        typer.Option("--at", help="The edition's moment; the newest edition that told it if none, else now."),
    ] = None,
    format: Annotated[ListFormat, typer.Option("--format", help="How to show it.")] = ListFormat.terminal,  # noqa: A002
    env_file: EnvFile = DOT_ENV,
) -> None:
    """Say why an article is, or is not, in a digest: its kind, its story, every signal, its rank, and what just missed."""
    settings = settings_in(env_file)
    now = utc_now()
    with errors():
        published = _digest(settings, digest)
        spec = published.spec
        room = newsroom_of(settings, empty_is_fine=bool(articles))
        read, told = _given(articles)
        url = _known_as(url, room, read)
        told_at = None if articles else room.library.told(spec.name).get(url)
        moment = _moment(at, settings) if at else told_at or now
        votes, muted = room.feedback(spec.name, moment), room.muted(spec.name, published.channels, moment)
        why = room.desk.why(url, spec, moment, now, articles=read, told=told, feedback=votes, muted=muted)
    if why is None:
        _no_article(url, "these folders have" if articles else "the library has")
    if format is ListFormat.json:
        print_json(room.renderer.why_json(why))
    else:
        typer.echo(room.renderer.why_text(why))


@app.command()
def feedback(
    url: UrlOf,
    vote: Annotated[Vote, typer.Argument(help="more or less of its provider and topics, or forget what was said.")],
    digest: DigestName = None,
    env_file: EnvFile = DOT_ENV,
) -> None:
    """Tell a digest to bring a little more, or less, of what an article is about. What was said fades in a month."""
    settings = settings_in(env_file)
    with errors():
        spec = _digest(settings, digest).spec
        room = newsroom_of(settings)
        url = _known_as(url, room)
        about = room.desk.about(url)
        if about is None:
            _no_article(url, "the library has")
        room.votes.give(places.digest(spec.name), url, about, VOTES[vote], utc_now())
    typer.echo(f"{spec.name}: {vote.value} ({', '.join(about)})")


@app.command(context_settings={"ignore_unknown_options": True})  # `-police` is a word to leave out
def search(
    query: Annotated[
        list[str] | None,
        typer.Argument(help="Words, phrases and filters, as `/news help` lists them; the top stories if none."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="How many stories.")] = 5,
    format: Annotated[ListFormat, typer.Option("--format", help="How to show it.")] = ListFormat.terminal,  # noqa: A002
    env_file: EnvFile = DOT_ENV,
) -> None:
    """Answer a question as `/news QUERY` does, in the same language.

    heatline search 'robots "five-year pause" -police topic:robotics source:theverge.com since:7d sort:new'
    """
    if option := next((word for word in query or () if re.match(r"--[a-z]", word)), None):
        stop(f"there is no option {option}: `heatline search --help` lists them")
    settings = settings_in(env_file)
    now = utc_now()
    with errors():
        room = newsroom_of(settings)
        question = news.plain_question(" ".join(query or []))
        row, words = news.chosen(question, room)
        if row.pattern.head or len(question) > news.LONGEST:  # `topics`, `help` ...: what Slack would read aloud
            typer.echo(html.unescape(asyncio.run(news.answer(room, question, now)).text))
            return
        try:
            answer = news.found(room, news.Asked(words, now, settings.timezone), max(limit, 20), whole=limit)
        except QueryError as error:
            meant = " or ".join(f"`heatline search {shlex.quote(each)}`" for each in error.meant)
            stop(f"{error}{f' Did you mean {meant}?' if meant else ''}")
        if format is ListFormat.json:
            print_json(room.renderer.answer_json(replace(answer, stories=answer.stories[:limit])))
        elif format is ListFormat.text:
            typer.echo(room.renderer.answer_text(answer, now, size=limit))
        else:
            out.print(room.renderer.answer_terminal(answer, now, size=limit))


@app.command("topics")
def topics_command(env_file: EnvFile = DOT_ENV) -> None:
    """List the topics that digests and questions can name."""
    settings = settings_in(env_file)
    with errors():
        for row in wiring.catalogue_of(settings).tree():
            typer.echo(f"{'  ' * row.depth}{row.name}  ({row.slug})")


@app.command()
def post(
    digest: Annotated[str | None, typer.Argument(help="Which digest; the first one if none is named.")] = None,
    env_file: EnvFile = DOT_ENV,
) -> None:
    """Post an edition of a digest to its channels now, outside its schedule."""
    from bot.service import post_now

    settings = settings_in(env_file)
    with errors():
        logs.configure(settings.log_level, settings.log_format, settings.secrets)
        raise typer.Exit(post_now(settings, _digest(settings, digest)))


@app.command()
def check(env_file: EnvFile = DOT_ENV) -> None:
    """Test settings, database, folders, templates, tokens, scopes and channels, and say what to mend."""
    from bot.check import Verdict, check_all

    settings = settings_in(env_file)
    with errors():
        logs.configure("warning", settings.log_format, settings.secrets)
        worst = Verdict.good
        for finding in check_all(settings, utc_now()):
            out.print(finding.marked(), highlight=False, soft_wrap=True)
            worst = max(worst, finding.verdict)
    raise typer.Exit(REJECTED if worst is Verdict.bad else 0)


def main() -> None:
    """The entry point of the `heatline` command."""
    app()


# Helpers: arguments in, values out, or one clear line and exit code 2.


def _no_article(url: str, who_has: str) -> NoReturn:
    stop(f"{who_has} no article at {url}: give the address as `heatline search` or a digest links it")


def _say_where_the_news_is(room: Newsroom, spec: DigestSpec, moment: datetime, read: list[Article] | None) -> None:
    """A line where no article at all lies in the window: that is no quiet day."""
    since = moment - spec.window
    if read is None:
        newest = None if room.library.articles(since, moment) else room.library.newest()
    else:
        newest = None if within(read, since, moment) else max((a.published_at for a in read), default=None)
    if newest is not None:
        notes(previews.nothing_in_reach(spec, moment, newest, stored=read is None))


def _known_as(url: str, room: Newsroom, read: list[Article] | None = None) -> str:
    """The address by which an article is known: as given, else without trackers, fragment and the like."""
    given = {article.url for article in read} if read is not None else None
    for address in (url, canonical(url)):
        if address in given if given is not None else room.library.article(address) is not None:
            return address
    return url


def _digest(settings: Settings, name: str | None) -> DigestSettings:
    named = {digest.name: digest for digest in settings.digests}
    if name is None:
        return next(iter(named.values()))
    if name not in named:
        raise HeatlineBotError(str(Problem("DIGEST", f"is not a digest; there are: {', '.join(named)}", name)))
    return named[name]


def _topics(settings: Settings, text: str) -> tuple[str, ...]:
    slug_of = wiring.check_topics(settings.topic_changes)
    found: list[str] = []
    for name in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(slug_of(name))
        except DigestsError as error:
            raise HeatlineBotError(str(Problem("--topics", str(error), name))) from error
    return tuple(dict.fromkeys(found))


def _window(text: str) -> timedelta:
    """A span of time, read as HEATLINE_WINDOW is."""
    try:
        return DigestForm.model_validate({"window": text}).window
    except ValidationError as error:
        said = error.errors()[0].get("ctx", {}).get("error", "is not a span of time such as 24h")
        raise HeatlineBotError(str(Problem("--window", str(said), text))) from error


def _moment(text: str, settings: Settings) -> datetime:
    """A moment; without a zone it is the digest's own wall clock."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise HeatlineBotError(str(Problem("--at", "is not a time such as 2026-11-23T09:00+01:00", text))) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(settings.timezone))).astimezone(UTC)


def _given(contents: list[Path] | None) -> tuple[list[Article], dict[str, datetime]] | tuple[None, None]:
    """What to judge instead of the library's articles, with nothing told before; None where no folder is named."""
    return (_read(contents), {}) if contents else (None, None)


def _read(contents: list[Path]) -> list[Article]:
    """The articles in folders; bad files are named on stderr and left out."""
    reader = Reader()
    found: list[Article] = []
    for folder in contents:
        try:
            for file in folders.scan(folder):
                try:
                    filed = folders.read(file, reader)
                except ArticleError as error:
                    notes(f"left out: {error}")
                else:
                    found += [filed.article] if filed else []
        except OSError as error:
            raise HeatlineBotError(
                str(Problem("--articles", f"cannot be read: {error.strerror}", str(folder)))
            ) from error
    return found


def _print_report(report: SyncReport) -> None:
    for error in report.rejected:
        err.print(f"rejected {error}", style="red", highlight=False, markup=False, soft_wrap=True)
    for missing in report.missing:
        err.print(f"in trouble, nothing of it withdrawn: {missing}", style="red", markup=False, soft_wrap=True)
    for troubled in sorted(report.troubled):
        notes(f"feed not read: {troubled}")
    also = [
        (report.skipped, "topic file passed over", "topic files passed over"),
        (report.dropped, "item about no wanted topic dropped", "items about no wanted topic dropped"),
        (report.asked, "feed asked", "feeds asked"),
        (len(report.troubled), "in trouble", "in trouble"),
    ]
    typer.echo(
        f"{report.loaded} loaded, {report.unchanged} unchanged, {report.withdrawn} withdrawn, {len(report.rejected)} rejected"
        + "".join(f", {count(number, one, many)}" for number, one, many in also if number)
    )
