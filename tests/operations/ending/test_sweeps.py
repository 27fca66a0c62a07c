"""What time does by itself, and that one bad row never stops it."""

import logging

import pytest

from hit_invariants import assert_consistent, events_of, rows
from kempelen.events import EventKind
from kempelen.store import assignments, hits, sweeping
from kempelen.store.sql import Sql
from people import Requester, Town, Worker

DAY = 86_400


def run(town: Town, statement: str) -> None:
    """Change rows behind everybody's back."""
    town.market.system(lambda call: call.connection.raw.execute(statement))


def test_silence_approves_and_pays(town: Town, rosa: Requester, wei: Worker, ana: Worker) -> None:
    hit_id = rosa.create_hit(Reward="0.50", MaxAssignments=3, AutoApprovalDelayInSeconds=3600)["HITId"]
    wei.do(hit_id)
    town.advance(seconds=600)
    ana.do(hit_id)
    town.advance(seconds=2999)
    assert rosa.hit(hit_id)["NumberOfAssignmentsCompleted"] == 0
    town.advance(seconds=1)
    after = rosa.hit(hit_id)
    assert (after["NumberOfAssignmentsCompleted"], after["NumberOfAssignmentsAvailable"]) == (1, 1)
    assert wei("GetEarnings")["Available"] == "0.50"
    assert ana("GetEarnings")["Available"] == "0.00"
    town.advance(seconds=600)
    assert rosa.hit(hit_id)["NumberOfAssignmentsCompleted"] == 2
    assert rosa.balance == ("998.80", "0.00")
    assert events_of(town, hit_id).count(EventKind.AssignmentApproved) == 2
    assert_consistent(town)


def test_many_are_approved_at_once_for_many_people(town: Town, rosa: Requester, omar: Requester) -> None:
    workers = [town.worker(f"Worker{number}") for number in range(3)]
    for requester, reward in ((rosa, "0.50"), (omar, "0.00")):
        for _ in range(2):
            hit_id = requester.create_hit(Reward=reward, MaxAssignments=3, AutoApprovalDelayInSeconds=60)[
                "HITId"
            ]
            for worker in workers:
                worker.do(hit_id)
    town.advance(seconds=60)
    assert {hit["NumberOfAssignmentsCompleted"] for hit in rosa("ListHITs")["HITs"]} == {3}
    assert [worker("GetEarnings")["Available"] for worker in workers] == ["1.00"] * 3
    assert [worker("GetEarnings")["ApprovedCount"] for worker in workers] == [4] * 3
    assert rosa.balance == ("996.40", "0.00")
    assert omar.balance == ("999.94", "0.00")
    assert_consistent(town)


def test_a_delay_of_nothing_approves_with_the_submission(rosa: Requester, wei: Worker) -> None:
    hit_id = rosa.create_hit(AutoApprovalDelayInSeconds=0)["HITId"]
    wei.do(hit_id)
    assert rosa.hit(hit_id)["NumberOfAssignmentsCompleted"] == 1


def test_silence_approves_in_reviewing_and_after_the_end(town: Town, rosa: Requester, wei: Worker) -> None:
    hit_id = rosa.create_hit(LifetimeInSeconds=30, AutoApprovalDelayInSeconds=60)["HITId"]
    wei.do(hit_id)
    rosa("UpdateHITReviewStatus", HITId=hit_id)
    town.advance(seconds=60)
    after = rosa.hit(hit_id)
    assert (after["HITStatus"], after["NumberOfAssignmentsCompleted"]) == ("Reviewing", 1)
    assert_consistent(town)


def test_a_decided_answer_is_left_alone(town: Town, rosa: Requester, wei: Worker) -> None:
    hit_id = rosa.create_hit(AutoApprovalDelayInSeconds=60)["HITId"]
    rosa("RejectAssignment", AssignmentId=wei.do(hit_id), RequesterFeedback="")
    town.advance(seconds=60)
    rosa.hit(hit_id)
    assert rosa.balance == ("1000.00", "0.00")
    assert_consistent(town)


