"""Small ways out that were open once: of a token, of consent to mail, of a slow pattern, to foreign hosts."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from kempelen.errors import AccessDenied
from kempelen.identity import Identity
from kempelen.operation import SYSTEM
from kempelen.operations.doing.submitting import REGEX_STEPS
from kempelen.rules import patterns
from kempelen.rules.addresses import DestinationRefused
from kempelen.rules.scopes import NEVER
from kempelen.server import listeners
from kempelen.store import hit_types, notifications
from people import Person, Requester, Town
from subscribing import hit_type_of

WIDE = "".join(f"{chr(0x4E00 + 3 * place)}-{chr(0x4E01 + 3 * place)}" for place in range(320))
SLOW = {
    "(a+)+$": "a" * 200_000 + "!",
    f"[{WIDE}]*!": chr(0x9999) * 200_000,
    f"(?:[{WIDE}z])*!": "z" * 200_000,
    "(?=(?:a*)*b)*(?:a|a)*c": "a" * 200_000,
    r"(?:\b|\B|a)*c": "a b" * 100_000,
    "(?:a{0,1000}){0,4}b": "a" * 200_000,
}


def test_a_token_of_an_operator_makes_no_credentials_of_any_kind(town: Town) -> None:
    added = town.operator("AddOperator", Name="Olga", Email="olga@example.org")
    found = Identity(town.app.directory).of_key(added["AccessKey"]["AccessKeyId"])
    assert found is not None
    made = Person(town, found[0])("CreateToken", Scopes=["*"], LifetimeInSeconds=600)
    actor = Identity(town.app.directory).of_token(made["Token"], town.now)
    assert actor is not None
    assert {"AddOperator", "AddRequester", "AddWorker", "CreateAccessKey", "PutQuota"} <= set(NEVER)
    for operation in ("AddOperator", "AddRequester", "AddWorker", "CreateAccessKey"):
        with pytest.raises(AccessDenied):
            Person(town, actor)(operation)


@pytest.mark.parametrize("address", ["omar@example.org", "wei@example.org", "nobody@example.org"])
def test_mail_goes_to_members_alone(rosa: Requester, town: Town, address: str) -> None:
    town.requester("Omar")
    town.worker("Wei")
    specification = {
        "Destination": address, "Transport": "Email", "Version": "2014-08-15", "EventTypes": ["HITExpired"],
    }  # fmt: skip
    hit_type = hit_type_of(rosa)
    with pytest.raises(DestinationRefused, match="members of your organisation only"):
        rosa("UpdateNotificationSettings", HITTypeId=hit_type, Notification=specification)
    with pytest.raises(DestinationRefused, match="members of your organisation only"):
        rosa("SendTestEventNotification", Notification=specification, TestEventType="Ping")
    town.operator("PutMember", AccountId=rosa.id, Email=address, MemberRole="viewer")
    rosa("UpdateNotificationSettings", HITTypeId=hit_type, Notification=specification)


def test_whoever_ended_notifications_gets_none_until_they_agree_anew(rosa: Requester, town: Town) -> None:
    place = "https://hooks.example.org/kempelen"
    specification = {
        "Destination": place, "Transport": "SNS", "Version": "2014-08-15", "EventTypes": ["HITExpired"],
    }  # fmt: skip
    hit_type = hit_type_of(rosa)
    rosa("UpdateNotificationSettings", HITTypeId=hit_type, Notification=specification)
    first = _token(town, rosa, hit_type)
    town.market.run("ConfirmNotifications", SYSTEM, {"Token": first})
    town.market.system(lambda call: notifications.end(call, place))
    rosa("UpdateNotificationSettings", HITTypeId=hit_type, Active=True)
    assert not _settings(town, rosa, hit_type).confirmed
    rosa("UpdateNotificationSettings", HITTypeId=hit_type, Notification=specification)
    assert not _settings(town, rosa, hit_type).confirmed
    assert _token(town, rosa, hit_type) != first


def _settings(town: Town, requester: Requester, hit_type: str) -> notifications.Settings:
    def read(call: Any) -> notifications.Settings | None:
        call.actor = requester.actor
        return notifications.of_hit_type(call, hit_types.owned(call, hit_type).key)

    found = town.market.read(read)
    assert isinstance(found, notifications.Settings)
    return found


def _token(town: Town, requester: Requester, hit_type: str) -> str:
    token = _settings(town, requester, hit_type).token
    assert token
    return token


@pytest.mark.parametrize("pattern", SLOW, ids=lambda pattern: pattern[:20])
def test_no_pattern_holds_the_writer_for_long(pattern: str) -> None:
    best = min(_seconds(pattern, SLOW[pattern]) for _ in range(3))
    assert best < 0.06  # about 15 ms on a machine that does nothing else


def test_reading_many_patterns_is_counted_too() -> None:
    left = REGEX_STEPS
    for _ in range(900):
        _, left = patterns.fits("a{0,900}", "a" * 1_000, steps=left)
    assert left <= 0
    started = time.process_time()
    assert patterns.fits("a" * 1_000, "a", steps=left) == (None, 0)
    assert time.process_time() - started < 0.001


def _seconds(pattern: str, text: str) -> float:
    started = time.process_time()
    patterns.fits(pattern, text, steps=REGEX_STEPS)
    return time.process_time() - started


@pytest.mark.parametrize("path", ["/health/", "/notifications/confirm/", "//evil.example/.."])
def test_no_redirect_leads_to_the_host_a_request_names(town: Town, path: str) -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(b"host", b"evil.example")], "scheme": "http", "server": ("127.0.0.1", 80),
        "root_path": "", "http_version": "1.1", "client": ("127.0.0.1", 1),
    }  # fmt: skip
    asyncio.run(listeners(town.app)["production"](scope, receive, send))
    assert sent[0]["status"] == 404
