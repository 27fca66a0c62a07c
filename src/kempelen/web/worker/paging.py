"""Pages as old scripts ask for them: `page_size` and `page_number`."""

from __future__ import annotations

from kempelen.web.visit import Visit

PAGE_SIZE = 20
MOST = 100
LAST = 1_000_000


def size_of(visit: Visit) -> int:
    """How many rows a page has, at most 100."""
    return min(_whole(visit.query("page_size")) or PAGE_SIZE, MOST)


def number_of(visit: Visit) -> int:
    """Which page is asked for, from 1; what is no such number asks for the first."""
    return min(_whole(visit.query("page_number")) or 1, LAST)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
