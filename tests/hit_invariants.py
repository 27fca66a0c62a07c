"""What must hold for every HIT and every purse of a world, whatever happened before."""

from __future__ import annotations

from typing import Any

from kempelen.rules.lifecycle import hit_status
from people import Town

HITS = """
SELECT h.id, h.status, h.open, h.pending, h.submitted, h.approved, h.rejected, h.max_assignments, h.expired,
    h.reviewing, h.disposed_at, h.held, h.requester, h.reward + h.fee,
    (SELECT count(*) FROM assignments a WHERE a.hit = h.id AND a.status = 1),
    (SELECT count(*) FROM assignments a WHERE a.hit = h.id AND a.status = 2),
    (SELECT count(*) FROM assignments a WHERE a.hit = h.id AND a.status = 3),
    (SELECT count(*) FROM assignments a WHERE a.hit = h.id AND a.status = 4)
FROM hits h"""
PURSES = """
SELECT p.account, p.available, p.held,
    (SELECT coalesce(sum(t.amount), 0) FROM transfers t WHERE t.credit = p.account)
        - (SELECT coalesce(sum(t.amount), 0) FROM transfers t WHERE t.debit = p.account),
    (SELECT coalesce(sum(t.amount), 0) FROM transfers t WHERE t.credit = p.account + 1)
        - (SELECT coalesce(sum(t.amount), 0) FROM transfers t WHERE t.debit = p.account + 1)
FROM purses p"""
GROUPS = """
SELECT g.id, g.hits + (SELECT coalesce(sum(d.hits), 0) FROM group_deltas d WHERE d.group_id = g.id),
    (SELECT count(*) FROM hits h WHERE h.hit_type = g.id AND h.status = 1)
FROM groups g"""


def rows(town: Town, statement: str) -> list[tuple[Any, ...]]:
    """What a statement answers in this world's database."""
    found: list[tuple[Any, ...]] = town.market.read(
        lambda call: call.connection.raw.execute(statement).fetchall()
    )
    return found


def assert_consistent(town: Town) -> None:
    """Statuses, counters, holds, purses and groups agree with each other."""
    held: dict[int, int] = {}
    for (
        key, status, free, pending, submitted, approved, rejected, most, expired, reviewing, disposed,
        on_hold, requester, cost, *counted,
    ) in rows(town, HITS):  # fmt: skip
        assert [pending, submitted, approved, rejected] == counted, f"counters of {key}"
        assert free == most - sum(counted) and free >= 0, f"slots of {key}"
        assert status == hit_status(
            open_slots=free,
            pending=pending,
            expired=bool(expired),
            reviewing=bool(reviewing),
            disposed=disposed is not None,
        ), f"status of {key}"
        assert on_hold == pending + submitted + (0 if expired else free), f"hold of {key}"
        held[requester * 8 + 1] = held.get(requester * 8 + 1, 0) + on_hold * cost
    for account, available, on_hold, paid_in, put_aside in rows(town, PURSES):
        assert available == paid_in, f"purse {account}"
        assert on_hold == (put_aside if account % 8 == 1 else 0), f"hold of purse {account}"
        assert on_hold == held.get(account, 0), f"hold of purse {account}"
    for group, shown, counted_hits in rows(town, GROUPS):
        assert shown == counted_hits, f"summary of group {group}"


def events_of(town: Town, hit_id: str) -> list[int]:
    """The kinds of what happened to a HIT, by number: keys carry no order where there are several writers."""
    return [
        row[0]
        for row in rows(
            town,
            "SELECT e.kind FROM events e JOIN hits h ON h.id = e.hit "
            f"WHERE h.public_id = '{hit_id}' ORDER BY e.kind",
        )
    ]
