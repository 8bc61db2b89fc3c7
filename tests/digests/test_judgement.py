"""Stories, ranking and selection as pure functions: tables, and the laws that hold for any news."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.errors import DigestSpecError
from digests.intake import judged
from digests.models import Article, DigestSpec, Provider, ScoredStory, Section, Story, Topic, TopicMatch
from digests.ranking import ANSWER, EDITOR, RANKINGS, SIGNALS, Context, ordered, original, ranking_named, score
from digests.selection import UPDATES, Fate, Told, select
from digests.stories import group, single
from digests.stories.report import title_of
from digests.words import words
from playground import sample
from tests.making import NOON, article

DAY = timedelta(hours=24)


def report(title: str, provider: str, excerpt: str = "", **fields: object) -> Article:
    return article(title, provider=provider, excerpt=excerpt, **fields)


SAME = [
    (
        "Warner Hill signs Cinelode to predict box office hits",
        "Studio Warner Hill will let Cinelode's AI judge film scripts",
    ),
    ("EU weighs five-year ban on facial recognition", "EU weighs five-year ban on facial recognition - Reuters"),
    ("Halden Labs releases Fjord 4, cuts prices", "Fjord 4: Halden Labs cuts prices with its newest release"),
]
DIFFERENT = [
    ("Kestrelworks raises $140M Series B for office agents", "Parcelmoor raises $85M Series B to plan deliveries"),
    ("Robots learn to fold laundry", "Robots learn to pour coffee"),
    ("Global AI chip market to reach $90 billion by 2031", "Global drone market to reach $12 billion by 2029"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_event_is_one_story(one: str, other: str) -> None:
    assert len(group([report(one, "Reuters"), report(other, "Wire")])) == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_events_are_two_stories(one: str, other: str) -> None:
    assert len(group([report(one, "Post"), report(other, "Wire")])) == 2


def test_reports_far_apart_tell_different_events() -> None:
    near = [
        article("EU weighs ban on facial recognition", hours=1),
        article("EU weighs ban on facial recognition!", hours=70),
    ]
    far = [near[0], article("EU weighs ban on facial recognition!", hours=80)]
    assert (len(group(near)), len(group(far))) == (1, 2)


def test_an_address_counts_once() -> None:
    assert len(group([article("Apples"), article("Apples")])[0].articles) == 1


def test_the_lead_is_the_best_report_not_the_first_or_hottest() -> None:
    title = "EU weighs five-year ban on facial recognition"
    reports = [
        replace(report(title, "First", hours=9, quality=60, heat=300), news_value=1.0),
        replace(report(title, "Best", hours=2, quality=90), news_value=2.0),
        replace(report(title, "Copy", hours=1, quality=20), news_value=2.0),
    ]
    (story,) = group(reports)
    assert [each.provider.name for each in story.articles] == ["Best", "Copy", "First"]
    assert story.other_providers == ("Copy", "First")
    assert story.id == group(reports[:1])[0].id


def test_a_storys_id_stays_while_later_reports_join() -> None:
    title = "EU weighs five-year ban on facial recognition"
    early = [report(title, "A", hours=5), report(title, "B", hours=4)]
    assert group(early)[0].id == group([*early, report(title, "C", hours=1, heat=500)])[0].id


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Robots learn to fold - Reuters", "Robots learn to fold"),
        ("Robots learn to fold | The Verge on MSN.com", "Robots learn to fold"),
        ("Robots learn to fold - Tidewater Post - Reuters", "Robots learn to fold"),
        ("Robots learn to fold - and pour", "Robots learn to fold - and pour"),
        ("Robots fold - Reuters", "Robots fold - Reuters"),  # too short to tell a source from the news
        ("Robots learn to fold - Series 7", "Robots learn to fold - Series 7"),
        ("Robots-Reuters", "Robots-Reuters"),
    ],
)
def test_a_trailing_source_says_nothing(title: str, said: str) -> None:
    assert title_of(title) == said


SAMPLES = sample.articles(NOON)


@given(st.randoms(use_true_random=False), st.integers(0, 60))
@settings(max_examples=25, deadline=None)
def test_order_does_not_matter_and_no_article_is_lost(random: Random, count: int) -> None:
    some = random.sample(SAMPLES, count)
    stories = group(some)
    shuffled = random.sample(some, count)
    assert group(shuffled) == stories
    assert sorted(a.url for s in stories for a in s.articles) == sorted(a.url for a in some)


def test_sample_stories_are_found() -> None:
    """On the invented news: most pairs of one event are joined, and few of two events."""
    labels = {each.url: each.story for each in sample.load()}
    joined = right = 0
    stories = group(map(judged, SAMPLES))
    for story in stories:
        urls = [a.url for a in story.articles]
        found = [(a, b) for i, a in enumerate(urls) for b in urls[i + 1 :]]
        joined += len(found)
        right += sum(labels[a] == labels[b] for a, b in found)
    sizes = [list(labels.values()).count(label) for label in set(labels.values())]
    pairs = sum(size * (size - 1) // 2 for size in sizes)
    assert right / joined > 0.75
    assert right / pairs > 0.8


# --- ranking


def scored(title: str, points: float = 1.0, topic: str = "ai", fit: float = 1.0, provider: str = "Post") -> ScoredStory:
    return ScoredStory(single(article(title, provider=provider)), points, (), (TopicMatch(topic, topic, "title", fit),))


def test_a_score_is_the_sum_of_its_signals() -> None:
    result = score(single(article("Apples", quality=60, heat=150, hours=12)), EDITOR, Context(NOON, DAY))
    assert result.score == pytest.approx(sum(signal.points for signal in result.signals))
    points = {signal.name: signal.points for signal in result.signals}
    weights = EDITOR.weights
    assert points == pytest.approx(
        {
            "value": 0,
            "quality": weights["quality"] / 2,
            "heat": weights["heat"] / 2,
            "coverage": 0,
            "kind": weights["kind"] / 2,
            "age": weights["age"] / 2,
            "topic": 0,
            "standing": weights["standing"] / 2,
            "novelty": weights["novelty"],
            "feedback": 0,
        }
    )
    assert all(signal.note or signal.name == "topic" for signal in result.signals)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"quality": 90}, {"quality": 30}),
        ({"heat": 200}, {"heat": 60}),
        ({"hours": 1}, {"hours": 20}),
    ],
)
def test_more_is_better(better: dict[str, int], worse: dict[str, int]) -> None:
    a, b = (score(single(article("x", **fields)), EDITOR, Context(NOON, DAY)).score for fields in (better, worse))
    assert a > b


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), st.integers(-1000, 10**6))
def test_every_signal_stays_between_nothing_and_its_weight(quality: int, heat: int, hours: int) -> None:
    story = single(article("x", quality=quality, heat=heat, published_at=NOON - timedelta(hours=hours)))
    for ranking in (EDITOR, ANSWER):
        for signal in score(story, ranking, Context(NOON, DAY, 7.0, feedback=quality, novelty=heat)).signals:
            assert (-signal.weight if signal.name == "feedback" else 0) <= signal.points <= signal.weight


def test_every_weight_belongs_to_a_signal() -> None:
    names = {kind.name for kind in SIGNALS}
    assert all(set(ranking.weights) <= names for ranking in (*RANKINGS.values(), ANSWER))
    with pytest.raises(DigestSpecError, match="editor, original"):
        ranking_named("best")


def test_equal_scores_have_an_order() -> None:
    stories = [scored("b"), scored("a"), scored("c", 2.0)]
    assert (
        [s.lead.title for s in ordered(stories)]
        == [s.lead.title for s in ordered(reversed(stories))]
        == ["c", "a", "b"]
    )


def test_the_original_rule() -> None:
    news = [
        article("hot", heat=100, path="z.md"),
        article("tie later", heat=80, path="b.md"),
        article("tie first", heat=80, path="archive/a.md"),
        article("hidden", heat=500, published=False),
        article("old", heat=500, hours=24.1),
        article("tomorrow", heat=500, hours=-1),
    ]
    assert [s.lead.title for s in original(news, NOON, DAY)] == ["hot", "tie first", "tie later"]


# --- selection

TOPICS = {slug: Topic(slug, slug.title()) for slug in ("ai", "robotics", "chips")}


def chosen(sections: tuple[Section, ...]) -> dict[str, list[str]]:
    return {(s.topic.slug if s.topic else "-"): [x.lead.title for x in s.stories] for s in sections}


def test_sections_come_in_the_admins_order_and_a_story_under_its_best_topic() -> None:
    both = ScoredStory(
        single(article("both")),
        9.0,
        (),
        (TopicMatch("ai", "ai", "excerpt", 0.6), TopicMatch("chips", "chip", "title", 1.0)),
    )
    result = select(
        [both, scored("r", topic="robotics"), scored("a")], DigestSpec("d", topics=("robotics", "ai", "chips")), TOPICS
    )
    assert chosen(result.sections) == {"robotics": ["r"], "ai": ["a"], "chips": ["both"]}


def test_caps_and_the_room_of_thin_topics() -> None:
    news = [scored(f"a{n}", 9 - n, provider=f"P{n}") for n in range(6)] + [scored("r", 1, "robotics", provider="R")]
    spec = DigestSpec("d", topics=("ai", "robotics"), stories=5, per_topic=2, more=1)
    result = select(news, spec, TOPICS)
    assert chosen(result.sections) == {"ai": ["a0", "a1", "a2", "a3"], "robotics": ["r"]}
    assert [s.lead.title for s in result.more] == ["a4"]
    assert result.count(Fate.OVER_CAPS) == 1
    tight = select(news, DigestSpec("d", topics=("ai", "robotics"), stories=3, per_topic=2), TOPICS)
    assert chosen(tight.sections) == {"ai": ["a0", "a1"], "robotics": ["r"]}


def test_of_two_stories_that_may_be_one_only_the_better_is_chosen() -> None:
    news = [scored("a", 9), scored("b", 8, provider="B"), scored("c", 7, provider="C")]
    a, b = news[0].story.id, news[1].story.id
    result = select(news, DigestSpec("d", topics=("ai",)), TOPICS, doubtful={a: {b}, b: {a}})
    assert chosen(result.sections) == {"ai": ["a", "c"]}
    assert result.more == ()  # nor in the thread: it would be told twice all the same
    fate, reason = result.fates[b]
    assert (fate, str(reason)) == (Fate.OVER_CAPS, "it may be the same event as 'a'")


def test_what_may_be_an_event_that_was_told_is_not_told_again() -> None:
    """A story of today that shares no report with yesterday's, and still reads as if it told the same."""
    news = [scored("b", 8, provider="B"), scored("c", 7, provider="C")]
    b = news[0].story.id
    told = {"yesterday": Told(NOON - DAY, "", "a of yesterday")}
    result = select(news, DigestSpec("d", topics=("ai",)), TOPICS, told, {b: {"yesterday"}, "yesterday": {b}})
    assert chosen(result.sections) == {"ai": ["c"]}
    assert result.more == ()
    assert "a of yesterday" in str(result.fates[b][1])


