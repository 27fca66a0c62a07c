"""People, organisations, keys, tokens and policies: one set for all worlds."""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint

from kempelen.store.tables.columns import HOUSE, number, octets, text

people = Table(
    "people",
    HOUSE,
    number("id", key=True),
    text("public_id", unique=True),  # the worker id, A…
    text("name"),
    text("email"),
    text("email_key", unique=True),  # folded, so that nobody signs up twice
    text("password", optional=True),  # argon2id
    number("is_worker", default=0),
    number("is_operator", default=0),
    text("country", optional=True),
    text("subdivision", optional=True),
    number("adult", default=0),
    number("masters", default=0),
    number("active", default=1),
    number("created_at"),
    text("likeness"),  # the address without dots and +tag: look-alikes share it
    number("verified_at", optional=True),  # when the address was confirmed
    number("suspended", default=0),
    number("closed_at", optional=True),  # the personal data are gone then
    text("languages", optional=True),  # JSON: what they read and write
    text("time_zone", optional=True),
    text("site_language", optional=True),
    text("theme", optional=True),
    number("time_percent", default=100),  # the standing accommodation
    text("mail_off", optional=True),  # JSON: kinds of mail they do not want
    octets("payout", optional=True),  # sealed: where the money goes
    octets("payout_digest", optional=True, unique=True),  # so that nobody is paid through two accounts
)
Index("people_by_likeness", people.c.likeness)

organisations = Table(
    "organisations",
    HOUSE,
    number("id", key=True),
    text("public_id", unique=True),  # the requester id, A…
    text("name"),
    number("pseudonymous", default=0),
    number("active", default=1),
    number("created_at"),
)

members = Table(
    "members",
    HOUSE,
    number("organisation", key=True),
    number("person", key=True),
    text("role"),  # owner, manager, reviewer, viewer
    number("since"),
)
Index("members_by_person", members.c.person)

keys = Table(
    "access_keys",
    HOUSE,
    number("id", key=True),
    text("access_key_id", unique=True),
    octets("secret"),  # sealed with the house's own key
    number("organisation", optional=True),  # either an organisation's key
    number("person", optional=True),  # or a worker's or operator's
    number("role"),  # as what its owner acts: operation.Role
    text("policies"),  # JSON: policy names
    number("active", default=1),
    number("created_at"),
    text("label", optional=True),
)
Index("access_keys_by_age", keys.c.created_at, keys.c.id)
Index("access_keys_by_organisation", keys.c.organisation, keys.c.created_at, keys.c.id)
Index("access_keys_by_person", keys.c.person, keys.c.created_at, keys.c.id)

tokens = Table(
    "bearer_tokens",
    HOUSE,
    number("id", key=True),
    text("public_id", unique=True),
    octets("digest", unique=True),
    number("organisation", optional=True),
    number("person", optional=True),
    number("role"),
    text("maker"),  # the credential it was made with, whose policies apply as well; empty: the house itself
    text("scopes"),  # JSON: operation names, wildcards allowed
    number("expires_at"),
    number("revoked_at", optional=True),
    number("created_at"),
    text("label", optional=True),
)

policies = Table(
    "policies",
    HOUSE,
    number("id", key=True),
    number("organisation"),  # 0: everybody may name it
    text("name"),
    text("document"),
    number("updated_at"),
    UniqueConstraint("organisation", "name"),
)

secrets = Table("secrets", HOUSE, text("name", key=True), octets("value"))
"""Secrets of the house itself, made at first start: the token key, the signing identity of notifications."""
