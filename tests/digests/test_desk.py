"""The desk: from articles to an edition and to an answer, on sample news and on the replayed days."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digests import handles
from digests.articles import Reader
from digests.desk import Desk
from digests.library import Filed, Library, Stamp
from digests.library.search import Sought, search
from digests.models import Answer, Article, DigestSpec, Provider
from digests.query import read as read_query
from digests.sources import folders
from digests.sync import sync
from digests.topics import TOPIC_TEXT, Catalogue
from playground import sample
from tests.making import NOON, article
from tests.postgres import NewDatabase
from tests.shared import FOLDER, needs_shared

SPEC = DigestSpec("daily", topics=("facial-recognition", "robotics", "ai"), stories=8)


def desk_of(library: Library) -> Desk:
    """A desk with the sample news."""
    library.put("sample", [Filed(each.url, Stamp(1, 1, "x"), each) for each in sample.articles(NOON)])
    made = Desk(library, Catalogue.builtin())
    made.take_in(NOON)
    return made


@pytest.fixture
def desk(library: Library) -> Desk:
    return desk_of(library)


@pytest.fixture(scope="module")
def asked(new_database: NewDatabase) -> Iterator[Desk]:
    """One for many questions: nobody changes it."""
    with new_database() as url, closing(Library.open(url)) as library:
        yield desk_of(library)


def ask(desk: Desk, text: str, now: datetime, limit: int = 20) -> Answer:
    """The desk's answer to what a person types."""
    return desk.answer(read_query(text, desk.catalogue, now), now, limit=limit)


def test_an_edition_of_the_sample(desk: Desk) -> None:
    edition = desk.edition(SPEC, NOON, NOON)
    told = [url for s in edition.stories for url in s.story.urls]
    assert len(edition.stories) == 8
    assert len(told) == len(set(told))
    assert edition.sections[0].topic is not None
    assert edition.sections[0].topic.name == "Facial Recognition"
    assert edition.tally.articles == 122
    assert edition.tally.merged > 30
    assert edition == desk.edition(SPEC, NOON, NOON)


def test_the_next_edition_tells_nothing_again(desk: Desk) -> None:
    first = desk.frozen(SPEC, NOON, NOON)
    later = NOON + timedelta(hours=6)
    second = desk.frozen(SPEC, later, later)
    before = {url for s in (*first.stories, *first.more) for url in s.story.urls}
    assert second.stories
    assert not before & {url for s in (*second.stories, *second.more) for url in s.story.urls}
    assert second.tally.told_before > 0
    assert desk.frozen(SPEC, NOON, later) == first


def test_a_desk_that_keeps_what_it_read_makes_the_same_editions(desk: Desk) -> None:
    keeping, later = desk.keeping(), NOON + timedelta(hours=6)
    desk.frozen(SPEC, NOON, NOON)  # told before, for one of the digests
    wanted = (("robotics",), ("facial-recognition", "ai"), (), ("drones",))
    specs = [SPEC, *(replace(SPEC, name=f"n{n}", topics=topics, stories=3 + n) for n, topics in enumerate(wanted))]
    specs += [replace(SPEC, name=f"w{hours}", window=timedelta(hours=hours)) for hours in range(12, 84, 12)]
    for slot in (later, NOON):
        for spec in (*specs, *reversed(specs)):
            assert keeping.edition(spec, slot, later) == desk.edition(spec, slot, later)


def test_a_desk_that_keeps_what_it_read_does_not_hear_of_more(desk: Desk) -> None:
    keeping = desk.keeping()
    before = keeping.edition(SPEC, NOON, NOON)
    for name in ("Ann", "Bea", "Cleo"):
        new = article("Humanoid robots of Quokka Labs fold laundry in five minutes", provider=name, quality=90)
        desk.library.put("new", [Filed(new.url, Stamp(1, 1, "x"), new)])
    assert keeping.edition(SPEC, NOON, NOON) == before
    assert desk.edition(SPEC, NOON, NOON) == desk.keeping().edition(SPEC, NOON, NOON) != before


