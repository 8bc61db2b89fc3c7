"""What the library says now of articles that were told before: found by index, and only where it is another."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import event

from digests.library import Filed, Library, Stamp, feedbook, retold
from digests.library.feedbook import Seen, Settled
from digests.models import Article, Edition
from digests.sources.catalogue import Feed
from digests.sources.filing import ref_of
from tests.making import NOON, article

NEWS = tuple(
    replace(article(title), path=f"{n}.md") for n, title in enumerate(("Robots walk", "Robots run", "Robots sit"))
)
FEED = Feed("https://tidewater-post.example.com/feed", "Tidewater Post", "tidewater-post.example.com")


def put(library: Library, *news: Article, folder: str = "folder:/news") -> None:
    library.put(folder, [Filed(str(each.path), Stamp(1, 1, each.title), each) for each in news])


def test_what_stands_as_it_was_told_is_not_found(library: Library) -> None:
    put(library, *NEWS)
    assert retold.changed(library, NEWS) == {}
    assert retold.changed(library, ()) == {}


def test_another_title_and_another_address_of_a_file_are_found(library: Library) -> None:
    put(library, *NEWS)
    walk, run, sit = NEWS
    now = (replace(walk, title="Robots dance"), replace(run, url=f"{run.url}-fast"))
    put(library, *now)
    library.withdraw("folder:/news", [str(sit.path)])
    assert retold.changed(library, NEWS) == {walk.url: now[0], run.url: now[1]}


def test_a_file_of_that_name_in_two_folders_is_nobodys(library: Library) -> None:
    for folder in ("folder:/a", "folder:/b", "other:/c"):
        put(library, replace(NEWS[0], url=f"https://example.com/{folder[-1]}"), folder=folder)
    assert retold.changed(library, NEWS[:1]) == {}
    library.withdraw("folder:/b", [str(NEWS[0].path)])
    assert retold.changed(library, NEWS[:1])[NEWS[0].url].url == "https://example.com/a"


def test_the_address_that_a_feed_has_for_its_article_is_found_where_it_is_another(library: Library) -> None:
    same, other = NEWS[:2]
    (state,) = feedbook.claim(library, [FEED], "pull", NOON)
    seen = (Seen(same.url, "", NOON, same.url), Seen(f"{other.url}/there", "", NOON, other.url))
    files = tuple(Filed(ref_of(each.url), Stamp(0, 0), each) for each in (same, other))
    feedbook.settle(library, "pull", [Settled(state, seen=seen, files=files)], NOON)
    assert retold.addresses(library, [same.url, other.url, "https://example.com/unknown"]) == {
        other.url: f"{other.url}/there"
    }


def test_an_address_is_told_once_by_the_first_edition_that_did(library: Library) -> None:
    first = library.freeze(Edition("daily", "AI digest", NOON, NOON, "UTC", ()))
    second = library.freeze(replace(first, slot=NOON + timedelta(days=1)))
    retold.tell(library, first, ["https://example.com/a"])
    retold.tell(library, second, ["https://example.com/a", "https://example.com/b"])
    retold.tell(library, second, [])
    assert library.told("daily") == {"https://example.com/a": NOON, "https://example.com/b": second.slot}


def test_no_look_walks_the_library(sqlite_library: Library) -> None:
    library = sqlite_library
    put(library, *NEWS)
    asked: list[tuple[str, object]] = []
    engine = library.database._engine
    event.listen(engine, "before_cursor_execute", lambda *of: asked.append((of[2], of[3])))
    told = [*NEWS, replace(NEWS[0], url="https://example.com/gone"), replace(NEWS[1], title="As it was")]
    assert retold.changed(library, told)
    retold.addresses(library, [each.url for each in told])
    with library.database.read() as connection:
        looks = [(what, given) for what, given in asked if what.startswith("SELECT")]
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {what}", given).all() for what, given in looks]
    steps = " / ".join(step.detail for plan in plans for step in plan)
    assert "SEARCH articles USING INDEX articles_url (url=?)" in steps
    assert "(source=? AND ref=?)" in steps
    assert "feed_items_article (feed=? AND article=?)" in steps
    assert "SCAN" not in steps.replace("SCAN CONSTANT ROW", "")
    assert "articles_published_at" not in steps
