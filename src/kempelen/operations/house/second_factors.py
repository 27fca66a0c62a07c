"""Second factors: an app of six-digit codes, recovery codes, and passkeys."""

from __future__ import annotations

from typing import Any

from kempelen.errors import Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Arguments, Call, Role, command, query
from kempelen.operations.house import account_letters
from kempelen.operations.house.proving import look_at_own_password, proven, refuse_waiting, wrong_guess
from kempelen.operations.house.signing_in import WrongCode
from kempelen.operations.people.standing import NotConfirmed
from kempelen.rules import one_time_codes, passkeys
from kempelen.rules.passkeys import Registered, WrongPasskey
from kempelen.rules.sentences import Sentence
from kempelen.store import attempts, factors, profiles
from kempelen.store.profiles import Profile

REGISTRATION = "registration"


class AuthenticatorInForce(Refusal):
    """You use an authenticator app already. Remove that one first."""

    code = "Kempelen.AuthenticatorInForce"
    page_status = 409


class NoAuthenticator(Refusal):
    """You have no authenticator app that this could be about."""

    code = "Kempelen.NoAuthenticator"
    page_status = 404


class PasskeyInUse(Refusal):
    """This passkey belongs to an account already."""

    code = "Kempelen.PasskeyInUse"
    page_status = 409


class PasskeyDoesNotExist(Refusal):
    """You have no passkey {passkey_id}."""

    code = "Kempelen.PasskeyDoesNotExist"
    page_status = 404


class TooManyPasskeys(Refusal):
    """You have {most} passkeys already, and that is the most. Remove one first."""

    code = "Kempelen.TooManyPasskeys"
    page_status = 409


@command("BeginAuthenticator", by=Role.PERSON, in_house=True)
def begin_authenticator(call: Call) -> dict[str, Any]:
    """A secret for an authenticator app, and the address to show as a picture; in force once confirmed.
    Raises `AuthenticatorInForce`, or `NotConfirmed` before one's address is confirmed."""
    person = _confirmed(call)
    secret = one_time_codes.new_secret(call.random)
    if not factors.begin_authenticator(call, person.key, secret):
        raise AuthenticatorInForce()
    address = one_time_codes.address(secret, account=person.email, issuer="Kempelen")
    return {"Secret": secret, "Address": address}


@command("ConfirmAuthenticator", by=Role.PERSON, in_house=True)
def confirm_authenticator(call: Call, *, code: str) -> dict[str, Any] | None:
    """Put the app in force with a code it shows. Answers recovery codes, this one time, if one has none."""
    person = profiles.by_key(call, call.actor.account)
    app = factors.authenticator(call, person.key)
    if app is None or app.confirmed:
        raise NoAuthenticator()
    key = attempts.mark(call, "codes", str(person.key))
    refuse_waiting(call, key)
    step = one_time_codes.step_of(call.directory.unseal(app.secret), code, call.now)
    if step is None:
        wrong_guess(call, key, WrongCode())
        return None
    factors.confirm_authenticator(call, person.key, step=step)
    return _added(call, person, "authenticator added")


@command("EndAuthenticator", by=Role.PERSON, before=look_at_own_password, in_house=True)
def end_authenticator(call: Call, *, password: str) -> None:
    """Do without the authenticator app, and without recovery codes if no passkey is left."""
    person = profiles.by_key(call, call.actor.account)
    if not proven(call, person, call.prepared):
        return
    if not factors.end_authenticator(call, person.key):
        raise NoAuthenticator()
    _removed(call, person, "authenticator removed")


@command("RenewRecoveryCodes", by=Role.PERSON, before=look_at_own_password, in_house=True)
def renew_recovery_codes(call: Call, *, password: str) -> dict[str, Any] | None:
    """Ten new recovery codes in place of all before; shown this one time."""
    person = profiles.by_key(call, call.actor.account)
    if not proven(call, person, call.prepared):
        return None
    if not factors.any_in_force(call, person.key):
        raise NoAuthenticator()
    call.emit(Event(EventKind.AccountChanged, worker=person.key, detail="recovery codes"))
    return {"RecoveryCodes": factors.renew_codes(call, person.key)}


