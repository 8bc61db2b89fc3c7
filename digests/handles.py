"""Short names of articles that buttons carry: a row of the library, and a mark of the address that cannot mean another."""

from __future__ import annotations

from hashlib import blake2b


def handle(row: int, url: str) -> str:
    """``12-9f86d081``: where the article at an address is stored, and the address's mark.

    A row number alone is given anew once its article is gone.
    """
    return f"{row}-{_mark(url)}"


def row_of(name: str) -> int:
    """The row of a handle; 0 for what is none."""
    return number(name.partition("-")[0], 18)


def means(name: str, url: str) -> bool:
    """Whether a handle was given to the article at an address, wherever that is stored now."""
    return name.partition("-")[2] == _mark(url)


def number(text: str, digits: int) -> int:
    """A number of at most so many digits, as a button carries it; 0 for anything else that somebody sends."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else 0


def _mark(url: str) -> str:
    return blake2b(url.encode(errors="replace"), digest_size=4).hexdigest()
