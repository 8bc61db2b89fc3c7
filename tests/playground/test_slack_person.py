"""A person and a real Bolt app talk to each other, over signed HTTP and over Socket Mode."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import httpx
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from playground.slack import (
    ADMIN,
    APP_TOKEN,
    BOT_TOKEN,
    NEWS,
    READER,
    Fault,
    Message,
    Person,
    Workspace,
    running,
    serving,
)

BLOCKS: list[dict[str, Any]] = [
    {
        "type": "input",
        "block_id": "name",
        "label": {"type": "plain_text", "text": "Name"},
        "element": {"type": "plain_text_input", "action_id": "name"},
    },
    {
        "type": "input",
        "block_id": "size",
        "label": {"type": "plain_text", "text": "Size"},
        "element": {
            "type": "static_select",
            "action_id": "size",
            "initial_option": {"text": {"type": "plain_text", "text": "Ten"}, "value": "10"},
            "options": [
                {"text": {"type": "plain_text", "text": "Ten"}, "value": "10"},
                {"text": {"type": "plain_text", "text": "Twelve"}, "value": "12"},
            ],
        },
    },
    {
        "type": "input",
        "optional": True,
        "block_id": "topics",
        "label": {"type": "plain_text", "text": "Topics"},
        "element": {"type": "multi_external_select", "action_id": "topics", "min_query_length": 1},
    },
]
MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "customize",
    "title": {"type": "plain_text", "text": "Customize"},
    "submit": {"type": "plain_text", "text": "Save"},
    "notify_on_close": True,
    "blocks": BLOCKS,
}
HEARD = {
    **MODAL,
    "blocks": [block | ({"dispatch_action": True} if block["block_id"] == "size" else {}) for block in BLOCKS],
}
"""The same, which tells the bot at once of another size."""


def buttons(*values: str) -> list[dict[str, Any]]:
    return [
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": value},
            "accessory": {
                "type": "button",
                "action_id": "save",
                "value": value,
                "text": {"type": "plain_text", "text": "Save"},
            },
        }
        for value in values
    ]


@dataclass
class Bot:
    """A small Bolt app that notes what reached it."""

    app: AsyncApp
    heard: list[dict[str, Any]] = field(default_factory=list)


def make_bot(workspace: Workspace) -> Bot:
    logger = logging.getLogger("test_slack_person.bolt")
    client = AsyncWebClient(BOT_TOKEN, base_url=workspace.base_url + "/api/")
    app = AsyncApp(token=None, client=client, signing_secret=workspace.signing_secret, logger=logger)
    bot = Bot(app)

    @app.command("/news")
    async def news(ack: Any, respond: Any, command: dict[str, Any], client: AsyncWebClient) -> None:
        bot.heard.append(command)
        match command["text"].split():
            case ["now"]:
                await ack(text="right away", blocks=buttons("a", "b"))
            case ["words"]:
                await ack("just words")
            case ["public"]:
                await ack(text="for all", response_type="in_channel")
            case ["broken"]:
                await ack(text="x", blocks=[{"type": "nonsense"}])
            case ["slow"]:
                await asyncio.sleep(3.2)
                await ack()
            case ["silent"]:
                await ack()
            case ["direct"]:
                await ack()
                await client.chat_postEphemeral(channel=command["channel_id"], user=command["user_id"], text="direct")
            case ["customize"]:
                await ack()
                await client.views_open(trigger_id=command["trigger_id"], view=MODAL)
            case _:
                await ack()
                await respond(text=f"found {command['text']}", blocks=buttons("a"))

    @app.action("save")
    async def save(ack: Any, respond: Any, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        bot.heard.append(body)
        if "response_url" in body:  # a Home tab has none
            await respond(text=f"saved {action['value']}", replace_original=True)

    @app.view("customize")
    async def customize(ack: Any, view: dict[str, Any]) -> None:
        bot.heard.append(view)
        name = view["state"]["values"]["name"]["name"]["value"]
        if name == "bad":
            await ack(response_action="errors", errors={"name": "Not that"})
        elif name in ("push", "clear"):
            await ack({"response_action": name, **({"view": MODAL} if name == "push" else {})})
        elif name == "unfit":
            await ack(response_action="update", view={"type": "modal", "blocks": []})
        elif name == "more":
            await ack(response_action="update", view={**MODAL, "callback_id": "second"})
        else:
            await ack()

    @app.view_closed("customize")
    async def closed(ack: Any, view: dict[str, Any]) -> None:
        await ack()
        bot.heard.append({"closed": view["id"]})

    @app.options("topics")
    async def topics(ack: Any, payload: dict[str, Any]) -> None:
        many = 101 if payload["value"] == "many" else 1
        await ack(options=[{"text": {"type": "plain_text", "text": payload["value"]}, "value": "t"}] * many)

    @app.action("size")
    async def sized(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        bot.heard.append(body)
        fewer = {**HEARD, "blocks": HEARD["blocks"][:2]}
        await client.views_update(view_id=body["view"]["id"], view=fewer)

    @app.shortcut("digest")
    async def digest(ack: Any, shortcut: dict[str, Any]) -> None:
        await ack()
        bot.heard.append(shortcut)

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], say: Any) -> None:
        bot.heard.append(event)
        await say(text="you called?", thread_ts=event["ts"])

    @app.event("app_home_opened")
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        bot.heard.append(event)
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": buttons("home")})

    @app.event("message")
    async def told(event: dict[str, Any], body: dict[str, Any], say: Any) -> None:
        bot.heard.append({**event, "event_id": body["event_id"]})
        await say(text="hello")

    return bot


@contextlib.asynccontextmanager
async def over_http(workspace: Workspace, bot: Bot) -> AsyncIterator[None]:
    handler = AsyncSlackRequestHandler(bot.app)
    async with serving(Starlette(routes=[Route("/slack/events", handler.handle, methods=["POST"])])) as base_url:
        workspace.request_url = base_url + "/slack/events"
        yield


@contextlib.asynccontextmanager
async def over_socket(workspace: Workspace, bot: Bot) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(bot.app, APP_TOKEN)
    await handler.connect_async()
    try:
        await workspace.wait_for(lambda: workspace.sockets.connected)
        yield
    finally:
        await handler.close_async()
        processor = handler.client.message_processor
        with contextlib.suppress(asyncio.CancelledError):
            await processor


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    made = Workspace()
    async with running(made):
        yield made


@pytest.fixture(params=[over_http, over_socket])
async def bot(workspace: Workspace, request: pytest.FixtureRequest) -> AsyncIterator[Bot]:
    made = make_bot(workspace)
    async with request.param(workspace, made):
        yield made


@pytest.fixture
async def http_bot(workspace: Workspace) -> AsyncIterator[Bot]:
    made = make_bot(workspace)
    async with over_http(workspace, made):
        yield made


@pytest.fixture
async def socket_bot(workspace: Workspace) -> AsyncIterator[Bot]:
    made = make_bot(workspace)
    async with over_socket(workspace, made):
        yield made


@pytest.fixture
def person(workspace: Workspace) -> Person:
    return Person(workspace)


async def test_a_command_is_answered_through_its_response_url(bot: Bot, person: Person) -> None:
    reply = await person.slash("/news", "facial recognition")
    assert (reply.ok, reply.status, reply.timed_out) == (True, 200, False)
    assert [(message.text, message.ephemeral_to) for message in reply.messages] == [
        ("found facial recognition", ADMIN.id)
    ]
    assert reply.text == "a\nSave"
    assert reply.answered is not None
    assert reply.seconds <= 3
    assert (bot.heard[0]["user_id"], bot.heard[0]["channel_name"]) == (ADMIN.id, "ai-news")


@pytest.mark.parametrize(
    ("text", "shown", "ephemeral"),
    [("now", "right away", True), ("words", "just words", True), ("public", "for all", False)],
)
async def test_an_ack_can_carry_the_answer(bot: Bot, person: Person, text: str, shown: str, ephemeral: bool) -> None:
    reply = await person.slash("/news", text)
    assert [(message.text, message.ephemeral_to is not None) for message in reply.messages] == [(shown, ephemeral)]


async def test_text_arrives_as_slack_escapes_it(bot: Bot, person: Person) -> None:
    await person.slash("/news", " AT&T <3 ")
    assert bot.heard[0]["text"] == "AT&amp;T &lt;3"


async def test_an_ack_with_bad_blocks_is_shown_as_the_error(bot: Bot, person: Person) -> None:
    reply = await person.slash("/news", "broken")
    assert (reply.ok, reply.error, reply.messages) == (False, "invalid_blocks", [])


async def test_slack_gives_up_after_three_seconds(bot: Bot, person: Person) -> None:
    reply = await person.slash("/news", "slow")
    assert (reply.ok, reply.timed_out, reply.error) == (False, True, "operation_timeout")
    assert reply.seconds >= 2.9


async def test_two_replies_do_not_mix(bot: Bot, workspace: Workspace) -> None:
    ada, rui = Person(workspace), Person(workspace, READER.id)
    replies = await asyncio.gather(ada.slash("/news", "one"), rui.slash("/news", "two"), ada.slash("/news", "three"))
    assert [[message.text for message in reply.messages] for reply in replies] == [
        ["found one"],
        ["found two"],
        ["found three"],
    ]


async def test_an_ephemeral_post_counts_as_an_answer(bot: Bot, person: Person) -> None:
    reply = await person.slash("/news", "direct")
    assert (await reply.first()).text == "direct"


async def test_a_button_is_pressed_and_the_message_replaced(bot: Bot, person: Person, workspace: Workspace) -> None:
    answer = (await person.slash("/news", "now")).messages[0]
    reply = await person.click("save", "b", answer)
    assert reply.ok
    await workspace.wait_for(lambda: workspace.ephemerals(NEWS.id)[0].text == "saved b")
    (message,) = workspace.ephemerals(NEWS.id)
    assert (message.ts, message.blocks) == (answer.ts, ())
    body = bot.heard[-1]
    assert (body["container"]["is_ephemeral"], "message" in body) == (True, False)
    with pytest.raises(LookupError, match=r"nothing to press called 'save' with value 'z'; there is save=a, save=b"):
        await person.click("save", "z", answer)


async def test_a_posted_message_comes_along_with_the_click(bot: Bot, person: Person, workspace: Workspace) -> None:
    client = AsyncWebClient(BOT_TOKEN, base_url=workspace.base_url + "/api/")
    await client.chat_postMessage(channel=NEWS.id, text="Digest", blocks=buttons("a"))
    await person.click("save", "a", workspace.messages(NEWS.id)[0])
    assert bot.heard[-1]["message"]["text"] == "Digest"
    assert bot.heard[-1]["actions"][0]["block_id"] == bot.heard[-1]["message"]["blocks"][0]["block_id"]


async def test_a_modal_is_filled_in(bot: Bot, person: Person, workspace: Workspace) -> None:
    reply = await person.slash("/news", "customize")
    (view,) = reply.views
    with pytest.raises(ValueError, match="complete these fields: Name"):
        await person.submit_view(view)
    with pytest.raises(LookupError, match="no input called nme"):
        await person.submit_view(view, {"nme": "x"})
    with pytest.raises(LookupError, match="does not offer '99', only 10, 12"):
        await person.submit_view(view, {"name": "x", "size": "99"})
    bad = await person.submit_view(view, {"name": "bad"})
    assert (bad.errors, workspace.modals()) == ({"name": "Not that"}, [view])
    suggested = await person.suggest("topics", "rob", view)
    assert suggested.body["options"][0]["text"]["text"] == "rob"
    more = await person.submit_view(view, {"name": "more"})
    assert more.ok
    assert [modal.callback_id for modal in workspace.modals()] == ["second"]
    good = await person.submit_view(view, {"name": "mine", "size": "12", "topics": ["t"]})
    values = bot.heard[-1]["state"]["values"]
    assert values["size"]["size"]["selected_option"]["value"] == "12"
    assert [option["value"] for option in values["topics"]["topics"]["selected_options"]] == ["t"]
    assert (good.ok, workspace.modals()) == (True, [])


async def test_modals_stack_and_clear(bot: Bot, person: Person, workspace: Workspace) -> None:
    (view,) = (await person.slash("/news", "customize")).views
    await person.submit_view(view, {"name": "push"})
    assert len(workspace.modals()) == 2
    with pytest.raises(ValueError, match=r"a view that Slack refuses: .*missing required field: title"):
        await person.submit_view(view, {"name": "unfit"})
    await person.submit_view(view, {"name": "clear"})
    assert workspace.modals() == []


async def test_what_is_filled_in_outlives_an_update(bot: Bot, person: Person, workspace: Workspace) -> None:
    client = AsyncWebClient(BOT_TOKEN, base_url=workspace.base_url + "/api/")
    await client.views_open(trigger_id=workspace.issue_trigger(person.user.id), view=HEARD)
    (view,) = workspace.modals()
    person.fill(view, {"name": "mine", "topics": ["t"]})
    with pytest.raises(LookupError, match="no input called nme"):
        person.fill(view, {"nme": "x"})
    with pytest.raises(LookupError, match="'name' tells the bot nothing before it is sent off"):
        await person.click("name", "x", on=view)
    await person.click("size", "12", on=view)
    await workspace.wait_for(lambda: workspace.views[view.id].hash != view.hash)
    values = bot.heard[-1]["view"]["state"]["values"]
    assert values["name"]["name"]["value"] == "mine"
    assert values["size"]["size"]["selected_option"]["value"] == "12"
    (view,) = workspace.modals()
    assert set(view.filled) == {"name", "size"}  # the third is not there any more
    await person.submit_view(view)
    values = bot.heard[-1]["state"]["values"]
    assert values["name"]["name"]["value"] == "mine"
    assert values["size"]["size"]["selected_option"]["value"] == "12"


async def test_options_that_slack_refuses_are_told(bot: Bot, person: Person, workspace: Workspace) -> None:
    (view,) = (await person.slash("/news", "customize")).views
    with pytest.raises(ValueError, match="no more than 100 items"):
        await person.suggest("topics", "many", view)
    with pytest.raises(ValueError, match="less than 76 characters"):
        await person.suggest("topics", "x" * 76, view)


async def test_a_closed_modal_is_told(bot: Bot, person: Person, workspace: Workspace) -> None:
    (view,) = (await person.slash("/news", "customize")).views
    await person.close_view(view)
    await workspace.wait_for(lambda: {"closed": view.id} in bot.heard)


async def test_shortcuts_reach_the_bot(bot: Bot, person: Person, workspace: Workspace) -> None:
    assert (await person.shortcut("digest")).ok
    message, _ = await person.say("look at this")
    assert (await person.shortcut("digest", message)).ok
    await workspace.wait_for(lambda: "message_action" in [heard.get("type") for heard in bot.heard])


async def test_a_mention_is_answered_in_its_thread(bot: Bot, person: Person, workspace: Workspace) -> None:
    message, reply = await person.mention("what is new?")
    assert reply.ok
    assert (await reply.first()).text == "you called?"
    assert [answer.text for answer in workspace.messages(NEWS.id, thread=message.ts)] == ["you called?"]


async def test_a_direct_message_and_the_home_tab_reach_the_bot(bot: Bot, person: Person, workspace: Workspace) -> None:
    message, reply = await person.tell("hi <all> & <@U0X> you")
    assert message.text == "hi &lt;all&gt; &amp; <@U0X> you"
    assert (await reply.first()).text == "hello"
    assert bot.heard[-1]["channel_type"] == "im"
    await person.open_home()
    home = await workspace.wait_for(lambda: workspace.home(ADMIN.id))
    assert home.visible_text() == "home\nSave"
    assert "view" not in bot.heard[-1]
    await person.open_home()
    await workspace.wait_for(lambda: bot.heard[-1].get("view", {}).get("hash") == home.hash)
    reply = await person.click("save", "home", home)
    assert reply.ok


async def test_an_event_can_be_repeated(bot: Bot, person: Person, workspace: Workspace) -> None:
    event = {"type": "message", "channel": NEWS.id, "ts": "1600000000.000001", "text": "x", "channel_type": "channel"}
    for retry in (None, (1, "http_timeout")):
        await person.event(event, event_id="Ev1", retry=retry)
    await workspace.wait_for(lambda: len(bot.heard) == 2)
    assert {heard["event_id"] for heard in bot.heard} == {"Ev1"}


# HTTP only


async def test_bolt_turns_forged_and_stale_requests_away(http_bot: Bot, person: Person) -> None:
    forged = await person.slash("/news", "x", sign=False)
    stale = await person.slash("/news", "x", age=600)
    fresh = await person.slash("/news", "x", age=60)
    assert [reply.status for reply in (forged, stale, fresh)] == [401, 401, 200]
    assert (forged.error, stale.ok, len(http_bot.heard)) == ("dispatch_failed", False, 1)


async def test_without_a_bot_the_person_sees_a_failure(workspace: Workspace, person: Person) -> None:
    with pytest.raises(ConnectionError, match=r"set workspace\.request_url"):
        await person.slash("/news")
    async with serving(Starlette()) as gone:
        pass
    workspace.request_url = gone + "/slack/events"
    assert (await person.slash("/news")).error == "dispatch_failed"


async def test_another_process_types_a_command(http_bot: Bot, workspace: Workspace) -> None:
    async with httpx.AsyncClient(base_url=workspace.base_url) as web:
        body = {"command": "/news", "text": "robots", "channel": "ai-news", "user": READER.id}
        answer = (await web.post("/_playground/slash", json=body)).json()
        assert (answer["ok"], answer["messages"][0]["ephemeral_to"]) == (True, READER.id)
        wrong = await web.post("/_playground/slash", json={"command": "/news", "channel": "nowhere"})
    assert (wrong.status_code, "nowhere" in wrong.json()["error"]) == (400, True)


# Socket Mode only


async def test_the_bot_comes_back_after_a_refresh(socket_bot: Bot, person: Person, workspace: Workspace) -> None:
    await workspace.sockets.disconnect("refresh_requested")
    await workspace.wait_for(lambda: workspace.sockets.opened == 2 and workspace.sockets.connected)
    assert (await person.slash("/news", "again")).ok
    await workspace.wait_for(lambda: workspace.sockets.connections == 1)


async def test_an_envelope_on_a_cut_socket_is_not_acknowledged(workspace: Workspace, person: Person) -> None:
    client = AsyncWebClient(BOT_TOKEN, base_url=workspace.base_url + "/api/")
    async with aiohttp.ClientSession() as session:
        socket = await session.ws_connect((await client.apps_connections_open(app_token=APP_TOKEN))["url"])
        await workspace.wait_for(lambda: workspace.sockets.connected)
        command = asyncio.create_task(person.slash("/news"))
        assert (await socket.receive_json())["type"] == "hello"
        assert (await socket.receive_json())["type"] == "slash_commands"
        await socket.send_str(json.dumps({"envelope_id": "another one"}))
        await workspace.sockets.disconnect("warning")
        assert (await socket.receive_json())["reason"] == "warning"
        assert workspace.sockets.connected
        await socket.close()
        assert (await command).timed_out


async def test_an_address_opens_one_socket(socket_bot: Bot, workspace: Workspace) -> None:
    client = AsyncWebClient(BOT_TOKEN, base_url=workspace.base_url + "/api/")
    address = (await client.apps_connections_open(app_token=APP_TOKEN))["url"]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(address) as socket:
            hello = json.loads((await socket.receive()).data)
            assert (hello["type"], hello["num_connections"]) == ("hello", 2)
        for used in (address, workspace.base_url + "/link?ticket=made-up"):
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await session.ws_connect(used)


async def test_no_envelope_without_a_socket(workspace: Workspace) -> None:
    with pytest.raises(ConnectionError, match="no Socket Mode connection"):
        await Person(workspace, transport="socket").slash("/news")


# response_url


@pytest.fixture
async def web() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


async def test_a_response_url_works_five_times(workspace: Workspace, web: httpx.AsyncClient) -> None:
    address = workspace.issue_response_url(ADMIN.id, NEWS.id)
    answers = [await web.post(address, json={"text": str(number)}) for number in range(6)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 200, 404]
    assert (answers[0].text, answers[5].json()) == ("ok", {"ok": False, "error": "used_url"})
    assert [message.text for message in workspace.ephemerals(NEWS.id)] == list("01234")


async def test_a_response_url_works_thirty_minutes(web: httpx.AsyncClient) -> None:
    now = 1_600_000_000.0
    workspace = Workspace(clock=lambda: now)
    async with running(workspace):
        address = workspace.issue_response_url(ADMIN.id, NEWS.id)
        now += 29 * 60
        assert (await web.post(address, json={"text": "in time"})).status_code == 200
        now += 2 * 60
        for late in (address, address[:-4]):
            answer = await web.post(late, json={"text": "late"})
            assert (answer.status_code, answer.json()["error"]) == (404, "expired_url")


async def test_a_response_url_replaces_deletes_and_speaks_up(workspace: Workspace, web: httpx.AsyncClient) -> None:
    parent = workspace.store(Message(NEWS.id, workspace.next_ts(), "old", workspace.bot_user.id))
    address = workspace.issue_response_url(ADMIN.id, NEWS.id, parent.ts)
    await web.post(address, json={"text": "new", "replace_original": True})
    assert [message.text for message in workspace.messages(NEWS.id)] == ["new"]
    await web.post(address, json={"text": "aside"})
    assert [message.text for message in workspace.ephemerals(NEWS.id)] == ["aside"]
    await web.post(address, json={"text": "loud", "response_type": "in_channel", "thread_ts": parent.ts})
    assert [message.text for message in workspace.messages(NEWS.id, thread=parent.ts)] == ["loud"]
    await web.post(address, json={"delete_original": True})
    assert workspace.messages(NEWS.id) == []


async def test_a_response_url_refuses_bad_messages_and_has_faults(workspace: Workspace, web: httpx.AsyncClient) -> None:
    address = workspace.issue_response_url(ADMIN.id, NEWS.id)
    bad = await web.post(address, json={"blocks": [{"type": "nonsense"}]})
    assert (bad.status_code, bad.json()["error"]) == (400, "invalid_blocks")
    workspace.faults.add(Fault("response_url", "server_error"), Fault("response_url", "lost_reply"))
    assert (await web.post(address, json={"text": "x"})).status_code == 503
    with pytest.raises(httpx.RemoteProtocolError):
        await web.post(address, json={"text": "lost"})
    assert [message.text for message in workspace.ephemerals(NEWS.id)] == ["lost"]
    assert [(call.status, call.fault) for call in workspace.calls_of("response_url")] == [
        (400, None),
        (503, "server_error"),
        (0, "lost_reply"),
    ]
