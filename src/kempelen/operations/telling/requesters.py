"""Telling a requester something by mail: its owners read it."""

from __future__ import annotations

from kempelen.operation import Call
from kempelen.store import outbox


def tell_requester(call: Call, requester: int, *, subject: str, text: str) -> None:
    """Write to the owners of an organisation. Mail leaves only where money is real."""
    if call.traits.play_money:
        return
    subject = " ".join(subject.split())[:200]
    for person in call.directory.owners(requester):
        outbox.put(
            call, kind="mail", lane="mail", payload={"worker": person, "subject": subject, "text": text}
        )
