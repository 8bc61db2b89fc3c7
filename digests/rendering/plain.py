"""Other people's text as harmless plain text: one line, no control, direction, zero-width or private characters."""

from __future__ import annotations

import re
import unicodedata

_JOINERS = "\u200c\u200d"
_BLANKS = "\u2800\u3164\uffa0"  # letters that draw nothing: a title made of them would look empty
_TAGGED_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f")
_TAGS = range(0xE0000, 0xE0080)
_MOST_MARKS = 8
"""Combining marks allowed in a row; real scripts need at most four, and a tower of them covers the lines above."""

_SPACE = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[ \n]*")
_ORDINARY = re.compile(
    "[\x20-\x7e\xa1-\xac\xae-\u02ff\u0391-\u0481\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u3001-\u3029\u3041-\u3096"
    "\u30a1-\u30ff\u4e00-\u9fff\uac00-\ud7a3]*\\Z"
)
"""Texts of these characters alone, which is most of them, need no look at each."""


def plain(text: str) -> str:
    """The text in one line, with single spaces and nothing invisible. Emoji sequences and joined scripts stay whole."""
    if _ORDINARY.match(text):
        return " ".join(text.split())
    return " ".join(_visible(text).split())


def paragraphs(text: str) -> str:
    """As :func:`plain`, but line breaks stay (never two in a row): for texts of our own that quote somebody."""
    return _BREAKS.sub("\n", _SPACE.sub(" ", _visible(text, breaks="\n"))).strip()


def _visible(text: str, *, breaks: str = " ") -> str:
    kept = {spot for flag in _TAGGED_FLAG.finditer(text) for spot in range(*flag.span())}
    out: list[str] = []
    marks = 0
    for spot, char in enumerate(text):
        category = unicodedata.category(char)
        if category in ("Mn", "Me"):
            marks += 1
            if marks <= _MOST_MARKS:
                out.append(char)
            continue
        marks = 0
        if char in "\r\n\x0b\x0c\x85\u2028\u2029":
            out.append(breaks)
        elif char == "\t" or category == "Zs":
            out.append(" ")
        elif char in _JOINERS:
            if _joins(text, spot):
                out.append(char)
        elif not (category in ("Cc", "Cs", "Co") or char in _BLANKS or _nonsense(char, category, spot in kept)):
            out.append(char)
    return "".join(out)


def _joins(text: str, spot: int) -> bool:
    """Whether the joiner at ``spot`` stands between two characters that a joiner can do something to."""
    before, after = text[spot - 1 : spot], text[spot + 1 : spot + 2]
    return bool(before and after) and all(
        ord(c) > 0x7F and unicodedata.category(c) in ("Lo", "Mn", "Mc", "So", "Sk", "Sm") for c in (before, after)
    )


def _nonsense(char: str, category: str, in_flag: bool) -> bool:
    code = ord(char)
    if code in _TAGS:
        return not in_flag
    return category == "Cf" or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
