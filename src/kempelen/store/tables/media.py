"""What requesters show in their tasks: pictures, sounds, films, texts."""

from __future__ import annotations

from sqlalchemy import Table

from kempelen.store.tables.columns import WORLD, number, text

media = Table(
    "media",
    WORLD,
    number("requester", key=True),
    text("name", key=True),
    text("blob", unique=True),
    text("type"),
    number("size"),
    number("created_at"),
)

media_totals = Table(
    "media_totals",  # what each requester keeps, so that nobody fills the disk
    WORLD,
    number("requester", key=True),
    number("files", default=0),
    number("bytes", default=0),
)
