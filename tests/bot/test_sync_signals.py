"""`heatline sync` told to end, as a process of its own with readers of its own: Ctrl-C, SIGTERM, and SIGKILL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from digests.library import Library, schema
from playground.feeds import FeedServer, rss
from tests.making import article
from tests.processes import AT_MOST, alive, children, seen_in_proc, wait_for

ROOT = Path(__file__).parents[2]
FEEDS = 80  # so many that processes read them
HELD = 4  # of them are not answered: the pull cannot end before it is told to

pytestmark = [
    pytest.mark.timeout(300),
    seen_in_proc,
]


class Holding(FeedServer):
    """Answers all but the last feeds; for those its client waits until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def _answer(self, path: str, etag: str) -> tuple[int, Mapping[str, str], bytes]:
        if int(path.strip("/")) >= FEEDS - HELD:
            self.let_go.wait(4 * AT_MOST)
        return super()._answer(path, etag)


class Sync:
    """The command in a folder of its own, in a group of processes of its own as a shell starts it."""

    def __init__(self, folder: Path, server: Holding, urls: list[str]) -> None:
        self.server = server
        self.library = Library.open(f"sqlite:///{folder / 'heatline.db'}")
        script = folder / "heatline"
        script.write_text("from bot.cli import main\n\nif __name__ == '__main__':\n    main()\n")
        env = {
            "PYTHONPATH": str(ROOT),
            "HEATLINE_DATABASE_URL": f"sqlite:///{folder / 'heatline.db'}",
            "HEATLINE_FEEDS": "no",
            "HEATLINE_FEEDS_ADD": ", ".join(urls),
            "HEATLINE_FEED_PAGES": "no",
            "HEATLINE_ALLOW_HOSTS": "127.0.0.1",
        }
        self.process = start([str(script), "sync"], folder, env)
        self.pid = self.process.pid
        self.seen: dict[int, str] = {}

    def close(self) -> None:
        """Leave nothing behind."""
        self.children()
        self.process.kill()
        self.process.communicate()
        for pid in filter(alive, self.seen):
            os.kill(pid, signal.SIGKILL)
        self.library.close()

    def children(self, what: str = "") -> set[int]:
        """The processes it has started and that run something, such as ``spawn_main``, which is a reader."""
        self.seen |= children(self.pid)
        return {pid for pid, command in self.seen.items() if what in command}

    def well_under_way(self) -> bool:
        """Whether most feeds have been read and written down; some at a time are, and those that are held never."""
        return self.children("spawn_main") != set() and HELD <= self.leased() < FEEDS // 2

    def leased(self) -> int:
        """How many feeds it has taken and not given back."""
        with self.library.database.read() as connection:
            taken = select(schema.feeds.c.url).where(schema.feeds.c.leased_until.is_not(None))
            return len(connection.execute(taken).all())

    def ended(self) -> tuple[int, str]:
        """Its exit code and all it said; when it has ended, and everything it has started, too."""
        said, _ = self.process.communicate(timeout=AT_MOST)
        wait_for(lambda: not any(map(alive, self.seen)))
        return self.process.returncode, said


def start(arguments: list[str], folder: Path, env: Mapping[str, str]) -> subprocess.Popen[str]:
    """A Python in a session of its own, with its errors among what it says."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest.fixture
def sync(tmp_path: Path) -> Iterator[Sync]:
    server = Holding()
    with server.running():
        recent = datetime.now(UTC) - timedelta(hours=1)
        news = [replace(article(f"AI robot {n} learns to walk"), published_at=recent) for n in range(FEEDS)]
        running = Sync(tmp_path, server, [server.put(f"/{n}", rss([each])) for n, each in enumerate(news)])
        try:
            yield running
        finally:
            running.close()
            server.let_go.set()


def one_line(said: str, name: str) -> bool:
    return said.startswith("stopped ") and name in said and said.count("\n") == 1


def test_sigterm_gives_the_feeds_back_and_ends_the_readers(sync: Sync) -> None:
    wait_for(sync.well_under_way)
    os.kill(sync.pid, signal.SIGTERM)
    code, said = sync.ended()
    assert one_line(said, "SIGTERM"), said
    assert code == 128 + signal.SIGTERM
    assert sync.leased() == 0


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_told_to_end_while_the_readers_start(sync: Sync, name: str) -> None:
    """As a terminal does with Ctrl-C, and a supervisor with SIGTERM, all its processes are told."""
    number = signal.Signals[name]
    wait_for(lambda: sync.children("spawn_main"))
    os.killpg(sync.pid, number)
    code, said = sync.ended()
    assert one_line(said, name), said
    assert code == 128 + number
    assert sync.leased() == 0


def test_ctrl_c_again_and_again(sync: Sync) -> None:
    wait_for(sync.well_under_way)
    os.killpg(sync.pid, signal.SIGINT)
    while sync.process.poll() is None:
        os.killpg(sync.pid, signal.SIGINT)
        time.sleep(0.02)
    code, said = sync.ended()
    assert one_line(said, "SIGINT"), said
    assert code == 128 + signal.SIGINT
    assert sync.leased() == 0


@pytest.mark.parametrize("early", [True, False])
def test_readers_end_with_a_parent_that_cannot_say_goodbye(sync: Sync, early: bool) -> None:
    wait_for((lambda: sync.children("spawn_main")) if early else sync.well_under_way)
    os.kill(sync.pid, signal.SIGKILL)
    code, _ = sync.ended()
    assert code == -signal.SIGKILL


@pytest.mark.parametrize("which", [min, max])  # one of them has the lock of the queue that the other waits for
def test_a_reader_that_is_killed_takes_its_kind_along_and_others_take_over(
    sync: Sync, which: Callable[[set[int]], int]
) -> None:
    """They do not hear the signal by which a pool usually ends its processes."""
    wait_for(sync.well_under_way)
    readers = sync.children("spawn_main")
    os.kill(which(readers), signal.SIGKILL)
    wait_for(lambda: not any(map(alive, readers)))
    sync.server.let_go.set()
    code, said = sync.ended()
    assert code == 0, said
    assert said.startswith(f"{FEEDS} loaded"), said


SCRIPT = """
import asyncio, time
from bot.signals import UntilTold

async def main():
    print("ready", flush=True)
    await asyncio.to_thread(time.sleep, 600)

with UntilTold() as told:
    {work}
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("work", ["told.run(main)", "print('ready', flush=True); time.sleep(600)"])
def test_what_a_thread_or_the_command_itself_does_is_not_waited_for(tmp_path: Path, work: str, name: str) -> None:
    """Folders are read in a thread, and articles judged without one."""
    process = start(["-c", SCRIPT.format(work=work)], tmp_path, {"PYTHONPATH": str(ROOT)})
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.Signals[name])
        said, _ = process.communicate(timeout=AT_MOST)
    finally:
        process.kill()
        process.communicate()
    assert one_line(said, name), said
    assert process.returncode == 128 + signal.Signals[name]
