"""What has many kinds, listed: the deciders and adapters operations and doors reach through here."""

from __future__ import annotations

from kempelen import review

__all__ = ["review"]
