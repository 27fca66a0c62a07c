"""What clients of the Requester API rely on when they publish."""

import pytest

from hit_invariants import assert_consistent, events_of, rows
from kempelen.errors import ParameterValidationError
from kempelen.events import EventKind
from kempelen.rules.lifecycle import hit_status
from kempelen.store.hit_types import HITTypeDoesNotExist
from kempelen.store.hits import HITDoesNotExist
from kempelen.store.once import HitAlreadyExists
from people import Requester, Town, Worker

COUNTERS = ("NumberOfAssignmentsAvailable", "NumberOfAssignmentsPending", "NumberOfAssignmentsCompleted")


def counters(rosa: Requester, hit_id: str) -> tuple[str, int, int, int]:
    """Status and counters as the contract's own example lists them."""
    hit = rosa.hit(hit_id)
    available, pending, completed = (hit[name] for name in COUNTERS)
    return hit["HITStatus"], available, pending, completed


def test_the_answer_is_the_complete_hit(rosa: Requester) -> None:
    hit = rosa.create_hit(MaxAssignments=3, Keywords="cat, picture", RequesterAnnotation="row 7")
    assert hit == rosa.hit(hit["HITId"])
    assert hit["HITStatus"] == "Assignable"
    assert [hit[name] for name in COUNTERS] == [3, 0, 0]
    assert (hit["HITReviewStatus"], hit["QualificationRequirements"]) == ("NotReviewed", [])
    assert hit["AutoApprovalDelayInSeconds"] == 2_592_000
    assert hit["Expiration"] == hit["CreationTime"] + 3600
    assert "LifetimeInSeconds" not in hit
    assert hit["Reward"] == "0.05"


def test_the_counters_follow_the_contract_s_own_example(town: Town, rosa: Requester) -> None:
    workers = [town.worker(f"Worker{number}") for number in range(5)]
    hit_id = rosa.create_hit(MaxAssignments=5)["HITId"]
    assert counters(rosa, hit_id) == ("Assignable", 5, 0, 0)
    held = [worker.accept(hit_id) for worker in workers[:3]]
    assert counters(rosa, hit_id) == ("Assignable", 2, 3, 0)
    held += [worker.accept(hit_id) for worker in workers[3:]]
    for number in (0, 1):
        workers[number].submit(held[number])
    assert counters(rosa, hit_id) == ("Unassignable", 0, 3, 0)
    workers[2]("ReturnAssignment", AssignmentId=held[2])
    assert counters(rosa, hit_id) == ("Assignable", 1, 2, 0)
    held[2] = workers[2].accept(hit_id)
    for number in (2, 3, 4):
        workers[number].submit(held[number])
    assert counters(rosa, hit_id) == ("Reviewable", 0, 0, 0)
    for number in (0, 1):
        rosa("ApproveAssignment", AssignmentId=held[number])
    assert counters(rosa, hit_id) == ("Reviewable", 0, 0, 2)
    rosa("RejectAssignment", AssignmentId=held[2], RequesterFeedback="")
    assert counters(rosa, hit_id) == ("Reviewable", 0, 0, 3)
    assert events_of(town, hit_id).count(EventKind.HITReviewable) == 1
    assert_consistent(town)


def test_a_repeated_token_is_an_error_that_names_the_hit(
    town: Town, rosa: Requester, omar: Requester
) -> None:
    hit = rosa.create_hit(UniqueRequestToken="once")
    with pytest.raises(HitAlreadyExists) as refused:
        rosa.create_hit(UniqueRequestToken="once", Title="Something else")
    assert refused.value.message == f'The HIT with ID "{hit["HITId"]}" already exists.'
    assert refused.value.code == "AWS.MechanicalTurk.HitAlreadyExists"
    with pytest.raises(HitAlreadyExists):
        rosa(
            "CreateHITWithHITType",
            HITTypeId=hit["HITTypeId"],
            LifetimeInSeconds=60,
            Question=hit["Question"],
            UniqueRequestToken="once",
        )
    omar.create_hit(UniqueRequestToken="once")
    assert rosa("ListHITs")["NumResults"] == 1
    town.advance(days=1)
    rosa.create_hit(UniqueRequestToken="once")
    assert_consistent(town)


