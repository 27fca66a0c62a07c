"""An assignment scored by known answers: what may be asked for, how it is scored, what follows."""

import pytest

from kempelen import review
from kempelen.errors import ParameterValidationError
from kempelen.review.outcomes import Action, Result
from kempelen.review.score_my_known_answers import judge

NAME = "ScoreMyKnownAnswers/2011-09-01"
KEY = {"animal": ["cat"], "colours": ["red", "green"], "nothing": []}


def given(key=None, **values):
    entries = [{"Key": question, "Values": answers} for question, answers in (key or KEY).items()]
    parameters = [{"Key": name, "Values": [value]} for name, value in values.items()]
    return {"PolicyName": NAME, "Parameters": [{"Key": "AnswerKey", "MapEntries": entries}, *parameters]}


def judged(values, *, key=None, max_assignments=1, **parameters):
    policy = review.parse(given(key, **parameters), "Assignment")
    return judge(policy, values, assignment_id="3ASSIGNMENT", hit_id="3HIT", max_assignments=max_assignments)


def refusal_of(policy, level="Assignment"):
    with pytest.raises(ParameterValidationError) as refused:
        review.parse(policy, level)
    return refused.value.message


def half_right(**more):
    return judged({"a": ("1",)}, key={"a": ["1"], "b": ["2"]}, **more)


def test_every_key_question_counts_once_and_scores_are_truncated():
    judgement = judged({"animal": ("cat",), "colours": ("green", "red"), "nothing": ("something",)})
    assert (judgement.score, judgement.correct, judgement.incorrect, judgement.evaluated) == (66, 2, 1, 3)


def test_the_report_has_four_rows_about_the_assignment():
    rows = [("KnownAnswerScore", "50"), ("KnownAnswersCorrect", "1"), ("KnownAnswersIncorrect", "1")]
    rows.append(("KnownAnswersEvaluated", "2"))
    expected = tuple(Result("Assignment", "3ASSIGNMENT", None, key, value) for key, value in rows)
    assert half_right().results == expected


@pytest.mark.parametrize(
    ("known", "answered", "is_correct"),
    [
        (["cat"], ("cat",), True),
        ([" cat\n"], ("\tcat ",), True),
        (["cat"], ("Cat",), False),
        (["cat"], ("cat.",), False),
        (["cat"], (), False),
        (["a", "b"], ("b", "a"), True),
        (["a", "b"], ("a",), False),
        (["a"], ("a", "b"), False),
        (["a"], ("a", "a"), True),
        ([], (), True),
        ([], (" ",), True),
        ([""], (), True),
        ([], ("a",), False),
        (["big cat"], ("big  cat",), False),
    ],
)
def test_an_answer_is_correct_if_it_is_the_same_set_of_trimmed_values(known, answered, is_correct):
    assert judged({"q": answered}, key={"q": known}).score == (100 if is_correct else 0)


def test_questions_outside_the_key_are_ignored_and_missing_ones_are_wrong():
    assert judged({"a": ("1",), "comment": ("hello",)}, key={"a": ["1"]}).score == 100
    assert judged({}, key={"a": ["1"]}).score == 0


@pytest.mark.parametrize(
    ("threshold", "approves"), [("0", True), ("50", True), ("51", False), ("101", False)]
)
def test_a_score_at_the_threshold_is_approved(threshold, approves):
    actions = half_right(ApproveIfKnownAnswerScoreIsAtLeast=threshold, ApproveReason="Well done").actions
    assert actions == ((Action("approve", "Assignment", "3ASSIGNMENT", "Well done"),) if approves else ())


@pytest.mark.parametrize(("threshold", "rejects"), [("0", False), ("50", False), ("51", True), ("101", True)])
def test_a_score_below_the_threshold_is_rejected(threshold, rejects):
    actions = half_right(RejectIfKnownAnswerScoreIsLessThan=threshold, RejectReason="Too few").actions
    assert actions == ((Action("reject", "Assignment", "3ASSIGNMENT", "Too few"),) if rejects else ())


def test_even_a_perfect_score_is_below_101_and_never_at_least_101():
    always = {"ApproveIfKnownAnswerScoreIsAtLeast": "101", "RejectIfKnownAnswerScoreIsLessThan": "101"}
    assert [one.name for one in judged({"a": ("1",)}, key={"a": ["1"]}, **always).actions] == ["reject"]


def test_where_both_thresholds_apply_the_worker_is_approved():
    both = {"ApproveIfKnownAnswerScoreIsAtLeast": "50", "RejectIfKnownAnswerScoreIsLessThan": "60"}
    assert [one.name for one in half_right(**both).actions] == ["approve"]


def test_without_thresholds_nothing_is_done():
    assert half_right().actions == ()


@pytest.mark.parametrize(("threshold", "extends"), [("0", False), ("50", False), ("51", True), ("101", True)])
def test_a_score_below_the_threshold_adds_an_assignment(threshold, extends):
    actions = half_right(ExtendIfKnownAnswerScoreIsLessThan=threshold).actions
    assert actions == ((Action("extend", "HIT", "3HIT"),) if extends else ())


