"""Who a credential stands for: the account, its role, and the policies the credential carries.

A person signs in once and then acts as a worker, as an operator, or as a member of an organisation. An access
key or token acts for one account. What is known here is at most half a second old.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import is_

from kempelen.operation import Actor, Role
from kempelen.rules import policies, scopes
from kempelen.rules.policies import BUILT_IN, Policy
from kempelen.store.directory import Directory, Key, Person, Token
from kempelen.store.sessions import Session

_ADMINISTRATION = [f"kempelen:{name}" for name in scopes.NEVER]
_REVIEWS = ("ApproveAssignment", "RejectAssignment", "UpdateHITReviewStatus", "Get*", "List*")


def _policy(name: str, *statements: dict[str, object]) -> Policy:
    return policies.parse({"Statement": [{"Resource": "*"} | each for each in statements]}, name=name)


MEMBERS: dict[str, Policy] = {
    "owner": BUILT_IN["KempelenFullAccess"],
    "manager": _policy(
        "a manager's role",
        {"Effect": "Allow", "Action": ["mechanicalturk:*", "kempelen:*"]},
        {"Effect": "Deny", "Action": [*_ADMINISTRATION]},
    ),
    "reviewer": _policy(
        "a reviewer's role",
        {"Effect": "Allow", "Action": [f"mechanicalturk:{name}" for name in _REVIEWS]},
        {"Effect": "Allow", "Action": ["kempelen:Get*", "kempelen:List*"]},
    ),
    "viewer": BUILT_IN["KempelenReadOnly"],
}
"""What members of an organisation may do: owners all, managers all but keys and people, reviewers approve and
reject, viewers look."""


@lru_cache(maxsize=4096)
def _parsed(document: str, name: str) -> Policy:
    return policies.parse(document, name=name)


@lru_cache(maxsize=1024)
def _names(written: str) -> tuple[str, ...]:
    return tuple(json.loads(written))


@lru_cache(maxsize=1024)
def _limiting(written: str) -> Policy:
    return policies.parse(scopes.limiting(_names(written)), name="the token's scopes")


MOST_CARRIED = 10_000
"""How many access keys' actors, workers and sessions are kept at hand at most, of each."""


SEEN_AGAIN = 3_600_000
"""How old what a session was last seen at may be, in milliseconds, before it is due to be noted anew."""
_LONGEST_SECRET = 200


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a session stands for. Moments in milliseconds."""

    person: int
    """The person's key, for `as_person`, `as_worker`, `as_operator` and `as_member`."""
    public_id: str
    name: str
    email: str
    session: str
    """The session's public id, for `as_person`."""
    expires_at: int
    is_seen_due: bool
    """Whether `ContinueSession` is to be called, so that a session in use does not end for being idle."""
    is_worker: bool
    is_operator: bool
    memberships: tuple[tuple[int, str], ...]
    """The organisations they may act for, by key, with their role in each."""
    verified: bool
    suspended: bool
    language: str
    """Of the pages; empty if they have not said."""
    zone: str
    """Their time zone; UTC if they have not said."""
    theme: str
    """Empty if they have not said."""


