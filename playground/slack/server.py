"""The pretend Slack as a server: Web API, response_urls, Socket Mode and the playground's own controls."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import AsyncIterator, Coroutine
from types import TracebackType
from typing import Any, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket
from uvicorn.protocols.http.h11_impl import H11Protocol

from playground.slack import api, controls, responses
from playground.slack.limits import Refusal
from playground.slack.state import Workspace
from playground.slack.values import Call, Json

T = TypeVar("T")


class _Protocol(H11Protocol):
    """HTTP that lets the application reach the TCP connection, so that it can cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class _Cut(Response):
    """No response at all: the TCP connection is dropped."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        scope["state"]["transport"].abort()
        while (await receive())["type"] != "http.disconnect":
            continue


def _respond(answer: api.Answer) -> Response:
    if answer.cut:
        return _Cut()
    if answer.body is None:
        return Response(b"<html>Slack is having trouble</html>", answer.status, answer.headers, "text/html")
    return JSONResponse(answer.body, answer.status, answer.headers)


async def _web_api(request: Request) -> Response:
    workspace: Workspace = request.app.state.workspace
    body, kind = await request.body(), request.headers.get("content-type", "")
    read: Json | Refusal
    try:
        read = api.read_args(request.url.query, kind, body)
    except Refusal as refusal:
        read = refusal
    authorization = request.headers.get("authorization", "")
    return _respond(await api.answer(workspace, request.path_params["method"], authorization, read))


async def _response_url(request: Request) -> Response:
    """Answers `ok` as text; errors as JSON, status 404 (address) or 400 (message). Faults and log: `response_url`."""
    workspace: Workspace = request.app.state.workspace
    body = await request.body()
    args = json.loads(body) if body.startswith(b"{") else {}
    fault = workspace.faults.take("response_url", args)
    early = await api.before(workspace, fault)
    status, error = (0 if early.cut else early.status, None) if early else (200, None)
    if early is None:
        try:
            responses.use(workspace, request.path_params["key"], args)
        except Refusal as refusal:
            error = refusal.error
            status = 404 if error in ("used_url", "expired_url") else 400
            early = api.Answer(status, refusal.to_json())
    if fault and fault.kind == "lost_reply":
        early, status = api.Answer(cut=True), 0
    workspace.calls.append(Call("response_url", args, workspace.clock(), status, error, fault.kind if fault else None))
    workspace.changed()
    return _respond(early) if early else PlainTextResponse("ok")


async def _link(websocket: WebSocket) -> None:
    workspace: Workspace = websocket.app.state.workspace
    await workspace.sockets.serve(websocket, workspace.app_id)


def create_app(workspace: Workspace) -> Starlette:
    """The pretend Slack as an ASGI app; `running` serves it, and only there can connections be cut."""
    app = Starlette(
        routes=[
            Route("/api/{method}", _web_api, methods=["GET", "POST"]),
            Route("/commands/{team}/{key}", _response_url, methods=["POST"]),
            WebSocketRoute("/link", _link),
            *controls.routes(),
        ]
    )
    app.state.workspace = workspace
    return app


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.close()
        raise
    return listener


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, port: int = 0) -> AsyncIterator[str]:
    """Serve any ASGI app on 127.0.0.1 in the running loop; gives the base URL, such as http://127.0.0.1:40123.

    Tests also serve the bot itself with it. Lifespan events are not sent.

    Raises:
        OSError: the port is taken.
    """
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="websockets-sansio",
        ws_ping_interval=5.0,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    listener = _listen(port)
    config.load()
    # Server.serve would catch signals and poll; starting and stopping by hand does neither.
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    try:
        await server.startup(sockets=[listener])
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        await server.shutdown(sockets=[listener])


@contextlib.asynccontextmanager
async def running(workspace: Workspace, port: int = 0) -> AsyncIterator[str]:
    """Serve the workspace on 127.0.0.1 in the running loop; gives the base URL, such as http://127.0.0.1:40123.

    The bot's Web API base is this URL + "/api/". Port 0 takes a free one.

    Raises:
        OSError: the port is taken.
    """
    async with serving(create_app(workspace), port) as workspace.base_url:
        try:
            yield workspace.base_url
        finally:
            workspace.faults.release()
            await workspace.sockets.close()


class ThreadedSlack:
    """The pretend Slack in a thread of its own, for synchronous tests and the demo.

    with ThreadedSlack() as slack:
        slack.base_url, slack.workspace
        reply = slack.run(Person(slack.workspace).slash("/news", "robots"))
    """

    def __init__(self, workspace: Workspace | None = None, port: int = 0) -> None:
        self.workspace = workspace if workspace is not None else Workspace()
        self.base_url = ""
        self._port = port
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._main, name="playground-slack", daemon=True)

    def __enter__(self) -> ThreadedSlack:
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def run(self, work: Coroutine[Any, Any, T], timeout: float = 30.0) -> T:
        """Run something asynchronous, such as a person's command, in the server's loop and give its result.

        Raises:
            TimeoutError: it took longer than `timeout` seconds.
        """
        if self._loop is None:
            work.close()
            raise RuntimeError("the playground is not running")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout)

    def _main(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as failure:  # noqa: BLE001  handed to the thread that waits in __enter__
            self._failure = failure
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with running(self.workspace, self._port) as self.base_url:
            self._ready.set()
            await self._stop.wait()
