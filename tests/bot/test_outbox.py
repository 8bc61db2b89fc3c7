"""The outbox against the pretend Slack at the wire: whatever goes wrong, each message is there exactly once, in order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from slack_sdk.web.async_client import AsyncWebClient
from structlog.testing import capture_logs

from bot.delivery import Delivery, DeliveryState, Ledger, Outbox, PartState, Publisher, posting_client
from bot.delivery.ledger import Change
from bot.delivery.simplify import halves, simpler
from bot.delivery.slack_errors import SLACK_ERRORS, Action, row_for
from bot.settings import DigestSettings
from digests.library import Database
from digests.models import Article, DigestSpec, Edition, Message, Post, ScoredStory, Section, Story, Tally
from digests.rendering import Renderer
from digests.steering import Mute
from playground.slack import ARCHIVED, BOT_TOKEN, NEWS, OTHER, STRANGE, Fault, Workspace, running

POST = "chat.postMessage"
BLOCK = {"type": "section", "text": {"type": "mrkdwn", "text": "EU weighs a ban"}}
DIGEST = Post(Message("AI digest", (BLOCK,)), (Message("More 1", (BLOCK,)), Message("More 2", (BLOCK,))))
TEXTS = ["AI digest", "More 1", "More 2"]


class Clock:
    """Time that passes only while somebody sleeps. It starts at the real time, since Slack's own clock is real."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        await asyncio.sleep(0)


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    made = Workspace()
    async with running(made):
        yield made


@pytest.fixture
def client(workspace: Workspace) -> AsyncWebClient:
    return posting_client(BOT_TOKEN, f"{workspace.base_url}/api/")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.close()


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox(client: AsyncWebClient, ledger: Ledger, clock: Clock) -> Outbox:
    return Outbox(client, ledger, clock, sleep=clock.sleep)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[list[structlog.typing.EventDict]]:
    with capture_logs() as lines:
        yield lines


def claim(ledger: Ledger, clock: Clock, channel: str = NEWS.id, post: Post = DIGEST) -> Delivery:
    delivery = ledger.claim("daily", clock.now, channel, post, clock.now)
    assert delivery is not None
    return delivery


def texts(workspace: Workspace, channel: str = NEWS.id) -> list[str]:
    """What stands in a channel: top level first, then its threads."""
    return [
        message.text
        for parent in workspace.messages(channel)
        for message in (parent, *workspace.messages(channel, parent.ts))
    ]


async def test_a_digest_and_its_thread(workspace: Workspace, outbox: Outbox, ledger: Ledger, clock: Clock) -> None:
    delivery = await outbox.deliver(claim(ledger, clock))
    assert delivery.state is DeliveryState.DONE
    assert texts(workspace) == TEXTS
    parent, *thread = workspace.all_messages(NEWS.id)
    assert [part.ts for part in delivery.parts] == [parent.ts, *(message.ts for message in thread)]
    assert parent.metadata == {
        "event_type": "heatline_delivery",
        "event_payload": {"delivery": delivery.id, "part": 0},
    }
    for message in (parent, *thread):
        assert (message.unfurl_links, message.unfurl_media, message.reply_broadcast) == (False, False, False)
        assert message.blocks == (BLOCK,)
    assert clock.slept == [1.0, 1.0]  # one message a second a channel


@pytest.mark.parametrize("skip", [0, 1, 2])
@pytest.mark.parametrize("kind", ["lost_reply", "late_error", "drop_before", "server_error", "rate_limited"])
async def test_once_whatever_part_is_hit(
    workspace: Workspace, outbox: Outbox, ledger: Ledger, clock: Clock, kind: str, skip: int
) -> None:
    workspace.faults.add(Fault(POST, kind, skip=skip, seconds=7))  # type: ignore[arg-type]
    delivery = await outbox.deliver(claim(ledger, clock))
    assert delivery.state is DeliveryState.DONE
    assert texts(workspace) == TEXTS
    assert [part.ts for part in delivery.parts] == [message.ts for message in workspace.all_messages(NEWS.id)]
    assert len(workspace.calls_of(POST)) == (3 if kind in ("lost_reply", "late_error") else 4)
    if kind in ("lost_reply", "late_error"):
        assert delivery.parts[skip].attempts == 1
    if kind == "rate_limited":
        assert 7.0 in clock.slept


