"""The catalogue of feeds: the built-in ones, an admin's own list as YAML, and what settings add and remove. Pure.

    feeds.yaml, an admin's YAML, OPML ─> read ─> combined ─> changed (settings) ─> the feeds to fetch

Every value goes through one table of readers (`READERS`), whichever form it came in, so that a standing or an address is
right or wrong for the same reasons everywhere, and is told with the same words.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import SplitResult, urldefrag, urlsplit

import yaml

from digests import frontmatter
from digests.errors import ArticleError, FeedListError, TopicError
from digests.topics import Catalogue

STANDING = 0.5
"""Of a provider that nobody has judged yet: the middle of the scale in ``feeds.yaml``."""

MAX_CHARACTERS = 1_000_000
"""A longer YAML list is refused unread; the built-in one has 28,000."""

AGGREGATORS = frozenset({"news.google.com", "bing.com", "news.yahoo.com"})
"""Domains whose feeds tell what others publish, and whose word for it is good."""

TopicCheck: TypeAlias = Callable[[str], object]
"""Raises :class:`TopicError` for a slug that is not a topic, as `Catalogue.get` does."""

_MAX_URL, _MAX_NAME, _MAX_DOMAIN, _MAX_TOPICS, _MAX_UNKNOWN = 2000, 200, 253, 20, 100
_LANGUAGE_LEFT_OUT = "en"  # in YAML, as the head of feeds.yaml says
_HOST = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)*[^\W_](?:[\w-]*[^\W_])?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*")
_FEED_HOSTS = ("www.", "feeds.", "feed.", "rss.")
_JOINERS = "\u200c\u200d"  # invisible, and letters and emoji need them
_PORTS = {None: "", 80: "", 443: ""}
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed to fetch, and what is known of its provider before anything is read."""

    url: str  # of the feed
    provider: str  # name as people know it; the domain where nobody gave a name, see `named`
    domain: str  # no scheme, no www.
    standing: float = STANDING  # 0..1, see the head of feeds.yaml
    language: str = "en"  # BCP 47 in small letters; "" where nobody said
    topics: tuple[str, ...] = ()  # slugs of topics that everything in it is about; () where it must be judged
    aggregator: bool = False  # its items are other publishers', and it says whose

    @property
    def named(self) -> bool:
        """False where the provider is only its domain: then the feed's own title is the better name."""
        return self.provider != _readable(self.domain)


@lru_cache(maxsize=1)
def builtin() -> tuple[Feed, ...]:
    """The feeds of ``feeds.yaml``, read once."""
    text = resources.files("digests").joinpath("feeds.yaml").read_text(encoding="utf-8")
    return read_feeds(text, "digests/feeds.yaml")


def read_feeds(text: str, where: str, topic: TopicCheck | None = None) -> tuple[Feed, ...]:
    """The feeds of a YAML list in the form of ``feeds.yaml``; nothing but comments is a list of no feeds.

    Args:
        text: The whole file.
        where: What it is called, for error messages.
        topic: Refuses slugs that are not topics; the built-in topics where left out.

    Raises:
        FeedListError: With every mistake, its line, and what to do.
    """
    if len(text) > MAX_CHARACTERS:
        raise FeedListError([f"{where}: {len(text):,} characters: a list of feeds may have {MAX_CHARACTERS:,}"])
    entries, lines = _entries(text, where)
    topic = remembered(topic)
    seen: dict[str, int] = {}
    feeds: list[Feed] = []
    problems: list[str] = []
    for entry, place in zip(entries, lines, strict=True):
        feed, wrong = _entry(entry, topic)
        problems += (f"{where}:{place.get(key, place[''])}: {what}" for key, what in wrong)
        if feed is None:
            continue
        first = seen.setdefault(same(feed.url), place[""])
        if first != place[""]:
            problems.append(f"{where}:{place['']}: {feed.url} is the feed of line {first}, too; take one of them out")
        feeds.append(feed)
    if problems:
        raise FeedListError(problems)
    return tuple(feeds)


