"""What all commands share at the terminal: where they print, how they stop, progress bars, settings and the library."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.errors import HeatlineBotError
from bot.settings import DOT_ENV, Settings
from bot.wiring import Newsroom, newsroom, settings_from
from digests.errors import DigestsError

out = Console()
err = Console(stderr=True)

REJECTED = 1
"""Exit code when the command ran but something it was given is wrong."""
UNUSABLE = 2
"""Exit code when the command could not run at all: settings, database, arguments."""

EnvFile = Annotated[Path, typer.Option("--env-file", help="Read settings from this file instead of .env.")]


def settings_in(env_file: Path = DOT_ENV) -> Settings:
    """The settings, or one clear message."""
    with errors():
        return settings_from(env_file)


@contextmanager
def errors() -> Iterator[None]:
    """Turn our own errors into one clear message; everything else is a bug and shows its traceback."""
    try:
        yield
    except (DigestsError, HeatlineBotError) as error:
        stop(str(error))


def stop(message: str) -> NoReturn:
    """End with a message and the exit code for what could not run."""
    err.print(message, style="red", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(UNUSABLE)


def notes(message: str) -> None:
    """Say on stderr what is odd and stops nothing."""
    err.print(message, style="yellow", highlight=False, markup=False, soft_wrap=True)


def newsroom_of(settings: Settings, *, empty_is_fine: bool = False) -> Newsroom:
    """The newsroom, with a word where its library is empty."""
    room = newsroom(settings, notes)
    if not empty_is_fine and not room.library.count():
        notes("The library is empty: `heatline sync` reads your folders and feeds.")
    return room


@contextmanager
def bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr; nothing where stderr is no terminal."""
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def print_json(value: object) -> None:
    """A value as JSON on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