@pytest.mark.parametrize("code", ["fatal_error", "internal_error", "service_unavailable", "ratelimited"])
async def test_passing_trouble_of_slacks(
    workspace: Workspace, outbox: Outbox, ledger: Ledger, clock: Clock, code: str
) -> None:
    workspace.faults.add(Fault(POST, "refused", error=code, times=3))
    assert (await outbox.deliver(claim(ledger, clock))).state is DeliveryState.DONE
    assert texts(workspace) == TEXTS


async def test_many_faults_in_a_row_at_every_method(
    workspace: Workspace, outbox: Outbox, ledger: Ledger, clock: Clock
) -> None:
    workspace.faults.add(
        *(Fault(POST, kind) for kind in ("server_error", "drop_before", "lost_reply", "rate_limited", "lost_reply")),
        Fault("auth.test", "drop_before"),
        Fault("conversations.history", "rate_limited", seconds=5),
        Fault("conversations.history", "lost_reply"),
        Fault("conversations.replies", "server_error", times=3),
    )
    assert (await outbox.deliver(claim(ledger, clock))).state is DeliveryState.DONE
    assert texts(workspace) == TEXTS


async def test_slack_takes_a_message_long_after_the_answer_was_lost(
    workspace: Workspace, client: AsyncWebClient, ledger: Ledger
) -> None:
    client.timeout = 1
    workspace.faults.add(Fault(POST, "delay", seconds=2.0))
    real = Outbox(client, ledger, lambda: datetime.now(UTC), settle=timedelta(seconds=4), pace=0)
    now = datetime.now(UTC)
    delivery = ledger.claim("daily", now, NEWS.id, DIGEST, now)
    assert delivery is not None
    assert (await real.deliver(delivery)).state is DeliveryState.DONE
    await workspace.wait_for(lambda: any(call.fault == "delay" for call in workspace.calls_of(POST)))
    assert texts(workspace) == TEXTS
    assert len(workspace.calls_of(POST)) == 3


