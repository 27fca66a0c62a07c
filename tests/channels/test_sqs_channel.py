"""A queue gets the bare document, through the operator's endpoint and never by its own URL."""

from __future__ import annotations

import json
import socketserver
import threading

import pytest

from kempelen.channels import Undelivered
from kempelen.channels.sqs import SqsChannel


def test_a_queue_gets_the_bare_document(aws, message):
    url = aws.sqs.create_queue(QueueName="rosa")["QueueUrl"]
    SqsChannel().send(url, message)
    (received,) = aws.read(url)
    assert json.loads(received["Body"])["Events"][0]["EventType"] == "HITReviewable"


def test_a_fifo_queue_keeps_each_hit_in_order_and_drops_repeats(aws, message):
    url = aws.sqs.create_queue(QueueName="rosa.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    channel = SqsChannel()
    channel.send(url, message)
    channel.send(url, message)
    (received,) = aws.read(url)
    assert received["Attributes"]["MessageGroupId"] == "3HIT"
    assert received["Attributes"]["MessageDeduplicationId"] == message.id


def test_the_region_comes_from_the_queues_url(aws, message, monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    import boto3

    west = boto3.client("sqs", region_name="eu-west-1")
    west.create_queue(QueueName="omar")
    SqsChannel().send("https://sqs.eu-west-1.amazonaws.com/123456789012/omar", message)
    url = west.get_queue_url(QueueName="omar")["QueueUrl"]
    assert len(west.receive_message(QueueUrl=url)["Messages"]) == 1


def test_the_url_itself_is_never_fetched(aws, message):
    visits: list[bytes] = []

    class Trap(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            visits.append(self.request.recv(100))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Trap) as trap:
        threading.Thread(target=trap.serve_forever, args=(0.02,), daemon=True).start()
        aws.sqs.create_queue(QueueName="inside")
        SqsChannel().send(f"http://127.0.0.1:{trap.server_address[1]}/123456789012/inside", message)
        trap.shutdown()
    assert visits == []
    assert len(aws.read(aws.sqs.get_queue_url(QueueName="inside")["QueueUrl"])) == 1


def test_a_queue_that_does_not_exist_is_given_up_at_once(aws, message):
    with pytest.raises(Undelivered) as failure:
        SqsChannel().send("https://sqs.us-east-1.amazonaws.com/123456789012/missing", message)
    assert failure.value.permanent


def test_an_aws_that_does_not_answer_is_tried_again_later(aws, message, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:1")
    with pytest.raises(Undelivered) as failure:
        SqsChannel().send("https://sqs.us-east-1.amazonaws.com/123456789012/rosa", message)
    assert not failure.value.permanent


def test_missing_credentials_are_the_operators_to_mend_and_tried_again(aws, message, monkeypatch, tmp_path):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(Undelivered) as failure:
        SqsChannel().send("https://sqs.us-east-1.amazonaws.com/123456789012/rosa", message)
    assert not failure.value.permanent
    assert "NoCredentialsError" in failure.value.reason


def test_invented_regions_do_not_pile_up(aws, message):
    channel = SqsChannel()
    for number in range(18):
        with pytest.raises(Undelivered):
            channel.send(f"https://sqs.nowhere-{number}.amazonaws.com/123456789012/x", message)
    url = aws.sqs.create_queue(QueueName="after")["QueueUrl"]
    channel.send(url, message)
    assert len(aws.read(url)) == 1
