"""`/mturk/externalSubmit`: where every task page sends its answer, by form, fetch, file or query.

Whoever knows the unguessable id of an assignment may hand it in, since no cookie can be relied upon within a
frame; a session that does come along must be its worker's. It is exempt from the same-origin check, and its
reply is the one page of a site that may be framed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from kempelen.errors import Refusal, Unavailable
from kempelen.market import Market
from kempelen.operation import SYSTEM, Actor
from kempelen.plugins import blobs
from kempelen.rules import frames
from kempelen.rules.answers import MAX_BYTES, MAX_FIELDS, AnswerNotTaken, TooMuchSubmitted
from kempelen.rules.frames import Ticket
from kempelen.rules.question_form import RESERVED, QuestionForm
from kempelen.web import files
from kempelen.web.languages import preferred
from kempelen.web.task import headers
from kempelen.web.task.contents import script_facts
from kempelen.web.task.forms import Submit, form_page
from kempelen.web.task.frames import parsed
from kempelen.web.task.media import media_url
from kempelen.web.task.places import STATIC, Places
from kempelen.web.task.reading import Pair, read_body, read_pairs
from kempelen.web.task.replies import refused, taken

PATHS = ("/mturk/externalSubmit", "//mturk/externalSubmit")
"""The second: pages join the two parts with a slash of their own."""
LONGEST_NAME = 1_000
PASSED_OVER = 8_388_608
"""Bytes of a file that nobody asked for; its name alone becomes part of the answer."""
FILES_AT_ONCE = 64
"""Submissions of one process that bring files at once."""
_ID = re.compile(r"[A-Z0-9]{1,64}", re.ASCII)
Visitor = Callable[[Request], Actor | None]
"""Who is signed in at the site, as a worker. May raise a refusal, which is the answer."""


class NoAssignmentNamed(Refusal):
    """The form does not say which assignment it is for: the field assignmentId is missing."""

    page_status = 400


class OnlyAPreview(Refusal):
    """This was a preview, so nothing was handed in. Accept the task first."""

    page_status = 422


class NotYours(Refusal):
    """There is no such assignment of yours."""

    page_status = 404


class FileCameTooEarly(Refusal):
    """A file came before the field assignmentId. Put that field first in the form, or into its address."""

    page_status = 400


class NotAsked(Refusal):
    """Nothing was handed in: the browser only looked ahead."""

    page_status = 400


class Submissions:
    """The routes of one world's site."""

    def __init__(
        self, market: Market, store: blobs.BlobStore, places: Places, visitor: Visitor | None = None
    ) -> None:
        self._market = market
        self._store = store
        self._places = places
        self._visitor = visitor
        self._files_under_way = 0

    def routes(self) -> list[Route]:
        """Both spellings of the address, for what pages send and for what browsers ask before."""
        return [
            route
            for path in PATHS
            for route in (
                Route(path, self.preflight, methods=["OPTIONS"]),
                Route(path, self.submit, methods=["GET", "POST"]),
            )
        ]

    async def preflight(self, request: Request) -> Response:
        """Pages of any origin may send."""
        return Response(status_code=204, headers=headers.FROM_FRAMES)

    async def submit(self, request: Request) -> Response:
        """Take an answer, and say what became of it."""
        fields: list[Pair] = []
        assignment_id = ""
        try:
            if request.method == "HEAD" or "prefetch" in request.headers.get("sec-purpose", ""):
                raise NotAsked()
            fields = await self._fields(request)
            assignment_id = _assignment(fields)
            answer = await self._hand_in(request, assignment_id, fields)
        except AnswerNotTaken as refusal:
            return await self._again(request, refusal, assignment_id, fields)
        except Refusal as refusal:
            return self._refused(request, refusal)
        except ClientDisconnect:
            return Response(status_code=400)
        if _wants_json(request):
            return JSONResponse(answer, headers=headers.FROM_FRAMES | headers.BARE)
        receipt = frames.receipt(
            self._market.directory.page_secret, self._places.world, assignment_id=assignment_id
        )
        text = taken(self._places, assignment_id, receipt, language=_language(request))
        return HTMLResponse(text, headers=self._reply_headers())

    async def _fields(self, request: Request) -> list[Pair]:
        """All that was sent, what stands in the address first."""
        query = read_pairs(request.scope.get("query_string", b""))
        if request.method != "POST":
            return query

        async def open_file(before: list[Pair], name: str, file_name: str, content_type: str) -> _Kept:
            assignment_id = _named([*query, *before])
            if not assignment_id:
                raise FileCameTooEarly()
            about = {"AssignmentId": assignment_id, "QuestionIdentifier": name}
            return await self._open(about, file_name, content_type)

        is_form = request.headers.get("content-type", "").startswith("multipart/")
        if is_form and self._files_under_way >= FILES_AT_ONCE:
            raise Unavailable()
        self._files_under_way += is_form
        try:
            body = await read_body(request.headers.get("content-type", ""), request.stream(), open_file)
        finally:
            self._files_under_way -= is_form
        return query + body

    async def _open(self, about: dict[str, str], file_name: str, content_type: str) -> _Kept:
        """Where a file goes: to be kept for a question that asks for one, else nowhere, as on MTurk."""
        if _ID.fullmatch(about["AssignmentId"]) is None:
            raise NotYours()
        try:
            limits = await self._market.run_async("GetFileAnswerLimits", SYSTEM, about)
        except Refusal as refusal:
            if refusal.code != "AWS.MechanicalTurk.InvalidParameterValue":
                raise
            return _Kept(self._market, self._store, about, file_name, None)
        facts = {"FileName": files.cleaned(file_name), "ContentType": files.cleaned(content_type)}
        most = min(int(limits["MaxBytes"]), files.LARGEST)
        writing = await asyncio.to_thread(self._store.begin, most)
        return _Kept(self._market, self._store, about | facts, file_name, writing)

    async def _hand_in(self, request: Request, assignment_id: str, fields: list[Pair]) -> dict[str, Any]:
        actor = self._visitor(request) if self._visitor is not None else None
        kept = [{"Name": name, "Value": value} for name, value in fields if name and name not in RESERVED]
        if len(kept) > MAX_FIELDS or any(len(each["Name"]) > LONGEST_NAME for each in kept):
            raise TooMuchSubmitted(fields=MAX_FIELDS, bytes=MAX_BYTES)
        payload = {"AssignmentId": assignment_id, "Fields": kept}
        return await self._market.run_async("SubmitAssignment", actor or SYSTEM, payload)

    async def _again(
        self, request: Request, refusal: AnswerNotTaken, assignment_id: str, fields: list[Pair]
    ) -> Response:
        """The form once more, with what was typed and what is wrong with it at each field."""
        if _wants_json(request):
            return self._refused(request, refusal)
        try:
            opened = await self._market.run_async("OpenFrame", SYSTEM, {"AssignmentId": assignment_id})
        except Refusal as gone:
            return self._refused(request, gone)
        form = parsed(opened["Question"])
        assert isinstance(form, QuestionForm), "only the answers of forms are checked"
        places, market = self._places, self._market
        ends_at = market.clock() + frames.VALID_SECONDS * 1000
        ticket = Ticket(opened["HITId"], assignment_id, "", ends_at, language=_language(request))
        values: dict[str, list[str]] = {question.identifier: [] for question in form.questions}
        for name, value in fields:
            values.setdefault(name, []).append(value)
        text = form_page(
            form,
            submit=Submit.of_frame(places, ticket),
            values=values,
            problems=refusal.problems,
            files={file["QuestionIdentifier"]: file for file in opened["Files"]},
            media=lambda name: media_url(market, places, ticket, name),
            static=self._static,
            facts=script_facts(market, places, ticket),
            language=ticket.language,
            theme="auto",
        )
        return HTMLResponse(text, refusal.page_status, self._reply_headers())

    def _refused(self, request: Request, refusal: Refusal) -> Response:
        status = refusal.page_status
        if _wants_json(request):
            said = {"Message": refusal.message} | ({"TurkErrorCode": refusal.code} if refusal.code else {})
            return JSONResponse(said, status, headers.FROM_FRAMES | headers.BARE)
        text = refused(self._static, refusal, language=_language(request))
        return HTMLResponse(text, status, self._reply_headers())

    def _static(self, name: str) -> str:
        return f"{self._places.site}{STATIC}{name}"

    def _reply_headers(self) -> Mapping[str, str]:
        places = self._places
        return headers.of_reply(static=f"{places.site} {places.task_url}", submit=places.site)


