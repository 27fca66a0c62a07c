"""Dead letters: what could not be delivered, and another try."""

from __future__ import annotations

from typing import Any

from kempelen.errors import Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command, query
from kempelen.store import outbox, paging


class DeadLetterDoesNotExist(Refusal):
    """Dead letter {dead_letter_id} does not exist."""

    code = "AWS.MechanicalTurk.DeadLetterDoesNotExist"
    page_status = 404


@query("ListDeadLetters", by=Role.OPERATOR)
def list_dead_letters(
    call: Call, *, max_results: int | None = None, next_token: str | None = None
) -> dict[str, Any]:
    """Jobs that were given up, in that order, with the reason of the last try."""
    page = paging.read(call, next_token, max_results, start=(0, 0))
    after = int(page.after[0]), int(page.after[1])
    letters = outbox.dead_letters(call, after=after, most=page.count)
    items = [
        {
            "DeadLetterId": str(letter.key),
            "Kind": letter.kind,
            "Lane": letter.lane,
            "CreationTime": letter.created_at,
            "DeadTime": letter.dead_at,
            "Tries": letter.tries,
            "Error": letter.error,
        }
        for letter in letters
    ]
    positions = [(letter.dead_at, letter.key) for letter in letters]
    return paging.answer(call, page, "DeadLetters", items, positions=positions)


@command("ReplayDeadLetter", by=Role.OPERATOR)
def replay_dead_letter(call: Call, *, dead_letter_id: str) -> None:
    """Try a job again as if for the first time."""
    is_key = dead_letter_id.isascii() and dead_letter_id.isdigit() and len(dead_letter_id) < 19
    if not is_key or not outbox.replay(call, int(dead_letter_id)):
        raise DeadLetterDoesNotExist(dead_letter_id=dead_letter_id)
    call.emit(Event(EventKind.DeadLetterReplayed, detail=dead_letter_id))
