"""A worker's queue and history: tasks with their deadlines, more time, and everything ever accepted."""

from __future__ import annotations

from typing import Any

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.operation import Call, Role, command, query
from kempelen.operations.doing.returning import refuse_gone
from kempelen.operations.finding.group_answers import groups_as_answers
from kempelen.operations.finding.searching import Search, Wanted
from kempelen.operations.finding.task_answers import settings_of, task_as_answer
from kempelen.operations.money.earnings import summary_as_answer
from kempelen.rules import calendar, preferences, task_settings, tokens
from kempelen.rules.lifecycle import DAY, AssignmentStatus, time_allowed
from kempelen.rules.money import Money
from kempelen.rules.sentences import Sentence
from kempelen.store import (
    assignments,
    bonuses,
    drafts,
    hit_types,
    hits,
    late_answers,
    paging,
    queue,
    work_figures,
)
from kempelen.store.assignments import Assignment
from kempelen.store.hit_types import HITType
from kempelen.store.hits import Hit
from kempelen.store.queue import Entry
from kempelen.store.summaries import summary

MOST_BONUSES = 100
"""How many bonuses of one assignment are told; a requester can pay any number."""
MOST_ROWS = 5_000
"""How much of a history one call looks through for the status it is asked for."""


class NoExtension(Refusal):
    """This task cannot be given more time: {left}"""

    code = "Kempelen.NoTimeExtension"
    page_status = 422


@query("GetTask", by=Role.WORKER)
def get_task(call: Call, *, assignment_id: str, with_page: bool = False) -> dict[str, Any]:
    """One of the worker's own assignments, whatever has become of it; with what its page shows of them
    beside it, if that is asked for."""
    assignment = assignments.of_worker(call, assignment_id)
    hit = hits.by_key(call, assignment.hit)
    hit_type = hit_types.by_key(call, hit.hit_type)
    answer: dict[str, Any] = {"Task": _shown(call, assignment, hit, hit_type)}
    if with_page:
        known = summary(call, hit_type=hit_type.key)
        answer["Summary"] = summary_as_answer(known)
        answer["InstructionsCollapsed"] = known.is_collapsed
        answer["AutoAcceptNext"] = preferences.whole(known.preferences)["AutoAcceptNext"]
    return answer


@query("ListTasks", by=Role.WORKER)
def list_tasks(call: Call, *, with_groups: bool = False) -> dict[str, Any]:
    """What the worker has accepted and not yet handed in, nearest deadline first; with the groups they are
    of, each once, if that is asked for."""
    held = [(each, hits.by_key(call, each.hit)) for each in queue.held(call)]
    types = hit_types.by_keys(call, sorted({hit.hit_type for _, hit in held})) if held else {}
    tasks = [_shown(call, each, hit, types[hit.hit_type]) for each, hit in held]
    answer: dict[str, Any] = {"Tasks": tasks, "NumResults": len(tasks)}
    if with_groups:
        values = Search(call, Wanted()).values()
        answer["HITGroups"] = groups_as_answers(call, sorted(types), values=values)
    return answer


@query("GetOwnAssignment", by=Role.WORKER)
def get_own_assignment(call: Call, *, assignment_id: str) -> dict[str, Any]:
    """What has become of one of the worker's own assignments: the decision, bonuses, a late answer."""
    entry = queue.entry(call, assignment_id)
    paid = bonuses.of_assignment(call, entry.key, after=(0, 0), count=MOST_BONUSES)
    late = late_answers.told(call, entry.key)
    return {
        "Assignment": _entry(entry),
        "Bonuses": [
            {"Time": each.at, "Amount": str(Money(each.amount)), "Reason": each.reason} for each in paid
        ],
        "LateAnswer": None if late is None else _late(*late),
    }


def _late(received_at: int, keep_until: int, paid: int | None) -> dict[str, Any]:
    return {
        "ReceivedTime": received_at,
        "KeptUntil": keep_until,
        "PaidAmount": None if paid is None else str(Money(paid)),
    }


