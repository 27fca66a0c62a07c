"""What a person says of themselves, and may change at any time."""

from __future__ import annotations

import json
from typing import Any

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command, query
from kempelen.operations.house.accounts import check_locale
from kempelen.operations.house.proving import look_at_own_password, proven
from kempelen.rules import profiles as rules
from kempelen.store import accounts, attempts, factors, profiles
from kempelen.store.profiles import Profile


class PayoutIdentityInUse(Refusal):
    """Another account is paid there already. Each person has one account; write to us if that is wrong."""

    code = "Kempelen.PayoutIdentityInUse"
    page_status = 409


@query("GetProfile", by=Role.PERSON, in_house=True)
def get_profile(call: Call) -> dict[str, Any]:
    """Everything the house knows of the acting person that they can change, and how they sign in."""
    person = profiles.by_key(call, call.actor.account)
    app = factors.authenticator(call, person.key)
    return {
        "Profile": as_answer(person),
        "HasPassword": person.password is not None,
        "HasAuthenticator": app is not None and app.confirmed,
        "RecoveryCodesLeft": factors.codes_left(call, person.key),
        "PayoutIdentity": None if person.payout is None else call.directory.unseal(person.payout),
    }


@command("PutProfile", by=Role.PERSON, in_house=True)
def put_profile(
    call: Call,
    *,
    name: str | None = None,
    country: str | None = None,
    subdivision: str | None = None,
    languages: list[str] | None = None,
    time_zone: str | None = None,
    site_language: str | None = None,
    theme: str | None = None,
    time_multiplier: str | None = None,
    mail_off: list[str] | None = None,
) -> dict[str, Any]:
    """Change what is given and leave the rest; a new country without a subdivision ends the old subdivision.

    TimeMultiplier is the standing accommodation, which no requester is told. MailOff are the kinds of mail
    one does without. Answers the profile.
    """
    key = call.actor.account
    if country is not None or subdivision is not None:
        new_country = country or profiles.by_key(call, key).country
        check_locale(new_country, subdivision)
        call.do(accounts.PUT_LOCALE, key=key, country_=new_country, subdivision_=subdivision)
    if name is not None and not name.strip():
        raise ParameterValidationError(value=name, parameter="Name")
    chosen: dict[str, str | int | None] = {
        "name": None if name is None else name.strip(),
        "languages": None if languages is None else json.dumps(rules.checked_languages(languages)),
        "time_zone": None if time_zone is None else rules.checked_zone(time_zone),
        "site_language": site_language,
        "theme": theme,
        "time_percent": None if time_multiplier is None else rules.MULTIPLIERS[time_multiplier],
        "mail_off": None if mail_off is None else json.dumps(sorted(set(mail_off))),
    }
    for column, value in chosen.items():
        if value is not None:
            profiles.put(call, key, column, value)
    call.emit(Event(EventKind.AccountChanged, worker=key, detail="profile"))
    return {"Profile": as_answer(profiles.by_key(call, key))}


@command("PutPayoutIdentity", by=Role.PERSON, before=look_at_own_password, in_house=True)
def put_payout_identity(call: Call, *, password: str, payout_identity: str | None = None) -> None:
    """Say where one's money goes, or with nothing, nowhere any more. Raises `PayoutIdentityInUse` for a place
    where another person is paid."""
    person = profiles.by_key(call, call.actor.account)
    if not proven(call, person, call.prepared):
        return
    text = " ".join((payout_identity or "").split())
    if not text:
        profiles.end_payout(call, person.key)
    else:
        digest = attempts.mark(call, "payout", text.casefold().replace(" ", ""))
        sealed = call.directory.seal(text)
        if not profiles.put_payout(call, person.key, sealed=sealed, digest=digest):
            raise PayoutIdentityInUse()
    call.emit(Event(EventKind.AccountChanged, worker=person.key, detail="payout identity"))


def as_answer(person: Profile) -> dict[str, Any]:
    """The `Profile` structure."""
    return {
        "AccountId": person.public_id,
        "Name": person.name,
        "Email": person.email,
        "Verified": person.verified_at is not None,
        "Worker": person.is_worker,
        "Operator": person.is_operator,
        "Country": person.country,
        "Subdivision": person.subdivision,
        "Adult": person.adult,
        "Languages": person.languages,
        "TimeZone": person.time_zone,
        "SiteLanguage": person.site_language,
        "Theme": person.theme or "auto",
        "TimeMultiplier": rules.multiplier(person.time_percent),
        "MailOff": person.mail_off,
        "CreationTime": person.created_at,
    }
