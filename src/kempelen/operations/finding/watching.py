"""Watched searches: whoever watches one is told of new groups, in steps that are bounded each.

A search has a cursor over the groups in the order in which they opened, so what is looked at is new groups
only. What opened more than a day ago is not told any more.
"""

from __future__ import annotations

import json

from kempelen.operation import Actor, Call, Role
from kempelen.operations.finding.saved_searches import LOOK_EVERY
from kempelen.operations.finding.searching import Search, Show, Wanted
from kempelen.operations.people.messages import tell
from kempelen.operations.telling.push import push
from kempelen.rules.lifecycle import DAY
from kempelen.rules.money import Money
from kempelen.store import openings, saved_searches
from kempelen.store.directory import Person
from kempelen.store.openings import Opening
from kempelen.store.saved_searches import SavedSearch, Watch

TOLD_EVERY = 3_600_000
"""Milliseconds between two letters of one search."""
SEARCHES = 20
"""How many searches one step looks at."""
GROUPS = 500
"""How many new groups one look passes."""
TOLD = 20
"""How many groups a letter names."""
LAST = 2**62


def open_groups(call: Call) -> int:
    """A step: note which groups have work for the first time; answers how many."""
    return openings.open_groups(call)


def tell_watchers(call: Call) -> int:
    """A step: look at searches that are due, and tell who watches them; answers how many were looked at."""
    found = saved_searches.due(call, count=SEARCHES)
    for each in found:
        _look(call, each)
    return len(found)


def _look(call: Call, search: SavedSearch) -> None:
    person = call.directory.person(search.worker)
    seen = max((search.seen_at, search.seen_key), (call.now - DAY, 0))
    if person is None or not person.active or not person.is_worker:
        saved_searches.looked(call, search, seen=seen, look_at=None, told_at=search.told_at)
        return
    wanted, least_pay = _wanted(json.loads(search.search))
    until = call.now - openings.SETTLED
    rows = openings.opened(call, after=seen, until=until, count=GROUPS, words=wanted.words)
    chosen = _chosen(call, person, wanted, least_pay, rows)
    is_cut = len(rows) == GROUPS
    seen = rows[-1].position if is_cut else max(seen, (until, LAST))
    if chosen:
        _tell(call, search, chosen)
    wait = TOLD_EVERY if chosen else 0 if is_cut else LOOK_EVERY
    told_at = call.now if chosen else search.told_at
    saved_searches.looked(call, search, seen=seen, look_at=call.now + wait, told_at=told_at)


def _chosen(
    call: Call, person: Person, wanted: Wanted, least_pay: int | None, rows: list[Opening]
) -> list[Opening]:
    """The new groups the search is for. What a new group pays is not yet known, so only a known and lower
    pay an hour leaves it out."""
    rows = [
        each
        for each in rows
        if not each.is_paused and (least_pay is None or not 0 <= each.candidate.pay < least_pay)
    ]
    if not rows:
        return []
    taken = Search(_as_seen_by(call, person), wanted).chosen([each.candidate for each in rows])
    keys = {each.key for each in taken}
    return [each for each in rows if each.candidate.key in keys]


def _wanted(search: dict[str, object]) -> tuple[Wanted, int | None]:
    """A saved search as lists have it, and the least pay an hour in minor units."""
    given: dict[str, str] = {
        name: str(search[name]) for name in ("MinReward", "MinPayPerHour") if name in search
    }
    languages = search.get("Languages", ())
    assert isinstance(languages, list | tuple)
    show = Show.QUALIFIED if search.get("Qualified") else Show(str(search.get("Show", Show.ALL)))
    wanted = Wanted(
        words=tuple(str(search.get("Query", "")).casefold().split()),
        least_reward=Money.parse(given.get("MinReward", "0")).cents,
        show=show,
        languages=frozenset(str(each).casefold() for each in languages),
        phone=bool(search.get("PhoneFriendly")),
        keyboard=bool(search.get("KeyboardFriendly")),
    )
    return wanted, Money.parse(given["MinPayPerHour"]).cents if "MinPayPerHour" in given else None


def _as_seen_by(call: Call, person: Person) -> Call:
    """The same transaction, read as this worker reads."""
    actor = Actor(
        Role.WORKER,
        person.key,
        person.public_id,
        person.name,
        country=person.country,
        subdivision=person.subdivision,
        adult=person.adult,
        masters=person.masters,
    )
    return Call(
        call.connection,
        actor=actor,
        now=call.now,
        request_id=call.request_id,
        traits=call.traits,
        directory=call.directory,
        random=call.random,
    )


def _tell(call: Call, search: SavedSearch, found: list[Opening]) -> None:
    site = call.traits.worker_site
    more = len(found) - TOLD
    count = f"{min(len(found), TOLD)}{' and more' if more > 0 else ''}"
    subject = f"New work: {search.name} ({count})"
    lines = [
        f"{each.title}\n  ${Money(each.candidate.reward)} · {each.requester_name}\n"
        f"  {site}/projects/{each.group_id}/tasks\n"
        for each in found[:TOLD]
    ]
    if more > 0:
        lines.append(f"… and {more} more: {site}/projects\n")
    lines.append(f"You watch this search. To end it or to change how you are told: {site}/searches\n")
    by_mail = search.watch == Watch.EMAIL
    tell(call, search.worker, requester=None, subject=subject, text="\n".join(lines), by_mail=by_mail)
    if search.watch == Watch.PUSH:
        push(call, search.worker, title=subject, text=found[0].title, path="/projects")
