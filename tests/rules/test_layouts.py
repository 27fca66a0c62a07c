"""Layouts: Rosa's HTML with holes, filled."""

import time

import pytest

from kempelen.rules.documents import MAX_BYTES
from kempelen.rules.layouts import LayoutNotFilled, contains_crowd_form, fill, parameters
from kempelen.rules.questions import HTMLQuestion, parse


def refused(*arguments):
    with pytest.raises(LayoutNotFilled) as refusal:
        fill(*arguments)
    assert refusal.value.type == "ParameterValidationError"
    return refusal.value.message


def test_placeholders_are_ascii_names_in_braces():
    html = "${a} ${A} ${image_url} ${image-2} ${a} ${} ${a b} ${é} $a {b} ${a.b}"
    assert parameters(html) == {"a", "A", "image_url", "image-2"}


def test_values_are_inserted_raw_and_only_once_over():
    values = {"url": 'https://x.org/?a=1&b="2"', "text": "<b>${url}</b>\n\\1 ü"}
    question = parse(fill("<img src='${url}'>${text}", 450, values))
    assert question == HTMLQuestion("<img src='https://x.org/?a=1&b=\"2\"'><b>${url}</b>\n\\1 ü", 450)


@pytest.mark.parametrize("value", ["]]>", "a]]>b]]>", "]]]]>>", "<![CDATA[x]]>"])
def test_the_end_of_a_section_survives(value):
    assert parse(fill("<p>${x}</p>", 0, {"x": value})).html == f"<p>{value}</p>"


def test_a_section_end_made_of_two_values_survives():
    assert parse(fill("${x}${y}", 0, {"x": "]]", "y": ">"})).html == "]]>"


def test_every_placeholder_and_nothing_else_must_be_supplied():
    assert 'no value is given for "a", "b"' in refused("${b}${a}${c}", 0, {"c": ""})
    assert 'no placeholder "A"' in refused("${a}", 0, {"a": "1", "A": "2"})
    assert parse(fill("plain", 0, {})).html == "plain"
    assert "and others" in refused("".join(f"${{name{index}}}" for index in range(30)), 0, {})


@pytest.mark.parametrize("value", ["\x00", "\x0b", "\ud800", "\uffff"])
def test_values_must_be_text_that_xml_can_carry(value):
    assert "U+" in refused("${x}", 0, {"x": value})


def test_the_whole_question_stays_within_its_bytes():
    overhead = len(fill("", 0, {}).encode())
    room = MAX_BYTES - overhead
    assert len(fill("${x}", 0, {"x": "a" * room}).encode()) == MAX_BYTES
    assert "65535" in refused("${x}", 0, {"x": "a" * (room + 1)})
    assert "65535" in refused("${x}", 0, {"x": "ü" * (room // 2 + 1)})
    assert "65535" in refused("${x}" * 10_000, 0, {"x": "a" * 60_000})


def test_the_frame_height_is_bounded():
    assert refused("x", -1, {})
    assert refused("x", 100_001, {})


def test_a_crowd_form_is_found_outside_comments():
    assert contains_crowd_form("<body><Crowd-Form answer-format='flat'>")
    assert contains_crowd_form("<crowd-form>")
    assert not contains_crowd_form("<!-- <crowd-form> --><crowd-format>")
    assert not contains_crowd_form("crowd-form")
    started = time.perf_counter()
    assert not contains_crowd_form("<!--" * 16_000)
    assert time.perf_counter() - started < 1
