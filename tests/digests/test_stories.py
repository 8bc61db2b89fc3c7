"""Same story: quantities, differences and likelihoods in tables; links and groups by their laws; a library kept in step."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
import snowballstemmer
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from digests import intake, stories
from digests.library import Filed, Library, Stamp, storybook
from digests.library.schema import story_links
from digests.models import Article, Story
from digests.stories import clusters, group, news_since
from digests.stories.clusters import Change, Link
from digests.stories.likeness import FEATURES, compare, measured
from digests.stories.numbers import quantities
from digests.stories.report import contained, report
from digests.words import stem
from playground import sample
from tests.making import NOON, article
from tests.postgres import NewDatabase


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Series B of $40M for Acme", {("money", "40000000")}),
        ("raises 40 million dollars", {("money", "40000000")}),
        ("NZ$60m", {("money", "60000000")}),
        ("€1.5bn, 1,5 Milliarden Euro", {("money", "1500000000")}),
        ("融资4000万美元", {("money", "40000000")}),
        ("revenue up 7 %, seven percent", {("percent", "7")}),
        ("GPT-4.5 beats H100", {("version", "gpt4.5"), ("version", "h100")}),
        ("version 2.1.3 and 2.2", {("version", "2.1.3"), ("version", "2.2")}),
        ("a second draft, the 3rd draft", {("ordinal", "2"), ("ordinal", "3")}),
        ("Q3 results after the first quarter", {("quarter", "3"), ("quarter", "1")}),
        ("1,200 jobs in 2026", {("count", "1200"), ("year", "2026")}),
        ("three firms, one deal", {("count", "3")}),
        ("rose in May, may rise in March 2027", {("month", "5"), ("month", "3"), ("year", "2027")}),
        ("no numbers at all", set()),
    ],
)
def test_quantities(text: str, found: set[tuple[str, str]]) -> None:
    assert {tuple(quantity) for quantity in quantities(text)} == found


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_quantities_of_anything(text: str) -> None:
    assert all(quantity.kind and quantity.value for quantity in quantities(text))


SAME = [
    (
        "Nvidia to build a design centre in Porto, sources say",
        "Nvidia to build a design centre in Porto, sources say - Reuters",
    ),
    ("OpenAI buys calendar start-up Dayfold", "Dayfold, the scheduling app, is acquired by OpenAI"),
    ("Acreon raises $40M Series B to predict crop disease", "Crop-disease forecaster Acreon secures $40 million"),
    (
        "Kestrel Bank to replace 1,200 call-centre roles with voice agents",
        "Voice agents replace 1200 call-centre roles at Kestrel Bank",
    ),
    ("深圳允许无人配送车在夜间上路", "深圳允许无人配送车夜间上路行驶"),
    ("ソニーが猫型ロボット「ミルモ」を11月に発売", "ソニー、猫型ロボット「ミルモ」11月発売へ"),
    (
        "Парламент Армении принял закон об искусственном интеллекте",
        "Армения: парламент принял закон об искусственном интеллекте",
    ),
    (
        "مستشفى في عمّان يستخدم الذكاء الاصطناعي للكشف عن سرطان الثدي",
        "الذكاء الاصطناعي للكشف عن سرطان الثدي في مستشفى في عمّان",
    ),
]

DIFFERENT = [
    ("Series B of $40M for Acme", "Series B of $60M for Ajax", "'$40M', not '$60M'"),
    (
        "Court allows police to use face recognition",
        "Court blocks police from using face recognition",
        "'allows' against 'blocks'",
    ),
    ("Elara sues Sunbird over training data", "Sunbird sues Elara over training data", "the other way round"),
    ("Orrin revenue up 7 % in the quarter", "Orrin profit up 7 % in the quarter", "'profit', not 'revenue'"),
    ("EU publishes second draft of AI code", "EU publishes third draft of AI code", "'second', not 'third'"),
    (
        "Ollivander 2.1 released with faster inference",
        "Ollivander 2.2 released with faster inference",
        "'2.1', not '2.2'",
    ),
    ("Orrin results: Q1 sales flat", "Orrin results: Q2 sales flat", "'Q1', not 'Q2'"),
    ("Google opens robotics lab in Berlin", "Google opens robotics lab in Lisbon", "'Berlin' stands for 'Lisbon'"),
    (
        "AI job postings rose 4% in April, Hirely says",
        "AI job postings rose 4% in May, Hirely says",
        "'April', not 'May'",
    ),
    ("深圳允许无人配送车在夜间上路", "深圳禁止无人配送车在夜间上路", "'允许' against '禁止'"),
    (
        "Figurine launches home robot Tomo in Canada",
        "Figurine recalls home robot Tomo in Canada",
        "'launches' against 'recalls'",
    ),
]


def likelihood(one: str, other: str) -> float:
    return compare(report(article(one, provider="Post")), report(article(other, provider="Wire"))).likelihood


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_event_in_other_words(one: str, other: str) -> None:
    assert likelihood(one, other) >= clusters.ALIKE
    assert len(group([article(one, provider="Post"), article(other, provider="Wire")])) == 1


THE_OTHER_WAY_ROUND = [
    ("Acme sues Ajax over AI patents", "Ajax sues Acme over AI patents"),
    ("Elara is suing Sunbird over training data", "Sunbird is suing Elara over training data"),
    ("Elara sued by Sunbird over training data", "Sunbird sued by Elara over training data"),
    ("Quillmark files lawsuit against Orrelune over books", "Orrelune files lawsuit against Quillmark over books"),
    ("Quillmark takes Orrelune to court over books", "Orrelune takes Quillmark to court over books"),
    ("Quillmark files lawsuit accusing Orrelune of theft", "Orrelune files lawsuit against rival Quillmark"),
    ("Halden acquires Kestrelworks for $2B", "Kestrelworks acquires Halden for $2B"),
    ("Halden bought by Kestrelworks", "Kestrelworks bought by Halden"),
]


@pytest.mark.parametrize(("one", "other"), THE_OTHER_WAY_ROUND)
def test_who_does_it_to_whom(one: str, other: str) -> None:
    assert len(group([article(one, provider="Post"), article(other, provider="Wire")])) == 2


SAME_ROLES = [
    ("Elara sues Sunbird over training data", "Sunbird sued by Elara over training data"),
    ("Elara sues Sunbird over training data", "Sunbird hit with lawsuit from Elara over training data"),
    ("Halden acquires Kestrelworks for $2B", "Kestrelworks bought by Halden in $2B deal"),
]


@pytest.mark.parametrize(("one", "other"), SAME_ROLES)
def test_the_same_done_and_suffered(one: str, other: str) -> None:
    evidence = compare(report(article(one, provider="Post")), report(article(other, provider="Wire")))
    assert not any("whom" in note for note in evidence.apart)


@pytest.mark.parametrize(("one", "other", "why"), DIFFERENT)
def test_alike_words_and_two_events(one: str, other: str, why: str) -> None:
    evidence = compare(report(article(one, provider="Post")), report(article(other, provider="Wire")))
    assert evidence.likelihood < clusters.ALIKE
    assert any(why in note for note in evidence.apart), evidence
    assert len(group([article(one, provider="Post"), article(other, provider="Wire")])) == 2


ONE_SUBJECT = [
    (
        "two opinion pieces",
        (
            "Opinion: AI tutors will leave the weakest pupils behind",
            "A teacher argues that chatbots reward those who ask.",
        ),
        (
            "Opinion: why AI tutors are the best thing to happen to schools",
            "An inspector says that pupils at last get time.",
        ),
    ),
    (
        "two opinion pieces",
        (
            "The case for open-weight models",
            "Openness lets small countries check what they use, writes Mara Lindqvist.",
        ),
        (
            "Open-weight models are a gift to criminals",
            "Once published, weights cannot be called back, argues Tom Beck.",
        ),
    ),
    (
        "two funding rounds",
        ("Warehouse robot maker Liftwell raises $40M Series B", "Northgate Ventures led the round."),
        ("Warehouse robot maker Palletry raises $60M Series B", "Harbour Capital led the round."),
    ),
    (
        "two market reports",
        (
            "AI in Agriculture Market Size to Reach USD 4.7 Billion by 2032",
            "Growing at a CAGR of 22.1 %, says the report.",
        ),
        (
            "AI in Insurance Market Size to Reach USD 9.2 Billion by 2032",
            "Growing at a CAGR of 31.4 %, says the report.",
        ),
    ),
]


@pytest.mark.parametrize(("what", "one", "other"), ONE_SUBJECT)
def test_one_subject_and_two_pieces(what: str, one: tuple[str, str], other: tuple[str, str]) -> None:
    pieces = [
        article(one[0], provider="Post", excerpt=one[1]),
        article(other[0], provider="Wire", excerpt=other[1], hours=4),
    ]
    assert len(group(map(intake.judged, pieces))) == 2, what


@pytest.mark.parametrize(
    "text", ["Fıve robots", "fİve robots", "profit up in thırd quarter", "nıne per cent", "ſix robots", "10 K"]
)
def test_letters_that_look_like_others_are_no_error(text: str) -> None:
    """Case-blind patterns match dotless i and long s where a dictionary does not know them."""
    assert quantities(text) is not None


def test_sums_that_are_rounded_are_one_sum() -> None:
    rounded = "Snapfold bought deepfake maker Facely for $166M", "Snapfold paid over $160M for deepfake maker Facely"
    other = "Snapfold bought deepfake maker Facely for $166M", "Snapfold paid over $90M for deepfake maker Facely"
    assert likelihood(*rounded) > likelihood(*other)


texts = st.text(alphabet=st.sampled_from("abc AB12$%.-,Robot fıİſiveK"), max_size=60)


def test_how_much_of_a_title_another_report_has() -> None:
    long, short = report(article("Acreon sues Fjord Bank", excerpt="A robot is at issue")), report(article("Acreon"))
    assert contained(short, long) == 1
    assert 0 < contained(long, short) < 0.5
    assert contained(report(article("A robot")), long) == 1  # also where the excerpt has it
    assert contained(report(article("...")), long) == 0


@given(texts, texts, texts, texts)
@settings(max_examples=150, deadline=None)
def test_likelihood_is_symmetric_and_a_probability(a: str, b: str, c: str, d: str) -> None:
    x, y = report(article(a or "x", excerpt=c)), report(article(b or "y", excerpt=d, provider="Wire"))
    assert compare(x, y) == compare(y, x)
    assert 0 <= compare(x, y).likelihood <= 1
    assert measured(x, y)[1] == measured(y, x)[1]
    assert len(measured(x, y)[1]) == len(FEATURES)


def test_words_are_the_same_in_several_threads() -> None:
    """Editions, answers and the intake read words at the same time; the stemmer itself is not made for that."""
    many = [f"{head}{tail}" for head in ("pattern", "machin", "releas", "organis") for tail in _endings()]
    alone = [snowballstemmer.stemmer("english").stemWord(word) for word in many]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:  # past the cache, which would hide it
            together = list(pool.map(lambda n: [stem.__wrapped__(word) for word in many[n:] + many[:n]], range(20)))
    finally:
        sys.setswitchinterval(before)
    assert together == [alone[n:] + alone[:n] for n in range(20)]


def _endings() -> list[str]:
    return [a + b for a in ("", "at", "iz", "abl", "ful") for b in ("ing", "ed", "es", "ation", "ement", "ly", "ness")]


names = st.sampled_from("abcdefgh")


@given(st.lists(st.tuples(names, names, st.floats(0, 1)), max_size=40), st.randoms(use_true_random=False))
def test_groups_depend_on_the_links_alone(rows: list[tuple[str, str, float]], random: Random) -> None:
    made = {frozenset((a, b)): clusters.link(a, b, p) for a, b, p in rows if a != b}
    links = list(made.values())
    found = clusters.groups("abcdefgh", links)
    assert sorted(url for each in found for url in each) == list("abcdefgh")
    assert clusters.groups(random.sample("abcdefgh", 8), random.sample(links, len(links))) == found
    # What hangs together with the rest by no link that can join is grouped as if it stood alone.
    for each in found:
        reach = _reach(set(each), links)
        alone = clusters.groups(reach, links)
        assert each in alone


def _reach(start: set[str], links: Sequence[Link]) -> set[str]:
    while True:
        more = {
            url
            for each in links
            for url in (each.a, each.b)
            if each.likelihood >= clusters.ALIKE and {each.a, each.b} & start
        } - start
        if not more:
            return start
        start |= more


def test_a_story_keeps_its_id_and_mergers_are_told() -> None:
    founded = {url: (float(n), url) for n, url in enumerate("abcd")}
    first, nothing = clusters.named([["a"], ["b"]], {}, founded, str.upper)
    assert (first, nothing) == ({"a": "A", "b": "B"}, [])
    grown, still_nothing = clusters.named([["a", "c"], ["b"]], first, founded, str.upper)
    assert (grown, still_nothing) == ({"a": "A", "b": "B", "c": "A"}, [])
    merged, told = clusters.named([["a", "b", "c", "d"]], grown, founded, str.upper)
    assert (set(merged.values()), told) == ({"A"}, [Change("merged", "B", "A")])
    parted, told = clusters.named([["a", "b"], ["c", "d"]], merged, founded, str.upper)
    assert (parted, told) == ({"a": "A", "b": "A", "c": "C", "d": "C"}, [Change("split", "A", "C")])


# --- in the library


def put(library: Library, articles: Sequence[Article]) -> None:
    library.put("test", [Filed(each.url, Stamp(1, 1, "x"), each) for each in articles])


def known(library: Library) -> list[list[str]]:
    found = storybook.window(library, NOON - timedelta(days=60), NOON + timedelta(days=1))
    of: dict[str, list[str]] = {}
    for url, story in found.ids.items():
        of.setdefault(story, []).append(url)
    return sorted(sorted(urls) for urls in of.values())


@given(st.randoms(use_true_random=False))
@settings(max_examples=6, deadline=None)
def test_article_by_article_in_any_order_is_the_same_as_all_at_once(new_database: NewDatabase, random: Random) -> None:
    with new_database() as url:
        library = Library.open(url)
        _in_any_order(library, random)
        library.close()


def _in_any_order(library: Library, random: Random) -> None:
    some = random.sample(sample.articles(NOON), 60)
    rest = list(some)
    while rest:
        number = random.randint(1, 20)
        put(library, rest[:number])
        rest = rest[number:]
        intake.take_in(library, NOON)
    at_once = stories.group(map(intake.judged, some))
    assert known(library) == sorted(sorted(story.urls) for story in at_once)
    window = storybook.window(library, NOON - timedelta(days=60), NOON)
    assembled = stories.assemble(window.articles, window.links, window.ids)
    assert sorted(map(sorted, (s.urls for s in assembled))) == known(library)
    library.close()


TITLES = [
    "Halden Labs releases Fjord 4 and cuts prices by half",
    "Fjord 4: Halden Labs cuts prices by half with its newest release",
    "Halden Labs cuts prices by half as Fjord 4 is released",
]


def test_a_new_article_joins_its_story_and_the_id_stays(library: Library) -> None:
    put(library, [article(TITLES[0], hours=5, provider="A"), article("Robots fold laundry in Osaka", hours=4)])
    assert intake.take_in(library, NOON) == 2
    before = storybook.story_of(library, article(TITLES[0], provider="A").url)
    put(library, [article(TITLES[1], hours=3, provider="B")])
    assert intake.take_in(library, NOON) == 1
    assert intake.take_in(library, NOON) == 0
    after = [storybook.story_of(library, article(t, provider=p).url) for t, p in zip(TITLES[:2], "AB", strict=True)]
    assert after == [before, before]
    assert storybook.changes(library, str(before)) == ()


def test_heat_alone_judges_nothing_anew_and_other_words_do(library: Library) -> None:
    one = article(TITLES[0], hours=5, provider="A")
    put(library, [one])
    intake.take_in(library, NOON)
    put(library, [replace(one, heat=500)])
    assert not library.unjudged(intake.JUDGEMENT)
    put(library, [replace(one, title="Robots fold laundry in Osaka")])
    assert library.unjudged(intake.JUDGEMENT)
    intake.take_in(library, NOON)
    assert storybook.story_of(library, one.url) is not None


def test_what_is_withdrawn_leaves_its_story(library: Library) -> None:
    reports = [article(t, hours=5 - n, provider=p) for n, (t, p) in enumerate(zip(TITLES, "ABC", strict=True))]
    put(library, reports)
    intake.take_in(library, NOON)
    assert known(library) == [sorted(each.url for each in reports)]
    library.withdraw("test", [reports[0].url])
    intake.take_in(library, NOON)
    assert known(library) == [sorted(each.url for each in reports[1:])]
    story = storybook.story_of(library, reports[1].url)
    assert story is not None
    assert story == storybook.story_of(library, reports[2].url)


def test_a_merger_is_written_down(library: Library) -> None:
    """Two stories that a third report joins are one from then on, and the library knows since when."""
    titles = (
        "Halden Labs releases Fjord 4 and cuts prices by half",
        "Prices cut by half: Halden Labs is out with Fjord 4",
    )
    one, other = article(titles[0], hours=9, provider="A"), article("Quiet news of Halden", hours=8, provider="B")
    put(library, [one, other])
    intake.take_in(library, NOON)
    before = {each.url: storybook.story_of(library, each.url) for each in (one, other)}
    assert before[one.url] != before[other.url]
    put(library, [replace(other, title=titles[1])])  # the title was edited: now they read alike
    intake.take_in(library, NOON + timedelta(hours=1))
    now = {storybook.story_of(library, each.url) for each in (one, other)}
    assert now == {before[one.url]}
    ((at, change),) = storybook.changes(library, str(before[other.url]))
    assert (at, change) == (NOON + timedelta(hours=1), Change("merged", str(before[other.url]), str(before[one.url])))


def test_an_older_file_about_a_known_address_changes_nothing(library: Library) -> None:
    new, old = article("Court halts face scans at stations"), article("Face scans begin at stations")
    library.put("a", [Filed("new", Stamp(1, 1, "n"), new)])
    assert intake.take_in(library, NOON) == 1
    older = replace(old, url=new.url, published_at=new.published_at - timedelta(hours=3))
    library.put("b", [Filed("old", Stamp(1, 1, "o"), older)])
    assert intake.take_in(library, NOON) == 0
    assert not library.unjudged(intake.JUDGEMENT, 1)
    assert [a.title for a in library.articles()] == [new.title]


def test_several_processes_take_the_same_articles_in(database_url: str) -> None:
    """Whoever comes second finds nothing left to do, and no error."""
    url = database_url
    one = Library.open(url)
    put(one, sample.articles(NOON))
    others = [Library.open(url) for _ in range(3)]
    with ThreadPoolExecutor() as pool:
        numbers = list(pool.map(lambda library: intake.take_in(library, NOON), [one, *others]))
    assert sum(numbers) == one.count()
    for each in (one, *others):
        each.close()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_edited_and_withdrawn_no_article_is_lost_and_no_id_is_shared(library: Library, seed: int) -> None:
    """A library with a past has the stories of a fresh one, each under an id of its own."""
    random = Random(seed)
    news, live = sample.articles(NOON)[:80], dict[str, Article]()
    for _ in range(8):
        some = random.sample(news, 20)
        edited = [replace(each, title=random.choice(news).title) if random.random() < 0.3 else each for each in some]
        put(library, edited)
        live |= {each.url: each for each in edited}
        gone = random.sample(sorted(live), min(6, len(live)))
        library.withdraw("test", gone)
        for url in gone:
            del live[url]
        intake.take_in(library, NOON)
    assert known(library) == sorted(sorted(story.urls) for story in group(map(intake.judged, live.values())))
    read = storybook.window(library, NOON - timedelta(days=60), NOON)
    made = stories.assemble(read.articles, read.links, read.ids)
    assert sum(len(story.articles) for story in made) == len(live)
    assert len(made) == len({story.id for story in made})


def test_an_id_is_given_once_also_where_a_later_report_joins_two_stories() -> None:
    a, b = article("One thing"), article("Another thing", hours=2)
    both = stories.assemble([a, b], [], {a.url: "same", b.url: "same"})
    assert len(both) == len({story.id for story in both}) == 2


def test_a_publisher_that_repeats_itself_does_not_slow_everything_down(library: Library) -> None:
    """The work for one publisher's many like reports grows with their number, not with its square."""
    flood = [
        article(title, hours=n / 60, provider="Loud", url=f"https://loud.example.com/{n}-{title[:1]}")
        for n in range(100)
        for title in (
            "Robot dog Rufo learns to herd sheep on a farm in Wales",
            "In Wales robot dog Rufo herds sheep on a farm",
        )
    ]
    put(library, flood)
    assert intake.take_in(library, NOON) == len(flood)
    with library.database.read() as connection:
        linked = connection.execute(select(func.count()).select_from(story_links)).scalar_one()
    assert 0 < linked <= 2 * 30 * len(flood)


