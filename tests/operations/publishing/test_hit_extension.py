"""More assignments for a HIT."""

import pytest

from hit_invariants import assert_consistent, events_of
from kempelen.errors import ParameterValidationError, Refusal
from kempelen.events import EventKind
from kempelen.operations.publishing.extending import InvalidMaximumAssignmentsIncrease
from kempelen.store.hits import HITDoesNotExist, InvalidHITState
from kempelen.store.ledger import InsufficientFunds
from kempelen.store.once import DuplicateRequest
from people import Requester, Town, Worker

HOUR = 3600


def extend(rosa: Requester, hit_id: str, more: int, **members: object) -> dict[str, object]:
    """Ask for more assignments."""
    return rosa(
        "CreateAdditionalAssignmentsForHIT", HITId=hit_id, NumberOfAdditionalAssignments=more, **members
    )


def test_more_slots_are_open_and_their_price_on_hold(town: Town, rosa: Requester) -> None:
    hit_id = rosa.create_hit()["HITId"]
    assert extend(rosa, hit_id, 3) == {}
    after = rosa.hit(hit_id)
    assert (after["MaxAssignments"], after["NumberOfAssignmentsAvailable"]) == (4, 4)
    assert rosa.balance == ("999.76", "0.24")
    assert events_of(town, hit_id) == [EventKind.HITCreated, EventKind.HITExtended]
    assert_consistent(town)


@pytest.mark.parametrize("reviewing", [False, True])
def test_a_finished_hit_is_assignable_again(
    town: Town, rosa: Requester, wei: Worker, ana: Worker, reviewing: bool
) -> None:
    hit_id = rosa.create_hit()["HITId"]
    wei.do(hit_id)
    if reviewing:
        rosa("UpdateHITReviewStatus", HITId=hit_id)
    extend(rosa, hit_id, 1)
    assert rosa.hit(hit_id)["HITStatus"] == "Assignable"
    ana.do(hit_id)
    assert rosa.hit(hit_id)["HITStatus"] == "Reviewable"
    assert events_of(town, hit_id).count(EventKind.HITReviewable) == 2
    assert_consistent(town)


def test_an_unassignable_hit_is_assignable_again(town: Town, rosa: Requester, wei: Worker) -> None:
    hit_id = rosa.create_hit()["HITId"]
    wei.accept(hit_id)
    extend(rosa, hit_id, 1)
    assert rosa.hit(hit_id)["HITStatus"] == "Assignable"
    assert_consistent(town)


def test_an_ended_hit_gets_its_slots_when_its_end_is_moved(
    town: Town, rosa: Requester, wei: Worker, ana: Worker
) -> None:
    hit_id = rosa.create_hit()["HITId"]
    wei.do(hit_id)
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)
    extend(rosa, hit_id, 2)
    assert rosa.hit(hit_id)["HITStatus"] == "Reviewable"
    assert rosa.balance == ("999.94", "0.06")
    with pytest.raises(Refusal):
        ana.accept(hit_id)
    assert_consistent(town)
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=town.now // 1000 + HOUR)
    assert rosa.hit(hit_id)["HITStatus"] == "Assignable"
    assert rosa.balance == ("999.82", "0.18")
    ana.accept(hit_id)
    assert_consistent(town)


@pytest.mark.parametrize(("made_with", "more"), [(9, 1), (1, 9), (5, 100)])
def test_a_small_hit_never_reaches_ten(rosa: Requester, made_with: int, more: int) -> None:
    hit_id = rosa.create_hit(MaxAssignments=made_with)["HITId"]
    with pytest.raises(InvalidMaximumAssignmentsIncrease, match="fewer than 10") as refused:
        extend(rosa, hit_id, more)
    assert refused.value.code == "AWS.MechanicalTurk.InvalidMaximumAssignmentsIncrease"
    assert rosa.hit(hit_id)["MaxAssignments"] == made_with


def test_a_small_hit_reaches_nine_and_a_large_one_any_number(rosa: Requester) -> None:
    extend(rosa, rosa.create_hit()["HITId"], 8)
    large = rosa.create_hit(MaxAssignments=10)["HITId"]
    extend(rosa, large, 90)
    assert rosa.hit(large)["MaxAssignments"] == 100
    with pytest.raises(ParameterValidationError, match="at most 1000000000"):
        extend(rosa, large, 1_000_000_000)


@pytest.mark.parametrize("more", [0, -1, 1_000_000_001])
def test_the_number_has_limits(rosa: Requester, more: int) -> None:
    with pytest.raises(ParameterValidationError, match="between 1 and 1000000000"):
        extend(rosa, rosa.create_hit()["HITId"], more)


def test_without_funds_there_is_no_more(town: Town) -> None:
    poor = town.requester("Poor", funds="0.17")
    hit_id = poor.create_hit()["HITId"]
    extend(poor, hit_id, 1)
    with pytest.raises(InsufficientFunds):
        extend(poor, hit_id, 1)
    assert poor.hit(hit_id)["MaxAssignments"] == 2
    assert_consistent(town)


def test_a_repeated_token_is_an_error_that_names_the_first_request(town: Town, rosa: Requester) -> None:
    hit_id = rosa.create_hit()["HITId"]
    town.market.run(
        "CreateAdditionalAssignmentsForHIT",
        rosa.actor,
        {"HITId": hit_id, "NumberOfAdditionalAssignments": 1, "UniqueRequestToken": "once"},
        request_id="first-request",
    )
    with pytest.raises(DuplicateRequest) as refused:
        extend(rosa, hit_id, 1, UniqueRequestToken="once")
    assert refused.value.message == 'The idempotency token "once" was used by the request first-request.'
    assert refused.value.code == "AWS.MechanicalTurk.DuplicateRequest"
    assert rosa.hit(hit_id)["MaxAssignments"] == 2
    town.advance(days=1)
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=town.now // 1000 + HOUR)
    extend(rosa, hit_id, 1, UniqueRequestToken="once")
    assert rosa.hit(hit_id)["MaxAssignments"] == 3


def test_what_is_disposed_of_or_foreign_does_not_grow(rosa: Requester, omar: Requester) -> None:
    hit_id = rosa.create_hit()["HITId"]
    with pytest.raises(HITDoesNotExist):
        extend(omar, hit_id, 1)
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)
    rosa("DeleteHIT", HITId=hit_id)
    with pytest.raises(InvalidHITState, match="'Disposed'"):
        extend(rosa, hit_id, 1)


def test_the_sandbox_has_money_for_more(sandbox: Town) -> None:
    sam = sandbox.requester("Sam")
    hit_id = sam.create_hit(Reward="500.00", MaxAssignments=10)["HITId"]
    extend(sam, hit_id, 1000)
    assert sam.hit(hit_id)["MaxAssignments"] == 1010
    assert_consistent(sandbox)
