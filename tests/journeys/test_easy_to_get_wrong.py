"""What real clients rely on and what is easy to get wrong, line by line of the list in the contract.

`LINES` says which test holds which line. What can be seen on the wire is tested here, over the wire.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from botocore.exceptions import ClientError, ParamValidationError
from lxml import etree

from kempelen.rules.system_qualifications import PRODUCTION_MASTERS, SANDBOX_MASTERS
from people import Requester, Town, Worker, external_question
from services.serving import MTURK, Served

TESTS = Path(__file__).resolve().parents[1]
WORKER_SITE = "the worker site"
"""Seen on the pages for workers alone, and tested with them."""
HERE = "journeys/test_easy_to_get_wrong.py::"
OLD_TOOLS = "journeys/test_old_tools.py::"
OPERATIONS = "operations/"
CREATING = "operations/publishing/test_publishing_contract.py"
PEOPLE = "operations/people/"

LINES: dict[int, tuple[str, ...]] = {
    1: (f"{HERE}test_every_page_but_the_empty_one_has_a_token", f"{OLD_TOOLS}test_otree"),
    2: (f"{HERE}test_every_page_but_the_empty_one_has_a_token",),
    3: (f"{HERE}test_an_operation_without_output_answers_an_object",),
    4: (f"{HERE}test_moments_are_numbers_and_money_is_text",),
    5: (f"{HERE}test_moments_are_numbers_and_money_is_text",),
    6: (f"{HERE}test_a_hit_is_answered_whole",),
    7: (f"{OPERATIONS}reviewing/test_deciding.py::test_submitted_and_undecided_work_is_in_no_counter",),
    8: (
        f"{OPERATIONS}reviewing/test_assignments.py::test_the_list_goes_by_time_of_submission_and_never_shows_accepted_work",
    ),
    9: (f"{HERE}test_refusals_have_the_words_clients_look_for",),
    10: (f"{HERE}test_refusals_have_the_words_clients_look_for",),
    11: (f"{HERE}test_a_refusal_is_400_and_never_tried_again",),
    12: (f"{CREATING}::test_a_repeated_token_is_an_error_that_names_the_hit",),
    13: (f"{CREATING}::test_equal_properties_are_one_type_however_they_are_written",),
    14: (WORKER_SITE,),
    15: (
        f"{OLD_TOOLS}test_mephisto_cleans_up",
        f"{OLD_TOOLS}test_psiturk_and_dallinger_expire_and_delete",
        f"{OPERATIONS}ending/test_hit_disposal.py::test_undecided_answers_keep_a_hit",
    ),
    16: (
        f"{OPERATIONS}ending/test_hit_expiration.py::test_a_moment_that_has_passed_ends_a_hit_at_once",
        f"{OPERATIONS}ending/test_hit_expiration.py::test_ending_it_again_changes_nothing",
    ),
    17: (
        f"{OPERATIONS}ending/test_hit_expiration.py::test_whoever_has_accepted_may_finish_after_the_end",
        f"{PEOPLE}test_worker_blocks.py::test_a_blocked_worker_may_still_hand_in_what_they_hold",
        f"{PEOPLE}test_qualifications.py::test_losing_a_qualification_leaves_accepted_work",
    ),
    18: (
        f"{OPERATIONS}reviewing/test_deciding.py::test_a_rejection_pays_nothing_gives_the_money_back_and_keeps_the_slot",
        f"{OPERATIONS}reviewing/test_deciding.py::"
        "test_a_rejection_is_taken_back_for_30_days_and_pays_from_the_available_balance",
    ),
    19: (f"{HERE}test_a_rejection_may_say_nothing_but_must_say_so",),
    20: (
        "operations/money/test_bonuses.py::"
        "test_submitted_approved_and_rejected_work_can_get_one_and_twice_without_a_token",
        "operations/money/test_bonuses.py::test_only_the_worker_who_submitted_it_can_get_one",
    ),
    21: (f"{HERE}test_failures_to_notify_are_always_a_list_and_no_error",),
    22: (f"{HERE}test_blocking_twice_and_unblocking_nobody_succeed",),
    23: (
        f"{HERE}test_a_second_grant_is_an_update_and_zero_is_a_value",
        f"{PEOPLE}test_qualifications.py::test_a_worker_is_told_of_news_unless_the_requester_says_no",
    ),
    24: (f"{OLD_TOOLS}test_dallinger_asks_for_scores",),
    25: (f"{OLD_TOOLS}test_dallinger_waits_until_its_qualification_is_listed",),
    26: (f"{OLD_TOOLS}test_dallinger_waits_until_its_qualification_is_listed",),
    27: (f"{HERE}test_a_hit_is_answered_whole",),
    28: (
        f"{HERE}test_answers_are_approved_after_30_days_where_nothing_is_said",
        f"{OPERATIONS}ending/test_sweeps.py::test_a_delay_of_nothing_approves_with_the_submission",
    ),
    29: (f"{HERE}test_the_market_s_own_types_are_known_in_both_worlds",),
    30: ("rules/test_questions.py::test_an_external_question_has_its_address_decoded_once", WORKER_SITE),
    31: (WORKER_SITE,),
    32: (WORKER_SITE,),
    33: (WORKER_SITE,),
    34: (f"{HERE}test_an_answer_s_first_child_is_the_name_and_the_second_the_value",),
    35: (f"{OLD_TOOLS}test_otree", WORKER_SITE),
    36: (
        f"{HERE}test_any_region_signs",
        "wire/test_signature.py::test_what_aws_clients_send_is_accepted",
        "wire/test_signature.py::test_five_minutes_of_skew_are_accepted",
        "wire/test_signature.py::test_a_session_token_we_issued_must_be_there_and_equal",
    ),
    37: (f"{HERE}test_a_balance_is_answered_to_every_key",),
    38: (
        "jobs/test_deliveries.py::test_an_https_receiver_is_asked_first_and_then_gets_signed_envelopes",
        "jobs/test_deliveries.py::test_a_topic_gets_them_too",
    ),
    39: (
        f"{OPERATIONS}reviewing/test_review_policies.py::"
        "test_known_answers_are_scored_approved_and_paid_before_anybody_sees_the_work",
    ),
    40: (f"{OPERATIONS}doing/test_accepting.py::test_of_many_who_want_the_last_slot_one_wins",),
    41: (f"{HERE}test_titles_count_characters_and_questions_bytes",),
    42: (
        "test_worlds.py::test_what_happens_in_one_world_leaves_every_row_of_the_other",
        "test_worlds.py::test_nothing_of_one_world_exists_in_the_other",
    ),
    43: (f"{OLD_TOOLS}test_otree", "journeys/test_clients.py::test_boto3_as_it_comes"),
    44: (f"{OLD_TOOLS}test_mephisto_reads_all_answers_at_once",),
    45: (f"{HERE}test_a_hit_is_answered_whole",),
}

TASK: dict[str, Any] = {
    "Title": "Is there a cat?",
    "Description": "Look at one picture.",
    "Reward": "0.05",
    "AssignmentDurationInSeconds": 600,
    "LifetimeInSeconds": 3600,
    "Question": external_question(),
}


def test_every_line_has_its_tests() -> None:
    assert list(LINES) == list(range(1, 46))
    for number, tests in LINES.items():
        for path, name in (each.split("::") for each in tests if each != WORKER_SITE):
            tree = ast.parse((TESTS / path).read_text())
            there = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            assert name in there, f"line {number}: {path} has no {name}"


@pytest.fixture
def mturk(served: Served, rosa: Requester) -> Any:
    """Rosa's boto3 client."""
    return served.boto3(rosa)


