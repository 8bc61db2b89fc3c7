"""What readers ask of a posted digest and say of it, and what admins ask: at the wire and over both transports."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import utc_now
from bot.commands import news
from bot.delivery import DeliveryState
from bot.readers import channel, user
from bot.service import Service
from digests.library import Filed, Stamp
from digests.models import ScoredStory
from digests.steering import MAJOR_HEAT
from playground.slack import ADMIN, NEWS, OTHER, READER, Fault, Message, Person, Workspace, check_message
from playground.slack.forms import interactive
from playground.slack.state import PRIVATE
from tests.bot.running_bot import Clock, bot
from tests.bot.test_actions import BOTH, choices, choose, forged, headlines, menu, now_of, posted, replaced
from tests.making import article

ALL = {"related", "why", "save", "share", "more", "less", "mute"}


def buttons(message: Message) -> dict[str, str]:
    """The buttons of a message, each with what it carries; entries of menus left out."""
    return {
        each["action_id"]: str(each.get("value")) for _, each in interactive(message.blocks) if "options" not in each
    }


def counted(service: Service, parent: Message) -> list[ScoredStory]:
    """The stories of the post as readers count them."""
    edition = service.room.edition_at(parent.channel, parent.ts)
    assert edition is not None
    assert edition.top is not None
    return [edition.top, *(each for each in edition.stories if each is not edition.top)]


async def tuned(person: Person, message: Message, place: int = 0) -> Message:
    """What the menu's last entry brings."""
    block, value = menu(message, "tune", place)
    reply = await person.click("story_menu", value, on=message, block_id=block, patience=3)
    (answer,) = reply.messages
    assert check_message({"text": answer.text, "blocks": list(answer.blocks)}) is None
    return answer


async def narrow(person: Person, message: Message) -> Message:
    """What the menu's last entry brings for a story of a topic narrower than AI."""
    place = 0
    while "news_mute" not in buttons(answer := await tuned(person, message, place)):
        place += 1
    return answer


async def pressed(person: Person, action: str, on: Message) -> str:
    """Press a button; the words that come back."""
    reply = await person.click(action, on=on, patience=3)
    assert reply.ok, reply.error
    return reply.text


@BOTH
async def test_every_story_offers_all_that_can_be_done(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode) as (slack, service, parent):
        person = Person(slack, READER.id)
        offered: dict[str, set[str]] = {}
        for _, value in choices(parent):
            verb, handle = value.split(" ")
            offered.setdefault(handle, set()).add(verb)
        assert max(len(each) for each in offered.values()) <= 5
        lead = buttons(parent)["story_save"]
        assert buttons(parent)["story_why"] == lead
        offered[lead] |= {"save", "why"}
        reports = {each.lead.url: each.story.coverage for each in counted(service, parent)}
        assert len(offered) == len(reports)
        for place, handle in enumerate(handle for handle in offered if "tune" in offered[handle]):
            answer = await tuned(person, parent, place)
            behind = {re.sub("story_|news_", "", name) for name in buttons(answer)}
            found = service.room.desk.by_handle(handle)
            assert found is not None
            narrower = len(service.room.desk.about(found.url) or ()) > 1
            # A story about AI alone has no topic that could be muted here.
            assert behind == ({"more", "less", "mute"} if narrower else {"more", "less"})
            offered[handle] = (offered[handle] - {"tune"}) | behind | {"mute"}
        for handle, verbs in offered.items():
            found = service.room.desk.by_handle(handle)
            assert found is not None
            assert verbs == ALL - (set() if reports[found.url] else {"related"})


@BOTH
async def test_why_takes_the_number_that_readers_count(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode) as (slack, service, parent):
        person = Person(slack, READER.id)
        stories = counted(service, parent)
        for number, scored in ((1, stories[0]), (2, stories[1]), (len(stories), stories[-1])):
            said = (await person.slash("/news", f"why {number}")).text
            assert scored.lead.title[:40] in said
            assert re.search(r"In AI digest, .* \(UTC\)\.?\n", said)  # the reader is in New York
            assert "Chosen" in said
        edition = service.room.edition_at(NEWS.id, parent.ts)
        assert edition is not None
        said = (await person.slash("/news", f"why #{len(stories) + 1}")).text
        assert edition.more[0].lead.title[:40] in said  # the thread goes on counting
        assert "In the thread" in said
        many = len(stories) + len(edition.more)
        assert f"has {many} stories, and no number {many + 1}" in (await person.slash("/news", f"why {many + 1}")).text
        assert "no number 0" in (await person.slash("/news", "why 0")).text
        assert (
            "Nothing found for" in (await person.slash("/news", "why zeppelins xyzzy")).text
        )  # words are searched for