@query("ListOwnAssignments", by=Role.WORKER)
def list_own_assignments(
    call: Call,
    *,
    status: str | None = None,
    day: str | None = None,
    page_number: int | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
) -> dict[str, Any]:
    """Everything the worker ever accepted, latest first; with a status, a page can be short and go on.

    With a day, what was handed in on it (UTC), and of that also pages by number.
    """
    if day is not None:
        return _of_day(call, day, status, page_number, max_results=max_results, next_token=next_token)
    if page_number is not None:
        raise ParameterValidationError("PageNumber is for the list of one Day.")
    page = paging.read(call, next_token, max_results, start=paging.NEWEST, filter=[status])
    wanted = None if status is None else AssignmentStatus[status.upper()]
    shown: list[Entry] = []
    moment, key = page.after
    before, seen, more = (int(moment), int(key)), 0, True
    while more and len(shown) < page.count and seen < MOST_ROWS:
        count = page.count if wanted is None else max(100, page.count)
        entries = queue.history(call, before=before, count=count)
        seen, more = seen + len(entries), len(entries) == count
        for entry in entries:
            before = entry.accepted_at, entry.key
            if wanted is None or entry.status == wanted:
                shown.append(entry)
                if len(shown) == page.count:
                    break
    answer: dict[str, Any] = {"Assignments": [_entry(each) for each in shown], "NumResults": len(shown)}
    if shown or more:
        answer["NextToken"] = tokens.seal(call.directory.page_secret, page.context, before)
    return answer


def _of_day(
    call: Call,
    day: str,
    status: str | None,
    number: int | None,
    *,
    max_results: int | None,
    next_token: str | None,
) -> dict[str, Any]:
    wanted = calendar.read(day)
    if wanted is None:
        raise ParameterValidationError("Day is a date written as 2026-11-22.")
    if status is not None or (number is not None and next_token is not None):
        raise ParameterValidationError("With Day give no Status, and of PageNumber and NextToken only one.")
    begin = wanted * DAY
    page = paging.read(call, next_token, max_results, default=20, start=(begin + DAY, 0), filter=[day])
    before: tuple[int, int] | None = (int(page.after[0]), int(page.after[1]))
    total = work_figures.day(call, wanted).submitted
    if number is not None and number > 1:
        passed = (number - 1) * page.count
        before = queue.place_of_day(call, begin=begin, number=passed) if passed <= total else None
    entries = [] if before is None else queue.of_day(call, begin=begin, before=before, count=page.count)
    positions = [(each.submitted_at or 0, each.key) for each in entries]
    answer = paging.answer(call, page, "Assignments", [_entry(each) for each in entries], positions=positions)
    return answer | {"PageNumber": number, "TotalNumResults": total}


@command("ExtendTime", by=Role.WORKER)
def extend_time(call: Call, *, assignment_id: str) -> dict[str, Any]:
    """Put the deadline of an accepted task off, as often and as far as its settings allow."""
    assignment = assignments.of_worker(call, assignment_id)
    if assignment.status != AssignmentStatus.ASSIGNED or call.now >= assignment.abandon_at:
        refuse_gone(assignment)
    hit_type = hit_types.by_key(call, hits.by_key(call, assignment.hit).hit_type)
    settings = task_settings.read(settings_of(call, assignment, hit_type))
    most = settings.time_extensions
    if most == 0:
        raise NoExtension(left=Sentence("its requester does not allow that."))
    more, longer = time_allowed(settings.time_extension_seconds, percent=call.actor.time_percent)
    deadline = queue.extend(call, assignment.key, more=more, longer=longer, most=most)
    if deadline is None:
        raise NoExtension(left=Sentence("it has been extended {most} times already.", most=most))
    call.due(deadline)
    drafts.keep_longer(call, assignment.key, until=deadline + drafts.KEPT)
    _, used = queue.terms(call, assignment.key)
    return {"Deadline": deadline, "ExtensionsLeft": most - used}


def _shown(call: Call, assignment: Assignment, hit: Hit, hit_type: HITType) -> dict[str, Any]:
    return task_as_answer(call, assignment, hit, hit_type, settings=settings_of(call, assignment, hit_type))


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "AssignmentId": entry.public_id,
        "HITId": entry.hit_id,
        "RequesterId": entry.requester_id,
        "RequesterName": entry.requester_name,
        "Title": entry.title,
        "Reward": str(Money(entry.reward)),
        "Status": AssignmentStatus(entry.status).label,
        "AcceptTime": entry.accepted_at,
        "SubmitTime": entry.submitted_at,
        "AutoApprovalTime": entry.approve_at,
        "DecisionTime": entry.decided_at,
        "RequesterFeedback": entry.feedback,
        "HITGroupId": entry.group_id,
        "WorkedSeconds": entry.worked_seconds,
        "Deadline": entry.abandon_at,
    }
