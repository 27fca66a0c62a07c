"""The mark of an error banner that old worker scripts look for on pages that refuse something."""

from __future__ import annotations

import json


def banner(*, header: str, message: str) -> str:
    """The properties of the mount, as JSON."""
    properties = {"header": header, "message": message, "renderMessageAsHTML": False, "type": "warning"}
    return json.dumps(properties, ensure_ascii=False, separators=(",", ":"))
