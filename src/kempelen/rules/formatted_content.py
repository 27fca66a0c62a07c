"""FormattedContent: the subset of XHTML that a QuestionForm may hold, checked and made HTML.

Elements, attributes and nesting are those of the published FormattedContentXHTMLSubset schema of 2006-07-14.
What comes out is written anew from the checked tree, never copied, so nothing unchecked reaches a page.
"""

from __future__ import annotations

import re
from html import escape

from lxml import etree

from kempelen.rules import documents
from kempelen.rules.documents import BLANKS, Element, malformed, shown
from kempelen.rules.frames import MEDIA

MAX_DEPTH = 64
"""Elements within elements."""

_XHTML = "http://www.w3.org/1999/xhtml"
_PREFIX = f"{{{_XHTML}}}"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_INLINE = _names("a b big br cite code del em font i img ins map q s small strike strong sub sup u")
_BLOCKS = _names("blockquote center dl h1 h2 h3 h4 h5 h6 hr ol p pre table ul")
_FLOW = _INLINE | _BLOCKS
_NOTHING: frozenset[str] = frozenset()
_EMPTY = _names("area br col hr img")
_WITHOUT_TEXT = _EMPTY | _names("colgroup dl map ol table tbody tfoot thead tr ul")
_CHILDREN: dict[str, frozenset[str]] = {
    "FormattedContent": _FLOW,
    **dict.fromkeys(_names("blockquote center dd del ins li td th"), _FLOW),
    **dict.fromkeys(
        _names("b big cite code dt em font h1 h2 h3 h4 h5 h6 i p q s small strike strong sub sup u"), _INLINE
    ),
    **dict.fromkeys(_EMPTY, _NOTHING),
    "a": _INLINE - {"a"},
    "pre": _INLINE - {"img", "map", "big", "small", "font", "sub", "sup"},
    "ul": frozenset({"li"}),
    "ol": frozenset({"li"}),
    "dl": frozenset({"dt", "dd"}),
    "map": _BLOCKS | {"area", "ins", "del"},
    "table": frozenset({"col", "colgroup", "thead", "tfoot", "tbody", "tr"}),
    "colgroup": frozenset({"col"}),
    "tr": frozenset({"th", "td"}),
    **dict.fromkeys(_names("tbody tfoot thead"), frozenset({"tr"})),
}
_FOCUS = "accesskey tabindex"
_CELLS = "align char charoff valign"
_CELL = f"abbr axis headers scope rowspan colspan nowrap bgcolor width height {_CELLS}"
_ATTRIBUTES: dict[str, str] = {
    **dict.fromkeys(_names("p h1 h2 h3 h4 h5 h6"), "align"),
    **dict.fromkeys(_names("blockquote q"), "cite"),
    **dict.fromkeys(_names("ins del"), "cite datetime"),
    **dict.fromkeys(_names("thead tfoot tbody"), _CELLS),
    **dict.fromkeys(_names("col colgroup"), f"span width {_CELLS}"),
    **dict.fromkeys(_names("th td"), _CELL),
    "a": f"charset type name href hreflang rel rev shape coords target {_FOCUS}",
    "area": f"shape coords href nohref alt target {_FOCUS}",
    "br": "clear",
    "dl": "compact",
    "font": "size color face",
    "hr": "align noshade size width",
    "img": "src alt name longdesc height width usemap ismap align border hspace vspace",
    "li": "type value",
    "map": "name id",
    "ol": "type compact start",
    "pre": f"width {_XML_SPACE}",
    "table": "summary width border frame rules cellspacing cellpadding align bgcolor",
    "tr": f"bgcolor {_CELLS}",
    "ul": "type compact",
}
_ALLOWED = {
    name: frozenset(_ATTRIBUTES.get(name, "").split())
    | {"title"}
    | (set() if name == "br" else {"dir", "lang"})
    for name in _CHILDREN
}
_REQUIRED = {"img": ("src", "alt"), "area": ("alt",), "map": ("name",)}

