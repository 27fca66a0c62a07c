"""Two who do something to one HIT at the same moment: each outcome is one that could have come in turn."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from hit_invariants import assert_consistent, events_of
from kempelen.errors import Refusal
from kempelen.events import EventKind
from people import Requester, Town


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do all at the same moment; answers what each answered, or the refusal it met."""
    barrier = Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return work()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(one, works))


def test_a_hit_ended_by_several_at_once_ends_once(town: Town, rosa: Requester) -> None:
    for _ in range(5):
        hit_id = rosa.create_hit(MaxAssignments=3)["HITId"]
        end = lambda hit_id=hit_id: rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)  # noqa: E731
        assert at_once(*[end] * 4) == [{}] * 4
        assert events_of(town, hit_id).count(EventKind.HITExpired) == 1
        assert events_of(town, hit_id).count(EventKind.HITReviewable) == 1
    assert rosa.balance == ("1000.00", "0.00")
    assert_consistent(town)


def test_an_end_and_an_extension_at_once(town: Town, rosa: Requester) -> None:
    for _ in range(5):
        hit_id = rosa.create_hit(MaxAssignments=2)["HITId"]
        later = town.now // 1000 + 7200
        done = at_once(
            lambda hit_id=hit_id: rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0),
            lambda hit_id=hit_id, later=later: rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=later),
            lambda hit_id=hit_id: rosa(
                "CreateAdditionalAssignmentsForHIT", HITId=hit_id, NumberOfAdditionalAssignments=2
            ),
        )
        assert done == [{}] * 3
        assert rosa.hit(hit_id)["MaxAssignments"] == 4
    assert_consistent(town)


def test_accepting_and_ending_at_once(town: Town, rosa: Requester) -> None:
    workers = [town.worker(f"Worker{number}") for number in range(4)]
    for _ in range(4):
        hit_id = rosa.create_hit(MaxAssignments=3)["HITId"]
        accepts = [lambda hit_id=hit_id, worker=worker: worker.accept(hit_id) for worker in workers]
        end = lambda hit_id=hit_id: rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)  # noqa: E731
        *accepted, ended = at_once(*accepts, end)
        assert ended == {}
        held = [each for each in accepted if isinstance(each, str)]
        hit = rosa.hit(hit_id)
        assert hit["NumberOfAssignmentsPending"] == len(held) <= 3
        assert hit["HITStatus"] == ("Unassignable" if held else "Reviewable")
        assert_consistent(town)


def test_deleting_and_submitting_at_once(town: Town, rosa: Requester) -> None:
    worker = town.worker("Worker")
    for _ in range(5):
        hit_id = rosa.create_hit()["HITId"]
        assignment = worker.accept(hit_id)
        deleted, submitted = at_once(
            lambda hit_id=hit_id: rosa("DeleteHIT", HITId=hit_id),
            lambda assignment=assignment: worker.submit(assignment),
        )
        assert isinstance(deleted, Refusal)
        assert submitted is None
        assert rosa.hit(hit_id)["HITStatus"] == "Reviewable"
        assert_consistent(town)


def test_deleting_and_growing_at_once(town: Town, rosa: Requester) -> None:
    for _ in range(5):
        hit_id = rosa.create_hit()["HITId"]
        rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)
        later = town.now // 1000 + 7200
        deleted, moved = at_once(
            lambda hit_id=hit_id: rosa("DeleteHIT", HITId=hit_id),
            lambda hit_id=hit_id, later=later: rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=later),
        )
        assert isinstance(deleted, Refusal) != isinstance(moved, Refusal)
        assert rosa.hit(hit_id)["HITStatus"] == ("Assignable" if moved == {} else "Disposed")
        assert_consistent(town)


def test_changing_the_type_and_accepting_at_once(town: Town, rosa: Requester) -> None:
    worker = town.worker("Worker")
    other = rosa.create_hit(Title="Another", Reward="0.50")["HITTypeId"]
    for _ in range(5):
        hit_id = rosa.create_hit(MaxAssignments=2)["HITId"]
        changed, accepted = at_once(
            lambda hit_id=hit_id: rosa("UpdateHITTypeOfHIT", HITId=hit_id, HITTypeId=other),
            lambda hit_id=hit_id: worker.accept(hit_id),
        )
        if isinstance(accepted, Refusal):
            assert changed == {}  # between reading the HIT and taking it
            continue
        shown = worker("GetTask", AssignmentId=accepted)["Task"]["Reward"]
        assert shown == ("0.50" if changed == {} else "0.05")
        worker.submit(accepted)
        rosa("ApproveAssignment", AssignmentId=accepted)
        assert_consistent(town)


def test_one_token_used_by_two_at_once_has_one_effect(town: Town, rosa: Requester) -> None:
    hit_id = rosa.create_hit()["HITId"]
    extend = lambda: rosa(  # noqa: E731
        "CreateAdditionalAssignmentsForHIT",
        HITId=hit_id,
        NumberOfAdditionalAssignments=1,
        UniqueRequestToken="once",
    )
    done = at_once(extend, extend, extend)
    assert sum(each == {} for each in done) == 1
    assert rosa.hit(hit_id)["MaxAssignments"] == 2
    assert_consistent(town)


def test_sweeps_of_several_threads_do_everything_once(town: Town, rosa: Requester) -> None:
    workers = [town.worker(f"Worker{number}") for number in range(3)]
    ids = [rosa.create_hit(MaxAssignments=4, AutoApprovalDelayInSeconds=600)["HITId"] for _ in range(4)]
    for hit_id in ids:
        workers[0].do(hit_id)
        workers[1].do(hit_id)
        workers[2].accept(hit_id)
    town.advance(hours=2)
    at_once(*[lambda: rosa("ListHITs")] * 3, *[town.market.settle] * 3)
    for hit_id in ids:
        hit = rosa.hit(hit_id)
        assert (hit["HITStatus"], hit["NumberOfAssignmentsCompleted"]) == ("Reviewable", 2)
        kinds = events_of(town, hit_id)
        assert kinds.count(EventKind.AssignmentApproved) == 2
        assert kinds.count(EventKind.AssignmentAbandoned) == 1
        assert kinds.count(EventKind.HITExpired) == 1
        assert kinds.count(EventKind.HITReviewable) == 1
    assert_consistent(town)
