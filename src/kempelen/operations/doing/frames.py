"""What a task's frame shows, for who brings its ticket: there is no session where requesters' pages run."""

from __future__ import annotations

from typing import Any

from kempelen.errors import InvalidParameterCombination, Refusal
from kempelen.operation import Actor, Call, Role, query
from kempelen.operations.doing.returning import refuse_gone
from kempelen.rules import frames, tokens
from kempelen.rules.frames import Ticket
from kempelen.rules.lifecycle import AssignmentStatus, HITStatus
from kempelen.rules.questions import may_be_form
from kempelen.store import assignments, files, hits
from kempelen.store import frames as shown_frames
from kempelen.store.assignments import Assignment
from kempelen.store.hits import Hit


class FrameEnded(Refusal):
    """This frame has been open for too long. Load the page around it again."""

    code = "Kempelen.FrameEnded"
    page_status = 410


class TaskGone(Refusal):
    """This task is no longer there."""

    code = "AWS.MechanicalTurk.HITDoesNotExist"
    page_status = 404


@query("OpenFrame", by=Role.SYSTEM)
def open_frame(call: Call, *, ticket: str | None = None, assignment_id: str | None = None) -> dict[str, Any]:
    """The question behind a frame's ticket, or of an assignment that is worked on, and the files it has."""
    if (ticket is None) == (assignment_id is None):
        raise InvalidParameterCombination(parameters="Ticket, AssignmentId")
    opened = None if ticket is None else _ticket(call, ticket)
    if opened is not None and not opened.assignment_id:
        return _shown(call, _previewed(call, opened).key, None)
    assignment = assignments.by_id(call, opened.assignment_id if opened is not None else assignment_id or "")
    if assignment.status != AssignmentStatus.ASSIGNED or call.now >= assignment.abandon_at:
        refuse_gone(assignment)
    return _shown(call, assignment.hit, assignment)


def acting_for(call: Call, assignment_id: str) -> Assignment:
    """The assignment that the acting worker holds, or whoever brings its id to the market itself.

    As its id is unguessable, who knows it is its worker, who is the actor from then on. Raises
    `AssignmentDoesNotExist`.
    """
    if call.actor.role is not Role.SYSTEM:
        return assignments.of_worker(call, assignment_id)
    assignment = assignments.by_id(call, assignment_id)
    person = call.directory.person(assignment.worker)
    assert person is not None, "every worker of a world is a person of the house"
    call.actor = Actor(Role.WORKER, person.key, person.public_id, person.name)
    return assignment


def _ticket(call: Call, text: str) -> Ticket:
    try:
        ticket = frames.unseal(call.directory.page_secret, call.traits.name, text)
    except tokens.InvalidToken:
        raise FrameEnded() from None
    if call.now >= ticket.ends_at:
        raise FrameEnded()
    return ticket


def _previewed(call: Call, ticket: Ticket) -> Hit:
    hit = hits.by_id(call, ticket.hit_id)
    if hit.status == HITStatus.DISPOSED or hit.taken_down_at is not None:
        raise TaskGone()
    return hit


def _shown(call: Call, hit: int, assignment: Assignment | None) -> dict[str, Any]:
    found = shown_frames.shown(call, hit)
    shown: dict[str, Any] = {
        "HITId": found.hit_id,
        "HITTypeId": found.hit_type_id,
        "HITLayoutId": found.layout_id,
        "Question": found.question,
        "Files": [],
    }
    if assignment is not None:
        shown["AssignmentId"] = assignment.public_id
        if may_be_form(found.question):  # nothing else asks for files
            shown["Files"] = [
                {"QuestionIdentifier": file.question, "FileName": file.name, "Size": file.size}
                for file in files.of_assignment(call, assignment.key)
            ]
    return shown
