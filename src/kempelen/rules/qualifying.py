"""How a worker comes by a qualification: the states of a request, and when one may ask again."""

from __future__ import annotations

from enum import IntEnum

DEFAULT_VALUE = 1
"""What a qualification is worth where nobody says."""


class RequestStatus(IntEnum):
    """A request's status as it is stored; the requester sees only those that wait for a decision."""

    TEST_OPEN = 0
    PENDING = 1
    GRANTED = 2
    REJECTED = 3
    EXPIRED = 4
    WITHDRAWN = 5

    @property
    def label(self) -> str:
        """The word workers see: `TestOpen`, `Pending`, …"""
        return self.name.title().replace("_", "")


def may_ask_again_at(last_at: int, retry_delay_seconds: int | None) -> int | None:
    """When a worker who last asked, or was last granted, at that moment may ask again; None: never.

    A type without a retry delay is asked for once, whatever came of it.
    """
    return None if retry_delay_seconds is None else last_at + retry_delay_seconds * 1000
