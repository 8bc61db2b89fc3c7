"""The forms of a command as patterns: what chooses a form, what it takes, and what a typo was near, all from one text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from digests.words import likeness

_NEAR = 80.0
_WORD = re.compile(r"[a-z]+")
_LEFT_OUT = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A form: ``digest [NAME]``. Words in small letters at its start choose it; what follows is what may be given, in
    brackets what may be left out. Without such words it is a question, which no word chooses."""

    text: str

    @property
    def head(self) -> tuple[str, ...]:
        """The words that choose it."""
        found = []
        for word in self.text.split():
            if not _WORD.fullmatch(word):
                break
            found.append(word)
        return tuple(found)

    def rest(self, typed: str) -> str | None:
        """What is given after the words that choose it; None where it was not chosen, or cannot take what is given.

        A form that takes nothing has to stand alone: `help desk` looks for a help desk.
        """
        words = typed.split()
        size = len(self.head)
        if not size or tuple(word.casefold() for word in words[:size]) != self.head:
            return None
        return self._given(" ".join(words[size:]))

    def _given(self, rest: str) -> str | None:
        takes = " ".join(self.text.split()[len(self.head) :])
        if rest:
            return rest if takes else None
        return None if _LEFT_OUT.sub("", takes).strip() else ""


@dataclass(frozen=True, slots=True)
class Form:
    """Words that choose a pattern, or are near to it: its own, or those of a language. ``mine`` are those that choose it."""

    words: tuple[str, ...]
    pattern: Pattern
    mine: bool = True


def folded(words: str) -> tuple[str, ...]:
    """Words as they are compared: case and width of letters do not count."""
    return tuple(unicodedata.normalize("NFKC", words).casefold().split())


def in_english(typed: str, names: Mapping[tuple[str, ...], Pattern]) -> str:
    """What was typed with the words of another language that choose a form as the form's own: `themen` -> `topics`."""
    words = typed.split()
    for size in range(min(len(words), max(map(len, names), default=0)), 0, -1):
        pattern = names.get(folded(" ".join(words[:size])))
        if pattern is not None:
            return " ".join((*pattern.head, *words[size:]))
    return typed


def quoted(typed: str) -> str:
    """What searches for words that choose a form."""
    return f'"{typed.replace(chr(34), " ").strip()}"'


def near(typed: str, forms: Iterable[Form]) -> str | None:
    """What was probably meant by words that choose no form, since they are like those of one: `topcis` -> `topics`.

    Words of a language that is not the person's count as they stand only.
    """
    words = typed.split()
    best, meant = _NEAR, None
    for form in forms:
        size, named = len(form.words), " ".join(form.words)
        begun = " ".join(folded(" ".join(words[:size])))
        rest = form.pattern.rest(" ".join((*form.pattern.head, *words[size:])))
        if not begun or rest is None or begun[0] != named[0] or (begun == named) is form.mine:
            continue
        if likeness(begun, named) >= best:
            best, meant = likeness(begun, named), f"{' '.join(form.pattern.head)} {rest}".rstrip()
    return meant
