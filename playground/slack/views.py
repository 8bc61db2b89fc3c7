"""The views.* methods: modals and the Home tab."""

from __future__ import annotations

import dataclasses
from typing import Any

from playground.slack import forms
from playground.slack.calls import Method, Request
from playground.slack.limits import Refusal, check_view
from playground.slack.state import TRIGGER_SECONDS, Workspace
from playground.slack.values import Json, View

MOST_MODALS = 3
"""One that is opened, and two that are pushed over it."""


def _payload(request: Request, kind: str) -> Json:
    payload = request.data("view", "invalid_arguments")
    refusal = check_view(payload)
    if refusal is not None:
        raise refusal
    if payload["type"] != kind:
        raise Refusal("invalid_arguments", (f"must be a {kind} view [json-pointer:/view/type]",))
    return dict(payload)


def _told(workspace: Workspace, view: View) -> Json:
    return {"view": view.to_json(team=workspace.team_id, app_id=workspace.app_id, bot_id=workspace.bot_id)}


def _free_external_id(workspace: Workspace, payload: Json, ours: str = "") -> None:
    name = payload.get("external_id")
    if name and any(view.payload.get("external_id") == name and view.id != ours for view in workspace.views.values()):
        raise Refusal("duplicate_external_id")


def show(workspace: Workspace, user: str, payload: Json, trigger: str = "") -> View:
    """Put a view in front of a person; a Home tab takes the place of the one before and keeps its id."""
    home = workspace.homes.get(user) if payload["type"] == "home" else None
    identity = home.id if home else workspace.next_id("V")
    view = View(identity, workspace.next_id(""), user, payload, trigger, workspace.clock())
    workspace.views[view.id] = view
    if view.type == "home":
        workspace.homes[user] = view
    workspace.changed()
    return view


def replace(workspace: Workspace, view: View, payload: Json) -> View:
    """Put other content into a view that is open."""
    kept = forms.kept(payload.get("blocks", ()), workspace.views.get(view.id, view).filled)
    changed = dataclasses.replace(view, payload=payload, hash=workspace.next_id(""), at=workspace.clock(), filled=kept)
    workspace.views[view.id] = changed
    if view.type == "home":
        workspace.homes[view.user] = changed
    workspace.changed()
    return changed


def change(workspace: Workspace, view: View, filled: Json) -> View:
    """Keep what a person has filled in so far."""
    changed = dataclasses.replace(view, filled=filled)
    if view.id in workspace.views:
        workspace.views[view.id] = changed = dataclasses.replace(workspace.views[view.id], filled=filled)
    return changed


def open_modal(request: Request) -> Json:
    """views.open and views.push: a trigger_id works once and for three seconds."""
    workspace = request.workspace
    trigger = request.text("trigger_id")
    issued = workspace.triggers.get(trigger)
    if issued is None:
        raise Refusal("invalid_trigger_id")
    user, since = issued
    if workspace.clock() - since > TRIGGER_SECONDS:
        raise Refusal("expired_trigger_id")
    if any(view.trigger_id == trigger for view in workspace.views.values()):
        raise Refusal("exchanged_trigger_id")
    payload = _payload(request, "modal")
    _free_external_id(workspace, payload)
    if request.method == "views.push" and len(workspace.modals(user)) >= MOST_MODALS:
        raise Refusal("push_limit_reached")
    return _told(workspace, show(workspace, user, payload, trigger))


def update(request: Request) -> Json:
    """views.update, by view_id or external_id; a `hash` that is not the newest is a conflict."""
    workspace = request.workspace
    view: Any = workspace.views.get(request.text("view_id"))
    external = request.text("external_id")
    if view is None and external:
        view = next((v for v in workspace.views.values() if v.payload.get("external_id") == external), None)
    if view is None:
        raise Refusal("not_found")
    if request.text("hash") and request.text("hash") != view.hash:
        raise Refusal("hash_conflict")
    payload = _payload(request, view.type)
    _free_external_id(workspace, payload, view.id)
    return _told(workspace, replace(workspace, view, payload))


def publish(request: Request) -> Json:
    """views.publish: the Home tab of one person."""
    workspace = request.workspace
    user = request.user("user_id")
    payload = _payload(request, "home")
    known = workspace.homes.get(user.id)
    if request.text("hash") and known and request.text("hash") != known.hash:
        raise Refusal("hash_conflict")
    return _told(workspace, show(workspace, user.id, payload))


_VIEW = ("view", "invalid_arguments")
_TRIGGER = ("trigger_id", "invalid_arguments")
METHODS = (
    Method("views.open", open_modal, (), (_TRIGGER, _VIEW)),
    Method("views.push", open_modal, (), (_TRIGGER, _VIEW)),
    Method("views.update", update, (), (_VIEW,)),
    Method("views.publish", publish, (), (("user_id", "invalid_arguments"), _VIEW)),
)
