"""The settings of a channel's digest at the wire: changed in Slack by who may, posted once by them, told to who asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.check import Finding, check_all
from bot.readers import Variant, channel, user
from bot.readers.variants import Own, newest
from bot.retention import KEPT, settle, tidy
from bot.schedule import rhythm
from bot.service import Service
from bot.settings import Settings
from bot.wiring import newsroom, settings_from
from digests.library import Filed, Stamp
from playground.slack import ADMIN, NEWS, OTHER, READER, Message, Person, View, Workspace
from playground.slack.forms import interactive
from tests.bot.running_bot import Clock, bot, environment
from tests.bot.test_subscription_dialog import chosen, fields, home, pressed
from tests.making import article

BOTH = pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket"])
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NINE = MONDAY + timedelta(hours=1)
DAY = timedelta(days=1)
TWO = {"HEATLINE_CHANNEL": f"{NEWS.id}, {OTHER.id}", "HEATLINE_CRON": "0 9 * * *", "HEATLINE_SYNC_EVERY": "0"}
OWN = Own(("robotics",), "0 10 * * *", "UTC", 5, "en")


@asynccontextmanager
async def living(
    folder: Path, clock: Clock | None = None, **more: Any
) -> AsyncIterator[tuple[Workspace, Service, Clock]]:
    """A bot an hour before its digest goes to two channels."""
    clock = clock or Clock(MONDAY)
    async with bot(folder, clock=clock, **{**TWO, **more}) as (slack, service):
        yield slack, service, clock


def posts(slack: Workspace, where: str = NEWS.id) -> list[Message]:
    return [each for each in slack.messages(where) if each.metadata]


def headlines(message: Message) -> set[str]:
    """The addresses of the stories of a post."""
    found: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") == "mrkdwn":
                found.update(part.split("|")[0] for part in node["text"].split("<")[1:] if part.startswith("http"))
            for each in node.values():
                walk(each)
        elif isinstance(node, list):
            for each in node:
                walk(each)

    walk(list(message.blocks))
    return found


async def looked(service: Service) -> None:
    """Let the bot look once more, and wait until it has done all that was due."""
    for _ in range(2):  # what waits for the digest's own slot comes at the second look
        await service.schedule.tick()
        await service.schedule.idle()


async def nine(slack: Workspace, service: Service, clock: Clock) -> Message:
    """It is nine o'clock: the digest is posted in both channels."""
    clock.forward(NINE - clock() + timedelta(seconds=2))
    await looked(service)
    await slack.wait_for(lambda: posts(slack) and posts(slack, OTHER.id))
    return posts(slack)[0]


def happen(service: Service, clock: Clock, *titles: str) -> None:
    """Let something happen about robots, which three publishers report."""
    for title in titles:
        for provider in ("Tidewater Post", "Mercator News", "Northgate Courier"):
            made = article(title, provider=provider, published_at=clock() - timedelta(minutes=20), quality=90, heat=90)
            service.room.library.put("more", [Filed(made.url, Stamp(1, 1, "x"), made)])


FOLDING = "Humanoid robots of Halden Labs learn to fold laundry in five minutes"
PICKING = "Orchard robots by Fennimore pick a ton of pears an hour in Kent"
WELDING = "Shipyard in Gdansk lets walking robots weld its ferries at night"


def current(service: Service) -> Variant:
    (one,) = newest(service.room.variants.all())
    return one


def give(
    service: Service, clock: Clock, own: Own | None = OWN, where: str = NEWS.id, now: datetime | None = None
) -> Variant:
    """Change what a channel has, as the dialog does."""
    known = [each.serial for each in service.room.variants.all() if each.channel == where]
    standard = service.room.settings.digests[0]
    had = standard if own is None else service.room.plan.as_wished(standard, own, clock())
    made = service.room.variants.save(
        "daily",
        where,
        own,
        serial=max(known, default=0),
        rhythm=rhythm(had),
        by=user("T1", ADMIN.id),
        now=now or clock(),
        conversation=where,
    )
    assert made is not None
    return made


