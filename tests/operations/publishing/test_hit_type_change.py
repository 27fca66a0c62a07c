"""UpdateHITTypeOfHIT: another type for a HIT that nobody has accepted."""

from typing import Any

import pytest

from hit_invariants import assert_consistent, events_of
from kempelen.events import EventKind
from kempelen.store.hit_types import HITTypeDoesNotExist
from kempelen.store.hits import HITDoesNotExist, InvalidHITState
from kempelen.store.ledger import InsufficientFunds
from people import Requester, Town, Worker


def hit_type(rosa: Requester, **members: Any) -> str:
    """A HIT type's id."""
    given = {
        "Title": "Is there a dog?",
        "Description": "Look at one picture.",
        "Reward": "0.05",
        "AssignmentDurationInSeconds": 900,
        "Keywords": "dog, picture",
    }
    made: str = rosa("CreateHITType", **(given | members))["HITTypeId"]
    return made


def change(rosa: Requester, hit_id: str, type_id: str) -> dict[str, Any]:
    """Ask for another type."""
    return rosa("UpdateHITTypeOfHIT", HITId=hit_id, HITTypeId=type_id)


def test_a_hit_takes_all_properties_of_its_new_type(town: Town, rosa: Requester) -> None:
    hit = rosa.create_hit(MaxAssignments=2, RequesterAnnotation="row 7")
    wanted = hit_type(
        rosa,
        Reward="0.10",
        AutoApprovalDelayInSeconds=60,
        QualificationRequirements=[
            {
                "QualificationTypeId": "00000000000000000071",
                "Comparator": "EqualTo",
                "LocaleValues": [{"Country": "US"}],
            }
        ],
    )
    assert change(rosa, hit["HITId"], wanted) == {}
    after = rosa.hit(hit["HITId"])
    assert (after["HITTypeId"], after["Title"], after["Keywords"]) == (
        wanted,
        "Is there a dog?",
        "dog, picture",
    )
    assert after["HITGroupId"] != hit["HITGroupId"]
    assert (after["Reward"], after["AssignmentDurationInSeconds"]) == ("0.10", 900)
    assert after["AutoApprovalDelayInSeconds"] == 60
    assert len(after["QualificationRequirements"]) == 1
    for name in ("Expiration", "RequesterAnnotation", "Question", "MaxAssignments", "HITStatus"):
        assert after[name] == hit[name]
    assert EventKind.HITTypeChanged in events_of(town, hit["HITId"])
    assert_consistent(town)


def test_the_difference_in_price_is_held_or_released(town: Town, rosa: Requester) -> None:
    hit_id = rosa.create_hit(Reward="0.50", MaxAssignments=2)["HITId"]
    assert rosa.balance == ("998.80", "1.20")
    change(rosa, hit_id, hit_type(rosa, Reward="1.00"))
    assert rosa.balance == ("997.60", "2.40")
    change(rosa, hit_id, hit_type(rosa, Reward="0.10"))
    assert rosa.balance == ("999.76", "0.24")
    change(rosa, hit_id, hit_type(rosa, Reward="0.10"))
    assert rosa.balance == ("999.76", "0.24")
    assert_consistent(town)


def test_a_dearer_type_needs_funds(town: Town) -> None:
    poor = town.requester("Poor", funds="0.06")
    hit = poor.create_hit()
    with pytest.raises(InsufficientFunds):
        change(poor, hit["HITId"], hit_type(poor, Reward="0.50"))
    assert poor.hit(hit["HITId"]) == hit
    assert_consistent(town)


def test_work_that_was_accepted_keeps_its_type(rosa: Requester, wei: Worker, ana: Worker) -> None:
    hit_id = rosa.create_hit(MaxAssignments=2)["HITId"]
    assignment = wei.accept(hit_id)
    wanted = hit_type(rosa)
    with pytest.raises(InvalidHITState, match="were accepted"):
        change(rosa, hit_id, wanted)
    wei("ReturnAssignment", AssignmentId=assignment)
    with pytest.raises(InvalidHITState, match="were accepted"):
        change(rosa, hit_id, wanted)
    ana.do(hit_id)
    with pytest.raises(InvalidHITState, match="'Assignable', and assignments of it were accepted"):
        change(rosa, hit_id, wanted)


def test_only_an_assignable_hit_changes(rosa: Requester, wei: Worker) -> None:
    hit_id = rosa.create_hit()["HITId"]
    wei.accept(hit_id)
    with pytest.raises(InvalidHITState) as refused:
        change(rosa, hit_id, hit_type(rosa))
    assert refused.value.message == (
        "This HIT is currently in the state 'Unassignable'.  "
        "This operation can be called with a status of: Assignable"
    )
    ended = rosa.create_hit()["HITId"]
    rosa("UpdateExpirationForHIT", HITId=ended, ExpireAt=0)
    with pytest.raises(InvalidHITState, match="'Reviewable'"):
        change(rosa, ended, hit_type(rosa))


def test_unknown_and_foreign_ids_are_refused(rosa: Requester, omar: Requester) -> None:
    hit_id = rosa.create_hit()["HITId"]
    foreign = hit_type(omar)
    with pytest.raises(HITTypeDoesNotExist, match=f"^HITType {foreign} does not exist.$"):
        change(rosa, hit_id, foreign)
    with pytest.raises(HITDoesNotExist):
        change(omar, hit_id, foreign)
