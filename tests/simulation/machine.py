"""Random people over random time: each step is done in the market and in the reference, and compared."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from kempelen import audit
from kempelen.audit.register import Look
from kempelen.errors import Refusal
from kempelen.rules.money import Money
from people import Requester, Town, Worker
from simulation.reference import ANY, DAY, SECOND, Hit, Reference, Work, fee_of

FUNDS = (300, 2_000)
WORKERS = 3
MOST_HITS = 6
CHEAP = [
    each
    for each in audit.INVARIANTS
    if each.name in ("I2", "I3", "I7", "I8", "I10", "I20", "I22", "I26", "I35", "I54")
]
"""The invariants looked at after each step; all are looked at in the end."""

PICK = st.integers(min_value=0, max_value=1_000)
SPANS = st.one_of(
    st.integers(min_value=1, max_value=120 * SECOND),
    st.sampled_from([30 * SECOND, 60 * SECOND, 600 * SECOND, 3_600 * SECOND]),
    st.sampled_from([DAY, 7 * DAY, 30 * DAY]),
    st.sampled_from([60 * SECOND, 600 * SECOND, 29 * DAY, 31 * DAY, 121 * DAY, 190 * DAY]),
)
REACHED: Counter[str] = Counter()
"""The interesting states that were come to in this process, by name."""
WANTED = (
    "abandonment", "abandonment after the HIT's end", "approval by silence",
    "approval by silence after the HIT's end", "disposal by time", "creation without funds",
    "extension after the HIT's end", "extension from below ten to ten", "extension of a reviewable HIT",
    "end while work is pending", "reopening after the HIT's end", "reopening without funds",
    "deletion with undecided answers", "reviewing", "override after rejection", "override too late",
    "override without funds", "bonus sent twice", "bonus for rejected work",
    "acceptance refused to the blocked", "acceptance refused for want of a qualification",
    "acceptance after a return", "last slot taken", "answer after the deadline", "answer sent twice",
    "answer after the HIT's end", "return after the HIT's end",
)  # fmt: skip


class MarketMachine(RuleBasedStateMachine):
    """Two requesters, three workers and a clock. `town` is set by whoever runs it."""

    town: Town
    steps = 0
    examples = 0

    @initialize()
    def begin(self) -> None:
        cls = type(self)
        cls.examples += 1
        number = cls.examples
        self.requesters: list[Requester] = [
            self.town.requester(f"R{number}x{each}", funds=str(Money(funds)))
            for each, funds in enumerate(FUNDS)
        ]
        self.workers: list[Worker] = [self.town.worker(f"W{number}x{each}") for each in range(WORKERS)]
        self.qualification = self.requesters[0](
            "CreateQualificationType", Name="Careful", Description="-", QualificationTypeStatus="Active"
        )["QualificationType"]["QualificationTypeId"]
        self.model = Reference(now=self.town.now, funds=list(FUNDS), workers=WORKERS)

    # Requesters

    @precondition(lambda self: len(self.model.hits) < MOST_HITS)
    @rule(
        who=PICK,
        reward=st.sampled_from([0, 1, 3, 5, 50]),
        slots=st.sampled_from([1, 1, 2, 3, 9, 10]),
        lifetime=st.sampled_from([30, 3_600, 86_400, 8_640_000]),
        duration=st.sampled_from([30, 60, 3_600, 200_000]),
        delay=st.sampled_from([0, 60, 86_400, 2_592_000]),
        needs=st.sampled_from([False, False, True]),
    )
    def create(
        self, who: int, reward: int, slots: int, lifetime: int, duration: int, delay: int, needs: bool
    ) -> None:
        who %= len(self.requesters)
        needs = needs and who == 0
        hit = Hit(
            "", "", who, reward, fee_of(reward, slots), slots, self.model.now + lifetime * SECOND,
            duration * SECOND, delay * SECOND, needs,
        )  # fmt: skip
        required = {"QualificationTypeId": self.qualification, "Comparator": "Exists"}
        members = {"QualificationRequirements": [required]} if needs else {}
        answer = self._same(
            self.model.create(who, hit), self.requesters[who], "CreateHIT", LifetimeInSeconds=lifetime,
            AssignmentDurationInSeconds=duration, AutoApprovalDelayInSeconds=delay, MaxAssignments=slots,
            Reward=str(Money(reward)), Title="T", Description="D", Question=_QUESTION, **members,
        )  # fmt: skip
        if answer is not None:
            hit.id, hit.group = answer["HIT"]["HITId"], answer["HIT"]["HITGroupId"]
            self.model.created(hit)
        self._compare()

    @precondition(lambda self: len(self.model.hits) < MOST_HITS and self._could_cost_again())
    @rule(which=PICK)
    def find_no_funds(self, which: int) -> None:
        """Put all there is on hold, then reopen an ended HIT, or pay for what was rejected."""
        could = self._could_cost_again()
        costly = could[which % len(could)]
        hit = costly.hit if isinstance(costly, Work) else costly
        left = self.model.purses[hit.requester].available
        reward = max(each for each in range(left + 1) if each == 0 or each + fee_of(each, 1) <= left)
        if reward:
            self.create(
                who=hit.requester, reward=reward, slots=1, lifetime=3_600, duration=30, delay=0, needs=False
            )
        if isinstance(costly, Work):
            self.approve(which=self.model.work.index(costly), override=True)
        else:
            self.move_end(which=self.model.hits.index(costly), seconds=3_600)

    def _could_cost_again(self) -> list[Hit | Work]:
        ended = [each for each in self.model.hits if each.ended and each.open and not each.disposed]
        return [*ended, *(each for each in self.model.work if each.state == "Rejected")]

    @precondition(lambda self: self.model.hits)
    @rule(which=PICK, more=st.sampled_from([1, 1, 2, 7, 9]))
    def extend(self, which: int, more: int) -> None:
        hit = self._hit(which)
        self._of_hit(
            self.model.extend(hit, more), hit, "CreateAdditionalAssignmentsForHIT",
            NumberOfAdditionalAssignments=more,
        )  # fmt: skip

    @precondition(lambda self: self.model.hits)
    @rule(which=PICK, seconds=st.sampled_from([-86_400, 0, 0, 30, 3_600, 864_000]))
    def move_end(self, which: int, seconds: int) -> None:
        hit = self._hit(which)
        at = self.model.now // SECOND + seconds
        self._of_hit(self.model.move_end(hit, at * SECOND), hit, "UpdateExpirationForHIT", ExpireAt=at)

    @precondition(lambda self: self.model.hits)
    @rule(which=PICK)
    def delete(self, which: int) -> None:
        hit = self._hit(which)
        self._of_hit(self.model.delete(hit), hit, "DeleteHIT")

    @precondition(lambda self: self.model.hits)
    @rule(which=PICK, revert=st.booleans())
    def review(self, which: int, revert: bool) -> None:
        hit = self._hit(which)
        self._of_hit(self.model.review(hit, revert=revert), hit, "UpdateHITReviewStatus", Revert=revert)

    @precondition(lambda self: self.model.work)
    @rule(which=PICK, override=st.booleans())
    def approve(self, which: int, override: bool) -> None:
        work = self._work(which)
        expected = self.model.approve(work, override=override)
        self._of_work(expected, work, "ApproveAssignment", OverrideRejection=override)

    @precondition(lambda self: self.model.work)
    @rule(which=PICK)
    def reject(self, which: int) -> None:
        work = self._work(which)
        self._of_work(self.model.reject(work), work, "RejectAssignment", RequesterFeedback="No.")

    @precondition(lambda self: self.model.work)
    @rule(which=PICK, amount=st.sampled_from([1, 7, 100, 1_500]), token=st.sampled_from("ab"))
    def bonus(self, which: int, amount: int, token: str) -> None:
        work = self._work(which)
        token = f"{token}{self.model.now // DAY}"  # a token is remembered for a day
        if any(each.startswith(token[0]) and each != token for _, each in self.model.tokens):
            token += "new"
        self._of_work(
            self.model.bonus(work, amount, token), work, "SendBonus", WorkerId=self.workers[work.worker].id,
            BonusAmount=str(Money(amount)), Reason="Thanks", UniqueRequestToken=token,
        )  # fmt: skip

    @rule(who=PICK, worker=PICK, block=st.booleans())
    def block(self, who: int, worker: int, block: bool) -> None:
        who, worker = who % len(self.requesters), worker % WORKERS
        self.model.block(who, worker, block=block)
        operation = "CreateWorkerBlock" if block else "DeleteWorkerBlock"
        self.requesters[who](operation, WorkerId=self.workers[worker].id, Reason="-")
        self._compare()

    @rule(worker=PICK, grant=st.sampled_from([True, True, False]))
    def qualify(self, worker: int, grant: bool) -> None:
        worker %= WORKERS
        operation = "AssociateQualificationWithWorker" if grant else "DisassociateQualificationFromWorker"
        self._same(
            self.model.qualify(worker, grant=grant), self.requesters[0], operation,
            WorkerId=self.workers[worker].id, QualificationTypeId=self.qualification,
        )  # fmt: skip
        self._compare()

    # Workers

    @precondition(lambda self: self.model.hits)
    @rule(which=PICK, worker=PICK)
    def accept(self, which: int, worker: int) -> None:
        self._accept(self._hit(which), worker % WORKERS)

    @precondition(lambda self: self.model.hits)
    @rule(which=PICK, worker=PICK)
    def accept_once_more(self, which: int, worker: int) -> None:
        """As `accept`: most of what is interesting begins with it."""
        self._accept(self._hit(which), worker % WORKERS)

    @precondition(lambda self: self.model.hits)
    @rule(which=PICK, worker=PICK)
    def accept_next(self, which: int, worker: int) -> None:
        worker %= WORKERS
        group = self._hit(which).group
        may = {
            each.id: each
            for each in self.model.hits
            if each.group == group and self.model.may_accept(worker, each)
        }
        answer = self._same(None if may else ANY, self.workers[worker], "AcceptHIT", HITGroupId=group)
        if answer is not None:
            taken = answer["Task"]["HITId"]
            assert taken in may, f"HIT {taken} was not for this worker"
            self.model.accepted(worker, may[taken], answer["Task"]["AssignmentId"])
        self._compare()

    @precondition(lambda self: self.model.work)
    @rule(which=PICK)
    def submit(self, which: int) -> None:
        work = self._work(which)
        self._same(
            self.model.submit(work), self.workers[work.worker], "SubmitAssignment", AssignmentId=work.id,
            Fields=[{"Name": "answer", "Value": "cat"}],
        )  # fmt: skip
        self._compare()

    @precondition(lambda self: any(each.state == "Accepted" for each in self.model.work))
    @rule(which=PICK)
    def submit_what_is_held(self, which: int) -> None:
        held = [each for each in self.model.work if each.state == "Accepted"]
        self.submit(which=self.model.work.index(held[which % len(held)]))

    @precondition(lambda self: any(each.status == "Assignable" for each in self.model.hits))
    @rule(which=PICK, worker=PICK, verdict=st.sampled_from(["", "reject", "approve"]))
    def do_work(self, which: int, worker: int, verdict: str) -> None:
        """Accept and submit at once, and perhaps hear of it: the way to most later states."""
        hits = [each for each in self.model.hits if each.status == "Assignable"]
        before = len(self.model.work)
        self._accept(hits[which % len(hits)], worker % WORKERS)
        if len(self.model.work) > before:
            self.submit(which=before)
            if verdict == "reject":
                self.reject(which=before)
            elif verdict == "approve":
                self.approve(which=before, override=False)

    @precondition(lambda self: any(each.state == "Rejected" for each in self.model.work))
    @rule(which=PICK)
    def override(self, which: int) -> None:
        rejected = [each for each in self.model.work if each.state == "Rejected"]
        self.approve(which=self.model.work.index(rejected[which % len(rejected)]), override=True)

    @precondition(lambda self: self.model.work)
    @rule(which=PICK)
    def give_back(self, which: int) -> None:
        work = self._work(which)
        expected = self.model.give_back(work)
        self._same(expected, self.workers[work.worker], "ReturnAssignment", AssignmentId=work.id)
        self._compare()

    # Time

    @precondition(lambda self: self.model.hits)
    @rule(milliseconds=SPANS)
    def pass_time(self, milliseconds: int) -> None:
        self.town.advance(milliseconds=milliseconds)
        self.model.advance(milliseconds)
        self._compare()

    @precondition(lambda self: self.model.hits or self.model.work)
    @rule(which=PICK, beyond=st.sampled_from([-1, 0, 1]))
    def pass_to_a_deadline(self, which: int, beyond: int) -> None:
        """To the very moment at which something falls due, one before it, or one after it."""
        moments = [each.ends_at for each in self.model.hits if not each.ended]
        moments += [each.deadline for each in self.model.work if each.state == "Accepted"]
        moments += [each.approve_at for each in self.model.work if each.state == "Submitted"]
        ahead = sorted(each + beyond - self.model.now for each in moments if each + beyond > self.model.now)
        if ahead:
            self.pass_time(milliseconds=ahead[which % len(ahead)])

    def teardown(self) -> None:
        """The whole audit."""
        if hasattr(self, "model"):
            REACHED.update(self.model.reached)
            found = audit.violations(audit.run(self.town.app))
            assert not found, "\n".join(found)

    # Comparing

    def _hit(self, which: int) -> Hit:
        return self.model.hits[which % len(self.model.hits)]

    def _work(self, which: int) -> Work:
        return self.model.work[which % len(self.model.work)]

    def _accept(self, hit: Hit, worker: int) -> None:
        expected = None if self.model.may_accept(worker, hit) else ANY
        answer = self._same(expected, self.workers[worker], "AcceptHIT", HITId=hit.id)
        if answer is not None:
            self.model.accepted(worker, hit, answer["Task"]["AssignmentId"])
        self._compare()

    def _of_hit(self, expected: str | None, hit: Hit, operation: str, **members: Any) -> None:
        self._same(expected, self.requesters[hit.requester], operation, HITId=hit.id, **members)
        self._compare()

    def _of_work(self, expected: str | None, work: Work, operation: str, **members: Any) -> None:
        requester = self.requesters[work.hit.requester]
        self._same(expected, requester, operation, AssignmentId=work.id, **members)
        self._compare()

    def _same(self, expected: str | None, who: Any, operation: str, **members: Any) -> dict[str, Any] | None:
        """Do it; the answer, or None if it was refused as it should have been."""
        type(self).steps += 1
        try:
            answer: dict[str, Any] = who(operation, **members)
        except Refusal as refusal:
            word = refusal.code.rpartition(".")[2] if refusal.code else refusal.type
            assert expected is not None, f"{operation} was refused: {word}: {refusal.message}"
            assert expected in (ANY, word), f"{operation}: {word} instead of {expected}"
            return None
        assert expected is None, f"{operation} was granted instead of {expected}"
        return answer

    def _compare(self) -> None:
        for hit in self.model.hits:
            shown = self.requesters[hit.requester]("GetHIT", HITId=hit.id)["HIT"]
            found = (
                shown["HITStatus"], shown["MaxAssignments"], shown["NumberOfAssignmentsAvailable"],
                shown["NumberOfAssignmentsPending"], shown["NumberOfAssignmentsCompleted"],
            )  # fmt: skip
            decided = hit.number("Approved", "Rejected")
            wanted = (hit.status, hit.slots, hit.open, hit.pending, decided)
            assert found == wanted, f"HIT {hit.id}: {found} instead of {wanted}"
            self._compare_work(hit)
        for requester, purse in zip(self.requesters, self.model.purses, strict=True):
            wanted_balance = (str(Money(purse.available)), str(Money(purse.held)))
            assert requester.balance == wanted_balance, f"{requester.balance} instead of {wanted_balance}"
        for worker, earned in zip(self.workers, self.model.earned, strict=True):
            assert worker("GetEarnings")["Available"] == str(Money(earned))
        self._audit()

    def _audit(self) -> None:
        """The cheap invariants, without the snapshot, which nobody needs who is alone."""
        market, house = self.town.market, self.town.app.house
        for each in CHEAP:
            look = Look(market.database.reader(), house.database.reader(), market.traits, 0)
            found = list(each.test(look))
            assert not found, "\n".join(found)

    def _compare_work(self, hit: Hit) -> None:
        listed = self.requesters[hit.requester]("ListAssignmentsForHIT", HITId=hit.id)["Assignments"]
        found = {each["AssignmentId"]: each["AssignmentStatus"] for each in listed}
        seen = ("Submitted", "Approved", "Rejected")
        assert found == {each.id: each.state for each in hit.work if each.state in seen}


_QUESTION = (
    '<ExternalQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2006-07-14/'
    'ExternalQuestion.xsd"><ExternalURL>https://example.org/</ExternalURL><FrameHeight>1</FrameHeight>'
    "</ExternalQuestion>"
)
