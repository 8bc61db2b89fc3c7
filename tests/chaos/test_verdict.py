"""The verdict of a run of chaos: each thing that could be wrong is seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.delivery import DeliveryState, PartState
from playground.slack import Message
from tests.chaos.verdict import Row, judge

WANTED = [("daily", "C1")]
ROWS = [
    Row("one", "daily", "C1", DeliveryState.DONE, number, PartState.SENT, f"10.{number}", f"text {number}")
    for number in range(3)
]


def message(number: int, **changes: object) -> Message:
    payload = {"delivery": "one", "part": number}
    made = Message("C1", f"10.{number}", f"text {number}", "U1", metadata={"event_payload": payload})
    made = made if number == 0 else replace(made, thread_ts="10.0")
    return replace(made, **changes)  # type: ignore[arg-type]


MESSAGES = [message(0), message(1), message(2)]


def test_all_is_well() -> None:
    verdict = judge(ROWS, MESSAGES, WANTED)
    assert verdict.problems == ()
    assert (verdict.posts, verdict.messages, verdict.duplicates, verdict.lost, verdict.ambiguous) == (1, 3, 0, 0, 0)


@pytest.mark.parametrize(
    ("rows", "messages", "wanted", "said", "counted"),
    [
        (ROWS, [*MESSAGES, message(1, ts="10.9")], WANTED, "2 times", (1, 0, 0)),
        (ROWS, MESSAGES[:2], WANTED, "not in Slack: part 2", (0, 1, 0)),
        (ROWS, MESSAGES, [*WANTED, ("daily", "C2")], "no delivery: ('daily', 'C2')", (0, 1, 0)),
        (ROWS, [*MESSAGES, replace(message(0), metadata=None)], WANTED, "nobody's", (0, 0, 0)),
        (ROWS, [*MESSAGES[:2], message(2, thread_ts="10.7")], WANTED, "in another thread: part 2", (0, 0, 0)),
        (ROWS, [*MESSAGES[:2], message(2, thread_ts=None)], WANTED, "in another thread: part 2", (0, 0, 0)),
        (ROWS, [*MESSAGES[:2], message(2, ts="10.05")], WANTED, "before the part", (0, 0, 0)),
        (ROWS, [message(0, text="another"), *MESSAGES[1:]], WANTED, "another channel or text: part 0", (0, 0, 0)),
        (
            [*ROWS[:2], replace(ROWS[2], part_state=PartState.AMBIGUOUS)],
            MESSAGES,
            WANTED,
            "in Slack, and yet done, ambiguous",
            (0, 0, 1),
        ),
        ([*ROWS[:2], replace(ROWS[2], ts="11.0")], MESSAGES, WANTED, "another ts", (0, 0, 0)),
        ([*ROWS, replace(ROWS[0], delivery="two")], MESSAGES, WANTED, "2 deliveries", (0, 1, 0)),
    ],
)
def test_each_wrong_is_seen(
    rows: list[Row], messages: list[Message], wanted: list[tuple[str, str]], said: str, counted: tuple[int, int, int]
) -> None:
    verdict = judge(rows, messages, wanted)
    assert any(said in problem for problem in verdict.problems), verdict.problems
    assert (verdict.duplicates, verdict.lost, verdict.ambiguous) == counted


def test_a_part_of_nobodys_is_seen() -> None:
    verdict = judge(ROWS, [*MESSAGES, message(7)], WANTED)
    assert any("nobody's: ('one', 7)" in problem for problem in verdict.problems)
