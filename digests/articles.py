"""The article file format: `parse` a text into an Article, `dump` an Article into a text, `Reader` for many files.

Vintages name the same thing differently; ``NAMES`` lists every spelling, ``Article.layout`` remembers which one a file
used. What no vintage names is kept in ``extra``, so nothing is lost from file to library to file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from digests import frontmatter
from digests.articlewriter import NAMES, dump
from digests.errors import ArticleError
from digests.models import Article, Image, Provider, Value

__all__ = ["MAX_BYTES", "Reader", "dump", "parse"]

MAX_BYTES = 4 * 1024 * 1024
"""A larger file is refused unread; the largest real one has 128 kB."""

_SPELLINGS = (("webUrl", "sourceUrl"), ("ampWebUrl", "ampUrl"), ("cdnAmpWebUrl", "cdnAmpUrl"))
_INT64 = 2**63
_OPENING = re.compile(rb"---[ \t]*\r?\n")
_CLOSING = re.compile(rb"^---[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_RELATED = b"\nrelated:\n"
_NEXT_KEY = re.compile(rb"\n(?=[^ \n])")
_WEB_ADDRESS = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_FIRST_LINE = 2  # of the front matter, in the file


def parse(text: str, path: str | None = None) -> Article:
    """The article in the text of a file.

    Args:
        text: The whole file: front matter between ``---`` lines, then the body.
        path: Where it was read from, for error messages and for the order of equally hot articles.

    Raises:
        ArticleError: With line and reason, for a text that is not an article.
    """
    return Reader().read(text.encode("utf-8", "surrogatepass"), path)


class Reader:
    """Reads many article files; remembers the related articles it has seen, since hubs repeat them a dozen times."""

    def __init__(self) -> None:
        self._related: dict[bytes, Article] = {}
        self._layouts: dict[tuple[str, ...], tuple[str, ...]] = {}

    def read(self, data: bytes, path: str | None = None) -> Article:
        """The article in the bytes of a file; as `parse`."""
        front, body = _split(data, path)
        quick = self._read_fast(front)
        if quick is not None:
            return self._article(_Entry(quick[0], path, front), quick[1], body)
        values = frontmatter.read_carefully(_decode(front, path, _FIRST_LINE), path=path, first_line=_FIRST_LINE)
        if not isinstance(values, dict):
            raise ArticleError("the front matter is not a list of `key: value` lines", path=path, line=_FIRST_LINE)
        return self._article(_Entry(values, path, front), None, body)

    def _read_fast(self, front: bytes) -> tuple[dict[str, Value], tuple[Article, ...]] | None:
        """The values without ``related``, and the related articles; None where the careful reader has to decide."""
        related: tuple[Article, ...] | None = ()
        start = front.find(_RELATED)
        if start >= 0:
            end = _end_of_block(front, start + len(_RELATED))
            related = self._read_related(front[start + len(_RELATED) : end].rstrip(b"\n"))
            front = front[: start + len(_RELATED)] + front[end + 1 :]
        try:
            values = frontmatter.read_fast(front.decode())
        except UnicodeDecodeError:
            return None
        if related is None or not isinstance(values, dict):
            return None
        return values, related

    def _read_related(self, listed: bytes) -> tuple[Article, ...] | None:
        """The entries of a ``related`` block; None where any of them needs the careful reader.

        Cutting the text at ``\\n  - `` is sound in the plain dialect only: no value there spans lines, so each entry is
        either whole, or is refused by `frontmatter.read_fast`.
        """
        if not listed.startswith(b"  - "):
            return None
        found: list[Article] = []
        for entry in listed[4:].split(b"\n  - "):
            article = self._related.get(entry)
            if article is None:
                try:
                    values = frontmatter.read_fast(f"    {entry.decode()}\n")
                    if not isinstance(values, dict):
                        return None
                    article = self._article(_Entry(values, place="related"), None)
                except (UnicodeDecodeError, ArticleError):
                    return None
                self._related[entry] = article
            found.append(article)
        return tuple(found)

    def _article(self, entry: _Entry, related: tuple[Article, ...] | None, body: str = "") -> Article:
        if related is None:
            related = tuple(self._article(each, None) for each in entry.entries("related"))
        original = entry.text("originalUrl")
        url = entry.text("webUrl") or entry.text("sourceUrl") or original
        title = entry.text("title")
        if not title or title.isspace():
            raise entry.error("title", "no title: an article needs a line `title: ...`")
        if not url:
            raise entry.error("webUrl", "no address: an article needs a line `webUrl: https://...`")
        if not entry.place and not _WEB_ADDRESS.match(url):
            raise entry.error("webUrl", f"address {url[:200]!r} does not start with http:// or https://")
        layout = tuple(entry.values)
        return Article(
            url=url,
            title=title,
            published_at=entry.time("publishedDateTime"),
            provider=entry.provider(),
            excerpt=entry.text("excerpt") or "",
            quality=entry.integer("quality"),
            heat=entry.integer("heat"),
            published=entry.flag("published"),
            topics=entry.texts("topics"),
            images=entry.images(),
            related=related,
            category=entry.text("category"),
            type=entry.text("type"),
            original_url=original,
            amp_url=entry.text("ampWebUrl") or entry.text("ampUrl"),
            cdn_amp_url=entry.text("cdnAmpWebUrl") or entry.text("cdnAmpUrl"),
            secured=entry.text("secured"),
            body=body,
            extra=entry.extra(),
            layout=self._layouts.setdefault(layout, layout),
            path=entry.path,
        )


@dataclass(frozen=True, slots=True)
class _Entry:
    """The values of one mapping of a file, read as fields of an article; knows where it stands, for errors."""

    values: Mapping[str, Value]
    path: str | None = None
    front: bytes = b""
    place: str = ""

    def error(self, key: str, reason: str) -> ArticleError:
        # Of what stands inside something, the line where that begins: which of many equal keys it was is not known.
        outermost = re.split(r"[.\[]", self.place)[0] or key
        found = re.search(rb"^%s[ \t]*:" % re.escape(outermost.encode()), self.front, re.MULTILINE)
        line = 1 if found is None else _FIRST_LINE + self.front.count(b"\n", 0, found.start())
        return ArticleError(f"{self.place}: {reason}" if self.place else reason, path=self.path, line=line)

    def text(self, key: str) -> str | None:
        value = self.values.get(key)
        return value if value is None or value.__class__ is str else self._as_text(key, value)

    def _as_text(self, key: str, value: Value) -> str:
        if isinstance(value, (dict, list)) or value is None:
            raise self.error(key, f"{key} is not a text")
        return ("true" if value else "false") if isinstance(value, bool) else str(value)

    def integer(self, key: str) -> int:
        value = self.values.get(key)
        number = _integer(value)
        if number is None and value is not None:
            raise self.error(key, f"{key} is {str(value)[:80]!r}, not a whole number")
        return number or 0

    def flag(self, key: str) -> bool:
        value = self.values.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise self.error(key, f"{key} is {str(value)[:80]!r}; it has to be true or false")

    def time(self, key: str) -> datetime:
        written = self.text(key)
        if not written:
            raise self.error(key, f"no date: an article needs a line `{key}: 2026-11-23T09:00:00Z`")
        try:
            moment = datetime.fromisoformat(written)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.error(key, f"{key} is {written[:80]!r}, not a date such as 2026-11-23T09:00:00Z") from error

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key)
        listed = value if isinstance(value, list) else [value]
        return tuple(self._as_text(key, item) for item in listed if item is not None)

    def entries(self, key: str) -> Iterator[_Entry]:
        value = self.values.get(key)
        if value is None:
            return
        if not isinstance(value, list):
            raise self.error(key, f"{key} is not a list")
        for number, item in enumerate(value, start=1):
            if not isinstance(item, dict):
                raise self.error(key, f"{key}[{number}] is not a list of `key: value` lines")
            place = f"{self.place}.{key}[{number}]" if self.place else f"{key}[{number}]"
            yield _Entry(item, self.path, self.front, place)

    def provider(self) -> Provider:
        value = self.values.get("provider")
        if not isinstance(value, dict):
            return Provider(self.text("provider") or "")
        inner = _Entry(value, self.path, self.front, "provider")
        extra = {key: item for key, item in value.items() if key not in ("name", "domain", "images")}
        return Provider(inner.text("name") or "", inner.text("domain") or "", inner.images(), extra)

    def images(self) -> tuple[Image, ...]:
        value = self.values.get("images")
        listed = value if isinstance(value, list) else [value]
        return tuple(self._image(item) for item in listed if item is not None)

    def _image(self, item: Value) -> Image:
        if not isinstance(item, dict):
            return Image(self._as_text("images", item))
        inner = _Entry(item, self.path, self.front, "images")
        width, height = _integer(item.get("width")), _integer(item.get("height"))
        # A size that is no number ("auto") is kept where unknown keys are.
        taken = {"url", "title", *(["width"] if width is not None else []), *(["height"] if height is not None else [])}
        extra = {key: value for key, value in item.items() if key not in taken}
        return Image(inner.text("url") or "", width, height, inner.text("title"), extra)

    def extra(self) -> dict[str, Value]:
        """What no field holds: unknown keys, and a second spelling of a field that says something else than the first."""
        unknown = {key: value for key, value in self.values.items() if key not in NAMES}
        for first, second in _SPELLINGS:
            if first in self.values and second in self.values and self.values[first] != self.values[second]:
                unknown[second] = self.values[second]
        return unknown


def _integer(value: Value) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"[-+]?[0-9]{1,19}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not -_INT64 <= value < _INT64:
        return None
    return value


def _split(data: bytes, path: str | None) -> tuple[bytes, str]:
    """The front matter, with Unix line ends, and the body, untouched."""
    if len(data) > MAX_BYTES:
        raise ArticleError(f"{len(data):,} bytes: an article file may have {MAX_BYTES:,}", path=path)
    end = data.find(b"\n---", 3)
    if data.startswith(b"---\n") and data[end + 4 : end + 5] == b"\n" and end > 0 and b"\r" not in data:
        front = data[4 : end + 1]
        rest = data[end + 5 :]
        return front, _decode(rest, path, _FIRST_LINE + 1 + front.count(b"\n")) if rest else ""
    opening = _OPENING.match(data.removeprefix(b"\xef\xbb\xbf"))
    if opening is None:
        raise ArticleError("no front matter: the file has to start with a line `---`", path=path, line=1)
    start = opening.end() + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
    closing = _CLOSING.search(data, max(start - 1, data.find(b"\n---", start - 1)))
    if closing is None:
        raise ArticleError("the front matter does not end: there is no second line `---`", path=path, line=1)
    front = data[start : closing.start()].replace(b"\r\n", b"\n")
    return front, _decode(data[closing.end() :], path, _FIRST_LINE + 1 + front.count(b"\n"))


def _end_of_block(front: bytes, start: int) -> int:
    """Where the indented lines from `start` end: before the next line that starts with a key, or at the end."""
    blank = front.find(b"\n\n", start)  # where every vintage ends a block; much faster to find than the next key
    if blank >= 0 and front[blank + 2 : blank + 3] not in (b" ", b"\n", b""):
        return blank
    found = _NEXT_KEY.search(front, start)
    return found.start() if found else len(front)


def _decode(data: bytes, path: str | None, first_line: int) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = first_line + data.count(b"\n", 0, error.start)
        raise ArticleError(f"not UTF-8: byte 0x{data[error.start]:02X}", path=path, line=line) from error
