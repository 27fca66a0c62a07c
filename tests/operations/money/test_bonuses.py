"""Bonuses: who can get one, what it costs, and that a token pays once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kempelen.errors import ParameterValidationError, ValidationException
from kempelen.operations.money.bonuses import AssignmentTooOldForBonus
from kempelen.store.assignments import AssignmentDoesNotExist
from kempelen.store.hits import HITDoesNotExist
from kempelen.store.ledger import InsufficientFunds
from kempelen.store.once import DuplicateRequest
from people import Requester, Town, Worker


def bonus(requester: Requester, worker: Worker, assignment: str, **members: str) -> dict[str, object]:
    given = {"BonusAmount": "1.00", "Reason": "Very careful."} | members
    return requester("SendBonus", WorkerId=worker.id, AssignmentId=assignment, **given)


def payments(requester: Requester, **of: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = requester("ListBonusPayments", **of)["BonusPayments"]
    return found


def test_a_bonus_costs_its_fee_and_is_listed(town: Town, rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit()
    assignment = wei.do(hit["HITId"])
    assert bonus(rosa, wei, assignment) == {}
    assert rosa.balance == ("998.74", "0.06")
    [paid] = payments(rosa, HITId=hit["HITId"])
    assert paid == {
        "WorkerId": wei.id,
        "BonusAmount": "1.00",
        "AssignmentId": assignment,
        "Reason": "Very careful.",
        "GrantTime": town.now / 1000,
    }
    assert payments(rosa, AssignmentId=assignment) == [paid]


def test_the_smallest_bonus_is_a_cent_and_its_fee_too(rosa: Requester, wei: Worker) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"])
    bonus(rosa, wei, assignment, BonusAmount="0.01")
    assert rosa.balance[0] == "999.92"
    for amount in ("0", "0.00", "1000000.01"):
        with pytest.raises(ParameterValidationError):
            bonus(rosa, wei, assignment, BonusAmount=amount)
    with pytest.raises(ValidationException, match=r"'0\.9752' at 'bonusAmount'"):
        bonus(rosa, wei, assignment, BonusAmount="0.9752")


def test_submitted_approved_and_rejected_work_can_get_one_and_twice_without_a_token(
    rosa: Requester, wei: Worker
) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"])
    bonus(rosa, wei, assignment)
    rosa("RejectAssignment", AssignmentId=assignment, RequesterFeedback="")
    bonus(rosa, wei, assignment)
    rosa("ApproveAssignment", AssignmentId=assignment, OverrideRejection=True)
    bonus(rosa, wei, assignment)
    assert len(payments(rosa, AssignmentId=assignment)) == 3


def test_only_the_worker_who_submitted_it_can_get_one(
    rosa: Requester, omar: Requester, wei: Worker, ana: Worker
) -> None:
    hit = rosa.create_hit(MaxAssignments=2)
    accepted = wei.accept(hit["HITId"])
    with pytest.raises(AssignmentDoesNotExist, match=f"Assignment {accepted} does not exist."):
        bonus(rosa, wei, accepted)
    wei.submit(accepted)
    with pytest.raises(ParameterValidationError) as refusal:
        bonus(rosa, ana, accepted)
    assert refusal.value.message == f'The value "{ana.id}" is not valid for the parameter WorkerId.'
    with pytest.raises(ParameterValidationError, match='The value "ANOBODY" is not valid'):
        rosa("SendBonus", WorkerId="ANOBODY", AssignmentId=accepted, BonusAmount="1", Reason="x")
    with pytest.raises(AssignmentDoesNotExist):
        bonus(omar, wei, accepted)
    assert payments(rosa, HITId=hit["HITId"]) == []


@pytest.mark.parametrize("reason", ["", "x" * 4097])
def test_a_reason_has_1_to_4096_characters(rosa: Requester, wei: Worker, reason: str) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"])
    with pytest.raises(ParameterValidationError):
        bonus(rosa, wei, assignment, Reason=reason)


def test_a_bonus_beyond_the_balance_pays_nothing(rosa: Requester, wei: Worker) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"])
    with pytest.raises(InsufficientFunds):
        bonus(rosa, wei, assignment, BonusAmount="900.00", UniqueRequestToken="t")
    assert payments(rosa, AssignmentId=assignment) == []
    bonus(rosa, wei, assignment, BonusAmount="1.00", UniqueRequestToken="t")


def test_the_sandbox_pays_any_bonus(sandbox: Town) -> None:
    sam, uma = sandbox.requester("Sam"), sandbox.worker("Uma")
    assignment = uma.do(sam.create_hit()["HITId"])
    bonus(sam, uma, assignment, BonusAmount="900000.00")
    assert sam.balance == ("10000.00", "")


def test_six_months_later_there_is_no_bonus_any_more(town: Town, rosa: Requester, wei: Worker) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"])
    rosa("ApproveAssignment", AssignmentId=assignment)
    town.advance(days=183)
    bonus(rosa, wei, assignment)
    town.advance(milliseconds=1)
    with pytest.raises(AssignmentTooOldForBonus, match="six months"):
        bonus(rosa, wei, assignment)


def test_a_token_pays_once_and_the_refusal_names_the_first_request(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"])
    members = {
        "WorkerId": wei.id, "AssignmentId": assignment, "BonusAmount": "1.00", "Reason": "x",
        "UniqueRequestToken": "thanks-1",
    }  # fmt: skip
    town.market.run("SendBonus", rosa.actor, members, request_id="the-first")
    with pytest.raises(DuplicateRequest) as refusal:
        rosa("SendBonus", **members)
    assert refusal.value.code == "AWS.MechanicalTurk.DuplicateRequest"
    assert refusal.value.message == ('The idempotency token "thanks-1" was used by the request the-first.')
    assert len(payments(rosa, AssignmentId=assignment)) == 1
    town.advance(days=1)
    rosa("SendBonus", **members)
    assert len(payments(rosa, AssignmentId=assignment)) == 2


def test_a_token_sent_ten_times_at_once_pays_once(rosa: Requester, wei: Worker) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"])

    def send(_: int) -> bool:
        try:
            bonus(rosa, wei, assignment, UniqueRequestToken="one")
        except DuplicateRequest:
            return False
        return True

    with ThreadPoolExecutor(10) as threads:
        assert sum(threads.map(send, range(10))) == 1
    assert rosa.balance[0] == "998.74"


def test_payments_are_listed_for_a_hit_or_an_assignment_not_both(
    rosa: Requester, omar: Requester, wei: Worker
) -> None:
    hit = rosa.create_hit()
    assignment = wei.do(hit["HITId"])
    for of in ({}, {"HITId": hit["HITId"], "AssignmentId": assignment}):
        with pytest.raises(ParameterValidationError, match="Exactly one"):
            payments(rosa, **of)
    with pytest.raises(HITDoesNotExist):
        payments(omar, HITId=hit["HITId"])
    with pytest.raises(AssignmentDoesNotExist):
        payments(omar, AssignmentId=assignment)


def test_payments_come_in_pages(rosa: Requester, wei: Worker) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"])
    for cents in (1, 2, 3):
        bonus(rosa, wei, assignment, BonusAmount=f"0.0{cents}")
    amounts: list[object] = []
    more: dict[str, str] = {}
    while page := rosa("ListBonusPayments", AssignmentId=assignment, MaxResults=1, **more):
        amounts += [payment["BonusAmount"] for payment in page["BonusPayments"]]
        if "NextToken" not in page:
            break
        more = {"NextToken": page["NextToken"]}
    assert sorted(amounts, key=str) == ["0.01", "0.02", "0.03"]
