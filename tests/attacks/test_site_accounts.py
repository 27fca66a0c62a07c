"""Accounts at the site, attacked by people who know nothing but an address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from apps import app_on
from kempelen.errors import Refusal
from kempelen.operations.house.proving import TooManyAttempts, WrongCredentials, WrongPassword
from kempelen.operations.house.signing_up import NotYourLink
from people import Town
from strangers import PASSWORD, House
from web.visitors import Visitor, visitor

EVES = "a password that Eve alone knows"
OTHER = "yet another good password"
MIA = "mia@example.org"


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """The house of a market where addresses are confirmed by mail."""
    mail = {"smtp_host": "localhost", "mail_from": "market@example.org"}
    with app_on(request.param, request, tmp_path, **mail) as running:
        yield House(Town(running, running.production))


def test_nobody_confirms_the_account_that_somebody_else_made_with_their_address(house: House) -> None:
    house.sign_up("Eve", Email=MIA, Password=EVES)
    eve = house.sign_in(MIA, EVES)
    house.person(eve)("PutPayoutIdentity", Password=EVES, PayoutIdentity="Eve's own bank")
    house.sign_up("Mia")  # by Mia herself, who then opens the link in her mail
    link = f"/account/confirmation?token={house.token()}"
    assert visitor(house.town).get(link).response.headers["Location"].startswith("/login?next=")
    with pytest.raises(WrongCredentials):
        house.sign_in(MIA)
    ben = house.member("Ben")
    house.person(eve)("RequestConfirmation")
    with pytest.raises(NotYourLink):
        ben("ConfirmEmail", Token=house.token())
    with pytest.raises(Refusal):
        house.visitor()("ConfirmEmail", Token=house.token())
    house.visitor()("RequestPasswordReset", Email=MIA)
    house.visitor()("ResetPassword", Token=house.token(), Password=PASSWORD)
    assert house.who(eve) is None
    known = house.person(house.sign_in(MIA))("GetProfile")
    assert known["Profile"]["Verified"]
    assert "PayoutIdentity" not in known


def test_who_signed_up_confirms_by_the_link_once_signed_in(house: House) -> None:
    house.sign_up()
    browser = visitor(house.town)
    asked = browser.get(f"/account/confirmation?token={house.token()}")
    door = browser.follow(asked)
    assert (door.status, "/account/confirmation?token=" in door.html) == (200, True)
    secret = house.sign_in(MIA)
    mine = Visitor(house.town.app, secret)
    page = mine.get(f"/account/confirmation?token={house.token()}")
    assert "Press the button" in page.text
    done = mine.form("/account/confirmation", token=house.token())
    assert done.response.headers["Location"] == "/projects"
    who = house.who(secret)
    assert who is not None and who.verified


def test_guesses_of_strangers_keep_nobody_from_their_own_account(house: House) -> None:
    mia = house.member()
    for number in range(30):
        with pytest.raises((WrongCredentials, TooManyAttempts)):
            house.visitor(f"198.51.100.{number}")("SignIn", Email=MIA, Password=f"guess number {number}")
        house.town.advance(seconds=20)
    with pytest.raises(TooManyAttempts):
        house.visitor("203.0.113.5")("SignIn", Email=MIA, Password=PASSWORD)
    mia("ChangePassword", Password=PASSWORD, NewPassword=OTHER)


def test_guesses_within_a_session_that_was_left_open_must_wait_too(house: House) -> None:
    mia = house.member()
    for number in range(5):
        with pytest.raises(WrongPassword):
            mia("ChangePassword", Password=f"guess number {number}", NewPassword=OTHER)
    with pytest.raises(TooManyAttempts):
        mia("ChangePassword", Password=PASSWORD, NewPassword=OTHER)
