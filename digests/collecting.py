"""The collector of cycles: how it is kept from making people wait. Most values here hold no cycles and go by themselves."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_YOUNG = 50_000  # new values until it looks at those: with Python's 700 it takes an eighth of the time of an answer


def settle() -> None:
    """Have it pass over all that is there now and stays, and look at the rest less often: to look through all topics time
    after time makes answers late."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])


@contextmanager
def paused() -> Iterator[None]:
    """Without it: where many new values hold no cycles, looking for some takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
