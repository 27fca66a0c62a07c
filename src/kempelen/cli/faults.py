"""What goes wrong, as a sentence that says what to do."""

from __future__ import annotations

import sqlite3

from kempelen.errors import Refusal


def sentence(fault: BaseException) -> str:
    """A fault as one sentence, without a traceback."""
    if isinstance(fault, Refusal):
        return _ended(fault.message)
    if isinstance(fault, sqlite3.OperationalError):
        return f"The SQLite database cannot be used: {fault}. Check the folder's rights and free space."
    if isinstance(fault, ConnectionError | OSError):
        return f"The operating system refused: {_ended(fault)}"
    if isinstance(fault, ValueError):
        return f"A value is wrong: {_ended(fault)}"
    if type(fault).__module__.startswith("psycopg"):
        first = str(fault).strip().splitlines()[0] if str(fault).strip() else type(fault).__name__
        return f"The PostgreSQL database cannot be used: {first}. Check KEMPELEN_DATABASE or --database."
    return (
        f"This is a fault of the program: {type(fault).__name__}: {fault}. "
        "Set KEMPELEN_TRACEBACK=1 to see where."
    )


def _ended(said: object) -> str:
    """What was said, with a full stop unless it ends with one, or with another such mark."""
    text = str(said)
    return text if text.endswith((".", "!", "?")) else f"{text}."
