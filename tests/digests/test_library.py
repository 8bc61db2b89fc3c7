"""The library's database: migrations, times, editions, search, and clear errors."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import MetaData, select, text

from digests.errors import LibraryError
from digests.library import Filed, Library, Stamp, schema, store
from digests.library.search import Sought, correct, near_publisher, publishers, saying, search
from digests.models import Article, Edition, ScoredStory, Section, Story, Tally
from tests.making import NOON, article


def put(library: Library, *articles: Article) -> None:
    library.put("test", [Filed(each.url, Stamp(1, 1, "x"), each) for each in articles])


def test_the_newest_migration_is_the_one_the_library_wants() -> None:
    config = Config()
    config.set_main_option("script_location", str(store.MIGRATIONS.folder))
    assert ScriptDirectory.from_config(config).get_current_head() == store.MIGRATIONS.head


def test_migrations_make_the_tables_that_the_code_names(library: Library) -> None:
    found = MetaData()
    with library.database.read() as connection:
        found.reflect(connection)
    for name, table in schema.metadata.tables.items():
        assert [c.name for c in found.tables[name].columns] == [c.name for c in table.columns]
        assert {i.name for i in found.tables[name].indexes} == {i.name for i in table.indexes}


def test_it_runs_in_wal_mode_and_opens_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    first = Library.open(url)
    put(first, article("Apples"))
    second = Library.open(url)
    assert second.count() == 1
    with second.database.read() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "cannot be read"),
        ("mysql://me:hunter2@db.example.com/x", "is neither SQLite nor PostgreSQL"),
        ("postgresql+psycopg://me:hunter2@/x?host=/nowhere/at/all", "(?i)is the server running"),
        ("postgresql+psycopg://me:hunter2@db.example.com", "names no database"),
        ("sqlite://", "needs a file"),
        ("sqlite:////nowhere/at/all/x.db", "is not there"),
    ],
)
def test_clear_errors(url: str, said: str) -> None:
    with pytest.raises(LibraryError, match=said) as caught:
        Library.open(url)
    assert "hunter2" not in str(caught.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"not a database at all, and long enough to be looked at" * 20)
    with pytest.raises(LibraryError, match="not a database"):
        Library.open(f"sqlite:///{tmp_path / 'x.db'}")


def test_a_newer_database_is_refused_untouched(database_url: str) -> None:
    opened = Library.open(database_url)
    with opened.database.write() as connection:
        connection.execute(text("UPDATE library_version SET version_num = 'library_9999'"))
    opened.close()
    with pytest.raises(LibraryError, match="newer Heatline"):
        Library.open(database_url)


def test_a_failed_write_leaves_nothing(library: Library) -> None:
    broken = article("Bananas", published_at=datetime(2026, 1, 1))  # noqa: DTZ001  # naive on purpose
    with pytest.raises(LibraryError, match="naive time"):
        put(library, article("Apples"), broken)
    assert library.count() == 0


def test_a_text_with_a_nul_stops_nothing(library: Library) -> None:
    odd = article("Apples\0and pears", excerpt="A\0B", url="https://a.example.com/odd")
    put(library, odd, article("Bananas"))
    titles = {each.title.replace("\0", "\ufffd") for each in library.articles()}  # PostgreSQL keeps no NUL
    assert titles == {"Apples\ufffdand pears", "Bananas"}
    (hit,) = search(library, Sought(("pears",))).hits
    assert hit.article.url == odd.url
    put(library, odd)
    assert library.count() == 2


def test_times_come_back_aware_and_equal(library: Library) -> None:
    put(library, article("Apples", published_at=NOON.replace(microsecond=123456)))
    assert library.articles()[0].published_at == NOON.replace(microsecond=123456)
    assert library.newest() == NOON.replace(microsecond=123456)


def test_a_span_of_time_includes_its_ends(library: Library) -> None:
    put(library, *(article(f"Story {hours}", hours=hours) for hours in (1, 2, 3, 4)))
    titles = [each.title for each in library.articles(NOON - timedelta(hours=3), NOON - timedelta(hours=2))]
    assert titles == ["Story 2", "Story 3"]


def edition(*titles: str, slot: datetime = NOON) -> Edition:
    stories = tuple(
        ScoredStory(Story(title, article(title, secured="AA;BB"), (article(f"{title} again"),)), 1.0)
        for title in titles
    )
    return Edition("daily", "AI digest", slot, slot, "UTC", (Section(None, stories),), tally=Tally(2, 1, 1))


def test_an_edition_is_frozen_once(library: Library) -> None:
    first = library.freeze(edition("Apples"))
    second = library.freeze(edition("Bananas"))
    assert first == second
    assert first.stories[0].lead.title == "Apples"
    assert first.stories[0].lead.secured is None
    assert library.edition("daily", NOON) == first
    assert library.edition("daily", NOON + timedelta(days=1)) is None


def test_what_an_edition_told_is_remembered_with_its_coverage(library: Library) -> None:
    library.freeze(edition("Apples"))
    assert library.told("daily") == dict.fromkeys((article("Apples").url, article("Apples again").url), NOON)
    assert library.told("weekly") == {}


def test_search_finds_words_phrases_and_beginnings(library: Library) -> None:
    put(
        library,
        article("Police test facial recognition in Oxford Street"),
        article("Recognition for a facial surgeon", excerpt="A prize."),
        article("Café robots pour coffee", provider="The Guardian"),
    )
    phrase = search(library, Sought(phrases=("facial recognition",)))
    assert [hit.article.title[:6] for hit in phrase.hits] == ["Police"]
    assert len(search(library, Sought(("facial", "recognition"))).hits) == 2
    assert [hit.article.title for hit in search(library, Sought(("cafe", "coff"))).hits] == ["Café robots pour coffee"]
    assert len(search(library, Sought(groups=(("facial recognition", "coffee"),))).hits) == 2
    assert len(search(library, Sought(("guardian",))).hits) == 1
    assert search(library, Sought(("zebra",))).hits == ()


def test_misspelt_words_are_mended(library: Library) -> None:
    put(library, article("Facial recognition in Oxford Street"))
    assert correct(library, "facail recogniton") == "facial recognition"
    assert correct(library, "facial recognition") is None
    assert correct(library, "qqqqqq") is None


HOSTILE = [
    '"',
    '""',
    "*",
    "a*",
    "NEAR(a b)",
    "a AND",
    "{title}: x",
    "-",
    "^a",
    "a:b",
    "\x00",
    "((",
    "'; DROP TABLE articles; --",
    'a"b" OR "c',
    'apples" OR provider : "x',
]


@given(st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(HOSTILE))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_question_is_answered(library: Library, question: str) -> None:
    if not library.count():
        put(library, article("Apples"))
    words = tuple(question.split())
    search(library, Sought(words, (question,), ((question, "apples"),), words))
    search(library, Sought(without=(question,), sources=publishers(library, (question,))))
    saying(library, words, {article("Apples").url})
    near_publisher(library, question)
    correct(library, question)
    with library.database.read() as connection:
        assert connection.execute(select(schema.articles.c.title)).scalars().all() == ["Apples"]


@pytest.mark.parametrize("size", [4096, 8192])
def test_a_file_keeps_the_size_of_its_pages(tmp_path: Path, size: int) -> None:
    file = tmp_path / "library.db"
    if size == 4096:
        with closing(sqlite3.connect(file)) as made:
            made.execute("PRAGMA page_size = 4096")
            made.execute("CREATE TABLE something (id)")
    library = Library.open(f"sqlite:///{file}")
    put(library, article("Pears"))
    assert library.count() == 1
    library.close()
    with closing(sqlite3.connect(file)) as found:
        assert found.execute("PRAGMA page_size").fetchone() == (size,)
