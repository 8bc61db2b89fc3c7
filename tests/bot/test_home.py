"""The Home tab at the wire: what it shows, what is pressed there, and when it is drawn anew; over both transports."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import utc_now
from bot.home import Pace
from bot.readers import user
from bot.service import Service
from digests.errors import LibraryError
from digests.library import Filed, Stamp
from digests.models import Answer
from digests.query import Query
from digests.steering import TOPIC, major
from playground.slack import NEWS, READER, Fault, Person, View, Workspace, check_view
from playground.slack.forms import interactive
from tests.bot.running_bot import Clock, bot
from tests.making import article

BOTH = pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket"])
HOSTILE = "<!channel> *bold* `code` <https://evil.example.com|click> :fire: & \N{RIGHT-TO-LEFT OVERRIDE}{{ 7 * 7 }}"


async def opened(slack: Workspace, person: Person) -> View:
    """Open the Home, and wait until all of it is there."""
    before = published(slack)
    reply = await person.open_home()
    assert reply.ok, reply.error
    await slack.wait_for(lambda: published(slack) > before and "Looking for" not in shown(slack, person))
    return home(slack, person)


def home(slack: Workspace, person: Person) -> View:
    view = slack.home(person.user.id)
    assert view is not None
    assert check_view(view.payload) is None
    return view


def shown(slack: Workspace, person: Person) -> str:
    return home(slack, person).visible_text()


def entry(view: View, verb: str) -> tuple[str, str]:
    """The block and value of the first entry of a menu with a verb."""
    return next(
        (block, option["value"])
        for block, element in interactive(view.blocks)
        for option in element.get("options", ())
        if option["value"].startswith(f"{verb} ")
    )


def published(slack: Workspace) -> int:
    return len([call for call in slack.calls_of("views.publish") if call.ok])


def actions(view: View) -> list[str]:
    return [element["action_id"] for _, element in interactive(view.blocks)]


def who(slack: Workspace) -> Any:
    return user(slack.team_id, READER.id)


def subscribe(service: Service, slack: Workspace, topics: tuple[str, ...] = ("robotics",), where: str = "") -> str:
    made = service.room.subscriptions.add(
        who(slack), slack.team_id, where or READER.id, topics, "30 8 * * mon-fri", READER.tz, 5, "en", utc_now()
    )
    return made.id


@BOTH
async def test_a_first_visit_is_welcomed_with_three_things_to_try(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, _):
        person = Person(slack, READER.id)
        view = await opened(slack, person)
        words = view.visible_text()
        assert "Welcome to Heatline" in words
        assert "/news facial recognition" in words
        assert "home_subscribe" in actions(view)
        assert "Top stories now" in words
        assert actions(view).count("story_menu") == 5
        assert slack.all_messages() == []


@BOTH
async def test_what_is_somebodys_is_shown_in_their_zone(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        subscribe(service, slack)
        subscribe(service, slack, (), NEWS.id)
        for each in list(service.room.library.articles())[:7]:
            service.room.saved.save(who(slack), each, utc_now())
        person = Person(slack, READER.id)
        view = await opened(slack, person)
        words = view.visible_text()
        assert "Welcome" not in words
        assert "Robotics" in words
        assert "AI news" in words
        assert "08:30" in words
        assert NEWS.id in str(view.blocks)
        assert actions(view).count("story_drop") == 5
        assert "7 stories are saved. /news saved lists all." in words
        assert READER.tz in words


async def test_the_stories_are_of_the_subscriptions_topics(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        subscribe(service, slack, ("robotics",))
        view = await opened(slack, Person(slack, READER.id))
        handles = [
            option["value"].split(" ")[1]
            for _, element in interactive(view.blocks)
            for option in element.get("options", ())
            if option["value"].startswith("save ")
        ]
        assert handles
        for handle in handles:
            story = service.room.desk.story(handle)
            assert story is not None
            assert "robotics" in [match.topic for match in service.room.catalogue.match_story(story)]


@BOTH
async def test_removing_and_saving_in_the_home_shows_there(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        person = Person(slack, READER.id)
        view = await opened(slack, person)
        block, value = entry(view, "save")
        assert (await person.click("story_menu", value, on=view, block_id=block)).ok
        await slack.wait_for(lambda: "story_drop" in actions(home(slack, person)))
        assert service.room.saved.count(who(slack)) == 1
        view = home(slack, person)
        assert (await person.click("story_drop", on=view)).ok
        await slack.wait_for(lambda: "story_drop" not in actions(home(slack, person)))
        assert service.room.saved.count(who(slack)) == 0
        await person.click("story_drop", on=view)  # the button of a page that was shown before
        await slack.wait_for(lambda: slack.modals(READER.id))
        assert "You have saved nothing yet" in slack.modals(READER.id)[0].visible_text()
        assert slack.all_messages() == []


@BOTH
async def test_unsubscribing_asks_first_and_is_ones_own_only(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        key = subscribe(service, slack)
        slack.add_user(replace(READER, id="U0STRANGER1"))
        person, other = Person(slack, READER.id), Person(slack, "U0STRANGER1")
        view = await opened(slack, person)
        (button,) = [element for _, element in interactive(view.blocks) if element["action_id"] == "subscription_end"]
        assert "Robotics" in button["confirm"]["text"]["text"]
        await other.click("subscription_end", on=replace(view, user=other.user.id))  # a request made by hand
        await slack.wait_for(lambda: slack.modals(other.user.id))
        assert service.room.subscriptions.get(key).ended == ""  # type: ignore[union-attr]
        await person.click("subscription_end", on=view)
        await slack.wait_for(lambda: "Welcome" in shown(slack, person))
        assert service.room.subscriptions.of(who(slack)) == ()


async def test_what_else_is_pressed_there_is_answered_in_a_dialog(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        person = Person(slack, READER.id)
        view = await opened(slack, person)
        block, value = entry(view, "related")
        await person.click("story_menu", value, on=view, block_id=block)
        (dialog,) = await slack.wait_for(lambda: slack.modals(READER.id))
        assert check_view(dialog.payload) is None
        assert slack.all_messages() == []
        slack.faults.add(Fault("views.open", "refused", error="expired_trigger_id"))
        await person.click("story_menu", value, on=view, block_id=block)
        await slack.wait_for(lambda: slack.all_messages(READER.id))  # a direct message, then


@BOTH
async def test_a_story_is_shared_from_the_home(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, _):
        person = Person(slack, READER.id)
        view = await opened(slack, person)
        block, value = entry(view, "share")
        await person.click("story_menu", value, on=view, block_id=block)
        (dialog,) = await slack.wait_for(lambda: slack.modals(READER.id))
        assert (await person.submit_view(dialog, {"where": NEWS.id})).errors == {}
        assert len(await slack.wait_for(lambda: slack.messages(NEWS.id))) == 1


@BOTH
async def test_what_is_muted_is_shown_left_out_and_told_again_at_a_press(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        person = Person(slack, READER.id)
        view = await opened(slack, person)
        stories = service.room.desk.answer(Query(), utc_now(), limit=5).stories
        quiet = next(each for each in stories if not major(each.story))
        assert quiet.lead.title in view.visible_text()
        await person.slash("/news", f"mute {quiet.lead.publisher}")
        await slack.wait_for(lambda: "news_unmute" in actions(home(slack, person)))
        words = shown(slack, person)
        assert "Muted" in words
        assert quiet.lead.title not in words or quiet.story.coverage  # another may tell it, too
        assert f"{quiet.lead.publisher} ·" not in words
        await person.click("news_unmute", on=home(slack, person))
        await slack.wait_for(lambda: "news_unmute" not in actions(home(slack, person)))
        assert quiet.lead.title in shown(slack, person)
        assert slack.modals(READER.id) == []  # the Home says it by itself
        assert service.room.muted_by(who(slack), utc_now()) == ()


async def test_a_home_names_what_is_muted_in_its_persons_language(tmp_path: Path) -> None:
    slack = Workspace()
    slack.add_user(replace(READER, locale="de-DE"))
    async with bot(tmp_path, workspace=slack) as (slack, service):
        service.room.mutes.mute(who(slack), TOPIC, "facial-recognition", utc_now(), who(slack))
        words = (await opened(slack, Person(slack, READER.id))).visible_text()
        assert "Stummgeschaltet" in words
        assert "Gesichtserkennung" in words


async def test_what_is_forgotten_is_gone_from_the_home(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        subscribe(service, slack)
        service.room.saved.save(who(slack), next(iter(service.room.library.articles())), utc_now())
        person = Person(slack, READER.id)
        await opened(slack, person)
        (kept,) = (await person.slash("/news", "forget me")).messages
        await person.click("news_forget", on=kept)
        await slack.wait_for(lambda: "Welcome to Heatline" in shown(slack, person))


async def test_a_change_elsewhere_is_drawn_only_for_those_who_opened_theirs(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        person, other = Person(slack, READER.id), Person(slack)
        await opened(slack, person)
        before = published(slack)
        for asker in (person, other):
            (answer,) = (await asker.slash("/news", "")).messages
            block, value = next(
                (block, option["value"])
                for block, element in interactive(answer.blocks)
                for option in element.get("options", ())
                if option["value"].startswith("save ")
            )
            await asker.click("story_menu", value, on=answer, block_id=block, patience=3)
        await slack.wait_for(lambda: "story_drop" in actions(home(slack, person)))
        assert slack.home(other.user.id) is None
        await person.slash("/news", "robots")  # which changes nothing
        await service.app.drain()
        assert published(slack) == before + 1


async def test_many_changes_at_once_are_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with bot(tmp_path) as (slack, service):
        person = Person(slack, READER.id)
        await opened(slack, person)
        before = published(slack)
        asked = await service.app.office.people.person(slack.team_id, READER.id)
        for each in list(service.room.library.articles())[:4]:
            service.room.saved.save(who(slack), each, utc_now())
            service.app.home.refresh(asked)
        await service.app.drain()
        assert published(slack) == before + 1
        assert actions(home(slack, person)).count("story_drop") == 4


async def test_what_stands_there_already_is_not_published_again_within_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "bot.home.BRIEF", 20
    )  # on a busy machine the stories may come after the rest, in a second drawing
    clock = Clock(utc_now())
    async with bot(tmp_path, clock=clock) as (slack, service):
        person = Person(slack, READER.id)
        await opened(slack, person)
        for _ in range(3):
            await person.open_home()
        await service.app.drain()
        assert published(slack) == 1
        subscribe(service, slack)  # elsewhere, by another process
        await opened(slack, person)
        assert "Robotics" in shown(slack, person)
        clock.forward(timedelta(minutes=2))
        await opened(slack, person)
        assert published(slack) == 3


async def test_what_is_quick_is_shown_before_the_stories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    async with bot(tmp_path) as (slack, service):
        answer = service.room.desk.answer

        def slow(*args: Any, **kwargs: Any) -> Answer:
            assert go.wait(20)
            return answer(*args, **kwargs)

        monkeypatch.setattr(service.room.desk, "answer", slow)
        subscribe(service, slack)
        person = Person(slack, READER.id)
        await person.open_home()
        await slack.wait_for(lambda: published(slack) == 1)
        assert "Robotics" in shown(slack, person)
        assert "Looking for what is told just now" in shown(slack, person)
        go.set()
        await slack.wait_for(lambda: published(slack) == 2)
        assert "Looking for" not in shown(slack, person)
        assert "story_menu" in actions(home(slack, person))


async def test_stories_of_lately_are_shown_at_once_and_others_follow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, clock = threading.Event(), Clock(utc_now())
    async with bot(tmp_path, clock=clock) as (slack, service):
        person, desk = Person(slack, READER.id), service.room.desk
        await opened(slack, person)
        await service.app.drain()
        before, answer = published(slack), desk.answer

        def slow(*args: Any, **kwargs: Any) -> Answer:
            assert go.wait(20)
            found = answer(*args, **kwargs)
            return replace(found, stories=found.stories[1:])

        monkeypatch.setattr(desk, "answer", slow)
        clock.forward(timedelta(minutes=2))
        await person.open_home()
        await slack.wait_for(lambda: published(slack) == before + 1)
        assert "story_menu" in actions(home(slack, person))
        lately = home(slack, person).blocks
        go.set()
        await slack.wait_for(lambda: published(slack) == before + 2)
        assert home(slack, person).blocks != lately
        clock.forward(timedelta(minutes=2))
        await person.open_home()
        await service.app.drain()
        assert published(slack) == before + 3  # the stories are the same as two minutes before
        go.clear()
        clock.forward(timedelta(minutes=11))
        await person.open_home()
        await slack.wait_for(lambda: "Looking for what is told just now" in shown(slack, person))
        go.set()


async def test_newer_content_is_never_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process published something newer while this one looked for the stories."""
    go = threading.Event()
    async with bot(tmp_path) as (slack, service):
        answer = service.room.desk.answer

        def slow(*args: Any, **kwargs: Any) -> Answer:
            assert go.wait(20)
            return answer(*args, **kwargs)

        monkeypatch.setattr(service.room.desk, "answer", slow)
        person = Person(slack, READER.id)
        await person.open_home()
        await slack.wait_for(lambda: published(slack) == 1)
        subscribe(service, slack)  # what the other process has stored
        other = {"type": "home", "blocks": [{"type": "divider"}]}
        await service.app.office.slack.views_publish(user_id=READER.id, view=other)
        go.set()
        await slack.wait_for(lambda: published(slack) == 3)
        assert [call.error for call in slack.calls_of("views.publish")] == [None, None, "hash_conflict", None]
        assert "Robotics" in shown(slack, person)


