"""Reports of broken tasks, which pause a group when enough workers of some standing make them.

A report counts towards the pause if somebody has approved an answer of its worker before, and only the first
that a worker ever makes in a group: accounts made for the purpose pause nothing, and nobody counts twice.
"""

from __future__ import annotations

from collections import Counter

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command
from kempelen.operations.finding.admission import refuse_unless_may
from kempelen.operations.telling.requesters import tell_requester
from kempelen.rules.lifecycle import DAY, HITStatus
from kempelen.rules.requirements import WorkerAction
from kempelen.store import assignments, groups, hit_types, hits, queue, taken, task_reports
from kempelen.store.hit_types import HITType
from kempelen.store.hits import Hit, HITDoesNotExist

REPORTS_A_DAY = 50
"""How many reports a worker makes in a day at most."""


class AlreadyReported(Refusal):
    """You have reported this task already."""

    code = "Kempelen.AlreadyReported"
    page_status = 409


class TooManyReports(Refusal):
    """You have made {most} reports today, which is the most in a day. Write to the operator instead."""

    code = "Kempelen.TooManyReports"
    page_status = 429


@command("ReportTask", by=Role.WORKER)
def report_task(
    call: Call,
    *,
    reason: str,
    hit_id: str | None = None,
    assignment_id: str | None = None,
    comment: str = "",
) -> None:
    """Report a task that the acting worker holds, has had, or can preview. Once for each HIT.

    After KEMPELEN_REPORTS_TO_PAUSE reports that count, by as many workers within 24 hours, its group is
    paused and the requester is told. The requester is never told who reported.
    """
    queue.lock(call)
    hit = _meant(call, hit_id, assignment_id)
    hit_type = hit_types.by_key(call, hit.hit_type)
    if not taken.take_of_day(call, most=REPORTS_A_DAY, scope=taken.REPORTS):
        raise TooManyReports(most=REPORTS_A_DAY)
    groups.lock(call, hit_type.key)  # so that two reports at once are counted one after the other
    kept = task_reports.add(
        call,
        hit=hit.key,
        hit_type=hit_type.key,
        requester=hit.requester,
        reason=reason,
        comment=comment,
        counts=task_reports.has_standing(call, hit_type.key),
    )
    if not kept:
        raise AlreadyReported()
    call.emit(Event(EventKind.TaskReported, hit.requester, hit_type.key, hit.key, detail=reason))
    _pause_if_enough(call, hit_type)


def _meant(call: Call, hit_id: str | None, assignment_id: str | None) -> Hit:
    if (hit_id is None) == (assignment_id is None):
        raise ParameterValidationError("Exactly one of HITId and AssignmentId must be given.")
    if assignment_id is not None:
        return hits.by_key(call, assignments.of_worker(call, assignment_id).hit)
    assert hit_id is not None
    hit = hits.by_id(call, hit_id)
    if hit.status == HITStatus.DISPOSED:
        raise HITDoesNotExist(hit_id=hit_id)
    if queue.own(call, hit.key) is None:
        refuse_unless_may(call, hit_types.by_key(call, hit.hit_type), WorkerAction.PREVIEW)
    return hit


def _pause_if_enough(call: Call, hit_type: HITType) -> None:
    most = call.traits.reports_to_pause
    if most == 0:
        return
    since = max(call.now - DAY, groups.resumed_at(call, hit_type.key))
    reasons = task_reports.counted(call, hit_type.key, after=since, most=most)
    if len(reasons) < most or not groups.pause(call, hit_type.key):
        return
    counts = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in _by_number(reasons))
    call.emit(
        Event(EventKind.HITGroupPaused, hit_type.requester, hit_type.key, detail=f"{most} reports: {counts}")
    )
    tell_requester(
        call,
        hit_type.requester,
        subject=f"Paused after {most} reports: {hit_type.title}",
        text=(
            f"{most} workers have reported tasks of “{hit_type.title}” ({hit_type.public_id}) within 24"
            f" hours: {counts}.\n\nNothing of it is handed out until you resume it. Whoever has accepted"
            " something may finish it. Read what they say with ListTaskReports, mend the tasks or end"
            " them, then call ResumeHITGroup.\n"
        ),
    )


def _by_number(reasons: list[str]) -> list[tuple[str, int]]:
    return sorted(Counter(reasons).items(), key=lambda each: (-each[1], each[0]))
