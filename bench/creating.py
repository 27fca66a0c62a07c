"""How fast HITs are created, by boto3 and by a client that costs little, beside a server that does nothing.

    python bench/creating.py [--small]

Ours and the idle server take turns, a few seconds each; a round's figure is the quotient of the two rates.
The servers are processes of their own, and so share the machine with the client that measures them.
"""

from __future__ import annotations

import dataclasses
import itertools
import threading
import time
from collections.abc import Callable
from typing import Any

import uvloop

import filling
from disk import reading
from raw_client import QUESTION, drive, signed
from readings import Figure, print_measured, quantile, result
from servers import Kempelen, idle_server, kempelen

IN_FLIGHT = 16
TARGET = "MTurkRequesterServiceV20170117.CreateHITWithHITType"
SIGNED_A_SECOND = 8_000
"""Requests made for each second of sending; more than ours has ever answered on such a machine."""


def measure(small: bool = False) -> dict[str, Any]:
    """P1 and P2: rates of CreateHITWithHITType as shares of what the client reaches without any work."""
    rounds, seconds = (1, 0.4) if small else (5, 3.0)
    with idle_server() as idle:
        with kempelen() as ours:
            hit_type = _hit_type(ours)
            figures = _by_boto3(ours, idle, hit_type, rounds=rounds, seconds=seconds)
            figures += _raw("SQLite", (0.10, 0.16), ours, idle, hit_type, rounds=rounds, seconds=seconds)
        with filling.postgresql() as (url, version), kempelen(database=url) as ours:
            goal = (0.04, 0.08)
            figures += _raw("PostgreSQL", goal, ours, idle, _hit_type(ours), rounds=rounds, seconds=seconds)
    return result(figures, postgresql=version)


def _hit_type(server: Kempelen) -> str:
    made = server.client().create_hit_type(
        Title="Is there a cat?",
        Description="Look at one picture.",
        Reward="0.01",
        AssignmentDurationInSeconds=600,
    )
    return str(made["HITTypeId"])


def _by_boto3(ours: Kempelen, idle: str, hit_type: str, *, rounds: int, seconds: float) -> list[Figure]:
    clients = {"ours": ours.client(), "idle": dataclasses.replace(ours, url=idle).client()}
    numbers = itertools.count()
    rates: dict[tuple[str, int], list[float]] = {}
    disks = []

    def create(client: Any) -> None:
        question = QUESTION.format(next(numbers))
        client.create_hit_with_hit_type(HITTypeId=hit_type, LifetimeInSeconds=86_400, Question=question)

    for client in clients.values():
        create(client)
    for _ in range(rounds):
        disks.append(reading(ours.folder))
        for threads in (1, 4):
            for name, client in clients.items():
                rate = _rate(lambda client=client: create(client), threads=threads, seconds=seconds)
                rates.setdefault((name, threads), []).append(rate)
    goals = {1: (0.45, 0.55), 4: (0.75, 0.90)}
    return [
        Figure(
            "P1",
            f"CreateHITWithHITType by boto3, {threads} thread{'s' if threads > 1 else ''}, SQLite",
            f"""One boto3 client in {threads} thread(s) at once creates HITs, {seconds:g} s with ours and
            {seconds:g} s with a server that answers one fixed HIT, in {rounds} rounds: our rate by the
            other's.""",
            [mine / its for mine, its in zip(rates["ours", threads], rates["idle", threads], strict=True)],
            *goals[threads],
            more_is_better=True,
            unit="of the idle server's rate",
            beside=_beside(rates["ours", threads], rates["idle", threads], disks),
        )
        for threads in (1, 4)
    ]


def _rate(work: Callable[[], None], *, threads: int, seconds: float) -> float:
    """How often the work is done in a second, by so many threads; what it raises ends the program."""
    done = [0] * threads
    faults: list[BaseException] = []
    until = time.perf_counter() + seconds

    def repeat(place: int) -> None:
        try:
            while time.perf_counter() < until:
                work()
                done[place] += 1
        except BaseException as fault:
            faults.append(fault)

    started = time.perf_counter()
    running = [threading.Thread(target=repeat, args=(place,)) for place in range(threads)]
    for each in running:
        each.start()
    for each in running:
        each.join()
    if faults:
        raise faults[0]
    return sum(done) / (time.perf_counter() - started)


def _raw(
    engine: str,
    goal: tuple[float, float],
    ours: Kempelen,
    idle: str,
    hit_type: str,
    *,
    rounds: int,
    seconds: float,
) -> list[Figure]:
    rates: dict[str, list[float]] = {"ours": [], "idle": []}
    latencies: list[float] = []
    processor: list[float] = []
    disks = []
    numbers = itertools.count()
    uvloop.run(drive(ours.url, _messages(ours, hit_type, numbers, count=100), seconds, IN_FLIGHT))
    for _ in range(rounds):
        disks.append(reading(ours.folder))
        messages = _messages(ours, hit_type, numbers, count=int(SIGNED_A_SECOND * seconds))
        cpu = ours.cpu_seconds()
        answer = uvloop.run(drive(ours.url, messages, seconds, IN_FLIGHT))
        processor.append((ours.cpu_seconds() - cpu) / answer["answers"] * 1e6)
        assert answer["refused"] == 0, f"{answer['refused']} of {answer['answers']} were refused"
        assert answer["answers"] < len(messages), "ours answered more than was made: make more"
        rates["ours"].append(answer["per_second"])
        latencies.append(answer["p99_ms"])
        # The idle server looks at nothing, so it is sent the same again and again.
        again = itertools.cycle(messages)
        rates["idle"].append(uvloop.run(drive(idle, again, seconds, IN_FLIGHT))["per_second"])
    beside = _beside(rates["ours"], rates["idle"], disks)
    beside |= {"p99_ms": max(latencies), "server_cpu_us_an_answer": quantile(processor, 0.5)}
    return [
        Figure(
            "P2",
            f"CreateHITWithHITType by a raw signed client, {engine}",
            f"""Requests signed beforehand go out {IN_FLIGHT} at a time, {seconds:g} s to ours on {engine} and
            {seconds:g} s to a server that answers one fixed HIT, in {rounds} rounds: our rate by the other's.
            Every commit waits for the disk.""",
            [mine / its for mine, its in zip(rates["ours"], rates["idle"], strict=True)],
            *goal,
            more_is_better=True,
            unit="of the idle server's rate",
            beside=beside,
        )
    ]


def _messages(ours: Kempelen, hit_type: str, numbers: itertools.count[int], *, count: int) -> list[bytes]:
    return [
        signed(
            ours.url,
            TARGET,
            {"HITTypeId": hit_type, "LifetimeInSeconds": 86_400, "Question": QUESTION.format(f"raw{number}")},
            ours.access_key,
            ours.secret_key,
        )
        for number in itertools.islice(numbers, count)
    ]


def _beside(ours: list[float], idle: list[float], disks: list[dict[str, float]]) -> dict[str, Any]:
    return {
        "ours_a_second": quantile(ours, 0.5),
        "idle_a_second": quantile(idle, 0.5),
        "fdatasync_p50_us": quantile([each["fdatasync_p50_us"] for each in disks], 0.5),
        "fdatasync_p95_us": max(each["fdatasync_p95_us"] for each in disks),
    }


if __name__ == "__main__":
    print_measured(measure)
