"""What is new about a story since an edition told it: more providers, or a figure nobody had before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from digests.models import Article, Story
from digests.stories.report import report

MORE_PROVIDERS = 6
"""So many more providers make an update by themselves, where they are at least as many as told it before."""

WITH_A_FIGURE = 3
"""So many, where they bring a new figure."""

_FIGURES = frozenset({"money", "percent", "version", "count"})
_LEAST_DIGITS = 2  # "3 things" is no news


def news_since(story: Story, told: Collection[str], slot: datetime) -> str:
    """What reports after an edition's slot add to what was known then, as words for readers; empty for too little.

    What was known are the reports at the addresses that were told, and all others of that time.
    """
    after = fresh(story, told, slot)
    before = [article for article in story.articles if article not in after]
    known = {article.publisher_key for article in before}
    more = sorted({article.publisher_key for article in after} - known)
    if len(more) < WITH_A_FIGURE:
        return ""
    had = {quantity for article in before for quantity in report(article).all_quantities}
    figures = sorted(
        quantity
        for article in after
        for found in report(article).quantities.values()
        for quantity in found - had
        if quantity.kind in _FIGURES and len(quantity.value) >= _LEAST_DIGITS
    )
    if not figures and len(more) < max(MORE_PROVIDERS, len(known)):
        return ""
    said = f"{len(more)} more {'provider' if len(more) == 1 else 'providers'}"
    return f"{said}, and a figure that is new" if figures else said


def fresh(story: Story, told: Collection[str], slot: datetime) -> list[Article]:
    """The reports that came after an edition and that no edition told."""
    return [article for article in story.articles if article.url not in told and article.published_at > slot]
