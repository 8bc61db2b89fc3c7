"""The pretend Web API, driven by the real slack_sdk client over sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack import (
    ADMIN,
    APP_TOKEN,
    BOT_TOKEN,
    NEWS,
    PRIVATE,
    READER,
    Channel,
    Fault,
    Message,
    Workspace,
    running,
)


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    made = Workspace()
    async with running(made):
        yield made


@pytest.fixture
def client(workspace: Workspace) -> AsyncWebClient:
    return AsyncWebClient(BOT_TOKEN, base_url=workspace.base_url + "/api/")


async def refused(call: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        await call
    data = caught.value.response.data
    assert isinstance(data, dict)
    return data


async def post(client: AsyncWebClient, text: str = "Hello", **more: Any) -> str:
    more = {"channel": NEWS.id, "unfurl_links": False, **more}
    return str((await client.chat_postMessage(text=text, **more))["ts"])


async def test_auth_test_names_the_bot_and_its_scopes(workspace: Workspace, client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert (answer["bot_id"], answer["user_id"]) == (workspace.bot_id, workspace.bot_user.id)
    assert "chat:write" in answer.headers["X-OAuth-Scopes"].split(",")


@pytest.mark.parametrize(
    ("header", "method", "error"),
    [
        ("", "auth.test", "not_authed"),
        ("Bearer xoxb-wrong", "auth.test", "invalid_auth"),
        (f"Bearer {APP_TOKEN}", "chat.postMessage", "not_allowed_token_type"),
        (f"Bearer {BOT_TOKEN}", "apps.connections.open", "not_allowed_token_type"),
        (f"Bearer {BOT_TOKEN}", "chat.sing", "unknown_method"),
    ],
)
async def test_tokens_and_method_names_are_checked(workspace: Workspace, header: str, method: str, error: str) -> None:
    async with httpx.AsyncClient() as web:
        headers = {"Authorization": header} if header else {}
        answer = await web.post(f"{workspace.base_url}/api/{method}", headers=headers, data={"token": BOT_TOKEN})
    assert answer.json()["error"] == error
    assert BOT_TOKEN not in repr(workspace.calls)


async def test_blocks_may_come_as_form_or_json(workspace: Workspace) -> None:
    blocks = [{"type": "divider"}]
    address, headers = f"{workspace.base_url}/api/chat.postMessage", {"Authorization": f"Bearer {BOT_TOKEN}"}
    async with httpx.AsyncClient(headers=headers) as web:
        form = await web.post(address, data={"channel": "#ai-news", "text": "1", "blocks": json.dumps(blocks)})
        plain = await web.post(address, json={"channel": NEWS.id, "text": "2", "blocks": blocks})
        wrong = await web.post(address, data={"channel": NEWS.id, "text": "3", "blocks": "[{"})
        broken = await web.post(address, content=b"{", headers={"Content-Type": "application/json"})
        listed = await web.post(address, content=b"[]", headers={"Content-Type": "application/json"})
    assert form.json()["ok"] is plain.json()["ok"] is True
    assert [message.blocks for message in workspace.messages("ai-news")] == [({"type": "divider"},)] * 2
    errors = [answer.json()["error"] for answer in (wrong, broken, listed)]
    assert errors == ["invalid_blocks_format", "invalid_json", "json_not_object"]


async def test_timestamps_are_unique_and_rising_even_when_the_clock_stands_still() -> None:
    still = Workspace(clock=lambda: 1_600_000_000.0)
    stamps = [still.next_ts() for _ in range(100)]
    assert stamps == sorted(set(stamps))
    assert stamps[0] == "1600000000.000000"


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C0NOWHERE01", "channel_not_found"),
        ("", "channel_not_found"),
        ("C0STRANGE01", "not_in_channel"),
        ("C0ARCHIVED1", "is_archived"),
    ],
)
async def test_posting_is_refused_where_the_bot_cannot_write(client: AsyncWebClient, channel: str, error: str) -> None:
    assert (await refused(client.chat_postMessage(channel=channel, text="x")))["error"] == error


async def test_private_channels_hide_from_strangers(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.change_channel(PRIVATE.id, is_member=False)
    assert (await refused(client.conversations_info(channel=PRIVATE.id)))["error"] == "channel_not_found"


async def test_a_missing_scope_is_named(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.scopes.discard("chat:write")
    data = await refused(client.chat_postMessage(channel=NEWS.id, text="x"))
    assert (data["error"], data["needed"]) == ("missing_scope", "chat:write")
    assert "chat:write" not in data["provided"].split(",")
    workspace.scopes.discard("channels:history")
    assert (await refused(client.conversations_history(channel=NEWS.id)))["needed"] == "channels:history"


async def test_threads_stand_under_their_parent(workspace: Workspace, client: AsyncWebClient) -> None:
    parent = await post(client, "parent")
    replies = [await post(client, f"reply {number}", thread_ts=parent) for number in range(3)]
    assert [message.text for message in workspace.messages(NEWS.id)] == ["parent"]
    assert [message.ts for message in workspace.messages(NEWS.id, thread=parent)] == replies
    top = (await client.conversations_history(channel=NEWS.id))["messages"]
    assert [(message["text"], message["reply_count"]) for message in top] == [("parent", 3)]
    told = await client.conversations_replies(channel=NEWS.id, ts=parent)
    assert [message["ts"] for message in told["messages"]] == [parent, *replies]
    assert (await refused(client.conversations_replies(channel=NEWS.id, ts="1.000000")))["error"] == "thread_not_found"
    for thread, error in (("1600000000.000001", "invalid_thread_ts"), (replies[0], "cannot_reply_to_message")):
        call = client.chat_postMessage(channel=NEWS.id, text="x", thread_ts=thread)
        assert (await refused(call))["error"] == error


async def test_metadata_is_told_only_when_asked_for(client: AsyncWebClient) -> None:
    metadata = {"event_type": "digest_delivered", "event_payload": {"delivery": "d1"}}
    await post(client, metadata=metadata)
    quiet = await client.conversations_history(channel=NEWS.id)
    assert "metadata" not in quiet["messages"][0]
    full = await client.conversations_history(channel=NEWS.id, include_all_metadata=True)
    assert full["messages"][0]["metadata"] == metadata


async def test_history_turns_pages_newest_first(client: AsyncWebClient) -> None:
    stamps = [await post(client, str(number)) for number in range(7)]
    seen: list[str] = []
    pages = 0
    async for page in await client.conversations_history(channel=NEWS.id, limit=3):
        pages += 1
        seen += [message["ts"] for message in page["messages"]]
        assert page["has_more"] is (pages < 3)
    assert (pages, seen) == (3, stamps[::-1])


async def test_history_keeps_to_oldest_and_latest(client: AsyncWebClient) -> None:
    stamps = [await post(client, str(number)) for number in range(5)]
    bounds = {"channel": NEWS.id, "oldest": stamps[1], "latest": stamps[3]}
    between = await client.conversations_history(**bounds)
    assert [message["text"] for message in between["messages"]] == ["2"]
    inclusive = await client.conversations_history(**bounds, inclusive=True)
    assert [message["text"] for message in inclusive["messages"]] == ["3", "2", "1"]
    assert (await refused(client.conversations_history(channel=NEWS.id, oldest="soon")))["error"] == "invalid_ts_oldest"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"cursor": "never"}, "invalid_cursor"),
        ({"cursor": "cGxhY2U6OTk5"}, "invalid_cursor"),
        ({"cursor": "dGVhbTox"}, "invalid_cursor"),
        ({"limit": 0}, "invalid_limit"),
        ({"limit": "many"}, "invalid_limit"),
    ],
)
async def test_wrong_cursors_and_limits_are_refused(
    client: AsyncWebClient, arguments: dict[str, Any], error: str
) -> None:
    call = client.api_call("conversations.list", params=arguments, http_verb="GET")
    assert (await refused(call))["error"] == error


async def test_channels_are_listed_by_kind_and_page(workspace: Workspace, client: AsyncWebClient) -> None:
    for number in range(5):
        workspace.add_channel(Channel(f"C0MANY0000{number}", f"many-{number}"))
    names: list[str] = []
    async for page in await client.conversations_list(types="public_channel,private_channel", limit=2):
        assert len(page["channels"]) <= 2
        names += [channel["name"] for channel in page["channels"]]
    assert names == [channel.name for channel in workspace.channels.values()]
    public = await client.conversations_list(exclude_archived=True)
    found = {channel["name"] for channel in public["channels"]}
    assert {"board", "old-news"}.isdisjoint(found)
    assert (await refused(client.conversations_list(types="secret")))["error"] == "invalid_types"


async def test_messages_are_changed_and_deleted_only_by_their_writer(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    ts = await post(client, "frist", metadata={"event_type": "x", "event_payload": {"a": 1}})
    await client.chat_update(channel=NEWS.id, ts=ts, text="first")
    (message,) = workspace.messages(NEWS.id)
    assert (message.text, message.metadata is not None, message.edited is not None) == ("first", True, True)
    await client.chat_delete(channel=NEWS.id, ts=ts)
    assert workspace.messages(NEWS.id) == []
    assert [gone.text for gone in workspace.deleted] == ["first"]
    missing = await refused(client.chat_update(channel=NEWS.id, ts=ts, text="again"))
    assert missing["error"] == "message_not_found"


async def test_ephemeral_messages_reach_one_member(workspace: Workspace, client: AsyncWebClient) -> None:
    await client.chat_postEphemeral(channel=NEWS.id, user=READER.id, text="psst")
    (message,) = workspace.ephemerals("ai-news", READER.id)
    assert (message.text, message.ephemeral_to) == ("psst", READER.id)
    assert (await client.conversations_history(channel=NEWS.id))["messages"] == []
    outside = client.chat_postEphemeral(channel=PRIVATE.id, user=READER.id, text="psst")
    assert (await refused(outside))["error"] == "user_not_in_channel"


async def test_permalinks_lead_to_messages_and_replies(client: AsyncWebClient) -> None:
    parent = await post(client)
    reply = await post(client, thread_ts=parent)
    link = await client.chat_getPermalink(channel=NEWS.id, message_ts=parent)
    assert link["permalink"] == f"https://playground.slack.com/archives/{NEWS.id}/p{parent.replace('.', '')}"
    assert f"thread_ts={parent}" in (await client.chat_getPermalink(channel=NEWS.id, message_ts=reply))["permalink"]


async def test_direct_messages_open_once(workspace: Workspace, client: AsyncWebClient) -> None:
    first = await client.conversations_open(users=READER.id)
    again = await client.conversations_open(users=[READER.id], return_im=True)
    assert first["channel"]["id"] == again["channel"]["id"] == workspace.direct_message(READER.id).id
    assert (again["already_open"], again["channel"]["is_im"]) == (True, True)
    await client.chat_postMessage(channel=READER.id, text="hello")
    assert [message.text for message in workspace.messages(READER.id)] == ["hello"]
    assert (await refused(client.conversations_open(users="U0NOBODY")))["error"] == "user_not_found"


async def test_channels_can_be_joined_and_their_members_seen(client: AsyncWebClient) -> None:
    joined = await client.conversations_join(channel="C0STRANGE01")
    assert joined["channel"]["is_member"] is True
    assert (await client.conversations_join(channel="C0STRANGE01"))["warning"] == "already_in_channel"
    members = await client.conversations_members(channel="C0STRANGE01")
    assert {ADMIN.id, READER.id} < set(members["members"])
    assert (await refused(client.conversations_join(channel="C0ARCHIVED1")))["error"] == "is_archived"


async def test_people_the_team_and_the_bot_are_known(workspace: Workspace, client: AsyncWebClient) -> None:
    user = (await client.users_info(user=READER.id))["user"]
    assert (user["tz"], user["is_admin"]) == ("America/New_York", False)
    assert user["tz_offset"] in (-18000, -14400)
    assert {member["id"] for member in (await client.users_list())["members"]} == set(workspace.users)
    assert (await client.team_info())["team"]["name"] == "Playground"
    assert (await client.bots_info(bot=workspace.bot_id))["bot"]["app_id"] == workspace.app_id
    assert (await client.api_test(foo="bar"))["args"] == {"foo": "bar"}
    assert (await refused(client.api_test(error="my_error")))["error"] == "my_error"


async def test_views_open_by_trigger_once_and_in_time(workspace: Workspace, client: AsyncWebClient) -> None:
    modal = {"type": "modal", "title": {"type": "plain_text", "text": "Hi"}, "blocks": [{"type": "divider"}]}
    trigger = workspace.issue_trigger(ADMIN.id)
    opened = (await client.views_open(trigger_id=trigger, view=modal))["view"]
    assert [view.id for view in workspace.modals(ADMIN.id)] == [opened["id"]]
    assert (await refused(client.views_open(trigger_id=trigger, view=modal)))["error"] == "exchanged_trigger_id"
    assert (await refused(client.views_open(trigger_id="1.2.3", view=modal)))["error"] == "invalid_trigger_id"
    late = workspace.issue_trigger(ADMIN.id)
    workspace.triggers[late] = (ADMIN.id, workspace.clock() - 4)
    assert (await refused(client.views_open(trigger_id=late, view=modal)))["error"] == "expired_trigger_id"
    changed = await client.views_update(view_id=opened["id"], hash=opened["hash"], view={**modal, "callback_id": "two"})
    assert changed["view"]["callback_id"] == workspace.modals()[0].callback_id == "two"
    stale = client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal)
    assert (await refused(stale))["error"] == "hash_conflict"
    assert (await refused(client.views_update(view_id="V0", view=modal)))["error"] == "not_found"
    for _ in range(2):
        await client.views_push(trigger_id=workspace.issue_trigger(ADMIN.id), view=modal)
    fourth = client.views_push(trigger_id=workspace.issue_trigger(ADMIN.id), view=modal)
    assert (await refused(fourth))["error"] == "push_limit_reached"


async def test_views_are_checked_before_they_show(workspace: Workspace, client: AsyncWebClient) -> None:
    title = {"type": "plain_text", "text": "Hi"}
    modal: dict[str, Any] = {"type": "modal", "title": title, "blocks": [], "external_id": "one"}

    def trigger() -> str:
        return workspace.issue_trigger(ADMIN.id)

    home: dict[str, Any] = {"type": "home", "blocks": []}
    assert (await refused(client.views_open(trigger_id=trigger(), view=home)))["error"] == "invalid_arguments"
    assert (await refused(client.views_open(trigger_id="", view=modal)))["error"] == "invalid_arguments"
    await client.views_open(trigger_id=trigger(), view=modal)
    assert (await refused(client.views_open(trigger_id=trigger(), view=modal)))["error"] == "duplicate_external_id"
    await client.views_update(external_id="one", view={**modal, "private_metadata": "kept"})
    assert [view.private_metadata for view in workspace.modals()] == ["kept"]
    shown = (await client.views_publish(user_id=ADMIN.id, view=home))["view"]
    await client.views_update(view_id=shown["id"], view={**home, "callback_id": "new"})
    assert workspace.homes[ADMIN.id].callback_id == "new"
    stale = client.views_publish(user_id=ADMIN.id, view=home, hash=shown["hash"])
    assert (await refused(stale))["error"] == "hash_conflict"


async def test_conversations_refuse_what_slack_refuses(workspace: Workspace, client: AsyncWebClient) -> None:
    calls = {
        "not_in_channel": client.conversations_history(channel="C0STRANGE01"),
        "invalid_ts_latest": client.conversations_history(channel=NEWS.id, latest="never"),
        "users_list_not_supplied": client.conversations_open(users=""),
        "method_not_supported_for_channel_type": client.conversations_open(users=[ADMIN.id, READER.id]),
        "user_not_found": client.users_info(user="U0NOBODY"),
        "bot_not_found": client.bots_info(bot="B0NOBODY"),
    }
    for error, call in calls.items():
        assert (await refused(call))["error"] == error
    joining = client.conversations_join(channel=PRIVATE.id)
    assert (await refused(joining))["error"] == "method_not_supported_for_channel_type"
    assert (await client.conversations_info(channel="board"))["channel"]["is_private"] is True
    assert (await client.conversations_info(channel=READER.id))["channel"]["is_im"] is True
    foreign = workspace.store(Message(NEWS.id, workspace.next_ts(), "mine", READER.id))
    for error, call in {
        "cant_update_message": client.chat_update(channel=NEWS.id, ts=foreign.ts, text="x"),
        "cant_delete_message": client.chat_delete(channel=NEWS.id, ts=foreign.ts),
        "message_not_found": client.chat_getPermalink(channel=NEWS.id, message_ts="1600000000.000001"),
    }.items():
        assert (await refused(call))["error"] == error


async def test_a_broadcast_reply_stands_in_both_places(workspace: Workspace, client: AsyncWebClient) -> None:
    parent = await post(client, "parent")
    await post(client, "loud", thread_ts=parent, reply_broadcast=True)
    assert [message.text for message in workspace.messages(NEWS.id)] == ["parent", "loud"]
    assert [message.text for message in workspace.messages(NEWS.id, thread=parent)] == ["loud"]
    newest = (await client.conversations_history(channel=NEWS.id, limit=1))["messages"][0]
    assert newest["subtype"] == "thread_broadcast"


async def test_home_tabs_replace_each_other(workspace: Workspace, client: AsyncWebClient) -> None:
    for text in ("one", "two"):
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]
        await client.views_publish(user_id=READER.id, view={"type": "home", "blocks": blocks})
    home = workspace.home(READER.id)
    assert home is not None
    assert home.visible_text() == "two"
    assert len(workspace.views) == 1
    wrong = await refused(client.views_publish(user_id=READER.id, view={"type": "home", "blocks": [{"type": "x"}]}))
    assert wrong["error"] == "invalid_arguments"
    assert wrong["response_metadata"]["messages"] == ["[ERROR] unsupported type: x [json-pointer:/view/blocks/0/type]"]


async def test_bad_blocks_are_refused_with_the_place(workspace: Workspace, client: AsyncWebClient) -> None:
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    data = await refused(client.chat_postMessage(channel=NEWS.id, text="x", blocks=blocks))
    assert data["error"] == "invalid_blocks"
    place = "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    assert data["response_metadata"]["messages"] == [place]
    assert workspace.messages(NEWS.id) == []


async def test_a_channel_can_be_limited_to_one_post_a_second(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.channel_interval = 1.0
    await post(client)
    with pytest.raises(SlackApiError) as caught:
        await post(client)
    assert caught.value.response.status_code == 429
    await post(client, channel="C0OTHER0001")


async def test_the_log_keeps_every_call_without_the_token(workspace: Workspace, client: AsyncWebClient) -> None:
    await post(client)
    await refused(client.chat_postMessage(channel="C0", text="x"))
    good, bad = workspace.calls_of("chat.postMessage")
    assert (good.ok, good.args["text"], bad.ok, bad.error) == (True, "Hello", False, "channel_not_found")
    assert BOT_TOKEN not in repr(workspace.calls)


async def test_waiting_ends_with_the_thing_or_with_the_last_calls(workspace: Workspace, client: AsyncWebClient) -> None:
    posting = asyncio.create_task(post(client))
    (message,) = await workspace.wait_for(lambda: workspace.messages(NEWS.id))
    assert message.ts == await posting
    with pytest.raises(TimeoutError, match=r"last Web API calls: chat\.postMessage 200"):
        await workspace.wait_for(lambda: False, 0.02)


# Faults


async def test_a_rate_limit_says_how_long_to_wait(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.faults.add(Fault("chat.postMessage", "rate_limited", seconds=7))
    with pytest.raises(SlackApiError) as caught:
        await post(client)
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "7")
    await post(client)
    assert [message.text for message in workspace.messages(NEWS.id)] == ["Hello"]


async def test_the_sdk_waits_out_a_rate_limit(workspace: Workspace, client: AsyncWebClient) -> None:
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    workspace.faults.add(Fault("chat.postMessage", "rate_limited", seconds=0))
    await post(client)
    assert [call.status for call in workspace.calls_of("chat.postMessage")] == [429, 200]


async def test_server_errors_carry_no_json(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.faults.add(Fault("*", "server_error", times=2, status=502))
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await post(client)
        assert caught.value.response.status_code == 502
    await post(client)
    assert len(workspace.messages(NEWS.id)) == 1


async def test_a_lost_reply_leaves_the_message_and_cuts_the_connection(workspace: Workspace) -> None:
    client = AsyncWebClient(BOT_TOKEN, base_url=workspace.base_url + "/api/", retry_handlers=[])
    workspace.faults.add(Fault("chat.postMessage", "lost_reply"))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await post(client)
    assert [message.text for message in workspace.messages(NEWS.id)] == ["Hello"]
    (call,) = workspace.calls
    assert (call.status, call.fault, call.ok) == (0, "lost_reply", False)


async def test_a_late_error_leaves_the_message_and_says_nothing_of_it(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    workspace.faults.add(Fault("chat.postMessage", "late_error", status=504))
    with pytest.raises(SlackApiError) as caught:
        await post(client)
    assert caught.value.response.status_code == 504
    assert [message.text for message in workspace.messages(NEWS.id)] == ["Hello"]


async def test_the_sdks_default_client_posts_twice_after_a_lost_reply(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    workspace.faults.add(Fault("chat.postMessage", "lost_reply"))
    await post(client)
    assert len(workspace.messages(NEWS.id)) == 2


async def test_drop_before_cuts_without_taking_the_message(workspace: Workspace) -> None:
    client = AsyncWebClient(BOT_TOKEN, base_url=workspace.base_url + "/api/", retry_handlers=[])
    workspace.faults.add(Fault("chat.postMessage", "drop_before"))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await post(client)
    assert workspace.messages(NEWS.id) == []


async def test_faults_can_be_aimed(workspace: Workspace, client: AsyncWebClient) -> None:
    fault = Fault("chat.postMessage", "refused", error="fatal_error", times=None, channel="C0OTHER0001", skip=1)
    workspace.faults.add(fault)
    await post(client)
    await post(client, channel="C0OTHER0001")
    for _ in range(3):
        data = await refused(client.chat_postMessage(channel="C0OTHER0001", text="x"))
        assert data["error"] == "fatal_error"
    assert workspace.faults.waiting == (fault,)


async def test_a_delay_only_delays(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.faults.add(Fault("auth.test", "delay", seconds=0.2))
    start = asyncio.get_running_loop().time()
    assert (await client.auth_test())["ok"]
    assert asyncio.get_running_loop().time() - start >= 0.2


async def test_a_long_delay_does_not_hold_up_the_end() -> None:
    workspace = Workspace()
    async with running(workspace) as base_url:
        workspace.faults.add(Fault("auth.test", "delay", seconds=60))
        client = AsyncWebClient(BOT_TOKEN, base_url=base_url + "/api/", retry_handlers=[])
        slow = asyncio.create_task(client.auth_test())
        await workspace.wait_for(lambda: not workspace.faults.waiting)
    assert (await slow)["ok"]


def test_unknown_faults_are_refused() -> None:
    with pytest.raises(ValueError, match="choose from rate_limited"):
        Fault("chat.postMessage", "meteor")  # type: ignore[arg-type]


# From another process


async def test_another_process_sets_faults_and_looks(workspace: Workspace, client: AsyncWebClient) -> None:
    async with httpx.AsyncClient(base_url=workspace.base_url) as web:
        set_two = [
            {"method": "chat.postMessage", "kind": "refused", "error": "fatal_error"},
            {"method": "auth.test", "kind": "delay"},
        ]
        assert (await web.post("/_playground/faults", json=set_two)).json() == {"ok": True, "waiting": 2}
        await refused(client.chat_postMessage(channel=NEWS.id, text="x"))
        await web.delete("/_playground/faults")
        assert workspace.faults.waiting == ()
        parent = await post(client, "parent", metadata={"event_type": "e", "event_payload": {}})
        await post(client, "reply", thread_ts=parent)
        await client.chat_postEphemeral(channel=NEWS.id, user=ADMIN.id, text="psst")
        every = (await web.get("/_playground/messages")).json()["messages"]
        assert [message["text"] for message in every] == ["parent", "reply", "psst"]
        assert every[0]["metadata"]["event_type"] == "e"
        thread = await web.get("/_playground/messages", params={"channel": "ai-news", "thread": parent})
        assert [message["text"] for message in thread.json()["messages"]] == ["reply"]
        assert (await web.get("/_playground/messages", params={"channel": "nowhere"})).status_code == 400
        calls = (await web.get("/_playground/calls", params={"method": "chat.postMessage"})).json()["calls"]
        assert [call["error"] for call in calls] == ["fatal_error", None, None]
        assert (await web.get("/_playground/views")).json() == {"ok": True, "views": []}
        await web.post("/_playground/reset")
        assert (workspace.calls, workspace.messages(NEWS.id), workspace.ephemerals()) == ([], [], [])


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"method": "auth.test", "kind": "meteor"}, "unknown fault kind"),
        ({"method": "auth.test", "kind": "delay", "colour": "red"}, "unknown fault field colour"),
        ({"kind": "delay"}, "needs method and kind"),
    ],
)
async def test_wrong_faults_from_outside_are_explained(
    workspace: Workspace, body: dict[str, Any], problem: str
) -> None:
    async with httpx.AsyncClient(base_url=workspace.base_url) as web:
        answer = await web.post("/_playground/faults", json=body)
    assert answer.status_code == 400
    assert problem in answer.json()["error"]
