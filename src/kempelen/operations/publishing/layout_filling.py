"""A HIT's question made from a layout and its parameters."""

from __future__ import annotations

from kempelen.errors import ParameterValidationError
from kempelen.operation import Call
from kempelen.rules import layouts as layout_rules
from kempelen.store import layouts


def fill_layout(call: Call, layout_id: str, parameters: list[dict[str, str]]) -> str:
    """The HTMLQuestion that results. Refuses unknown layouts, doubled, missing and unknown parameters."""
    layout = layouts.owned(call, layout_id)
    values: dict[str, str] = {}
    for parameter in parameters:
        if parameter["Name"] in values:
            raise ParameterValidationError(f"The layout parameter {parameter['Name']} is given twice.")
        values[parameter["Name"]] = parameter["Value"]
    return layout_rules.fill(layout.html, layout.frame_height, values)
