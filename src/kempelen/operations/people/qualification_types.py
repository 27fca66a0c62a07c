"""Qualification types: made, changed, read and deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kempelen.errors import InvalidParameterCombination, ParameterValidationError
from kempelen.events import Event, EventKind
from kempelen.operation import SYSTEM, Arguments, Call, Role, Traits, command, query
from kempelen.operations.people.eligibility import SYSTEM_TYPES
from kempelen.rules import test_scores
from kempelen.rules.qualifying import DEFAULT_VALUE
from kempelen.rules.system_qualifications import SystemQualificationType
from kempelen.store import parties, qualification_requests, qualification_types
from kempelen.store.qualification_types import QualificationType


def prepare(arguments: Arguments, traits: Traits) -> None:
    """Parse the test and its key. Refuses what is wrong with either, and what does not go together."""
    test, key = arguments.get("test"), arguments.get("answer_key")
    if test is None:
        if key is not None:
            raise ParameterValidationError("AnswerKey can be given only together with Test.")
        return
    if arguments.get("test_duration_in_seconds") is None:
        raise ParameterValidationError("TestDurationInSeconds must be given together with Test.")
    if arguments.get("auto_granted"):
        raise InvalidParameterCombination(parameters="AutoGranted, Test")
    test_scores.form_of(test)
    if key is not None:
        test_scores.key_of(test, key)


@command("CreateQualificationType", by=Role.REQUESTER, prepare=prepare)
def create_qualification_type(
    call: Call,
    *,
    name: str,
    description: str,
    qualification_type_status: str,
    keywords: str | None = None,
    retry_delay_in_seconds: int | None = None,
    test: str | None = None,
    answer_key: str | None = None,
    test_duration_in_seconds: int | None = None,
    auto_granted: bool = False,
    auto_granted_value: int = DEFAULT_VALUE,
) -> dict[str, Any]:
    """A new type of the caller's, usable at once. Without a retry delay it can be asked for once, ever."""
    if test is None and test_duration_in_seconds is not None:
        raise ParameterValidationError("TestDurationInSeconds can be given only together with Test.")
    new = QualificationType(
        key=call.key(),
        public_id=call.new_id(),
        requester=call.actor.account,
        name=name,
        description=description,
        keywords=keywords,
        active=int(qualification_type_status == "Active"),
        deleted_at=None,
        test=test,
        answer_key=answer_key,
        test_duration_seconds=test_duration_in_seconds,
        retry_delay_seconds=retry_delay_in_seconds,
        auto_granted=int(auto_granted),
        auto_granted_value=auto_granted_value,
        created_at=call.now,
    )
    parties.know_requester(call, call.actor)
    qualification_types.add(call, new)
    call.emit(Event(EventKind.QualificationTypeCreated, call.actor.account, detail=new.public_id))
    return {"QualificationType": type_as_answer(call, new)}


@command("UpdateQualificationType", by=Role.REQUESTER, prepare=prepare)
def update_qualification_type(
    call: Call,
    *,
    qualification_type_id: str,
    description: str | None = None,
    qualification_type_status: str | None = None,
    test: str | None = None,
    answer_key: str | None = None,
    test_duration_in_seconds: int | None = None,
    retry_delay_in_seconds: int | None = None,
    auto_granted: bool | None = None,
    auto_granted_value: int | None = None,
) -> dict[str, Any]:
    """Change what is given. A test is replaced whole, with its key and its time; it cannot be removed."""
    found = qualification_types.owned(call, qualification_type_id, for_change=True)
    given: dict[str, Any] = {
        "description": description,
        "active": None if qualification_type_status is None else int(qualification_type_status == "Active"),
        "test": test,
        "test_duration_seconds": test_duration_in_seconds,
        "retry_delay_seconds": retry_delay_in_seconds,
        "auto_granted": None if auto_granted is None else int(auto_granted),
        "auto_granted_value": auto_granted_value,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    if test is not None:
        changes["answer_key"] = answer_key
    changed = replace(found, **changes)
    if changed.test is not None and changed.auto_granted:
        raise InvalidParameterCombination(parameters="AutoGranted, Test")
    if changed.test is None and test_duration_in_seconds is not None:
        raise ParameterValidationError("TestDurationInSeconds can be given only for a type with a Test.")
    qualification_types.change(call, changed)
    call.emit(Event(EventKind.QualificationTypeChanged, call.actor.account, detail=changed.public_id))
    return {"QualificationType": type_as_answer(call, changed)}


@query("GetQualificationType", by=(Role.REQUESTER, Role.WORKER))
def get_qualification_type(call: Call, *, qualification_type_id: str) -> dict[str, Any]:
    """Anybody's type, or one of the market's own."""
    system = SYSTEM_TYPES.get(qualification_type_id)
    if system is not None:
        return {"QualificationType": system_type_as_answer(system)}
    found = qualification_types.by_id(call, qualification_type_id)
    return {"QualificationType": type_as_answer(call, found)}


@command("DeleteQualificationType", by=Role.REQUESTER)
def delete_qualification_type(call: Call, *, qualification_type_id: str) -> None:
    """End a type: its name is free, what waits for it is rejected, no new HIT can require it. Who holds it
    keeps it, and HITs that require it go on."""
    found = qualification_types.owned(call, qualification_type_id, for_change=True)
    qualification_types.delete(call, found.key)
    qualification_requests.reject_all(call, found.key)
    call.emit(Event(EventKind.QualificationTypeDeleted, call.actor.account, detail=found.public_id))


def type_as_answer(call: Call, found: QualificationType) -> dict[str, Any]:
    """The contract's QualificationType. The key is for the owner alone, and the test for requesters:
    a worker sees it when their time has begun. The market's own tests nobody sees before."""
    is_requester = call.actor.role is Role.REQUESTER
    is_owner = is_requester and call.actor.account == found.requester
    return {
        "QualificationTypeId": found.public_id,
        "CreationTime": found.created_at,
        "Name": found.name,
        "Description": found.description,
        "Keywords": found.keywords,
        "QualificationTypeStatus": "Active" if found.active else "Inactive",
        "Test": found.test if is_requester and found.requester != SYSTEM.account else None,
        "TestDurationInSeconds": found.test_duration_seconds,
        "AnswerKey": found.answer_key if is_owner else None,
        "RetryDelayInSeconds": found.retry_delay_seconds,
        "IsRequestable": True,
        "AutoGranted": bool(found.auto_granted),
        "AutoGrantedValue": found.auto_granted_value if found.auto_granted else None,
    }


def system_type_as_answer(system: SystemQualificationType) -> dict[str, Any]:
    """One of the market's own types, which nobody made and nobody can ask for."""
    return {
        "QualificationTypeId": system.id,
        "Name": system.name,
        "Description": system.description,
        "QualificationTypeStatus": "Active",
        "IsRequestable": False,
        "AutoGranted": False,
    }
