"""The marks in a working page that old worker scripts look for: names and properties as they were."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from kempelen.web.visit import Visit

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def mounts_of(visit: Visit, task: dict[str, Any]) -> dict[str, str]:
    """The properties of each mount as JSON."""
    left = max(0, int(task["Deadline"] - visit.site.now()))
    duration = task["AssignmentDurationInSeconds"]
    modal = {
        "assignableHitsCount": task.get("HITsAvailable", 1),
        "assignmentDurationInSeconds": duration,
        "contactRequesterUrl": contact_url(task["HITTypeId"], task["RequesterId"]),
        "creationTime": visit.show.iso(task["AcceptTime"]),
        "expirationTime": visit.show.iso(task["Deadline"]),
        "description": task["Description"],
        "monetaryReward": {"amountInDollars": float(task["Reward"]), "currencyCode": "USD"},
        "projectTitle": task["Title"],
        "requesterName": task["RequesterName"],
    }
    return {
        "modal": _packed({"modalOptions": modal}),
        "submitter": _packed({"hiddenFormParams": {"task_id": task["HITId"]}}),
        "timer": _packed({"originalTimeToCompleteInSeconds": duration, "timeRemainingInSeconds": left}),
        "auto_accept": _packed({}),
    }


def listed(rows: Sequence[dict[str, Any]]) -> str:
    """The properties of a table of groups, queued tasks or a day's work: each row as its JSON has it."""
    return _packed({"bodyData": rows})


def pagination(*, page: int, last: int) -> str:
    """The properties of the pages' numbers."""
    return _packed({"currentPage": page, "lastPage": last})


def contact_url(hit_type: str, requester: str) -> str:
    """The form to write to the requester of a HIT type."""
    asked = {"hit_type_message[hit_type_id]": hit_type, "hit_type_message[requester_id]": requester}
    return f"/contact_requester/hit_type_messages/new?{urlencode(asked)}"


def _packed(value: dict[str, Any]) -> str:
    return _encode(value)
