"""Why: every choice can be taken apart, for stories that were chosen and for those that were not; and updates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from digests.desk import Desk
from digests.language import speaking, topic_said
from digests.library import Filed, Library, Stamp
from digests.models import Article, DigestSpec, Edition, Provider, shown
from digests.query import Query
from digests.rendering import Renderer
from digests.steering import TOPIC, Mute
from digests.topics import Catalogue
from playground import sample
from tests.making import NOON, article

SPEC = DigestSpec("daily", topics=("facial-recognition", "robotics", "ai"), stories=8)


@pytest.fixture
def desk(library: Library) -> Iterator[Desk]:
    put(library, *sample.articles(NOON))
    return Desk(library, Catalogue.builtin())


def put(library: Library, *articles: Article) -> None:
    library.put("sample", [Filed(each.url, Stamp(1, 1, "x"), each) for each in articles])


def fates(desk: Desk, edition: Edition) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each in desk.library.articles(NOON - SPEC.window, NOON):
        why = desk.why(each.url, SPEC, NOON, NOON)
        assert why is not None
        found.setdefault(why.fate, set()).add(each.url)
    return found


def test_every_article_has_an_honest_fate(desk: Desk) -> None:
    edition = desk.edition(SPEC, NOON, NOON)
    found = fates(desk, edition)
    assert found["chosen"] == {url for scored in edition.stories for url in scored.story.urls}
    assert found["in the thread"] == {url for scored in edition.more for url in scored.story.urls}
    assert found["unwanted kind"]
    assert set(found) <= {"chosen", "in the thread", "unwanted kind", "minor", "over the caps", "off topic"}


def test_a_chosen_story_taken_apart(desk: Desk) -> None:
    edition = desk.edition(SPEC, NOON, NOON)
    scored = max(edition.stories, key=lambda s: len(s.story.articles))
    why = desk.why(scored.story.coverage[0].url, SPEC, NOON, NOON)
    assert why is not None
    assert why.story == scored
    assert why.story.score == pytest.approx(sum(signal.points for signal in why.story.signals))
    assert {tie.article.url for tie in why.ties} == {each.url for each in scored.story.coverage}
    assert all(tie.to.url in scored.story.urls and tie.likelihood > 0.5 for tie in why.ties)
    assert why.section is not None
    assert why.match is not None
    assert why.section.slug == why.match.topic
    assert why.missed
    assert all(each.score <= max(s.score for s in edition.stories) and reason for each, reason in why.missed)
    text = Renderer().why_text(why)
    for word in (
        "chosen",
        "Rank",
        "points",
        "value",
        "coverage",
        "likest to",
        "Just missed the cut",
        scored.lead.title[:40],
    ):
        assert word in text, word
    data = Renderer().why_json(why)
    assert data["fate"] == "chosen"
    assert data["rank"] == why.rank


def test_an_explanation_has_whole_words_as_they_stand_in_the_texts(library: Library) -> None:
    """Stems and the catalogue's own spelling are for comparing: nobody wrote "compani", nor "face recognition" here."""
    said = "Two companies licensing Face-Recognitions to cities of Portunel for $40M"
    one, other = article(said, provider="Post"), article(f"{said}, study finds", provider="Wire", hours=3)
    put(library, one, other)
    desk = Desk(library, Catalogue.builtin())
    why = desk.why(one.url, SPEC, NOON, NOON)
    assert why is not None
    assert why.story is not None
    assert why.match is not None
    assert (why.match.keyword, why.said) == ("face recognition", "Face-Recognitions")
    text = Renderer().why_text(why)
    assert "under Facial Recognition: 'Face-Recognitions' in the title" in text
    assert "Facial Recognition: 'Face-Recognitions' in the title" in next(
        str(signal.note) for signal in why.story.signals if signal.name == "topic"
    )
    (tie,) = why.ties
    assert set(tie.shared) <= {*said.replace("-", " ").split()}
    assert "$40M" in tie.shared
    matched = Renderer().why_json(why)["match"]
    assert isinstance(matched, dict)
    assert (matched["keyword"], matched["said"]) == ("face recognition", "Face-Recognitions")


def test_words_that_only_another_report_has_are_told_as_that_ones(library: Library) -> None:
    """The lead of a story may say nothing of what the story is about."""
    one = article("Two companies licensing scanners to cities of Portunel for $40M", provider="Post", quality=90)
    other = article("Two companies licensing face recognition to cities of Portunel for $40M", provider="Wire", hours=3)
    put(library, one, other)
    desk = Desk(library, Catalogue.builtin())
    for spec, under in ((SPEC, "Under"), (DigestSpec("daily"), "On")):
        for asked, by in ((one, "Wire"), (other, "")):
            why = desk.why(asked.url, spec, NOON, NOON)
            assert why is not None
            assert why.story is not None
            assert len(why.story.story.articles) == 2
            assert (why.said, why.by) == ("face recognition", by)
            where = f"in the title of a report by {by}" if by else "in its title"
            said = str(Renderer().why(why, NOON).blocks)
            assert f"{under} Facial Recognition, for “face recognition” {where}." in said
            assert f"'face recognition' in the title{f' of a report by {by}' if by else ''}\n" in Renderer().why_text(
                why
            )
            told = Renderer().speaking("de").why(why, NOON)
            where = f"im Titel eines Berichts von {by}" if by else "im Titel"
            assert f"Gesichtserkennung, wegen „face recognition“ {where}." in str(told.blocks)


