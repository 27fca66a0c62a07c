"""Review policies at work: the reference's worked examples, end to end, and what each action comes to."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kempelen.store.assignments import InvalidAssignmentState
from kempelen.store.hits import HITDoesNotExist
from people import Requester, Town, Worker

KEY = [
    {"Key": "q1", "Values": ["red"]},
    {"Key": "q2", "Values": ["blue"]},
    {"Key": "q3", "Values": ["green"]},
]
CLOTHES = ("A", "B", "C", "D")
HOUR = 3600


def known_answers(**parameters: object) -> dict[str, Any]:
    given = [{"Key": "AnswerKey", "MapEntries": KEY}]
    given += [{"Key": key, "Values": [str(value)]} for key, value in parameters.items()]
    return {"PolicyName": "ScoreMyKnownAnswers/2011-09-01", "Parameters": given}


def plurality(*questions: str, **parameters: object) -> dict[str, Any]:
    given = [{"Key": "QuestionIds", "Values": list(questions)}]
    given += [{"Key": key, "Values": [str(value)]} for key, value in parameters.items()]
    return {"PolicyName": "SimplePlurality/2011-09-01", "Parameters": given}


def crowd(town: Town, count: int) -> list[Worker]:
    return [town.worker(f"W{number}") for number in range(count)]


def report(requester: Requester, hit: str, **members: Any) -> dict[str, Any]:
    return requester("ListReviewPolicyResultsForHIT", HITId=hit, **({"MaxResults": 100} | members))


def results(report: dict[str, Any]) -> set[tuple[str, str, str]]:
    """Subject (an id, or the question), key and value."""
    return {
        (row.get("QuestionId") or row["SubjectId"], row["Key"], row["Value"])
        for row in report["ReviewResults"]
    }


def actions(report: dict[str, Any]) -> list[tuple[str, str, str, str, str]]:
    return [
        (
            row["ActionName"], row["TargetId"], row["Status"], row.get("Result", ""),
            row.get("ErrorCode", ""),
        )
        for row in report["ReviewActions"]
    ]  # fmt: skip


def state(requester: Requester, assignment: str) -> str:
    status: str = requester("GetAssignment", AssignmentId=assignment)["Assignment"]["AssignmentStatus"]
    return status


def test_known_answers_are_scored_approved_and_paid_before_anybody_sees_the_work(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    policy = known_answers(ApproveIfKnownAnswerScoreIsAtLeast=66, ApproveReason="Well done")
    hit = rosa.create_hit(AssignmentReviewPolicy=policy)["HITId"]
    assignment = wei.do(hit, q1=" red ", q2="blue", q3="grey")
    shown = rosa("GetAssignment", AssignmentId=assignment)["Assignment"]
    assert (shown["AssignmentStatus"], shown["RequesterFeedback"]) == ("Approved", "Well done")
    assert rosa.balance == ("999.94", "0.00")
    answered = report(rosa, hit)
    assert answered["HITId"] == hit
    assert answered["AssignmentReviewPolicy"] == {"PolicyName": "ScoreMyKnownAnswers/2011-09-01"}
    assert "HITReviewPolicy" not in answered
    assert "HITReviewReport" not in answered
    found = answered["AssignmentReviewReport"]
    assert results(found) == {
        (assignment, "KnownAnswerScore", "66"),
        (assignment, "KnownAnswersCorrect", "2"),
        (assignment, "KnownAnswersIncorrect", "1"),
        (assignment, "KnownAnswersEvaluated", "3"),
    }
    assert {row["SubjectType"] for row in found["ReviewResults"]} == {"Assignment"}
    assert len({row["ActionId"] for row in found["ReviewResults"]}) == 1
    assert actions(found) == [("approve", assignment, "Succeeded", "", "")]
    assert found["ReviewActions"][0]["TargetType"] == "Assignment"
    assert found["ReviewActions"][0]["CompleteTime"] == town.now / 1000


def test_a_low_score_rejects_and_lets_one_more_worker_try(rosa: Requester, wei: Worker, ana: Worker) -> None:
    policy = known_answers(
        RejectIfKnownAnswerScoreIsLessThan=50,
        RejectReason="Please look again",
        ExtendIfKnownAnswerScoreIsLessThan=50,
        ExtendMaximumAssignments=3,
        ExtendMinimumTimeInSeconds=2 * HOUR,
    )
    made = rosa.create_hit(AssignmentReviewPolicy=policy, LifetimeInSeconds=HOUR)
    hit = made["HITId"]
    first = wei.do(hit, q1="no")
    assert state(rosa, first) == "Rejected"
    shown = rosa.hit(hit)
    assert (shown["HITStatus"], shown["MaxAssignments"]) == ("Assignable", 2)
    assert shown["Expiration"] == made["CreationTime"] + 2 * HOUR
    assert rosa.balance == ("999.94", "0.06")
    second = ana.do(hit, q1="red", q2="blue", q3="green")
    assert state(rosa, second) == "Submitted"
    assert rosa.hit(hit)["HITStatus"] == "Reviewable"
    assert actions(report(rosa, hit)["AssignmentReviewReport"]) == [
        ("reject", first, "Succeeded", "", ""),
        ("extend", hit, "Succeeded", "", ""),
    ]


def test_a_hit_stops_growing_at_its_maximum_and_never_reaches_ten(town: Town, rosa: Requester) -> None:
    policy = known_answers(ExtendIfKnownAnswerScoreIsLessThan=101, ExtendMaximumAssignments=25)
    hit = rosa.create_hit(AssignmentReviewPolicy=policy, MaxAssignments=8)["HITId"]
    workers = crowd(town, 3)
    for worker in workers:
        worker.do(hit)
    assert rosa.hit(hit)["MaxAssignments"] == 9
    small = rosa.create_hit(
        AssignmentReviewPolicy=known_answers(ExtendIfKnownAnswerScoreIsLessThan=101), RequesterAnnotation="5"
    )["HITId"]
    for worker in (*workers, town.worker("Uma"), town.worker("Vic")):
        worker.do(small)
    assert rosa.hit(small)["MaxAssignments"] == 5
    assert rosa.hit(small)["HITStatus"] == "Reviewable"


def test_an_extension_without_funds_fails_and_everything_else_stands(town: Town, wei: Worker) -> None:
    poor = town.requester("Poor", funds="0.10")
    policy = known_answers(
        ApproveIfKnownAnswerScoreIsAtLeast=0,
        ExtendIfKnownAnswerScoreIsLessThan=101,
        ExtendMinimumTimeInSeconds=2 * HOUR,
    )
    made = poor.create_hit(AssignmentReviewPolicy=policy, LifetimeInSeconds=HOUR)
    assignment = wei.do(made["HITId"])
    assert state(poor, assignment) == "Approved"
    shown = poor.hit(made["HITId"])
    assert (shown["HITStatus"], shown["MaxAssignments"]) == ("Reviewable", 1)
    assert shown["Expiration"] == made["Expiration"]
    assert poor.balance == ("0.04", "0.00")
    approved, extended = actions(report(poor, made["HITId"])["AssignmentReviewReport"])
    assert approved == ("approve", assignment, "Succeeded", "", "")
    assert extended[:3] == ("extend", made["HITId"], "Failed")
    assert "insufficient funds" in extended[3]
    assert extended[4] == "AWS.MechanicalTurk.InsufficientFunds"


def do_clothes(town: Town, requester: Requester, **members: Any) -> tuple[str, list[str]]:
    """The reference's worked example: four questions, three workers."""
    hit = requester.create_hit(MaxAssignments=3, **members)["HITId"]
    answers = (
        {"A": "coat", "B": "blue", "C": "large", "D": "wool"},
        {"A": "sweater", "B": "blue", "C": "large", "D": "silk"},
        {"A": "coat", "B": "green", "C": "large", "D": "felt"},
    )
    done = []
    for worker, given in zip(crowd(town, 3), answers, strict=True):
        done.append(worker.do(hit, **given))
        town.advance(seconds=1)
    return hit, done


