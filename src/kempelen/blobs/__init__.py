"""Blobs: where files are kept. One file a kind of place; all names are made here, never by a user.

Adapters: they are called by doors and jobs and never from an operation. What a blob is, whose it is and what
its user called it stands in the database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from kempelen.errors import Refusal

CHUNK = 1_048_576
NewName = Callable[[], str]
"""Answers a new unguessable name."""
_NAME = re.compile(r"[0-9A-Z]{30}", re.ASCII)


class BlobTooLarge(Refusal):
    """The file is larger than the {most} bytes that are taken."""

    status = 413
    page_status = 413
    code = "AWS.MechanicalTurk.InvalidParameterValue"


class BlobMissing(Refusal):
    """The file is no longer kept."""

    status = 404
    page_status = 404
    code = "AWS.MechanicalTurk.InvalidParameterValue"


class Writing(Protocol):
    """A blob on its way in. Exactly one of `finish` and `abandon` ends it."""

    def write(self, chunk: bytes) -> None:
        """Add to it. Raises `BlobTooLarge`."""

    def finish(self) -> tuple[str, int]:
        """Keep it, safe against a power cut; answers its name and its size in bytes."""

    def abandon(self) -> None:
        """Let go of what was written."""


class BlobStore(Protocol):
    """A place for blobs. Safe to share between threads."""

    def begin(self, most: int) -> Writing:
        """A new blob of at most `most` bytes."""

    def open(self, name: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes of a blob, or of a part of it, in pieces. Raises `BlobMissing` before the first."""

    def delete(self, name: str) -> None:
        """Remove a blob, if it is there."""

    def older(self, before: int, *, after: str, most: int) -> list[str]:
        """Names of blobs last changed before a moment (UTC milliseconds), in order, from behind `after`."""


def put(store: BlobStore, stream: Iterable[bytes], *, most: int) -> tuple[str, int]:
    """Keep a stream of at most `most` bytes; answers its name and size. Raises `BlobTooLarge`."""
    writing = store.begin(most)
    try:
        for chunk in stream:
            writing.write(chunk)
        return writing.finish()
    except BaseException:
        writing.abandon()
        raise


def checked(name: str) -> str:
    """A name that was made here. Raises `BlobMissing` for everything else, so no path is ever a user's."""
    if _NAME.fullmatch(name) is None:
        raise BlobMissing()
    return name
