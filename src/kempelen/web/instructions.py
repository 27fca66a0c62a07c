"""Instructions in Markdown as safe HTML: no HTML of the writer's own, no pictures from elsewhere, links that
tell nobody where a worker came from."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


@lru_cache(maxsize=512)
def to_html(text: str) -> Markup:
    """CommonMark (https://spec.commonmark.org) without HTML and images, and with tables."""
    return Markup(_parser().render(text))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table").disable("image")

    def opened(self: object, tokens: list[Token], index: int, options: object, environment: object) -> str:
        tokens[index].attrSet("rel", "noopener noreferrer nofollow")
        tokens[index].attrSet("target", "_blank")
        return str(parser.renderer.renderToken(tokens, index, parser.options, {}))  # type: ignore[attr-defined]

    parser.add_render_rule("link_open", opened)
    return parser
