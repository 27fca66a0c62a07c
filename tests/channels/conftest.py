"""A stand-in for AWS, a mail server and a letter box on this machine, for what the channels send."""

from __future__ import annotations

import socket
from types import SimpleNamespace

import boto3
import pytest
from aiosmtpd.controller import Controller
from moto.server import ThreadedMotoServer

from kempelen.channels import Message

AWS_SETTINGS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.fixture(scope="package")
def aws_endpoint():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws(aws_endpoint, monkeypatch):
    """An empty AWS behind `AWS_ENDPOINT_URL`; answers clients of its SQS and SNS."""
    for name, value in AWS_SETTINGS.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL_SNS", "AWS_PROFILE", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_endpoint)
    return SimpleNamespace(
        endpoint=aws_endpoint,
        sqs=boto3.client("sqs"),
        sns=boto3.client("sns"),
        read=lambda url: (
            boto3.client("sqs")
            .receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
            .get("Messages", [])
        ),
    )


@pytest.fixture
def message():
    """A notification about one HIT, as Rosa would get it."""
    return Message(
        id="9928a491605538bd160590bb57b0596a9fbbcbba",
        subject="1565385436000",
        body='{"Events":[{"EventType":"HITReviewable"}]}',
        group="3HIT",
        created_at=1_565_385_436_789,
        topic="arn:aws:sns:kempelen:123456789012:notifications",
    )


class LetterBox:
    """What the mail server took, and what it answers to addresses and letters if told to refuse."""

    def __init__(self) -> None:
        self.letters: list[object] = []
        self.to_address = "250 OK"
        self.to_letter = "250 OK"
        self.to_goodbye = "221 Bye"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.to_address.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_address

    async def handle_DATA(self, server, session, envelope):
        if self.to_letter.startswith("250"):
            self.letters.append(envelope)
        return self.to_letter

    async def handle_QUIT(self, server, session, envelope):
        return self.to_goodbye


@pytest.fixture
def letter_box():
    box = LetterBox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        box.port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()