def test_the_digests_zone_is_named_where_the_readers_clock_shows_another_time(desk: Desk) -> None:
    spec = replace(SPEC, timezone="Europe/Berlin")
    lead = desk.edition(spec, NOON, NOON).stories[0].lead
    why = desk.why(lead.url, spec, NOON, NOON)
    assert why is not None
    at = "Mon 23 Nov 13:00"
    for zone, said in (("Europe/Paris", at), ("", at), ("America/New_York", f"{at} (Europe/Berlin)")):
        assert f"{said}\n" in str(Renderer().why(why, NOON, zone).blocks).replace("\\n", "\n")


def test_reasons_name_topics_in_the_readers_language(desk: Desk) -> None:
    spec = replace(SPEC, topics=("facial-recognition",), per_topic=1, stories=3)
    lead = desk.edition(spec, NOON, NOON).stories[0].lead
    why = desk.why(lead.url, spec, NOON, NOON, feedback={"topic:facial-recognition": 0.5})
    assert why is not None
    assert why.story is not None
    notes = {signal.name: signal.note for signal in why.story.signals}
    german = speaking("de")
    assert german.tell(notes["feedback"]).startswith("mehr von Gesichtserkennung ist gewünscht")
    assert german.tell(notes["topic"]).startswith("Gesichtserkennung: ")
    assert str(notes["topic"]).startswith("Facial Recognition: ")
    mute = Mute(TOPIC, "facial-recognition")
    silenced = desk.why(lead.url, spec, NOON, NOON, muted=[mute])
    assert silenced is not None
    assert german.tell(silenced.reason).startswith("Gesichtserkennung ist hier stummgeschaltet")
    assert topic_said("ai", "Our own AI") == "Our own AI"  # as an admin named it, in every language


def test_what_was_not_chosen_says_so(desk: Desk) -> None:
    spam = next(each for each in sample.load() if each.kind == "market-report" and each.hours_ago < 24)
    why = desk.why(spam.url, SPEC, NOON, NOON)
    assert why is not None
    assert (why.fate, why.article.kind) == ("unwanted kind", "market-report")
    assert "market-report" in str(why.reason)
    assert why.kind_reasons
    assert why.kind_reasons[0] in Renderer().why_text(why)


def test_out_of_reach_and_unknown(desk: Desk) -> None:
    old = min(desk.library.articles(), key=lambda a: a.published_at)
    why = desk.why(old.url, SPEC, NOON, NOON)
    assert why is not None
    assert (why.fate, why.story) == ("out of reach", None)
    assert "24 h before the edition" in str(why.reason)
    late = desk.why(
        max(desk.library.articles(), key=lambda a: a.published_at).url, SPEC, NOON - timedelta(days=3), NOON
    )
    assert late is not None
    assert "after the edition" in str(late.reason)
    assert desk.why("https://nowhere.example.com/", SPEC, NOON, NOON) is None


def test_the_original_rule_explained(desk: Desk) -> None:
    spec = replace(SPEC, ranking="original", stories=2)
    edition = desk.edition(spec, NOON, NOON)
    chosen, missed = (
        desk.why(edition.stories[0].lead.url, spec, NOON, NOON),
        desk.why(edition.more[0].lead.url, spec, NOON, NOON),
    )
    assert chosen is not None
    assert missed is not None
    assert (chosen.fate, chosen.rank, missed.fate, missed.rank) == ("chosen", 1, "in the thread", 3)
    assert "2 articles are hotter" in str(missed.reason)
    frozen = desk.frozen(spec, NOON, NOON)
    later = NOON + timedelta(hours=1)
    again = desk.why(frozen.stories[0].lead.url, spec, later, later)
    assert again is not None
    assert again.fate == "told before"
    assert edition.tally.articles == sum(a.published for a in desk.library.articles(NOON - spec.window, NOON))


@pytest.mark.parametrize("ranking", ["editor", "original"])
def test_absurd_numbers_are_shown_capped(library: Library, ranking: str) -> None:
    """A file may give any heat; nobody reads nine digits on a phone. The plain data keeps what the file says."""
    title = "Regulator bans facial recognition in every city of the union"
    hot = article(title, heat=999_999_999, quality=888_888_888)
    put(library, hot)
    desk, spec = Desk(library, Catalogue.builtin()), replace(SPEC, ranking=ranking)
    edition = desk.edition(spec, NOON, NOON)
    why = desk.why(hot.url, spec, NOON, NOON)
    assert why is not None
    told = [Renderer().why_text(why), Renderer().text(edition, NOON), str(Renderer().post(edition, NOON))]
    told += [
        Renderer().html(edition, NOON),
        Renderer().answer_text(desk.answer(Query(("facial", "recognition")), NOON), NOON),
    ]
    for text in told:
        assert not re.search("9999|8888", text), text
        assert "heat 1,000+" in text
    assert '"heat": 999999999' in json.dumps(Renderer().json(edition))