class Identity:
    """Turns credentials into actors."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._carried: dict[str, tuple[Key, object, Actor]] = {}
        self._workers: dict[int, tuple[object, Actor]] = {}
        self._signed_in: dict[str, tuple[tuple[object, ...], SignedIn]] = {}

    def of_key(self, access_key_id: str) -> tuple[Actor, str] | None:
        """The actor an access key stands for and its secret; None for unknown and disabled ones."""
        key = self._directory.key(access_key_id)
        if key is None or not key.active:
            return None
        policies = self._policies(key)
        owner = (
            self._directory.organisation(key.organisation)
            if key.organisation is not None
            else self._directory.person(key.person or 0)
        )
        before = self._carried.get(access_key_id)
        if before is not None and before[0] is key and before[1] is owner and before[2].policies == policies:
            return before[2], key.secret  # nothing was read anew, so nothing can be different
        actor = self._account(Role(key.role), key.organisation, key.person)
        if actor is None:
            return None
        carried = replace(actor, credential=key.access_key_id, policies=policies)
        if len(self._carried) >= MOST_CARRIED:
            self._carried.clear()
        self._carried[access_key_id] = (key, owner, carried)
        return carried, key.secret

    def of_token(self, secret: str, now: int) -> Actor | None:
        """The actor a bearer token stands for; None for unknown, expired and revoked ones, and for those made
        with a credential that is worth nothing any more."""
        token = self._directory.token(secret)
        if token is None or token.revoked_at is not None or token.expires_at <= now:
            return None
        actor = self._account(Role(token.role), token.organisation, token.person)
        allowing = self._makers_policies(token)
        if actor is None or allowing is None:
            return None
        return replace(
            actor, credential=f"token:{token.public_id}", policies=(*allowing, _limiting(token.scopes))
        )

    def of_session(self, secret: str, now: int) -> SignedIn | None:
        """Who a session's secret stands for; None for ended and unknown ones, for those that still wait for a
        second factor, and for people who are switched off. Believed for half a second."""
        if not secret or len(secret) > _LONGEST_SECRET:
            return None
        session = self._directory.session(secret)
        if session is None or session.awaits or session.expires_at <= now:
            return None
        known = self._directory.person(session.person)
        if known is None or not known.active:
            return None
        return self._known(session, known, is_seen_due=now - session.seen_at >= SEEN_AGAIN)

    def _known(self, session: Session, known: Person, *, is_seen_due: bool) -> SignedIn:
        memberships = self._directory.memberships(known.key)
        read = (session, known, memberships)
        before = self._signed_in.get(session.public_id)
        if before is not None and all(map(is_, before[0], read)) and before[1].is_seen_due is is_seen_due:
            return before[1]  # nothing was read anew, so nothing can be different
        who = SignedIn(
            known.key,
            known.public_id,
            known.name,
            known.email,
            session=session.public_id,
            expires_at=session.expires_at,
            is_seen_due=is_seen_due,
            is_worker=known.is_worker,
            is_operator=known.is_operator,
            memberships=memberships,
            verified=known.verified,
            suspended=known.suspended,
            language=known.site_language or "",
            zone=known.time_zone or "UTC",
            theme=known.theme or "",
        )
        if len(self._signed_in) >= MOST_CARRIED:
            self._signed_in.clear()
        self._signed_in[session.public_id] = (read, who)
        return who

    def visitor(self, *, source_address: str = "", secure: bool = False, user_agent: str = "") -> Actor:
        """Somebody who has not signed in."""
        return Actor(
            Role.VISITOR,
            0,
            "VISITOR",
            source_address=source_address,
            secure=secure,
            user_agent=user_agent,
        )

    def as_person(self, person: int, *, session: str = "") -> Actor | None:
        """A signed-in person about their own account, whatever else they are; None if they are switched off.

        `session` is the public id of the session they came with, which SignOut and the like are about.
        """
        known = self._directory.person(person)
        if known is None or not known.active:
            return None
        return Actor(
            Role.PERSON,
            known.key,
            known.public_id,
            known.name,
            credential=f"session:{session}",
            verified=known.verified,
            suspended=known.suspended,
        )

    def has_role(self, person: int, role: Role) -> bool:
        """Whether a person is a worker or an operator, and active."""
        return self._account(role, None, person) is not None

    def as_worker(self, person: int) -> Actor | None:
        """A signed-in person as a worker; None if they are none or are switched off."""
        known = self._directory.person(person)
        before = self._workers.get(person)
        if before is not None and before[0] is known:
            return before[1]  # nothing was read anew, so nothing can be different
        actor = self._account(Role.WORKER, None, person)
        if actor is None:
            return None
        if len(self._workers) >= MOST_CARRIED:
            self._workers.clear()
        worker = replace(actor, credential=f"worker:{actor.public_id}")
        self._workers[person] = (known, worker)
        return worker

    def as_operator(self, person: int) -> Actor | None:
        """A signed-in person as an operator; None if they are none or are switched off."""
        actor = self._account(Role.OPERATOR, None, person)
        return None if actor is None else replace(actor, credential=f"operator:{actor.public_id}")

    def as_member(self, person: int, organisation: int) -> Actor | None:
        """A signed-in person acting for an organisation, with what their role in it allows; None if they are
        no member, or either is switched off."""
        role = dict(self._directory.memberships(person)).get(organisation)
        known = self._directory.person(person)
        actor = self._account(Role.REQUESTER, organisation, None)
        if role not in MEMBERS or known is None or not known.active or actor is None:
            return None
        return replace(actor, credential=f"member:{known.public_id}", policies=(MEMBERS[role],))

    def memberships(self, person: int) -> tuple[tuple[int, str], ...]:
        """The organisations a person may act for, by key, with the person's role in each."""
        return self._directory.memberships(person)

    def _account(self, role: Role, organisation: int | None, person: int | None) -> Actor | None:
        if role is Role.REQUESTER:
            found = self._directory.organisation(organisation) if organisation is not None else None
            if found is None or not found.active:
                return None
            return Actor(role, found.key, found.public_id, found.name, pseudonymous=found.pseudonymous)
        known = self._directory.person(person) if person is not None else None
        if known is None or not known.active:
            return None
        if not (known.is_operator if role is Role.OPERATOR else known.is_worker):
            return None
        return Actor(
            role,
            known.key,
            known.public_id,
            known.name,
            country=known.country,
            subdivision=known.subdivision,
            adult=known.adult,
            masters=known.masters,
            verified=known.verified,
            suspended=known.suspended,
            time_percent=known.time_percent,
        )

    def _makers_policies(self, token: Token) -> tuple[Policy, ...] | None:
        """What the credential that a token was made with allows now; None if it is worth nothing."""
        kind, _, public_id = token.maker.partition(":")
        if not token.maker:
            return (BUILT_IN["KempelenFullAccess"],)
        if not public_id:
            found = self.of_key(token.maker)
            return None if found is None else found[0].policies
        person = self._directory.person_by_id(public_id)
        if person is None:
            return None
        actor = None
        if kind == "worker":
            actor = self.as_worker(person.key)
        elif kind == "operator":
            actor = self.as_operator(person.key)
        elif kind == "member" and token.organisation is not None:
            actor = self.as_member(person.key, token.organisation)
        if actor is None:
            return None
        return (BUILT_IN["KempelenFullAccess"],) if actor.policies is None else actor.policies

    def _policies(self, key: Key) -> tuple[Policy, ...]:
        found = []
        for name in _names(key.policies):
            policy = BUILT_IN.get(name)
            if policy is None:
                document = self._directory.policy(name, key.organisation)
                policy = None if document is None else _parsed(document, name)
            if policy is not None:
                found.append(policy)
        return tuple(found)