@command("BeginPasskey", by=Role.PERSON, in_house=True)
def begin_passkey(call: Call) -> dict[str, Any]:
    """What a browser needs to make a passkey, good for five minutes. Raises `TooManyPasskeys`, or
    `NotConfirmed` before one's address is confirmed."""
    person = _confirmed(call)
    known = factors.passkeys_of(call, person.key)
    if len(known) >= factors.MOST_PASSKEYS:
        raise TooManyPasskeys(most=factors.MOST_PASSKEYS)
    challenge_id, challenge = factors.new_challenge(call, person=person.key, purpose=REGISTRATION)
    options = passkeys.creation_options(
        domain=call.traits.sign_in.passkey_domain,
        name=person.name,
        email=person.email,
        user_id=person.public_id,
        challenge=challenge,
        known=[each.credential for each in known],
    )
    return {"ChallengeId": challenge_id, "Options": options}


def look_at_new_passkey(call: Call, arguments: Arguments) -> Registered:
    """The passkey that a browser made, looked at."""
    found = factors.challenge(call, arguments["challenge_id"], purpose=REGISTRATION)
    if found is None or found[1] != call.actor.account:
        raise WrongPasskey(why=Sentence("too much time has passed"))
    return passkeys.registered(
        arguments["credential"],
        domain=call.traits.sign_in.passkey_domain,
        origins=call.traits.sign_in.origins,
        challenge=found[0],
    )


@command("AddPasskey", by=Role.PERSON, before=look_at_new_passkey, in_house=True)
def add_passkey(call: Call, *, challenge_id: str, credential: str, label: str) -> dict[str, Any]:
    """Keep the passkey a browser made. Answers recovery codes, this one time, if one has none. Raises
    `WrongPasskey`, `PasskeyInUse` or `TooManyPasskeys`."""
    person = profiles.by_key(call, call.actor.account)
    if not factors.take_challenge(call, challenge_id, purpose=REGISTRATION):
        raise WrongPasskey(why=Sentence("too much time has passed"))
    if len(factors.passkeys_of(call, person.key)) >= factors.MOST_PASSKEYS:
        raise TooManyPasskeys(most=factors.MOST_PASSKEYS)
    public_id = factors.add_passkey(call, person.key, call.prepared, label=label)
    if public_id is None:
        raise PasskeyInUse()
    return {"PasskeyId": public_id, **_added(call, person, "passkey added")}


@query("ListPasskeys", by=Role.PERSON, in_house=True)
def list_passkeys(call: Call) -> dict[str, Any]:
    """One's passkeys, the oldest first; twenty at most."""
    found = factors.passkeys_of(call, call.actor.account)
    return {
        "Passkeys": [
            {
                "PasskeyId": each.public_id,
                "Label": each.label,
                "CreationTime": each.created_at,
                "LastUsedTime": each.used_at,
            }
            for each in found
        ],
        "NumResults": len(found),
    }


@command("RemovePasskey", by=Role.PERSON, before=look_at_own_password, in_house=True)
def remove_passkey(call: Call, *, passkey_id: str, password: str) -> None:
    """Do without a passkey. Raises `PasskeyDoesNotExist`."""
    person = profiles.by_key(call, call.actor.account)
    if not proven(call, person, call.prepared):
        return
    if not factors.end_passkey(call, person.key, passkey_id):
        raise PasskeyDoesNotExist(passkey_id=passkey_id)
    _removed(call, person, "passkey removed")


def _confirmed(call: Call) -> Profile:
    """Whoever has not confirmed their address must not lock its owner out with a factor of their own."""
    person = profiles.by_key(call, call.actor.account)
    if person.verified_at is None:
        raise NotConfirmed()
    return person


def _added(call: Call, person: Profile, what: str) -> dict[str, Any]:
    _tell(call, person, what)
    codes = [] if factors.codes_left(call, person.key) else factors.renew_codes(call, person.key)
    return {"RecoveryCodes": codes}


def _removed(call: Call, person: Profile, what: str) -> None:
    _tell(call, person, what)
    if not factors.any_in_force(call, person.key):
        factors.end_all(call, person.key)


def _tell(call: Call, person: Profile, what: str) -> None:
    account_letters.send(call, person, "factor", path=account_letters.FORGOTTEN)
    call.emit(Event(EventKind.AccountChanged, worker=person.key, detail=what))