def test_one_report_of_two_events_does_not_make_them_doubtful() -> None:
    one = [article("A", provider=f"A{n}", url=f"https://a{n}.example.com") for n in range(3)]
    other = [article("B", provider=f"B{n}", url=f"https://b{n}.example.com") for n in range(3)]
    tales = [stories.single(one[0]), stories.single(other[0])]
    tales = [replace(tales[0], coverage=tuple(one[1:])), replace(tales[1], coverage=tuple(other[1:]))]
    bridge = [clusters.link(one[0].url, each.url, 0.6) for each in other]
    assert stories.doubtful(tales, bridge) == {}
    wide = [*bridge, clusters.link(one[1].url, other[1].url, 0.6)]
    assert set(stories.doubtful(tales, wide)) == {story.id for story in tales}
    alone = [stories.single(one[0]), stories.single(other[0])]
    assert set(stories.doubtful(alone, bridge)) == {story.id for story in alone}


def test_the_kind_is_stored_with_the_article(library: Library) -> None:
    spam = article(
        "Global Neural Network Software Market Size to Reach $50 Billion by 2031 at a CAGR of 21%", provider="Quarry"
    )
    put(library, [spam])
    intake.take_in(library, NOON)
    stored = library.article(spam.url)
    assert stored is not None
    assert stored.kind == "market-report"
    assert stored.news_value < 0.5
    assert stored == spam