def test_a_story_whose_provider_leads_enough_is_led_by_another() -> None:
    news = [scored(f"a{n}", 9 - n, provider="Loud") for n in range(3)]
    other = article("a2 as the wire has it", provider="Wire")
    news[2] = replace(news[2], story=replace(news[2].story, coverage=(other,)))
    result = select(news, DigestSpec("d", stories=4, per_provider=2), {})
    assert chosen(result.sections) == {"-": ["a0", "a1", "a2 as the wire has it"]}
    assert [a.title for a in result.sections[0].stories[2].story.coverage] == ["a2"]


def test_no_kind_that_is_junk_is_told_unless_an_admin_says_so() -> None:
    made = scored("junk")
    for kind in ("promo", "market-report", "off-topic"):
        junk = replace(made, story=replace(made.story, lead=replace(made.lead, kind=kind, news_value=3.0)))
        assert select([junk], DigestSpec("d", topics=("ai",)), TOPICS).count(Fate.UNWANTED) == 1
        assert select([junk], DigestSpec("d", per_kind={kind: 1}), {}).count(Fate.CHOSEN) == 1


def test_kinds_have_caps_and_some_are_never_told() -> None:
    def of(kind: str, number: int) -> ScoredStory:
        made = scored(f"{kind} {number}", 9 - number, provider=f"{kind}{number}")
        return replace(made, story=replace(made.story, lead=replace(made.lead, kind=kind, news_value=1.5)))

    news = [of(kind, number) for number in range(3) for kind in ("news", "analysis", "promo")]
    spec = DigestSpec("d", topics=("ai",), per_kind={"analysis": 1, "promo": 0})
    result = select(ordered(news), spec, TOPICS)
    assert sorted(chosen(result.sections)["ai"]) == ["analysis 0", "news 0", "news 1", "news 2"]
    assert result.count(Fate.UNWANTED) == 3
    assert {s.lead.title for s in result.more} == {"analysis 1"}
    assert select(ordered(news[2:3]), spec, TOPICS).sections == ()  # a quiet day has no filler


