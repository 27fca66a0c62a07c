"""Workers compared with one another: what is agreed, who agrees with it, what follows."""

import pytest

from kempelen import review
from kempelen.errors import ParameterValidationError
from kempelen.review.outcomes import Action, Result
from kempelen.review.simple_plurality import Answers, judge

NAME = "SimplePlurality/2011-09-01"

WARDROBE = (
    {"A": "coat", "B": "blue", "C": "large", "D": "Furry"},
    {"A": "sweater", "B": "blue", "C": "large", "D": "fur"},
    {"A": "coat", "B": "green", "C": "large", "D": "furr"},
)
"""The example of the API reference: four questions, three workers."""


def given(questions="q", threshold="50", **values):
    parameters = {"QuestionIds": list(questions), "QuestionAgreementThreshold": [threshold]}
    parameters |= {name: [value] for name, value in values.items()}
    return {
        "PolicyName": NAME,
        "Parameters": [{"Key": key, "Values": value} for key, value in parameters.items() if value != [None]],
    }


def assignment(number, values, *, status="Submitted", known_answer_score=None):
    answers = {question: (value,) if isinstance(value, str) else value for question, value in values.items()}
    return Answers(f"3W{number}", f"AWORKER{number}", status, answers, known_answer_score)


def judged(everyones, *, questions="q", max_assignments=3, **parameters):
    policy = review.parse(given(questions, **parameters), "HIT")
    assignments = [
        one if isinstance(one, Answers) else assignment(number, one if isinstance(one, dict) else {"q": one})
        for number, one in enumerate(everyones, start=1)
    ]
    return judge(policy, assignments, hit_id="3HIT", max_assignments=max_assignments)


def refusal_of(policy, level="HIT"):
    with pytest.raises(ParameterValidationError) as refused:
        review.parse(policy, level)
    return refused.value.message


def row(plurality, key, subject="3HIT", question=None):
    found = [
        one.value
        for one in plurality.results
        if (one.key, one.subject_id, one.question_id) == (key, subject, question)
    ]
    return found[0] if found else None


def test_the_example_of_the_reference_comes_out_as_printed():
    plurality = judged(WARDROBE, questions="ABCD")
    assert plurality.hit_agreement_score == 75
    assert plurality.agreed_answers == {"A": "coat", "B": "blue", "C": "large"}
    assert plurality.worker_agreement_scores == {"3W1": 100, "3W2": 66, "3W3": 66}
    scores = [row(plurality, "AnswerAgreementScore", question=one) for one in "ABCD"]
    assert scores == ["66", "66", "100", None]


def test_the_report_of_a_small_hit_has_these_rows():
    assert judged(["cat", "cat", "dog"]).results == (
        Result("HIT", "3HIT", "q", "AgreedAnswerFound", "true"),
        Result("HIT", "3HIT", "q", "AgreedAnswer", "cat"),
        Result("HIT", "3HIT", "q", "AnswerAgreementScore", "66"),
        Result("Assignment", "3W1", None, "WorkerAgreementScore", "100"),
        Result("Assignment", "3W1", None, "PluralityAnswersCorrect", "1"),
        Result("Assignment", "3W1", None, "PluralityAnswersIncorrect", "0"),
        Result("Assignment", "3W2", None, "WorkerAgreementScore", "100"),
        Result("Assignment", "3W2", None, "PluralityAnswersCorrect", "1"),
        Result("Assignment", "3W2", None, "PluralityAnswersIncorrect", "0"),
        Result("Assignment", "3W3", None, "WorkerAgreementScore", "0"),
        Result("Assignment", "3W3", None, "PluralityAnswersCorrect", "0"),
        Result("Assignment", "3W3", None, "PluralityAnswersIncorrect", "1"),
        Result("HIT", "3HIT", None, "HitAgreementScore", "100"),
    )


@pytest.mark.parametrize(("threshold", "found"), [("65", "true"), ("66", "false"), ("67", "false")])
def test_a_question_is_agreed_above_its_threshold_and_not_at_it(threshold, found):
    plurality = judged(["cat", "cat", "dog"], threshold=threshold)
    assert row(plurality, "AgreedAnswerFound", question="q") == found
    assert row(plurality, "AnswerAgreementScore", question="q") == "66"
    assert (row(plurality, "AgreedAnswer", question="q") == "cat") == (found == "true")


