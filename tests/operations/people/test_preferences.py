"""Preferences: what a worker gives stays, and what they do not want to be shown is not."""

import pytest

from kempelen.errors import ParameterValidationError, ValidationException
from kempelen.operations.doing.accepting import EnoughToday
from kempelen.operations.finding.admission import HiddenByChoice
from people import Requester, Town, Worker


def warned(rosa: Requester, *kinds: str, title: str = "Warned", **settings: object) -> dict[str, str]:
    hit: dict[str, str] = rosa.create_hit(Title=title)
    given = {"ContentWarnings": list(kinds), **settings} if kinds else settings
    rosa("PutTaskSettings", HITTypeId=hit["HITTypeId"], Settings=given)
    return hit


def test_what_is_not_given_stays_as_it_is(wei: Worker, ana: Worker) -> None:
    usual = wei("GetPreferences")["Preferences"]
    assert usual["SingleKeyShortcuts"] is True and usual["AutoAcceptNext"] is False
    wei("PutPreferences", Preferences={"AutoAcceptNext": True, "Shortcuts": {"submit": "s"}})
    wei("PutPreferences", Preferences={"SingleKeyShortcuts": False})
    kept = wei("GetPreferences")["Preferences"]
    assert (kept["AutoAcceptNext"], kept["SingleKeyShortcuts"], kept["Shortcuts"]) == (
        True,
        False,
        {"submit": "s"},
    )
    assert ana("GetPreferences")["Preferences"] == usual


def test_two_actions_cannot_have_one_key(wei: Worker) -> None:
    with pytest.raises(ParameterValidationError, match='"s"'):
        wei("PutPreferences", Preferences={"Shortcuts": {"submit": "s", "skip": "s"}})
    with pytest.raises((ParameterValidationError, ValidationException)):
        wei("PutPreferences", Preferences={"Shortcuts": {f"key {n}": "" for n in range(51)}})


def test_folded_instructions_are_remembered_for_each_group(rosa: Requester, wei: Worker) -> None:
    one, other = rosa.create_hit(Title="One"), rosa.create_hit(Title="Other")
    wei("PutInstructionsCollapsed", HITGroupId=one["HITGroupId"], Collapsed=True)
    wei("PutInstructionsCollapsed", HITGroupId=one["HITGroupId"], Collapsed=True)
    folded = [
        wei("GetPreferences", HITGroupId=each["HITGroupId"])["InstructionsCollapsed"] for each in (one, other)
    ]
    assert folded == [True, False]
    wei("PutInstructionsCollapsed", HITGroupId=one["HITGroupId"], Collapsed=False)
    assert wei("GetPreferences", HITGroupId=one["HITGroupId"])["InstructionsCollapsed"] is False


def test_unwanted_content_is_neither_listed_nor_handed_out(rosa: Requester, wei: Worker, ana: Worker) -> None:
    hate = warned(rosa, "hate", "violence")
    rosa.create_hit(Title="Calm")
    wei("PutPreferences", Preferences={"HiddenContentWarnings": ["hate"]})
    assert {each["Title"] for each in wei("ListHITGroups")["HITGroups"]} == {"Calm"}
    assert {each["Title"] for each in ana("ListHITGroups")["HITGroups"]} == {"Calm", "Warned"}
    for operation in ("AcceptHIT", "PreviewHIT"):
        with pytest.raises(HiddenByChoice, match="not to be shown: hate"):
            wei(operation, HITGroupId=hate["HITGroupId"])
    assert ana.accept(hate["HITId"])


def test_a_warning_in_words_alone_is_of_another_kind(rosa: Requester, wei: Worker) -> None:
    hit = warned(rosa, ContentWarning="Pictures of spiders.")
    wei("PutPreferences", Preferences={"HiddenContentWarnings": ["other"]})
    assert wei("ListHITGroups")["HITGroups"] == []
    with pytest.raises(HiddenByChoice):
        wei.accept(hit["HITId"])


def test_a_worker_caps_what_they_are_exposed_to_in_a_day(town: Town, rosa: Requester, wei: Worker) -> None:
    wei("PutPreferences", Preferences={"ContentWarningsADay": 2})
    hits = [warned(rosa, "violence", title=f"Warned {n}")["HITId"] for n in range(3)]
    wei.do(hits[0])
    wei.do(hits[1])
    with pytest.raises(EnoughToday, match="2 tasks with a content warning"):
        wei.accept(hits[2])
    assert wei.accept(rosa.create_hit(Title="Calm")["HITId"])
    wei("PutPreferences", Preferences={"ContentWarningsADay": 0})
    assert wei.accept(hits[2])


def test_a_requester_can_cap_it_too_and_midnight_begins_anew(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    hits = []
    for n in range(2):
        hits.append(warned(rosa, "hate", title=f"Warned {n}", ContentWarningsADay=1))
    wei.do(hits[0]["HITId"])
    with pytest.raises(EnoughToday):
        wei.accept(hits[1]["HITId"])
    rosa("UpdateExpirationForHIT", HITId=hits[1]["HITId"], ExpireAt=(town.now + 5 * 86_400_000) // 1000)
    town.advance(days=1)
    assert wei.accept(hits[1]["HITId"])


def test_marks_of_a_task_are_told_to_workers(rosa: Requester, wei: Worker) -> None:
    hit = warned(rosa, "drugs", PhoneFriendly=True, KeyboardFriendly=False, ContentWarning="Pills.")
    told = wei("GetHITGroup", HITGroupId=hit["HITGroupId"])["HITGroup"]["Settings"]
    assert told["ContentWarnings"] == ["drugs"] and told["ContentWarning"] == "Pills."
    assert (told["PhoneFriendly"], told["KeyboardFriendly"]) == (True, False)
    assignment = wei.accept(hit["HITId"])
    assert wei("GetTask", AssignmentId=assignment)["Task"]["Settings"] == told
