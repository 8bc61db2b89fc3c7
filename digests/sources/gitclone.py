"""Git clones: brings the clone that a folder lies in up to date, by the admin's own git, and never asks anybody anything."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
from pathlib import Path

PATIENCE = 120.0
"""Seconds after which a pull is given up."""

_PULL = ("pull", "--ff-only", "--quiet", "--no-rebase")
_SECRET = re.compile(r"//[^/@\s]+@")


async def pull(folder: Path, patience: float = PATIENCE) -> str | None:
    """Fast-forward the clone that a folder lies in; None when that went well, else what is wrong and what to do.

    Nothing of the clone's own is ever merged or thrown away: a clone that has gone its own way is a problem to tell.
    """
    git = shutil.which("git")
    if git is None:
        return "git is not installed, so the folder is read as it is; install it, or name the folder without git:"
    if not await asyncio.to_thread(folder.is_dir):
        return None  # reading the folder will tell
    # A session of its own has no terminal to ask for a password at, and can be stopped with all its children.
    running = await asyncio.create_subprocess_exec(
        git, "-C", os.fspath(folder), "-c", "core.askPass=true", *_PULL,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    try:
        _, said = await asyncio.wait_for(running.communicate(), patience)
    except TimeoutError:
        return f"git pull took longer than {patience:g} s and was stopped; try it by hand in that folder"
    finally:
        if running.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
            await running.wait()
    if running.returncode == 0:
        return None
    lines = said.decode(errors="replace").strip().splitlines()  # the last one says why, in the admin's language
    what = lines[-1] if lines else f"it ended with {running.returncode}"
    return f"git pull failed ({_SECRET.sub('//', what)[:300]}); try it by hand in that folder"
