"""Accepting work: one conditional update takes a slot, so of two who want the last one wins."""

from __future__ import annotations

from typing import Any

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command
from kempelen.operations.doing.conditions import assign
from kempelen.operations.finding.admission import group, refuse_unless_may, refuse_unless_wanted
from kempelen.operations.finding.comprehension import refuse_unless_understood
from kempelen.operations.finding.task_answers import task_as_answer
from kempelen.operations.people import newcomers
from kempelen.operations.people.newcomers import is_newcomer
from kempelen.rules import preferences, task_settings
from kempelen.rules.lifecycle import AssignmentStatus, HITStatus, time_allowed
from kempelen.rules.requirements import WorkerAction
from kempelen.rules.sentences import Sentence
from kempelen.rules.task_settings import TaskSettings
from kempelen.store import (
    assignments,
    cursors,
    dispatch,
    groups,
    hit_types,
    hits,
    parties,
    queue,
    statistics,
    taken,
)
from kempelen.store import preferences as kept_preferences
from kempelen.store.hit_types import HITType
from kempelen.store.hits import Hit, HITDoesNotExist

WINDOWS = 16
"""How many windows of HITs one call walks through before it answers that the search goes on."""
LAP = 60_000
"""Milliseconds between two walks through the same group from its beginning."""
ATTEMPTS = 8
"""How often a HIT that was found and gone is looked for anew."""


class NoMoreHITs(Refusal):
    """There are no more HITs of this group that you can accept."""

    code = "AWS.MechanicalTurk.NoMoreWorkableHITsInGroupException"
    page_status = 422


class StillLooking(Refusal):
    """You have had so many HITs of this group that the search for another one is not over. Ask again."""

    code = "Kempelen.StillLooking"
    page_status = 429


class AlreadyYours(Refusal):
    """You have {state} this HIT already, as assignment {assignment_id}; each HIT can be done once."""

    code = "AWS.MechanicalTurk.AssignmentAlreadyAccepted"
    page_status = 409


class QueueFull(Refusal):
    """You hold {most} assignments already, which is the most at one time. Submit or return one first."""

    code = "AWS.MechanicalTurk.MaximumHITsAccepted"
    page_status = 422


class TooManyToday(Refusal):
    """You have accepted {most} assignments today, which is the most in a day. The count begins anew at
    midnight UTC."""

    code = "AWS.MechanicalTurk.DailyLimitReached"
    page_status = 429


class CapReached(Refusal):
    """This requester takes at most {most} assignments of this work from each worker, and you have taken
    that many."""

    code = "Kempelen.CapReached"
    page_status = 422


class EnoughToday(Refusal):
    """You have accepted {most} tasks with a content warning today, which is the most in a day, by your own
    preferences or by this requester's. The count begins anew at midnight UTC."""

    code = "Kempelen.ContentWarningsOfToday"
    page_status = 429


class Excluded(Refusal):
    """This work is for workers who have not taken part in certain other work of this requester before."""

    code = "Kempelen.PastWorkerExcluded"
    page_status = 422


@command("AcceptHIT", by=Role.WORKER)
def accept_hit(
    call: Call, *, hit_id: str | None = None, hit_group_id: str | None = None
) -> dict[str, Any] | None:
    """Accept one given HIT, or the next of a group: the most urgent, and of those the oldest."""
    if (hit_id is None) == (hit_group_id is None):
        raise ParameterValidationError("Exactly one of HITId and HITGroupId must be given.")
    holding = queue.lock(call)
    if hit_id is not None:
        return _accept_given(call, hit_id, holding=holding)
    assert hit_group_id is not None
    hit_type = group(call, hit_group_id)
    _refuse_unless_admitted(call, hit_type, holding=holding)
    checked = is_newcomer(call, hit_type)
    for _ in range(ATTEMPTS):
        place = _next(call, hit_type.key, checked=checked)
        if place is None:
            return None
        task = _take(call, hits.by_key(call, place.hit), hit_type)
        if task is not None:
            return task
    raise NoMoreHITs()


def _accept_given(call: Call, hit_id: str, *, holding: int) -> dict[str, Any]:
    hit = hits.by_id(call, hit_id)
    if hit.status == HITStatus.DISPOSED:
        raise HITDoesNotExist(hit_id=hit_id)
    hit_type = hit_types.by_key(call, hit.hit_type)
    own = queue.own(call, hit.key)
    _refuse_unless_admitted(call, hit_type, holding=holding, own=own)
    task = _take(call, hit, hit_type)
    if task is None:
        raise NoMoreHITs()
    return task


def _refuse_unless_admitted(
    call: Call, hit_type: HITType, *, holding: int, own: tuple[str, AssignmentStatus] | None = None
) -> None:
    """Everything that does not depend on a free slot, in the order in which workers are told."""
    refuse_unless_may(call, hit_type, WorkerAction.ACCEPT)
    refuse_unless_wanted(call, hit_type)
    if own is not None:
        word = Sentence("accepted") if own[1] is AssignmentStatus.ASSIGNED else Sentence("done")
        raise AlreadyYours(state=word, assignment_id=own[0])
    if holding >= call.traits.queue_cap:
        raise QueueFull(most=call.traits.queue_cap)
    if taken.count_of_day(call) >= call.traits.accepts_a_day:
        raise TooManyToday(most=call.traits.accepts_a_day)
    settings = task_settings.read(hit_type.settings)
    if settings.excludes and taken.is_excluded(call, hit_type.key):
        raise Excluded()
    refuse_unless_understood(call, hit_type.key, settings)


