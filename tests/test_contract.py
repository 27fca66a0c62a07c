"""What a caller sends is checked, what an operation answers is written, as the service model says."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kempelen.contract import MTURK, Contract, Operation, load, snake_case
from kempelen.errors import ParameterValidationError, Refusal, SerializationException, ValidationException

CONTRACT = load(MTURK)
HIT_ID = "3XXLLTB6EXAMPLE0000000000000AB"
WORKER_ID = "A2ROSAEXAMPLE0"


def check(name: str, payload: object) -> dict[str, Any]:
    return CONTRACT.operations[name].check(payload)


def a_hit(**changes: object) -> dict[str, object]:
    return {
        "LifetimeInSeconds": 86400,
        "AssignmentDurationInSeconds": 600,
        "Reward": "0.05",
        "Title": "Name the animal",
        "Description": "Look at a picture and name the animal",
        "Question": "<ExternalQuestion/>",
    } | changes


def a_bonus(**changes: object) -> dict[str, object]:
    return {
        "WorkerId": WORKER_ID,
        "BonusAmount": "1.00",
        "AssignmentId": HIT_ID,
        "Reason": "well done",
    } | changes


def a_requirement(**changes: object) -> dict[str, object]:
    return {"QualificationTypeId": "000000000000000000L0", "Comparator": "GreaterThan"} | changes


def message_of(refusal: pytest.ExceptionInfo[Any]) -> str:
    message = refusal.value.message
    assert isinstance(message, str)
    message.encode()  # Whatever was sent, a door can send it back.
    return message


# --- names ---


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("HITTypeId", "hit_type_id"),
        ("HITLayoutId", "hit_layout_id"),
        ("HITReviewPolicy", "hit_review_policy"),
        ("MaxResults", "max_results"),
        ("HITs", "hits"),
        ("ListHITsForQualificationType", "list_hits_for_qualification_type"),
        ("CreateHITWithHITType", "create_hit_with_hit_type"),
        ("GetFileUploadURL", "get_file_upload_url"),
    ],
)
def test_contract_names_have_one_python_spelling(name: str, spelled: str) -> None:
    assert snake_case(name) == spelled


def test_an_operation_knows_its_keywords() -> None:
    operation = CONTRACT.operations["SendBonus"]
    required = {"worker_id", "bonus_amount", "assignment_id", "reason"}
    assert operation.required_keyword_names == required
    assert operation.keyword_names == required | {"unique_request_token"}
    assert next(iter(operation.input_members)) == "WorkerId"
    assert operation.input_members["BonusAmount"].keyword == "bonus_amount"
    assert not operation.idempotent
    assert CONTRACT.operations["GetHIT"].idempotent
    assert CONTRACT.target_prefix == "MTurkRequesterServiceV20170117"


# --- what is right ---


def test_top_level_names_become_keywords_and_inner_names_stay() -> None:
    payload = a_hit(
        QualificationRequirements=[a_requirement(IntegerValues=[95], LocaleValues=None, Colour=1)]
    )
    keywords = check("CreateHIT", payload)
    assert keywords["lifetime_in_seconds"] == 86400
    assert keywords["qualification_requirements"] == [
        {"QualificationTypeId": "000000000000000000L0", "Comparator": "GreaterThan", "IntegerValues": [95]}
    ]


def test_unknown_members_are_ignored_and_null_is_absent() -> None:
    assert check("ListHITs", {"MaxResults": None, "Colour": "blue"}) == {}


def test_an_operation_without_parameters_takes_the_empty_object() -> None:
    assert check("GetAccountBalance", {}) == {}


def test_zero_false_and_the_empty_string_are_values() -> None:
    feedback = {"AssignmentId": HIT_ID, "RequesterFeedback": ""}
    assert check("RejectAssignment", feedback)["requester_feedback"] == ""
    approval = {"AssignmentId": HIT_ID, "OverrideRejection": False}
    assert check("ApproveAssignment", approval)["override_rejection"] is False
    score = {"QualificationTypeId": HIT_ID, "WorkerId": WORKER_ID, "IntegerValue": 0}
    assert check("AssociateQualificationWithWorker", score)["integer_value"] == 0


@pytest.mark.parametrize("amount", ["1", "1.", "1.5", "0.00", "1000000.00", "0000.05"])
def test_every_spelling_of_an_amount_is_taken(amount: str) -> None:
    assert check("CreateHIT", a_hit(Reward=amount))["reward"] == amount


@pytest.mark.parametrize(
    ("sent", "milliseconds"),
    [
        (0, 0),
        (1631094715, 1631094715000),
        (1631094715.25, 1631094715250),
        ("1631094715", 1631094715000),
        ("1631094715.5", 1631094715500),
        ("-1", -1000),
        ("2021-09-08T09:51:55Z", 1631094715000),
        ("2021-09-08T11:51:55+02:00", 1631094715000),
        ("2021-09-08T09:51:55.125", 1631094715125),
        ("2021-09-08", 1631059200000),
    ],
)
def test_timestamps_are_taken_in_every_usual_spelling(sent: object, milliseconds: int) -> None:
    keywords = check("UpdateExpirationForHIT", {"HITId": HIT_ID, "ExpireAt": sent})
    assert keywords["expire_at"] == milliseconds
    assert type(keywords["expire_at"]) is int


# --- wrong JSON types ---


@pytest.mark.parametrize(
    "sent",
    [
        math.nan, math.inf, -math.inf, 1e300,
        pytest.param(10**5000, id="huge"), 253402300800, -(10**12), "soon", "", "nan", "1e9",
        pytest.param("9" * 5000, id="long"), "2021-13-01", "١٢٣", True, [], {}, "0001-01-01T00:00:00+23:59",
    ],
)  # fmt: skip
def test_what_names_no_moment_is_refused(sent: object) -> None:
    with pytest.raises(SerializationException, match=r"^ExpireAt: expected a moment") as refusal:
        check("UpdateExpirationForHIT", {"HITId": HIT_ID, "ExpireAt": sent})
    assert len(message_of(refusal)) < 1000


@pytest.mark.parametrize("payload", [None, [], "text", 1, True])
def test_the_root_is_an_object(payload: object) -> None:
    with pytest.raises(SerializationException, match=r"^The request: expected an object"):
        check("GetAccountBalance", payload)


@pytest.mark.parametrize(
    ("member", "sent", "expected"),
    [
        ("Title", 5, "a string"),
        ("Title", True, "a string"),
        ("Reward", 0.05, "a string"),
        ("MaxAssignments", "3", "a whole number of 32 bits"),
        ("MaxAssignments", 3.0, "a whole number of 32 bits"),
        ("MaxAssignments", True, "a whole number of 32 bits"),
        ("MaxAssignments", 2**31, "a whole number of 32 bits"),
        ("LifetimeInSeconds", 2**63, "a whole number of 64 bits"),
        pytest.param("LifetimeInSeconds", -(10**5000), "a whole number of 64 bits", id="huge"),
        ("QualificationRequirements", {}, "a list"),
        ("AssignmentReviewPolicy", [], "an object"),
        ("Question", "a\0b", "a string"),
        ("Question", "é\0", "a string"),
        ("Question", "half \ud83d a pair", "a string"),
    ],
)
def test_types_are_not_coerced(member: str, sent: object, expected: str) -> None:
    with pytest.raises(SerializationException) as refusal:
        check("CreateHIT", a_hit(**{member: sent}))
    assert message_of(refusal).startswith(f"{member}: expected {expected}, found ")


def test_a_wrong_type_deep_inside_is_named_by_its_path() -> None:
    payload = a_hit(QualificationRequirements=[a_requirement(), a_requirement(IntegerValues=[1, "2"])])
    with pytest.raises(SerializationException, match=r"^QualificationRequirements\.2\.IntegerValues\.2: "):
        check("CreateHIT", payload)


def test_null_is_no_member_of_a_list() -> None:
    with pytest.raises(SerializationException, match=r"^WorkerIds\.1: expected a string, found null\.$"):
        check("NotifyWorkers", {"Subject": "s", "MessageText": "m", "WorkerIds": [None]})


def test_a_wrong_type_is_told_before_a_broken_constraint() -> None:
    with pytest.raises(SerializationException):
        check("SendBonus", a_bonus(WorkerId="not an id", Reason=1))


# --- the model's constraints, in the words of AWS ---


def test_a_broken_pattern_reads_as_on_mturk() -> None:
    with pytest.raises(ValidationException) as refusal:
        check("SendBonus", a_bonus(BonusAmount="0.9752"))
    assert message_of(refusal) == (
        "1 validation error detected: Value '0.9752' at 'bonusAmount' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: ^[0-9]+(\.)?[0-9]{0,2}$"
    )


def test_a_missing_member_reads_as_on_mturk() -> None:
    payload = a_bonus()
    del payload["Reason"]
    with pytest.raises(ValidationException) as refusal:
        check("SendBonus", payload)
    assert message_of(refusal) == (
        "1 validation error detected: Value null at 'reason' failed to satisfy constraint: "
        "Member must not be null"
    )


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ValidationException) as refusal:
        check("ListReviewableHITs", {"HITTypeId": "a b", "Status": "Gone", "MaxResults": 500})
    assert message_of(refusal) == (
        "3 validation errors detected: "
        "Value 'a b' at 'hITTypeId' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: ^[A-Z0-9]+$; "
        "Value 'Gone' at 'status' failed to satisfy constraint: "
        "Member must satisfy enum value set: [Reviewable, Reviewing]; "
        "Value '500' at 'maxResults' failed to satisfy constraint: "
        "Member must have value less than or equal to 100"
    )
    assert refusal.value.facts["parameters"] == ("HITTypeId", "Status", "MaxResults")


def test_lengths_and_least_values_are_told() -> None:
    with pytest.raises(ValidationException) as refusal:
        check("ListHITs", {"NextToken": "", "MaxResults": 0})
    assert (
        "at 'nextToken' failed to satisfy constraint: Member must have length greater than or equal to 1"
        in (message_of(refusal))
    )
    assert "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than" in (
        message_of(refusal)
    )


def test_the_path_leads_into_lists_and_structures() -> None:
    with pytest.raises(ValidationException) as refusal:
        check(
            "CreateHIT", a_hit(QualificationRequirements=[a_requirement(), a_requirement(Comparator="Near")])
        )
    assert "Value 'Near' at 'qualificationRequirements.2.member.comparator' failed" in message_of(refusal)


def test_a_list_of_ids_is_named_as_a_whole() -> None:
    with pytest.raises(ValidationException) as refusal:
        sent = [WORKER_ID, "bad", "worse"]
        check("NotifyWorkers", {"Subject": "s", "MessageText": "m", "WorkerIds": sent})
    assert message_of(refusal) == (
        f"1 validation error detected: Value '[{WORKER_ID}, bad, worse]' at 'workerIds' failed to satisfy "
        "constraint: Member must satisfy constraint: [Member must have length less than or equal to 64, "
        "Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: "
        "^A[A-Z0-9]+$]"
    )


@pytest.mark.parametrize("amount", ["0.05\n", "٠.٠٥", "-1", ".5", "1.234", "1,00", "", "$1"])
def test_patterns_hold_for_the_whole_text(amount: str) -> None:
    with pytest.raises(ValidationException):
        check("CreateHIT", a_hit(Reward=amount))


def test_the_model_speaks_before_our_own_limits() -> None:
    with pytest.raises(ValidationException, match=r"^1 validation error detected: Value 'x'"):
        check("CreateHIT", a_hit(Title="", Reward="x"))


def test_messages_stay_short_whatever_was_sent() -> None:
    requirements = [a_requirement(Comparator="x" * 100_000) for _ in range(10)]
    with pytest.raises(ValidationException) as refusal:
        check("CreateHIT", a_hit(QualificationRequirements=requirements, HITLayoutId="é" * 100_000))
    assert message_of(refusal).startswith("12 validation errors detected: ")
    assert len(message_of(refusal)) < 10_000


# --- our own limits ---


@pytest.mark.parametrize(
    ("operation", "payload", "message"),
    [
        (
            "CreateHIT",
            a_hit(Title=""),
            'The value "" is not valid for the parameter Title. It must have 1 to 128 characters.',
        ),
        (
            "CreateHIT",
            a_hit(LifetimeInSeconds=29),
            'The value "29" is not valid for the parameter LifetimeInSeconds. '
            "It must be between 30 and 31536000.",
        ),
        (
            "CreateHIT",
            a_hit(RequesterAnnotation="é" * 256),
            f'The value "{"é" * 256}" is not valid for the parameter RequesterAnnotation. '
            "It must have at most 255 characters.",
        ),
        (
            "CreateHIT",
            a_hit(Reward="1000000.01"),
            'The value "1000000.01" is not valid for the parameter Reward. '
            "It must be an amount between 0.00 and 1000000.00.",
        ),
        (
            "SendBonus",
            a_bonus(BonusAmount="0.00"),
            'The value "0.00" is not valid for the parameter BonusAmount. '
            "It must be an amount between 0.01 and 1000000.00.",
        ),
        (
            "NotifyWorkers",
            {"Subject": "Hi\r\nBcc: all", "MessageText": "m", "WorkerIds": [WORKER_ID]},
            'The value "Hi\r\nBcc: all" is not valid for the parameter Subject. '
            "It must not contain line breaks.",
        ),
        (
            "RejectAssignment",
            {"AssignmentId": HIT_ID, "RequesterFeedback": "no\x0bno"},
            'The value "no\x0bno" is not valid for the parameter RequesterFeedback. '
            "It must not contain control characters.",
        ),
        (
            "NotifyWorkers",
            {"Subject": "s", "MessageText": "m", "WorkerIds": []},
            'The value "[]" is not valid for the parameter WorkerIds. It must have 1 to 100 members.',
        ),
        (
            "CreateHIT",
            a_hit(QualificationRequirements=[a_requirement(QualificationTypeId="")]),
            'The value "" is not valid for the parameter QualificationRequirements.1.QualificationTypeId. '
            "It must have 1 to 255 bytes in UTF-8.",
        ),
    ],
)
def test_our_limits_say_what_would_be_right(operation: str, payload: object, message: str) -> None:
    with pytest.raises(ParameterValidationError) as refusal:
        check(operation, payload)
    assert message_of(refusal) == message


def test_a_question_is_measured_in_bytes_and_a_title_in_characters() -> None:
    check("CreateHIT", a_hit(Question="é" * 32767, Title="é" * 128))
    with pytest.raises(ParameterValidationError, match="65535 bytes in UTF-8"):
        check("CreateHIT", a_hit(Question="é" * 32768))
    with pytest.raises(ParameterValidationError, match="128 characters"):
        check("CreateHIT", a_hit(Title="é" * 129))


def test_several_limits_are_told_together() -> None:
    with pytest.raises(ParameterValidationError) as refusal:
        check("CreateHIT", a_hit(Title="", Description="", MaxAssignments=0))
    assert message_of(refusal).count("is not valid for the parameter") == 3
    assert set(refusal.value.facts["parameters"]) == {"Title", "Description", "MaxAssignments"}


@pytest.mark.parametrize(
    ("member", "values", "most"),
    [("IntegerValues", [1] * 16, 15), ("LocaleValues", [{"Country": "US"}] * 31, 30)],
)
def test_a_requirement_compares_with_a_bounded_list(member: str, values: list[object], most: int) -> None:
    check("CreateHIT", a_hit(QualificationRequirements=[a_requirement(**{member: values[:most]})]))
    with pytest.raises(ParameterValidationError, match=f"at most {most} members"):
        check("CreateHIT", a_hit(QualificationRequirements=[a_requirement(**{member: values})]))


def test_what_stands_in_too_long_a_list_is_never_looked_at() -> None:
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    strange: list[object] = ["\ud800", 10**5000, nested, {"a": 1}, math.nan]
    with pytest.raises(ParameterValidationError, match="at most 10 members") as refusal:
        check("CreateHIT", a_hit(QualificationRequirements=strange * 100_000))
    assert len(message_of(refusal)) < 10_000


def test_an_amount_with_thousands_of_digits_is_refused_not_parsed() -> None:
    with pytest.raises(ParameterValidationError, match="parameter Reward"):
        check("CreateHIT", a_hit(Reward="0" * 100_000 + "1"))


MEMBER_NAMES = sorted(
    {name for shape in CONTRACT.model["shapes"].values() for name in shape.get("members", ())}
)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["0.05", HIT_ID])
)
PAYLOADS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(MEMBER_NAMES), inner),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(sorted(CONTRACT.operations)), payload=st.dictionaries(st.text(), SCALARS) | PAYLOADS
)
def test_whatever_is_sent_is_taken_or_refused(name: str, payload: object) -> None:
    try:
        keywords = check(name, payload)
    except Refusal as refusal:
        refusal.message.encode()
    else:
        assert CONTRACT.operations[name].required_keyword_names <= keywords.keys()
        assert keywords.keys() <= CONTRACT.operations[name].keyword_names


# --- answers ---


def write(name: str, result: dict[str, Any] | None) -> dict[str, Any]:
    return CONTRACT.operations[name].write(result)


def test_times_are_written_as_epoch_seconds() -> None:
    hit = {"HITId": HIT_ID, "CreationTime": 1631094715000, "Expiration": 1631094715163}
    answer = write("GetHIT", {"HIT": hit})
    assert answer == {"HIT": {"HITId": HIT_ID, "CreationTime": 1631094715, "Expiration": 1631094715.163}}


def test_members_without_value_are_left_out_and_empty_lists_stay() -> None:
    hit = {
        "HITId": HIT_ID,
        "Keywords": None,
        "QualificationRequirements": (),
        "NumberOfAssignmentsPending": 0,
    }
    assert json.dumps(write("GetHIT", {"HIT": hit})) == json.dumps(
        {"HIT": {"HITId": HIT_ID, "QualificationRequirements": [], "NumberOfAssignmentsPending": 0}}
    )


def test_an_operation_that_answers_nothing_answers_the_empty_object() -> None:
    assert write("DeleteHIT", None) == {}
    assert write("GetAccountBalance", {"AvailableBalance": "10000.00", "OnHoldBalance": None}) == {
        "AvailableBalance": "10000.00"
    }


@pytest.mark.parametrize(
    ("operation", "result"),
    [
        ("DeleteHIT", {"HITId": HIT_ID}),
        ("GetHIT", {"HIT": {"LifetimeInSeconds": 30}}),
        ("GetHIT", {"HIT": {"Lifetime": None}}),
        ("GetHIT", {"HIT": {"MaxAssignments": True}}),
        ("GetHIT", {"HIT": {"MaxAssignments": "3"}}),
        ("GetHIT", {"HIT": {"Reward": 5}}),
        ("GetHIT", {"HIT": {"CreationTime": 1.5}}),
        ("GetHIT", {"HIT": HIT_ID}),
        ("ListHITs", {"HITs": HIT_ID}),
        ("ListHITs", {"HITs": [{"Colour": "blue"}]}),
    ],
)
def test_an_answer_the_contract_does_not_declare_is_a_bug(operation: str, result: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        write(operation, result)


# --- another contract of our own ---

OURS = {
    "metadata": {"targetPrefix": "KempelenV1", "signingName": "mturk-requester"},
    "operations": {
        "Measure": {"name": "Measure", "input": {"shape": "Measuring"}, "output": {"shape": "Measured"}},
        "Ping": {"name": "Ping"},
    },
    "shapes": {
        "Measuring": {
            "type": "structure",
            "required": ["Labels"],
            "members": {
                "Labels": {"shape": "Labels"},
                "Share": {"shape": "Share"},
                "Since": {"shape": "Timestamp", "kempelen": {"min": 0}},
            },
        },
        "Measured": {
            "type": "structure",
            "members": {"Share": {"shape": "Share"}, "Labels": {"shape": "Labels"}},
        },
        "Labels": {"type": "map", "key": {"shape": "Key"}, "value": {"shape": "Text"}, "max": 2},
        "Key": {"type": "string", "max": 8},
        "Text": {"type": "string"},
        "Share": {"type": "double", "min": 0, "max": 1},
        "Timestamp": {"type": "timestamp"},
    },
}


@pytest.fixture
def ours(tmp_path: Path) -> Contract:
    file = tmp_path / "ours-1.json"
    file.write_text(json.dumps(OURS))
    return load(file)


@pytest.fixture
def measure(ours: Contract) -> Operation:
    return ours.operations["Measure"]


def test_a_contract_of_ours_has_maps_and_doubles(ours: Contract, measure: Operation) -> None:
    assert ours.target_prefix == "KempelenV1"
    assert measure.check({"Labels": {"a": "b", "c": None}, "Share": 1}) == {
        "labels": {"a": "b"},
        "share": 1.0,
    }
    assert measure.write({"Share": 0.5, "Labels": {"a": "b"}}) == {"Share": 0.5, "Labels": {"a": "b"}}


def test_an_operation_without_shapes_takes_and_answers_nothing(ours: Contract) -> None:
    ping = ours.operations["Ping"]
    assert ping.check({"Colour": 1}) == {}
    assert ping.write(None) == {}
    with pytest.raises(AssertionError):
        ping.write({"Colour": 1})


@pytest.mark.parametrize("share", [math.nan, math.inf, "0.5", True, pytest.param(10**5000, id="huge")])
def test_a_double_is_a_finite_number(measure: Operation, share: object) -> None:
    with pytest.raises(SerializationException, match=r"^Share: expected a number"):
        measure.check({"Labels": {}, "Share": share})


def test_maps_are_bounded_and_their_keys_checked(measure: Operation) -> None:
    with pytest.raises(ValidationException, match=r"at 'labels' .* length less than or equal to 2"):
        measure.check({"Labels": {"a": "", "b": "", "c": ""}})
    with pytest.raises(ValidationException, match=r"Value 'muchtoolong' at 'labels.muchtoolong'"):
        measure.check({"Labels": {"muchtoolong": ""}})
    with pytest.raises(SerializationException) as refusal:
        measure.check({"Labels": {"\ud800" * 5000: ""}})
    assert len(message_of(refusal)) < 1000


def test_a_double_that_cannot_be_spelled_in_json_is_a_bug(measure: Operation) -> None:
    with pytest.raises(AssertionError):
        measure.write({"Share": math.nan})


def test_a_limit_nobody_knows_is_found_when_the_file_is_loaded(tmp_path: Path) -> None:
    model = json.loads(json.dumps(OURS))
    model["shapes"]["Measuring"]["members"]["Since"]["kempelen"] = {"maximum": 3}
    file = tmp_path / "wrong-1.json"
    file.write_text(json.dumps(model))
    with pytest.raises(AssertionError, match="maximum"):
        load(file)


@pytest.mark.parametrize("moment", [1e308, -1e308, 1e16, 1.7976931348623157e308])
def test_a_moment_too_large_for_any_calendar_is_refused(moment: float) -> None:
    with pytest.raises(SerializationException, match="the years 1 to 9999"):
        load(MTURK).operations["UpdateExpirationForHIT"].check({"HITId": "3A", "ExpireAt": moment})
