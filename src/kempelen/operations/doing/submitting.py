"""Submitting an answer: kept as received, then judged by the HIT's own review policy, then visible."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from kempelen.errors import Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Arguments, Call, Role, Traits, command
from kempelen.operations.doing.frames import acting_for
from kempelen.operations.doing.late_answers import keep_late_answer
from kempelen.operations.publishing.question_forms import form_of
from kempelen.operations.reviewing.reviewable import after_submission
from kempelen.rules.answers import AnswerNotTaken, Field, Upload, check_answers, pack
from kempelen.rules.lifecycle import SAID, AssignmentStatus
from kempelen.rules.pay_per_hour import Worked, worked
from kempelen.rules.question_form import FileUpload, QuestionForm
from kempelen.store import activity, assignments, drafts, files, hit_types, hits, statistics, tallies
from kempelen.store.activity import Activity
from kempelen.store.assignments import Assignment
from kempelen.store.hits import Hit

REGEX_STEPS = 15_000
"""What a form's regular expressions may cost at submission: about 15 ms, during which nobody else writes."""


class AlreadySubmitted(Refusal):
    """This assignment is {state} already. What was sent first stays."""

    code = "AWS.MechanicalTurk.InvalidAssignmentState"
    page_status = 409


@dataclass(frozen=True, slots=True)
class Prepared:
    """An answer as it is going to be kept."""

    fields: tuple[Field, ...]
    packed: bytes


def prepare(arguments: Arguments, traits: Traits) -> Prepared:
    """Pack the fields. Refuses more than can be kept."""
    fields = tuple(Field(each["Name"], each["Value"]) for each in arguments["fields"])
    return Prepared(fields, pack(fields))


@command("SubmitAssignment", by=(Role.WORKER, Role.SYSTEM), prepare=prepare)
def submit_assignment(
    call: Call,
    *,
    assignment_id: str,
    fields: list[dict[str, str]],
    start_time: int | None = None,
    active_seconds: int | None = None,
    instructions_version: str | None = None,
    ai_help: bool | None = None,
) -> dict[str, Any] | None:
    """Hand an answer in. The first one stays, whatever comes after it."""
    assignment = acting_for(call, assignment_id)
    if not _is_open(call, assignment):
        _refuse(call, assignment)
        return None
    hit = hits.by_key(call, assignment.hit)
    hit_type = hit_types.by_key(call, hit.hit_type)
    packed = _checked(call, assignment, hit)
    approve_at = call.now + hit_type.auto_approval_delay_seconds * 1000
    told = Activity(start_time, active_seconds, instructions_version, ai_help)
    work = _work(told, activity.told(call, assignment.key))
    time = _time(call, assignment, work)
    if not assignments.submit(
        call, assignment.key, approve_at=approve_at, work=work, worked_seconds=time.seconds
    ):
        _refuse(call, assignments.by_key(call, assignment.key))
        return None
    assignment = replace(assignment, submitted_at=call.now, worked_seconds=time.seconds)
    hit = _kept(call, assignment, packed)
    tallies.submitted(call, worker=assignment.worker, hit_type=hit.hit_type, worked=time)
    call.due(approve_at)
    at_once = hit_type.auto_approval_delay_seconds == 0
    after_submission(call, assignment, hit, fields=packed, approves_at_once=at_once)
    may_be_decided = at_once or hit.policies is not None or hit.taken_down_at is not None
    return {
        "AssignmentId": assignment.public_id,
        "HITId": hit.public_id,
        "HITGroupId": hit_type.group_id,
        "Status": assignments.by_key(call, assignment.key).state if may_be_decided else "Submitted",
    }


def _is_open(call: Call, assignment: Assignment) -> bool:
    return assignment.status == AssignmentStatus.ASSIGNED and call.now < assignment.abandon_at


def _refuse(call: Call, assignment: Assignment) -> None:
    """Refuse a second answer; keep a late one, apart, and refuse it too."""
    if assignment.status not in (AssignmentStatus.ASSIGNED, AssignmentStatus.ABANDONED):
        raise AlreadySubmitted(state=SAID[AssignmentStatus(assignment.status)])
    prepared: Prepared = call.prepared
    keep_late_answer(call, assignment, fields=prepared.packed)


def _checked(call: Call, assignment: Assignment, hit: Hit) -> bytes:
    """The answer to keep, with the files that came before it. Raises `AnswerNotTaken`."""
    prepared: Prepared = call.prepared
    form = form_of(call, hit.question)
    if form is None:
        return prepared.packed
    fields: tuple[Field | Upload, ...] = (*prepared.fields, *_uploads(call, assignment, form))
    if problems := check_answers(form, fields, steps=REGEX_STEPS):
        raise AnswerNotTaken(problems)
    return pack(fields)


def _uploads(call: Call, assignment: Assignment, form: QuestionForm) -> Iterator[Upload]:
    for question in form.questions:
        if isinstance(question.answer, FileUpload):
            file = files.of_question(call, assignment.key, question.identifier)
            if file is not None:
                yield Upload(question.identifier, file.size, file.blob)


def _kept(call: Call, assignment: Assignment, packed: bytes) -> Hit:
    """Keep the answer and count it; the HIT as it is then."""
    digest = hashlib.sha256(packed).digest()
    assignments.keep_answer(call, assignment.key, fields=packed, digest=digest)
    drafts.remove(call, assignment.key)
    hit = hits.submit_slot(call, assignment.hit)
    statistics.count(call, requester=hit.requester, worker=assignment.worker, submitted=1, holding=-1)
    call.emit(
        Event(
            EventKind.AssignmentSubmitted,
            hit.requester,
            hit.hit_type,
            hit.key,
            assignment.key,
            assignment.worker,
            digest.hex(),
        )
    )
    return hit


def _time(call: Call, assignment: Assignment, work: str | None) -> Worked:
    """How long the answer took, by what is kept of the work."""
    active = None if work is None else json.loads(work).get("active_seconds")
    return worked(accepted_at=assignment.accepted_at, submitted_at=call.now, active_seconds=active)


def _work(told: Activity, before: Activity) -> str | None:
    """What is kept of the work: what came with the answer, else what was told before."""
    known = {
        "start": before.started_at if told.started_at is None else told.started_at,
        "active_seconds": before.active_seconds if told.active_seconds is None else told.active_seconds,
        "instructions": before.instructions if told.instructions is None else told.instructions,
        "ai_help": before.ai_help if told.ai_help is None else told.ai_help,
    }
    said = {name: value for name, value in known.items() if value is not None}
    return json.dumps(said) if said else None
