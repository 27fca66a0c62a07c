"""Signing in: a password and, where there is one, a second factor; or a passkey alone."""

from __future__ import annotations

from typing import Any

from kempelen.errors import InvalidParameterCombination, Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Arguments, Call, Role, command
from kempelen.operations.house.proving import (
    Proof,
    TooManyAttempts,
    WrongCredentials,
    guess_key,
    look_at_password,
    refuse_waiting,
    wrong_guess,
)
from kempelen.rules import one_time_codes, passkeys
from kempelen.rules import sign_in as terms
from kempelen.rules.passkeys import Asserted, WrongPasskey
from kempelen.rules.sentences import Sentence
from kempelen.store import attempts, factors, look_alikes, profiles, sessions
from kempelen.store.profiles import Profile

ALONE = "sign-in"
SECOND = "second factor"


class SignInAgain(Refusal):
    """Too much time has passed since you gave your password. Sign in again."""

    code = "Kempelen.SignInAgain"
    page_status = 403


class WrongCode(Refusal):
    """This code is wrong, too old, or was used before. Take the one your app shows now."""

    code = "Kempelen.WrongCode"
    page_status = 403


@command("SignIn", by=Role.VISITOR, before=look_at_password, in_house=True)
def sign_in(call: Call, *, email: str, password: str, device: str | None = None) -> dict[str, Any] | None:
    """A session for an address and its password. Where a second factor is due the session is good for nothing
    but `GiveSecondFactor`, within ten minutes. Raises `WrongCredentials`, and `TooManyAttempts` for a while
    after several wrong ones, the right password too."""
    proof = call.prepared
    assert isinstance(proof, Proof)
    key = guess_key(call, email, device)
    refuse_waiting(call, key)
    person = profiles.by_email(call, email)
    if person is None or not proof.right or person.password != proof.kept or not person.active:
        wrong_guess(call, key, WrongCredentials())
        return None
    attempts.forget(call, key)
    if factors.any_in_force(call, person.key):
        return _half(call, person)
    return _whole(call, person, device)


def look_at_factor(call: Call, arguments: Arguments) -> Asserted | None:
    """A passkey's signature as the second factor, looked at; None where something else is given."""
    if arguments.get("credential") is None:
        return None
    return _asserted(call, arguments, SECOND)


@command("GiveSecondFactor", by=Role.VISITOR, before=look_at_factor, in_house=True)
def give_second_factor(
    call: Call,
    *,
    session_secret: str,
    code: str | None = None,
    recovery_code: str | None = None,
    challenge_id: str | None = None,
    credential: str | None = None,
    device: str | None = None,
) -> dict[str, Any] | None:
    """A whole session for one that waits for the second factor: an app's code, a recovery code, or a passkey
    that signed a challenge. Raises `SignInAgain`, `WrongCode`, `WrongPasskey` or `TooManyAttempts`."""
    given = [each for each in (code, recovery_code, credential) if each is not None]
    if len(given) != 1 or (credential is None) != (challenge_id is None):
        raise InvalidParameterCombination(parameters="Code, RecoveryCode, or ChallengeId and Credential")
    waiting = sessions.awaiting(call, session_secret)
    if waiting is None:
        raise SignInAgain()
    key = attempts.mark(call, "codes", str(waiting.person))
    refuse_waiting(call, key)
    if credential is not None:
        assert challenge_id is not None
        right = _use_passkey(call, credential, challenge_id, SECOND) == waiting.person
    elif code is not None:
        right = use_code(call, waiting.person, code)
    else:
        right = factors.use_code(call, waiting.person, str(recovery_code))
    if not right:
        wrong_guess(call, key, WrongCode())
        return None
    attempts.forget(call, key)
    if not sessions.take_awaiting(call, waiting.key):
        raise SignInAgain()
    return _whole(call, profiles.by_key(call, waiting.person), device)


