"""Regular expressions that requesters bring, as a browser would read them."""

import re
import time

import pytest

from kempelen.rules import patterns


@pytest.mark.parametrize(
    ("pattern", "flags", "text", "found"),
    [
        ("cat", "", "concatenate", True),
        ("^cat$", "", "cat\n", False),
        ("^cat$", "m", "a\ncat\nb", True),
        ("CAT", "", "cat", False),
        ("C[A-F]T", "i", "cat", True),
        ("[^C]at", "i", "cat", False),
        (r"^\d{5}(-\d{4})?$", "", "12345-6789", True),
        (r"^\d{5}(?:-\d{4})?$", "", "1234-6789", False),
        (r"^\d+$", "", "१२", False),
        (r"^\w+$", "", "é", False),
        (r"\s", "", "\u00a0", True),
        (r"^(?=.*\d)(?=.*[a-z])(?!.*x).{4,6}$", "", "abc1", True),
        (r"^(?=.*\d)(?=.*[a-z])(?!.*x).{4,6}$", "", "axc1", False),
        (r"\bcat\b", "", "a cat.", True),
        (r"\bcat\b", "", "concat", False),
        (r"\Bcat", "", "concat", True),
        ("a{2,}?", "", "baab", True),
        ("^a{2,3}$", "", "aaaa", False),
        ("a{,2}", "", "a{,2}", True),
        ("x{", "", "x{", True),
        ("a|b|", "", "", True),
        ("^.$", "", "\u2028", False),
        ("^.$", "s", "\n", True),
        (r"[\d-x]", "", "-", True),
        (r"[]", "", "a", False),
        (r"[^]", "", "\n", True),
        (r"[\]\\a-c]+$", "", r"]\b", True),
        (r"\u0041\x42\t", "", "AB\t", True),
        (r"[\b]", "", "\b", True),
        (r"^\0\cA\02\c$", "", "\0\x01\x02\\c", True),
        ("(a*)*b", "", "aaa", False),
        ("(?<year>[0-9]{4})", "", "in 1769", True),
        ("^b", "y", "ab", False),
        ("]", "", "]", True),
        (r"(a)\1", "", "aa", None),
        ("(?<=a)b", "", "ab", None),
        (r"\p{L}", "u", "a", None),
    ],
)
def test_regular_expressions_mean_what_a_browser_means(pattern, flags, text, found):
    assert patterns.fits(pattern, text, flags=flags, steps=10_000)[0] is found


@pytest.mark.parametrize(
    "pattern", [r"^[a-z]+@[a-z.]+\.(com|org)$", r"(ab|a)(bc|c)?$", r"^(?:[ab]{0,3}c?){2,4}$"]
)
def test_the_machine_agrees_with_another_one(pattern):
    letters = "abc@.com"
    texts = [letters[i % 8] * (i % 4) + letters[i % 5 : i % 7] + letters[i % 3] for i in range(200)]
    for text in [*texts, "a@b.com", "x@y.org"]:
        assert patterns.fits(pattern, text, steps=100_000)[0] is (re.search(pattern, text) is not None)


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        ")",
        "[a",
        "*",
        "a**",
        "a{3,2}",
        "\\",
        "(?x)",
        "[z-a]",
        "^*",
        "(?<1>a)",
        "(?<n",
        "{1}",
        "a",
        "(" * 60,
    ],
)
def test_what_no_browser_takes_is_refused(pattern):
    if pattern == "a":
        patterns.check(pattern, "gimsuy")
        with pytest.raises(patterns.BadPattern):
            patterns.check(pattern, "ii")
    else:
        with pytest.raises(patterns.BadPattern):
            patterns.check(pattern)


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*b", "(a?){40}a{40}$", "(((a{1000}){1000}){1000})", "(?:){999999}"]
)
def test_patterns_that_kill_other_machines_end_in_time(pattern):
    started = time.perf_counter()
    found, left = patterns.fits(pattern, "a" * 20_000 + "!", steps=100_000)
    assert found in (False, None)
    assert left >= 0
    assert time.perf_counter() - started < 2
