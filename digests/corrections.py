"""What publishers corrected of an edition that was told: titles and links, and nothing else. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

from rapidfuzz import fuzz

from digests.models import Article, Edition, Post, ScoredStory
from digests.query import below
from digests.rendering.links import host, safe_url
from digests.rendering.mrkdwn import escape, inert
from digests.rendering.plain import plain
from digests.rendering.shorten import line, shorten

_ALIKE = 70.0  # of 100: two titles of one piece, edited
_SLACK = timedelta(minutes=1)  # dates of one piece, written to the minute or to the second
_TITLE = 300  # characters of a title that are kept
_ROOM = 40  # a title always has so much room, whatever the one before it had
_BEGINNING = 12  # characters of a title by which a text is known to have it
_KINDS = frozenset({"type", "action_id"})


@dataclass(frozen=True, slots=True)
class Correction:
    """What became of one article that an edition told.

    Attributes:
        url: Its address as the edition has it.
        was: Its title as the edition has it.
        title: Its title now.
        link: Where it is linked to now.
        article: The address that the library has it at now; a feed's article keeps its first one.
    """

    url: str
    was: str
    title: str
    link: str
    article: str


def told(edition: Edition) -> dict[str, Article]:
    """Every article that an edition told, leads and coverage, by its address."""
    every = (article for scored in (*edition.stories, *edition.more) for article in scored.story.articles)
    return {article.url: article for article in every}


def brief(article: Article) -> Article:
    """As much of an article as it takes to see what was corrected of it."""
    return Article(article.url, article.title, article.published_at, article.provider, path=article.path)


def corrections(
    every: Mapping[str, Article], current: Mapping[str, Article], links: Mapping[str, str]
) -> tuple[Correction, ...]:
    """What was corrected of the articles that an edition told.

    Args:
        every: What it told, by address, as it was frozen: `told`, or as much as `brief` leaves of it.
        current: The articles that stand differently now, by the address that the edition has; the file of one may have
            another address by now. What is not in it stands as it was told, or is withdrawn.
        links: The addresses that feeds have given to articles since, by the address that the edition has.
    """
    taken = set(every)
    found: list[Correction] = []
    for url, article in every.items():
        made = _correction(article, current.get(url, article), links.get(url, ""))
        if made is None or (made.link != url and made.link in taken):  # what was told already is told once
            continue
        taken.add(made.link)
        found.append(made)
    return tuple(found)


def corrected(edition: Edition, made: Sequence[Correction], *, linked: bool = True) -> Edition:
    """The edition with corrections: the same stories in the same order.

    `linked` false has articles at the addresses where the library has them, for what is asked about them.
    """
    of = {each.url: each for each in made}

    def mended(article: Article) -> Article:
        found = of.get(article.url)
        if found is None:
            return article
        excerpt = article.excerpt
        if found.was and excerpt.casefold().startswith(
            found.was.casefold()
        ):  # it is drawn without the title it repeats
            excerpt = found.title + excerpt[len(found.was) :]
        return replace(article, url=found.link if linked else found.article, title=found.title, excerpt=excerpt)

    def retold(scored: ScoredStory) -> ScoredStory:
        story = scored.story
        if not story.urls & of.keys():
            return scored
        coverage = tuple(map(mended, story.coverage))
        return replace(scored, story=replace(story, lead=mended(story.lead), coverage=coverage))

    sections = tuple(replace(each, stories=tuple(map(retold, each.stories))) for each in edition.sections)
    return replace(edition, sections=sections, more=tuple(map(retold, edition.more)))


def briefer(made: Sequence[Correction]) -> tuple[Correction, ...]:
    """The corrections with titles that need no more room than those they replace."""
    return tuple(replace(each, title=shorten(each.title, max(_ROOM, len(plain(each.was))))) for each in made)


def only(made: Sequence[Correction], handles: Mapping[str, str], before: Post, after: Post) -> bool:
    """Whether two drawings of an edition differ in nothing but what was corrected.

    A longer title may leave no room for an excerpt, or for another story: that would be more than a correction.

    Args:
        made: The corrections.
        handles: The names of stories in what buttons carry, by their leads' addresses before.
        before: The edition as it was drawn.
        after: The edition as it is drawn with the corrections.
    """
    marks = {mark for each in made for mark in _marks(each, handles.get(each.url, ""))}
    old, new = (before.parent, *before.thread), (after.parent, *after.thread)
    if len(old) != len(new) or any(_shape(a.blocks) != _shape(b.blocks) for a, b in zip(old, new, strict=True)):
        return False
    changed = (
        text
        for a, b in zip(old, new, strict=True)
        for text, instead in zip(_texts(a.blocks), _texts(b.blocks), strict=True)
        if text != instead
    )
    return all(any(mark in text for mark in marks) for text in changed)


def _correction(article: Article, now: Article, link: str) -> Correction | None:
    if not _same_publisher(article, now):
        return None
    title, moved = line(now.title, _TITLE) and now.title, now.url != article.url
    if moved:
        if not (_same_piece(article, now) and _own(article, now.url)):
            return None
        link = now.url
    else:
        # Where the newer file about an address is withdrawn, an older one's words come back: they correct nothing.
        if now.path != article.path and now.published_at < article.published_at:
            return None
        link = link if link and _elsewhere(article.url, link) and _own(article, link) else article.url
    title = title or article.title
    same = (title, link) == (article.title, article.url)
    return None if same else Correction(article.url, article.title, title, link, now.url)


def _same_publisher(article: Article, now: Article) -> bool:
    domain = article.provider.domain
    return article.publisher_key == now.publisher_key or bool(domain and domain == now.provider.domain)


def _same_piece(article: Article, now: Article) -> bool:
    """Whether a file still tells what it told: some are written anew for each day's news."""
    if abs(now.published_at - article.published_at) > _SLACK:
        return False
    return fuzz.token_sort_ratio(article.title.casefold(), now.title.casefold()) >= _ALIKE


def _own(article: Article, link: str) -> bool:
    """Whether an address is of the host, or at least of the publisher, that the article's own is of."""
    old, new, domain = host(article.url), host(link), article.provider.domain.lower()
    if not new or not old or "@" in urlsplit(link).netloc:  # a name before the host could look like one
        return False
    return new == old or ("." in domain and below(new, domain) and below(old, domain))


def _elsewhere(url: str, link: str) -> bool:
    """Whether a feed's new address leads to another place: queries it changes at will, and schemes lead to the same."""
    try:
        return urlsplit(url).path.rstrip("/") != urlsplit(link).path.rstrip("/")
    except ValueError:
        return False


def _marks(made: Correction, handle: str) -> Iterator[str]:
    beginning = plain(made.was)[:_BEGINNING]
    url = safe_url(made.url) or ""
    yield from filter(None, (url, escape(url), handle, beginning, inert(beginning)))


def _shape(node: object) -> object:
    """The blocks without their texts."""
    if isinstance(node, Mapping):
        return {key: value if key in _KINDS else _shape(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_shape(each) for each in node]
    return "" if isinstance(node, str) else node


def _texts(node: object) -> Iterator[str]:
    """The texts of blocks in order, those that stand side by side as one: a link's address and its words."""
    if isinstance(node, Mapping):
        yield "\n".join(each for each in node.values() if isinstance(each, str))
        for each in node.values():
            yield from _texts(each)
    elif isinstance(node, list | tuple):
        for each in node:
            yield from _texts(each)
