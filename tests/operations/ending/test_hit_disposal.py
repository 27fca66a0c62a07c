"""DeleteHIT, and what happens to HITs that nobody touches."""

import pytest

from hit_invariants import assert_consistent, events_of
from kempelen.events import EventKind
from kempelen.store.hits import HITDoesNotExist, InvalidHITState
from people import Requester, Town, Worker


def test_a_decided_hit_is_disposed_of_and_vanishes_from_lists(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    hit_id = rosa.create_hit()["HITId"]
    rosa("ApproveAssignment", AssignmentId=wei.do(hit_id))
    assert rosa("DeleteHIT", HITId=hit_id) == {}
    assert rosa.hit(hit_id)["HITStatus"] == "Disposed"
    assert rosa("ListHITs")["NumResults"] == 0
    assert rosa("ListReviewableHITs")["NumResults"] == 0
    assert events_of(town, hit_id).count(EventKind.HITDisposed) == 1
    assert_consistent(town)


def test_the_way_old_clients_end_and_delete_works_at_once(town: Town, rosa: Requester) -> None:
    hit_id = rosa.create_hit(MaxAssignments=5)["HITId"]
    with pytest.raises(InvalidHITState):
        rosa("DeleteHIT", HITId=hit_id)
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=1_420_070_400)
    assert rosa.hit(hit_id)["HITStatus"] == "Reviewable"
    rosa("DeleteHIT", HITId=hit_id)
    assert rosa.balance == ("1000.00", "0.00")
    assert_consistent(town)


def test_the_refusal_says_which_states_are_needed(rosa: Requester, wei: Worker) -> None:
    hit_id = rosa.create_hit()["HITId"]
    wei.accept(hit_id)
    with pytest.raises(InvalidHITState) as refused:
        rosa("DeleteHIT", HITId=hit_id)
    assert refused.value.message == (
        "This HIT is currently in the state 'Unassignable'.  "
        "This operation can be called with a status of: Reviewing, Reviewable"
    )
    assert refused.value.code == "AWS.MechanicalTurk.InvalidHITState"


def test_deleting_again_says_that_it_is_disposed_of(rosa: Requester) -> None:
    hit_id = rosa.create_hit()["HITId"]
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)
    rosa("DeleteHIT", HITId=hit_id)
    with pytest.raises(InvalidHITState, match="currently in the state 'Disposed'"):
        rosa("DeleteHIT", HITId=hit_id)


def test_undecided_answers_keep_a_hit(rosa: Requester, wei: Worker) -> None:
    hit_id = rosa.create_hit()["HITId"]
    assignment = wei.do(hit_id)
    with pytest.raises(InvalidHITState, match="of: Reviewing, Reviewable, after all are decided"):
        rosa("DeleteHIT", HITId=hit_id)
    rosa("UpdateHITReviewStatus", HITId=hit_id)
    rosa("RejectAssignment", AssignmentId=assignment, RequesterFeedback="")
    rosa("DeleteHIT", HITId=hit_id)
    assert rosa.hit(hit_id)["HITStatus"] == "Disposed"


def test_a_foreign_hit_is_a_missing_one(rosa: Requester, omar: Requester) -> None:
    hit_id = rosa.create_hit()["HITId"]
    with pytest.raises(HITDoesNotExist):
        omar("DeleteHIT", HITId=hit_id)
    with pytest.raises(HITDoesNotExist):
        omar("GetHIT", HITId=hit_id)


def test_what_nobody_touches_is_disposed_of_after_120_days_and_purged_after_as_many(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    hit_id = rosa.create_hit(LifetimeInSeconds=3600)["HITId"]
    wei.do(hit_id)
    town.advance(days=119, hours=23)
    assert rosa.hit(hit_id)["HITStatus"] == "Reviewable"
    town.advance(hours=1)
    assert rosa.hit(hit_id)["HITStatus"] == "Disposed"
    assert EventKind.HITDisposed in events_of(town, hit_id)
    assert_consistent(town)
    town.advance(days=119)
    assert rosa.hit(hit_id)["HITStatus"] == "Disposed"
    town.advance(days=1)
    with pytest.raises(HITDoesNotExist):
        rosa.hit(hit_id)


def test_the_days_count_from_the_last_time_it_became_reviewable(
    town: Town, rosa: Requester, wei: Worker, ana: Worker
) -> None:
    hit_id = rosa.create_hit(LifetimeInSeconds=364 * 86_400)["HITId"]
    wei.do(hit_id)
    town.advance(days=100)
    rosa("CreateAdditionalAssignmentsForHIT", HITId=hit_id, NumberOfAdditionalAssignments=1)
    ana.do(hit_id)
    town.advance(days=100)
    assert rosa.hit(hit_id)["HITStatus"] == "Reviewable"
    town.advance(days=20)
    assert rosa.hit(hit_id)["HITStatus"] == "Disposed"


def test_a_disposed_hit_is_open_no_more_in_its_requester_s_quota(town: Town, rosa: Requester) -> None:
    def open_hits() -> int:
        (quota,) = [each for each in rosa("GetQuotas")["Quotas"] if each["Name"] == "open_hits"]
        return int(quota["Used"])

    hit_id = rosa.create_hit()["HITId"]
    rosa.create_hit()
    assert open_hits() == 2
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)
    assert open_hits() == 2
    rosa("DeleteHIT", HITId=hit_id)
    assert open_hits() == 1
