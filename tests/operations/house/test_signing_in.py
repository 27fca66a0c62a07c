"""Signing in: sessions, slowed guesses, second factors, and passkeys alone."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest

from kempelen.errors import AccessDenied, InvalidParameterCombination, Refusal
from kempelen.operations.house.proving import TooManyAttempts, WrongCredentials, WrongPassword
from kempelen.operations.house.second_factors import (
    AuthenticatorInForce,
    NoAuthenticator,
    PasskeyDoesNotExist,
    PasskeyInUse,
)
from kempelen.operations.house.sessions import SessionDoesNotExist
from kempelen.operations.house.signing_in import SignInAgain, WrongCode
from kempelen.operations.people.standing import NotConfirmed
from kempelen.rules.passkeys import WrongPasskey
from people import Person
from soft_passkey import SoftPasskey
from strangers import PASSWORD, House

EMAIL = "mia@example.org"


def wrong(house: House, email: str = EMAIL, address: str = "192.0.2.7", **members: Any) -> None:
    """Guess wrong."""
    with pytest.raises(WrongCredentials):
        house.visitor(address)("SignIn", Email=email, Password="not this one, surely", **members)


def passkey_of(house: House, **how: Any) -> SoftPasskey:
    """A passkey for the site."""
    terms = house.town.app.house.traits.sign_in
    return SoftPasskey(origin=terms.origins[0], domain=terms.passkey_domain, **how)


def with_passkey(house: House, person: Person, **how: Any) -> tuple[SoftPasskey, dict[str, Any]]:
    """The person's new passkey, and what adding it answered."""
    begun = person("BeginPasskey")
    passkey = passkey_of(house, **how)
    credential = passkey.create(begun["Options"])
    return passkey, person("AddPasskey", ChallengeId=begun["ChallengeId"], Credential=credential, Label="Key")


def with_app(person: Person) -> tuple[pyotp.TOTP, list[str]]:
    """The person's authenticator app in force, and their recovery codes."""
    app = pyotp.TOTP(person("BeginAuthenticator")["Secret"])
    codes = person("ConfirmAuthenticator", Code=code_of(app, person))["RecoveryCodes"]
    return app, codes