@command("BeginPasskeySignIn", by=Role.VISITOR, in_house=True)
def begin_passkey_sign_in(call: Call, *, session_secret: str | None = None) -> dict[str, Any]:
    """What a browser needs to sign in with a passkey: alone, whoever it is, or as the second factor of the
    session that waits for it. Good for five minutes."""
    place = attempts.mark(call, "challenges", terms.guesser(call.actor.source_address))
    if attempts.count(call, place, window=terms.HOUR) > terms.CHALLENGES_AN_HOUR:
        _, until = attempts.counted(call, place)
        raise TooManyAttempts(seconds=max(1, (until - call.now) // 1000))
    person, known = None, []
    if session_secret is not None:
        waiting = sessions.awaiting(call, session_secret)
        if waiting is None:
            raise SignInAgain()
        person = waiting.person
        known = [each.credential for each in factors.passkeys_of(call, person)]
    purpose = ALONE if person is None else SECOND
    challenge_id, challenge = factors.new_challenge(call, person=person, purpose=purpose)
    domain = call.traits.sign_in.passkey_domain
    options = passkeys.request_options(domain=domain, challenge=challenge, known=known)
    return {"ChallengeId": challenge_id, "Options": options}


def look_at_passkey(call: Call, arguments: Arguments) -> Asserted:
    """A passkey's signature, looked at; the passkey must have asked for a finger, a face or a PIN."""
    asserted = _asserted(call, arguments, ALONE)
    if not asserted.knows_user:
        raise WrongPasskey(why=Sentence("it did not ask who you are, so it needs your password beside it"))
    return asserted


@command("SignInWithPasskey", by=Role.VISITOR, before=look_at_passkey, in_house=True)
def sign_in_with_passkey(
    call: Call, *, challenge_id: str, credential: str, device: str | None = None
) -> dict[str, Any]:
    """A session for whoever's passkey signed the challenge. Raises `WrongPasskey`."""
    person = profiles.by_key(call, _use_passkey(call, credential, challenge_id, ALONE))
    if not person.active:
        raise WrongPasskey(why=Sentence("nobody has it"))
    return _whole(call, person, device)


def use_code(call: Call, person: int, code: str) -> bool:
    """Use up an app's code. False for a wrong one and for one that was used."""
    app = factors.authenticator(call, person)
    if app is None or not app.confirmed:
        return False
    step = one_time_codes.step_of(call.directory.unseal(app.secret), code, call.now)
    return step is not None and factors.use_step(call, person, step=step)


def _asserted(call: Call, arguments: Arguments, purpose: str) -> Asserted:
    found = factors.passkey(call, passkeys.credential_id(arguments["credential"]))
    challenge = factors.challenge(call, arguments.get("challenge_id") or "", purpose=purpose)
    if found is None or challenge is None:
        raise WrongPasskey(why=Sentence("nobody has it, or too much time has passed"))
    return passkeys.asserted(
        arguments["credential"],
        domain=call.traits.sign_in.passkey_domain,
        origins=call.traits.sign_in.origins,
        challenge=challenge[0],
        public_key=found.public_key,
        sign_count=found.sign_count,
    )


def _use_passkey(call: Call, credential: str, challenge_id: str, purpose: str) -> int:
    """Use the challenge up and note the signature; whose passkey it is. Raises `WrongPasskey`."""
    asserted = call.prepared
    assert isinstance(asserted, Asserted)
    challenge = factors.challenge(call, challenge_id, purpose=purpose)
    found = factors.passkey(call, passkeys.credential_id(credential))
    if found is None or challenge is None or challenge[1] not in (None, found.person):
        raise WrongPasskey(why=Sentence("nobody has it, or too much time has passed"))
    taken = factors.take_challenge(call, challenge_id, purpose=purpose)
    if not taken or not factors.use_passkey(call, found, sign_count=asserted.sign_count):
        raise WrongPasskey(why=Sentence("it was used just now"))
    return found.person


def _half(call: Call, person: Profile) -> dict[str, Any]:
    secret, until = sessions.begin(call, person.key, awaits=True)
    app = factors.authenticator(call, person.key)
    ways = {
        "authenticator": app is not None and app.confirmed,
        "passkey": bool(factors.passkeys_of(call, person.key)),
        "recovery_code": factors.codes_left(call, person.key) > 0,
    }
    return {
        "SessionSecret": secret,
        "ExpirationTime": until,
        "SecondFactorDue": True,
        "Factors": [way for way, has in ways.items() if has],
    }


def _whole(call: Call, person: Profile, device: str | None) -> dict[str, Any]:
    secret, until = sessions.begin(call, person.key)
    look_alikes.see(call, person.key, device=device)
    call.emit(Event(EventKind.SignedIn, worker=person.key))
    return {"SessionSecret": secret, "ExpirationTime": until, "SecondFactorDue": False, "Factors": []}
