"""Which groups a worker looks for, and where: lists of requirements are judged once, then groups sought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from weakref import WeakKeyDictionary

from kempelen.operation import Call
from kempelen.operations.people.eligibility import SYSTEM_TYPES, blocked, requirements_of
from kempelen.rules import preferences
from kempelen.rules.comparators import Value
from kempelen.rules.requirement_sets import Gate, Standing, explain_to, standing
from kempelen.rules.requirements import ActionsGuarded, Requirement, WorkerAction, may, meets
from kempelen.rules.system_qualifications import value as system_value
from kempelen.store import group_listings, hidden_work, qualifications, requirement_sets
from kempelen.store import preferences as kept_preferences
from kempelen.store.directory import Directory
from kempelen.store.group_listings import Candidate, Places, Sort
from kempelen.store.narrow_listings import SCANNED, Narrow, narrowed

MOST_ROWS = 25_000
"""How many groups one call looks at, at most; where filters leave none of them, the next token goes on."""
WINDOW = 1_000
MOST_KNOWN = 200_000
NOBODY = -1
"""The key of a requester who does not exist."""


class Show(StrEnum):
    """Which groups are wanted by how the worker stands to them."""

    ALL = "All"
    CAN_TEST = "CanTest"
    """Those the worker may accept, or could after tests that can be taken now."""
    QUALIFIED = "Qualified"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a worker searches for. Amounts in minor units."""

    words: tuple[str, ...] = ()
    least_reward: int = 0
    least_pay: int | None = None
    """A group whose pay per hour is not yet known does not have it."""
    show: Show = Show.ALL
    masters: bool = False
    requester: int | None = None
    languages: frozenset[str] = frozenset()
    """Folded; `en` stands for `en-gb` too. A group that states none is left out."""
    phone: bool = False
    keyboard: bool = False
    without_warnings: int = 0
    """Bits of `rules.content_warnings`."""

    @property
    def narrow(self) -> Narrow | None:
        """What the database can look for; None if nothing narrows the search, or a requester's groups do."""
        if self.requester is not None:
            return None
        narrow = Narrow(
            words=self.words,
            least_reward=self.least_reward,
            least_pay=-1 if self.least_pay is None else self.least_pay,
            masters=int(self.masters),
            phone=int(self.phone),
            keyboard=int(self.keyboard),
            without_warnings=self.without_warnings,
            languages=tuple(sorted(self.languages)),
        )
        return None if narrow == Narrow() else narrow

    def takes(self, row: Candidate) -> bool:
        """Whether the group is as wanted, whoever looks."""
        if row.hits <= 0 or not row.fits or row.reward < self.least_reward:
            return False
        if self.least_pay is not None and row.pay < self.least_pay:
            return False
        if self.requester is not None and row.requester != self.requester:
            return False
        if (self.masters and not row.masters) or row.warnings & self.without_warnings:
            return False
        if (self.phone and not row.phone) or (self.keyboard and not row.keyboard):
            return False
        return not self.languages or _speaks(row.language, self.languages)


def _speaks(language: str | None, wanted: frozenset[str]) -> bool:
    return language is not None and (language in wanted or language.partition("-")[0] in wanted)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a list of requirements asks; it never changes."""

    requirements: tuple[Requirement, ...]
    newcomers: int
    hides: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the worker stands to a list of requirements."""

    may_see: bool
    may_accept: bool
    can_test: bool


_MAY_ALL = Verdict(may_see=True, may_accept=True, can_test=False)
_MAY_SEE = Verdict(may_see=True, may_accept=False, can_test=False)
_known: WeakKeyDictionary[Directory, dict[tuple[str, int], Asked]] = WeakKeyDictionary()


@lru_cache(maxsize=8_192)
def _asked(text: str, newcomers: int) -> Asked:
    requirements = requirements_of(text)
    hides = any(one.actions_guarded is ActionsGuarded.DISCOVER_PREVIEW_AND_ACCEPT for one in requirements)
    return Asked(requirements, newcomers, hides)


