"""What has many kinds, listed: the deciders and adapters operations and doors reach through here."""

from __future__ import annotations

from kempelen import blobs, channels, review

__all__ = ["blobs", "channels", "review"]
