"""QuestionForm: the questions that the site itself renders, as a tree of frozen values.

Structure as in the published schema QuestionForm 2005-10-01; that of 2017-11-06 is the same without
FileUploadAnswer and Application.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from kempelen.rules import formatted_content, patterns
from kempelen.rules.documents import (
    BLANKS,
    Children,
    Element,
    attributes_of,
    boolean_of,
    integer,
    integer_of,
    local_name,
    malformed,
    name_of,
    one_of,
    shown,
    text_of,
)
from kempelen.rules.frames import MEDIA

RESERVED = frozenset({"assignmentId", "hitId", "workerId", "turkSubmitTo"})
"""Names of fields that travel with every submission and never are answers."""
MAX_FILE_BYTES = 2_000_000_000
DEFAULT_ERROR_TEXT = "Invalid input supplied."
STYLES = ("radiobutton", "checkbox", "list", "dropdown", "combobox", "multichooser")
_SINGLE_STYLES = frozenset({"radiobutton", "dropdown"})
_URL = re.compile(rf"(?i:https?://[^\x00-\x20\x7f]+)|{MEDIA.pattern}")


@dataclass(frozen=True, slots=True)
class Title:
    """A heading."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text, a paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class List:
    """A bulleted list of plain texts."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Binary:
    """A picture, sound or film by its address; `subtype` is empty where none was given."""

    type: str
    subtype: str
    url: str
    alternative_text: str


@dataclass(frozen=True, slots=True)
class EmbeddedBinary:
    """A picture, sound, film or other object shown in the page; width and height as they were written."""

    type: str
    subtype: str
    url: str
    alternative_text: str
    width: str
    height: str
    parameters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FormattedContent:
    """Checked XHTML, written as HTML that is safe to stand in a page."""

    html: str


@dataclass(frozen=True, slots=True)
class Application:
    """A Java applet or a Flash film, which no browser runs any more."""

    kind: Literal["JavaApplet", "Flash"]


Content = Title | Text | List | Binary | EmbeddedBinary | FormattedContent | Application


@dataclass(frozen=True, slots=True)
class AnswerFormat:
    """A regular expression that must be found in the answer; JavaScript's syntax and flags."""

    regex: str
    error_text: str = DEFAULT_ERROR_TEXT
    flags: str = ""


@dataclass(frozen=True, slots=True)
class Constraints:
    """What a text must meet, all of it. None means no bound."""

    is_numeric: bool = False
    minimum_value: int | None = None
    maximum_value: int | None = None
    minimum_length: int | None = None
    maximum_length: int | None = None
    formats: tuple[AnswerFormat, ...] = ()


@dataclass(frozen=True, slots=True)
class FreeText:
    """A text typed by the worker."""

    constraints: Constraints = Constraints()
    default_text: str = ""
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Selection:
    """One of the things to choose from."""

    identifier: str
    content: Text | Binary | FormattedContent