def test_what_is_hardly_worth_telling_is_not_told_unless_others_tell_it() -> None:
    minor = scored("minor")
    alone = replace(minor, story=replace(minor.story, lead=replace(minor.lead, kind="news", news_value=0.2)))
    others = replace(alone, story=replace(alone.story, coverage=(article("minor", provider="Wire"),)))
    spec = DigestSpec("d", topics=("ai",))
    assert select([alone], spec, TOPICS).count(Fate.MINOR) == 1
    assert select([others], spec, TOPICS).count(Fate.CHOSEN) == 1


def test_few_updates_and_none_in_the_thread() -> None:
    news = [scored(f"u{n}", 9 - n, provider=f"P{n}") for n in range(5)]
    told = {s.story.id: Told(NOON - DAY, "4 more providers") for s in news}
    result = select(news, DigestSpec("d", topics=("ai",)), TOPICS, told)
    assert chosen(result.sections) == {"ai": [f"u{n}" for n in range(UPDATES)]}
    assert all(s.update and s.update.note for section in result.sections for s in section.stories)
    assert result.more == ()


def test_at_most_so_many_of_a_provider() -> None:
    news = [scored(f"a{n}", 9 - n, provider="Loud") for n in range(5)] + [scored("quiet", 0.1, provider="Quiet")]
    result = select(news, DigestSpec("d", stories=4, per_provider=2), {})
    assert chosen(result.sections) == {"-": ["a0", "a1", "quiet"]}
    assert [s.lead.title for s in result.more] == ["a2", "a3"]  # the thread, too, is not one provider's


