"""How the pretend Slack starts and stops: in a loop, in a thread, as a program."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import threading

import aiohttp
import httpx
import pytest
from slack_sdk.web import WebClient

from playground.slack import APP_TOKEN, BOT_TOKEN, NEWS, Fault, Person, ThreadedSlack, Workspace, running


async def test_nothing_is_left_when_it_stops() -> None:
    before = asyncio.all_tasks()
    workspace = Workspace()
    async with running(workspace) as base_url, httpx.AsyncClient() as web, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {APP_TOKEN}"}
        opened = (await web.post(f"{base_url}/api/apps.connections.open", headers=headers)).json()
        link = await session.ws_connect(opened["url"])
        assert (await link.receive_json())["type"] == "hello"
        assert workspace.sockets.connected
        idle = (await web.post(f"{base_url}/api/apps.connections.open", headers=headers)).json()
        await session.ws_connect(idle["url"])
        await workspace.wait_for(lambda: workspace.sockets.connections == 2)
        await workspace.sockets.close()
        assert (await link.receive()).type is aiohttp.WSMsgType.CLOSE
    assert asyncio.all_tasks() == before
    assert not workspace.sockets.connected
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(base_url.rpartition(":")[2])), timeout=1)


async def test_a_taken_port_is_an_error() -> None:
    async with running(Workspace()) as base_url:
        with pytest.raises(OSError, match="in use"):
            async with running(Workspace(), int(base_url.rpartition(":")[2])):
                pass


async def test_signal_handlers_stay_as_they_were() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    async with running(Workspace()):
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_synchronous_test_uses_a_thread() -> None:
    before = threading.active_count()
    with ThreadedSlack() as slack:
        client = WebClient(BOT_TOKEN, base_url=slack.base_url + "/api/", retry_handlers=[])
        client.chat_postMessage(channel=NEWS.id, text="Hello")
        assert [message.text for message in slack.workspace.messages(NEWS.id)] == ["Hello"]
        slack.workspace.faults.add(Fault("chat.postMessage", "lost_reply"))
        with pytest.raises(ConnectionError):
            client.chat_postMessage(channel=NEWS.id, text="lost")
        person = Person(slack.workspace, request_url=slack.base_url + "/nowhere")
        assert slack.run(person.slash("/news")).status == 404
        waited = slack.run(slack.workspace.wait_for(lambda: slack.workspace.messages(NEWS.id)))
        assert len(waited) == 2
    assert threading.active_count() == before


def test_a_thread_that_cannot_start_says_why() -> None:
    with ThreadedSlack() as slack:
        port = int(slack.base_url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"), ThreadedSlack(port=port):
            pass


async def test_a_workspace_in_a_thread_can_be_waited_for_here() -> None:
    with ThreadedSlack() as slack:
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {BOT_TOKEN}"}) as web:
            waiting = asyncio.create_task(slack.workspace.wait_for(lambda: slack.workspace.messages(NEWS.id)))
            await web.post(slack.base_url + "/api/chat.postMessage", data={"channel": NEWS.id, "text": "x"})
            assert [message.text for message in await waiting] == ["x"]


def test_the_program_prints_the_settings_and_stops_on_a_signal() -> None:
    command = [sys.executable, "-m", "playground.slack", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        lines = dict(process.stdout.readline().rstrip("\n").split("=", 1) for _ in range(4))
        answer = WebClient(lines["SLACK_BOT_TOKEN"], base_url=lines["SLACK_API_URL"]).auth_test()
        assert answer["ok"]
        assert set(lines) == {"SLACK_API_URL", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"}
        process.terminate()
        rest = process.stdout.read()
        assert process.wait(10) == 0
    assert "Traceback" not in rest