class _Kept:
    """A file of a submission on its way into the blob store; without a place its name is its value."""

    def __init__(
        self,
        market: Market,
        store: blobs.BlobStore,
        about: dict[str, str],
        file_name: str,
        writing: blobs.Writing | None,
    ) -> None:
        self._market = market
        self._store = store
        self._about = about
        self._file_name = file_name
        self._writing = writing
        self._waiting = bytearray()
        self._passed_over = 0

    async def write(self, chunk: bytes) -> None:
        """Take the next piece. Raises `BlobTooLarge`."""
        if self._writing is None:
            self._passed_over += len(chunk)
            if self._passed_over > PASSED_OVER:
                raise blobs.BlobTooLarge(most=PASSED_OVER)
            return
        self._waiting += chunk
        if len(self._waiting) >= blobs.CHUNK:
            await asyncio.to_thread(self._writing.write, bytes(self._waiting))
            self._waiting.clear()

    async def end(self) -> str:
        """Keep the file for its question; answers its key, or the name of one that nobody asked for."""
        if self._writing is None:
            return self._file_name
        await asyncio.to_thread(self._writing.write, bytes(self._waiting))
        writing, self._writing = self._writing, None
        blob, size = await asyncio.to_thread(writing.finish)
        try:
            facts = {"Blob": blob, "Size": size}
            answer = await self._market.run_async("KeepFileAnswer", SYSTEM, self._about | facts)
        except Refusal:
            await asyncio.to_thread(self._store.delete, blob)
            raise
        return str(answer["FileKey"])

    def abandon(self) -> None:
        """Let go of what came."""
        if self._writing is not None:
            self._writing.abandon()


def _named(fields: list[Pair]) -> str:
    """The assignment that fields name; the first of several, which our own forms put into the address."""
    return next((value.strip() for name, value in fields if name == "assignmentId" and value.strip()), "")


def _assignment(fields: list[Pair]) -> str:
    assignment_id = _named(fields)
    if not assignment_id:
        raise NoAssignmentNamed()
    if assignment_id == frames.NO_ASSIGNMENT:
        raise OnlyAPreview()
    if _ID.fullmatch(assignment_id) is None:
        raise NotYours()
    return assignment_id


def _wants_json(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted and "text/html" not in accepted


def _language(request: Request) -> str:
    return preferred(request.headers.get("accept-language", ""))
