"""The one file in a request's body: the body itself, or the first file of a form, read as it comes."""

from __future__ import annotations

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from kempelen.errors import Refusal
from kempelen.rules.sentences import Sentence

MOST_HEADER_BYTES = 8_192
LONGEST_BOUNDARY = 200


class MalformedUpload(Refusal):
    """The upload cannot be read: {reason}"""

    code = "AWS.MechanicalTurk.InvalidParameterValue"
    page_status = 400


class Part:
    """A body that is the file."""

    def __init__(self, *, file_name: str = "", content_type: str = "") -> None:
        self.file_name = file_name
        self.content_type = content_type

    def read(self, chunk: bytes) -> bytes:
        """The bytes of the file in the next piece of the body. Raises `MalformedUpload`."""
        return chunk

    def end(self) -> None:
        """The body has ended. Raises `MalformedUpload` if no whole file was in it."""


class FilePart(Part):
    """A form of which one field is a file; the others are passed over."""

    @staticmethod
    def of(content_type: str, *, name: str) -> Part:
        """What reads a body of this Content-Type. `name`: what a body that is the file is called."""
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data":
            return Part(file_name=name, content_type=content_type)
        boundary = options.get(b"boundary", b"")
        if not 0 < len(boundary) <= LONGEST_BOUNDARY:
            raise MalformedUpload(reason=Sentence("the form has no boundary."))
        return FilePart(boundary)

    def __init__(self, boundary: bytes) -> None:
        super().__init__()
        self._found = bytearray()
        self._name = bytearray()
        self._value = bytearray()
        self._headers: dict[bytes, bytes] = {}
        self._header_bytes = 0
        self._in_file = False
        self._seen = False
        self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_end,
                "on_part_data": self._data,
                "on_part_end": self._part_end,
            },
        )

    def read(self, chunk: bytes) -> bytes:
        self._found.clear()
        try:
            self._parser.write(chunk)
        except MultipartParseError as fault:
            raise MalformedUpload(reason=Sentence("the form is not well-formed.")) from fault
        return bytes(self._found)

    def end(self) -> None:
        if not self._ended:
            raise MalformedUpload(reason=Sentence("there is no whole file in the form."))

    def _begin(self) -> None:
        self._headers = {}

    def _count(self, added: int) -> None:
        self._header_bytes += added
        if self._header_bytes > MOST_HEADER_BYTES:
            raise MalformedUpload(reason=Sentence("the form has too many fields."))

    def _header_name(self, piece: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._name += piece[start:end]

    def _header_value(self, piece: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._value += piece[start:end]

    def _header_end(self) -> None:
        self._headers[bytes(self._name).lower()] = bytes(self._value)
        self._name.clear()
        self._value.clear()

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._in_file = b"filename" in options and not self._seen
        if self._in_file:
            self._seen = True
            self.file_name = options[b"filename"].decode("utf-8", "replace")
            self.content_type = self._headers.get(b"content-type", b"").decode("ascii", "replace")

    def _data(self, piece: bytes, start: int, end: int) -> None:
        if self._in_file:
            self._found += piece[start:end]

    def _part_end(self) -> None:
        self._ended = self._ended or self._in_file
        self._in_file = False
