"""`make demo` as people run it: without a terminal, and at a prompt."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time

DEMO = [sys.executable, "-m", "playground.demo"]


def test_without_a_terminal_it_shows_the_digest_and_three_answers() -> None:
    done = subprocess.run(DEMO, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=True)
    assert "AI digest · " in done.stdout
    assert "stories from 122 articles" in done.stdout
    assert done.stdout.count("only you see this") == 3
    assert "Facial Recognition · 1–5 of" in done.stdout
    assert done.stderr == ""


def test_the_same_news_from_feeds() -> None:
    command = [*DEMO, "--feeds"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=True)
    assert "invented feeds" in done.stdout
    assert "stories from" in done.stdout
    assert "five-year pause" in done.stdout
    assert done.stdout.count("only you see this") == 3
    assert done.stderr == ""


def test_at_a_prompt_it_answers_until_an_empty_line() -> None:
    controller, terminal = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | {"TERM": "xterm"}
    process = subprocess.Popen(DEMO, stdin=terminal, stdout=terminal, stderr=terminal, env=environment)
    os.close(terminal)
    seen = ""
    typed = [("Type what you would type", b"/news FRT\n"), ("only you see this", b"\n")]
    deadline = time.monotonic() + 60
    try:
        while time.monotonic() < deadline:
            try:
                seen += os.read(controller, 65536).decode(errors="replace")
            except OSError:  # the other end is closed: it has ended
                break
            if typed and typed[0][0] in seen:
                os.write(controller, typed.pop(0)[1])
        assert process.wait(timeout=10) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(controller)
    assert "1–5 of" in seen
    assert "five-year pause" in seen.rpartition("Type what you would type")[2]
