"""A worker's own figures: the dashboard, day by day, and what an hour of work has really paid.

Realised pay per hour is what was paid for the answers that are decided, divided by the time spent on them, as
`rules.pay_per_hour` counts it: a rejected answer's time counts, and what is pending counts neither way.
"""

from __future__ import annotations

from typing import Any

from kempelen.operation import Call, Role, query
from kempelen.operations.finding.group_answers import percent
from kempelen.rules.calendar import day_of, first_day_of_year, written
from kempelen.rules.money import Money
from kempelen.rules.pay_per_hour import pay
from kempelen.store import earnings, ledger, paging, work_figures
from kempelen.store.work_figures import Line, WorkDay

OVERVIEW_DAYS = 45
"""How many days the dashboard looks back, today among them."""


@query("GetDashboard", by=Role.WORKER)
def get_dashboard(call: Call) -> dict[str, Any]:
    """What the worker has, has had and has done: in all, and for each day of the last 45 with work in it."""
    today = day_of(call.now)
    days = work_figures.days(call, before=today + 1, count=OVERVIEW_DAYS)
    days = [each for each in days if each.day > today - OVERVIEW_DAYS]
    counts = earnings.counts(call)
    available, held = ledger.balance(call, ledger.earned(call.actor.account))
    bonuses, withdrawn = earnings.bonuses_to_date(call), earnings.paid_out(call)
    total = available + held + withdrawn
    seconds = sum(each.seconds for each in days)
    earned = sum(each.earned for each in days)
    decided = counts.approved + counts.rejected
    return {
        "Days": [day_as_answer(each) for each in days],
        "Available": str(Money(available)),
        "Withdrawn": str(Money(withdrawn)),
        "PendingApproval": str(Money(earnings.pending(call))),
        "ApprovedToDate": str(Money(total - bonuses)),
        "BonusesToDate": str(Money(bonuses)),
        "TotalToDate": str(Money(total)),
        "EarnedBeforeThisYear": str(Money(work_figures.earned_before(call, first_day_of_year(today)))),
        "EarnedBeforeLastYear": str(
            Money(work_figures.earned_before(call, first_day_of_year(first_day_of_year(today) - 1)))
        ),
        "SubmittedCount": counts.submitted,
        "ApprovedCount": counts.approved,
        "RejectedCount": counts.rejected,
        "PendingCount": counts.submitted - decided,
        "ApprovalRate": percent(counts.approved, of=decided),
        "RejectionRate": percent(counts.rejected, of=decided),
        "WorkedSeconds": seconds,
        "PayPerHour": _pay_per_hour(earned, seconds),
    }


@query("ListWorkDays", by=Role.WORKER)
def list_work_days(
    call: Call, *, max_results: int | None = None, next_token: str | None = None
) -> dict[str, Any]:
    """Every day (UTC) on which the worker handed something in, latest first, with what became of it."""
    page = paging.read(call, next_token, max_results, start=(2**31,))
    days = work_figures.days(call, before=int(page.after[0]), count=page.count)
    items = [day_as_answer(each) for each in days]
    return paging.answer(call, page, "Days", items, positions=[(each.day,) for each in days])


@query("ListRealisedPay", by=Role.WORKER)
def list_realised_pay(
    call: Call, *, by: str, max_results: int | None = None, next_token: str | None = None
) -> dict[str, Any]:
    """What the worker's hours have paid, requester by requester or HIT type by HIT type."""
    page = paging.read(call, next_token, max_results, start=(-1,), filter=[by])
    read = work_figures.by_requester if by == "Requester" else work_figures.by_hit_type
    lines = read(call, after=int(page.after[0]), count=page.count)
    items = [_line(each) for each in lines]
    return paging.answer(call, page, "Lines", items, positions=[(each.key,) for each in lines])


def day_as_answer(day: WorkDay) -> dict[str, Any]:
    """A day in the contract's words."""
    return {
        "Date": written(day.day),
        "Submitted": day.submitted,
        "Approved": day.approved,
        "Rejected": day.rejected,
        "Pending": day.pending,
        "Earned": str(Money(day.earned)),
        "WorkedSeconds": day.seconds,
        "PayPerHour": _pay_per_hour(day.earned, day.seconds),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "RequesterId": line.requester_id,
        "RequesterName": line.requester_name,
        "HITTypeId": line.hit_type_id,
        "HITGroupId": line.group_id,
        "Title": line.title,
        "Submitted": line.submitted,
        "Approved": line.approved,
        "Rejected": line.rejected,
        "Earned": str(Money(line.earned)),
        "WorkedSeconds": line.seconds,
        "PayPerHour": _pay_per_hour(line.earned, line.seconds),
    }


def _pay_per_hour(earned: int, seconds: int) -> str | None:
    return str(Money(pay(earned, seconds))) if seconds else None
