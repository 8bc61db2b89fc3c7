"""docs/operations.md: its metrics are those that there are, and its alerts those of docs/alerts.yml."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot import metrics
from bot.clock import utc_now
from bot.delivery import DeliveryState
from bot.readiness import Check
from bot.wiring import newsroom, settings_from
from digests.library import Filed, Stamp
from digests.library.feedbook import Condition
from tests.making import article

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "operations.md").read_text(encoding="utf-8")
RULES = yaml.safe_load((DOCS / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
_NAME = re.compile(r"heatline_[a-z_]+")


@pytest.fixture
def exposed(tmp_path: Path) -> str:
    """What a bot shows to Prometheus."""
    env = {"HEATLINE_DATABASE_URL": f"sqlite:///{tmp_path / 'heatline.db'}", "HEATLINE_FEEDS": "no"}
    room = newsroom(settings_from(None, env))
    room.library.put("folder:/x", [Filed("a.md", Stamp(1, 1, "x"), article())])
    text = metrics.exposed(room, utc_now, [Check("process", True, "is ready")]).decode()
    room.library.close()
    return text


def families(text: str) -> set[str]:
    """The metrics of ours, without what the client library adds to each."""
    return {
        name for name in re.findall(r"^# TYPE (heatline_\w+) ", text, re.MULTILINE) if not name.endswith("_created")
    }


def test_the_page_has_every_metric_and_no_other(exposed: str) -> None:
    section = PAGE.partition("## Metrics")[2].partition("## Alerts")[0]
    assert set(_NAME.findall(section)) == families(exposed)


def test_the_page_has_every_alert_with_its_query(exposed: str) -> None:
    section = PAGE.partition("## Alerts")[2].partition("## The log")[0]
    rows = re.findall(r"^\| (\w+) \((\w+)\) \| `(.+)` \| (.+) \|$", section, re.MULTILINE)
    assert [(name, level, query.replace(r"\|", "|")) for name, level, query, _ in rows] == [
        (rule["alert"], rule["labels"]["severity"], rule["expr"]) for rule in RULES
    ]
    assert all(len(what.split()) > 8 for *_, what in rows)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_alerts_ask_for_what_there_is(exposed: str, rule: dict[str, str]) -> None:
    histograms = re.findall(r"^# TYPE (heatline_\w+) histogram$", exposed, re.MULTILINE)
    known = families(exposed) | {f"{name}_bucket" for name in histograms}
    names = set(_NAME.findall(re.sub(r'"[^"]*"', '""', rule["expr"])))
    assert names <= known
    assert names or rule["expr"] == 'up{job="heatline"} == 0'


def test_alerts_name_states_that_there_are() -> None:
    states = {each.value for each in (*DeliveryState, *Condition)}
    outcomes = {"done", "refused", "busy", "unreached", "unknown"}
    for rule in RULES:
        for label, said in re.findall(r'(state|outcome)=~?"([^"]+)"', rule["expr"]):
            assert set(said.split("|")) <= (states if label == "state" else outcomes), rule["alert"]
