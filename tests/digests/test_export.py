"""Export: what is written is what is read back, names and bytes; a folder with something in it is left alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from digests.articles import Reader
from digests.errors import SourceError
from digests.export import Exported, export
from digests.library import Filed, Library, Stamp
from digests.models import Article
from digests.sync import source_of, sync
from playground import sample
from tests.making import NOON, article


def content(library: Library) -> dict[str, Article]:
    """Every article by its file; how a file spells and orders its keys is no part of what it says."""

    def said(each: Article) -> Article:
        return replace(each, layout=(), related=tuple(map(said, each.related)))

    return {ref: said(each) for source in library.sources() for ref, each in library.files(source)}


def test_what_is_exported_is_the_same_library(library: Library, tmp_path: Path) -> None:
    news = sample.articles(NOON)
    library.put("folder:/news", [Filed(f"2026/{n}.md", Stamp(1, 1, "x"), each) for n, each in enumerate(news)])
    folder = tmp_path / "out"
    assert export(library, folder) == Exported(len(news), ())
    again = Library.open(f"sqlite:///{tmp_path / 'again.db'}")
    report = sync(again, [folder])
    assert (report.loaded, report.rejected) == (len(news), ())
    assert content(again) == content(library)
    again.close()


@pytest.mark.timeout(300)
def test_real_articles_come_back_byte_for_byte(library: Library, corpus: Path, tmp_path: Path) -> None:
    sync(library, [corpus])
    folder = tmp_path / "out"
    written = export(library, folder).written
    assert written == library.stored()
    again = Library.open(f"sqlite:///{tmp_path / 'again.db'}")
    assert sync(again, [folder]).rejected == ()
    assert dict(again.files(source_of(folder))) == dict(library.files(source_of(corpus)))
    again.close()


def test_several_sources_have_a_folder_each(library: Library, tmp_path: Path) -> None:
    for source in ("folder:/one/news", "folder:/two/news"):
        library.put(
            source, [Filed("a.md", Stamp(1, 1, "x"), article(source, url=f"https://{source[8:11]}.example.com"))]
        )
    folder = tmp_path / "out"
    assert export(library, folder) == Exported(2, ())
    paths = sorted(folder.rglob("*.md"))
    assert len({path.parent for path in paths}) == 2
    assert {Reader().read(path.read_bytes(), str(path)).title for path in paths} == {
        "folder:/one/news",
        "folder:/two/news",
    }


def test_a_folder_that_holds_something_is_left_alone(library: Library, tmp_path: Path) -> None:
    library.put("s", [Filed("a.md", Stamp(1, 1, "x"), article(hours=2))])
    kept = tmp_path / "kept.txt"
    kept.write_text("mine")
    with pytest.raises(SourceError, match="is not empty"):
        export(library, tmp_path)
    with pytest.raises(SourceError, match="is not empty"):
        export(library, kept)
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".txt"] == ["kept.txt"]
