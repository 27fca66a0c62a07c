"""The JSON of old worker scripts: what operations answer, in the names and shapes they were written for.

Moments are text with milliseconds, amounts numbers of dollars. `project_requirements` of a list are called
`hit_requirements` in a queue. The preview has no known shape; its is ours, made of the same pieces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

OVERVIEW_DAYS = 45
REFERENCE = "ref=w_pl_prvw"
_ACTIONS = {
    "Accept": "AcceptProject",
    "PreviewAndAccept": "PreviewProject",
    "DiscoverPreviewAndAccept": "DiscoverProject",
}
_NO_DAY = {"Submitted": 0, "Approved": 0, "Rejected": 0, "Pending": 0, "Earned": "0.00"}

Row = Mapping[str, Any]


def projects(answer: Row) -> dict[str, Any]:
    """`/projects` and `/requesters/{id}/projects`, from ListHITGroups with a PageNumber."""
    results = [project(each) for each in answer["HITGroups"]]
    return _page("results", results, number=answer["PageNumber"], total=answer["TotalNumResults"])


def project(group: Row) -> dict[str, Any]:
    """A group in a list."""
    tasks = tasks_url(group["HITGroupId"])
    return {
        "accept_project_task_url": f"{tasks}/accept_random?{REFERENCE}",
        **_common(group),
        "project_requirements": _requirements(group),
        "project_tasks_url": f"{tasks}?{REFERENCE}",
    }


def queue(
    tasks: Sequence[Row], groups: Mapping[str, Row], frames: Sequence[Row], *, now: float
) -> dict[str, Any]:
    """`/tasks`, from ListTasks with its groups by id; `frames` are the tasks' questions as `question` makes
    them. `now` in seconds since 1970."""
    rows = [
        queued(task, groups[task["HITGroupId"]], frame, now=now)
        for task, frame in zip(tasks, frames, strict=True)
    ]
    return _page("tasks", rows, number=1, total=len(rows))


def queued(task: Row, group: Row, frame: Row, *, now: float) -> dict[str, Any]:
    """One task of the queue."""
    return {
        "task_id": task["HITId"],
        "assignment_id": task["AssignmentId"],
        "accepted_at": stamp(task["AcceptTime"]),
        "deadline": stamp(task["Deadline"]),
        "time_to_deadline_in_seconds": max(0, int(task["Deadline"] - now)),
        "state": "Assigned",
        "question": frame,
        "project": _common(group) | {"hit_requirements": _requirements(group)},
        "expired_task_action_url": f"{tasks_url(task['HITGroupId'])}?{REFERENCE}",
        "task_url": task_url(task),
    }


def question(*, kind: str, url: str, height: int) -> dict[str, Any]:
    """A task's question: what kind it is, and where its frame is."""
    attributes = {"FrameHeight": str(height), "FrameSourceAttribute": "src"}
    return {"type": kind, "value": url, "attributes": attributes}


def preview(task: Row, group: Row, frame: Row) -> dict[str, Any]:
    """`/projects/{group}/tasks`: one HIT of the group as it would look. The shape is ours."""
    tasks = tasks_url(task["HITGroupId"])
    return {
        "task_id": task["HITId"],
        "assignment_id": None,
        "state": "Preview",
        "question": frame,
        "project": _common(group) | {"hit_requirements": _requirements(group)},
        "accept_project_task_url": f"{tasks}/accept_random?{REFERENCE}",
        "next_task_url": f"{tasks}?after={task['HITId']}",
        "task_url": f"{tasks}/{task['HITId']}",
    }


def dashboard(answer: Row, *, now: float) -> dict[str, Any]:
    """`/dashboard`, from GetDashboard: the last 45 days, the latest first, those without work too. Names that
    scripts spell in two ways are there in both."""
    found = {each["Date"]: each for each in answer["Days"]}
    available, total = _money(answer["Available"]), _number(answer["TotalToDate"])
    before = {
        name: _number(answer[member])
        for name, member in (
            ("end_of_last_year", "EarnedBeforeThisYear"), ("end_of_year_before_last", "EarnedBeforeLastYear"),
        )
    }  # fmt: skip
    rates = {
        name: float(answer.get(member) or 0)
        for name, member in (("approval_rate", "ApprovalRate"), ("rejection_rate", "RejectionRate"))
    }
    return {
        "available_earnings": available,
        "availableEarnings": available,
        "current_balance": available["amount_in_dollars"],
        **{f"balance_by_{name}": amount for name, amount in before.items()},
        "daily_hit_statistics_overview": [_day(found.get(day, _NO_DAY), day) for day in days_before(now)],
        "earnings_to_date": {
            "approved": _number(answer["ApprovedToDate"]),
            "bonuses": _number(answer["BonusesToDate"]),
            "total_earnings": total,
            "total_earnigns": total,
        },
        "hits_overview": {
            "approved": answer["ApprovedCount"],
            "pending": answer["PendingCount"],
            "rejected": answer["RejectedCount"],
            "approvalRate": rates["approval_rate"],
            **rates,
        },
        "reward_payment_balances": {
            "current_reward_payment_balance": available,
            **{f"reward_payment_balance_by_{name}": _dollars(amount) for name, amount in before.items()},
        },
    }


