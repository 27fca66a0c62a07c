"""How a worker stands to a requirement, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kempelen.rules.comparators import Locale
from kempelen.rules.reasons import reason
from kempelen.rules.requirements import Explanation, from_answer
from kempelen.web.languages import ENGLISH
from kempelen.web.visit import Visit


def reason_of(visit: Visit, eligibility: Mapping[str, Any]) -> str:
    """The sentence of an Eligibility structure."""
    if visit.language == ENGLISH:
        return str(eligibility["Reason"])
    place = eligibility.get("HeldLocaleValue")
    held = eligibility.get("HeldIntegerValue")
    explanation = Explanation(
        requirement=from_answer(eligibility["QualificationRequirement"]),
        held=Locale(place["Country"], place.get("Subdivision")) if place else held,
        met=eligibility["Met"],
    )
    return reason(explanation, eligibility.get("QualificationName") or "").said(visit.words.gettext)
