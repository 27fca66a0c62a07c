"""Whether the acting worker may take work at all, whatever the work: confirmed, and not suspended."""

from __future__ import annotations

from kempelen.errors import Refusal
from kempelen.operation import Call


class NotConfirmed(Refusal):
    """Confirm your address first: use the link in the mail that was sent to it, or have it sent again."""

    code = "Kempelen.NotConfirmed"
    page_status = 403


class Suspended(Refusal):
    """Your account is suspended, so you cannot take work or tests. Your account page says why and whom to
    write to. What you have earned stays yours."""

    code = "Kempelen.Suspended"
    page_status = 403


def refuse_suspended(call: Call) -> None:
    """Raise `Suspended` for a worker whom operators keep from working."""
    if call.actor.suspended:
        raise Suspended()


def refuse_unless_in_standing(call: Call) -> None:
    """Raise `Suspended`, or `NotConfirmed` for a worker whose address is not confirmed."""
    refuse_suspended(call)
    if not call.actor.verified:
        raise NotConfirmed()
