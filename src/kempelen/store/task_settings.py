"""Task settings of HIT types: what is valid now, and every version there was."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, delete, insert, select, update

from kempelen.operation import Call
from kempelen.store.connection import forget_remembered
from kempelen.store.sql import Sql
from kempelen.store.tables.work import exclusions, hit_types, settings_versions

PUT = Sql(
    update(hit_types)
    .where(hit_types.c.id == bindparam("key"))
    .values(settings=bindparam("settings_"), settings_version=hit_types.c.settings_version + 1)
    .returning(hit_types.c.settings_version)
)
KEEP = Sql(
    insert(settings_versions)
    .values(
        hit_type=bindparam("hit_type"),
        version=bindparam("version"),
        settings=bindparam("settings"),
        at=bindparam("at"),
    )
    .inline()
)
VERSION = Sql(
    select(settings_versions.c.settings).where(
        settings_versions.c.hit_type == bindparam("hit_type"),
        settings_versions.c.version == bindparam("version"),
    )
)
FORGET_EXCLUSIONS = Sql(delete(exclusions).where(exclusions.c.hit_type == bindparam("hit_type")))
EXCLUDE = Sql(insert(exclusions).values(hit_type=bindparam("hit_type"), scope=bindparam("scope")).inline())


def put(call: Call, hit_type: int, *, settings: str, excluded: Iterable[str]) -> int:
    """Settings that hold from now on, with the scopes whose takers are kept out; the new version."""
    forget_remembered()
    row = call.one(PUT, key=hit_type, settings_=settings)
    assert row is not None
    version = int(row[0])
    call.do(KEEP, hit_type=hit_type, version=version, settings=settings, at=call.now)
    call.do(FORGET_EXCLUSIONS, hit_type=hit_type)
    for scope in sorted(set(excluded)):
        call.do(EXCLUDE, hit_type=hit_type, scope=scope)
    return version


def version(call: Call, hit_type: int, number: int) -> str | None:
    """The settings of that version, None for version 0: there were none."""
    row = call.one(VERSION, hit_type=hit_type, version=number)
    return None if row is None else str(row[0])
