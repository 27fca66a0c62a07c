"""Questions of HITs and tests of qualifications, from the XML that requesters send."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kempelen.rules import documents, question_form
from kempelen.rules.documents import (
    BLANKS,
    Children,
    Element,
    integer_of,
    local_name,
    malformed,
    namespace,
    shown,
    text_of,
)
from kempelen.rules.question_form import QuestionForm

MAX_FRAME_HEIGHT = 100_000

_ADDRESS = re.compile(
    r"(https?)://(?:[^/?#@\\]*@)?"  # a scheme and perhaps a user
    r"(?:\[[0-9A-Fa-f:.]+\]|[^/?#@:\\\[\]]+)(?::([0-9]{0,5}))?"  # a host and perhaps a port
    r"(?:[/?#].*)?",
    re.IGNORECASE,
)
_BLANK_OR_CONTROL = re.compile(r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]")
_PORTS = 65_535
_PLAIN_EXTERNAL = re.compile(
    r'\s*(?:<\?xml version="1\.0"(?: encoding="UTF-8")?\?>\s*)?'
    rf'<ExternalQuestion xmlns="{re.escape(documents.EXTERNAL_QUESTION)}">'
    r"[ \t\r\n]*<ExternalURL>((?:[!#-%'-;=?-~]|&amp;)+)</ExternalURL>"
    r"[ \t\r\n]*<FrameHeight>([0-9]{1,9})</FrameHeight>[ \t\r\n]*</ExternalQuestion>[ \t\r\n]*",
    re.ASCII,
)
"""The spelling nearly every ExternalQuestion has: plain ASCII, nothing but `&amp;` to decode. A tenth of the
time of a parser; whatever does not fit goes to the parser, which decides."""


@dataclass(frozen=True, slots=True)
class ExternalQuestion:
    """A page of the requester's own. The height is in pixels; 0 means as high as the window."""

    url: str
    frame_height: int


@dataclass(frozen=True, slots=True)
class HTMLQuestion:
    """A whole HTML document, served by us. The height is in pixels; 0 means as high as the window."""

    html: str
    frame_height: int


Question = ExternalQuestion | HTMLQuestion | QuestionForm

_HTML_START = f'<HTMLQuestion xmlns="{documents.HTML_QUESTION}"><HTMLContent><![CDATA['
_HTML_END = re.compile(
    r"\]\]></HTMLContent>\s*<FrameHeight>([0-9]{1,9})</FrameHeight>\s*</HTMLQuestion>\s*", re.ASCII
)
"""How layouts are filled, and how nearly every HTMLQuestion is written, blanks aside."""
_NOT_A_FORM = re.compile(r"\s*(?:<\?xml[^?>]*\?>\s*)?<(?:HTMLQuestion|ExternalQuestion)[\s>]", re.ASCII)


def may_be_form(start: str) -> bool:
    """Whether a question that was checked may be a QuestionForm, by how its text starts."""
    return _NOT_A_FORM.match(start) is None


def parse(text: str, *, allow_http: bool = True) -> Question:
    """The question that the XML says. Raises `MalformedDocument` with the reason, and the line where known.

    With `allow_http` False an ExternalURL must be https.
    """
    plain = _PLAIN_EXTERNAL.fullmatch(text)
    if plain is not None and len(text) <= documents.MAX_BYTES:
        question = _plain_external(plain, allow_http=allow_http)
        if question is not None:
            return question
    if text.startswith(_HTML_START):
        html = _plain_html(text)
        if html is not None:
            return html
    root = documents.parse(text)
    match (namespace(root), local_name(root)):
        case (documents.EXTERNAL_QUESTION, "ExternalQuestion"):
            return _external(root, allow_http=allow_http)
        case (documents.HTML_QUESTION, "HTMLQuestion"):
            return _html(root)
        case (documents.QUESTION_FORM, "QuestionForm"):
            return question_form.read(root)
        case (documents.QUESTION_FORM_2017, "QuestionForm"):
            return question_form.read(root, files=False, applications=False)
    raise _unknown(root, "ExternalQuestion, HTMLQuestion or QuestionForm")


def _plain_external(found: re.Match[str], *, allow_http: bool) -> ExternalQuestion | None:
    """The question of an ExternalQuestion in its commonest spelling; None where a parser has to look."""
    address = _ADDRESS.fullmatch(found[1])
    if address is None or int(address[2] or 0) > _PORTS or not (allow_http or found[1][:6] == "https:"):
        return None
    height = int(found[2])
    return ExternalQuestion(found[1].replace("&amp;", "&"), height) if height <= MAX_FRAME_HEIGHT else None


def _plain_html(text: str) -> HTMLQuestion | None:
    """The question of an HTMLQuestion in its commonest spelling; None where a parser has to look.

    Carriage returns, which a parser makes line feeds, and what XML cannot carry are the parser's.
    """
    end = text.find("]]>", len(_HTML_START))
    found = _HTML_END.fullmatch(text, end) if end >= 0 else None
    if found is None or "\r" in text or documents.ILLEGAL.search(text) or int(found[1]) > MAX_FRAME_HEIGHT:
        return None
    if len(text.encode()) > documents.MAX_BYTES:
        return None
    return HTMLQuestion(text[len(_HTML_START) : end], int(found[1]))


def parse_test(text: str) -> QuestionForm:
    """The test of a qualification: a QuestionForm that asks for no file. Raises `MalformedDocument`."""
    root = documents.parse(text)
    match (namespace(root), local_name(root)):
        case (documents.QUESTION_FORM, "QuestionForm"):
            return question_form.read(root, files=False)
        case (documents.QUESTION_FORM_2017, "QuestionForm"):
            return question_form.read(root, files=False, applications=False)
    raise _unknown(root, "QuestionForm")


def _unknown(root: Element, wanted: str) -> documents.MalformedDocument:
    name, space = shown(local_name(root)), shown(namespace(root))
    return malformed(
        f"the root element {name} of namespace {space} is not known here, expected {wanted}", root
    )


def _external(root: Element, *, allow_http: bool) -> ExternalQuestion:
    children = Children(root)
    address = children.one("ExternalURL")
    height = children.one("FrameHeight")
    children.end()
    url = text_of(address).strip(BLANKS)
    _check_address(url, address, allow_http=allow_http)
    return ExternalQuestion(url, _height(height))


def _check_address(url: str, element: Element, *, allow_http: bool) -> None:
    found = _ADDRESS.fullmatch(url)
    if found is None or _BLANK_OR_CONTROL.search(url) or int(found[2] or 0) > _PORTS:
        raise malformed(f"ExternalURL {shown(url)} is not an absolute http or https address", element)
    if not allow_http and found[1].lower() != "https":
        raise malformed(f"ExternalURL {shown(url)} must begin with https://", element)


def _html(root: Element) -> HTMLQuestion:
    children = Children(root)
    content = children.one("HTMLContent")
    height = children.one("FrameHeight")
    children.end()
    return HTMLQuestion(text_of(content), _height(height))


def _height(element: Element) -> int:
    return integer_of(element, minimum=0, maximum=MAX_FRAME_HEIGHT)