@dataclass(slots=True)
class Search:
    """One worker's search, with what is known of the worker and of the lists of requirements."""

    call: Call
    wanted: Wanted
    _values: dict[str, Value] | None = None
    _verdicts: dict[int, Verdict] = field(default_factory=dict)
    _blocked: dict[int, bool] = field(default_factory=dict)
    _hidden: hidden_work.HiddenKeys | None = None
    _hidden_warnings: int = 0
    _tested: frozenset[str] = frozenset()
    _narrow_sets: list[int] | None = None

    def page(
        self, order: Sort, *, after: tuple[int, int], count: int
    ) -> tuple[list[Candidate], tuple[int, int] | None]:
        """The next groups, and where to go on: None at the end of the list.

        Fewer than `count` with a place to go on mean that the search was cut.
        """
        places = self._places()
        found: list[Candidate] = []
        seen, size = 0, count * 2
        while seen < MOST_ROWS:
            rows, end = self._window(order, places, after=after, count=size)
            for row in rows:
                after = row.position
                if self._wants(row):
                    found.append(row)
                    if len(found) == count:
                        return found, after
            if end is None:
                # As everywhere, a page that shows something has a token, and the empty one ends the list.
                return found, after if found else None
            after = end
            seen, size = seen + (len(rows) if self.wanted.narrow is None else SCANNED), WINDOW
        return found, after

    def _window(
        self, order: Sort, places: Places, *, after: tuple[int, int], count: int
    ) -> tuple[list[Candidate], tuple[int, int] | None]:
        """The next groups to look at, and where to look further: None at the end of the list."""
        narrow, words = self.wanted.narrow, self.wanted.words
        if narrow is not None:
            places = replace(places, shown=False)
        rows = group_listings.window(self.call, order, places, after=after, count=count, words=words)
        end = rows[-1].position if len(rows) == count else None
        if narrow is None:
            return rows, end
        narrow = replace(narrow, sets=self._narrow_sets)
        more, end_of_more = narrowed(self.call, order, narrow, after=after, count=count)
        falls = order.value[1]
        ends = [each for each in (end, end_of_more) if each is not None]
        nearest = (max(ends) if falls else min(ends)) if ends else None
        rows = sorted({row.key: row for row in (*rows, *more)}.values(), key=_place, reverse=falls)
        if nearest is not None:
            rows = [row for row in rows if (row.position >= nearest if falls else row.position <= nearest)]
        return rows, nearest

    def chosen(self, rows: Sequence[Candidate]) -> list[Candidate]:
        """Those of these groups that are wanted, wherever in a list they stand."""
        self._places()
        return [row for row in rows if self._wants(row)]

    def values(self) -> dict[str, Value]:
        """Everything the worker holds, by type id."""
        if self._values is None:
            record = qualifications.own_record(self.call, with_statistics=True)
            values = group_listings.held(self.call)
            for type_id in SYSTEM_TYPES:
                held = system_value(type_id, record)
                if held is not None:
                    values[type_id] = held
            self._values = values
        return self._values

    def asked(self, keys: set[int]) -> dict[int, Asked]:
        """What these lists of requirements ask. One statement for those never asked for before."""
        known = _known.setdefault(self.call.directory, {})
        world = self.call.traits.name
        found = {key: asked for key in keys if (asked := known.get((world, key))) is not None}
        missing = [key for key in keys if key not in found]
        if missing:
            if len(known) > MOST_KNOWN:
                known.clear()
            read = requirement_sets.by_keys(self.call, missing)
            more = {each.key: _asked(each.requirements, each.newcomers) for each in read}
            known.update({(world, key): asked for key, asked in more.items()})
            found |= more
        return found

    def _places(self) -> Places:
        """Where the wanted groups are."""
        if self._hidden is None:
            self._hidden = hidden_work.of_actor(self.call)
            unwanted = preferences.read(kept_preferences.of_actor(self.call)).hidden_warnings
            self._hidden_warnings = unwanted
        if self.wanted.requester is not None:
            return Places(requester=self.wanted.requester)
        shows_all = self.wanted.show is Show.ALL
        gates = (Gate.SYSTEM_HIDDEN, Gate.ASKING_HIDDEN) if shows_all else _OF_ACCOUNTS
        keys = set(requirement_sets.held(self.call))
        for gate in gates:
            keys.update(requirement_sets.live(self.call, gate))
        if self.wanted.show is Show.CAN_TEST:
            testable, types = requirement_sets.tested(self.call)
            keys |= testable
            self._tested = frozenset(types)
        verdicts = self._judged(keys)
        sets = sorted(key for key in keys if self._shows(verdicts[key]))
        narrows = self.wanted.narrow is not None
        if narrows and not shows_all:
            self._narrow_sets = sets
        if narrows or shows_all:
            # Everything that is shown is looked through, whatever stands in it; only the rest goes by lists.
            asked = self.asked(keys)
            sets = [key for key in sets if asked[key].hides]
        return Places(sets=sets, shown=shows_all)

    def _judged(self, keys: set[int]) -> dict[int, Verdict]:
        missing = {key for key in keys if key not in self._verdicts}
        if missing:
            for key, asked in self.asked(missing).items():
                self._verdicts[key] = self._verdict(asked)
        return self._verdicts

    def _verdict(self, asked: Asked) -> Verdict:
        values = self.values()
        if all(meets(one, values.get(one.qualification_type_id)) for one in asked.requirements):
            return _MAY_ALL
        if not asked.hides and not asked.newcomers and not self._tested:
            return _MAY_SEE
        found = explain_to(asked.requirements, values, newcomers=asked.newcomers)
        stands = standing(found, requestable=self._tested, tested=self._tested)
        return Verdict(
            may_see=may(WorkerAction.DISCOVER, found),
            may_accept=may(WorkerAction.ACCEPT, found),
            can_test=stands is Standing.TEST_NOW,
        )

    def _shows(self, verdict: Verdict) -> bool:
        if not verdict.may_see:
            return False
        if self.wanted.show is Show.ALL or verdict.may_accept:
            return True
        return self.wanted.show is Show.CAN_TEST and verdict.can_test

    def _wants(self, row: Candidate) -> bool:
        """Whether the group belongs in the list."""
        assert self._hidden is not None
        if not self.wanted.takes(row) or row.warnings & self._hidden_warnings:
            return False
        if row.requester in self._hidden.requesters or row.key in self._hidden.groups:
            return False
        verdict = self._verdicts.get(row.requirement_set)
        if not self._shows(verdict or self._judged({row.requirement_set})[row.requirement_set]):
            return False
        return not self._is_blocked(row.requester)

    def _is_blocked(self, requester: int) -> bool:
        if requester not in self._blocked:
            self._blocked[requester] = blocked(self.call, requester)
        return self._blocked[requester]


def _place(row: Candidate) -> tuple[int, int]:
    return row.position


_OF_ACCOUNTS = (Gate.OPEN, Gate.SYSTEM, Gate.SYSTEM_HIDDEN)
"""Gates that nobody needs a requester's qualification for."""
