"""Whatever happens in one world, no row of the other changes; and the house changes by its own operations."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import boto3
import httpx2
import pytest

from journeys.drivers import Boto3
from journeys.playing import Cast, play
from journeys.story import STORY, cast_in, cast_of
from kempelen.app import App
from kempelen.errors import Refusal
from kempelen.market import Market
from kempelen.server import background
from kempelen.store.tables import HOUSE, WORLD
from people import Requester, Town, Worker
from services.serving import Served

pytest_plugins = ["journeys.queues"]
TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT table_name FROM information_schema.tables WHERE table_schema = '{}'",
}


def everything(market: Market) -> dict[str, tuple[int, str]]:
    """The number of rows and a digest of every table of a market's database."""
    database = market.database
    found = {}
    with database.snapshot() as connection:
        run: Callable[[str], object] = connection.raw.execute  # type: ignore[attr-defined]
        for (table,) in list(run(TABLES[database.dialect].format(database.name))):  # type: ignore[call-overload]
            rows = sorted(repr(tuple(row)) for row in run(f'SELECT * FROM "{table}"'))  # type: ignore[attr-defined]
            found[table] = len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def busy(served: Served, cast: Cast) -> None:
    """A whole story in one world, then all that follows: deliveries, seals, and a year of deadlines."""
    play(STORY, cast, Boto3(served.boto3(cast.rosa, cast.world)))
    (work,) = (each for each in background(served.app) if each.market.traits.name == cast.world)
    for days in (0, 31, 120, 240):
        cast.rosa.town.advance(days=days)
        work.market.settle()
        work.deliveries.drain()
        while work.sealer.run_once():
            pass


def test_what_happens_in_one_world_leaves_every_row_of_the_other(
    served: Served, app: App, queue: str
) -> None:
    assert set(WORLD.tables) <= set(everything(app.production))
    assert set(HOUSE.tables) <= set(everything(app.house))
    first = cast_of(served, "sandbox", queue=queue)
    same = cast_in(served, "production", (first.rosa, first.wei, first.ana), queue=queue)
    other = cast_of(served, "sandbox", queue=queue, troupe="Two")
    for number, cast in enumerate((first, same, other)):
        cast.kept["queue"] = boto3.client("sqs").create_queue(QueueName=f"events-{number}")["QueueUrl"]
        here, there = app.worlds if cast.world == "production" else reversed(app.worlds)
        before = everything(here), everything(there), everything(app.house)
        busy(served, cast)
        changed = {name for name, found in everything(here).items() if found != before[0][name]}
        assert len(changed) > 20, changed
        assert everything(there) == before[1]
        assert everything(app.house) == before[2]


def test_operations_of_the_house_leave_both_worlds(app: App, town: Town, rosa: Requester) -> None:
    before = everything(app.production), everything(app.sandbox), everything(app.house)
    town.worker("Kofi", country="GH")
    town.requester("Lena")
    made = rosa("CreateAccessKey", Policies=["AmazonMechanicalTurkReadOnly"])
    rosa("PutAccessKey", AccessKeyId=made["AccessKey"]["AccessKeyId"], Active=False)
    rosa("CreateToken", Scopes=["*"], LifetimeInSeconds=60)
    assert (everything(app.production), everything(app.sandbox)) == before[:2]
    assert everything(app.house) != before[2]


def test_nothing_of_one_world_exists_in_the_other(
    served: Served, town: Town, sandbox: Town, rosa: Requester, wei: Worker
) -> None:
    hit = rosa.create_hit()["HITId"]
    assignment = wei.do(hit)
    type_id = rosa(
        "CreateQualificationType", Name="Cats", Description="Cats", QualificationTypeStatus="Active"
    )["QualificationType"]["QualificationTypeId"]
    there = Requester(sandbox, rosa.actor)
    bonus = {"AssignmentId": assignment, "WorkerId": wei.id, "BonusAmount": "1.00", "Reason": "Thanks"}
    for operation, members in (
        ("GetHIT", {"HITId": hit}),
        ("UpdateExpirationForHIT", {"HITId": hit, "ExpireAt": 0}),
        ("DeleteHIT", {"HITId": hit}),
        ("ListAssignmentsForHIT", {"HITId": hit}),
        ("GetAssignment", {"AssignmentId": assignment}),
        ("ApproveAssignment", {"AssignmentId": assignment}),
        ("GetQualificationType", {"QualificationTypeId": type_id}),
        ("AssociateQualificationWithWorker", {"QualificationTypeId": type_id, "WorkerId": wei.id}),
    ):
        with pytest.raises(Refusal, match="does not exist"):
            there(operation, **members)
    with pytest.raises(Refusal):
        there("SendBonus", **bonus)
    with pytest.raises(Refusal):
        Worker(sandbox, wei.actor).accept(hit)
    assert there("ListHITs")["NumResults"] == 0
    assert there.balance[0] == "10000.00" and rosa.balance[0] == "999.94"


def test_a_file_of_one_world_is_not_served_by_the_other(served: Served, queue: str) -> None:
    cast = cast_of(served, "production", queue=queue)
    play(STORY, cast, Boto3(served.boto3(cast.rosa)))
    url = cast.kept["photo_url"]
    assert httpx2.get(url).status_code == 200
    elsewhere = url.replace(served.url("production"), served.url("sandbox"))
    assert elsewhere != url and httpx2.get(elsewhere).status_code in (403, 404)
