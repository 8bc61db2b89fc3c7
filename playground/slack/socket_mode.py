"""Socket Mode: hands envelopes to the bot over a WebSocket and waits for its acknowledgements."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
import uuid
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from playground.slack.values import Json


@dataclass(frozen=True, slots=True)
class Ack:
    """The bot's answer to one envelope: its payload ({} when there was none) and the seconds it took."""

    payload: Json
    seconds: float


@dataclass(slots=True, eq=False)
class _Link:
    """One open WebSocket, living in the loop of the server."""

    websocket: WebSocket
    loop: asyncio.AbstractEventLoop
    retiring: bool = False
    waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)

    async def send(self, body: Json) -> bool:
        """Send one object; gives whether the bot was still there."""
        if self.websocket.application_state is not WebSocketState.CONNECTED:
            return False
        try:
            await self.websocket.send_text(json.dumps(body))
        except WebSocketDisconnect:
            return False
        return True


class SocketHub:
    """All Socket Mode connections of the app; an envelope goes to the newest one that is not about to close."""

    def __init__(self) -> None:
        self._tickets: set[str] = set()
        self._links: list[_Link] = []
        self._numbers = itertools.count(1)
        self.opened = 0

    @property
    def connected(self) -> bool:
        """Whether the bot can be reached over Socket Mode now."""
        return any(not link.retiring for link in self._links)

    @property
    def connections(self) -> int:
        """Number of open connections."""
        return len(self._links)

    def ticket(self) -> str:
        """Make a ticket that opens one WebSocket."""
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        return ticket

    async def serve(self, websocket: WebSocket, app_id: str) -> None:
        """Serve one WebSocket from handshake to close; an unknown or used ticket is turned away."""
        ticket = websocket.query_params.get("ticket", "")
        if ticket not in self._tickets:
            await websocket.close(code=1008)
            return
        self._tickets.remove(ticket)
        await websocket.accept()
        link = _Link(websocket, asyncio.get_running_loop())
        self._links.append(link)
        try:
            await link.send(self._hello(app_id))
            self.opened += 1
            while websocket.application_state is WebSocketState.CONNECTED:
                self._acknowledge(link, await websocket.receive_text())
        except WebSocketDisconnect:
            return
        finally:
            self._links.remove(link)
            for future in link.waiting.values():
                future.cancel()

    async def deliver(
        self, kind: str, payload: Json, *, accepts_response_payload: bool, patience: float, extra: Json | None = None
    ) -> Ack | None:
        """Send one envelope and wait for its ack; None when none came within `patience` seconds.

        kind is `slash_commands`, `interactive` or `events_api`; `extra` joins the envelope (retry_attempt ...).

        Raises:
            ConnectionError: the bot has no Socket Mode connection.
        """
        link = next((link for link in reversed(self._links) if not link.retiring), None)
        if link is None:
            raise ConnectionError("the bot has no Socket Mode connection")
        envelope: Json = {
            "envelope_id": str(uuid.uuid4()),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": accepts_response_payload,
            **(extra or {}),
        }
        work = self._exchange(link, envelope, patience)
        if link.loop is asyncio.get_running_loop():
            return await work
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, link.loop))

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every open connection to go; the client is to open a new one (`warning` tells without retiring)."""
        for link in list(self._links):
            link.retiring = reason != "warning"
            await link.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "playground"}})

    async def close(self, code: int = 1001) -> None:
        """Close every open connection without a warning."""
        for link in list(self._links):
            link.retiring = True
            if link.websocket.application_state is WebSocketState.CONNECTED:
                await link.websocket.close(code=code)

    def _hello(self, app_id: str) -> Json:
        number = next(self._numbers)
        return {
            "type": "hello",
            "num_connections": len(self._links),
            "connection_info": {"app_id": app_id},
            "debug_info": {
                "host": f"playground-{number}",
                "build_number": number,
                "approximate_connection_time": 18060,
            },
        }

    @staticmethod
    async def _exchange(link: _Link, envelope: Json, patience: float) -> Ack | None:
        identity = envelope["envelope_id"]
        future: asyncio.Future[Json] = link.loop.create_future()
        link.waiting[identity] = future
        start = time.perf_counter()
        try:
            if not await link.send(envelope):
                return None
            done, _ = await asyncio.wait([future], timeout=patience)
            if not done or future.cancelled():
                return None
            return Ack(future.result(), time.perf_counter() - start)
        finally:
            link.waiting.pop(identity, None)

    @staticmethod
    def _acknowledge(link: _Link, text: str) -> None:
        body = json.loads(text)
        future = link.waiting.get(body.get("envelope_id", ""))
        if future is not None and not future.done():
            payload = body.get("payload")
            future.set_result(payload if isinstance(payload, dict) else {})