async def test_what_is_noted_late_is_not_begun_late(
    workspace: Workspace, outbox: Outbox, ledger: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait for a message whose answer was lost is counted from the note: a call after it would come too late to be seen."""
    together, slow = ledger.together, [timedelta(seconds=6)]

    def noted(changes: Sequence[Change]) -> list[object]:
        done = together(changes)
        if slow and any(change == ledger.sending for change, _ in changes):
            clock.now += slow.pop()
        return done

    monkeypatch.setattr(ledger, "together", noted)
    assert outbox.prompt < timedelta(seconds=6) < ledger.lease / 2
    delivery = await outbox.deliver(claim(ledger, clock))
    assert delivery.state is DeliveryState.DONE
    assert [part.attempts for part in delivery.parts] == [2, 1, 1]
    assert texts(workspace) == TEXTS
    assert len(workspace.calls_of(POST)) == 3


async def test_a_channel_named_by_name_is_found_too(
    workspace: Workspace, outbox: Outbox, ledger: Ledger, clock: Clock
) -> None:
    workspace.faults.add(Fault(POST, "lost_reply"))
    delivery = await outbox.deliver(claim(ledger, clock, channel=f"#{NEWS.name}"))
    assert (delivery.state, delivery.conversation) == (DeliveryState.DONE, NEWS.id)
    assert texts(workspace) == TEXTS
    asked = workspace.calls_of("conversations.history")
    assert [call.args["channel"] for call in asked] == [NEWS.id]


async def test_a_message_behind_many_others_is_found(
    workspace: Workspace, outbox: Outbox, ledger: Ledger, clock: Clock
) -> None:
    delivery = claim(ledger, clock)
    ledger.sending(delivery.parent, clock.now)
    await outbox.client.chat_postMessage(channel=NEWS.id, text="AI digest", metadata=_metadata(delivery, 0))
    (ours,) = workspace.messages(NEWS.id)
    for number in range(450):
        chatter = _metadata(delivery, number + 7)
        workspace.store(replace(ours, ts=workspace.next_ts(), text="chatter", metadata=chatter))
    current = ledger.delivery(delivery.id)
    assert current is not None
    done = await outbox.deliver(current)
    assert (done.state, done.parent.ts) == (DeliveryState.DONE, ours.ts)
    assert [text for text in texts(workspace) if text != "chatter"] == TEXTS
    assert len(workspace.calls_of("conversations.history")) == 3


async def test_somebody_elses_message_with_our_metadata_is_not_ours(
    workspace: Workspace, outbox: Outbox, ledger: Ledger, clock: Clock
) -> None:
    delivery = claim(ledger, clock)
    await outbox.client.chat_postMessage(channel=NEWS.id, text="forged", metadata=_metadata(delivery, 0))
    (forged,) = workspace.messages(NEWS.id)
    workspace.store(replace(forged, bot_id="B0STRANGER1", user="U0STRANGER1"))
    workspace.faults.add(Fault(POST, "drop_before"))
    await outbox.deliver(delivery)
    assert texts(workspace) == ["forged", *TEXTS]


def _metadata(delivery: Delivery, part: int) -> dict[str, object]:
    return {"event_type": "heatline_delivery", "event_payload": {"delivery": delivery.id, "part": part}}


@pytest.mark.parametrize(
    ("channel", "code"),
    [(STRANGE.id, "not_in_channel"), (ARCHIVED.id, "is_archived"), ("C0NOWHERE01", "channel_not_found")],
)
async def test_a_channel_that_cannot_be_posted_to(
    workspace: Workspace,
    outbox: Outbox,
    ledger: Ledger,
    clock: Clock,
    quiet: list[structlog.typing.EventDict],
    channel: str,
    code: str,
) -> None:
    delivery = await outbox.deliver(claim(ledger, clock, channel=channel))
    assert delivery.state is DeliveryState.FAILED
    assert delivery.parent.state is PartState.FAILED
    assert code in str(delivery.error)
    assert row_for(code).do in str(delivery.error)
    assert any(code in str(line.get("why")) and line["log_level"] == "error" for line in quiet)
    assert len(workspace.calls_of(POST)) == 1


async def test_a_wrong_token_is_told_but_never_shown(
    workspace: Workspace, ledger: Ledger, clock: Clock, quiet: list[structlog.typing.EventDict]
) -> None:
    client = posting_client("xoxb-wrong-secret", f"{workspace.base_url}/api/")
    delivery = await Outbox(client, ledger, clock, sleep=clock.sleep).deliver(claim(ledger, clock))
    assert "invalid_auth" in str(delivery.error)
    assert "xoxb" not in str(delivery) + str(quiet)


async def test_without_the_right_to_look_nothing_is_risked(
    workspace: Workspace, outbox: Outbox, ledger: Ledger, clock: Clock, quiet: list[structlog.typing.EventDict]
) -> None:
    workspace.scopes.discard("channels:history")
    workspace.faults.add(Fault(POST, "lost_reply"))
    delivery = await outbox.deliver(claim(ledger, clock))
    assert (delivery.state, delivery.parent.state) == (DeliveryState.CLAIMED, PartState.AMBIGUOUS)
    assert texts(workspace) == TEXTS[:1]
    assert ledger.flagged() == (delivery,)
    line = next(line for line in quiet if line["event"] == "part may be in Slack, not sent again")
    assert "channels:history" in line["why"]
    assert "look in the channel" in line["do"]
    assert ledger.resume(clock.now + timedelta(minutes=9)) == ()

    workspace.scopes.add("channels:history")  # the admin did what the line says
    clock.now += timedelta(minutes=10)
    (again,) = ledger.resume(clock.now)
    assert (await outbox.deliver(again)).state is DeliveryState.DONE
    assert texts(workspace) == TEXTS


async def test_what_could_never_be_looked_up_is_closed_as_ambiguous_after_the_grace(
    workspace: Workspace, outbox: Outbox, ledger: Ledger, clock: Clock
) -> None:
    workspace.scopes.discard("channels:history")
    workspace.faults.add(Fault(POST, "lost_reply"))
    await outbox.deliver(claim(ledger, clock))
    clock.now += outbox.grace + timedelta(minutes=1)
    (again,) = ledger.resume(clock.now)
    delivery = await outbox.deliver(again)
    assert (delivery.state, delivery.parent.state) == (DeliveryState.AMBIGUOUS, PartState.AMBIGUOUS)
    assert texts(workspace) == TEXTS[:1]


async def test_too_late_is_not_posted_but_a_begun_thread_is_finished(
    workspace: Workspace, outbox: Outbox, ledger: Ledger, clock: Clock
) -> None:
    late = claim(ledger, clock)
    begun = claim(ledger, clock, channel=OTHER.id)
    answer = await outbox.client.chat_postMessage(channel=OTHER.id, text="AI digest")
    ledger.sent(begun.parent, answer["ts"], clock.now, OTHER.id)
    clock.now += outbox.grace + timedelta(minutes=1)
    states = {each.channel: (await outbox.deliver(each)).state for each in ledger.resume(clock.now)}
    assert states == {late.channel: DeliveryState.FAILED, begun.channel: DeliveryState.DONE}
    assert texts(workspace) == []
    assert texts(workspace, OTHER.id) == TEXTS


async def test_slack_out_of_reach_for_longer_than_the_grace(workspace: Workspace, ledger: Ledger, clock: Clock) -> None:
    client = posting_client(BOT_TOKEN, "http://127.0.0.1:9/api/")
    delivery = await Outbox(client, ledger, clock, sleep=clock.sleep, grace=timedelta(minutes=5)).deliver(
        claim(ledger, clock)
    )
    assert delivery.state is DeliveryState.FAILED
    assert "no connection to Slack" in str(delivery.error)
    assert sum(clock.slept) <= 300
    assert workspace.calls_of(POST) == []


async def test_one_broken_image_costs_the_image_not_the_digest(
    workspace: Workspace, outbox: Outbox, ledger: Ledger, clock: Clock
) -> None:
    image = {"type": "image", "image_url": "https://example.com/gone.png", "alt_text": "gone"}
    workspace.broken_images.add("https://example.com/gone.png")
    post = Post(Message("AI digest", ({**BLOCK, "accessory": image}, image, BLOCK)))
    delivery = await outbox.deliver(claim(ledger, clock, post=post))
    assert delivery.state is DeliveryState.DONE
    assert workspace.messages(NEWS.id)[0].blocks == (BLOCK, BLOCK)


FEEDBACK = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "rate",
            "positive_button": {"text": {"type": "plain_text", "text": "👍"}, "value": "up"},
            "negative_button": {"text": {"type": "plain_text", "text": "👎"}, "value": "down"},
        }
    ],
}


@pytest.mark.parametrize("refused", [False, True])
async def test_feedback_buttons_become_plain_ones_where_slack_does_not_take_them(
    workspace: Workspace, outbox: Outbox, ledger: Ledger, clock: Clock, refused: bool
) -> None:
    if refused:
        workspace.refused_blocks.add("context_actions")
    image = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}
    delivery = await outbox.deliver(claim(ledger, clock, post=Post(Message("AI digest", (image, BLOCK, FEEDBACK)))))
    assert delivery.state is DeliveryState.DONE
    kept_image, block, last = workspace.messages(NEWS.id)[0].blocks
    assert (kept_image, block) == (image, BLOCK)  # nothing else is lost
    assert last["type"] == ("actions" if refused else "context_actions")
    if refused:
        assert [(each["action_id"], each["value"]) for each in last["elements"]] == [
            ("rate_1", "up"),
            ("rate_2", "down"),
        ]


async def test_a_part_that_slack_will_not_have_does_not_stop_the_others(
    workspace: Workspace, outbox: Outbox, ledger: Ledger, clock: Clock
) -> None:
    workspace.faults.add(Fault(POST, "refused", error="msg_too_long", times=2, skip=1))
    delivery = await outbox.deliver(claim(ledger, clock))
    assert [part.state for part in delivery.parts] == [PartState.SENT, PartState.FAILED, PartState.SENT]
    assert delivery.state is DeliveryState.FAILED
    assert texts(workspace) == ["AI digest", "More 2"]


def section(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


@pytest.mark.parametrize("skip", [0, 1, 2])
async def test_a_part_that_is_too_long_is_sent_as_two(
    workspace: Workspace, outbox: Outbox, ledger: Ledger, clock: Clock, skip: int
) -> None:
    """Nothing of it is lost, and what follows stays behind it; of a parent the second half begins the thread."""
    long = [Message(f"part {part}", tuple(section(f"{part}{place}") for place in "abcd")) for part in range(3)]
    workspace.faults.add(
        Fault(POST, "refused", error="msg_blocks_too_long", skip=skip),
        Fault(POST, "refused", error="msg_blocks_too_long", skip=skip),  # the first half, too
        Fault(POST, "lost_reply", skip=skip + 1),
    )
    delivery = await outbox.deliver(claim(ledger, clock, post=Post(long[0], tuple(long[1:]))))
    assert delivery.state is DeliveryState.DONE
    (parent,) = workspace.messages(NEWS.id)
    stands = [parent, *workspace.messages(NEWS.id, parent.ts)]
    assert [block["text"]["text"] for message in stands for block in message.blocks] == [
        f"{part}{place}" for part in range(3) for place in "abcd"
    ]
    assert len(stands) == 5
    stored = ledger.delivery(delivery.id)
    assert stored is not None
    assert [(part.number, part.ts) for part in stored.parts] == list(enumerate(message.ts for message in stands))
    assert [message.metadata["event_payload"]["part"] for message in stands if message.metadata] == [0, 1, 2, 3, 4]


async def test_a_part_that_was_split_is_finished_by_another_process(
    workspace: Workspace, outbox: Outbox, ledger: Ledger, clock: Clock, database: Database, client: AsyncWebClient
) -> None:
    message = Message("long", tuple(map(section, "abcd")))
    delivery = claim(ledger, clock, post=Post(message, (Message("More", (BLOCK,)),)))
    first, second = halves(message) or (message, message)
    ledger.split(delivery.parent, first, second, "too long", clock.now)
    clock.now += timedelta(minutes=2)
    other = Outbox(client, Ledger(database), clock, sleep=clock.sleep)
    (taken,) = other.ledger.resume(clock.now)
    assert (await other.deliver(taken)).state is DeliveryState.DONE
    assert texts(workspace) == ["long", "long", "More"]


def test_halves_part_what_is_too_long_and_nothing_else() -> None:
    assert halves(Message("bare")) is None
    assert halves(Message("one", (BLOCK,))) is None
    image = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}
    first, second = halves(Message("many", (image,) * 5)) or (Message(""), Message(""))
    assert (len(first.blocks), len(second.blocks)) == (2, 3)
    items = [{"type": "rich_text_section", "elements": [{"type": "text", "text": f"item {n}"}]} for n in range(10)]
    listed = {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": items}]}
    first, second = halves(Message("list", (listed,))) or (Message(""), Message(""))
    assert [str(half.blocks).count("'item ") for half in (first, second)] == [5, 5]


def test_simpler_takes_feedback_buttons_before_pictures() -> None:
    image = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}
    first = simpler(Message("all", (image, FEEDBACK)))
    assert first is not None
    assert [block["type"] for block in first.blocks] == ["image", "actions"]
    second = simpler(first)
    assert second is not None
    assert second.blocks == first.blocks[1:]
    bare = simpler(Message("all", ({"type": "context_actions", "elements": []}, BLOCK)))
    assert bare is not None
    assert bare.blocks == (BLOCK,)


def test_simpler_takes_pictures_first_then_blocks() -> None:
    image = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}
    words = {"type": "mrkdwn", "text": "words"}
    context = {"type": "context", "elements": [image, words]}
    full = Message("all", (image, {**BLOCK, "accessory": image}, context, {"type": "context", "elements": [image]}))
    first = simpler(full)
    assert first is not None
    assert first.blocks == (BLOCK, {"type": "context", "elements": [words]})
    second = simpler(first)
    assert second is not None
    assert (second.text, second.blocks) == ("all", ())
    assert simpler(second) is None


async def test_two_processes_and_one_slot(
    workspace: Workspace, client: AsyncWebClient, database: Database, clock: Clock
) -> None:
    outboxes = [Outbox(client, Ledger(database), clock, sleep=clock.sleep) for _ in range(2)]
    publishers = [Publisher(_Desk(), _Renderer(), each.ledger, each, clock) for each in outboxes]
    digest = DigestSettings("daily", (NEWS.id, OTHER.id), "0 9 * * *", DigestSpec("daily"))
    workspace.faults.add(Fault(POST, "lost_reply", times=2, skip=1))
    now = clock.now
    done = await asyncio.gather(*(each.publish(digest, now, now) for each in publishers))
    assert sorted(delivery.channel for claimed in done for delivery in claimed) == [NEWS.id, OTHER.id]
    assert texts(workspace) == texts(workspace, OTHER.id) == TEXTS
    assert outboxes[0].ledger.last_slot("daily") == now


async def test_a_takeover_in_the_middle_of_a_post_ends_with_one_message(
    workspace: Workspace, client: AsyncWebClient, database: Database
) -> None:
    """The first process hangs past its lease; the second takes over while Slack still has the first one's message."""

    def real() -> datetime:
        return datetime.now(UTC)

    lease = timedelta(seconds=1)
    first, second = (
        Outbox(client, Ledger(database, lease=lease), real, settle=timedelta(seconds=4), pace=0) for _ in range(2)
    )
    workspace.faults.add(Fault(POST, "delay", seconds=2.5))
    delivery = first.ledger.claim("daily", real(), NEWS.id, DIGEST, real())
    assert delivery is not None
    hanging = asyncio.create_task(first.deliver(delivery))
    await asyncio.sleep(1.5)
    (taken,) = second.ledger.resume(real())
    await asyncio.gather(hanging, second.deliver(taken))
    assert texts(workspace) == TEXTS


async def test_a_channel_in_trouble_does_not_hold_up_the_others(
    workspace: Workspace, ledger: Ledger, clock: Clock, client: AsyncWebClient
) -> None:
    async def sleep(seconds: float) -> None:
        if seconds > 5:  # the one that Slack asked for: it ends when the other channel has its message, or never
            await workspace.wait_for(lambda: workspace.messages(OTHER.id), 10)
        await clock.sleep(seconds)

    publisher = Publisher(_Desk(), _Renderer(), ledger, Outbox(client, ledger, clock, sleep=sleep), clock)
    digest = DigestSettings("daily", (STRANGE.id, NEWS.id, OTHER.id), "0 9 * * *", DigestSpec("daily"))
    workspace.faults.add(Fault(POST, "rate_limited", seconds=30, channel=NEWS.id))
    done = await publisher.publish(digest, clock.now, clock.now)
    assert [delivery.state for delivery in done] == [DeliveryState.FAILED, DeliveryState.DONE, DeliveryState.DONE]
    assert texts(workspace) == texts(workspace, OTHER.id) == TEXTS
    assert workspace.messages(OTHER.id)[0].ts < workspace.messages(NEWS.id)[0].ts


async def test_a_method_that_slack_asked_to_wait_with_is_called_by_nobody_before(
    workspace: Workspace, ledger: Ledger, clock: Clock, client: AsyncWebClient
) -> None:
    """Looks are counted for the whole workspace: one channel's 429 holds up the looks of all, and no post."""
    waits: list[float] = []
    over = asyncio.Event()

    async def sleep(seconds: float) -> None:
        if seconds > 10:
            waits.append(seconds)
            await over.wait()
            return
        await clock.sleep(seconds)

    outbox = Outbox(client, ledger, clock, sleep=sleep)
    looks = "conversations.history"
    workspace.faults.add(Fault(POST, "lost_reply", times=2), Fault(looks, "rate_limited", seconds=15))
    first = asyncio.create_task(outbox.deliver(claim(ledger, clock)))
    await workspace.wait_for(lambda: waits)
    second = asyncio.create_task(outbox.deliver(claim(ledger, clock, channel=OTHER.id)))
    await workspace.wait_for(lambda: len(waits) > 1)
    assert waits[0] == 15.0
    assert [call.status for call in workspace.calls_of(looks)] == [429]
    assert texts(workspace) == texts(workspace, OTHER.id) == TEXTS[:1]
    clock.now += timedelta(seconds=15)
    over.set()
    assert {each.state for each in await asyncio.gather(first, second)} == {DeliveryState.DONE}
    assert texts(workspace) == texts(workspace, OTHER.id) == TEXTS


@pytest.mark.parametrize(("on_quiet", "posts", "logged"), [("skip", 0, "nothing posted"), ("say", 1, "saying so")])
async def test_an_edition_without_stories_says_so_or_posts_nothing_and_is_done(
    workspace: Workspace,
    ledger: Ledger,
    clock: Clock,
    outbox: Outbox,
    quiet: list[structlog.typing.EventDict],
    on_quiet: str,
    posts: int,
    logged: str,
) -> None:
    publisher = Publisher(_Desk(stories=0), Renderer(), ledger, outbox, clock)
    digest = DigestSettings("daily", (NEWS.id,), "0 9 * * *", DigestSpec("daily"), on_quiet)
    assert len(await publisher.publish(digest, clock.now, clock.now)) == posts
    assert (ledger.last_slot("daily"), ledger.unfinished()) == (clock.now, ())
    (told,) = (line for line in quiet if "quiet day" in line["event"])
    assert logged in told["event"]
    assert told["stale_feeds"] == 2  # quiet may be a day on which nothing could be read
    assert len(workspace.messages(NEWS.id)) == posts
    assert all("quiet spell" in message.text for message in workspace.messages(NEWS.id))


async def test_a_stop_lets_the_message_on_its_way_arrive_and_leaves_the_rest(
    workspace: Workspace, client: AsyncWebClient, ledger: Ledger
) -> None:
    def real() -> datetime:
        return datetime.now(UTC)

    outbox = Outbox(client, ledger, real)
    workspace.faults.add(Fault(POST, "delay", seconds=0.5))
    delivery = ledger.claim("daily", real(), NEWS.id, DIGEST, real())
    assert delivery is not None
    task = asyncio.create_task(outbox.deliver(delivery))
    await asyncio.sleep(0.2)
    began = time.monotonic()
    outbox.stop()
    left = await task
    assert time.monotonic() - began < 5
    assert [part.state for part in left.parts] == [PartState.SENT, PartState.WAITING, PartState.WAITING]
    assert left.state is DeliveryState.CLAIMED
    (again,) = Ledger(ledger._database).resume(real())  # at once: no lease to wait for
    assert (await Outbox(client, Ledger(ledger._database, owner=again.claimed_by), real, pace=0).deliver(again)).state
    assert texts(workspace) == TEXTS


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("channel_not_found", Action.STOP),
        ("not_in_channel", Action.STOP),
        ("is_archived", Action.STOP),
        ("restricted_action", Action.STOP),
        ("token_revoked", Action.STOP),
        ("msg_blocks_too_long", Action.SPLIT),
        ("invalid_blocks", Action.SIMPLIFY),
        ("ratelimited", Action.WAIT),
        ("internal_error", Action.LOOK),
    ],
)
async def test_what_each_refusal_comes_to(
    workspace: Workspace, outbox: Outbox, ledger: Ledger, clock: Clock, code: str, action: Action
) -> None:
    """What stops is told with what to do about it and posted no more; everything else arrives."""
    row = SLACK_ERRORS[code]
    assert row.action is action
    workspace.faults.add(Fault(POST, "refused", error=code))
    delivery = await outbox.deliver(claim(ledger, clock))
    if action is Action.STOP:
        assert delivery.state is DeliveryState.FAILED
        assert row.means in str(delivery.error)
        assert row.do in str(delivery.error)
        assert len(workspace.calls_of(POST)) == 1
    else:
        assert delivery.state is DeliveryState.DONE
        assert texts(workspace) == TEXTS


