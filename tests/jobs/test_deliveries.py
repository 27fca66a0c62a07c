"""What requesters subscribed to reaches them: in order, at least once, whatever else fails."""

from __future__ import annotations

import json
import threading
from typing import Any

from kempelen.app import App, senders
from kempelen.channels.envelope import verify
from kempelen.jobs.deliveries import Deliveries
from kempelen.store import outbox
from people import Operator, Requester, Town, Worker
from services.mail import MailSink
from subscribing import confirmed, hit_type_of, subscribe, work_through

STORY = [
    "HITCreated",
    "AssignmentAccepted",
    "AssignmentSubmitted",
    "HITReviewable",
    "AssignmentApproved",
]


def test_a_queue_gets_the_events_of_its_hit_type(
    rosa: Requester, wei: Worker, omar: Requester, aws: Any, deliveries: Deliveries
) -> None:
    queue = aws("sqs").create_queue(QueueName="events")["QueueUrl"]
    hit_type = hit_type_of(rosa)
    subscribe(rosa, hit_type, queue, transport="SQS")
    hit, assignment = work_through(rosa, wei)
    omar.create_hit()
    deliveries.drain()
    received = aws("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    documents = [json.loads(each["Body"]) for each in received]
    events = [event for document in documents for event in document["Events"]]
    assert sorted(event["EventType"] for event in events) == sorted(STORY)
    assert {event["HITId"] for event in events} == {hit}
    assert {event["HITTypeId"] for event in events} == {hit_type}
    numbered = sorted(events, key=lambda event: event["SequenceNumber"])
    assert [event["SequenceNumber"] for event in numbered] == [1, 2, 3, 4, 5]
    assert "AssignmentId" not in numbered[0] and numbered[1]["AssignmentId"] == assignment
    assert documents[0]["CustomerId"] == rosa.id and len(documents[0]["SourceAccount"]) == 12


def test_only_the_kinds_asked_for_are_sent_and_only_while_active(
    rosa: Requester, wei: Worker, receiver: Any, town: Town, deliveries: Deliveries
) -> None:
    hit_type = hit_type_of(rosa)
    subscribe(rosa, hit_type, receiver.url, events=["AssignmentSubmitted"])
    confirmed(town, deliveries, receiver)
    work_through(rosa, wei)
    deliveries.drain()
    assert [event["EventType"] for event in receiver.events] == ["AssignmentSubmitted"]
    rosa("UpdateNotificationSettings", HITTypeId=hit_type, Active=False)
    work_through(rosa, wei)
    assert deliveries.drain() == 0


def test_a_topic_gets_them_too(rosa: Requester, wei: Worker, aws: Any, deliveries: Deliveries) -> None:
    topic = aws("sns").create_topic(Name="events")["TopicArn"]
    queue = aws("sqs").create_queue(QueueName="behind")["QueueUrl"]
    arn = aws("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    aws("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    subscribe(rosa, hit_type_of(rosa), topic)
    work_through(rosa, wei)
    deliveries.drain()
    received = aws("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert len(received) == 5


def test_an_https_receiver_is_asked_first_and_then_gets_signed_envelopes(
    app: App, rosa: Requester, wei: Worker, receiver: Any, town: Town, deliveries: Deliveries
) -> None:
    subscribe(rosa, hit_type_of(rosa), receiver.url)
    work_through(rosa, wei)
    deliveries.drain()
    (asked,) = receiver.got
    assert asked["Type"] == "SubscriptionConfirmation"
    assert asked["SubscribeURL"].endswith(f"/notifications/confirm?token={asked['Token']}")
    assert receiver.headers[0]["x-amz-sns-message-type"] == "SubscriptionConfirmation"
    confirmed(town, deliveries, receiver)
    hit, _ = work_through(rosa, wei)
    deliveries.drain()
    assert [event["EventType"] for event in receiver.events] == STORY
    assert {event["HITId"] for event in receiver.events} == {hit}
    certificate = app.outside.identity.certificate_pem
    assert all(verify(envelope, certificate) for envelope in receiver.got)


def test_mail_carries_notifications(
    rosa: Requester, wei: Worker, mail: MailSink, deliveries: Deliveries
) -> None:
    subscribe(rosa, hit_type_of(rosa), "rosa@example.org", transport="Email", events=["HITReviewable"])
    work_through(rosa, wei)
    deliveries.drain()
    (letter,) = mail.sent_to("rosa@example.org")
    assert json.loads(letter.get_content())["Events"][0]["EventType"] == "HITReviewable"


def test_a_hits_events_keep_their_order_when_the_first_delivery_fails(
    rosa: Requester, wei: Worker, ana: Worker, receiver: Any, town: Town, deliveries: Deliveries
) -> None:
    subscribe(rosa, hit_type_of(rosa), receiver.url)
    confirmed(town, deliveries, receiver)
    receiver.answers = [500, 503]
    first, _ = work_through(rosa, wei)
    second, _ = work_through(rosa, ana)
    for _ in range(60):
        deliveries.drain()
        town.advance(seconds=1)
    for hit in (first, second):
        story = [event for event in receiver.events if event["HITId"] == hit]
        assert [event["SequenceNumber"] for event in story] == [1, 2, 3, 4, 5]
        assert [event["EventType"] for event in story] == STORY


def test_a_hit_nobody_takes_messages_of_does_not_stop_the_others(
    rosa: Requester, wei: Worker, receiver: Any, town: Town, deliveries: Deliveries
) -> None:
    subscribe(rosa, hit_type_of(rosa), receiver.url)
    confirmed(town, deliveries, receiver)
    poisoned, _ = work_through(rosa, wei)
    fine, _ = work_through(rosa, wei)
    receiver.refused = {poisoned}
    for _ in range(300):
        deliveries.drain()
        town.advance(seconds=1)
    assert [event["HITId"] for event in receiver.events] == [fine] * 5


def test_a_slow_place_does_not_delay_another(
    rosa: Requester, omar: Requester, receiver: Any, aws: Any, town: Town, deliveries: Deliveries
) -> None:
    subscribe(rosa, hit_type_of(rosa), receiver.url, events=["HITCreated"])
    confirmed(town, deliveries, receiver)
    queue = aws("sqs").create_queue(QueueName="quick")["QueueUrl"]
    subscribe(omar, hit_type_of(omar), queue, transport="SQS", events=["HITCreated"])
    receiver.held.clear()
    for _ in range(20):
        rosa.create_hit()
    omar.create_hit()
    ending = threading.Event()
    running = threading.Thread(target=deliveries.run, args=(ending,))
    running.start()
    received = aws("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=4).get("Messages", [])
    assert len(received) == 1 and not receiver.events
    receiver.held.set()
    ending.set()
    running.join(20)
    assert not running.is_alive()


def test_what_was_sent_but_not_noted_goes_out_again_the_same(
    app: App, rosa: Requester, receiver: Any, town: Town, deliveries: Deliveries
) -> None:
    subscribe(rosa, hit_type_of(rosa), receiver.url, events=["HITCreated"])
    confirmed(town, deliveries, receiver)
    rosa.create_hit()
    (job,) = app.production.system(lambda call: outbox.claim(call, 1))
    senders(app, app.production)["notification"](app.production, job)  # and here its process dies
    assert deliveries.drain() == 0
    town.advance(seconds=61)
    assert deliveries.drain() == 1
    assert receiver.raw[-1] == receiver.raw[-2]
    assert not app.production.system(lambda call: outbox.done(call, job))


def test_a_queue_that_is_gone_makes_a_dead_letter_that_can_be_replayed(
    rosa: Requester, operator: Operator, aws: Any, deliveries: Deliveries
) -> None:
    queue = aws("sqs").create_queue(QueueName="gone")["QueueUrl"]
    subscribe(rosa, hit_type_of(rosa), queue, transport="SQS", events=["HITCreated"])
    aws("sqs").delete_queue(QueueUrl=queue)
    rosa.create_hit()
    deliveries.drain()
    (letter,) = operator("ListDeadLetters")["DeadLetters"]
    assert letter["Kind"] == "notification" and "NonExistentQueue" in letter["Error"]
    assert letter["Lane"].endswith("/gone") and letter["Tries"] == 1
    aws("sqs").create_queue(QueueName="gone")
    operator("ReplayDeadLetter", DeadLetterId=letter["DeadLetterId"])
    deliveries.drain()
    assert "NextToken" not in operator("ListDeadLetters")
    assert len(aws("sqs").receive_message(QueueUrl=queue)["Messages"]) == 1


def test_hits_that_expire_together_are_told_one_by_one(
    rosa: Requester, receiver: Any, town: Town, deliveries: Deliveries
) -> None:
    subscribe(rosa, hit_type_of(rosa), receiver.url, events=["HITExpired"])
    confirmed(town, deliveries, receiver)
    ids = {rosa.create_hit()["HITId"] for _ in range(30)}
    town.advance(hours=2)
    town.market.settle()
    deliveries.drain()
    assert len(receiver.events) == 30 and {event["HITId"] for event in receiver.events} == ids


def test_a_message_to_a_worker_is_mailed(
    rosa: Requester, wei: Worker, mail: MailSink, deliveries: Deliveries
) -> None:
    work_through(rosa, wei)
    rosa("NotifyWorkers", Subject="Thank you", MessageText="Well done.", WorkerIds=[wei.id])
    deliveries.drain()
    (letter,) = mail.sent_to("wei@example.org")
    assert letter["Subject"] == "Thank you" and "Well done." in letter.get_content()


def test_a_job_of_an_unknown_kind_is_a_dead_letter(
    app: App, operator: Operator, deliveries: Deliveries
) -> None:
    app.production.system(lambda call: outbox.put(call, kind="pigeon", lane="a", payload={}))
    deliveries.drain()
    assert "pigeon" in operator("ListDeadLetters")["DeadLetters"][0]["Error"]
