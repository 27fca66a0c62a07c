"""The queue of what must follow: lanes, sequences, leases, retries and dead letters."""

from __future__ import annotations

import json
import time

import pytest

from kempelen.operation import Call
from kempelen.store import outbox
from kempelen.store.outbox import Job
from people import Town


def put(town: Town, lane: str = "a", *, count: int = 1, sequence_of: int | None = None) -> None:
    def work(call: Call) -> None:
        for number in range(count):
            outbox.put(call, kind="test", lane=lane, payload={"number": number}, sequence_of=sequence_of)

    town.market.system(work)


def claim(town: Town, most: int = 8) -> list[Job]:
    jobs: list[Job] = town.market.system(lambda call: outbox.claim(call, most))
    return jobs


def number(job: Job) -> int:
    return int(json.loads(job.payload)["number"])


def done(town: Town, job: Job) -> bool:
    return bool(town.market.system(lambda call: outbox.done(call, job)))


def failed(town: Town, job: Job, *, permanent: bool = False) -> bool:
    return bool(town.market.system(lambda call: outbox.failed(call, job, "no", permanent=permanent)))


def dead(town: Town) -> list[outbox.DeadLetter]:
    found: list[outbox.DeadLetter] = town.market.read(
        lambda call: outbox.dead_letters(call, after=(0, 0), most=100)
    )
    return found


def test_a_job_is_claimed_once_and_gone_when_done(town: Town) -> None:
    put(town)
    (job,) = claim(town)
    assert claim(town) == []
    assert done(town, job)
    town.advance(hours=100)
    assert claim(town) == []


def test_a_lost_lease_gives_the_job_to_another_and_fences_the_first(town: Town) -> None:
    put(town)
    (first,) = claim(town)
    town.advance(seconds=61)
    (second,) = claim(town)
    assert second.key == first.key and second.fence > first.fence
    assert not done(town, first)
    assert not failed(town, first)
    assert done(town, second)


def test_jobs_of_one_sequence_go_out_one_by_one_in_order(town: Town) -> None:
    put(town, count=3, sequence_of=7)
    put(town, sequence_of=8)
    first, other = claim(town)
    assert (number(first), first.sequence_of, other.sequence_of) == (0, 7, 8)
    assert claim(town) == []
    done(town, first)
    (second,) = claim(town)
    assert number(second) == 1
    done(town, other)
    failed(town, second)
    town.advance(seconds=10)
    (again,) = claim(town, 1)
    assert number(again) == 1 and again.tries == 2
    done(town, again)
    assert [number(job) for job in claim(town)] == [2]


def test_a_failing_lane_rests_longer_and_longer_and_others_do_not_notice(town: Town) -> None:
    put(town, "bad", count=20)
    tries = 0
    for _ in range(3600):
        for job in claim(town):
            tries += job.lane == "bad"
            failed(town, job)
        town.advance(seconds=1)
    assert 4 <= tries < 40
    put(town, "good")
    assert [job.lane for job in claim(town) if job.lane == "good"] == ["good"]


def test_a_lane_that_works_again_is_emptied(town: Town) -> None:
    put(town, "shaky", count=30)
    for job in claim(town):
        failed(town, job)
    gone = 0
    for _ in range(100):
        town.advance(seconds=1)
        for job in claim(town):
            gone += done(town, job)
    assert gone == 30


def test_a_message_nobody_takes_does_not_stop_its_lane(town: Town) -> None:
    put(town, "a", count=10)
    gone: set[int] = set()
    for _ in range(120):
        for job in claim(town):
            if number(job) == 0:
                failed(town, job)
            elif done(town, job):
                gone.add(number(job))
        town.advance(seconds=1)
    assert gone == set(range(1, 10))


def test_only_a_few_jobs_of_a_lane_are_under_way_at_once(town: Town) -> None:
    put(town, "slow", count=50)
    put(town, "quick")
    lanes = [job.lane for job in claim(town, 20)]
    assert lanes.count("slow") == outbox.IN_FLIGHT and lanes.count("quick") == 1


def test_after_three_days_a_job_is_a_dead_letter_and_can_be_replayed(town: Town) -> None:
    put(town)
    tries = 0
    while not dead(town):
        for job in claim(town):
            tries += 1
            failed(town, job)
        town.advance(seconds=600)
        assert tries < 60
    (letter,) = dead(town)
    assert letter.error == "no" and letter.tries == tries > 10
    assert 71 * 3_600_000 < letter.dead_at - letter.created_at < 74 * 3_600_000
    assert claim(town) == []
    assert town.market.system(lambda call: outbox.replay(call, letter.key))
    town.advance(hours=1)
    (job,) = claim(town)
    assert job.tries == 1 and done(town, job)
    assert not town.market.system(lambda call: outbox.replay(call, letter.key))


def test_what_cannot_be_mended_is_a_dead_letter_at_once_and_lets_the_next_go(town: Town) -> None:
    put(town, count=2, sequence_of=1)
    (job,) = claim(town)
    failed(town, job, permanent=True)
    assert len(dead(town)) == 1
    assert [number(each) for each in claim(town)] == [1]


def test_a_rolled_back_command_puts_nothing(town: Town) -> None:
    def work(call: Call) -> None:
        outbox.put(call, kind="test", lane="a", payload={})
        raise KeyError

    with pytest.raises(KeyError):
        town.market.system(work)
    assert claim(town) == []


def test_twenty_thousand_jobs_of_a_bad_lane_do_not_slow_claims(town: Town) -> None:
    for _ in range(10):
        put(town, "bad", count=2_000)
    for _ in range(12):
        for job in claim(town):
            failed(town, job)
        town.advance(milliseconds=10)
    started = time.perf_counter()
    for number in range(20):
        put(town, f"good{number}")
        (job,) = [each for each in claim(town) if each.lane != "bad"]
        done(town, job)
    assert (time.perf_counter() - started) / 20 < 0.05