def presets(view: View) -> dict[str, Any]:
    """What stands in the fields of a dialog."""
    found: dict[str, Any] = {}
    for block in view.blocks:
        if block["type"] == "input":
            element = block["element"]
            options = element.get("initial_options") or [element.get("initial_option") or {}]
            values = [each.get("value") for each in options]
            found[block["block_id"]] = element.get("initial_time") or values
    return found


# --- opened, filled in, saved


@BOTH
async def test_an_admin_changes_a_channels_digest_under_its_post(tmp_path: Path, socket_mode: bool) -> None:
    async with living(tmp_path, socket_mode=socket_mode) as (slack, service, clock):
        post = await nine(slack, service, clock)
        admin = Person(slack)
        view = await pressed(slack, admin, "customize", post)
        assert view.payload["title"]["text"] == "Channel’s digest"
        assert view.blocks[0]["elements"][0]["elements"][2] == {"type": "channel", "channel_id": NEWS.id}
        assert "settings are those of the digest in all its channels" in view.visible_text()
        assert presets(view) == {
            "topics": ["facial-recognition", "robotics", "ai"],
            "days": ["daily"],
            "time": "09:00",
            "zone": ["UTC"],
            "size": ["12"],
            "language": ["en"],
        }
        options = (await admin.suggest("channel_topics", "robotics", view)).body["options"]
        zones = (await admin.suggest("channel_zone", "berlin", view)).body["options"]
        assert zones[0]["value"] == "Europe/Berlin"
        view = await chosen(slack, admin, view, "channel_days", "some")
        assert "chosen" in fields(view)
        filled = {"topics": options[:1], "chosen": ["1", "3"], "time": "10:30", "size": "3", "language": "de"}
        assert (await admin.submit_view(view, filled)).errors == {}
        made = current(service)
        assert made.own == Own(("robotics",), "30 10 * * tue,thu", "UTC", 3, "de")
        assert (made.digest, made.channel, made.conversation) == ("daily", NEWS.id, NEWS.id)
        assert made.by == user(slack.team_id, ADMIN.id)
        await slack.wait_for(lambda: slack.ephemerals(NEWS.id, ADMIN.id))
        (said,) = slack.ephemerals(NEWS.id, ADMIN.id)
        assert said.text.startswith("Changed for this channel: AI digest, every Tuesday and Thursday at 10:30 (UTC).")
        assert "The next comes Tue 24 Nov 10:30." in said.text
        assert [len(posts(slack, each.id)) for each in (NEWS, OTHER)] == [1, 1]  # nobody else is told


@BOTH
async def test_the_channel_gets_its_own_and_the_others_the_digest(tmp_path: Path, socket_mode: bool) -> None:
    async with living(tmp_path, socket_mode=socket_mode) as (slack, service, clock):
        first = await nine(slack, service, clock)
        give(service, clock, replace(OWN, language="de"))
        clock.forward(timedelta(hours=20))
        happen(service, clock, FOLDING, PICKING)
        clock.forward(NINE + DAY - clock() + timedelta(seconds=2))
        await looked(service)
        await slack.wait_for(lambda: len(posts(slack, OTHER.id)) == 2)
        assert len(posts(slack)) == 1
        clock.forward(timedelta(hours=1))
        await looked(service)
        await slack.wait_for(lambda: len(posts(slack)) == 2)
        await looked(service)
        second = posts(slack)[1]
        assert len(posts(slack)) == len(posts(slack, OTHER.id)) == 2
        assert "Di. 24. Nov." in second.visible_text()
        assert "Robotik" in second.visible_text()
        assert headlines(first)
        assert headlines(second)
        assert not headlines(first) & headlines(second)  # what the digest told is told
        delivery = service.room.ledger.posted(NEWS.id, second.ts)
        assert delivery is not None
        assert (delivery.digest, delivery.slot) == (f"daily@{NEWS.id}", NINE + DAY + timedelta(hours=1))


