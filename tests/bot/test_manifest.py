"""The manifest: the one in the repository is the one that is printed; what Slack's own command line asks for works."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from bot.cli import app
from bot.manifest import HEARD, RELATED, SCOPES, SEARCH
from bot.settings import load
from bot.tidying import ENDS

ROOT = Path(__file__).parents[2]


def printed(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["manifest", *arguments])
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 else result.stderr


def test_the_manifest_in_the_repository_is_the_one_that_is_printed() -> None:
    assert (ROOT / "manifest.json").read_text(encoding="utf-8") == printed()


def test_socket_mode_and_http() -> None:
    socket, http = json.loads(printed()), json.loads(printed("--url", "https://news.example.com"))
    assert socket["settings"]["socket_mode_enabled"] is True
    assert socket["settings"]["interactivity"] == {"is_enabled": True}
    assert http["settings"]["interactivity"]["request_url"] == "https://news.example.com/slack/events"
    assert http["settings"]["interactivity"]["message_menu_options_url"] == "https://news.example.com/slack/events"
    assert "app_home_opened" in socket["settings"]["event_subscriptions"]["bot_events"]
    assert http["settings"]["event_subscriptions"]["request_url"] == "https://news.example.com/slack/events"
    assert socket["features"]["app_home"]["home_tab_enabled"] is True
    assert "url" not in socket["features"]["slash_commands"][0]
    assert http["settings"]["socket_mode_enabled"] is False
    assert http["features"]["slash_commands"][0]["url"] == "https://news.example.com/slack/events"
    assert printed("--url", "https://news.example.com/slack/events/") == printed("--url", "https://news.example.com")
    assert printed("--url", "https://news.example.com", "--socket") == printed()


@pytest.mark.parametrize(
    "url", ["http://news.example.com", "news.example.com", "https://", "https://a.example/?x", "https://["]
)
def test_an_address_that_slack_cannot_reach(url: str) -> None:
    assert "give one such as https://news.example.com" in printed("--url", url, code=2)


def test_scopes_are_the_least_and_explained() -> None:
    assert json.loads(printed("--least"))["oauth_config"]["scopes"]["bot"] == ["chat:write", "commands"]
    explained = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    for scope in SCOPES:
        assert f"| `{scope.name}` | {scope.purpose} | {'yes' if scope.needed else 'no'} |" in explained


def test_the_least_has_the_events_that_take_no_scope_and_the_shortcuts() -> None:
    least, whole = json.loads(printed("--least")), json.loads(printed("--url", "https://news.example.com"))
    assert least["settings"]["event_subscriptions"] == {
        "bot_events": ["app_home_opened", "app_uninstalled", "tokens_revoked"]
    }
    assert least["features"]["shortcuts"] == whole["features"]["shortcuts"]
    assert least["features"]["app_home"]["messages_tab_read_only_enabled"] is True
    assert whole["features"]["app_home"]["messages_tab_read_only_enabled"] is False
    assert whole["settings"]["event_subscriptions"]["request_url"] == "https://news.example.com/slack/events"
    assert whole["settings"]["event_subscriptions"]["bot_events"] == [event.name for event in HEARD]


def test_events_are_explained_and_take_scopes_that_there_are() -> None:
    explained = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    for event in HEARD:
        taken = f"`{event.scope}`" if event.scope else "nothing"
        assert f"| `{event.name}` | {event.purpose} | {taken} |" in explained
    assert {event.scope for event in HEARD} <= {scope.name for scope in SCOPES} | {""}


def test_what_is_heard_is_asked_for() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "bot").rglob("*.py")))
    heard = set(re.findall(r'\bon\(app, "([a-z_]+)"', sources)) | set(re.findall(r'bolt\.event\("([a-z_]+)"', sources))
    heard |= set(ENDS) | {"channel_rename", "group_rename"}
    assert heard == {event.name.removesuffix(".im") for event in HEARD}


def test_limits_of_slacks_form() -> None:
    found = json.loads(printed())
    assert [each["callback_id"] for each in found["features"]["shortcuts"]] == [SEARCH, RELATED]
    for shortcut in found["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
    assert len(found["settings"]["event_subscriptions"]["bot_events"]) <= 100
    assert len(found["display_information"]["name"]) <= 35
    assert len(found["display_information"]["description"]) <= 140
    assert re.fullmatch(r"#[0-9a-f]{6}", found["display_information"]["background_color"])
    assert len(found["features"]["bot_user"]["display_name"]) <= 80
    (command,) = found["features"]["slash_commands"]
    assert re.fullmatch(r"/[a-z0-9_-]{1,31}", command["command"])
    assert len(command["description"]) <= 2000
    assert len(command["usage_hint"]) <= 1000


def test_slacks_command_line_is_answered(tmp_path: Path) -> None:
    hooks = json.loads((ROOT / ".slack" / "hooks.json").read_text(encoding="utf-8"))["hooks"]
    assert set(hooks) == {"get-manifest", "start"}
    for hook in hooks.values():
        program, *arguments = hook.split()
        assert program == ".venv/bin/heatline"
        # It adds arguments of its own. Without tokens the bot says what is missing and ends.
        command = [sys.executable, "-c", "from bot.cli import main; main()", *arguments, "--source=local"]
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "HEATLINE_"))}
        env = {**clean, "PYTHONPATH": str(ROOT), "HEATLINE_DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}"}
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False)
        if arguments[-1] == "manifest":
            assert done.stdout == printed(), done.stderr
        else:
            assert "SLACK_BOT_TOKEN is not set" in done.stderr, done.stderr


def test_tokens_that_slacks_command_line_hands_over() -> None:
    handed = {"SLACK_CLI_XOXB": "xoxb-1-2-abcdefghij", "SLACK_CLI_XAPP": "xapp-1-A1-2-abcdefghij"}
    settings = load(None, handed)
    assert settings.slack_bot_token == SecretStr(handed["SLACK_CLI_XOXB"])
    assert settings.slack_app_token == SecretStr(handed["SLACK_CLI_XAPP"])
    own = load(None, {**handed, "SLACK_BOT_TOKEN": "xoxb-9-9-abcdefghij"})
    assert own.slack_bot_token == SecretStr("xoxb-9-9-abcdefghij")