def test_a_new_report_of_a_story_that_was_told_is_not_told_again(desk: Desk) -> None:
    told = desk.frozen(SPEC, NOON, NOON).stories[0].story
    later = NOON + timedelta(hours=24)
    again = replace(
        told.lead, url="https://elsewhere.example.com/again", published_at=NOON + timedelta(hours=20), path="again.md"
    )
    desk.library.put("later", [Filed("again.md", Stamp(1, 1, "x"), again)])
    edition = desk.edition(SPEC, later, later)
    assert edition.tally.articles == 1
    assert edition.stories == ()
    assert edition.tally.told_before == 1


def test_another_digest_may_tell_it_too(desk: Desk) -> None:
    desk.frozen(SPEC, NOON, NOON)
    other = desk.edition(replace(SPEC, name="weekly"), NOON, NOON)
    assert other.tally.told_before == 0


def test_an_edition_that_is_made_late_is_the_edition_of_its_slot(desk: Desk) -> None:
    late = desk.edition(SPEC, NOON, NOON + timedelta(hours=2))
    assert late.sections == desk.edition(SPEC, NOON, NOON).sections
    assert late.made_at == NOON + timedelta(hours=2)


@pytest.mark.parametrize(
    "asked", ["facial recognition", "facial-recognition", "Face-Recognition", "FRT", "facial_recognition"]
)
def test_a_topic_by_any_name(desk: Desk, asked: str) -> None:
    answer = ask(desk, asked, NOON)
    assert answer.topic is not None
    assert answer.topic.slug == "facial-recognition"
    assert answer.total >= 8


def test_a_story_is_whole_also_where_the_question_reaches_only_some_of_its_reports(desk: Desk) -> None:
    told = {s.story.id: s.story for s in desk.edition(replace(SPEC, stories=20), NOON, NOON).stories}
    for asked in ("facial-recognition", "robotics", "portunel"):
        for scored in ask(desk, asked, NOON).stories[:5]:
            if scored.story.id in told:
                assert scored.story.urls >= told[scored.story.id].urls, (asked, scored.lead.title)


@pytest.mark.parametrize("slug", [topic.slug for topic in Catalogue.builtin().topics if topic.slug != "ai"])
def test_a_topic_is_found_wherever_it_is_said(asked: Desk, slug: str) -> None:
    """Every article that says a topic's keyword in title or excerpt is a candidate for the question of that topic."""
    said = {
        each.url
        for each in sample.articles(NOON)
        if any(match.topic == slug for match in asked.catalogue.match(each.title, each.excerpt))
    }
    hits = {hit.article.url for hit in search(asked.library, Sought(groups=(asked.catalogue.phrases(slug),)), 500).hits}
    assert said <= hits


def test_words(desk: Desk) -> None:
    answer = ask(desk, "  Fjord   4 ", NOON)
    assert answer.topic is None
    assert "Fjord 4" in answer.stories[0].lead.title
    assert len(answer.stories[0].story.articles) > 1


def test_a_near_miss_offers_what_was_meant(desk: Desk) -> None:
    answer = ask(desk, "facial recogniton", NOON)
    assert answer.suggestions[0] == "facial-recognition"
    assert "fjord 4" in ask(desk, "fjrod 4", NOON).suggestions


@pytest.mark.parametrize(
    "text",
    "five-year ban; chip ban; apple vision; cooking with robots; paris robots; stock market; metaverse; blockchain; tesla; "
    "bitcoin; recipes; voice asistant; five-yeer pause; quilmark lawsiut; robtics; drnes; open-weight model; fjrod 4".split(
        "; "
    ),
)
def test_what_is_offered_is_a_topic_or_finds_something(asked: Desk, text: str) -> None:
    """ "five-year ban" is not "five year bank", only since a bank is spoken of somewhere, nor "blockchain" "blocking"."""
    offered = ask(asked, text, NOON).suggestions
    words = [each for each in offered if each not in asked.catalogue]
    assert all(ask(asked, each, NOON).total for each in words), words
    assert not {"blocking", "metered", "five year bank"} & {*offered}
    assert bool(offered) == (text.split()[-1] not in ("ban", "vision", "robots"))


