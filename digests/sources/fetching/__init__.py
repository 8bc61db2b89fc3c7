"""Fetching feeds and pages from the open web: polite, bounded, and kept away from what is private."""

from digests.sources.fetching.client import Answer, Client, Limits
from digests.sources.fetching.guard import Allowed, Guard
from digests.sources.fetching.policy import FeedState, Fetched, Outcome, settled

__all__ = [
    "Allowed",
    "Answer",
    "Client",
    "FeedState",
    "Fetched",
    "Guard",
    "Limits",
    "Outcome",
    "settled",
]
