"""`/{world}/frames/{ticket}`: the documents inside frames, on a listener that knows no cookie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from kempelen.errors import Refusal
from kempelen.market import Market
from kempelen.operation import SYSTEM
from kempelen.rules import frames
from kempelen.rules.frames import MEDIA, Ticket
from kempelen.rules.question_form import QuestionForm
from kempelen.rules.questions import ExternalQuestion, HTMLQuestion
from kempelen.web.languages import words
from kempelen.web.task import content, headers
from kempelen.web.task.forms import Submit, form_page
from kempelen.web.task.frames import parsed
from kempelen.web.task.media import media_url
from kempelen.web.task.pages import page
from kempelen.web.task.places import Places


class Contents:
    """The documents of one world's frames."""

    def __init__(self, market: Market, places: Places) -> None:
        self._market = market
        self._places = places
        self._secret = market.directory.page_secret

    def routes(self) -> list[Route]:
        """The documents, and the renewal of what in an open one ends."""
        path = f"/{self._places.world}/frames/{{ticket}}"
        return [
            Route(path, self.show, methods=["GET"]),
            Route(f"{path}/renewal", self.preflight, methods=["OPTIONS"]),
            Route(f"{path}/renewal", self.renew, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """The document that a frame's ticket opens."""
        try:
            ticket, opened = await self._open(request.path_params["ticket"])
        except Refusal as refusal:
            return self._refused(refusal)
        question = parsed(opened["Question"])
        assert not isinstance(question, ExternalQuestion), "only we make tickets, and none for foreign pages"
        if isinstance(question, QuestionForm):
            return self._form(question, ticket, opened)
        return self._html(question, ticket, is_layout=bool(opened.get("HITLayoutId")))

    async def preflight(self, request: Request) -> Response:
        """Anybody may ask: a ticket is needed all the same."""
        return Response(status_code=204, headers=headers.FROM_FRAMES)

    async def renew(self, request: Request) -> Response:
        """A new ticket for a frame that is open, and a new address for one of its media."""
        try:
            ticket, opened = await self._open(request.path_params["ticket"])
        except Refusal as refusal:
            return JSONResponse(
                {"Message": refusal.message}, refusal.page_status, headers.FROM_FRAMES | headers.BARE
            )
        later = replace(ticket, ends_at=self._market.clock() + frames.VALID_SECONDS * 1000)
        answer = {"Ticket": frames.seal(self._secret, self._places.world, later)}
        name = request.query_params.get("media", "")
        if name in MEDIA.findall(opened["Question"]):
            answer["MediaURL"] = self._media(ticket, name)
        return JSONResponse(answer, headers=headers.FROM_FRAMES | headers.BARE)

    async def _open(self, text: str) -> tuple[Ticket, dict[str, str]]:
        """A ticket and what it opens. Raises the refusals of OpenFrame."""
        opened = await self._market.run_async("OpenFrame", SYSTEM, {"Ticket": text})
        return frames.unseal(self._secret, self._places.world, text), opened

    def _html(self, question: HTMLQuestion, ticket: Ticket, *, is_layout: bool) -> Response:
        places = self._places
        html = content.rewritten(
            question.html,
            external_hit=places.static("externalHIT_v1.js"),
            crowd=places.static("crowd-html-elements.js"),
            submit=places.submit_url,
        )
        if is_layout and content.needs_wrapping(html):
            html = content.wrapped(
                html,
                submit=places.submit_url,
                assignment_id=ticket.assignment_id or frames.NO_ASSIGNMENT,
                label=words(ticket.language).gettext("Submit"),
                disabled=not ticket.assignment_id,
            )
        html = content.with_media(html, lambda name: self._media(ticket, name))
        html = content.with_script(html, source=places.static("frame.js"), facts=self.facts(ticket))
        body = html.encode("utf-8", "replace")
        return Response(body, headers=self._headers(ticket), media_type="text/html; charset=utf-8")

    def _form(self, form: QuestionForm, ticket: Ticket, opened: dict[str, str]) -> Response:
        policy = headers.form_policy(own=self._places.task_url, submit=self._places.site)
        submit = Submit.of_frame(self._places, ticket)
        html = form_page(
            form,
            submit=submit,
            static=self._places.static,
            facts=self.facts(ticket),
            language=ticket.language,
            theme=ticket.theme,
            files={file["QuestionIdentifier"]: file for file in opened["Files"]},  # type: ignore[index]
            media=lambda name: self._media(ticket, name),
        )
        return HTMLResponse(html, headers=self._headers(ticket, policy))

    def _refused(self, refusal: Refusal) -> Response:
        """A page for a frame that cannot be shown."""
        text = page("message.html", "en", message=refusal.message, static=self._places.static, theme="auto")
        policy = headers.form_policy(own=self._places.task_url, submit="'none'")
        shown = headers.of_content(site=self._places.site, devices=(), dialogs=False, policy=policy)
        return HTMLResponse(text, refusal.page_status, shown)

    def _headers(self, ticket: Ticket, policy: str = "") -> Mapping[str, str]:
        places = self._places
        return headers.of_content(
            site=places.site, devices=ticket.devices, dialogs=places.dialogs, policy=policy
        )

    def facts(self, ticket: Ticket) -> dict[str, str]:
        """What the script in a frame is told: with whom it speaks, and how it says that it is the frame."""
        return script_facts(self._market, self._places, ticket)

    def _media(self, ticket: Ticket, name: str) -> str:
        return media_url(self._market, self._places, ticket, name)


def script_facts(market: Market, places: Places, ticket: Ticket) -> dict[str, str]:
    """The data attributes of the script in a frame."""
    secret, say = market.directory.page_secret, words(ticket.language).gettext
    sealed = frames.seal(secret, places.world, ticket)
    facts = {
        "nonce": frames.nonce(secret, places.world, hit_id=ticket.hit_id, assignment_id=ticket.assignment_id),
        "site": frames.origin_of(places.site),
        "renewal": f"{places.task_url}/{places.world}/frames/{sealed}/renewal",
        "media": f"/{places.world}/media/",
        "close": say("Close"),
    }
    if not ticket.assignment_id:
        facts["preview"] = say("This is a preview. Accept the task before you submit.")
    return facts