@pytest.mark.parametrize(
    ("maximum", "max_assignments", "extends"),
    [
        (None, 4, True),
        (None, 5, False),
        (None, 12, False),
        ("2", 1, True),
        ("2", 2, False),
        ("25", 8, True),
        ("25", 9, False),
        ("25", 10, True),
        ("25", 24, True),
        ("25", 25, False),
    ],
)
def test_a_hit_is_extended_up_to_its_maximum_and_never_from_nine_to_ten(maximum, max_assignments, extends):
    limit = {} if maximum is None else {"ExtendMaximumAssignments": maximum}
    judgement = half_right(max_assignments=max_assignments, ExtendIfKnownAnswerScoreIsLessThan="100", **limit)
    assert bool(judgement.actions) == extends


def test_rejecting_comes_before_extending_and_the_time_is_told():
    judgement = half_right(
        RejectIfKnownAnswerScoreIsLessThan="60",
        ExtendIfKnownAnswerScoreIsLessThan="60",
        ExtendMinimumTimeInSeconds="3600",
    )
    assert [one.name for one in judgement.actions] == ["reject", "extend"]
    assert judgement.actions[1].minimum_seconds == 3600


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ApproveIfKnownAnswerScoreIsAtLeast", "102"),
        ("ApproveIfKnownAnswerScoreIsAtLeast", "-1"),
        ("ApproveIfKnownAnswerScoreIsAtLeast", "50.0"),
        ("ApproveIfKnownAnswerScoreIsAtLeast", ""),
        ("RejectIfKnownAnswerScoreIsLessThan", "102"),
        ("RejectIfKnownAnswerScoreIsLessThan", "٥"),
        ("RejectIfKnownAnswerScoreIsLessThan", "9" * 4000),
        ("ExtendIfKnownAnswerScoreIsLessThan", "x"),
        ("ExtendMaximumAssignments", "1"),
        ("ExtendMaximumAssignments", "26"),
        ("ExtendMinimumTimeInSeconds", "59"),
        ("ExtendMinimumTimeInSeconds", "31536001"),
    ],
)
def test_numbers_out_of_range_are_refused_by_name(key, value):
    message = refusal_of(given(**{key: value}))
    assert key in message and "whole number from" in message and len(message) < 300


@pytest.mark.parametrize("reason", ["x" * 1025, "bell \x07"])
def test_a_reason_must_be_fit_to_be_a_feedback(reason):
    assert "1024 characters" in refusal_of(given(RejectReason=reason))


def test_an_empty_reason_is_no_reason():
    assert half_right(ApproveIfKnownAnswerScoreIsAtLeast="0", ApproveReason="").actions[0].feedback == ""


def test_the_answer_key_cannot_be_missing_empty_or_a_list_of_values():
    assert "needs the parameter AnswerKey" in refusal_of({"PolicyName": NAME})
    for wrong in ({"Values": ["cat"]}, {"MapEntries": []}, {}):
        policy = {"PolicyName": NAME, "Parameters": [{"Key": "AnswerKey", **wrong}]}
        assert "needs MapEntries" in refusal_of(policy)


@pytest.mark.parametrize(
    ("extra", "sentence"),
    [
        ({"Key": "Colour", "Values": ["red"]}, '"Colour" is not a parameter'),
        ({"Key": "QuestionIds", "Values": ["a"]}, '"QuestionIds" is not a parameter'),
        ({"Key": "AnswerKey", "MapEntries": [{"Key": "a", "Values": ["1"]}]}, "given twice"),
        ({"Key": "ApproveReason", "MapEntries": [{"Key": "a", "Values": ["1"]}]}, "not MapEntries"),
        ({"Key": "ApproveReason", "Values": []}, "needs a value"),
        ({"Key": "ApproveReason", "Values": ["a", "b"]}, "exactly one value"),
        ({"Key": "ApproveReason", "Values": ["a"], "MapEntries": [{"Key": "a"}]}, "only one may be given"),
        ({"Values": ["a"]}, "a text for Key"),
        ({"Key": "  ", "Values": ["a"]}, "a text for Key"),
        ({"Key": "ApproveReason", "Values": "a"}, "must be a list"),
        ({"Key": "ApproveReason", "Values": [1]}, "must be a text"),
        ({"Key": "ApproveReason", "Values": ["a"] * 101}, "at most 100"),
        ("Key", "must be a structure"),
    ],
)
def test_wrong_parameters_are_refused_with_a_sentence(extra, sentence):
    policy = given()
    policy["Parameters"].append(extra)
    message = refusal_of(policy)
    assert sentence in message and message.endswith(".")


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ([{"Key": "a", "Values": ["1"]}, {"Key": "a", "Values": ["2"]}], "two entries"),
        ([{"Key": "é" * 128, "Values": ["1"]}], "1 to 255 bytes"),
        ([{"Values": ["1"]}], "a text for Key"),
        ([{"Key": str(number)} for number in range(1001)], "at most 1000"),
    ],
)
def test_wrong_entries_of_the_answer_key_are_refused(entries, sentence):
    policy = {"PolicyName": NAME, "Parameters": [{"Key": "AnswerKey", "MapEntries": entries}]}
    assert sentence in refusal_of(policy)


def test_an_unknown_policy_and_a_wrong_level_are_refused():
    assert "There is no review policy" in refusal_of({"PolicyName": "ScoreYourKnownAnswers/2011-09-01"})
    assert "a text for PolicyName" in refusal_of({})
    assert "only be given as AssignmentReviewPolicy" in refusal_of(given(), "HIT")
    assert "must be a list" in refusal_of({"PolicyName": NAME, "Parameters": {"Key": "AnswerKey"}})
