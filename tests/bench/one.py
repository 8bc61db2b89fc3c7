"""One measurement in a process of its own, for `tests.bench`: `yaml FOLDER` or `sync FOLDER DATABASE`; prints JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path


def parse_with_pyyaml(folder: Path) -> float:
    """Seconds that PyYAML's C loader takes for all front matters; reading the files is not counted."""
    import yaml

    fronts = [
        data[4 : data.find(b"\n---", 3) + 1]
        for data in (path.read_bytes().replace(b"\r\n", b"\n") for path in sorted(folder.rglob("*.md")))
    ]
    started = time.perf_counter()
    for front in fronts:
        yaml.load(front, yaml.CSafeLoader)
    return time.perf_counter() - started


def sync_into(folder: Path, database: Path) -> float:
    """Seconds that a sync takes, opening (and creating) the library included."""
    from digests.library import Library
    from digests.sync import sync

    started = time.perf_counter()
    library = Library.open(f"sqlite:///{database}")
    report = sync(library, [folder])
    library.close()
    assert report.clean
    return time.perf_counter() - started


if __name__ == "__main__":
    what, *paths = sys.argv[1:]
    seconds = {"yaml": parse_with_pyyaml, "sync": sync_into}[what](*map(Path, paths))  # type: ignore[operator]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"work": seconds, "memory": peak}))
