"""Handing answers in: the first one stays, and what a form does not take is not lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kempelen.errors import Refusal
from kempelen.operations.doing.submitting import AlreadySubmitted, AnswerNotTaken
from kempelen.store.assignments import AssignmentDoesNotExist
from people import Requester, Town, Worker

SCHEMA = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionForm.xsd"


def question(name: str, answer: str, *, required: bool = True) -> str:
    return (
        f"<Question><QuestionIdentifier>{name}</QuestionIdentifier>"
        f"<IsRequired>{str(required).lower()}</IsRequired>"
        f"<QuestionContent><Text>?</Text></QuestionContent>"
        f"<AnswerSpecification>{answer}</AnswerSpecification></Question>"
    )


YEAR = (
    "<FreeTextAnswer><Constraints><IsNumeric minValue='1900' maxValue='2030'/></Constraints></FreeTextAnswer>"
)
COLOUR = (
    "<SelectionAnswer><Selections>"
    "<Selection><SelectionIdentifier>red</SelectionIdentifier><Text>Red</Text></Selection>"
    "<Selection><SelectionIdentifier>blue</SelectionIdentifier><Text>Blue</Text></Selection>"
    "</Selections></SelectionAnswer>"
)
FORM = f'<QuestionForm xmlns="{SCHEMA}">{question("year", YEAR)}{question("colour", COLOUR)}</QuestionForm>'


def answer(rosa: Requester, assignment: str) -> str:
    text: str = rosa("GetAssignment", AssignmentId=assignment)["Assignment"]["Answer"]
    return text


def test_submitting_answers_where_the_worker_may_go_on(rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit()
    assignment = wei.accept(hit["HITId"])
    answered = wei("SubmitAssignment", AssignmentId=assignment, Fields=[{"Name": "a", "Value": "b"}])
    assert answered == {
        "AssignmentId": assignment,
        "HITId": hit["HITId"],
        "HITGroupId": hit["HITGroupId"],
        "Status": "Submitted",
    }


def test_an_answer_without_fields_is_an_answer(rosa: Requester, wei: Worker) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    wei("SubmitAssignment", AssignmentId=assignment, Fields=[])
    assert answer(rosa, assignment).endswith('QuestionFormAnswers.xsd"></QuestionFormAnswers>')


def test_reserved_names_never_become_answers_and_repeated_ones_are_joined(
    rosa: Requester, wei: Worker
) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    names = ("assignmentId", "hitId", "workerId", "turkSubmitTo", "tag", "tag")
    fields = [{"Name": name, "Value": str(number)} for number, name in enumerate(names)]
    wei("SubmitAssignment", AssignmentId=assignment, Fields=fields)
    assert answer(rosa, assignment).count("<Answer>") == 1
    assert "<FreeText>4|5</FreeText>" in answer(rosa, assignment)


def test_what_came_first_stays(rosa: Requester, wei: Worker) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"], label="first")
    with pytest.raises(AlreadySubmitted, match=r"^This assignment is submitted already\."):
        wei.submit(assignment, label="second")
    assert "first" in answer(rosa, assignment)
    rosa("ApproveAssignment", AssignmentId=assignment)
    with pytest.raises(AlreadySubmitted, match=r"^This assignment is approved already\."):
        wei.submit(assignment, label="third")


def test_of_fifty_submissions_at_once_one_is_taken(rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit(MaxAssignments=3)
    assignment = wei.accept(hit["HITId"])

    def submit(number: int) -> str | None:
        try:
            wei.submit(assignment, label=f"n{number}.")
        except AlreadySubmitted:
            return None
        return f"n{number}."

    with ThreadPoolExecutor(16) as threads:
        taken = [label for label in threads.map(submit, range(50)) if label is not None]
    assert len(taken) == 1
    assert taken[0] in answer(rosa, assignment)
    shown = rosa.hit(hit["HITId"])
    assert (shown["NumberOfAssignmentsPending"], shown["NumberOfAssignmentsAvailable"]) == (0, 2)
    assert rosa("ListAssignmentsForHIT", HITId=hit["HITId"])["NumResults"] == 1


def test_nobody_submits_for_somebody_else(rosa: Requester, wei: Worker, ana: Worker) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    with pytest.raises(AssignmentDoesNotExist):
        ana.submit(assignment)
    wei.submit(assignment)


def test_accepted_work_outlives_the_hit_s_end(town: Town, rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit(LifetimeInSeconds=60)
    assignment = wei.accept(hit["HITId"])
    town.advance(seconds=120)
    wei.submit(assignment)
    assert rosa.hit(hit["HITId"])["HITStatus"] == "Reviewable"


def test_a_form_refuses_what_does_not_fit_question_by_question(rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit(Question=FORM)
    assignment = wei.accept(hit["HITId"])
    with pytest.raises(AnswerNotTaken) as refusal:
        wei.submit(assignment, year="1066")
    assert refusal.value.page_status == 422
    assert [problem.question for problem in refusal.value.problems] == ["year", "colour"]
    assert "year: The answer must be 1900 or more." in refusal.value.message
    assert rosa.hit(hit["HITId"])["NumberOfAssignmentsPending"] == 1
    wei.submit(assignment, year="1966", colour="red")
    assert "<SelectionIdentifier>red</SelectionIdentifier>" in answer(rosa, assignment)


def test_a_file_that_came_before_is_part_of_the_answer(rosa: Requester, wei: Worker) -> None:
    upload = (
        "<FileUploadAnswer><MaxFileSizeInBytes>100</MaxFileSizeInBytes>"
        "<MinFileSizeInBytes>1</MinFileSizeInBytes></FileUploadAnswer>"
    )
    form = f'<QuestionForm xmlns="{SCHEMA}">{question("photo", upload)}</QuestionForm>'
    assignment = wei.accept(rosa.create_hit(Question=form)["HITId"])
    with pytest.raises(AnswerNotTaken, match="photo: Please choose a file"):
        wei("SubmitAssignment", AssignmentId=assignment, Fields=[{"Name": "photo", "Value": "cat.png"}])
    kept = wei(
        "KeepFileAnswer", AssignmentId=assignment, QuestionIdentifier="photo", Blob="b10b", Size=42,
        FileName="cat.png", ContentType="image/png",
    )  # fmt: skip
    wei("SubmitAssignment", AssignmentId=assignment, Fields=[])
    assert (
        "<UploadedFileSizeInBytes>42</UploadedFileSizeInBytes>"
        f"<UploadedFileKey>{kept['FileKey']}</UploadedFileKey>"
    ) in answer(rosa, assignment)


def test_a_refusal_quotes_the_requester_s_words_as_they_are(rosa: Requester, wei: Worker) -> None:
    strange = (
        "<FreeTextAnswer><Constraints><AnswerFormatRegex regex='^a{2}$' errorText='Write {two} a&apos;s'/>"
        "</Constraints></FreeTextAnswer>"
    )
    form = f'<QuestionForm xmlns="{SCHEMA}">{question("{q}", strange)}</QuestionForm>'
    assignment = wei.accept(rosa.create_hit(Question=form)["HITId"])
    with pytest.raises(AnswerNotTaken, match=r"\{q\}: Write \{two\} a's"):
        wei("SubmitAssignment", AssignmentId=assignment, Fields=[{"Name": "{q}", "Value": "b"}])


def test_a_submission_larger_than_can_be_kept_is_refused_before_anything_happens(
    rosa: Requester, wei: Worker
) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    with pytest.raises(Refusal, match="too large"):
        wei.submit(assignment, text="x" * 1_048_577)
    wei.submit(assignment, text="x")