def test_the_reference_s_worked_example_of_plurality(town: Town, rosa: Requester) -> None:
    policy = plurality(
        *CLOTHES, QuestionAgreementThreshold=50, ApproveIfWorkerAgreementScoreIsAtLeast=67,
        RejectIfWorkerAgreementScoreIsLessThan=67, RejectReason="You were alone",
    )  # fmt: skip
    hit, done = do_clothes(town, rosa, HITReviewPolicy=policy)
    found = report(rosa, hit)["HITReviewReport"]
    per_worker = {
        (assignment, key, value)
        for assignment, score, correct in zip(done, ("100", "66", "66"), (3, 2, 2), strict=True)
        for key, value in (
            ("WorkerAgreementScore", score),
            ("PluralityAnswersCorrect", str(correct)),
            ("PluralityAnswersIncorrect", str(3 - correct)),
        )
    }
    assert results(found) == per_worker | {
        ("A", "AgreedAnswerFound", "true"), ("A", "AgreedAnswer", "coat"),
        ("A", "AnswerAgreementScore", "66"),
        ("B", "AgreedAnswerFound", "true"), ("B", "AgreedAnswer", "blue"),
        ("B", "AnswerAgreementScore", "66"),
        ("C", "AgreedAnswerFound", "true"), ("C", "AgreedAnswer", "large"),
        ("C", "AnswerAgreementScore", "100"),
        ("D", "AgreedAnswerFound", "false"),
        (hit, "HitAgreementScore", "75"),
    }  # fmt: skip
    assert actions(found) == [
        ("approve", done[0], "Succeeded", "", ""),
        ("reject", done[1], "Succeeded", "", ""),
        ("reject", done[2], "Succeeded", "", ""),
    ]
    assert [state(rosa, each) for each in done] == ["Approved", "Rejected", "Rejected"]
    assert rosa("GetAssignment", AssignmentId=done[1])["Assignment"]["RequesterFeedback"] == "You were alone"
    assert rosa.balance == ("999.94", "0.00")


