"""Looks at processes that others have started, in /proc."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

AT_MOST = 60.0  # seconds until something that is sure to come has come
seen_in_proc = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for processes in /proc")


def children(pid: int) -> dict[int, str]:
    """The processes that a process has started and that are still there, with their command lines."""
    found = {}
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, _text_of(task).split()):
            found[child] = _text_of(Path(f"/proc/{child}/cmdline"))
    return found


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended may wait for ever to be asked how."""
    state = _text_of(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return bool(state) and state[0] not in "ZX"


def wait_for(met: Callable[[], object]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + AT_MOST
    while not met():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.002)


def _text_of(file: Path) -> str:
    """What a file of /proc says; nothing where its process has ended."""
    try:
        return file.read_text()
    except OSError:
        return ""