def days_before(now: float) -> list[str]:
    """The last 45 days in UTC as `2026-11-22`, today first."""
    today = datetime.fromtimestamp(int(now), UTC).date()
    return [(today - timedelta(days=back)).isoformat() for back in range(OVERVIEW_DAYS)]


def status_details(answer: Row) -> dict[str, Any]:
    """`/status_details/{day}`, from ListOwnAssignments of a Day with a PageNumber."""
    results = [status(each) for each in answer["Assignments"]]
    return _page("results", results, number=answer["PageNumber"], total=answer["TotalNumResults"])


def status(own: Row) -> dict[str, Any]:
    """One assignment of a day. What is approved is paid at once: only work without reward stays Approved."""
    reward = _money(own["Reward"])
    is_paid = own["Status"] == "Approved" and reward["amount_in_dollars"] > 0
    return {
        "assignment_id": own["AssignmentId"],
        "hit_id": own["HITId"],
        "requester_feedback": own.get("RequesterFeedback") or None,
        "requester_id": own["RequesterId"],
        "requester_name": own["RequesterName"],
        "reward": reward,
        "state": "Paid" if is_paid else own["Status"],
        "title": own["Title"],
    }


def tasks_url(group_id: str) -> str:
    """Where a group's HITs are previewed."""
    return f"/projects/{quote(group_id, safe='')}/tasks"


def task_url(task: Row) -> str:
    """Where an accepted task is worked on."""
    return f"{tasks_url(task['HITGroupId'])}/{task['HITId']}?assignment_id={task['AssignmentId']}"


def stamp(at: float) -> str:
    """A moment in seconds since 1970 as `2026-11-22T10:00:00.000Z`."""
    whole, thousandths = divmod(round(at * 1000), 1000)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{thousandths:03d}Z"


def _common(group: Row) -> dict[str, Any]:
    # In a group's first second it may not be summed up yet; scripts read a text here, never nothing.
    latest = group.get("LatestExpiration", group["LastUpdatedTime"] + group["AssignmentDurationInSeconds"])
    return {
        "assignable_hits_count": group["HITsAvailable"],
        "assignment_duration_in_seconds": group["AssignmentDurationInSeconds"],
        "caller_meets_preview_requirements": group["MayPreview"],
        "caller_meets_requirements": group["MayAccept"],
        "creation_time": stamp(group["CreationTime"]),
        "description": group["Description"],
        "hit_set_id": group["HITGroupId"],
        "last_updated_time": stamp(group["LastUpdatedTime"]),
        "latest_expiration_time": stamp(latest),
        "monetary_reward": _money(group["Reward"]),
        "requester_id": group["RequesterId"],
        "requester_name": group["RequesterName"],
        "requester_url": f"/requesters/{quote(group['RequesterId'], safe='')}/projects?{REFERENCE}",
        "title": group["Title"],
    }


def _requirements(group: Row) -> list[dict[str, Any]]:
    return [_requirement(each) for each in group.get("Requirements", ())]


def _requirement(eligibility: Row) -> dict[str, Any]:
    asked = eligibility["QualificationRequirement"]
    type_id, place = asked["QualificationTypeId"], eligibility.get("HeldLocaleValue") or {}
    values = [str(each) for each in asked.get("IntegerValues") or ()]
    values += [
        "-".join(part for part in (each["Country"], each.get("Subdivision")) if part)
        for each in asked.get("LocaleValues") or ()
    ]
    return {
        "qualification_type_id": type_id,
        "comparator": asked["Comparator"],
        "worker_action": _ACTIONS.get(asked.get("ActionsGuarded") or "Accept", "AcceptProject"),
        "qualification_values": values,
        "caller_meets_requirement": eligibility["Met"],
        "caller_qualification_value": {
            "integer_value": eligibility.get("HeldIntegerValue"),
            "locale_value": {"country": place.get("Country"), "subdivision": place.get("Subdivision")},
        },
        "qualification_type": {
            "qualification_type_id": type_id,
            "name": eligibility.get("QualificationName") or "",
            "visibility": True,
            "description": "",
            "has_test": bool(eligibility.get("HasTest")),
            "is_requestable": bool(eligibility.get("IsRequestable")),
            "keywords": "",
        },
    }


def _day(day: Row, written: str) -> dict[str, Any]:
    return {
        "date": f"{written}T00:00:00.000Z",
        "submitted": day["Submitted"],
        "approved": day["Approved"],
        "rejected": day["Rejected"],
        "pending": day["Pending"],
        "earnings": _number(day["Earned"]),
    }


def _page(name: str, rows: list[dict[str, Any]], *, number: int, total: int) -> dict[str, Any]:
    return {name: rows, "page_number": number, "num_results": len(rows), "total_num_results": total}


def _number(amount: str) -> float:
    return float(amount)


def _money(amount: str) -> dict[str, Any]:
    return _dollars(_number(amount))


def _dollars(amount: float) -> dict[str, Any]:
    return {"amount_in_dollars": amount, "currency_code": "USD"}