def test_what_the_requester_decided_before_stands(town: Town, rosa: Requester) -> None:
    policy = plurality("q", QuestionAgreementThreshold=50, ApproveIfWorkerAgreementScoreIsAtLeast=50)
    hit = rosa.create_hit(MaxAssignments=3, HITReviewPolicy=policy)["HITId"]
    one, two, three = crowd(town, 3)
    approved, rejected = one.do(hit, q="x"), two.do(hit, q="x")
    rosa("ApproveAssignment", AssignmentId=approved)
    rosa("RejectAssignment", AssignmentId=rejected, RequesterFeedback="mine")
    last = three.do(hit, q="x")
    assert [state(rosa, each) for each in (approved, rejected, last)] == ["Approved", "Rejected", "Approved"]
    assert sorted(actions(report(rosa, hit)["HITReviewReport"]), key=lambda row: row[2:]) == [
        (
            "approve", rejected, "Failed", "Assignment was in an invalid state for this operation.",
            "AWS.MechanicalTurk.InvalidAssignmentState",
        ),
        ("approve", last, "Succeeded", "", ""),
        ("approve", approved, "Succeeded", "Already approved", ""),
    ]  # fmt: skip


def test_disagreement_brings_one_more_worker_and_the_hit_is_not_reviewable_meanwhile(
    town: Town, rosa: Requester
) -> None:
    policy = plurality(
        "q", QuestionAgreementThreshold=50, ExtendIfHITAgreementScoreIsLessThan=100,
        ExtendMaximumAssignments=4, ExtendMinimumTimeInSeconds=HOUR,
    )  # fmt: skip
    hit = rosa.create_hit(MaxAssignments=2, HITReviewPolicy=policy, LifetimeInSeconds=60)["HITId"]
    workers = crowd(town, 4)
    workers[0].do(hit, q="cat")
    workers[1].do(hit, q="dog")
    shown = rosa.hit(hit)
    assert (shown["HITStatus"], shown["MaxAssignments"]) == ("Assignable", 3)
    assert rosa("ListReviewableHITs")["NumResults"] == 0
    town.advance(seconds=HOUR - 1)
    workers[2].do(hit, q="cat")
    assert rosa.hit(hit)["HITStatus"] == "Reviewable"
    scores = [
        row["Value"]
        for row in report(rosa, hit)["HITReviewReport"]["ReviewResults"]
        if row["Key"] == "HitAgreementScore"
    ]
    assert scores == ["0", "100"]


def test_a_hit_whose_time_runs_out_is_compared_with_the_answers_it_has(town: Town, rosa: Requester) -> None:
    policy = plurality("q", QuestionAgreementThreshold=50, ApproveIfWorkerAgreementScoreIsAtLeast=100)
    hit = rosa.create_hit(MaxAssignments=5, HITReviewPolicy=policy, LifetimeInSeconds=HOUR)["HITId"]
    one, two = crowd(town, 2)
    done = [one.do(hit, q="cat"), two.do(hit, q="cat")]
    assert state(rosa, done[0]) == "Submitted"
    town.advance(seconds=HOUR)
    assert [state(rosa, each) for each in done] == ["Approved", "Approved"]
    assert rosa.hit(hit)["HITStatus"] == "Reviewable"
    assert rosa.balance == ("999.88", "0.00")


