"""Quotas: counted in the transaction that uses them, refused with the moment they begin anew.

An organisation's use is always counted, so that a quota set at noon knows the morning; an access key's is
counted from the moment it has a quota. A HIT is open until it is disposed of. Spend is the whole price (the
reward and the fee) when it is put on hold or paid, in minor units, and is not given back when a slot stays
empty.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command, query
from kempelen.rules.money import Money
from kempelen.store import terms

SPENDS = ("spend_a_day", "spend_a_month")
NAMES = ("hits_a_day", *SPENDS, terms.OPEN_HITS, terms.REQUEST_RATE)


class QuotaExceeded(Refusal):
    """The quota {name} of {scope} is {most}, and this request would make it {would}. {renewal}"""

    code = "Kempelen.QuotaExceeded"


def count_hits(call: Call, *, hits: int, spend: int, hit: int | None = None) -> None:
    """Count a new HIT (`hits=1`, and `hit` its row key) and what it costs. Raises `QuotaExceeded`."""
    limits = terms.limits(call)
    organisation, key = terms.of_requester(call.actor.account), terms.of_key(call.actor.credential)
    for name, amount in zip(NAMES[:4], (hits, spend, spend, hits), strict=True):
        if amount == 0:
            continue
        if (key, name) in limits:
            _use(call, scope=key, name=name, amount=amount, most=limits[key, name])
            if name == terms.OPEN_HITS and hit is not None:
                terms.count_open(call, hit=hit, scope=key)
        if (organisation, name) in limits:
            _use(call, scope=organisation, name=name, amount=amount, most=limits[organisation, name])
        else:
            period = _period(name, call.now)
            terms.use_later(call, scope=organisation, name=name, period=period, amount=amount)


def count_spend(call: Call, amount: int) -> None:
    """Count money that is paid or put on hold without a new HIT, in minor units. Raises `QuotaExceeded`."""
    count_hits(call, hits=0, spend=amount)


def release_open_hit(call: Call, requester: int, *, hit: int) -> None:
    """A HIT (its row key) was disposed of and is open no more."""
    terms.release_open(call, hit=hit, requester=requester)


@command("PutQuota", by=(Role.OPERATOR, Role.REQUESTER))
def put_quota(
    call: Call,
    *,
    name: str,
    account_id: str | None = None,
    access_key_id: str | None = None,
    most: int | None = None,
) -> None:
    """Set a quota of an account or of an access key in this world; without `most` there is none any more.

    Requesters limit their own access keys, operators everybody. Spend is in minor units.
    """
    scope, requester = _scope(call, account_id=account_id, access_key_id=access_key_id)
    if call.actor.role is Role.REQUESTER and access_key_id is None:
        raise ParameterValidationError(value=account_id, parameter="AccountId")
    terms.put_limit(call, scope=scope, name=name, most=most)
    call.emit(Event(EventKind.QuotaChanged, requester=requester, detail=f"{scope} {name} {most}"))


@query("ListQuotas", by=Role.OPERATOR)
def list_quotas(
    call: Call, *, account_id: str | None = None, access_key_id: str | None = None
) -> dict[str, Any]:
    """An account's or an access key's quotas and what is used of them."""
    scope, _ = _scope(call, account_id=account_id, access_key_id=access_key_id)
    return {"Quotas": _shown(call, scope, str(access_key_id or account_id), all_names=access_key_id is None)}


@query("GetQuotas", by=Role.REQUESTER)
def get_quotas(call: Call) -> dict[str, Any]:
    """One's own quotas, those of the access key in use among them, and what is used."""
    actor = call.actor
    shown = _shown(call, terms.of_requester(actor.account), actor.public_id, all_names=True)
    return {"Quotas": shown + _shown(call, terms.of_key(actor.credential), actor.credential)}


def _use(call: Call, *, scope: str, name: str, amount: int, most: int) -> None:
    period = _period(name, call.now)
    would = terms.use(call, scope=scope, name=name, period=period, amount=amount)
    if would <= most:
        return
    begins = _begins_anew(name, call.now)
    if begins is None:
        renewal = "It becomes free as HITs are deleted."
    else:
        moment = datetime.fromtimestamp(begins // 1000, UTC)
        renewal = f"It begins anew at {moment:%Y-%m-%dT%H:%M:%SZ}."
    whose = f"the access key {scope.removeprefix('key:')}" if scope.startswith("key:") else "this account"
    raise QuotaExceeded(
        name=name, scope=whose, most=_amount(name, most), would=_amount(name, would), renewal=renewal
    )


def _amount(name: str, amount: int) -> str:
    return f"${Money(amount)}" if name in SPENDS else str(amount)


def _scope(call: Call, *, account_id: str | None, access_key_id: str | None) -> tuple[str, int | None]:
    """The scope meant, and the organisation it is or belongs to. Raises `ParameterValidationError`."""
    if (account_id is None) == (access_key_id is None):
        raise ParameterValidationError("Give either AccountId or AccessKeyId.")
    if access_key_id is not None:
        key = call.directory.key(access_key_id)
        foreign = call.actor.role is Role.REQUESTER and key and key.organisation != call.actor.account
        if key is None or foreign:
            raise ParameterValidationError(value=access_key_id, parameter="AccessKeyId")
        return terms.of_key(access_key_id), key.organisation
    organisation = call.directory.requester(str(account_id))
    if organisation is None:
        raise ParameterValidationError(value=account_id, parameter="AccountId")
    return terms.of_requester(organisation.key), organisation.key


def _shown(call: Call, scope: str, public_scope: str, *, all_names: bool = False) -> list[dict[str, Any]]:
    limits = terms.limits_of(call, scope, "")
    shown = []
    for name in NAMES:
        most = limits.get((scope, name))
        is_counted = name != terms.REQUEST_RATE
        if most is None and not (all_names and is_counted):
            continue
        used = terms.used(call, scope=scope, name=name, period=_period(name, call.now))
        shown.append(
            {
                "Scope": public_scope,
                "Name": name,
                "Most": most,
                "Used": used if is_counted else None,
                "RenewalTime": _begins_anew(name, call.now),
            }
        )
    return shown


def _period(name: str, now: int) -> str:
    if name.endswith("_a_day"):
        return terms.day(now)
    return terms.month(now) if name.endswith("_a_month") else ""


def _begins_anew(name: str, now: int) -> int | None:
    """The moment the quota's period ends, in milliseconds; None for one that has no period."""
    today = datetime.fromtimestamp(now // 1000, UTC).replace(hour=0, minute=0, second=0)
    if name.endswith("_a_day"):
        next_period = today + timedelta(days=1)
    elif name.endswith("_a_month"):
        next_period = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    else:
        return None
    return (next_period - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
