"""A title as a code that stands in an index: whether it has a word, or some one after the other, is told without reading it.

Each word is two signs, the first of one half of the signs there are and the second of the other, so that a code is found in
another only where a word begins. One word in two thousand has the code of another one: what is read anyway is made sure of.
"""

from __future__ import annotations

from functools import lru_cache
from zlib import crc32

from digests.words import tokens

WORDS = 100
"""So many words of a title count; PostgreSQL's indexes take no long entries."""

_FIRST, _SECOND, _SIGNS = ord("!"), ord("P"), 47  # all that ASCII has and shows


def title_words(title: str) -> list[str]:
    """The words of a title that count."""
    return tokens(title)[:WORDS]


def code(text: str) -> str:
    """The code of a title; and of a word or a phrase, to be looked for in those of titles."""
    return "".join(map(_sign, title_words(text)))


@lru_cache(maxsize=10_000)
def _sign(word: str) -> str:
    first, second = divmod(crc32(word.encode(errors="replace")) % _SIGNS**2, _SIGNS)
    return chr(_FIRST + first) + chr(_SECOND + second)
