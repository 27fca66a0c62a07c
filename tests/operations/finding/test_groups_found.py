"""Finding groups: who sees what, in which order, and why not."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import pytest

from kempelen.errors import ParameterValidationError
from kempelen.operation import Call
from kempelen.operations.doing.accepting import NoMoreHITs
from kempelen.operations.finding.admission import HITGroupDoesNotExist, NotQualified
from kempelen.operations.people.eligibility import Blocked, requirements_of
from kempelen.rules.requirement_sets import gate_of
from kempelen.store import hit_types, requirement_sets
from people import Requester, Town, Worker

LOCALE = "00000000000000000071"
PERCENT = "000000000000000000L0"
TEST = (
    '<QuestionForm xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2017-11-06/'
    'QuestionForm.xsd"><Question><QuestionIdentifier>one</QuestionIdentifier><QuestionContent><Text>Why?</Text>'
    "</QuestionContent><AnswerSpecification><FreeTextAnswer/></AnswerSpecification></Question></QuestionForm>"
)


def from_portugal(guarded: str) -> list[dict[str, Any]]:
    """A requirement that Ana meets and Wei does not."""
    return [
        {
            "QualificationTypeId": LOCALE,
            "Comparator": "EqualTo",
            "LocaleValues": [{"Country": "PT"}],
            "ActionsGuarded": guarded,
        }
    ]


def titles(worker: Worker, **members: Any) -> list[str]:
    """The titles of the groups the worker finds, over all pages."""
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = worker("ListHITGroups", **members, **token)
        found += [group["Title"] for group in page["HITGroups"]]
        if "NextToken" not in page:
            return found
        token = {"NextToken": page["NextToken"]}


def test_a_group_shows_what_there_is(rosa: Requester, wei: Worker, town: Town) -> None:
    hit = rosa.create_hit(Reward="0.30", Keywords="image, cat")
    rosa.create_hit(Reward="0.30", Keywords="image, cat")
    (group,) = wei("ListHITGroups")["HITGroups"]
    assert group["HITGroupId"] == hit["HITGroupId"]
    assert group["HITsAvailable"] == 2
    assert group["Reward"] == "0.30"
    assert group["RequesterId"] == rosa.id
    assert (group["MayPreview"], group["MayAccept"], group["Reasons"]) == (True, True, [])
    assert wei("GetHITGroup", HITGroupId=hit["HITTypeId"])["HITGroup"]["HITsAvailable"] == 2


def test_groups_come_in_each_order_and_in_pages(rosa: Requester, wei: Worker, town: Town) -> None:
    for number, reward in enumerate(("0.10", "0.30", "0.20")):
        for _ in range(number + 1):
            rosa.create_hit(Title=f"T{number}", Reward=reward)
        town.advance(seconds=10)
    assert titles(wei) == ["T2", "T1", "T0"]
    assert titles(wei, Sort="updated_asc", MaxResults=1) == ["T0", "T1", "T2"]
    assert titles(wei, Sort="reward_desc", MaxResults=2) == ["T1", "T2", "T0"]
    assert titles(wei, Sort="reward_asc") == ["T0", "T2", "T1"]
    assert titles(wei, MinReward="0.20", Sort="reward_asc") == ["T2", "T1"]


def test_words_find_groups(rosa: Requester, omar: Requester, wei: Worker) -> None:
    rosa.create_hit(Title="Label CATS", Keywords="picture")
    omar.create_hit(Title="Transcribe speech", Keywords="audio")
    assert titles(wei, Query="cats Picture") == ["Label CATS"]
    assert titles(wei, Query="omar") == ["Transcribe speech"]
    assert titles(wei, Query="100%") == []
    assert titles(wei, RequesterId=omar.id) == ["Transcribe speech"]
    assert titles(wei, RequesterId="ANOBODY") == []
    with pytest.raises(ParameterValidationError, match="at most 5 words"):
        wei("ListHITGroups", Query="a b c d e f")


def test_what_is_taken_or_expired_is_not_listed(
    rosa: Requester, wei: Worker, ana: Worker, town: Town
) -> None:
    one = rosa.create_hit(Title="One")
    rosa.create_hit(Title="Soon over", LifetimeInSeconds=30)
    ana.accept(one["HITId"])
    assert titles(wei) == ["Soon over"]
    town.advance(seconds=31)
    assert titles(wei) == []


def test_guards_hide_lock_or_only_warn(rosa: Requester, wei: Worker, ana: Worker) -> None:
    hidden = rosa.create_hit(
        Title="Hidden", QualificationRequirements=from_portugal("DiscoverPreviewAndAccept")
    )
    locked = rosa.create_hit(Title="Locked", QualificationRequirements=from_portugal("PreviewAndAccept"))
    shown = rosa.create_hit(Title="Shown", QualificationRequirements=from_portugal("Accept"))
    assert sorted(titles(ana)) == ["Hidden", "Locked", "Shown"]
    assert sorted(titles(wei)) == ["Locked", "Shown"]
    assert titles(wei, Qualified=True) == []
    groups = {group["Title"]: group for group in wei("ListHITGroups")["HITGroups"]}
    assert not groups["Locked"]["MayPreview"]
    assert groups["Shown"]["MayPreview"] and not groups["Shown"]["MayAccept"]
    assert len(groups["Shown"]["Reasons"]) == 1
    with pytest.raises(HITGroupDoesNotExist):
        wei("PreviewHIT", HITGroupId=hidden["HITGroupId"])
    with pytest.raises(HITGroupDoesNotExist):
        wei("PreviewHIT", HITId=hidden["HITId"])
    with pytest.raises(HITGroupDoesNotExist):
        wei("GetHITGroup", HITGroupId=hidden["HITGroupId"])
    with pytest.raises(NotQualified):
        wei("PreviewHIT", HITGroupId=locked["HITGroupId"])
    assert wei("PreviewHIT", HITGroupId=shown["HITGroupId"])["Task"]["HITId"] == shown["HITId"]


def test_eligibility_is_told_requirement_by_requirement(rosa: Requester, wei: Worker) -> None:
    good = {"QualificationTypeId": PERCENT, "Comparator": "GreaterThan", "IntegerValues": [95]}
    asked = [*from_portugal("Accept"), good]
    hit = rosa.create_hit(QualificationRequirements=asked)
    told = wei("CheckEligibility", HITGroupId=hit["HITGroupId"])
    assert [(one["Met"]) for one in told["Requirements"]] == [False, True]
    assert (told["MayDiscover"], told["MayPreview"], told["MayAccept"]) == (True, True, False)
    assert told["Reasons"] == [told["Requirements"][0]["Reason"]]
    assert told["Requirements"][0]["HeldLocaleValue"] == {"Country": "US", "Subdivision": "WA"}


def test_a_preview_names_no_worker_and_takes_nothing(rosa: Requester, wei: Worker) -> None:
    first = rosa.create_hit()
    second = rosa.create_hit()
    task = wei("PreviewHIT", HITGroupId=first["HITGroupId"])["Task"]
    assert task["HITId"] == first["HITId"]
    assert not {"WorkerId", "AssignmentId", "Deadline"} & task.keys()
    assert rosa.hit(first["HITId"])["NumberOfAssignmentsAvailable"] == 1
    wei("AcceptHIT", HITGroupId=first["HITGroupId"])
    assert wei("PreviewHIT", HITGroupId=first["HITGroupId"])["Task"]["HITId"] == second["HITId"]
    with pytest.raises(NoMoreHITs):
        wei("PreviewHIT", HITId=first["HITId"])


def test_a_blocked_worker_finds_nothing_of_that_requester(
    rosa: Requester, omar: Requester, wei: Worker
) -> None:
    wei.do(rosa.create_hit(Title="First")["HITId"])
    rosa("CreateWorkerBlock", WorkerId=wei.id, Reason="Spam")
    hit = rosa.create_hit(Title="Second")
    omar.create_hit(Title="Other")
    assert titles(wei) == ["Other"]
    with pytest.raises(Blocked):
        wei("PreviewHIT", HITGroupId=hit["HITGroupId"])


def many_groups(call: Call, like: str, count: int, asked: str) -> None:
    """So many groups more, each of a type of its own that asks this of workers."""
    model = hit_types.by_either_id(call, like)
    assert model is not None
    keys = [call.key() for _ in range(count)]

    @cache
    def found_by(text: str) -> tuple[int, int]:
        asked = requirements_of(text)
        return int(gate_of(asked)), requirement_sets.keep(call, asked, text=text, newcomers=0)

    types = [
        {
            "id": key, "public_id": call.new_id(), "requester": model.requester, "digest": b"%d" % key,
            "title": "G", "description": "", "keywords": "", "reward": 1, "duration_seconds": 60,
            "auto_approval_delay_seconds": 60, "requirements": asked % {"number": key}, "masters": 0,
            "adult": 0, "created_at": call.now,
        }
        for key in keys
    ]  # fmt: skip
    summaries = [
        {
            "id": key, "public_id": call.new_id(), "requester": model.requester, "title": "G",
            "search": "g", "reward": 1, "created_at": call.now, "updated_at": call.now + number,
            "masters": 0, "hidden": 0, "gate": gate, "requirement_set": found,
        }
        for number, key in enumerate(keys)
        for gate, found in (found_by(asked % {"number": key}),)
    ]  # fmt: skip
    call.connection.many(hit_types.ADD, types)
    call.connection.many(hit_types.ADD_GROUP, summaries)
    open_all = "UPDATE groups SET hits = 1 WHERE hits = 0"
    call.connection.script([open_all])


def test_the_few_groups_that_fit_among_very_many_are_found_quickly(
    rosa: Requester, wei: Worker, town: Town
) -> None:
    fits = rosa.create_hit(Title="Fits")
    asked = (
        '[{"QualificationTypeId": "3NOBODYHASTHIS%(number)d", "Comparator": "Exists",'
        ' "ActionsGuarded": "Accept"}]'
    )
    town.market.system(lambda call: many_groups(call, fits["HITTypeId"], 6_000, asked))
    visa = rosa("CreateQualificationType", Name="V", Description="V", QualificationTypeStatus="Active")
    type_id = visa["QualificationType"]["QualificationTypeId"]
    asks = [{"QualificationTypeId": type_id, "Comparator": "EqualTo", "IntegerValues": [3]}]
    rosa.create_hit(Title="Asks for three", QualificationRequirements=asks)
    rosa("AssociateQualificationWithWorker", QualificationTypeId=type_id, WorkerId=wei.id, IntegerValue=2)
    assert titles(wei, Qualified=True) == ["Fits"]
    rosa("AssociateQualificationWithWorker", QualificationTypeId=type_id, WorkerId=wei.id, IntegerValue=3)
    assert sorted(titles(wei, Qualified=True)) == ["Asks for three", "Fits"]
    began = time.perf_counter()
    for _ in range(5):
        page = wei("ListHITGroups", Qualified=True)
    seconds = (time.perf_counter() - began) / 5
    assert page["NumResults"] == 2
    assert seconds < 0.2
    assert len(wei("ListHITGroups", MaxResults=100)["HITGroups"]) == 100


def test_groups_of_another_country_are_passed_by(rosa: Requester, wei: Worker, town: Town) -> None:
    fits = rosa.create_hit(Title="Fits")
    asked = (
        '[{"QualificationTypeId": "00000000000000000071", "Comparator": "EqualTo",'
        ' "LocaleValues": [{"Country": "PT"}], "ActionsGuarded": "Accept"}]'
    )
    town.market.system(lambda call: many_groups(call, fits["HITTypeId"], 20_000, asked))
    assert titles(wei, Qualified=True) == ["Fits"]
    began = time.perf_counter()
    for _ in range(5):
        assert wei("ListHITGroups", Qualified=True)["NumResults"] == 1
    assert (time.perf_counter() - began) / 5 < 0.1


def test_a_walk_through_very_many_in_which_nothing_fits_goes_on_with_a_token(
    rosa: Requester, wei: Worker, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kempelen.operations.finding.searching.MOST_ROWS", 5_000)
    fits = rosa.create_hit(Title="Fits")
    town.market.system(lambda call: many_groups(call, fits["HITTypeId"], 5_500, "[]"))
    first = wei("ListHITGroups", Query="fits")
    assert first["HITGroups"] == []
    second = wei("ListHITGroups", Query="fits", NextToken=first["NextToken"])
    assert [group["Title"] for group in second["HITGroups"]] == ["Fits"]


def test_many_lists_of_requirements_make_one_list_in_order(rosa: Requester, wei: Worker, town: Town) -> None:
    for number in range(30):
        asks = [{"QualificationTypeId": PERCENT, "Comparator": "GreaterThan", "IntegerValues": [number]}]
        rosa.create_hit(Title=f"T{number:02}", QualificationRequirements=asks if number % 3 else [])
        town.advance(seconds=1)
    wanted = [f"T{number:02}" for number in range(30)]
    for count in (1, 4, 100):
        assert titles(wei, Qualified=True, Sort="updated_asc", MaxResults=count) == wanted
    assert titles(wei, Qualified=True, MaxResults=7) == wanted[::-1]


def test_hidden_groups_stand_among_the_others(rosa: Requester, ana: Worker, wei: Worker, town: Town) -> None:
    for number in range(6):
        asks = from_portugal("DiscoverPreviewAndAccept") if number % 2 else []
        rosa.create_hit(Title=f"T{number}", QualificationRequirements=asks)
        town.advance(seconds=1)
    assert titles(ana, MaxResults=2) == ["T5", "T4", "T3", "T2", "T1", "T0"]
    assert titles(wei, MaxResults=2) == ["T4", "T2", "T0"]


def test_pages_have_numbers_and_say_how_many_groups_there_are(
    rosa: Requester, wei: Worker, town: Town
) -> None:
    for number in range(5):
        rosa.create_hit(Title=f"T{number}")
        town.advance(seconds=1)
    page = wei("ListHITGroups", MaxResults=2, PageNumber=2)
    assert [group["Title"] for group in page["HITGroups"]] == ["T2", "T1"]
    assert (page["PageNumber"], page["TotalNumResults"], page["TotalIsAtLeast"]) == (2, 5, False)
    following = wei("ListHITGroups", MaxResults=2, NextToken=page["NextToken"])
    assert [group["Title"] for group in following["HITGroups"]] == ["T0"]
    empty = wei("ListHITGroups", MaxResults=2, PageNumber=4)
    assert (empty["NumResults"], empty["TotalNumResults"]) == (0, 5)
    with pytest.raises(ParameterValidationError, match="at most one"):
        wei("ListHITGroups", PageNumber=1, NextToken=page["NextToken"])


def test_counting_stops_at_a_bound_and_says_so(
    rosa: Requester, wei: Worker, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kempelen.operations.finding.groups.MOST_NUMBERED", 3)
    for number in range(5):
        rosa.create_hit(Title=f"T{number}")
    page = wei("ListHITGroups", MaxResults=2, PageNumber=1)
    assert (page["TotalNumResults"], page["TotalIsAtLeast"]) == (3, True)


def test_what_the_requester_states_finds_groups(rosa: Requester, wei: Worker) -> None:
    def publish(title: str, **settings: Any) -> None:
        hit = rosa.create_hit(Title=title)
        rosa("PutTaskSettings", HITTypeId=hit["HITTypeId"], Settings=settings)

    publish("English", Language="en-GB", PhoneFriendly=True)
    publish("Spanish", Language="es", KeyboardFriendly=True, ContentWarnings=["violence"])
    publish("Silent")
    assert titles(wei, Languages=["EN"]) == ["English"]
    assert sorted(titles(wei, Languages=["en", "es"])) == ["English", "Spanish"]
    assert titles(wei, Languages=["en-us"]) == []
    assert titles(wei, PhoneFriendly=True) == ["English"]
    assert titles(wei, KeyboardFriendly=True) == ["Spanish"]
    assert sorted(titles(wei, WithoutWarnings=["violence"])) == ["English", "Silent"]
    shown = {group["Title"]: group for group in wei("ListHITGroups")["HITGroups"]}
    assert shown["English"]["Language"] == "en-GB" and shown["English"]["PhoneFriendly"]
    assert "PhoneFriendly" not in shown["Silent"]


def test_a_worker_is_told_how_they_stand(rosa: Requester, wei: Worker) -> None:
    def made(name: str, **members: Any) -> str:
        given = {"Name": name, "Description": name, "QualificationTypeStatus": "Active"} | members
        return str(rosa("CreateQualificationType", **given)["QualificationType"]["QualificationTypeId"])

    def publish(title: str, *type_ids: str) -> None:
        asks = [{"QualificationTypeId": each, "Comparator": "Exists"} for each in type_ids]
        rosa.create_hit(Title=title, QualificationRequirements=asks)

    tested = made("Tested", Test=TEST, TestDurationInSeconds=600)
    asked = made("Asked")
    publish("Open")
    publish("Test", tested)
    publish("Ask", asked)
    publish("Both", tested, asked)
    rosa.create_hit(Title="Portugal", QualificationRequirements=from_portugal("Accept"))
    stands = {group["Title"]: group["Standing"] for group in wei("ListHITGroups")["HITGroups"]}
    assert stands == {
        "Open": "Qualified", "Test": "TestNow", "Ask": "RequestNow", "Both": "TestNow",
        "Portugal": "NotEligible",
    }  # fmt: skip
    assert titles(wei, Show="Qualified") == ["Open"]
    assert sorted(titles(wei, Show="CanTest")) == ["Open", "Test"]
    rosa("AssociateQualificationWithWorker", QualificationTypeId=tested, WorkerId=wei.id, IntegerValue=1)
    assert sorted(titles(wei, Show="Qualified")) == ["Open", "Test"]


def test_words_and_marks_narrow_what_a_worker_qualifies_for(
    rosa: Requester, wei: Worker, ana: Worker, town: Town
) -> None:
    for number in range(8):
        guarded = "DiscoverPreviewAndAccept" if number % 4 == 3 else "Accept"
        asks = from_portugal(guarded) if number % 2 else []
        rosa.create_hit(Title=f"{'Cat' if number < 6 else 'Dog'} {number}", QualificationRequirements=asks)
        town.advance(seconds=1)
    cats = [f"Cat {number}" for number in range(6)]
    assert titles(ana, Query="cat", Qualified=True, Sort="updated_asc", MaxResults=2) == cats
    assert titles(ana, Query="cat", MaxResults=2) == cats[::-1]
    assert titles(wei, Query="cat", Qualified=True, Sort="updated_asc") == cats[::2]
    assert titles(wei, Query="cat", Sort="updated_asc", MaxResults=1) == [
        "Cat 0",
        "Cat 1",
        "Cat 2",
        "Cat 4",
        "Cat 5",
    ]
    assert titles(wei, MinReward="0.06") == []
