"""Whatever other people write, and whatever is typed or sent, every dialog may be opened and nothing in it is live."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.dialogs import channeldrawing, channelform, choices
from bot.dialogs.drawing import drawn
from bot.dialogs.form import read
from bot.manifest import RELATED
from bot.modals import share_view, shared
from bot.plan import Outlet
from bot.readers import Variant
from bot.readers.variants import own_of
from bot.searching import FOUND, found_view, search_view
from bot.wiring import Newsroom, newsroom, settings_from
from digests.language import LANGUAGES, speaking
from digests.models import Answer, Message, Topic
from digests.query import Query
from playground.slack import check_view
from playground.slack.limits import check_options
from tests.bot.running_bot import environment
from tests.digests.test_rendering_data import NOW
from tests.digests.test_rendering_hostile import ATTACKS, HOSTILE, LONG, URLS, assert_inert, story

ANYTHING = HOSTILE | st.text()
CALM = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """A newsroom without news."""
    folder: Path = tmp_path_factory.mktemp("room")
    (folder / "articles").mkdir()
    made = newsroom(settings_from(None, environment(folder, "http://127.0.0.1:1/api/")))
    yield made
    made.library.close()


def assert_may_be_opened(view: dict[str, Any]) -> None:
    """Slack takes it, and nothing in it is live; what one typed oneself stands in its field as it was typed."""
    assert check_view(view) is None
    json.dumps(view, ensure_ascii=False).encode("utf8")
    assert_inert(Message("", tuple(_unfilled(block) for block in view["blocks"])))


def _unfilled(block: dict[str, Any]) -> dict[str, Any]:
    element = block.get("element", {})
    return {**block, "element": {key: value for key, value in element.items() if key != "initial_value"}}


def of_stories(room: Newsroom, title: str, url: str, provider: str, excerpt: str) -> None:
    """Every dialog that shows something of a story."""
    hostile = story(title, url, provider, excerpt, url)
    for code in LANGUAGES:
        assert_may_be_opened(share_view(speaking(code), "12", hostile.lead, "C0NEWS00001", "1.2"))
    handles = {hostile.lead.url: "12"}
    answer = Answer(Query((title,)), (hostile,) * 5, 9, Topic("t", title), (excerpt,) * 5)
    for message in (
        room.renderer.answer(answer, NOW, handles=handles),
        room.renderer.answer(Answer(Query((title,)), (), 0, None, (excerpt,) * 5), NOW),
        room.renderer.coverage(hostile.story, NOW),
        room.renderer.notice(title, (excerpt,) * 5),
    ):
        assert_may_be_opened(search_view(room, title, message))
        assert_may_be_opened(found_view(room, message, RELATED))
        assert_may_be_opened(found_view(room, message, FOUND))


@CALM
@given(title=HOSTILE, url=URLS, provider=HOSTILE, excerpt=HOSTILE)
def test_stories_in_dialogs_stay_inert(room: Newsroom, title: str, url: str, provider: str, excerpt: str) -> None:
    of_stories(room, title, url, provider, excerpt)


@pytest.mark.parametrize("attack", [*ATTACKS, *LONG])
def test_stories_of_any_length_may_be_shown_in_dialogs(room: Newsroom, attack: str) -> None:
    of_stories(room, attack, f"https://example.com/{'u' * 2_900}", attack, attack)


@CALM
@given(question=ANYTHING)
def test_any_question_may_stand_in_its_field(room: Newsroom, question: str) -> None:
    assert_may_be_opened(search_view(room, question))


@CALM
@given(words=st.lists(ANYTHING, max_size=60), word=ANYTHING, size=st.integers(0, 10**6))
def test_whatever_is_sent_back_is_drawn_again(room: Newsroom, words: list[str], word: str, size: int) -> None:
    def chosen(value: str) -> dict[str, Any]:
        return {"selected_option": {"value": value}}

    fields: dict[str, dict[str, Any]] = {
        "topics": {"selected_options": [{"value": each} for each in (*words, "robotics")]},
        "days": chosen(word),
        "chosen": {"selected_options": [{"value": each} for each in words]},
        "time": {"selected_time": word},
        "zone": chosen(word),
        "size": chosen(str(size)),
        "where": chosen("there"),
        "channel": {"selected_conversation": word},
    }
    values = {name: {"x": field} for name, field in fields.items()}
    for about in ("", word, '{"key": "s1", "cron": "0 9 * * *", "origin": ""}'):
        form = read({"private_metadata": about, "state": {"values": values}})
        for code in LANGUAGES:
            assert_may_be_opened(drawn(form, room.catalogue, speaking(code), NOW))
    standard = room.settings.digests[0]
    standard = replace(standard, spec=replace(standard.spec, title=word[:100] or "AI digest"))
    fields["language"] = chosen(word)
    values = {name: {"x": field} for name, field in fields.items()}
    for about in ("", word, json.dumps({"digest": word, "channel": word, "serial": word, "origin": word})):
        filled = channelform.read({"private_metadata": about, "state": {"values": values}})
        for code in LANGUAGES:
            outlet = Outlet(standard, word[:80])
            assert_may_be_opened(channeldrawing.drawn(filled, outlet, "", room.catalogue, speaking(code), NOW))
        if not any(channelform.wrong(filled, room.catalogue)):
            assert own_of(asdict(filled.own)) == filled.own  # what may be saved can be read back


@CALM
@given(word=ANYTHING)
def test_topics_and_zones_may_be_searched_by_anything(room: Newsroom, word: str) -> None:
    assert check_options({"options": choices.topics(word, room.catalogue, speaking("en"))}) is None
    assert check_options({"options": choices.zones(word, NOW)}) is None


@CALM
@given(handle=ANYTHING, note=ANYTHING, where=ANYTHING)
def test_what_is_sent_to_share_is_quoted_whatever_it_is(room: Newsroom, handle: str, note: str, where: str) -> None:
    values = {"where": {"conversation": {"selected_conversation": where}}, "what": {"note": {"value": note}}}
    sharing = shared({"private_metadata": handle, "state": {"values": values}})
    lead = story("Words", "https://example.com/", "Paper", "", "").lead
    assert_inert(room.renderer.find("U0READER001", lead, sharing.note), "user U0READER001")


@CALM
@given(
    slugs=st.lists(st.sampled_from(["robotics", "drones", "ai"]), unique=True),
    days=st.sampled_from(["weekdays", "daily", "some"]),
    chosen=st.sets(st.sampled_from("0123456"), min_size=1),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu"]),
    size=st.integers(1, 30),
    language=st.sampled_from(sorted(LANGUAGES)),
)
def test_whatever_is_filled_in_right_can_be_kept_and_stands_there_again(
    room: Newsroom,
    slugs: list[str],
    days: str,
    chosen: set[str],
    hour: int,
    minute: int,
    zone: str,
    size: int,
    language: str,
) -> None:
    values = {
        "topics": {"selected_options": [{"value": each} for each in slugs]},
        "days": {"selected_option": {"value": days}},
        "chosen": {"selected_options": [{"value": each} for each in chosen]},
        "time": {"selected_time": f"{hour:02}:{minute:02}"},
        "zone": {"selected_option": {"value": zone}},
        "size": {"selected_option": {"value": str(size)}},
        "language": {"selected_option": {"value": language}},
    }
    about = json.dumps({"digest": "daily", "channel": "C0NEWS00001", "serial": "3", "origin": ""})
    view = {"private_metadata": about, "state": {"values": {name: {"x": each} for name, each in values.items()}}}
    filled = channelform.read(view)
    assert list(channelform.wrong(filled, room.catalogue)) == []
    own = filled.own
    assert own_of(asdict(own)) == own
    made = Variant("daily", "C0NEWS00001", 3, "", NOW, NOW, own, "", NOW)
    again = channelform.of_outlet(Outlet(room.settings.digests[0], "C0NEWS00001", made))
    assert again.own == own
    assert (again.digest, again.channel, again.serial) == ("daily", "C0NEWS00001", 3)
