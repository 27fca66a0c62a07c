"""What stands behind a sign-in: sessions, links sent by mail, second factors, guesses, and who looks alike.

Secrets are kept as digests, or sealed where they must be read again. Everything that ends is found by when.
"""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint

from kempelen.store.tables.columns import HOUSE, number, octets, text

sessions = Table(
    "sessions",
    HOUSE,
    number("id", key=True),
    text("public_id", unique=True),
    octets("digest", unique=True),
    number("person"),
    number("awaits", default=0),  # 1: the password was right, the second factor is due
    number("created_at"),
    number("seen_at"),
    number("expires_at"),
    text("user_agent"),
    text("address"),
)
Index("sessions_by_person", sessions.c.person, sessions.c.created_at, sessions.c.id)
Index("sessions_by_end", sessions.c.expires_at)

links = Table(
    "mail_links",
    HOUSE,
    number("id", key=True),
    octets("digest", unique=True),
    number("person"),
    text("purpose"),  # confirmation, address, password
    text("detail"),  # the address it confirms
    number("expires_at"),
    UniqueConstraint("person", "purpose"),  # a newer one ends the one before
)
Index("mail_links_by_end", links.c.expires_at)

attempts = Table(
    "attempts",  # guesses, sign-ups and mails, counted under digests of whom they concern
    HOUSE,
    octets("id", key=True),
    number("count"),
    number("wait_until", default=0),
    number("expires_at"),
)
Index("attempts_by_end", attempts.c.expires_at)

challenges = Table(
    "passkey_challenges",
    HOUSE,
    number("id", key=True),
    text("public_id", unique=True),
    number("person", optional=True),  # none: whoever signs in
    text("purpose"),  # registration, sign-in
    octets("challenge"),
    number("expires_at"),
)
Index("passkey_challenges_by_end", challenges.c.expires_at)
Index("passkey_challenges_by_person", challenges.c.person)

passkeys = Table(
    "passkeys",
    HOUSE,
    number("id", key=True),
    text("public_id", unique=True),
    number("person"),
    octets("credential", unique=True),
    octets("public_key"),
    number("sign_count"),
    text("label"),
    number("created_at"),
    number("used_at", optional=True),
)
Index("passkeys_by_person", passkeys.c.person, passkeys.c.created_at, passkeys.c.id)

authenticators = Table(
    "authenticators",  # one app of six-digit codes a person
    HOUSE,
    number("person", key=True),
    octets("secret"),  # sealed
    number("confirmed_at", optional=True),  # none: begun, not in force
    number("last_step", default=0),  # so that no code works twice
)

recovery_codes = Table(
    "recovery_codes", HOUSE, octets("digest", key=True), number("person"), number("created_at")
)
Index("recovery_codes_by_person", recovery_codes.c.person)

suspensions = Table(
    "suspensions",
    HOUSE,
    number("id", key=True),
    number("person"),
    text("cause"),
    text("evidence"),
    text("contact"),  # the person to write to
    number("since"),
    number("ended_at", optional=True),
)
Index("suspensions_by_person", suspensions.c.person, suspensions.c.since, suspensions.c.id)

sightings = Table(
    "sightings",  # from which networks and devices somebody came, as keyed digests
    HOUSE,
    number("id", key=True),
    number("person"),
    number("kind"),  # store.look_alikes.Hint
    octets("digest"),
    number("seen_at"),
    UniqueConstraint("person", "kind", "digest"),
)
Index("sightings_by_digest", sightings.c.kind, sightings.c.digest, sightings.c.seen_at)
Index("sightings_by_person", sightings.c.person, sightings.c.seen_at)

look_alikes = Table(
    "look_alikes",  # two accounts that may be one person's; nothing follows from it by itself
    HOUSE,
    number("id", key=True),
    number("one"),  # the lower key of the two
    number("other"),
    number("network", default=0),
    number("device", default=0),
    number("email", default=0),
    number("score"),
    number("at"),
    UniqueConstraint("one", "other"),
)
Index("look_alikes_by_score", look_alikes.c.score, look_alikes.c.id)
Index("look_alikes_by_other", look_alikes.c.other)
