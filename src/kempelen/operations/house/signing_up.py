"""Signing up as a worker, and confirming the address. Neither tells a stranger who has an account."""

from __future__ import annotations

import json
from typing import Any

from kempelen.errors import Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Arguments, Call, Role, command, query
from kempelen.operations.house import account_letters
from kempelen.operations.house.accounts import check_locale
from kempelen.rules import passwords, proof_of_work, sign_in
from kempelen.rules import profiles as rules
from kempelen.rules.ids import new_person_id
from kempelen.store import accounts, attempts, look_alikes, mail_links, profiles
from kempelen.store.accounts import EmailInUse
from kempelen.store.profiles import Profile


class SignUpClosed(Refusal):
    """Nobody can sign up here by themselves. Ask whoever runs this site for an account."""

    code = "Kempelen.SignUpClosed"
    page_status = 403


class ProofOfWorkNeeded(Refusal):
    """Many people are signing up from your network just now. Let your browser work for a moment, which needs
    JavaScript, or try again in {minutes} minutes."""

    code = "Kempelen.ProofOfWorkNeeded"
    page_status = 429


class LinkOver(Refusal):
    """This link has been used or has run out. Have a new one sent to you."""

    code = "Kempelen.LinkOver"
    page_status = 410


class NotYourLink(Refusal):
    """This link is for another account. Sign in to that one with the password it was made with, then open the
    link again. If you do not know that password, have a link for a new one sent to you."""

    code = "Kempelen.NotYourLink"
    page_status = 403


class AlreadyWorker(Refusal):
    """You are a worker already."""

    code = "Kempelen.AlreadyWorker"
    page_status = 409


@query("GetProofOfWork", by=Role.VISITOR, in_house=True)
def get_proof_of_work(call: Call) -> dict[str, Any]:
    """A challenge for the visitor's browser, for sign-ups from crowded networks. It works for ten minutes."""
    return {"Challenge": proof_of_work.challenge(call.directory.page_secret, call.random, call.now)}


def prepare_sign_up(call: Call, arguments: Arguments) -> str:
    """What is wrong with a sign-up, said before any work is done for it; then the hash of the password."""
    if not call.traits.sign_in.open_to_strangers:
        raise SignUpClosed()
    check_locale(arguments.get("country"), arguments.get("subdivision"))
    rules.checked_languages(arguments.get("languages") or [])
    if arguments.get("time_zone") is not None:
        rules.checked_zone(arguments["time_zone"])
    passwords.refuse_weak(arguments["password"], email=arguments["email"], name=arguments["name"])
    _refuse_crowd(call, arguments.get("proof"), attempts.counted(call, _crowd(call)))
    return passwords.hashed(arguments["password"])


@command("SignUp", by=Role.VISITOR, before=prepare_sign_up, in_house=True)
def sign_up(
    call: Call,
    *,
    name: str,
    email: str,
    password: str,
    country: str,
    adult: bool,
    subdivision: str | None = None,
    languages: list[str] | None = None,
    time_zone: str | None = None,
    site_language: str | None = None,
    device: str | None = None,
    proof: str | None = None,
) -> None:
    """A new worker, who confirms their address before they work. For an address that has an account the
    answer is the same, and its owner is told by mail."""
    count, until = attempts.counted(call, _crowd(call))
    used = _refuse_crowd(call, proof, (count, until))
    attempts.count(call, _crowd(call), window=sign_in.HOUR)
    if used is not None and not attempts.take_once(
        call, attempts.mark(call, "proof", used[0]), until=used[1]
    ):
        raise ProofOfWorkNeeded(minutes=_minutes(call, until))
    known = profiles.by_email(call, email)
    if known is not None:
        _tell_known(call, known)
        return
    verified = not call.traits.sign_in.confirms_addresses
    accounts.add_person(
        call,
        public_id=new_person_id(call.random),
        name=name,
        email=email,
        password=call.prepared,
        verified=verified,
    )
    person = profiles.by_email(call, email)
    assert person is not None, "they were made, by this call or by one that was quicker"
    accounts.make_worker(
        call, person.key, country=country, subdivision=subdivision, adult=adult, masters=False
    )
    chosen = {"languages": json.dumps(rules.checked_languages(languages)) if languages else None}
    for column, value in (chosen | {"time_zone": time_zone, "site_language": site_language}).items():
        if value is not None:
            profiles.put(call, person.key, column, value)
    if not verified:
        send_confirmation(call, profiles.by_key(call, person.key))
    look_alikes.see(call, person.key, device=device)
    look_alikes.compare_addresses(call, person.key, email)
    call.emit(Event(EventKind.WorkerAdded, worker=person.key, detail="by themselves"))


