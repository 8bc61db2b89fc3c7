"""Filtered questions on an invented library: what answers, in which order, and what is said where nothing does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digests.desk import Desk
from digests.errors import QueryError
from digests.library import Filed, Library, Stamp
from digests.models import Answer, Article, Provider
from digests.query import FILTERS, Query, read
from digests.rendering import Renderer
from digests.topics import Catalogue
from playground import sample
from tests.making import NOON, article


def desk_with(library: Library, *reports: Article) -> Desk:
    """A desk whose library has these reports."""
    library.put("few", [Filed(each.url, Stamp(1, 1, "x"), each) for each in reports])
    made = Desk(library, Catalogue.builtin())
    made.take_in(NOON)
    return made


def ask(desk: Desk, text: str, limit: int = 100) -> Answer:
    """The desk's answer to what a person types."""
    return desk.answer(read(text, desk.catalogue, NOON), NOON, limit=limit)


def leads(desk: Desk, text: str) -> list[str]:
    """The titles that answer, in order."""
    return [scored.lead.title for scored in ask(desk, text).stories]


# Stories of one report each: no two share a name.
PORT = article("Port Selwyn opens a gritstone museum", hours=2, provider="Tidewater Post", heat=10)
GRIT = article("Gritstone quarry in Oakmoor floods", hours=30, provider="The Bytefold", heat=90)
KILN = article(
    "Kiln makers of Amberley praise gritstone", hours=100, provider="Wire Four", heat=50, excerpt="Oh, zinc."
)
ROBOT = article("Zinc robots sort parcels in Wexcombe", hours=3, provider="Tidewater Post", heat=70)
DRONE = article("Zinc drones survey the Larkhill dam", hours=60, provider="The Bytefold", heat=20)
PROMO = article(
    "Save 40% on zinc kettles today: the best deals, coupons and discounts", hours=1, provider="Deal Kite", heat=99
)


@pytest.fixture
def desk(library: Library) -> Desk:
    return desk_with(library, PORT, GRIT, KILN, ROBOT, DRONE, PROMO)


@pytest.mark.parametrize(
    ("asked", "found"),
    {
        "gritstone": {PORT, GRIT, KILN},
        "gritstone oakmoor": {GRIT},
        '"gritstone quarry"': {GRIT},
        '"quarry gritstone"': set(),
        "gritstone -museum": {GRIT, KILN},
        'gritstone -"gritstone museum" -zinc': {GRIT},
        "gritstone since:2d": {PORT, GRIT},
        "gritstone since:today": {PORT},
        "gritstone source:tidewater-post.example.com": {PORT},
        'gritstone source:"tidewater post"': {PORT},
        "gritstone source:post source:bytefold": {PORT, GRIT},
        "gritstone -source:bytefold": {PORT, KILN},
        "gritstone -source:nobody": {PORT, GRIT, KILN},
        "source:example.com gritstone": {PORT, GRIT, KILN},
        "source:ater-post.example.com gritstone": set(),
        "zinc topic:robotics": {ROBOT, DRONE},
        "zinc topic:drones": {DRONE},
        "zinc topic:robotics -topic:drones": {ROBOT},
        "robotics": {ROBOT, DRONE},
        "robotics -dam": {ROBOT},
        "topic:robotics since:1d": {ROBOT},
        "topic:robotics topic:facial-recognition": set(),
        "source:tidewater-post.example.com": {PORT, ROBOT},
        "since:4h": {PORT, ROBOT},
        "-gritstone": {ROBOT, DRONE},
        "-topic:robotics -source:wire": {PORT, GRIT},
    }.items(),
)
def test_who_answers(desk: Desk, asked: str, found: set[Article]) -> None:
    assert set(leads(desk, asked)) == {each.title for each in found}


