"""`Field`: what is kept of one element of a feed, and how it is written as XML again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

DECLARED = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/DTDs/PodCast-1.0.dtd",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
}
"""The prefixes that names may have."""

NOTHING: Mapping[str, str] = {}
_XMLNS = "".join(f' xmlns:{prefix}="{address}"' for prefix, address in DECLARED.items())


class Field(NamedTuple):
    """An element: its name with one of the prefixes in `DECLARED`, its text on one line, its attributes, what is in it."""

    name: str
    text: str = ""
    attributes: Mapping[str, str] = NOTHING
    inner: tuple[Field, ...] = ()


def line(text: str) -> str:
    """A text on one line: feedparser is called back for every other."""
    return text.replace("\n", " ").replace("\r", " ").replace("\t", " ")  # `translate` is slow beyond ASCII


def xml(root: Field) -> bytes:
    """The document of a root element, well-formed and in UTF-8."""
    parts = [f"<{root.name}{_XMLNS}{_attributes(root.attributes)}>"]
    for field in root.inner:
        _write(parts, field)
    parts.append(f"</{root.name}>")
    return "".join(parts).encode("utf-8", "replace")


def _write(parts: list[str], field: Field) -> None:
    name, text, attributes, inner = field
    parts.append(f"<{name}{_attributes(attributes)}>{_quoted(text)}")
    for each in inner:
        _write(parts, each)
    parts.append(f"</{name}>")


def _attributes(attributes: Mapping[str, str]) -> str:
    return "".join(f" {name}={quoteattr(said)}" for name, said in attributes.items())


def _quoted(text: str) -> str:
    """A text in one piece: feedparser is called back for every entity."""
    text = text.replace("]]>", "]] >")
    return f"<![CDATA[{text}]]>" if "<" in text or "&" in text else text
