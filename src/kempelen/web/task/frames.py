"""What the page around a task needs for its frame: address, sandbox, permissions, the messages' secrets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kempelen.market import Market
from kempelen.rules import frames as rules
from kempelen.rules import questions
from kempelen.rules.frames import Ticket
from kempelen.rules.question_form import QuestionForm
from kempelen.rules.questions import ExternalQuestion, Question
from kempelen.web.task.places import Places


@dataclass(frozen=True, slots=True)
class Frame:
    """A task's frame, ready for its element."""

    kind: str
    """`ExternalQuestion`, `HTMLQuestion` or `QuestionForm`."""
    url: str
    height: int
    """In pixels; 0: as high as its content says, else as the window allows."""
    sandbox: str
    """The element's `sandbox` attribute."""
    allow: str
    """The element's `allow` attribute."""
    devices: tuple[str, ...]
    """What the HIT type asks for, in the words of task settings; the worker is asked first."""
    granted: tuple[str, ...]
    """Those of them that the worker has agreed to."""
    sources: tuple[str, ...]
    """What the page's `frame-src` must allow: requesters' pages lead on to others, and to the reply."""
    nonce: str
    """Carried by every message in either direction. Messages in it are the content's own claims."""
    receipt: str
    """Carried instead by `kempelen:submitted` alone, which content cannot forge; empty in a preview."""


@lru_cache(maxsize=512)
def parsed(question: str) -> Question:
    """The question behind a HIT's XML, which was checked when the HIT was made."""
    return questions.parse(question)


def frame_of(
    market: Market,
    places: Places,
    task: Mapping[str, Any],
    *,
    allowed: Collection[str] = (),
    language: str = "en",
    theme: str = "auto",
) -> Frame:
    """The frame of a Task as GetTask, AcceptHIT and PreviewHIT answer it.

    `allowed` are those of the devices the HIT type asks for that the worker has agreed to. Language and theme
    are those of our own forms.
    """
    question = parsed(str(task["Question"]))
    asked = tuple((task.get("Settings") or {}).get("Devices") or ())
    devices = tuple(name for name in rules.DEVICES if name in asked and name in allowed)
    secret, world = market.directory.page_secret, places.world
    shown = {"hit_id": str(task["HITId"]), "assignment_id": str(task.get("AssignmentId") or "")}
    ticket = Ticket(
        **shown,
        worker_id=str(task.get("WorkerIdForRequester") or ""),
        ends_at=market.clock() + rules.VALID_SECONDS * 1000,
        devices=devices,
        language=language,
        theme=theme,
    )
    return Frame(
        kind=type(question).__name__,
        url=frame_url(places, question, ticket, secret=secret, hit_type_id=str(task["HITTypeId"])),
        height=0 if isinstance(question, QuestionForm) else question.frame_height,
        sandbox=sandbox_attribute(places, question),
        allow=rules.allow(devices),
        devices=asked,
        granted=devices,
        sources=_sources(places, question, hit_type_id=str(task["HITTypeId"])),
        nonce=rules.nonce(secret, world, **shown),
        receipt=rules.receipt(secret, world, assignment_id=ticket.assignment_id)
        if ticket.assignment_id
        else "",
    )


def _sources(places: Places, question: Question, *, hit_type_id: str) -> tuple[str, ...]:
    own = (rules.origin_of(places.content_base(hit_type_id)), rules.origin_of(places.site))
    if isinstance(question, QuestionForm):
        return own
    return (*own, "https:") if places.site.startswith("https:") else (*own, "https:", "http:")


def frame_url(places: Places, question: Question, ticket: Ticket, *, secret: bytes, hit_type_id: str) -> str:
    """The address of a frame, with the parameters that MTurk's pages are given, and no other."""
    query = rules.parameters(
        hit_id=ticket.hit_id,
        assignment_id=ticket.assignment_id,
        worker_id=ticket.worker_id,
        submit_to=places.site,
    )
    if isinstance(question, ExternalQuestion):
        return rules.with_parameters(question.url, query)
    sealed = rules.seal(secret, places.world, ticket)
    return f"{places.content_base(hit_type_id)}/{places.world}/frames/{sealed}?{query}"


def sandbox_attribute(places: Places, question: Question) -> str:
    """The `sandbox` attribute: a requester's own site may have its origin, unless that were one of ours."""
    foreign = isinstance(question, ExternalQuestion) and not places.is_ours(question.url)
    return rules.sandbox(same_origin=foreign, dialogs=places.dialogs)
