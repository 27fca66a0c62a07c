"""The databases a command works on, opened beside whatever server runs on them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from kempelen import settings
from kempelen.app import PRODUCTION, SANDBOX, App, assemble
from kempelen.errors import Refusal
from kempelen.market import Market
from kempelen.operation import SYSTEM, Actor, Role


class NoSuchAccount(Refusal):
    """{text}"""


@contextlib.contextmanager
def opened(where: Mapping[str, Any]) -> Iterator[App]:
    """The app of these settings, without listeners and jobs, closed afterwards."""
    app = assemble(settings.read(**where, log_calls=False, jobs=False))
    try:
        yield app
    finally:
        app.close()


def run(market: Market, operation: str, members: Mapping[str, Any], actor: Actor = SYSTEM) -> dict[str, Any]:
    """Run an operation with the members that have a value. Raises its refusal."""
    given = {name: value for name, value in members.items() if value is not None}
    return market.run(operation, actor, given)


def install_language_tests(app: App) -> dict[str, Any]:
    """Put the market's own language tests in place in both worlds; a few milliseconds where they are."""
    return {market.traits.name: run(market, "InstallLanguageTests", {}) for market in app.worlds}


def world(app: App, name: str) -> Market:
    """The market of that name. Raises `NoSuchAccount` for another word."""
    if name not in (PRODUCTION, SANDBOX):
        raise NoSuchAccount(text=f"There is no world {name!r}: say production or sandbox.")
    return app.world(name)


def requester_id(app: App, *, account: str | None = None, email: str | None = None) -> str:
    """The account id meant by itself, or by the address of its owner. Raises `NoSuchAccount`."""
    if (account is None) == (email is None):
        raise NoSuchAccount(text="Say whose account it is: either --email or --account.")
    if account is not None:
        return account
    person = app.directory.person_by_email(str(email))
    if person is None:
        raise NoSuchAccount(text=f"Nobody is registered under the address {email}.")
    owned = [key for key, role in app.directory.memberships(person.key) if role == "owner"]
    found = [organisation.public_id for key in owned if (organisation := app.directory.organisation(key))]
    if not found:
        raise NoSuchAccount(text=f"{email} is not a requester.")
    if len(found) > 1:
        raise NoSuchAccount(text=f"{email} owns several accounts. Say --account, one of: {', '.join(found)}.")
    return found[0]


def as_requester(app: App, whose: Mapping[str, str | None]) -> Actor:
    """The requester named by `account`, `email` or `key`, to look with their eyes. Raises `NoSuchAccount`."""
    if whose.get("key"):
        key = app.directory.key(str(whose["key"]))
        organisation = app.directory.organisation(key.organisation) if key and key.organisation else None
    else:
        public_id = requester_id(app, account=whose.get("account"), email=whose.get("email"))
        organisation = app.directory.requester(public_id)
    if organisation is None:
        raise NoSuchAccount(text="There is no requester of that account or key.")
    return Actor(
        Role.REQUESTER,
        organisation.key,
        organisation.public_id,
        organisation.name,
        pseudonymous=organisation.pseudonymous,
    )