@pytest.mark.parametrize("answers", [["cat"], ["cat", "dog"], [], ["cat", "Cat", "cat."]])
def test_without_two_equal_answers_nothing_is_agreed(answers):
    plurality = judged(answers, threshold="0")
    assert plurality.agreed_answers == {}
    assert row(plurality, "AnswerAgreementScore", question="q") is None
    assert row(plurality, "HitAgreementScore") == "0"


@pytest.mark.parametrize("answers", [["a", "a", "b", "b", "c"], ["b", "a", "c", "b", "a"]])
def test_two_largest_groups_agree_on_nothing_in_any_order(answers):
    plurality = judged(answers, threshold="0", RejectIfWorkerAgreementScoreIsLessThan="100")
    assert plurality.agreed_answers == {}
    assert row(plurality, "AnswerAgreementScore", question="q") == "40"
    assert plurality.actions == ()


def test_a_plurality_need_not_be_a_majority():
    assert judged(["a", "a", "b", "c", "d"], threshold="39").agreed_answers == {"q": "a"}


def test_several_values_agree_only_as_whole_sets():
    both, reversed_both, one = {"q": ("a", "b")}, {"q": (" b", "a")}, {"q": ("a",)}
    plurality = judged([both, reversed_both, one])
    assert plurality.agreed_answers == {"q": "a|b"}
    assert plurality.worker_agreement_scores == {"3W1": 100, "3W2": 100, "3W3": 0}


def test_a_missing_answer_counts_and_equals_nothing():
    assert judged([{}, {}, {}], threshold="0").agreed_answers == {}
    plurality = judged([{"q": "cat"}, {"q": "cat"}, {}, {"q": ()}])
    assert row(plurality, "AnswerAgreementScore", question="q") == "50"
    assert plurality.agreed_answers == {}


def test_a_blank_answer_is_an_answer():
    assert judged(["", " ", "cat"]).agreed_answers == {"q": ""}


def test_an_answer_over_256_characters_is_not_evaluated():
    fits, too_long = "x" * 256, "x" * 257
    assert judged([fits, fits + " "]).agreed_answers == {"q": fits}
    assert judged([too_long, too_long]).agreed_answers == {}
    plurality = judged(["cat", "cat", too_long], threshold="99")
    assert plurality.agreed_answers == {"q": "cat"}
    assert plurality.worker_agreement_scores["3W3"] == 0


def test_rejected_assignments_are_disregarded_if_so_asked():
    everyone = [
        assignment(1, {"q": "cat"}),
        assignment(2, {"q": "cat"}, status="Approved"),
        assignment(3, {"q": "dog"}, status="Rejected"),
    ]
    assert row(judged(everyone), "AnswerAgreementScore", question="q") == "66"
    assert row(judged(everyone, DisregardAssignmentIfRejected="F"), "WorkerAgreementScore", "3W3") == "0"
    without = judged(
        everyone, DisregardAssignmentIfRejected="T", RejectIfWorkerAgreementScoreIsLessThan="100"
    )
    assert row(without, "AnswerAgreementScore", question="q") == "100"
    assert row(without, "WorkerAgreementScore", "3W3") is None
    assert without.actions == ()


def test_a_low_known_answer_score_is_disregarded_and_none_at_all_is_not():
    everyone = [
        assignment(1, {"q": "cat"}, known_answer_score=80),
        assignment(2, {"q": "cat"}),
        assignment(3, {"q": "dog"}, known_answer_score=79),
    ]
    plurality = judged(everyone, DisregardAssignmentIfKnownAnswerScoreIsLessThan="80")
    assert plurality.worker_agreement_scores == {"3W1": 100, "3W2": 100}


def test_workers_are_approved_and_rejected_by_their_agreement():
    plurality = judged(
        WARDROBE,
        questions="ABCD",
        ApproveIfWorkerAgreementScoreIsAtLeast="100",
        RejectIfWorkerAgreementScoreIsLessThan="67",
        RejectReason="Others saw it differently.",
    )
    reason = "Others saw it differently."
    assert plurality.actions == (
        Action("approve", "Assignment", "3W1"),
        Action("reject", "Assignment", "3W2", reason),
        Action("reject", "Assignment", "3W3", reason),
    )
    at_66 = judged(WARDROBE, questions="ABCD", RejectIfWorkerAgreementScoreIsLessThan="66")
    assert at_66.actions == ()


