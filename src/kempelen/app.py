"""The program assembled: settings to house, worlds to markets, markets to doors. The only place
that knows everything."""

from __future__ import annotations

from dataclasses import dataclass

from kempelen import contract
from kempelen.clock import Clock, system_clock
from kempelen.market import Market
from kempelen.metrics import Observer
from kempelen.operation import Traits
from kempelen.rates import Rates
from kempelen.rules.fees import FeeSchedule
from kempelen.rules.ids import RandomSource, new_secret, system_random
from kempelen.rules.system_qualifications import PRODUCTION_MASTERS, SANDBOX_MASTERS
from kempelen.settings import Settings
from kempelen.store import accounts
from kempelen.store.database import Database, Place
from kempelen.store.directory import Directory
from kempelen.store.tables import HOUSE, WORLD
from kempelen.vault import Vault

KEMPELEN = contract.FOLDER / "kempelen" / "1" / "service-2.json"
PRODUCTION = "production"
SANDBOX = "sandbox"


@dataclass(frozen=True, slots=True)
class App:
    """Everything that runs: the house, both worlds and what they share."""

    settings: Settings
    house: Market
    production: Market
    sandbox: Market
    directory: Directory
    vault: Vault
    contracts: tuple[contract.Contract, contract.Contract]
    clock: Clock
    observer: Observer

    @property
    def worlds(self) -> tuple[Market, Market]:
        """Production first."""
        return self.production, self.sandbox

    def world(self, name: str) -> Market:
        """The market of that name."""
        return self.sandbox if name == SANDBOX else self.production

    def close(self) -> None:
        """Finish what waits and close all databases."""
        for market in (self.production, self.sandbox, self.house):
            market.close()


def assemble(settings: Settings, *, clock: Clock = system_clock, random: RandomSource | None = None) -> App:
    """Open the databases a setting names and join everything. Nothing listens yet."""
    random = random or system_random()
    place = Place.parse(folder=settings.data, url=settings.database)
    vault = Vault.open(folder=settings.data, setting=settings.vault_key)
    house_database = Database(place, "house", HOUSE, clock, writers=1)
    directory = Directory(
        house_database,
        clock,
        seal=vault.seal,
        unseal=vault.unseal,
        pseudonym_secret=_house_secret(house_database, "pseudonyms", new_secret(random)),
        page_secret=_house_secret(house_database, "pages", new_secret(random)),
    )
    contracts = (contract.load(contract.MTURK), contract.load(KEMPELEN))
    rates = Rates(requests_a_second=settings.requests_a_second)
    observer = Observer(lines=settings.log_calls)

    def market(traits: Traits, database: Database, *, in_house: bool = False) -> Market:
        return Market(
            traits=traits,
            database=database,
            contracts=contracts,
            clock=clock,
            random=random,
            directory=directory,
            rates=rates,
            observer=observer,
            in_house=in_house,
        )

    def world(name: str) -> Market:
        database = Database(place, name, WORLD, clock, writers=settings.database_writers)
        return market(_traits(settings, name), database)

    return App(
        settings=settings,
        house=market(Traits("house"), house_database, in_house=True),
        production=world(PRODUCTION),
        sandbox=world(SANDBOX),
        directory=directory,
        vault=vault,
        contracts=contracts,
        clock=clock,
        observer=observer,
    )


def _traits(settings: Settings, name: str) -> Traits:
    sandbox = name == SANDBOX
    site = settings.sandbox_url if sandbox else settings.production_url
    masters = (SANDBOX_MASTERS, PRODUCTION_MASTERS) if sandbox else (PRODUCTION_MASTERS, SANDBOX_MASTERS)
    return Traits(
        name,
        play_money=sandbox,
        message_suffix=" s" if sandbox else "",
        masters_ids=masters,
        fees=FeeSchedule(
            reward_rate=settings.reward_rate,
            many_assignments_rate=settings.many_assignments_rate,
            masters_rate=settings.masters_rate,
            bonus_rate=settings.bonus_rate,
            minimum=settings.minimum_fee,
        ),
        allow_http=not site.startswith("https://"),
        queue_cap=settings.queue_cap,
        accepts_a_day=settings.accepts_a_day,
        worker_site=site.rstrip("/"),
    )


def _house_secret(database: Database, name: str, fresh: str) -> bytes:
    """The house's secret of that name: the one it has, else this fresh one."""
    database.writer.run(
        lambda connection, now: connection.do(accounts.KEEP_SECRET, name=name, value=fresh.encode())
    )
    row = database.reader().one(accounts.SECRET, name=name)
    assert row is not None
    return bytes(row[0])
