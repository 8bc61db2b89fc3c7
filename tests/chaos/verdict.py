"""The verdict: what stands in Slack beside what the ledger says, and every difference in words. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.delivery import DeliveryState, PartState
from playground.slack import Message


@dataclass(frozen=True, slots=True)
class Row:
    """A part as the ledger has it, with what it needs to know of its delivery."""

    delivery: str
    digest: str
    channel: str
    state: str
    number: int
    part_state: str
    ts: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found: numbers for the report, and the ``problems`` in words, none where all is well."""

    posts: int
    messages: int
    duplicates: int
    lost: int
    ambiguous: int
    problems: tuple[str, ...]


def judge(rows: Sequence[Row], messages: Iterable[Message], wanted: Iterable[tuple[str, str]]) -> Verdict:
    """Whether every part of every wanted (digest, channel) stands in Slack exactly once, in order, in its thread."""
    problems: list[str] = []
    there: dict[tuple[str, int], list[Message]] = defaultdict(list)
    for message in messages:
        payload = (message.metadata or {}).get("event_payload") or {}
        there[str(payload.get("delivery")), int(payload.get("part", -1))].append(message)
    duplicates = sum(len(found) - 1 for found in there.values())
    problems += [
        f"{len(found)} times: {key}, at {', '.join(each.ts for each in found)}, {found[0].text!r}"
        for key, found in there.items()
        if len(found) > 1
    ]
    known = {(row.delivery, row.number) for row in rows}
    problems += [f"nobody's: {key}, {found[0].text!r}" for key, found in there.items() if key not in known]

    parents = {row.delivery: row for row in rows if row.number == 0}
    times = Counter((row.digest, row.channel) for row in parents.values())
    missing = [pair for pair in wanted if pair not in times]
    problems += [f"no delivery: {pair}" for pair in missing]
    problems += [f"{number} deliveries: {pair}" for pair, number in times.items() if number > 1]

    lost, ambiguous, before = len(missing), 0, ""
    for row in sorted(rows, key=lambda row: (row.delivery, row.number)):
        found = there.get((row.delivery, row.number), [])
        lost += not found
        ambiguous += row.part_state == PartState.AMBIGUOUS or row.state == DeliveryState.AMBIGUOUS
        parent = parents[row.delivery].ts
        said = f"part {row.number} of {row.delivery} ({row.digest} in {row.channel})"
        if not found:
            problems.append(f"not in Slack: {said}, {row.part_state}")
            continue
        message = found[0]
        if (row.state, row.part_state) != (DeliveryState.DONE, PartState.SENT):
            problems.append(f"in Slack, and yet {row.state}, {row.part_state}: {said}")
        if row.ts not in [each.ts for each in found]:
            problems.append(f"the ledger has another ts, {row.ts} for {message.ts}: {said}")
        if (message.channel, message.text) != (row.channel, row.text):
            problems.append(f"another channel or text: {said}")
        if message.thread_ts != (None if row.number == 0 else parent):
            problems.append(f"in another thread: {said}")
        if row.number and message.ts <= before:
            problems.append(f"before the part that it follows: {said}")
        before = message.ts
    return Verdict(len(parents), sum(map(len, there.values())), duplicates, lost, ambiguous, tuple(problems))
