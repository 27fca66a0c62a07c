"""XML that strangers send: read without ever following, expanding or trusting anything in it.

What is refused before a parser sees the text: more than `MAX_BYTES`, a DOCTYPE (and with it every entity
declaration), an encoding other than those of the contract. The structure is then read element by element with
`Children`, which refuses whatever is not expected, so a document is never deeper than its own grammar.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lxml import etree

from kempelen.errors import ParameterValidationError

Element = Any
"""An element of lxml, whose types have no public name."""

MAX_BYTES = 65_535
"""Of a whole document, in UTF-8, white space included."""
SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/"
EXTERNAL_QUESTION = f"{SCHEMAS}2006-07-14/ExternalQuestion.xsd"
HTML_QUESTION = f"{SCHEMAS}2011-11-11/HTMLQuestion.xsd"
QUESTION_FORM = f"{SCHEMAS}2005-10-01/QuestionForm.xsd"
QUESTION_FORM_2017 = f"{SCHEMAS}2017-11-06/QuestionForm.xsd"
QUESTION_FORM_ANSWERS = f"{SCHEMAS}2005-10-01/QuestionFormAnswers.xsd"
ANSWER_KEY = f"{SCHEMAS}2005-10-01/AnswerKey.xsd"
INT_MINIMUM, INT_MAXIMUM = -(2**31), 2**31 - 1
"""The bounds of every whole number in these documents (`xs:int`)."""

BLANKS = " \t\r\n"
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""A character that XML 1.0 cannot carry."""
_BYTE_ORDER_MARK = "\ufeff"
_START = re.compile(r"[ \t\r\n\ufeff]*(?:<\?xml(?=[ \t\r\n])([^?]*)\?>)?")
_VERSION = re.compile(r"""\sversion\s*=\s*["']1\.0["']""")
_ENCODING = re.compile(r"""\sencoding\s*=\s*["']([^"']*)["']""")
_PROLOG = re.compile(r"(?:[ \t\r\n]+|<!--(?:(?!--).)*-->|<\?(?:(?!\?>).)*\?>)*+", re.DOTALL)
_NOT_BLANK = re.compile(r"[^\r\n]")
_ENCODINGS = frozenset({"utf-8", "utf8", "utf-16", "us-ascii", "ascii"})
_INTEGER = re.compile(r"[+-]?[0-9]{1,20}")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_SHOWN = 80

_parser = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)


class MalformedDocument(ParameterValidationError):
    __doc__ = (
        "There was an error parsing the XML question or answer data in your request. Please make sure the "
        "data is well-formed and validates against the appropriate schema. Details: {reason}"
    )


def malformed(reason: str, at: Element | None = None) -> MalformedDocument:
    """The refusal to raise; with an element, the reason ends in the line where that element starts."""
    line = at.sourceline if at is not None else None
    return MalformedDocument(reason=f"{reason} (line {line})" if line else reason)


def shown(text: str) -> str:
    """A stranger's text, quoted and cut, fit to stand in a message."""
    cut = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return f'"{cut}"'


def parse(text: str) -> Element:
    """The root element, comments and processing instructions left out. Raises `MalformedDocument`.

    Blanks around the document, a byte order mark and an XML declaration are allowed, in that order too: the
    text has been decoded, so the declared encoding is checked against the contract's and otherwise ignored.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise malformed(f"the character at position {error.start} cannot stand in XML") from None
    if size > MAX_BYTES:
        raise malformed(f"the document has {size} bytes, and at most {MAX_BYTES} are allowed")
    blanked = _without_declaration(text)
    prolog = _PROLOG.match(blanked)
    if prolog is not None and blanked.startswith("<!DOCTYPE", prolog.end()):
        raise malformed("a DOCTYPE or an entity declaration is not allowed")
    return read(blanked, _parser)


def read(text: str, parser: etree.XMLParser) -> Element:
    """The root element by that parser, its errors turned into `MalformedDocument` with line and column."""
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise malformed(_told(error)) from None


def _told(error: etree.XMLSyntaxError) -> str:
    message = error.msg or "the document is empty"
    line, column = error.position
    return message if ", line " in message else f"{message}, line {line}, column {column}"


def _without_declaration(text: str) -> str:
    """The text, byte order mark and XML declaration made blanks, so that lines and columns stay the same."""
    found = _START.match(text)
    assert found is not None, "the pattern matches the empty text"
    if found[1] is None:
        return _NOT_BLANK.sub(" ", found[0]) + text[found.end() :] if _BYTE_ORDER_MARK in found[0] else text
    if not _VERSION.search(found[1]):
        raise malformed("the XML declaration must name version 1.0")
    encoding = _ENCODING.search(found[1])
    if encoding is not None and encoding[1].lower() not in _ENCODINGS:
        raise malformed(f"the encoding {shown(encoding[1])} is not one of UTF-8, UTF-16 and US-ASCII")
    return _NOT_BLANK.sub(" ", found[0]) + text[found.end() :]


def local_name(element: Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: Element) -> str:
    """The element's namespace, empty if it has none."""
    return str(element.tag).rpartition("}")[0][1:]


