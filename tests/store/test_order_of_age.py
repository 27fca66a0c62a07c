"""Lists go by age: writers take row keys in blocks, so a later row may have a lower key."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Table, update

from kempelen.market import Market
from kempelen.operations.doing.late_answers import TimeRanOut
from kempelen.store import outbox
from kempelen.store.sql import Sql
from kempelen.store.tables.house import keys
from kempelen.store.tables.money import bonuses
from kempelen.store.tables.qualifications import qualifications
from kempelen.store.tables.shared import outbox as jobs
from kempelen.store.tables.work import layouts
from people import Operator, Person, Requester, Town, Worker


def against_time(market: Market, table: Table) -> None:
    """Let later rows have lower keys, as those of another writer may."""
    turned = Sql(update(table).values(id=-table.c.id))
    assert market.system(lambda call: call.do(turned)) > 1


def one_by_one(person: Person, operation: str, name: str, **members: Any) -> list[dict[str, Any]]:
    """Everything a list has, in pages of one."""
    found: list[dict[str, Any]] = []
    page = person(operation, MaxResults=1, **members)
    while page["NumResults"]:
        found += page[name]
        page = person(operation, MaxResults=1, NextToken=page["NextToken"], **members)
    return found


def each_later(town: Town, make: Callable[[str], object]) -> list[str]:
    """Make three things, each a moment after the one before; what they are called."""
    names = ["one", "two", "three"]
    for name in names:
        make(name)
        town.advance(milliseconds=1)
    return names


def test_bonuses_are_listed_by_age(town: Town, rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit()["HITId"]
    given = {"WorkerId": wei.id, "AssignmentId": wei.do(hit), "BonusAmount": "1.00"}
    reasons = each_later(town, lambda name: rosa("SendBonus", Reason=name, **given))
    against_time(town.market, bonuses)
    for of in ({"HITId": hit}, {"AssignmentId": given["AssignmentId"]}):
        found = one_by_one(rosa, "ListBonusPayments", "BonusPayments", **of)
        assert [each["Reason"] for each in found] == reasons


def test_layouts_are_listed_by_age(town: Town, rosa: Requester) -> None:
    texts = each_later(town, lambda name: rosa("CreateHITLayout", HTML=name))
    against_time(town.market, layouts)
    assert [each["HTML"] for each in one_by_one(rosa, "ListHITLayouts", "Layouts")] == texts


def test_access_keys_are_listed_by_age(town: Town, rosa: Requester) -> None:
    town.advance(milliseconds=1)
    labels = each_later(town, lambda name: rosa("CreateAccessKey", Label=name))
    against_time(town.app.house, keys)
    _, *found = one_by_one(rosa, "ListAccessKeys", "AccessKeys")
    assert [each["Label"] for each in found] == labels


def test_dead_letters_are_listed_as_they_died(town: Town, operator: Operator) -> None:
    def bury(name: str) -> None:
        town.market.system(lambda call: outbox.put(call, kind="mail", lane=name, payload={}))
        (job,) = town.market.system(lambda call: outbox.claim(call, 1))
        town.market.system(lambda call: outbox.failed(call, job, name, permanent=True))

    lanes = each_later(town, bury)
    against_time(town.market, jobs)
    found = one_by_one(operator, "ListDeadLetters", "DeadLetters")
    assert [each["Lane"] for each in found] == lanes


def test_a_worker_s_qualifications_are_listed_by_age(town: Town, rosa: Requester, wei: Worker) -> None:
    def grant(name: str) -> None:
        made = rosa("CreateQualificationType", Name=name, Description=name, QualificationTypeStatus="Active")[
            "QualificationType"
        ]
        rosa(
            "AssociateQualificationWithWorker",
            QualificationTypeId=made["QualificationTypeId"],
            WorkerId=wei.id,
        )

    names = each_later(town, grant)
    against_time(town.market, qualifications)
    found = one_by_one(wei, "ListOwnQualifications", "Qualifications")
    assert [each["Name"] for each in found] == names


def test_late_answers_are_listed_as_they_came(town: Town, rosa: Requester, wei: Worker, ana: Worker) -> None:
    hit = rosa.create_hit(MaxAssignments=2, AssignmentDurationInSeconds=60)["HITId"]
    accepted_first, accepted_second = wei.accept(hit), ana.accept(hit)
    town.advance(seconds=61)
    for worker, assignment in ((ana, accepted_second), (wei, accepted_first)):
        with pytest.raises(TimeRanOut):
            worker.submit(assignment)
        town.advance(milliseconds=1)
    for of in ({}, {"HITId": hit}):
        found = one_by_one(rosa, "ListLateAnswers", "LateAnswers", **of)
        assert [each["AssignmentId"] for each in found] == [accepted_second, accepted_first]
