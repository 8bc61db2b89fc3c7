"""Fixtures for all tests: the real articles, unpacked once a run."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
import structlog

from digests.library import Library
from tests import sqlite
from tests.postgres import NewDatabase, database, server
from tests.shared import unpacked


@pytest.fixture(scope="session", autouse=True)
def quick_tracebacks() -> None:
    """Tracebacks as the bot itself logs them: structlog's own, with every variable drawn in a box, take seconds."""
    *others, _ = structlog.get_config()["processors"]
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*others, plain])


@pytest.fixture
def restored_logging() -> Iterator[None]:
    """Puts the process's logging back as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the 6,210 real article files and the hub's 16 topic files."""
    return unpacked("corpus/ai-news.tar.xz", tmp_path_factory.mktemp("corpus")) / "ai-news"


@pytest.fixture(scope="session")
def later_vintage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a later vintage of the same format."""
    return unpacked("corpus/variant-hub.tar.xz", tmp_path_factory.mktemp("variant"))


@pytest.fixture(scope="session")
def replay(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The articles of each replayed day, by day."""
    days = ("2020-01-08", "2020-01-09", "2020-01-10")
    return {day: unpacked(f"replay/{day}/articles.tar.xz", tmp_path_factory.mktemp(day)) / "articles" for day in days}


@pytest.fixture(scope="session")
def postgres() -> str:
    """The URL of a PostgreSQL server, the same for all processes of a run."""
    return server()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewDatabase:
    """Makes an empty database for a while and gives its URL; all of it is done once with each kind of database."""
    if request.param == "postgresql":
        postgres = request.getfixturevalue("postgres")
        return lambda: database(postgres)
    return lambda: nullcontext(sqlite.empty(tmp_path_factory.mktemp("database") / "heatline.db"))


@pytest.fixture
def database_url(new_database: NewDatabase) -> Iterator[str]:
    """The URL of an empty database, once of each kind."""
    with new_database() as url:
        yield url


@pytest.fixture
def sqlite_library(tmp_path: Path) -> Iterator[Library]:
    """An empty library in a file, for what is SQLite's alone: its plans and its locks."""
    opened = Library.open(sqlite.empty(tmp_path / "heatline.db"))
    yield opened
    opened.close()


@pytest.fixture
def library(database_url: str) -> Iterator[Library]:
    """An empty library."""
    opened = Library.open(database_url)
    yield opened
    opened.close()