@command("StartWorking", by=Role.PERSON, in_house=True)
def start_working(call: Call, *, country: str, adult: bool, subdivision: str | None = None) -> None:
    """Make somebody who has an account, as a requester for instance, a worker too. Raises `AlreadyWorker`."""
    check_locale(country, subdivision)
    person = call.actor.account
    if not accounts.make_worker(
        call, person, country=country, subdivision=subdivision, adult=adult, masters=False
    ):
        raise AlreadyWorker()
    call.emit(Event(EventKind.WorkerAdded, worker=person, detail="by themselves"))


@command("RequestConfirmation", by=Role.PERSON, in_house=True)
def request_confirmation(call: Call) -> None:
    """Send the link that confirms one's address once more; nothing if it is confirmed."""
    person = profiles.by_key(call, call.actor.account)
    if person.verified_at is None:
        send_confirmation(call, person)


@command("ConfirmEmail", by=Role.PERSON, in_house=True)
def confirm_email(call: Call, *, token: str) -> dict[str, Any]:
    """Confirm one's address with the link that was sent to it: the one of a sign-up, or a new one. The link
    alone is not enough: an address's owner must not confirm the account that somebody else made with it.
    Raises `LinkOver`, `NotYourLink`, and `EmailInUse` if somebody else has confirmed it meanwhile."""
    found = mail_links.look(call, token)
    if found is None or found[1] not in (mail_links.CONFIRMATION, mail_links.ADDRESS):
        raise LinkOver()
    person, purpose, address = found
    if person != call.actor.account:
        raise NotYourLink()
    known = profiles.by_key(call, person)
    mail_links.take(call, token)
    if not known.active or (purpose == mail_links.CONFIRMATION and address != known.email):
        raise LinkOver()
    if purpose == mail_links.CONFIRMATION:
        profiles.verify(call, person)
    else:
        if not profiles.put_email(call, person, address):
            raise EmailInUse(email=address)
        mail_links.end_all(call, person)
        look_alikes.compare_addresses(call, person, address)
    call.emit(Event(EventKind.AccountChanged, worker=person, detail="address confirmed"))
    return {"Purpose": purpose}


def send_confirmation(call: Call, person: Profile) -> None:
    """Send the link that confirms the address a person signed up with, a few times an hour at most."""
    if not account_letters.may_send(call, person, "confirmation"):
        return
    token = mail_links.issue(
        call, person.key, mail_links.CONFIRMATION, detail=person.email, life=sign_in.CONFIRMATION
    )
    path = account_letters.with_token(account_letters.CONFIRM, token)
    account_letters.send(call, person, "confirmation", path=path)


def _tell_known(call: Call, person: Profile) -> None:
    """Tell the owner of an address that somebody wanted to sign up with it."""
    if not person.active:
        return
    if person.verified_at is None:
        send_confirmation(call, person)
    elif account_letters.may_send(call, person, "known"):
        account_letters.send(call, person, "known", path=account_letters.FORGOTTEN)


def _crowd(call: Call) -> bytes:
    return attempts.mark(call, "sign-ups", sign_in.network(call.actor.source_address))


def _refuse_crowd(call: Call, proof: str | None, counted: tuple[int, int]) -> tuple[str, int] | None:
    """The work that was proven, where it is needed. Raises `ProofOfWorkNeeded`."""
    count, until = counted
    if count < call.traits.sign_in.sign_ups_an_hour:
        return None
    solved = proof_of_work.solved(call.directory.page_secret, proof, call.now) if proof else None
    if solved is None:
        raise ProofOfWorkNeeded(minutes=_minutes(call, until))
    return solved


def _minutes(call: Call, until: int) -> int:
    return max(1, -(-(until - call.now) // sign_in.MINUTE))
