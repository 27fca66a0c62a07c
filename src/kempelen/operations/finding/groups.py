"""Finding work: groups in pages, each with what it asks of the worker who looks, and why not."""

from __future__ import annotations

from typing import Any

from kempelen.errors import ParameterValidationError
from kempelen.operation import Call, Role, query
from kempelen.operations.finding.admission import group, refuse_unless_may
from kempelen.operations.finding.group_answers import groups_as_answers
from kempelen.operations.finding.searching import NOBODY, Search, Show, Wanted
from kempelen.operations.people.eligibility import eligibility_as_answer, explanations
from kempelen.rules import content_warnings, tokens
from kempelen.rules.money import Money
from kempelen.rules.requirements import WorkerAction, may
from kempelen.store import paging
from kempelen.store.group_listings import MOST_WORDS, Sort

MOST_NUMBERED = 500
"""How many groups pages with numbers reach, and how far they are counted; tokens go on to the end."""


@query("ListHITGroups", by=Role.WORKER)
def list_hit_groups(
    call: Call,
    *,
    query: str = "",
    min_reward: str | None = None,
    min_pay_per_hour: str | None = None,
    qualified: bool = False,
    show: str | None = None,
    masters: bool = False,
    requester_id: str | None = None,
    languages: list[str] | None = None,
    phone_friendly: bool = False,
    keyboard_friendly: bool = False,
    without_warnings: list[str] | None = None,
    sort: str = "updated_desc",
    page_number: int | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
) -> dict[str, Any]:
    """The groups with work that the acting worker may see, each with reasons.

    A page can be short, or empty, and still have a NextToken: then the search goes on there. With a
    PageNumber the answer also says how many groups there are, up to a bound.
    """
    wanted = Wanted(
        words=_words(query),
        least_reward=0 if min_reward is None else Money.parse(min_reward).cents,
        least_pay=None if min_pay_per_hour is None else Money.parse(min_pay_per_hour).cents,
        show=_show(show, qualified=qualified),
        masters=masters,
        requester=None if requester_id is None else _requester(call, requester_id),
        languages=frozenset(each.casefold() for each in languages or ()),
        phone=phone_friendly,
        keyboard=keyboard_friendly,
        without_warnings=content_warnings.bits(without_warnings or ()),
    )
    order = Sort[sort]
    page = paging.read(call, next_token, max_results, start=order.start, filter=[*_told(wanted), sort])
    search = Search(call, wanted)
    if page_number is not None:
        if next_token is not None:
            raise ParameterValidationError("Of PageNumber and NextToken at most one can be given.")
        return _numbered(call, search, order, page, number=page_number)
    value, key = page.after
    found, last = search.page(order, after=(int(value), int(key)), count=page.count)
    items = groups_as_answers(call, [each.key for each in found], values=search.values())
    answer: dict[str, Any] = {"HITGroups": items, "NumResults": len(items)}
    if last is not None:
        answer["NextToken"] = tokens.seal(call.directory.page_secret, page.context, last)
    return answer


def _numbered(call: Call, search: Search, order: Sort, page: paging.Page, *, number: int) -> dict[str, Any]:
    """A page by its number, with how many groups there are."""
    found, last = search.page(order, after=order.start, count=MOST_NUMBERED + 1)
    is_more = len(found) > MOST_NUMBERED or (last is not None and not found)
    listed = found[:MOST_NUMBERED]
    begin = (number - 1) * page.count
    shown = listed[begin : begin + page.count]
    items = groups_as_answers(call, [each.key for each in shown], values=search.values())
    answer: dict[str, Any] = {
        "HITGroups": items,
        "NumResults": len(items),
        "PageNumber": number,
        "TotalNumResults": len(listed),
        "TotalIsAtLeast": is_more,
    }
    if shown:
        answer["NextToken"] = tokens.seal(call.directory.page_secret, page.context, shown[-1].position)
    return answer


@query("GetHITGroup", by=Role.WORKER)
def get_hit_group(call: Call, *, hit_group_id: str) -> dict[str, Any]:
    """One group, with or without work, if the acting worker may see it."""
    hit_type = group(call, hit_group_id)
    refuse_unless_may(call, hit_type, WorkerAction.DISCOVER)
    values = Search(call, Wanted()).values()
    return {"HITGroup": groups_as_answers(call, [hit_type.key], values=values)[0]}


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


def _words(query: str) -> tuple[str, ...]:
    words = tuple(query.casefold().split())
    if len(words) > MOST_WORDS:
        raise ParameterValidationError(f"A Query has at most {MOST_WORDS} words.")
    return words


def _show(show: str | None, *, qualified: bool) -> Show:
    if show is None:
        return Show.QUALIFIED if qualified else Show.ALL
    if qualified and show != Show.QUALIFIED:
        raise ParameterValidationError("Qualified says Show=Qualified: give only one of the two.")
    return Show(show)


def _requester(call: Call, requester_id: str) -> int:
    organisation = call.directory.requester(requester_id)
    return NOBODY if organisation is None else organisation.key


def _told(wanted: Wanted) -> list[Any]:
    """The search as JSON-ready values, which a page's token is bound to."""
    return [
        list(wanted.words),
        wanted.least_reward,
        wanted.least_pay,
        wanted.show,
        wanted.masters,
        wanted.requester,
        sorted(wanted.languages),
        wanted.phone,
        wanted.keyboard,
        wanted.without_warnings,
    ]
