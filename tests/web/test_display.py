"""Amounts, moments and spans as one visitor reads them."""

from __future__ import annotations

from kempelen.web.display import Display

NOON = 1_790_000_000  # 2026-09-21 14:13:20 UTC
ENGLISH, SPANISH = Display("en"), Display("es", "Europe/Madrid")


def test_amounts_are_written_as_readers_write_them() -> None:
    assert ENGLISH.money("0.12") == "$0.12"
    assert SPANISH.money("1234.5").replace("\xa0", " ") == "1.234,50 US$"
    assert ENGLISH.count(1284) == "1,284"
    assert ENGLISH.percent(0.991) == "99.1 %"


def test_moments_are_in_the_readers_zone() -> None:
    assert ENGLISH.moment(NOON) == "21 Sep 2026 14:13"
    assert SPANISH.moment(NOON) == "21 sept 2026 16:13"
    assert ENGLISH.iso(NOON) == "2026-09-21T14:13:20Z"


def test_a_day_that_is_no_moment_is_the_same_in_every_zone() -> None:
    assert Display("en", "Pacific/Kiritimati").date("2026-11-22") == "Nov 22, 2026"
    assert SPANISH.date("2026-11-22") == "22 nov 2026"


def test_a_zone_that_does_not_exist_is_utc() -> None:
    assert Display("en", "Nowhere/Land").moment(NOON) == ENGLISH.moment(NOON)


def test_spans_have_at_most_two_units() -> None:
    assert ENGLISH.span(5400) == "1 hr 30 min"
    assert ENGLISH.span(0) == "0 sec"
    assert ENGLISH.span(90_061) == "1 day 1 hr"
    assert ENGLISH.span(86_460) == "1 day"
    assert ENGLISH.roughly(14_400) == "4 hours"
