"""Lists of HITs: pages, tokens, orders, and what they cost."""

from typing import Any

import pytest

from hit_invariants import rows
from kempelen.errors import ParameterValidationError
from kempelen.store import hit_listings
from kempelen.store.paging import InvalidNextToken
from kempelen.store.qualification_types import QualificationDoesNotExist
from kempelen.store.sql import Sql
from people import Requester, Town, Worker

LOCALE = [
    {
        "QualificationTypeId": "00000000000000000071",
        "Comparator": "EqualTo",
        "LocaleValues": [{"Country": "US"}],
    }
]


def pages(requester: Requester, operation: str, **members: Any) -> list[list[str]]:
    """All pages of a list as HIT ids, read as old clients do: until an empty page."""
    found, token, seen = [], {}, set()
    while True:
        answer = requester(operation, **members, **token)
        ids = [hit["HITId"] for hit in answer["HITs"]]
        assert answer["NumResults"] == len(ids)
        if not ids:
            assert "NextToken" not in answer
            return found
        assert answer["NextToken"] not in seen
        assert len(answer["NextToken"]) <= 255
        seen.add(answer["NextToken"])
        found.append(ids)
        token = {"NextToken": answer["NextToken"]}


def made(town: Town, requester: Requester, count: int, **members: Any) -> list[str]:
    """New HITs' ids in order of creation; every second one in the same millisecond as the one before."""
    ids = []
    for number in range(count):
        town.advance(milliseconds=number % 2)
        ids.append(requester.create_hit(**members)["HITId"])
    return ids


def test_an_empty_list_has_no_token(rosa: Requester) -> None:
    for operation in ("ListHITs", "ListReviewableHITs"):
        assert rosa(operation) == {"HITs": [], "NumResults": 0}


def test_hits_come_oldest_first_ten_a_page_with_a_token_on_each(town: Town, rosa: Requester) -> None:
    ids = [rosa.create_hit()["HITId"] for _ in range(12) if town.advance(milliseconds=1) is None]
    assert pages(rosa, "ListHITs") == [ids[:10], ids[10:]]
    assert pages(rosa, "ListHITs", MaxResults=5) == [ids[:5], ids[5:10], ids[10:]]
    assert pages(rosa, "ListHITs", MaxResults=12) == [ids]


def test_hits_of_one_moment_are_each_shown_once(town: Town, rosa: Requester) -> None:
    ids = made(town, rosa, 7)
    shown = [hit for page in pages(rosa, "ListHITs", MaxResults=2) for hit in page]
    assert sorted(shown) == sorted(ids)


def test_a_listed_hit_is_whole(rosa: Requester) -> None:
    hit = rosa.create_hit(MaxAssignments=3)
    assert rosa("ListHITs")["HITs"] == [rosa.hit(hit["HITId"])]
    assert hit["QualificationRequirements"] == []


def test_what_is_made_or_removed_between_pages_moves_nothing(town: Town, rosa: Requester) -> None:
    ids = [rosa.create_hit()["HITId"] for _ in range(4) if town.advance(milliseconds=1) is None]
    first = rosa("ListHITs", MaxResults=2)
    rosa("UpdateExpirationForHIT", HITId=ids[1], ExpireAt=0)
    rosa("DeleteHIT", HITId=ids[1])
    town.advance(milliseconds=1)
    ids.append(rosa.create_hit()["HITId"])
    rest = rosa("ListHITs", MaxResults=10, NextToken=first["NextToken"])
    assert [hit["HITId"] for hit in rest["HITs"]] == ids[2:]


@pytest.mark.parametrize("size", [0, 101, -1])
def test_a_page_has_one_to_a_hundred(rosa: Requester, size: int) -> None:
    with pytest.raises(Exception, match="maxResults"):
        rosa("ListHITs", MaxResults=size)


