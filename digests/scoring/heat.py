"""Qualities and coverage -> heat, by the hub's own rule: quality, and ten more for every other provider of the story. Pure.

Nothing is kept: as coverage grows, the caller asks again.
"""

from __future__ import annotations

from dataclasses import dataclass

from digests.models import Story

FOR_A_PROVIDER = 10
"""What each other provider that tells the story adds."""

MOST_PROVIDERS = 20
"""Only so many count: one broad theme must not drown a day. Of the corpus's leads 99.5 in 100 have fewer; and quality 100
with all of them is heat 300, from which on `digests.ranking` makes no more of it. The number of providers is capped, not
the heat, so that among the most told stories the better report still stands higher."""

TOLD = -1
"""The heat of a report that a lead already tells."""

PUBLISHED_FROM = 60
"""The heat from which on an article is published. Worked out from the corpus: there it holds for every single article."""


@dataclass(frozen=True, slots=True)
class Heat:
    """What a report of a story gets: its heat, and whether it is published."""

    value: int
    published: bool


def heat(quality: int, other_providers: int) -> int:
    """The heat of an article that leads its story, which so many other providers tell, each counted once."""
    return quality + FOR_A_PROVIDER * min(MOST_PROVIDERS, max(0, other_providers))


def heats(story: Story, published_from: int = PUBLISHED_FROM) -> dict[str, Heat]:
    """The heat of every report of a story, by address.

    The story's lead gets the heat of its quality and of all other providers that tell it; every other report `TOLD`,
    also a second one of the lead's provider, and none of these is published.

    Args:
        story: The story as `digests.stories` made it; qualities as they are to be.
        published_from: The least heat of a published article.
    """
    hot = heat(story.lead.quality, len(story.other_providers))
    return {
        **{each.url: Heat(TOLD, False) for each in story.coverage},
        story.lead.url: Heat(hot, hot >= published_from),
    }
