"""Malformed requests against a server in a process of its own, and what must hold of every answer."""

from __future__ import annotations

import contextlib
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from faults.oracle import Rows
from faults.processes import Place, ServerProcess
from faults.signed import Key, real_now
from kempelen import audit
from kempelen.app import App, assemble
from kempelen.operation import Role
from kempelen.settings import Settings
from people import Town, external_question
from wire.malformed import Case, Grammar, Signers

SLOWEST_SECONDS = 5.0
MOST_GROWTH = 50 * 2**20
WARM_UP = 300
"""Requests after which memory is measured for the first time: caches and pools are full by then."""
MOST_SHOWN = 20


@dataclass(slots=True)
class Outcome:
    """What a number of malformed requests brought about."""

    seed: int
    requests: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    slowest_seconds: float = 0.0
    growth_bytes: int = 0
    faults: list[str] = field(default_factory=list)


class Fuzzing:
    """A server with people, work and money in it, at which nonsense is thrown."""

    def __init__(self, folder: Path, *, database: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._place = Place(folder, database)
        self._app: App = assemble(Settings(data=folder, database=database, log_calls=False, jobs=False))
        self._signers = _people(self._app, self._place.port)
        self._rows = Rows(self._app)
        self._server = ServerProcess(self._place)
        self._server.wait()

    def throw(self, number: int, *, seed: int) -> Outcome:
        """That many requests; the outcome says all that was wrong with the answers, and with the money."""
        outcome = Outcome(seed)
        before = self._money()
        resident = 0
        cases = Grammar(self._signers, seed=seed).cases()
        for count in range(number):
            if count == min(WARM_UP, number // 2):
                resident = self._server.resident_bytes
            case = next(cases)
            status, seconds = self._answer(case)
            outcome.requests += 1
            outcome.statuses[status] = outcome.statuses.get(status, 0) + 1
            outcome.slowest_seconds = max(outcome.slowest_seconds, seconds)
            fault = _fault(case, status, seconds)
            if fault and len(outcome.faults) < MOST_SHOWN:
                outcome.faults.append(f"request {count}: {fault}: {case.data[:2_000]!r}")
            if not self._server.is_alive:
                outcome.faults.append(f"request {count} ended the server: {case.data[:2_000]!r}")
                return outcome
        outcome.growth_bytes = self._server.resident_bytes - resident
        if outcome.growth_bytes > MOST_GROWTH:
            outcome.faults.append(f"the server grew by {outcome.growth_bytes} bytes")
        if self._money() != before:
            outcome.faults.append("money moved")
        outcome.faults += audit.violations(audit.run(self._app))
        return outcome

    def close(self) -> None:
        """End everything."""
        self._server.stop()
        self._app.close()

    def _money(self) -> list[tuple]:  # type: ignore[type-arg]
        return self._rows.all("SELECT account, available, held FROM purses ORDER BY account")

    def _answer(self, case: Case) -> tuple[str, float]:
        """The status of the first final answer, or why there is none; and how long that took."""
        began = time.monotonic()
        answer = b""
        try:
            with socket.create_connection(("127.0.0.1", self._place.port), SLOWEST_SECONDS + 1) as wire:
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    wire.sendall(case.data)
                    wire.shutdown(socket.SHUT_WR)
                while piece := wire.recv(65_536):
                    answer += piece
                    if _is_whole(answer):
                        break
        except TimeoutError:
            return "silent", time.monotonic() - began
        except (ConnectionResetError, OSError):
            pass
        found = re.findall(rb"HTTP/1\.[01] (\d{3}) ", answer)
        final = [each.decode() for each in found if each != b"100"]
        return (final[0] if final else "closed"), time.monotonic() - began


def _is_whole(answer: bytes) -> bool:
    head, blank, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    return bool(blank and length and len(body) >= int(length[1]))


def _fault(case: Case, status: str, seconds: float) -> str:
    if seconds > SLOWEST_SECONDS or status == "silent":
        return f"{case.label}: no answer after {seconds:.1f} s"
    if status.isdigit() and int(status) >= 500 and int(status) not in case.may_be:
        return f"{case.label}: answered {status}"
    return ""


def _people(app: App, port: int) -> Signers:
    """A requester and a worker with everything but money, an operator, and somebody else's work and money."""
    town = Town(app, app.production)
    rosa, fay = town.requester("Rosa", funds="1000.00"), town.requester("Fay")
    wei = town.worker("Wei")
    hit = rosa.create_hit(MaxAssignments=2)
    assignment = wei.do(hit["HITId"])
    operator = town.operator("AddOperator", Name="Olga", Email="olga@example.org")
    keys = {
        Role.REQUESTER: Key(fay.access_key, fay.secret_key),
        Role.WORKER: Key(wei.access_key, wei.secret_key),
        Role.OPERATOR: Key(operator["AccessKey"]["AccessKeyId"], operator["SecretAccessKey"]),
    }
    ids = {
        "HITId": hit["HITId"], "HITTypeId": hit["HITTypeId"], "HITGroupId": hit["HITGroupId"],
        "AssignmentId": assignment, "WorkerId": wei.id, "AccountId": fay.id,
        "Question": external_question(),
    }  # fmt: skip
    return Signers(keys=keys, host=f"localhost:{port}", ids=ids, clock=real_now)


@contextlib.contextmanager
def fuzzing(folder: Path, *, database: str = "") -> Iterator[Fuzzing]:
    """A server to throw nonsense at, ended with the block."""
    place = Fuzzing(folder, database=database)
    try:
        yield place
    finally:
        place.close()
