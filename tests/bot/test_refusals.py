"""What readers are told of what Slack refuses: plain words with the mend, in every language, and no code."""

from __future__ import annotations

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery.calls import Outcome, Refused, call
from bot.delivery.slack_errors import SLACK_ERRORS
from bot.errors import ADVICE, SAID, SlackProblem, said_of
from bot.refusals import told
from digests.language import LANGUAGES, speaking
from playground.slack import BOT_TOKEN, NEWS, STRANGE, Fault, Workspace, running


async def posting(slack: Workspace, channel: str = NEWS.id) -> Outcome:
    """What comes of posting something."""
    async with running(slack) as url:
        client = AsyncWebClient(BOT_TOKEN, base_url=f"{url}/api/", retry_handlers=[])
        return await call("chat.postMessage", client.chat_postMessage, channel=channel, text="News")


async def test_what_is_wrong_and_how_it_is_mended() -> None:
    assert "/invite @Heatline" in str(told(await posting(Workspace(), STRANGE.id)))
    slack = Workspace()
    slack.scopes.discard("channels:read")
    async with running(slack) as url:
        client = AsyncWebClient(BOT_TOKEN, base_url=f"{url}/api/", retry_handlers=[])
        found = await call("conversations.info", client.conversations_info, channel=NEWS.id)
    assert isinstance(found, Refused)
    assert found.needed == "channels:read"
    assert str(told(found)).startswith("I lack the permission channels:read. ")
    assert "OAuth & Permissions" in str(told(found))


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (Fault("chat.postMessage", "rate_limited", seconds=3), "slack-busy"),
        (Fault("chat.postMessage", "refused", error="ratelimited"), "slack-busy"),
        (Fault("chat.postMessage", "lost_reply"), "slack-unknown"),
        (Fault("chat.postMessage", "server_error"), "slack-unknown"),
        (Fault("chat.postMessage", "refused", error="never_heard_of"), "slack-refused"),
        (Fault("chat.postMessage", "refused", error="token_revoked"), "slack-uninstalled"),
        (Fault("chat.postMessage", "refused", error="missing_scope"), "slack-no-scope"),
    ],
)
async def test_each_outcome_has_its_words(fault: Fault, key: str) -> None:
    slack = Workspace()
    slack.faults.add(fault)
    assert told(await posting(slack)).key == key


async def test_nothing_but_words_where_slack_is_not_there() -> None:
    client = AsyncWebClient(BOT_TOKEN, base_url="http://127.0.0.1:9/api/", retry_handlers=[])
    assert told(await call("auth.test", client.auth_test)).key == "slack-unreached"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_is_told_in_every_language_without_naming_it(language: str) -> None:
    for code in {*SAID, *ADVICE, *SLACK_ERRORS}:
        words = speaking(language).tell(said_of(code))
        assert words
        assert code not in words
        assert speaking(language).tell(SlackProblem("chat.postMessage", code).for_reader) == words
