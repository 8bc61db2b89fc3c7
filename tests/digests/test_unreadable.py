"""Stored rows that cannot be read back: at every door they are told and left out, stop nothing else, and stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from digests import intake
from digests.articles import dump
from digests.desk import Desk
from digests.errors import LibraryError
from digests.export import Exported, export
from digests.library import Filed, Library, Stamp, Unreadable, feedbook, store, storybook
from digests.library.dialects import as_bytes
from digests.library.schema import articles as article_rows
from digests.library.schema import contents, editions, related_articles, story_keys, story_links
from digests.models import Article, DigestSpec
from digests.query import Query
from digests.sync import source_of, sync
from digests.topics import Catalogue
from playground.feeds import FeedServer, rss
from tests.digests.test_newsfeeds import Puller
from tests.making import NOON, article

SPEC = DigestSpec("daily", topics=("ai", "robotics"))
BROKEN = {
    "cut off": b'{"url": "https://a.exa',
    "empty": b"",
    "no text": b"\xff\xfe\x00robots",
    "no article": b'{"url": 1, "shape": "of another version"}',
    "deep": b"[" * 100_000,
}
TITLES = [
    "Halden Labs releases robot Fjord 4 and cuts prices by half",
    "Robot Fjord 4: Halden Labs cuts prices by half with its newest release",
    "Halden Labs cuts prices by half as robot Fjord 4 is released",
]
NEWS = [article(title, hours=5 - n, provider="ABC"[n]) for n, title in enumerate(TITLES)]
BAD = NEWS[1]


@pytest.fixture
def told(library: Library, monkeypatch: pytest.MonkeyPatch) -> list[Unreadable]:
    found: list[Unreadable] = []
    monkeypatch.setattr(library, "_tell", found.append)
    return found


def put(library: Library, news: list[Article], source: str = "folder:/news") -> None:
    library.put(source, [Filed(f"{each.title[:20]}.md", Stamp(1, 1, "x"), each) for each in news])


def write(library: Library, document: bytes, url: str = BAD.url) -> None:
    """Write bytes over an article's document, as a failing disk does: what the column says of their type is no matter."""
    with library.database.write() as connection:
        if library.database.dialect == "sqlite":
            connection.exec_driver_sql("UPDATE articles SET document = CAST(? AS TEXT) WHERE url = ?", (document, url))
        elif b"\x00" in document:
            pytest.skip("PostgreSQL keeps nothing that is no text")
        else:
            connection.execute(update(article_rows).where(article_rows.c.url == url).values(document=document.decode()))


def stored(library: Library, url: str = BAD.url) -> bytes:
    with library.database.read() as connection:
        said = connection.execute(select(as_bytes(article_rows.c.document)).where(article_rows.c.url == url))
        return bytes(said.scalar_one())


def ids(library: Library) -> list[int]:
    with library.database.read() as connection:
        return list(connection.execute(select(article_rows.c.id)).scalars())


def titles(found: object) -> set[str]:
    return {each.title for each in found}  # type: ignore[attr-defined]


def _window(library: Library) -> storybook.Window:
    return storybook.window(library, NOON - timedelta(days=2), NOON)


def _reports(library: Library) -> set[str]:
    return {a.title for _, reports in storybook.stories_of(library, [each.url for each in NEWS]) for a in reports}


def _edition(library: Library) -> set[str]:
    edition = Desk(library, Catalogue.builtin()).edition(SPEC, NOON, NOON)
    return {a.title for scored in (*edition.stories, *edition.more) for a in scored.story.articles}


def _answer(library: Library, question: str) -> set[str]:
    answer = Desk(library, Catalogue.builtin()).answer(Query(tuple(question.split())), NOON)
    return {a.title for scored in answer.stories for a in scored.story.articles}


