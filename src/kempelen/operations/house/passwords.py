"""A forgotten password, a new password, and a new address."""

from __future__ import annotations

from typing import Any

from kempelen.events import Event, EventKind
from kempelen.operation import Arguments, Call, Role, command
from kempelen.operations.house import account_letters
from kempelen.operations.house.proving import (
    Proof,
    TooManyAttempts,
    WrongPassword,
    guess_key,
    look_at_own_password,
    proven,
)
from kempelen.operations.house.signing_up import LinkOver
from kempelen.rules import passwords, sign_in
from kempelen.store import attempts, factors, mail_links, profiles, sessions


@command("RequestPasswordReset", by=Role.VISITOR, in_house=True)
def request_password_reset(call: Call, *, email: str) -> None:
    """Send a link for a new password to an address that has an account; the answer never tells if it has."""
    place = attempts.mark(call, "resets", sign_in.guesser(call.actor.source_address))
    if attempts.count(call, place, window=sign_in.HOUR) > sign_in.GUESSES_AN_HOUR:
        _, until = attempts.counted(call, place)
        raise TooManyAttempts(seconds=max(1, (until - call.now) // 1000))
    person = profiles.by_email(call, email)
    if person is None or not person.active or not account_letters.may_send(call, person, "reset"):
        return
    token = mail_links.issue(call, person.key, mail_links.PASSWORD, detail=person.email, life=sign_in.RESET)
    path = account_letters.with_token(account_letters.RESET, token)
    account_letters.send(call, person, "reset", path=path)


def prepare_reset(call: Call, arguments: Arguments) -> str:
    """The hash of the new password, if the link works and the password is good."""
    found = mail_links.look(call, arguments["token"])
    if found is None or found[1] != mail_links.PASSWORD:
        raise LinkOver()
    person = profiles.by_key(call, found[0])
    passwords.refuse_weak(arguments["password"], email=person.email, name=person.name)
    return passwords.hashed(arguments["password"])


@command("ResetPassword", by=(Role.PERSON, Role.VISITOR), before=prepare_reset, in_house=True)
def reset_password(call: Call, *, token: str, password: str) -> None:
    """A new password by the link that was sent; every session ends. The link proves the address, so what was
    set up before that was confirmed, perhaps by somebody else, is gone. Raises `LinkOver`."""
    found = mail_links.take(call, token)
    if found is None or found[1] != mail_links.PASSWORD:
        raise LinkOver()
    person = profiles.by_key(call, found[0])
    if not person.active or found[2] != person.email:
        raise LinkOver()
    if person.verified_at is None:
        factors.end_all(call, person.key)
        profiles.end_payout(call, person.key)
        profiles.verify(call, person.key)
    profiles.put_password(call, person.key, call.prepared)
    sessions.end_all(call, person.key)
    mail_links.end_all(call, person.key)
    attempts.forget(call, guess_key(call, person.email))
    account_letters.send(call, person, "password", path=account_letters.FORGOTTEN)
    call.emit(Event(EventKind.AccountChanged, worker=person.key, detail="password reset"))


def prepare_change(call: Call, arguments: Arguments) -> tuple[Proof, str]:
    """The old password looked at, and the hash of the new one if the old one is right."""
    proof = look_at_own_password(call, arguments)
    person = profiles.by_key(call, call.actor.account)
    passwords.refuse_weak(arguments["new_password"], email=person.email, name=person.name)
    return proof, passwords.hashed(arguments["new_password"]) if proof.right else ""


@command("ChangePassword", by=Role.PERSON, before=prepare_change, in_house=True)
def change_password(call: Call, *, password: str, new_password: str) -> dict[str, Any] | None:
    """Another password for the one that is proven. Every session ends; the answer is a new one."""
    proof, hashed = call.prepared
    person = profiles.by_key(call, call.actor.account)
    if not proven(call, person, proof):
        return None
    if not profiles.change_password(call, person.key, before=proof.kept, hashed=hashed):
        raise WrongPassword()
    sessions.end_all(call, person.key)
    mail_links.end_all(call, person.key)
    account_letters.send(call, person, "password", path=account_letters.FORGOTTEN)
    call.emit(Event(EventKind.AccountChanged, worker=person.key, detail="password"))
    secret, until = sessions.begin(call, person.key)
    return {"SessionSecret": secret, "ExpirationTime": until}


@command("ChangeEmail", by=Role.PERSON, before=look_at_own_password, in_house=True)
def change_email(call: Call, *, password: str, email: str) -> None:
    """Ask for another address: it is theirs when the link sent to it is used; the old one is told. For an
    address that has an account the answer is the same, and its owner is told instead."""
    person = profiles.by_key(call, call.actor.account)
    if not proven(call, person, call.prepared):
        return
    place = attempts.mark(call, "addresses", str(person.key))
    if attempts.count(call, place, window=sign_in.HOUR) > sign_in.MAILS_AN_HOUR:
        _, until = attempts.counted(call, place)
        raise TooManyAttempts(seconds=max(1, (until - call.now) // 1000))
    address = email.strip()
    known = profiles.by_email(call, address)
    if known is not None and known.key != person.key:
        if account_letters.may_send(call, known, "known"):
            account_letters.send(call, known, "known", path=account_letters.FORGOTTEN)
    else:
        token = mail_links.issue(
            call, person.key, mail_links.ADDRESS, detail=address, life=sign_in.CONFIRMATION
        )
        path = account_letters.with_token(account_letters.CONFIRM, token)
        account_letters.send(call, person, "address", path=path, to=address)
    account_letters.send(call, person, "leaving", path=account_letters.FORGOTTEN, address=address)