@dataclass(frozen=True, slots=True)
class SelectionAnswer:
    """A choice among selections and, with `other`, a text of the worker's own."""

    selections: tuple[Selection, ...]
    minimum: int = 1
    maximum: int = 1
    style: str = ""
    other: FreeText | None = None

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The selection identifiers in the order of the form."""
        return tuple(selection.identifier for selection in self.selections)


@dataclass(frozen=True, slots=True)
class FileUpload:
    """A file whose size in bytes lies within the bounds."""

    minimum_bytes: int
    maximum_bytes: int


AnswerSpecification = FreeText | SelectionAnswer | FileUpload


@dataclass(frozen=True, slots=True)
class Overview:
    """Content that asks nothing."""

    content: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class FormQuestion:
    """One question of a form. `required` includes what a minimum length demands."""

    identifier: str
    display_name: str
    required: bool
    content: tuple[Content, ...]
    answer: AnswerSpecification


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """The overviews and questions of a form, in order."""

    items: tuple[Overview | FormQuestion, ...]

    @property
    def questions(self) -> tuple[FormQuestion, ...]:
        """The questions alone, in order."""
        return tuple(item for item in self.items if isinstance(item, FormQuestion))

    @property
    def overviews(self) -> tuple[Overview, ...]:
        """The overviews alone, in order."""
        return tuple(item for item in self.items if isinstance(item, Overview))


def read(root: Element, *, files: bool = True, applications: bool = True) -> QuestionForm:
    """The form below a QuestionForm element. Raises `MalformedDocument` with reason and line.

    `files` and `applications` say whether FileUploadAnswer and Application may occur.
    """
    children = Children(root)
    elements = children.many("Overview", "Question")
    children.end()
    seen: set[str] = set()
    items: list[Overview | FormQuestion] = []
    for element in elements:
        if local_name(element) == "Overview":
            items.append(Overview(_content(element, applications=applications)))
            continue
        question = _question(element, files=files, applications=applications)
        if question.identifier in seen:
            raise malformed(f"QuestionIdentifier {shown(question.identifier)} occurs twice", element)
        seen.add(question.identifier)
        items.append(question)
    return QuestionForm(tuple(items))


def _question(element: Element, *, files: bool, applications: bool) -> FormQuestion:
    children = Children(element)
    identifier = name_of(children.one("QuestionIdentifier"))
    if identifier in RESERVED:
        raise malformed(f"QuestionIdentifier {shown(identifier)} is a reserved field name", element)
    display_name = children.maybe("DisplayName")
    is_required = children.maybe("IsRequired")
    content = _content(children.one("QuestionContent"), applications=applications)
    answer = _answer(children.one("AnswerSpecification"), files=files)
    children.end()
    demanded = isinstance(answer, FreeText) and (answer.constraints.minimum_length or 0) >= 1
    return FormQuestion(
        identifier=identifier,
        display_name=text_of(display_name) if display_name is not None else "",
        required=demanded or (is_required is not None and boolean_of(is_required)),
        content=content,
        answer=answer,
    )


def _content(element: Element, *, applications: bool) -> tuple[Content, ...]:
    children = Children(element)
    names = [name for name in _CONTENT if applications or name != "Application"]
    content = tuple(_CONTENT[local_name(child)](child) for child in children.many(*names))
    children.end()
    return content


def _list(element: Element) -> List:
    children = Children(element)
    items = tuple(text_of(item) for item in children.many("ListItem"))
    children.end()
    return List(items)


def _formatted(element: Element) -> FormattedContent:
    return FormattedContent(formatted_content.to_html(text_of(element)))


def _binary(element: Element) -> Binary:
    children = Children(element)
    mime = Children(children.one("MimeType"))
    kind = one_of(mime.one("Type"), ("image", "audio", "video"))
    subtype = mime.maybe("SubType")
    mime.end()
    url, alternative_text = _url(children.one("DataURL")), text_of(children.one("AltText"))
    children.end()
    return Binary(kind, text_of(subtype) if subtype is not None else "", url, alternative_text)


def _embedded(element: Element) -> EmbeddedBinary:
    children = Children(element)
    mime = Children(children.one("EmbeddedMimeType"))
    kind, subtype = text_of(mime.one("Type")), text_of(mime.one("SubType"))
    mime.end()
    url, alternative_text = _url(children.one("DataURL")), text_of(children.one("AltText"))
    width, height = text_of(children.one("Width")), text_of(children.one("Height"))
    parameters = _parameters(children)
    return EmbeddedBinary(kind, subtype, url, alternative_text, width, height, parameters)


def _application(element: Element) -> Application:
    outer = Children(element)
    program = outer.one("JavaApplet", "Flash")
    outer.end()
    children = Children(program)
    if local_name(program) == "JavaApplet":
        _url(children.one("AppletPath"))
        text_of(children.one("AppletFilename"))
        kind: Literal["JavaApplet", "Flash"] = "JavaApplet"
    else:
        _url(children.one("FlashMovieURL"))
        kind = "Flash"
    text_of(children.one("Width"))
    text_of(children.one("Height"))
    _parameters(children)
    return Application(kind)


def _parameters(children: Children) -> tuple[tuple[str, str], ...]:
    found = []
    for element in children.many("ApplicationParameter", at_least=0):
        inner = Children(element)
        found.append((text_of(inner.one("Name")), text_of(inner.one("Value"))))
        inner.end()
    children.end()
    return tuple(found)


def _url(element: Element) -> str:
    url = text_of(element).strip(BLANKS)
    if _URL.fullmatch(url) is None:
        reason = f"{local_name(element)} {shown(url)} is not an http, https or kempelen-media address"
        raise malformed(reason, element)
    return url


_CONTENT: dict[str, Callable[[Element], Content]] = {
    "Title": lambda element: Title(text_of(element)),
    "Text": lambda element: Text(text_of(element)),
    "List": _list,
    "Binary": _binary,
    "EmbeddedBinary": _embedded,
    "FormattedContent": _formatted,
    "Application": _application,
}


def _answer(element: Element, *, files: bool) -> AnswerSpecification:
    children = Children(element)
    names = ("FreeTextAnswer", "SelectionAnswer", "FileUploadAnswer")
    found = children.one(*(names if files else names[:2]))
    children.end()
    match local_name(found):
        case "FreeTextAnswer":
            return _free_text(found)
        case "SelectionAnswer":
            return _selection_answer(found)
    return _file_upload(found)


def _free_text(element: Element) -> FreeText:
    children = Children(element)
    constraints = children.maybe("Constraints")
    default_text = children.maybe("DefaultText")
    lines = children.maybe("NumberOfLinesSuggestion")
    children.end()
    return FreeText(
        constraints=_constraints(constraints) if constraints is not None else Constraints(),
        default_text=text_of(default_text) if default_text is not None else "",
        lines=integer_of(lines, minimum=1) if lines is not None else 1,
    )


def _constraints(element: Element) -> Constraints:
    children = Children(element)
    numeric, length = children.maybe("IsNumeric"), children.maybe("Length")
    formats = tuple(_format(found) for found in children.many("AnswerFormatRegex", at_least=0))
    children.end()
    values = attributes_of(numeric, "minValue", "maxValue") if numeric is not None else {}
    lengths = attributes_of(length, "minLength", "maxLength") if length is not None else {}
    numbers = {name: integer(text, name, at=element) for name, text in values.items()} | {
        name: integer(text, name, at=element, minimum=int(name == "maxLength"))
        for name, text in lengths.items()
    }
    for low, high in (("minValue", "maxValue"), ("minLength", "maxLength")):
        if low in numbers and high in numbers and numbers[low] > numbers[high]:
            raise malformed(f"{low} {numbers[low]} is more than {high} {numbers[high]}", element)
    return Constraints(
        is_numeric=numeric is not None,
        minimum_value=numbers.get("minValue"),
        maximum_value=numbers.get("maxValue"),
        minimum_length=numbers.get("minLength"),
        maximum_length=numbers.get("maxLength"),
        formats=formats,
    )


def _format(element: Element) -> AnswerFormat:
    attributes = attributes_of(element, "regex", "errorText", "flags")
    if "regex" not in attributes:
        raise malformed("AnswerFormatRegex needs the attribute regex", element)
    regex, flags = attributes["regex"], attributes.get("flags", "")
    try:
        patterns.check(regex, flags)
    except patterns.BadPattern as error:
        raise malformed(f"the regular expression {shown(regex)} cannot be used: {error}", element) from None
    return AnswerFormat(regex, attributes.get("errorText", DEFAULT_ERROR_TEXT), flags)


def _selection_answer(element: Element) -> SelectionAnswer:
    children = Children(element)
    least, most = children.maybe("MinSelectionCount"), children.maybe("MaxSelectionCount")
    suggestion = children.maybe("StyleSuggestion")
    inner = Children(children.one("Selections"))
    children.end()
    selections = tuple(_selection(found) for found in inner.many("Selection"))
    other = inner.maybe("OtherSelection")
    inner.end()
    answer = SelectionAnswer(
        selections=selections,
        minimum=integer_of(least, minimum=0) if least is not None else 1,
        maximum=integer_of(most, minimum=1) if most is not None else 1,
        style=one_of(suggestion, STYLES) if suggestion is not None else "",
        other=_free_text(other) if other is not None else None,
    )
    _check_counts(answer, element)
    return answer


def _check_counts(answer: SelectionAnswer, element: Element) -> None:
    identifiers = answer.identifiers
    count = len(identifiers) + (answer.other is not None)
    if len(set(identifiers)) < len(identifiers):
        twice = next(name for index, name in enumerate(identifiers) if name in identifiers[:index])
        raise malformed(f"SelectionIdentifier {shown(twice)} occurs twice in one question", element)
    if answer.minimum > answer.maximum:
        reason = f"MinSelectionCount {answer.minimum} is more than MaxSelectionCount {answer.maximum}"
        raise malformed(reason, element)
    if answer.maximum > count:
        raise malformed(f"MaxSelectionCount {answer.maximum} is more than the {count} selections", element)
    if answer.style in _SINGLE_STYLES and answer.maximum > 1:
        raise malformed(f"the style {answer.style} allows a MaxSelectionCount of 1 only", element)


def _selection(element: Element) -> Selection:
    children = Children(element)
    identifier = name_of(children.one("SelectionIdentifier"))
    found = children.one("Text", "Binary", "FormattedContent")
    children.end()
    match local_name(found):
        case "Text":
            return Selection(identifier, Text(text_of(found)))
        case "Binary":
            return Selection(identifier, _binary(found))
    return Selection(identifier, _formatted(found))


def _file_upload(element: Element) -> FileUpload:
    children = Children(element)
    maximum = integer_of(children.one("MaxFileSizeInBytes"), minimum=1, maximum=MAX_FILE_BYTES)
    minimum = integer_of(children.one("MinFileSizeInBytes"), minimum=1, maximum=MAX_FILE_BYTES)
    children.end()
    if minimum > maximum:
        raise malformed(f"MinFileSizeInBytes {minimum} is more than MaxFileSizeInBytes {maximum}", element)
    return FileUpload(minimum, maximum)
