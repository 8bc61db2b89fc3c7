"""Metrics for Prometheus: how the feeds do and how large the library is, worked out when they are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.errors import HeatlineBotError
from digests.library import Library, feedbook
from digests.library.feedbook import Condition, FeedHealth
from digests.sources.catalogue import Feed


class FeedMetrics(Collector):
    """The library's record of the feeds that are configured as metrics."""

    def __init__(self, library: Library, clock: Callable[[], datetime], feeds: Sequence[Feed]) -> None:
        self._library, self._clock, self._feeds = library, clock, feeds

    def collect(self) -> Iterator[Metric]:
        """Every metric. What cannot be read is an error to whoever asks, as a metric that lies would be worse."""
        health = feedbook.health(self._library, self._clock(), self._feeds)
        states = Counter(each.condition for each in health)
        feeds = GaugeMetricFamily("heatline_feeds", "Feeds by how they do.", labels=["state"])
        for state in Condition:
            feeds.add_metric([state], states[state])
        yield feeds
        yield GaugeMetricFamily("heatline_articles", "Articles in the library.", value=self._library.count())
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


def _each(
    name: str, meaning: str, health: tuple[FeedHealth, ...], value: Callable[[FeedHealth], float | None]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"heatline_feed_{name}", meaning, labels=["feed"])
    for each in health:
        if (found := value(each)) is not None:
            family.add_metric([each.state.url], found)
    return family


@contextmanager
def served(collector: Collector, host: str, port: int) -> Iterator[int]:
    """Serve ``/metrics`` on a host and port until the block ends; gives the port, which 0 leaves to the system.

    Raises:
        HeatlineBotError: When the port cannot be listened on.
    """
    registry = CollectorRegistry()
    registry.register(collector)
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as error:
        raise HeatlineBotError(
            f"metrics: {host}:{port} cannot be listened on ({error.strerror}); set HEATLINE_METRICS to another"
        ) from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
