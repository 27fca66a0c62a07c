"""The hash chain covers every event, transfer and access, and finds the row that was changed."""

from __future__ import annotations

import logging
import re

import pytest

from kempelen.app import App
from kempelen.errors import AccessDenied
from kempelen.jobs.sealing import Sealer
from kempelen.server import background
from kempelen.store import seals
from kempelen.store.events import ACCESS, EVENT, TRANSFER
from kempelen.store.sql import Sql
from kempelen.store.tables.money import transfers
from kempelen.store.tables.shared import accesses, events
from people import Operator, Requester, Town, Worker
from subscribing import work_through

KINDS = (EVENT, TRANSFER, ACCESS)
SPOIL = Sql(transfers.update().where(transfers.c.amount == 5).values(amount=6))
FORGET = Sql(events.delete().where(events.c.kind == 1))
ADD = Sql(accesses.insert().values(id=2**40, at=1, kind=1, detail="{}").inline())
READ = Sql(accesses.select())


@pytest.fixture
def sealer(app: App) -> Sealer:
    (work,) = [each for each in background(app) if each.market is app.production]
    return work.sealer


def verdict(town: Town) -> seals.Verdict:
    found: seals.Verdict = town.market.read(lambda call: seals.verify(call.connection, kinds=KINDS))
    return found


def test_everything_is_sealed_in_a_chain(town: Town, rosa: Requester, wei: Worker, sealer: Sealer) -> None:
    work_through(rosa, wei)
    before = verdict(town)
    assert before.unsealed > 5 and before.seals == 0 and not before.broken
    assert sealer.run_once() == before.unsealed
    work_through(rosa, wei)
    assert sealer.run_once() > 0 and sealer.run_once() == 0
    after = verdict(town)
    assert (after.seals, after.unsealed, after.broken) == (2, 0, "")


@pytest.mark.parametrize(
    ("spoiled", "fault"),
    [
        (SPOIL, r"seal 1: the row \d+ of transfers was changed"),
        (FORGET, r"seal 1: the row \d+ of events is missing"),
        (ADD, r"\d+ rows are there, \d+ are sealed"),
    ],
)
def test_what_was_changed_is_found(
    town: Town, rosa: Requester, wei: Worker, sealer: Sealer, spoiled: Sql, fault: str
) -> None:
    work_through(rosa, wei)
    sealer.run_once()
    town.market.system(lambda call: call.do(spoiled))
    assert re.match(fault, verdict(town).broken)


def test_a_chain_made_anew_is_not_the_one_that_was_published(
    town: Town, rosa: Requester, wei: Worker, sealer: Sealer, caplog: pytest.LogCaptureFixture
) -> None:
    work_through(rosa, wei)
    with caplog.at_level(logging.INFO, "kempelen.seals"):
        sealer.run_once()
    head = re.search(r'"seal": 1, "head": "([0-9a-f]{64})"', caplog.text)
    assert head is not None
    published = (1, bytes.fromhex(head[1]))
    check = town.market.read
    assert not check(lambda call: seals.verify(call.connection, kinds=KINDS, published=published)).broken
    other = (1, bytes(32))
    assert check(lambda call: seals.verify(call.connection, kinds=KINDS, published=other)).broken


def test_two_sealers_make_one_chain(app: App, rosa: Requester, wei: Worker, town: Town) -> None:
    work_through(rosa, wei)
    block = town.market.read(lambda call: seals.next_block(call.connection, kinds=KINDS))
    assert block is not None
    assert town.market.system(lambda call: seals.seal(call, block)) is not None
    assert town.market.system(lambda call: seals.seal(call, block)) is None
    assert not verdict(town).broken


def test_refusals_are_noted_and_a_flood_is_a_few_rows(
    town: Town, wei: Worker, operator: Operator, sealer: Sealer
) -> None:
    for _ in range(500):
        with pytest.raises(AccessDenied):
            wei("CreateHITType")
    for number in range(300):
        stranger = type(wei)(town, wei.actor.at(source_address=str(number), secure=True, user_agent=""))
        with pytest.raises(AccessDenied):
            stranger("GetAccountBalance")
    sealer.run_once()
    rows = town.market.read(lambda call: call.rows(READ))
    assert 3 <= len(rows) <= 202
    assert any('"count": 500' in row[4] and "CreateHITType" in row[4] for row in rows)
    assert sum(row[2] == 3 for row in rows) == 1
    assert not verdict(town).broken


def test_the_house_is_sealed_too(app: App, rosa: Requester) -> None:
    (work,) = [each for each in background(app) if each.market is app.house]
    assert work.sealer.run_once() > 0
    found = app.house.read(lambda call: seals.verify(call.connection, kinds=(EVENT, ACCESS)))
    assert found.rows > 0 and not found.broken