async def test_why_takes_an_address_however_slack_or_people_write_it(tmp_path: Path) -> None:
    async with posted(tmp_path) as (slack, service, parent):
        person = Person(slack, READER.id)
        told = counted(service, parent)[2].lead
        bare = told.url.partition("://")[2]
        for text in (told.url, f"{told.url}?utm_source=x#top", f"<{told.url}>"):
            assert told.title[:40] in (await person.slash("/news", f"why {text}")).text, text
        for text in (f"<{told.url}|{bare}>", f"<{told.url}|Read this>"):  # as Slack marks links, where it does
            assert told.title[:40] in (await news.answer(service.room, f"why {text}", utc_now())).text
        late = replace(article("Quokka walks"), published_at=utc_now() + timedelta(minutes=1))
        service.room.library.put("more", [Filed("1", Stamp(1, 1, "x"), late)])
        assert "Out of reach" in (await person.slash("/news", f"why {late.url}")).text
        unknown = f"https://nowhere.example.com/{'a' * 300}"
        assert "I know no article at" in (await person.slash("/news", f"why {unknown}")).text


async def test_why_says_which_edition_where_none_was_posted(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        person = Person(slack, READER.id)
        assert "No edition was made yet" in (await person.slash("/news", "why 1")).text
        some = next(iter(service.room.library.articles()))
        assert "In a preview of AI digest, " in (await person.slash("/news", f"why {some.url}")).text
        digest = service.room.settings.digests[0]
        slot = utc_now().replace(second=0, microsecond=0)
        await service.publisher.publish(digest, slot, utc_now())
        direct = slack.direct_message(READER.id).id
        for place in (OTHER.id, direct):
            said = (await person.slash("/news", "why 1", channel=place)).text
            assert "In AI digest, " in said
            assert "Chosen" in said


@BOTH
async def test_a_topic_is_muted_for_a_channel_by_its_members_and_undone(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode) as (slack, service, parent):
        here = channel(NEWS.id)
        slack.add_user(replace(READER, id="U0STRANGER1", name="eve"))
        stranger, person = Person(slack, "U0STRANGER1"), Person(slack, READER.id)
        asked = await narrow(stranger, parent)
        assert "Only members of that channel" in await pressed(stranger, "news_mute", asked)
        assert service.room.mutes.of(here) == ()
        asked = await narrow(person, parent)
        handle = buttons(asked)["story_less"].split(" ")[0]
        (noted,) = (await person.click("news_mute", on=asked, patience=3)).messages
        (mute,) = service.room.mutes.of(here)
        name = service.room.catalogue.get(mute.name).name
        assert f"{name} is muted here until " in noted.visible_text()
        assert "but for major stories" in noted.visible_text()
        assert mute.until is not None
        assert mute.since is not None
        assert mute.until - mute.since == timedelta(days=30)
        story = service.room.desk.by_handle(handle)
        assert story is not None
        assert buttons(asked)["news_mute"] == f"{here} topic {mute.name}"
        assert f"topic:{mute.name}" in (service.room.desk.about(story.url) or ())
        digest = service.room.settings.digests[0]
        soon = utc_now() + timedelta(minutes=1)
        made = service.room.desk.edition(
            digest.spec, soon, soon, told={}, muted=service.room.muted(digest.name, digest.channels, soon)
        )
        assert made.tally.muted > 0
        assert "muted" in (await person.slash("/news", "muted")).text.casefold()
        await person.click("news_unmute", on=noted)
        assert f"{name} is told here again" in await replaced(slack, noted)
        assert service.room.mutes.of(here) == ()


async def test_the_next_edition_leaves_a_muted_topic_out_and_says_why(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        room, digest = service.room, service.room.settings.digests[0]
        now = utc_now()
        slot = now.replace(second=0, microsecond=0)
        first = room.desk.edition(digest.spec, slot, now)
        faces = next(each for each in first.sections if each.topic and each.topic.slug == "facial-recognition").stories
        major = replace(faces[0].lead, heat=MAJOR_HEAT)
        room.library.put(room.library.sources()[0], [Filed(str(major.path), Stamp(9, 1, "new"), major)])
        room.mutes.mute(channel(NEWS.id), "topic", "facial-recognition", slot - timedelta(hours=1), user("T1", "U1"))
        assert (await service.publisher.publish(digest, slot, now))[0].state is DeliveryState.DONE
        (parent,) = slack.messages(NEWS.id)
        person = Person(slack, READER.id)
        words = parent.visible_text()
        assert major.title[:40] in words
        assert not any(each.lead.title in words for each in faces[1:])
        assert re.search(r"\d+ muted here", words)
        assert (
            "Muted, Facial Recognition is muted here until "
            in (await person.slash("/news", f"why {faces[1].lead.url}")).text
        )
        assert "is muted here" in (await person.slash("/news", f"why {major.url}")).text
        assert "but this is a major story" in (await person.slash("/news", f"why {major.url}")).text
        asked = room.desk.answer(news.query.read("facial recognition", room.catalogue, now, "UTC"), now)
        assert {each.story.id for each in faces} <= {each.story.id for each in asked.stories}  # asked for by name


TWO = {"HEATLINE_CHANNEL": f"{NEWS.id},{OTHER.id}"}


async def test_what_one_channel_muted_the_other_is_told(tmp_path: Path) -> None:
    async with bot(tmp_path, **TWO) as (slack, service):
        room, digest = service.room, service.room.settings.digests[0]
        slot = utc_now().replace(second=0, microsecond=0)
        plain = room.desk.edition(digest.spec, slot, utc_now())
        faces = next(each for each in plain.sections if each.topic and each.topic.slug == "facial-recognition").stories
        room.mutes.mute(channel(OTHER.id), "topic", "facial-recognition", slot - timedelta(hours=1), user("T1", "U1"))
        await service.publisher.publish(digest, slot, utc_now())
        told, quiet = slack.messages(NEWS.id)[0], slack.messages(OTHER.id)[0]
        assert faces[0].lead.title[:30] in told.visible_text()
        assert faces[0].lead.title[:30] not in quiet.visible_text()
        assert "muted here" in quiet.visible_text()
        assert "muted here" not in told.visible_text()
        person = Person(slack)
        said = (await person.slash("/news", f"why {faces[0].lead.url}", channel=OTHER.id)).text
        assert "Muted, Facial Recognition is muted here until " in said
        assert "Chosen" in (await person.slash("/news", f"why {faces[0].lead.url}")).text
        first = (await person.slash("/news", "why 1", channel=OTHER.id)).text
        assert headlines(quiet)[0].split("|")[1].rstrip(">*")[:30] in first  # counted as that channel reads it


@BOTH
async def test_a_person_mutes_for_themselves_lists_and_ends_it(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode) as (slack, service, _):
        person, other = Person(slack, READER.id), Person(slack)
        who = user(slack.team_id, READER.id)
        top = next(iter(service.room.desk.answer(news.query.Query(), utc_now()).stories))
        paper = top.lead.publisher
        assert "Nothing is muted" in (await person.slash("/news", "muted")).text
        noted = (await person.slash("/news", f"mute {paper}")).messages[0]
        assert f"{paper} is muted for you" in noted.visible_text()
        (await person.slash("/news", "mute topic:robotics"))
        assert {(each.kind, each.name, each.until) for each in service.room.mutes.of(who)} >= {
            ("source", paper, None),
            ("topic", "robotics", None),
        }
        answer = (await person.slash("/news", "")).text
        assert re.search(r"\d+ muted stor(y|ies) left out: /news muted", answer)
        assert "left out" not in (await other.slash("/news", "")).text
        assert service.room.mutes.of(channel(NEWS.id)) == ()
        (listed,) = (await person.slash("/news", "muted")).messages
        assert f"• {paper}, for you" in listed.visible_text()
        assert "• Robotics, for you" in listed.visible_text()
        assert "You are told of Robotics again" in (await person.slash("/news", "unmute robotics")).text
        assert "is not muted" in (await person.slash("/news", "unmute robotics")).text
        await person.click("news_mute", on=noted)  # the same for everybody here
        await slack.wait_for(lambda: service.room.mutes.of(channel(NEWS.id)), 3)
        (mute,) = service.room.mutes.of(channel(NEWS.id))
        assert (mute.kind, mute.name) == ("source", paper)
        assert f"• {paper}, here until " in (await person.slash("/news", "muted")).text
        assert "2 mutes" in (await person.slash("/news", "forget me")).text


@pytest.mark.parametrize(
    ("typed", "said", "meant"),
    [
        ("mute ai", "Everything here is about AI", ""),
        ("mute roboticz", "I know no topic and no publisher called roboticz", "mute Robotics"),
        ("mute <!channel>", "I know no topic and no publisher", ""),
        ("unmute robotics", "Robotics is not muted", ""),
    ],
)
async def test_what_cannot_be_muted_is_said(tmp_path: Path, typed: str, said: str, meant: str) -> None:
    async with bot(tmp_path) as (slack, service):
        person = Person(slack, READER.id)
        (answer,) = (await person.slash("/news", typed)).messages
        assert said in answer.visible_text()
        assert check_message({"text": answer.text, "blocks": list(answer.blocks)}) is None
        if meant:
            await person.click("news_ask_1", on=answer)
            assert "is muted for you" in await replaced(slack, answer)
            assert len(service.room.mutes.of(user(slack.team_id, READER.id))) == 1


@BOTH
async def test_a_publisher_nobody_has_news_of_is_muted_by_its_domain_and_near_ones_are_offered(
    tmp_path: Path, socket_mode: bool
) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        person, who = Person(slack, READER.id), user(slack.team_id, READER.id)
        (answer,) = (await person.slash("/news", "mute tidewater-pots.example.com")).messages
        assert "tidewater-pots.example.com is muted for you" in answer.visible_text()
        assert "No article of tidewater-pots.example.com has come in so far." in answer.visible_text()
        assert [each.name for each in service.room.mutes.of(who)] == ["tidewater-pots.example.com"]
        await person.click("news_ask_1", on=answer)
        there = await replaced(slack, answer)
        assert "tidewater-post.example.com is muted for you" in there
        assert "has come in so far" not in there
        (named,) = (await person.slash("/news", "mute Tidewater Pots")).messages
        assert "I know no topic and no publisher called Tidewater Pots." in named.visible_text()
        assert "Did you mean: /news mute Tidewater Post" in named.text
        assert "has come in so far" not in (await person.slash("/news", "mute example.com")).text  # all below it count


async def test_more_less_saves_and_shares_count_for_channel_and_person(tmp_path: Path) -> None:
    async with posted(tmp_path) as (slack, service, parent):
        person = Person(slack, READER.id)
        votes, here, who = service.room.votes, channel(NEWS.id), user(slack.team_id, READER.id)
        assert re.search(r"Noted\. .+ counts? a little more here", await choose(person, parent, "more"))
        more = votes.standing([here], utc_now())
        assert all(value > 0 for value in more.values())
        assert "less" in await choose(person, parent, "less")  # the newest stands
        assert all(value < 0 for value in votes.standing([here], utc_now()).values())
        votes.forget(here)
        await choose(person, parent, "save")
        saved = votes.standing([here], utc_now()), votes.standing([who], utc_now())
        assert all(0 < saved[0][name] < saved[1][name] for name in saved[1])
        (listed,) = (await person.slash("/news", "saved")).messages
        await person.click("story_drop", on=listed)
        assert "nothing yet" in await replaced(slack, listed)
        assert votes.standing([here, who], utc_now()) == {}
        block, value = menu(parent, "share")
        (dialog,) = (await person.click("story_menu", value, on=parent, block_id=block, patience=3)).views
        await person.submit_view(dialog, {"conversation": OTHER.id})
        await slack.wait_for(lambda: votes.standing([here], utc_now()), 3)
        shared = votes.standing([here], utc_now())
        assert all(value > 0 for value in shared.values())
        assert "1 share" in (await person.slash("/news", "forget me")).text
        answer = await tuned(person, parent)
        assert "What do you want here of stories like" in answer.visible_text()
        assert "a little more here" in await pressed(person, "story_more", answer)


@BOTH
async def test_what_just_missed_is_shown_page_by_page(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode) as (slack, service, parent):
        person = Person(slack, READER.id)
        edition = service.room.edition_at(NEWS.id, parent.ts)
        assert edition is not None
        titles = [each.lead.title for each in edition.more]
        assert len(titles) == 10
        (page,) = (await person.click("more_next", on=parent, patience=3)).messages
        assert page.ephemeral_to == READER.id
        assert check_message({"text": page.text, "blocks": list(page.blocks)}) is None
        assert "Just missed AI digest, " in page.visible_text()
        assert "1–5 / 10" in page.visible_text()
        assert [line.split("|")[1].rstrip(">")[:25] for line in headlines(page)] == [title[:25] for title in titles[:5]]
        said = await choose(person, page, "why", 2)
        assert titles[2][:40] in said
        assert "In AI digest, " in said
        assert "In the thread" in said
        assert "Saved: " in await choose(person, page, "save")
        assert "a little less here" in await pressed(person, "story_less", await tuned(person, page))
        await person.click("more_next", on=page)
        assert "6–10 / 10" in await replaced(slack, page)
        page = now_of(slack, page)
        assert "more_next" not in buttons(page)
        await person.click("more_back", on=page)
        assert "1–5 / 10" in await replaced(slack, page)
        for value in ("daily 1 0", "", "nothing 1795600000 99999", "daily"):
            assert "which edition" in (await forged(person, parent, {"action_id": "more_next", "value": value})).text


async def test_a_digest_without_more_has_no_button_for_it(tmp_path: Path) -> None:
    async with bot(tmp_path, HEATLINE_MORE="0") as (slack, service):
        now = utc_now()
        await service.publisher.publish(service.room.settings.digests[0], now.replace(second=0, microsecond=0), now)
        parent = slack.messages(NEWS.id)[0]
        assert "more_next" not in buttons(parent)
        await Person(slack, READER.id).click("customize", on=parent)
        await slack.wait_for(lambda: bool(slack.views))
        (dialog,) = slack.views.values()
        assert dialog.payload["title"]["text"] == "Subscribe"


@pytest.mark.parametrize("refused", [False, True], ids=["feedback_buttons", "plain"])
@BOTH
async def test_a_post_is_rated_by_thumbs_and_admins_see_it(tmp_path: Path, socket_mode: bool, refused: bool) -> None:
    slack = Workspace()
    if refused:
        slack.refused_blocks.add("context_actions")
    async with posted(tmp_path, socket_mode, slack) as (slack, service, parent):
        person, admin = Person(slack, READER.id), Person(slack)
        assert ("context_actions" in [block["type"] for block in parent.blocks]) is not refused
        up, down = ("rate_1", "rate_2") if refused else ("rate", "rate")
        for _ in range(2):
            assert "Your 👍" in (await person.click(up, "up", on=parent, patience=3)).text
        assert "Your 👎" in (await admin.click(down, "down", on=parent, patience=3)).text
        assert service.room.votes.posts(channel(NEWS.id), utc_now() - timedelta(hours=1)) == (1, 1)
        assert service.room.feedback("daily", utc_now()) == {}  # about nothing in it
        assert re.search(r"👍 1 · 👎 1 in 30 days", (await admin.slash("/news", "status")).text)
        assert slack.messages(NEWS.id) == [parent]


@BOTH
async def test_votes_are_forgotten_ones_own_and_by_members_those_of_the_channel(
    tmp_path: Path, socket_mode: bool
) -> None:
    async with posted(tmp_path, socket_mode) as (slack, service, parent):
        person, other = Person(slack, READER.id), Person(slack)
        votes, here = service.room.votes, channel(NEWS.id)
        assert "Nothing was said" in (await person.slash("/news", "reset")).text
        for who in (person, other):
            await choose(who, parent, "less")
        (asked,) = (await person.slash("/news", "reset")).messages
        assert "1 of yours, 2 here" in asked.visible_text()
        confirms = [each["confirm"]["text"]["text"] for _, each in interactive(asked.blocks)]
        assert confirms == [
            "This forgets for good what you said, 1 vote.",
            "This forgets for good what everybody said here, 2 votes.",
        ]
        await person.click("news_reset_1", on=asked)
        assert "Forgotten: 1 vote." in await replaced(slack, asked)
        assert votes.count(here) == 1
        slack.add_user(replace(READER, id="U0STRANGER1", name="eve"))
        action = {"action_id": "news_reset_2", "value": here}
        assert "Only members" in (await forged(Person(slack, "U0STRANGER1"), parent, action)).text
        assert votes.count(here) == 1
        (asked,) = (await other.slash("/news", "reset")).messages
        await other.click("news_reset_2", on=asked)
        assert "Forgotten: 1 vote." in await replaced(slack, asked)
        assert votes.count(here) == 0


async def test_a_private_channel_is_muted_where_slack_does_not_say_who_is_there(tmp_path: Path) -> None:
    slack = Workspace()
    slack.change_channel(PRIVATE.id, is_member=True)
    async with bot(tmp_path, workspace=slack, HEATLINE_CHANNEL=PRIVATE.id) as (slack, service):
        now = utc_now()
        await service.publisher.publish(service.room.settings.digests[0], now.replace(second=0, microsecond=0), now)
        parent = slack.messages(PRIVATE.id)[0]
        slack.scopes.discard("groups:read")
        slack.add_user(replace(ADMIN, is_admin=False))
        reader = Person(slack, ADMIN.id)
        asked = await narrow(reader, parent)
        assert "is muted here until" in await pressed(reader, "news_mute", asked)
        slack.scopes.add("groups:read")
        slack.faults.add(Fault("conversations.members", "server_error", times=None))
        assert "Slack does not say just now" in await pressed(reader, "news_mute", asked)


@BOTH
async def test_an_admin_posts_a_digest_now_and_once_a_minute(tmp_path: Path, socket_mode: bool) -> None:
    clock = Clock(utc_now().replace(second=5, microsecond=0))
    async with bot(tmp_path, socket_mode=socket_mode, clock=clock) as (slack, _):
        admin, person = Person(slack, ADMIN.id), Person(slack, READER.id)
        assert "is for the people who run this workspace" in (await person.slash("/news", "post")).text
        assert "is for the people who run this workspace" in (await person.slash("/news", "status")).text
        assert "Nothing found" in (await person.slash("/news", "post xyzzy office")).text  # words are searched for
        (asked,) = (await admin.slash("/news", "post daily")).messages
        assert f"AI digest goes to #{NEWS.name}" in asked.visible_text()
        ((_, button),) = interactive(asked.blocks)
        assert button["confirm"]["text"]["text"] == f"AI digest is posted to #{NEWS.name} now."
        assert slack.messages(NEWS.id) == []  # nothing before that is confirmed
        await forged(person, asked, {"action_id": "news_post", "value": "daily"})
        assert "is for the people who run" in await replaced(slack, asked)
        assert slack.messages(NEWS.id) == []
        (asked,) = (await admin.slash("/news", "post daily")).messages
        (again,) = (await admin.slash("/news", "post")).messages
        await admin.click("news_post", on=asked)
        assert f"#{NEWS.name}: posted" in await replaced(slack, asked)
        assert len(slack.messages(NEWS.id)) == 1
        await admin.click("news_post", on=again)
        assert "this minute already" in await replaced(slack, again)
        assert len(slack.messages(NEWS.id)) == 1
        clock.forward(timedelta(minutes=1))
        slack.change_channel(NEWS.id, is_archived=True)
        (third,) = (await admin.slash("/news", "post", channel=OTHER.id)).messages
        await admin.click("news_post", on=third)
        said = await replaced(slack, third)
        assert f"#{NEWS.name}: not posted (" in said
        assert "is_archived" in said


async def test_a_quiet_digest_says_that_it_posted_nothing(tmp_path: Path) -> None:
    async with bot(tmp_path, HEATLINE_ON_QUIET="skip", HEATLINE_TOPICS="quantum-computing") as (slack, service):
        assert service.room.desk.edition(service.room.settings.digests[0].spec, utc_now(), utc_now()).stories == ()
        admin = Person(slack, ADMIN.id)
        (asked,) = (await admin.slash("/news", "post")).messages
        await admin.click("news_post", on=asked)
        assert "Nothing was posted" in await replaced(slack, asked)
        assert slack.messages(NEWS.id) == []


@BOTH
async def test_times_are_the_askers_own_or_name_their_zone(tmp_path: Path, socket_mode: bool) -> None:
    tokyo = {"HEATLINE_TIMEZONE": "Asia/Tokyo"}
    async with bot(tmp_path, socket_mode=socket_mode, **tokyo) as (slack, service):
        digest, now = service.room.settings.digests[0], utc_now()
        await service.publisher.publish(digest, now.replace(second=0, microsecond=0), now)
        admin = Person(slack, ADMIN.id)  # in London
        language, newest = service.room.renderer.language, service.room.library.newest()
        assert newest is not None
        said = (await admin.slash("/news", "status")).text
        assert f"running since {language.moment(service.app.office.started, ADMIN.tz)}\n" in said
        assert f"the newest of {language.moment(newest, ADMIN.tz)}; " in said
        assert re.search(r"daily: next .* \(Asia/Tokyo\)\n", said)
        assert re.search(r"Last .* \(Asia/Tokyo\):\n", said)
        assert re.search(r"In AI digest, .* \(Asia/Tokyo\)", (await admin.slash("/news", "why 1")).text)
        assert re.search(r"AI digest, .* \(Asia/Tokyo\) has", (await admin.slash("/news", "why 999")).text)
        slack.add_user(replace(READER, tz="Asia/Seoul"))  # the clock there is Tokyo's
        assert "(Asia/Tokyo)" not in (await Person(slack, READER.id).slash("/news", "why 1")).text


async def test_status_says_how_the_bot_does(tmp_path: Path) -> None:
    async with posted(tmp_path) as (slack, service, _):
        admin = Person(slack, ADMIN.id)
        said = (await admin.slash("/news", "status")).text
        assert re.search(r"Heatline \d+\.\d+\S*, running since ", said)
        assert "daily: next " in said
        assert f"• #{NEWS.name}: posted" in said
        assert f"Library: {service.room.library.count()} articles, the newest of " in said
        assert "Slack: no scope is missing" in said
        assert "Subscriptions: 0" in said
        assert "Corrections" not in said
        slack.scopes.discard("channels:history")
        assert "Slack: channels:history missing" in (await admin.slash("/news", "status")).text
        slack.faults.add(Fault("auth.test", "refused", error="fatal_error"))
        assert "Slack did not say which scopes" in (await admin.slash("/news", "status")).text
        who = user(slack.team_id, READER.id)
        for topics in (("robotics",), ()):
            made = service.room.subscriptions.add(
                who, slack.team_id, READER.id, topics, "30 8 * * *", "UTC", 5, "en", utc_now()
            )
        service.room.subscriptions.end(made.id, "unsubscribed", utc_now())
        assert "Subscriptions: 1" in (await admin.slash("/news", "status")).text


@pytest.mark.parametrize(
    ("locale", "words"), [("de-DE", "ist für dich stummgeschaltet"), ("ja-JP", "ミュートしました")]
)
async def test_answers_are_in_the_readers_language(tmp_path: Path, locale: str, words: str) -> None:
    slack = Workspace()
    slack.add_user(replace(READER, locale=locale))
    async with bot(tmp_path, workspace=slack) as (slack, _):
        assert words in (await Person(slack, READER.id).slash("/news", "mute robotics")).text


async def test_what_is_ones_own_is_nobodys_in_a_terminal(tmp_path: Path) -> None:
    async with bot(tmp_path) as (_, service):
        for typed in ("mute robotics", "unmute robotics", "muted", "reset"):
            assert "ask for it in Slack" in (await news.answer(service.room, typed, utc_now())).text
        for typed in ("post", "status"):
            assert "is for the people who run" in (await news.answer(service.room, typed, utc_now())).text


@BOTH
async def test_why_is_asked_of_an_answers_story_too(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode) as (slack, _, _):
        person = Person(slack, READER.id)
        (answer,) = (await person.slash("/news", "facial recognition")).messages
        said = await choose(person, answer, "why")
        assert "In AI digest, " in said
        assert "Under Facial Recognition" in said


@pytest.mark.parametrize(("typed", "usage"), [("mute", "/news mute TOPIC"), ("WHY", "/news why N|URL")])
async def test_words_that_need_more_say_so(tmp_path: Path, typed: str, usage: str) -> None:
    async with bot(tmp_path) as (slack, _):
        assert f"Write {usage}" in (await Person(slack, READER.id).slash("/news", typed)).text


async def test_a_preview_says_that_it_is_one(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        assert "A preview: " in (await Person(slack, READER.id).slash("/news", "digest")).text