def raw(served: Served, person: Requester, operation: str, **members: Any) -> httpx2.Response:
    """The answer as it is on the wire."""
    return served.post(
        f"{MTURK}.{operation}", members, access_key=person.access_key, secret_key=person.secret_key
    )


def refusal(call: Any, **members: Any) -> dict[str, Any]:
    """What boto3 makes of the refusal of a call."""
    with pytest.raises(ClientError) as refused:
        call(**members)
    said: dict[str, Any] = refused.value.response
    return said


def pages(served: Served, person: Requester, operation: str, **members: Any) -> Iterator[dict[str, Any]]:
    """Every page, the empty one too."""
    while True:
        page: dict[str, Any] = raw(served, person, operation, **members).json()
        yield page
        if page["NumResults"] == 0:
            return
        members["NextToken"] = page["NextToken"]


# Lines 1 and 2.
def test_every_page_but_the_empty_one_has_a_token(
    served: Served, mturk: Any, rosa: Requester, wei: Worker, ana: Worker
) -> None:
    made = {"Name": "Cats", "Description": "Knows cats", "QualificationTypeStatus": "Active"}
    type_id = mturk.create_qualification_type(**made)["QualificationType"]["QualificationTypeId"]
    needs = [{"QualificationTypeId": type_id, "Comparator": "Exists"}]
    mturk.create_hit(**TASK, QualificationRequirements=needs)
    hit = mturk.create_hit(**TASK | {"MaxAssignments": 2})["HIT"]["HITId"]
    for worker in (wei, ana):
        worker("RequestQualification", QualificationTypeId=type_id)
        done = worker.do(hit)
        mturk.create_worker_block(WorkerId=worker.id, Reason="Enough")
        mturk.send_bonus(WorkerId=worker.id, AssignmentId=done, BonusAmount="0.01", Reason="Thanks")
        mturk.associate_qualification_with_worker(QualificationTypeId=type_id, WorkerId=worker.id)
    for operation, member, members, count in (
        ("ListHITs", "HITs", {}, 2),
        ("ListReviewableHITs", "HITs", {}, 1),
        ("ListHITsForQualificationType", "HITs", {"QualificationTypeId": type_id}, 1),
        ("ListAssignmentsForHIT", "Assignments", {"HITId": hit}, 2),
        ("ListBonusPayments", "BonusPayments", {"HITId": hit}, 2),
        ("ListWorkerBlocks", "WorkerBlocks", {}, 2),
        ("ListQualificationTypes", "QualificationTypes",
         {"MustBeRequestable": True, "MustBeOwnedByCaller": True}, 1),
        ("ListQualificationRequests", "QualificationRequests", {}, 2),
        ("ListWorkersWithQualificationType", "Qualifications", {"QualificationTypeId": type_id}, 2),
    ):  # fmt: skip
        found = list(pages(served, rosa, operation, **members, MaxResults=1))
        assert [page["NumResults"] for page in found] == [1] * count + [0], operation
        assert [len(page[member]) for page in found] == [1] * count + [0], operation
        tokens = [page["NextToken"] for page in found[:-1]]
        assert len(set(tokens)) == count and all(0 < len(token) <= 255 for token in tokens), operation
        assert "NextToken" not in found[-1], operation


