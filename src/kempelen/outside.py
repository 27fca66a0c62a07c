"""What leads outside: the guarded way out, the channels, the mail server, the places for blobs, and the
signature that receivers of our own envelopes know us by. Made once from the settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from functools import partial
from typing import Literal
from urllib.parse import urlencode

from kempelen.blobs import BlobStore
from kempelen.blobs.folder import FolderStore
from kempelen.blobs.s3 import S3Store
from kempelen.channels.email import EmailChannel, MailSettings
from kempelen.channels.envelope import Signer, SigningIdentity, new_signing_identity
from kempelen.channels.https import HttpsChannel
from kempelen.channels.push import PushChannel, PushIdentity, new_push_key
from kempelen.channels.sns import SnsChannel
from kempelen.channels.sqs import SqsChannel
from kempelen.clock import Clock
from kempelen.egress import Egress
from kempelen.errors import Refusal
from kempelen.rules import tokens
from kempelen.rules.addresses import AllowList, is_mail_address
from kempelen.rules.ids import RandomSource, new_id
from kempelen.settings import Settings, WrongSetting
from kempelen.store import accounts
from kempelen.store.database import Database
from kempelen.vault import Vault

SIGNING = "notification signing"
PUSHING = "push messages"
CERTIFICATE_PATH = "/notifications/certificate.pem"
TLS_PORT = 465


class WrongBlobPlace(Refusal):
    """KEMPELEN_BLOBS is {place!r}; it must be empty or s3://BUCKET/PREFIX."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The ways out that all worlds share."""

    settings: Settings
    allowed: AllowList
    egress: Egress
    identity: SigningIdentity
    sqs: SqsChannel
    sns: SnsChannel
    mail: EmailChannel | None
    """None where no mail server is configured."""
    random: RandomSource
    push: PushChannel

    @classmethod
    def open(
        cls, settings: Settings, *, vault: Vault, house: Database, clock: Clock, random: RandomSource
    ) -> Outside:
        """The ways out a setting names. Raises `ValueError` for settings that cannot be used."""
        allowed = allow_list(settings)
        egress = Egress(allowed, proxy=settings.egress_proxy or None)
        return cls(
            settings=settings,
            allowed=allowed,
            egress=egress,
            push=PushChannel(egress, _push_identity(settings, vault, house), random),
            identity=_identity(vault, house, clock),
            sqs=SqsChannel(),
            sns=SnsChannel(),
            mail=_mail(settings),
            random=random,
        )

    def https(self, site: str, *, world: str, page_secret: bytes) -> HttpsChannel:
        """The channel of signed envelopes for one world, whose links lead to its site."""
        signer = Signer(self.identity, certificate_url=f"{site}{CERTIFICATE_PATH}")
        link = partial(_unsubscribe_url, site, world, page_secret)
        return HttpsChannel(self.egress, signer, unsubscribe_url=link)

    def blobs(self, world: str) -> BlobStore:
        """Where the files of one world are. Raises `WrongBlobPlace`."""
        new_name: Callable[[], str] = lambda: new_id(self.random)  # noqa: E731
        place = self.settings.blobs
        if not place:
            return FolderStore(self.settings.data / "blobs" / world, new_name)
        bucket, _, prefix = place.removeprefix("s3://").partition("/")
        if not place.startswith("s3://") or not bucket:
            raise WrongBlobPlace(place=place)
        return S3Store(bucket, f"{prefix.strip('/')}/{world}", new_name)


def allow_list(settings: Settings) -> AllowList:
    """The operator's exceptions for outside places."""
    return AllowList.parse(each.strip() for each in settings.egress_allow.split(",") if each.strip())


def _unsubscribe_url(site: str, world: str, page_secret: bytes, destination: str) -> str:
    """The page that ends what comes to a destination; a long URL has none, since its token would not fit."""
    if len(destination) > 120:
        return f"{site}/notifications/unsubscribe"
    token = tokens.seal(page_secret, f"unsubscribe {world}", (destination,))
    return f"{site}/notifications/unsubscribe?{urlencode({'token': token})}"


def _identity(vault: Vault, house: Database, clock: Clock) -> SigningIdentity:
    """The house's signing identity, made at the first start and sealed with the vault's key."""

    def fresh() -> str:
        made = new_signing_identity(now=clock(), common_name="Kempelen notifications")
        return json.dumps(
            {"key": made.private_key_pem.decode(), "certificate": made.certificate_pem.decode()}
        )

    kept: Mapping[str, str] = json.loads(_secret(vault, house, SIGNING, fresh))
    return SigningIdentity(kept["key"].encode(), kept["certificate"].encode())


def _push_identity(settings: Settings, vault: Vault, house: Database) -> PushIdentity:
    """The house's key pair for push messages, made at the first start and sealed with the vault's key."""
    key = _secret(vault, house, PUSHING, lambda: new_push_key().decode())
    return PushIdentity(key.encode(), contact=f"mailto:{parseaddr(settings.mail_from)[1]}")


def _secret(vault: Vault, house: Database, name: str, fresh: Callable[[], str]) -> str:
    """The house's sealed secret of that name, made where there is none."""
    row = house.reader().one(accounts.SECRET, name=name)
    if row is None:
        value = vault.seal(fresh())
        house.writer.run(lambda connection, now: connection.do(accounts.KEEP_SECRET, name=name, value=value))
        row = house.reader().one(accounts.SECRET, name=name)
        assert row is not None
    return vault.unseal(row[0])


def _mail(settings: Settings) -> EmailChannel | None:
    if not settings.smtp_host:
        return None
    if not is_mail_address(parseaddr(settings.mail_from)[1]):
        raise WrongSetting(
            name="KEMPELEN_MAIL_FROM",
            value=settings.mail_from,
            wanted="a sender such as Market <market@example.org>",
        )
    encryption: Literal["starttls", "tls", "none"] = "starttls" if settings.smtp_starttls else "none"
    if settings.smtp_port == TLS_PORT:
        encryption = "tls"
    server = MailSettings(
        settings.smtp_host,
        settings.smtp_port,
        encryption,
        user=settings.smtp_user,
        password=settings.smtp_password,
    )
    return EmailChannel(server)
