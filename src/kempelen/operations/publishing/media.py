"""Media of requesters: kept under a name, shown in their tasks, given to workers by addresses that end.

A question names them `kempelen-media://NAME`. The bytes come and go by routes of their own; here stands only
what is known of them.
"""

from __future__ import annotations

import re
from typing import Any

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command, query
from kempelen.operations.doing.files import LinkEnded
from kempelen.rules import frames, tokens
from kempelen.rules.lifecycle import AssignmentStatus
from kempelen.store import assignments, hits, media, paging, parties
from kempelen.store.media import Media

UPLOAD_SECONDS = 900
LARGEST = 500_000_000
"""Bytes of one."""
MOST_FILES = 10_000
MOST_BYTES = 50_000_000_000
"""Of all that one requester keeps."""
_TYPE = re.compile(
    r"(?:image|audio|video|font)/[a-z0-9.+-]{1,48}|text/(?:plain|csv|vtt)|application/(?:json|pdf)"
)


class MediaDoesNotExist(Refusal):
    """There are no media named {name}."""

    code = "Kempelen.MediaDoesNotExist"
    page_status = 404


class TooMuchMedia(Refusal):
    """An account keeps at most {files} media files of {bytes} bytes together. Delete some first."""

    code = "Kempelen.TooMuchMedia"


@query("CreateMediaUploadURL", by=Role.REQUESTER)
def create_media_upload_url(call: Call, *, name: str, content_type: str) -> dict[str, Any]:
    """A link to which the bytes of a picture, sound, film or text are sent with PUT, good for 15 minutes."""
    if _TYPE.fullmatch(content_type) is None:
        raise ParameterValidationError(value=content_type, parameter="ContentType")
    ends_at = call.now + UPLOAD_SECONDS * 1000
    actor = call.actor
    position = (actor.account, name, content_type, ends_at)
    ticket = tokens.seal(call.directory.page_secret, _upload_context(call), position)
    return {
        "UploadURL": f"{call.traits.worker_site}/media/{ticket}",
        "Address": f"kempelen-media://{name}",
        "MaxBytes": LARGEST,
        "EndTime": ends_at,
    }


@query("GetMediaUpload", by=Role.SYSTEM)
def get_media_upload(call: Call, *, ticket: str) -> dict[str, Any]:
    """How many bytes an upload link takes, while it is valid."""
    _upload(call, ticket)
    return {"MaxBytes": LARGEST}


@command("KeepMedia", by=Role.SYSTEM)
def keep_media(call: Call, *, ticket: str, blob: str, size: int) -> dict[str, Any]:
    """Keep what was sent to an upload link, in place of media of the same name."""
    requester, name, content_type = _upload(call, ticket)
    kept = Media(name, blob, content_type, size, call.now)
    if not media.keep(call, requester, kept, most_files=MOST_FILES, most_bytes=MOST_BYTES):
        raise TooMuchMedia(files=MOST_FILES, bytes=MOST_BYTES)
    call.emit(Event(EventKind.MediaKept, requester, detail=name))
    return {"Media": _as_answer(kept)}


@query("ListMedia", by=Role.REQUESTER)
def list_media(
    call: Call, *, next_token: str | None = None, max_results: int | None = None
) -> dict[str, Any]:
    """The requester's media by name."""
    page = paging.read(call, next_token, max_results, start=("",))
    rows = media.page(call, after=str(page.after[0]), count=page.count)
    items = [_as_answer(row) for row in rows]
    return paging.answer(call, page, "Media", items, positions=[(row.name,) for row in rows])


@command("DeleteMedia", by=Role.REQUESTER)
def delete_media(call: Call, *, name: str) -> None:
    """Remove media; tasks that name them show a gap."""
    parties.know_requester(call, call.actor)
    if not media.remove(call, call.actor.account, name):
        raise MediaDoesNotExist(name=name)
    call.emit(Event(EventKind.MediaDeleted, call.actor.account, detail=name))


@query("FindMedia", by=Role.SYSTEM)
def find_media(call: Call, *, ticket: str) -> dict[str, Any]:
    """The media an address stands for, while it is valid and its assignment is worked on."""
    try:
        kind, shown, name, ends_at = frames.unseal_media(call.directory.page_secret, call.traits.name, ticket)
    except tokens.InvalidToken:
        raise LinkEnded() from None
    requester = _shows(call, kind, shown) if call.now < ends_at else None
    if requester is None:
        raise LinkEnded()
    found = media.find(call, requester, name)
    if found is None:
        raise MediaDoesNotExist(name=name)
    return {"Blob": found.blob, "ContentType": found.type, "Size": found.size}


def _shows(call: Call, kind: str, shown: str) -> int | None:
    """The requester whose media an assignment at work, or a preview, shows."""
    if kind == "H":
        return hits.by_id(call, shown).requester
    assignment = assignments.by_id(call, shown)
    at_work = assignment.status == AssignmentStatus.ASSIGNED and call.now < assignment.abandon_at
    return assignment.requester if at_work else None


def _upload(call: Call, ticket: str) -> tuple[int, str, str]:
    try:
        requester, name, content_type, ends_at = tokens.unseal(
            call.directory.page_secret, _upload_context(call), ticket
        )
    except tokens.InvalidToken:
        raise LinkEnded() from None
    if call.now >= int(ends_at):
        raise LinkEnded()
    return int(requester), str(name), str(content_type)


def _upload_context(call: Call) -> str:
    return f"media upload {call.traits.name}"


def _as_answer(kept: Media) -> dict[str, Any]:
    return {
        "Name": kept.name,
        "Address": f"kempelen-media://{kept.name}",
        "ContentType": kept.type,
        "Size": kept.size,
        "CreationTime": kept.created_at,
    }