def test_numbers_as_they_are_are_shown_whole() -> None:
    assert [shown(n) for n in (-1, 0, 106, 1000, 1001, -(10**9))] == [
        "-1",
        "0",
        "106",
        "1,000",
        "1,000+",
        "below -1,000",
    ]


def test_it_is_the_edition_that_was_made_which_is_explained(desk: Desk) -> None:
    """What comes in later, and would have been chosen, changes nothing in an edition that was sent."""
    made = desk.frozen(SPEC, NOON, NOON)
    best = made.stories[0].lead
    late = [
        article(
            f"{best.title}", hours=1, provider=f"Late {n}", url=f"https://late{n}.example.com/", excerpt=best.excerpt
        )
        for n in range(3)
    ]
    new = article("Regulator bans facial recognition in every city of the union", hours=1, provider="New", quality=120)
    put(
        desk.library,
        *late,
        new,
        *(replace(new, url=f"https://n{n}.example.com/", provider=Provider(f"N{n}")) for n in range(9)),
    )
    why = desk.why(new.url, SPEC, NOON, NOON + timedelta(hours=3))
    assert why is not None
    assert (why.fate, str(why.reason).startswith("the edition was made at 23 Nov 12:00")) == (
        "not in the edition",
        True,
    )
    told = desk.why(best.url, SPEC, NOON, NOON + timedelta(hours=3))
    assert told is not None
    assert told.fate == "chosen"
    assert told.story == made.stories[0]
    assert told.last == made.stories[-1]


def test_a_story_told_before_and_its_update(desk: Desk) -> None:
    """The next day the story is told before; once many more tell it, it is an update that leads with a new report."""
    first = desk.frozen(SPEC, NOON, NOON)
    told = first.stories[0].story
    day = timedelta(days=1)
    words = replace(told.lead, quality=40)

    def more(*providers: str) -> list[Article]:
        return [
            replace(
                words,
                url=f"https://{name.lower()}.example.com/again",
                provider=replace(words.provider, name=name, domain=f"{name.lower()}.example.com"),
                published_at=NOON + timedelta(hours=20),
                path=f"{name}.md",
            )
            for name in providers
        ]

    put(desk.library, *more("Ann", "Bea"))
    second = desk.edition(SPEC, NOON + day, NOON + day)
    assert told.id not in {scored.story.id for scored in (*second.stories, *second.more)}
    assert second.tally.told_before >= 1
    why = desk.why("https://ann.example.com/again", SPEC, NOON + day, NOON + day)
    assert why is not None
    assert (why.fate, "too little new" in str(why.reason)) == ("told before", True)

    put(desk.library, *more(*"Cleo Dora Ella Fay Gus Hal Ida Jo Kim Lea Max".split()))
    third = desk.edition(SPEC, NOON + day, NOON + day)
    (update,) = (scored for scored in third.stories if scored.story.id == told.id)
    assert update.update is not None
    assert update.update.slot == NOON
    assert "13 more providers" in update.update.note
    assert not update.story.urls & told.urls
    shown = Renderer().post(third, NOON + day, earlier={NOON: "https://team.slack.com/archives/C1/p1"})
    blocks = str(shown.parent.blocks)
    assert "Update: " in blocks
    assert "https://team.slack.com/archives/C1/p1" in blocks
    assert "told Mon" in blocks
    assert f"Update: {told.lead.title[:30]}" in shown.parent.text


def test_more_of_what_was_told_lately_counts_less(desk: Desk) -> None:
    first = desk.frozen(SPEC, NOON, NOON)
    lead = first.stories[0].lead
    later = NOON + timedelta(days=4)
    alike = article(lead.title, excerpt=lead.excerpt, provider="Elsewhere", published_at=later - timedelta(hours=2))
    other = article("Police in Lund drop face recognition after false arrest", published_at=later - timedelta(hours=2))
    put(desk.library, alike, other)
    scored = {s.lead.url: s for s in desk.edition(SPEC, later, later).stories}
    novelty = {url: next(s for s in scored[url].signals if s.name == "novelty") for url in (alike.url, other.url)}
    assert novelty[alike.url].value < 0.5 < novelty[other.url].value
    assert lead.title[:30] in str(novelty[alike.url].note)


def test_feedback_shifts_a_little_and_never_hides_a_major_story(desk: Desk) -> None:
    plain = desk.edition(SPEC, NOON, NOON)
    top = max(plain.stories, key=lambda s: s.score)
    about = desk.about(top.lead.url)
    assert about is not None
    assert about[0] == f"provider:{top.lead.publisher}"
    disliked = desk.edition(SPEC, NOON, NOON, feedback=dict.fromkeys(about, -1.0))
    (again,) = (s for s in disliked.stories if s.story.id == top.story.id)
    signal = next(s for s in again.signals if s.name == "feedback")
    assert -signal.weight <= signal.points < 0
    assert top.score - again.score <= signal.weight
    assert str(signal.note).endswith("is wanted; a vote counts half after 30 days")
