"""The body of a submission, however a page sends it: a form, a multipart form with files, JSON, or nothing.

Fields are bounded in number and size while they come; files go to the blob store piece by piece.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Protocol
from urllib.parse import unquote_to_bytes

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from kempelen.rules.answers import MAX_BYTES, MAX_FIELDS, TooMuchSubmitted
from kempelen.rules.sentences import Sentence
from kempelen.web.parts import LONGEST_BOUNDARY, MOST_HEADER_BYTES, MalformedUpload

LARGEST_BODY = 3 * MAX_BYTES + 65_536
"""Of a body without files: a byte of a value can take three in a form."""
MOST_PARTS = MAX_FIELDS + 100

Pair = tuple[str, str]


class Sink(Protocol):
    """Where the bytes of one file go."""

    async def write(self, chunk: bytes) -> None:
        """Take the next piece."""

    async def end(self) -> str:
        """All has come; answers what the field's value is then."""

    def abandon(self) -> None:
        """Let go of what came."""


OpenFile = Callable[[list[Pair], str, str, str], Awaitable[Sink]]
"""Given the fields so far, a file's field, its name and its type: where its bytes go."""


async def read_body(content_type: str, stream: AsyncIterator[bytes], open_file: OpenFile) -> list[Pair]:
    """The fields of a body in their order, files standing as what their sink says.

    Raises `MalformedUpload`, `TooMuchSubmitted` and what `open_file` and its sinks raise.
    """
    kind, options = parse_options_header(content_type)
    if kind == b"multipart/form-data":
        boundary = options.get(b"boundary", b"")
        if not 0 < len(boundary) <= LONGEST_BOUNDARY:
            raise MalformedUpload(reason=Sentence("the form has no boundary."))
        return await _Parts(boundary, open_file).read(stream)
    body = bytearray()
    async for chunk in stream:
        body += chunk
        if len(body) > LARGEST_BODY:
            raise TooMuchSubmitted(fields=MAX_FIELDS, bytes=MAX_BYTES)
    if kind == b"application/json":
        return _of_json(bytes(body))
    return read_pairs(bytes(body))


def read_pairs(text: bytes) -> list[Pair]:
    """The fields of an urlencoded form or a query. Raises `TooMuchSubmitted`."""
    if text.count(b"&") >= MOST_PARTS:
        raise TooMuchSubmitted(fields=MAX_FIELDS, bytes=MAX_BYTES)
    pairs = []
    for part in text.split(b"&"):
        name, _, value = part.partition(b"=")
        if part:
            pairs.append((_decoded(_plain(name)), _decoded(_plain(value))))
    return pairs


def _plain(written: bytes) -> bytes:
    return unquote_to_bytes(written.replace(b"+", b" "))


def _decoded(octets: bytes) -> str:
    """As UTF-8, else as the character set of old pages that named none."""
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("windows-1252", "replace")


def _of_json(body: bytes) -> list[Pair]:
    try:
        value = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        raise MalformedUpload(reason=Sentence("it is not JSON.")) from None
    if not isinstance(value, dict):
        raise MalformedUpload(reason=Sentence("the JSON must be one object, a member for each field."))
    if len(value) > MOST_PARTS:
        raise TooMuchSubmitted(fields=MAX_FIELDS, bytes=MAX_BYTES)
    return [(name, each if isinstance(each, str) else json.dumps(each)) for name, each in value.items()]


class _Parts:
    """A multipart form, read as it comes. The parser notes what it finds; files are then written in turn."""

    def __init__(self, boundary: bytes, open_file: OpenFile) -> None:
        self._open_file = open_file
        self._fields: list[Pair] = []
        self._size = 0
        self._parts = 0
        self._header_bytes = 0
        self._header_name, self._header_value = bytearray(), bytearray()
        self._headers: dict[bytes, bytes] = {}
        self._found: list[Mapping[bytes, bytes] | bytes | None] = []
        """The headers of a part that begins, a piece of it, or None: it has ended."""
        self._name = ""
        self._value = bytearray()
        self._sink: Sink | None = None
        self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._name_came,
                "on_header_value": self._value_came,
                "on_header_end": self._header_ended,
                "on_headers_finished": lambda: self._found.append(dict(self._headers)),
                "on_part_data": lambda piece, start, end: self._found.append(bytes(piece[start:end])),
                "on_part_end": lambda: self._found.append(None),
                "on_end": self._end,
            },
        )

    async def read(self, stream: AsyncIterator[bytes]) -> list[Pair]:
        """The fields."""
        try:
            async for chunk in stream:
                self._parse(chunk)
                found, self._found = self._found, []
                for each in found:
                    await self._take(each)
            if self._parts and not self._ended:
                raise MalformedUpload(reason=Sentence("the form has no end."))
        except BaseException:
            if self._sink is not None:
                self._sink.abandon()
            raise
        return self._fields

    def _parse(self, chunk: bytes) -> None:
        try:
            self._parser.write(chunk)
        except MultipartParseError as fault:
            raise MalformedUpload(reason=Sentence("the form is not well-formed.")) from fault

    async def _take(self, found: Mapping[bytes, bytes] | bytes | None) -> None:
        if isinstance(found, bytes):
            if self._sink is not None:
                await self._sink.write(found)
            else:
                self._grow(len(found))
                self._value += found
        elif found is not None:
            await self._part_begins(found)
        elif self._sink is not None:
            sink, self._sink = self._sink, None
            self._fields.append((self._name, await sink.end()))
        elif self._name:
            self._fields.append((self._name, _decoded(bytes(self._value))))

    async def _part_begins(self, headers: Mapping[bytes, bytes]) -> None:
        _, options = parse_options_header(headers.get(b"content-disposition", b""))
        self._name = _decoded(options.get(b"name", b""))
        self._value = bytearray()
        self._grow(len(self._name))
        file_name = _decoded(options.get(b"filename", b""))
        if self._name and file_name:
            content_type = headers.get(b"content-type", b"").decode("ascii", "replace")
            self._sink = await self._open_file(self._fields, self._name, file_name, content_type)

    def _grow(self, added: int) -> None:
        self._size += added
        if self._size > LARGEST_BODY:
            raise TooMuchSubmitted(fields=MAX_FIELDS, bytes=MAX_BYTES)

    def _begin(self) -> None:
        self._headers = {}
        self._header_bytes = 0
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise TooMuchSubmitted(fields=MAX_FIELDS, bytes=MAX_BYTES)

    def _count(self, added: int) -> None:
        self._header_bytes += added
        if self._header_bytes > MOST_HEADER_BYTES:
            raise MalformedUpload(reason=Sentence("a field of the form has too long a name."))

    def _name_came(self, piece: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._header_name += piece[start:end]

    def _value_came(self, piece: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._header_value += piece[start:end]

    def _header_ended(self) -> None:
        self._headers[bytes(self._header_name).lower()] = bytes(self._header_value)
        self._header_name.clear()
        self._header_value.clear()

    def _end(self) -> None:
        self._ended = True
