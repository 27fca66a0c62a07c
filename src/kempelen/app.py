"""The program assembled: settings to house, worlds to markets, markets to doors. The only place
that knows everything."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kempelen import contract, faultpoints
from kempelen.channels.push import Subscription, SubscriptionGone
from kempelen.clock import Clock, system_clock
from kempelen.jobs.deliveries import Sender
from kempelen.jobs.senders import Carrier, Confirmations, Mails, Notifications, Pushes, Removals
from kempelen.market import Market
from kempelen.metrics import Observer
from kempelen.operation import Call, Traits
from kempelen.operations.telling.notifications import document_of
from kempelen.outside import Outside, allow_list
from kempelen.rates import Rates
from kempelen.rules.fees import FeeSchedule
from kempelen.rules.ids import RandomSource, new_secret, system_random
from kempelen.rules.money import Money
from kempelen.rules.notifications import Channel
from kempelen.rules.sign_in import SignInTerms
from kempelen.rules.system_qualifications import PRODUCTION_MASTERS, SANDBOX_MASTERS
from kempelen.settings import Settings, WrongSetting
from kempelen.store import accounts, earnings, migrating, push_subscriptions
from kempelen.store.database import Database, Place
from kempelen.store.directory import Directory
from kempelen.store.tables import HOUSE, WORLD
from kempelen.store.terms import request_rates
from kempelen.vault import Vault

if TYPE_CHECKING:
    from kempelen.audit import Finding

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
    outside: Outside

    @property
    def worlds(self) -> tuple[Market, Market]:
        """Production first."""
        return self.production, self.sandbox

    def world(self, name: str) -> Market:
        """The market of that name."""
        return self.sandbox if name == SANDBOX else self.production

    def audit(self) -> list[Finding]:
        """What the audit says of every invariant in every database."""
        from kempelen import audit

        return audit.run(self)

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
    observer = Observer(lines=settings.log_calls)
    outside = Outside.open(settings, vault=vault, house=house_database, clock=clock, random=random)
    faultpoints.arm(settings.fault_points)

    def market(traits: Traits, database: Database, *, in_house: bool = False) -> Market:
        read = dict if in_house else partial(request_rates, database)
        return Market(
            traits=traits,
            database=database,
            contracts=contracts,
            clock=clock,
            random=random,
            directory=directory,
            rates=Rates(requests_a_second=settings.requests_a_second, read=read),
            observer=observer,
            in_house=in_house,
            errands={"test notification": notifications(outside, traits, directory).test},
        )

    def world(name: str) -> Market:
        database = Database(place, name, WORLD, clock, writers=settings.database_writers)
        return market(replace(_traits(settings, name), push_key=outside.push.public_key), database)

    production = world(PRODUCTION)
    directory.unfinished = lambda person: earnings.unfinished(production.database.reader(), person)
    at_home = Traits("house", worker_site=settings.production_url, sign_in=_sign_in(settings))
    return App(
        settings=settings,
        house=market(at_home, house_database, in_house=True),
        production=production,
        sandbox=world(SANDBOX),
        directory=directory,
        vault=vault,
        contracts=contracts,
        clock=clock,
        observer=observer,
        outside=outside,
    )


def senders(app: App, market: Market) -> dict[str, Sender]:
    """What carries out the jobs of one database, by their kind."""
    traits = market.traits
    https = app.outside.https(traits.worker_site, world=traits.name, page_secret=app.directory.page_secret)
    made: dict[str, Sender] = {
        "notification": notifications(app.outside, traits, app.directory),
        "confirmation": Confirmations(https.confirm),
        "mail": _mails(app.outside, app.directory),
    }
    if market.in_house:
        return made
    pushes = Pushes(app.outside.push, _subscription, push_subscriptions.remove, SubscriptionGone)
    return made | {"blob": Removals(app.outside.blobs(traits.name)), "push": pushes}


def _subscription(call: Call, key: int) -> Subscription | None:
    found = push_subscriptions.find(call, key)
    return None if found is None else Subscription(found.endpoint, found.p256dh, found.auth)


def notifications(outside: Outside, traits: Traits, directory: Directory) -> Notifications:
    """What tells the requesters of one world."""
    https = outside.https(traits.worker_site, world=traits.name, page_secret=directory.page_secret)
    carriers: dict[str, Carrier] = {
        Channel.SQS: outside.sqs.send,
        Channel.SNS: outside.sns.send,
        Channel.HTTPS: https.send,
        Channel.EMAIL: _mails(outside, directory).notification,
    }
    return Notifications(document_of, carriers)


def _mails(outside: Outside, directory: Directory) -> Mails:
    def address_of(key: int) -> str | None:
        person = directory.person(key)
        return None if person is None or not person.active else person.email

    def wants(key: int, kind: str) -> bool:
        person = directory.person(key)
        return person is None or kind not in json.loads(person.mail_off or "[]")

    return Mails(outside.mail, address_of, wants, outside.settings.mail_from)


def migrate(settings: Settings, *, clock: Clock = system_clock) -> dict[str, list[int]]:
    """Bring the databases a setting names up to date; answers the steps that were run, by database."""
    place = Place.parse(folder=settings.data, url=settings.database)
    return {name: migrating.migrate(place, name, clock()) for name in ("house", PRODUCTION, SANDBOX)}


def _discounts(written: str) -> tuple[tuple[int, int], ...]:
    """The volume discounts of a setting such as `10000.00:300, 50000.00:500`. Raises `WrongSetting`."""
    found = []
    for each in written.split(",") if written.strip() else ():
        amount, _, off = each.strip().partition(":")
        try:
            if not off.isascii() or not off.isdigit():
                raise ValueError(off)
            found.append((Money.parse(amount).cents, int(off)))
        except ValueError:
            raise WrongSetting(
                name="KEMPELEN_VOLUME_DISCOUNTS", value=written, wanted="pairs such as 10000.00:300"
            ) from None
    return tuple(found)


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
            discounts=_discounts(settings.volume_discounts),
        ),
        allow_http=not site.startswith("https://"),
        queue_cap=settings.queue_cap,
        accepts_a_day=settings.accepts_a_day,
        reports_to_pause=settings.reports_to_pause,
        worker_site=site.rstrip("/"),
        egress_allowed=allow_list(settings),
    )


def _sign_in(settings: Settings) -> SignInTerms:
    domain = settings.passkey_domain or urlsplit(settings.production_url).hostname or "localhost"
    sites = [urlsplit(url) for url in (settings.production_url, settings.sandbox_url)]
    return SignInTerms(
        session_days=settings.session_days,
        idle_days=settings.session_idle_days,
        open_to_strangers=settings.sign_up,
        sign_ups_an_hour=settings.sign_ups_an_hour,
        confirms_addresses=settings.confirm_addresses and bool(settings.smtp_host),
        site=settings.production_url.rstrip("/"),
        passkey_domain=domain,
        origins=tuple(
            f"{site.scheme}://{site.netloc}"
            for site in sites
            if site.hostname == domain or str(site.hostname).endswith(f".{domain}")
        ),
    )


def _house_secret(database: Database, name: str, fresh: str) -> bytes:
    """The house's secret of that name: the one it has, else this fresh one."""
    database.writer.run(
        lambda connection, now: connection.do(accounts.KEEP_SECRET, name=name, value=fresh.encode())
    )
    row = database.reader().one(accounts.SECRET, name=name)
    assert row is not None
    return bytes(row[0])
