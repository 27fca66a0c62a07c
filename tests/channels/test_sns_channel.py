"""A topic gets the document as its message and the moment as its subject."""

from __future__ import annotations

import json

import pytest

from kempelen.channels import Undelivered
from kempelen.channels.sns import SnsChannel


def test_a_topic_hands_the_document_on_to_its_queue(aws, message):
    topic = aws.sns.create_topic(Name="rosa")["TopicArn"]
    queue = aws.sqs.create_queue(QueueName="behind-the-topic")["QueueUrl"]
    arn = aws.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    SnsChannel().send(topic, message)
    envelope = json.loads(aws.read(queue)[0]["Body"])
    assert envelope["Type"] == "Notification"
    assert envelope["TopicArn"] == topic
    assert envelope["Subject"] == message.subject
    assert envelope["Message"] == message.body


def test_a_topic_that_does_not_exist_is_given_up_at_once(aws, message):
    with pytest.raises(Undelivered) as failure:
        SnsChannel().send("arn:aws:sns:eu-west-1:123456789012:missing", message)
    assert failure.value.permanent


def test_a_fifo_topic_takes_the_hit_as_its_group(aws, message):
    topic = aws.sns.create_topic(Name="rosa.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    queue = aws.sqs.create_queue(QueueName="ordered.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    arn = aws.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    SnsChannel().send(topic, message)
    (received,) = aws.read(queue)
    assert received["Attributes"]["MessageGroupId"] == "3HIT"
