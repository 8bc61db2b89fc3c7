"""What only this process can count: calls to Slack, retries, latencies. They begin at nothing with each start.

Everything that the database knows is worked out from there instead, see `bot.metrics`: a count of this process would forget it
at a restart, and know nothing of the other processes.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, PlatformCollector, ProcessCollector

REGISTRY = CollectorRegistry()

CALLS = Counter(
    "heatline_slack_calls",
    "Calls of this process to Slack's Web API for posts and answers, by method and what came of them: done, refused, busy, "
    "unreached, unknown.",
    ["method", "outcome"],
    registry=REGISTRY,
)

RETRIES = Counter(
    "heatline_retries",
    "Messages of editions that this process handed to Slack once more, as the last attempt did not surely arrive.",
    registry=REGISTRY,
)

SEARCHES = Histogram(
    "heatline_search_seconds",
    "Time to find the answer to a question, in this process.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
    registry=REGISTRY,
)

REQUESTS = Histogram(
    "heatline_request_seconds",
    "Time until a request of Slack was acknowledged by this process, by its kind; Slack gives up after 3 seconds.",
    ["kind"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5),
    registry=REGISTRY,
)

ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)
