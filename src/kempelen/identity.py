"""Who a credential stands for: the account, its role, and the policies the credential carries."""

from __future__ import annotations

import json
from functools import lru_cache

from kempelen.operation import Actor, Role
from kempelen.rules import policies
from kempelen.rules.policies import Policy
from kempelen.store.directory import Directory, Key


@lru_cache(maxsize=4096)
def _parsed(document: str, name: str) -> Policy:
    return policies.parse(document, name=name)


@lru_cache(maxsize=1024)
def _names(written: str) -> tuple[str, ...]:
    return tuple(json.loads(written))


class Identity:
    """Turns credentials into actors. What the directory knows is at most half a second old."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def of_key(self, access_key_id: str) -> tuple[Actor, str] | None:
        """The actor an access key stands for and its secret; None for unknown and disabled ones."""
        key = self._directory.key(access_key_id)
        actor = self._actor(key) if key is not None and key.active else None
        return None if key is None or actor is None else (actor, key.secret)

    def _actor(self, key: Key) -> Actor | None:
        if key.organisation is not None:
            organisation = self._directory.organisation(key.organisation)
            if organisation is None or not organisation.active:
                return None
            return Actor(
                Role.REQUESTER,
                organisation.key,
                organisation.public_id,
                organisation.name,
                credential=key.access_key_id,
                policies=self._policies(key),
                pseudonymous=organisation.pseudonymous,
            )
        person = self._directory.person(key.person) if key.person is not None else None
        if person is None or not person.active:
            return None
        role = Role.OPERATOR if person.is_operator else Role.WORKER
        return Actor(
            role,
            person.key,
            person.public_id,
            person.name,
            credential=key.access_key_id,
            policies=self._policies(key),
            country=person.country,
            subdivision=person.subdivision,
            adult=person.adult,
            masters=person.masters,
        )

    def _policies(self, key: Key) -> tuple[Policy, ...]:
        found = []
        for name in _names(key.policies):
            policy = policies.BUILT_IN.get(name)
            if policy is None:
                document = self._directory.policy(name, key.organisation)
                policy = None if document is None else _parsed(document, name)
            if policy is not None:
                found.append(policy)
        return tuple(found)
