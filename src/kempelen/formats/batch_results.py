"""The results file of a batch, in the columns MTurk's requester site wrote (contract §8)."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COLUMNS = (
    "HITId", "HITTypeId", "Title", "Description", "Keywords", "Reward", "CreationTime", "MaxAssignments",
    "RequesterAnnotation", "AssignmentDurationInSeconds", "AutoApprovalDelayInSeconds", "Expiration",
    "NumberOfSimilarHITs", "LifetimeInSeconds", "AssignmentId", "WorkerId", "AssignmentStatus",
    "AcceptTime", "SubmitTime", "AutoApprovalTime", "ApprovalTime", "RejectionTime", "RequesterFeedback",
    "WorkTimeInSeconds", "LifetimeApprovalRate", "Last30DaysApprovalRate", "Last7DaysApprovalRate",
)  # fmt: skip
"""The columns before the inputs and answers."""
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Result:
    """One assignment of a batch: the contract's HIT and Assignment, the row it was made from, its answers."""

    hit: Mapping[str, Any]
    assignment: Mapping[str, Any]
    inputs: Mapping[str, str]
    answers: Mapping[str, str]
    approval_rate: str = ""


def write(results: Sequence[Result], *, guard: bool = True) -> str:
    """The file's text, one row an assignment, every cell quoted.

    With `guard`, a cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    inputs = sorted({name for result in results for name in result.inputs})
    answers = sorted({name for result in results for name in result.answers})
    header = [
        *COLUMNS,
        *(f"Input.{name}" for name in inputs),
        *(f"Answer.{name}" for name in answers),
        "Approve",
        "Reject",
    ]
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(header)
    for result in results:
        cells = _fixed(result) | {f"Input.{name}": value for name, value in result.inputs.items()}
        cells |= {f"Answer.{name}": value for name, value in result.answers.items()}
        writer.writerow([_cell(cells.get(column, ""), guard=guard) for column in header])
    return text.getvalue()


def _fixed(result: Result) -> dict[str, str]:
    hit, assignment = result.hit, result.assignment
    cells = {name: str(hit.get(name) or "") for name in COLUMNS[:14]}
    cells |= {
        name: str(assignment.get(name) or "") for name in ("AssignmentId", "WorkerId", "AssignmentStatus")
    }
    cells["RequesterFeedback"] = str(assignment.get("RequesterFeedback") or "")
    cells["Reward"] = f"${hit['Reward']}"
    for name in ("CreationTime", "Expiration"):
        cells[name] = _moment(hit.get(name))
    for name in ("AcceptTime", "SubmitTime", "AutoApprovalTime", "ApprovalTime", "RejectionTime"):
        cells[name] = _moment(assignment.get(name))
    if assignment.get("SubmitTime") and assignment.get("AcceptTime"):
        cells["WorkTimeInSeconds"] = str(int(assignment["SubmitTime"] - assignment["AcceptTime"]))
    cells["LifetimeApprovalRate"] = result.approval_rate
    return cells


def _moment(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(seconds))


def _cell(value: str, *, guard: bool) -> str:
    return f"'{value}" if guard and value.startswith(_RISKY) else value
