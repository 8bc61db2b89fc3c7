"""What somebody's message in Slack says: its links and its words. It is anybody's text, of any size and form. Pure."""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

LONGEST = 3_000
"""Characters of a message's words that are looked at."""

MOST_LINKS = 10
"""Links of a message that are looked at."""

_LONGEST_LINK = 3_000
_MOST_PARTS = 500  # values in blocks and attachments that are looked at
_MARKED = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_LINK = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_AFTER = ".,;:!?)]}>'\"*_~`"  # what follows an address in a sentence and is none of it
_ENDING = re.compile(r"\.\w{1,5}\Z")
_IN_ADDRESS = re.compile(r"[^\W\d_]{2,}")
_FROM_LINKS = ("from_url", "original_url", "title_link")  # of attachments, which Slack makes of links
_IN_ATTACHMENTS = ("title", "text")


@dataclass(frozen=True, slots=True)
class Said:
    """The links of a message in order, and its words, with those of its links' addresses."""

    links: tuple[str, ...]
    words: str


def read(message: object) -> Said:
    """What a message says, as Slack hands it over."""
    if not isinstance(message, Mapping):
        return Said((), "")
    text = _text(message.get("text"))
    attachments = [each for each in _list(message.get("attachments"))[:3] if isinstance(each, Mapping)]
    parts = list(_parts(message.get("blocks")))
    links = dict.fromkeys(
        link
        for link in (
            *_links(text),
            *(link for part in parts for link in _links_of_part(part)),
            *(_text(each.get(name)) for each in attachments for name in _FROM_LINKS),
        )
        if _LINK.fullmatch(link) and len(link) <= _LONGEST_LINK
    )
    spoken = [_plain(text)] if text.strip() else [_plain(_text(part.get("text"))) for part in parts]
    spoken += [_plain(_text(each.get(name))) for each in attachments for name in _IN_ATTACHMENTS]
    found = tuple(links)[:MOST_LINKS]
    spoken = [*spoken[:_MOST_PARTS], *map(_of_address, found)]  # "Look!" says less than the address that follows
    return Said(found, " ".join(" ".join(spoken).split())[:LONGEST])


def _links(text: str) -> Iterator[str]:
    """The addresses in a message's own form, ``<https://...|label>``; and those that stand there as they are."""
    for mark in _MARKED.finditer(text):
        yield html.unescape(mark[1])
    for found in _LINK.finditer(html.unescape(_MARKED.sub(" ", text))):
        yield found[0].rstrip(_AFTER)


def _links_of_part(part: Mapping[str, Any]) -> Iterator[str]:
    yield _text(part.get("url"))
    yield from _links(_text(part.get("text")))


def _plain(text: str) -> str:
    """The words without the names of people and channels, and without addresses; of a link its label."""
    text = _MARKED.sub(lambda mark: " " if mark[1][:1] in "@#!" else f" {mark[2] or ''} ", text)
    text = _LINK.sub(" ", html.unescape(text))
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _of_address(link: str) -> str:
    """The words of a headline in an address; they are in the last part of its path that has any."""
    try:
        path = unquote(urlsplit(link).path)
    except ValueError:
        return ""
    named = (_IN_ADDRESS.findall(part) for part in reversed(_ENDING.sub("", path).split("/")))
    return " ".join(next((words for words in named if len(words) > 1), []))


def _parts(blocks: object) -> Iterator[Mapping[str, Any]]:
    """All that blocks consist of, from the outside in, so many values at most."""
    waiting: deque[Any] = deque(_list(blocks)[:_MOST_PARTS])
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        part = waiting.popleft()
        if isinstance(part, Mapping):
            yield part
            inner = [each for each in part.values() if isinstance(each, Mapping | list)]
        else:
            inner = list(part) if isinstance(part, list) else []
        waiting.extend(inner[:_MOST_PARTS])


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value[: 4 * LONGEST] if isinstance(value, str) else ""
