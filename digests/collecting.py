"""The collector of cycles: how it is kept from making people wait. Most values here hold no cycles and go by themselves."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# New values until it looks at those: with Python's 700 it takes an eighth of the time of an answer, with many more each look is
# noticed. What survives are caches, which grow to their bound and no further: older values are looked at seldom.
_YOUNG, _OLDER = 20_000, 100


def settle() -> None:
    """Have it pass over all that is there now and stays, and look at the rest less often: to look through all topics time
    after time makes answers late."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _OLDER, _OLDER)


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
