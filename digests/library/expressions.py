"""Words, phrases and filters as an expression for the full-text index: FTS5's on SQLite, a tsquery on PostgreSQL."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

from digests.library.database import Database
from digests.library.wordlists import LONGEST_WORD, MARK, lexeme, pair_word, source_word
from digests.words import tokens


class Grammar(ABC):
    """How expressions are written. Expressions are texts."""

    either: ClassVar[str]
    both: ClassVar[str]

    @abstractmethod
    def phrase(self, text: str) -> str:
        """A word, or some one after the other."""

    @abstractmethod
    def titled(self, wanted: Sequence[Sequence[str]]) -> str:
        """Of each one of its phrases, in the title."""

    @abstractmethod
    def without(self, expression: str, unwanted: str) -> str:
        """What the one finds and the other does not."""

    def any(self, expressions: Sequence[str]) -> str:
        """What one of them finds."""
        return f"({self.either.join(expressions)})"

    def all(self, expressions: Sequence[str]) -> str:
        """What each of them finds."""
        return self.both.join(expressions)

    def everything(self) -> str:
        """Finds every article."""
        return self.word(MARK)

    def source(self, name: str) -> str:
        """Finds what a publisher of this name, or below this domain, has."""
        return self.word(source_word(name))

    @abstractmethod
    def word(self, word: str) -> str:
        """One word as it stands; FTS5 parts it by itself."""


class Fts5(Grammar):
    """https://www.sqlite.org/fts5.html#full_text_query_syntax"""

    either, both = " OR ", " AND "

    def phrase(self, text: str) -> str:
        """A string, in which nothing has a meaning but the doubled quote."""
        return self.word(text)

    def titled(self, wanted: Sequence[Sequence[str]]) -> str:
        """See `Grammar.titled`."""
        return f"{{title}} : ({self.all([self.any(list(map(self.word, each))) for each in wanted])})"

    def without(self, expression: str, unwanted: str) -> str:
        """See `Grammar.without`."""
        return f"({expression}) NOT {unwanted}"

    def word(self, word: str) -> str:
        """See `Grammar.word`."""
        return '"' + word.replace('"', '""') + '"'


class Tsquery(Grammar):
    """https://www.postgresql.org/docs/current/datatype-textsearch.html#DATATYPE-TSQUERY"""

    either, both = " | ", " & "

    def phrase(self, text: str) -> str:
        """See `Grammar.phrase`."""
        return self._phrase(text, "")

    def titled(self, wanted: Sequence[Sequence[str]]) -> str:
        """See `Grammar.titled`."""
        return self.all([self.any([self._phrase(each, ":A") for each in some]) for some in wanted])

    def _phrase(self, text: str, label: str) -> str:
        words = tokens(text) or [_NOWHERE]
        together = " <-> ".join(f"{self.word(word)}{label}" for word in words)
        return f"({self.all([*(lexeme(pair_word(*both)) for both in pairwise(words)), together])})"

    def without(self, expression: str, unwanted: str) -> str:
        """See `Grammar.without`."""
        return f"({expression}) & !{unwanted}"

    def word(self, word: str) -> str:
        """See `Grammar.word`."""
        return lexeme(word if word.startswith(MARK) else word[:LONGEST_WORD])


_NOWHERE = f"{MARK}-"  # signs that are not indexed

_GRAMMARS: dict[str, Grammar] = {"sqlite": Fts5(), "postgresql": Tsquery()}


def grammar_of(database: Database) -> Grammar:
    """The grammar of a database."""
    return _GRAMMARS[database.dialect]
