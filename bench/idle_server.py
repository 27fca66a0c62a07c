"""A server that reads a request and answers one fixed HIT: what the machine and the client can do at most.

python bench/idle_server.py PORT
"""

from __future__ import annotations

import json
import sys
from typing import Any

import uvicorn

HIT = {
    "HIT": {
        "HITId": "3" + "A" * 29,
        "HITTypeId": "3" + "B" * 29,
        "HITGroupId": "3" + "C" * 29,
        "CreationTime": 1795314142.0,
        "Title": "Is there a cat?",
        "Description": "Look at one picture.",
        "Question": "<ExternalQuestion/>",
        "HITStatus": "Assignable",
        "MaxAssignments": 1,
        "Reward": "0.01",
        "AutoApprovalDelayInSeconds": 2592000,
        "Expiration": 1795317742.0,
        "AssignmentDurationInSeconds": 600,
        "QualificationRequirements": [],
        "HITReviewStatus": "NotReviewed",
        "NumberOfAssignmentsPending": 0,
        "NumberOfAssignmentsAvailable": 1,
        "NumberOfAssignmentsCompleted": 0,
    }
}
ANSWER = json.dumps(HIT).encode()
START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"application/x-amz-json-1.1"),
        (b"content-length", str(len(ANSWER)).encode()),
        (b"x-amzn-requestid", b"00000000-0000-0000-0000-000000000000"),
    ],
}
BODY = {"type": "http.response.body", "body": ANSWER}


async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Read everything, answer the same."""
    while (await receive()).get("more_body"):
        pass
    await send(START)
    await send(BODY)


if __name__ == "__main__":
    uvicorn.run(
        answer, port=int(sys.argv[1]), loop="uvloop", http="httptools", lifespan="off", access_log=False,
        log_level="error",
    )  # fmt: skip
