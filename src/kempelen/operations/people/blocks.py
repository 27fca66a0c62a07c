"""Worker blocks: whom a requester does not want to work with any more."""

from __future__ import annotations

from typing import Any

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command, query
from kempelen.rules.correspondence import plain
from kempelen.store import blocks, paging, parties

MOST_BLOCKS = 100_000


class TooManyBlocks(Refusal):
    """You block {most} workers already, and that is the most. Unblock somebody first."""

    code = "AWS.MechanicalTurk.WorkerBlockLimitExceeded"


class NotBlocked(Refusal):
    """You have not blocked the worker {worker_id}."""

    code = "Kempelen.NotBlocked"
    page_status = 409


@command("CreateWorkerBlock", by=Role.REQUESTER)
def create_worker_block(call: Call, *, worker_id: str, reason: str) -> None:
    """Keep a worker from the caller's HITs from now on; what is accepted stays. Done again, only the reason
    is new. The worker never sees the reason: what they are told is said with PutBlockNotice."""
    worker = parties.worker_key(call, worker_id)
    parties.know_requester(call, call.actor)
    blocked = blocks.add(call, worker=worker, reason=reason)
    if blocked is None:
        return
    if blocked > MOST_BLOCKS:
        raise TooManyBlocks(most=f"{MOST_BLOCKS:,}")
    call.emit(Event(EventKind.WorkerBlocked, call.actor.account, worker=worker))


@command("DeleteWorkerBlock", by=Role.REQUESTER)
def delete_worker_block(call: Call, *, worker_id: str, reason: str | None = None) -> None:
    """Let a worker work for the caller again; nothing happens if they could."""
    try:
        worker = parties.worker_key(call, worker_id)
    except ParameterValidationError:
        raise ParameterValidationError("WorkerId is invalid.") from None
    if blocks.remove(call, worker=worker):
        call.emit(Event(EventKind.WorkerUnblocked, call.actor.account, worker=worker))


@command("PutBlockNotice", by=Role.REQUESTER)
def put_block_notice(call: Call, *, worker_id: str, notice: str | None = None) -> None:
    """Say why a worker whom the caller has blocked is blocked, in words meant for the worker; with nothing,
    they are told no cause. Raises `NotBlocked`."""
    worker = parties.worker_key(call, worker_id)
    text = None if notice is None or not notice.strip() else plain(notice, parameter="Notice")
    if not blocks.put_notice(call, worker=worker, notice=text):
        raise NotBlocked(worker_id=worker_id)


@query("ListOwnBlocks", by=Role.WORKER)
def list_own_blocks(
    call: Call, *, max_results: int | None = None, next_token: str | None = None
) -> dict[str, Any]:
    """Which requesters take no work from the worker, the newest block first, with the cause where the
    requester gave one for them. Each is of all the requester's work and lasts until the requester ends it."""
    page = paging.read(call, next_token, max_results, start=paging.NEWEST)
    found = blocks.of_worker(call, before=(int(page.after[0]), int(page.after[1])), count=page.count)
    items = [
        {
            "RequesterId": each.requester_id,
            "RequesterName": each.requester_name,
            "Notice": each.notice,
            "Since": each.at,
        }
        for each in found
    ]
    return paging.answer(call, page, "Blocks", items, positions=[(each.at, each.key) for each in found])


@query("ListWorkerBlocks", by=Role.REQUESTER)
def list_worker_blocks(
    call: Call, *, max_results: int | None = None, next_token: str | None = None
) -> dict[str, Any]:
    """The caller's blocks in order of creation."""
    page = paging.read(call, next_token, max_results, start=(0, 0))
    found = blocks.page(call, after=(int(page.after[0]), int(page.after[1])), count=page.count)
    ids = parties.worker_ids(call, (block.worker for block in found))
    items = [{"WorkerId": ids[block.worker], "Reason": block.reason} for block in found]
    return paging.answer(
        call, page, "WorkerBlocks", items, positions=[(block.at, block.key) for block in found]
    )
