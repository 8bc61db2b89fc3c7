"""What the editor promised, held on the labelled days, and the same bytes every time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from playground import sample
from tests.eval.__main__ import Editor, replayed
from tests.shared import needs_shared
from tests.tools.labels import GOLD_DAYS


@needs_shared
def test_the_labelled_days(tmp_path: Path) -> None:
    """As shipped; how it does on days that were not seen is in docs/editorial.md and `make eval`."""
    results = [replayed(Editor(tmp_path), day, tmp_path) for day in GOLD_DAYS]
    digests = [result["digest"] for result in results]
    assert sum(d["mean_value"] for d in digests) / len(digests) >= 1.75
    assert sum(d["major_told"] for d in digests) >= 0.8 * sum(d["major_stories"] for d in digests)
    assert sum(d["junk"] for d in digests) == 0
    assert sum(d["same_story_twice"] for d in digests) == 0
    for result in results:
        assert result["same_story"]["precision"] >= 0.9
        assert result["same_story"]["f1"] > result["tfidf"]["f1"]


def test_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    sample.write(tmp_path / "news", datetime(2026, 11, 23, 9, tzinfo=UTC))
    command = [
        sys.executable,
        "-c",
        "from bot.cli import main; main()",
        "preview",
        "--articles",
        str(tmp_path / "news"),
    ]
    command += ["--at", "2026-11-23T09:00Z", "--format", "json"]
    seen = set()
    for seed in ("0", "1", "4242"):
        ours = {"PYTHONHASHSEED": seed, "HEATLINE_DATABASE_URL": f"sqlite:///{tmp_path / seed}.db"}
        environment = {**{k: v for k, v in os.environ.items() if not k.startswith("HEATLINE_")}, **ours}
        done = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=100)
        assert len(done.stdout) > 1000
        seen.add(hashlib.sha256(done.stdout).hexdigest())
    assert len(seen) == 1
