"""The invariants of people: what they sign in with is theirs, and who has left is gone."""

from __future__ import annotations

from collections.abc import Iterator

from kempelen.audit.register import Look, Where, invariant
from kempelen.store.audit import house as store


@invariant("I80", where=Where.HOUSE)
def sign_ins_of_somebody(look: Look) -> Iterator[str]:
    """Every session, link, passkey, authenticator, recovery code and trace is of a person who exists and has
    not closed their account."""
    for name, pages, statement in store.OF_NOBODY:
        for (key,) in look.through(pages, statement):
            yield f"{name} {key}: of nobody"


@invariant("I81", where=Where.HOUSE)
def people_are_whole(look: Look) -> Iterator[str]:
    """A person's accommodation is one of those there are, and where they are paid is kept with its mark; of a
    closed account nothing personal is left."""
    for (public_id,) in look.through(store.PERSON_PAGES, store.WRONG_PEOPLE):
        yield f"person {public_id}: contradicts themselves, or is closed and still known"


@invariant("I82", where=Where.HOUSE)
def suspended_for_a_cause(look: Look) -> Iterator[str]:
    """Whoever is suspended has exactly one suspension that has not ended, and nobody else has one."""
    for public_id, suspended, count in look.through(store.PERSON_PAGES, store.SUSPENDED):
        yield f"person {public_id}: suspended is {suspended}, with {count} suspensions that have not ended"
