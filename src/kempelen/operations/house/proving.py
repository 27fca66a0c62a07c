"""Proving who one is: passwords looked at outside of the writer, and guesses slowed without a word on whether
the account exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kempelen.errors import Refusal
from kempelen.operation import Arguments, Call, Role
from kempelen.rules import passwords, sign_in
from kempelen.store import attempts, look_alikes, profiles
from kempelen.store.profiles import Profile


class WrongCredentials(Refusal):
    """This address and this password do not belong together."""

    code = "Kempelen.WrongCredentials"
    page_status = 403


class WrongPassword(Refusal):
    """This is not your password."""

    code = "Kempelen.WrongPassword"
    page_status = 403


class NoPassword(Refusal):
    """Your account has no password yet. Have a link sent as if you had forgotten it, and choose one."""

    code = "Kempelen.NoPassword"
    page_status = 403


class TooManyAttempts(Refusal):
    """There were too many attempts. Wait {seconds} seconds, then try again."""

    code = "Kempelen.TooManyAttempts"
    page_status = 429


@dataclass(frozen=True, slots=True)
class Proof:
    """A password that was looked at before the transaction."""

    kept: str | None
    """The hash it was looked at against: if the account has another by now, it proves nothing."""
    right: bool


def guess_key(call: Call, email: str, device: str | None = None) -> bytes:
    """Under what wrong passwords for an account are counted: by the address, known or not. A browser that the
    person has signed in with before is counted by itself, so that strangers cannot keep them out."""
    folded = email.strip().casefold()
    person = profiles.by_email(call, email) if device else None
    if person is not None and device and look_alikes.knows_device(call, person.key, device):
        return attempts.mark(call, "guesses", f"{folded}\0{device}")
    return attempts.mark(call, "guesses", folded)


def own_guess_key(call: Call, person: Profile) -> bytes:
    """Under what wrong passwords are counted that somebody gives within a session: apart from those at the
    door, so that strangers cannot keep the person from changing their password."""
    return attempts.mark(call, "own guesses", str(person.key))


def refuse_waiting(call: Call, key: bytes) -> None:
    """Raise `TooManyAttempts` while the next guess of this kind, or from this address, must wait."""
    wait = attempts.waits(call, key)
    count, until = attempts.counted(call, _place(call))
    if count >= sign_in.GUESSES_AN_HOUR:
        wait = max(wait, until - call.now)
    if wait > 0:
        raise TooManyAttempts(seconds=-(-wait // 1000))


def wrong_guess(call: Call, key: bytes, refusal: Refusal) -> None:
    """Count a wrong guess and answer with this refusal."""
    attempts.fail(call, key)
    attempts.count(call, _place(call), window=sign_in.HOUR)
    call.refuse_after_commit(refusal)


def look_at_password(call: Call, arguments: Arguments) -> Proof:
    """The password given for an address, looked at; as slow for an address that nobody has."""
    refuse_waiting(call, guess_key(call, arguments["email"], arguments.get("device")))
    person = profiles.by_email(call, arguments["email"])
    kept = person.password if person is not None and person.active else None
    return Proof(kept, passwords.matches(kept, arguments["password"]))


def look_at_own_password(call: Call, arguments: Arguments) -> Proof:
    """The acting person's password, looked at. Raises `TooManyAttempts` or `NoPassword`."""
    if call.actor.role is not Role.PERSON:  # the command line's own work, which has nobody's password
        return Proof(None, False)
    person = profiles.by_key(call, call.actor.account)
    refuse_waiting(call, own_guess_key(call, person))
    if person.password is None:
        raise NoPassword()
    return Proof(person.password, passwords.matches(person.password, arguments["password"]))


def proven(call: Call, person: Profile, proof: Any) -> bool:
    """Whether the password that was looked at is the person's; if not, the guess is counted and refused."""
    assert isinstance(proof, Proof)
    key = own_guess_key(call, person)
    refuse_waiting(call, key)
    if proof.right and proof.kept == person.password:
        attempts.forget(call, key)
        return True
    wrong_guess(call, key, WrongPassword())
    return False


def _place(call: Call) -> bytes:
    return attempts.mark(call, "guesses from", sign_in.guesser(call.actor.source_address))
