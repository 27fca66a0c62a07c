"""HIT layouts: HTML with `${name}` placeholders, and the HTMLQuestion that filling them makes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from kempelen.errors import ParameterValidationError
from kempelen.rules.documents import HTML_QUESTION, ILLEGAL, MAX_BYTES, shown
from kempelen.rules.questions import MAX_FRAME_HEIGHT

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z0-9_-]{1,255})\}")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CROWD_FORM = re.compile(r"<crowd-form[\s/>]", re.IGNORECASE)
_NAMED = 10


class LayoutNotFilled(ParameterValidationError):
    """The HITLayoutParameters do not fit the HITLayout: {reason}"""


def parameters(html: str) -> frozenset[str]:
    """The names of the placeholders: ASCII letters, digits, `_` and `-`, case-sensitive."""
    return frozenset(_PLACEHOLDER.findall(html))


def fill(html: str, frame_height: int, values: Mapping[str, str]) -> str:
    """The HTMLQuestion document of the layout with every placeholder replaced, its values inserted raw.

    What a value brings is not searched for placeholders again. Raises `LayoutNotFilled` if a placeholder has
    no value, a value no placeholder, a character cannot stand in XML, or the document exceeds 65,535 bytes.
    """
    if not 0 <= frame_height <= MAX_FRAME_HEIGHT:
        raise LayoutNotFilled(
            reason=f"the frame height {frame_height} is not between 0 and {MAX_FRAME_HEIGHT}"
        )
    wanted = parameters(html)
    if missing := wanted - values.keys():
        raise LayoutNotFilled(reason=f"no value is given for {_listed(missing)}")
    if unknown := values.keys() - wanted:
        raise LayoutNotFilled(reason=f"the layout has no placeholder {_listed(unknown)}")
    # Counted before anything is built: one long value in many places would be a bomb.
    if sum(len(values[name]) for name in _PLACEHOLDER.findall(html)) > MAX_BYTES:
        raise _too_long()
    filled = _PLACEHOLDER.sub(lambda found: values[found[1]], html)
    if illegal := ILLEGAL.search(filled):
        raise LayoutNotFilled(reason=f"the character U+{ord(illegal[0]):04X} cannot stand in XML")
    content = filled.replace("]]>", "]]]]><![CDATA[>")
    question = (
        f'<HTMLQuestion xmlns="{HTML_QUESTION}"><HTMLContent><![CDATA[{content}]]></HTMLContent>'
        f"<FrameHeight>{frame_height}</FrameHeight></HTMLQuestion>"
    )
    if len(question.encode()) > MAX_BYTES:
        raise _too_long()
    return question


def _too_long() -> LayoutNotFilled:
    return LayoutNotFilled(reason=f"the filled question has more than {MAX_BYTES} bytes")


def _listed(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = " and others" if len(ordered) > _NAMED else ""
    return ", ".join(shown(name) for name in ordered[:_NAMED]) + more


def contains_crowd_form(html: str) -> bool:
    """Whether the HTML, comments apart, brings its own `<crowd-form>`; other HTML is wrapped when served."""
    return _CROWD_FORM.search(_COMMENT.sub("", html)) is not None
