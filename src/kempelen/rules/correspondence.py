"""Messages between workers and requesters: who says something, about what, how much, and the letters."""

from __future__ import annotations

import unicodedata
from enum import IntEnum
from typing import Final

from kempelen.errors import ParameterValidationError, Refusal

A_DAY: Final = 50
"""How many messages one worker sends in a day."""
UNANSWERED: Final = 5
"""How many messages one worker sends to one requester in a week who has not answered."""
LONGEST_SUBJECT: Final = 200
LONGEST_EXCERPT: Final = 140
MOST_UNREAD: Final = 99
"""How far unread threads are counted."""
_SENTENCES: Final = {
    "en": "{name} wrote to you at Kempelen. Answer here:",
    "es": "{name} te ha escrito en Kempelen. Responde aquí:",
    "ar": "كتب إليك {name} في Kempelen. أجب هنا:",
}
_FROM_A_WORKER: Final = (
    "The worker {name} wrote to you about {about}. The thread is {thread}; answer with SendMessage."
)


class About(IntEnum):
    """What a thread is about."""

    NOTHING = 0
    HIT_TYPE = 1
    ASSIGNMENT = 2


class Sender(IntEnum):
    """Who a message is from. Nobody has to answer a notice, and a notice is no answer."""

    NOTICE = 0
    WORKER = 1
    REQUESTER = 2


class TooManyMessages(Refusal):
    """You have sent {most} messages today, and that is the most. Write again tomorrow."""

    code = "Kempelen.TooManyMessages"
    page_status = 429


class WaitForAnswer(Refusal):
    """You have written {most} messages that this requester has not answered yet. Wait for an answer; you can
    write again a week after."""

    code = "Kempelen.WaitForAnswer"
    page_status = 429


def plain(text: str, *, parameter: str) -> str:
    """A text as it is kept: without what controls a terminal or a mailbox, its line breaks kept. Raises
    `ParameterValidationError` if nothing is left."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs"))
    if not kept.strip():
        raise ParameterValidationError(f"{parameter} must not be empty.")
    return kept.strip()


def subject_line(text: str) -> str:
    """A subject as it is kept: one line."""
    signs = (" " if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") else sign for sign in text)
    return " ".join("".join(signs).split())[:LONGEST_SUBJECT]


def excerpt(text: str) -> str:
    """The beginning of a message, on one line, for lists."""
    line = subject_line(text)
    return line if len(line) <= LONGEST_EXCERPT else f"{line[: LONGEST_EXCERPT - 1]}…"


def letter_to_worker(language: str | None, *, name: str, text: str, link: str) -> str:
    """A requester's message as it is mailed, with where it is answered, in the worker's language."""
    sentence = _SENTENCES.get(language or "en", _SENTENCES["en"]).format(name=name)
    return f"{text}\n\n-- \n{sentence}\n{link}\n"


def letter_to_requester(*, name: str, about: str, thread: str, text: str) -> str:
    """A worker's message as it is mailed to a requester."""
    return f"{text}\n\n-- \n{_FROM_A_WORKER.format(name=name, about=about, thread=thread)}\n"
