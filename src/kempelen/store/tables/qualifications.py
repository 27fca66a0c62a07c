"""Qualification types, who holds them and who asks for them."""

from __future__ import annotations

from sqlalchemy import Index, Table

from kempelen.store.tables.columns import WORLD, number, text

qualification_types = Table(
    "qualification_types",
    WORLD,
    number("id", key=True),
    text("public_id", unique=True),
    number("requester"),
    text("name"),
    text("name_key", optional=True),  # the name while the type lives; none once it is deleted
    text("description"),
    text("keywords", optional=True),
    text("search"),
    number("active"),
    number("deleted_at", optional=True),
    text("test", optional=True),
    text("answer_key", optional=True),
    number("test_duration_seconds", optional=True),
    number("retry_delay_seconds", optional=True),
    number("auto_granted", default=0),
    number("auto_granted_value", optional=True),
    number("created_at"),
)
Index(
    "qualification_types_named", qualification_types.c.requester, qualification_types.c.name_key, unique=True
)
Index(
    "qualification_types_listed",
    qualification_types.c.name,
    qualification_types.c.id,
    sqlite_where=qualification_types.c.name_key.is_not(None),
    postgresql_where=qualification_types.c.name_key.is_not(None),
)

qualifications = Table(
    "qualifications",
    WORLD,
    number("qualification_type", key=True),
    number("worker", key=True),
    number("value", optional=True),
    text("country", optional=True),
    text("subdivision", optional=True),
    number("granted"),  # 1 granted, 0 revoked
    number("granted_at"),
    text("reason", optional=True),
    number("id"),
    number("created_at"),  # of the first grant: row keys are unique and tell no order
)
Index("qualifications_by_worker", qualifications.c.worker, qualifications.c.created_at, qualifications.c.id)
Index(
    "qualifications_by_type",
    qualifications.c.qualification_type,
    qualifications.c.granted,
    qualifications.c.created_at,
    qualifications.c.id,
)

qualification_requests = Table(
    "qualification_requests",
    WORLD,
    number("id", key=True),
    text("public_id", unique=True),
    number("qualification_type"),
    number("requester"),
    number("worker"),
    number("status"),  # 0 test open, 1 pending, 2 granted, 3 rejected, 4 ran out of time, 5 withdrawn
    text("test", optional=True),
    text("answer", optional=True),
    number("started_at"),
    number("ends_at", optional=True),  # the test's deadline
    number("submitted_at", optional=True),
    number("decided_at", optional=True),
    text("reason", optional=True),
)
Index(
    "qualification_requests_pending",
    qualification_requests.c.requester,
    qualification_requests.c.submitted_at,
    qualification_requests.c.id,
    sqlite_where=qualification_requests.c.status == 1,
    postgresql_where=qualification_requests.c.status == 1,
)
Index(
    "qualification_requests_pending_for_type",
    qualification_requests.c.qualification_type,
    qualification_requests.c.submitted_at,
    qualification_requests.c.id,
    sqlite_where=qualification_requests.c.status == 1,
    postgresql_where=qualification_requests.c.status == 1,
)
Index(
    "qualification_requests_history",
    qualification_requests.c.qualification_type,
    qualification_requests.c.worker,
)
Index(
    "qualification_requests_live",
    qualification_requests.c.qualification_type,
    qualification_requests.c.worker,
    unique=True,
    sqlite_where=qualification_requests.c.status <= 1,
    postgresql_where=qualification_requests.c.status <= 1,
)
Index(
    "qualification_requests_by_worker",
    qualification_requests.c.worker,
    qualification_requests.c.started_at,
    qualification_requests.c.id,
)
Index(
    "qualification_requests_live_by_worker",
    qualification_requests.c.worker,
    qualification_requests.c.started_at,
    qualification_requests.c.id,
    sqlite_where=qualification_requests.c.status <= 1,
    postgresql_where=qualification_requests.c.status <= 1,
)
Index(
    "qualification_tests_ending",
    qualification_requests.c.ends_at,
    sqlite_where=qualification_requests.c.status == 0,
    postgresql_where=qualification_requests.c.status == 0,
)