class Children:
    """Reads the child elements of one element in the order of its grammar; `end` refuses a rest."""

    def __init__(self, parent: Element) -> None:
        _no_attributes(parent)
        self._parent = parent
        self._prefix = str(parent.tag).rpartition("}")[0] + "}"
        self._children = list(parent)
        self._next = 0
        for text in (parent.text, *(child.tail for child in self._children)):
            if text is not None and text.strip(BLANKS):
                raise malformed(
                    f"{local_name(parent)} cannot hold the text {shown(text.strip(BLANKS))}", parent
                )

    def maybe(self, *names: str) -> Element | None:
        """The next child if it has one of these names."""
        if self._next < len(self._children):
            child = self._children[self._next]
            if any(child.tag == self._prefix + name for name in names):
                self._next += 1
                return child
        return None

    def one(self, *names: str) -> Element:
        """The next child, which must have one of these names."""
        child = self.maybe(*names)
        if child is None:
            raise self._unexpected(names)
        return child

    def many(self, *names: str, at_least: int = 1) -> Sequence[Element]:
        """The next children as long as they have one of these names."""
        found = []
        while (child := self.maybe(*names)) is not None:
            found.append(child)
        if len(found) < at_least:
            raise self._unexpected(names)
        return found

    def end(self) -> None:
        """Refuses a further child."""
        if self._next < len(self._children):
            raise self._unexpected(())

    def _unexpected(self, names: Sequence[str]) -> MalformedDocument:
        wanted = f", expected {' or '.join(names)}" if names else ""
        if self._next == len(self._children):
            return malformed(f"{local_name(self._parent)} is not complete{wanted}", self._parent)
        child = self._children[self._next]
        strange = "" if child.tag.startswith(self._prefix) else f" of namespace {shown(namespace(child))}"
        where = local_name(self._parent)
        return malformed(f"element {local_name(child)}{strange} cannot stand here in {where}{wanted}", child)


def text_of(element: Element) -> str:
    """The text of an element that may hold nothing else, blanks kept."""
    _no_attributes(element)
    if len(element):
        raise malformed(f"{local_name(element)} can hold text only", element)
    return element.text or ""


def name_of(element: Element) -> str:
    """The text of an element that names something: it may not be empty."""
    text = text_of(element)
    if not text.strip(BLANKS):
        raise malformed(f"{local_name(element)} is empty", element)
    return text


def one_of(element: Element, allowed: Sequence[str]) -> str:
    """The text of an element, which must be one of those allowed."""
    text = text_of(element)
    if text not in allowed:
        raise malformed(f"{local_name(element)} {shown(text)} is not one of {', '.join(allowed)}", element)
    return text


def integer_of(element: Element, *, minimum: int = INT_MINIMUM, maximum: int = INT_MAXIMUM) -> int:
    """The whole number in an element."""
    return integer(text_of(element), local_name(element), at=element, minimum=minimum, maximum=maximum)


def integer(
    text: str, name: str, *, at: Element, minimum: int = INT_MINIMUM, maximum: int = INT_MAXIMUM
) -> int:
    """The whole number a text names, within its bounds."""
    match = _INTEGER.fullmatch(text.strip(BLANKS))
    if match is None:
        raise malformed(f"{name} {shown(text)} is not a whole number", at)
    number = int(match[0])
    if not minimum <= number <= maximum:
        raise malformed(f"{name} {number} is not between {minimum} and {maximum}", at)
    return number


def boolean_of(element: Element) -> bool:
    """The truth value in an element: true, false, 1 or 0."""
    text = text_of(element)
    found = _BOOLEANS.get(text.strip(BLANKS))
    if found is None:
        raise malformed(f"{local_name(element)} {shown(text)} is neither true nor false", element)
    return found


def attributes_of(element: Element, *allowed: str) -> dict[str, str]:
    """The attributes of an empty element, none but those allowed."""
    if len(element) or (element.text or "").strip(BLANKS):
        raise malformed(f"{local_name(element)} must be empty", element)
    _no_attributes(element, *allowed)
    return {str(name): str(value) for name, value in element.attrib.items() if name in allowed}


def _no_attributes(element: Element, *but: str) -> None:
    for name in element.attrib:
        # xsi:schemaLocation and its kin say where a schema lies and nothing about the document.
        if name not in but and not name.startswith(_SCHEMA_INSTANCE):
            raise malformed(f"attribute {name} is not allowed on {local_name(element)}", element)
