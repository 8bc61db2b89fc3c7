"""Text cut to a length: at a word where it can, never inside a character as people see it, never inside a link."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from digests.rendering.plain import plain

ELLIPSIS = "…"

_BEGINNING = 2_000  # characters of other people's text that are looked at: some write books into their titles

_LOOSE_END = " \t\n,;:.-–—/|·•([{“‘«„¿¡&+" + ELLIPSIS
_ADDRESS = re.compile(r"(?:https?://|www\.)\S*\Z", re.IGNORECASE)
_REGIONAL = range(0x1F1E6, 0x1F200)
_SKIN = range(0x1F3FB, 0x1F400)
_TAG = range(0xE0020, 0xE0080)
_JAMO_AFTER = range(0x1160, 0x1200)  # vowels and final consonants, which follow a leading one
_ZWJ = "\u200d"


def graphemes(text: str) -> Iterator[str]:
    """The text in characters as people see them: marks, emoji sequences, flags and Hangul syllables stay together.

    A close and dependency-free cousin of UAX 29; where it differs it keeps more together, never less.
    """
    start = 0
    flag_open = False
    for spot in range(1, len(text)):
        char, before = text[spot], text[spot - 1]
        code = ord(char)
        if code in _REGIONAL and ord(before) in _REGIONAL:
            flag_open = not flag_open
            joined = flag_open
        else:
            flag_open = False
            joined = (
                before == _ZWJ
                or char in "\u200c\u200d"
                or code in _SKIN
                or code in _TAG
                or code in _JAMO_AFTER
                or (code > 0x2FF and unicodedata.category(char)[0] == "M")
            )
        if not joined:
            yield text[start:spot]
            start = spot
    if text:
        yield text[start:]


def shorten(text: str, limit: int) -> str:
    """The text in at most ``limit`` characters, ending in ``…`` where something was left out.

    Cuts between words. Inside a word only where no space stands in the second half (long words, scripts without
    spaces), and then between graphemes. An address that does not fit whole is left out whole.
    """
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    room = limit - 1
    head = text[:room]
    if text[room].isspace():
        return head.rstrip(_LOOSE_END) + ELLIPSIS
    space = max((m.start() for m in re.finditer(r"\s", head)), default=-1)
    word = head[space + 1 :]
    if address := _ADDRESS.search(word):
        head = head[: space + 1 + address.start()]
    elif space >= room // 2:
        head = head[:space]
    else:
        head = _whole_graphemes(text, room)
    return head.rstrip(_LOOSE_END) + ELLIPSIS


def _whole_graphemes(text: str, room: int) -> str:
    used = 0
    for cluster in graphemes(text[: room + 64]):
        if used + len(cluster) > room:
            break
        used += len(cluster)
    return text[:used]


def line(text: str, limit: int) -> str:
    """Other people's text on one line, clean and short; only its beginning is looked at."""
    return shorten(plain(text[:_BEGINNING]), limit)
