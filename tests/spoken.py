"""Which words of a text are neither of a language's catalogue nor of what was drawn: what somebody forgot to translate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any, TypeVar

from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from digests.language import speaking

CATALOGUES = Path(__file__).parents[1] / "digests" / "language"
_WORD = re.compile(r"[A-Za-zÀ-ɏ]{2,}")
_LIVE = re.compile(r"<[^<>|]*\|([^<>]*)>|https?://\S+")  # a link of mrkdwn: its text is seen
_GREEK = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "αβχδεφγηιϊκλμνοπθρστυϋωξψζΑΒΧΔΕΦΓΗΙΪΚΛΜΝΟΠΘΡΣΤΥΫΩΞΨΖ"
)
_OTHERS = {"title", "name", "excerpt", "keyword", "said", "words", "phrases", "sources", "without"}
_SEEN = ("text", "alt_text")

T = TypeVar("T")


class _Texts(Visitor):
    """Collects what a message says by itself."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def visit_TextElement(self, node: ast.TextElement) -> None:  # noqa: N802  # fluent's name for it
        self.found.append(node.value)

    def visit_StringLiteral(self, node: ast.StringLiteral) -> None:  # noqa: N802
        self.found.append(node.parse()["value"])


@cache
def messages(code: str) -> Mapping[str, tuple[str, ...]]:
    """The messages of a language, each with its own pieces of text."""
    found = {}
    for path in sorted((CATALOGUES / code).glob("*.ftl")):
        for entry in FluentParser().parse(path.read_text(encoding="utf-8")).body:
            if isinstance(entry, ast.Message):
                texts = _Texts()
                texts.visit(entry)
                found[entry.id.name] = tuple(texts.found)
    return found


@cache
def _own(code: str) -> frozenset[str]:
    """The words of a language's catalogue, and those of its days and months."""
    language = speaking(code)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    texts = [text for texts in messages(code).values() for text in texts]
    texts += [language.date(start + timedelta(days=day)) for day in range(365)]
    return frozenset(word.casefold() for text in texts for word in _WORD.findall(text))


def foreign(texts: Iterable[str], code: str, known: Iterable[str] = ()) -> set[str]:
    """The words in texts that are not of a language's catalogue, and not among known ones."""
    allowed = _own(code) | {each.casefold() for text in known for each in _WORD.findall(text)}
    seen = (word for text in texts for word in _WORD.findall(unescape(_LIVE.sub(r"\1", text))))
    return {word for word in seen if word.casefold() not in allowed}


def sentences(code: str) -> set[str]:
    """Pieces of English messages of several words, which are in no title, and which another language does not have as well."""
    own, english = ({text.strip() for texts in messages(each).values() for text in texts} for each in (code, "en"))
    return {text for text in english - own if len(_WORD.findall(text)) > 2}


def visible(node: object) -> Iterator[str]:
    """The texts of blocks that people see."""
    if isinstance(node, Mapping):
        for key, child in node.items():
            if isinstance(child, str) and key in _SEEN:
                yield child
            else:
                yield from visible(child)
    elif isinstance(node, list | tuple):
        for child in node:
            yield from visible(child)


def greek(value: T, field: str = "") -> T:
    """The same with other people's texts in Greek letters, so that every word in ours is one of the catalogues."""
    made: Any = value
    if isinstance(value, str):
        made = value.translate(_GREEK) if field in _OTHERS else value
    elif isinstance(value, tuple):
        made = tuple(greek(each, field) for each in value)
    elif is_dataclass(value) and not isinstance(value, type):
        made = replace(value, **{each.name: greek(getattr(value, each.name), each.name) for each in fields(value)})
    return made  # type: ignore[no-any-return]  # of the value's own kind
