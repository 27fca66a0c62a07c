"""Hiding requesters and groups: they are left out of a worker's lists, and nothing else changes."""

from __future__ import annotations

from typing import Any

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.operation import Call, Role, command, query
from kempelen.operations.finding.admission import group
from kempelen.store import hidden_work, paging, queue
from kempelen.store.hidden_work import Kind


class TooMuchHidden(Refusal):
    """You hide {most} requesters and groups already, which is the most. Show one of them again first."""

    code = "Kempelen.TooMuchHidden"
    page_status = 422


class RequesterDoesNotExist(Refusal):
    """Requester {requester_id} does not exist."""

    code = "Kempelen.RequesterDoesNotExist"
    page_status = 404


@command("HideWork", by=Role.WORKER)
def hide_work(call: Call, *, requester_id: str | None = None, hit_group_id: str | None = None) -> None:
    """Leave a requester, or one group, out of the acting worker's lists and out of what they watch."""
    queue.lock(call)  # so that two at once cannot hide more than the most
    kind, target = _meant(call, requester_id, hit_group_id)
    if hidden_work.is_full(call):
        raise TooMuchHidden(most=hidden_work.MOST)
    hidden_work.add(call, kind, target)


@command("UnhideWork", by=Role.WORKER)
def unhide_work(call: Call, *, requester_id: str | None = None, hit_group_id: str | None = None) -> None:
    """Show a requester or a group in lists again."""
    kind, target = _meant(call, requester_id, hit_group_id)
    hidden_work.remove(call, kind, target)


@query("ListHidden", by=Role.WORKER)
def list_hidden(
    call: Call, *, max_results: int | None = None, next_token: str | None = None
) -> dict[str, Any]:
    """What the acting worker hides, latest first."""
    page = paging.read(call, next_token, max_results, start=paging.NEWEST)
    found = hidden_work.page(call, before=(int(page.after[0]), int(page.after[1])), count=page.count)
    items = [
        {
            "RequesterId": each.requester_id,
            "RequesterName": each.requester_name,
            "HITGroupId": each.group_id,
            "Title": each.title,
            "HideTime": each.at,
        }
        for each in found
    ]
    return paging.answer(call, page, "Hidden", items, positions=[(each.at, each.key) for each in found])


def _meant(call: Call, requester_id: str | None, hit_group_id: str | None) -> tuple[Kind, int]:
    if (requester_id is None) == (hit_group_id is None):
        raise ParameterValidationError("Exactly one of RequesterId and HITGroupId must be given.")
    if hit_group_id is not None:
        return Kind.GROUP, group(call, hit_group_id).key
    assert requester_id is not None
    organisation = call.directory.requester(requester_id)
    if organisation is None:
        raise RequesterDoesNotExist(requester_id=requester_id)
    return Kind.REQUESTER, organisation.key
