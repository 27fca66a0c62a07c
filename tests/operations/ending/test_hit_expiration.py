"""When a HIT ends, who may go on, and what happens to the money."""

import pytest

from hit_invariants import assert_consistent, events_of
from kempelen.errors import ParameterValidationError, Refusal, ValidationException
from kempelen.events import EventKind
from kempelen.store.hits import HITDoesNotExist, InvalidHITState
from kempelen.store.ledger import InsufficientFunds
from people import Requester, Town, Worker

LONG_AGO = 1_420_070_400  # 2015-01-01, which old clients send
HOUR = 3600


@pytest.mark.parametrize("moment", [0, LONG_AGO])
def test_a_moment_that_has_passed_ends_a_hit_at_once(
    town: Town, rosa: Requester, wei: Worker, moment: int
) -> None:
    hit = rosa.create_hit(MaxAssignments=3)
    assert rosa("UpdateExpirationForHIT", HITId=hit["HITId"], ExpireAt=moment) == {}
    after = rosa.hit(hit["HITId"])
    assert after["HITStatus"] == "Reviewable"
    assert after["NumberOfAssignmentsAvailable"] == 3
    assert after["Expiration"] * 1000 == town.now
    with pytest.raises(Refusal):
        wei.accept(hit["HITId"])
    assert rosa.balance == ("1000.00", "0.00")
    assert events_of(town, hit["HITId"]) == [
        EventKind.HITCreated,
        EventKind.HITExpired,
        EventKind.HITReviewable,
    ]
    assert_consistent(town)


def test_ending_it_again_changes_nothing(town: Town, rosa: Requester) -> None:
    hit_id = rosa.create_hit()["HITId"]
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)
    before = rosa.hit(hit_id)
    town.advance(hours=1)
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)
    assert rosa.hit(hit_id) == before
    assert events_of(town, hit_id).count(EventKind.HITExpired) == 1


def test_whoever_has_accepted_may_finish_after_the_end(
    town: Town, rosa: Requester, wei: Worker, ana: Worker
) -> None:
    hit_id = rosa.create_hit(MaxAssignments=5)["HITId"]
    one, other = wei.accept(hit_id), ana.accept(hit_id)
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)
    assert rosa.hit(hit_id)["HITStatus"] == "Unassignable"
    assert rosa.balance == ("999.88", "0.12")
    wei.submit(one)
    assert rosa.hit(hit_id)["HITStatus"] == "Unassignable"
    ana.submit(other)
    assert rosa.hit(hit_id)["HITStatus"] == "Reviewable"
    rosa("ApproveAssignment", AssignmentId=one)
    assert_consistent(town)


def test_a_slot_that_is_given_back_after_the_end_is_no_longer_paid_for(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    hit_id = rosa.create_hit()["HITId"]
    assignment = wei.accept(hit_id)
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)
    assert rosa.balance == ("999.94", "0.06")
    wei("ReturnAssignment", AssignmentId=assignment)
    assert rosa.balance == ("1000.00", "0.00")
    assert rosa.hit(hit_id)["HITStatus"] == "Reviewable"
    assert EventKind.HITReviewable in events_of(town, hit_id)
    assert_consistent(town)


def test_time_ends_a_hit_without_anybody_asking(town: Town, rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit(LifetimeInSeconds=60, MaxAssignments=2)
    assert hit["Expiration"] == hit["CreationTime"] + 60
    wei.do(hit["HITId"])
    town.advance(milliseconds=59_999)
    assert rosa.hit(hit["HITId"])["HITStatus"] == "Assignable"
    town.advance(milliseconds=1)
    assert rosa.hit(hit["HITId"])["HITStatus"] == "Reviewable"
    assert rosa.balance == ("999.94", "0.06")
    assert_consistent(town)


def test_an_end_in_the_future_opens_an_ended_hit_again(town: Town, rosa: Requester, wei: Worker) -> None:
    hit_id = rosa.create_hit(MaxAssignments=2)["HITId"]
    wei.do(hit_id)
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)
    rosa("UpdateHITReviewStatus", HITId=hit_id)
    later = town.now // 1000 + HOUR
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=later)
    after = rosa.hit(hit_id)
    assert (after["HITStatus"], after["Expiration"]) == ("Assignable", later)
    assert rosa.balance == ("999.88", "0.12")
    assert EventKind.HITExtended in events_of(town, hit_id)
    assert_consistent(town)
    town.advance(hours=1)
    assert rosa.hit(hit_id)["HITStatus"] == "Reviewable"
    assert rosa.balance == ("999.94", "0.06")
    assert_consistent(town)


def test_a_full_hit_stays_reviewable_when_its_end_moves(town: Town, rosa: Requester, wei: Worker) -> None:
    hit_id = rosa.create_hit()["HITId"]
    wei.do(hit_id)
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=town.now // 1000 + HOUR)
    assert rosa.hit(hit_id)["HITStatus"] == "Reviewable"
    assert_consistent(town)


def test_an_earlier_end_is_no_extension(town: Town, rosa: Requester) -> None:
    hit_id = rosa.create_hit(LifetimeInSeconds=2 * HOUR)["HITId"]
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=town.now // 1000 + HOUR)
    assert events_of(town, hit_id) == [EventKind.HITCreated]
    town.advance(hours=1)
    assert rosa.hit(hit_id)["HITStatus"] == "Reviewable"


def test_opening_again_without_funds_changes_nothing(town: Town, wei: Worker) -> None:
    poor = town.requester("Poor", funds="0.10")
    hit_id = poor.create_hit()["HITId"]
    poor("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)
    poor.create_hit(Title="Another")
    before = poor.hit(hit_id)
    with pytest.raises(InsufficientFunds):
        poor("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=town.now // 1000 + HOUR)
    assert poor.hit(hit_id) == before
    assert_consistent(town)


def test_an_end_lies_at_most_a_year_ahead(town: Town, rosa: Requester) -> None:
    hit_id = rosa.create_hit()["HITId"]
    year = 365 * 24 * HOUR
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=town.now // 1000 + year)
    with pytest.raises(ParameterValidationError, match="at most 365 days"):
        rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=town.now // 1000 + year + 1)


def test_a_foreign_hit_is_a_missing_one(rosa: Requester, omar: Requester) -> None:
    hit_id = rosa.create_hit()["HITId"]
    with pytest.raises(HITDoesNotExist, match=f"^Hit {hit_id} does not exist.$"):
        omar("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)
    with pytest.raises(ValidationException, match="expireAt"):
        rosa("UpdateExpirationForHIT", HITId=hit_id)


def test_what_is_disposed_of_does_not_live_again(town: Town, rosa: Requester) -> None:
    hit_id = rosa.create_hit()["HITId"]
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)
    rosa("DeleteHIT", HITId=hit_id)
    with pytest.raises(InvalidHITState, match="currently in the state 'Disposed'"):
        rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=town.now // 1000 + HOUR)
    assert_consistent(town)
