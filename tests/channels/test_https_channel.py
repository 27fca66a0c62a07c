"""A requester's own server gets the envelope SNS would send, signed so that it can tell it is ours."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kempelen.channels import Undelivered
from kempelen.channels.envelope import Signer, new_signing_identity, verify
from kempelen.channels.https import HttpsChannel
from kempelen.egress import AllowList, Egress

NOW = 1_565_385_436_789
CERTIFICATE_URL = "https://market.example.org/notifications/certificate.pem"


@pytest.fixture(scope="module")
def identity():
    return new_signing_identity(now=NOW, common_name="market.example.org")


@pytest.fixture
def receiver():
    """A server that keeps what is posted to it and answers `receiver.status`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.posts.append((dict(self.headers), json.loads(body)))
            self.send_response(server.status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_details: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.posts = []
    server.status = 200
    server.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def channel(identity, receiver):
    egress = Egress(AllowList.parse([f"127.0.0.1:{receiver.server_address[1]}"]))
    signer = Signer(identity, certificate_url=CERTIFICATE_URL)
    unsubscribe = "https://market.example.org/unsubscribe"
    return HttpsChannel(
        egress, signer, unsubscribe_url=lambda destination: f"{unsubscribe}?{len(destination)}"
    )


def test_a_receiver_gets_a_signed_envelope_with_snss_members_and_headers(
    channel, receiver, message, identity
):
    channel.send(receiver.url, message)
    ((headers, envelope),) = receiver.posts
    assert envelope | {"Signature": ""} == {
        "Type": "Notification",
        "MessageId": message.id,
        "TopicArn": message.topic,
        "Subject": message.subject,
        "Message": message.body,
        "Timestamp": "2019-08-09T21:17:16.789Z",
        "SignatureVersion": "2",
        "Signature": "",
        "SigningCertURL": CERTIFICATE_URL,
        "UnsubscribeURL": f"https://market.example.org/unsubscribe?{len(receiver.url)}",
    }
    assert headers["x-amz-sns-message-type"] == "Notification"
    assert headers["x-amz-sns-message-id"] == message.id
    assert headers["x-amz-sns-topic-arn"] == message.topic
    assert headers["Content-Type"].startswith("text/plain")
    assert verify(envelope, identity.certificate_pem)


def test_a_new_receiver_is_asked_first(channel, receiver, identity):
    subscribe = "https://market.example.org/notifications/confirmation?token=abc"
    channel.confirm(
        receiver.url,
        message_id="m1",
        topic="arn:aws:sns:k:1:t",
        token="abc",
        subscribe_url=subscribe,
        now=NOW,
    )
    ((headers, envelope),) = receiver.posts
    assert headers["x-amz-sns-message-type"] == "SubscriptionConfirmation"
    assert (envelope["Type"], envelope["Token"], envelope["SubscribeURL"]) == (
        "SubscriptionConfirmation",
        "abc",
        subscribe,
    )
    assert verify(envelope, identity.certificate_pem)


def test_a_changed_member_another_key_or_an_older_signature_does_not_verify(identity, message):
    signer = Signer(identity, certificate_url=CERTIFICATE_URL)
    envelope = signer.notification(message, unsubscribe_url="https://market.example.org/")
    assert verify(envelope, identity.certificate_pem)
    for member in ("Message", "MessageId", "Subject", "Timestamp", "TopicArn"):
        assert not verify(envelope | {member: "other"}, identity.certificate_pem)
    for change in (
        {"Signature": "!"},
        {"Signature": ""},
        {"SignatureVersion": "1"},
        {"Type": "SubscriptionConfirmation"},
        {"Type": "Else"},
        {"Message": 5},
        {"Type": ["Notification"]},
        {"Message": "\ud800"},
    ):
        assert not verify(envelope | change, identity.certificate_pem)
    assert not verify({}, identity.certificate_pem)
    other = new_signing_identity(now=NOW, common_name="elsewhere.example.org")
    assert not verify(envelope, other.certificate_pem)


def test_the_signed_text_is_snss_canonical_string(identity, message):
    """Checked with cryptography alone, from the text of the documentation."""
    import base64

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    envelope = Signer(identity, certificate_url=CERTIFICATE_URL).notification(message, unsubscribe_url="")
    text = (
        f"Message\n{message.body}\nMessageId\n{message.id}\nSubject\n{message.subject}\n"
        f"Timestamp\n2019-08-09T21:17:16.789Z\nTopicArn\n{message.topic}\nType\nNotification\n"
    )
    key = x509.load_pem_x509_certificate(identity.certificate_pem).public_key()
    key.verify(base64.b64decode(envelope["Signature"]), text.encode(), padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.parametrize(("status", "permanent"), [(500, False), (404, False), (302, False), (410, True)])
def test_any_answer_but_success_is_undelivered_and_only_gone_is_final(
    channel, receiver, message, status, permanent
):
    receiver.status = status
    with pytest.raises(Undelivered) as failure:
        channel.send(receiver.url, message)
    assert failure.value.permanent is permanent
    assert str(status) in failure.value.reason
    assert len(receiver.posts) == 1


def test_a_place_inside_is_given_up_and_one_that_is_down_is_tried_again(identity, message):
    signer = Signer(identity, certificate_url=CERTIFICATE_URL)
    guarded = HttpsChannel(Egress(), signer, unsubscribe_url=lambda _destination: "")
    with pytest.raises(Undelivered) as failure:
        guarded.send("https://169.254.169.254/", message)
    assert failure.value.permanent
    listed = Egress(AllowList.parse(["127.0.0.1:1"]))
    with pytest.raises(Undelivered) as failure:
        HttpsChannel(listed, signer, unsubscribe_url=lambda _destination: "").send(
            "http://127.0.0.1:1/", message
        )
    assert not failure.value.permanent
