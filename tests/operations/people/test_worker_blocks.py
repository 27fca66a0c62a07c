"""Worker blocks."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kempelen.errors import ParameterValidationError, ValidationException
from kempelen.operations.people.blocks import TooManyBlocks
from kempelen.store import terms
from people import Requester, Town, Worker


def blocked(requester: Requester, **members: int | str) -> list[tuple[str, str]]:
    listed = requester("ListWorkerBlocks", **members)["WorkerBlocks"]
    return [(one["WorkerId"], one["Reason"]) for one in listed]


def counted(town: Town, requester: Requester) -> int:
    scope = f"requester:{requester.actor.account}"
    used: int = town.market.read(lambda call: terms.used(call, scope=scope, name="blocks", period=""))
    return used


def test_blocking_twice_changes_the_reason_alone(town: Town, rosa: Requester, wei: Worker) -> None:
    assert rosa("CreateWorkerBlock", WorkerId=wei.id, Reason="spam") == {}
    assert rosa("CreateWorkerBlock", WorkerId=wei.id, Reason="more spam") == {}
    assert blocked(rosa) == [(wei.id, "more spam")]
    assert counted(town, rosa) == 1


def test_unblocking_succeeds_whether_or_not_there_was_a_block(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    assert rosa("DeleteWorkerBlock", WorkerId=wei.id) == {}
    rosa("CreateWorkerBlock", WorkerId=wei.id, Reason="spam")
    assert rosa("DeleteWorkerBlock", WorkerId=wei.id, Reason="sorry") == {}
    assert rosa("DeleteWorkerBlock", WorkerId=wei.id) == {}
    assert blocked(rosa) == []
    assert counted(town, rosa) == 0


def test_a_block_is_its_requester_s_own(rosa: Requester, omar: Requester, wei: Worker) -> None:
    rosa("CreateWorkerBlock", WorkerId=wei.id, Reason="spam")
    omar("DeleteWorkerBlock", WorkerId=wei.id)
    assert blocked(omar) == []
    assert blocked(rosa) == [(wei.id, "spam")]


def test_unknown_workers_are_refused_in_the_words_clients_look_for(rosa: Requester) -> None:
    with pytest.raises(
        ParameterValidationError, match=r'The value "ANOBODY" is not valid for the parameter WorkerId\.'
    ):
        rosa("CreateWorkerBlock", WorkerId="ANOBODY", Reason="spam")
    with pytest.raises(ParameterValidationError, match="WorkerId is invalid"):
        rosa("DeleteWorkerBlock", WorkerId="ANOBODY")


@pytest.mark.parametrize("reason", ["", "r" * 4097])
def test_a_reason_has_bounds(rosa: Requester, wei: Worker, reason: str) -> None:
    with pytest.raises(ParameterValidationError, match="Reason"):
        rosa("CreateWorkerBlock", WorkerId=wei.id, Reason=reason)


def test_a_reason_must_be_given(rosa: Requester, wei: Worker) -> None:
    with pytest.raises(ValidationException, match="'reason' failed to satisfy constraint"):
        rosa("CreateWorkerBlock", WorkerId=wei.id)


def test_the_hundred_thousand_and_first_block_is_refused(
    town: Town, rosa: Requester, wei: Worker, ana: Worker
) -> None:
    scope = f"requester:{rosa.actor.account}"
    town.market.system(lambda call: terms.use(call, scope=scope, name="blocks", period="", amount=99_999))
    rosa("CreateWorkerBlock", WorkerId=wei.id, Reason="the last")
    with pytest.raises(TooManyBlocks, match="100,000"):
        rosa("CreateWorkerBlock", WorkerId=ana.id, Reason="one more")
    rosa("CreateWorkerBlock", WorkerId=wei.id, Reason="again")
    assert blocked(rosa) == [(wei.id, "again")]
    rosa("DeleteWorkerBlock", WorkerId=wei.id)
    rosa("CreateWorkerBlock", WorkerId=ana.id, Reason="now there is room")
    assert counted(town, rosa) == 100_000


def test_blocks_made_at_once_are_one(town: Town, rosa: Requester, wei: Worker) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(
            threads.map(
                lambda reason: rosa("CreateWorkerBlock", WorkerId=wei.id, Reason=str(reason)), range(4)
            )
        )
    assert len(blocked(rosa)) == 1
    assert counted(town, rosa) == 1


def test_blocks_are_listed_in_pages_by_age(town: Town, rosa: Requester) -> None:
    workers = [town.worker(f"Worker{number}") for number in range(5)]
    for number, worker in enumerate(workers):
        town.advance(seconds=1)
        rosa("CreateWorkerBlock", WorkerId=worker.id, Reason=str(number))
    pages = []
    answer = rosa("ListWorkerBlocks", MaxResults=2)
    while answer["NumResults"]:
        pages.append([one["Reason"] for one in answer["WorkerBlocks"]])
        answer = rosa("ListWorkerBlocks", MaxResults=2, NextToken=answer["NextToken"])
    assert pages == [["0", "1"], ["2", "3"], ["4"]]
    assert "NextToken" not in answer


def test_a_blocked_worker_may_still_hand_in_what_they_hold(rosa: Requester, wei: Worker) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    rosa("CreateWorkerBlock", WorkerId=wei.id, Reason="spam")
    wei.submit(assignment)
