"""Saved searches, and watching them: new groups only, soon, and never too many letters."""

import json
from typing import Any

import pytest

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.jobs.watching import watch
from kempelen.operations.finding import watching
from kempelen.operations.finding.saved_searches import TooManySearches
from kempelen.operations.finding.watching import open_groups, tell_watchers
from kempelen.store import saved_searches
from kempelen.store.saved_searches import SearchDoesNotExist
from people import Requester, Town, Worker

POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"


def save(worker: Worker, watch: str = "email", name: str = "Cats", **search: Any) -> str:
    answer = worker("PutSavedSearch", Name=name, Search=search, Watch=watch)
    return str(answer["SearchId"])


def pass_minutes(town: Town, minutes: int) -> None:
    """What runs in the background, every thirty seconds."""
    for _ in range(minutes * 2):
        town.advance(seconds=30)
        town.market.settle()
        watch(town.market, (open_groups, tell_watchers))


def sent(town: Town, kind: str = "mail") -> list[dict[str, Any]]:
    rows = town.market.database.reader().raw.execute(
        f"SELECT payload FROM outbox WHERE kind = '{kind}' ORDER BY created_at, id"
    )
    return [json.loads(row[0]) for row in rows.fetchall()]


def test_searches_are_saved_changed_and_deleted(wei: Worker, ana: Worker) -> None:
    search = {"Query": "cat", "MinReward": "0.10", "Languages": ["en"], "Sort": "reward_desc"}
    saved = wei("PutSavedSearch", Name="Cats", Search=search)["SearchId"]
    (one,) = wei("ListSavedSearches")["Searches"]
    assert (one["Name"], one["Search"], one["Watch"]) == ("Cats", search, "none")
    wei("PutSavedSearch", SearchId=saved, Name="Dogs", Search={"Query": "dog"}, Watch="push")
    (one,) = wei("ListSavedSearches")["Searches"]
    assert (one["Name"], one["Search"], one["Watch"]) == ("Dogs", {"Query": "dog"}, "push")
    assert ana("ListSavedSearches")["Searches"] == []
    with pytest.raises(SearchDoesNotExist):
        ana("DeleteSavedSearch", SearchId=saved)
    with pytest.raises(SearchDoesNotExist):
        ana("PutSavedSearch", SearchId=saved, Name="Mine", Search={})
    wei("DeleteSavedSearch", SearchId=saved)
    assert wei("ListSavedSearches")["NumResults"] == 0


def test_there_is_a_most_and_a_search_must_make_sense(wei: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ParameterValidationError, match="5 words"):
        save(wei, Query="a b c d e f")
    with pytest.raises(Refusal):
        save(wei, MinReward="much")
    with pytest.raises(ParameterValidationError):
        save(wei, Qualified=True, Show="All")
    monkeypatch.setattr("kempelen.operations.finding.saved_searches.MOST", 1)
    save(wei)
    with pytest.raises(TooManySearches):
        save(wei)
    assert saved_searches.MOST == 50


def test_a_new_group_is_told_within_five_minutes(town: Town, rosa: Requester, wei: Worker) -> None:
    rosa.create_hit(Title="Old cats")
    pass_minutes(town, 2)
    save(wei, Query="cats")
    new = rosa.create_hit(Title="New cats", Reward="0.25")
    rosa.create_hit(Title="New dogs")
    pass_minutes(town, 5)
    (letter,) = sent(town)
    assert letter["worker"] == wei.actor.account
    assert "New cats" in letter["text"] and "$0.25" in letter["text"]
    assert f"/projects/{new['HITGroupId']}/tasks" in letter["text"]
    assert "Old cats" not in letter["text"] and "New dogs" not in letter["text"]
    assert wei("ListSavedSearches")["Searches"][0]["LastToldTime"]


