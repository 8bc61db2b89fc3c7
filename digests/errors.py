"""Everything that can go wrong in the editorial house, as one tree.

    DigestsError
    ├── ArticleError      a file that is not an article: path, line and reason
    ├── LibraryError      the article store cannot be opened, read or written
    ├── TopicError        a topic catalogue that contradicts itself, or a topic nobody knows
    ├── QueryError        a filter of a question that cannot be followed: which, why, what to do
    ├── FeedListError     a list of feeds (YAML, OPML, settings) that cannot be read: every mistake with its place
    ├── SourceError       a source of articles of a kind that nobody knows
    ├── FetchError        an address that could not be fetched: what the server or the guard says, in words
    ├── DigestSpecError   a digest asked for something that does not exist (a ranking, a template)
    ├── TemplateError     a template that does not render to Slack blocks
    ├── PayloadError      a message that Slack would refuse
    └── LanguageError     a message that no catalogue has, or that lacks a value

Errors from other libraries are translated into these once, where they enter, with ``raise ... from``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the catalogues have an error here
    from digests.language import Said

_SHOWN = 20


class DigestsError(Exception):
    """Base of all errors that ``digests`` raises on purpose; its text is meant for a person."""


class ArticleError(DigestsError):
    """A text that cannot be read as an article. ``line`` counts from 1 in the whole file; None where no line fits."""

    def __init__(self, reason: str, *, path: str | None = None, line: int | None = None) -> None:
        self.reason = reason
        self.path = path
        self.line = line
        super().__init__(reason, path, line)

    def __reduce__(self) -> tuple[Callable[[str], ArticleError], tuple[str]]:
        """How it comes through to another process: Python would hand everything over by position."""
        return partial(ArticleError, path=self.path, line=self.line), (self.reason,)

    def __str__(self) -> str:
        place = self.path or "article"
        if self.line is not None:
            place = f"{place}:{self.line}"
        return f"{place}: {self.reason}"


class LibraryError(DigestsError):
    """The library cannot be opened, read or written."""


class LanguageError(DigestsError):
    """A message that no catalogue has, or a value that it lacks."""


class TopicError(DigestsError):
    """A topic catalogue that contradicts itself, or a topic that is not in it."""


class QueryError(DigestsError):
    """A filter of a question that cannot be followed: ``said`` tells which, why, and what to do.

    ``meant`` are whole questions that were probably meant, likeliest first. ``str()`` is English.
    """

    def __init__(self, said: Said, meant: Sequence[str] = ()) -> None:
        self.said = said
        self.meant = tuple(meant)
        super().__init__(said, self.meant)

    def __str__(self) -> str:
        return str(self.said)


class FeedListError(DigestsError):
    """A list of feeds that cannot be read. ``problems`` lists each mistake as ``where: what and what to do``."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        shown = self.problems[:_SHOWN]
        if len(self.problems) > _SHOWN:
            shown += (f"and {len(self.problems) - _SHOWN} more",)
        super().__init__(shown[0] if len(shown) == 1 else "\n".join(["", *(f"- {problem}" for problem in shown)]))


class SourceError(DigestsError):
    """A source of articles of a kind that does not exist, or one without a place."""


class FetchError(DigestsError):
    """An address that could not be fetched, in words for an admin that go on after the address and a colon."""


class DigestSpecError(DigestsError):
    """A digest that asks for a ranking, topic or template that does not exist."""


class TemplateError(DigestsError):
    """A template that is missing, does not compile, or does not render to a list of Slack blocks."""


class PayloadError(DigestsError):
    """A message that breaks one of Slack's limits. ``problems`` lists each as ``where: what``."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problems))