@BOTH
async def test_settings_show_the_channels_digest_and_who_changed_it(tmp_path: Path, socket_mode: bool) -> None:
    async with living(tmp_path, socket_mode=socket_mode) as (slack, service, _):
        admin, reader = Person(slack), Person(slack, READER.id)
        (listed,) = (await admin.slash("/news", "settings")).messages
        assert "every day at 09:00 (UTC) · up to 12 stories" in listed.visible_text()
        assert "changed in Slack" not in listed.visible_text()
        view = await pressed(slack, admin, "channel_settings", listed)
        assert (await admin.submit_view(view, {"time": "10:00", "size": "5"})).errors == {}
        await slack.wait_for(lambda: any("Changed" in each.text for each in slack.ephemerals(NEWS.id, ADMIN.id)))
        assert current(service).own == Own(("facial-recognition", "robotics", "ai"), "0 10 * * *", "UTC", 5, "en")
        for person, may in ((admin, True), (reader, False)):
            (listed,) = (await person.slash("/news", "settings")).messages
            text = listed.visible_text()
            assert "every day at 10:00 (UTC) · up to 5 stories" in text
            assert "own settings, changed in Slack Mon 23 Nov" in text
            assert {"type": "user", "user_id": ADMIN.id} in listed.blocks[0]["elements"][0]["elements"]
            assert ("channel_settings" in str(listed.blocks)) is may
            assert ("admins and owners of this workspace can change it" in text) is not may
        (elsewhere,) = (await reader.slash("/news", "settings", channel=OTHER.id)).messages
        assert "every day at 09:00" in elsewhere.visible_text()
        assert "changed in Slack" not in elsewhere.visible_text()


@BOTH
async def test_an_admins_home_has_the_digests_of_channels(tmp_path: Path, socket_mode: bool) -> None:
    async with living(tmp_path, socket_mode=socket_mode) as (slack, service, _):
        admin, reader = Person(slack), Person(slack, READER.id)
        view = await home(slack, admin)
        assert "Digests of channels" in view.visible_text()
        assert "Digests of channels" not in (await home(slack, reader)).visible_text()
        shown = await pressed(slack, admin, "channel_settings", view, f"daily@{OTHER.id}")
        assert (await admin.submit_view(shown, {"time": "18:15"})).errors == {}
        await slack.wait_for(lambda: "every day at 18:15" in slack.home(ADMIN.id).visible_text())  # type: ignore[union-attr]
        assert current(service).channel == OTHER.id
        assert slack.all_messages() == []  # the Home shows it


@BOTH
async def test_a_preview_shows_what_the_channel_would_get(tmp_path: Path, socket_mode: bool) -> None:
    async with living(tmp_path, socket_mode=socket_mode) as (slack, service, clock):
        post = await nine(slack, service, clock)
        happen(service, clock, FOLDING)
        admin = Person(slack)
        view = await pressed(slack, admin, "customize", post)
        options = (await admin.suggest("channel_topics", "robotics", view)).body["options"]
        admin.fill(view, {"topics": options[:1], "size": "3"})
        shown = await pressed(slack, admin, "channel_preview", view)
        assert "AI digest, as it would be now" in shown.visible_text()
        assert FOLDING in shown.visible_text()
        assert not [url for url in headlines(post) if url in str(shown.blocks)]  # told is told
        assert service.room.variants.all() == ()


async def test_a_schedule_that_the_dialog_cannot_show_stays(tmp_path: Path) -> None:
    async with living(tmp_path, HEATLINE_CRON="0 9,17 1 * *") as (slack, service, _):
        admin = Person(slack)
        (listed,) = (await admin.slash("/news", "settings")).messages
        view = await pressed(slack, admin, "channel_settings", listed)
        assert "time" not in fields(view)
        assert (await admin.submit_view(view, {"size": "3"})).errors == {}
        own = current(service).own
        assert own is not None
        assert (own.cron, own.size) == ("0 9,17 1 * *", 3)


async def test_what_is_wrong_is_said_at_its_field(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, _):
        admin = Person(slack)
        (listed,) = (await admin.slash("/news", "settings")).messages
        view = await pressed(slack, admin, "channel_settings", listed)
        odd = {"text": {"type": "plain_text", "text": "x"}, "value": "no-such-thing"}
        errors = (await admin.submit_view(view, {"topics": [odd], "zone": odd})).errors
        assert set(errors) == {"topics", "zone"}
        view = await chosen(slack, admin, view, "channel_days", "some")
        assert (await admin.submit_view(view, {"chosen": [], "topics": [], "zone": _zone("UTC")})).errors == {
            "chosen": "Choose at least one day."
        }
        assert service.room.variants.all() == ()


