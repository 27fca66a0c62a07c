"""Who gets which HIT: the given one, the next one, the last one, and none twice."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kempelen.app import App
from kempelen.errors import ParameterValidationError, Refusal
from kempelen.operation import Call
from kempelen.operations.doing.accepting import (
    LAP,
    AlreadyYours,
    NoMoreHITs,
    QueueFull,
    StillLooking,
    TooManyToday,
)
from kempelen.operations.finding.admission import HITGroupDoesNotExist, NotQualified
from kempelen.operations.people.eligibility import Blocked
from kempelen.store import dispatch, hits
from kempelen.store.hits import HITDoesNotExist
from kempelen.store.sql import Sql
from people import Requester, Town, Worker

LOCALE = "00000000000000000071"


def next_of(worker: Worker, group_id: str) -> dict[str, Any]:
    """What the worker gets by asking for the next HIT of a group."""
    task: dict[str, Any] = worker("AcceptHIT", HITGroupId=group_id)["Task"]
    return task


def publish(requester: Requester, count: int, **members: Any) -> list[dict[str, Any]]:
    """So many HITs of one group."""
    return [requester.create_hit(**members) for _ in range(count)]


def test_the_next_hit_is_the_oldest_the_worker_has_not_had(rosa: Requester, wei: Worker, ana: Worker) -> None:
    first, second, third = publish(rosa, 3, MaxAssignments=2)
    group = first["HITGroupId"]
    assert next_of(wei, group)["HITId"] == first["HITId"]
    assert next_of(wei, group)["HITId"] == second["HITId"]
    assert next_of(ana, group)["HITId"] == first["HITId"]
    assert next_of(wei, first["HITTypeId"])["HITId"] == third["HITId"]
    with pytest.raises(NoMoreHITs):
        next_of(wei, group)


def test_a_task_says_what_it_is_and_until_when(rosa: Requester, wei: Worker, town: Town) -> None:
    hit = rosa.create_hit(Reward="0.25", AssignmentDurationInSeconds=300)
    task = next_of(wei, hit["HITGroupId"])
    assert task["Deadline"] == (town.now + 300_000) / 1000 or task["Deadline"] == town.now + 300_000
    assert task["Reward"] == "0.25"
    assert task["WorkerId"] == wei.id
    assert task["RequesterName"] == "Rosa"
    assert "Settings" not in task


def test_exactly_one_of_hit_and_group_is_named(rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit()
    for members in ({}, {"HITId": hit["HITId"], "HITGroupId": hit["HITGroupId"]}):
        with pytest.raises(ParameterValidationError, match="Exactly one"):
            wei("AcceptHIT", **members)


def test_what_does_not_exist_cannot_be_accepted(wei: Worker) -> None:
    with pytest.raises(HITDoesNotExist):
        wei("AcceptHIT", HITId="3NOTHING")
    with pytest.raises(HITGroupDoesNotExist):
        wei("AcceptHIT", HITGroupId="3NOTHING")


def test_a_hit_is_accepted_once(rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit(MaxAssignments=3)
    assignment = wei.accept(hit["HITId"])
    with pytest.raises(AlreadyYours, match="accepted this HIT already"):
        wei.accept(hit["HITId"])
    wei.submit(assignment)
    with pytest.raises(AlreadyYours, match="done this HIT already"):
        wei.accept(hit["HITId"])
    with pytest.raises(NoMoreHITs):
        next_of(wei, hit["HITGroupId"])


def test_nothing_is_accepted_after_its_expiry(rosa: Requester, wei: Worker, town: Town) -> None:
    hit = rosa.create_hit(LifetimeInSeconds=30)
    town.advance(seconds=31)
    with pytest.raises(NoMoreHITs):
        wei.accept(hit["HITId"])
    with pytest.raises(NoMoreHITs):
        next_of(wei, hit["HITGroupId"])


def test_who_does_not_qualify_hears_why(rosa: Requester, wei: Worker, ana: Worker) -> None:
    only_portugal = [
        {"QualificationTypeId": LOCALE, "Comparator": "EqualTo", "LocaleValues": [{"Country": "PT"}]}
    ]
    hit = rosa.create_hit(QualificationRequirements=only_portugal)
    for members in ({"HITId": hit["HITId"]}, {"HITGroupId": hit["HITGroupId"]}):
        with pytest.raises(NotQualified, match="PT"):
            wei("AcceptHIT", **members)
    assert next_of(ana, hit["HITGroupId"])["HITId"] == hit["HITId"]


def test_a_blocked_worker_gets_nothing(rosa: Requester, wei: Worker) -> None:
    wei.do(rosa.create_hit()["HITId"])
    rosa("CreateWorkerBlock", WorkerId=wei.id, Reason="Spam")
    hit = rosa.create_hit()
    with pytest.raises(Blocked):
        wei.accept(hit["HITId"])
    with pytest.raises(Blocked):
        next_of(wei, hit["HITGroupId"])


def test_a_queue_has_an_end(rosa: Requester, wei: Worker, town: Town) -> None:
    cap = town.market.traits.queue_cap
    made = publish(rosa, cap + 1)
    for _ in range(cap):
        last = next_of(wei, made[0]["HITGroupId"])
    with pytest.raises(QueueFull, match=f"{cap} assignments"):
        next_of(wei, made[0]["HITGroupId"])
    wei("ReturnAssignment", AssignmentId=last["AssignmentId"])
    next_of(wei, made[0]["HITGroupId"])


def test_a_day_has_an_end_and_begins_anew_at_midnight(
    rosa: Requester, wei: Worker, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    monkeypatch.setattr(town.market, "traits", replace(town.market.traits, accepts_a_day=3))
    made = publish(rosa, 5, LifetimeInSeconds=400_000)
    for _ in range(3):
        wei.submit(next_of(wei, made[0]["HITGroupId"])["AssignmentId"])
    with pytest.raises(TooManyToday, match="midnight UTC"):
        next_of(wei, made[0]["HITGroupId"])
    town.advance(days=1)
    next_of(wei, made[0]["HITGroupId"])


def test_a_returned_hit_stands_at_the_end_and_comes_back(rosa: Requester, wei: Worker, ana: Worker) -> None:
    first, second = publish(rosa, 2)
    group = first["HITGroupId"]
    taken = next_of(ana, group)
    assert taken["HITId"] == first["HITId"]
    ana("ReturnAssignment", AssignmentId=taken["AssignmentId"])
    assert next_of(wei, group)["HITId"] == second["HITId"]
    assert next_of(wei, group)["HITId"] == first["HITId"]


def test_the_most_urgent_comes_first(rosa: Requester, wei: Worker) -> None:
    first, second, third = publish(rosa, 3)
    rosa("PutHITPriority", HITId=third["HITId"], Level=1)
    rosa("PutHITPriority", HITId=first["HITId"], Level=15)
    group = first["HITGroupId"]
    order = [next_of(wei, group)["HITId"] for _ in range(3)]
    assert order == [third["HITId"], second["HITId"], first["HITId"]]


def test_only_the_owner_sets_a_priority(rosa: Requester, omar: Requester) -> None:
    hit = rosa.create_hit()
    with pytest.raises(HITDoesNotExist):
        omar("PutHITPriority", HITId=hit["HITId"], Level=1)


def together(count: int, work: Any) -> list[Any]:
    """What so many threads answer who all begin at once; refusals as values."""

    def attempt(number: int) -> Any:
        try:
            return work(number)
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(attempt, range(count)))


def crowd(town: Town, count: int) -> list[Worker]:
    """So many workers."""
    return [town.worker(f"Worker{number}") for number in range(count)]


def test_sixty_four_workers_accept_at_once_and_nobody_fails(rosa: Requester, town: Town) -> None:
    workers = crowd(town, 64)
    made = publish(rosa, 8, MaxAssignments=8)
    group = made[0]["HITGroupId"]
    tasks = together(64, lambda number: next_of(workers[number], group))
    failed = [task for task in tasks if isinstance(task, Refusal)]
    assert not failed
    assert len({task["AssignmentId"] for task in tasks}) == 64
    for hit in made:
        shown = rosa.hit(hit["HITId"])
        assert shown["NumberOfAssignmentsPending"] == 8
        assert shown["NumberOfAssignmentsAvailable"] == 0


@pytest.mark.parametrize("by_group", [True, False], ids=["next", "given"])
def test_of_many_who_want_the_last_slot_one_wins(rosa: Requester, town: Town, by_group: bool) -> None:
    workers = crowd(town, 16)
    hit = rosa.create_hit()
    members = {"HITGroupId": hit["HITGroupId"]} if by_group else {"HITId": hit["HITId"]}
    answers = together(16, lambda number: workers[number]("AcceptHIT", **members))
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert len(refused) == 15
    assert all(isinstance(refusal, NoMoreHITs) for refusal in refused)
    assert rosa.hit(hit["HITId"])["NumberOfAssignmentsPending"] == 1


def test_one_worker_in_many_tabs_gets_each_hit_once(rosa: Requester, wei: Worker) -> None:
    made = publish(rosa, 12, MaxAssignments=5)
    tasks = together(12, lambda number: next_of(wei, made[0]["HITGroupId"]))
    assert not [task for task in tasks if isinstance(task, Refusal)]
    assert len({task["HITId"] for task in tasks}) == 12
    again = together(6, lambda number: wei("AcceptHIT", HITId=made[0]["HITId"]))
    assert all(isinstance(answer, AlreadyYours) for answer in again)


def test_one_worker_in_many_tabs_never_holds_more_than_the_cap(
    rosa: Requester, wei: Worker, town: Town
) -> None:
    cap = town.market.traits.queue_cap
    made = publish(rosa, cap + 8)
    answers = together(cap + 8, lambda number: wei("AcceptHIT", HITId=made[number]["HITId"]))
    assert len([answer for answer in answers if isinstance(answer, QueueFull)]) == 8
    assert wei("ListTasks")["NumResults"] == cap


def copies(call: Call, like: str, count: int) -> None:
    """So many HITs more that differ from that one in nothing but their id and place."""
    model = hits.by_id(call, like)
    rows = [
        {
            "id": call.key(), "public_id": call.new_id(), "requester": model.requester,
            "hit_type": model.hit_type, "question": model.question, "layout": None, "annotation": None,
            "max_assignments": model.max_assignments, "created_at": call.now, "expires_at": model.expires_at,
            "status": 1, "open": model.open, "level": model.level, "position": hits.new_position(call.now),
            "reward": model.reward, "fee": model.fee, "held": model.open, "policies": None,
        }
        for _ in range(count)
    ]  # fmt: skip
    call.connection.many(hits.ADD, rows)


def statement_steps(app: App, statement: Sql, parameters: dict[str, Any]) -> int:
    """How many steps of its machine SQLite needs for a statement."""
    connection = app.production.database.reader()
    raw = connection.raw  # type: ignore[attr-defined]
    assert isinstance(raw, sqlite3.Connection)
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    raw.set_progress_handler(count, 1)
    raw.execute(statement.sqlite, parameters).fetchall()
    raw.set_progress_handler(None, 0)
    return steps


def test_the_next_hit_costs_the_same_whatever_the_backlog(
    rosa: Requester, wei: Worker, town: Town, app: App
) -> None:
    if app.production.database.dialect != "sqlite":
        return _postgresql_seeks(rosa, wei, town)
    hit = rosa.create_hit(MaxAssignments=5)
    hit_type = town.market.read(lambda call: hits.by_id(call, hit["HITId"]).hit_type)
    seek = {"hit_type": hit_type, "level": 8, "after": 0, "worker": wei.actor.account, "now": town.now}
    levels = {"hit_type": hit_type, "above": -1}
    town.market.system(lambda call: copies(call, hit["HITId"], 500))
    small = [
        statement_steps(app, dispatch.CANDIDATE, seek),
        statement_steps(app, dispatch.LEVEL, levels),
        statement_steps(app, dispatch.WINDOW_END, seek),
    ]
    for _ in range(20):
        wei.submit(next_of(wei, hit["HITGroupId"])["AssignmentId"])
    town.market.system(lambda call: copies(call, hit["HITId"], 100_000))
    large = [
        statement_steps(app, dispatch.CANDIDATE, seek | {"worker": 0}),
        statement_steps(app, dispatch.LEVEL, levels),
        statement_steps(app, dispatch.WINDOW_END, seek),
    ]
    assert large == small
    assert small[0] < 60
    reader = app.production.database.reader()
    plan = reader.raw.execute(  # type: ignore[attr-defined]
        "EXPLAIN QUERY PLAN " + dispatch.CANDIDATE.sqlite, seek
    ).fetchall()
    told = "\n".join(row[3] for row in plan)
    assert "SEARCH hits USING INDEX hits_open (hit_type=? AND level=? AND position>?)" in told
    assert "CO-ROUTINE" in told
    assert "SCAN hits" not in told
    assert "TEMP B-TREE" not in told
    return None


def _postgresql_seeks(rosa: Requester, wei: Worker, town: Town) -> None:
    hit = rosa.create_hit(MaxAssignments=5)
    town.market.system(lambda call: copies(call, hit["HITId"], 20_000))

    def plan(call: Call) -> str:
        raw = call.connection.raw  # type: ignore[attr-defined]
        raw.execute("ANALYZE hits")
        model = hits.by_id(call, hit["HITId"])
        seek = {"hit_type": model.hit_type, "level": 8, "after": 0, "worker": wei.actor.account}
        rows = raw.execute(
            "EXPLAIN (ANALYZE, FORMAT TEXT) " + dispatch.CANDIDATE.postgresql, seek | {"now": call.now}
        ).fetchall()
        return "\n".join(row[0] for row in rows)

    told = town.market.system(plan)
    assert "hits_open" in told
    assert "Seq Scan" not in told
    assert "Sort" not in told
    next_of(wei, hit["HITGroupId"])


def test_who_has_had_very_much_is_told_that_the_search_goes_on(
    rosa: Requester, wei: Worker, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kempelen.operations.doing.accepting.WINDOWS", 2)
    monkeypatch.setattr("kempelen.operations.doing.queue.MOST_ROWS", 50)
    first = rosa.create_hit(MaxAssignments=5)
    town.market.system(lambda call: copies(call, first["HITId"], 700))

    def have_all(call: Call) -> None:
        from kempelen.store import assignments

        rows = call.connection.raw.execute("SELECT id FROM hits").fetchall()  # type: ignore[attr-defined]
        for (key,) in rows:
            assignments.add(
                call, hit=key, worker=wei.actor.account, requester=rosa.actor.account,
                abandon_at=call.now + 10_000_000, reward=1, fee=1,
            )  # fmt: skip

    town.market.system(have_all)
    last = rosa.create_hit(MaxAssignments=5)
    with pytest.raises(StillLooking):
        next_of(wei, first["HITGroupId"])
    assert next_of(wei, first["HITGroupId"])["HITId"] == last["HITId"]


def test_what_stayed_behind_a_cursor_is_found_by_a_lap(rosa: Requester, wei: Worker, town: Town) -> None:
    first, second = publish(rosa, 2, MaxAssignments=2)
    group = first["HITGroupId"]
    key = town.market.read(lambda call: hits.by_id(call, first["HITId"]).key)
    place = town.now << 20
    town.market.system(lambda call: call.do(dispatch.MOVE, key=key, new_level=8, new_position=2**62))
    assert next_of(wei, group)["HITId"] == second["HITId"]
    # As if its commit had come late: it appears where the worker has already been.
    town.market.system(lambda call: call.do(dispatch.MOVE, key=key, new_level=8, new_position=place))
    town.advance(milliseconds=LAP)
    assert next_of(wei, group)["HITId"] == first["HITId"]
