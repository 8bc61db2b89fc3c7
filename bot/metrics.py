"""Metrics for Prometheus, worked out from the database when they are asked for, beside what this process alone can count.

What is worked out is the same in each of several processes over one database: take the greatest, not the sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot import counters
from bot.health import Health, health
from bot.readers.subscriptions import named
from bot.readiness import Check
from bot.wiring import Newsroom
from digests.library import feedbook, footprint
from digests.library.feedbook import Condition, FeedHealth

SUBSCRIPTIONS = "subscriptions"
"""The digest that editions of all subscriptions count under: one each would be too many names."""


def exposed(room: Newsroom, clock: Callable[[], datetime], checks: Iterable[Check]) -> bytes:
    """All metrics, as Prometheus reads them. What cannot be read is an error to whoever asks: a metric that lies is worse.

    Raises:
        DigestsError: The library cannot be read.
        LedgerError: The ledger cannot be read.
    """
    registry = CollectorRegistry()
    registry.register(_Worked(room, clock(), tuple(checks)))
    return generate_latest(registry) + generate_latest(counters.REGISTRY)


class _Worked(Collector):
    """What is worked out of the database, once."""

    def __init__(self, room: Newsroom, now: datetime, checks: tuple[Check, ...]) -> None:
        self._room, self._now, self._checks = room, now, checks

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand: it would be read twice."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Every metric."""
        room, now = self._room, self._now
        found = health(room, now)
        yield _by("heatline_build_info", "The version that runs.", "version", {found.version: 1})
        yield _by(
            "heatline_ready",
            "Whether this process is ready: 1 or 0, by what was checked; /readyz says why.",
            "check",
            {check.name: check.ok for check in self._checks},
        )
        yield from _posted(room, found)
        yield from _kept(room, found)
        yield from _fed(feedbook.health(room.library, now, room.feeds))


def _posted(room: Newsroom, found: Health) -> Iterator[Metric]:
    ledger = found.ledger
    made: Counter[str] = Counter()
    for name, number in room.library.edition_counts().items():
        made[SUBSCRIPTIONS if named(name) else name] += number
    yield _by("heatline_editions", "Editions that are kept, 90 days at least, by digest.", "digest", made)
    states = {state.value: number for state, number in ledger.deliveries.items()}
    yield _by("heatline_deliveries", "Deliveries that are kept, 90 days at least, by state.", "state", states)
    yield _one("heatline_ambiguous", "Messages of which nobody knows whether Slack took them.", ledger.doubtful)
    yield _one("heatline_queue_age_seconds", "Age of the oldest unfinished delivery.", found.waiting.total_seconds())
    late = {
        each.settings.name: (found.now - each.missed).total_seconds() if each.missed else 0.0
        for each in found.digests
        if each.next is not None
    }
    yield _by("heatline_digest_late_seconds", "Age of the slot that was due and not served.", "digest", late)
    yield _one("heatline_subscriptions", "Subscriptions that run.", ledger.subscriptions)
    overdue = found.overdue.total_seconds()
    yield _one("heatline_subscriptions_late_seconds", "How long the subscription is due that waits longest.", overdue)
    corrections = {state.value: number for state, number in found.corrections.items()}
    yield _by("heatline_corrections", "Corrections of the last 48 hours, by state.", "state", corrections)


def _kept(room: Newsroom, found: Health) -> Iterator[Metric]:
    yield _one("heatline_articles", "Articles in the library.", found.library.articles)
    if found.library.newest is not None:
        newest = found.library.newest.timestamp()
        yield _one("heatline_newest_article_timestamp_seconds", "When the newest article was published.", newest)
    yield _one("heatline_library_bytes", "Bytes of the database, library and ledger together.", found.library.size)
    if (left := footprint.left(room.library.database)) is not None:
        yield _one("heatline_disk_free_bytes", "Bytes that are free where the database lies.", left)


def _fed(health: tuple[FeedHealth, ...]) -> Iterator[Metric]:
    states = Counter(each.condition for each in health)
    yield _by("heatline_feeds", "Feeds by how they do.", "state", {state: states[state] for state in Condition})
    yield _each("failures", "Failed fetches in a row.", health, lambda each: each.state.failures)
    yield _each(
        "last_good_timestamp_seconds",
        "When the feed was read last; none where it never was.",
        health,
        lambda each: each.state.good_at.timestamp() if each.state.good_at else None,
    )
    yield _each("articles_week", "Articles of the last seven days.", health, lambda each: each.week)
    yield _each("told_share", "Share of its month's articles that digests told.", health, lambda each: each.share)
    dropped = CounterMetricFamily("heatline_feed_dropped", "Items about no wanted topic, ever.", labels=["feed"])
    for each in health:
        dropped.add_metric([each.state.url], each.dropped)
    yield dropped


def _one(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=value)


def _by(name: str, meaning: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _each(
    name: str, meaning: str, health: tuple[FeedHealth, ...], value: Callable[[FeedHealth], float | None]
) -> GaugeMetricFamily:
    found = {each.state.url: seen for each in health if (seen := value(each)) is not None}
    return _by(f"heatline_feed_{name}", meaning, "feed", found)