# Line 3.
def test_an_operation_without_output_answers_an_object(served: Served, rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit()["HITId"]
    assignment = wei.do(hit)
    for operation, members in (
        ("ApproveAssignment", {"AssignmentId": assignment}),
        ("CreateWorkerBlock", {"WorkerId": wei.id, "Reason": "Enough"}),
        ("DeleteWorkerBlock", {"WorkerId": wei.id}),
        ("UpdateExpirationForHIT", {"HITId": hit, "ExpireAt": 0}),
        ("UpdateHITReviewStatus", {"HITId": hit}),
        ("DeleteHIT", {"HITId": hit}),
    ):
        answer = raw(served, rosa, operation, **members)
        assert (answer.status_code, answer.content) == (200, b"{}"), operation


# Lines 4 and 5.
def test_moments_are_numbers_and_money_is_text(
    served: Served, town: Town, rosa: Requester, wei: Worker
) -> None:
    hit = raw(served, rosa, "CreateHIT", **TASK).json()["HIT"]
    assert hit["Expiration"] - hit["CreationTime"] == 3600
    assert hit["CreationTime"] == town.now // 1000
    assignment = wei.do(hit["HITId"])
    raw(served, rosa, "ApproveAssignment", AssignmentId=assignment)
    shown = raw(served, rosa, "GetAssignment", AssignmentId=assignment).json()["Assignment"]
    for name in ("AcceptTime", "SubmitTime", "ApprovalTime", "AutoApprovalTime"):
        assert type(shown[name]) in (int, float), name
    bonus = {"WorkerId": wei.id, "AssignmentId": assignment, "BonusAmount": "1", "Reason": "Thanks"}
    assert raw(served, rosa, "SendBonus", **bonus).json() == {}
    (payment,) = raw(served, rosa, "ListBonusPayments", AssignmentId=assignment).json()["BonusPayments"]
    assert (hit["Reward"], payment["BonusAmount"]) == ("0.05", "1.00")
    balance = raw(served, rosa, "GetAccountBalance").json()["AvailableBalance"]
    assert isinstance(balance, str) and float(balance) == 998.74


# Lines 6, 27 and 45.
def test_a_hit_is_answered_whole(served: Served, rosa: Requester) -> None:
    made = raw(served, rosa, "CreateHIT", **TASK).json()["HIT"]
    assert made["QualificationRequirements"] == []
    assert made["HITStatus"] == "Assignable" and made["HITReviewStatus"] == "NotReviewed"
    counters = [made[f"NumberOfAssignments{name}"] for name in ("Pending", "Available", "Completed")]
    assert counters == [0, 1, 0] and made["MaxAssignments"] == 1
    assert made["Question"] == TASK["Question"] and made["HITGroupId"] and made["HITTypeId"]
    assert "LifetimeInSeconds" not in made and "Keywords" not in made and None not in made.values()
    assert made["Expiration"] == made["CreationTime"] + TASK["LifetimeInSeconds"]
    assert raw(served, rosa, "GetHIT", HITId=made["HITId"]).json()["HIT"] == made
    assert raw(served, rosa, "ListHITs").json()["HITs"] == [made]


# Lines 9 and 10.
def test_refusals_have_the_words_clients_look_for(served: Served, rosa: Requester, wei: Worker) -> None:
    mturk = served.boto3(rosa)
    made = {"Name": "Cats", "Description": "Knows cats", "QualificationTypeStatus": "Active"}
    type_id = mturk.create_qualification_type(**made)["QualificationType"]["QualificationTypeId"]
    accepted = wei.accept(rosa.create_hit()["HITId"])
    done = wei.do(rosa.create_hit()["HITId"])
    mturk.approve_assignment(AssignmentId=done)
    disposed = rosa.create_hit()["HITId"]
    mturk.update_expiration_for_hit(HITId=disposed, ExpireAt=0)
    mturk.delete_hit(HITId=disposed)
    token = {"UniqueRequestToken": "once"}
    bonus = {"WorkerId": wei.id, "AssignmentId": done, "BonusAmount": "0.01", "Reason": "Thanks"} | token
    mturk.send_bonus(**bonus)
    score = {"QualificationTypeId": type_id, "WorkerId": wei.id}
    never = refusal(mturk.get_qualification_score, **score)
    mturk.associate_qualification_with_worker(**score)
    mturk.disassociate_qualification_from_worker(**score)
    revoked = refusal(mturk.get_qualification_score, **score)
    mturk.delete_qualification_type(QualificationTypeId=type_id)
    for said, code, words in (
        (refusal(mturk.get_hit, HITId="3NONE"), "HITDoesNotExist", "Hit 3NONE does not exist."),
        (refusal(mturk.approve_assignment, AssignmentId="3NONE"), "AssignmentDoesNotExist",
         "Assignment 3NONE does not exist."),
        (refusal(mturk.approve_assignment, AssignmentId=done), "InvalidAssignmentState",
         "operation can be called with a status of: Submitted"),
        (refusal(mturk.approve_assignment, AssignmentId=accepted), "InvalidAssignmentState",
         "This operation can be called with a status of: null"),
        (refusal(mturk.get_assignment, AssignmentId=accepted), "InvalidAssignmentState",
         "operation can be called with a status of: Reviewable,Approved,Rejected"),
        (refusal(mturk.delete_hit, HITId=disposed), "InvalidHITState",
         "This HIT is currently in the state 'Disposed'.  This operation can be called with a status of: "
         "Reviewing, Reviewable"),
        (never, "QualificationDoesNotExist", "You requested a Qualification that does not exist."),
        (revoked, "InvalidQualificationState", "operation can be called with a status of: Granted"),
        (refusal(mturk.associate_qualification_with_worker, **score), "InvalidQualificationTypeState",
         "operation can be called with a status of: Active,Inactive"),
        (refusal(mturk.create_hit, **TASK | {"Reward": "999999.00"}), "InsufficientFunds",
         "This Requester has insufficient funds in their account to complete this transaction."),
        (refusal(mturk.send_bonus, **bonus), "DuplicateRequest", "idempotency"),
    ):  # fmt: skip
        assert said["Error"]["Code"] == "RequestError", said
        assert said["TurkErrorCode"] == f"AWS.MechanicalTurk.{code}", said
        assert words in said["Error"]["Message"], said
        assert said["Message"] == said["Error"]["Message"]
        assert re.search(r" \(\d{13}\)$", said["Message"]), said
    unknown = refusal(mturk.create_worker_block, WorkerId="ANOBODY", Reason="Enough")["Error"]
    assert unknown["Code"] == "ParameterValidationError"
    assert 'The value "ANOBODY" is not valid for the parameter WorkerId.' in unknown["Message"]
    assert (
        "WorkerId is invalid." in refusal(mturk.delete_worker_block, WorkerId="ANOBODY")["Error"]["Message"]
    )
    there = refusal(served.boto3(rosa, "sandbox").get_hit, HITId="3NONE")["Error"]["Message"]
    assert re.fullmatch(r"Hit 3NONE does not exist\. \(\d{13} s\)", there)


# Line 11.
def test_a_refusal_is_400_and_never_tried_again(served: Served, rosa: Requester) -> None:
    import boto3

    client = boto3.client(
        "mturk",
        endpoint_url=served.url(),
        region_name="us-east-1",
        aws_access_key_id=rosa.access_key,
        aws_secret_access_key=rosa.secret_key,
    )
    for call, members in (
        (client.get_hit, {"HITId": "3NONE"}),
        (client.create_hit, TASK | {"Question": "<not xml"}),
        (client.create_hit, TASK | {"Reward": "0.123"}),
    ):
        said = refusal(call, **members)["ResponseMetadata"]
        assert (said["HTTPStatusCode"], said["RetryAttempts"]) == (400, 0)


# Line 19.
def test_a_rejection_may_say_nothing_but_must_say_so(mturk: Any, rosa: Requester, wei: Worker) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"])
    with pytest.raises(ParamValidationError):
        mturk.reject_assignment(AssignmentId=assignment)
    mturk.reject_assignment(AssignmentId=assignment, RequesterFeedback="")
    assert mturk.get_assignment(AssignmentId=assignment)["Assignment"]["AssignmentStatus"] == "Rejected"


# Line 21.
def test_failures_to_notify_are_always_a_list_and_no_error(
    mturk: Any, rosa: Requester, wei: Worker, ana: Worker
) -> None:
    rosa("ApproveAssignment", AssignmentId=wei.do(rosa.create_hit()["HITId"]))
    letter = {"Subject": "New work", "MessageText": "Come!"}
    assert mturk.notify_workers(**letter, WorkerIds=[wei.id])["NotifyWorkersFailureStatuses"] == []
    answer = mturk.notify_workers(**letter, WorkerIds=[wei.id, ana.id])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    (failure,) = answer["NotifyWorkersFailureStatuses"]
    assert (failure["WorkerId"], failure["NotifyWorkersFailureCode"]) == (ana.id, "HardFailure")


# Line 22.
def test_blocking_twice_and_unblocking_nobody_succeed(mturk: Any, wei: Worker) -> None:
    for _ in range(2):
        mturk.create_worker_block(WorkerId=wei.id, Reason="Enough")
    for _ in range(2):
        mturk.delete_worker_block(WorkerId=wei.id)
    assert mturk.list_worker_blocks()["WorkerBlocks"] == []


# Line 23.
def test_a_second_grant_is_an_update_and_zero_is_a_value(mturk: Any, wei: Worker) -> None:
    made = {"Name": "Cats", "Description": "Knows cats", "QualificationTypeStatus": "Active"}
    given = {"QualificationTypeId": mturk.create_qualification_type(**made)["QualificationType"]
             ["QualificationTypeId"], "WorkerId": wei.id}  # fmt: skip
    for value, shown in ((None, 1), (7, 7), (0, 0)):
        value_given = {} if value is None else {"IntegerValue": value}
        mturk.associate_qualification_with_worker(**given, **value_given)
        assert mturk.get_qualification_score(**given)["Qualification"]["IntegerValue"] == shown


# Line 28.
def test_answers_are_approved_after_30_days_where_nothing_is_said(
    mturk: Any, town: Town, rosa: Requester, wei: Worker
) -> None:
    silent, quick = mturk.create_hit(**TASK)["HIT"], mturk.create_hit(
        **TASK, AutoApprovalDelayInSeconds=0
    )["HIT"]  # fmt: skip
    assert (silent["AutoApprovalDelayInSeconds"], quick["AutoApprovalDelayInSeconds"]) == (2_592_000, 0)
    shown = mturk.get_assignment(AssignmentId=wei.do(silent["HITId"]))["Assignment"]
    assert (shown["AutoApprovalTime"] - shown["SubmitTime"]).days == 30
    assert shown["AssignmentStatus"] == "Submitted"
    shown = mturk.get_assignment(AssignmentId=wei.do(quick["HITId"]))["Assignment"]
    assert shown["AssignmentStatus"] == "Approved" and shown["AutoApprovalTime"] == shown["SubmitTime"]
    assert shown["AutoApprovalTime"] == datetime.fromtimestamp(town.now // 1000, UTC)


# Line 29.
def test_the_market_s_own_types_are_known_in_both_worlds(served: Served, rosa: Requester) -> None:
    old = ("000000000000000000L0", "00000000000000000000", "00000000000000000070", "000000000000000000E0")
    old += ("000000000000000000S0", "00000000000000000040", "00000000000000000060", "00000000000000000071")
    assert PRODUCTION_MASTERS != SANDBOX_MASTERS
    for world in ("production", "sandbox"):
        mturk = served.boto3(rosa, world)
        for type_id in (PRODUCTION_MASTERS, SANDBOX_MASTERS, *old):
            found = mturk.get_qualification_type(QualificationTypeId=type_id)["QualificationType"]
            assert found["QualificationTypeId"] == type_id and not found["IsRequestable"]
        for masters in (PRODUCTION_MASTERS, SANDBOX_MASTERS):
            needs = [{"QualificationTypeId": masters, "Comparator": "Exists"}]
            made = mturk.create_hit(**TASK, QualificationRequirements=needs)["HIT"]
            assert made["QualificationRequirements"][0]["QualificationTypeId"] == masters


# Line 34.
def test_an_answer_s_first_child_is_the_name_and_the_second_the_value(
    mturk: Any, rosa: Requester, wei: Worker
) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    given = {"label": "a <cat> & more\u2026", "empty": "", "assignmentId": assignment, "label2": "x"}
    wei.submit(assignment, **given)
    answer = mturk.get_assignment(AssignmentId=assignment)["Assignment"]["Answer"]
    assert answer.isascii()
    root = etree.fromstring(answer.encode())
    assert root.nsmap == {
        None: "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/"
        "QuestionFormAnswers.xsd"
    }
    found = [(each[0].tag.split("}")[1], each[0].text, each[1].text or "") for each in root]
    wanted = [(name, value) for name, value in given.items() if name != "assignmentId"]
    assert found == [("QuestionIdentifier", name, value) for name, value in wanted]


# Line 36.
def test_any_region_signs(served: Served, rosa: Requester) -> None:
    import boto3

    for region in ("us-east-1", "eu-west-1", "xx-nowhere-9"):
        client = boto3.client(
            "mturk",
            endpoint_url=served.url(),
            region_name=region,
            aws_access_key_id=rosa.access_key,
            aws_secret_access_key=rosa.secret_key,
        )
        assert client.get_account_balance()["AvailableBalance"] == "1000.00"


# Line 37.
def test_a_balance_is_answered_to_every_key(served: Served, town: Town, rosa: Requester) -> None:
    made = rosa("CreateAccessKey", Policies=["AmazonMechanicalTurkReadOnly"])
    poor = town.requester("Poor")
    keys = {made["AccessKey"]["AccessKeyId"]: made["SecretAccessKey"], poor.access_key: poor.secret_key}
    found = [
        served.boto3(access_key=key, secret_key=secret).get_account_balance()["AvailableBalance"]
        for key, secret in keys.items()
    ]
    assert found == ["1000.00", "0.00"]


# Line 41.
def test_titles_count_characters_and_questions_bytes(mturk: Any) -> None:
    assert mturk.create_hit(**TASK | {"Title": "\U0001f408" * 128})["HIT"]["Title"] == "\U0001f408" * 128
    said = refusal(mturk.create_hit, **TASK | {"Title": "c" * 129})["Error"]
    assert said["Code"] in ("ValidationException", "ParameterValidationError")
    page = (
        '<HTMLQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/'
        'HTMLQuestion.xsd"><HTMLContent><![CDATA[{}]]></HTMLContent><FrameHeight>0</FrameHeight></HTMLQuestion>'
    )
    room = 65_535 - len(page.format(""))
    mturk.create_hit(**TASK | {"Question": page.format("c" * room)})
    mturk.create_hit(**TASK | {"Question": page.format("\u00e9" * (room // 2))})
    for text in ("c" * (room + 1), "\u00e9" * (room // 2 + 1)):
        refusal(mturk.create_hit, **TASK | {"Question": page.format(text)})


def test_the_answers_of_a_crowd_form_are_a_list_of_one_object(
    mturk: Any, rosa: Requester, wei: Worker
) -> None:
    """Line 35, as the API shows it."""
    assignment = wei.accept(rosa.create_hit()["HITId"])
    wei.submit(assignment, taskAnswers=json.dumps([{"completion_code": "abc"}]))
    answer = mturk.get_assignment(AssignmentId=assignment)["Assignment"]["Answer"]
    (only,) = etree.fromstring(answer.encode())
    assert only[0].text == "taskAnswers" and json.loads(only[1].text)[0]["completion_code"] == "abc"