def test_the_table_of_slack_errors() -> None:
    for code, row in SLACK_ERRORS.items():
        assert (row.code, bool(row.means), bool(row.do)) == (code, True, True)
    assert row_for("something_new").action is Action.STOP
    assert {SLACK_ERRORS[c].action for c in ("fatal_error", "internal_error", "service_unavailable")} == {Action.LOOK}


class _Desk:
    def __init__(self, stories: int = 1) -> None:
        self.stories = stories

    def frozen(self, spec: DigestSpec, slot: datetime, now: datetime, *_wanted: object) -> Edition:
        told = [
            ScoredStory(Story(str(n), Article(f"https://example.com/{n}", f"Story {n}", slot)), 1.0)
            for n in range(self.stories)
        ]
        sections = (Section(None, tuple(told)),) if told else ()
        return Edition(spec.name, spec.title, slot, now, "UTC", sections, tally=Tally(stale_feeds=2))

    def handles(self, urls: Iterable[str]) -> dict[str, str]:
        return dict.fromkeys(urls, "1")

    def quiet(self, edition: Edition, _muted: Collection[Mute]) -> Edition:
        return edition


class _Renderer:
    def speaking(self, _locale: str | None) -> _Renderer:
        return self

    def post(self, edition: Edition, now: datetime, *, template: str = "digest", **_drawn: object) -> Post:
        return DIGEST
