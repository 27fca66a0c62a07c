"""E-mail: a letter in plain text, through the operator's mail server, one connection and transaction each."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Literal

from kempelen.channels import Mail, Undelivered
from kempelen.rules.addresses import is_mail_address

LONGEST_SUBJECT = 250
LONGEST_NAME = 120
LONGEST_TEXT = 65_536
LONGEST_URL = 2_048
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server to hand letters to. `host` is what the operator configured and is not guarded.

    `encryption`: `starttls` (usual, port 587), `tls` (port 465) or `none` (a server on this machine).
    """

    host: str
    port: int = 587
    encryption: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    timeout_seconds: float = 20.0


class EmailChannel:
    """Sends letters. `tls` stands in for the system's trusted certificates.

    Raises `ValueError` for settings that would send a password in the clear over a network.
    """

    def __init__(self, settings: MailSettings, *, tls: ssl.SSLContext | None = None) -> None:
        if settings.user and settings.encryption == "none" and settings.host not in THIS_MACHINE:
            raise ValueError("a password for the mail server may only be sent encrypted")
        self._settings = settings
        self._tls = tls or ssl.create_default_context()

    def send(self, destination: str, mail: Mail) -> None:
        """Send to one address. Raises `Undelivered`, finally for what the server refused with a 5xx.

        A letter whose headers would carry a line break, or whose addresses are not plain ones, is not sent.
        """
        letter = _letter(destination, mail)
        try:
            server = self._connected(mail.sender.rpartition("@")[2])
            try:
                server.send_message(letter, mail.sender, [destination])
            finally:
                _leave(server)
        except smtplib.SMTPRecipientsRefused as error:
            code, _ = next(iter(error.recipients.values()))
            raise _refused(code, "the address") from error
        except smtplib.SMTPAuthenticationError as error:
            raise Undelivered("the mail server did not accept our password") from error
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code, "the letter") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Undelivered(f"the mail server could not be reached: {type(error).__name__}") from error

    def _connected(self, our_name: str) -> smtplib.SMTP:
        settings, seconds = self._settings, self._settings.timeout_seconds
        if settings.encryption == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, our_name, timeout=seconds, context=self._tls
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, our_name, timeout=seconds)
        try:
            if settings.encryption == "starttls":
                server.starttls(context=self._tls)
            if settings.user:
                server.login(settings.user, settings.password)
        except BaseException:
            server.close()
            raise
        return server


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye. The letter has been taken or refused by now, and a bad goodbye changes neither."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()


def _refused(code: int, what: str) -> Undelivered:
    return Undelivered(f"the mail server refused {what} with {code}", permanent=500 <= code < 600)


def _letter(destination: str, mail: Mail) -> EmailMessage:
    """The letter with its headers. Raises `Undelivered` for content that could smuggle others in."""
    for address in (destination, mail.sender):
        if not is_mail_address(address):
            raise Undelivered("an address is not a plain e-mail address", permanent=True)
    if len(mail.text) > LONGEST_TEXT:
        raise Undelivered("the letter is too long", permanent=True)
    letter = EmailMessage(policy=SMTP)
    letter["From"] = Address(_line(mail.sender_name, LONGEST_NAME), addr_spec=mail.sender)
    letter["To"] = Address(addr_spec=destination)
    letter["Subject"] = _line(mail.subject, LONGEST_SUBJECT)
    letter["Date"] = datetime.fromtimestamp(mail.created_at // 1000, UTC)
    letter["Message-ID"] = f"<{_token(mail.id)}@{mail.sender.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe:
        letter["List-Unsubscribe"] = f"<{_token(mail.unsubscribe)}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    try:
        letter.set_content(mail.text)
    except UnicodeEncodeError:
        raise Undelivered("the letter's text is not Unicode", permanent=True) from None
    return letter


def _line(text: str, longest: int) -> str:
    """Text that stays on its line: no character that ends one, or controls anything, for any reader."""
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in text):
        raise Undelivered("a header may not have line breaks or control characters", permanent=True)
    if len(text) > longest:
        raise Undelivered(f"a header is longer than {longest} characters", permanent=True)
    return text


def _token(text: str) -> str:
    """A word for a header in angle brackets."""
    if not text.isascii() or not text.isprintable() or any(sign in text for sign in ' <>"'):
        raise Undelivered("a header's value has characters it may not have", permanent=True)
    return _line(text, LONGEST_URL)
