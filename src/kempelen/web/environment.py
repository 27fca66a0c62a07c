"""The templates of all pages and frames, in one language each, with their texts put in beforehand."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from kempelen.web import languages

TEMPLATES = Path(__file__).parent / "templates"
_GETTEXT = ("gettext", "_")


@lru_cache(maxsize=8)
def environment(language: str) -> Environment:
    """The templates in a language. They are read once: a changed one is seen by a new process."""
    made = _Translated(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.language = language
    made.install_gettext_translations(  # type: ignore[attr-defined]
        languages.words(language), newstyle=True
    )
    made.globals["direction"] = languages.direction(language)
    made.globals["languages"] = languages.NAMES
    return made


class _Translated(Environment):
    """Looks texts up when a template is read, not each time it is filled: half of a page are its texts."""

    language: str

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        text = _TextsPutIn(self.language).visit(parsed)
        assert isinstance(text, nodes.Template)
        return text


class _TextsPutIn(NodeTransformer):
    """Puts what gettext would answer in the place of its calls; those with a plural stay."""

    def __init__(self, language: str) -> None:
        self._words = languages.words(language)

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:
        """The text, or the text with its places filled."""
        self.generic_visit(node)
        known = isinstance(node.node, nodes.Name) and node.node.name in _GETTEXT
        if not known or node.dyn_args or node.dyn_kwargs or len(node.args) != 1:
            return node
        message = node.args[0]
        if not isinstance(message, nodes.Const):
            return node
        text = Markup(self._words.gettext(message.value))
        if not node.kwargs:
            return nodes.Const(text % {}, lineno=node.lineno)
        places = [nodes.Pair(nodes.Const(each.key), each.value) for each in node.kwargs]
        filled = nodes.Mod(nodes.Const(text), nodes.Dict(places, lineno=node.lineno), lineno=node.lineno)
        assert node.environment is not None, "a parsed template has one"
        filled.set_environment(node.environment)
        return filled
