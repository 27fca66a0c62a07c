"""The templates of frames, filled: documents around forms, and short messages."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from kempelen.web import languages
from kempelen.web.environment import environment


def page(template: str, language: str, **facts: Any) -> Markup:
    """A template of `templates/task/` with facts filled in."""
    shown = language if language in languages.NAMES else languages.ENGLISH
    return Markup(environment(language).get_template(f"task/{template}").render(language=shown, **facts))