def test_a_group_is_new_when_work_in_it_can_be_accepted_first(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    hit_type = rosa(
        "CreateHITType", Title="Cats", Description="Look.", Reward="0.05", AssignmentDurationInSeconds=600
    )["HITTypeId"]
    save(wei)
    pass_minutes(town, 6)
    assert sent(town) == []
    question = rosa.create_hit(Title="Else")["Question"]
    rosa("CreateHITWithHITType", HITTypeId=hit_type, LifetimeInSeconds=86_400, Question=question)
    pass_minutes(town, 5)
    assert "Cats" in sent(town)[0]["text"]
    rosa("CreateHITWithHITType", HITTypeId=hit_type, LifetimeInSeconds=86_400, Question=question)
    pass_minutes(town, 70)
    assert len(sent(town)) == 1, "more work in a group that is known is nothing new"


def test_there_is_one_letter_an_hour(town: Town, rosa: Requester, wei: Worker) -> None:
    save(wei)
    for number in range(3):
        rosa.create_hit(Title=f"Cats {number}", LifetimeInSeconds=86_400)
        pass_minutes(town, 10)
    assert len(sent(town)) == 1
    pass_minutes(town, 40)
    first, second = sent(town)
    assert "Cats 0" in first["text"]
    assert "Cats 1" in second["text"] and "Cats 2" in second["text"]


def test_a_letter_names_twenty_groups(town: Town, rosa: Requester, wei: Worker) -> None:
    save(wei)
    for number in range(23):
        rosa.create_hit(Title=f"Cats {number:02}")
    pass_minutes(town, 5)
    (letter,) = sent(town)
    assert letter["text"].count("$0.05") == 20
    assert "and 3 more" in letter["text"]


def test_more_new_groups_than_one_look_passes_are_all_found(
    town: Town, rosa: Requester, wei: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "GROUPS", 2)
    save(wei, Query="needle")
    for number in range(5):
        rosa.create_hit(Title=f"Hay {number}")
    rosa.create_hit(Title="Needle")
    pass_minutes(town, 5)
    assert "Needle" in sent(town)[0]["text"]


def test_only_what_the_worker_would_be_shown_is_told(
    town: Town, rosa: Requester, omar: Requester, wei: Worker
) -> None:
    save(wei, Qualified=True, MinReward="0.10", MinPayPerHour="20.00")
    wei("HideWork", RequesterId=omar.id)
    omar.create_hit(Title="Hidden", Reward="0.50")
    rosa.create_hit(Title="Cheap", Reward="0.09")
    portugal = {"QualificationTypeId": "00000000000000000071", "Comparator": "EqualTo"}
    rosa.create_hit(
        Title="Elsewhere", Reward="0.50",
        QualificationRequirements=[portugal | {"LocaleValues": [{"Country": "PT"}]}],
    )  # fmt: skip
    paused = rosa.create_hit(Title="Paused", Reward="0.50")
    rosa("PauseHITGroup", HITGroupId=paused["HITGroupId"])
    rosa.create_hit(Title="Good", Reward="0.50")
    pass_minutes(town, 5)
    (letter,) = sent(town)
    for title in ("Hidden", "Cheap", "Elsewhere", "Paused"):
        assert title not in letter["text"]
    assert "Good" in letter["text"]


def test_who_watches_by_push_gets_it_in_every_browser(town: Town, rosa: Requester, wei: Worker) -> None:
    for name in ("desk", "phone"):
        endpoint = f"https://push.example.org/{name}"
        wei("PutPushSubscription", Endpoint=endpoint, P256dh=POINT, Auth="BTBZMqHH6r4Tts7J_aSIgg")
    save(wei, watch="push")
    rosa.create_hit(Title="New cats")
    pass_minutes(town, 5)
    assert sent(town) == []
    messages = [each["message"] for each in sent(town, "push")]
    assert len(messages) == 2 and messages[0]["body"] == "New cats"
    assert "New cats" in wei("ListMessages")["Messages"][0]["Body"]


def test_watching_costs_nothing_for_what_nobody_watches(town: Town, rosa: Requester, wei: Worker) -> None:
    save(wei, watch="none")
    rosa.create_hit()
    pass_minutes(town, 5)
    assert sent(town) == [] and town.market.system(tell_watchers) == 0
