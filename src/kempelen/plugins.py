"""What has many kinds, listed: the deciders and adapters operations and doors reach through here."""

from __future__ import annotations

from kempelen import blobs, channels, language_tests, review
from kempelen.formats import batch_results

__all__ = ["batch_results", "blobs", "channels", "language_tests", "review"]