def code_of(app: pyotp.TOTP, person: Person) -> str:
    """What the app shows now."""
    return app.generate_otp(person.town.now // 30_000)


def half(house: House) -> str:
    """A session that waits for the second factor."""
    answer = house.visitor()("SignIn", Email=EMAIL, Password=PASSWORD)
    assert answer["SecondFactorDue"]
    return str(answer["SessionSecret"])


def test_a_session_ends_by_itself_and_is_prolonged_by_use(house: House) -> None:
    house.member()
    secret = house.sign_in(EMAIL)
    who = house.who(secret)
    assert who is not None and who.public_id.startswith("A") and not who.is_seen_due
    for _ in range(2):
        house.town.advance(days=13)
        who = house.who(secret)
        assert who is not None and who.is_seen_due
        house.person(secret)("ContinueSession")
        who = house.who(secret)
        assert who is not None and not who.is_seen_due
    house.town.advance(days=4)
    assert house.who(secret) is None
    idle = house.sign_in(EMAIL)
    house.town.advance(days=14)
    assert house.who(idle) is None
    assert house.who("") is None and house.who("x" * 10_000) is None and house.who("unknown") is None


def test_one_sees_and_ends_ones_own_sessions_only(house: House) -> None:
    house.member()
    first, second = house.sign_in(EMAIL), house.sign_in(EMAIL)
    ben = house.member("Ben")
    listed = house.person(second)("ListSessions")["Sessions"]
    assert [each["Current"] for each in listed] == [True, False, False]
    assert listed[0]["UserAgent"] == "Firefox" and listed[0]["Address"] == "192.0.2.7"
    with pytest.raises(SessionDoesNotExist):
        ben("EndSession", SessionId=listed[0]["SessionId"])
    house.person(second)("EndSession", SessionId=listed[1]["SessionId"])
    assert house.who(first) is None
    assert house.person(second)("EndOtherSessions") == {"NumResults": 1}
    house.person(second)("SignOut")
    assert house.who(second) is None and len(ben("ListSessions")["Sessions"]) == 1


def test_a_person_has_no_more_sessions_than_fifty(house: House) -> None:
    mia = house.member()
    from kempelen.store import sessions

    for _ in range(60):
        house.town.app.house.system(lambda call: sessions.begin(call, mia.actor.account))
        house.town.advance(milliseconds=1)
    assert len(mia("ListSessions")["Sessions"]) == sessions.MOST


def test_a_session_is_nobodys_key_to_work(house: House) -> None:
    mia = house.member()
    with pytest.raises(AccessDenied):
        mia("ListTasks")
    with pytest.raises(AccessDenied):
        house.visitor()("ListSessions")
    with pytest.raises(AccessDenied):
        mia("ListLookAlikes")


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
def test_guessing_is_slowed_whether_or_not_there_is_an_account(house: House, email: str) -> None:
    house.member()
    for _ in range(5):
        wrong(house, email)
    for password in (PASSWORD, "not this one, surely"):
        with pytest.raises(TooManyAttempts, match="Wait 1 seconds"):
            house.visitor()("SignIn", Email=email, Password=password)
    house.town.advance(seconds=1)
    wrong(house, email)
    with pytest.raises(TooManyAttempts, match="Wait 2 seconds"):
        house.visitor("203.0.113.5")("SignIn", Email=email, Password=PASSWORD)
    if email == EMAIL:
        house.town.advance(seconds=2)
        house.sign_in(EMAIL)
        wrong(house, email)


def test_a_known_browser_is_not_kept_out_by_strangers(house: House) -> None:
    house.member()
    house.sign_in(EMAIL, Device="mias-own-cookie")
    for _ in range(5):
        wrong(house, address="203.0.113.5")
    with pytest.raises(TooManyAttempts):
        house.sign_in(EMAIL, Device="another-cookie")
    house.sign_in(EMAIL, Device="mias-own-cookie")
    for _ in range(5):
        wrong(house, Device="mias-own-cookie")
    with pytest.raises(TooManyAttempts):
        house.sign_in(EMAIL, Device="mias-own-cookie")


def test_one_address_guesses_a_hundred_times_an_hour(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kempelen.rules.sign_in.GUESSES_AN_HOUR", 3)
    house.member()
    for number in range(3):
        wrong(house, f"nobody{number}@example.org", address="2001:db8::1")
    with pytest.raises(TooManyAttempts):
        house.visitor("2001:db8::2")("SignIn", Email=EMAIL, Password=PASSWORD)
    house.visitor("2001:db8:1::2")("SignIn", Email=EMAIL, Password=PASSWORD)
    house.town.advance(hours=1)
    house.visitor("2001:db8::2")("SignIn", Email=EMAIL, Password=PASSWORD)


def test_an_account_that_is_switched_off_signs_nobody_in(house: House) -> None:
    mia = house.member()
    secret = house.sign_in(EMAIL)
    house.operator("PutAccountStatus", AccountId=mia.id, Active=False)
    assert house.who(secret) is None
    with pytest.raises(WrongCredentials):
        house.sign_in(EMAIL)


def test_an_app_is_the_second_factor_and_no_code_works_twice(house: House) -> None:
    mia = house.member()
    app, _ = with_app(mia)
    with pytest.raises(AuthenticatorInForce):
        mia("BeginAuthenticator")
    waiting = half(house)
    assert house.who(waiting) is None
    with pytest.raises(WrongCode):  # the code that confirmed the app
        house.visitor()("GiveSecondFactor", SessionSecret=waiting, Code=code_of(app, mia))
    house.town.advance(seconds=30)
    code = code_of(app, mia)
    answer = house.visitor()("GiveSecondFactor", SessionSecret=waiting, Code=f"{code[:3]} {code[3:]}")
    assert house.who(answer["SessionSecret"]) is not None and house.who(waiting) is None
    with pytest.raises(SignInAgain):
        house.visitor()("GiveSecondFactor", SessionSecret=waiting, Code=code)
    with pytest.raises(WrongCode):
        house.visitor()("GiveSecondFactor", SessionSecret=half(house), Code=code)
    assert {mail["subject"] for mail in house.mails} >= {"Your ways to sign in have changed"}


def test_half_signed_in_lasts_ten_minutes_and_codes_are_not_guessed(house: House) -> None:
    with_app(house.member())
    waiting = half(house)
    for _ in range(5):
        with pytest.raises(WrongCode):
            house.visitor()("GiveSecondFactor", SessionSecret=waiting, Code="٠٠٠٠٠٠")
    with pytest.raises(TooManyAttempts):
        house.visitor()("GiveSecondFactor", SessionSecret=half(house), Code="000000")
    house.town.advance(seconds=600)
    with pytest.raises(SignInAgain):
        house.visitor()("GiveSecondFactor", SessionSecret=waiting, Code="000000")
    with pytest.raises(InvalidParameterCombination):
        house.visitor()("GiveSecondFactor", SessionSecret=half(house))


def test_each_recovery_code_works_once_until_there_are_new_ones(house: House) -> None:
    mia = house.member()
    _, codes = with_app(mia)
    assert len(set(codes)) == 10 and mia("GetProfile")["RecoveryCodesLeft"] == 10
    house.visitor()(
        "GiveSecondFactor", SessionSecret=half(house), RecoveryCode=codes[0].upper().replace("-", " ")
    )
    with pytest.raises(WrongCode):
        house.visitor()("GiveSecondFactor", SessionSecret=half(house), RecoveryCode=codes[0])
    new = mia("RenewRecoveryCodes", Password=PASSWORD)["RecoveryCodes"]
    with pytest.raises(WrongCode):
        house.visitor()("GiveSecondFactor", SessionSecret=half(house), RecoveryCode=codes[1])
    house.visitor()("GiveSecondFactor", SessionSecret=half(house), RecoveryCode=new[0])


def test_an_app_is_removed_with_the_password_alone(house: House) -> None:
    mia = house.member()
    with_app(mia)
    with pytest.raises(WrongPassword):
        mia("EndAuthenticator", Password="not this one, surely")
    mia("EndAuthenticator", Password=PASSWORD)
    house.sign_in(EMAIL)
    assert mia("GetProfile")["RecoveryCodesLeft"] == 0
    for operation in ("EndAuthenticator", "RenewRecoveryCodes"):
        with pytest.raises(NoAuthenticator):
            mia(operation, Password=PASSWORD)


def test_factors_wait_for_the_address(house: House) -> None:
    mia = house.person(house.sign_in(house.sign_up()))
    for operation in ("BeginAuthenticator", "BeginPasskey"):
        with pytest.raises(NotConfirmed):
            mia(operation)


@pytest.mark.parametrize("counts", [True, False])
def test_a_passkey_signs_in_alone_without_a_name(house: House, counts: bool) -> None:
    mia = house.member()
    passkey, added = with_passkey(house, mia, counts=counts)
    assert len(added["RecoveryCodes"]) == 10
    for _ in range(2):
        begun = house.visitor()("BeginPasskeySignIn")
        given = {"ChallengeId": begun["ChallengeId"], "Credential": passkey.get(begun["Options"])}
        who = house.who(house.visitor()("SignInWithPasskey", **given)["SessionSecret"])
        assert who is not None and who.public_id == mia.id
        with pytest.raises(WrongPasskey):
            house.visitor()("SignInWithPasskey", **given)
    assert mia("ListPasskeys")["Passkeys"][0]["LastUsedTime"] is not None


def test_a_passkey_is_the_second_factor_of_its_own_person(house: House) -> None:
    passkey, _ = with_passkey(house, house.member())
    passkey.knows_user = False
    other, _ = with_passkey(house, house.member("Ben"), name=b"bens")
    waiting = half(house)
    begun = house.visitor()("BeginPasskeySignIn", SessionSecret=waiting)
    with pytest.raises((WrongPasskey, WrongCode)):
        house.visitor()(
            "GiveSecondFactor",
            SessionSecret=waiting,
            ChallengeId=begun["ChallengeId"],
            Credential=other.get(begun["Options"]),
        )
    answer = house.visitor()(
        "GiveSecondFactor",
        SessionSecret=waiting,
        ChallengeId=begun["ChallengeId"],
        Credential=passkey.get(begun["Options"]),
    )
    assert house.who(answer["SessionSecret"]) is not None


def refused(house: House, passkey: SoftPasskey) -> None:
    """The passkey does not sign anybody in."""
    begun = house.visitor()("BeginPasskeySignIn")
    with pytest.raises(WrongPasskey):
        house.visitor()(
            "SignInWithPasskey",
            ChallengeId=begun["ChallengeId"],
            Credential=passkey.get(begun["Options"]),
        )


def test_a_passkey_that_does_not_fit_is_refused(house: House) -> None:
    passkey, _ = with_passkey(house, house.member())
    right = passkey.origin
    passkey.origin = "https://evil.example"
    refused(house, passkey)
    passkey.origin, passkey.knows_user = right, False
    refused(house, passkey)
    passkey.knows_user, passkey.domain = True, "evil.example"
    refused(house, passkey)
    passkey.domain = house.town.app.house.traits.sign_in.passkey_domain
    begun = house.visitor()("BeginPasskeySignIn")
    credential = passkey.get(begun["Options"])
    house.town.advance(seconds=300)
    with pytest.raises(WrongPasskey):
        house.visitor()("SignInWithPasskey", ChallengeId=begun["ChallengeId"], Credential=credential)
    begun = house.visitor()("BeginPasskeySignIn")
    for nonsense in ("{", "[]", '{"id": 1}', credential.replace("public-key", "private-key")):
        with pytest.raises(WrongPasskey):
            house.visitor()("SignInWithPasskey", ChallengeId=begun["ChallengeId"], Credential=nonsense)


def test_a_copied_passkey_is_found_by_its_count(house: House) -> None:
    passkey, _ = with_passkey(house, house.member())
    for count in (5, 6):
        passkey.count = count
        begun = house.visitor()("BeginPasskeySignIn")
        house.visitor()(
            "SignInWithPasskey",
            ChallengeId=begun["ChallengeId"],
            Credential=passkey.get(begun["Options"]),
        )
    passkey.count = 2
    refused(house, passkey)


def test_a_passkey_has_one_owner_and_can_be_removed(house: House) -> None:
    mia, ben = house.member(), house.member("Ben")
    passkey, added = with_passkey(house, mia)
    begun = ben("BeginPasskey")
    with pytest.raises(PasskeyInUse):
        ben(
            "AddPasskey",
            ChallengeId=begun["ChallengeId"],
            Credential=passkey.create(begun["Options"]),
            Label="x",
        )
    begun = mia("BeginPasskey")
    with pytest.raises(WrongPasskey):  # somebody else's challenge
        ben(
            "AddPasskey",
            ChallengeId=begun["ChallengeId"],
            Credential=passkey.create(begun["Options"]),
            Label="x",
        )
    with pytest.raises(PasskeyDoesNotExist):
        ben("RemovePasskey", PasskeyId=added["PasskeyId"], Password=PASSWORD)
    mia("RemovePasskey", PasskeyId=added["PasskeyId"], Password=PASSWORD)
    refused(house, passkey)
    house.sign_in(EMAIL)


def test_a_browsers_challenges_are_counted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kempelen.rules.sign_in.CHALLENGES_AN_HOUR", 2)
    for _ in range(2):
        house.visitor()("BeginPasskeySignIn")
    with pytest.raises(Refusal, match="too many attempts"):
        house.visitor()("BeginPasskeySignIn")


def test_many_who_guess_at_once_learn_no_more_than_one_after_the_other(house: House) -> None:
    from concurrent.futures import ThreadPoolExecutor

    house.member()

    def guess(number: int) -> str:
        password = PASSWORD if number == 19 else f"not this one, surely {number}"
        try:
            house.visitor()("SignIn", Email=EMAIL, Password=password)
        except Refusal as refusal:
            return type(refusal).__name__
        return "in"

    with ThreadPoolExecutor(20) as threads:
        told = list(threads.map(guess, range(20)))
    assert told.count("WrongCredentials") <= 5
    assert set(told) <= {"WrongCredentials", "TooManyAttempts", "in"}


def test_an_ended_session_ends_in_every_process_within_a_second(house: House) -> None:
    from kempelen.identity import Identity
    from kempelen.store.directory import Directory

    house.member()
    secret = house.sign_in(EMAIL)
    app = house.town.app
    elsewhere = Identity(
        Directory(
            app.house.database,
            app.clock,
            seal=app.vault.seal,
            unseal=app.vault.unseal,
            pseudonym_secret=b"",
            page_secret=b"",
        )
    )
    assert elsewhere.of_session(secret, house.town.now) is not None
    house.person(secret)("SignOut")
    assert house.who(secret) is None
    house.town.advance(milliseconds=500)
    assert elsewhere.of_session(secret, house.town.now) is None
