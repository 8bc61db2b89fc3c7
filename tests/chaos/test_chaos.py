"""Exactly once, whatever happens: the short form of `make soak`, with the real bot killed at random in bad weather."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.chaos.driver import run
from tests.chaos.plan import POST, Plan
from tests.postgres import database

SOLO = Plan("one process", seed=611, editions=16, channels=10, subscriptions=20, kills=6)
TRIO = Plan("three processes", seed=612, editions=8, channels=7, subscriptions=14, kills=6, processes=3)


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("plan", "kind"), [(SOLO, "sqlite"), (TRIO, "sqlite"), (TRIO, "postgresql")])
def test_every_part_stands_in_slack_once_and_in_order(
    tmp_path: Path, plan: Plan, kind: str, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("postgres") if kind == "postgresql" else ""
    with database(server) if server else nullcontext(f"sqlite:///{tmp_path}/heatline.db") as url:
        figures = run(plan, tmp_path, url)
    assert figures.verdict.problems == (), f"seed {plan.seed}"
    assert figures.verdict.posts == plan.expected
    assert figures.kills == plan.kills
    assert {"lost_reply", "late_error", "drop_before", "server_error", "rate_limited", "delay"} <= set(figures.faults)
    assert figures.taken_over > 0  # the kills hit work
    assert figures.calls[POST] > figures.verdict.messages  # and the faults messages
