"""One function an operation: read, decide, write, tell. Importing a module registers its operations."""

from __future__ import annotations

import importlib
import pkgutil


def load() -> None:
    """Import every module below this package, so that all operations are registered."""
    for module in pkgutil.walk_packages(__path__, prefix=f"{__name__}."):
        importlib.import_module(module.name)
