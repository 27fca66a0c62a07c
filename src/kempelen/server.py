"""Listening: one process, one event loop, a listener for each world and one for task content."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial

import uvicorn
from starlette.routing import Route

from kempelen.app import PRODUCTION, SANDBOX, App, senders
from kempelen.errors import Refusal
from kempelen.identity import Identity
from kempelen.jobs.deliveries import Deliveries
from kempelen.jobs.loop import Jobs, Work
from kempelen.jobs.orphans import remove_orphans
from kempelen.jobs.sealing import Sealer
from kempelen.jobs.watching import watch
from kempelen.market import Market
from kempelen.operations.finding.watching import open_groups, tell_watchers
from kempelen.rates import Rates
from kempelen.rules.ids import new_request_id, system_random
from kempelen.settings import Settings
from kempelen.store import media, outbox, seals
from kempelen.store.events import ACCESS, EVENT, TRANSFER
from kempelen.web import files as file_routes
from kempelen.web import health, notifications
from kempelen.web.assets import Assets
from kempelen.web.listener import Listener
from kempelen.web.pages import all_pages
from kempelen.web.site import Site
from kempelen.web.task import statics
from kempelen.web.task.listener import TaskListener, body_bytes_of, site_routes, task_routes
from kempelen.web.task.places import Places
from kempelen.wire.accounts import Accounts
from kempelen.wire.door import WireDoor
from kempelen.wire.limits import HTTPLimits
from kempelen.wire.protocol import bounded

log = logging.getLogger("kempelen.server")
PAGES_BURST_SECONDS = 10
"""How many seconds' worth of pages a visitor may ask for at once."""


class PortTaken(Refusal):
    """Port {port} of {host} is taken. End the program that listens there, or choose another with {option}."""


class CannotListen(Refusal):
    """Kempelen cannot listen on port {port} of {host}: {reason}. Choose others with --host and {option}."""


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: several of them share one process."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield


def listeners(app: App) -> dict[str, Listener]:
    """The applications of the listeners, by name."""
    identity, assets = Identity(app.directory), Assets()
    accounts = Accounts(identity, app.clock)
    prefixes = {each.target_prefix: frozenset(each.operations) for each in app.contracts}
    made = {}
    for market in app.worlds:
        routes = health.routes(
            (app.house, market), market.traits.name, app.observer, metrics_token=app.settings.metrics_token
        )
        routes += notifications.routes(market, app.outside.identity.certificate_pem)
        routes += file_routes.routes(market, app.outside.blobs(market.traits.name))
        site = Site(
            market,
            app.house,
            identity,
            assets=assets,
            places=Places.of(market, app.settings),
            pace=_pace(app.settings),
        )
        blobs = app.outside.blobs(market.traits.name)
        routes += site_routes(market, blobs, app.settings, site.worker_of)
        routes += assets.routes() + site.routes(all_pages())
        made[market.traits.name] = Listener(WireDoor(market, app.house, accounts, prefixes), routes)
    made["tasks"] = TaskListener(None, _task_routes(app))
    return made


def _pace(settings: Settings) -> Callable[[str, int], None] | None:
    """What counts the pages that a visitor to one world asks for; None where they are not counted."""
    most = settings.pages_a_second
    return Rates(requests_a_second=most, burst_seconds=PAGES_BURST_SECONDS).take_one if most else None


def _task_routes(app: App) -> list[Route]:
    """What the task listener answers, for both worlds: whether it lives, content, our own scripts."""
    routes = health.routes((app.house,), "task", app.observer)[:1] + statics.routes()
    for market in app.worlds:
        routes += task_routes(market, app.outside.blobs(market.traits.name), app.settings)
    return routes


def background(app: App) -> list[Work]:
    """What runs beside the listeners, for each database."""
    return [_work(app, market) for market in (*app.worlds, app.house)]


def _work(app: App, market: Market) -> Work:
    deliveries = Deliveries(market, outbox, senders(app, market))
    if market.in_house:
        return Work(market, deliveries, Sealer(market, seals, kinds=(EVENT, ACCESS)))
    clean = partial(remove_orphans, market, app.outside.blobs(market.traits.name), media.unknown)
    watching = partial(watch, market, (open_groups, tell_watchers))
    sealer = Sealer(market, seals, kinds=(EVENT, TRANSFER, ACCESS))
    return Work(market, deliveries, sealer, clean, watching)


class Serving:
    """The listeners of an app, started and stopped together."""

    def __init__(self, app: App) -> None:
        settings = app.settings
        ports = {PRODUCTION: settings.port, SANDBOX: settings.sandbox_port, "tasks": settings.task_port}
        random = system_random()
        self._app = app
        self._jobs = Jobs(background(app)) if settings.jobs else None
        self._sockets = {name: _bound(name, settings.host, port) for name, port in ports.items()}
        limits = HTTPLimits(
            connections_per_address=settings.connections_per_address,
            body_bytes=settings.max_body_bytes,
            body_bytes_of=partial(body_bytes_of, usual=settings.max_body_bytes),
        )
        protocol = bounded(limits, new_request_id=lambda: new_request_id(random))
        trusted = [each.strip() for each in settings.trusted_proxies.split(",") if each.strip()]
        self._servers = {
            name: _Server(
                uvicorn.Config(
                    listener,
                    http=protocol,
                    ws="none",
                    lifespan="off",
                    loop="uvloop",
                    access_log=False,
                    log_config=None,
                    server_header=False,
                    date_header=True,
                    proxy_headers=bool(trusted),
                    forwarded_allow_ips=trusted or None,
                    timeout_graceful_shutdown=10,
                )
            )
            for name, listener in listeners(app).items()
        }

    def port(self, name: str) -> int:
        """The port a listener was given."""
        port: int = self._sockets[name].getsockname()[1]
        return port

    async def run(self) -> None:
        """Serve until `stop`."""
        if self._jobs is not None:
            self._jobs.start()
        try:
            await asyncio.gather(
                *(server.serve(sockets=[self._sockets[name]]) for name, server in self._servers.items())
            )
        finally:
            if self._jobs is not None:
                await asyncio.to_thread(self._jobs.stop)

    def stop(self) -> None:
        """Ask all listeners to finish what they are doing and end."""
        for server in self._servers.values():
            server.should_exit = True

    @property
    def started(self) -> bool:
        """Whether every listener answers."""
        return all(server.started for server in self._servers.values())


@contextlib.asynccontextmanager
async def until_signalled(serving: Serving) -> AsyncIterator[None]:
    """While inside, SIGINT and SIGTERM end the listeners in order."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, serving.stop)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def with_free_ports(settings: Settings) -> Settings:
    """The settings with a free port wherever theirs is 0 or taken. Pages name the ports, so whoever wants
    free ones has to choose them before the app is assembled."""
    chosen: list[int] = []
    with contextlib.ExitStack() as held:
        for wanted in (settings.port, settings.sandbox_port, settings.task_port):
            try:
                listening = _bound("tasks", settings.host, wanted)
            except (PortTaken, CannotListen):
                listening = _bound("tasks", settings.host, 0)
            chosen.append(held.enter_context(listening).getsockname()[1])
    port, sandbox_port, task_port = chosen
    return replace(settings, port=port, sandbox_port=sandbox_port, task_port=task_port)


def _bound(name: str, host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as fault:
        listening.close()
        option = {PRODUCTION: "--port", SANDBOX: "--sandbox-port"}.get(name, "--task-port")
        if fault.errno == errno.EADDRINUSE:
            raise PortTaken(port=port, host=host, option=option) from None
        raise CannotListen(port=port, host=host, reason=fault.strerror or fault, option=option) from None
    return listening
