"""Kempelen: a market for small tasks and a programmable workforce, on anybody's machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kempelen.version import __version__

if TYPE_CHECKING:
    from kempelen.client import client


__all__ = ["__version__", "client"]


def __getattr__(name: str) -> Any:
    """The SDK's `client`, imported when it is first asked for: boto3 takes half a second."""
    if name == "client":
        from kempelen.client import client

        return client
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
