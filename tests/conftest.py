"""Fixtures for all tests: the real articles, unpacked once a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from digests.library import Library
from tests.shared import unpacked


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


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """An empty library in a file."""
    opened = Library.open(f"sqlite:///{tmp_path / 'library.db'}")
    yield opened
    opened.close()
