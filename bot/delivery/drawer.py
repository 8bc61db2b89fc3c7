"""Draws editions for their channels: once for all that get the same, also where only the links to earlier posts differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from bot.delivery.values import Drawing
from digests.corrections import told
from digests.models import DigestSpec, Edition, Message, Post
from digests.recent import Recent
from digests.steering import Mute

_KEPT = 128  # posts
_AS_IT_IS = re.compile(r"https://[A-Za-z0-9./_-]{32,}")  # an address in which nothing has to be escaped anywhere


class Desk(Protocol):
    """Who makes editions: `digests.desk`."""

    def frozen(
        self,
        spec: DigestSpec,
        slot: datetime,
        now: datetime,
        feedback: Mapping[str, float] | None = ...,
        muted: Collection[Mute] = ...,
    ) -> Edition:
        """The edition of a slot: made and frozen the first time, the same one ever after."""

    def quiet(self, edition: Edition, muted: Collection[Mute]) -> Edition:
        """The edition without what one channel has muted."""

    def handles(self, urls: Iterable[str]) -> dict[str, str]:
        """Short names of articles that buttons can carry."""


class Renderer(Protocol):
    """Who writes posts: `digests.rendering`."""

    def speaking(self, locale: str | None) -> Renderer:
        """The same, in the language of a locale."""

    def post(
        self,
        edition: Edition,
        now: datetime,
        *,
        template: str = ...,
        earlier: Mapping[datetime, str] | None = ...,
        handles: Mapping[str, str] | None = ...,
        foot: bool = ...,
        note: str = ...,
    ) -> Post:
        """The edition as Slack gets it, drawn by the digest's template; updates lead back to the earlier posts.

        At the ``foot`` is what can be done with the post as a whole, and a ``note``.
        """


def drawn(renderer: Renderer, edition: Edition, drawing: Drawing) -> Post:
    """The post of an edition, as its channel gets it, drawn with what is given; the same whenever it is drawn."""
    return renderer.speaking(drawing.language).post(
        edition,
        drawing.at,
        template=drawing.template,
        earlier=drawing.earlier,
        handles=drawing.handles,
        note=drawing.note,
        foot=drawing.foot,
    )


@dataclass(frozen=True, slots=True)
class Drawn:
    """A post, what it was drawn with, and the digest whose name stands in what its buttons carry."""

    post: Post
    drawing: Drawing
    digest: str


class Drawer:
    """Draws editions, and remembers what it drew. Safe to share between threads."""

    def __init__(self, desk: Desk, renderer: Renderer) -> None:
        self._desk = desk
        self._renderer = renderer
        self._seen = Recent[tuple[Edition, Edition, Drawing]](_KEPT)
        self._drawn = Recent[Post](_KEPT)

    def draw(
        self, edition: Edition, drawing: Drawing, addresses: Callable[[Iterable[str]], Mapping[str, str]]
    ) -> Drawn:
        """The post of an edition; the drawing is given without handles and addresses, which are found out.

        Editions of many digests that tell the same have their sections from one reading, and one post.
        """
        key = (id(edition.sections), replace(drawing, earlier={}))
        # The edition is kept, so that nothing else gets the id of its sections.
        first, quiet, whole = self._seen.get(key, partial(self._prepared, edition, drawing, addresses))
        earlier, names = drawing.earlier, _names(drawing.earlier)
        whole = replace(whole, earlier=names or earlier)
        post = self._drawn.get(
            (key, tuple(sorted(whole.earlier.items()))), partial(drawn, self._renderer, quiet, whole)
        )
        if names:
            post = _renamed(post, {names[slot]: url for slot, url in earlier.items()})
        return Drawn(post, replace(whole, earlier=earlier), first.digest)

    def _prepared(
        self, edition: Edition, drawing: Drawing, addresses: Callable[[Iterable[str]], Mapping[str, str]]
    ) -> tuple[Edition, Edition, Drawing]:
        quiet = self._desk.quiet(edition, drawing.muted)
        handles = self._desk.handles({scored.lead.url for scored in quiet.stories})
        return edition, quiet, replace(drawing, handles=handles, addresses=addresses(told(edition)))


def _names(earlier: Mapping[datetime, str]) -> dict[datetime, str]:
    """As long addresses in place of these, the same for all channels; none where one of these may stand otherwise."""
    if not all(map(_AS_IT_IS.fullmatch, earlier.values())):
        return {}
    return {
        slot: f"https://earlier-{number}.example/".ljust(len(url), "0")
        for number, (slot, url) in enumerate(sorted(earlier.items()))
    }


def _renamed(post: Post, names: Mapping[str, str]) -> Post:
    parent, *thread = (
        Message(_replaced(each.text, names), tuple(_replaced(list(each.blocks), names)))
        for each in (post.parent, *post.thread)
    )
    return Post(parent, tuple(thread))


def _replaced(node: Any, names: Mapping[str, str]) -> Any:
    if isinstance(node, str):
        for old, new in names.items():
            node = node.replace(old, new)
        return node
    if isinstance(node, Mapping):
        return {key: _replaced(value, names) for key, value in node.items()}
    return [_replaced(each, names) for each in node] if isinstance(node, list | tuple) else node
