"""What is to be told, by the key of its message and with its values: whoever shows it puts it into words, in a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from typing_extensions import TypeAliasType

# Not typing.TypeAlias: pydantic, which stores signals as JSON, follows recursion only through a named type.
Value = TypeAliasType("Value", "str | int | float | Said | Moment")
"""What a message takes: text and numbers as they are, and what the language has to write."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in a zone, and the key of the form in which it is written."""

    at: datetime
    form: str
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Said:
    """A message and its values. ``str()`` is the English of it, for terminals and logs.

    Editions are stored with their stories' notes as these, so the keys of notes stay what they are.
    """

    key: str
    values: Mapping[str, Value] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        from digests.language.catalogues import speaking  # which has to know this class

        return speaking(None).tell(self)


def said(key: str, /, **values: Value) -> Said:
    """What `Language.say` says, kept until somebody shows it."""
    return Said(key, values)
