"""Policy documents under names that access keys carry. An organisation's own name wins over the house's."""

from __future__ import annotations

import json
import re
from typing import Any

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Arguments, Call, Role, Traits, command, query
from kempelen.operations.house.ownership import owner
from kempelen.rules.policies import BUILT_IN_DOCUMENTS, parse
from kempelen.store import policies
from kempelen.store.policies import EVERYBODY

NAME = re.compile(r"[A-Za-z0-9_+=,.@-]{1,128}")
"""What IAM lets a policy be called."""


class PolicyDoesNotExist(Refusal):
    """There is no policy of the name {name}. Built in are {built_in}."""

    code = "Kempelen.PolicyDoesNotExist"


def check_document(arguments: Arguments, traits: Traits) -> None:
    """Refuse a document that would not be evaluated as written, and a name that is taken or none."""
    name = arguments["name"]
    if not NAME.fullmatch(name):
        raise ParameterValidationError(value=name, parameter="Name")
    if name in BUILT_IN_DOCUMENTS:
        raise ParameterValidationError(f"The policy {name} is built in and stays as it is.")
    parse(arguments["document"], name=name)


@command("PutPolicy", by=(Role.OPERATOR, Role.REQUESTER), prepare=check_document, in_house=True)
def put_policy(call: Call, *, name: str, document: str, account_id: str | None = None) -> None:
    """Keep a policy: an organisation's own, or from an operator who names none, one for everybody."""
    organisation = _organisation(call, account_id)
    policies.put(call, organisation=organisation, name=name, document=document)
    call.emit(Event(EventKind.PolicyChanged, requester=organisation or None, detail=name))


@query("GetPolicy", by=(Role.OPERATOR, Role.REQUESTER), in_house=True)
def get_policy(call: Call, *, name: str, account_id: str | None = None) -> dict[str, Any]:
    """A policy's document, built-in ones too. Raises `PolicyDoesNotExist`."""
    if name in BUILT_IN_DOCUMENTS:
        return {"Document": json.dumps(BUILT_IN_DOCUMENTS[name])}
    document = policies.document(call, organisation=_organisation(call, account_id), name=name)
    if document is None:
        raise _missing(name)
    return {"Document": document}


def check_names(call: Call, names: list[str], organisation: int | None) -> list[str]:
    """The names, each once, if a key of that organisation (or of a person: None) may carry them all.

    Raises `PolicyDoesNotExist`.
    """
    listed = list(dict.fromkeys(names))
    for name in listed:
        if name in BUILT_IN_DOCUMENTS:
            continue
        if policies.document(call, organisation=organisation or EVERYBODY, name=name) is None:
            raise _missing(name)
    return listed


def _organisation(call: Call, account_id: str | None) -> int:
    if account_id is None and call.actor.role is not Role.REQUESTER:
        return EVERYBODY
    organisation = owner(call, account_id=account_id).organisation
    if organisation is None:
        raise ParameterValidationError(value=account_id, parameter="AccountId")
    return organisation


def _missing(name: str) -> PolicyDoesNotExist:
    return PolicyDoesNotExist(name=name, built_in=", ".join(BUILT_IN_DOCUMENTS))
