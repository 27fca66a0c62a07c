"""QuestionForms as native HTML forms: for HITs in a frame, and for qualification tests on the site.

Fields are named by QuestionIdentifier, with the SelectionIdentifier as a choice's value. What a question asks
of an answer is said in words beside its field, checked by `form.js` where there is JavaScript, and checked
again by the server, whose problems are shown at their fields with everything kept that was typed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from kempelen.rules import frames
from kempelen.rules.answers import Problem
from kempelen.rules.frames import Ticket
from kempelen.rules.question_form import (
    Constraints,
    Content,
    FileUpload,
    FormQuestion,
    FreeText,
    Overview,
    QuestionForm,
    SelectionAnswer,
    Text,
    Title,
)
from kempelen.rules.sentences import Sentence
from kempelen.web.languages import words
from kempelen.web.task import content
from kempelen.web.task.pages import page
from kempelen.web.task.places import Places

LONG_LIST = 10
"""From so many choices on, one of many is chosen from a list that folds."""
_PIXELS = re.compile(r"[0-9]{1,5}")
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Submit:
    """Where a form goes, what it carries along, and whether it can be sent at all."""

    action: str
    hidden: tuple[tuple[str, str], ...] = ()
    label: str = ""
    """What the button says; empty for "Submit"."""
    enabled: bool = True

    @classmethod
    def of_frame(cls, places: Places, ticket: Ticket) -> Submit:
        """To externalSubmit; the assignment stands in the address too, before any file of the form."""
        named = (("assignmentId", ticket.assignment_id or frames.NO_ASSIGNMENT),)
        query = f"?assignmentId={ticket.assignment_id}" if ticket.assignment_id else ""
        return cls(f"{places.submit_url}{query}", named, enabled=bool(ticket.assignment_id))


@dataclass(frozen=True, slots=True)
class Shown:
    """One question as the template needs it."""

    id: str
    question: FormQuestion
    number: int
    label: str
    content: tuple[Content, ...]
    """Without what became the label."""
    style: str
    """text, area, radio, checkbox, dropdown, list, file."""
    values: tuple[str, ...]
    problems: tuple[str, ...]
    hints: tuple[str, ...]
    checks: str
    """What `form.js` checks, as JSON."""
    other: str
    """The worker's own text beside choices."""
    file: Mapping[str, Any] | None
    """What was sent for it already."""

    @property
    def described_by(self) -> str:
        """The ids of what describes the field."""
        parts = [f"{self.id}-hint"] if self.hints else []
        parts += [f"{self.id}-problem"] if self.problems else []
        return " ".join(parts)


def render_form(
    form: QuestionForm,
    *,
    submit: Submit,
    values: Mapping[str, Sequence[str]] = NOTHING,
    problems: Sequence[Problem] = (),
    language: str = "en",
    files: Mapping[str, Mapping[str, Any]] = NOTHING,
    media: Callable[[str], str] | None = None,
) -> Markup:
    """The `<form>` element. Its page loads `/task/form.css` and `/task/form.js`.

    `values` are what was typed, by QuestionIdentifier; `files` what was sent already: `FileName` and `Size`.
    `media` answers the address of a requester's media.
    """
    listed = list(form.questions)
    shown = {
        question.identifier: _shown(
            question, number, values=values, problems=problems, language=language, files=files
        )
        for number, question in enumerate(listed, start=1)
    }
    return page(
        "form.html",
        language,
        items=[item if isinstance(item, Overview) else shown[item.identifier] for item in form.items],
        submit=submit,
        wrong=[each for each in shown.values() if each.problems],
        has_files=any(isinstance(question.answer, FileUpload) for question in listed),
        kind_of=lambda each: type(each).__name__,
        formatted=lambda html: Markup(_with_media(html, media)),
        address=lambda url: _with_media(url, media),
        pixels=lambda text: text if _PIXELS.fullmatch(text) else "",
    )


def form_page(
    form: QuestionForm,
    *,
    static: Callable[[str], str],
    facts: Mapping[str, str],
    language: str,
    theme: str,
    **given: Any,
) -> str:
    """A whole document with the form, for a frame."""
    rendered = render_form(form, language=language, **given)
    return page("question_form.html", language, form=rendered, static=static, facts=facts, theme=theme)


def _with_media(text: str, media: Callable[[str], str] | None) -> str:
    return text if media is None else content.with_media(text, media)


def _shown(
    question: FormQuestion,
    number: int,
    *,
    values: Mapping[str, Sequence[str]],
    problems: Sequence[Problem],
    language: str,
    files: Mapping[str, Mapping[str, Any]],
) -> Shown:
    label, rest = _labelled(question)
    answer = question.answer
    given = values.get(question.identifier)
    if given is None:
        given = [answer.default_text] if isinstance(answer, FreeText) and answer.default_text else []
    known = set(answer.identifiers) if isinstance(answer, SelectionAnswer) else set()
    own = [value for value in given if value not in known]
    other = answer.other if isinstance(answer, SelectionAnswer) else None
    default = other.default_text if other is not None and question.identifier not in values else ""
    return Shown(
        id=f"q{number}",
        question=question,
        number=number,
        label=label,
        content=rest,
        style=_style(question),
        values=tuple(given),
        problems=tuple(
            _said(each.text, language) for each in problems if each.question == question.identifier
        ),
        hints=tuple(_hints(question, language)),
        checks=_checks(question, language),
        other="|".join(own) or default if other is not None else "",
        file=files.get(question.identifier),
    )


