"""A quick server of generated feeds for the benchmark: python -m tests.bench.feedserver FEEDS ITEMS; prints its port."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

from tests.bench.news import articles

_HOURS = 40  # within the two days that are taken from a feed at first


def document(number: int, texts: list[tuple[str, str]], now: datetime) -> bytes:
    """One feed as RSS 2.0."""
    items = "".join(
        f"<item><title>{escape(title)}</title><link>https://p{number}.example.com/news/{place}</link>"
        f"<guid>p{number}-{place}</guid><description>&lt;p&gt;{escape(excerpt)}&lt;/p&gt;</description>"
        f"<pubDate>{format_datetime(now - timedelta(hours=_HOURS) * place / len(texts))}</pubDate>"
        f"<media:content url='https://p{number}.example.com/{place}.jpg' medium='image' width='1200'/></item>"
        for place, (title, excerpt) in enumerate(texts)
    )
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel>"
        f"<title>Provider {number}</title><link>https://p{number}.example.com/</link>{items}</channel></rss>"
    ).encode()


async def main(feeds: int, items: int) -> None:
    now = datetime.now(UTC)
    news = [(each.title, each.excerpt) for each in articles(items * 40, timedelta(days=2))]
    documents = [document(n, [news[(n * 7 + k * 13) % len(news)] for k in range(items)], now) for n in range(feeds)]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                number = int(head.split(b" ", 2)[1].strip(b"/"))
                etag = f'"{number}"'.encode()
                if b"f-none-match: " + etag in head.lower():
                    writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: " + etag + b"\r\n\r\n")
                else:
                    body = documents[number]
                    writer.write(
                        b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: %b\r\nContent-Length: %d\r\n\r\n%b"
                        % (etag, len(body), body)
                    )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