# --- updates


def told_again(*providers: str, title: str = TITLES[0]) -> Story:
    before = [article(TITLES[0], hours=30, provider="A"), article(TITLES[1], hours=29, provider="B")]
    return stories.known("s", [*before, *(article(title, hours=2, provider=p) for p in providers)])


@pytest.mark.parametrize(
    ("providers", "title", "said"),
    [
        ((), TITLES[0], ""),
        (("C", "D", "E"), TITLES[0], ""),
        (("A", "B"), "Fjord 4 draws a fine of $45M", ""),
        (("C", "D", "E"), "Fjord 4 draws a fine of $45M", "3 more providers, and a figure that is new"),
        (("C", "D", "E", "F", "G", "H"), TITLES[0], "6 more providers"),
    ],
)
def test_what_makes_an_update(providers: tuple[str, ...], title: str, said: str) -> None:
    story = told_again(*providers, title=title)
    told = {a.url for a in story.articles if a.published_at < NOON - timedelta(hours=24)}
    assert news_since(story, told, NOON - timedelta(hours=24)) == said


def test_reports_that_an_edition_could_have_told_are_no_news() -> None:
    story = told_again("C", "D", "E", "F", "G", "H")
    assert news_since(story, {article(TITLES[0], provider="A").url}, NOON) == ""