def test_nobody_is_rejected_where_nothing_is_agreed():
    plurality = judged(["a", "b", "c"], RejectIfWorkerAgreementScoreIsLessThan="100")
    assert plurality.actions == ()
    assert row(plurality, "WorkerAgreementScore", "3W1") is None
    assert row(plurality, "PluralityAnswersCorrect", "3W1") == "0"


@pytest.mark.parametrize(
    ("below", "maximum", "max_assignments", "extends"),
    [
        ("75", "5", 3, False),
        ("76", "5", 3, True),
        ("76", "3", 3, False),
        ("76", "25", 9, False),
        ("76", "25", 10, True),
    ],
)
def test_a_hit_without_enough_agreement_gets_one_more_assignment(below, maximum, max_assignments, extends):
    plurality = judged(
        WARDROBE,
        questions="ABCD",
        max_assignments=max_assignments,
        ExtendIfHITAgreementScoreIsLessThan=below,
        ExtendMaximumAssignments=maximum,
        ExtendMinimumTimeInSeconds="60",
    )
    assert plurality.actions == ((Action("extend", "HIT", "3HIT", "", 60),) if extends else ())


def test_both_spellings_are_understood_and_not_together():
    policy = given(ApproveIfWorkerAgreementScoreIsNotLessThan="100")
    policy["Parameters"][0]["Key"] = "QuestionIDs"
    assert review.parse(policy, "HIT").decision.approve_if_score_is_at_least == 100
    policy["Parameters"].append({"Key": "QuestionIds", "Values": ["q"]})
    assert "given twice" in refusal_of(policy)
    both = given(
        ApproveIfWorkerAgreementScoreIsNotLessThan="100", ApproveIfWorkerAgreementScoreIsAtLeast="100"
    )
    assert "given twice" in refusal_of(both)


def test_questions_may_be_listed_or_joined_by_commas():
    assert review.parse(given(["a, b", "c"]), "HIT").question_ids == ("a", "b", "c")


@pytest.mark.parametrize(
    ("questions", "sentence"),
    [
        ([str(number) for number in range(16)], "more than 15"),
        (["a", "b", "a"], "twice"),
        (["a,,b"], "1 to 255 bytes"),
        ([" "], "1 to 255 bytes"),
        (["x" * 256], "1 to 255 bytes"),
        ([], "needs a value"),
    ],
)
def test_the_questions_must_be_up_to_15_different_names(questions, sentence):
    assert sentence in refusal_of(given(questions))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("QuestionAgreementThreshold", "101"),
        ("DisregardAssignmentIfKnownAnswerScoreIsLessThan", "102"),
        ("ExtendIfHITAgreementScoreIsLessThan", "0"),
        ("ExtendIfHITAgreementScoreIsLessThan", "101"),
        ("ExtendMaximumAssignments", "26"),
        ("ExtendMinimumTimeInSeconds", "59"),
        ("ApproveIfWorkerAgreementScoreIsAtLeast", "0"),
        ("RejectIfWorkerAgreementScoreIsLessThan", "101"),
    ],
)
def test_numbers_out_of_their_range_are_refused_by_name(key, value):
    policy = given(**({"threshold": value} if key == "QuestionAgreementThreshold" else {key: value}))
    assert key in refusal_of(policy)


def test_what_is_needed_must_be_there():
    assert "needs the parameter QuestionIds" in refusal_of({"PolicyName": NAME, "Parameters": None})
    assert "needs the parameter QuestionAgreementThreshold" in refusal_of(given(threshold=None))
    extend = {"ExtendIfHITAgreementScoreIsLessThan": "50"}
    assert "needs the parameter ExtendMaximumAssignments" in refusal_of(given(**extend))
    extend["ExtendMaximumAssignments"] = "5"
    assert "needs the parameter ExtendMinimumTimeInSeconds" in refusal_of(given(**extend))


def test_other_wrong_parameters_are_refused():
    assert "must be T or F" in refusal_of(given(DisregardAssignmentIfRejected="true"))
    assert '"AnswerKey" is not a parameter' in refusal_of(given(AnswerKey="x"))
    assert "only be given as HITReviewPolicy" in refusal_of(given(), "Assignment")
    mapped = {"Key": "RejectReason", "MapEntries": [{"Key": "a", "Values": ["b"]}]}
    policy = given()
    policy["Parameters"].append(mapped)
    assert "not MapEntries" in refusal_of(policy)
