"""Requesters' HTML as a frame is given it: MTurk's addresses made ours, and our script before everything."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from kempelen.rules import layouts
from kempelen.rules.frames import MEDIA

_SCHEME = r"(?:https?:)?//"
_S3 = r"s3(?:[.-][a-z0-9.-]{1,60})?\.amazonaws\.com"  # one way to read it: HTML is hostile, and long
_BUCKET = rf"(?:{_S3}/mturk-public|mturk-public\.{_S3})"
_EXTERNAL_HIT = re.compile(rf"{_SCHEME}{_BUCKET}/externalHIT(?:_v1)?\.js", re.IGNORECASE)
_CROWD = re.compile(
    rf"{_SCHEME}assets\.crowd\.aws/crowd-html-elements(?:-without-ce-polyfill)?\.js", re.IGNORECASE
)
_SUBMIT = re.compile(
    rf"{_SCHEME}(?:www|worker|workersandbox|www-sandbox)\.mturk\.com/{{1,2}}mturk/externalSubmit",
    re.IGNORECASE,
)
_PROLOG = re.compile(
    r"\ufeff?(?:\s+|<!--.*?-->|<\?[^>]*>)*+<!doctype[^>]*>|\ufeff", re.IGNORECASE | re.DOTALL
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FORM = re.compile(r"<form[\s/>]", re.IGNORECASE)
_BODY = re.compile(r"<body(?:\s[^<>]{0,2000})?>", re.IGNORECASE)
_HEAD_END = re.compile(r"</head\s*>", re.IGNORECASE)
_BODY_END = re.compile(r"</body\s*>|</html\s*>", re.IGNORECASE)


def rewritten(html: str, *, external_hit: str, crowd: str, submit: str) -> str:
    """The HTML with the three addresses that templates hard-code replaced by these."""
    html = _EXTERNAL_HIT.sub(lambda _: external_hit, html)
    html = _CROWD.sub(lambda _: crowd, html)
    return _SUBMIT.sub(lambda _: submit, html)


def with_media(text: str, address: Callable[[str], str]) -> str:
    """The text with every `kempelen-media://NAME` replaced by what `address` says of the name."""
    return MEDIA.sub(lambda found: address(found[1]), text)


def needs_wrapping(html: str) -> bool:
    """Whether a layout is bare: without a form of its own to submit by."""
    return not layouts.contains_crowd_form(html) and _FORM.search(_COMMENT.sub("", html)) is None


def wrapped(html: str, *, submit: str, assignment_id: str, label: str, disabled: bool) -> str:
    """A bare layout within the form that MTurk puts around it."""
    start = _BODY.search(html) or _HEAD_END.search(html) or _PROLOG.match(html)
    opening = start.end() if start else 0
    ends = [found.start() for found in _BODY_END.finditer(html, opening)]
    closing = ends[0] if ends else len(html)
    form = (
        f'<form name="mturk_form" method="post" id="mturk_form" action="{escape(submit)}">'
        f'<input type="hidden" value="{escape(assignment_id)}" name="assignmentId" id="assignmentId">'
    )
    button = (
        '<p class="text-center"><input type="submit" id="submitButton" class="btn btn-primary" '
        f'value="{escape(label)}"{" disabled" if disabled else ""}></p></form>'
    )
    return f"{html[:opening]}{form}{html[opening:closing]}{button}{html[closing:]}"


def with_script(html: str, *, source: str, facts: dict[str, str]) -> str:
    """The HTML with our script as the first thing that runs; the `facts` are its data attributes."""
    start = _PROLOG.match(html)
    at = start.end() if start else 0
    data = "".join(f' data-{name}="{escape(value)}"' for name, value in facts.items())
    return f'{html[:at]}<script src="{escape(source)}"{data}></script>{html[at:]}'
