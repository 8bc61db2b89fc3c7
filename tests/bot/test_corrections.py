"""Corrections at the wire: what a publisher fixes after a post is fixed in its messages, once, and nothing else happens."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy import delete
from structlog.testing import capture_logs

from bot.clock import utc_now
from bot.delivery import Corrections, Delivery, DeliveryState, Ledger, Outbox, Publisher, posting_client
from bot.delivery.corrections import EVERY, WINDOW
from bot.delivery.drawer import drawn
from bot.delivery.outbox import GRACE
from bot.delivery.schema import drawings
from bot.delivery.values import CorrectionState, Drawing, Erratum
from bot.settings import DigestSettings
from digests.articles import dump
from digests.desk import Desk
from digests.library import Filed, Library, Stamp, feedbook, retold
from digests.library.feedbook import Seen, Settled
from digests.models import Article, DigestSpec, Image
from digests.rendering import Renderer
from digests.rendering.links import safe_url
from digests.sources.catalogue import Feed
from digests.sources.filing import ref_of
from digests.steering import TOPIC, Mute
from digests.sync import sync
from digests.topics import Catalogue
from playground.slack import BOT_TOKEN, NEWS, OTHER, READER, Fault, Message, Person, Workspace, running
from tests.bot.running_bot import Clock, bot
from tests.bot.test_actions import choices, choose
from tests.making import article

POST, UPDATE = "chat.postMessage", "chat.update"
WRONG = "Halden Labs sells robot arm maker for $10 billion"
RIGHT = "Halden Labs sells robot arm maker for $10 million"
OTHERS = ("AI robots learn to fold laundry in five minutes", "Tidewater council bans facial recognition in parks")
MORE = ("Machine learning predicts floods in the delta", "Chatbot answers questions about old maps")


@dataclass
class Room:
    """A folder, a library and a pretend Slack, and what the bot does with them."""

    folder: Path
    library: Library
    slack: Workspace
    base_url: str
    slot: datetime
    clock: Clock
    channels: tuple[str, ...] = (NEWS.id, OTHER.id)
    renderer: Renderer = field(default_factory=Renderer)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.library.database)
        self.desk = Desk(self.library, Catalogue.builtin())
        self.client = posting_client(BOT_TOKEN, f"{self.base_url}/api/")
        self.corrections = self.started()

    def started(self) -> Corrections:
        """The corrections of a process that has just started."""
        return Corrections(self.desk, self.renderer, self.ledger, self.client, self.clock)

    def write(self, *articles: Article) -> None:
        """Write article files, by their paths, and read the folder."""
        for each in articles:
            assert each.path is not None
            (self.folder / each.path).write_text(dump(each), encoding="utf-8")
        assert sync(self.library, [self.folder]).clean

    async def publish(self, stories: int = 12, muted: Mapping[str, Mute] | None = None) -> tuple[Delivery, ...]:
        """Post the edition, as the schedule does; some channels have muted something that others have not."""

        def muted_in(_digest: str, channels: Sequence[str], _now: datetime) -> dict[str, tuple[Mute, ...]]:
            return {each: (muted[each],) for each in channels if muted and each in muted}

        outbox = Outbox(self.client, self.ledger, self.clock, settle=timedelta(0), pace=0)
        addresses = {"addresses": lambda urls: retold.addresses(self.library, urls)}
        publisher = Publisher(
            self.desk, self.renderer, self.ledger, outbox, self.clock, muted_each=muted_in, **addresses
        )
        spec = DigestSpec("daily", topics=("ai",), stories=stories)
        done = await publisher.publish(
            DigestSettings("daily", self.channels, "0 9 * * *", spec), self.slot, self.clock()
        )
        assert {each.state for each in done} == {DeliveryState.DONE}
        return done

    @property
    def messages(self) -> list[Message]:
        """Everything in Slack."""
        return self.slack.all_messages()

    @property
    def updates(self) -> int:
        """How often Slack was asked to change a message."""
        return len(self.slack.calls_of(UPDATE))

    def errata(self, delivery: Delivery, part: int = 0) -> tuple[Erratum, ...]:
        """The corrections of a message as the ledger has them."""
        return self.ledger.errata.of(delivery.id).get(part, ())


@pytest.fixture
async def room(tmp_path: Path, library: Library) -> AsyncIterator[Room]:
    slot = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=1)
    slack = Workspace()
    (tmp_path / "articles").mkdir()
    async with running(slack) as base_url:
        yield Room(tmp_path / "articles", library, slack, base_url, slot, Clock(slot))


@pytest.fixture(autouse=True)
def said() -> AsyncIterator[list[structlog.typing.EventDict]]:
    with capture_logs() as lines:
        yield lines


def piece(room: Room, title: str, name: str = "", **fields: object) -> Article:
    """An article file of two hours before the slot."""
    made = article(title, published_at=room.slot - timedelta(hours=2), topics=("AI",), **fields)
    return replace(made, path=f"{name or made.url.rpartition('/')[2]}.md")


def wrong(room: Room, **fields: object) -> Article:
    """The article that is to be corrected: it leads, and has a picture."""
    picture = Image("https://tidewater-post.example.com/arm.jpg", 800, 600)
    return piece(room, WRONG, "arm", quality=150, images=(picture,), **fields)


def told_of(room: Room) -> Article:
    """Write the sample of this test, the wrong article among it."""
    made = wrong(room)
    room.write(made, *(piece(room, title) for title in OTHERS))
    return made


def differing(before: Message, after: Message) -> list[tuple[str, str]]:
    """The texts in two messages that are not the same."""

    def texts(node: object) -> list[str]:
        if isinstance(node, dict):
            return [text for each in node.values() for text in texts(each)]
        if isinstance(node, list | tuple):
            return [text for each in node for text in texts(each)]
        return [str(node)]

    old, new = texts(before.blocks), texts(after.blocks)
    return [(a, b) for a, b in zip(old, new, strict=True) if a != b]


async def test_a_fixed_title_is_fixed_in_every_channel_once(room: Room, said: list[structlog.typing.EventDict]) -> None:
    made = told_of(room)
    deliveries = await room.publish()
    before = room.messages
    await room.corrections.look()
    assert room.updates == 0

    room.clock.forward(timedelta(hours=3))  # ages stay as they were told
    room.write(replace(made, title=RIGHT))
    await room.corrections.look()
    after = room.messages
    assert [(each.channel, each.ts) for each in after] == [(each.channel, each.ts) for each in before]
    for old, new in zip(before, after, strict=True):
        assert new.text == old.text.replace(WRONG, RIGHT)
        assert all(b == a.replace(WRONG, RIGHT) for a, b in differing(old, new))
        assert new.metadata == old.metadata
        assert (new.edited is None) == (old.blocks == new.blocks)
    parents = [each for each in after if not each.is_reply]
    assert [RIGHT in str(each.blocks[2]) for each in parents] == [True, True]
    assert parents[0].blocks[2]["accessory"]["alt_text"] == RIGHT
    assert len(room.slack.calls_of(POST)) == len(before)
    assert room.updates == sum(1 for each in after if each.edited)
    for delivery in deliveries:
        (erratum,) = room.errata(delivery)
        assert erratum.state is CorrectionState.DONE
        ((fixed),) = erratum.made
        assert (fixed.was, fixed.title, fixed.url, fixed.link) == (WRONG, RIGHT, made.url, made.url)
    assert any(line["event"] == "message corrected" for line in said)
    assert any(RIGHT in str(line.get("corrections")) for line in said)

    for corrections in (room.corrections, room.started()):  # neither this process nor the next does it again
        await corrections.look()
    assert room.messages == after
    edition = room.library.edition("daily", room.slot)
    assert edition is not None
    assert edition.top is not None
    assert edition.top.lead.title == WRONG  # what was told stays what was told


async def test_what_a_channel_muted_stays_out_of_its_corrected_post(room: Room) -> None:
    made = told_of(room)
    await room.publish(muted={NEWS.id: Mute(TOPIC, "facial-recognition")})
    before = room.messages
    parents = {each.channel: each for each in before if not each.is_reply}
    assert "muted here" in parents[NEWS.id].visible_text()
    assert "muted here" not in parents[OTHER.id].visible_text()
    assert all("rate" in str(each.blocks) for each in parents.values())

    room.write(replace(made, title=RIGHT))
    await room.started().look()
    after = room.messages
    assert sum(RIGHT in each.text for each in after) == len(parents)
    for old, new in zip(before, after, strict=True):
        assert new.text == old.text.replace(WRONG, RIGHT)
        assert all(b == a.replace(WRONG, RIGHT) for a, b in differing(old, new))


async def test_what_is_listed_in_the_thread_is_fixed_there(room: Room) -> None:
    made = piece(room, WRONG, "arm", quality=5)
    more = [piece(room, title, quality=150, provider=f"Paper {n}") for n, title in enumerate((*OTHERS, *MORE))]
    room.write(made, *more)
    (delivery, _) = await room.publish(stories=2)
    before = room.messages
    assert [WRONG in str(each.blocks) for each in before if each.channel == NEWS.id] == [False, True]
    room.write(replace(made, title=RIGHT))
    await room.corrections.look()
    after = room.messages
    assert all((old.blocks != new.blocks) == new.is_reply for old, new in zip(before, after, strict=True))
    assert all(RIGHT in str(each.blocks) for each in after if each.is_reply)
    assert room.updates == 2
    assert (len(room.errata(delivery, 0)), len(room.errata(delivery, 1))) == (0, 1)


async def test_a_fixed_link_is_fixed_and_so_are_the_buttons(room: Room) -> None:
    made = told_of(room)
    await room.publish()
    before = room.messages
    moved = replace(made, url=made.url.replace("billion", "million"), title=RIGHT)
    room.write(moved)
    await room.corrections.look()
    (old, new) = (next(each for each in some if each.channel == NEWS.id) for some in (before, room.messages))
    assert f"<{moved.url}|" in str(new.blocks)
    assert made.url not in str(new.blocks)
    handles = {value.split()[1] for _, value in choices(new)} - {value.split()[1] for _, value in choices(old)}
    (handle,) = handles
    found = room.desk.by_handle(handle)
    assert found is not None
    assert found.url == moved.url
    assert moved.url in room.library.told("daily")  # no later edition tells it as new
    assert room.updates == sum(1 for each in room.messages if each.edited)


async def test_a_link_of_somebody_else_never_comes_in(room: Room) -> None:
    made = told_of(room)
    await room.publish()
    before = room.messages
    for url in (
        made.url.replace("tidewater-post", "tidewater-pest"),
        "https://tidewater-post.example.com@evil.example.net/arm",
        "https://evil.example.net#@tidewater-post.example.com/arm",
    ):
        room.write(replace(made, url=url))
        await room.started().look()
    assert (room.updates, room.messages) == (0, before)


async def test_a_file_that_tells_other_news_by_now_corrects_nothing(room: Room) -> None:
    made = told_of(room)
    await room.publish()
    base = made.url.rpartition("/")[0]
    room.write(replace(made, url=f"{base}/today", title="Robots of the day", published_at=room.slot))
    await room.corrections.look()
    room.write(replace(made, url=f"{base}/soup", title="A soup that a robot cooked"))
    await room.corrections.look()
    assert room.updates == 0


async def test_a_withdrawn_article_stays_as_it_was_told(room: Room) -> None:
    made = told_of(room)
    await room.publish()
    (room.folder / str(made.path)).unlink()
    room.write()
    assert room.library.article(made.url) is None
    await room.corrections.look()
    assert room.updates == 0


async def test_older_words_that_come_back_correct_nothing(room: Room) -> None:
    made = told_of(room)
    room.write(
        replace(
            made,
            title="An older headline about a robot arm",
            path="old.md",
            published_at=room.slot - timedelta(hours=9),
        )
    )
    await room.publish()
    assert WRONG in room.messages[0].text
    (room.folder / str(made.path)).unlink()
    room.write()
    found = room.library.article(made.url)
    assert found is not None
    assert found.path == "old.md"
    await room.corrections.look()
    assert room.updates == 0


async def test_hostile_titles_do_nothing(room: Room) -> None:
    made = told_of(room)
    await room.publish()
    room.write(replace(made, title="<!channel> *Halden* <https://evil.example.net|free> `arm` & more\u202e"))
    await room.corrections.look()
    message = room.messages[0]
    assert message.edited
    read = message.text + str(message.blocks[2]["text"]["text"])  # what Slack looks for commands in
    assert "&lt;!channel&gt;" in read
    assert "<!channel>" not in read
    assert "<https://evil" not in read
    room.clock.forward(EVERY)
    room.write(replace(made, title="\u200b\u2800"))  # a title that shows nothing is none
    await room.corrections.look()
    assert WRONG in room.messages[0].text


async def test_a_title_that_has_no_room_takes_the_room_of_the_old_one(room: Room) -> None:
    made = told_of(room)
    fill = [
        piece(room, f"AI robot number {n} {'builds a very long bridge of words ' * 4}"[:148], quality=90)
        for n in range(40)
    ]
    room.write(*fill)
    await room.publish(stories=40)
    before = room.messages
    room.write(replace(made, title=f"{RIGHT}, {'as a spokeswoman said on Monday, ' * 20}"))
    await room.corrections.look()
    after = room.messages
    assert len(after) == len(before)
    assert all(len(old.blocks) == len(new.blocks) for old, new in zip(before, after, strict=True))
    assert RIGHT[:30] in after[0].text
    assert all(safe_url(each.url) in str(after) for each in fill if str(safe_url(each.url)) in str(before))


async def test_another_template_by_now_moves_nothing(
    room: Room, tmp_path: Path, said: list[structlog.typing.EventDict]
) -> None:
    made = told_of(room)
    await room.publish()
    own = tmp_path / "templates"
    own.mkdir()
    (own / "digest.yaml.j2").write_text(
        "- {type: section, text: {type: plain_text, text: {{ edition.top.title }} } }\n"
    )
    room.renderer = Renderer(own)
    room.write(replace(made, title=RIGHT))
    corrections = room.started()
    await corrections.look()
    await corrections.look()
    assert [each for each in room.messages if each.edited and not each.is_reply] == []
    told = [line for line in said if line["event"].startswith("not corrected") and line["part"] == 0]
    assert len(told) == 2  # once for each channel


async def test_a_message_that_slack_took_in_a_simpler_form_is_corrected_in_that(room: Room) -> None:
    made = told_of(room)
    room.slack.broken_images.add(made.images[0].url)
    await room.publish()
    assert "accessory" not in room.messages[0].blocks[2]
    room.write(replace(made, title=RIGHT))
    await room.corrections.look()
    assert RIGHT in str(room.messages[0].blocks)
    assert room.updates == sum(1 for each in room.messages if each.edited)  # no picture was tried again


async def test_a_crash_between_noting_and_doing_loses_nothing(room: Room) -> None:
    made = told_of(room)
    deliveries = await room.publish()
    room.write(replace(made, title=RIGHT))
    noted = room.corrections.notice(room.clock())
    assert noted == len([each for d in deliveries for part in range(3) for each in room.errata(d, part)]) >= 2
    (first, *_) = room.ledger.errata.due(room.clock())
    assert room.ledger.errata.take(first, room.clock())  # and here the process ended
    assert not room.ledger.errata.take(first, room.clock())
    assert room.updates == 0
    again = room.started()
    assert again.notice(room.clock()) == 0
    await again.send()
    room.clock.forward(timedelta(minutes=2))
    await again.send()
    assert room.updates == noted
    assert all(RIGHT in each.text for each in room.messages if not each.is_reply)


async def test_a_lost_reply_is_repeated_and_does_no_harm(room: Room) -> None:
    made = told_of(room)
    await room.publish()
    room.slack.faults.add(Fault(UPDATE, "lost_reply"))
    room.write(replace(made, title=RIGHT))
    await room.corrections.look()
    room.clock.forward(timedelta(minutes=2))
    await room.corrections.look()
    assert len({(each.channel, each.ts) for each in room.messages}) == len(room.messages)
    assert all(RIGHT in each.text for each in room.messages if not each.is_reply)
    assert room.ledger.errata.due(room.clock() + timedelta(hours=1)) == ()


@pytest.mark.parametrize("kind", ["rate_limited", "server_error"])
async def test_what_slack_has_no_time_for_is_done_later(room: Room, kind: str) -> None:
    made = told_of(room)
    await room.publish()
    room.slack.faults.add(Fault(UPDATE, kind, seconds=30))  # type: ignore[arg-type]
    room.write(replace(made, title=RIGHT))
    await room.corrections.look()
    first = room.updates
    assert first == 1 or kind == "server_error"  # asked to slow down, the others wait as well
    await room.corrections.look()
    assert room.updates == first
    room.clock.forward(timedelta(seconds=31))
    await room.corrections.look()
    assert all(RIGHT in each.text for each in room.messages if not each.is_reply)


async def test_trouble_that_does_not_end_is_given_up(room: Room) -> None:
    made = told_of(room)
    (delivery, _) = await room.publish()
    room.slack.faults.add(Fault(UPDATE, "server_error", times=None))
    room.write(replace(made, title=RIGHT))
    for _ in range(3):
        await room.corrections.look()
        room.clock.forward(GRACE / 2)
    calls = room.updates
    await room.corrections.look()
    assert room.updates == calls
    (erratum,) = room.errata(delivery)
    assert erratum.state is CorrectionState.FAILED


@pytest.mark.parametrize(
    "code",
    [
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "is_archived",
        "not_in_channel",
        "something_new",
    ],
)
async def test_what_slack_refuses_is_given_up_and_stops_no_other_channel(
    room: Room, said: list[structlog.typing.EventDict], code: str
) -> None:
    made = told_of(room)
    (delivery, _) = await room.publish()
    room.slack.faults.add(Fault(UPDATE, "refused", error=code, times=None, channel=NEWS.id))
    room.write(replace(made, title=RIGHT))
    await room.corrections.look()
    calls = room.updates
    room.clock.forward(EVERY * 2)
    await room.corrections.look()
    assert room.updates == calls
    parents = {each.channel: each.text for each in room.messages if not each.is_reply}
    assert [RIGHT in parents[channel] for channel in (NEWS.id, OTHER.id)] == [False, True]
    assert {each.state for each in room.errata(delivery)} == {CorrectionState.FAILED}
    assert any(line["event"] == "correction given up" and code in line["why"] for line in said)


async def test_a_deleted_message_is_not_posted_anew(room: Room) -> None:
    made = told_of(room)
    await room.publish()
    room.slack.delete(room.slack.messages(NEWS.id)[0])
    left = len(room.messages)
    room.write(replace(made, title=RIGHT))
    await room.corrections.look()
    assert (len(room.messages), room.slack.messages(NEWS.id)) == (left, [])
    assert RIGHT in room.slack.messages(OTHER.id)[0].text


async def test_a_refused_drawing_is_sent_in_a_simpler_form(room: Room) -> None:
    made = told_of(room)
    await room.publish()
    room.slack.broken_images.add(made.images[0].url)  # gone since
    room.write(replace(made, title=RIGHT))
    await room.corrections.look()
    assert "accessory" not in room.slack.messages(NEWS.id)[0].blocks[2]
    assert RIGHT in str(room.slack.messages(NEWS.id)[0].blocks)


async def test_what_was_posted_long_ago_stays(room: Room) -> None:
    made = told_of(room)
    await room.publish()
    room.clock.forward(WINDOW + timedelta(minutes=1))
    room.write(replace(made, title=RIGHT))
    await room.corrections.look()
    assert room.updates == 0


async def test_what_was_noted_in_time_and_comes_too_late_is_given_up(room: Room) -> None:
    made = told_of(room)
    (delivery, _) = await room.publish()
    room.write(replace(made, title=RIGHT))
    assert room.corrections.notice(room.clock()) >= 2
    room.clock.forward(WINDOW + timedelta(minutes=1))
    await room.corrections.look()
    assert room.updates == 0
    assert {each.state for each in room.errata(delivery)} == {CorrectionState.FAILED}


async def test_a_live_blog_is_corrected_a_few_times_a_day(room: Room) -> None:
    made = told_of(room)
    room.channels = (NEWS.id,)
    await room.publish()
    times = []
    for minute in range(0, 48 * 60 + 30, 15):
        room.write(replace(made, title=f"{WRONG}, live: {minute}"))
        before = room.slack.messages(NEWS.id)[0].edited
        await room.corrections.look()
        if room.slack.messages(NEWS.id)[0].edited != before:
            times.append(minute)
        room.clock.forward(timedelta(minutes=15))
    assert times[0] == 0
    assert 6 <= len(times) <= 8
    gaps = [after - before for before, after in itertools.pairwise(times)]
    assert all(after >= 2 * before for before, after in itertools.pairwise(gaps))
    assert gaps[0] >= EVERY / timedelta(minutes=1)


async def test_a_fix_that_is_taken_back_is_taken_back(room: Room) -> None:
    made = told_of(room)
    await room.publish()
    before = [(each.text, each.blocks) for each in room.messages]
    room.write(replace(made, title=RIGHT))
    await room.corrections.look()
    room.write(made)
    await room.corrections.look()
    assert RIGHT in room.messages[0].text  # not at once
    room.clock.forward(EVERY)
    await room.corrections.look()
    assert [(each.text, each.blocks) for each in room.messages] == before


async def test_what_does_not_show_is_no_correction(room: Room) -> None:
    made = told_of(room)
    await room.publish()
    room.write(replace(made, title=f"{WRONG} "), piece(room, OTHERS[0], quality=99, excerpt="Another excerpt"))
    room.write(replace(made, title=made.title.replace(" ", "  ")))
    await room.corrections.look()
    assert room.updates == 0


async def test_two_processes_correct_a_message_once(room: Room) -> None:
    made = told_of(room)
    await room.publish()
    room.write(replace(made, title=RIGHT))
    ledgers = [Ledger(room.library.database) for _ in range(2)]
    both = [Corrections(room.desk, room.renderer, each, room.client, room.clock) for each in ledgers]
    room.slack.faults.add(Fault(UPDATE, "delay", seconds=0.3))
    await asyncio.gather(*(each.look() for each in both))
    assert all(RIGHT in each.text for each in room.messages if not each.is_reply)
    assert room.updates == sum(1 for each in room.messages if each.edited)


async def test_a_direct_message_is_corrected_like_a_channel(room: Room) -> None:
    made = told_of(room)
    room.channels = (READER.id,)
    (delivery,) = await room.publish()
    assert str(delivery.conversation).startswith("D")
    room.write(replace(made, title=RIGHT))
    await room.corrections.look()
    (parent,) = (each for each in room.messages if not each.is_reply)
    assert (parent.channel, RIGHT in parent.text) == (delivery.conversation, True)


async def test_a_post_of_which_is_not_known_what_it_was_drawn_with_stays(room: Room) -> None:
    made = told_of(room)
    (delivery, _) = await room.publish()
    with room.library.database.write() as connection:
        connection.execute(delete(drawings).where(drawings.c.delivery_id == delivery.id))  # as of an older version
    room.write(replace(made, title=RIGHT))
    await room.corrections.look()
    parents = {each.channel: each.text for each in room.messages if not each.is_reply}
    assert [RIGHT in parents[channel] for channel in (NEWS.id, OTHER.id)] == [False, True]


async def test_a_message_that_is_still_on_its_way_is_corrected_when_it_is_there(room: Room) -> None:
    made = told_of(room)
    edition = room.desk.frozen(DigestSpec("daily", topics=("ai",)), room.slot, room.clock())
    drawing = Drawing(room.clock())
    post = drawn(room.renderer, edition, drawing)
    delivery = room.ledger.claim("daily", room.slot, NEWS.id, post, room.clock(), drawing)
    assert delivery is not None
    room.write(replace(made, title=RIGHT))
    await room.corrections.look()
    assert (room.messages, room.updates) == ([], 0)
    await Outbox(room.client, room.ledger, room.clock, pace=0).deliver(delivery)
    await room.corrections.look()
    assert RIGHT in room.messages[0].text
    assert len(room.slack.calls_of(POST)) == len(room.messages)


# --- feeds

FEED = Feed("https://tidewater-post.example.com/feed", "Tidewater Post", "tidewater-post.example.com")


def fed(room: Room, found: Article, address: str, before: str = "") -> None:
    """What a pull writes down of an item that a feed has at an address, once it had it at another."""
    (state,) = feedbook.claim(room.library, [FEED], "pull", room.clock(), early=True)
    seen = Seen(address, "", found.published_at, found.url, feedbook.headline(found.title), before)
    file = Filed(ref_of(found.url), Stamp(0, 0, ""), found)
    feedbook.settle(room.library, "pull", [Settled(state, seen=(seen,), files=(file,))], room.clock())


async def test_a_feeds_edited_title_is_fixed(room: Room) -> None:
    made = wrong(room)
    fed(room, made, made.url)
    await room.publish()
    fed(room, replace(made, title=RIGHT), made.url)
    await room.corrections.look()
    assert all(RIGHT in each.text for each in room.messages if not each.is_reply)
    assert room.updates == sum(1 for each in room.messages if each.edited)


async def test_an_item_that_a_feed_has_at_another_address_is_linked_there(room: Room) -> None:
    made = wrong(room)
    fed(room, made, f"{made.url}?from=feed")
    await room.publish()
    await room.corrections.look()
    assert room.updates == 0  # it had that address before
    fed(room, made, f"{made.url}?from=feed&again=1", f"{made.url}?from=feed")
    await room.corrections.look()
    assert room.updates == 0  # another query is no other place
    fed(room, made, "https://evil.example.net/arm", f"{made.url}?from=feed&again=1")
    await room.corrections.look()
    assert room.updates == 0
    right = made.url.replace("billion", "million")
    fed(room, made, right, "https://evil.example.net/arm")
    await room.corrections.look()
    message = room.slack.messages(NEWS.id)[0]
    assert f"<{right}|" in str(message.blocks)
    found = room.desk.by_handle(choices(message)[0][1].split()[1])
    assert found is not None
    assert found.url == made.url  # the article is the one that was told


# --- the running bot


async def test_the_running_bot_corrects_and_its_buttons_work(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        digest = service.room.settings.digests[0]
        now = utc_now()
        await service.publisher.publish(digest, now.replace(second=0, microsecond=0), now)
        parent = slack.messages(NEWS.id)[0]
        edition = service.room.edition_at(NEWS.id, parent.ts)
        assert edition is not None
        lead = edition.stories[0].lead
        stored = service.room.library.article(lead.url)
        assert stored is not None
        moved = replace(stored, url=f"{stored.url}-corrected", title=f"{stored.title}, it says")
        (tmp_path / "articles" / str(stored.path)).write_text(dump(moved), encoding="utf-8")
        await service.read_folders()
        await slack.wait_for(lambda: slack.messages(NEWS.id)[0].edited, 15)
        message = slack.messages(NEWS.id)[0]
        assert f"<{moved.url}|" in str(message.blocks)
        assert (len(slack.messages(NEWS.id)), message.ts) == (1, parent.ts)
        person = Person(slack, READER.id)
        (place,) = [
            n
            for n, (_, value) in enumerate(each for each in choices(message) if each[1].startswith("why "))
            if service.room.desk.by_handle(value.split()[1]) == service.room.library.article(moved.url)
        ]
        assert "What counted" in await choose(person, message, "why", place)
        assert "Saved: " in await choose(person, message, "save", place)
