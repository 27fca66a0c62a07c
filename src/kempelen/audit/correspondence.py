"""The invariants of messages between workers and requesters."""

from __future__ import annotations

from collections.abc import Iterator

from kempelen.audit.register import Look, invariant
from kempelen.store.audit import correspondence as store


@invariant("I85")
def messages_in_threads(look: Look) -> Iterator[str]:
    """Every message is in a thread of its worker and requester; every thread ends with its last message, has
    no more unread than was written, and is about something of both."""
    for (key,) in look.through(store.MESSAGE_PAGES, store.MESSAGES_OF_NO_THREAD):
        yield f"message {key}: in no thread, or in one of other people"
    for (name,) in look.through(store.THREAD_PAGES, store.THREADS):
        yield f"thread {name}: not as its messages are, or about something of others"
