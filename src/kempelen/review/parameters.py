"""The parameters of a review policy, read from the API's list of keys and values.

Whoever reads takes each key once by name; what nobody took is unknown and refused at the end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kempelen.errors import ParameterValidationError

MAXIMUM_PARAMETERS = 50
MAXIMUM_VALUES = 100
MAXIMUM_MAP_ENTRIES = 1000
MAXIMUM_KEY_BYTES = 255
MAXIMUM_VALUE_CHARACTERS = 4096
MAXIMUM_REASON_CHARACTERS = 1024

_WHOLE_NUMBER = re.compile(r"[0-9]{1,10}", re.ASCII)
_FORBIDDEN_IN_REASON = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SHOWN_CHARACTERS = 60

Entries = dict[str, tuple[str, ...]]


class Parameters:
    """The keys of one policy, each to be taken once. Every method raises `ParameterValidationError`."""

    def __init__(self, policy: Mapping[str, object]) -> None:
        self.policy_name = _text(policy.get("PolicyName"), "PolicyName")
        self._values: dict[str, tuple[str, ...]] = {}
        self._entries: dict[str, Entries] = {}
        for parameter in _structures(policy.get("Parameters"), "Parameters", at_most=MAXIMUM_PARAMETERS):
            self._keep(parameter)

    def _keep(self, parameter: Mapping[str, object]) -> None:
        key = _text(parameter.get("Key"), "Key").strip()
        if key in self._values or key in self._entries:
            raise self.refused(key, "is given twice")
        entries = _structures(parameter.get("MapEntries"), "MapEntries", at_most=MAXIMUM_MAP_ENTRIES)
        values = _texts(parameter.get("Values"))
        if entries and values:
            raise self.refused(key, "has both Values and MapEntries, of which only one may be given")
        if entries:
            self._entries[key] = self._read_entries(key, entries)
        else:
            self._values[key] = values

    def _read_entries(self, key: str, entries: Sequence[Mapping[str, object]]) -> Entries:
        read: Entries = {}
        for entry in entries:
            name = _text(entry.get("Key"), "Key")
            if not name or len(name.encode("utf-8", "surrogatepass")) > MAXIMUM_KEY_BYTES:
                raise self.refused(key, f"needs entries whose keys have 1 to {MAXIMUM_KEY_BYTES} bytes")
            if name in read:
                raise self.refused(key, f'has two entries for "{shown(name)}"')
            read[name] = _texts(entry.get("Values"))
        return read

    def entries(self, key: str) -> Entries:
        """What a required key maps to; at least one entry."""
        if key in self._values:
            raise self.refused(key, "needs MapEntries, at least one")
        if key not in self._entries:
            raise self._missing(key)
        return self._entries.pop(key)

    def values(self, *spellings: str) -> tuple[str, ...] | None:
        """The values of a key under whichever of its spellings it came, `None` if it did not."""
        given = [key for key in spellings if key in self._values or key in self._entries]
        if not given:
            return None
        if len(given) > 1:
            raise self.refused(given[0], f"is given twice, the other time as {given[1]}")
        key = given[0]
        if key in self._entries:
            raise self.refused(key, "takes Values, not MapEntries")
        if not self._values[key]:
            raise self.refused(key, "needs a value")
        return self._values.pop(key)

    def required_values(self, *spellings: str) -> tuple[str, ...]:
        """As `values`, for a key that must be there."""
        values = self.values(*spellings)
        if values is None:
            raise self._missing(spellings[0])
        return values

    def single(self, *spellings: str) -> str | None:
        """The one value of a key, `None` if the key is not given."""
        values = self.values(*spellings)
        if values is None:
            return None
        if len(values) > 1:
            raise self.refused(spellings[0], "takes exactly one value")
        return values[0]

    def number(self, *spellings: str, least: int, most: int) -> int | None:
        """The whole number of a key, `None` if the key is not given."""
        text = self.single(*spellings)
        if text is None:
            return None
        if _WHOLE_NUMBER.fullmatch(text) is None or not least <= int(text) <= most:
            raise self.refused(
                spellings[0], f'must be a whole number from {least} to {most}, and "{shown(text)}" is not'
            )
        return int(text)

    def required_number(self, *spellings: str, least: int, most: int) -> int:
        """As `number`, for a key that must be there."""
        number = self.number(*spellings, least=least, most=most)
        if number is None:
            raise self._missing(spellings[0])
        return number

    def is_set(self, key: str) -> bool:
        """A key of `T` or `F`; `F` if it is not given."""
        text = self.single(key)
        if text not in (None, "T", "F"):
            raise self.refused(key, f'must be T or F, and "{shown(text or "")}" is neither')
        return text == "T"

    def reason(self, key: str) -> str:
        """What a worker will read as feedback; empty if the key is not given."""
        values = self._values.get(key)
        if values == ("",):
            self._values.pop(key)
            return ""
        text = self.single(key) or ""
        if len(text) > MAXIMUM_REASON_CHARACTERS or _FORBIDDEN_IN_REASON.search(text):
            raise self.refused(
                key, f"must have at most {MAXIMUM_REASON_CHARACTERS} characters and no control characters"
            )
        return text

    def refuse_the_rest(self) -> None:
        """To be called last: what was not taken is no parameter of this policy."""
        for key in (*self._values, *self._entries):
            raise ParameterValidationError(
                f'"{shown(key)}" is not a parameter of the review policy {self.policy_name}.'
            )

    def refused(self, key: str, why: str) -> ParameterValidationError:
        """The refusal that says which parameter of which policy is wrong, and why."""
        return ParameterValidationError(
            f"The parameter {shown(key)} of the review policy {shown(self.policy_name)} {why}."
        )

    def _missing(self, key: str) -> ParameterValidationError:
        return ParameterValidationError(
            f"The review policy {shown(self.policy_name)} needs the parameter {key}, which is missing."
        )


def shown(text: str) -> str:
    """A caller's text, short enough to stand in a message."""
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ParameterValidationError(f"A review policy needs a text for {name} wherever one belongs.")
    return value


def _texts(value: object) -> tuple[str, ...]:
    values = () if value is None else value
    if not isinstance(values, list | tuple) or len(values) > MAXIMUM_VALUES:
        raise ParameterValidationError(
            f"Values of a review policy must be a list of at most {MAXIMUM_VALUES} texts."
        )
    for one in values:
        if not isinstance(one, str) or len(one) > MAXIMUM_VALUE_CHARACTERS:
            raise ParameterValidationError(
                "Each of the Values of a review policy must be a text"
                f" of at most {MAXIMUM_VALUE_CHARACTERS} characters."
            )
    return tuple(values)


def _structures(value: object, name: str, *, at_most: int) -> Sequence[Mapping[str, object]]:
    values = () if value is None else value
    if not isinstance(values, list | tuple) or len(values) > at_most:
        raise ParameterValidationError(
            f"{name} of a review policy must be a list of at most {at_most} entries."
        )
    if not all(isinstance(one, Mapping) for one in values):
        raise ParameterValidationError(f"Each of the {name} of a review policy must be a structure.")
    return values
