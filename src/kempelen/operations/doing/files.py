"""File answers: what a worker sends for a FileUploadAnswer, and how the requester gets it.

The bytes go from the worker to the blob store by the upload route; here stands only what is known of them.
"""

from __future__ import annotations

from typing import Any

from kempelen.errors import Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command, query
from kempelen.operations.publishing.question_forms import form_of
from kempelen.rules import tokens
from kempelen.rules.lifecycle import AssignmentStatus, HITStatus
from kempelen.rules.question_form import FileUpload
from kempelen.store import assignments, files, hits
from kempelen.store.assignments import Assignment, AssignmentDoesNotExist, InvalidAssignmentState
from kempelen.store.hits import Hit

VALID_SECONDS = 60


class QuestionTakesNoFile(Refusal):
    """The question {question} of this HIT does not take a file."""

    code = "AWS.MechanicalTurk.InvalidParameterValue"


class FileSizeRefused(Refusal):
    """The file has {size} bytes; this question takes files of {least} to {most} bytes."""

    code = "AWS.MechanicalTurk.InvalidParameterValue"


class NoFile(Refusal):
    """There is no uploaded file for the question {question} of assignment {assignment_id}."""

    code = "AWS.MechanicalTurk.FileDoesNotExist"
    page_status = 404


class LinkEnded(Refusal):
    """This link is not valid, or no longer: links to files end after a minute."""

    status = 403
    page_status = 403
    code = "AWS.MechanicalTurk.InvalidParameterValue"


@query("GetFileAnswerLimits", by=(Role.WORKER, Role.SYSTEM))
def get_file_answer_limits(call: Call, *, assignment_id: str, question_identifier: str) -> dict[str, Any]:
    """How large a file this question of an assignment at work may have, in bytes."""
    _, _, limits = _at_work(call, assignment_id, question_identifier)
    return {"MinBytes": limits.minimum_bytes, "MaxBytes": limits.maximum_bytes}


@command("KeepFileAnswer", by=(Role.WORKER, Role.SYSTEM))
def keep_file_answer(
    call: Call,
    *,
    assignment_id: str,
    question_identifier: str,
    blob: str,
    file_name: str,
    content_type: str,
    size: int,
) -> dict[str, Any]:
    """Keep a file for a question, in place of one sent before. FileKey is what the answer then names."""
    assignment, hit, limits = _at_work(call, assignment_id, question_identifier)
    if not limits.minimum_bytes <= size <= limits.maximum_bytes:
        raise FileSizeRefused(size=size, least=limits.minimum_bytes, most=limits.maximum_bytes)
    key = files.add(
        call,
        assignment.key,
        question=question_identifier,
        blob=blob,
        name=file_name,
        type=content_type,
        size=size,
    )
    call.emit(
        Event(EventKind.FileReceived, hit.requester, hit.hit_type, hit.key, assignment.key, assignment.worker)
    )
    return {"FileKey": key}


def _at_work(call: Call, assignment_id: str, question: str) -> tuple[Assignment, Hit, FileUpload]:
    """An assignment that is worked on, its HIT, and what its question says of files.

    As for externalSubmit, who knows the unguessable id of a live assignment is its worker.
    """
    if call.actor.role is Role.WORKER:
        assignment = assignments.of_worker(call, assignment_id)
    else:
        assignment = assignments.by_id(call, assignment_id)
    if assignment.status != AssignmentStatus.ASSIGNED or assignment.abandon_at <= call.now:
        raise InvalidAssignmentState(state=assignment.state, wanted="Assigned")
    hit = hits.by_key(call, assignment.hit)
    form = form_of(call, hit.question)
    if form is not None:
        for each in form.questions:
            if each.identifier == question and isinstance(each.answer, FileUpload):
                return assignment, hit, each.answer
    raise QuestionTakesNoFile(question=question)


@query("GetFileUploadURL", by=Role.REQUESTER, personal=True)
def get_file_upload_url(call: Call, *, assignment_id: str, question_identifier: str) -> dict[str, Any]:
    """A link to the file a worker sent, valid for a minute."""
    assignment = assignments.owned(call, assignment_id)
    if hits.by_key(call, assignment.hit).status == HITStatus.DISPOSED:
        raise AssignmentDoesNotExist(assignment_id=assignment_id)
    handed_in = (AssignmentStatus.SUBMITTED, AssignmentStatus.APPROVED, AssignmentStatus.REJECTED)
    if assignment.status not in handed_in:
        raise InvalidAssignmentState(state=assignment.state, wanted="Submitted,Approved,Rejected")
    file = files.of_question(call, assignment.key, question_identifier)
    if file is None:
        raise NoFile(question=question_identifier, assignment_id=assignment_id)
    position = (file.key, call.now + VALID_SECONDS * 1000)
    ticket = tokens.seal(call.directory.page_secret, _context(call), position)
    return {"FileUploadURL": f"{call.traits.worker_site}/files/{ticket}"}


@query("FindFileAnswer", by=Role.SYSTEM, personal=True)
def find_file_answer(call: Call, *, ticket: str) -> dict[str, Any]:
    """The file a link stands for, while it is valid."""
    try:
        key, ends_at = tokens.unseal(call.directory.page_secret, _context(call), ticket)
    except tokens.InvalidToken:
        raise LinkEnded() from None
    file = files.by_key(call, int(key)) if call.now < int(ends_at) else None
    if file is None:
        raise LinkEnded()
    return {"Blob": file.blob, "FileName": file.name, "ContentType": file.type, "Size": file.size}


def _context(call: Call) -> str:
    return f"file {call.traits.name}"
