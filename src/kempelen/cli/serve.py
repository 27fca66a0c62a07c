"""`kempelen serve`: checks what it is asked to do, says where it answers, and ends in order."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvloop

from kempelen import settings as all_settings
from kempelen.app import PRODUCTION, SANDBOX, App, assemble
from kempelen.cli.opening import install_language_tests
from kempelen.errors import Refusal
from kempelen.server import Serving, until_signalled
from kempelen.settings import Settings


class Unsafe(Refusal):
    """{host} can be reached from other machines, and {name} is not an https address: passwords and answers
    would travel in clear. Put a proxy with TLS in front and set {variable} to its https address, or say
    --insecure where the network is your own."""


class SameHost(Refusal):
    """Task content has the same host as {site}: {host}. What requesters write must not share a site's
    cookies: set KEMPELEN_TASK_PUBLIC_URL to an address with another host."""


class SamePort(Refusal):
    """Production, sandbox and task content need three different ports, not {ports}."""


def run(given: Mapping[str, Any], *, insecure: bool) -> None:
    """Serve until SIGTERM or Ctrl-C. Raises `Unsafe`, `SameHost`, `SamePort`, `CannotListen`."""
    settings = all_settings.read(**given)
    check(settings, insecure=insecure)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    app = assemble(settings)
    try:
        install_language_tests(app)
        serving = Serving(app)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(app, serving))
    finally:
        app.close()


def check(settings: Settings, *, insecure: bool) -> None:
    """Refuse what would expose people: an open address without https, task content on a site's host."""
    sites = {
        "public_url": settings.production_url,
        "sandbox_public_url": settings.sandbox_url,
        "task_public_url": settings.task_url,
    }
    ports = (settings.port, settings.sandbox_port, settings.task_port)
    if len({port for port in ports if port}) != len([port for port in ports if port]):
        raise SamePort(ports=", ".join(map(str, ports)))
    for name in ("public_url", "sandbox_public_url"):
        host = urlsplit(sites[name]).hostname
        if host == urlsplit(settings.task_url).hostname:
            raise SameHost(site="production" if name == "public_url" else "the sandbox", host=host)
    if insecure or _is_loopback(settings.host):
        return
    for name, url in sites.items():
        if urlsplit(url).scheme != "https":
            variable = all_settings.PREFIX + name.upper()
            raise Unsafe(host=settings.host, name=f"{name} ({url})", variable=variable)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _serve(app: App, serving: Serving) -> None:
    async with until_signalled(serving):
        running = asyncio.create_task(serving.run())
        while not serving.started and not running.done():
            await asyncio.sleep(0.005)
        if serving.started:
            _say(app.settings, serving)
        await running
    print("Everything under way was finished. Goodbye.", flush=True)


def _say(settings: Settings, serving: Serving) -> None:
    names = (
        (PRODUCTION, "Production answers", settings.production_url),
        (SANDBOX, "The sandbox answers", settings.sandbox_url),
        ("tasks", "Task content comes", settings.task_url),
    )
    for name, words, url in names:
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        print(f"{words} at {url} (listening on {host}:{serving.port(name)}).")
    kept = "PostgreSQL" if settings.database else f"the folder {Path(settings.data).resolve()}"
    print(f"Data is kept in {kept}. Add people with `kempelen add`; stop with Ctrl-C.", flush=True)
