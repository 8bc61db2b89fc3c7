"""Runs the pretend Slack by itself: `python -m playground.slack --port 8090`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal

from playground.slack.server import running
from playground.slack.state import Workspace


def settings(workspace: Workspace) -> dict[str, str]:
    """The environment with which a bot uses this workspace."""
    return {
        "SLACK_API_URL": f"{workspace.base_url}/api/",
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_SIGNING_SECRET": workspace.signing_secret,
    }


async def serve(port: int, request_url: str) -> None:
    """Serve until SIGINT or SIGTERM."""
    workspace = Workspace(request_url=request_url)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with running(workspace, port):
        for name, value in settings(workspace).items():
            print(f"{name}={value}", flush=True)
        print("# leave SLACK_APP_TOKEN out to be reached by signed HTTP requests", flush=True)
        print(f"# look at what was posted: curl {workspace.base_url}/_playground/messages", flush=True)
        await stop.wait()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m playground.slack", description=__doc__)
    parser.add_argument("--port", type=int, default=8090, help="port on 127.0.0.1 (0: a free one)")
    parser.add_argument(
        "--request-url",
        default="http://127.0.0.1:3000/slack/events",
        help="where the bot takes signed requests (default: %(default)s)",
    )
    chosen = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(chosen.port, chosen.request_url))


if __name__ == "__main__":
    main()