@pytest.mark.parametrize("slug", [topic.slug for topic in Catalogue.builtin().topics])
def test_an_answer_about_a_topic_is_led_by_reports_about_it(asked: Desk, slug: str) -> None:
    for scored in ask(asked, slug, NOON, limit=100).stories:
        matches = asked.catalogue.match(scored.lead.title, scored.lead.excerpt)
        assert slug in {match.topic for match in matches}, scored.lead.title


def told(library: Library, *reports: Article) -> Desk:
    """A desk whose library has these reports, of one story by their words."""
    library.put("few", [Filed(each.url, Stamp(1, 1, "x"), each) for each in reports])
    made = Desk(library, Catalogue.builtin())
    made.take_in(NOON)
    return made


def test_a_story_is_led_by_the_report_that_answers_and_is_no_answer_where_it_is_only_named_in_passing(
    library: Library,
) -> None:
    title, said = "Halden Labs opens a plant in Port Selwyn for its Orrin couriers", "It is to open in March."
    plain = [article(title, provider=f"P{n}", excerpt=said, quality=100 - n) for n in range(3)]
    passing = replace(
        plain[0], url="https://q.example.com/1", provider=Provider("Q"), quality=5, excerpt=f"{said} A robot."
    )
    about = replace(
        passing, url="https://r.example.com/1", provider=Provider("R"), title=f"{title}, all robots", quality=1
    )
    desk = told(library, *plain, passing)
    assert len(desk.stories([*plain, passing])) == 1
    assert ask(desk, "robotics", NOON).total == 0  # one of four, in passing
    assert [s.lead.url for s in ask(desk, "robot", NOON).stories] == []  # the topic again, by its alias
    assert [s.lead.url for s in ask(desk, "a robot it is", NOON).stories] == [
        passing.url
    ]  # words are what was asked for
    desk = told(library, *plain, passing, about)
    (answer,) = ask(desk, "robotics", NOON).stories
    assert answer.lead == about
    assert answer.story.urls == {each.url for each in (*plain, passing, about)}
    assert ask(desk, "couriers", NOON).stories[0].lead == plain[0]  # the best report, since all have the word


def test_half_of_the_reports_make_a_story_an_answer(library: Library) -> None:
    title = "Halden Labs opens a plant in Port Selwyn for its Orrin couriers"
    plain = article(title, provider="P", excerpt="It is to open in March.")
    passing = replace(
        plain, url="https://q.example.com/1", provider=Provider("Q"), quality=5, excerpt="Robots work there."
    )
    (answer,) = ask(told(library, plain, passing), "robotics", NOON).stories
    assert (answer.lead, len(answer.story.articles)) == (passing, 2)


def test_the_newest_are_found_among_many(library: Library) -> None:
    many = [
        article(f"Robots robots {n} robots", hours=24 * 30 + n, url=f"https://a.example.com/{n}", path=f"{n}.md")
        for n in range(400)
    ]
    fresh = article(
        "The one about a robot and its robots at the end of a long title that says little else", hours=1, heat=90
    )
    library.put("many", [Filed(a.path or "fresh.md", Stamp(1, 1, "x"), a) for a in (*many, fresh)])
    answer = ask(Desk(library, Catalogue.builtin()), "robots robots", NOON)
    assert fresh.url in {a.url for s in answer.stories for a in s.story.articles}
    assert answer.at_least


def test_only_the_beginning_of_a_book_is_read_for_topics(library: Library) -> None:
    desk = Desk(library, Catalogue.builtin())
    for before, found in ((TOPIC_TEXT - len(" robots"), 1), (TOPIC_TEXT, 0)):
        file = article("A long read", excerpt="x" * before + " robots", url="https://a.example.com/long")
        library.put("long", [Filed("long.md", Stamp(1, 1, "x"), file)])
        assert ask(desk, "robotics", NOON).total == found


def test_nothing_at_all(desk: Desk) -> None:
    answer = ask(desk, "qqqqqq zzzzz", NOON)
    assert (answer.total, answer.stories, answer.suggestions) == (0, (), ())


