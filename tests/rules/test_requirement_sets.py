"""Lists of requirements: what kind they are, who is let in as a newcomer, and how a worker stands."""

from __future__ import annotations

import json
from typing import Any

from kempelen.rules.requirement_sets import Gate, Standing, digest, explain_to, gate_of, standing
from kempelen.rules.requirements import Requirement, WorkerAction, may, parse_requirements
from kempelen.rules.system_qualifications import (
    LOCALE,
    NUMBER_HITS_APPROVED,
    PERCENT_ASSIGNMENTS_APPROVED,
)

HIDES = "DiscoverPreviewAndAccept"


def one(type_id: str, guarded: str = "Accept", **members: Any) -> Requirement:
    """A requirement of at least 50, or of Portugal."""
    asked: dict[str, Any] = {"Comparator": "GreaterThanOrEqualTo", "IntegerValues": [50]}
    if type_id == LOCALE:
        asked = {"Comparator": "EqualTo", "LocaleValues": [{"Country": "PT"}]}
    given = {"QualificationTypeId": type_id, "ActionsGuarded": guarded} | asked | members
    return parse_requirements([given])[0]


def test_gates_say_what_must_be_looked_up() -> None:
    own, absent = one("3OWN"), one("3OWN", Comparator="DoesNotExist", IntegerValues=[])
    assert gate_of([]) is Gate.OPEN
    assert gate_of([one(LOCALE)]) is Gate.SYSTEM
    assert gate_of([absent]) is Gate.SYSTEM
    assert gate_of([one(LOCALE, HIDES)]) is Gate.SYSTEM_HIDDEN
    assert gate_of([own, one(LOCALE)]) is Gate.ASKING
    assert gate_of([own, one(LOCALE, HIDES)]) is Gate.ASKING_HIDDEN
    assert gate_of([one("3OWN", HIDES)]) is Gate.ASKING_TO_SEE


def test_the_same_list_in_another_order_is_the_same() -> None:
    first, second = {"QualificationTypeId": "3A"}, {"QualificationTypeId": "3B"}
    listed, turned = json.dumps([first, second]), json.dumps([second, first])
    assert digest(listed, newcomers=0) == digest(turned, newcomers=0)
    assert digest(listed, newcomers=0) != digest(listed, newcomers=100)


def test_only_a_record_of_approval_is_waived_for_newcomers() -> None:
    asked = [one(NUMBER_HITS_APPROVED), one(PERCENT_ASSIGNMENTS_APPROVED)]
    new = {NUMBER_HITS_APPROVED: 3, PERCENT_ASSIGNMENTS_APPROVED: 10}
    assert may(WorkerAction.ACCEPT, explain_to(asked, new, newcomers=10))
    assert not may(WorkerAction.ACCEPT, explain_to(asked, new, newcomers=0))
    assert not may(WorkerAction.ACCEPT, explain_to(asked, new, newcomers=3))
    assert not may(WorkerAction.ACCEPT, explain_to([*asked, one(LOCALE)], new, newcomers=10))


def test_a_worker_stands_by_what_is_missing() -> None:
    asked = [one("3TEST"), one("3ASK")]
    types = {"requestable": {"3TEST", "3ASK"}, "tested": {"3TEST"}}

    def stands(*requirements: Requirement, **held: int) -> Standing:
        values = {f"3{name}": value for name, value in held.items()}
        return standing(explain_to(requirements, values, newcomers=0), **types)

    assert stands(*asked, TEST=50, ASK=50) is Standing.QUALIFIED
    assert stands(*asked) is Standing.TEST_NOW
    assert stands(*asked, TEST=50) is Standing.REQUEST_NOW
    assert stands(*asked, TEST=49) is Standing.NOT_ELIGIBLE
    assert stands(*asked, one(LOCALE)) is Standing.NOT_ELIGIBLE
    assert stands(one("3CLOSED")) is Standing.NOT_ELIGIBLE