def test_a_provider_is_one_however_it_is_spelt() -> None:
    spelt = ("Wire", "wire", "Wire ", "Ｗｉｒｅ", "Wi\u200bre", "Wire\u202e")
    reports = [article("same", provider=name, url=f"https://w.example.com/{n}") for n, name in enumerate(spelt)]
    story = Story("s", reports[0], tuple(reports[1:]))
    assert story.other_providers == ()
    assert {s.name: s.value for s in score(story, EDITOR, Context(NOON, DAY)).signals}["coverage"] == 0
    news = [replace(scored(f"a{n}", 9 - n), story=single(report)) for n, report in enumerate(reports)]
    assert len(select(news, DigestSpec("d", stories=6, per_provider=2), {}).sections[0].stories) == 2


def test_an_address_shows_its_host_and_nobodys_password() -> None:
    bare = Article("https://user:secret@news.example.com:8443/1", "Title", NOON)
    assert bare.publisher == "news.example.com"


def test_nothing_told_twice_and_nothing_off_topic() -> None:
    told = ScoredStory(
        Story("s", article("new lead"), (article("told"),)), 9.0, (), (TopicMatch("ai", "ai", "title", 1.0),)
    )
    news = [told, scored("off", topic="cooking"), scored("on")]
    result = select(news, DigestSpec("d", topics=("ai",)), TOPICS, {"s": Told(NOON - DAY)})
    assert chosen(result.sections) == {"ai": ["on"]}
    assert (result.count(Fate.TOLD_BEFORE), result.count(Fate.OFF_TOPIC)) == (1, 1)
    assert "22 Nov" in str(result.fates["s"][1])


@given(
    st.lists(
        st.tuples(st.floats(0, 100), st.sampled_from(["ai", "robotics", "chips", "none"]), st.sampled_from("ABC")), max_size=40
    ),
    st.integers(1, 12), st.integers(1, 5), st.integers(1, 5), st.integers(0, 10),
)  # fmt: skip
def test_laws_of_selection(
    news: list[tuple[float, str, str]], size: int, per_topic: int, per_provider: int, more: int
) -> None:
    ranked = ordered(scored(f"t{n}", points, topic, provider=p) for n, (points, topic, p) in enumerate(news))
    spec = DigestSpec(
        "d", topics=("robotics", "ai", "chips"), stories=size, per_topic=per_topic, per_provider=per_provider, more=more
    )
    result = select(ranked, spec, TOPICS)
    told = [s.story.id for section in result.sections for s in section.stories]
    thread = [s.story.id for s in result.more]
    assert len(told) <= size
    assert len(thread) <= more
    assert len({*told, *thread}) == len(told) + len(thread)
    assert set(result.fates) == {s.story.id for s in ranked}
    assert [key for key, (fate, _) in result.fates.items() if fate is Fate.CHOSEN] == [
        s.story.id for s in ranked if s.story.id in told
    ]
    assert all(why for fate, why in result.fates.values() if fate is not Fate.CHOSEN)
    providers = [s.lead.provider.name for section in result.sections for s in section.stories]
    assert all(providers.count(name) <= per_provider for name in providers)
    assert [s.topic.slug for s in result.sections if s.topic] == [
        t for t in spec.topics if t in chosen(result.sections)
    ]
    assert all(section.stories for section in result.sections)


HUGE = ["a" + " " * 300_000 + "b", "a" + "\u0301\u0327" * 150_000, "<" * 300_000, "- " * 150_000, "é " * 150_000]


@pytest.mark.parametrize("text", HUGE, ids=range(len(HUGE)))
def test_a_huge_title_or_excerpt_holds_nobody_up(text: str) -> None:
    """Would take minutes where anything takes the time of the square: the suite's own time limit is the bound."""
    for each in (article(text, url="https://a.example.com/x"), article("x", excerpt=text)):
        assert group([each, article("Robots fold laundry")])
        words(text)


def test_providers_without_a_name_do_not_break_anything() -> None:
    assert group([article("x", provider=" ", url="https://a.example.com/x")])[0].lead.provider == Provider(
        " ", "-.example.com"
    )
