"""Submitted work as its requester sees it."""

import pytest

from kempelen.store.assignments import AssignmentDoesNotExist, InvalidAssignmentState
from kempelen.store.hits import HITDoesNotExist
from kempelen.store.paging import InvalidNextToken
from people import Requester, Town, Worker

DAY = 86_400

FORM = (
    '<QuestionForm xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/'
    'QuestionForm.xsd">'
    "<Question><QuestionIdentifier>animal</QuestionIdentifier><QuestionContent><Text>?</Text>"
    "</QuestionContent><AnswerSpecification><SelectionAnswer><Selections>"
    "<Selection><SelectionIdentifier>cat</SelectionIdentifier><Text>Cat</Text></Selection>"
    "<Selection><SelectionIdentifier>dog</SelectionIdentifier><Text>Dog</Text></Selection>"
    "</Selections></SelectionAnswer></AnswerSpecification></Question>"
    "<Question><QuestionIdentifier>why</QuestionIdentifier><QuestionContent><Text>?</Text>"
    "</QuestionContent><AnswerSpecification><FreeTextAnswer/></AnswerSpecification></Question>"
    "</QuestionForm>"
)


def crowd(town: Town, count: int) -> list[Worker]:
    return [town.worker(f"W{number}") for number in range(count)]


def test_a_submitted_assignment_says_everything_its_requester_may_know(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    hit = rosa.create_hit(AutoApprovalDelayInSeconds=3 * DAY)
    began = town.now / 1000
    assignment_id = wei.accept(hit["HITId"])
    town.advance(seconds=60)
    wei.submit(assignment_id, label="cat & dog", empty="")
    answer = rosa("GetAssignment", AssignmentId=assignment_id)
    shown = answer["Assignment"]
    assert answer["HIT"]["HITId"] == hit["HITId"]
    assert answer["HIT"]["HITStatus"] == "Reviewable"
    assert {name: shown[name] for name in shown if name != "Answer"} == {
        "AssignmentId": assignment_id,
        "WorkerId": wei.id,
        "HITId": hit["HITId"],
        "AssignmentStatus": "Submitted",
        "AcceptTime": began,
        "Deadline": began + 600,
        "SubmitTime": began + 60,
        "AutoApprovalTime": began + 60 + 3 * DAY,
    }
    assert shown["Answer"].startswith('<?xml version="1.0" encoding="ASCII"?>')
    assert shown["Answer"].endswith(
        "<Answer><QuestionIdentifier>label</QuestionIdentifier><FreeText>cat &amp; dog</FreeText></Answer>"
        "<Answer><QuestionIdentifier>empty</QuestionIdentifier><FreeText></FreeText></Answer>"
        "</QuestionFormAnswers>"
    )


def test_the_answer_to_a_form_is_written_by_the_form(rosa: Requester, wei: Worker) -> None:
    assignment = wei.do(rosa.create_hit(Question=FORM)["HITId"], why="ears", animal="cat", stray="x")
    body = rosa("GetAssignment", AssignmentId=assignment)["Assignment"]["Answer"]
    assert body.endswith(
        "<Answer><QuestionIdentifier>animal</QuestionIdentifier>"
        "<SelectionIdentifier>cat</SelectionIdentifier></Answer>"
        "<Answer><QuestionIdentifier>why</QuestionIdentifier><FreeText>ears</FreeText></Answer>"
        "</QuestionFormAnswers>"
    )


def test_a_decision_shows_its_moment_and_the_feedback(town: Town, rosa: Requester, wei: Worker) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"])
    town.advance(seconds=5)
    rosa("RejectAssignment", AssignmentId=assignment, RequesterFeedback="No cat there.")
    rejected = rosa("GetAssignment", AssignmentId=assignment)["Assignment"]
    assert rejected["AssignmentStatus"] == "Rejected"
    assert rejected["RejectionTime"] == town.now / 1000
    assert rejected["RequesterFeedback"] == "No cat there."
    assert "ApprovalTime" not in rejected
    town.advance(seconds=5)
    rosa("ApproveAssignment", AssignmentId=assignment, OverrideRejection=True)
    approved = rosa("GetAssignment", AssignmentId=assignment)["Assignment"]
    assert approved["AssignmentStatus"] == "Approved"
    assert approved["ApprovalTime"] == town.now / 1000
    assert "RejectionTime" not in approved


def test_before_an_answer_there_is_only_an_error(rosa: Requester, wei: Worker) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    with pytest.raises(InvalidAssignmentState) as refusal:
        rosa("GetAssignment", AssignmentId=assignment)
    assert refusal.value.message == (
        "This Assignment is currently in the state 'Assigned'.  "
        "This operation can be called with a status of: Reviewable,Approved,Rejected"
    )


def test_another_requester_s_assignment_does_not_exist(rosa: Requester, omar: Requester, wei: Worker) -> None:
    hit = rosa.create_hit()
    assignment = wei.do(hit["HITId"])
    for name in ("GetAssignment", "ApproveAssignment", "RejectAssignment"):
        more = {"RequesterFeedback": ""} if name == "RejectAssignment" else {}
        with pytest.raises(AssignmentDoesNotExist, match=f"^Assignment {assignment} does not exist.$"):
            omar(name, AssignmentId=assignment, **more)
    with pytest.raises(HITDoesNotExist):
        omar("ListAssignmentsForHIT", HITId=hit["HITId"])
    with pytest.raises(AssignmentDoesNotExist):
        rosa("GetAssignment", AssignmentId="3NOTHING")


def test_the_list_goes_by_time_of_submission_and_never_shows_accepted_work(
    town: Town, rosa: Requester
) -> None:
    hit = rosa.create_hit(MaxAssignments=5)
    workers = crowd(town, 4)
    accepted = [worker.accept(hit["HITId"]) for worker in workers]
    for number in (2, 0, 1):
        town.advance(seconds=1)
        workers[number].submit(accepted[number], label=f"w{number}")
    listed = rosa("ListAssignmentsForHIT", HITId=hit["HITId"])
    assert [each["AssignmentId"] for each in listed["Assignments"]] == [
        accepted[2], accepted[0], accepted[1],
    ]  # fmt: skip
    assert listed["NumResults"] == 3
    assert listed["Assignments"][0]["WorkerId"] == workers[2].id
    assert "<FreeText>w2</FreeText>" in listed["Assignments"][0]["Answer"]


def test_the_list_can_be_narrowed_to_some_states(town: Town, rosa: Requester) -> None:
    hit = rosa.create_hit(MaxAssignments=3)
    first, second, third = (worker.do(hit["HITId"]) for worker in crowd(town, 3))
    rosa("ApproveAssignment", AssignmentId=second)
    rosa("RejectAssignment", AssignmentId=third, RequesterFeedback="")

    def listed(*statuses: str) -> set[str]:
        page = rosa("ListAssignmentsForHIT", HITId=hit["HITId"], AssignmentStatuses=list(statuses))
        return {each["AssignmentId"] for each in page["Assignments"]}

    assert listed() == {first, second, third}
    assert listed("Submitted") == {first}
    assert listed("Approved", "Rejected") == {second, third}
    assert listed("Rejected", "Rejected") == {third}


def test_pages_carry_a_token_until_one_is_empty(town: Town, rosa: Requester) -> None:
    hit = rosa.create_hit(MaxAssignments=3)
    done = [worker.do(hit["HITId"]) for worker in crowd(town, 3)]
    seen: list[str] = []
    tokens: set[str] = set()
    more: dict[str, str] = {}
    while True:
        page = rosa("ListAssignmentsForHIT", HITId=hit["HITId"], MaxResults=2, **more)
        assert page["NumResults"] == len(page["Assignments"])
        if not page["Assignments"]:
            assert "NextToken" not in page
            break
        seen += [each["AssignmentId"] for each in page["Assignments"]]
        assert page["NextToken"] not in tokens
        tokens.add(page["NextToken"])
        more = {"NextToken": page["NextToken"]}
    assert sorted(seen) == sorted(done)
    with pytest.raises(InvalidNextToken):
        rosa("ListAssignmentsForHIT", HITId=hit["HITId"], AssignmentStatuses=["Approved"], **more)


def test_large_answers_end_a_page_early_and_none_is_lost(town: Town, rosa: Requester) -> None:
    hit = rosa.create_hit(MaxAssignments=9)
    done = {worker.do(hit["HITId"], text="x" * 1_000_000) for worker in crowd(town, 9)}
    page = rosa("ListAssignmentsForHIT", HITId=hit["HITId"])
    assert page["NumResults"] == 2
    listed = [each["AssignmentId"] for each in page["Assignments"]]
    while page["NumResults"]:
        page = rosa("ListAssignmentsForHIT", HITId=hit["HITId"], NextToken=page["NextToken"])
        listed += [each["AssignmentId"] for each in page["Assignments"]]
    assert len(listed) == 9
    assert set(listed) == done


def test_after_disposal_the_list_still_answers_and_getassignment_does_not(
    rosa: Requester, wei: Worker
) -> None:
    hit = rosa.create_hit()
    assignment = wei.do(hit["HITId"])
    rosa("RejectAssignment", AssignmentId=assignment, RequesterFeedback="")
    rosa("DeleteHIT", HITId=hit["HITId"])
    with pytest.raises(AssignmentDoesNotExist):
        rosa("GetAssignment", AssignmentId=assignment)
    assert rosa("ListAssignmentsForHIT", HITId=hit["HITId"])["NumResults"] == 1
    with pytest.raises(InvalidAssignmentState):
        rosa("ApproveAssignment", AssignmentId=assignment, OverrideRejection=True)


def test_a_requester_who_sees_pseudonyms_sees_the_same_one_everywhere(town: Town, wei: Worker) -> None:
    paul = town.requester("Paul", funds="10.00", Pseudonymous=True)
    hit = paul.create_hit()
    assignment = wei.do(hit["HITId"])
    shown = paul("GetAssignment", AssignmentId=assignment)["Assignment"]["WorkerId"]
    listed = paul("ListAssignmentsForHIT", HITId=hit["HITId"])["Assignments"][0]["WorkerId"]
    assert shown == listed != wei.id
    paul("SendBonus", WorkerId=shown, BonusAmount="0.10", AssignmentId=assignment, Reason="Thanks")
    payments = paul("ListBonusPayments", AssignmentId=assignment)["BonusPayments"]
    assert [payment["WorkerId"] for payment in payments] == [shown]