def test_the_order_that_is_asked_for(desk: Desk) -> None:
    assert leads(desk, "gritstone sort:new") == [PORT.title, GRIT.title, KILN.title]
    assert leads(desk, "gritstone sort:hot") == [GRIT.title, KILN.title, PORT.title]
    assert leads(desk, "zinc sort:new") == [ROBOT.title, DRONE.title, KILN.title, PROMO.title]  # promos come last
    assert leads(desk, "gritstone sort:best") == leads(desk, "gritstone")
    assert leads(desk, "sort:new") == [PORT.title, ROBOT.title, GRIT.title, DRONE.title, KILN.title]


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with 700 reports of a common word; what is rare among them is old, cold, and says the word but once."""
    library = Library.open(f"sqlite:///{tmp_path_factory.mktemp('crowd')}/library.db")
    common = [
        article(
            f"Zinc zinc {n}", hours=n / 10, provider="Common Herald", heat=50 + n % 40, url=f"https://h.example.com/{n}"
        )
        for n in range(700)
    ]
    rare = article(
        "A long title about many things of which zinc is but the last", hours=90, provider="Rare Bird", heat=1
    )
    other = replace(
        rare, url="https://other.example.org/1", provider=Provider("Other"), title=f"{rare.title} copper tin"
    )
    library.put("many", [Filed(each.url, Stamp(1, 1, "x"), each) for each in (*common, rare, other)])
    return Desk(library, Catalogue.builtin())


@pytest.mark.parametrize(
    "asked",
    [
        "zinc source:bird",
        "zinc source:rare-bird.example.com",
        "source:bird",
        "zinc -source:herald -copper",
        "zinc -common -copper",
    ],
)
def test_a_filter_finds_what_the_first_candidates_miss(crowded: Desk, asked: str) -> None:
    assert "Rare Bird" not in {a.publisher for s in ask(crowded, "zinc").stories for a in s.story.articles}
    assert "Rare Bird" in {scored.lead.publisher for scored in ask(crowded, asked).stories}


def test_the_newest_and_hottest_are_found_among_many(crowded: Desk) -> None:
    newest = ask(crowded, "zinc sort:new").stories
    assert [scored.lead.title for scored in newest[:20]] == [f"Zinc zinc {n}" for n in range(20)]
    assert {scored.lead.heat for scored in ask(crowded, "zinc sort:hot").stories[:15]} == {89}
    assert {scored.lead.heat for scored in ask(crowded, "sort:hot").stories[:15]} == {89}
    assert ask(crowded, "zinc sort:new").at_least
    assert ask(crowded, "zinc since:5h").total == ask(crowded, "zinc since:5h sort:hot").total == 51


def test_what_was_hot_long_ago_is_not_hot_for_ever(library: Library) -> None:
    old = [article(f"Old news {n}", hours=24 * 60, heat=300, url=f"https://a.example.com/{n}") for n in range(160)]
    new = [article(f"New news {n}", hours=1, heat=5, url=f"https://b.example.com/{n}") for n in range(160)]
    assert "New" in leads(desk_with(library, *old, *new), "sort:hot")[0]


TITLE = "Halden Labs opens a plant in Port Selwyn for its Orrin couriers"


def story(**fields: object) -> list[Article]:
    """Four reports of one event: by the Lantern, the Post, the Wire and the Courier, the better the earlier named."""
    names = ("Lantern", "Post", "Wire", "Courier")
    made = [
        article(TITLE, provider=name, quality=100 - 20 * n, hours=10 * (4 - n), excerpt="It is to open in March.")
        for n, name in enumerate(names)
    ]
    for name, changed in fields.items():
        at = names.index(name.title())
        made[at] = replace(made[at], excerpt=f"{made[at].excerpt} {changed}")
    return made


def lead_of(library: Library, asked: str, *reports: Article) -> str | None:
    desk = desk_with(library, *reports)
    assert len(desk.stories(reports)) == 1
    found = ask(desk, asked).stories
    return found[0].lead.provider.name if found else None


@pytest.mark.parametrize(
    ("asked", "lead"),
    {
        "couriers": "Lantern",
        "couriers source:wire": "Wire",
        "source:wire": "Wire",
        "couriers -source:lantern": "Post",
        "couriers since:25h": "Wire",
        "couriers since:5h": None,
        "couriers -source:lantern -source:post -source:wire -source:courier": None,
    }.items(),
)
def test_a_story_is_whole_and_led_by_a_report_that_passes_the_filters(
    library: Library, asked: str, lead: str | None
) -> None:
    reports = story()
    assert lead_of(library, asked, *reports) == lead
    if lead is not None:
        (found,) = ask(Desk(library, Catalogue.builtin()), asked).stories
        assert found.story.urls == {each.url for each in reports}


@pytest.mark.parametrize(
    ("asked", "lead"),
    {
        "robotics since:25h": "Wire",
        "robotics -source:lantern": "Post",
        "couriers since:25h": "Wire",
        "couriers source:wire source:crowd": "Wire",
    }.items(),
)
def test_the_report_that_leads_passes_the_filters_where_more_match_than_are_judged(
    library: Library, asked: str, lead: str
) -> None:
    reports = [replace(each, title=f"{TITLE}, all robots") for each in story()]
    desk = desk_with(library, *reports)
    crowd = [
        article(
            f"Robots and couriers {n}", hours=20 + n / 100, provider="Crowd", url=f"https://c.example.com/{n}", heat=0
        )
        for n in range(200)
    ]
    library.put("crowd", [Filed(each.url, Stamp(1, 1, "x"), each) for each in crowd])
    answer = ask(desk, asked, limit=1000)
    assert answer.at_least
    (found,) = (scored for scored in answer.stories if scored.story.coverage)
    assert (found.lead.provider.name, found.story.urls) == (lead, {each.url for each in reports})


def test_a_name_means_the_publisher_called_so_or_else_all_with_its_words(library: Library) -> None:
    names = ("The Post", "Tidewater Post", "Post", "Poster")
    desk = desk_with(library, *(article(f"Gritstone {n}", provider=name) for n, name in enumerate(names)))
    for source, found in {
        "post": {"Post"},
        '"the POST"': {"The Post"},
        "tidewater": {"Tidewater Post"},
        '"post tidewater"': set(),
        "Poster source:tidewater": {"Poster", "Tidewater Post"},
    }.items():
        assert {scored.lead.provider.name for scored in ask(desk, f"gritstone source:{source}").stories} == found


def test_what_must_not_be_there_is_the_lead_or_half_of_the_story(library: Library) -> None:
    zinc = "It smells of zinc."
    assert lead_of(library, "couriers -zinc", *story(courier=zinc)) == "Lantern"  # in passing
    assert lead_of(library, "couriers -zinc", *story(courier=zinc, wire=zinc)) is None
    assert lead_of(library, "couriers -zinc", *story(lantern=zinc)) is None
    robots = "A robot opens it."
    assert lead_of(library, "couriers -topic:robotics", *story(courier=robots)) == "Lantern"
    assert lead_of(library, "couriers -topic:robotics", *story(lantern=robots)) is None


def test_nothing_says_which_filter_left_nothing(desk: Desk) -> None:
    answer = ask(desk, "gritstone source:wire since:2d")
    assert [(each.without, each.total) for each in answer.loosened] == [("source:wire", 2), ("since:2d", 1)]
    assert [str(each.query) for each in answer.loosened] == ["gritstone since:2d", "gritstone source:wire"]
    assert Renderer().answer_text(answer, NOON) == (
        "Nothing about gritstone from wire since Sat.\n"
        "Without source:wire there are 2 stories.\nWithout since:2d there is 1 story.\n"
    )
    answer = ask(desk, "gritstone source:wire since:2d -praise")
    assert [(each.without, each.total) for each in answer.loosened] == [("source:wire", 2)]
    answer = ask(desk, "museum source:wire -selwyn")
    assert [(each.without, each.total) for each in answer.loosened] == [("filters", 1)]
    assert ask(desk, "qqqqqq source:wire since:2d").loosened == ()
    assert ask(desk, "since:1m").loosened == ()  # without it there is everything: that helps nobody
    assert ask(desk, "gritstone since:2d").loosened == ()


@pytest.mark.parametrize(
    ("asked", "meant"),
    {
        "gritstone source:bytefld": 'gritstone source:"The Bytefold"',
        "gritstone source:tidewter-post.example.com": "gritstone source:tidewater-post.example.com",
        "gritsone since:2d -museum": "gritstone -museum since:2d",
        "robtics since:2d": "robotics since:2d",
    }.items(),
)
def test_what_was_meant_keeps_the_filters(desk: Desk, asked: str, meant: str) -> None:
    answer = ask(desk, asked)
    assert meant in answer.suggestions
    assert ask(desk, meant).total


def test_a_name_in_quotes_is_words_and_beside_a_phrase_words_are_words(desk: Desk) -> None:
    assert ask(desk, "robotics").topic is not None
    assert ask(desk, '"robotics"').total == 0
    assert ask(desk, 'zinc "robots sort"').total == 1
    assert ask(desk, '"robots sort" robotics').total == 0


def test_where_filters_find_a_little_the_words_are_not_doubted(desk: Desk) -> None:
    assert ask(desk, "gritstone since:today").suggestions == ()


SIGNS = """- " ( ) * ^ ' % _ \\ AND NOT {title}: provider: robots 7d new example.com""".split()
TYPED = st.sampled_from([*(f"{name}:" for name in FILTERS), *SIGNS, " ", "\x00"])