def test_an_abandoned_slot_is_open_again_once(town: Town, rosa: Requester, wei: Worker, ana: Worker) -> None:
    hit_id = rosa.create_hit(AssignmentDurationInSeconds=60)["HITId"]
    assignment = wei.accept(hit_id)
    town.advance(seconds=60)
    after = rosa.hit(hit_id)
    assert (after["HITStatus"], after["NumberOfAssignmentsAvailable"]) == ("Assignable", 1)
    assert_consistent(town)
    with pytest.raises(Exception, match="ran out"):
        wei.submit(assignment)
    ana.do(hit_id)
    assert events_of(town, hit_id).count(EventKind.AssignmentAbandoned) == 1
    assert wei("GetEarnings")["AbandonedCount"] == 1
    assert_consistent(town)


def test_who_abandoned_may_accept_again(town: Town, rosa: Requester, wei: Worker) -> None:
    hit_id = rosa.create_hit(AssignmentDurationInSeconds=60)["HITId"]
    wei.accept(hit_id)
    town.advance(seconds=60)
    wei.do(hit_id)
    assert_consistent(town)


def test_the_last_abandonment_of_an_ended_hit_makes_it_reviewable_and_frees_its_money(
    town: Town, rosa: Requester, wei: Worker, ana: Worker
) -> None:
    hit_id = rosa.create_hit(LifetimeInSeconds=30, AssignmentDurationInSeconds=60, MaxAssignments=2)["HITId"]
    wei.accept(hit_id)
    ana.accept(hit_id)
    town.advance(seconds=30)
    assert rosa.hit(hit_id)["HITStatus"] == "Unassignable"
    town.advance(seconds=30)
    assert rosa.hit(hit_id)["HITStatus"] == "Reviewable"
    assert rosa.balance == ("1000.00", "0.00")
    assert EventKind.HITReviewable in events_of(town, hit_id)
    assert_consistent(town)


def test_an_undecided_answer_postpones_disposal(town: Town, rosa: Requester, wei: Worker) -> None:
    hit_id = rosa.create_hit(LifetimeInSeconds=3600)["HITId"]
    wei.do(hit_id)
    run(town, f"UPDATE assignments SET approve_at = {town.now + 121 * DAY * 1000}")
    town.advance(days=120)
    assert rosa.hit(hit_id)["HITStatus"] == "Reviewable"
    town.advance(days=1)
    assert rosa.hit(hit_id)["HITStatus"] == "Disposed"
    assert_consistent(town)


