"""What the market should do, written down once more from the contract alone, as plainly as possible.

It knows no database, no statement and no line of the program. Every method answers None where the contract
grants the wish, else the last word of the error code, or `ANY` where only a refusal is promised.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

SECOND = 1_000
DAY = 86_400 * SECOND
ANY = "any refusal"
SIX_MONTHS = 183 * DAY


def fee_of(reward: int, slots: int) -> int:
    """20 %, from ten assignments on 40 %, half a cent rounded up, at least a cent."""
    return max(1, (reward * (40 if slots >= 10 else 20) + 50) // 100)


@dataclass(eq=False)
class Work:
    """An assignment: Accepted, Submitted, Approved, Rejected, Returned or Abandoned."""

    id: str
    hit: Hit
    worker: int
    deadline: int
    state: str = "Accepted"
    submitted_at: int = 0
    decided_at: int = 0
    approve_at: int = 0


@dataclass(eq=False)
class Hit:
    """A HIT. Moments in milliseconds, money in cents."""

    id: str
    group: str
    requester: int
    reward: int
    fee: int
    slots: int
    ends_at: int
    duration: int
    delay: int
    needs: bool
    ended: bool = False
    reviewing: bool = False
    disposed: bool = False
    disposed_at: int = 0
    reviewable_since: int | None = None
    work: list[Work] = field(default_factory=list)

    def number(self, *states: str) -> int:
        """How many assignments are in these states."""
        return sum(each.state in states for each in self.work)

    @property
    def cost(self) -> int:
        """The price of a slot."""
        return self.reward + self.fee

    @property
    def pending(self) -> int:
        """Accepted, and neither submitted nor given up."""
        return self.number("Accepted")

    @property
    def open(self) -> int:
        """Slots nobody has taken."""
        return self.slots - self.number("Accepted", "Submitted", "Approved", "Rejected")

    @property
    def status(self) -> str:
        """The contract's word, a function of the rest."""
        if self.disposed:
            return "Disposed"
        if self.open and not self.ended:
            return "Assignable"
        if self.pending:
            return "Unassignable"
        return "Reviewing" if self.reviewing else "Reviewable"


@dataclass
class Purse:
    """A requester's money in cents."""

    available: int
    held: int = 0

    def hold(self, amount: int) -> bool:
        """False if there is not so much."""
        if amount > self.available:
            return False
        self.available -= amount
        self.held += amount
        return True

    def release(self, amount: int) -> None:
        """Give back what was on hold."""
        self.held -= amount
        self.available += amount


