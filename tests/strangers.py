"""Strangers who sign up, sign in and read their mail, as the pages let them."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote

from sqlalchemy import select

from kempelen.identity import Identity, SignedIn
from kempelen.store.sql import Sql
from kempelen.store.tables.shared import outbox
from people import Operator, Person, Town, Worker

PASSWORD = "correct horse battery"
MAILS = Sql(select(outbox.c.payload).where(outbox.c.kind == "mail").order_by(outbox.c.id))


class House:
    """The house as visitors know it."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.identity = Identity(town.app.directory)

    @property
    def operator(self) -> Operator:
        """Who runs it."""
        return self.town.operator

    def visitor(self, address: str = "192.0.2.7", browser: str = "Firefox") -> Person:
        """Somebody at the site who has not signed in."""
        return Person(self.town, self.identity.visitor(source_address=address, user_agent=browser))

    def sign_up(self, name: str = "Mia", *, address: str = "192.0.2.7", **members: Any) -> str:
        """Sign somebody up; answers their address."""
        given = {
            "Name": name,
            "Email": f"{name.lower()}@example.org",
            "Password": PASSWORD,
            "Country": "PT",
            "Adult": True,
        } | members
        self.visitor(address)("SignUp", **given)
        return str(given["Email"])

    def sign_in(self, email: str, password: str = PASSWORD, **members: Any) -> str:
        """Sign in with a password alone; answers the session's secret."""
        answer = self.visitor()("SignIn", Email=email, Password=password, **members)
        assert not answer["SecondFactorDue"]
        return str(answer["SessionSecret"])

    def who(self, secret: str) -> SignedIn | None:
        """Whom a session stands for."""
        return self.identity.of_session(secret, self.town.now)

    def person(self, secret: str) -> Person:
        """Whoever is signed in, about their own account."""
        who = self.who(secret)
        assert who is not None
        actor = self.identity.as_person(who.person, session=who.session)
        assert actor is not None
        return Person(self.town, actor.at(source_address="192.0.2.7", secure=False, user_agent="Firefox"))

    def worker(self, secret: str) -> Worker:
        """Whoever is signed in, as a worker."""
        who = self.who(secret)
        assert who is not None
        actor = self.identity.as_worker(who.person)
        assert actor is not None
        return Worker(self.town, actor)

    def member(self, name: str = "Mia") -> Person:
        """Somebody who signed up, confirmed their address and signed in."""
        secret = self.sign_in(self.sign_up(name))
        self.person(secret)("ConfirmEmail", Token=self.token())
        return self.person(secret)

    @property
    def mails(self) -> list[dict[str, Any]]:
        """Every letter that waits to be sent, in order."""
        return [json.loads(row[0]) for row in self.town.app.house.read(lambda call: call.rows(MAILS))]

    def token(self) -> str:
        """The token of the last letter that has one."""
        found = [each for mail in self.mails for each in re.findall(r"\?token=(\S+)", mail["text"])]
        return unquote(found[-1])
