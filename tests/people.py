"""The people of the tests: they call operations as the doors do, by the contract's names."""

from __future__ import annotations

from typing import Any

from kempelen.app import App
from kempelen.clock import HandClock
from kempelen.market import Market
from kempelen.operation import REGISTER, Actor, Role
from kempelen.rules.policies import BUILT_IN

EXTERNAL = (
    '<ExternalQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2006-07-14/'
    'ExternalQuestion.xsd"><ExternalURL>https://example.org/{}</ExternalURL>'
    "<FrameHeight>600</FrameHeight></ExternalQuestion>"
)


def external_question(name: object = "task") -> str:
    """An ExternalQuestion's XML."""
    return EXTERNAL.format(name)


class Person:
    """Somebody who calls operations: `rosa("GetHIT", HITId=…)`."""

    def __init__(self, town: Town, actor: Actor, *, access_key: str = "", secret_key: str = "") -> None:
        self.town = town
        self.actor = actor
        self.access_key = access_key
        self.secret_key = secret_key

    @property
    def id(self) -> str:
        """The public id."""
        return self.actor.public_id

    def __call__(self, operation: str, **members: Any) -> dict[str, Any]:
        """Call an operation; raises its refusal."""
        market = self.town.app.house if REGISTER[operation].in_house else self.town.market
        return market.run(operation, self.actor, members)


class Operator(Person):
    """Who runs the house."""


class Requester(Person):
    """Who publishes work."""

    def create_hit(self, **members: Any) -> dict[str, Any]:
        """Publish a HIT, with values of our own where none are given; answers the HIT structure."""
        given: dict[str, Any] = {
            "Title": "Is there a cat?",
            "Description": "Look at one picture.",
            "Reward": "0.05",
            "AssignmentDurationInSeconds": 600,
            "LifetimeInSeconds": 3600,
            "Question": external_question(),
        }
        if "HITLayoutId" in members:
            del given["Question"]
        hit: dict[str, Any] = self("CreateHIT", **(given | members))["HIT"]
        return hit

    def hit(self, hit_id: str) -> dict[str, Any]:
        """The HIT as GetHIT shows it now."""
        hit: dict[str, Any] = self("GetHIT", HITId=hit_id)["HIT"]
        return hit

    @property
    def balance(self) -> tuple[str, str]:
        """What is available and on hold."""
        answer = self("GetAccountBalance")
        return answer["AvailableBalance"], answer.get("OnHoldBalance", "")


class Worker(Person):
    """Who does work."""

    def accept(self, hit_id: str) -> str:
        """Accept a HIT; answers the assignment's id."""
        task: dict[str, Any] = self("AcceptHIT", HITId=hit_id)["Task"]
        return str(task["AssignmentId"])

    def submit(self, assignment_id: str, **fields: str) -> None:
        """Hand in an answer."""
        pairs = [{"Name": name, "Value": value} for name, value in (fields or {"answer": "cat"}).items()]
        self("SubmitAssignment", AssignmentId=assignment_id, Fields=pairs)

    def do(self, hit_id: str, **fields: str) -> str:
        """Accept and submit; answers the assignment's id."""
        assignment = self.accept(hit_id)
        self.submit(assignment, **fields)
        return assignment


class Town:
    """One world with the people in it, and the clock they live by."""

    def __init__(self, app: App, market: Market) -> None:
        self.app = app
        self.market = market
        self.operator = Operator(self, Actor(Role.OPERATOR, 0, "AOPERATOR", "Olga"))

    def advance(self, *, milliseconds: int = 0, seconds: int = 0, hours: int = 0, days: int = 0) -> None:
        """Turn the clock."""
        clock = self.app.clock
        assert isinstance(clock, HandClock)
        clock.advance(milliseconds + 1000 * (seconds + 3600 * (hours + 24 * days)))

    @property
    def now(self) -> int:
        """The present moment in milliseconds."""
        return self.app.clock()

    def requester(self, name: str, *, funds: str | None = None, **members: Any) -> Requester:
        """A new requester."""
        email = f"{name.lower().replace(' ', '-')}@example.org"
        added = self.operator("AddRequester", Name=name, Email=email, **members)
        organisation = self.app.directory.requester(added["AccountId"])
        assert organisation is not None
        actor = Actor(
            Role.REQUESTER,
            organisation.key,
            organisation.public_id,
            organisation.name,
            credential=added["AccessKey"]["AccessKeyId"],
            policies=(BUILT_IN["KempelenFullAccess"],),
            pseudonymous=organisation.pseudonymous,
        )
        if funds is not None:
            self.operator("Deposit", AccountId=organisation.public_id, Amount=funds)
        return Requester(self, actor, access_key=actor.credential, secret_key=added["SecretAccessKey"])

    def worker(self, name: str, *, country: str = "US", **members: Any) -> Worker:
        """A new worker."""
        added = self.operator(
            "AddWorker", Name=name, Email=f"{name.lower()}@example.org",
            **({k[0].upper() + k[1:]: v for k, v in members.items()} | {"Country": country}),
        )  # fmt: skip
        person = self.app.directory.worker(added["AccountId"])
        assert person is not None
        actor = Actor(
            Role.WORKER,
            person.key,
            person.public_id,
            person.name,
            country=person.country,
            subdivision=person.subdivision,
            adult=person.adult,
            masters=person.masters,
            time_percent=person.time_percent,
        )
        return Worker(
            self, actor, access_key=added["AccessKey"]["AccessKeyId"], secret_key=added["SecretAccessKey"]
        )
