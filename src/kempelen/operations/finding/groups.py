"""Finding work: groups in pages, each with what it asks of the worker who looks, and why not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from kempelen.errors import ParameterValidationError
from kempelen.operation import Call, Role, query
from kempelen.operations.finding.admission import group, refuse_unless_may
from kempelen.operations.people.eligibility import (
    SYSTEM_TYPES,
    blocked,
    eligibility_as_answer,
    explanations,
    requirements_of,
)
from kempelen.rules import task_settings, tokens
from kempelen.rules.comparators import Comparator, Value
from kempelen.rules.money import Money
from kempelen.rules.requirements import Explanation, Requirement, WorkerAction, explain, may
from kempelen.rules.system_qualifications import value as system_value
from kempelen.store import group_listings, hit_types, paging, qualifications
from kempelen.store.directory import Directory
from kempelen.store.group_listings import MOST_WORDS, Candidate, Sort
from kempelen.store.hit_types import HITType

MOST_ROWS = 25_000
"""How many groups one call looks at, at most; where filters leave none of them, the next token goes on."""
WINDOW = 1_000
MOST_KNOWN = 200_000


@query("ListHITGroups", by=Role.WORKER)
def list_hit_groups(
    call: Call,
    *,
    query: str = "",
    min_reward: str | None = None,
    qualified: bool = False,
    masters: bool = False,
    requester_id: str | None = None,
    sort: str = "updated_desc",
    max_results: int | None = None,
    next_token: str | None = None,
) -> dict[str, Any]:
    """The groups with work that the acting worker may see, each with reasons.

    A page can be short, or empty, and still have a NextToken: then the search goes on there.
    """
    least = 0 if min_reward is None else Money.parse(min_reward).cents
    order = Sort[sort]
    page = paging.read(
        call,
        next_token,
        max_results,
        start=order.start,
        filter=[query, least, qualified, masters, requester_id, sort],
    )
    words = tuple(query.casefold().split())
    if len(words) > MOST_WORDS:
        raise ParameterValidationError(f"A Query has at most {MOST_WORDS} words.")
    requester = None if requester_id is None else _requester(call, requester_id)
    search = _Search(call, least, qualified, masters, requester)
    found, last = _walk(search, order, words, page)
    items = [_group_as_answer(call, hit_types.by_key(call, each.key)) for each in found]
    answer: dict[str, Any] = {"HITGroups": items, "NumResults": len(items)}
    if last is not None:
        answer["NextToken"] = tokens.seal(call.directory.page_secret, page.context, last)
    return answer


@query("GetHITGroup", by=Role.WORKER)
def get_hit_group(call: Call, *, hit_group_id: str) -> dict[str, Any]:
    """One group, with or without work, if the acting worker may see it."""
    hit_type = group(call, hit_group_id)
    refuse_unless_may(call, hit_type, WorkerAction.DISCOVER)
    return {"HITGroup": _group_as_answer(call, hit_type)}


@query("CheckEligibility", by=Role.WORKER)
def check_eligibility(call: Call, *, hit_group_id: str) -> dict[str, Any]:
    """How the acting worker stands to each requirement of a group."""
    hit_type = group(call, hit_group_id)
    refuse_unless_may(call, hit_type, WorkerAction.DISCOVER)
    found = explanations(call, hit_type)
    listed = eligibility_as_answer(call, found)
    return {
        "Requirements": listed,
        "MayDiscover": may(WorkerAction.DISCOVER, found),
        "MayPreview": may(WorkerAction.PREVIEW, found),
        "MayAccept": may(WorkerAction.ACCEPT, found),
        "Reasons": [one["Reason"] for one in listed if not one["Met"]],
    }


def _requester(call: Call, requester_id: str) -> int:
    organisation = call.directory.requester(requester_id)
    return -1 if organisation is None else organisation.key


def _group_as_answer(call: Call, hit_type: HITType) -> dict[str, Any]:
    summary = group_listings.summary(call, hit_type.key)
    found = explanations(call, hit_type)
    listed = eligibility_as_answer(call, found) if found else []
    return {
        "HITGroupId": hit_type.group_id,
        "HITTypeId": hit_type.public_id,
        "RequesterId": summary.requester_id,
        "RequesterName": summary.requester_name,
        "Title": hit_type.title,
        "Description": hit_type.description,
        "Keywords": hit_type.keywords or None,
        "Reward": str(Money(hit_type.reward)),
        "AssignmentDurationInSeconds": hit_type.duration_seconds,
        "HITsAvailable": max(0, summary.hits),
        "CreationTime": summary.created_at,
        "LastUpdatedTime": summary.updated_at,
        "LatestExpiration": summary.latest_expiration or None,
        "Requirements": listed,
        "MayPreview": may(WorkerAction.PREVIEW, found),
        "MayAccept": may(WorkerAction.ACCEPT, found),
        "Reasons": [one["Reason"] for one in listed if not one["Met"]],
        "Settings": task_settings.told(hit_type.settings),
    }


def _walk(
    search: _Search, order: Sort, words: tuple[str, ...], page: paging.Page
) -> tuple[list[Candidate], tuple[int, int] | None]:
    """The groups of a page, and where the next one begins: None at the end of the list."""
    found: list[Candidate] = []
    value, key = page.after
    after, seen, size = (int(value), int(key)), 0, page.count * 2
    while seen < MOST_ROWS:
        rows = group_listings.window(
            search.call, order, after=after, count=size, words=words, only_held=search.qualified
        )
        for row in rows:
            after = row.position
            if row.fits and search.wants(row):
                found.append(row)
                if len(found) == page.count:
                    return found, after
        if len(rows) < size:
            # As everywhere, a page that shows something has a token, and the empty one ends the list.
            return found, after if found else None
        seen, size = seen + len(rows), WINDOW
    return found, after


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What a group asks, read once: it never changes. Needed are types of which a value must be held."""

    requirements: tuple[Requirement, ...]
    needed: frozenset[str]


