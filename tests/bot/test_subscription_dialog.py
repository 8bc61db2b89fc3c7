"""The dialog of a subscription at the wire: opened, filled in, previewed, sent off; and its form, pure."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import app as bot_app
from bot.clock import utc_now
from bot.dialogs import choices, form
from bot.dialogs.drawing import drawn
from bot.dialogs.form import Form
from bot.readers import Subscription, user
from bot.service import Service
from bot.when import When
from digests.errors import LibraryError
from digests.language import speaking
from digests.models import Edition
from digests.topics import Catalogue
from playground.slack import NEWS, OTHER, READER, Fault, Message, Person, Reply, View, Workspace, check_view
from playground.slack.forms import interactive
from playground.slack.limits import check_options
from playground.slack.state import ARCHIVED, PRIVATE, STRANGE
from tests.bot.running_bot import bot

BOTH = pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket"])
CATALOGUE = Catalogue.builtin()
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def home(slack: Workspace, person: Person) -> View:
    """The Home with everything that is in it."""
    await person.open_home()

    def there() -> View | None:
        view = slack.home(person.user.id)
        return view if view is not None and "story_menu" in str(view.blocks) else None

    view: View = await slack.wait_for(there)
    return view


async def pressed(slack: Workspace, person: Person, action: str, on: View | Message, value: str | None = None) -> View:
    """Press what opens a dialog, or pushes one over another."""
    before = {view.id for view in slack.modals(person.user.id)}
    assert (await person.click(action, value, on=on)).ok
    view: View = await slack.wait_for(
        lambda: next((view for view in slack.modals(person.user.id) if view.id not in before), None)
    )
    assert check_view(view.payload) is None
    return view


async def dialog(slack: Workspace, person: Person) -> View:
    """The dialog for a new subscription, opened in the Home."""
    return await pressed(slack, person, "home_subscribe", await home(slack, person))


async def chosen(slack: Workspace, person: Person, view: View, action: str, value: Any) -> View:
    """Choose something that the dialog is drawn anew for."""
    before = slack.views[view.id].hash
    assert (await person.click(action, value, on=view)).ok
    await slack.wait_for(lambda: slack.views[view.id].hash != before)
    again = slack.views[view.id]
    assert check_view(again.payload) is None
    return again


def mine(service: Service, slack: Workspace) -> tuple[Subscription, ...]:
    return service.room.subscriptions.of(user(slack.team_id, READER.id))


def fields(view: View) -> list[str]:
    return [str(block["block_id"]) for block in view.blocks if "block_id" in block]


def closed(slack: Workspace) -> bool:
    return slack.modals(READER.id) == []


def some(service: Service, slack: Workspace, where: str = READER.id, cron: str = "30 8 * * mon,fri") -> Subscription:
    return service.room.subscriptions.add(
        user(slack.team_id, READER.id), slack.team_id, where, ["robotics"], cron, "Asia/Tokyo", 7, "en", utc_now()
    )


@BOTH
async def test_a_subscription_is_made_from_the_home(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        person = Person(slack, READER.id)
        view = await dialog(slack, person)
        assert fields(view) == ["topics", "days", "time", "zone", "size", "where"]
        (picker,) = [element for _, element in interactive(view.blocks) if element["type"] == "timepicker"]
        assert picker["timezone"] == READER.tz
        options = (await person.suggest("subscription_topics", "facial", view)).body["options"]
        reply = await person.submit_view(view, {"topics": options[:1], "time": "07:15", "size": "8"})
        assert (reply.ok, reply.errors) == (True, {})
        (made,) = mine(service, slack)
        assert (made.topics, made.cron, made.timezone) == (("facial-recognition",), "15 7 * * mon-fri", READER.tz)
        assert (made.size, made.where, made.direct, made.locale) == (8, READER.id, True, READER.locale)
        assert closed(slack)
        await slack.wait_for(lambda: "Facial Recognition" in slack.home(READER.id).visible_text())  # type: ignore[union-attr]
        assert slack.all_messages() == []


@BOTH
async def test_fields_come_and_go_and_what_was_filled_in_stays(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        person = Person(slack, READER.id)
        view = await dialog(slack, person)
        options = (await person.suggest("subscription_topics", "", view)).body["options"]
        person.fill(view, {"topics": options[:3], "time": "06:45", "size": "12"})
        view = await chosen(slack, person, view, "subscription_days", "some")
        assert "chosen" in fields(view)
        person.fill(view, {"chosen": ["1", "5"]})
        view = await chosen(slack, person, view, "subscription_where", "there")
        view = await chosen(slack, person, view, "subscription_zone", "Asia/Kathmandu")
        (picker,) = [element for _, element in interactive(view.blocks) if element["type"] == "timepicker"]
        assert picker["timezone"] == "Asia/Kathmandu"
        view = await chosen(slack, person, view, "subscription_where", "me")
        assert "channel" not in fields(view)
        assert (await person.submit_view(view)).errors == {}
        (made,) = mine(service, slack)
        assert made.topics == tuple(option["value"] for option in options[:3])
        assert (made.cron, made.timezone, made.size) == ("45 6 * * tue,sat", "Asia/Kathmandu", 12)


async def test_of_two_changes_the_later_counts_whichever_comes_first(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        person = Person(slack, READER.id)
        view = await dialog(slack, person)
        now = slack.clock
        slack.clock = lambda: now() + 60
        await chosen(slack, person, view, "subscription_days", "some")
        slack.clock = now
        hash_ = slack.views[view.id].hash
        await person.click("subscription_zone", "Asia/Tokyo", on=view)  # made before, and late
        updates = [call for call in slack.calls_of("views.update") if call.ok]
        assert (await person.slash("/news", "help")).ok
        assert [call for call in slack.calls_of("views.update") if call.ok] == updates
        assert slack.views[view.id].hash == hash_


@BOTH
async def test_what_is_wrong_is_said_at_its_field(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        person = Person(slack, READER.id)
        view = await dialog(slack, person)
        odd = {"text": {"type": "plain_text", "text": "x"}, "value": "no-such-topic"}
        zone = {"text": {"type": "plain_text", "text": "x"}, "value": "../../etc/passwd"}
        errors = (await person.submit_view(view, {"topics": [odd], "zone": zone})).errors
        assert set(errors) == {"topics", "zone"}
        view = await chosen(slack, person, view, "subscription_days", "some")
        view = await chosen(slack, person, view, "subscription_where", "there")
        errors = (await person.submit_view(view, {"chosen": []})).errors
        assert errors == {"chosen": "Choose at least one day.", "channel": "Choose the channel."}
        assert mine(service, slack) == ()
        assert slack.views[view.id]


REFUSED = {
    STRANGE.id: "I am not in #random. Type /invite @Heatline there",
    PRIVATE.id: "I cannot see this channel.",
    ARCHIVED.id: "#old-news is archived.",
    "C0NOTHERE01": "I cannot see this channel.",
}


@pytest.mark.parametrize("channel", REFUSED)
async def test_a_channel_that_one_may_not_subscribe_is_said_at_its_field(tmp_path: Path, channel: str) -> None:
    async with bot(tmp_path) as (slack, service):
        person = Person(slack, READER.id)
        view = await chosen(slack, person, await dialog(slack, person), "subscription_where", "there")
        errors = (await person.submit_view(view, {"channel": channel})).errors
        assert errors["channel"].startswith(REFUSED[channel])
        assert channel not in errors["channel"]
        slack.change_channel(STRANGE.id, is_member=True)
        if channel == STRANGE.id:  # the mend that was named
            assert (await person.submit_view(view, {"channel": channel})).errors == {}
            assert mine(service, slack)[0].where == STRANGE.id


async def test_without_the_scope_the_dialog_says_which_is_missing(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        slack.scopes.discard("channels:read")
        person = Person(slack, READER.id)
        view = await chosen(slack, person, await dialog(slack, person), "subscription_where", "there")
        assert "channels:read" in (await person.submit_view(view, {"channel": OTHER.id})).errors["channel"]


@BOTH
async def test_what_another_subscribed_cannot_be_sent_to_me(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        one, admin = some(service, slack, NEWS.id), Person(slack)
        (listed,) = (await admin.slash("/news", "settings")).messages
        view = await pressed(slack, admin, "subscription_edit", listed)
        view = await chosen(slack, admin, view, "subscription_where", "me")
        reply = await admin.submit_view(view, {})
        assert list(reply.errors) == ["where"]
        assert "it can only go to a channel" in reply.errors["where"]
        assert service.room.subscriptions.get(one.id) == one
        view = await chosen(slack, admin, slack.views[view.id], "subscription_where", "there")
        assert (await admin.submit_view(view, {"channel": OTHER.id})).errors == {}
        await slack.wait_for(lambda: service.room.subscriptions.within(OTHER.id))
        (moved,) = service.room.subscriptions.within(OTHER.id)
        assert (moved.id, moved.owner) == (one.id, one.owner)


async def test_what_comes_to_another_directly_is_no_admins_to_change(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        one, admin = some(service, slack, NEWS.id), Person(slack)
        (listed,) = (await admin.slash("/news", "settings")).messages
        own = service.room.subscriptions.change(one.id, now=utc_now(), where=READER.id)  # by its owner, meanwhile
        reply = await admin.click("subscription_edit", on=listed, patience=3)
        assert "not yours to change" in reply.text
        assert service.room.subscriptions.get(one.id) == own


async def test_an_admin_may_change_what_others_subscribed_and_it_stays_theirs(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        some(service, slack, NEWS.id)
        admin = Person(slack)
        (listed,) = (await admin.slash("/news", "settings")).messages
        view = await pressed(slack, admin, "subscription_edit", listed)
        assert (await admin.submit_view(view, {"size": "3"})).errors == {}
        (after,) = mine(service, slack)
        assert (after.size, after.where, after.user) == (3, NEWS.id, READER.id)
        await slack.wait_for(lambda: any("Changed: " in each.text for each in slack.ephemerals(NEWS.id, admin.user.id)))


async def test_where_an_update_was_lost_sending_it_off_shows_the_field(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        person = Person(slack, READER.id)
        view = await dialog(slack, person)
        slack.faults.add(Fault("views.update", "server_error", times=1))
        await person.click("subscription_where", "there", on=view)
        await slack.wait_for(lambda: slack.calls_of("views.update"))
        reply = await person.submit_view(view)
        assert reply.body["response_action"] == "update"
        assert "channel" in fields(slack.views[view.id])
        slack.faults.add(Fault("views.update", "server_error", times=1))
        before = len(slack.calls_of("views.update"))
        await person.click("subscription_days", "some", on=slack.views[view.id])
        await slack.wait_for(lambda: len(slack.calls_of("views.update")) > before)
        reply = await person.submit_view(slack.views[view.id], {"channel": NEWS.id})
        assert "chosen" in fields(slack.views[view.id])
        assert mine(service, slack) == ()
        assert (await person.submit_view(slack.views[view.id])).errors == {}
        assert (mine(service, slack)[0].where, mine(service, slack)[0].cron) == (NEWS.id, "0 9 * * mon-fri")


async def test_the_same_again_and_too_many_are_said(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        person = Person(slack, READER.id)
        await person.submit_view(await dialog(slack, person))
        errors = (await person.submit_view(await dialog(slack, person))).errors
        assert errors["topics"].startswith("That subscription is there already: AI news, weekdays at 09:00")
        for hour in range(19):
            some(service, slack, cron=f"0 {hour} * * *")
        view = await dialog(slack, person)
        assert "20 subscriptions" in (await person.submit_view(view, {"time": "03:33"})).errors["topics"]


@BOTH
async def test_sent_off_twice_it_is_done_once(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        person = Person(slack, READER.id)
        view = await dialog(slack, person)
        replies: list[Reply] = await asyncio.gather(*(person.submit_view(view) for _ in range(3)))
        replies.append(await person.submit_view(view))
        assert [reply.errors for reply in replies] == [{}] * 4
        assert len(mine(service, slack)) == 1


async def test_a_dialog_that_was_half_done_when_the_process_died_finds_its_subscription(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        person = Person(slack, READER.id)
        view = await dialog(slack, person)
        assert service.room.shares.claim(view.id, utc_now())
        assert (await person.submit_view(view)).errors == {}
        assert len(mine(service, slack)) == 1


@BOTH
async def test_a_subscription_is_changed(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        before = some(service, slack)
        person = Person(slack, READER.id)
        view = await pressed(slack, person, "subscription_edit", await home(slack, person))
        assert view.payload["title"]["text"] == "Change subscription"
        assert "Robotics" in view.visible_text()
        assert (await person.submit_view(view)).errors == {}  # nothing was touched: nothing has changed
        (after,) = mine(service, slack)
        assert replace(after, next_at=before.next_at) == before
        view = await pressed(slack, person, "subscription_edit", await home(slack, person))
        view = await chosen(slack, person, view, "subscription_days", "daily")
        assert (await person.submit_view(view, {"time": "21:00", "size": "3", "topics": []})).errors == {}
        (after,) = mine(service, slack)
        assert (after.id, after.topics, after.cron, after.size) == (before.id, (), "0 21 * * *", 3)
        await slack.wait_for(lambda: "every day at 21:00" in slack.home(READER.id).visible_text())  # type: ignore[union-attr]


async def test_a_schedule_that_the_dialog_cannot_show_stays_as_it_is(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        some(service, slack, cron="0 9,17 1 * *")
        person = Person(slack, READER.id)
        view = await pressed(slack, person, "subscription_edit", await home(slack, person))
        assert "time" not in fields(view)
        assert (await person.submit_view(view, {"size": "3"})).errors == {}
        assert (mine(service, slack)[0].cron, mine(service, slack)[0].size) == ("0 9,17 1 * *", 3)
        view = await pressed(slack, person, "subscription_edit", await home(slack, person))
        view = await chosen(slack, person, view, "subscription_days", "daily")
        view = await chosen(slack, person, view, "subscription_days", "kept")  # and back
        view = await chosen(slack, person, view, "subscription_days", "weekdays")
        await person.submit_view(view)
        assert mine(service, slack)[0].cron == "0 9 * * mon-fri"


async def test_a_subscription_that_has_ended_meanwhile_is_told(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        one = some(service, slack)
        slack.add_user(replace(READER, id="U0STRANGER1"))
        person, other = Person(slack, READER.id), Person(slack, "U0STRANGER1")
        at_home = await home(slack, person)
        view = await pressed(slack, person, "subscription_edit", at_home)
        await other.click("subscription_edit", on=replace(at_home, user=other.user.id))  # a request made by hand
        await slack.wait_for(lambda: slack.modals(other.user.id))
        assert "not yours to change" in slack.modals(other.user.id)[0].visible_text()
        service.room.subscriptions.end(one.id, "unsubscribed", utc_now())
        assert "has ended meanwhile" in (await person.submit_view(view)).errors["topics"]
        person.workspace.views.pop(view.id)
        await person.click("subscription_edit", on=at_home)
        await slack.wait_for(lambda: not closed(slack))
        assert "or has ended" in slack.modals(READER.id)[0].visible_text()


@BOTH
async def test_the_preview_stands_over_the_dialog(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        person = Person(slack, READER.id)
        view = await dialog(slack, person)
        option = choices.topic("robotics", CATALOGUE, speaking(None))
        person.fill(view, {"topics": [option], "size": "3"})
        shown = await pressed(slack, person, "subscription_preview", view)
        assert "Robotics, as it would be now" in shown.visible_text()
        titles = [element["text"] for element in links(shown)]
        assert 1 <= len(titles) <= 3
        assert mine(service, slack) == ()
        slack.views.pop(shown.id)
        assert (await person.submit_view(slack.views[view.id])).errors == {}
        assert (mine(service, slack)[0].topics, mine(service, slack)[0].size) == (("robotics",), 3)


def links(view: View) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") == "link":
                found.append(node)
            for child in node.values():
                walk(child)
        elif isinstance(node, list | tuple):
            for child in node:
                walk(child)

    walk(view.blocks)
    return found


async def test_a_slow_preview_comes_into_its_dialog_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    async with bot(tmp_path) as (slack, service):
        edition = service.room.desk.edition

        def slow(*args: Any, **kwargs: Any) -> Edition:
            assert go.wait(20)
            return edition(*args, **kwargs)

        monkeypatch.setattr(service.room.desk, "edition", slow)
        person = Person(slack, READER.id)
        view = await dialog(slack, person)
        shown = await pressed(slack, person, "subscription_preview", view)
        assert "Making the preview" in shown.visible_text()
        go.set()
        await slack.wait_for(lambda: "as it would be now" in slack.views[shown.id].visible_text())


async def test_a_preview_of_what_is_wrong_or_cannot_be_made_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot(tmp_path) as (slack, service):
        person = Person(slack, READER.id)
        view = await chosen(slack, person, await dialog(slack, person), "subscription_days", "some")
        person.fill(view, {"chosen": []})
        shown = await pressed(slack, person, "subscription_preview", view)
        assert "First fill in" in shown.visible_text()
        slack.views.pop(shown.id)

        def broken(*_: object, **__: object) -> object:
            raise LibraryError("locked")

        person.fill(view, {"chosen": ["0"]})
        monkeypatch.setattr(service.room.desk, "edition", broken)
        shown = await pressed(slack, person, "subscription_preview", view)
        assert "try again in a minute" in shown.visible_text()


async def customizable(slack: Workspace, service: Service, name: str, channel: str = NEWS.id) -> Message:
    """A message with the button that a digest has."""
    button = {"type": "button", "action_id": "customize", "value": name, "text": choices.plain("Customize")}
    await service.app.office.slack.chat_postMessage(
        channel=channel, text="A digest", blocks=[{"type": "actions", "elements": [button]}]
    )
    return slack.messages(channel)[-1]


@BOTH
async def test_customize_opens_it_with_the_digests_topics(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        person = Person(slack, READER.id)
        digest = service.room.settings.digests[0]
        message = await customizable(slack, service, digest.name)
        view = await pressed(slack, person, "customize", message)
        assert (await person.submit_view(view, {"size": "3"})).errors == {}
        (made,) = mine(service, slack)
        assert (made.topics, made.direct) == (digest.spec.topics, True)
        await slack.wait_for(lambda: slack.ephemerals(NEWS.id, READER.id))
        (said,) = slack.ephemerals(NEWS.id, READER.id)
        assert said.text.startswith("Subscribed: ")
        view = await pressed(slack, person, "customize", await customizable(slack, service, made.digest))
        assert view.payload["title"]["text"] == "Change subscription"
        assert json.loads(view.private_metadata)["key"] == made.id
        view = await pressed(slack, person, "customize", await customizable(slack, service, "no-such-digest"))
        assert view.payload["title"]["text"] == "Subscribe"


@pytest.mark.parametrize("error", ["expired_trigger_id", "internal_error"])
async def test_a_dialog_that_comes_too_late_is_told(tmp_path: Path, error: str) -> None:
    async with bot(tmp_path) as (slack, service):
        person = Person(slack, READER.id)
        at_home = await home(slack, person)
        message = await customizable(slack, service, "daily")
        slack.faults.add(Fault("views.open", "refused", error=error, times=3))
        reply = await person.click("customize", on=message, patience=3)
        assert "The dialog came too late" in reply.text
        await person.click("home_subscribe", on=at_home)
        await slack.wait_for(lambda: slack.all_messages(READER.id))  # no conversation: a direct message, then
        assert "/news subscribe" in slack.all_messages(READER.id)[0].text


async def test_a_bug_of_ours_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> object:
        raise RuntimeError("a secret detail")

    async with bot(tmp_path) as (slack, service):
        person = Person(slack, READER.id)
        view = await dialog(slack, person)
        with monkeypatch.context() as patch:
            patch.setattr(service.room.desk, "edition", broken)
            shown = await pressed(slack, person, "subscription_preview", view)
            assert "try again in a minute" in shown.visible_text()
        monkeypatch.setattr(service.room.subscriptions, "get", broken)
        one = some(service, slack)
        message = await customizable(slack, service, one.digest)
        reply = await person.click("customize", on=message, patience=3)
        assert "try again in a minute" in reply.text
        assert "secret" not in reply.text + shown.visible_text()


async def test_what_takes_too_long_is_told_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    async with bot(tmp_path) as (slack, service):
        person = Person(slack, READER.id)
        view = await pressed(slack, person, "customize", await customizable(slack, service, "daily"))
        monkeypatch.setattr(bot_app, "PATIENCE", 0.1)
        add = service.room.subscriptions.add

        def slow(*args: Any, **kwargs: Any) -> Subscription:
            assert go.wait(20)
            return add(*args, **kwargs)

        some_other = service.room.subscriptions
        monkeypatch.setattr(some_other, "add", slow)
        assert (await person.submit_view(view)).ok
        go.set()
        await slack.wait_for(lambda: slack.ephemerals(NEWS.id, READER.id))
        assert slack.ephemerals(NEWS.id, READER.id)[0].text.startswith("Subscribed: ")


async def test_a_database_that_cannot_be_written_keeps_the_dialog_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> object:
        raise LibraryError("locked")

    async with bot(tmp_path) as (slack, service):
        person = Person(slack, READER.id)
        view = await dialog(slack, person)
        with monkeypatch.context() as patch:
            patch.setattr(service.room.subscriptions, "add", broken)
            assert "try again in a minute" in (await person.submit_view(view)).errors["topics"]
        assert (await person.submit_view(view)).errors == {}
        assert len(mine(service, slack)) == 1


WORDS = {
    "de-DE": ("Abonnieren", "Montag", "Wähle mindestens einen Tag."),
    "ja-JP": ("購読する", "月曜日", "曜日を一つ以上選んでください。"),
}


@pytest.mark.parametrize("locale", WORDS)
async def test_it_speaks_the_persons_language(tmp_path: Path, locale: str) -> None:
    slack = Workspace()
    slack.add_user(replace(READER, locale=locale))
    async with bot(tmp_path, workspace=slack) as (_, service):
        person = Person(slack, READER.id)
        view = await dialog(slack, person)
        title, monday, no_day = WORDS[locale]
        assert view.payload["title"]["text"] == title
        view = await chosen(slack, person, view, "subscription_days", "some")
        assert monday in view.visible_text()
        assert (await person.submit_view(view, {"chosen": []})).errors == {"chosen": no_day}
        assert (await person.submit_view(view, {"chosen": ["0"]})).errors == {}
        assert mine(service, slack)[0].locale == locale


# --- pure


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("facial", "facial-recognition"),
        ("FACIAL RECOGNITION", "facial-recognition"),
        ("face recog", "facial-recognition"),
        ("robtics", "robotics"),
        ("self driving", "self-driving-cars"),
    ],
)
def test_topics_are_found_by_what_is_typed(typed: str, first: str) -> None:
    assert choices.topics(typed, CATALOGUE, speaking(None))[0]["value"] == first


def test_without_a_word_all_topics_are_offered() -> None:
    assert {option["value"] for option in choices.topics("", CATALOGUE, speaking(None))} == {
        topic.slug for topic in CATALOGUE.topics
    }
    assert choices.topics("gesichtserk", CATALOGUE, speaking("de-DE"))[0]["text"]["text"] == "Gesichtserkennung"
    assert choices.topics("qqqqqqq", CATALOGUE, speaking(None)) == []


@pytest.mark.parametrize(
    ("typed", "first", "said"),
    [
        ("berl", "Europe/Berlin", "Europe/Berlin (UTC+1)"),
        ("new york", "America/New_York", "America/New York (UTC-5)"),
        ("Kathm", "Asia/Kathmandu", "Asia/Kathmandu (UTC+5:45)"),
        ("newfound", "", ""),
        ("utc", "UTC", "UTC (UTC)"),
    ],
)
def test_zones_are_found_by_their_city(typed: str, first: str, said: str) -> None:
    found = choices.zones(typed, NOON)
    assert (found[0]["value"], found[0]["text"]["text"]) == (first, said) if first else found == []


@given(st.text(max_size=300))
def test_whatever_is_typed_gets_options_that_slack_takes(typed: str) -> None:
    for options in (choices.topics(typed, CATALOGUE, speaking(None)), choices.zones(typed, NOON)):
        assert len(options) <= choices.MOST
        assert check_options({"options": options}) is None


FORMS = st.builds(
    Form,
    topics=st.lists(st.sampled_from([topic.slug for topic in CATALOGUE.topics]), max_size=60, unique=True).map(tuple),
    days=st.sampled_from(["weekdays", "daily", "some", "kept", ""]),
    chosen=st.sets(st.integers(0, 6)).map(lambda days: tuple(sorted(days))),
    time=st.sampled_from(["00:00", "09:30", "23:59", ""]),
    zone=st.sampled_from(["UTC", "Asia/Kathmandu", "America/Argentina/ComodRivadavia", "", "nowhere"]),
    size=st.integers(0, 30),
    where=st.sampled_from(["me", "there", ""]),
    channel=st.sampled_from(["", NEWS.id, OTHER.id, PRIVATE.id, STRANGE.id]),
    key=st.sampled_from(["", "s0123456789"]),
    cron=st.sampled_from(["", "0 9,17 1 * *"]),
    origin=st.sampled_from(["", NEWS.id]),
)


@given(FORMS, st.sampled_from(["en", "de", "ja"]))
def test_every_form_is_drawn_as_slack_takes_it(filled: Form, language: str) -> None:
    view = drawn(filled, CATALOGUE, speaking(language), NOON)
    assert check_view(view) is None
    assert len(view["private_metadata"]) <= 3_000


@given(st.sets(st.integers(0, 6), min_size=1), st.integers(0, 23), st.integers(0, 59))
def test_a_schedule_is_shown_and_read_back_as_it_was(days: set[int], hour: int, minute: int) -> None:
    cron = When(tuple(sorted(days)), (hour,), minute).cron
    one = Subscription("s1", user("T", "U1"), "T", "U1", (), cron, "UTC", 5, "en", NOON, NOON)
    shown = form.of_subscription(one)
    assert shown.schedule == cron
    assert list(form.problems(shown, CATALOGUE)) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(max_size=100) | JSON.map(json.dumps))
def test_what_the_dialog_carries_may_be_anything(carried: str) -> None:
    read = form.read({"private_metadata": carried, "state": {"values": {}}})
    assert list(form.problems(read, CATALOGUE))
    assert len(read.about()) <= 3_000