def test_the_top_stories_now_and_of_a_library_that_is_no_longer_fed(desk: Desk) -> None:
    now = ask(desk, "", NOON)
    assert now.total > 50
    assert max(a.published_at for s in now.stories for a in s.story.articles) <= NOON
    years_later = ask(desk, "", NOON + timedelta(days=1000))
    assert years_later.stories


def test_an_empty_library(library: Library) -> None:
    empty = Desk(library, Catalogue.builtin())
    assert ask(empty, "", NOON).stories == ()
    assert ask(empty, "robots", NOON).stories == ()
    assert empty.edition(SPEC, NOON, NOON).stories == ()


def read(folder: Path) -> list[Article]:
    reader = Reader()
    return [filed.article for found in folders.scan(folder) if (filed := folders.read(found, reader))]


@needs_shared
@pytest.mark.parametrize("day", ["2020-01-08", "2020-01-09", "2020-01-10"])
@pytest.mark.parametrize("through_library", [False, True])
def test_the_original_digests_order_included(
    library: Library, replay: dict[str, Path], day: str, through_library: bool
) -> None:
    digest = json.loads((FOLDER / "replay" / day / "original-digest.json").read_text(encoding="utf-8"))
    at = datetime.fromisoformat(digest["posted_at"]).astimezone(UTC)
    desk = Desk(library, Catalogue.builtin())
    articles = None
    if through_library:
        sync(library, [replay[day]])
    else:
        articles = read(replay[day])
    edition = desk.edition(DigestSpec("x", ranking="original", stories=10), at, at, articles=articles, told={})
    assert [s.lead.url for s in edition.stories] == [pick["url"] for pick in digest["picks"]]


@needs_shared
def test_the_job_of_the_bot_on_all_real_articles(library: Library, corpus: Path) -> None:
    sync(library, [corpus])
    desk = Desk(library, Catalogue.builtin())
    at = datetime(2020, 1, 9, 9, tzinfo=UTC)
    edition = desk.edition(DigestSpec("daily", topics=("facial-recognition", "robotics", "ai")), at, at)
    assert len(edition.stories) == 12
    answer = ask(desk, "facial-recognition", at + timedelta(days=30))
    assert answer.total > 50
    for story in answer.stories[:5]:
        said = f"{story.lead.title} {story.lead.excerpt}".lower()
        assert "face" in said or "facial" in said


def test_a_handle_never_means_another_story(library: Library) -> None:
    desk = Desk(library, Catalogue.builtin())
    first, second = article("Quokka robot sings opera"), article("Zebra robot files taxes")
    library.put("a", [Filed("1", Stamp(1, 1, "x"), first)])
    (name,) = desk.handles([first.url]).values()
    assert desk.by_handle(name) == replace(first, path="1")
    library.withdraw("a", ["1"])
    assert desk.by_handle(name) is None
    library.put("b", [Filed("2", Stamp(1, 1, "x"), second)])
    if library.database.dialect == "sqlite":  # the row is used again
        assert library.rows([first.url, second.url]) == {second.url: handles.row_of(name)}
    assert desk.by_handle(name) is None
    assert desk.story(name) is None
    for odd in ("", "-", "1", "1-", "-1", "x-y", "9" * 400 + "-1", f"{name} more"):
        assert desk.by_handle(odd) is None


def test_a_story_whose_lead_is_gone_is_found_by_its_other_reports(desk: Desk) -> None:
    library = desk.library
    edition = desk.frozen(SPEC, NOON, NOON)
    told = next(scored.story for scored in edition.stories if len(scored.story.articles) > 2)
    (name,) = desk.handles([told.lead.url]).values()
    library.withdraw("sample", [told.lead.url])
    assert desk.by_handle(name) is None
    found = desk.story(name, edition)
    assert found is not None
    assert found.lead.url == told.coverage[0].url
    assert found.urls == told.urls - {told.lead.url}
    library.put("again", [Filed("1", Stamp(1, 1, "x"), told.lead)])  # stored anew, in another row
    assert desk.by_handle(name, edition) == replace(told.lead, path="1")
    library.withdraw("again", ["1"])
    library.withdraw("sample", told.urls)
    assert desk.story(name, edition) is None
