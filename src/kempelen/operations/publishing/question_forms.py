"""Which HITs ask by a QuestionForm: their answers are checked and written by the form."""

from __future__ import annotations

from kempelen.operation import Call
from kempelen.rules import questions as question_rules
from kempelen.rules.question_form import QuestionForm
from kempelen.store import questions

MOST = 256
"""How many questions are kept parsed."""

_kept: dict[bytes, tuple[QuestionForm | None]] = {}


def form_of(call: Call, question: int) -> QuestionForm | None:
    """The form a HIT's question is, or None for an ExternalQuestion or HTMLQuestion; parsed once a text."""
    digest, start = questions.digest_and_start(call, question)
    if not question_rules.may_be_form(start):
        return None
    found = _kept.get(digest)
    if found is None:
        parsed = question_rules.parse(questions.body(call, question))
        found = (parsed if isinstance(parsed, QuestionForm) else None,)
        while len(_kept) >= MOST:
            _kept.pop(next(iter(_kept)), None)
        _kept[digest] = found
    return found[0]
