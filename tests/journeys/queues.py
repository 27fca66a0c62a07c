"""A queue in a stand-in for AWS, for the notifications of stories."""

from __future__ import annotations

import boto3
import pytest


@pytest.fixture
def queue(moto_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a queue in an empty AWS, which the server reaches as an operator has configured it."""
    given = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    given |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL_SQS": moto_endpoint}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    url: str = boto3.client("sqs").create_queue(QueueName="events")["QueueUrl"]
    return url
