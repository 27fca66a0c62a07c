"""How a worker stands to what a HIT type requires, at what cost."""

from collections.abc import Callable
from typing import Any

import pytest

from kempelen.operation import Actor, Call, Role
from kempelen.operations.people.eligibility import blocked, eligibility_as_answer, explanations
from kempelen.store import hit_types, parties, statistics
from people import Requester, Town, Worker
from qualification_papers import KEY, TEST, make_type

APPROVED_PERCENT, APPROVED_NUMBER = "000000000000000000L0", "00000000000000000040"
LOCALE, ADULT = "00000000000000000071", "00000000000000000060"
PRODUCTION_MASTERS, SANDBOX_MASTERS = "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH", "2ARFPLSP75KLA8M8DH1HTEQVJT3SY6"


def as_worker(town: Town, actor: Actor, ask: Callable[[Call], Any]) -> Any:
    """What `ask` answers when that worker reads."""

    def read(call: Call) -> Any:
        call.actor = actor
        return ask(call)

    return town.market.read(read)


def stands(requester: Requester, actor: Actor, *requirements: dict[str, Any]) -> list[dict[str, Any]]:
    """The `Eligibility` structures of a worker for a HIT with these requirements."""
    hit = requester.create_hit(QualificationRequirements=list(requirements))

    def ask(call: Call) -> list[dict[str, Any]]:
        hit_type = hit_types.by_either_id(call, hit["HITTypeId"])
        assert hit_type is not None
        return eligibility_as_answer(call, explanations(call, hit_type))

    answer: list[dict[str, Any]] = as_worker(requester.town, actor, ask)
    return answer


def requires(type_id: str, comparator: str, *integers: int, **members: Any) -> dict[str, Any]:
    values = {"IntegerValues": list(integers)} if integers else {}
    return {"QualificationTypeId": type_id, "Comparator": comparator} | values | members


def record(town: Town, worker: Worker, **counts: int) -> None:
    """Let a worker have done that much, for somebody."""

    def work(call: Call) -> None:
        parties.know_worker(call, worker.actor.account, worker.id)
        call.do(parties.KNOW_REQUESTER, id_=999_999, public_id_="ASOMEBODY", name_="Somebody")
        statistics.count(call, requester=999_999, worker=worker.actor.account, **counts)

    town.market.system(work)


@pytest.mark.parametrize(
    ("counts", "percent", "met"),
    [
        ({}, 100, True),
        ({"submitted": 99, "approved": 1, "rejected": 98}, 100, True),
        ({"submitted": 100, "approved": 88, "rejected": 12}, 88, False),
        ({"submitted": 100, "approved": 95, "rejected": 5}, 95, True),
        ({"submitted": 100}, 100, True),
    ],
)
def test_the_approval_rate_is_read_from_what_was_decided(
    town: Town, rosa: Requester, wei: Worker, counts: dict[str, int], percent: int, met: bool
) -> None:
    record(town, wei, **counts)
    (shown,) = stands(rosa, wei.actor, requires(APPROVED_PERCENT, "GreaterThanOrEqualTo", 95))
    assert (shown["HeldIntegerValue"], shown["Met"]) == (percent, met)
    assert shown["Reason"] == (
        f"You need a percentage of approved assignments of at least 95; yours is {percent}."
    )
    assert shown["QualificationName"] == "Worker_PercentAssignmentsApproved"
    assert (shown["IsRequestable"], shown["HasTest"]) == (False, False)


def test_granted_values_count_zero_too_and_revoked_ones_do_not(rosa: Requester, wei: Worker) -> None:
    zero, revoked, never = (make_type(rosa, Name=name)["QualificationTypeId"] for name in "abc")
    rosa("AssociateQualificationWithWorker", QualificationTypeId=zero, WorkerId=wei.id, IntegerValue=0)
    rosa("AssociateQualificationWithWorker", QualificationTypeId=revoked, WorkerId=wei.id)
    rosa("DisassociateQualificationFromWorker", QualificationTypeId=revoked, WorkerId=wei.id)
    shown = stands(
        rosa,
        wei.actor,
        requires(zero, "EqualTo", 0),
        requires(zero, "Exists"),
        requires(revoked, "Exists"),
        requires(revoked, "DoesNotExist"),
        requires(never, "NotEqualTo", 5),
        requires(never, "NotIn", 5),
        requires(never, "DoesNotExist"),
    )
    met = {
        (one["QualificationName"], one["QualificationRequirement"]["Comparator"]): one["Met"] for one in shown
    }
    assert met == {
        ("a", "EqualTo"): True,
        ("a", "Exists"): True,
        ("b", "Exists"): False,
        ("b", "DoesNotExist"): True,
        ("c", "NotEqualTo"): False,
        ("c", "NotIn"): False,
        ("c", "DoesNotExist"): True,
    }