def _zone(name: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": name}, "value": name}


@pytest.mark.parametrize("locale", ["de-DE", "ja-JP"])
async def test_it_speaks_the_admins_language(tmp_path: Path, locale: str) -> None:
    workspace = Workspace()
    workspace.add_user(replace(ADMIN, locale=locale))
    async with living(tmp_path, workspace=workspace) as (slack, service, clock):
        admin = Person(slack)
        view = await pressed(slack, admin, "customize", await nine(slack, service, clock))
        title, deutsch = {"de": ("Digest des Channels", "Deutsch"), "ja": ("チャンネルのダイジェスト", "ドイツ語")}[
            locale[:2]
        ]
        assert view.payload["title"]["text"] == title
        assert deutsch in view.visible_text()


# --- who may


@BOTH
async def test_whoever_may_not_gets_a_digest_of_their_own_and_is_told_who_may(
    tmp_path: Path, socket_mode: bool
) -> None:
    async with living(tmp_path, socket_mode=socket_mode) as (slack, service, clock):
        reader = Person(slack, READER.id)
        view = await pressed(slack, reader, "customize", await nine(slack, service, clock))
        assert view.payload["title"]["text"] == "Subscribe"
        who = "That of the channel is changed by the admins and owners of this workspace"
        assert who in view.visible_text()
        view = await chosen(slack, reader, view, "subscription_days", "some")
        assert who in view.visible_text()
        assert (await reader.submit_view(view)).errors == {}
        assert service.room.variants.all() == ()
        assert len(service.room.subscriptions.of(user(slack.team_id, READER.id))) == 1


async def test_who_is_named_in_the_settings_may(tmp_path: Path) -> None:
    async with living(tmp_path, HEATLINE_ADMINS=READER.id) as (slack, service, clock):
        reader = Person(slack, READER.id)
        view = await pressed(slack, reader, "customize", await nine(slack, service, clock))
        assert (await reader.submit_view(view, {"size": "3"})).errors == {}
        assert current(service).by == user(slack.team_id, READER.id)


async def test_an_admin_may_have_a_digest_of_their_own_too(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        admin = Person(slack)
        view = await pressed(slack, admin, "customize", await nine(slack, service, clock))
        own = await pressed(slack, admin, "customize_own", view)
        assert own.payload["title"]["text"] == "Subscribe"
        assert presets(own)["topics"] == ["facial-recognition", "robotics", "ai"]


async def test_a_request_made_by_hand_changes_nothing(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        admin, reader = Person(slack), Person(slack, READER.id)
        post = await nine(slack, service, clock)
        (listed,) = (await admin.slash("/news", "settings")).messages
        view = await pressed(slack, admin, "channel_settings", listed)
        give(service, clock)
        theirs = replace(view, user=READER.id)
        slack.views[view.id] = theirs
        errors = (await reader.submit_view(theirs, {"size": "3"})).errors
        assert errors["topics"].startswith("Channel’s digest is for the people who run this workspace")
        reset = await pressed(slack, admin, "customize", post)
        theirs = replace(reset, user=READER.id)
        slack.views[reset.id] = theirs
        await reader.click("channel_reset", on=theirs)
        await slack.wait_for(lambda: "for the people who run" in slack.views[reset.id].visible_text())
        await reader.click("channel_settings", on=replace(listed, ephemeral_to=READER.id), patience=3)
        assert current(service).own == OWN
        assert current(service).serial == 1


async def test_a_channel_or_digest_that_is_none_is_told(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, _):
        admin = Person(slack)
        (listed,) = (await admin.slash("/news", "settings")).messages
        view = await pressed(slack, admin, "channel_settings", listed)
        about = '{"digest": "weekly", "channel": "C9", "serial": "x", "origin": ""}'
        forged = replace(view, payload={**view.payload, "private_metadata": about})
        errors = (await admin.submit_view(forged, {"size": "3"})).errors
        assert errors == {"topics": "This digest does not go to that channel any more."}
        assert service.room.variants.all() == ()


# --- once, and by the one who was first


@BOTH
async def test_of_two_admins_the_second_is_told(tmp_path: Path, socket_mode: bool) -> None:
    workspace = Workspace()
    workspace.add_user(replace(ADMIN, id="U0ADMIN0002", name="bo"))
    async with living(tmp_path, socket_mode=socket_mode, workspace=workspace) as (slack, service, clock):
        post = await nine(slack, service, clock)
        one, two = Person(slack), Person(slack, "U0ADMIN0002")
        first, second = await pressed(slack, one, "customize", post), await pressed(slack, two, "customize", post)
        assert (await one.submit_view(first, {"size": "3"})).errors == {}
        errors = (await two.submit_view(second, {"size": "8"})).errors
        assert errors["topics"].startswith("Somebody changed these settings Mon 23 Nov")
        own = current(service).own
        assert own is not None
        assert own.size == 3
        again = await pressed(slack, two, "customize", post)
        assert presets(again)["size"] == ["3"]
        assert (await two.submit_view(again, {"size": "8"})).errors == {}
        assert current(service).serial == 2


@BOTH
async def test_sent_off_twice_it_is_done_once(tmp_path: Path, socket_mode: bool) -> None:
    async with living(tmp_path, socket_mode=socket_mode) as (slack, service, clock):
        admin = Person(slack)
        view = await pressed(slack, admin, "customize", await nine(slack, service, clock))
        replies = await asyncio.gather(*(admin.submit_view(view, {"size": "3"}) for _ in range(3)))
        replies.append(await admin.submit_view(view, {"size": "3"}))
        assert [reply.errors for reply in replies] == [{}] * 4
        assert len(service.room.variants.all()) == 1


async def test_what_is_as_it_was_changes_nothing(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        admin = Person(slack)
        view = await pressed(slack, admin, "customize", await nine(slack, service, clock))
        assert (await admin.submit_view(view)).errors == {}
        assert service.room.variants.all() == ()


# --- back to the digest


@BOTH
async def test_back_to_the_standard_nothing_is_told_twice(tmp_path: Path, socket_mode: bool) -> None:
    async with living(tmp_path, socket_mode=socket_mode) as (slack, service, clock):
        post = await nine(slack, service, clock)
        give(service, clock, replace(OWN, cron="0 8 * * *"))
        clock.forward(timedelta(hours=20))
        happen(service, clock, FOLDING)
        clock.forward(NINE + DAY - clock() - timedelta(minutes=59, seconds=58))
        await looked(service)
        await slack.wait_for(lambda: len(posts(slack)) == 2)
        happen(service, clock, PICKING)
        admin = Person(slack)
        view = await pressed(slack, admin, "customize", posts(slack)[1])
        text = view.visible_text()
        assert "own settings, changed in Slack" in text
        assert "The standard: every day at 09:00 (UTC) · 12 stories" in text
        await admin.click("channel_reset", on=view)
        await slack.wait_for(lambda: "Back to the standard: AI digest" in slack.views[view.id].visible_text())
        assert current(service).own is None
        clock.forward(timedelta(hours=1))  # nine, of the day on which eight was the channel's own
        await looked(service)
        await slack.wait_for(lambda: len(posts(slack)) == 3 and len(posts(slack, OTHER.id)) == 2)
        await looked(service)
        first, second, third = map(headlines, posts(slack))
        assert len(posts(slack)) == 3
        assert second
        assert third
        assert not first & second
        assert not third & (first | second)
        assert FOLDING in posts(slack, OTHER.id)[1].visible_text()  # which the others were not told yet
        assert FOLDING not in posts(slack)[2].visible_text()
        view = await pressed(slack, admin, "customize", post)
        assert "channel_reset" not in str(view.blocks)
        assert "settings are those of the digest" in view.visible_text()


async def test_values_of_the_digest_itself_are_the_digest(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        give(service, clock, Own(("facial-recognition", "robotics", "ai"), "0 9 * * *", "UTC", 5, "en"))
        admin = Person(slack)
        (listed,) = (await admin.slash("/news", "settings")).messages
        view = await pressed(slack, admin, "channel_settings", listed)
        assert (await admin.submit_view(view, {"size": "12"})).errors == {}
        assert current(service).own is None


# --- races


@asynccontextmanager
async def beside(folder: Path, workspace: Workspace, clock: Clock) -> AsyncIterator[Service]:
    """Another bot over the same database and Slack, which is driven by hand."""
    settings = settings_from(None, environment(folder, f"{workspace.base_url}/api/", **TWO))
    service = Service(newsroom(settings), settings.require_slack(), clock)
    try:
        yield service
    finally:
        await service.schedule.stop()
        service.room.library.close()


@pytest.mark.parametrize(
    ("ahead", "cron", "ones"),
    [
        # Saved at nine, while it is published: nine is the digest's, and the channel's own come after it.
        pytest.param(timedelta(), "0 9 * * *", [("daily", NINE)], id="in time"),
        pytest.param(timedelta(), "1 9 * * *", [("daily", NINE), ("own", NINE + timedelta(minutes=1))], id="soon"),
        # By a clock that is behind it is not nine yet: the channel's own of nine comes instead.
        pytest.param(timedelta(seconds=-10), "0 9 * * *", [("own", NINE)], id="clock behind"),
        pytest.param(timedelta(seconds=-10), "1 9 * * *", [("own", NINE + timedelta(minutes=1))], id="behind and soon"),
    ],
)
async def test_saved_while_its_slot_is_published_it_comes_once(
    tmp_path: Path, ahead: timedelta, cron: str, ones: list[tuple[str, datetime]]
) -> None:
    workspace, clock = Workspace(), Clock(MONDAY)
    async with living(tmp_path, clock, workspace=workspace) as (slack, one, _), beside(tmp_path, slack, clock) as two:
        happen(one, clock, FOLDING, PICKING, WELDING)
        addresses = one.publisher._addresses

        def saved_meanwhile(urls: Any) -> Any:
            """The edition is frozen, and no channel is claimed yet."""
            if not two.room.variants.all():
                give(two, clock, replace(OWN, cron=cron), now=clock() + ahead)
            return addresses(urls)

        one.publisher._addresses = saved_meanwhile
        clock.forward(NINE - clock() + timedelta(seconds=2))
        await one.schedule.tick()
        await one.schedule.idle()
        for _ in range(3):
            await asyncio.gather(one.schedule.tick(), two.schedule.tick())
            await asyncio.gather(one.schedule.idle(), two.schedule.idle())
        clock.forward(timedelta(minutes=1))
        for _ in range(3):
            await asyncio.gather(one.schedule.tick(), two.schedule.tick())
            await asyncio.gather(one.schedule.idle(), two.schedule.idle())
        await slack.wait_for(lambda: len(posts(slack)) >= len(ones))
        found = [one.room.ledger.posted(NEWS.id, each.ts) for each in posts(slack)]
        names = {"own": f"daily@{NEWS.id}"}
        assert [(each.digest, each.slot) for each in found if each] == [(names.get(n, n), slot) for n, slot in ones]
        told = [headlines(each) for each in posts(slack)]
        assert len(set().union(*told)) == sum(map(len, told))  # nothing twice
        assert len(posts(slack, OTHER.id)) == 1


async def test_two_bots_post_a_channels_own_once(tmp_path: Path) -> None:
    workspace, clock = Workspace(), Clock(MONDAY)
    async with living(tmp_path, clock, workspace=workspace) as (slack, one, _), beside(tmp_path, slack, clock) as two:
        give(one, clock)
        clock.forward(timedelta(hours=2, seconds=1))
        for _ in range(3):
            await asyncio.gather(one.schedule.tick(), two.schedule.tick())
            await asyncio.gather(one.schedule.idle(), two.schedule.idle())
        await slack.wait_for(lambda: posts(slack) and posts(slack, OTHER.id))
        assert len(posts(slack)) == len(posts(slack, OTHER.id)) == 1


async def test_a_channels_own_is_caught_up_within_the_grace_and_no_later(tmp_path: Path) -> None:
    workspace, clock = Workspace(), Clock(MONDAY)
    async with living(tmp_path, clock, workspace=workspace) as (slack, service, _):
        give(service, clock)
    clock.forward(timedelta(hours=4))  # noon: ten was two hours ago, nine of the others three
    async with living(tmp_path, clock, workspace=workspace) as (slack, service, _):
        await slack.wait_for(lambda: posts(slack))
        await looked(service)
        assert len(posts(slack)) == 1
    clock.forward(DAY + timedelta(hours=2))
    async with living(tmp_path, clock, workspace=workspace) as (slack, service, _):
        await looked(service)
        assert len(posts(slack)) == 1


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Europe/Berlin", datetime(2026, 3, 29, tzinfo=UTC)), ("America/New_York", datetime(2026, 11, 1, tzinfo=UTC))],
)
async def test_where_clocks_change_it_comes_once(tmp_path: Path, zone: str, day: datetime) -> None:
    clock = Clock(day - timedelta(hours=12))
    async with living(tmp_path, clock) as (slack, service, _):
        give(service, clock, replace(OWN, cron="30 2 * * *", timezone=zone))
        service.schedule._publisher.stop()
        due = []
        for _ in range(2 * 24 * 2):
            clock.forward(timedelta(minutes=30))
            (own,) = service.room.plan.more()
            slot = service.room.plan.due(own, clock(), timedelta(hours=3))
            if slot is not None:
                due.append(slot)
                service.room.ledger.served(own.name, slot)
        assert len(due) == len(set(due)) == 2
        assert slack.team_id


# --- what the environment does


def findings(settings: Settings, now: datetime, about: str) -> list[Finding]:
    """What `heatline check` says of something."""
    return [each for each in check_all(settings, now) if about in each.subject]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"HEATLINE_CHANNEL": OTHER.id}, "name that digest, or that channel, no more"),
        ({"HEATLINE_CHANNEL": "", "HEATLINE_DIGESTS__WEEKLY__CHANNEL": NEWS.id}, "name that digest"),
    ],
)
async def test_what_the_environment_drops_ends_with_a_note_in_the_log(
    tmp_path: Path, settings: dict[str, str], says: str
) -> None:
    workspace, clock = Workspace(), Clock(MONDAY)
    async with living(tmp_path, clock, workspace=workspace) as (slack, service, _):
        give(service, clock)
    room = newsroom(settings_from(None, environment(tmp_path, "http://127.0.0.1:1/api/", **{**TWO, **settings})))
    found = await asyncio.to_thread(findings, room.settings, clock(), NEWS.id)
    assert [
        says in each.text and "end when the bot starts" in each.text for each in found if "daily" in each.subject
    ] == [True]
    with capture_logs() as lines:
        settle(room, clock())
        settle(room, clock())
    (line,) = [each for each in lines if each["event"] == "channel's own settings ended"]
    assert says in line["why"]
    assert (line["digest"], line["channel"]) == ("daily", NEWS.id)
    (ended,) = newest(room.variants.all())
    assert (ended.own, ended.by) == (None, "")
    tidy(room, clock() + KEPT + DAY)
    assert room.variants.all() == ()
    room.library.close()
    assert slack.team_id


