"""What a bearer token may do: the operations its scopes name, never more than whoever made it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from kempelen.errors import ParameterValidationError

PREFIX = "kempelen:"
SCOPE = re.compile(r"[A-Za-z*?]{1,100}")
NEVER = (
    "CreateToken", "CreateAccessKey", "PutAccessKey", "PutPolicy", "PutMember", "PutQuota",
    "AddRequester", "AddWorker", "AddOperator",
)  # fmt: skip
"""No token makes credentials or changes what they may do, or it would outlive itself."""


def checked(scopes: Sequence[str]) -> list[str]:
    """The scopes without their prefix, each once: operation names, `*` and `?` allowed.

    Raises `ParameterValidationError`; operations of the AWS API are never a token's.
    """
    names = list(dict.fromkeys(scope.removeprefix(PREFIX) for scope in scopes))
    for name in names:
        if not SCOPE.fullmatch(name):
            raise ParameterValidationError(
                f'The value "{name}" is not valid for the parameter Scopes. Name operations of Kempelen such '
                "as ListHITGroups or Get*."
            )
    if not names:
        raise ParameterValidationError("The parameter Scopes must name at least one operation.")
    return names


def limiting(scopes: Sequence[str]) -> dict[str, Any]:
    """A policy document that allows nothing and denies all but the scopes: beside the maker's policies, both
    apply."""
    named = [f"{PREFIX}{scope}" for scope in scopes]
    never = [f"{PREFIX}{name}" for name in NEVER]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "OutsideOfTheScopes", "Effect": "Deny", "NotAction": named, "Resource": "*"},
            {"Sid": "NeverByToken", "Effect": "Deny", "Action": never, "Resource": "*"},
        ],
    }
