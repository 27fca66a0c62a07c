"""Gathers the texts of the pages and brings the catalogues up to date: `python environment/catalogues.py`.

Texts stand in templates, in calls of `gettext` and `ngettext`, in tables whose texts are marked with `later`,
in the sentences that rules make up (`Sentence`), and in the docstrings of refusals. `messages.pot` lists them
all; each `<language>.po` keeps its translations, gains the new texts without one, and loses those that are
gone. With `--check` nothing is written: it fails if something would be, or if a translation is missing.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import extract
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "kempelen"
WEB = SOURCE / "web"
FOLDER = WEB / "catalogues"
LANGUAGES = ("ar", "es")
ON_PAGES = {"gettext": None, "ngettext": (1, 2), "say": None, "later": None, "_": None}
IN_RULES = {"Sentence": None}
TEMPLATE_OPTIONS = {
    "newstyle_gettext": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "silent": "false",
}
NEVER_ON_A_PAGE = (
    *("cli", "wire", "mcp", "jobs", "server.py", "settings.py", "vault.py", "outside.py", "egress.py"),
    *("faultpoints.py", "operation.py", "store/schema.py", "store/once.py", "store/ledger.py"),
    *("store/accounts.py", "store/layouts.py", "rules/addresses.py", "rules/documents.py"),
    *("rules/layouts.py", "rules/policies.py", "operations/ending/deleting.py"),
    *("operations/ending/expiring.py", "operations/house/accounts.py", "operations/house/keys.py"),
    *("operations/house/policies.py", "operations/house/tokens.py", "operations/money"),
    *("operations/people/blocks.py", "operations/publishing/extending.py"),
    *("operations/publishing/media.py", "operations/publishing/retyping.py", "operations/reviewing"),
    *("operations/telling/notifications.py",),
)
"""Where refusals stand that only programs and whoever starts the server are told."""
NO_WORDS = re.compile(r"[\W_]*(\{\w+\}[\W_]*)*")
MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""What the catalogues name as their date, so that only texts make them differ."""


def texts() -> Catalog:
    """Every text that a page can show."""
    catalog = Catalog(
        project="Kempelen", charset="utf-8", creation_date=MADE, revision_date=MADE, fuzzy=False
    )
    for message in (*_in_templates(), *_in_code(), *_in_refusals()):
        if message:
            catalog.add(message)
    catalog.header_comment = "# The texts of Kempelen's pages."
    return catalog


def updated(language: str, gathered: Catalog) -> Catalog:
    """A language's catalogue with the texts as they are now."""
    path = FOLDER / f"{language}.po"
    known = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as source:
            known = read_po(source, locale=language)
    catalog = Catalog(
        locale=language,
        project="Kempelen",
        charset="utf-8",
        creation_date=MADE,
        revision_date=MADE,
        last_translator="Kempelen",
        language_team=language,
        fuzzy=False,
    )
    catalog.header_comment = gathered.header_comment
    for message in gathered:
        if message.id:
            before = known.get(message.id)
            catalog.add(message.id, before.string if before is not None else None)
    return catalog


def written(catalog: Catalog) -> bytes:
    """The catalogue as a file, sorted, without the places of its texts."""
    file = io.BytesIO()
    write_po(file, catalog, width=100, no_location=True, sort_output=True, ignore_obsolete=True)
    return file.getvalue()


def missing(catalog: Catalog) -> list[str]:
    """The texts without a translation."""
    lacking = []
    for message in catalog:
        strings = message.string if isinstance(message.string, tuple | list) else [message.string]
        if message.id and not all(strings):
            lacking.append(str(message.id))
    return lacking


def _in_templates() -> Iterator[str | tuple[str, ...]]:
    for path in sorted((WEB / "templates").rglob("*.html")):
        with path.open("rb") as file:
            found = babel_extract(file, ["_", "gettext", "ngettext"], [], TEMPLATE_OPTIONS)
            for _, function, message, _ in found:
                yield _key(function, message)


def _in_code() -> Iterator[str | tuple[str, ...]]:
    for path in sorted(SOURCE.rglob("*.py")):
        keywords = IN_RULES | (ON_PAGES if path.is_relative_to(WEB) else {})
        with path.open("rb") as file:
            for _, function, message, _ in extract.extract_python(file, list(keywords), [], {}):
                yield _key(function, message)


def _key(function: str | None, message: object) -> str | tuple[str, ...]:
    """The key of a call: its first argument, or two for one with a plural; empty for one without a text."""
    parts = message if isinstance(message, tuple | list) else (message,)
    if function == "ngettext":
        singular, plural = parts[:2]
        return (singular, plural) if singular and plural else ""
    return parts[0] if isinstance(parts[0], str) else ""


def _in_refusals() -> Iterator[str]:
    """Their docstrings on one line, as `Refusal.template` has them."""
    classes = [
        (path, node)
        for path in sorted(SOURCE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    refusals = {"Refusal"}
    for _ in range(4):  # a refusal of a refusal of a refusal
        refusals |= {node.name for _, node in classes if refusals & _bases(node)}
    for path, node in classes:
        place = path.relative_to(SOURCE).as_posix()
        is_told = not any(place == each or place.startswith(f"{each}/") for each in NEVER_ON_A_PAGE)
        text = re.sub(r"\n\s*", " ", ast.get_docstring(node, clean=False) or "")
        if is_told and node.name in refusals and not NO_WORDS.fullmatch(text):
            yield text


def _bases(node: ast.ClassDef) -> set[str]:
    return {
        base.attr if isinstance(base, ast.Attribute) else base.id
        for base in node.bases
        if isinstance(base, ast.Attribute | ast.Name)
    }


def main(words: list[str]) -> None:
    """Write the catalogues, or say what is not as it would be written."""
    gathered = texts()
    catalogs = {"messages.pot": gathered}
    catalogs |= {f"{language}.po": updated(language, gathered) for language in LANGUAGES}
    wrong = []
    for name, catalog in catalogs.items():
        path, made = FOLDER / name, written(catalog)
        is_same = path.exists() and path.read_bytes() == made
        if "--check" not in words and not is_same:
            FOLDER.mkdir(exist_ok=True)
            path.write_bytes(made)
        elif not is_same:
            wrong.append(f"{name} is not up to date: run make catalogues, and translate what is new.")
        lacking = [] if catalog is gathered else missing(catalog)
        wrong += [f"{name} lacks: {text}" for text in lacking]
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main(sys.argv[1:])
