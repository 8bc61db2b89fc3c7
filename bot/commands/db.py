"""`heatline db`: the database brought up to date, copied to another, tidied up, and how it does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, Task, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

from bot.delivery import schema
from bot.settings import DOT_ENV
from bot.terminal import REJECTED, EnvFile, err, errors, notes, out, settings_in
from digests.library import Database
from digests.library.database import Door, History
from digests.library.filling import Told
from digests.library.moving import LIBRARY, Copied, copy, reopen
from digests.library.upkeep import Facts, facts, vacuum

app = typer.Typer(
    no_args_is_help=True, help="Bring the database up to date, copy it to another, tidy it up, look at it."
)

HISTORIES = (LIBRARY, History(schema.MIGRATIONS, schema.metadata))
"""All that stands in a database: the library, and the ledger with what readers keep."""

Url = Annotated[
    str | None, typer.Argument(metavar="[URL]", help="A database; the one of HEATLINE_DATABASE_URL if none.")
]


@app.command("upgrade")
def upgrade_command(url: Url = None, env_file: EnvFile = DOT_ENV) -> None:
    """Bring the tables to the newest step. The bot does so by itself when it starts; several at once do no harm."""
    with _opened(url, env_file) as database:
        for each in HISTORIES:
            migrations = each.migrations
            before = database.step(migrations)
            database.upgrade(migrations)
            after = database.step(migrations)
            what = migrations.version_table.removesuffix("_version")
            same = before == after
            typer.echo(f"{what}: {after}, nothing to do" if same else f"{what}: from {before or 'nothing'} to {after}")


@app.command("copy")
def copy_command(
    source: Annotated[str, typer.Argument(metavar="SRC", help="The database that is used now.")],
    target: Annotated[str, typer.Argument(metavar="DST", help="An empty one, or what an earlier pass brought.")],
    finish: Annotated[
        bool, typer.Option("--finish", help="The last pass, with the bot stopped: closes SRC and opens DST.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Do not look whether others are connected: a pooler keeps connections.")
    ] = False,
) -> None:
    """Copy a database to another, SQLite or PostgreSQL, both ways, while the bot runs.

    The first time everything is brought over; run again, what changed since. Then stop the bot and run it with --finish:
    SRC is closed, the last changes come over, and DST is opened. No bot starts with a database that is closed, so nothing
    is posted twice.

    A password need not stand in the URL: PGPASSWORD and ~/.pgpass are looked at.
    """
    with errors():
        ours, theirs = Database(source), Database(target)
        with _bars() as told:
            done = copy(ours, theirs, HISTORIES, told, last=finish, watch=not force)
        ours.close()
        theirs.close()
    out.print(_copied(done))
    typer.echo(
        f"{done.rows:,} rows are there in {done.took.total_seconds():,.1f} s; all keys are the same, and so are "
        f"{done.compared:,} rows that were read back from both."
    )
    if finish:
        typer.echo(f"{ours} is closed, {theirs} is open. Next: set HEATLINE_DATABASE_URL to it, and start the bot.")
    else:
        typer.echo(
            "What the bot writes from now on is not there. Next: stop the bot, run the same again with --finish, which brings "
            "what changed; then set HEATLINE_DATABASE_URL to the copy, and start the bot."
        )


@app.command("reopen")
def reopen_command(url: Url = None, env_file: EnvFile = DOT_ENV) -> None:
    """Use a database again that a copy has closed. What the bot posted since from the other one it would post again."""
    with _opened(url, env_file) as database:
        door = reopen(database, HISTORIES)
    if door is None:
        typer.echo(f"{database} is open, nothing to do")
        return
    typer.echo(f"{database} is open again")
    notes(
        "Make sure that no bot uses the other database: each of them would post every digest."
        if door is Door.moved
        else "It lacks what was written after the last pass: what was posted since then may be posted again."
    )


@app.command("vacuum")
def vacuum_command(url: Url = None, env_file: EnvFile = DOT_ENV) -> None:
    """Tidy up: a file is compacted, while others may read and wait to write; a server's tables are cleaned and analyzed."""
    with _opened(url, env_file) as database:
        before, after = vacuum(database, HISTORIES)
    typer.echo(f"{before:,} bytes before, {after:,} after")


@app.command("status")
def status_command(url: Url = None, env_file: EnvFile = DOT_ENV) -> None:
    """Say how the database does: its kind and version, steps, sizes, connections, and what is worrying."""
    with _opened(url, env_file) as database:
        found = facts(database, HISTORIES)
    for name, value in _lines(found):
        out.print(Text.assemble((f"{name:<12}", "bold"), value), soft_wrap=True)
    table = Table("table", *(Column(name, justify="right") for name in ("rows", "bytes")), box=None, pad_edge=False)
    for name, rows in found.rows.items():
        table.add_row(name, f"{rows:,}", f"{found.sizes[name]:,}" if name in found.sizes else "")
    for name in sorted(found.sizes.keys() - found.rows.keys()):  # such as the full-text index
        table.add_row(name, "", f"{found.sizes[name]:,}")
    out.print(table)
    for odd in found.worrying:
        notes(odd)
    raise typer.Exit(REJECTED if found.worrying else 0)


@contextmanager
def _opened(url: str | None, env_file: Path) -> Iterator[Database]:
    with errors():
        database = Database(url or settings_in(env_file).database_url)
        try:
            yield database
        finally:
            database.close()


def _lines(found: Facts) -> Iterator[tuple[str, str]]:
    yield "database", f"{found.kind} {found.version}"
    yield "address", found.address
    for table, (step, head) in found.steps.items():
        yield table.removesuffix("_version"), f"{step or 'nothing'}{'' if step == head else f', newest is {head}'}"
    yield "bytes", f"{found.bytes:,}"
    if found.oldest is not None and found.newest is not None:
        yield "articles", f"from {found.oldest:%d %b %Y %H:%M} to {found.newest:%d %b %Y %H:%M} UTC"
    if (used := found.connections) is not None:
        yield "connections", f"{used.ours} of Heatline, {used.all} of all, {used.most} at most"


def _copied(done: Copied) -> Table:
    table = Table("table", *(Column(name, justify="right") for name in ("rows", "brought", "taken away")), box=None)
    table.pad_edge = False
    for each in done.tables:
        table.add_row(each.name, f"{each.rows:,}", f"{each.brought:,}", f"{each.gone:,}")
    return table


class _Speed(TextColumn):
    """Rows a second, over all the time of a table."""

    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Task) -> Text:
        """See `rich.progress.ProgressColumn`."""
        seconds = task.finished_time if task.finished else task.elapsed
        return Text(f"{task.completed / seconds:,.0f}/s" if seconds and task.completed else "")


@contextmanager
def _bars() -> Iterator[Told]:
    """A bar for each table on stderr; nothing where stderr is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Speed(), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal) as progress:
        tasks: dict[str, TaskID] = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks and total:
                tasks[what] = progress.add_task(what, total=total)
            if what in tasks:
                progress.update(tasks[what], completed=done)

        yield told
