"""Writes articles in the format that `digests.articles` reads: same keys, same order, same style, byte for byte on most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from digests.frontmatter import PLAIN
from digests.models import Article, Image, Value

NAMES: Mapping[str, str] = {
    "category": "category",
    "title": "title",
    "excerpt": "excerpt",
    "publishedDateTime": "published_at",
    "originalUrl": "original_url",
    "webUrl": "url",
    "sourceUrl": "url",
    "ampWebUrl": "amp_url",
    "ampUrl": "amp_url",
    "cdnAmpWebUrl": "cdn_amp_url",
    "cdnAmpUrl": "cdn_amp_url",
    "type": "type",
    "quality": "quality",
    "heat": "heat",
    "published": "published",
    "provider": "provider",
    "topics": "topics",
    "images": "images",
    "related": "related",
    "secured": "secured",
}
"""Key in the file -> field of the Article, in the order in which a file of our own writes them; newest spelling first."""

_PREFERRED = {field: name for name, field in reversed(tuple(NAMES.items()))}
_BLOCKS = ("provider", "topics", "images", "related", "secured")
_QUOTED = ("title", "excerpt", "secured")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_RESERVED = frozenset("true false null yes no on off y n".split())
_Style = Callable[[str], str]


def dump(article: Article) -> str:
    """The text of a file that `digests.articles.parse` reads back as an equal article.

    Keys come in the order and spelling of ``article.layout``; fields that the layout lacks are added at their usual place.
    """
    lines: list[str] = []
    for name in _keys(article):
        if name in _BLOCKS or (lines and name not in NAMES and lines[-1].startswith(" ")):
            lines.append("")
        lines.extend(_field(article, name))
    return "---\n" + "".join(f"{line}\n" for line in lines) + f"---\n{article.body}"


def _keys(article: Article) -> list[str]:
    """The keys to write: the layout, and what it lacks, each where `NAMES` puts it."""
    keys = list(article.layout)
    held = {NAMES[key] for key in keys if key in NAMES}
    if article.original_url == article.url and "original_url" in held:
        held.add("url")
    order = list(NAMES)
    for field, name in sorted(_PREFERRED.items(), key=lambda item: order.index(item[1])):
        value = getattr(article, field)
        if field in held or value is None or value == "" or value == ():
            continue
        if field in ("quality", "heat", "published") and not value and article.layout:
            continue
        if field == "provider" and not (value.name or value.domain or value.images or value.extra):
            continue
        before = order[: order.index(name)]
        keys.insert(max((i + 1 for i, key in enumerate(keys) if key in before), default=0), name)
    return keys + [key for key in article.extra if key not in keys]


def _field(article: Article, name: str) -> Iterator[str]:
    if name in article.extra:
        yield f"{name}: {_flow(article.extra[name])}"
        return
    field = NAMES[name]
    value = getattr(article, field)
    # The first vintage writes addresses bare, later ones in quotes.
    address: _Style = _bare if "sourceUrl" in article.layout else _quoted
    if value is None:
        yield f"{name}:"
    elif field == "provider":
        yield "provider:"
        for key in ("name", "domain"):
            yield f"  {key}: {_bare(getattr(value, key))}"
        yield from _images(value.images, "  ", address)
        yield from (f"  {key}: {_flow(item)}" for key, item in value.extra.items())
    elif field == "topics":
        yield "topics:" if value else "topics: []"
        yield from (f"  - {_bare(topic)}" for topic in value)
    elif field == "images":
        yield from _images(value, "", address) if value else ("images: []",)
    elif field == "related":
        yield "related:" if value else "related: []"
        for each in value:
            lines = [line for key in _keys(each) for line in _field(each, key)]
            yield f"  - {lines[0]}"
            yield from (f"    {line}" for line in lines[1:])
    elif isinstance(value, bool):
        yield f"{name}: {'true' if value else 'false'}"
    elif isinstance(value, int):
        yield f"{name}: {value}"
    elif isinstance(value, datetime):
        yield f"{name}: {_time(value)}"
    elif name.lower().endswith("url"):
        yield f"{name}: {address(value)}"
    else:
        yield f"{name}: {_quoted(value) if name in _QUOTED else _bare(value)}"


def _images(images: tuple[Image, ...], indent: str, address: _Style) -> Iterator[str]:
    if images:
        yield f"{indent}images:"
    for image in images:
        yield f"{indent}  - url: {address(image.url)}"
        if image.width is not None:
            yield f"{indent}    width: {image.width}"
        if image.height is not None:
            yield f"{indent}    height: {image.height}"
        if image.title is not None:
            yield f"{indent}    title: {_quoted(image.title)}"
        yield from (f"{indent}    {key}: {_flow(item)}" for key, item in image.extra.items())


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _flow(value: Value) -> str:
    """A value on one line; nested ones in YAML's flow style."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return "{" + ", ".join(f"{_quoted(key)}: {_flow(item)}" for key, item in value.items()) + "}"


def _bare(text: str) -> str:
    """The text without quotes where every YAML reader takes it for that text, else in quotes."""
    if PLAIN.fullmatch(text) and text.lower() not in _RESERVED and not (text[0].isdigit() and _looks_typed(text)):
        return text
    return _quoted(text)


def _looks_typed(text: str) -> bool:
    """True for what YAML 1.1 reads as a number, a date or a number to base 60."""
    return not any(c.isalpha() for c in text.replace("T", "").replace("Z", "").replace("e", "").replace("E", ""))


def _quoted(text: str) -> str:
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(_ESCAPES.get(c) or (c if _harmless(c) else _escape(c)) for c in text) + '"'


def _harmless(character: str) -> bool:
    return (
        character >= " " and not ("\x7f" <= character <= "\x9f") and character not in "\u2028\u2029\ufeff\ufffe\uffff"
    )


def _escape(character: str) -> str:
    return f"\\x{ord(character):02x}" if character < "\x80" else f"\\u{ord(character):04x}"
