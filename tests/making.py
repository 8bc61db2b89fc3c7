"""Makes invented values for tests: an article, a story, a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from digests.models import Article, Provider

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def article(title: str = "Robots learn to fold laundry", /, hours: float = 1.0, **fields: Any) -> Article:
    """An article published `hours` before noon; its address follows from its title and provider."""
    provider = fields.pop("provider", "Tidewater Post")
    slug = "".join(c if c.isalnum() else "-" for c in title.lower())
    domain = provider.lower().replace(" ", "-") + ".example.com"
    defaults: dict[str, Any] = {
        "url": f"https://{domain}/{slug}",
        "published_at": NOON - timedelta(hours=hours),
        "provider": Provider(provider, domain),
        "quality": 60,
        "heat": 60,
        "published": True,
    }
    return Article(title=title, **{**defaults, **fields})
