"""The door to Slack: what is too long is shortened there, and nothing in the bot goes around it."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from structlog.testing import capture_logs

import bot
from bot.delivery import outgoing
from bot.delivery.outgoing import Client, acknowledge, post_back
from bot.searching import FOUND
from playground.slack import ADMIN, BOT_TOKEN, NEWS, Workspace, running
from playground.slack.limits import check_options, check_view

DOOR = Path(outgoing.__file__)
BLOCKS = [{"type": "section", "text": {"type": "plain_text", "text": "word " * 900}}] * 120
OPTIONS = [{"text": {"type": "plain_text", "text": "t" * 200}, "value": str(n)} for n in range(150)]
TITLE = {"type": "plain_text", "text": "A title that is longer than Slack takes"}
VIEW = {"type": "modal", "callback_id": FOUND, "title": TITLE, "blocks": BLOCKS}
HOME = {"type": "home", "blocks": BLOCKS}


async def test_every_way_shortens_what_slack_would_refuse() -> None:
    slack = Workspace()
    async with running(slack) as url:
        client = Client(BOT_TOKEN, f"{url}/api/")
        with capture_logs() as logs:
            opened = await client.views_open(trigger_id=slack.issue_trigger(ADMIN.id), view=VIEW)
            await client.views_push(trigger_id=slack.issue_trigger(ADMIN.id), view=VIEW)
            await client.views_update(view_id=opened["view"]["id"], view=VIEW)
            await client.views_publish(user_id=ADMIN.id, view=HOME)
            posted = await client.chat_postMessage(channel=NEWS.id, text="Words", blocks=BLOCKS)
            await client.chat_update(channel=NEWS.id, ts=str(posted["ts"]), text="Words", blocks=BLOCKS)
            await client.chat_postEphemeral(channel=NEWS.id, user=ADMIN.id, text="Words", blocks=BLOCKS)
            address = slack.issue_response_url(ADMIN.id, NEWS.id)
            answer = await post_back(AsyncRespond(response_url=address), text="Words", blocks=BLOCKS)
        assert answer.status_code == 200
        for modal in slack.modals(ADMIN.id):
            assert modal.payload["title"]["text"].endswith("…")
            assert modal.blocks
        home = slack.home(ADMIN.id)
        assert home is not None
        assert home.blocks
        (message,) = slack.all_messages(NEWS.id)
        assert message.blocks
        assert len(slack.ephemerals()) == 2
        ways = [each["way"] for each in logs if each["event"] == "slack.shortened"]
        assert ways == [
            *("views.open", "views.push", "views.update", "views.publish"),
            *("chat.postMessage", "chat.update", "chat.postEphemeral", "response_url"),
        ]


async def test_an_acknowledgement_is_shortened_too() -> None:
    shown = await acknowledge(AsyncAck(), response_action="update", view=VIEW)
    assert '"response_action": "update"' in shown.body
    found = await acknowledge(AsyncAck(), options=OPTIONS)
    assert check_view(json.loads(shown.body)["view"]) is None
    assert check_options(json.loads(found.body)) is None


async def test_what_fits_leaves_as_it_is() -> None:
    blocks = [{"type": "section", "text": {"type": "plain_text", "text": "Words"}}]
    content = {"text": "Words", "blocks": blocks, "metadata": {"event_type": "x", "event_payload": {}}}
    with capture_logs() as logs:
        assert outgoing.fitting("chat.postMessage", content) == content
    assert not logs


def calls() -> Iterator[tuple[Path, ast.Call, str]]:
    """Every call in the bot, with the name that is called."""
    for path in Path(bot.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and path != DOOR:
                called = node.func
                name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
                yield path, node, name


def around() -> Iterator[str]:
    """What goes to Slack beside the door: an acknowledgement with something in it, a response_url, a client of Slack's own."""
    for path, node, name in calls():
        where = f"{path.name}:{node.lineno}"
        if name == "ack" and (node.args or node.keywords):
            yield f"{where} acknowledges with content"
        if name == "respond":
            yield f"{where} answers through a response_url"
        if name in ("AsyncWebClient", "AsyncWebhookClient", "WebClient"):
            yield f"{where} makes a client of its own"


def test_nothing_goes_around_the_door() -> None:
    assert list(around()) == []


def test_listeners_take_no_client_of_bolts() -> None:
    """Bolt hands out copies of the client, which are Slack's own, and a `say` that uses one."""
    listeners = (
        (path, node)
        for path in Path(bot.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.AsyncFunctionDef)
    )
    for path, node in listeners:
        names = {argument.arg for argument in node.args.args}
        if "ack" in names or "event" in names:
            assert not names & {"client", "say", "context_client"}, f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("code", ["await ack(text='x')", "await respond(text='x')", "AsyncWebClient('x')"])
def test_the_look_finds_what_goes_around(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odd.py").write_text(f"async def odd():\n    {code}\n")
    monkeypatch.setattr(bot, "__file__", str(tmp_path / "__init__.py"))
    assert len(list(around())) == 1
