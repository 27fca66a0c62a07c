"""The templates of frames, filled: documents around forms, and short messages."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kempelen.web import languages

TEMPLATES = Path(__file__).parent.parent / "templates"


def page(template: str, language: str, **facts: Any) -> Markup:
    """A template of `templates/task/` with facts filled in."""
    return Markup(environment(language).get_template(f"task/{template}").render(**facts))


@lru_cache(maxsize=8)
def environment(language: str) -> Environment:
    """The templates in one language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(  # type: ignore[attr-defined]
        languages.words(language), newstyle=True
    )
    made.globals["language"] = language if language in languages.NAMES else languages.ENGLISH
    made.globals["direction"] = languages.direction(language)
    return made