async def test_a_channel_named_by_its_id_from_now_on_keeps_its_own(tmp_path: Path) -> None:
    workspace, clock = Workspace(), Clock(MONDAY)
    async with living(tmp_path, clock, workspace=workspace, HEATLINE_CHANNEL='"#ai-news"') as (slack, service, _):
        admin = Person(slack)
        (listed,) = (await admin.slash("/news", "settings")).messages  # nothing was posted there yet
        view = await pressed(slack, admin, "channel_settings", listed)
        assert (await admin.submit_view(view, {"time": "10:00"})).errors == {}
        assert current(service).channel == "#ai-news"
        clock.forward(timedelta(hours=2, seconds=1))
        await looked(service)
        await slack.wait_for(lambda: posts(slack))
        (listed,) = (await admin.slash("/news", "settings")).messages
        view = await pressed(slack, admin, "channel_settings", listed)
        assert (await admin.submit_view(view, {"time": "11:00"})).errors == {}
        assert current(service).conversation == NEWS.id
    async with living(tmp_path, clock, workspace=workspace, HEATLINE_CHANNEL=NEWS.id) as (slack, service, _):
        clock.forward(timedelta(hours=1))
        happen(service, clock, FOLDING)
        await looked(service)
        await slack.wait_for(lambda: len(posts(slack)) == 2)
        assert current(service).own is not None
        assert not headlines(posts(slack)[0]) & headlines(posts(slack)[1])