def _take(call: Call, hit: Hit, hit_type: HITType) -> dict[str, Any] | None:
    """Take a slot of this HIT for the acting worker, and count it; None if there is none."""
    after = hits.take_slot(call, hit, hit_type=hit_type.key)
    if after is None:
        return None
    time, longer = time_allowed(hit_type.duration_seconds, percent=call.actor.time_percent)
    assignment = assignments.add(
        call,
        hit=hit.key,
        worker=call.actor.account,
        requester=hit.requester,
        abandon_at=call.now + time,
        reward=hit.reward,
        fee=hit.fee,
        longer=longer,
    )
    assert assignment is not None, "the worker's row is locked, and they had none of this HIT"
    settings = task_settings.read(hit_type.settings)
    _count(call, hit_type, settings)
    if hit_type.settings_version:
        queue.accepted_under(call, assignment.key, version=hit_type.settings_version)
    if is_newcomer(call, hit_type):
        newcomers.count(call, hit, hit_type, assignment)
    if settings.conditions:
        assign(call, hit_type.key, settings)
    _introduce(call, hit.requester, settings)
    if after.status != HITStatus.ASSIGNABLE:
        groups.change(call, hit.hit_type, hits=-1)
    _tell(call, after, assignment)
    statistics.count(call, requester=hit.requester, worker=call.actor.account, accepted=1, holding=1)
    return {"Task": task_as_answer(call, assignment, after, hit_type, settings=hit_type.settings)}


def _count(call: Call, hit_type: HITType, settings: TaskSettings) -> None:
    """Count against the day and the caps. Raises the refusal of the one that is full."""
    if not taken.take_of_day(call, most=call.traits.accepts_a_day):
        raise TooManyToday(most=call.traits.accepts_a_day)
    if settings.warnings:
        _count_warned(call, settings)
    most = settings.most_per_worker or taken.UNLIMITED
    if not taken.take(call, taken.of_type(hit_type.key), most=most):
        raise CapReached(most=most)
    for name, most_in_scope in settings.caps:
        if not taken.take(call, taken.of_name(hit_type.requester, name), most=most_in_scope):
            raise CapReached(most=most_in_scope)


def _count_warned(call: Call, settings: TaskSettings) -> None:
    """Count a task with a content warning. Raises `EnoughToday`."""
    own = preferences.read(kept_preferences.of_actor(call)).warnings_a_day
    most = min(own or taken.UNLIMITED, settings.warnings_a_day or taken.UNLIMITED)
    most = min(most, call.traits.accepts_a_day)
    if not taken.take_of_day(call, most=most, scope=taken.WARNED):
        raise EnoughToday(most=most)


def _introduce(call: Call, requester: int, settings: TaskSettings) -> None:
    """From now on the requester may be shown this worker, so the id they will see is kept."""
    organisation = call.directory.organisation(requester)
    if settings.pseudonyms or (organisation is not None and organisation.pseudonymous):
        parties.introduce(call, requester=requester, worker=call.actor.account, pseudonymous=True)


def _tell(call: Call, hit: Hit, assignment: assignments.Assignment) -> None:
    call.emit(
        Event(
            EventKind.AssignmentAccepted,
            hit.requester,
            hit.hit_type,
            hit.key,
            assignment.key,
            call.actor.account,
        )
    )
    call.due(assignment.abandon_at)


def _next(call: Call, hit_type: int, *, checked: bool) -> dispatch.Place | None:
    """Where the next HIT for the acting worker stands; None with a refusal that keeps how far they came.

    With `checked` only HITs with a review policy.
    """
    reached, lap_at = cursors.read(call, hit_type)
    walk = _Walk(call, hit_type, checked=checked)
    place = walk.through(reached)
    if place is None and reached and not walk.is_cut and call.now - lap_at >= LAP:
        # A lock or a late commit may have left something open behind the cursor.
        cursors.rewind(call, hit_type)
        place = walk.through({})
    if place is None:
        call.refuse_after_commit(StillLooking() if walk.is_cut else NoMoreHITs())
    return place


class _Walk:
    """A bounded walk through the open HITs of a group, the most urgent first."""

    def __init__(self, call: Call, hit_type: int, *, checked: bool) -> None:
        self.is_cut = False
        """Whether it ended because it had been long enough."""
        self._call = call
        self._hit_type = hit_type
        self._checked = checked
        self._windows = WINDOWS

    def through(self, reached: dict[int, int]) -> dispatch.Place | None:
        """The first HIT the worker can take after where they are in each level."""
        locks = self._call.connection.dialect == "postgresql"
        for waits in (False, True) if locks else (True,):
            level = dispatch.next_level(self._call, self._hit_type, above=-1)
            while level is not None and not self.is_cut:
                after = reached.get(level)
                if after is None or after == 0:
                    after = dispatch.mark(self._call, self._hit_type, level=level)
                place = self._through_level(level, after, waits=waits)
                if place is not None:
                    return place
                level = dispatch.next_level(self._call, self._hit_type, above=level)
        return None

    def _through_level(self, level: int, after: int, *, waits: bool) -> dispatch.Place | None:
        call, hit_type = self._call, self._hit_type
        begin, more = after, True
        while more:
            if self._windows == 0:
                self.is_cut = True
                break
            self._windows -= 1
            place = dispatch.candidate(
                call, hit_type, level=level, after=after, waits=waits, checked=self._checked
            )
            if place is not None:
                cursors.save(call, hit_type, level=level, position=place.position)
                return place
            after, more = dispatch.window_end(call, hit_type, level=level, after=after)
        if after != begin:
            cursors.save(call, hit_type, level=level, position=after)
        return None
