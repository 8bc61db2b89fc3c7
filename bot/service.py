"""The running bot: reads its folders, keeps the schedule, and answers Slack over Socket Mode or HTTP until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
import uvicorn
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError
from starlette.applications import Starlette

from bot import home, metrics, posting
from bot.app import SlackApp, slack_error, web_client
from bot.clock import utc_now
from bot.delivery import Corrections, DeliveryState, Outbox, Publisher, connected, posting_client
from bot.doubts import Doubts
from bot.errors import HeatlineBotError, SlackProblem
from bot.people import People, Person
from bot.readiness import KEPT, Kept, Readiness
from bot.reading import Reading
from bot.replies import UNREACHED
from bot.retention import settle, tidy
from bot.rounds import Rounds, ending
from bot.schedule import LOOK_EVERY, Schedule
from bot.settings import DigestSettings, Settings, SlackSettings
from bot.web import create_operators, create_web
from bot.wiring import Newsroom, newsroom
from digests import collecting
from digests.errors import DigestsError
from digests.library import feedbook, retold
from digests.sources.registry import source

log = structlog.get_logger(__name__)

FEEDS_EVERY = timedelta(minutes=1)
"""The time between two looks at which feeds are due."""

_PRUNE_EVERY = timedelta(days=1)
_DOOR = "door"  # what tasks are called that serve HTTP
_DRAIN = 7.0  # seconds for messages on their way
_ANSWERS = 3  # for what web requests still wait for
_THREADS = 0.5  # for threads, when all else has ended
_PATIENCE = 9.0  # for all of it: a supervisor kills after ten


_WEB: Mapping[str, Any] = {
    "log_config": None,
    "lifespan": "off",
    "timeout_graceful_shutdown": _ANSWERS,
}


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: the service decides what happens on SIGTERM."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Service:
    """The bot and all that runs beside it. ``start`` returns when it is ready, ``stop`` when everything has ended."""

    def __init__(
        self,
        room: Newsroom,
        slack: SlackSettings,
        clock: Callable[[], datetime] = utc_now,
        *,
        look_every: timedelta = LOOK_EVERY,
        feeds_every: timedelta = FEEDS_EVERY,
    ) -> None:
        self.room = room
        self.clock = clock
        self._slack = slack
        self._reading = Reading(room.library, room.settings.published_from, clock)
        self.feeds = source("feeds", room.kinds(clock)) if room.feeds else None
        self._poster = poster = posting_client(slack.bot_token, slack.api_url)
        grace = room.settings.grace
        # It asks by the client that waits for nothing: whom Slack is too busy to tell of, that person gets the post.
        people = People(poster, room.settings.timezone, room.settings.admins, clock)
        doubts = Doubts(room, poster, people, clock)
        self.outbox = Outbox(poster, room.ledger, clock, grace=grace, refused=ending(room, clock), doubtful=doubts.tell)
        addresses = partial(retold.addresses, room.library)
        self.publisher = Publisher(
            room.desk,
            room.renderer,
            room.ledger,
            self.outbox,
            clock,
            feedback=room.feedback,
            muted=room.muted,
            muted_each=room.muted_each,
            addresses=addresses,
        )
        self.corrections = Corrections(room.desk, room.renderer, room.ledger, poster, clock)
        self.app = SlackApp(room, slack, clock, self.publisher)
        self.schedule = Schedule(
            room.settings.digests,
            self.publisher,
            room.ledger,
            clock,
            grace=grace,
            look_every=look_every,
            plan=room.plan,
        )
        self.rounds = Rounds(room, people, self.publisher, clock, grace=grace)
        self._look_every = look_every
        self._feeds_every = feeds_every
        self._beats: dict[str, float] = {}
        self.readiness = Readiness(room, poster, self._pulse, self._connected if slack.socket_mode else None, clock)
        self._metrics = Kept(self._exposed, lambda _: KEPT)
        self._watchers: socket.socket | None = None
        self._connections = contextlib.AsyncExitStack()
        self._tasks: list[asyncio.Task[Any]] = []
        self._known_problems: set[str] = set()
        self._servers: list[_Server] = []
        self._door: socket.socket | None = None
        self._socket: AsyncSocketModeHandler | None = None

    @property
    def port(self) -> int | None:
        """The port HTTP listens on; None over Socket Mode."""
        return None if self._door is None else int(self._door.getsockname()[1])

    @property
    def metrics_port(self) -> int | None:
        """The port of the operator's door; None where there is none."""
        return None if self._watchers is None else int(self._watchers.getsockname()[1])

    async def start(self) -> None:
        """Read the folders once, open the door to Slack, start the schedule.

        Raises:
            SlackProblem: When Slack does not accept a token.
            HeatlineBotError: When the port cannot be listened on.
        """
        for odd in self.room.odd:
            log.warning("odd list of feeds", problem=odd)
        if self.room.settings.metrics is not None:
            await self._open_watchers(*self.room.settings.metrics)
        await self._greet()
        await asyncio.to_thread(settle, self.room, self.clock())
        await self._connections.enter_async_context(connected(self._poster))
        await self.schedule.notice()
        await self.read_folders()
        if self._slack.socket_mode:
            await self._open_socket()
        else:
            await self._open_port()
        await self.schedule.start()
        self._run(self._on_the_dot(self.rounds.tick, self._look_every, "subscriptions not looked at", "subscriptions"))
        if self.room.settings.sync_every and self.room.settings.articles:
            self._run(self._keep_reading())
        if self.feeds is not None:
            self._run(self._again_and_again(self.read_feeds, self._feeds_every, "feeds not read", "feeds"))
        self._run(self._again_and_again(self.corrections.look, self._look_every, "posts not corrected"))
        if self.room.settings.keep:
            self._run(self._again_and_again(self._prune, _PRUNE_EVERY, "old articles not forgotten"))
        self._run(self._again_and_again(self._tidy, _PRUNE_EVERY, "old editions not forgotten"))
        self.readiness.begun = True
        log.info("heatline is ready", articles=await asyncio.to_thread(self.room.library.count))

    async def stop(self) -> None:
        """Begin nothing new, let messages that are on their way arrive, close every door. Takes less than ten seconds."""
        self.readiness.ending = True
        self._reading.end()
        await asyncio.gather(self.schedule.stop(_DRAIN), self.rounds.stop(_DRAIN), self._close())
        for task in self._tasks:
            if task.get_name() != _DOOR:
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._connections.aclose()
        self.room.library.close()
        log.info("heatline has stopped")

    async def _close(self) -> None:
        """Let nobody in any more, and wait for answers that are on their way."""
        for server in self._servers:
            server.should_exit = True
        if self._socket is not None:
            await self._socket.close_async()  # type: ignore[no-untyped-call]  # Bolt's own
            with contextlib.suppress(asyncio.CancelledError):
                await self._socket.client.message_processor
        await self.app.drain()

    async def _greet(self) -> None:
        """Ask Slack who we are: a wrong token shows now, and not when the first digest is due."""
        try:
            me = await self.app.bolt.client.auth_test()
        except SlackApiError as error:
            raise SlackProblem("auth.test", slack_error(error)) from error
        except UNREACHED as error:
            raise self._unreached(error) from error
        organization = str(me.get("enterprise_id") or "") if me.get("is_enterprise_install") else ""
        self.app.office.people.serve(str(me.get("team_id") or ""), organization)
        log.info("slack knows us", team=me.get("team"), bot=me.get("user"))

    async def _open_socket(self) -> None:
        assert self._slack.app_token is not None
        self._socket = AsyncSocketModeHandler(self.app.bolt, self._slack.app_token.get_secret_value())
        self._socket.client.web_client = web_client(self._slack)
        try:
            await self._socket.connect_async()  # type: ignore[no-untyped-call]  # Bolt's own
        except SlackApiError as error:
            raise SlackProblem("apps.connections.open", slack_error(error)) from error
        except UNREACHED as error:
            raise self._unreached(error) from error
        log.info("connected over Socket Mode")

    def _unreached(self, error: Exception) -> HeatlineBotError:
        return HeatlineBotError(
            f"Slack cannot be reached at {self._slack.api_url}: {str(error) or type(error).__name__}"
        )

    async def _open_port(self) -> None:
        settings = self.room.settings
        assert self._slack.signing_secret is not None  # require_slack sees to it, without Socket Mode
        secret = self._slack.signing_secret.get_secret_value()
        web = create_web(self.app.bolt, secret, self.readiness.checks)
        self._door = await self._open(web, settings.host, settings.port, "HEATLINE_PORT", at_once=500)
        log.info("listening", url=f"http://{settings.host}:{self.port}/slack/events")

    async def _open_watchers(self, host: str, port: int) -> None:
        web = create_operators(self.readiness.checks, self._metrics)
        self._watchers = await self._open(web, host, port, "HEATLINE_METRICS", at_once=100)
        log.info("serving health and metrics", host=host, port=self.metrics_port)

    async def _open(self, web: Starlette, host: str, port: int, setting: str, *, at_once: int) -> socket.socket:
        """Serve an application at an address until the service stops."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            door = socket.create_server((host, port), family=family)
        except OSError as error:
            raise HeatlineBotError(
                f"port {port} at {host} cannot be listened on ({error.strerror}): is another Heatline "
                f"running? Set {setting} to a free one"
            ) from error
        # asyncio does so itself only where the socket names its protocol. Without, the body of an answer waits 40 ms for the
        # other side to say that it has the head, on every connection that is used again.
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = _Server(uvicorn.Config(web, limit_concurrency=at_once, **_WEB))
        self._servers.append(server)
        self._run(server.serve(sockets=[door]), _DOOR)
        while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
            await asyncio.sleep(0.01)
        return door

    async def _exposed(self) -> bytes:
        checks = await self.readiness.checks()
        return await asyncio.to_thread(metrics.exposed, self.room, self.clock, checks)

    async def _connected(self) -> bool:
        return self._socket is not None and await self._socket.client.is_connected()

    def _pulse(self) -> dict[str, float | None]:
        return {"digests": self.schedule.looked, **self._beats}

    async def _keep_reading(self) -> None:
        while True:
            await asyncio.sleep(self.room.settings.sync_every.total_seconds())
            await self.read_folders()

    async def _again_and_again(
        self, work: Callable[[], Awaitable[None]], every: timedelta, failed: str, name: str = ""
    ) -> None:
        """Do something again and again, with a pause between two turns.

        One bad turn must not be the last: it goes to the log as what `failed`. A loop with a name is looked at by whoever asks
        whether the process is ready.
        """
        self._beats[name] = time.monotonic()
        while True:
            await self._once(work, failed, name)
            await asyncio.sleep(every.total_seconds())

    async def _on_the_dot(
        self, work: Callable[[], Awaitable[None]], every: timedelta, failed: str, name: str = ""
    ) -> None:
        """As `_again_and_again`, at times that ``every`` divides: where it divides a minute, at each minute's beginning."""
        self._beats[name] = time.monotonic()
        while True:
            await self._once(work, failed, name)
            seconds = every.total_seconds()
            await asyncio.sleep(seconds - self.clock().timestamp() % seconds)

    async def _once(self, work: Callable[[], Awaitable[None]], failed: str, name: str) -> None:
        try:
            await work()
            self._beats[name] = time.monotonic()
        except (DigestsError, HeatlineBotError) as error:  # it says all there is to say
            log.error(failed, error=str(error))
        except Exception as error:  # whatever it was, the next turn may do better
            log.exception(failed, error=str(error))

    async def read_feeds(self) -> None:
        """Fetch the feeds that are due and judge what is new.

        Raises:
            DigestsError: When the library cannot be written.
        """
        if self.feeds is None:
            return
        report = await self._reading.pull([self.feeds])
        for problem in report.troubled:
            log.debug("feed in trouble", problem=problem)
        if report.loaded or report.troubled:
            said = {"loaded": report.loaded, "unchanged": report.unchanged, "dropped": report.dropped}
            log.info("feeds read", **said, troubled=len(report.troubled))

    async def _prune(self) -> None:
        """Forget what is old, also what feeds brought that are not read any more."""
        now, keep = self.clock(), self.room.settings.keep
        number = await asyncio.to_thread(self.room.library.prune, now - keep)
        await asyncio.to_thread(feedbook.forget, self.room.library, now - keep)
        if number:
            log.info("old articles forgotten", number=number)

    async def _tidy(self) -> None:
        await asyncio.to_thread(tidy, self.room, self.clock())

    async def read_folders(self) -> None:
        """Bring the content folders into the library; what is wrong with them goes to the log and stops nothing."""
        try:
            await self._read_folders()
        except Exception as error:  # one bad look must not be the last, nor keep the bot from answering
            log.exception("folders not read", error=str(error))

    async def _read_folders(self) -> None:
        sources = self.room.settings.folders
        if not sources:
            return
        try:
            report = await self._reading.pull(sources)
        except (DigestsError, HeatlineBotError) as error:
            log.error("folders not read", error=str(error))
            return
        problems = {*map(str, report.rejected), *(f"in trouble: {each}" for each in report.missing)}
        for problem in sorted(problems - self._known_problems):  # a bad file is told once, not at every look
            log.warning("article rejected", problem=problem)
        self._known_problems = problems
        level = log.info if report.loaded or report.withdrawn else log.debug
        level("folders read", loaded=report.loaded, unchanged=report.unchanged, withdrawn=report.withdrawn)

    def _run(self, work: Coroutine[Any, Any, Any], name: str | None = None) -> asyncio.Task[Any]:
        task = asyncio.create_task(work, name=name)
        self._tasks.append(task)
        return task