# --- where it is told


async def test_status_check_and_why_tell_who_changed_it_when(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        give(service, clock)
        admin = Person(slack)
        (status,) = (await admin.slash("/news", "status")).messages
        told = "#ai-news has its own settings, changed in Slack Mon 23 Nov 08:0"
        assert told in status.text
        assert "by ada: next Mon 23 Nov 10:00 (UTC)" in status.text
        (finding,) = await asyncio.to_thread(findings, service.room.settings, clock(), "daily in")
        assert (
            f"changed in Slack on 23 Nov 2026 08:00 UTC by {ADMIN.id}; next on Mon 23 Nov 2026 at 10:00" in finding.text
        )
        clock.forward(timedelta(hours=2, seconds=1))
        await looked(service)
        await slack.wait_for(lambda: posts(slack))
        why = (await Person(slack, READER.id).slash("/news", "why 1")).messages[0]
        assert "own settings, changed in Slack Mon 23 Nov" in why.visible_text()
        assert f"'user_id': '{ADMIN.id}'" in str(why.blocks)
        (status,) = (await admin.slash("/news", "status")).messages
        assert "#ai-news: posted" in status.text
        elsewhere = (await Person(slack, READER.id).slash("/news", "why 1", channel=OTHER.id)).messages[0]
        assert "changed in Slack" not in elsewhere.visible_text()


async def test_digest_and_post_are_as_the_channel_has_them(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        give(service, clock, replace(OWN, topics=("robotics",), size=1))
        clock.forward(timedelta(minutes=2))
        admin = Person(slack)
        preview = (await admin.slash("/news", "digest")).messages[0]
        other = (await admin.slash("/news", "digest", channel=OTHER.id)).messages[0]
        assert len(headlines(preview)) == 1 < len(headlines(other))
        (asked,) = (await admin.slash("/news", "post")).messages
        await admin.click("news_post", on=asked)
        await slack.wait_for(lambda: posts(slack) and posts(slack, OTHER.id))
        assert len(headlines(posts(slack)[0])) == 1 < len(headlines(posts(slack, OTHER.id)[0]))
        assert len(posts(slack)) == len(posts(slack, OTHER.id)) == 1


async def test_what_a_channel_with_its_own_likes_steers_no_other(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        await nine(slack, service, clock)
        give(service, clock)
        later = clock() + timedelta(hours=1)
        votes, me = service.room.votes, user(slack.team_id, READER.id)
        votes.give(channel(NEWS.id), "https://a.example.com/1", ("topic:drones",), 1.0, clock(), by=me)
        votes.give(channel(OTHER.id), "https://a.example.com/2", ("topic:robotics",), 1.0, clock(), by=me)
        assert set(service.room.feedback("daily", later)) == {"topic:robotics"}
        assert set(service.room.feedback(f"daily@{NEWS.id}", later)) == {"topic:drones"}
        assert set(service.room.feedback("daily", clock() - timedelta(hours=1))) == set()


async def test_who_is_forgotten_is_counted_and_the_settings_stay(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        view = await pressed(slack, Person(slack), "customize", await nine(slack, service, clock))
        assert (await Person(slack).submit_view(view, {"size": "3"})).errors == {}
        await slack.wait_for(lambda: any("Changed" in each.text for each in slack.ephemerals(NEWS.id, ADMIN.id)))
        (asked,) = (await Person(slack).slash("/news", "forget me")).messages
        assert "that you changed the settings of 1 channel’s digest" in asked.text
        assert "stay, without your name" in asked.text
        await Person(slack).click("news_forget", on=asked)
        await slack.wait_for(lambda: current(service).by == "")
        own = current(service).own
        assert own is not None
        assert own.size == 3
        (listed,) = (await Person(slack).slash("/news", "settings")).messages
        assert "changed in Slack" in listed.visible_text()
        assert "'user_id'" not in str(listed.blocks)
        assert interactive(listed.blocks)
