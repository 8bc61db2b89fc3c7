"""A server of invented feeds on this machine: the sample news as RSS, Atom and JSON Feed, a feed for each provider."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from email.utils import format_datetime
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree as ET

from digests.models import Article

_ATOM = "http://www.w3.org/2005/Atom"
_MEDIA = "http://search.yahoo.com/mrss/"


class FeedServer:
    """Serves documents by path, answers conditional requests, and counts what it was asked. Paths may be set while it runs."""

    def __init__(self) -> None:
        self.documents: dict[str, tuple[str, bytes]] = {}
        self.statuses: dict[str, int] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.streams: dict[str, Callable[[], Iterable[bytes]]] = {}
        self.asked: list[tuple[str, int]] = []
        self.port = 0

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def put(self, path: str, body: bytes | str, media: str = "application/rss+xml") -> str:
        """Serve a document; gives its address."""
        self.documents[path] = (media, body.encode() if isinstance(body, str) else body)
        return self.url(path)

    def stream(self, path: str, parts: Callable[[], Iterable[bytes]]) -> str:
        """Serve a document part by part, as they come, without a word of its length; gives its address."""
        self.streams[path] = parts
        return self.url(path)

    @contextmanager
    def running(self) -> Iterator[FeedServer]:
        """Serve on a free port of 127.0.0.1 until the block ends."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, body = outer._answer(self.path, self.headers.get("If-None-Match", ""))
                outer.asked.append((self.path, status))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if self.path not in outer.streams:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(ConnectionError):  # who has heard enough may go
                    for part in outer.streams.get(self.path, lambda: (body,))():
                        self.wfile.write(part)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Nothing: the caller prints."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def _answer(self, path: str, etag: str) -> tuple[int, Mapping[str, str], bytes]:
        if path in self.statuses:
            return self.statuses[path], self.headers.get(path, {}), b""
        if path in self.streams:
            return 200, {"Content-Type": "application/rss+xml", **self.headers.get(path, {})}, b""
        if path not in self.documents:
            return 404, {}, b""
        media, body = self.documents[path]
        ours = f'"{blake2b(body, digest_size=8).hexdigest()}"'
        if etag == ours:
            return 304, {"ETag": ours}, b""
        return 200, {"ETag": ours, "Content-Type": media, **self.headers.get(path, {})}, body


def serve_sample(server: FeedServer, news: Iterable[Article]) -> tuple[str, ...]:
    """Put a feed for each provider on a server, in the three forms by turns; gives their addresses."""
    by: defaultdict[str, list[Article]] = defaultdict(list)
    for article in news:
        by[article.provider.domain].append(article)
    return tuple(
        server.put(f"/{domain}/feed", write(by[domain]), media)
        for number, domain in enumerate(sorted(by))
        for write, media in [_FORMS[number % len(_FORMS)]]
    )


def rss(news: Sequence[Article]) -> bytes:
    """The articles as RSS 2.0."""
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    _texts(
        channel, title=news[0].provider.name, link=f"https://{news[0].provider.domain}/", description="Invented news"
    )
    for each in news:
        item = ET.SubElement(channel, "item")
        _texts(item, title=each.title, link=each.url, guid=each.url, description=each.excerpt)
        _texts(item, pubDate=format_datetime(each.published_at))
        for image in each.images:
            ET.SubElement(item, f"{{{_MEDIA}}}content", url=image.url, medium="image")
    return _bytes(root)


def atom(news: Sequence[Article]) -> bytes:
    """The articles as Atom 1.0."""
    root = ET.Element(f"{{{_ATOM}}}feed")
    _texts(root, _ATOM, title=news[0].provider.name, id=f"urn:x-feed:{news[0].provider.domain}")
    for each in news:
        entry = ET.SubElement(root, f"{{{_ATOM}}}entry")
        _texts(
            entry, _ATOM, title=each.title, id=each.url, summary=each.excerpt, published=each.published_at.isoformat()
        )
        ET.SubElement(entry, f"{{{_ATOM}}}link", rel="alternate", type="text/html", href=each.url)
    return _bytes(root)


def json_feed(news: Sequence[Article]) -> bytes:
    """The articles as JSON Feed 1.1."""
    items = [
        {
            "id": each.url,
            "url": each.url,
            "title": each.title,
            "content_text": each.excerpt,
            "date_published": each.published_at.isoformat(),
        }
        for each in news
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": news[0].provider.name, "items": items}
    return json.dumps(feed).encode()


_FORMS: Sequence[tuple[Callable[[Sequence[Article]], bytes], str]] = (
    (rss, "application/rss+xml"),
    (atom, "application/atom+xml"),
    (json_feed, "application/feed+json"),
)


def _texts(parent: ET.Element, namespace: str = "", **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, f"{{{namespace}}}{name}" if namespace else name).text = text


def _bytes(root: ET.Element) -> bytes:
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
