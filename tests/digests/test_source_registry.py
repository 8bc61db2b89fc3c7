"""Sources behind their registry: settings name them, each kind is one row, and pulling them adds up what they did."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from digests.articles import dump
from digests.errors import LibraryError, SourceError
from digests.library import Filed, Library, Stamp
from digests.sources import gitclone
from digests.sources.registry import KINDS, Clone, Folder, Kind, Source, pull, source
from digests.sync import Progress, SyncReport
from tests.making import article

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@dataclass(frozen=True)
class Wire:
    """Another kind of source, as somebody would add it: one article from nowhere, and a problem if it is to have one."""

    place: str
    problem: str = ""

    @property
    def name(self) -> str:
        return f"wire:{self.place}"

    async def pull(self, library: Library, progress: Progress) -> SyncReport:
        progress(0, 1)
        await asyncio.sleep(0)
        library.put(self.name, [Filed("1", Stamp(0, 0, ""), article(f"Wire {self.place}"))])
        progress(1, 1)
        return SyncReport(loaded=1, missing=(f"{self.name}: {self.problem}",) if self.problem else ())


ALL = {**KINDS, "all": Kind(Wire)}


def news(folder: Path, *titles: str) -> Path:
    folder.mkdir(exist_ok=True)
    for title in titles:
        (folder / f"{title}.md").write_text(dump(article(title)), encoding="utf-8")
    return folder


def test_settings_name_sources(tmp_path: Path) -> None:
    assert source(str(tmp_path)) == Folder(tmp_path)
    assert source(f" folder:{tmp_path} ") == Folder(tmp_path)
    assert source(f"git:{tmp_path}") == Clone(tmp_path)
    assert source("news") == Folder(Path("news"))
    assert source(str(tmp_path)).name == source(f"git:{tmp_path}").name == f"folder:{tmp_path.as_posix()}"


def test_a_kind_without_a_place_is_its_bare_name() -> None:
    assert source(" all ", ALL) == Wire("")
    assert source("./all", ALL) == Folder(Path("all"))
    assert source("all") == Folder(Path("all"))


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("fodler:/news", "'fodler:/news': there is no kind of source 'fodler'; did you mean 'folder:/news'? "
                         "A folder of that name is './fodler:/news'"),
        ("s3:/news", "'s3:/news': there is no kind of source 's3'; there are folder, git, all. "
                     "A folder of that name is './s3:/news'"),
        ("git:", "'git:': no place; write one after the kind, such as 'git:/srv/news'. "
                 "A folder of that name is './git:'"),
        (" git ", "'git': no place; write one after the kind, such as 'git:/srv/news'. "
                  "A folder of that name is './git'"),
        ("  ", "'': no place; write one after the kind, such as 'folder:/srv/news'."),
        ("all:/news", "'all:/news': all have no place; write 'all' for all that the settings name. "
                      "A folder of that name is './all:/news'"),
    ],
)  # fmt: skip
def test_what_names_no_source(written: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        source(written, ALL)
    assert str(caught.value) == message


async def test_another_source_is_a_class_and_a_row(library: Library, tmp_path: Path) -> None:
    kinds = {**KINDS, "wire": Kind(Wire, "x")}
    sources: list[Source] = [source(str(news(tmp_path / "news", "A", "B"))), source("wire:x", kinds)]
    told: list[tuple[int, int]] = []
    assert await pull(library, sources, lambda done, whole: told.append((done, whole))) == SyncReport(loaded=3)
    assert told[-1] == (3, 3)
    assert all(done <= whole for done, whole in told)
    assert library.count() == 3


async def test_a_source_in_trouble_is_told_and_the_rest_goes_in(library: Library, tmp_path: Path) -> None:
    gone = Folder(tmp_path / "gone")
    report = await pull(library, [gone, Wire("x", "no line"), Folder(news(tmp_path / "news", "A"))])
    assert (report.loaded, report.clean) == (2, False)
    assert report.missing == (f"{gone.path}: No such file or directory", "wire:x: no line")


async def test_a_place_named_twice_is_pulled_once(library: Library, tmp_path: Path) -> None:
    folder = news(tmp_path / "news", "A")
    assert await pull(library, [Folder(folder), Clone(folder), Wire("x"), Wire("x", "again")]) == SyncReport(loaded=2)


async def test_a_library_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    folder = news(tmp_path / "news", "A")
    library = Library.open(f"sqlite:///{tmp_path / 'library.db'}")
    library.close()
    (tmp_path / "library.db").write_bytes(b"no database at all, but long enough to be one" * 100)
    with pytest.raises(LibraryError):
        await pull(library, [Folder(folder)])


def git(folder: Path, *args: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", folder, *identity, *args], check=True, capture_output=True)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of the repository "origin" beside it, which has one article."""
    origin = news(tmp_path / "origin", "A")
    git(origin, "init", "--initial-branch=main")
    git(origin, "add", ".")
    git(origin, "commit", "-m", "A")
    git(tmp_path, "clone", "--quiet", str(origin), "clone")
    return tmp_path / "clone"


@needs_git
async def test_a_clone_is_pulled_then_read(library: Library, clone: Path) -> None:
    assert await pull(library, [Clone(clone)]) == SyncReport(loaded=1)
    origin = news(clone.parent / "origin", "B")
    git(origin, "add", ".")
    git(origin, "rm", "--quiet", "A.md")
    git(origin, "commit", "-m", "B for A")
    assert await pull(library, [Folder(clone)]) == SyncReport(unchanged=1)
    assert await pull(library, [Clone(clone)]) == SyncReport(loaded=1, withdrawn=1)


@needs_git
async def test_a_clone_that_cannot_be_pulled_is_read_as_it_is(library: Library, clone: Path) -> None:
    git(clone, "remote", "set-url", "origin", "http://me:secret@127.0.0.1:9/news.git")
    report = await pull(library, [Clone(clone)])
    assert report.loaded == 1
    assert len(report.missing) == 1
    assert report.missing[0].startswith(f"{clone}: git pull failed (")
    assert report.missing[0].endswith("); try it by hand in that folder")
    assert "secret" not in report.missing[0]


@needs_git
async def test_work_of_the_clones_own_is_left_alone(library: Library, clone: Path) -> None:
    for folder, title in ((clone, "Mine"), (clone.parent / "origin", "Theirs")):
        news(folder, title)
        git(folder, "add", ".")
        git(folder, "commit", "-m", title)
    report = await pull(library, [Clone(clone)])
    assert report.loaded == 2
    assert report.missing[0].startswith(f"{clone}: git pull failed (")
    assert (clone / "Mine.md").exists()


@needs_git
async def test_a_pull_that_hangs_is_stopped(clone: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes calls and never says a word
        git(clone, "remote", "set-url", "origin", f"http://127.0.0.1:{silent.getsockname()[1]}/news.git")
        started = time.perf_counter()
        problem = await gitclone.pull(clone, 0.5)
    assert problem == "git pull took longer than 0.5 s and was stopped; try it by hand in that folder"
    assert time.perf_counter() - started < 10


async def test_without_git_the_folder_is_read(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    report = await pull(library, [Clone(news(tmp_path / "news", "A"))])
    assert report.loaded == 1
    assert "git is not installed" in report.missing[0]


@needs_git
async def test_a_missing_clone_is_told_once(library: Library, tmp_path: Path) -> None:
    report = await pull(library, [Clone(tmp_path / "gone")])
    assert report.missing == (f"{tmp_path / 'gone'}: No such file or directory",)