def test_a_deleted_type_still_counts_for_who_holds_it(rosa: Requester, wei: Worker, ana: Worker) -> None:
    made = make_type(rosa)["QualificationTypeId"]
    rosa("AssociateQualificationWithWorker", QualificationTypeId=made, WorkerId=wei.id)
    hit = rosa.create_hit(QualificationRequirements=[requires(made, "Exists")])
    rosa("DeleteQualificationType", QualificationTypeId=made)

    def ask(call: Call) -> list[dict[str, Any]]:
        hit_type = hit_types.by_either_id(call, hit["HITTypeId"])
        assert hit_type is not None
        return eligibility_as_answer(call, explanations(call, hit_type))

    for worker, met in ((wei, True), (ana, False)):
        (shown,) = as_worker(rosa.town, worker.actor, ask)
        assert (shown["Met"], shown["QualificationName"], shown["IsRequestable"]) == (met, "Cats", False)


def test_place_age_and_mastership_come_with_the_account(town: Town, rosa: Requester, wei: Worker) -> None:
    asked = (
        requires(LOCALE, "EqualTo", LocaleValues=[{"Country": "US", "Subdivision": "WA"}]),
        requires(ADULT, "EqualTo", 1),
        requires(PRODUCTION_MASTERS, "Exists"),
    )
    shown = {one["QualificationName"]: one for one in stands(rosa, wei.actor, *asked)}
    assert {name: one["Met"] for name, one in shown.items()} == {
        "Worker_Locale": True,
        "Worker_Adult": False,
        "Masters": False,
    }
    assert shown["Worker_Locale"]["HeldLocaleValue"] == {"Country": "US", "Subdivision": "WA"}
    master = Actor(Role.WORKER, wei.actor.account, wei.id, adult=True, masters=True, country="US")
    shown = {one["QualificationName"]: one for one in stands(rosa, master, *asked)}
    assert [shown[name]["Met"] for name in ("Worker_Locale", "Worker_Adult", "Masters")] == [
        False,
        True,
        True,
    ]


def test_the_sandbox_s_masters_are_its_own(sandbox: Town) -> None:
    sam, sue = sandbox.requester("Sam"), sandbox.worker("Sue")
    (shown,) = stands(sam, sue.actor, requires(SANDBOX_MASTERS, "Exists"))
    assert (shown["QualificationName"], shown["Met"]) == ("Masters", False)


def test_a_worker_learns_what_can_be_asked_for_and_tested(rosa: Requester, wei: Worker) -> None:
    plain = make_type(rosa, Name="plain")["QualificationTypeId"]
    tested = make_type(rosa, Name="tested", Test=TEST, AnswerKey=KEY, TestDurationInSeconds=60)
    inactive = make_type(rosa, Name="inactive")["QualificationTypeId"]
    asked = [requires(one, "Exists") for one in (plain, tested["QualificationTypeId"], inactive)]
    hit = rosa.create_hit(QualificationRequirements=asked)
    rosa("UpdateQualificationType", QualificationTypeId=inactive, QualificationTypeStatus="Inactive")

    def ask(call: Call) -> list[dict[str, Any]]:
        hit_type = hit_types.by_either_id(call, hit["HITTypeId"])
        assert hit_type is not None
        return eligibility_as_answer(call, explanations(call, hit_type))

    faces = {
        one["QualificationName"]: (one["IsRequestable"], one["HasTest"])
        for one in as_worker(rosa.town, wei.actor, ask)
    }
    assert faces == {"plain": (True, False), "tested": (True, True), "inactive": (False, False)}


@pytest.mark.parametrize(
    ("asked", "most"),
    [
        ([], 0),
        ([requires(LOCALE, "Exists"), requires(PRODUCTION_MASTERS, "DoesNotExist")], 0),
        ([requires(APPROVED_NUMBER, "GreaterThan", 5), requires(APPROVED_PERCENT, "GreaterThan", 90)], 1),
        ("own", 1),
        ("both", 2),
    ],
)
def test_ten_requirements_cost_two_statements_at_most(
    rosa: Requester, wei: Worker, asked: list[dict[str, Any]] | str, most: int
) -> None:
    if isinstance(asked, str):
        own = [make_type(rosa, Name=f"q{number}")["QualificationTypeId"] for number in range(9)]
        both = [requires(APPROVED_NUMBER, "GreaterThan", 5)] if asked == "both" else []
        asked = [requires(type_id, "Exists") for type_id in own] + both
    hit = rosa.create_hit(QualificationRequirements=asked)

    def count(call: Call) -> int:
        hit_type = hit_types.by_either_id(call, hit["HITTypeId"])
        assert hit_type is not None
        run: list[object] = []
        rows = call.rows

        def counted(sql: Any, **parameters: Any) -> Any:
            run.append(sql)
            return rows(sql, **parameters)

        call.rows = counted  # type: ignore[method-assign]
        call.one = lambda sql, **parameters: next(iter(counted(sql, **parameters)), None)  # type: ignore[method-assign]
        assert len(explanations(call, hit_type)) == len(asked)
        return len(run)

    assert as_worker(rosa.town, wei.actor, count) == most


def test_a_block_stands_between_one_worker_and_one_requester(
    rosa: Requester, omar: Requester, wei: Worker, ana: Worker
) -> None:
    rosa("CreateWorkerBlock", WorkerId=wei.id, Reason="spam")
    pairs = [(wei, rosa, True), (wei, omar, False), (ana, rosa, False)]
    for worker, requester, is_blocked in pairs:
        account = requester.actor.account
        assert (
            as_worker(rosa.town, worker.actor, lambda call, account=account: blocked(call, account))
            is is_blocked
        )
