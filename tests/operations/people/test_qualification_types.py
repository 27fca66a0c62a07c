"""Qualification types: made, changed, found, deleted."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kempelen.errors import (
    InvalidParameterCombination,
    ParameterValidationError,
    Refusal,
    SerializationException,
    ValidationException,
)
from kempelen.rules.documents import MalformedDocument
from kempelen.rules.system_qualifications import PRODUCTION_MASTERS, SANDBOX_MASTERS
from kempelen.store.paging import InvalidNextToken
from kempelen.store.qualification_types import (
    InvalidQualificationTypeState,
    QualificationDoesNotExist,
    QualificationTypeAlreadyExists,
)
from people import Requester, Town, Worker
from qualification_papers import KEY, OTHER_TEST, TEST, make_type


def names(answer: dict[str, Any]) -> list[str]:
    return [one["Name"] for one in answer["QualificationTypes"]]


def found(person: Requester | Worker, **members: Any) -> list[str]:
    """All names of all pages."""
    members = {"MustBeRequestable": True, "MaxResults": 3} | members
    all_names: list[str] = []
    answer = person("ListQualificationTypes", **members)
    while answer["NumResults"]:
        all_names += names(answer)
        answer = person("ListQualificationTypes", **(members | {"NextToken": answer["NextToken"]}))
    assert "NextToken" not in answer
    return all_names


def test_a_new_type_is_answered_whole(rosa: Requester) -> None:
    made = make_type(rosa, Keywords="cats, dogs", RetryDelayInSeconds=0)
    assert made["Name"] == "Cats"
    assert made["Description"] == "Knows cats"
    assert made["Keywords"] == "cats, dogs"
    assert made["QualificationTypeStatus"] == "Active"
    assert made["RetryDelayInSeconds"] == 0
    assert made["IsRequestable"] is True
    assert made["AutoGranted"] is False
    assert "AutoGrantedValue" not in made
    assert "Test" not in made
    assert made["CreationTime"] == rosa.town.now / 1000
    got = rosa("GetQualificationType", QualificationTypeId=made["QualificationTypeId"])
    assert got["QualificationType"] == made


def test_an_auto_granted_type_grants_one_unless_it_says_otherwise(rosa: Requester) -> None:
    assert make_type(rosa, AutoGranted=True)["AutoGrantedValue"] == 1
    assert make_type(rosa, Name="Zero", AutoGranted=True, AutoGrantedValue=0)["AutoGrantedValue"] == 0


def test_test_and_key_come_back_as_they_were_given(rosa: Requester) -> None:
    made = make_type(rosa, Test=TEST, AnswerKey=KEY, TestDurationInSeconds=60)
    assert (made["Test"], made["AnswerKey"], made["TestDurationInSeconds"]) == (TEST, KEY, 60)


@pytest.mark.parametrize(
    ("members", "refusal", "words"),
    [
        ({"AnswerKey": KEY}, ParameterValidationError, "only together with Test"),
        ({"Test": TEST}, ParameterValidationError, "TestDurationInSeconds must"),
        ({"TestDurationInSeconds": 60}, ParameterValidationError, "only together with Test"),
        (
            {"Test": TEST, "TestDurationInSeconds": 60, "AutoGranted": True},
            InvalidParameterCombination,
            "AutoGranted, Test",
        ),
        ({"Test": "<QuestionForm", "TestDurationInSeconds": 60}, MalformedDocument, "error parsing the XML"),
        (
            {"Test": OTHER_TEST, "AnswerKey": KEY, "TestDurationInSeconds": 60},
            MalformedDocument,
            "has no question",
        ),
        ({"Name": ""}, ParameterValidationError, "Name"),
        ({"Name": "n" * 201}, ParameterValidationError, "Name"),
        ({"Description": ""}, ParameterValidationError, "Description"),
        ({"Description": "d" * 2001}, ParameterValidationError, "Description"),
        ({"Keywords": "k" * 1001}, ParameterValidationError, "Keywords"),
        ({"RetryDelayInSeconds": -1}, ParameterValidationError, "RetryDelayInSeconds"),
        ({"Test": "x" * 65_536, "TestDurationInSeconds": 60}, ParameterValidationError, "Test"),
        ({"QualificationTypeStatus": "Paused"}, ValidationException, "enum"),
        ({"AutoGranted": True, "AutoGrantedValue": 2**40}, Refusal, "(?i)autoGrantedValue"),
        ({"AutoGranted": "true"}, SerializationException, "AutoGranted"),
    ],
)
def test_what_does_not_go_together_is_refused(
    rosa: Requester, members: dict[str, Any], refusal: type[Refusal], words: str
) -> None:
    with pytest.raises(refusal, match=words):
        make_type(rosa, **members)
    assert found(rosa) == []


def test_a_name_is_taken_once_by_each_requester(rosa: Requester, omar: Requester) -> None:
    make_type(rosa)
    make_type(omar)
    with pytest.raises(
        QualificationTypeAlreadyExists, match="already created a QualificationType with this name"
    ):
        make_type(rosa)
    make_type(rosa, Name="cats")


def test_of_two_who_take_a_name_at_once_one_wins(rosa: Requester) -> None:
    def attempt(_: int) -> str:
        try:
            return make_type(rosa)["Name"]
        except QualificationTypeAlreadyExists:
            return "refused"

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(attempt, range(4))) == ["Cats", "refused", "refused", "refused"]


def test_a_deleted_name_is_free_at_once(rosa: Requester) -> None:
    first = make_type(rosa)["QualificationTypeId"]
    rosa("DeleteQualificationType", QualificationTypeId=first)
    assert found(rosa) == []
    assert make_type(rosa)["QualificationTypeId"] != first
    assert found(rosa) == ["Cats"]
    for operation in ("GetQualificationType", "UpdateQualificationType", "DeleteQualificationType"):
        with pytest.raises(InvalidQualificationTypeState, match="with a status of: Active,Inactive"):
            rosa(operation, QualificationTypeId=first)


def test_a_hit_cannot_require_a_deleted_or_inactive_type_and_old_hits_go_on(
    rosa: Requester, wei: Worker
) -> None:
    made = make_type(rosa)["QualificationTypeId"]
    rosa("AssociateQualificationWithWorker", QualificationTypeId=made, WorkerId=wei.id)
    requirement = {"QualificationTypeId": made, "Comparator": "Exists"}
    first, second = (
        rosa.create_hit(QualificationRequirements=[requirement], Title=title) for title in ("One", "Two")
    )
    again = {
        "HITTypeId": first["HITTypeId"],
        "LifetimeInSeconds": 60,
        "Question": first["Question"],
    }
    rosa("UpdateQualificationType", QualificationTypeId=made, QualificationTypeStatus="Inactive")
    with pytest.raises(InvalidQualificationTypeState, match="state 'Inactive'"):
        rosa.create_hit(QualificationRequirements=[requirement])
    with pytest.raises(InvalidQualificationTypeState, match="state 'Inactive'"):
        rosa("CreateHITWithHITType", **again)
    wei.do(first["HITId"])
    rosa("DeleteQualificationType", QualificationTypeId=made)
    with pytest.raises(InvalidQualificationTypeState, match="Active,Inactive"):
        rosa.create_hit(QualificationRequirements=[requirement])
    with pytest.raises(InvalidQualificationTypeState, match="Active,Inactive"):
        rosa("CreateHITWithHITType", **again)
    wei.do(second["HITId"])


def test_an_unknown_type_cannot_be_required(rosa: Requester) -> None:
    with pytest.raises(QualificationDoesNotExist, match="that does not exist"):
        rosa.create_hit(QualificationRequirements=[{"QualificationTypeId": "3NO", "Comparator": "Exists"}])


def test_an_update_changes_what_is_given_and_nothing_else(rosa: Requester) -> None:
    made = make_type(rosa, Keywords="k", RetryDelayInSeconds=5)
    changed = rosa(
        "UpdateQualificationType",
        QualificationTypeId=made["QualificationTypeId"],
        Description="Knows lions",
        AutoGranted=True,
        AutoGrantedValue=0,
    )["QualificationType"]
    assert changed == made | {"Description": "Knows lions", "AutoGranted": True, "AutoGrantedValue": 0}
    assert found(rosa, Query="lions") == ["Cats"]
    back = rosa("UpdateQualificationType", QualificationTypeId=made["QualificationTypeId"], AutoGranted=False)
    assert back["QualificationType"]["AutoGranted"] is False
    assert back["QualificationType"]["RetryDelayInSeconds"] == 5


def test_a_test_is_replaced_whole_and_never_removed(rosa: Requester) -> None:
    made = make_type(rosa)["QualificationTypeId"]

    def update(**members: Any) -> dict[str, Any]:
        answer: dict[str, Any] = rosa("UpdateQualificationType", QualificationTypeId=made, **members)
        return answer["QualificationType"]

    with pytest.raises(ParameterValidationError, match="type with a Test"):
        update(TestDurationInSeconds=5)
    with pytest.raises(ParameterValidationError, match="must be given together"):
        update(Test=TEST)
    assert update(Test=TEST, AnswerKey=KEY, TestDurationInSeconds=60)["AnswerKey"] == KEY
    assert update(TestDurationInSeconds=90)["AnswerKey"] == KEY
    with pytest.raises(InvalidParameterCombination):
        update(AutoGranted=True)
    with pytest.raises(ParameterValidationError, match="only together with Test"):
        update(AnswerKey=KEY)
    replaced = update(Test=OTHER_TEST, TestDurationInSeconds=30)
    assert replaced["Test"] == OTHER_TEST
    assert "AnswerKey" not in replaced


def test_an_auto_granted_type_gets_a_test_only_when_it_no_longer_grants(rosa: Requester) -> None:
    made = make_type(rosa, AutoGranted=True)["QualificationTypeId"]
    with pytest.raises(InvalidParameterCombination):
        rosa("UpdateQualificationType", QualificationTypeId=made, Test=TEST, TestDurationInSeconds=60)
    rosa(
        "UpdateQualificationType",
        QualificationTypeId=made,
        Test=TEST,
        TestDurationInSeconds=60,
        AutoGranted=False,
    )


def test_anybody_reads_a_type_but_only_its_owner_the_key(
    rosa: Requester, omar: Requester, wei: Worker
) -> None:
    made = make_type(rosa, Test=TEST, AnswerKey=KEY, TestDurationInSeconds=60)["QualificationTypeId"]
    foreign = omar("GetQualificationType", QualificationTypeId=made)["QualificationType"]
    assert foreign["Test"] == TEST
    assert "AnswerKey" not in foreign
    listed = omar("ListQualificationTypes", MustBeRequestable=True)["QualificationTypes"]
    assert "AnswerKey" not in listed[0]
    for answer in (
        wei("GetQualificationType", QualificationTypeId=made)["QualificationType"],
        wei("ListQualificationTypes", MustBeRequestable=True)["QualificationTypes"][0],
    ):
        assert answer["TestDurationInSeconds"] == 60
        assert "Test" not in answer
        assert "AnswerKey" not in answer


def test_foreign_types_are_as_missing_to_whoever_would_change_them(rosa: Requester, omar: Requester) -> None:
    made = make_type(rosa)["QualificationTypeId"]
    for operation in ("UpdateQualificationType", "DeleteQualificationType"):
        with pytest.raises(QualificationDoesNotExist, match="that does not exist"):
            omar(operation, QualificationTypeId=made)
        with pytest.raises(QualificationDoesNotExist, match="that does not exist"):
            rosa(operation, QualificationTypeId="00000000000000000040")


@pytest.mark.parametrize("masters", [PRODUCTION_MASTERS, SANDBOX_MASTERS])
def test_both_masters_are_known(rosa: Requester, masters: str) -> None:
    answer = rosa("GetQualificationType", QualificationTypeId=masters)["QualificationType"]
    assert answer["Name"] == "Masters"
    assert answer["IsRequestable"] is False


def test_every_type_is_listed_once_by_name(rosa: Requester, omar: Requester) -> None:
    for number in range(7):
        make_type(rosa if number % 2 else omar, Name=f"q{number}")
    assert found(rosa) == [f"q{number}" for number in range(7)]
    assert found(rosa, MustBeOwnedByCaller=True) == ["q1", "q3", "q5"]
    assert found(rosa, MustBeOwnedByCaller=True, MaxResults=1, MustBeRequestable=False) == ["q1", "q3", "q5"]


def test_equal_names_of_many_requesters_page_without_loss(rosa: Requester, omar: Requester) -> None:
    make_type(rosa)
    make_type(omar)
    assert found(rosa, MaxResults=1) == ["Cats", "Cats"]


def test_the_market_s_own_types_are_listed_where_they_need_not_be_requestable(
    rosa: Requester, sandbox: Town
) -> None:
    make_type(rosa)
    everything = found(rosa, MustBeRequestable=False)
    assert {"Masters", "Worker_Locale", "Worker_Adult", "Cats"} < set(everything)
    assert len(everything) == len(set(everything)) == 12
    assert found(rosa) == ["Cats"]
    assert found(rosa, MustBeRequestable=False, MustBeOwnedByCaller=True) == ["Cats"]
    masters = rosa("ListQualificationTypes", MustBeRequestable=False, Query="masters")["QualificationTypes"]
    assert PRODUCTION_MASTERS in {one["QualificationTypeId"] for one in masters}
    sam = sandbox.requester("Sam")
    masters = sam("ListQualificationTypes", MustBeRequestable=False, Query="MASTERS")["QualificationTypes"]
    assert SANDBOX_MASTERS in {one["QualificationTypeId"] for one in masters}


def test_inactive_types_are_hidden_where_they_must_be_requestable(rosa: Requester) -> None:
    make_type(rosa, QualificationTypeStatus="Inactive")
    assert found(rosa, MustBeOwnedByCaller=True) == []
    assert found(rosa, MustBeOwnedByCaller=True, Query="Cats") == []
    assert found(rosa, MustBeOwnedByCaller=True, MustBeRequestable=False) == ["Cats"]
    assert found(rosa, MustBeOwnedByCaller=True, MustBeRequestable=False, Query="Cats") == ["Cats"]


def test_the_exact_name_stands_on_the_first_page_at_once(rosa: Requester, omar: Requester) -> None:
    for number in range(12):
        make_type(omar, Name=f"a study of cats {number:02}")
    make_type(omar, Name="cats")
    make_type(rosa, Name="cats")
    answer = rosa("ListQualificationTypes", MustBeRequestable=True, Query="cats", MaxResults=2)
    assert names(answer) == ["cats", "cats"]
    mine = rosa("ListQualificationTypes", MustBeRequestable=True, Query="cats", MaxResults=1)[
        "QualificationTypes"
    ][0]
    own = rosa("ListQualificationTypes", MustBeRequestable=True, MustBeOwnedByCaller=True, Query="cats")
    assert [mine] == own["QualificationTypes"]
    all_of_them = found(rosa, Query="cats")
    assert len(all_of_them) == 14
    assert all_of_them[2:] == [f"a study of cats {number:02}" for number in range(12)]


def test_whole_matches_stand_before_looser_ones(rosa: Requester) -> None:
    make_type(rosa, Name="A", Description="blue and red")
    make_type(rosa, Name="B", Description="RED BLUE, all of it")
    make_type(rosa, Name="C", Description="other", Keywords="it is red blue")
    make_type(rosa, Name="D", Description="only red")
    make_type(rosa, Name="red blue", Description="the name itself")
    for own in (True, False):
        assert found(rosa, Query="red  blue", MustBeOwnedByCaller=own) == ["A", "B", "C", "red blue"]
        assert found(rosa, Query="red blue", MustBeOwnedByCaller=own) == ["red blue", "B", "C", "A"]
    assert found(rosa, Query="%") == []
    assert found(rosa, Query="   ") == ["A", "B", "C", "D", "red blue"]


def test_a_query_may_have_any_number_of_words(rosa: Requester) -> None:
    make_type(rosa, Name="A", Description="one two three four five six seven eight nine ten")
    assert found(rosa, Query="ten one two three four five six seven eight nine") == ["A"]


def test_types_made_and_deleted_meanwhile_move_nothing(rosa: Requester) -> None:
    made = [make_type(rosa, Name=name)["QualificationTypeId"] for name in "bdf"]
    first = rosa("ListQualificationTypes", MustBeRequestable=True, MaxResults=2)
    assert names(first) == ["b", "d"]
    rosa("DeleteQualificationType", QualificationTypeId=made[1])
    make_type(rosa, Name="a")
    make_type(rosa, Name="e")
    token = first["NextToken"]
    rest = rosa("ListQualificationTypes", MustBeRequestable=True, MaxResults=5, NextToken=token)
    assert names(rest) == ["e", "f"]


def test_a_token_is_good_for_its_own_query_alone(rosa: Requester) -> None:
    make_type(rosa)
    token = rosa("ListQualificationTypes", MustBeRequestable=True, Query="cats")["NextToken"]
    with pytest.raises(InvalidNextToken):
        rosa("ListQualificationTypes", MustBeRequestable=True, Query="dogs", NextToken=token)