def test_one_bad_row_does_not_keep_the_others_from_their_pay(
    town: Town, rosa: Requester, wei: Worker, ana: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    hit_id = rosa.create_hit(MaxAssignments=2, AutoApprovalDelayInSeconds=60)["HITId"]
    bad = wei.do(hit_id)
    ana.do(hit_id)
    run(
        town,
        "INSERT INTO transfers (id, at, cause, cause_key, cause_number, debit, credit, amount, currency) "
        f"SELECT 1, 1, 5, id, 0, 0, 0, 1, 'USD' FROM assignments WHERE public_id = '{bad}'",
    )
    town.advance(seconds=60)
    with caplog.at_level(logging.ERROR, logger="kempelen"):
        assert rosa.hit(hit_id)["NumberOfAssignmentsCompleted"] == 1
    assert "sets the row" in caplog.text
    assert ana("GetEarnings")["Available"] == "0.05"
    caplog.clear()
    assert rosa.hit(hit_id)["NumberOfAssignmentsCompleted"] == 1
    assert not caplog.records
    run(town, "DELETE FROM transfers WHERE id = 1")
    town.advance(seconds=600)
    assert rosa.hit(hit_id)["NumberOfAssignmentsCompleted"] == 2
    assert_consistent(town)


def test_a_hit_whose_money_is_missing_ends_all_the_same(town: Town, rosa: Requester, omar: Requester) -> None:
    bad = rosa.create_hit(LifetimeInSeconds=60)["HITId"]
    good = omar.create_hit(LifetimeInSeconds=60)["HITId"]
    run(town, f"UPDATE purses SET held = 0 WHERE account = {rosa.actor.account * 8 + 1}")
    town.advance(seconds=60)
    assert rosa.hit(bad)["HITStatus"] == "Reviewable"
    assert omar.hit(good)["HITStatus"] == "Reviewable"
    assert omar.balance == ("1000.00", "0.00")


def test_a_late_sweep_gives_nobody_a_slot_or_an_answer_they_are_too_late_for(
    town: Town, rosa: Requester, wei: Worker, ana: Worker
) -> None:
    hit = rosa.create_hit(LifetimeInSeconds=60, AssignmentDurationInSeconds=60, MaxAssignments=2)
    wei.accept(hit["HITId"])
    ((hit_key, hit_type),) = rows(town, "SELECT id, hit_type FROM hits")
    ((assignment_key,),) = rows(town, "SELECT id FROM assignments")
    town.advance(seconds=60)
    # `system` carries out nothing that is due before it, as if the sweeps had not come round.
    taken = town.market.system(
        lambda call: hits.take_slot(call, hits.by_key(call, hit_key), hit_type=hit_type)
    )
    assert taken is None
    assert not town.market.system(
        lambda call: assignments.submit(
            call, assignment_key, approve_at=call.now, work=None, worked_seconds=60
        )
    )
    assert rosa.hit(hit["HITId"])["HITStatus"] == "Reviewable"
    assert_consistent(town)


def test_what_fell_due_long_ago_is_dated_when_it_did(town: Town, rosa: Requester, wei: Worker) -> None:
    hit_id = rosa.create_hit(AutoApprovalDelayInSeconds=60)["HITId"]
    wei.do(hit_id)
    due = town.now + 60_000
    town.advance(days=3)
    rosa.hit(hit_id)
    assert rows(town, "SELECT decided_at FROM assignments") == [(due,)]


def test_request_tokens_are_forgotten_after_a_day(town: Town, rosa: Requester) -> None:
    rosa.create_hit(UniqueRequestToken="once")
    town.advance(days=1)
    rosa("ListHITs")
    assert rows(town, "SELECT count(*) FROM request_tokens") == [(0,)]
    rosa.create_hit(UniqueRequestToken="once")


def test_changes_of_groups_are_folded_into_their_summary(town: Town, rosa: Requester, wei: Worker) -> None:
    hit_id = rosa.create_hit()["HITId"]
    rosa.create_hit()
    wei.accept(hit_id)
    town.market.settle()
    assert rows(town, "SELECT count(*) FROM group_deltas") == [(0,)]
    assert rows(town, "SELECT hits FROM groups") == [(1,)]
    assert_consistent(town)


def test_with_nothing_due_a_sweep_reads_along_indexes(town: Town) -> None:
    reader = town.market.database.reader()
    if reader.dialect != "sqlite":
        reader.raw.execute("SET enable_seqscan = off")
    for statement in (
        hits.EXPIRE_DUE,
        sweeping.ABANDON,
        sweeping.APPROVE,
        sweeping.AGED,
        sweeping.END_TOKENS,
        sweeping.END_LATE_ANSWERS,
    ):
        plan = _plan(town, statement)
        assert "Seq Scan" not in plan and "SCAN " not in plan.replace("SCAN CONSTANT ROW", ""), plan


def _plan(town: Town, statement: Sql) -> str:
    reader = town.market.database.reader()
    text = statement.sqlite if reader.dialect == "sqlite" else statement.postgresql
    explain = "EXPLAIN QUERY PLAN " if reader.dialect == "sqlite" else "EXPLAIN "
    return "\n".join(str(row[-1]) for row in reader.raw.execute(explain + text, {"now": 1}).fetchall())
