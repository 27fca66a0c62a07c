"""Refusals: what the program answers when it will not do what it was asked.

A refusal is a class. Its docstring is the message, filled with the keyword arguments it is raised with;
`code` is the `TurkErrorCode` without its prefix; `type` is the `__type` a caller of the AWS wire sees.
Anything else that is raised is a bug and becomes `ServiceFault`. Refusals of one subject live beside that
subject or here; doors render them and add nothing.
"""

from __future__ import annotations

import re
from typing import ClassVar

_LINE_END = re.compile(r"\n\s*")
"""A docstring may be wrapped; the message it is has one line."""


class Refusal(Exception):
    """There was an error with this request."""

    type: ClassVar[str] = "RequestError"
    """The `__type` on the wire."""
    code: ClassVar[str] = ""
    """The `TurkErrorCode`, whole (`AWS.MechanicalTurk.HITDoesNotExist`); empty for types that carry none."""
    status: ClassVar[int] = 400
    """The HTTP status of the AWS wire. Every refusal is the caller's to mend, so it is never 5xx."""
    page_status: ClassVar[int] = 422
    """The HTTP status of the worker site's page for the same refusal (403, 404, 409, 410, 422, 429)."""
    stamped: ClassVar[bool] = True
    """Whether the message ends in the millisecond stamp that RequestError and ParameterValidationError
    carry."""

    def __init__(self, message: str | None = None, /, **facts: object) -> None:
        self.facts = facts
        self.template = _LINE_END.sub(" ", type(self).__doc__ or "") if message is None else None
        """The message with its places, as catalogues have it; None for one that was made up on the spot."""
        self.message = message if message is not None else self.template or ""
        if facts and message is None:
            self.message = self.message.format(**facts)
        super().__init__(self.message)


class Unavailable(Refusal):
    """The service cannot keep this write now. Nothing was changed; try again."""

    type = "ServiceUnavailableException"
    status = 503
    page_status = 503
    stamped = False


class ParameterValidationError(Refusal):
    """The value "{value}" is not valid for the parameter {parameter}."""

    type = "ParameterValidationError"


class InvalidParameterCombination(Refusal):
    """The combination of parameters supplied to the request is invalid: {parameters}."""

    type = "InvalidParameterCombinationError"
    stamped = False


class ValidationException(Refusal):
    """{text}"""

    type = "ValidationException"
    stamped = False


class SerializationException(Refusal):
    """{text}"""

    type = "SerializationException"
    stamped = False


class AccessDenied(Refusal):
    """User: {user} is not authorized to perform: {action} on resource: *"""

    type = "AccessDeniedException"
    status = 403
    page_status = 403
    stamped = False


class ThrottlingException(Refusal):
    """Rate exceeded"""

    type = "ThrottlingException"
    page_status = 429
    stamped = False