_NOTHING = _Asked((), frozenset())
_known: WeakKeyDictionary[Directory, dict[tuple[str, int], _Asked]] = WeakKeyDictionary()


@dataclass(slots=True)
class _Search:
    """Which groups one worker wants to see, with what is known of the worker and of the groups."""

    call: Call
    least_reward: int
    qualified: bool
    masters: bool
    requester: int | None
    _held: dict[str, Value] | None = None
    _judged: dict[_Asked, tuple[bool, bool]] = field(default_factory=dict)
    _blocked: dict[int, bool] = field(default_factory=dict)
    _groups: dict[tuple[str, int], _Asked] = field(init=False)

    def __post_init__(self) -> None:
        self._groups = _known.setdefault(self.call.directory, {})

    def wants(self, row: Candidate) -> bool:
        """Whether the group belongs in the list."""
        if row.hits <= 0 or row.reward < self.least_reward or (self.masters and not row.masters):
            return False
        if self.requester is not None and row.requester != self.requester:
            return False
        asked = self._asked(row.key)
        if asked is not _NOTHING:
            if self.qualified and not asked.needed <= self._values().keys():
                return False
            may_see, may_accept = self._stands(asked)
            if not may_see or (self.qualified and not may_accept):
                return False
        return not self._is_blocked(row.requester)

    def _asked(self, key: int) -> _Asked:
        name = (self.call.traits.name, key)
        asked = self._groups.get(name)
        if asked is None:
            if len(self._groups) >= MOST_KNOWN:
                self._groups.clear()
            asked = self._groups[name] = _read(group_listings.asked(self.call, key))
        return asked

    def _values(self) -> dict[str, Value]:
        """Everything the worker holds, by type id."""
        if self._held is None:
            record = qualifications.own_record(self.call, with_statistics=True)
            values = group_listings.held(self.call)
            for type_id in SYSTEM_TYPES:
                held = system_value(type_id, record)
                if held is not None:
                    values[type_id] = held
            self._held = values
        return self._held

    def _stands(self, asked: _Asked) -> tuple[bool, bool]:
        """Whether the worker may discover, and accept, what asks this."""
        stands = self._judged.get(asked)
        if stands is None:
            found: tuple[Explanation, ...] = explain(asked.requirements, self._values())
            stands = may(WorkerAction.DISCOVER, found), may(WorkerAction.ACCEPT, found)
            self._judged[asked] = stands
        return stands

    def _is_blocked(self, requester: int) -> bool:
        if requester not in self._blocked:
            self._blocked[requester] = blocked(self.call, requester)
        return self._blocked[requester]


_by_text: dict[str, _Asked] = {"[]": _NOTHING}


def _read(text: str) -> _Asked:
    """The same object for the same requirements, so that each is judged once for all its groups."""
    asked = _by_text.get(text)
    if asked is None:
        if len(_by_text) >= MOST_KNOWN:
            _by_text.clear()
            _by_text["[]"] = _NOTHING
        requirements = requirements_of(text)
        needed = {
            one.qualification_type_id
            for one in requirements
            if one.comparator is not Comparator.DOES_NOT_EXIST
        }
        asked = _by_text[text] = _Asked(requirements, frozenset(needed))
    return asked
