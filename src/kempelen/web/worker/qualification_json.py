"""The JSON of the qualification pages.

`assigned` is as old worker scripts read it: `assigned_qualifications` with `next_page_token`, which is null
on the last page. The others have no known shape; theirs are ours, written in the same words.
"""

from __future__ import annotations

from typing import Any

from kempelen.web.visit import Visit


def assigned(visit: Visit, answer: dict[str, Any], *, size: int) -> dict[str, Any]:
    """`/qualifications/assigned.json`."""
    rows = [_assigned(visit, each) for each in answer["Qualifications"]]
    return _page(answer, "Qualifications", rows, size=size) | {"assigned_qualifications": rows}


def pending(visit: Visit, answer: dict[str, Any], *, size: int) -> dict[str, Any]:
    """`/qualifications/pending.json`."""
    rows = [
        {
            "qualification_request_id": each["QualificationRequestId"],
            "qualification_type_id": each["QualificationTypeId"],
            "name": each["Name"],
            "state": each["Status"],
            "request_time": visit.show.iso(each["StartTime"]),
            "deadline": _moment(visit, each, "Deadline"),
            **_creator(each),
        }
        for each in answer["QualificationRequests"]
    ]
    return _page(answer, "QualificationRequests", rows, size=size)


def types(visit: Visit, answer: dict[str, Any], *, size: int) -> dict[str, Any]:
    """`/qualifications.json`."""
    rows = [type_of(visit, each) for each in answer["QualificationTypes"]]
    return _page(answer, "QualificationTypes", rows, size=size)


def type_of(visit: Visit, found: dict[str, Any]) -> dict[str, Any]:
    """`/qualifications/{id}?format=json`."""
    shown = {
        "qualification_type_id": found["QualificationTypeId"],
        "name": found["Name"],
        "description": found["Description"],
        "keywords": found.get("Keywords", ""),
        "has_test": found["HasTest"],
        "is_requestable": found["IsRequestable"],
        "is_auto_granted": found["AutoGranted"],
        "is_system_qualification": "RequesterId" not in found,
        "test_duration_in_seconds": found.get("TestDurationInSeconds"),
        "retry_delay_in_seconds": found.get("RetryDelayInSeconds"),
        "state": found["Status"],
        "value": _value(found),
        "request_state": found.get("RequestStatus"),
        **_creator(found),
    }
    if "MayRequest" in found:
        shown |= {
            "can_request": found["MayRequest"],
            "why_not": found.get("WhyNot"),
            "earliest_retriable_time": _moment(visit, found, "MayRequestTime"),
        }
    return shown


def further(answer: dict[str, Any], name: str, size: int) -> str | None:
    """The token of the next page, if this one is full."""
    token: str | None = answer.get("NextToken") if len(answer[name]) == size else None
    return token


def _assigned(visit: Visit, held: dict[str, Any]) -> dict[str, Any]:
    address = f"/qualifications/{held['QualificationTypeId']}"
    again_at = held.get("MayRequestTime")
    may_again = again_at is not None and again_at <= visit.site.now()
    return {
        "qualification_type_id": held["QualificationTypeId"],
        "request_qualification_url": address,
        "retake_test_url": f"{address}/test" if held["HasTest"] and may_again else None,
        "name": held["Name"],
        "description": held["Description"],
        "value": _value(held),
        "grant_time": visit.show.iso(held["GrantTime"]),
        "state": held["Status"],
        "reason": held.get("Reason"),
        "can_retake_test_or_rerequest": may_again,
        "earliest_retriable_time": _moment(visit, held, "MayRequestTime"),
        "is_system_qualification": False,
        "is_requestable": held["IsRequestable"],
        "has_test": held["HasTest"],
        **_creator(held),
    }


def _page(answer: dict[str, Any], name: str, rows: list[dict[str, Any]], *, size: int) -> dict[str, Any]:
    return {"results": rows, "num_results": len(rows), "next_page_token": further(answer, name, size)}


def _creator(found: dict[str, Any]) -> dict[str, Any]:
    requester = found.get("RequesterId")
    return {
        "creator_name": found.get("RequesterName"),
        "creator_url": f"/requesters/{requester}/projects" if requester else None,
    }


def _value(found: dict[str, Any]) -> Any:
    place = found.get("LocaleValue")
    return found.get("IntegerValue") if place is None else "-".join(place.values())


def _moment(visit: Visit, found: dict[str, Any], name: str) -> str | None:
    return visit.show.iso(found[name]) if found.get(name) is not None else None