def entries(feeds: Iterable[Feed]) -> str:
    """The feeds as a YAML list that `read_feeds` reads back: one line each, in the order of their addresses."""
    lines = []
    for feed in sorted(feeds, key=lambda feed: feed.url):
        row: dict[str, object] = {"provider": feed.provider, "domain": feed.domain, "url": feed.url}
        row |= {"standing": feed.standing, "language": feed.language} if feed.language else {"standing": feed.standing}
        row |= {"topics": list(feed.topics)} if feed.topics else {}
        row |= {"aggregator": feed.aggregator} if feed.aggregator != (feed.domain in AGGREGATORS) else {}
        flow = yaml.safe_dump(row, allow_unicode=True, sort_keys=False, width=1_000_000, default_flow_style=True)
        lines.append(f"- {flow}")
    return "".join(lines)


def combined(*lists: Iterable[Feed]) -> tuple[Feed, ...]:
    """One list of several: an address that stands in a later list, too, is as the later list has it."""
    feeds: dict[str, Feed] = {}
    for feed in (feed for each in lists for feed in each):
        feeds[same(feed.url)] = feed
    return tuple(feeds.values())


def changed(
    feeds: Iterable[Feed], add: Iterable[str] = (), remove: Iterable[str] = ()
) -> tuple[tuple[Feed, ...], tuple[str, ...]]:
    """The feeds after an admin's settings, first what is removed, then what is added; and what was to be removed and is not
    there, which is no reason to stop: lists change with every release.

    Args:
        feeds: What there is.
        add: Addresses of feeds. One that is there already stays as it is; a new one is named after its domain until the
            feed says its title.
        remove: Addresses, domains (with everything below them) or names of providers.

    Raises:
        FeedListError: With everything to add that is no address.
    """
    kept, problems, unmatched = list(feeds), list[str](), list[str]()
    everything = tuple(kept)
    for item in map(str.strip, remove):
        out = {feed for feed in everything if _is(feed, item)}
        if not out:
            unmatched.append(f"{item!r}: no feed has this {_hint(item, everything)}")
        kept = [feed for feed in kept if feed not in out]
    there = {same(feed.url) for feed in kept}
    for item in map(str.strip, add):
        feed, wrong = made({"url": item})
        problems += (what for _, what in wrong)
        if feed is not None and same(feed.url) not in there:
            there.add(same(feed.url))
            kept.append(feed)
    if problems:
        raise FeedListError(problems)
    return tuple(kept), tuple(unmatched)


def made(values: Mapping[str, object], topic: TopicCheck | None = None) -> tuple[Feed | None, list[tuple[str, str]]]:
    """The feed that named values make, and what is wrong with them as (name of the value, what and what to do).

    A value that cannot be read counts as left out, so that a reader of foreign lists may go on without it; there is no
    feed without an address. What is left out: the provider is called as its domain, that of the address; standing 0.5.
    """
    problems: list[tuple[str, str]] = []
    good: dict[str, Any] = {}
    for key, value in values.items():
        if key == "url" and not value:  # told below
            continue
        if key not in READERS:
            problems.append((key, f"there is no key {key!r}{near(key, READERS) or f'; the keys are {_KEYS}'}"))
            continue
        try:
            good[key] = READERS[key](value)
        except ValueError as error:
            problems.append((key, f"{key} {_quoted(value)} {error}"))
    slugs: dict[str, None] = {}
    for slug in good.get("topics", ()):
        try:
            (topic or Catalogue.builtin().get)(slug)
            slugs[slug] = None
        except TopicError as error:
            problems.append(("topics", f"topics: {error}"))
    if not values.get("url"):
        problems.append(("url", "has no url; every feed needs the address it is fetched from"))
    if "url" not in good:
        return None, problems
    domain = good.get("domain") or domain_of(good["url"])
    provider = good.get("provider") or _readable(domain)
    standing = good.get("standing", STANDING)
    aggregator = good.get("aggregator", domain in AGGREGATORS)
    return Feed(good["url"], provider, domain, standing, good.get("language", ""), tuple(slugs), aggregator), problems


