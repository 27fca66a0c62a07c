"""The terms of signing in: waits, networks, and addresses that look alike."""

from __future__ import annotations

import pyotp
import pytest

from kempelen.rules import one_time_codes, passwords, sign_in
from kempelen.rules.ids import new_link_secret, seeded_random


def test_waits_double_to_a_quarter_of_an_hour() -> None:
    assert [sign_in.wait_after(count) for count in (0, 4, 5, 6, 7)] == [0, 0, 1_000, 2_000, 4_000]
    assert sign_in.wait_after(15) == sign_in.wait_after(10_000) == 900_000


@pytest.mark.parametrize(
    ("address", "network", "guesser"),
    [
        ("192.0.2.77", "192.0.2.0/24", "192.0.2.77/32"),
        ("::ffff:192.0.2.77", "192.0.2.0/24", "192.0.2.77/32"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/48", "fe80::/64"),
        ("testclient", "", ""),
        ("", "", ""),
    ],
)
def test_neighbours_share_a_network(address: str, network: str, guesser: str) -> None:
    assert sign_in.network(address) == network
    assert sign_in.guesser(address) == guesser


def test_addresses_that_may_reach_one_mailbox_look_alike() -> None:
    assert sign_in.likeness(" M.Ia+x@Example.org") == sign_in.likeness("mia@example.org") == "mia@example.org"
    assert sign_in.likeness("mia@example.com") != sign_in.likeness("mia@example.org")


def test_a_code_works_in_its_own_step_and_its_neighbours() -> None:
    secret = one_time_codes.new_secret(seeded_random(3))
    code = pyotp.TOTP(secret).generate_otp(1000)
    found = [one_time_codes.step_of(secret, code, step * 30_000) for step in (998, 999, 1000, 1001, 1002)]
    assert found == [None, 1000, 1000, 1000, None]
    for wrong in ("", "abcdef", "١٢٣٤٥٦", code + "0"):
        assert one_time_codes.step_of(secret, wrong, 30_000_000) is None


def test_recovery_codes_are_read_as_people_write_them() -> None:
    codes = one_time_codes.new_recovery_codes(seeded_random(3))
    assert len(set(codes)) == 10 and all(len(code) == 19 for code in codes)
    assert one_time_codes.plain(f" {codes[0].upper()} ") == codes[0].replace("-", "")


def test_a_password_of_ones_own_name_is_weak() -> None:
    for weak in ("mia.sol@kempelen", "Mia Sol Kempelen", "1212121212121212"):
        with pytest.raises(passwords.WeakPassword):
            passwords.refuse_weak(weak, email="mia.sol@example.org", name="Mia Sol")
    passwords.refuse_weak("mia likes long passwords", email="mia@example.org", name="Mia")


def test_a_links_secret_needs_no_escaping() -> None:
    secret = new_link_secret(seeded_random(1))
    assert len(secret) == 43 and secret.replace("-", "a").replace("_", "a").isalnum()