def test_a_token_is_for_one_account_operation_world_and_filter(
    town: Town, sandbox: Town, rosa: Requester, omar: Requester
) -> None:
    rosa.create_hit()
    token = rosa("ListHITs")["NextToken"]
    for somebody, operation, members in (
        (omar, "ListHITs", {}),
        (rosa, "ListReviewableHITs", {}),
        (rosa, "ListHITsForQualificationType", {"QualificationTypeId": "3ABC"}),
        (Requester(sandbox, rosa.actor), "ListHITs", {}),
    ):
        with pytest.raises(InvalidNextToken, match="not given by this operation"):
            somebody(operation, NextToken=token, **members)
    hit_id = rosa("ListHITs")["HITs"][0]["HITId"]
    rosa("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)
    reviewable = rosa("ListReviewableHITs")["NextToken"]
    with pytest.raises(InvalidNextToken):
        rosa("ListReviewableHITs", NextToken=reviewable, Status="Reviewing")


@pytest.mark.parametrize("token", ["x", "1", "A" * 255, "=", "é", "AAAA AAAA", '{"a":1}'])
def test_a_token_that_is_none_is_refused(rosa: Requester, token: str) -> None:
    with pytest.raises(ParameterValidationError, match="Begin again"):
        rosa("ListHITs", NextToken=token)


def test_a_token_is_still_good_a_day_later(town: Town, rosa: Requester) -> None:
    rosa.create_hit()
    token = rosa("ListHITs")["NextToken"]
    town.advance(days=1)
    assert rosa("ListHITs", NextToken=token)["NumResults"] == 0


def test_reviewable_hits_come_by_their_end(town: Town, rosa: Requester, wei: Worker) -> None:
    late, soon, open_one = (
        rosa.create_hit(LifetimeInSeconds=seconds)["HITId"] for seconds in (7200, 3600, 7200)
    )
    wei.do(late)
    wei.do(soon)
    assert pages(rosa, "ListReviewableHITs", MaxResults=1) == [[soon], [late]]
    rosa("UpdateHITReviewStatus", HITId=late)
    assert pages(rosa, "ListReviewableHITs") == [[soon]]
    assert pages(rosa, "ListReviewableHITs", Status="Reviewing") == [[late]]
    assert [open_one in page for page in pages(rosa, "ListHITs")] == [True]


def test_reviewable_hits_of_one_type(rosa: Requester, omar: Requester, wei: Worker) -> None:
    cat, dog = rosa.create_hit(), rosa.create_hit(Title="Is there a dog?")
    wei.do(cat["HITId"])
    wei.do(dog["HITId"])
    assert pages(rosa, "ListReviewableHITs", HITTypeId=dog["HITTypeId"]) == [[dog["HITId"]]]
    assert pages(omar, "ListReviewableHITs", HITTypeId=dog["HITTypeId"]) == []
    assert pages(rosa, "ListReviewableHITs", HITTypeId="3UNKNOWN") == []


def test_hits_whose_type_requires_a_qualification(rosa: Requester, omar: Requester) -> None:
    rosa.create_hit()
    omar.create_hit(QualificationRequirements=LOCALE)
    wanted = [
        rosa.create_hit(Title=title, QualificationRequirements=LOCALE)["HITId"]
        for title in ("One", "One", "One", "Two", "Two", "Three")
    ]
    locale = LOCALE[0]["QualificationTypeId"]
    for size in (1, 2, 3, 100):
        found = pages(rosa, "ListHITsForQualificationType", QualificationTypeId=locale, MaxResults=size)
        assert sorted(hit for page in found for hit in page) == sorted(wanted)
        assert all(len(page) == size for page in found[:-1])
    rosa("UpdateExpirationForHIT", HITId=wanted[0], ExpireAt=0)
    rosa("DeleteHIT", HITId=wanted[0])
    found = pages(rosa, "ListHITsForQualificationType", QualificationTypeId=locale)
    assert sorted(hit for page in found for hit in page) == sorted(wanted[1:])


def test_hits_are_listed_for_a_deleted_qualification_and_an_unknown_one_is_refused(
    rosa: Requester, omar: Requester
) -> None:
    made = omar(
        "CreateQualificationType", Name="Cats", Description="Knows cats", QualificationTypeStatus="Active"
    )
    type_id = made["QualificationType"]["QualificationTypeId"]
    asks = [{"QualificationTypeId": type_id, "Comparator": "Exists"}]
    hit = rosa.create_hit(QualificationRequirements=asks)["HITId"]
    omar("DeleteQualificationType", QualificationTypeId=type_id)
    assert pages(rosa, "ListHITsForQualificationType", QualificationTypeId=type_id) == [[hit]]
    with pytest.raises(QualificationDoesNotExist):
        rosa("ListHITsForQualificationType", QualificationTypeId="3UNKNOWN")


def test_nobody_sees_another_s_hits(rosa: Requester, omar: Requester) -> None:
    rosa.create_hit()
    assert omar("ListHITs")["NumResults"] == 0


def test_every_page_is_read_along_an_index(town: Town) -> None:
    if town.market.database.reader().dialect != "sqlite":
        town.market.database.reader().raw.execute("SET enable_seqscan = off")
        town.market.database.reader().raw.execute("SET enable_sort = off")
    given = {
        "requester": 1, "hit_type": 1, "status": 3, "after": 0, "after_key": 0, "count": 10,
        "qualification_type": "3A",
    }  # fmt: skip
    for statement in (
        hit_listings.OF_REQUESTER,
        hit_listings.REVIEWABLE,
        hit_listings.REVIEWABLE_OF_TYPE,
        hit_listings.OF_TYPE,
        hit_listings.NEXT_TYPES,
    ):
        plan = plan_of(town, statement, given)
        assert "TEMP B-TREE" not in plan and "SCAN" not in plan.replace("Index Scan", ""), plan
        assert "Sort" not in plan, plan


def plan_of(town: Town, statement: Sql, given: dict[str, Any]) -> str:
    """How the database is going to read."""
    reader = town.market.database.reader()
    if reader.dialect == "sqlite":
        found = reader.raw.execute("EXPLAIN QUERY PLAN " + statement.sqlite, given).fetchall()
    else:
        used = {name: value for name, value in given.items() if f"%({name})" in statement.postgresql}
        found = reader.raw.execute("EXPLAIN " + statement.postgresql, used).fetchall()
    return "\n".join(str(row[-1]) for row in found)


def test_ended_hits_of_the_past_do_not_show_as_open(town: Town, rosa: Requester) -> None:
    rosa.create_hit(LifetimeInSeconds=60)
    town.advance(seconds=61)
    (hit,) = rosa("ListHITs")["HITs"]
    assert hit["HITStatus"] == "Reviewable"
    assert rows(town, "SELECT expired FROM hits") == [(1,)]
