"""Instructions in Markdown as safe HTML: no HTML of the writer's own, no pictures from elsewhere, links that
tell nobody where a worker came from."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


MOST_CELLS = 5_000
"""How many cells tables may have: short rows are filled up, so that few signs could make very many."""


@lru_cache(maxsize=512)
def to_html(text: str) -> Markup:
    """CommonMark (https://spec.commonmark.org) without HTML and images, and with tables of a sane size."""
    lines = text.splitlines()
    cells = len(lines) * max((line.count("|") + 1 for line in lines), default=0)
    return Markup(_parser(tables=cells <= MOST_CELLS).render(text))


@lru_cache(maxsize=2)
def _parser(*, tables: bool) -> MarkdownIt:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).disable("image")
    if tables:
        parser.enable("table")

    def opened(self: object, tokens: list[Token], index: int, options: object, environment: object) -> str:
        tokens[index].attrSet("rel", "noopener noreferrer nofollow")
        tokens[index].attrSet("target", "_blank")
        return str(parser.renderer.renderToken(tokens, index, parser.options, {}))  # type: ignore[attr-defined]

    parser.add_render_rule("link_open", opened)
    return parser
