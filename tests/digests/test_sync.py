"""Content folders into the library: what is loaded, left alone, withdrawn and rejected, and that nothing stored is lost."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from digests.articles import Reader, dump
from digests.library import Library
from digests.library.search import Sought, search
from digests.models import Article
from digests.sources import folders
from digests.sync import source_of, sync
from tests.making import article
from tests.shared import needs_shared


def write(folder: Path, name: str, each: Article) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dump(each), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three articles, one of them in a folder below."""
    below = tmp_path / "news"
    write(below, "a.md", article("Apples"))
    write(below, "b.md", article("Bananas", related=(article("Cherries"),), secured="AA;BB", body="Text\n"))
    write(below, "deep/c.md", article("Cranberries"))
    return below


def counts(library: Library, *contents: Path) -> tuple[int, int, int, int]:
    report = sync(library, contents)
    return report.loaded, report.unchanged, report.withdrawn, len(report.rejected)


def test_new_changed_gone(library: Library, folder: Path) -> None:
    assert counts(library, folder) == (3, 0, 0, 0)
    assert counts(library, folder) == (0, 3, 0, 0)
    write(folder, "a.md", article("Apples", heat=200))
    assert counts(library, folder) == (1, 2, 0, 0)
    found = library.article(article("Apples").url)
    assert found is not None
    assert found.heat == 200
    (folder / "deep" / "c.md").unlink()
    assert counts(library, folder) == (0, 2, 1, 0)
    assert library.article(article("Cranberries").url) is None
    assert [hit.article.title for hit in search(library, Sought(("cranberries",))).hits] == []


