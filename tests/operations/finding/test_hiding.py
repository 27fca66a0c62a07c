"""Hiding requesters and groups: only from the lists of whoever hides them."""

import pytest

from kempelen.errors import ParameterValidationError
from kempelen.operations.finding.admission import HITGroupDoesNotExist
from kempelen.operations.finding.hiding import RequesterDoesNotExist, TooMuchHidden
from kempelen.store import hidden_work
from people import Requester, Worker


def listed(worker: Worker) -> set[str]:
    return {each["Title"] for each in worker("ListHITGroups", MaxResults=100)["HITGroups"]}


def test_a_hidden_group_is_in_nobody_elses_way(rosa: Requester, wei: Worker, ana: Worker) -> None:
    cats = rosa.create_hit(Title="Cats")
    rosa.create_hit(Title="Dogs")
    wei("HideWork", HITGroupId=cats["HITGroupId"])
    assert listed(wei) == {"Dogs"}
    assert listed(ana) == {"Cats", "Dogs"}
    wei("UnhideWork", HITGroupId=cats["HITGroupId"])
    assert listed(wei) == {"Cats", "Dogs"}


def test_a_hidden_requester_is_hidden_whole(rosa: Requester, omar: Requester, wei: Worker) -> None:
    rosa.create_hit(Title="Cats")
    omar.create_hit(Title="Dogs")
    wei("HideWork", RequesterId=rosa.id)
    wei("HideWork", RequesterId=rosa.id)
    assert listed(wei) == {"Dogs"}
    assert wei.accept(rosa.create_hit(Title="More cats")["HITId"]), "hiding only keeps it out of lists"


def test_what_is_hidden_is_listed_in_pages(rosa: Requester, omar: Requester, wei: Worker) -> None:
    omar.create_hit()
    wei("HideWork", HITGroupId=rosa.create_hit(Title="Cats")["HITGroupId"])
    wei("HideWork", RequesterId=omar.id)
    page = wei("ListHidden", MaxResults=1)
    rest = wei("ListHidden", NextToken=page["NextToken"])["Hidden"]
    found = page["Hidden"] + rest
    assert {(each.get("Title"), each["RequesterName"]) for each in found} == {
        ("Cats", "Rosa"),
        (None, "Omar"),
    }
    assert all("HideTime" in each for each in found)


def test_exactly_one_of_what_exists_is_hidden(rosa: Requester, wei: Worker) -> None:
    with pytest.raises(ParameterValidationError):
        wei("HideWork")
    with pytest.raises(ParameterValidationError):
        wei("HideWork", RequesterId=rosa.id, HITGroupId="3NONE")
    with pytest.raises(HITGroupDoesNotExist):
        wei("HideWork", HITGroupId="3NONE")
    with pytest.raises(RequesterDoesNotExist):
        wei("UnhideWork", RequesterId="ANOBODY")


def test_there_is_a_most(rosa: Requester, wei: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hidden_work, "MOST", 1)
    wei("HideWork", HITGroupId=rosa.create_hit(Title="Cats")["HITGroupId"])
    with pytest.raises(TooMuchHidden, match="1 requesters and groups"):
        wei("HideWork", RequesterId=rosa.id)
