"""What leads outside: the guarded way out, the channels, the mail server, the places for blobs, and the
signature that receivers of our own envelopes know us by. Made once from the settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal
from urllib.parse import urlencode

from kempelen.blobs import BlobStore
from kempelen.blobs.folder import FolderStore
from kempelen.blobs.s3 import S3Store
from kempelen.channels.email import EmailChannel, MailSettings
from kempelen.channels.envelope import Signer, SigningIdentity, new_signing_identity
from kempelen.channels.https import HttpsChannel
from kempelen.channels.sns import SnsChannel
from kempelen.channels.sqs import SqsChannel
from kempelen.clock import Clock
from kempelen.egress import Egress
from kempelen.errors import Refusal
from kempelen.rules import tokens
from kempelen.rules.addresses import AllowList
from kempelen.rules.ids import RandomSource, new_id
from kempelen.settings import Settings
from kempelen.store import accounts
from kempelen.store.database import Database
from kempelen.vault import Vault

SIGNING = "notification signing"
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

    @classmethod
    def open(
        cls, settings: Settings, *, vault: Vault, house: Database, clock: Clock, random: RandomSource
    ) -> Outside:
        """The ways out a setting names. Raises `ValueError` for settings that cannot be used."""
        allowed = allow_list(settings)
        return cls(
            settings=settings,
            allowed=allowed,
            egress=Egress(allowed, proxy=settings.egress_proxy or None),
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
    row = house.reader().one(accounts.SECRET, name=SIGNING)
    if row is None:
        fresh = new_signing_identity(now=clock(), common_name="Kempelen notifications")
        parts = {"key": fresh.private_key_pem.decode(), "certificate": fresh.certificate_pem.decode()}
        value = vault.seal(json.dumps(parts))
        house.writer.run(
            lambda connection, now: connection.do(accounts.KEEP_SECRET, name=SIGNING, value=value)
        )
        row = house.reader().one(accounts.SECRET, name=SIGNING)
        assert row is not None
    kept: Mapping[str, str] = json.loads(vault.unseal(row[0]))
    return SigningIdentity(kept["key"].encode(), kept["certificate"].encode())


def _mail(settings: Settings) -> EmailChannel | None:
    if not settings.smtp_host:
        return None
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