def test_plurality_leaves_out_the_rejected_and_those_who_missed_known_answers(
    town: Town, rosa: Requester
) -> None:
    hit = rosa.create_hit(
        MaxAssignments=3,
        AssignmentReviewPolicy=known_answers(RejectIfKnownAnswerScoreIsLessThan=30),
        HITReviewPolicy=plurality(
            "q", QuestionAgreementThreshold=50, DisregardAssignmentIfRejected="T",
            DisregardAssignmentIfKnownAnswerScoreIsLessThan=60,
        ),
    )["HITId"]  # fmt: skip
    one, two, three = crowd(town, 3)
    one.do(hit, q="dog")
    two.do(hit, q="dog", q1="red")
    good = three.do(hit, q="cat", q1="red", q2="blue")
    found = results(report(rosa, hit)["HITReviewReport"])
    assert ("q", "AgreedAnswerFound", "false") in found
    assert {subject for subject, *_ in found} == {"q", good, hit}


def test_a_policy_and_its_requester_deciding_at_once_pay_once(town: Town, rosa: Requester) -> None:
    policy = plurality("q", QuestionAgreementThreshold=50, ApproveIfWorkerAgreementScoreIsAtLeast=50)
    hit = rosa.create_hit(MaxAssignments=4, HITReviewPolicy=policy)["HITId"]
    *others, last = crowd(town, 4)
    done = [worker.do(hit, q="x") for worker in others]
    accepted = last.accept(hit)

    def approve(assignment: str) -> bool:
        try:
            rosa("ApproveAssignment", AssignmentId=assignment)
        except InvalidAssignmentState:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        decided = [threads.submit(approve, assignment) for assignment in done]
        submitted = threads.submit(last.submit, accepted, q="x")
    submitted.result()
    assert [state(rosa, each) for each in (*done, accepted)] == ["Approved"] * 4
    assert rosa.balance == ("999.76", "0.00")
    said = [row[3] for row in actions(report(rosa, hit)["HITReviewReport"])]
    assert said.count("Already approved") == sum(each.result() for each in decided)


def test_a_delay_of_0_approves_what_the_policy_has_not_rejected(
    rosa: Requester, wei: Worker, ana: Worker
) -> None:
    hit = rosa.create_hit(
        MaxAssignments=2,
        AutoApprovalDelayInSeconds=0,
        AssignmentReviewPolicy=known_answers(RejectIfKnownAnswerScoreIsLessThan=30),
    )["HITId"]
    assert state(rosa, wei.do(hit)) == "Rejected"
    assert state(rosa, ana.do(hit, q1="red")) == "Approved"


def test_a_hit_without_policies_reports_its_id_alone(rosa: Requester, omar: Requester, wei: Worker) -> None:
    hit = rosa.create_hit()["HITId"]
    wei.do(hit)
    assert report(rosa, hit) == {"HITId": hit}
    with pytest.raises(HITDoesNotExist):
        report(omar, hit)


def test_the_report_can_be_narrowed_and_comes_in_pages(town: Town, rosa: Requester) -> None:
    policy = plurality(*CLOTHES, QuestionAgreementThreshold=50, ApproveIfWorkerAgreementScoreIsAtLeast=1)
    hit, _ = do_clothes(town, rosa, HITReviewPolicy=policy, AssignmentReviewPolicy=known_answers())
    whole = report(rosa, hit)
    assert len(whole["AssignmentReviewReport"]["ReviewResults"]) == 12
    assert whole["AssignmentReviewReport"]["ReviewActions"] == []
    assert len(whole["HITReviewReport"]["ReviewActions"]) == 3
    narrow = report(rosa, hit, PolicyLevels=["HIT"], RetrieveResults=False)
    assert narrow["HITReviewReport"] == {"ReviewActions": whole["HITReviewReport"]["ReviewActions"]}
    assert "AssignmentReviewReport" not in narrow
    joined: dict[str, dict[str, list[Any]]] = {}
    more: dict[str, str] = {}
    while True:
        page = report(rosa, hit, MaxResults=5, **more)
        count = 0
        for level in ("AssignmentReviewReport", "HITReviewReport"):
            for part in ("ReviewActions", "ReviewResults"):
                joined.setdefault(level, {}).setdefault(part, []).extend(page[level][part])
                count += len(page[level][part])
        assert count <= 5
        if "NextToken" not in page:
            assert count == 0
            break
        more = {"NextToken": page["NextToken"]}
    assert joined == {level: whole[level] for level in joined}