def _said(problem: str, language: str) -> str:
    """A problem in the language of the form; the requester's own words as they are."""
    return problem.said(words(language).gettext) if isinstance(problem, Sentence) else problem


def _labelled(question: FormQuestion) -> tuple[str, tuple[Content, ...]]:
    """What names the question's field, and its content without that."""
    if question.display_name:
        return question.display_name, question.content
    first = question.content[0]
    if isinstance(first, Text | Title):
        return first.text, question.content[1:]
    return "", question.content


def _style(question: FormQuestion) -> str:
    """How a question is answered; suggestions that cannot be followed give way to what always works."""
    answer = question.answer
    if isinstance(answer, FileUpload):
        return "file"
    if isinstance(answer, FreeText):
        return "area" if answer.lines > 1 else "text"
    plain = all(isinstance(selection.content, Text) for selection in answer.selections)
    if answer.maximum > 1:
        return "list" if plain and answer.style in ("list", "multichooser") else "checkbox"
    if plain and answer.style in ("dropdown", "combobox", "list"):
        return "list" if answer.style == "list" else "dropdown"
    return "dropdown" if plain and not answer.style and len(answer.selections) > LONG_LIST else "radio"


def _hints(question: FormQuestion, language: str) -> list[str]:
    answer, say = question.answer, words(language)
    if isinstance(answer, FreeText):
        return _text_hints(answer.constraints, language)
    if isinstance(answer, FileUpload):
        least, most = answer.minimum_bytes, answer.maximum_bytes
        return [say.gettext("A file of %(least)d to %(most)d bytes.") % {"least": least, "most": most}]
    hints = []
    if answer.maximum > 1:
        bounds = {"least": answer.minimum, "most": answer.maximum}
        if answer.minimum == answer.maximum:
            hints.append(say.gettext("Choose %(most)d.") % bounds)
        elif answer.minimum:
            hints.append(say.gettext("Choose %(least)d to %(most)d.") % bounds)
        else:
            hints.append(say.gettext("Choose at most %(most)d.") % bounds)
    return hints + (_text_hints(answer.other.constraints, language) if answer.other is not None else [])


def _text_hints(constraints: Constraints, language: str) -> list[str]:
    say, hints = words(language).gettext, []
    low, high = constraints.minimum_value, constraints.maximum_value
    bounds = {"low": low, "high": high}
    if constraints.is_numeric:
        if low is not None and high is not None:
            hints.append(say("A number from %(low)d to %(high)d.") % bounds)
        elif low is not None:
            hints.append(say("A number, %(low)d or more.") % bounds)
        elif high is not None:
            hints.append(say("A number, %(high)d or less.") % bounds)
        else:
            hints.append(say("A number, such as 12 or 3.5."))
    low, high = constraints.minimum_length, constraints.maximum_length
    bounds = {"low": low, "high": high}
    if (low or 0) > 1 and high is not None:
        hints.append(say("%(low)d to %(high)d characters.") % bounds)
    elif (low or 0) > 1:
        hints.append(say("At least %(low)d characters.") % bounds)
    elif high is not None:
        hints.append(say("At most %(high)d characters.") % bounds)
    return hints


def _checks(question: FormQuestion, language: str) -> str:
    """What the browser checks, with the sentences it says; the server checks the same."""
    answer, say = question.answer, words(language).gettext
    checks: dict[str, Any] = {"required": question.required, "answer": say("Please answer this question.")}
    if isinstance(answer, FileUpload):
        checks |= {"bytes": [answer.minimum_bytes, answer.maximum_bytes]}
        checks |= {"size": say("The file is too small or too large.")}
    elif isinstance(answer, FreeText):
        checks |= _text_checks(answer.constraints, language)
    else:
        checks |= {"choices": [answer.minimum, answer.maximum]}
        checks |= {"count": say("Please choose as many as are asked for.")}
        if answer.other is not None:
            checks |= _text_checks(answer.other.constraints, language)
    return json.dumps(checks)


def _text_checks(constraints: Constraints, language: str) -> dict[str, Any]:
    say = words(language).gettext
    checks: dict[str, Any] = {}
    if constraints.is_numeric:
        checks["number"] = [constraints.minimum_value, constraints.maximum_value]
        checks["numeric"] = say("The answer must be a number within the bounds.")
    if constraints.minimum_length is not None or constraints.maximum_length is not None:
        checks["length"] = [constraints.minimum_length, constraints.maximum_length]
        checks["long"] = say("The answer is too short or too long.")
    if constraints.formats:
        checks["formats"] = [[each.regex, each.flags, each.error_text] for each in constraints.formats]
    return checks
