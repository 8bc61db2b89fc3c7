"""The one clock: everything else gets ``now`` handed in."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)
