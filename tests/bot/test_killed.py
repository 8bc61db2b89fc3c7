"""A real process, killed with SIGKILL at the worst moments: after a restart each message stands there once, in order."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.delivery import Delivery, DeliveryState, Ledger, PartState
from digests.library import Database
from playground.slack import BOT_TOKEN, NEWS, Fault, ThreadedSlack

POST = "chat.postMessage"
TEXTS = ["AI digest", "More 1", "More 2"]
ROOT = Path(__file__).parents[2]

# What the service does with one slot, as a process of its own: publish it, then finish whatever any process left.
SCRIPT = textwrap.dedent(
    """
    import asyncio, sys
    from datetime import UTC, datetime, timedelta
    from bot.delivery import Ledger, Outbox, posting_client
    from digests.library import Database
    from digests.models import Message, Post

    url, api_url, token, slot, channel, how = sys.argv[1:]
    post = Post(Message("AI digest"), (Message("More 1"), Message("More 2")))

    def clock():
        return datetime.now(UTC)

    async def main():
        ledger = Ledger(Database(url), lease=timedelta(seconds=2))
        outbox = Outbox(posting_client(token, api_url), ledger, clock, settle=timedelta(seconds=4), pace=0)
        at = datetime.fromisoformat(slot)
        if how == "stand by":
            print("ready", flush=True)
            while not ledger.deliveries("daily", at):
                await asyncio.sleep(0.02)
        claimed = ledger.claim("daily", at, channel, post, clock())
        if how == "hang after the claim":
            print("claimed", flush=True)
            await asyncio.sleep(60)
        if claimed is not None:
            await outbox.deliver(claimed)
        while ledger.unfinished():
            for left in ledger.resume(clock()):
                await outbox.deliver(left)
            await asyncio.sleep(0.05)

    asyncio.run(main())
    """
)


class Bot:
    """The script against one database and one pretend Slack."""

    def __init__(self, slack: ThreadedSlack, url: str) -> None:
        self.slack = slack
        self.url = url
        self.slot = datetime.now(UTC)
        self.database = Database(self.url)
        self.ledger = Ledger(self.database)
        self._started: list[subprocess.Popen[str]] = []

    def start(self, how: str = "") -> subprocess.Popen[str]:
        """A process of the bot."""
        arguments = (self.url, f"{self.slack.base_url}/api/", BOT_TOKEN, self.slot.isoformat(), NEWS.id, how)
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._started.append(process)
        return process

    def run(self) -> None:
        """A process of the bot, until everything is delivered."""
        process = self.start()
        output, _ = process.communicate(timeout=30)
        assert process.returncode == 0, output

    def close(self) -> None:
        """Leave nothing behind."""
        for process in self._started:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        self.database.close()

    @property
    def delivery(self) -> Delivery:
        """The one delivery, as the ledger has it."""
        (found,) = self.ledger.deliveries("daily", self.slot)
        return found

    @property
    def texts(self) -> list[str]:
        """Every message in the channel and its threads, in the order in which Slack took them."""
        return [message.text for message in self.slack.workspace.all_messages(NEWS.id)]


@pytest.fixture
def bot(database_url: str) -> Iterator[Bot]:
    with ThreadedSlack() as slack:
        made = Bot(slack, database_url)
        try:
            yield made
        finally:
            made.close()


def wait_for(condition: Callable[[], object], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.01)


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def check_all_there(bot: Bot) -> None:
    """Each message once and in order, the thread under its parent, and the ledger knows all of it."""
    assert bot.texts == TEXTS
    parent, *thread = bot.slack.workspace.all_messages(NEWS.id)
    assert [message.thread_ts for message in thread] == [parent.ts, parent.ts]
    assert bot.delivery.state is DeliveryState.DONE
    assert [part.ts for part in bot.delivery.parts] == [parent.ts, *(message.ts for message in thread)]


def test_killed_between_the_claim_and_the_post(bot: Bot) -> None:
    process = bot.start("hang after the claim")
    assert process.stdout is not None
    assert process.stdout.readline() == "claimed\n"
    kill(process)
    assert bot.texts == []
    bot.run()
    check_all_there(bot)
    assert bot.delivery.attempts == 2


@pytest.mark.parametrize("part", [0, 1, 2])
def test_killed_while_slack_is_still_taking_the_message(bot: Bot, part: int) -> None:
    """The call hangs in Slack when the process dies, and is carried out after another process has looked for it."""
    bot.slack.workspace.faults.add(Fault(POST, "delay", seconds=3.0, skip=part))
    second = bot.start("stand by")
    assert second.stdout is not None
    assert second.stdout.readline() == "ready\n"
    first = bot.start()
    wait_for(lambda: len(bot.slack.workspace.faults.waiting) == 0)
    assert bot.delivery.parts[part].state is PartState.SENDING
    kill(first)
    look = "conversations.history" if part == 0 else "conversations.replies"
    wait_for(lambda: bot.slack.workspace.calls_of(look))
    assert bot.texts == TEXTS[:part]  # seen to be missing, and yet not sent again
    output, _ = second.communicate(timeout=30)
    assert second.returncode == 0, output
    wait_for(lambda: any(call.fault == "delay" for call in bot.slack.workspace.calls_of(POST)))
    check_all_there(bot)
    assert len(bot.slack.workspace.calls_of(POST)) == 3


@pytest.mark.parametrize("part", [0, 1, 2])
def test_killed_after_slack_took_the_message_and_before_that_was_stored(bot: Bot, part: int) -> None:
    """The answer is lost and the look in the channel hangs: the process dies not knowing what Slack already has."""
    look = "conversations.history" if part == 0 else "conversations.replies"
    bot.slack.workspace.faults.add(Fault(POST, "lost_reply", skip=part), Fault(look, "delay", seconds=1.0))
    process = bot.start()
    wait_for(lambda: len(bot.slack.workspace.faults.waiting) == 0)
    kill(process)
    assert bot.texts == TEXTS[: part + 1]
    assert bot.delivery.parts[part].state is PartState.AMBIGUOUS
    bot.run()
    check_all_there(bot)
    assert len(bot.slack.workspace.calls_of(POST)) == 3


def test_killed_before_the_message_reached_slack(bot: Bot) -> None:
    """The ledger says `sending`, Slack has nothing and never will: it is sent again, but only after a sure miss."""
    delivery = _claimed_by_a_dead_process(bot)
    bot.ledger.sending(delivery.parent, datetime.now(UTC) - timedelta(minutes=2))
    bot.run()
    check_all_there(bot)
    assert bot.delivery.parent.attempts == 2


def _claimed_by_a_dead_process(bot: Bot) -> Delivery:
    process = bot.start("hang after the claim")
    assert process.stdout is not None
    process.stdout.readline()
    kill(process)
    wait_for(lambda: bot.ledger.resume(datetime.now(UTC)))
    return bot.delivery


def test_killed_again_and_again(bot: Bot) -> None:
    bot.slack.workspace.faults.add(
        Fault(POST, "delay", seconds=0.3, times=None), Fault("conversations.history", "delay", seconds=0.2, times=None)
    )
    for seconds in (0.9, 1.2, 1.5, 1.8):
        process = bot.start()
        time.sleep(seconds)
        process.kill()
        process.communicate()
    bot.run()
    check_all_there(bot)


def test_three_processes_at_once(bot: Bot) -> None:
    bot.slack.workspace.faults.add(Fault(POST, "lost_reply", times=2, skip=1))
    processes = [bot.start() for _ in range(3)]
    for process in processes:
        output, _ = process.communicate(timeout=30)
        assert process.returncode == 0, output
    check_all_there(bot)
    assert bot.delivery.attempts == 1
