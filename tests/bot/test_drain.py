"""SIGTERM: no new message is begun, what is on its way ends or is left to the next start, and the process is gone in time."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import utc_now
from bot.delivery import DeliveryState, Ledger, PartState
from digests.library import Database
from playground import sample
from playground.slack import NEWS, Fault, ThreadedSlack
from tests.bot.running_bot import command

POST = "chat.postMessage"
SUPERVISED = 10  # seconds from SIGTERM until a supervisor kills


def told_to_end(process: subprocess.Popen[str]) -> str:
    """Send SIGTERM; the process must end as a supervisor wants it. Gives its log."""
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=SUPERVISED)
    assert process.returncode == 0, log
    return log


def wait_for_slack(slack: ThreadedSlack) -> None:
    slack.run(slack.workspace.wait_for(lambda: slack.workspace.sockets.connected, 30))


def database(folder: Path) -> Database:
    return Database(f"sqlite:///{folder}/heatline.db")


def missed(folder: Path) -> str:
    """The bot was there some minutes ago, and its digest was not posted since; gives when it comes."""
    slot, store = utc_now() - timedelta(minutes=2), database(folder)
    cron = f"{slot.minute} {slot.hour} * * *"
    Ledger(store).seen("daily", f"{cron} UTC", slot - timedelta(minutes=5))
    store.close()
    return cron


def test_a_message_that_slack_does_not_answer_is_left_to_the_next_start(tmp_path: Path) -> None:
    sample.write(tmp_path / "articles", datetime.now(UTC))
    cron = missed(tmp_path)
    with ThreadedSlack() as slack:
        slack.workspace.faults.add(Fault(POST, "delay", seconds=60))
        with command(tmp_path, slack, HEATLINE_CRON=cron) as process:
            slack.run(slack.workspace.wait_for(lambda: not slack.workspace.faults.waiting, 30))
            log = told_to_end(process)
        assert "delivery left in the middle of a message" in log
        store = database(tmp_path)
        (left,) = Ledger(store).unfinished()
        assert left.parent.state in (PartState.SENDING, PartState.AMBIGUOUS)
        assert left.lease_until <= utc_now()  # nobody has to wait for it
        store.close()


def test_a_message_on_its_way_arrives_and_the_next_start_goes_on(tmp_path: Path) -> None:
    sample.write(tmp_path / "articles", datetime.now(UTC))
    settings = {"HEATLINE_CRON": missed(tmp_path), "HEATLINE_MORE": "50"}
    with ThreadedSlack() as slack:
        slack.workspace.faults.add(Fault(POST, "delay", seconds=2))
        with command(tmp_path, slack, **settings) as process:
            slack.run(slack.workspace.wait_for(lambda: not slack.workspace.faults.waiting, 30))
            log = told_to_end(process)
        assert "delivery left for the next start" in log
        (parent,) = slack.workspace.all_messages(NEWS.id)  # it arrived, and nothing was begun after it
        store = database(tmp_path)
        (left,) = Ledger(store).unfinished()
        assert (left.parent.ts, left.parent.state) == (parent.ts, PartState.SENT)
        assert {part.state for part in left.parts[1:]} == {PartState.WAITING}
        with command(tmp_path, slack, **settings) as process:
            slack.run(slack.workspace.wait_for(lambda: _done(tmp_path, left.id), 30))
            told_to_end(process)
        thread = slack.workspace.messages(NEWS.id, thread=parent.ts)
        assert [message.text for message in thread] == [part.message.text for part in left.parts[1:]]
        store.close()


def _done(folder: Path, delivery: str) -> bool:
    store = database(folder)
    found = Ledger(store).delivery(delivery)
    store.close()
    return found is not None and found.state is DeliveryState.DONE


def test_a_start_that_takes_long_is_broken_off(tmp_path: Path) -> None:
    """As the first sync of a large library does; here somebody else has the database's write lock."""
    sample.write(tmp_path / "articles", datetime.now(UTC))
    database(tmp_path).close()
    with ThreadedSlack() as slack:
        with command(tmp_path, slack) as process:
            wait_for_slack(slack)
            told_to_end(process)
        changed = {"HEATLINE_CRON": "5 9 * * *"}  # which it writes down before all else
        asked = len(slack.workspace.calls_of("auth.test"))
        with closing(sqlite3.connect(tmp_path / "heatline.db")) as held, command(tmp_path, slack, **changed) as process:
            held.execute("BEGIN IMMEDIATE")
            slack.run(slack.workspace.wait_for(lambda: len(slack.workspace.calls_of("auth.test")) > asked, 30))
            time.sleep(0.5)  # it waits for the lock by now
            log = told_to_end(process)
        assert "heatline has stopped" in log
        assert "ended while work was still going on" in log
        assert "heatline is ready" not in log
