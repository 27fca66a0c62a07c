"""Tickets, parameters and sandboxes of task frames."""

import pytest

from kempelen.rules import frames, tokens
from kempelen.rules.frames import Ticket

SECRET = b"a secret of the house"


def test_a_ticket_opens_only_in_its_world_and_unchanged() -> None:
    ticket = Ticket(
        "3" + "H" * 29,
        "3" + "A" * 29,
        "A" + "W" * 13,
        1_790_000_000_000,
        ("camera", "clipboard"),
        "ar",
        "dark",
    )
    sealed = frames.seal(SECRET, "production", ticket)
    assert frames.unseal(SECRET, "production", sealed) == ticket and "HHH" not in sealed
    for text, world in ((sealed, "sandbox"), (sealed[:-2] + "AA", "production"), ("", "production")):
        with pytest.raises(tokens.InvalidToken):
            frames.unseal(SECRET, world, text)


def test_the_longest_names_have_room_in_a_ticket() -> None:
    sealed = frames.seal_media(
        SECRET, "production", hit_id="", assignment_id="3" * 30, name="n" * 64, ends_at=10**13
    )
    assert frames.unseal_media(SECRET, "production", sealed) == ("A", "3" * 30, "n" * 64, 10**13)


def test_parameters_come_in_mturks_order_and_spelling() -> None:
    accepted = frames.parameters(
        hit_id="3H", assignment_id="3A", worker_id="AW", submit_to="https://www.mturk.com"
    )
    assert accepted == "assignmentId=3A&hitId=3H&workerId=AW&turkSubmitTo=https%3A%2F%2Fwww.mturk.com"
    preview = frames.parameters(hit_id="3H", assignment_id="", worker_id="", submit_to="https://a")
    assert preview == "assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE&hitId=3H"


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://a.org", "https://a.org?q=1"),
        ("https://a.org/?x=%20y", "https://a.org/?x=%20y&q=1"),
        ("https://a.org/p?", "https://a.org/p?q=1"),
        ("https://a.org/p?x=1&", "https://a.org/p?x=1&q=1"),
        ("https://a.org/p#f?x", "https://a.org/p?q=1#f?x"),
        ("https://a.org/p?x#f", "https://a.org/p?x&q=1#f"),
    ],
)
def test_an_address_keeps_its_query_and_its_fragment_stays_last(url: str, wanted: str) -> None:
    assert frames.with_parameters(url, "q=1") == wanted


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("HTTPS://Example.org:443/x", "https://example.org"),
        ("https://user@example.org.:8443", "https://example.org:8443"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("ftp://example.org", ""),
        ("https://example.org:99999", ""),
        ("nonsense", ""),
    ],
)
def test_origins_are_compared_as_browsers_do(url: str, wanted: str) -> None:
    assert frames.origin_of(url) == wanted


def test_no_frame_may_navigate_the_page_download_or_open_dialogs() -> None:
    words = frames.sandbox(same_origin=True).split()
    assert "allow-same-origin" in words and "allow-scripts" in words
    assert not [word for word in words if "navigation" in word or "download" in word or "modals" in word]
    assert "allow-same-origin" not in frames.sandbox(same_origin=False)
    assert "allow-modals" in frames.sandbox(same_origin=False, dialogs=True)


def test_a_permission_is_open_only_where_it_was_asked_and_allowed() -> None:
    closed = frames.permissions_policy(())
    assert "camera=()" in closed and "=*" not in closed and frames.allow(()) == ""
    opened = frames.permissions_policy(("camera", "clipboard"))
    assert "camera=*" in opened and "clipboard-read=*" in opened and "microphone=()" in opened
    assert frames.allow(("clipboard", "camera")) == "camera; clipboard-read; clipboard-write"


def test_content_cannot_say_that_it_was_submitted() -> None:
    told = frames.nonce(SECRET, "production", hit_id="3H", assignment_id="3A")
    receipt = frames.receipt(SECRET, "production", assignment_id="3A")
    assert told != receipt and told != frames.nonce(SECRET, "production", hit_id="3H", assignment_id="3B")
    assert receipt != frames.receipt(SECRET, "sandbox", assignment_id="3A")
