"""Bolt's app as this bot has it: with our own client, and a clear answer to what is signed and yet no request of Slack's."""

from __future__ import annotations

import logging
import traceback

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.logger.messages import warning_client_prioritized_and_token_skipped
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot import acts
from bot.delivery.outgoing import Client
from bot.pressing import action_of

log = structlog.get_logger(__name__)

_ODD = (AttributeError, LookupError, TypeError, ValueError)
"""What Bolt raises where a request lacks what it looks for; it looks before any of our listeners is asked."""


class Bolt(AsyncApp):
    """The app; ``client`` calls Slack, and requests over HTTP are signed with a secret."""

    def __init__(self, client: Client, signing_secret: str | None) -> None:
        # Bolt reads SLACK_BOT_TOKEN by itself, and warns that the client's own token, the same, goes before it.
        logger = logging.getLogger("slack_bolt.AsyncApp")
        logger.addFilter(_says_something)
        super().__init__(
            name="heatline",
            client=client,
            signing_secret=signing_secret,
            # Bolt looks for the acknowledgement every 10 ms otherwise; our listeners are quick, so it may wait for them.
            process_before_response=True,
            raise_error_for_unhandled_request=True,
            logger=logger,  # else each logger of Bolt's has a level of its own, whatever ours say of it
        )

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Take a request to its listener. What fails there is told by `SlackApp`; here arrives only what Bolt cannot read."""
        with acts.answering(req.body):
            kind = req.body.get("type")
            if kind == "block_actions" and not isinstance(action_of(req.body).get("action_id"), str):
                log.warning("slack.malformed", kind=kind, error="nothing was pressed")
                return BoltResponse(status=400, body="")
            try:
                return await super().async_dispatch(req)
            except _ODD as error:
                last = traceback.extract_tb(error.__traceback__)[-1]
                log.warning("slack.malformed", kind=kind, error=type(error).__name__, at=f"{last.name}:{last.lineno}")
                return BoltResponse(status=400, body="")


def _says_something(record: logging.LogRecord) -> bool:
    return record.getMessage() != warning_client_prioritized_and_token_skipped()
