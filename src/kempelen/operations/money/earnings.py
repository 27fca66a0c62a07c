"""What a worker has earned, from the ledger."""

from __future__ import annotations

from typing import Any

from kempelen.operation import Call, Role, query
from kempelen.rules import tokens
from kempelen.rules.money import Money
from kempelen.rules.preferences import whole
from kempelen.store import earnings, ledger, paging
from kempelen.store.earnings import Line
from kempelen.store.ledger import Cause
from kempelen.store.summaries import Summary, summary

MOST_ROWS = 5_000
"""How many payments one call looks through for the cause it is asked for."""
CAUSES = {Cause.REWARD: "Reward", Cause.BONUS: "Bonus", Cause.LATE_REWARD: "LateAnswer"}


@query("GetEarnings", by=Role.WORKER)
def get_earnings(call: Call) -> dict[str, Any]:
    """What the worker has, what is on its way, and what they have done so far."""
    counts = earnings.counts(call)
    available, held = ledger.balance(call, ledger.earned(call.actor.account))
    bonuses = earnings.bonuses_to_date(call)
    approved = available + held + earnings.paid_out(call) - bonuses
    return {
        "Available": str(Money(available)),
        "Withdrawn": str(Money(earnings.paid_out(call))),
        "PendingApproval": str(Money(earnings.pending(call))),
        "ApprovedToDate": str(Money(approved)),
        "BonusesToDate": str(Money(bonuses)),
        "AcceptedCount": counts.accepted,
        "SubmittedCount": counts.submitted,
        "ApprovedCount": counts.approved,
        "RejectedCount": counts.rejected,
        "ReturnedCount": counts.returned,
        "AbandonedCount": counts.abandoned,
    }


@query("GetWorkerSummary", by=Role.WORKER)
def get_worker_summary(call: Call) -> dict[str, Any]:
    """What every page shows or needs: what is available, how many tasks are held, how many threads hold
    something unread (99 stands for more), the worker's shortcuts."""
    return summary_as_answer(summary(call))


def summary_as_answer(known: Summary) -> dict[str, Any]:
    """The contract's summary of a worker."""
    answer: dict[str, Any] = {
        "Available": str(Money(known.available)),
        "Held": known.held,
        "Unread": known.unread,
    }
    if known.preferences is not None:
        preferred = whole(known.preferences)
        answer |= {name: preferred[name] for name in ("SingleKeyShortcuts", "Shortcuts")}
    return answer


@query("ListEarnings", by=Role.WORKER)
def list_earnings(
    call: Call, *, cause: str | None = None, max_results: int | None = None, next_token: str | None = None
) -> dict[str, Any]:
    """Each payment that came to the worker, latest first; of one cause, a page can be short and go on."""
    page = paging.read(call, next_token, max_results, start=paging.NEWEST, filter=[cause])
    moment, key = page.after
    before, seen, more = (int(moment), int(key)), 0, True
    shown: list[Line] = []
    while more and len(shown) < page.count and seen < MOST_ROWS:
        count = page.count if cause is None else max(100, page.count)
        lines = earnings.lines(call, before=before, count=count)
        seen, more = seen + len(lines), len(lines) == count
        for line in lines:
            before = line.at, line.key
            if cause is None or CAUSES.get(line.cause) == cause:
                shown.append(line)
                if len(shown) == page.count:
                    break
    answer: dict[str, Any] = {"Lines": [_line(each) for each in shown], "NumResults": len(shown)}
    if shown or more:
        answer["NextToken"] = tokens.seal(call.directory.page_secret, page.context, before)
    return answer


def _line(line: Line) -> dict[str, Any]:
    return {
        "Time": line.at,
        "Cause": CAUSES.get(line.cause, line.cause.name.capitalize()),
        "AssignmentId": line.assignment_id,
        "HITId": line.hit_id,
        "Amount": str(Money(line.amount)),
        "Note": line.reason,
        "Title": line.title,
        "RequesterId": line.requester_id,
        "RequesterName": line.requester_name,
    }