DOORS: dict[str, Callable[[Library], set[str]]] = {
    "articles": lambda library: titles(library.articles()),
    "by ids": lambda library: titles(library.by_ids(ids(library)).values()),
    "one by one": lambda library: titles(filter(None, (library.article(each.url) for each in NEWS))),
    "files": lambda library: titles(article for _, article in library.files("folder:/news")),
    "window": lambda library: titles(_window(library).articles),
    "stories": _reports,
    "edition": _edition,
    "answer": lambda library: _answer(library, "fjord"),
    "answer about a topic": lambda library: _answer(library, "robotics"),
    "top": lambda library: _answer(library, ""),
    "original": lambda library: {
        scored.lead.title
        for scored in Desk(library, Catalogue.builtin()).edition(replace(SPEC, ranking="original"), NOON, NOON).stories
    },
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("door", DOORS)
def test_what_can_be_read_is_read(library: Library, told: list[Unreadable], door: str, how: str) -> None:
    put(library, NEWS)
    intake.take_in(library, NOON)
    before = DOORS[door](library)
    assert before == titles(NEWS)
    write(library, BROKEN[how])
    assert DOORS[door](library) == before - {BAD.title}
    assert DOORS[door](library) == before - {BAD.title}
    assert [(each.what, each.source) for each in told] == [(BAD.url, "folder:/news")]
    assert stored(library) == BROKEN[how]


def test_an_answer_of_so_many_stories_has_as_many_that_can_be_read(library: Library) -> None:
    put(library, [replace(each, quality=100 if each is BAD else 50) for each in NEWS])
    desk = Desk(library, Catalogue.builtin())
    assert desk.answer(Query(("robot",)), NOON, limit=1).stories[0].lead.title == BAD.title
    write(library, BROKEN["cut off"])
    answer = Desk(library, Catalogue.builtin()).answer(Query(("robot",)), NOON, limit=1)  # nothing that it remembers
    assert (answer.total, len(answer.stories)) == (2, 1)
    assert answer.stories[0].lead.title != BAD.title


@pytest.mark.parametrize("source", ["folder:/news", "feed:https://a.example.com/feed"])
@pytest.mark.parametrize("how", BROKEN)
def test_one_that_waits_stops_no_other(library: Library, told: list[Unreadable], how: str, source: str) -> None:
    put(library, NEWS, source)
    write(library, BROKEN[how])
    assert intake.take_in(library, NOON) == len(NEWS)
    assert len(told) == 1
    assert intake.take_in(library, NOON) == 0
    assert not library.unjudged(intake.JUDGEMENT)
    assert titles(_window(library).articles) == {TITLES[0], TITLES[2]}
    assert len(set(_window(library).ids.values())) == 1
    assert storybook.story_of(library, BAD.url) is None
    assert stored(library) == BROKEN[how]
    put(library, [BAD], source)  # filed again it is an article like others
    assert intake.take_in(library, NOON) == 1
    assert titles(_window(library).articles) == titles(NEWS)
    assert len(set(_window(library).ids.values())) == 1


def test_more_than_a_batch_that_wait_stop_no_other(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "_BATCH", 1)
    put(library, NEWS)
    for each in NEWS[:2]:
        write(library, b"{", each.url)
    assert intake.take_in(library, NOON) == 3
    assert set(_window(library).ids) == {NEWS[2].url}


@pytest.mark.parametrize("lost", NEWS)
def test_a_story_goes_on_without_the_one_that_is_lost(library: Library, lost: Article) -> None:
    put(library, NEWS)
    intake.take_in(library, NOON)
    story = storybook.story_of(library, lost.url)
    assert story is not None
    write(library, BROKEN["cut off"], lost.url)
    with library.database.write() as connection:  # it is judged anew, and so are the others
        connection.execute(article_rows.update().values(judged=0))
    intake.take_in(library, NOON)
    assert {storybook.story_of(library, each.url) for each in NEWS if each is not lost} == {story}
    assert storybook.story_of(library, lost.url) is None
    assert storybook.changes(library, story) == ()
    with library.database.read() as connection:
        row = connection.execute(select(article_rows.c.id).where(article_rows.c.url == lost.url)).scalar_one()
        assert row not in set(connection.execute(select(story_keys.c.article)).scalars())
        assert row not in {
            each for pair in connection.execute(select(story_links.c.a, story_links.c.b)) for each in pair
        }


@pytest.mark.parametrize("taken_in", ["before", "after", "never"])
@pytest.mark.parametrize("how", ["cut off", "no article"])
def test_a_sync_reads_the_file_again(library: Library, tmp_path: Path, taken_in: str, how: str) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for n, each in enumerate(NEWS):
        (folder / f"{n}.md").write_text(dump(each), encoding="utf-8")
    assert sync(library, [folder]).loaded == 3
    if taken_in == "before":
        intake.take_in(library, NOON)
    write(library, BROKEN[how])
    if taken_in == "after":
        intake.take_in(library, NOON)
    elif how == "no article":
        library.articles()  # what is JSON is known not to be an article when it is read
    another = Library.open(str(library.database)) if taken_in == "after" else library  # which knows of no trouble yet
    report = sync(another, [folder])
    if another is not library:
        another.close()
    assert (report.loaded, report.unchanged, report.withdrawn) == (1, 2, 0)
    assert not library.unreadable()
    intake.take_in(library, NOON)
    assert titles(_window(library).articles) == titles(NEWS)
    assert len(set(_window(library).ids.values())) == 1
    write(library, BROKEN["cut off"])
    (folder / "1.md").unlink()
    assert sync(library, [folder]).withdrawn == 1
    assert library.stamps(source_of(folder)).keys() == {"0.md", "2.md"}


async def test_feeds_go_on_and_file_again_what_they_have(library: Library, told: list[Unreadable]) -> None:
    with FeedServer().running() as server:
        urls = [server.put("/one", rss(NEWS[:2])), server.put("/two", rss(NEWS[2:]))]
        pull = Puller(library, *urls)
        assert (await pull()).loaded == 3
        write(library, BROKEN["cut off"])
        more = article("A robot walks to Osaka", hours=0.5)
        server.put("/one", rss([*NEWS[:2], replace(NEWS[0], url="https://a.example.com/new", title="Robots rest")]))
        server.put("/two", rss([*NEWS[2:], more]))
        report = await pull()
        assert (report.loaded, report.troubled) == (3, ())
        assert [each.what for each in told] == [BAD.url]
        assert {BAD.title, more.title, "Robots rest"} <= pull.titles
        assert not library.unreadable()
        assert {each.state.failures for each in feedbook.health(library, pull.now)} == {0}


def test_an_export_tells_what_is_not_in_it(library: Library, tmp_path: Path) -> None:
    put(library, NEWS)
    write(library, BROKEN["cut off"])
    done = export(library, tmp_path / "out")
    assert isinstance(done, Exported)
    assert done.written == 2
    assert [each.what for each in done.left_out] == [BAD.url]
    assert len(list((tmp_path / "out").rglob("*.md"))) == 2


def test_an_article_comes_without_the_listed_one_that_is_lost(
    library: Library, told: list[Unreadable], tmp_path: Path
) -> None:
    listed = [article("Listed one"), article("Listed two")]
    whole = replace(BAD, related=tuple(replace(each, path=None) for each in listed))
    put(library, [whole])
    with library.database.write() as connection:
        where = related_articles.c.document.contains("Listed two")
        connection.execute(related_articles.update().where(where).values(document="{"))
    (found,) = library.articles()
    assert [each.title for each in found.related] == ["Listed one"]
    assert "1 of the articles it lists" in str(told[0])
    assert len(export(library, tmp_path / "out").left_out) == 1
    put(library, [whole])
    assert not library.unreadable()
    assert library.articles()[0] == replace(found, related=whole.related)


@pytest.mark.parametrize("ids", ["x", "99", "9" * 40, "1 \x00"])
def test_a_list_that_is_none(library: Library, told: list[Unreadable], ids: str) -> None:
    put(library, NEWS)
    with library.database.write() as connection:
        connection.execute(article_rows.update().where(article_rows.c.url == BAD.url).values(related=ids))
    assert titles(library.articles()) == titles(NEWS)
    assert [each.what for each in told] == [BAD.url]


def test_an_edition_that_was_made_is_not_made_anew(library: Library, told: list[Unreadable]) -> None:
    """Some channel may have it: another edition of the slot could tell other stories, or those again."""
    put(library, NEWS)
    desk = Desk(library, Catalogue.builtin())
    desk.frozen(SPEC, NOON, NOON)
    later = NOON + timedelta(days=1)
    with library.database.write() as connection:
        connection.execute(contents.update().values(document='{"name": "daily"'))
    desk = Desk(Library(library.database, told.append), Catalogue.builtin())  # as after a new start
    with pytest.raises(LibraryError, match=r"the edition daily of 23 Nov 2026 12:00 UTC cannot .* backup"):
        desk.frozen(SPEC, NOON, later)
    with pytest.raises(LibraryError, match="backup"):
        desk.why(BAD.url, SPEC, NOON, later)
    assert not told
    desk.frozen(SPEC, later, later)  # the next slot has its own
    assert [each.what for each in told] == ["the edition daily of 23 Nov 2026 12:00 UTC"]
    assert [each.what for each in library.unreadable()] == ["the edition daily of 23 Nov 2026 12:00 UTC"]
    with library.database.read() as connection:
        name = select(editions.c.content).order_by(editions.c.slot).limit(1).scalar_subquery()
        first = connection.execute(select(contents.c.document).where(contents.c.id == name)).scalar()
    assert first == '{"name": "daily"'


def test_nothing_of_a_sealed_body_is_told(library: Library, told: list[Unreadable]) -> None:
    put(library, NEWS)
    write(library, b'{"url": "https://a.example.com", "secured": ["U0VDUkVU;SVY="], "title": {"SECRET": 1}}')
    library.articles()
    assert told
    assert "SECRET" not in str(told[0]).upper().replace("SECURED", "")
    assert "U0VD" not in str(told[0])


def test_all_are_counted(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BATCH", 1)
    put(library, NEWS)
    assert library.unreadable() == ()
    for each in NEWS:
        write(library, b"{", each.url)
    assert {each.what for each in library.unreadable()} == {each.url for each in NEWS}
