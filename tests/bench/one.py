"""One measurement in a process of its own, for `tests.bench`; prints JSON.

yaml FOLDER               PyYAML's C loader over all front matters
sync FOLDER DATABASE      a sync
group NUMBER              grouping so many generated articles of ten days from cold
join NUMBER DATABASE      single new articles into a library of so many of 30 days
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path


def parse_with_pyyaml(folder: str) -> dict[str, float]:
    """Seconds that PyYAML's C loader takes for all front matters; reading the files is not counted."""
    import yaml

    fronts = [
        data[4 : data.find(b"\n---", 3) + 1]
        for data in (path.read_bytes().replace(b"\r\n", b"\n") for path in sorted(Path(folder).rglob("*.md")))
    ]
    started = time.perf_counter()
    for front in fronts:
        yaml.load(front, yaml.CSafeLoader)
    return {"work": time.perf_counter() - started}


def sync_into(folder: str, database: str) -> dict[str, float]:
    """Seconds that a sync takes, opening (and creating) the library included."""
    from digests.library import Library
    from digests.sync import sync

    started = time.perf_counter()
    library = Library.open(f"sqlite:///{database}")
    report = sync(library, [Path(folder)])
    library.close()
    assert report.clean
    return {"work": time.perf_counter() - started}


def group_from_cold(number: str) -> dict[str, float]:
    """Seconds that grouping takes, the tables it reads included."""
    from digests.stories import group
    from tests.bench.news import articles

    made = articles(int(number), timedelta(days=10))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    stories = group(made)
    return {"work": time.perf_counter() - started, "stories": len(stories), "articles": before}


def join_one_by_one(number: str, database: str, singles: int = 60) -> dict[str, float]:
    """Median and 95th percentile, in milliseconds, of taking one new article in; also how long all others took."""
    from digests import intake
    from digests.library import Filed, Library, Stamp
    from tests.bench.news import END, articles

    made = articles(int(number) + singles, timedelta(days=30))
    # The new ones are the newest, as they are in life.
    old, new = made[:-singles], made[-singles:]
    library = Library.open(f"sqlite:///{database}")
    started = time.perf_counter()
    for start in range(0, len(old), 2000):
        library.put("old", [Filed(each.url, Stamp(1, 1, "x"), each) for each in old[start : start + 2000]])
    stored = time.perf_counter()
    intake.take_in(library, END)
    taken = time.perf_counter() - stored
    times = []
    for each in new:
        library.put("new", [Filed(each.url, Stamp(1, 1, "x"), each)])
        began = time.perf_counter()
        assert intake.take_in(library, END) == 1
        times.append(1000 * (time.perf_counter() - began))
    library.close()
    times.sort()
    return {
        "work": taken,
        "stored": stored - started,
        "median": statistics.median(times),
        "p95": times[int(len(times) * 0.95)],
    }


MEASUREMENTS: Mapping[str, Callable[..., dict[str, float]]] = {
    "yaml": parse_with_pyyaml,
    "sync": sync_into,
    "group": group_from_cold,
    "join": join_one_by_one,
}

if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    result = MEASUREMENTS[what](*arguments)
    print(json.dumps({**result, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
