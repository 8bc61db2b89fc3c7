"""Faults on request: what shall go wrong with which Web API call, and how often."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, fields
from typing import Literal, get_args

from playground.slack.values import Json

Kind = Literal["rate_limited", "server_error", "late_error", "lost_reply", "refused", "delay", "drop_before"]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong `times` times (None: always).

    method      Web API method, `response_url`, or `*` for any
    kind        `rate_limited`  429 with Retry-After `seconds`
                `server_error`  HTTP `status` with no JSON
                `late_error`    the call is carried out, then answered with HTTP `status` and no JSON
                `lost_reply`    the call is carried out, then the connection is cut without an answer
                `refused`       `ok: false` with `error`
                `delay`         the call is carried out after `seconds`
                `drop_before`   the connection is cut and nothing is carried out
    channel     only calls with this `channel` argument
    skip        let this many matching calls through first
    """

    method: str
    kind: Kind
    times: int | None = 1
    seconds: float = 1.0
    status: int = 503
    error: str = "internal_error"
    channel: str | None = None
    skip: int = 0

    def __post_init__(self) -> None:
        """Refuse unknown kinds.

        Raises:
            ValueError: `kind` is none of KINDS.
        """
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault kind {self.kind!r}; choose from {', '.join(KINDS)}")

    @classmethod
    def from_json(cls, body: Json) -> Fault:
        """Read a fault that another process sent.

        Raises:
            ValueError: a field is unknown, missing or wrong.
        """
        unknown = sorted(set(body) - {field.name for field in fields(cls)})
        if unknown:
            raise ValueError(f"unknown fault field {', '.join(unknown)}")
        if "method" not in body or "kind" not in body:
            raise ValueError("a fault needs method and kind")
        return cls(**body)

    def matches(self, method: str, args: Json) -> bool:
        """Whether the fault is meant for this call."""
        return self.method in ("*", method) and self.channel in (None, args.get("channel"))


@dataclass(slots=True)
class _Armed:
    fault: Fault
    left: int | None
    skip: int


class Faults:
    """The faults that wait for their call; the first that matches is taken."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []
        self._sleepers: set[asyncio.Task[None]] = set()

    def add(self, *faults: Fault) -> None:
        """Arm faults, to be used in this order."""
        self._armed += [_Armed(fault, fault.times, fault.skip) for fault in faults]

    def clear(self) -> None:
        """Disarm all faults."""
        self._armed.clear()

    @property
    def waiting(self) -> tuple[Fault, ...]:
        """The faults not used up yet."""
        return tuple(armed.fault for armed in self._armed)

    def take(self, method: str, args: Json) -> Fault | None:
        """Give the fault for this call, if any, and count it down."""
        for armed in list(self._armed):
            if not armed.fault.matches(method, args):
                continue
            if armed.skip > 0:
                armed.skip -= 1
                continue
            if armed.left is not None:
                armed.left -= 1
                if armed.left <= 0:
                    self._armed.remove(armed)
            return armed.fault
        return None

    async def pause(self, seconds: float) -> None:
        """Sleep, unless `release` ends it early."""
        task = asyncio.create_task(asyncio.sleep(seconds))
        self._sleepers.add(task)
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()
            self._sleepers.discard(task)

    def release(self) -> None:
        """Wake all delayed calls: the server stops."""
        for task in self._sleepers:
            task.cancel()
