"""Builds everything once: from settings to a desk with its library, topics and renderer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.delivery.votes import Votes
from bot.settings import DOT_ENV, Settings, load
from digests.desk import Desk
from digests.errors import TopicError
from digests.library import Library
from digests.rendering import Renderer
from digests.topics import Catalogue


@dataclass(frozen=True, slots=True)
class Newsroom:
    """What every command needs: nothing in it talks to Slack."""

    settings: Settings
    catalogue: Catalogue
    library: Library
    desk: Desk
    renderer: Renderer
    votes: Votes

    def feedback(self, digest: str, now: datetime) -> Mapping[str, float]:
        """What the digest's readers want more or less of, at that moment."""
        return self.votes.standing(digest, now)


def settings_from(env_file: Path | None = DOT_ENV, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings, with every topic they name looked up in the catalogue. Raises SettingsError with all problems."""
    return load(env_file, environ, check_topics)


def check_topics(changes: Mapping[str, Mapping[str, object]]) -> Callable[[str], str]:
    """From an admin's changes to the catalogue to a function that turns what they call a topic into its slug."""
    catalogue = Catalogue.builtin().extended(changes)

    def slug_of(name: str) -> str:
        topic = catalogue.find(name)
        if topic is None:
            near = ", ".join(each.slug for each in catalogue.suggest(name))
            raise TopicError(f"is not a topic.{f' Did you mean {near}?' if near else ' `heatline topics` lists them.'}")
        return topic.slug

    return slug_of


def catalogue_of(settings: Settings) -> Catalogue:
    """The built-in topics with the admin's own and their changes."""
    return Catalogue.builtin().extended(settings.topic_changes)


def newsroom(settings: Settings, odd: Callable[[str], None] = lambda _what: None) -> Newsroom:
    """Open the library and put the desk together.

    Args:
        settings: The settings.
        odd: Is told what the library cannot read back, once each.

    Raises:
        LibraryError: When the database cannot be opened.
    """
    catalogue = catalogue_of(settings)
    library = Library.open(settings.database_url, lambda unreadable: odd(str(unreadable)))
    desk, renderer = Desk(library, catalogue, settings.published_from), Renderer(settings.templates)
    return Newsroom(settings, catalogue, library, desk, renderer, Votes(library.database))
