"""What readers want, within bounds: laws of votes and mutes, and what an edition makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.desk import Desk
from digests.language import said
from digests.library import Filed, Library, Stamp
from digests.models import DigestSpec, ScoredStory, Signal, Story, Topic, TopicMatch
from digests.query import Query
from digests.ranking import ordered
from digests.rendering import Renderer
from digests.selection import Fate, select
from digests.steering import MAJOR_HEAT, SHARP, SOURCE, TOPIC, Mute, Silence, chosen, hushed, major
from digests.topics import Catalogue
from playground import sample
from tests.making import NOON, article

TOPICS = {slug: Topic(slug, slug.title()) for slug in ("ai", "robotics", "chips")}
FACES = "facial-recognition"
SPEC = DigestSpec("daily", topics=("facial-recognition", "robotics", "ai"), stories=8)


@pytest.fixture
def desk(library: Library) -> Iterator[Desk]:
    library.put("sample", [Filed(each.url, Stamp(1, 1, "x"), each) for each in sample.articles(NOON)])
    made = Desk(library, Catalogue.builtin())
    made.take_in(NOON)
    return made


def scored(
    title: str, points: float, said: float = 0.0, value: float = 1.0, topic: str = "ai", provider: str = "A"
) -> ScoredStory:
    """A story with a score of points and what readers said."""
    lead = article(title, provider=provider, kind="news", news_value=value)
    signals = (Signal("value", points, 1.0), Signal("feedback", said, 5.0))
    return ScoredStory(Story(lead.url, lead), points + 5 * said, signals, (TopicMatch(topic, topic, "title", 1.0),))


STORIES = st.lists(
    st.tuples(
        st.floats(0, 100),
        st.floats(-1, 1),
        st.sampled_from([1.0, 1.9, 2.0, 3.0]),
        st.sampled_from(sorted(TOPICS)),
        st.sampled_from("ABC"),
        st.lists(st.sampled_from("ABCD"), max_size=2),
    ),
    max_size=25,
)


def story(number: int, row: tuple[float, float, float, str, str, list[str]]) -> ScoredStory:
    points, said, value, topic, provider, others = row
    made = scored(f"s{number}", round(points, 3), said, value, topic, provider)
    also = tuple(article(f"s{number} of {n}", provider=p, kind="news") for n, p in enumerate(others))
    return replace(made, story=replace(made.story, coverage=also))


@given(STORIES, st.integers(1, 6), st.integers(1, 3), st.integers(1, 3), st.data())
def test_a_major_story_is_told_whatever_the_votes(
    rows: list[tuple[float, float, float, str, str, list[str]]],
    most: int,
    topics: int,
    providers: int,
    data: st.DataObject,
) -> None:
    spec = DigestSpec("d", topics=tuple(TOPICS), stories=most, per_topic=topics, per_provider=providers)
    voted = [story(number, row) for number, row in enumerate(rows)]
    ids = [each.story.id for each in voted]
    twins = data.draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=4)) if ids else []
    both = {
        *twins,
        *((b, a) for a, b in twins),
    }  # who is like another is so the other way round, see `stories.doubtful`
    doubtful = {a: {b for c, b in both if c == a and b != a} for a, _ in both}
    silent = [replace(each, score=each.signals[0].points, signals=each.signals[:1]) for each in voted]
    without = select(ordered(silent), spec, TOPICS, {}, doubtful)
    ranked, made = chosen(voted, spec, TOPICS, {}, doubtful)
    told = {each.story.id for section in without.sections for each in section.stories if major(each.story)}
    kept = {each.story.id for section in made.sections for each in section.stories}
    assert told <= kept
    assert len(kept) <= most
    assert ranked == ordered(voted)
    assert made.fates.keys() == set(ids)


@given(STORIES, st.sets(st.integers(0, 24)))
def test_what_is_muted_is_not_told_unless_it_is_major(
    rows: list[tuple[float, float, float, str, str, list[str]]], muted: set[int]
) -> None:
    voted = [story(number, row) for number, row in enumerate(rows)]
    here = said("reason-muted", name="Robotics")
    words = {each.story.id: here for number, each in enumerate(voted) if number in muted}
    _, made = chosen(voted, DigestSpec("d", topics=tuple(TOPICS)), TOPICS, {}, {}, words)
    for each in voted:
        fate, why = made.fates[each.story.id]
        if each.story.id in words and not major(each.story):
            assert (fate, why) == (Fate.MUTED, here)
        else:
            assert fate is not Fate.MUTED
        if each.story.id in words and major(each.story) and fate is Fate.CHOSEN:
            assert str(why) == "Robotics is muted here, but this is a major story"


def test_without_votes_and_mutes_nothing_is_otherwise_than_selection_has_it() -> None:
    news = [scored(f"s{n}", 9 - n, provider=f"P{n}") for n in range(9)]
    spec = DigestSpec("d", topics=("ai",), stories=4)
    ranked, made = chosen(news, spec, TOPICS, {}, {})
    assert made == select(ranked, spec, TOPICS, {}, {})


@pytest.mark.parametrize(
    ("made", "is_major"),
    [
        (Story("1", article(news_value=2.0)), True),
        (Story("1", article(news_value=1.9)), False),
        (Story("1", article(heat=MAJOR_HEAT)), True),
        (Story("1", article(), tuple(article(provider=f"P{n}") for n in range(5))), True),
        (Story("1", article(), tuple(article(f"Robots {n}") for n in range(5))), False),  # one provider
    ],
)
def test_a_major_story_is_of_great_value_or_told_by_many_or_hot(made: Story, is_major: bool) -> None:
    assert major(made) is is_major


def test_a_mute_is_about_a_topic_with_all_below_it_and_about_a_publisher_by_name_or_domain() -> None:
    catalogue = Catalogue.builtin()
    told = Story("1", article(provider="The Lantern"))
    faces = [TopicMatch("facial-recognition", "face scan", "title", 1.0)]
    for mute, silent in (
        (Mute(TOPIC, "facial-recognition"), True),
        (Mute(TOPIC, "computer-vision"), True),
        (Mute(TOPIC, "robotics"), False),
        (Mute(SOURCE, "the lantern"), True),
        (Mute(SOURCE, "example.com"), True),
        (Mute(SOURCE, "antern"), False),
    ):
        assert (Silence([mute], catalogue.descendants).on(told, faces)[1] is not None) is silent, mute
    faint = [replace(faces[0], fit=SHARP - 0.1)]
    assert Silence([Mute(TOPIC, "facial-recognition")], catalogue.descendants).on(told, faint)[1] is None


def test_a_story_of_a_muted_publisher_is_led_by_another() -> None:
    silence = Silence([Mute(SOURCE, "Loud")], lambda slug: {slug})
    wire = article("as the wire has it", provider="Wire")
    story, mute = silence.on(Story("1", article(provider="Loud"), (article("b", provider="LOUD"), wire)), ())
    assert mute is None
    assert story.lead == wire
    assert len(story.articles) == 3
    alone, mute = silence.on(Story("1", article(provider="Loud")), ())
    assert mute == Mute(SOURCE, "Loud")
    assert Silence([Mute(SOURCE, "loud")], lambda slug: {slug}).on(alone, ())[1] == Mute(SOURCE, "loud")


def test_an_edition_leaves_out_what_is_muted_counts_it_and_says_why(desk: Desk) -> None:
    plain = desk.edition(SPEC, NOON, NOON)
    faces = next(section for section in plain.sections if section.topic and section.topic.slug == FACES).stories
    mute = Mute(TOPIC, FACES, NOON + timedelta(days=20), NOON)
    made = desk.edition(SPEC, NOON, NOON, muted=[mute])
    assert FACES not in [section.topic.slug for section in made.sections if section.topic]
    assert made.tally.muted >= len(faces)
    assert len(made.stories) == len(plain.stories)  # others have the room
    why = desk.why(faces[0].lead.url, SPEC, NOON, NOON, muted=[mute])
    assert why is not None
    assert (why.fate, str(why.reason)) == ("muted", "Facial Recognition is muted here until 13 Dec")
    hub = replace(SPEC, topics=(), ranking="original", stories=30)
    assert desk.edition(hub, NOON, NOON).tally.muted == 0
    assert desk.edition(hub, NOON, NOON, muted=[mute]).tally.muted > 0


def test_what_readers_said_is_in_the_explanation_however_little_it_counts(desk: Desk) -> None:
    lead = desk.edition(SPEC, NOON, NOON).stories[0].lead
    for wanted, words in ((0.01, "More of "), (-0.01, "Against it: Less of ")):
        feedback = {f"provider:{lead.publisher}": wanted}
        why = desk.why(lead.url, SPEC, NOON, NOON, feedback=feedback)
        assert why is not None
        said = Renderer().why(why, NOON)
        assert words + f"{lead.publisher} is wanted" in str(said.blocks), said.blocks
    plain = desk.why(lead.url, SPEC, NOON, NOON)
    assert plain is not None
    assert "is wanted" not in str(Renderer().why(plain, NOON).blocks)


def test_a_major_story_is_told_against_a_mute_and_says_so(desk: Desk) -> None:
    plain = desk.edition(SPEC, NOON, NOON)
    faces = next(section for section in plain.sections if section.topic and section.topic.slug == FACES).stories[0]
    hot = replace(faces.lead, heat=MAJOR_HEAT)
    desk.library.put("sample", [Filed(hot.url, Stamp(2, 1, "y"), hot)])
    mutes = [Mute(TOPIC, FACES)]
    desk.frozen(SPEC, NOON, NOON, muted=mutes)
    why = desk.why(hot.url, SPEC, NOON, NOON, muted=mutes)
    assert why is not None
    assert (why.fate, str(why.reason)) == ("chosen", "Facial Recognition is muted here, but this is a major story")


def test_top_stories_leave_out_what_the_asker_muted_and_a_question_does_not(desk: Desk) -> None:
    mutes = [Mute(TOPIC, FACES)]
    plain, quiet = desk.answer(Query(), NOON, limit=200), desk.answer(Query(), NOON, limit=200, muted=mutes)
    assert quiet.muted > 0
    assert quiet.total == plain.total - quiet.muted
    asked = Query(topics=(FACES,))
    assert desk.answer(asked, NOON, muted=mutes) == desk.answer(asked, NOON)
    top = next(each for each in plain.stories if not major(each.story))
    disliked = desk.answer(Query(), NOON, limit=200, feedback={f"provider:{top.lead.publisher}": -1.0})
    (again,) = (each for each in disliked.stories if each.story.id == top.story.id)
    assert again.score < top.score
    assert desk.answer(Query(), NOON, muted=[Mute(TOPIC, "no-such-topic")]).muted == 0  # an admin took it out


def test_top_stories_are_read_once_for_all_who_want_them_otherwise(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    top = desk._top
    monkeypatch.setattr(desk, "_top", lambda now, limit: (read.append(limit), top(now, limit))[1])
    plain = desk.answer(Query(), NOON, limit=5)
    others = sorted({each.lead.publisher for each in desk.answer(Query(), NOON, limit=60).stories})
    read.clear()
    for name in others:
        mine = desk.answer(Query(), NOON, limit=5, muted=[Mute(SOURCE, name)], feedback={f"provider:{others[0]}": 1.0})
        assert len(mine.stories) == 5
        assert all(each.lead.publisher != name or major(each.story) for each in mine.stories)
        assert [each.score for each in mine.stories] == sorted((each.score for each in mine.stories), reverse=True)
    assert len(read) <= 2
    assert desk.answer(Query(), NOON, limit=5) == plain  # what one wants is nobody else's


def test_a_channel_that_muted_more_than_the_others_gets_an_edition_of_its_own(desk: Desk) -> None:
    made = desk.edition(SPEC, NOON, NOON)
    seen = desk.quiet(made, [Mute(TOPIC, FACES)])
    gone = len(made.stories) - len(seen.stories)
    assert gone > 0
    assert seen.tally.muted == made.tally.muted + gone
    assert set(seen.stories) < set(made.stories)
    assert desk.quiet(made, []) == made
    assert hushed(seen, Silence([Mute(TOPIC, FACES)], desk.catalogue.descendants)) == seen
