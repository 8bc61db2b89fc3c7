"""Search of a large library: as good as looking at everything, never behind the articles, and by an index at every step."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event, text

from digests import answering, intake, newsworthy, ranking, stories
from digests.desk import Desk
from digests.errors import LibraryError
from digests.library import Database, Filed, Library, Stamp, candidates, search, storybook, wordlists
from digests.library import store as stores
from digests.library.database import TookTooLongError
from digests.library.documents import article_json
from digests.library.search import Sought
from digests.library.titles import WORDS as WORDS_OF_A_TITLE
from digests.library.titles import code, title_words
from digests.library.wordlists import MARK
from digests.models import Answer, Article, Provider
from digests.query import Query, Sort, read
from digests.ranking import ANSWER, EDITOR, Context
from digests.recent import Recent
from digests.topics import Catalogue
from digests.turns import Turns
from digests.words import tokens
from playground import sample
from tests.bench import news
from tests.making import NOON, article
from tests.postgres import NewDatabase, database

SMALL = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = "zinc tin iron lead gold ore mine smelter quarry shaft".split()


def put(library: Library, made: list[Article], source: str = "folder:/few") -> None:
    library.put(source, [Filed(each.url, Stamp(1, 1, "x"), each) for each in made])


def crowd(number: int, seed: int = 1) -> list[Article]:
    """So many articles of few words, of a year; no two alike enough to be one story."""
    random = Random(seed)
    return [
        article(
            " ".join(random.sample(WORDS, 3)),
            hours=random.randrange(1, 8760 * 60) / 60,
            excerpt=" ".join(random.sample(WORDS, 4)),
            provider=f"Post {n % 7}",
            url=f"https://p{n % 7}.example.com/{n}",
            quality=random.randrange(130),
            heat=random.randrange(-1, 350),
        )
        for n in range(number)
    ]


def share_of(each: Article, words: list[str]) -> float | None:
    """How well an article has words, by looking at it."""
    title = tokens(each.title)
    if not set(words) <= {*title, *tokens(each.excerpt), *tokens(each.provider.name)}:
        return None
    if not set(words) <= set(title):
        return candidates.SAID
    return candidates.HEADED if f" {' '.join(words)} " in f" {' '.join(title)} " else candidates.TITLED


def best_of(made: list[Article], words: list[str]) -> list[str]:
    """The addresses of the articles that have the words, in order, by judging every one of them."""
    scored = [
        ranking.score(stories.single(each), ANSWER, Context(NOON, answering._WINDOW, share))
        for each in made
        if (share := share_of(each, words)) is not None
    ]
    return [each.lead.url for each in ranking.ordered(scored)]


def urls(answer: Answer) -> list[str]:
    return [scored.lead.url for scored in answer.stories]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True), st.integers(1, 3))
@SMALL
def test_the_first_ten_are_those_that_looking_at_everything_gives(
    new_database: NewDatabase, words: list[str], seed: int
) -> None:
    made = crowd(150, seed)
    with new_database() as url:
        library = Library.open(url)
        put(library, made)
        answer = Desk(library, Catalogue.builtin()).answer(Query(tuple(words)), NOON, limit=10)
        wanted = best_of(made, words)
        assert urls(answer) == wanted[:10]
        assert answer.total == len(wanted)
        library.close()


@pytest.fixture(scope="module")
def many(new_database: NewDatabase) -> Iterator[tuple[Library, list[Article]]]:
    """A library of 3,000 articles, of which three in ten have a word in their title, and half anywhere."""
    with new_database() as url:
        library = Library.open(url)
        made = crowd(3000)
        put(library, made)
        yield library, made
        library.close()


@pytest.mark.parametrize("asked", [["zinc"], ["ore", "gold"], ["mine", "lead", "tin"], ["smelter", "quarry"]])
def test_of_many_the_most_promising_are_judged(many: tuple[Library, list[Article]], asked: list[str]) -> None:
    library, made = many
    answer = Desk(library, Catalogue.builtin()).answer(Query(tuple(asked)), NOON, limit=10)
    wanted = best_of(made, asked)
    assert len(set(urls(answer)) & set(wanted[:10])) >= 9  # which are judged is told by an estimate
    assert urls(answer)[0] == wanted[0]
    assert answer.at_least == (len(wanted) >= search.LIMIT)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True), st.booleans())
@SMALL
def test_codes_of_titles_tell_what_the_index_does(
    many: tuple[Library, list[Article]], words: list[str], phrase: bool
) -> None:
    library, made = many
    sought = Sought(phrases=(" ".join(words),)) if phrase else Sought(words=tuple(words))
    found = []
    for few in (0, 8):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(candidates, "_FEW", few)
            patch.setattr(search, "LOOKED_AT", 3001)
            found.append({hit.article.url: hit.relevance for hit in search.search(library, sought, 3000).hits})
    assert found[0] == found[1]
    if not phrase:
        assert found[0] == {each.url: share for each in made if (share := share_of(each, words)) is not None}


@given(st.text(max_size=300), st.text(max_size=60))
def test_a_code_is_found_in_that_of_every_title_that_has_the_words(title: str, words: str) -> None:
    if f" {' '.join(tokens(words))} " in f" {' '.join(title_words(title))} ":
        assert code(words) in code(title)
    assert code(f"{title} {words}") == (code(title) + code(words))[: 2 * WORDS_OF_A_TITLE]
    assert len(code(title)) == 2 * len(title_words(title))
    assert code(title).isascii()


def test_codes_begin_where_words_do() -> None:
    words = [f"word{n}" for n in range(3000)]
    others = {code(word) for word in words}
    assert len(others) > 1500
    for one, other in pairwise(words):
        inner = (code(one) + code(other))[1:3]
        assert inner not in others


def test_another_word_of_the_same_code_is_found_out(library: Library) -> None:
    word, twin = twins()
    put(library, [article(f"The {word}"), article(f"A {twin}", excerpt=f"Of a {word}")])
    hits = search.search(library, Sought(words=(word,))).hits
    assert [(hit.article.title, hit.relevance) for hit in hits] == [
        (f"The {word}", candidates.HEADED),
        (f"A {twin}", candidates.SAID),
    ]


def twins() -> tuple[str, str]:
    """Two words of one code."""
    known: dict[str, str] = {}
    for n in range(10_000):
        word = f"word{n}"
        if (twin := known.setdefault(code(word), word)) != word:
            return twin, word
    raise AssertionError("there are fewer codes than words")


def test_a_long_title_tells_by_its_first_words(library: Library) -> None:
    long = " ".join(f"w{n}" for n in range(400))
    put(library, [article(long)])
    for word, share in (("w7", candidates.HEADED), ("w399", candidates.SAID)):
        (hit,) = search.search(library, Sought(words=(word,))).hits
        assert hit.relevance == share


def step_back(connection: Connection, step: str) -> None:
    """Take the codes of titles away, as a library of before has none, and say that it is at a step."""
    connection.execute(text("DROP INDEX articles_place"))
    connection.execute(text("ALTER TABLE articles DROP COLUMN title_code"))
    connection.execute(text("CREATE INDEX articles_place ON articles (place)"))
    connection.execute(text("UPDATE library_version SET version_num = :step"), {"step": step})


def test_a_library_of_before_gets_codes_of_its_titles(database_url: str) -> None:
    library, made = Library.open(database_url), crowd(50)
    put(library, made)

    def relevances(library: Library) -> dict[str, float]:
        return {hit.article.url: hit.relevance for hit in search.search(library, Sought(words=("zinc",))).hits}

    now = relevances(library)
    assert {candidates.HEADED, candidates.SAID} == set(now.values())
    with library.database.write() as connection:
        step_back(connection, "library_0009")
    library.close()
    library = Library.open(database_url)
    assert relevances(library) == now
    library.close()


def test_a_library_of_before_gets_its_words_for_pairs(postgres: str) -> None:
    with database(postgres) as url:
        library = Library.open(url)
        made = crowd(50)
        put(library, made)

        def words() -> list[str]:
            with library.database.read() as connection:
                return list(connection.execute(text("SELECT words::text FROM articles_text ORDER BY place")).scalars())

        now = words()
        assert all("\ue003" in each for each in now)
        with library.database.write() as connection:
            connection.execute(
                text(
                    "UPDATE articles_text SET words = ts_delete(words, ARRAY(SELECT lexeme FROM unnest(words) "
                    "WHERE lexeme LIKE :pairs))"
                ),
                {"pairs": "\ue003%"},
            )
            step_back(connection, "library_0008")
        assert not any("\ue003" in each for each in words())
        library.close()
        library = Library.open(url)
        assert words() == now
        library.close()


@given(st.lists(st.sampled_from(["gold", "iron", "Ärzte", "gpt-4", "日本", "x" * 300]), min_size=2, max_size=4))
@SMALL
def test_phrases_are_found_by_words_for_pairs_where_they_are_and_nowhere_else(
    pairing: Library, said: list[str]
) -> None:
    title = " ".join(said)
    put(
        pairing,
        [article(title, url="https://a.example.com/1"), article(" ".join(sorted(said)), url="https://a.example.com/2")],
    )
    every = [" ".join(said[start:end]) for start in range(len(said)) for end in range(start + 1, len(said) + 1)]
    for phrase in every:
        wanted = f" {' '.join(tokens(phrase))} "
        found = {hit.article.title for hit in search.search(pairing, Sought(phrases=(phrase,))).hits}
        assert found == {each for each in (title, " ".join(sorted(said))) if wanted in f" {' '.join(tokens(each))} "}


@pytest.fixture(scope="module")
def pairing(new_database: NewDatabase) -> Iterator[Library]:
    with new_database() as url:
        library = Library.open(url)
        yield library
        library.close()


def test_little_words_need_not_be_there_but_in_phrases_and_alone(new_database: NewDatabase) -> None:
    with new_database() as url:
        library = Library.open(url)
        made = [
            article("Zinc and iron", url="https://a.example.com/both"),
            article("Iron, zinc", url="https://b.example.com/"),
        ]
        put(library, made)

        def found(**sought: tuple[str, ...]) -> list[str]:
            return [hit.article.title for hit in search.search(library, Sought(**sought)).hits]

        assert found(words=("zinc", "and", "iron")) == ["Zinc and iron", "Iron, zinc"]  # the first as a phrase
        assert found(words=("zinc", "and", "who")) == []
        assert found(words=("and",)) == ["Zinc and iron"]
        assert found(phrases=("zinc and iron",)) == ["Zinc and iron"]
        library.close()


def test_stories_that_are_not_told_at_once_come_in_brief_and_in_the_same_order(
    many: tuple[Library, list[Article]],
) -> None:
    library, _ = many
    desk = Desk(library, Catalogue.builtin())
    all_of_it, brief = (desk.answer(Query(("zinc",)), NOON, limit=20, whole=number) for number in (None, 5))
    assert brief.stories[:5] == all_of_it.stories[:5]
    assert urls(brief) == urls(all_of_it)
    assert [each.score for each in brief.stories] == [each.score for each in all_of_it.stories]
    assert (brief.total, brief.at_least) == (all_of_it.total, all_of_it.at_least)
    assert all(each.signals for each in brief.stories[:5])
    assert not any(each.signals for each in brief.stories[5:])


@pytest.fixture(scope="module")
def told(new_database: NewDatabase) -> Iterator[Library]:
    """A library of 2,000 articles, most of them in stories of a few reports, about words and about topics."""
    subjects = ["facial recognition", "robots", "face scans in shops", "chips", "AI", ""]
    with new_database() as url:
        library = Library.open(url)
        made = [
            replace(each, title=f"{subjects[n % 6]} {each.title}", excerpt=f"{each.excerpt} {subjects[n // 6 % 6]}")
            for n, each in enumerate(crowd(2000, 5))
        ]
        put(library, made)
        with library.database.write() as connection:
            connection.execute(
                text(
                    "UPDATE articles SET story = CASE WHEN id % 4 = 0 THEN '' ELSE 's' || (id * 7919 % 700) END, "
                    "news_value = id * 31 % 300 / 100.0, kind = CASE id % 3 WHEN 0 THEN 'news' WHEN 1 THEN 'pr' ELSE '' END"
                )
            )
        yield library
        library.close()


@given(
    st.sampled_from([("zinc",), ("ore", "gold"), ("facial-recognition",), ("ai",), ("robotics",)]),
    st.integers(1, 40),
    st.integers(0, 24 * 60),
)
@SMALL
def test_the_first_are_the_same_however_many_are_asked_for(
    told: Library, words: tuple[str, ...], limit: int, hours: int
) -> None:
    desk = Desk(told, Catalogue.builtin())
    now = NOON - timedelta(hours=hours)
    few, all_of_it = (desk.answer(Query(words), now, limit=number, whole=0) for number in (limit, 10_000))
    assert all_of_it.at_least
    assert len(all_of_it.stories) > 50
    assert few.stories == all_of_it.stories[:limit]
    assert few.total >= all_of_it.total  # a story that is not read is taken for one about the topic
    if words[0] in WORDS:
        assert few.total == all_of_it.total


@pytest.mark.parametrize(("hours", "alone"), [(29 * 24, True), (31 * 24, False)])
def test_a_great_topic_is_asked_by_its_own_names_where_they_fill_a_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: int, alone: bool
) -> None:
    monkeypatch.setattr(search, "_GREAT", 2)
    monkeypatch.setattr(search, "_OWN", 1)
    monkeypatch.setattr(search, "LOOKED_AT", 8)
    library = Library.open(f"sqlite:///{tmp_path}/library.db")
    own = [article("zinc", hours=1 + n * hours / 7, url=f"https://a.example.com/{n}") for n in range(8)]
    below = [article(word, hours=2, url=f"https://b.example.com/{word}") for word in ("tin", "lead")]
    put(library, [*own, *below])
    found = search.search(library, Sought(groups=(("zinc", "tin", "lead"),)), 4)
    assert any(hit.article.title != "zinc" for hit in found.hits) is not alone
    library.close()


def test_where_there_is_more_than_is_looked_at_the_newest_are(
    many: tuple[Library, list[Article]], monkeypatch: pytest.MonkeyPatch
) -> None:
    library, made = many
    monkeypatch.setattr(search, "LOOKED_AT", 240)
    monkeypatch.setattr(search, "_LOOKED_AT_FOR_HEAT", 240)
    recent = sorted((a for a in made if share_of(a, ["zinc"]) is not None), key=lambda a: a.published_at)[-240:]
    found = search.search(library, Sought(("zinc",)))
    assert found.more
    assert {hit.article.url for hit in found.hits} <= {each.url for each in recent}
    hottest = sorted((each.heat for each in recent), reverse=True)
    hot = search.search(library, Sought(("zinc",), sort=Sort.hot), 20)
    assert sorted((hit.article.heat for hit in hot.hits), reverse=True) == hottest[:20]
    new = search.search(library, Sought(("zinc",), sort=Sort.new), 20)
    assert {hit.article.url for hit in new.hits} == {each.url for each in recent[-20:]}


@pytest.mark.parametrize(
    ("asked", "passes"),
    {
        "zinc source:p3.example.com": lambda a: a.provider.name == "Post 3",
        'zinc source:"Post 3" source:"post 4"': lambda a: a.provider.name in ("Post 3", "Post 4"),
        "zinc -source:p3.example.com": lambda a: a.provider.name != "Post 3",
        "zinc -gold": lambda a: share_of(a, ["gold"]) is None,
        "zinc since:60d": lambda a: a.published_at >= NOON - timedelta(days=60),
    }.items(),
)
def test_a_filter_is_exact_among_many(many: tuple[Library, list[Article]], asked: str, passes: Any) -> None:
    library, made = many
    catalogue = Catalogue.builtin()
    desk = Desk(library, catalogue)
    wanted = {each.url for each in made if share_of(each, ["zinc"]) is not None and passes(each)}
    newest = sorted((each for each in made if each.url in wanted), key=lambda each: each.published_at, reverse=True)
    found = desk.answer(read(f"{asked} sort:new", catalogue, NOON), NOON, limit=1000)
    assert urls(found) == [each.url for each in newest[: len(found.stories)]]
    assert found.total == min(len(wanted), search.LIMIT)
    assert set(urls(desk.answer(read(asked, catalogue, NOON), NOON, limit=1000))) <= wanted


def test_what_takes_too_long_is_answered_from_the_newest(
    many: tuple[Library, list[Article]], monkeypatch: pytest.MonkeyPatch
) -> None:
    library, made = many
    whole = search.search(library, Sought(("zinc", "gold"), sort=Sort.new), 1000)
    reading = library.database.read
    refused = []

    @contextmanager
    def slow(seconds: float | None = None) -> Iterator[Connection]:
        if seconds is not None:
            refused.append(seconds)
            raise TookTooLongError("a slow disk")
        with reading() as connection:
            yield connection

    if library.database.dialect != "sqlite":
        pytest.skip("PostgreSQL is asked of the newest first")
    monkeypatch.setattr(library.database, "read", slow)
    found = search.search(library, Sought(("zinc", "gold"), sort=Sort.new), 1000)
    newest = max(each.published_at for each in made)
    assert len(refused) == 2
    assert found.more
    assert not whole.more
    # The newest article is of some minute, the five days before it begin with one.
    assert [hit.article.url for hit in found.hits] == [
        hit.article.url
        for hit in whole.hits
        if hit.article.published_at >= (newest - timedelta(days=5)).replace(second=0, microsecond=0)
    ]


def test_a_server_that_takes_too_long_over_all_times_answers_from_the_newest(postgres: str) -> None:
    with database(postgres) as url:
        library = Library.open(url)
        made = crowd(1500)
        put(library, made)
        sought, asked = Sought(("zinc", "gold"), sort=Sort.new), []
        whole = search.search(library, sought, 1000)

        def look(_connection: Any, _cursor: Any, _statement: str, values: Any, *_: Any) -> None:
            if isinstance(values, dict) and "then" in values:
                asked.append(values["then"])
                if values["then"] == values["wanted"]:
                    raise TookTooLongError("a slow disk")

        event.listen(library.database._engine, "before_cursor_execute", look)
        found = search.search(library, sought, 1000)
        newest = max(each.published_at for each in made)
        urls = [hit.article.url for hit in found.hits]
        told = [hit.article for hit in whole.hits]
        assert len(asked) == 3  # of a day, of all times, and of the last two months
        assert not whole.more
        assert found.more
        assert urls == [each.url for each in told[: len(urls)]]
        since = min(each.published_at for each in told[: len(urls)])
        assert timedelta(days=54) < newest - since < timedelta(days=73)
        library.close()


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT max(i) FROM n"


def test_a_read_that_takes_too_long_is_interrupted_and_the_next_is_not(library: Library) -> None:
    for _ in range(3):
        with pytest.raises(TookTooLongError), library.database.read(0.01) as connection:
            connection.execute(text(ENDLESS))
        with library.database.read(60) as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1


def test_all_that_is_read_of_one_state_is_of_one_state(library: Library) -> None:
    put(library, crowd(3))
    with library.database.one_state():
        before = library.count()
        other = threading.Thread(target=put, args=(library, crowd(9)[3:]))
        other.start()
        other.join(60)
        assert not other.is_alive()
        with library.database.one_state():
            assert library.count() == before == 3
        assert library.count() == 3
    assert library.count() == 9


def test_what_is_read_after_something_took_too_long_is_read_all_the_same(library: Library) -> None:
    put(library, crowd(3))
    with library.database.one_state():
        with library.database.read(60) as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1
        with pytest.raises(TookTooLongError), library.database.read(0.01) as connection:
            connection.execute(text(ENDLESS))
        assert library.count() == 3
        with pytest.raises(LibraryError), library.database.read() as connection:
            connection.execute(text("SELECT nothing FROM nowhere"))
        assert library.count() == 3
    assert library.count() == 3


def test_an_answer_is_read_in_one_transaction(many: tuple[Library, list[Article]]) -> None:
    library, _ = many
    desk = Desk(library, Catalogue.builtin())
    begun: list[Connection] = []
    event.listen(library.database._engine, "begin", begun.append)
    for asked in ("zinc", "zinc gold", '"zinc gold"', "zic", "zinc -gold", "gold since:700d", "nothinglikeit"):
        query = read(asked, desk.catalogue, NOON)
        begun.clear()
        answering.answer(library, desk.catalogue, query, NOON, whole=5)
        assert len(begun) == 1, asked


# --- the index and the articles


class Shelf:
    """A library that things happen to, and what must be true of it afterwards."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.done = 0

    def file(self, source: str, name: int, words: tuple[str, str], hours: int, heat: int) -> None:
        self.done += 1
        provider = Provider(words[0].title(), f"{words[0]}.example.com")
        title, excerpt = f"{words[0]} {words[1]} {self.done % 3}", " ".join(words)
        url = f"https://{words[0] if name % 2 else 'www'}.example.com/{name % 4}"
        made = article(title, hours=hours * 24, excerpt=excerpt, url=url, heat=heat, quality=heat // 2)
        self.library.put(source, [Filed(f"{name}.md", Stamp(1, self.done, "x"), replace(made, provider=provider))])

    def withdraw(self, source: str, name: int) -> None:
        self.library.withdraw(source, [f"{name}.md"])

    def prune(self, hours: int) -> None:
        self.library.prune(NOON - timedelta(hours=hours * 24))

    def judge(self) -> None:
        intake.take_in(self.library, NOON)

    def check(self) -> None:
        with self.library.database.write() as connection:
            inside = indexed(connection)
            query = "SELECT id, place, title, excerpt, provider, host, url, published_at FROM articles WHERE current"
            rows = connection.exec_driver_sql(query).all()
            known = {word for (word,) in connection.exec_driver_sql("SELECT word FROM vocabulary")}
            published = sorted(map(tuple, connection.exec_driver_sql("SELECT * FROM publishers")))
            scores = connection.exec_driver_sql("SELECT id, heat, quality FROM articles").all()
        said = {
            (row.place, column, word)
            for row in rows
            for column in ("title", "excerpt", "provider")
            for word in tokens(getattr(row, column))
        }
        filters = {(row.place, "origin", word) for row in rows for word in origin(row.provider, row.host)}
        assert inside == said | filters
        assert {word for *_, word in said} <= known
        counted: dict[tuple[str, str], int] = {}
        for row in rows:
            counted[row.provider, row.host] = counted.get((row.provider, row.host), 0) + 1
        assert published == sorted((*key, number) for key, number in counted.items())
        assert [row.place for row in sorted(rows, key=lambda row: (row.published_at, row.id))] == sorted(
            row.place for row in rows
        )
        documents = self.library.by_ids([row.id for row in scores])
        assert {row.id: (row.heat, row.quality) for row in scores} == {
            key: (each.heat, each.quality) for key, each in documents.items()
        }


def indexed(connection: Connection) -> set[tuple[int, str, str]]:
    """The places, columns and words that the index has."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("CREATE VIRTUAL TABLE temp.said USING fts5vocab(main, articles_text, instance)")
        found = {tuple(row) for row in connection.exec_driver_sql("SELECT -doc, col, term FROM temp.said")}
        connection.exec_driver_sql("DROP TABLE temp.said")
        connection.exec_driver_sql("INSERT INTO articles_text(articles_text) VALUES ('integrity-check')")
        # SQLite takes signs that it does not know yet for letters.
        return {row for row in found if row[2] == MARK or any(letter.isalnum() for letter in row[2])}
    columns = {"A": "title", "B": "excerpt", "C": "provider", "D": "origin"}
    query = (
        "SELECT place, coalesce(weight, 'D') AS weight, lexeme FROM articles_text, unnest(words) AS word "
        "LEFT JOIN LATERAL unnest(word.weights) AS weight ON true"
    )
    rows = connection.exec_driver_sql(query).all()
    times = {(row.place, row.lexeme) for row in rows if row.lexeme[0] == "\ue002"}
    assert times == {(row.place, word) for row in rows for word in wordlists.times(row.place)}
    texts = connection.exec_driver_sql("SELECT place, title, excerpt, provider FROM articles WHERE current").all()
    pairs = {(row.place, row.lexeme) for row in rows if row.lexeme[0] == "\ue003"}
    assert pairs == {(place, word) for place, *said in texts for word in wordlists.pairs(*said)}
    return {(row.place, columns[row.weight], row.lexeme) for row in rows if row.lexeme[0] not in "\ue002\ue003"}


def origin(provider: str, host: str) -> set[str]:
    """What the index has of where an article comes from."""
    labels = host.split(".")
    domains = (".".join(labels[n:]) for n in range(len(labels)))
    return {MARK, *(f"{MARK}{value.encode().hex()}" for value in (provider, *domains))}


SOURCES = st.sampled_from(["folder:/a", "folder:/b", "feed:https://f.example.com/feed"])
NAMES = st.integers(0, 5)
HOURS = st.integers(0, 4)
EVENTS = st.one_of(
    st.tuples(
        st.just("file"), SOURCES, NAMES, st.tuples(*[st.sampled_from(WORDS[:4])] * 2), HOURS, st.integers(-1, 200)
    ),
    st.tuples(st.just("withdraw"), SOURCES, NAMES),
    st.tuples(st.just("prune"), HOURS),
    st.tuples(st.just("judge")),
)


@given(st.lists(EVENTS, max_size=25))
@SMALL
def test_the_index_is_what_the_articles_are_whatever_happens(
    new_database: NewDatabase, events: list[tuple[Any, ...]]
) -> None:
    with new_database() as url:
        shelf = Shelf(Library.open(url))
        for what, *arguments in events:
            getattr(shelf, what)(*arguments)
        shelf.check()
        shelf.library.close()


def test_a_number_of_any_size_is_kept(library: Library) -> None:
    put(library, [article("Pears", heat=10**30, quality=-(10**30))])
    (hit,) = search.search(library, Sought(("pears",))).hits
    found = library.article(hit.article.url)
    assert found is not None
    assert (found.heat, found.quality) == (10**30, -(10**30))
    assert (hit.article.heat, hit.article.quality) == (10**9, -(10**9))


def whole(each: Article) -> str:
    """The document of an article as it was stored when it still said all that the columns say."""
    left_out = {"path", "kind", "news_value", "related"}
    return article_json().dump_json(each, exclude=left_out, exclude_defaults=True).decode()


def old_library(path: Path, made: list[Article]) -> str:
    """A library of the step before, with articles."""
    new = Library.open(f"sqlite:///{path / 'new.db'}")
    put(new, made)
    intake.take_in(new, NOON)
    tables = ("related_articles", "articles", "story_keys", "story_links", "marks")
    with new.database.read() as connection:
        rows = {
            name: list(map(dict, connection.exec_driver_sql(f"SELECT * FROM {name}").mappings())) for name in tables
        }
    stored = new.by_ids([row["id"] for row in rows["articles"]])
    for row in rows["articles"]:
        row["document"] = whole(stored[row["id"]])
    new.close()
    url = f"sqlite:///{path / 'old.db'}"
    database = Database(url)
    database.upgrade(replace(stores.MIGRATIONS, head="library_0005"))
    with database.write() as connection:
        for name in tables:
            for row in rows[name]:
                kept = {
                    key: value
                    for key, value in row.items()
                    if key not in ("place", "host", "heat", "quality", "title_code")
                }
                columns, values = ", ".join(kept), ", ".join(f":{key}" for key in kept)
                connection.exec_driver_sql(f"INSERT INTO {name} ({columns}) VALUES ({values})", kept)
        connection.exec_driver_sql(
            "INSERT INTO articles_text(rowid, title, excerpt, provider) SELECT id, title, excerpt, provider FROM articles"
        )
    database.close()
    return url


def test_a_library_of_before_is_searched_as_if_it_were_made_now(tmp_path: Path) -> None:
    made = sample.articles(NOON)
    old = Library.open(old_library(tmp_path, made))
    new = Library.open(f"sqlite:///{tmp_path / 'new.db'}")
    Shelf(old).check()
    with old.database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA freelist_count").scalar() == 0  # what was free is given back
    for asked in ("fjord 4", "robotics", "", "source:example.com", "camra", "robo"):
        ours, theirs = (
            Desk(each, Catalogue.builtin()).answer(read(asked, Catalogue.builtin(), NOON), NOON) for each in (old, new)
        )
        assert ours == theirs, asked
        assert ours.total or ours.suggestions
    old.close()
    new.close()


def test_a_migration_that_is_cut_off_changes_nothing_and_is_made_the_next_time(tmp_path: Path) -> None:
    url = old_library(tmp_path, [article("Pears"), article("Bananas", hours=3)])
    database = Database(url)

    @event.listens_for(database._engine, "before_cursor_execute")
    def cut(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "INSERT INTO articles_text" in statement:
            raise RuntimeError("the power is gone")

    with pytest.raises(RuntimeError, match="the power is gone"):
        Library(database)
    database.close()
    as_before = Database(url)
    as_before.upgrade(replace(stores.MIGRATIONS, head="library_0005"))
    with as_before.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM articles_text('pears')").scalar() == 1
    as_before.close()
    library = Library.open(url)
    Shelf(library).check()
    library.close()


# --- by an index


@contextmanager
def watched(library: Library) -> Iterator[list[tuple[str, Any]]]:
    """The statements that are executed in the meantime."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not statement.startswith("BEGIN"):  # which PostgreSQL's driver says by itself
            seen.append((statement, parameters))

    event.listen(library.database._engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(library.database._engine, "before_cursor_execute", note)


WALKS = re.compile(r"SCAN articles\b(?! USING COVERING INDEX articles_place)|articles_published_at \(current=\?\)$")


def test_nothing_that_people_touch_walks_the_library(sqlite_library: Library) -> None:
    library = sqlite_library
    put(library, sample.articles(NOON))
    catalogue = Catalogue.builtin()
    desk = Desk(library, catalogue)
    desk.take_in(NOON)
    with watched(library) as seen:
        for asked in (
            "fjord 4",
            "robotics",
            "",
            "-zinc since:2d",
            "robots source:tidewater -source:lantern sort:hot",
            "fjrod source:nobody",
            "source:lantrn.example.com",
        ):
            answer = desk.answer(read(asked, catalogue, NOON), NOON)
            names = desk.handles(scored.lead.url for scored in answer.stories)
            desk.again(Query(), list(names.values())[:3])
        desk.about(answer.stories[0].lead.url if answer.stories else sample.articles(NOON)[0].url)
        library.newest()
        library.told("daily")
    plans: dict[str, list[str]] = {}
    with library.database.read() as connection:
        for statement, parameters in seen:
            newest = "ORDER BY articles.published_at DESC" in statement and "LIMIT" in statement
            if statement.lstrip().startswith(("SELECT", "WITH")) and not newest:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                plans[statement] = [row.detail for row in plan]
    assert len(plans) > 10
    assert not [(statement, plan) for statement, plan in plans.items() if any(map(WALKS.search, plan))]


# --- the top of all


def top_of_everything(desk: Desk) -> list[tuple[str, float]]:
    """The stories of the last two days in order, by reading and scoring all of them."""
    library, newest = desk.library, desk.library.newest()
    assert newest is not None
    since = (newest - timedelta(days=2)).replace(second=0, microsecond=0)
    found = storybook.window(library, since, newest)
    within = [a for a in found.articles if a.published_at >= since]
    context = Context(newest, timedelta(days=2), standings=ranking.standings(within))
    scored = [
        desk._score(story, desk.catalogue.match_story(story), EDITOR, context)
        for story in stories.assemble(found.articles, found.links, found.ids)
        if story.lead.kind not in newsworthy.JUNK and max(a.published_at for a in story.articles) >= since
    ]
    return [(each.story.id, each.score) for each in ranking.ordered(scored)]


@pytest.mark.parametrize("what", ["generated", "sample"])
def test_the_top_is_that_of_reading_everything(library: Library, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(library, news.articles(1200, timedelta(days=6)) if what == "generated" else sample.articles(NOON))
    desk = Desk(library, Catalogue.builtin())
    desk.take_in(news.END)
    read_of = []
    reading = storybook.stories_by_key

    def noting(library: Library, keys: Any) -> Any:
        read_of.extend(keys)
        return reading(library, keys)

    wanted = top_of_everything(desk)
    monkeypatch.setattr(storybook, "stories_by_key", noting)
    for limit in (5, 20):
        answer = desk.answer(Query(), NOON + timedelta(days=2), limit=limit)
        assert [(each.story.id, each.score) for each in answer.stories] == wanted[:limit]
        assert answer.total == len(wanted)
    if what == "generated":
        assert len(set(read_of)) < len(wanted) / 2


def test_an_answer_is_remembered_until_the_library_changes(library: Library) -> None:
    put(library, [article("Pears are green")])
    desk = Desk(library, Catalogue.builtin())
    desk.take_in(NOON)
    for query in (Query(), Query(("pears",))):
        first = desk.answer(query, NOON)
        assert desk.answer(query, NOON + timedelta(seconds=59)) is first
        assert desk.answer(query, NOON + timedelta(minutes=1)) is not first
        assert desk.answer(query, NOON, limit=3) is not first
        assert first.total == 1
        put(library, [article("More pears", hours=2)], "folder:/other")
        assert desk.answer(query, NOON).total == 2
        library.withdraw("folder:/other", [article("More pears").url])
        assert desk.answer(query, NOON).total == 1
    put(library, [article("Pears are green", heat=99)])
    assert desk.answer(Query(("pears",)), NOON).stories[0].lead.heat == 99


def test_fifty_who_ask_at_once_get_the_same_and_it_is_worked_out_once(library: Library) -> None:
    put(library, sample.articles(NOON))
    desk = Desk(library, Catalogue.builtin())
    desk.take_in(NOON)
    with watched(library) as seen:
        alone = Desk(library, desk.catalogue).answer(Query(), NOON)
    needed = len(seen)
    answers: list[Answer] = []
    with watched(library) as seen:
        threads = [threading.Thread(target=lambda: answers.append(desk.answer(Query(), NOON))) for _ in range(50)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    assert answers == [alone] * 50
    assert len(seen) == needed + 49  # the others ask but what the library's version is


@pytest.mark.parametrize("at_once", [1, 2])
def test_who_came_first_has_the_first_turn(at_once: int) -> None:
    turns, order, inside = Turns(at_once), list[int](), list[int]()
    go = threading.Event()

    def take(number: int) -> None:
        with turns:
            order.append(number)
            inside.append(number)
            assert len(inside) <= at_once
            go.wait()
            inside.remove(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(12)]
    for number, each in enumerate(threads):
        each.start()
        while len(order) + len(turns._waiting) <= number:  # one after the other
            threading.Event().wait(0.001)
    assert order == list(range(at_once))
    go.set()
    for each in threads:
        each.join()
    assert sorted(order) == list(range(12))
    if at_once == 1:  # of two that have their turn together, either may be the first to say so
        assert order == list(range(12))
    with pytest.raises(LibraryError), turns:
        raise LibraryError("no")
    with ExitStack() as all_of_them:
        for _ in range(at_once):
            all_of_them.enter_context(turns)
        assert turns._free == 0


def test_what_fails_is_not_remembered() -> None:
    recent = Recent[int](2)

    def fail() -> int:
        raise LibraryError("no")

    with pytest.raises(LibraryError):
        recent.get("a", fail)
    assert recent.get("a", lambda: 1) == 1
    assert recent.get("a", lambda: 2) == 1
    assert [recent.get(key, lambda: 3) for key in "bc"] == [3, 3]
    assert recent.get("a", lambda: 4) == 4