def _odd(what: str) -> None:
    log.warning("stored row left out", problem=what)


def serve(settings: Settings) -> int:
    """Run the bot until SIGINT or SIGTERM; gives the exit code."""
    return asyncio.run(_serve(newsroom(settings, _odd), settings.require_slack()))


async def _serve(room: Newsroom, slack: SlackSettings) -> int:
    return await until_told(Service(room, slack))


async def until_told(service: Service) -> int:
    """Run a bot until SIGINT or SIGTERM; gives the exit code."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stopping.set)
    starting = asyncio.create_task(_start(service))
    told = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({starting, told}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()  # or why it could not start
        await told
    finally:
        told.cancel()
        starting.cancel()
        if stopping.is_set():
            _cut_off(_PATIENCE)
        await asyncio.gather(starting, return_exceptions=True)
        await service.stop()
        if stopping.is_set():
            _cut_off(_THREADS)
    return 0


async def _start(service: Service) -> None:
    await asyncio.to_thread(_prepare, service.room, service.clock())
    await service.start()


def _cut_off(seconds: float) -> None:
    """End the process so many seconds from now, if it is still there: a thread of it works on, and nobody can interrupt that.

    It may judge a whole library. What it has not written down is undone, as after a crash, and done anew by the next start.
    """

    def end() -> None:
        log.warning("ended while work was still going on; the next start does it anew")
        os._exit(0)

    last = threading.Timer(seconds, end)
    last.daemon = True
    last.start()


def _prepare(room: Newsroom, now: datetime) -> None:
    """Make what is made when it is first asked for, so that the first who ask need not wait for it."""
    room.desk.catalogue.match("", "")
    room.desk.catalogue.suggest("topics")
    try:
        nobody = Person("", "", room.settings.timezone)
        home.drawn(room, home.own(room, nobody, now), home.stories_of_now(room, now), now)
    except DigestsError as error:  # whoever asks is told so
        log.error("not prepared for questions", error=str(error))
    collecting.settle()


def post_now(settings: Settings, digest: DigestSettings) -> int:
    """Publish an edition of this moment to the digest's channels; 0 when all of it arrived."""
    return asyncio.run(_post_now(newsroom(settings, _odd), settings.require_slack(), digest))


async def _post_now(room: Newsroom, slack: SlackSettings, digest: DigestSettings) -> int:
    if not digest.channels:
        raise HeatlineBotError(f"the digest {digest.name} has no channel: set its CHANNEL, or HEATLINE_CHANNEL")
    service = Service(room, slack)
    await service.read_folders()
    deliveries = (await posting.post_now(room.plan, service.publisher, digest.name, utc_now())).deliveries
    for delivery in deliveries:
        log.info("posted", channel=delivery.channel, state=delivery.state.value, error=delivery.error)
    room.library.close()
    return 0 if all(delivery.state is DeliveryState.DONE for delivery in deliveries) else 1