async def test_a_database_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> object:
        raise LibraryError("locked")

    async with bot(tmp_path) as (slack, service):
        person = Person(slack, READER.id)
        with monkeypatch.context() as patch:
            patch.setattr(service.room.saved, "of", broken)
            await person.open_home()
            await slack.wait_for(lambda: published(slack) == 1)
            assert "try again in a minute" in shown(slack, person)
        await opened(slack, person)
        assert "Welcome" in shown(slack, person)


async def test_a_home_that_slack_does_not_take_stops_nothing(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        slack.faults.add(Fault("views.publish", "refused", error="not_enabled", times=1))
        person = Person(slack, READER.id)
        assert (await person.open_home()).ok
        await slack.wait_for(lambda: slack.calls_of("views.publish"))
        assert (await person.slash("/news", "robots")).ok
        assert (await person.open_home()).ok
        await slack.wait_for(lambda: slack.home(READER.id) and "story_menu" in actions(home(slack, person)))


async def test_the_messages_tab_draws_nothing(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        assert (await Person(slack, READER.id).open_home("messages")).ok
        await service.app.drain()
        assert slack.calls_of("views.publish") == []


WORDS = {"de-DE": ("Willkommen bei Heatline", "Deine Abos"), "ja-JP": ("Heatline へようこそ", "購読中")}


@pytest.mark.parametrize("locale", WORDS)
async def test_it_speaks_the_persons_language(tmp_path: Path, locale: str) -> None:
    slack = Workspace()
    slack.add_user(replace(READER, locale=locale, tz="Asia/Tokyo"))
    async with bot(tmp_path, workspace=slack) as (_, service):
        person = Person(slack, READER.id)
        await person.open_home()
        await slack.wait_for(lambda: slack.home(READER.id) and "story_menu" in actions(home(slack, person)))
        assert WORDS[locale][0] in shown(slack, person)
        subscribe(service, slack)
        service.app.home.refresh(await service.app.office.people.person(slack.team_id, READER.id))
        await slack.wait_for(lambda: WORDS[locale][1] in shown(slack, person))
        assert "Subscrib" not in shown(slack, person)
        assert "Asia/Tokyo" in shown(slack, person)


async def test_hostile_titles_do_nothing(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        bad = replace(article(HOSTILE), published_at=utc_now(), heat=10**9, quality=10**9)
        service.room.library.put("bad", [Filed("1", Stamp(1, 1, "x"), bad)])
        service.room.desk.take_in(utc_now())
        service.room.saved.save(who(slack), bad, utc_now())
        service.room.votes.give(who(slack), bad.url, (f"provider:{HOSTILE}",), -1.0, utc_now(), by=who(slack))
        view = await opened(slack, Person(slack, READER.id))
        live = [block["text"]["text"] for block in view.blocks if block.get("text", {}).get("type") == "mrkdwn"]
        assert any("bold" in text for text in live)
        for text in live:
            for mark in ("<!", "*bold*", "`code`", "<https://evil", "\N{RIGHT-TO-LEFT OVERRIDE}"):
                assert mark not in text
        assert "Less of it: " in view.visible_text()


async def test_the_most_that_can_be_somebodys_fits(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        slugs = [topic.slug for topic in service.room.catalogue.topics]
        for number in range(20):
            subscribe(service, slack, tuple(slugs[number : number + 50]))
        for number in range(6):
            service.room.saved.save(who(slack), article(f"{number} " + "W" * 3_000, 1), utc_now())
        view = await opened(slack, Person(slack, READER.id))
        assert actions(view).count("subscription_end") == 20
        assert actions(view).count("story_drop") == 5


def test_turns_are_taken_at_a_pace() -> None:
    pace = Pace(3, 60.0)
    assert [pace.taken(now, keep=1) for now in (0.0, 10.0, 20.0)] == [0, 0, 40]
    assert [pace.taken(now) for now in (20.0, 30.0)] == [0, 30]  # what is kept for others
    assert pace.taken(60.0, keep=1) == 10
    assert pace.taken(70.0, keep=1) == 0