def test_equal_properties_are_one_type_however_they_are_written(rosa: Requester, omar: Requester) -> None:
    one = rosa.create_hit(Reward="0.5", RequesterAnnotation="a")
    other = rosa.create_hit(Reward="0.50", RequesterAnnotation="b", MaxAssignments=7, LifetimeInSeconds=60)
    assert (one["HITTypeId"], one["HITGroupId"]) == (other["HITTypeId"], other["HITGroupId"])
    assert one["HITTypeId"] != one["HITGroupId"]
    assert rosa.create_hit(Reward="0.51")["HITTypeId"] != one["HITTypeId"]
    assert omar.create_hit(Reward="0.5")["HITTypeId"] != one["HITTypeId"]


def test_a_hit_of_an_unknown_or_foreign_type_is_refused(rosa: Requester, omar: Requester) -> None:
    hit = omar.create_hit()
    for hit_type_id in ("3UNKNOWN", hit["HITTypeId"]):
        with pytest.raises(HITTypeDoesNotExist, match=f"^HITType {hit_type_id} does not exist.$"):
            rosa(
                "CreateHITWithHITType",
                HITTypeId=hit_type_id,
                LifetimeInSeconds=60,
                Question=hit["Question"],
            )
    with pytest.raises(HITDoesNotExist, match=r"^Hit 3UNKNOWN does not exist\.$"):
        rosa("GetHIT", HITId="3UNKNOWN")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("LifetimeInSeconds", 29),
        ("LifetimeInSeconds", 31_536_001),
        ("AssignmentDurationInSeconds", 29),
        ("AssignmentDurationInSeconds", 31_536_001),
        ("AutoApprovalDelayInSeconds", -1),
        ("AutoApprovalDelayInSeconds", 2_592_001),
        ("MaxAssignments", 0),
        ("MaxAssignments", 1_000_000_001),
        ("Reward", "1000000.01"),
        ("Title", ""),
        ("Title", "x" * 129),
        ("Description", "x" * 2001),
        ("Keywords", "x" * 1001),
        ("RequesterAnnotation", "x" * 256),
        ("Question", "x" * 65_536),
        ("Question", ""),
        ("Question", "<p>not a question</p>"),
    ],
)
def test_every_member_has_its_limits(rosa: Requester, member: str, value: object) -> None:
    with pytest.raises(ParameterValidationError):
        rosa.create_hit(**{member: value})
    assert rosa("ListHITs")["NumResults"] == 0


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("LifetimeInSeconds", 30),
        ("LifetimeInSeconds", 31_536_000),
        ("AutoApprovalDelayInSeconds", 0),
        ("AutoApprovalDelayInSeconds", 2_592_000),
        ("Reward", "0.00"),
        ("Reward", "1."),
        ("Title", "é" * 128),
        ("MaxAssignments", 10_000),
    ],
)
def test_the_limits_themselves_are_allowed(rosa: Requester, member: str, value: object) -> None:
    assert rosa.create_hit(**{member: value})["HITStatus"] == "Assignable"


def test_what_is_stored_as_status_is_what_the_facts_say(town: Town, rosa: Requester, wei: Worker) -> None:
    wei.do(rosa.create_hit()["HITId"])
    rosa.create_hit()
    found = rows(town, "SELECT status, open, pending, expired, reviewing FROM hits")
    for status, free, pending, expired, reviewing in found:
        assert status == hit_status(
            open_slots=free,
            pending=pending,
            expired=bool(expired),
            reviewing=bool(reviewing),
            disposed=False,
        )
