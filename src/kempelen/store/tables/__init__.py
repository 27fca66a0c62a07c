"""The tables: `house` (people, organisations, keys) and `world` (everything a market keeps).

Columns are integers (keys, UTC milliseconds, minor units), text (JSON where a value has parts) or bytes.
Row keys are integers taken from `counters`; public ids are text. A file here is about one subject.
"""

from kempelen.store.tables.columns import HOUSE, WORLD

__all__ = ["HOUSE", "WORLD"]
