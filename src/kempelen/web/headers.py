"""What browsers are told to keep apart on every page of a site."""

from __future__ import annotations

PERMISSIONS = (
    "accelerometer=(), autoplay=(), display-capture=(), gyroscope=(), hid=(), magnetometer=(), "
    "midi=(), payment=(), serial=(), usb=(), browsing-topics=()"
)
"""The Permissions-Policy of all pages. What it leaves open, a frame is given by name, or not at all."""


def content_policy(frame: str = "") -> str:
    """The Content Security Policy of a page, which may have frames from one origin, or from none."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"manifest-src 'self'; worker-src 'self'; frame-src {frame or QUOTED_NONE}"
    )


QUOTED_NONE = "'none'"
