"""Response bodies: gzip, deflate, br and zstd undone, and never more bytes out than are allowed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from types import MappingProxyType

import brotli
import zstandard

from digests.errors import FetchError

_WINDOW = 8 * 2**20  # bytes a zstd frame may ask for to be decoded, as RFC 9659 has it for the web
_STEP = 64 * 1024
_GZIP = zlib.MAX_WBITS | 16
_MEMBERS = 1000  # gzip files that may follow one another: 10 MB in blocks of 64 KB are 160, and each costs time
_PADDED_HEAD = re.compile(rb"\0*(?P<head>\x1f\x8b)")


class TooLongError(FetchError):
    """A body has more bytes than it may have."""

    def __init__(self, most: int) -> None:
        super().__init__(f"the body has more than {most / 2**20:g} MB, which is no feed and no page to read")


def decoded(body: bytes, encodings: str, most: int) -> bytes:
    """The body as it was before it was compressed.

    Args:
        body: What came over the wire.
        encodings: The ``Content-Encoding``, several with commas in the order they were applied.
        most: Bytes that may come out.

    Raises:
        FetchError: For an unknown encoding and for data that is not in it; `TooLongError` for more bytes than allowed.
    """
    for encoding in reversed([each.strip().lower() for each in encodings.split(",")][:4]):
        if encoding in ("", "identity"):
            continue
        if encoding not in _DECODERS:
            raise FetchError(f"the body is packed as {encoding[:30]!r}, which nobody asked for")
        try:
            body = _DECODERS[encoding](body, most)
        except (zlib.error, brotli.error, zstandard.ZstdError) as error:
            raise FetchError(f"the body is said to be {encoding} and is not") from error
        if len(body) > most:
            raise TooLongError(most)
    return body


def _inflated(body: bytes, most: int, window: int) -> bytes:
    """One stream, or several gzip members; in steps, since zlib copies all of its input that comes after a member."""
    out, rest = bytearray(), memoryview(body)
    for _ in range(_MEMBERS):
        decoder = zlib.decompressobj(window)
        while rest and not decoder.eof and len(out) <= most:
            step = rest[:_STEP]
            out += decoder.decompress(step, most + 1 - len(out))
            rest = rest[len(step) - len(decoder.unconsumed_tail) - len(decoder.unused_data) :]
        if len(out) > most or not decoder.eof or window != _GZIP:  # cut off: what is there is read as far as it goes
            return bytes(out)
        head = _PADDED_HEAD.match(rest)
        if head is None:
            return bytes(out)
        rest = rest[head.start("head") :]
    raise FetchError(f"the body has more than {_MEMBERS:,} gzip files one after the other")


def _deflated(body: bytes, most: int) -> bytes:
    try:
        return _inflated(body, most, zlib.MAX_WBITS)
    except zlib.error:
        return _inflated(body, most, -zlib.MAX_WBITS)  # some servers leave the zlib head out


def _brotli(body: bytes, most: int) -> bytes:
    decoder = brotli.Decompressor()
    out = bytearray(decoder.process(body, output_buffer_limit=_STEP))
    while len(out) <= most and not decoder.is_finished() and not decoder.can_accept_more_data():
        out += decoder.process(b"", output_buffer_limit=_STEP)
    return bytes(out)


def _zstd(body: bytes, most: int) -> bytes:
    decoder = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    out = bytearray()
    with decoder.stream_reader(BytesIO(body), read_across_frames=True) as reader:
        while len(out) <= most and (some := reader.read(_STEP)):
            out += some
    return bytes(out)


_DECODERS: Mapping[str, Callable[[bytes, int], bytes]] = MappingProxyType(
    {
        "gzip": lambda body, most: _inflated(body, most, _GZIP),
        "x-gzip": lambda body, most: _inflated(body, most, _GZIP),
        "deflate": _deflated,
        "br": _brotli,
        "zstd": _zstd,
    }
)

ACCEPTED = "gzip, deflate, br, zstd"
"""The ``Accept-Encoding`` that goes with `decoded`."""
