"""A letter reaches one reader as it was written, and nothing in it can become a header or a second reader."""

from __future__ import annotations

import dataclasses
import email
import email.policy
from pathlib import Path

import pytest

from kempelen.app import assemble
from kempelen.channels import Mail, Undelivered
from kempelen.channels.email import EmailChannel, MailSettings
from kempelen.settings import Settings, WrongSetting

LETTER = Mail(
    id="3MAIL",
    sender="no-reply@market.example.org",
    sender_name="Rosa, at the market",
    subject="Your work – thank you",
    text="Dear Wei,\n\n.a line that begins with a dot\nGrüße\n",
    created_at=1_565_385_436_000,
    unsubscribe="https://market.example.org/unsubscribe?token=abc",
)


@pytest.fixture
def channel(letter_box):
    return EmailChannel(
        MailSettings(host="127.0.0.1", port=letter_box.port, encryption="none", timeout_seconds=5)
    )


def test_a_letter_arrives_as_it_was_written(channel, letter_box):
    channel.send("wei@example.org", LETTER)
    (envelope,) = letter_box.letters
    assert (envelope.mail_from, envelope.rcpt_tos) == ("no-reply@market.example.org", ["wei@example.org"])
    letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert letter["Subject"] == "Your work – thank you"
    assert letter["From"].addresses[0].display_name == "Rosa, at the market"
    assert letter["To"] == "wei@example.org"
    assert letter["Message-ID"] == "<3MAIL@market.example.org>"
    assert letter["Date"].datetime.timestamp() == 1_565_385_436
    assert letter["List-Unsubscribe"] == "<https://market.example.org/unsubscribe?token=abc>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content().replace("\r\n", "\n") == LETTER.text


def test_a_letter_without_a_page_to_unsubscribe_has_no_such_header(channel, letter_box):
    channel.send("wei@example.org", dataclasses.replace(LETTER, unsubscribe=""))
    assert b"List-Unsubscribe" not in letter_box.letters[0].content


@pytest.mark.parametrize("field", ["subject", "sender_name", "sender", "unsubscribe", "id"])
@pytest.mark.parametrize(
    "smuggled", ["\r\nBcc: ana@example.org", "\nX: y", "\rX", "\x00", "\x0b", "\x85", "\u2028X"]
)
def test_a_line_break_in_a_header_is_refused_unsent(channel, letter_box, field, smuggled):
    with pytest.raises(Undelivered) as failure:
        channel.send(
            "wei@example.org", dataclasses.replace(LETTER, **{field: getattr(LETTER, field) + smuggled})
        )
    assert failure.value.permanent
    assert letter_box.letters == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "wei",
        "wei@",
        "@example.org",
        "wei@example",
        "wei@example.org,ana@example.org",
        "wei@example.org ana@example.org",
        "Wei <wei@example.org>",
        "wei@example.org>\r\nRCPT TO:<ana@example.org",
        '"wei"@example.org',
        "wei..x@example.org",
        "wei@-example.org",
        "wei@127.0.0.1",
        "wei@[127.0.0.1]",
        "wéi@example.org",
        "wei@" + "a" * 64 + ".org",
        "w" * 65 + "@example.org",
    ],
)
def test_what_is_not_one_plain_address_is_refused_unsent(channel, letter_box, address):
    with pytest.raises(Undelivered) as failure:
        channel.send(address, LETTER)
    assert failure.value.permanent
    assert letter_box.letters == []


def test_a_body_that_looks_like_headers_or_commands_stays_a_body(channel, letter_box):
    text = "Bcc: ana@example.org\r\n\r\n.\r\nMAIL FROM:<x@example.org>\r\n"
    channel.send("wei@example.org", dataclasses.replace(LETTER, text=text))
    (envelope,) = letter_box.letters
    letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert letter["Bcc"] is None
    assert envelope.rcpt_tos == ["wei@example.org"]
    assert letter.get_content().splitlines() == text.splitlines()


def test_too_long_or_broken_texts_are_refused_unsent(channel, letter_box):
    for change in ({"text": "x" * 65_537}, {"subject": "x" * 251}, {"text": "\ud800"}, {"subject": "\ud800"}):
        with pytest.raises(Undelivered) as failure:
            channel.send("wei@example.org", dataclasses.replace(LETTER, **change))
        assert failure.value.permanent
    assert letter_box.letters == []


@pytest.mark.parametrize(("answer", "permanent"), [("550 no such user", True), ("451 try later", False)])
def test_a_refused_address_or_letter_is_final_when_the_server_says_so(channel, letter_box, answer, permanent):
    letter_box.to_address = answer
    with pytest.raises(Undelivered) as failure:
        channel.send("wei@example.org", LETTER)
    assert failure.value.permanent is permanent
    letter_box.to_address, letter_box.to_letter = "250 OK", answer
    with pytest.raises(Undelivered) as failure:
        channel.send("wei@example.org", LETTER)
    assert failure.value.permanent is permanent


def test_a_bad_goodbye_does_not_undo_a_letter_that_was_taken(channel, letter_box):
    letter_box.to_goodbye = "421 closing now"
    channel.send("wei@example.org", LETTER)
    assert len(letter_box.letters) == 1


def test_a_password_is_not_sent_in_the_clear_over_a_network():
    with pytest.raises(ValueError, match="encrypted"):
        EmailChannel(MailSettings(host="mail.example.org", encryption="none", user="u", password="p"))


def test_a_server_that_is_down_or_cannot_encrypt_is_tried_again_and_gets_nothing(letter_box):
    for settings in (
        MailSettings(host="127.0.0.1", port=1, encryption="none", timeout_seconds=1),
        MailSettings(host="127.0.0.1", port=letter_box.port, encryption="starttls", timeout_seconds=2),
        MailSettings(host="127.0.0.1", port=letter_box.port, encryption="tls", timeout_seconds=2),
        MailSettings(
            host="127.0.0.1",
            port=letter_box.port,
            encryption="none",
            user="u",
            password="p",
            timeout_seconds=2,
        ),
    ):
        with pytest.raises(Undelivered) as failure:
            EmailChannel(settings).send("wei@example.org", LETTER)
        assert not failure.value.permanent
    assert letter_box.letters == []


def test_a_server_that_could_send_no_letter_does_not_start(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, smtp_host="localhost", jobs=False)
    with pytest.raises(WrongSetting, match="KEMPELEN_MAIL_FROM"):
        assemble(settings)
