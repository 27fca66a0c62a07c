"""Reports of broken tasks: enough workers of some standing pause a group, and nobody else does."""

from typing import Any

import pytest

from kempelen.errors import ParameterValidationError
from kempelen.operations.doing import reports
from kempelen.operations.doing.reports import AlreadyReported, TooManyReports
from kempelen.operations.finding.admission import GroupPaused, HITGroupDoesNotExist
from kempelen.operations.publishing.pausing import AlreadyPaused, NotPaused
from kempelen.store.assignments import AssignmentDoesNotExist
from people import Requester, Town, Worker


@pytest.fixture
def proven(town: Town, omar: Requester) -> list[Worker]:
    """Six workers, each with an approved answer."""
    hit = omar.create_hit(MaxAssignments=6, AutoApprovalDelayInSeconds=0)["HITId"]
    found = [town.worker(f"Proven{number}") for number in range(6)]
    for each in found:
        each.do(hit)
    return found


def report(worker: Worker, hit: dict[str, Any], reason: str = "broken", **members: str) -> None:
    worker("ReportTask", HITId=hit["HITId"], Reason=reason, **members)


def is_paused(worker: Worker, hit: dict[str, Any]) -> bool:
    return bool(worker("GetHITGroup", HITGroupId=hit["HITGroupId"])["HITGroup"]["Paused"])


def mails(town: Town) -> list[str]:
    rows = (
        town.market.database.reader().raw.execute("SELECT payload FROM outbox WHERE kind = 'mail'").fetchall()
    )
    return [row[0] for row in rows]


def test_five_workers_pause_a_group(town: Town, rosa: Requester, proven: list[Worker]) -> None:
    hit = rosa.create_hit(MaxAssignments=9)
    held = proven[0].accept(hit["HITId"])
    for worker in proven[:4]:
        report(worker, hit)
    assert not is_paused(proven[5], hit)
    report(proven[4], hit, "offensive")
    assert is_paused(proven[5], hit)
    for operation in ("AcceptHIT", "PreviewHIT"):
        for which in ("HITId", "HITGroupId"):
            with pytest.raises(GroupPaused):
                proven[5](operation, **{which: hit[which]})
    assert hit["HITGroupId"] not in {
        each["HITGroupId"] for each in proven[5]("ListHITGroups", MaxResults=100)["HITGroups"]
    }
    proven[0].submit(held)
    assert rosa.hit(hit["HITId"])["HITStatus"] == "Assignable", "the states of the AWS API stay"


def test_the_requester_is_told_and_resumes(town: Town, rosa: Requester, proven: list[Worker]) -> None:
    hit = rosa.create_hit(Title="Cats")
    for worker in proven[:5]:
        report(worker, hit)
    (letter,) = mails(town)
    assert "5 broken" in letter and "Cats" in letter
    listed = rosa("ListTaskReports", HITGroupId=hit["HITGroupId"])
    assert len(listed["Reports"]) == 5 and listed["PausedSince"]
    assert not any(worker.id in str(listed) for worker in proven), "who reported is not told"
    rosa("ResumeHITGroup", HITGroupId=hit["HITTypeId"])
    assert proven[5].accept(hit["HITId"])


def test_after_a_resumption_the_same_workers_do_not_pause_it_again(
    rosa: Requester, proven: list[Worker]
) -> None:
    hit, second = rosa.create_hit(), rosa.create_hit()
    for worker in proven[:5]:
        report(worker, hit)
    rosa("ResumeHITGroup", HITGroupId=hit["HITGroupId"])
    for worker in proven[:5]:
        report(worker, second)
    assert not is_paused(proven[5], hit)


def test_accounts_made_for_the_purpose_pause_nothing(town: Town, rosa: Requester) -> None:
    hit = rosa.create_hit(MaxAssignments=9)
    for number in range(9):
        clique = town.worker(f"Fresh{number}")
        clique.accept(hit["HITId"])
        report(clique, hit)
    assert not is_paused(town.worker("Ida"), hit)
    assert not any(each["Counted"] for each in rosa("ListTaskReports", MaxResults=100)["Reports"])


def test_reports_of_one_worker_count_once(rosa: Requester, proven: list[Worker]) -> None:
    for hit in [rosa.create_hit() for _ in range(6)]:
        report(proven[0], hit)
    assert not is_paused(proven[1], hit)


def test_reports_of_another_day_do_not_count(town: Town, rosa: Requester, proven: list[Worker]) -> None:
    hit = rosa.create_hit(LifetimeInSeconds=5 * 86_400)
    for worker in proven[:4]:
        report(worker, hit)
    town.advance(hours=25)
    report(proven[4], hit)
    assert not is_paused(proven[5], hit)


def test_a_task_is_reported_once(rosa: Requester, proven: list[Worker]) -> None:
    hit = rosa.create_hit()
    assignment = proven[0].accept(hit["HITId"])
    proven[0]("ReportTask", AssignmentId=assignment, Reason="unclear", Comment="Which cat?")
    with pytest.raises(AlreadyReported):
        report(proven[0], hit)
    (one,) = rosa("ListTaskReports")["Reports"]
    assert (one["Reason"], one["Comment"], one["HITId"]) == ("unclear", "Which cat?", hit["HITId"])


def test_only_what_one_may_see_is_reported(
    rosa: Requester, omar: Requester, wei: Worker, ana: Worker
) -> None:
    hit = rosa.create_hit()
    assignment = ana.accept(rosa.create_hit(Title="Other")["HITId"])
    with pytest.raises(AssignmentDoesNotExist):
        wei("ReportTask", AssignmentId=assignment, Reason="broken")
    with pytest.raises(ParameterValidationError):
        wei("ReportTask", Reason="broken")
    report(wei, hit)
    assert omar("ListTaskReports")["Reports"] == []


def test_nobody_reports_all_day(rosa: Requester, wei: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "REPORTS_A_DAY", 1)
    report(wei, rosa.create_hit())
    with pytest.raises(TooManyReports):
        report(wei, rosa.create_hit())


def test_a_requester_pauses_their_own_groups_only(rosa: Requester, omar: Requester, wei: Worker) -> None:
    hit = rosa.create_hit()
    with pytest.raises(HITGroupDoesNotExist):
        omar("PauseHITGroup", HITGroupId=hit["HITGroupId"])
    answer = rosa("PauseHITGroup", HITGroupId=hit["HITGroupId"])
    assert answer["HITTypeId"] == hit["HITTypeId"] and answer["PausedSince"]
    with pytest.raises(AlreadyPaused):
        rosa("PauseHITGroup", HITGroupId=hit["HITGroupId"])
    with pytest.raises(GroupPaused):
        wei.accept(hit["HITId"])
    rosa("ResumeHITGroup", HITGroupId=hit["HITGroupId"])
    with pytest.raises(NotPaused):
        rosa("ResumeHITGroup", HITGroupId=hit["HITGroupId"])


def test_reports_are_listed_in_pages(rosa: Requester, wei: Worker, ana: Worker) -> None:
    hit = rosa.create_hit()
    report(wei, hit)
    report(ana, hit, "scam")
    page = rosa("ListTaskReports", MaxResults=1)
    rest = rosa("ListTaskReports", NextToken=page["NextToken"])
    assert {each["Reason"] for each in page["Reports"] + rest["Reports"]} == {"broken", "scam"}
