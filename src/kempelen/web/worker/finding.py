"""`/projects`: the groups with work, searched, filtered and sorted; and why one is not open to a worker."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from kempelen.rules.content_warnings import KINDS
from kempelen.web.languages import later
from kempelen.web.site import Pages
from kempelen.web.visit import Visit
from kempelen.web.worker import mounts, shapes
from kempelen.web.worker.mounts import contact_url
from kempelen.web.worker.paging import PAGE_SIZE, number_of, size_of
from kempelen.web.worker.requirements import reason_of

PAGES = Pages()
SORTS = (
    ("updated_desc", later("Newest first")),
    ("pay_desc", later("Pay per hour, best first")),
    ("reward_desc", later("Reward, highest first")),
    ("reward_asc", later("Reward, lowest first")),
    ("hits_desc", later("Most left first")),
    ("hits_asc", later("Fewest left first")),
    ("updated_asc", later("Oldest first")),
)
"""The sorts a page offers; their texts go through the catalogues."""
SHOWN = (
    ("All", later("All work")),
    ("Qualified", later("I qualify")),
    ("CanTest", later("I can take a test")),
)
LIFETIME = ("Approved", "Rejected", "MedianSecondsToPay")


@dataclass(frozen=True, slots=True)
class Search:
    """What a visitor looks for, as their address bar has it."""

    query: str = ""
    show: str = "All"
    keyboard: str = ""
    phone: str = ""
    masters: str = ""
    no_warning: str = ""
    min_reward: str = ""
    min_pay: str = ""
    work_language: str = ""
    sort: str = "updated_desc"

    @property
    def narrowed(self) -> bool:
        """Whether a filter is set that stands under "more"."""
        return bool(self.masters or self.no_warning or self.min_reward or self.min_pay or self.work_language)

    def query_members(self) -> dict[str, Any]:
        """The members of a SearchQuery, those that say something."""
        members = {
            "Query": self.query or None,
            "Show": self.show if self.show != "All" else None,
            "KeyboardFriendly": True if self.keyboard else None,
            "PhoneFriendly": True if self.phone else None,
            "MinReward": self.min_reward or None,
            "MinPayPerHour": self.min_pay or None,
            "Languages": [self.work_language] if self.work_language else None,
            "Sort": self.sort,
        }
        return {name: value for name, value in members.items() if value is not None}

    def members(self) -> dict[str, Any]:
        """The members of ListHITGroups."""
        return self.query_members() | {
            "Masters": True if self.masters else None,
            "WithoutWarnings": list(KINDS) if self.no_warning else None,
        }

    def address(self, path: str, **further: str) -> str:
        """The page of this search."""
        usual = asdict(Search())
        words = {name: value for name, value in asdict(self).items() if value != usual[name]}
        query = urlencode(words | further)
        return f"{path}?{query}" if query else path


def search_of(visit: Visit) -> Search:
    """The search of the query string; old names of worker scripts are understood."""
    asked = {name: visit.query(name).strip() for name in Search.__dataclass_fields__}
    asked["query"] = asked["query"] or visit.query("filters[search_term]").strip()
    asked["min_reward"] = asked["min_reward"] or visit.query("filters[min_reward]").strip()
    asked["masters"] = asked["masters"] or _yes(visit.query("filters[masters]"))
    if _yes(visit.query("qualified") or visit.query("filters[qualified]")):
        asked["show"] = "Qualified"
    asked["show"] = asked["show"] if asked["show"] in dict(SHOWN) else SHOWN[0][0]
    asked["min_reward"] = "" if not asked["min_reward"].strip("0.") else asked["min_reward"]
    asked["sort"] = asked["sort"].replace("num_hits", "hits")
    asked["sort"] = asked["sort"] if asked["sort"] in dict(SORTS) else SORTS[0][0]
    return Search(**asked)


def _yes(word: str) -> str:
    return "true" if word in ("true", "1", "on") else ""


@PAGES.get("/", "/projects", "/projects.json")
async def groups(visit: Visit) -> Response:
    """All groups that the worker may see."""
    return await _listed(visit, visit.words.gettext("Work for you"), requester=None)


@PAGES.get("/requesters/{requester}/projects", "/requesters/{requester}/projects.json")
async def groups_of_requester(visit: Visit) -> Response:
    """The groups of one requester."""
    return await _listed(
        visit, visit.words.gettext("Work of this requester"), requester=visit.path("requester")
    )


@PAGES.get("/projects/{group}/eligibility")
async def eligibility(visit: Visit) -> Response:
    """One group with everything known of it: each requirement and how the worker stands to it."""
    found = await visit.run("GetHITGroup", HITGroupId=visit.path("group"))
    group = shown(visit, found["HITGroup"])
    contact = contact_url(group["HITTypeId"], group["RequesterId"])
    reasons = [reason_of(visit, each) for each in group["Requirements"]]
    return await visit.page("worker/eligibility.html", group=group, contact=contact, reasons=reasons)


async def _listed(visit: Visit, heading: str, *, requester: str | None) -> Response:
    search, size = search_of(visit), size_of(visit)
    token = None if visit.wants_json else visit.query("next") or None
    number = None if token else _number(visit)
    answer = await visit.run(
        "ListHITGroups",
        **search.members(),
        RequesterId=requester,
        MaxResults=size,
        NextToken=token,
        PageNumber=number,
    )
    if visit.wants_json:
        return visit.json(shapes.projects(answer))
    found = [shown(visit, each) for each in answer["HITGroups"]]
    if requester is not None and found:
        heading = visit.words.gettext("Work of %(name)s") % {"name": found[0]["RequesterName"]}
    here = visit.request.url.path
    next_page = _next_page(search, here, answer, size=size, number=number)
    return await visit.page(
        "worker/groups.html",
        heading=heading,
        groups=found,
        search=search,
        sorts=SORTS,
        shown_choices=SHOWN,
        total=answer.get("TotalNumResults"),
        next_page=next_page,
        earlier=search.address(here) if token or (number or 1) > 1 else None,
        table=mounts.listed([shapes.project(each) for each in answer["HITGroups"]]),
        pagination=_pagination(answer, size=size, number=number, more=next_page is not None),
    )


def _number(visit: Visit) -> int | None:
    """The number of the page that is asked for; JSON always has one."""
    return number_of(visit) if visit.wants_json or visit.query("page_number") else None


def _next_page(
    search: Search, here: str, answer: dict[str, Any], *, size: int, number: int | None
) -> str | None:
    further = {} if size == PAGE_SIZE else {"page_size": str(size)}
    if number is not None and number * size < answer["TotalNumResults"]:
        return search.address(here, page_number=str(number + 1), **further)
    found, token = answer["HITGroups"], answer.get("NextToken")
    is_end = (found and len(found) < size) or (number is not None and not answer["TotalIsAtLeast"])
    return None if is_end or not token else search.address(here, next=token, **further)


def _pagination(answer: dict[str, Any], *, size: int, number: int | None, more: bool) -> str:
    """Pages that are asked for by number say how many there are; others only whether there is a next one."""
    if number is None:
        return mounts.pagination(page=1, last=2 if more else 1)
    return mounts.pagination(page=number, last=max(1, -(-answer["TotalNumResults"] // size)))


def shown(visit: Visit, group: dict[str, Any]) -> dict[str, Any]:
    """A group with what its line says beside the figures: facts of the requester, and tags."""
    return group | {"facts": _facts(visit, group.get("Requester", {})), "tags": _tags(visit, group)}


def _facts(visit: Visit, requester: dict[str, Any]) -> list[str]:
    say, show = visit.words.gettext, visit.show
    for approved, rejected, pays in (("Approved30", "Rejected30", "MedianSecondsToPay30"), LIFETIME):
        decided = requester.get(approved, 0) + requester.get(rejected, 0)
        if decided:
            facts = [say("%(share)s approved") % {"share": show.percent(requester[approved] / decided)}]
            if requester.get(pays) is not None:
                facts.append(say("pays in %(span)s") % {"span": show.roughly(requester[pays])})
            return facts
    return [say("new requester")]


def _tags(visit: Visit, group: dict[str, Any]) -> list[tuple[str, str]]:
    say = visit.words.gettext
    tags = []
    if not group["MayAccept"]:
        if group.get("Standing") == "TestNow":
            tags.append(("notice", say("test now")))
        elif group.get("Standing") == "RequestNow":
            tags.append(("notice", say("request it now")))
        else:
            unmet = [each for each in group["Requirements"] if not each["Met"]]
            tags += [("wrong", reason_of(visit, each)) for each in unmet[:1]]
    if group.get("OpenToNewcomers"):
        tags.append(("notice", say("open to newcomers")))
    if group.get("Language"):
        tags.append(("", group["Language"]))
    if group.get("ContentWarning"):
        tags.append(("wrong", say("content warning")))
    if group.get("PhoneFriendly"):
        tags.append(("right", say("phone")))
    if group.get("KeyboardFriendly"):
        tags.append(("right", say("keyboard")))
    return tags
