"""Pages by keyset: the one way of every list operation.

    page = paging.read(call, next_token, max_results, start=(0,))
    rows = layouts.page(call, after=page.after[0], count=page.count)
    items = [layout_as_answer(row) for row in rows]
    return paging.answer(call, page, "Layouts", items, positions=[(row.key,) for row in rows])

A token is on every page that shows something and on no empty one; it holds the last row's sort key, sealed
for the account, the world, the operation and the filter, so rows made or removed meanwhile move nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kempelen.errors import ParameterValidationError
from kempelen.operation import Call
from kempelen.rules import tokens
from kempelen.rules.tokens import Position

DEFAULT = 10
"""How many rows a page has where the caller does not say."""
NEWEST: Position = (2**62, 2**62)
"""A moment after every other, where lists begin that show the newest first."""


class InvalidNextToken(ParameterValidationError):
    """The NextToken was not given by this operation with these parameters to this account. Begin again
    without it."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows to show: those after a position, at most so many."""

    after: Position
    """The sort key after which the page begins; `start` on the first page."""
    count: int
    context: str
    """What the next token is bound to."""


def read(
    call: Call,
    token: str | None,
    max_results: int | None,
    *,
    default: int = DEFAULT,
    start: Position = (0,),
    filter: Sequence[Any] = (),
) -> Page:
    """The page that is asked for. Raises `InvalidNextToken`.

    `start` is a position before every row, shaped as the positions given to `answer` are. `filter` are the
    JSON-ready values that decide which rows are listed: a token given for others is refused.
    """
    context = json.dumps(
        [call.traits.name, call.operation, int(call.actor.role), call.actor.account, *filter]
    )
    count = default if max_results is None else max_results
    if token is None:
        return Page(start, count, context)
    try:
        return Page(tokens.unseal(call.directory.page_secret, context, token), count, context)
    except tokens.InvalidToken:
        raise InvalidNextToken() from None


def answer(
    call: Call, page: Page, name: str, items: Sequence[Mapping[str, Any]], *, positions: Sequence[Position]
) -> dict[str, Any]:
    """The page as the contract writes it: the items under their name, `NumResults`, and `NextToken` if any.

    `positions` are the sort keys of the rows that were read, in order; the last one is where the next page
    begins. Rows may be left out of `items`, but a page without items ends the list.
    """
    shown: dict[str, Any] = {name: list(items), "NumResults": len(items)}
    if items:
        shown["NextToken"] = tokens.seal(call.directory.page_secret, page.context, positions[-1])
    return shown