_LENGTH = r"[-+]?(?:[0-9]+|[0-9]+(?:\.[0-9]+)?%)"
_COLOUR = r"[A-Za-z]+|#[0-9A-Fa-f]{3}|#[0-9A-Fa-f]{6}"
_NUMBER = r"[0-9]{1,9}"
_LINK = r"(?:https?|ftp|news|nntp|gopher|telnet)://[^\x00-\x20]*|(?:mailto|news):[^\x00-\x20]*"
_REFERENCE = rf"(?i:{_LINK})|(?![A-Za-z][A-Za-z0-9+.-]*:)[^\x00-\x20]*"
_VALUES = {
    name: re.compile(pattern)
    for pattern, names in {
        f"(?i:{_LINK})": "href",
        f"(?i:{_LINK})|{MEDIA.pattern}": "src",
        _REFERENCE: "cite longdesc usemap",
        _LENGTH: "height border charoff cellspacing cellpadding",
        rf"{_LENGTH}|[0-9]*\*": "width",
        _NUMBER: "hspace vspace rowspan colspan start value span tabindex",
        _COLOUR: "color bgcolor",
        "ltr|rtl": "dir",
        "rect|circle|poly|default": "shape",
        rf"{_LENGTH}(?:,\s*{_LENGTH})*": "coords",
        "_(?:blank|self|parent|top)|[A-Za-z][A-Za-z0-9._:-]*": "target",
        "left|center|right|justify|char|top|middle|bottom": "align",
        "top|middle|bottom|baseline": "valign",
        "left|all|right|none": "clear",
        "row|col|rowgroup|colgroup": "scope",
        "compact": "compact",
        "nowrap": "nowrap",
        "noshade": "noshade",
        "ismap": "ismap",
        "nohref": "nohref",
        r"(?s:.)": "accesskey char",
    }.items()
    for name in names.split()
}

_parser = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
)


def to_html(text: str) -> str:
    """The content as HTML, safe to stand in a page. Raises `MalformedDocument` with the reason.

    Lines in the reasons are counted within the content. No named entities are known but XML's own five.
    """
    root = documents.read(f'<FormattedContent xmlns="{_XHTML}">{text}</FormattedContent>', _parser)
    written: list[str] = []
    _write(root, written, depth=0)
    return "".join(written[1:-1])


def _write(element: Element, written: list[str], *, depth: int) -> None:
    name = _name(element)
    if depth > MAX_DEPTH:
        raise malformed(f"FormattedContent is deeper than {MAX_DEPTH} elements", element)
    written.append(f"<{name}{_attributes(element, name)}>")
    _write_text(element.text, name, written, at=element)
    for child in element:
        if _name(child) not in _CHILDREN[name]:
            raise malformed(f"FormattedContent: {_name(child)} cannot stand in {name}", child)
        _write(child, written, depth=depth + 1)
        _write_text(child.tail, name, written, at=child)
    if name not in _EMPTY:
        written.append(f"</{name}>")


def _name(element: Element) -> str:
    tag = element.tag
    if not isinstance(tag, str):
        raise malformed("FormattedContent: comments and processing instructions are not allowed", element)
    name = tag.removeprefix(_PREFIX)
    if name not in _CHILDREN or not tag.startswith(_PREFIX):
        raise malformed(f"FormattedContent: element {shown(name)} is not allowed", element)
    return name


def _write_text(text: str | None, name: str, written: list[str], *, at: Element) -> None:
    if text is None:
        return
    if name not in _WITHOUT_TEXT:
        written.append(escape(text, quote=False))
    elif text.strip(BLANKS):
        raise malformed(f"FormattedContent: {name} cannot hold the text {shown(text.strip(BLANKS))}", at)


def _attributes(element: Element, name: str) -> str:
    written = []
    for attribute, value in element.attrib.items():
        if attribute not in _ALLOWED[name]:
            raise malformed(
                f"FormattedContent: attribute {shown(attribute)} is not allowed on {name}", element
            )
        pattern = _VALUES.get(attribute)
        if pattern is not None and pattern.fullmatch(value) is None:
            raise malformed(f"FormattedContent: {attribute} of {name} cannot be {shown(value)}", element)
        if attribute != _XML_SPACE:
            written.append(f' {attribute}="{escape(value)}"')
    for attribute in _REQUIRED.get(name, ()):
        if attribute not in element.attrib:
            raise malformed(f"FormattedContent: {name} needs the attribute {attribute}", element)
    return "".join(written)
