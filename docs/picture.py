"""Draw what a command prints as a picture for the README, in the product's own colours.

make demo | python docs/picture.py "make demo" > docs/images/demo.svg
"""

from __future__ import annotations

import re
import sys
from html import escape

WALNUT, IVORY, INK, BRASS, QUIET = "#37251c", "#fffdf6", "#2b211a", "#b3852c", "#7d6a58"
LINE, LEFT, BAR, WIDTH = 20, 24, 44, 900
SECRET = re.compile(r"AKIA\w+|(?<= )[\w+/]{40}\b")


def picture(title: str, lines: list[str]) -> str:
    """The lines as an SVG; keys and secrets are left out."""
    height = BAR + 28 + LINE * len(lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="What {escape(title)} prints" '
        'font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14">',
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="{IVORY}" stroke="#dccfb8"/>',
        f'<path d="M0 8a8 8 0 0 1 8-8h{WIDTH - 16}a8 8 0 0 1 8 8v{BAR - 8}H0z" fill="{WALNUT}"/>',
        f'<text x="{LEFT}" y="28" fill="{IVORY}"><tspan fill="{BRASS}">$ </tspan>{escape(title)}</text>',
    ]
    for number, line in enumerate(lines):
        colour = QUIET if line.startswith("  ") else INK
        y = BAR + 28 + LINE * number
        parts.append(f'<text x="{LEFT}" y="{y}" fill="{colour}" xml:space="preserve">{escape(line)}</text>')
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    printed = [SECRET.sub("…", line.rstrip())[:100] for line in sys.stdin.read().splitlines()]
    until = next((n for n, line in enumerate(printed) if line.startswith("Audit")), len(printed) - 1)
    sys.stdout.write(picture(sys.argv[1], printed[: until + 1]))
