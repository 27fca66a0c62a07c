"""A seeded load of several people at once, which writes down what it means to do and what it was told."""

from __future__ import annotations

import http.client
import json
import random
import threading
from dataclasses import dataclass, field

from faults.journal import ACKNOWLEDGED, REFUSED, Act, Journal
from faults.signed import Client, Key
from people import external_question


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part: one requester, and workers by name."""

    requester: Key
    workers: dict[str, Key]
    worker_ids: dict[str, str]


@dataclass(slots=True)
class Board:
    """What the people of a load know of each other's work; safe to use from all their threads."""

    hits: list[str] = field(default_factory=list)
    submitted: list[tuple[str, str]] = field(default_factory=list)
    """Assignments and their workers, not yet reviewed by this load."""
    lock: threading.Lock = field(default_factory=threading.Lock)


class Load:
    """The people at work, each in a thread, until `stop` or until the server has gone."""

    def __init__(self, port: int, cast: Cast, journal: Journal, *, seed: int, name: str) -> None:
        self._port = port
        self._cast = cast
        self._journal = journal
        self._seed = seed
        self._name = name
        self._board = Board()
        self._ending = threading.Event()
        self._threads = [
            threading.Thread(target=self._publish, name="publisher"),
            threading.Thread(target=self._review, name="reviewer"),
            *(threading.Thread(target=self._work, args=(worker,), name=worker) for worker in cast.workers),
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the requests under way."""
        self._ending.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive(), f"{thread.name} hangs"

    def _publish(self) -> None:
        chance = random.Random(f"{self._seed}:publisher")
        client = Client(self._port, self._cast.requester)
        number = 0
        while not self._ending.is_set():
            number += 1
            act_id = f"{self._name}-create-{number}"
            members = {
                "Title": f"Kind {chance.randrange(3)}",
                "Description": "Look at one picture.",
                "Reward": f"0.{chance.randrange(1, 100):02d}",
                "AssignmentDurationInSeconds": 600,
                "LifetimeInSeconds": 86_400,
                "AutoApprovalDelayInSeconds": chance.choice((0, 86_400, 86_400)),
                "MaxAssignments": chance.randrange(1, 4),
                "Question": external_question(number),
                "RequesterAnnotation": act_id,
                "UniqueRequestToken": act_id,
            }
            answer = self._said(client, act_id, "CreateHIT", "requester", members)
            if answer is None:
                return
            if answer.outcome == ACKNOWLEDGED:
                with self._board.lock:
                    self._board.hits.append(answer.answer["HIT"]["HITId"])

    def _work(self, worker: str) -> None:
        chance = random.Random(f"{self._seed}:{worker}")
        client = Client(self._port, self._cast.workers[worker])
        number = 0
        while not self._ending.is_set():
            with self._board.lock:
                hit = chance.choice(self._board.hits[-20:]) if self._board.hits else None
            if hit is None:
                self._ending.wait(0.005)
                continue
            number += 1
            act_id = f"{self._name}-{worker}-{number}"
            accepted = self._said(client, f"{act_id}-accept", "AcceptHIT", worker, {"HITId": hit})
            if accepted is None:
                return
            if accepted.outcome != ACKNOWLEDGED:
                continue
            assignment = accepted.answer["Task"]["AssignmentId"]
            fields = [{"Name": "answer", "Value": f"{act_id} {chance.random()}"}]
            members = {"AssignmentId": assignment, "Fields": fields}
            submitted = self._said(client, f"{act_id}-submit", "SubmitAssignment", worker, members)
            if submitted is None:
                return
            if submitted.outcome == ACKNOWLEDGED:
                with self._board.lock:
                    self._board.submitted.append((assignment, worker))

    def _review(self) -> None:
        chance = random.Random(f"{self._seed}:reviewer")
        client = Client(self._port, self._cast.requester)
        number = 0
        while not self._ending.is_set():
            with self._board.lock:
                waiting = self._board.submitted
                pair = waiting.pop(chance.randrange(len(waiting))) if waiting else None
            if pair is None:
                self._ending.wait(0.005)
                continue
            assignment, worker = pair
            number += 1
            act_id = f"{self._name}-review-{number}"
            if chance.random() < 0.8:
                verdict, members = "ApproveAssignment", {"AssignmentId": assignment}
            else:
                verdict = "RejectAssignment"
                members = {"AssignmentId": assignment, "RequesterFeedback": act_id}
            if self._said(client, f"{act_id}-verdict", verdict, "requester", members) is None:
                return
            if chance.random() < 0.5:
                bonus = {
                    "WorkerId": self._cast.worker_ids[worker],
                    "AssignmentId": assignment,
                    "BonusAmount": f"0.{chance.randrange(1, 100):02d}",
                    "Reason": f"{act_id}-bonus",
                    "UniqueRequestToken": f"{act_id}-bonus",
                }
                if self._said(client, f"{act_id}-bonus", "SendBonus", "requester", bonus) is None:
                    return

    def _said(self, client: Client, act_id: str, operation: str, who: str, members: dict) -> Act | None:  # type: ignore[type-arg]
        """Do it and write down what came of it; None when no answer came."""
        act = Act(act_id, operation, who, json.loads(json.dumps(members)))
        self._journal.sending(act)
        try:
            answer = client(operation, **members)
        except (OSError, http.client.HTTPException, ValueError):
            return None
        if answer.status >= 500:  # 503: nobody says whether it was kept
            return None if self._ending.is_set() else self._unknown(act)
        act.outcome = ACKNOWLEDGED if answer.status == 200 else REFUSED
        act.answer = answer.body
        self._journal.answered(act)
        return act

    def _unknown(self, act: Act) -> Act:
        return act
