"""Pay per hour: what counts as time, what an hour pays, and how sure that is."""

from __future__ import annotations

import random

import pytest

from kempelen.rules.pay_per_hour import (
    KEPT_CHARACTERS,
    MOST_ANSWERS,
    Basis,
    Worked,
    estimate,
    pay,
    read,
    worked,
    written,
)

MINUTE = 60_000


def active(*seconds: int) -> list[Worked]:
    """Answers of a worker that took so long."""
    return [Worked(each, Basis.ACTIVE_TIME) for each in seconds]


def test_active_time_is_never_more_than_the_time_from_accepting_to_submitting() -> None:
    told = worked(accepted_at=0, submitted_at=10 * MINUTE, active_seconds=90)
    assert told == Worked(90, Basis.ACTIVE_TIME)
    assert worked(accepted_at=0, submitted_at=MINUTE, active_seconds=900).seconds == 60
    assert worked(accepted_at=0, submitted_at=10, active_seconds=0).seconds == 1


def test_without_active_time_accept_to_submit_stands_for_it_and_says_so() -> None:
    told = worked(accepted_at=0, submitted_at=10 * MINUTE, active_seconds=None)
    assert told == Worked(600, Basis.ACCEPT_TO_SUBMIT)


def test_an_hour_pays_the_reward_as_often_as_it_fits() -> None:
    assert pay(10, 60) == 600
    assert pay(5, 7) == 2571
    assert pay(1, 7200) == 1
    assert pay(0, 1) == 0


def test_under_five_workers_nothing_is_known() -> None:
    assert estimate(10, [active(60)] * 4) is None
    found = estimate(10, [active(60)] * 5)
    assert found is not None
    assert (found.amount, found.low, found.high, found.workers) == (600, 600, 600, 5)


def test_each_worker_counts_once_however_much_they_did() -> None:
    found = estimate(10, [active(*[1] * 20), active(60), active(60), active(60), active(60)])
    assert found is not None
    assert found.amount == 600
    assert found.high == pay(10, 1)


def test_mixed_bases_are_called_mixed() -> None:
    others = [[Worked(60, Basis.ACCEPT_TO_SUBMIT)]]
    for answers, basis in (
        ([active(60)] * 5, Basis.ACTIVE_TIME),
        (others * 5, Basis.ACCEPT_TO_SUBMIT),
        ([active(60)] * 4 + others, Basis.MIXED),
    ):
        found = estimate(10, answers)
        assert found is not None
        assert found.basis is basis


@pytest.mark.parametrize("count", [5, 8, 21, 60])
def test_the_interval_is_the_one_that_drawing_workers_again_and_again_gives(count: int) -> None:
    source = random.Random(count)
    seconds = sorted(source.randrange(20, 2_000) for _ in range(count))
    drawn = sorted(sorted(source.choices(seconds, k=count))[count // 2] for _ in range(4_000))
    found = estimate(100, [active(each) for each in seconds])
    assert found is not None
    ends = {pay(100, each): place for place, each in enumerate(seconds)}
    for said, share in ((found.high, 0.025), (found.low, 0.975)):
        by_drawing = pay(100, drawn[int(len(drawn) * share)])
        assert abs(ends[said] - ends[by_drawing]) <= 1


def test_latest_times_are_kept_as_text() -> None:
    times = (Worked(7, Basis.ACTIVE_TIME), Worked(31_536_000, Basis.ACCEPT_TO_SUBMIT))
    text = "".join(map(written, times))
    assert read(text) == times
    assert len(written(times[0])) * MOST_ANSWERS == KEPT_CHARACTERS
    assert read("") == ()