def same(url: str) -> str:
    """What two addresses of one feed have in common: neither http or https, www. nor a slash at the end make a feed new."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{_PORTS.get(parts.port, f':{parts.port}')}{parts.path.rstrip('/')}?{parts.query}"


def domain_of(url: str) -> str:
    """The domain of a good address, without ``www.`` and without the ``feeds.`` or ``rss.`` that only feeds come from."""
    return _without(_FEED_HOSTS, (urlsplit(url).hostname or "").rstrip("."))


def _without(prefixes: tuple[str, ...], host: str) -> str:
    """The host without what it starts with, as often as it does and a domain is left."""
    while prefix := next((p for p in prefixes if host.startswith(p) and "." in host.removeprefix(p)), ""):
        host = host.removeprefix(prefix)
    return host


def remembered(topic: TopicCheck | None) -> TopicCheck:
    """A check that asks about every slug once and about no more than `_MAX_UNKNOWN` wrong ones: guessing takes its time."""
    ask = topic or Catalogue.builtin().get
    known, unknown = set[str](), dict[str, str]()

    def check(slug: str) -> None:
        if slug in known:
            return
        if slug not in unknown and len(unknown) < _MAX_UNKNOWN:
            try:
                ask(slug)
            except TopicError as error:
                unknown[slug] = str(error)
            else:
                known.add(slug)
                return
        raise TopicError(unknown.get(slug, f"{slug!r} is one of more than {_MAX_UNKNOWN} that are not there"))

    return check


def near(text: str, choices: Iterable[str]) -> str:
    """``; did you mean 'standing'?``, or nothing where nothing is close."""
    by_fold = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(text.casefold()[:_MAX_URL], by_fold, n=1, cutoff=0.7)
    return f"; did you mean {by_fold[close[0]]!r}?" if close else ""


# Readers: a value as a form has it in, the value of a Feed out, or a ValueError whose text goes on after the value.


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("is not text; put quotes around it" if isinstance(value, int) else "is not text")
    return value.strip()


def _url(value: object) -> str:
    text = _text(value)
    if len(text) > _MAX_URL:
        raise ValueError(f"is {len(text):,} characters long; an address may have {_MAX_URL:,}")
    if not text.isprintable() or " " in text:
        raise ValueError("has a space or an invisible character in it; write a space as %20")
    parts = _split(text)
    if parts.scheme not in ("http", "https"):
        raise ValueError("does not start with https:// or http://; give the whole address of the feed")
    if parts.username is not None or parts.password is not None:
        raise ValueError("has a user name or password in it, which lists and logs would show; use an address without")
    if not _HOST.fullmatch((parts.hostname or "").rstrip(".")):
        raise ValueError("has no host that can be asked; after https:// comes a name such as example.com")
    return urldefrag(text).url


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # only now it is looked at
    except ValueError as error:
        raise ValueError(f"is not an address ({error})") from error
    return parts


def _provider(value: object) -> str:
    """One line without control characters and direction marks, which could dress one name up as another."""
    line = " ".join(_text(value).split())
    text = " ".join("".join(char for char in line if char.isprintable() or char in _JOINERS).split())
    if len(text) > _MAX_NAME:
        raise ValueError(f"is {len(text):,} characters long; a name may have {_MAX_NAME}")
    return text


def _domain(value: object) -> str:
    text = _text(value).lower().rstrip(".")
    if text and not (len(text) <= _MAX_DOMAIN and _HOST.fullmatch(text)):
        raise ValueError("is not a domain; write it without scheme and path, such as example.com")
    return _without(("www.",), text)


def _standing(value: object) -> float:
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else -1.0
    except (ValueError, OverflowError):
        number = -1.0
    if not 0 <= number <= 1:
        raise ValueError("is not a number from 0 to 1; see the head of digests/feeds.yaml for what it means")
    return number


def _language(value: object) -> str:
    text = _text(value).lower().replace("_", "-")
    if text and not _LANGUAGE.fullmatch(text):
        raise ValueError("is not a language tag such as en, de or zh-tw")
    return text


def _topics(value: object) -> tuple[str, ...]:
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise ValueError("is not a list of topics, such as [robotics, ai-research]")
    if len(items) > _MAX_TOPICS:
        raise ValueError(f"has {len(items):,} topics; {_MAX_TOPICS} are the most")
    return tuple(item.strip() for item in items if item.strip())


def _aggregator(value: object) -> bool:
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):  # as OPML has it
        return value.strip().lower() == "true"
    if not isinstance(value, bool):
        raise ValueError("is neither true nor false")
    return value


READERS: Mapping[str, Callable[[object], object]] = MappingProxyType(
    {
        "url": _url,
        "provider": _provider,
        "domain": _domain,
        "standing": _standing,
        "language": _language,
        "topics": _topics,
        "aggregator": _aggregator,
    }
)
"""Every value of a feed and what reads it."""

_KEYS = ", ".join(READERS)


def _entries(text: str, where: str) -> tuple[list[object], list[dict[str, int]]]:
    """The entries of a YAML list, and of each the lines of its keys; under "" the line it starts on.

    The careful reader of front matter bounds what hostile YAML may do (depth, aliases, tags) and names the line; only what
    it lets through is composed again for the lines of the rest.
    """
    try:
        value: object = frontmatter.read_carefully(text.removeprefix("\ufeff"), path=where)
        node = yaml.compose(text.removeprefix("\ufeff"), Loader=_Loader)
    except ArticleError as error:
        raise FeedListError([str(error)]) from error
    except yaml.YAMLError as error:
        raise FeedListError([f"{where}: broken YAML: {error}"]) from error
    if value is None:
        return [], []
    if not isinstance(value, list) or not isinstance(node, yaml.SequenceNode):
        raise FeedListError([f"{where}: is not a list; each feed is an entry that starts with `- url: https://...`"])
    return value, [dict(_lines(each)) for each in node.value]


def _lines(node: yaml.Node) -> Iterator[tuple[str, int]]:
    yield "", node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        yield from ((key.value, key.start_mark.line + 1) for key, _ in node.value)


def _entry(entry: object, topic: TopicCheck | None) -> tuple[Feed | None, list[tuple[str, str]]]:
    if not isinstance(entry, dict):
        return None, [("", f"{_quoted(entry)} is not a feed; write `- url: https://...` with its other keys below")]
    given = {key: value for key, value in entry.items() if value is not None}  # `topics:` with nothing after it
    return made({"language": _LANGUAGE_LEFT_OUT, **given}, topic)


def _readable(domain: str) -> str:
    """The domain in the letters of its language, where it is written in those of the network (``xn--...``)."""
    try:
        return domain.encode("ascii").decode("idna") if "xn--" in domain else domain
    except UnicodeError:
        return domain


def _is(feed: Feed, item: str) -> bool:
    """Whether an admin means this feed by an address, a domain or the name of a provider."""
    if "://" in item:
        try:
            return same(feed.url) == same(item)
        except ValueError:  # no address at all: it is nobody's
            return False
    domain = item.lower().removeprefix("www.").rstrip("./")
    below = "." in domain and feed.domain.endswith(f".{domain}")  # "ai" is not every domain that ends in .ai
    return below or domain == feed.domain or item.casefold() == feed.provider.casefold()


def _hint(item: str, feeds: Iterable[Feed]) -> str:
    if "://" in item:
        return f"address{near(item, (feed.url for feed in feeds))}"
    names = (name for feed in feeds for name in (feed.domain, feed.provider))
    return f"domain or name{near(item, names) or '; `heatline feeds` lists all'}"


def _quoted(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 100 else f"{shown[:97]}..."
