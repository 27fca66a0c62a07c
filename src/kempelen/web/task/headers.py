"""The headers of what the task listener answers, and of the reply that a frame is shown."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from kempelen.rules import frames

BARE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
FROM_FRAMES = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "600",
}
"""Pages in frames have no origin, or a foreign one. No credentials: `*` never comes with them."""


@lru_cache(maxsize=64)
def of_content(*, site: str, devices: tuple[str, ...], dialogs: bool, policy: str = "") -> Mapping[str, str]:
    """Headers of a content document: an origin of its own that is nobody's, framed by the site alone."""
    sandbox = f"sandbox {frames.sandbox(same_origin=False, dialogs=dialogs)}"
    ancestors = f"frame-ancestors {frames.origin_of(site)}"
    return MappingProxyType(
        BARE
        | {
            "Content-Security-Policy": "; ".join(part for part in (sandbox, ancestors, policy) if part),
            "Permissions-Policy": frames.permissions_policy(devices),
            "Cache-Control": "private, no-store",
        }
    )


def form_policy(*, own: str, submit: str) -> str:
    """What a form that we render may load and where it may go; requesters' pictures come from anywhere."""
    return (
        f"default-src 'none'; script-src {own}; style-src {own}; font-src {own}; connect-src {own}; "
        f"img-src http: https: data:; media-src http: https:; form-action {submit}; base-uri 'none'"
    )


@lru_cache(maxsize=8)
def of_reply(*, static: str, submit: str) -> Mapping[str, str]:
    """Headers of the reply to externalSubmit: the one page of a site that all may frame; without origin."""
    sandbox = f"sandbox {frames.sandbox(same_origin=False)}"
    policy = f"{sandbox}; frame-ancestors *; {form_policy(own=static, submit=submit)}"
    return MappingProxyType(
        BARE
        | FROM_FRAMES
        | {
            "Content-Security-Policy": policy,
            "Permissions-Policy": frames.permissions_policy(()),
            "Cache-Control": "no-store",
        }
    )