class Reference:
    """The whole market, as it should be."""

    def __init__(self, *, now: int, funds: list[int], workers: int) -> None:
        self.now = now
        self.purses = [Purse(each) for each in funds]
        self.earned = [0] * workers
        self.hits: list[Hit] = []
        self.work: list[Work] = []
        self.blocked: set[tuple[int, int]] = set()
        self.qualified: set[int] = set()
        self.tokens: set[tuple[int, str]] = set()
        self.reached: Counter[str] = Counter()

    # Time

    def advance(self, milliseconds: int) -> None:
        """Time does what it does: HITs end, work is abandoned or approved, HITs are disposed of."""
        self.now += milliseconds
        for hit in self.hits:
            if not hit.ended and not hit.disposed and hit.ends_at <= self.now:
                self._end(hit)
        for work in self.work:
            if work.state == "Accepted" and work.deadline <= self.now:
                self.reached["abandonment"] += 1
                self.reached["abandonment after the HIT's end"] += work.hit.ended
                self._leave(work, "Abandoned")
        for work in self.work:
            if work.state == "Submitted" and work.approve_at <= self.now:
                self.reached["approval by silence"] += 1
                self.reached["approval by silence after the HIT's end"] += work.hit.ended
                self._pay(work)
        for hit in self.hits:
            since = hit.reviewable_since
            if since is not None and since + 120 * DAY <= self.now and not hit.number("Submitted"):
                self.reached["disposal by time"] += not hit.disposed
                self._dispose(hit)
        self._forget()

    # Requesters

    def create(self, requester: int, hit: Hit) -> str | None:
        """CreateHIT."""
        if not self.purses[requester].hold(hit.cost * hit.slots):
            self.reached["creation without funds"] += 1
            return "InsufficientFunds"
        return None

    def created(self, hit: Hit) -> None:
        """The HIT exists."""
        self.hits.append(hit)

    def extend(self, hit: Hit, more: int) -> str | None:
        """CreateAdditionalAssignmentsForHIT."""
        if hit.disposed:
            return "InvalidHITState"
        if hit.slots < 10 <= hit.slots + more:
            self.reached["extension from below ten to ten"] += 1
            return "InvalidMaximumAssignmentsIncrease"
        if not hit.ended and not self.purses[hit.requester].hold(more * hit.cost):
            return "InsufficientFunds"
        self.reached["extension after the HIT's end"] += hit.ended
        self.reached["extension of a reviewable HIT"] += hit.status == "Reviewable"
        was = hit.status
        hit.slots += more
        if not hit.ended:
            hit.reviewing = False
        self._follow(hit, was)
        return None

    def move_end(self, hit: Hit, at: int) -> str | None:
        """UpdateExpirationForHIT."""
        if hit.disposed:
            return "InvalidHITState"
        if at <= self.now:
            self.reached["end while work is pending"] += bool(hit.pending) and not hit.ended
            if not hit.ended:
                hit.ends_at = min(hit.ends_at, self.now)
                self._end(hit)
            return None
        was = hit.status
        if hit.ended and hit.open:
            if not self.purses[hit.requester].hold(hit.open * hit.cost):
                self.reached["reopening without funds"] += 1
                return "InsufficientFunds"
            self.reached["reopening after the HIT's end"] += 1
        if hit.open:
            hit.reviewing = False
        hit.ended, hit.ends_at = False, at
        self._follow(hit, was)
        return None

    def delete(self, hit: Hit) -> str | None:
        """DeleteHIT."""
        if hit.status not in ("Reviewable", "Reviewing") or hit.number("Submitted"):
            self.reached["deletion with undecided answers"] += bool(hit.number("Submitted"))
            return "InvalidHITState"
        self._dispose(hit)
        return None

    def review(self, hit: Hit, *, revert: bool) -> str | None:
        """UpdateHITReviewStatus."""
        if hit.status != ("Reviewing" if revert else "Reviewable"):
            return "InvalidHITState"
        was, hit.reviewing = hit.status, not revert
        self._follow(hit, was)
        self.reached["reviewing"] += 1
        return None

    def approve(self, work: Work, *, override: bool) -> str | None:
        """ApproveAssignment."""
        if work.state in ("Returned", "Abandoned"):
            return ANY
        if work.state == "Submitted":
            self._pay(work)
            return None
        in_time = self.now - work.submitted_at <= 30 * DAY
        if work.state != "Rejected" or not override or not in_time or work.hit.disposed:
            self.reached["override too late"] += work.state == "Rejected" and override
            return "InvalidAssignmentState"
        purse = self.purses[work.hit.requester]
        if purse.available < work.hit.cost:
            self.reached["override without funds"] += 1
            return "InsufficientFunds"
        self.reached["override after rejection"] += 1
        purse.available -= work.hit.cost
        self._credit(work)
        return None

    def reject(self, work: Work) -> str | None:
        """RejectAssignment."""
        if work.state in ("Returned", "Abandoned"):
            return ANY
        if work.state != "Submitted":
            return "InvalidAssignmentState"
        work.state, work.decided_at = "Rejected", self.now
        self.purses[work.hit.requester].release(work.hit.cost)
        return None

    def bonus(self, work: Work, amount: int, token: str) -> str | None:
        """SendBonus."""
        requester = work.hit.requester
        if (requester, token) in self.tokens:
            self.reached["bonus sent twice"] += 1
            return "DuplicateRequest"
        if work.state not in ("Submitted", "Approved", "Rejected"):
            return "AssignmentDoesNotExist"
        if self.now - (work.decided_at or work.submitted_at) > SIX_MONTHS:
            return ANY
        cost = amount + max(1, (amount * 20 + 50) // 100)
        if cost > self.purses[requester].available:
            return "InsufficientFunds"
        self.reached["bonus for rejected work"] += work.state == "Rejected"
        self.purses[requester].available -= cost
        self.earned[work.worker] += amount
        self.tokens.add((requester, token))
        return None

    def block(self, requester: int, worker: int, *, block: bool) -> None:
        """CreateWorkerBlock and DeleteWorkerBlock."""
        (self.blocked.add if block else self.blocked.discard)((requester, worker))

    def qualify(self, worker: int, *, grant: bool) -> str | None:
        """AssociateQualificationWithWorker and DisassociateQualificationFromWorker."""
        if not grant and worker not in self.qualified:
            return ANY
        (self.qualified.add if grant else self.qualified.discard)(worker)
        return None

    # Workers

    def may_accept(self, worker: int, hit: Hit) -> bool:
        """Whether AcceptHIT is granted."""
        had = any(each.worker == worker and each.state not in ("Returned", "Abandoned") for each in hit.work)
        blocked = (hit.requester, worker) in self.blocked
        self.reached["acceptance refused to the blocked"] += blocked
        self.reached["acceptance refused for want of a qualification"] += (
            hit.needs and worker not in self.qualified
        )
        fit = not hit.needs or worker in self.qualified
        return hit.status == "Assignable" and not had and not blocked and fit

    def accepted(self, worker: int, hit: Hit, id: str) -> None:
        """The worker has it."""
        again = any(each.worker == worker for each in hit.work)
        self.reached["acceptance after a return"] += again
        self.reached["last slot taken"] += hit.open == 1
        work = Work(id, hit, worker, deadline=self.now + hit.duration)
        hit.work.append(work)
        self.work.append(work)
        self._follow(hit, "Assignable")

    def submit(self, work: Work) -> str | None:
        """SubmitAssignment."""
        if work.state != "Accepted":
            self.reached["answer after the deadline"] += work.state == "Abandoned"
            self.reached["answer sent twice"] += work.state == "Submitted"
            return ANY
        was = work.hit.status
        self.reached["answer after the HIT's end"] += work.hit.ended
        work.state, work.submitted_at = "Submitted", self.now
        work.approve_at = self.now + work.hit.delay
        if work.hit.delay == 0:
            self._pay(work)
        self._follow(work.hit, was)
        return None

    def give_back(self, work: Work) -> str | None:
        """ReturnAssignment."""
        if work.state != "Accepted":
            return ANY
        self.reached["return after the HIT's end"] += work.hit.ended
        self._leave(work, "Returned")
        return None

    # What follows

    def _end(self, hit: Hit) -> None:
        was = hit.status
        self.purses[hit.requester].release(hit.open * hit.cost)
        hit.ended = True
        self._follow(hit, was)

    def _leave(self, work: Work, state: str) -> None:
        was = work.hit.status
        work.state, work.decided_at = state, self.now
        if work.hit.ended:
            self.purses[work.hit.requester].release(work.hit.cost)
        self._follow(work.hit, was)

    def _pay(self, work: Work) -> None:
        self.purses[work.hit.requester].held -= work.hit.cost
        self._credit(work)

    def _credit(self, work: Work) -> None:
        work.state, work.decided_at = "Approved", self.now
        self.earned[work.worker] += work.hit.reward

    def _dispose(self, hit: Hit) -> None:
        if not hit.disposed:
            hit.disposed_at = self.now
        hit.disposed, hit.ended, hit.reviewable_since = True, True, None

    def _forget(self) -> None:
        """A HIT answers for 120 days after its disposal; then it is as if it had never been."""
        gone = [each for each in self.hits if each.disposed and self.now >= each.disposed_at + 120 * DAY]
        self.reached["the end of a disposed HIT"] += len(gone)
        self.hits = [each for each in self.hits if each not in gone]
        self.work = [each for each in self.work if each.hit not in gone]

    def _follow(self, hit: Hit, was: str) -> None:
        """Remember since when the HIT is reviewable, from which its disposal counts."""
        if hit.status == "Reviewable" and was != "Reviewable":
            hit.reviewable_since = self.now
        elif hit.status in ("Assignable", "Unassignable"):
            hit.reviewable_since = None