def test_only_changed_files_are_parsed(library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sync(library, [folder])
    read: list[str | None] = []
    original = Reader.read
    monkeypatch.setattr(Reader, "read", lambda self, data, path=None: read.append(path) or original(self, data, path))
    sync(library, [folder])
    assert read == []
    write(folder, "a.md", article("Apples", heat=7))
    sync(library, [folder])
    assert [Path(str(path)).name for path in read] == ["a.md"]


def test_a_touched_file_is_unchanged(library: Library, folder: Path) -> None:
    sync(library, [folder])
    os.utime(folder / "a.md", ns=(1, 1))
    assert counts(library, folder) == (0, 3, 0, 0)
    assert library.stamps(source_of(folder))["a.md"].modified == 1


def test_nothing_is_lost_from_file_to_library_to_file(library: Library, folder: Path) -> None:
    sync(library, [folder])
    for name, stored in library.files(source_of(folder)):
        assert dump(stored) == (folder / name).read_text(encoding="utf-8")


BAD = {
    "no-front-matter.md": b"# Hello\n",
    "not-utf8.md": b"---\ntitle: \xff\n---\n",
    "no-title.md": b"---\npublishedDateTime: 2026-11-23\nwebUrl: https://x.example.com\n---\n",
    "alias-bomb.md": b"---\na: &a [x]\nb: [*a, *a]\n---\n",
    "deep.md": b"---\na: " + b"[" * 200_000 + b"\n---\n",
    "tag.md": b"---\ntitle: !!python/object/apply:os.system [echo]\n---\n",
    "date.md": b"---\ntitle: x\nwebUrl: https://x.example.com\npublishedDateTime: soon\n---\n",
}


def test_bad_files_are_rejected_and_the_rest_goes_in(library: Library, folder: Path) -> None:
    for name, data in BAD.items():
        (folder / name).write_bytes(data)
    with (folder / "huge.md").open("wb") as file:
        file.truncate(50_000_000)
    report = sync(library, [folder])
    assert report.loaded == 3
    assert not report.clean
    assert {Path(str(error.path)).name for error in report.rejected} == {*BAD, "huge.md"}
    assert all(error.reason for error in report.rejected)
    assert next(e.line for e in report.rejected if str(e.path).endswith("date.md")) == 4


def test_a_file_that_turns_bad_keeps_what_the_library_had(library: Library, folder: Path) -> None:
    sync(library, [folder])
    (folder / "a.md").write_text("broken", encoding="utf-8")
    assert counts(library, folder) == (0, 2, 0, 1)
    assert library.article(article("Apples").url) is not None
    assert counts(library, folder) == (0, 2, 0, 1)  # and it is looked at again


def test_a_missing_folder_withdraws_nothing(library: Library, folder: Path) -> None:
    sync(library, [folder])
    folder.rename(folder.with_name("away"))
    report = sync(library, [folder])
    assert report.missing
    assert not report.clean
    assert library.count() == 3


def test_odd_names_and_links_stop_nothing(library: Library, folder: Path) -> None:
    (folder / "loop.md").symlink_to("loop.md")
    (folder / "nothing.md").symlink_to("gone.md")
    os.mkfifo(folder / "pipe.md")
    odd = os.fsencode(folder) + b"/a\xff.md"
    Path(os.fsdecode(odd)).write_bytes((folder / "a.md").read_bytes())
    report = sync(library, [folder])
    assert report.loaded == 3
    assert report.missing == ()
    said = sorted(str(error).rpartition("/")[2] for error in report.rejected)
    assert said == [
        "a\\udcff.md: the file's name is not UTF-8: rename it",
        "loop.md: cannot be read: Too many levels of symbolic links",
    ]


def test_what_is_no_article_is_passed_over(library: Library, folder: Path) -> None:
    (folder / "README.md").write_text("# About", encoding="utf-8")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.md").write_text("x", encoding="utf-8")
    (folder / "topic.md").write_text("---\ntaxonomy: topic\nname: AI\n---\n", encoding="utf-8")
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    report = sync(library, [folder])
    assert (report.loaded, report.skipped, report.rejected) == (3, 1, ())


def test_one_address_in_two_files_is_one_article_with_the_newer_words(library: Library, folder: Path) -> None:
    old, new = article("Apples", hours=9), article("Apples", hours=2)
    write(folder, "a.md", replace(new, title="Apples are red"))
    write(folder, "z.md", old)
    sync(library, [folder])
    assert library.count() == 3
    found = library.article(old.url)
    assert found is not None
    assert found.title == "Apples are red"
    assert len(list(library.files(source_of(folder)))) == 4
    (folder / "a.md").unlink()  # the older words come back
    sync(library, [folder])
    found = library.article(old.url)
    assert found is not None
    assert found.title == "Apples"
    assert [hit.article.title for hit in search(library, Sought(("red",))).hits] == []


def test_an_article_that_moves_to_another_address(library: Library, folder: Path) -> None:
    sync(library, [folder])
    write(folder, "a.md", article("Apples", url="https://elsewhere.example.com/a"))
    assert counts(library, folder) == (1, 2, 0, 0)
    assert library.article(article("Apples").url) is None
    assert library.count() == 3


def test_folders_do_not_touch_each_other(library: Library, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write(other, "a.md", article("Dates"))
    sync(library, [folder, other])
    assert library.count() == 4
    (other / "a.md").unlink()
    assert counts(library, other) == (0, 0, 1, 0)
    assert library.count() == 3


def test_the_search_index_never_drifts(library: Library, folder: Path) -> None:
    sync(library, [folder])
    write(folder, "a.md", article("Avocados", url=article("Apples").url))
    write(folder, "b2.md", article("Bananas", hours=0.5))
    (folder / "deep" / "c.md").unlink()
    sync(library, [folder])
    if library.database.dialect == "sqlite":
        with library.database.write() as connection:
            connection.execute(text("INSERT INTO articles_text(articles_text, rank) VALUES ('integrity-check', 0)"))
    assert len(search(library, Sought(("bananas",))).hits) == 1
    assert [hit.article.title for hit in search(library, Sought(("avocados",))).hits] == ["Avocados"]
    assert search(library, Sought(("apples",))).hits == ()


@needs_shared
def test_the_whole_corpus(library: Library, corpus: Path) -> None:
    report = sync(library, [corpus])
    assert (report.loaded, report.skipped, report.rejected) == (6210, 16, ())
    assert library.count() == 6102  # 104 addresses stand in two files each, 4 of them in three or more files
    assert counts(library, corpus) == (0, 6210, 0, 0)
    reader = Reader()
    source = source_of(corpus)
    stored = dict(library.files(source))
    for found in folders.scan(corpus):
        filed = folders.read(found, reader)
        if filed is not None:
            assert stored[found.ref] == filed.article, found.ref
    day = library.articles(datetime(2020, 1, 9, tzinfo=UTC), datetime(2020, 1, 10, tzinfo=UTC))
    assert len(day) > 50
    assert day == tuple(sorted(day, key=lambda a: (-a.published_at.timestamp(), a.path or "")))
