"""The methods about people, the team, the bot itself and its Socket Mode address."""

from __future__ import annotations

from playground.slack.calls import Method, Request, page
from playground.slack.limits import Refusal
from playground.slack.values import Json


def api_test(request: Request) -> Json:
    """api.test: echoes its arguments; `error` makes it fail."""
    if request.text("error"):
        raise Refusal(request.text("error"), more={"args": request.args})
    return {"args": request.args}


def auth_test(request: Request) -> Json:
    """auth.test: who the token belongs to."""
    workspace = request.workspace
    return {
        "url": f"https://{workspace.team_domain}.slack.com/",
        "team": workspace.team_name,
        "user": workspace.bot_user.name,
        "team_id": workspace.team_id,
        "user_id": workspace.bot_user.id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


def open_socket(request: Request) -> Json:
    """apps.connections.open: the address of one WebSocket."""
    workspace = request.workspace
    base = workspace.base_url.replace("http", "ws", 1)
    return {"url": f"{base}/link?ticket={workspace.sockets.ticket()}&app_id={workspace.app_id}"}


def user_info(request: Request) -> Json:
    """users.info"""
    return {"user": request.user().to_json(request.workspace.clock())}


def user_list(request: Request) -> Json:
    """users.list"""
    now = request.workspace.clock()
    chosen, cursor = page(list(request.workspace.users.values()), request, default=100)
    return {"members": [user.to_json(now) for user in chosen], "response_metadata": {"next_cursor": cursor}}


def team_info(request: Request) -> Json:
    """team.info"""
    workspace = request.workspace
    return {"team": {"id": workspace.team_id, "name": workspace.team_name, "domain": workspace.team_domain}}


def bot_info(request: Request) -> Json:
    """bots.info"""
    workspace = request.workspace
    if request.text("bot", workspace.bot_id) != workspace.bot_id:
        raise Refusal("bot_not_found")
    name, user = workspace.bot_user.name, workspace.bot_user.id
    return {
        "bot": {"id": workspace.bot_id, "deleted": False, "name": name, "app_id": workspace.app_id, "user_id": user}
    }


METHODS = (
    Method("api.test", api_test, caller="none"),
    Method("auth.test", auth_test, caller="any"),
    Method("apps.connections.open", open_socket, caller="app"),
    Method("users.info", user_info, ("users:read",), (("user", "user_not_found"),)),
    Method("users.list", user_list, ("users:read",)),
    Method("team.info", team_info, ("team:read",)),
    Method("bots.info", bot_info, ("users:read",)),
)
