"""`/searches`: searches that are kept, and watched if their owner likes."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import QueryParams
from starlette.responses import Response

from kempelen.web.site import Pages
from kempelen.web.visit import Visit
from kempelen.web.worker.finding import Search

PAGES = Pages()
_NAMES = {
    "Query": "query", "Show": "show", "MinReward": "min_reward", "MinPayPerHour": "min_pay", "Sort": "sort",
    "KeyboardFriendly": "keyboard", "PhoneFriendly": "phone",
}  # fmt: skip


@PAGES.get("/searches")
async def searches(visit: Visit) -> Response:
    """The saved searches, each a link to what it finds now."""
    found = (await visit.run("ListSavedSearches"))["Searches"]
    rows = [each | {"address": search_of(each["Search"]).address("/projects")} for each in found]
    return await visit.page("worker/searches.html", searches=rows)


@PAGES.post("/searches")
async def save(visit: Visit) -> Response:
    """Keep a search, given by the query of its page."""
    form = await visit.form()
    asked = QueryParams(form.get("address", "")[:2000].removeprefix("?"))
    fields = {name: asked[name] for name in Search.__dataclass_fields__ if name in asked}
    members = Search(**fields).query_members()
    await visit.run(
        "PutSavedSearch", Name=form.get("name", ""), Search=members, Watch=form.get("watch") or None
    )
    return visit.see("/searches")


@PAGES.post("/searches/{search}/watch")
async def watch(visit: Visit) -> Response:
    """Be told of new work, or not any more."""
    search = visit.path("search")
    chosen = (await visit.form()).get("watch", "none")
    for each in (await visit.run("ListSavedSearches"))["Searches"]:
        if each["SearchId"] == search:
            members = {"SearchId": search, "Name": each["Name"], "Search": each["Search"], "Watch": chosen}
            await visit.run("PutSavedSearch", **members)
    return visit.see("/searches")


@PAGES.post("/searches/{search}/end")
async def forget(visit: Visit) -> Response:
    """Delete a saved search."""
    await visit.run("DeleteSavedSearch", SearchId=visit.path("search"))
    return visit.see("/searches")


@PAGES.get("/push/key")
async def push_key(visit: Visit) -> Response:
    """The public key that a browser subscribes with (RFC 8292)."""
    return visit.json(await visit.run("GetPushKey"))


@PAGES.post("/push/subscription")
async def subscribe(visit: Visit) -> Response:
    """Keep where this browser can be reached: the JSON of a PushSubscription (W3C Push API)."""
    told = await visit.sent()
    keys = told.get("keys") if isinstance(told.get("keys"), dict) else {}
    assert isinstance(keys, dict)
    members = {"Endpoint": told.get("endpoint"), "P256dh": keys.get("p256dh"), "Auth": keys.get("auth")}
    await visit.run("PutPushSubscription", **members)
    return Response(status_code=204)


def search_of(kept: dict[str, Any]) -> Search:
    """A kept search as the address bar has it."""
    words = {name: kept[member] for member, name in _NAMES.items() if kept.get(member)}
    words = {name: "true" if value is True else str(value) for name, value in words.items()}
    languages = kept.get("Languages") or []
    return Search(**words, work_language=languages[0] if languages else "")
