"""The Web API: one table of methods, one way through it: token, fault, arguments, scope, answer, log."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from playground.slack import chat, conversations, people, views
from playground.slack.calls import Caller, Method, Request
from playground.slack.faults import Fault
from playground.slack.limits import Refusal
from playground.slack.state import Workspace
from playground.slack.values import Call, Json

METHODS: dict[str, Method] = {
    method.name: method for method in (*people.METHODS, *chat.METHODS, *conversations.METHODS, *views.METHODS)
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: HTTP status, JSON body and headers; `cut` means the connection is dropped instead."""

    status: int = 200
    body: Json | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


def read_args(query: str, content_type: str, body: bytes) -> Json:
    """Arguments from the query string and a form or JSON body; a token among them is left out.

    Raises:
        Refusal: `invalid_json` or `json_not_object`.
    """
    args: Json = dict(parse_qsl(query, keep_blank_values=True))
    if content_type.startswith("application/json"):
        try:
            loaded = json.loads(body or b"{}")
        except ValueError:
            raise Refusal("invalid_json") from None
        if not isinstance(loaded, dict):
            raise Refusal("json_not_object")
        args |= loaded
    else:
        args |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    args.pop("token", None)
    return args


async def answer(workspace: Workspace, name: str, authorization: str, read: Json | Refusal) -> Answer:
    """Carry out one Web API call, with its fault if one is waiting, and log it."""
    args = {} if isinstance(read, Refusal) else read
    fault = workspace.faults.take(name, args)
    early = await before(workspace, fault)
    if early is None:
        early = _carry_out(workspace, name, authorization, read)
    final = _after(fault, early)
    error = str(final.body["error"]) if final.body and not final.body.get("ok") else None
    status = 0 if final.cut else final.status
    workspace.calls.append(Call(name, args, workspace.clock(), status, error, fault.kind if fault else None))
    workspace.changed()
    return final


async def before(workspace: Workspace, fault: Fault | None) -> Answer | None:
    """What a fault does before the call is carried out: an answer instead of it, a delay, or nothing."""
    if fault is None:
        return None
    if fault.kind == "delay":
        await workspace.faults.pause(fault.seconds)
        return None
    instead = {
        "rate_limited": _rate_limited(fault.seconds),
        "server_error": Answer(fault.status),
        "refused": Answer(body={"ok": False, "error": fault.error}),
        "drop_before": Answer(cut=True),
    }
    return instead.get(fault.kind)


def _after(fault: Fault | None, answer: Answer) -> Answer:
    """What a fault makes of the answer to a call that was carried out."""
    if fault is not None and fault.kind == "lost_reply":
        return Answer(cut=True)
    return Answer(fault.status) if fault is not None and fault.kind == "late_error" else answer


def _rate_limited(seconds: float) -> Answer:
    return Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(math.ceil(seconds))})


def _carry_out(workspace: Workspace, name: str, authorization: str, read: Json | Refusal) -> Answer:
    try:
        method = METHODS.get(name)
        if method is None:
            raise Refusal("unknown_method", more={"req_method": name})
        _check_token(workspace, method.caller, authorization)
        if isinstance(read, Refusal):
            raise read
        request = Request(workspace, name, read)
        request.need(*method.scopes)
        for argument, error in method.required:
            if read.get(argument) in (None, ""):
                complaint = f"missing required field: {argument}"
                raise Refusal(error, (complaint,) if error == "invalid_arguments" else ())
        if name == "chat.postMessage" and _too_fast(workspace, read):
            return _rate_limited(max(1.0, workspace.channel_interval))
        body: Json = {"ok": True, **method.answer(request)}
    except Refusal as refusal:
        body = refusal.to_json()
    return Answer(body=body, headers={"X-OAuth-Scopes": ",".join(sorted(workspace.scopes))})


def _check_token(workspace: Workspace, kind: Caller, authorization: str) -> None:
    if kind == "none":
        return
    scheme, _, token = authorization.partition(" ")
    if not token or scheme.lower() != "bearer":
        raise Refusal("not_authed")
    if token not in (workspace.bot_token, workspace.app_token):
        raise Refusal("invalid_auth")
    if kind != "any" and (token == workspace.bot_token) != (kind == "bot"):
        raise Refusal("not_allowed_token_type")


def _too_fast(workspace: Workspace, args: Json) -> bool:
    if not workspace.channel_interval:
        return False
    channel = workspace.find_channel(str(args["channel"]))
    posted = [message.at for message in workspace.all_messages(channel.id)] if channel else []
    return bool(posted) and workspace.clock() - max(posted) < workspace.channel_interval
