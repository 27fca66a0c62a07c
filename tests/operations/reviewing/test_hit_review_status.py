"""UpdateHITReviewStatus: between Reviewable and Reviewing, and nothing else."""

import pytest

from hit_invariants import assert_consistent
from kempelen.store.hits import HITDoesNotExist, InvalidHITState
from people import Requester, Town, Worker


def test_a_hit_goes_to_reviewing_and_back(town: Town, rosa: Requester, wei: Worker) -> None:
    hit_id = rosa.create_hit()["HITId"]
    wei.do(hit_id)
    assert rosa("UpdateHITReviewStatus", HITId=hit_id) == {}
    assert rosa.hit(hit_id)["HITStatus"] == "Reviewing"
    assert rosa.hit(hit_id)["HITReviewStatus"] == "NotReviewed"
    assert_consistent(town)
    rosa("UpdateHITReviewStatus", HITId=hit_id, Revert=True)
    assert rosa.hit(hit_id)["HITStatus"] == "Reviewable"
    assert_consistent(town)


def test_work_is_decided_in_reviewing_too(town: Town, rosa: Requester, wei: Worker) -> None:
    hit_id = rosa.create_hit()["HITId"]
    assignment = wei.do(hit_id)
    rosa("UpdateHITReviewStatus", HITId=hit_id)
    rosa("ApproveAssignment", AssignmentId=assignment)
    assert rosa.hit(hit_id)["HITStatus"] == "Reviewing"
    assert_consistent(town)


@pytest.mark.parametrize(
    ("reviewing", "revert", "state", "wanted"),
    [(True, False, "Reviewing", "Reviewable"), (False, True, "Reviewable", "Reviewing")],
)
def test_the_other_state_is_needed(
    rosa: Requester, reviewing: bool, revert: bool, state: str, wanted: str
) -> None:
    hit_id = rosa.create_hit()["HITId"]
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)
    if reviewing:
        rosa("UpdateHITReviewStatus", HITId=hit_id)
    with pytest.raises(InvalidHITState) as refused:
        rosa("UpdateHITReviewStatus", HITId=hit_id, Revert=revert)
    assert refused.value.message == (
        f"This HIT is currently in the state '{state}'.  "
        f"This operation can be called with a status of: {wanted}"
    )


def test_open_and_foreign_hits_are_refused(rosa: Requester, omar: Requester) -> None:
    hit_id = rosa.create_hit()["HITId"]
    with pytest.raises(InvalidHITState, match="'Assignable'"):
        rosa("UpdateHITReviewStatus", HITId=hit_id)
    with pytest.raises(HITDoesNotExist):
        omar("UpdateHITReviewStatus", HITId=hit_id)
