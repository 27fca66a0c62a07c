"""Signing up: anybody may, once, and nobody learns who else has."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest

from kempelen.errors import ParameterValidationError, Refusal, ValidationException
from kempelen.operations.house.signing_up import AlreadyWorker, LinkOver, ProofOfWorkNeeded, SignUpClosed
from kempelen.operations.people.standing import NotConfirmed
from kempelen.rules.passwords import WeakPassword
from people import Requester, Town
from strangers import PASSWORD, House


def solution(challenge: str) -> str:
    """What a browser finds."""
    facts = json.loads(challenge)
    for number in range(facts["maxnumber"] + 1):
        if hashlib.sha256(f"{facts['salt']}{number}".encode()).hexdigest() == facts["challenge"]:
            proof = {name: facts[name] for name in ("algorithm", "challenge", "salt", "signature")}
            return base64.b64encode(json.dumps(proof | {"number": number}).encode()).decode()
    raise AssertionError("there is a number")


def test_a_stranger_signs_up_confirms_and_works(house: House) -> None:
    rosa = house.town.requester("Rosa", funds="10.00")
    hit = rosa.create_hit()["HITId"]
    email = house.sign_up(Languages=["pt", "en"], TimeZone="Europe/Lisbon", SiteLanguage="es")
    secret = house.sign_in(email)
    who = house.who(secret)
    assert who is not None and who.is_worker and not who.verified
    assert (who.email, who.language, who.zone) == (email, "es", "Europe/Lisbon")
    house.worker(secret)("PreviewHIT", HITId=hit)
    with pytest.raises(NotConfirmed):
        house.worker(secret).accept(hit)
    assert house.mails[-1]["subject"] == "Confirma tu dirección"
    assert house.person(secret)("ConfirmEmail", Token=house.token()) == {"Purpose": "confirmation"}
    assert house.person(secret)("GetProfile")["Profile"]["Languages"] == ["pt", "en"]
    house.worker(secret).do(hit)


def test_a_link_confirms_once_and_for_a_day(house: House) -> None:
    mia = house.person(house.sign_in(house.sign_up()))
    token = house.token()
    mia("ConfirmEmail", Token=token)
    with pytest.raises(LinkOver):
        mia("ConfirmEmail", Token=token)
    secret = house.sign_in(house.sign_up("Ben"))
    token = house.token()
    house.town.advance(hours=24)
    with pytest.raises(LinkOver):
        house.person(secret)("ConfirmEmail", Token=token)
    house.person(secret)("RequestConfirmation")
    house.person(secret)("ConfirmEmail", Token=house.token())
    who = house.who(secret)
    assert who is not None and who.verified


def test_a_known_address_answers_the_same_and_its_owner_is_told(house: House) -> None:
    house.member()
    before = len(house.mails)
    assert house.visitor()("SignUp", Name="Eve", Email="MIA@example.org", Password="another fine password",
                           Country="US", Adult=True) == {}  # fmt: skip
    assert [mail["subject"] for mail in house.mails[before:]] == ["You already have an account"]
    with pytest.raises(Refusal):
        house.sign_in("mia@example.org", "another fine password")
    house.sign_in("mia@example.org")


def test_strangers_cannot_fill_a_mailbox(house: House) -> None:
    house.member()
    before = len(house.mails)
    for number in range(10):
        house.sign_up(address=f"198.51.{number}.1")
    assert len(house.mails) == before + 5


def test_a_crowd_proves_work_each_proof_once(house: House) -> None:
    for name in ("One", "Two", "Three"):
        house.sign_up(name)
    with pytest.raises(ProofOfWorkNeeded):
        house.sign_up("Four")
    house.sign_up("Elsewhere", address="203.0.113.9")
    proof = solution(house.visitor()("GetProofOfWork")["Challenge"])
    house.sign_up("Four", Proof=proof)
    for bad in (proof, "nonsense", base64.b64encode(b"[]").decode(), base64.b64encode(b"{}").decode()):
        with pytest.raises(ProofOfWorkNeeded):
            house.sign_up("Five", Proof=bad)
    stale = solution(house.visitor()("GetProofOfWork")["Challenge"])
    house.town.advance(seconds=600)
    with pytest.raises(ProofOfWorkNeeded):
        house.sign_up("Five", Proof=stale)
    house.town.advance(hours=1)
    house.sign_up("Five")


@pytest.mark.parametrize(
    ("members", "refusal"),
    [
        ({"Password": "short"}, ValidationException),
        ({"Password": "aaaaaaaaaaaaaaaaaaaa"}, WeakPassword),
        ({"Password": "mia@example.org1"}, WeakPassword),
        ({"Country": "XX"}, ParameterValidationError),
        ({"Languages": ["Portuguese"]}, ParameterValidationError),
        ({"TimeZone": "Mars/Olympus"}, ParameterValidationError),
        ({"TimeZone": "../etc/passwd"}, ParameterValidationError),
        ({"Email": "nobody"}, ValidationException),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_made(
    house: House, members: dict[str, object], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        house.sign_up(**members)  # type: ignore[arg-type]
    assert house.mails == []


def test_an_operator_can_close_the_door(town: Town) -> None:
    from dataclasses import replace

    closed = House(town)
    market = town.app.house
    market.traits = replace(market.traits, sign_in=replace(market.traits.sign_in, open_to_strangers=False))
    with pytest.raises(SignUpClosed):
        closed.sign_up()


def test_without_a_mail_server_nobody_need_confirm(town: Town, rosa: Requester) -> None:
    house = House(town)
    secret = house.sign_in(house.sign_up())
    house.worker(secret).do(rosa.create_hit()["HITId"])
    assert house.mails == []


def test_a_requesters_owner_becomes_a_worker_with_the_same_account(house: House) -> None:
    house.town.requester("Rosa", Password=PASSWORD)
    secret = house.sign_in("rosa@example.org")
    who = house.who(secret)
    assert who is not None and not who.is_worker and [role for _, role in who.memberships] == ["owner"]
    house.person(secret)("StartWorking", Country="PT", Adult=True)
    who = house.who(secret)
    assert who is not None and who.is_worker and who.memberships
    with pytest.raises(AlreadyWorker):
        house.person(secret)("StartWorking", Country="US", Adult=True)
