"""The forms of a command as patterns: what chooses a form, what it takes, and what a typo was near, all from one text."""

from __future__ import annotations

import re
from collections.abc import Iterable
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


def near(typed: str, patterns: Iterable[Pattern]) -> str | None:
    """What was probably meant by words that choose no form, since they are like those of one: `topcis` -> `topics`."""
    words = typed.split()
    best, meant = _NEAR, None
    for pattern in patterns:
        head = " ".join(pattern.head)
        begun = " ".join(words[: len(pattern.head)]).casefold()
        rest = pattern.rest(" ".join((head, *words[len(pattern.head) :])))
        if head and begun != head and begun[:1] == head[0] and rest is not None and likeness(begun, head) >= best:
            best, meant = likeness(begun, head), f"{head} {rest}".rstrip()
    return meant
