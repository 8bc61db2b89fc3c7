"""A pretend Slack over real sockets: Web API, Socket Mode, signed requests, Slack's limits, and faults on request.

workspace = Workspace()
async with running(workspace) as base_url:                    # Web API: base_url + "/api/"
    workspace.request_url = "http://127.0.0.1:3000/slack/events"
    workspace.faults.add(Fault("chat.postMessage", "lost_reply"))
    reply = await Person(workspace).slash("/news", "facial recognition")
    workspace.messages("ai-news"), reply.text
"""

from playground.slack.delivery import sign
from playground.slack.faults import Fault, Faults
from playground.slack.limits import Refusal, check_message, check_view
from playground.slack.person import Person, Reply
from playground.slack.server import ThreadedSlack, create_app, running, serving
from playground.slack.state import (
    ADMIN,
    APP_TOKEN,
    ARCHIVED,
    BOT_TOKEN,
    NEWS,
    OTHER,
    PRIVATE,
    READER,
    SCOPES,
    SIGNING_SECRET,
    STRANGE,
    Workspace,
)
from playground.slack.values import Call, Channel, Json, Message, User, View

__all__ = [
    "ADMIN",
    "APP_TOKEN",
    "ARCHIVED",
    "BOT_TOKEN",
    "NEWS",
    "OTHER",
    "PRIVATE",
    "READER",
    "SCOPES",
    "SIGNING_SECRET",
    "STRANGE",
    "Call",
    "Channel",
    "Fault",
    "Faults",
    "Json",
    "Message",
    "Person",
    "Refusal",
    "Reply",
    "ThreadedSlack",
    "User",
    "View",
    "Workspace",
    "check_message",
    "check_view",
    "create_app",
    "running",
    "serving",
    "sign",
]
