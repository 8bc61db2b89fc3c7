"""The playground's own addresses under /_playground: look, set faults, and act as a person from another process."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from playground.slack.faults import Fault
from playground.slack.person import Person
from playground.slack.state import Workspace
from playground.slack.values import Json, Message


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace


def _told(message: Message) -> Json:
    extra = {"channel": message.channel, "ephemeral_to": message.ephemeral_to, "origin": message.origin}
    return {**message.to_json(include_metadata=True), **extra}


def _wrong(problem: str) -> JSONResponse:
    return JSONResponse({"ok": False, "error": problem}, 400)


async def _messages(request: Request) -> Response:
    """GET ?channel=&thread= : messages, ephemeral ones included; without a channel all of them."""
    workspace, channel = _workspace(request), request.query_params.get("channel")
    thread = request.query_params.get("thread")
    try:
        if channel and thread:
            found = workspace.messages(channel, thread)
        else:
            found = [*workspace.all_messages(channel), *workspace.ephemerals(channel)]
    except LookupError as error:
        return _wrong(str(error))
    return JSONResponse({"ok": True, "messages": [_told(message) for message in found]})


async def _calls(request: Request) -> Response:
    """GET ?method= : the Web API calls."""
    workspace, method = _workspace(request), request.query_params.get("method")
    calls = workspace.calls_of(method) if method else list(workspace.calls)
    return JSONResponse({"ok": True, "calls": [call.to_json() for call in calls]})


async def _views(request: Request) -> Response:
    """GET: modals and Home tabs."""
    views = _workspace(request).views.values()
    return JSONResponse({"ok": True, "views": [{**v.payload, "id": v.id, "user": v.user} for v in views]})


async def _faults(request: Request) -> Response:
    """POST one fault or a list of them; DELETE disarms all."""
    workspace = _workspace(request)
    if request.method == "DELETE":
        workspace.faults.clear()
        return JSONResponse({"ok": True})
    try:
        body = json.loads(await request.body())
        faults = [Fault.from_json(entry) for entry in (body if isinstance(body, list) else [body])]
    except (ValueError, TypeError) as error:
        return _wrong(str(error))
    workspace.faults.add(*faults)
    return JSONResponse({"ok": True, "waiting": len(workspace.faults.waiting)})


async def _reset(request: Request) -> Response:
    """POST: forget all that happened."""
    _workspace(request).reset()
    return JSONResponse({"ok": True})


async def _slash(request: Request) -> Response:
    """POST {command, text, channel, user}: a person types a slash command; gives the ack and the messages."""
    try:
        body = json.loads(await request.body())
        person = Person(_workspace(request), body["user"]) if body.get("user") else Person(_workspace(request))
        place = {"channel": body["channel"]} if body.get("channel") else {}
        reply = await person.slash(body["command"], body.get("text", ""), **place)
    except (ValueError, LookupError, ConnectionError) as error:
        return _wrong(str(error))
    return JSONResponse(
        {
            "ok": reply.ok,
            "status": reply.status,
            "error": reply.error,
            "seconds": reply.seconds,
            "messages": [_told(message) for message in reply.messages],
        }
    )


def routes() -> list[Route]:
    """The routes, to be mounted beside Slack's own."""
    return [
        Route("/_playground/messages", _messages),
        Route("/_playground/calls", _calls),
        Route("/_playground/views", _views),
        Route("/_playground/faults", _faults, methods=["POST", "DELETE"]),
        Route("/_playground/reset", _reset, methods=["POST"]),
        Route("/_playground/slash", _slash, methods=["POST"]),
    ]
