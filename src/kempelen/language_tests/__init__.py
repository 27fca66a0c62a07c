"""The texts of the market's own language tests: one file a language, right answers and all.

Whoever reads the files knows the answers, as with everything that is published; no page or answer of a market
shows them. The recordings beside the pages' other files are made of them by `environment/make_recordings.py`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from kempelen.rules.language_tests import Material, Question, Reading

FOLDER = Path(__file__).parent


@cache
def material(code: str) -> Material:
    """The texts of a language, by its code; read once."""
    with (FOLDER / f"{code}.toml").open("rb") as file:
        found = tomllib.load(file)
    readings = (
        Reading(
            title=each["title"],
            text=each["text"],
            questions=tuple(
                Question(question["ask"], question["right"], tuple(question["wrong"]))
                for question in each["questions"]
            ),
        )
        for each in found["readings"]
    )
    return Material(
        code=code,
        direction=found["direction"],
        reading=found["reading"],
        dictation=found["dictation"],
        sentence=found["sentence"],
        recording=found["recording"],
        readings=tuple(readings),
        dictations=tuple(tuple(each["sentences"]) for each in found["dictations"]),
    )
