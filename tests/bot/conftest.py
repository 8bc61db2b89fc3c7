"""Fixtures for the tests of the bot."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.bot import running_bot


@pytest.fixture(autouse=True)
def wire(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where the bots of a test keep everything: in files, unless it is `running_bot.BOTH_DATABASES` or ``TEST_WIRE`` says
    ``postgresql``, with which every bot of every test is on a server."""
    with running_bot.kept_in(getattr(request, "param", os.environ.get("TEST_WIRE", "sqlite"))):
        yield
