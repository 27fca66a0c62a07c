"""The colours of the themes: text can be read wherever it stands (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re

import pytest

from kempelen.web.assets import FOLDER

TOKENS = (FOLDER / "css" / "tokens.css").read_text()
TEXT_ON = [
    (ink, ground)
    for grounds, inks in (
        (("page", "card", "sunk"), ("ink", "ink-soft", "accent", "wrong", "right", "notice")),
        (("bar",), ("bar-ink", "bar-soft")),
        (("accent",), ("on-accent",)),
        (("accent-wash",), ("accent-ink", "ink")),
        (("right-wash",), ("right", "ink")),
        (("wrong-wash",), ("wrong", "ink")),
        (("notice-wash",), ("notice", "ink")),
        (("band-1", "band-2"), ("band-ink",)),
    )
    for ground in grounds
    for ink in inks
]
EDGES_ON = [(edge, ground) for edge in ("control-line", "focus") for ground in ("page", "card")]


def themes() -> dict[str, dict[str, str]]:
    """The colours of each theme by token, as six digits."""
    found: dict[str, dict[str, str]] = {}
    for selector, body in re.findall(r"(:root[^{]*)\{([^{}]*)\}", TOKENS):
        theme = re.search(r'data-theme="(\w+)"', selector)
        name = theme[1] if theme else "light"
        pairs = dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))
        if theme is None and "page" not in pairs:
            continue
        found.setdefault(name, {}).update(pairs)
    light = found["light"]
    return {
        name: {token: resolved(value, light | own) for token, value in (light | own).items()}
        for name, own in found.items()
    }


def resolved(value: str, tokens: dict[str, str]) -> str:
    """A colour, behind however many names."""
    while (named := re.fullmatch(r"var\(--([\w-]+)\)", value.strip())) is not None:
        value = tokens[named[1]]
    value = value.strip()
    if re.fullmatch(r"#[0-9a-f]{3}", value):
        return "#" + "".join(2 * digit for digit in value[1:])
    return value


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio, 1 to 21."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", sorted(set(themes())))
def test_text_and_edges_stand_out_in_every_theme(theme: str) -> None:
    colours = themes()[theme]
    weak = {
        f"{ink} on {ground}": round(contrast(colours[ink], colours[ground]), 2)
        for least, pairs in ((4.5, TEXT_ON), (3.0, EDGES_ON))
        for ink, ground in pairs
        if contrast(colours[ink], colours[ground]) < least
    }
    assert weak == {}


def test_contrast_is_counted_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