@given(st.lists(TYPED | st.text(max_size=5), max_size=9).map("".join))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_question_is_answered_or_refused_clearly(library: Library, text: str) -> None:
    desk = Desk(library, Catalogue.builtin())
    if not library.count():
        desk_with(library, PORT, ROBOT)
    try:
        answer = ask(desk, text)
    except QueryError:
        return
    Renderer().answer(answer, NOON)
    assert library.count() == 2


def test_a_plain_question_of_the_sample_is_the_same_as_with_filters_that_filter_nothing(library: Library) -> None:
    desk = desk_with(library, *sample.articles(NOON))
    for asked in ("robotics", "fjord 4", "portunel", "camera"):
        plain, filtered = ask(desk, asked), ask(desk, f"{asked} since:2020-01-01 -qqqqqq -source:nobody")
        assert plain.stories == filtered.stories, asked
        assert plain.total


def test_an_unknown_slug_is_told(desk: Desk) -> None:
    with pytest.raises(Exception, match="there is no topic 'robtics'"):
        desk.answer(Query(topics=("robtics",)), NOON)


def test_since_reads_as_one_says_it(desk: Desk) -> None:
    renderer = Renderer()
    for asked, said in {
        "gritstone since:24h": "gritstone since Sun · 1 story",
        "gritstone since:3h": "gritstone since 09:00 · 1 story",
        "gritstone since:30d sort:new": "gritstone since 24 Oct · 3 stories · newest first",
        "gritstone since:2025": "gritstone since 1 Jan 2025 · 3 stories",
        'source:post -zinc -"x y"': 'Top stories from post without zinc, "x y" · 1 story',
        "zinc topic:robotics -source:wire": "zinc about Robotics not from wire · 2 stories",
        "robotics topic:drones": "Robotics and Drones · 1 story",
    }.items():
        assert renderer.answer_text(ask(desk, asked), NOON).partition("\n")[0] == said
