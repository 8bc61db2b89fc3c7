"""The peak memory of a process, of its own alone: what `getrusage` says begins with the size of the process that started it."""

from __future__ import annotations

from pathlib import Path


def peak(pid: int | str = "self") -> float:
    """In MB.

    Raises:
        OSError: The process is gone, or there is no /proc here.
    """
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
