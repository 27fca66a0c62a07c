"""What Wei submits: kept, checked, read, and told to Rosa."""

import xml.etree.ElementTree as ElementTree

import pytest

from kempelen.rules.answers import (
    MAX_BYTES,
    MAX_FIELDS,
    Field,
    Problem,
    TooMuchSubmitted,
    Upload,
    answer_values,
    check_answers,
    document,
    pack,
    unpack,
)
from kempelen.rules.documents import SCHEMAS
from kempelen.rules.question_form import (
    AnswerFormat,
    Constraints,
    FileUpload,
    FormQuestion,
    FreeText,
    QuestionForm,
    Selection,
    SelectionAnswer,
    Text,
)

NAMESPACE = f"{SCHEMAS}2005-10-01/QuestionFormAnswers.xsd"
START = f'<?xml version="1.0" encoding="ASCII"?>\n<QuestionFormAnswers xmlns="{NAMESPACE}">'
END = "</QuestionFormAnswers>"


def fields(*pairs):
    return [Field(name, value) for name, value in pairs]


def answered(name, value):
    return f"<Answer><QuestionIdentifier>{name}</QuestionIdentifier><FreeText>{value}</FreeText></Answer>"


def read(xml):
    """Name to the texts below its Answer, as a client's parser sees them."""
    root = ElementTree.fromstring(xml)
    return {answer[0].text: [child.text or "" for child in answer[1:]] for answer in root}


def question(name, answer, *, required=False):
    return FormQuestion(name, "", required, (Text("?"),), answer)


def choice(*names, other=None, minimum=1, maximum=1):
    return SelectionAnswer(
        tuple(Selection(name, Text(name)) for name in names), minimum=minimum, maximum=maximum, other=other
    )


def sentences(answer, *given, required=False):
    form = QuestionForm((question("q", answer, required=required),))
    problems = check_answers(form, list(given))
    assert all(problem.question == "q" for problem in problems)
    return [problem.text for problem in problems]


FORM = QuestionForm(
    (
        question("text", FreeText()),
        question("one", choice("a", "b")),
        question("many", choice("a", "b", "c", other=FreeText(), maximum=4)),
        question("file", FileUpload(1, 10)),
    )
)


def test_each_field_is_one_answer_in_order_of_first_appearance():
    given = fields(("b", "1"), ("a", "x"), ("empty", ""), ("b", "2"))
    assert (
        document(None, given)
        == START + answered("b", "1|2") + answered("a", "x") + answered("empty", "") + END
    )


def test_reserved_names_never_become_answers():
    names = ["assignmentId", "hitId", "workerId", "turkSubmitTo", "workerId\x00"]
    assert document(None, fields(*((name, "x") for name in names))) == START + END
    assert answer_values(None, fields(("hitId", "x"), ("a", "1"))) == {"a": ("1",)}


def test_the_document_is_ascii_and_loses_only_what_xml_cannot_carry():
    given = fields(("ü<&>", "日本 \U0001f600 \"'\r\n\t]]>"), ("bad", "a\x00b\x0bc\ud800d\ufffee"))
    xml = document(None, given)
    assert xml.isascii()
    assert "&#128512;" in xml
    root = ElementTree.fromstring(xml)
    texts = [[child.text for child in answer] for answer in root]
    assert texts == [["ü<&>", "日本 \U0001f600 \"'\r\n\t]]>"], ["bad", "abcde"]]


def test_the_children_of_an_answer_are_name_and_value():
    xml = document(None, fields(("taskAnswers", '[{"completion_code":"7"}]')))
    root = ElementTree.fromstring(xml.encode())
    assert root.tag == f"{{{NAMESPACE}}}QuestionFormAnswers"
    assert [child.tag.rpartition("}")[2] for child in root[0]] == ["QuestionIdentifier", "FreeText"]
    assert root[0][1].text == '[{"completion_code":"7"}]'


def test_a_form_decides_what_a_field_is():
    given = [
        *fields(("text", "hi"), ("one", "b"), ("many", "c"), ("many", "a"), ("many", "none"), ("zzz", "x"))
    ]
    xml = document(FORM, [*given, Upload("file", 7, "key/1")])
    assert xml == START + (
        answered("text", "hi")
        + "<Answer><QuestionIdentifier>one</QuestionIdentifier>"
        + "<SelectionIdentifier>b</SelectionIdentifier></Answer>"
        + "<Answer><QuestionIdentifier>many</QuestionIdentifier><SelectionIdentifier>c</SelectionIdentifier>"
        + "<SelectionIdentifier>a</SelectionIdentifier><OtherSelectionText>none</OtherSelectionText></Answer>"
        + "<Answer><QuestionIdentifier>file</QuestionIdentifier><UploadedFileSizeInBytes>7"
        + "</UploadedFileSizeInBytes><UploadedFileKey>key/1</UploadedFileKey></Answer>"
        + END
    )


def test_questions_without_an_answer_still_stand_in_the_document():
    assert read(document(FORM, fields(("many", "")))) == {"text": [""], "one": [], "many": [], "file": [""]}


def test_values_are_what_policies_and_keys_compare():
    given = [*fields(("text", "hi"), ("many", "a"), ("many", "own"), ("many", "a")), Upload("file", 7, "key")]
    assert answer_values(FORM, given) == {"text": ("hi",), "one": (), "many": ("a", "own"), "file": ("key",)}
    assert answer_values(None, fields(("a", "x|y"), ("a", ""))) == {"a": ("x|y", "")}


def test_packed_fields_come_back_as_they_were():
    given = [
        *fields(
            ("a", ""), ("", "é\x00\x1f"), ("lone", "\ud83d"), ("pair", "\ud83d" + "\ude00"), ("q", '"\\')
        ),
        Upload("file", 3, "k"),
    ]
    assert unpack(pack(given)) == tuple(given)
    assert pack(given) == pack(list(given))
    assert pack([]) == b"[]"
    assert unpack(b"[]") == ()


def test_too_many_or_too_large_fields_are_refused():
    assert pack(fields(*[("a", "b")] * MAX_FIELDS))
    for given in (fields(*[("a", "b")] * (MAX_FIELDS + 1)), fields(("a", "x" * MAX_BYTES))):
        with pytest.raises(TooMuchSubmitted, match="1000 fields and 1048576 bytes"):
            pack(given)


def test_required_questions_must_be_answered():
    for answer in (FreeText(), choice("a"), FileUpload(1, 2)):
        assert sentences(answer) == []
        assert sentences(answer, Field("q", "")) == []
        assert len(sentences(answer, required=True)) == 1
        assert len(sentences(answer, Field("q", ""), required=True)) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("12", None),
        (" 3.5 ", None),
        ("-0.5", "0 or more"),
        ("100.01", "100 or less"),
        ("1e1", "a number"),
        ("NaN", "a number"),
        ("१", "a number"),
        ("9" * 200, "a number"),
    ],
)
def test_numbers_keep_their_bounds(text, said):
    found = sentences(
        FreeText(Constraints(is_numeric=True, minimum_value=0, maximum_value=100)), Field("q", text)
    )
    assert len(found) == (said is not None)
    assert said is None or said in found[0]


def test_lengths_count_a_line_break_once():
    answer = FreeText(Constraints(minimum_length=3, maximum_length=4))
    assert sentences(answer, Field("q", "a\r\nb")) == []
    assert "needs at least 3" in sentences(answer, Field("q", "ab"))[0]
    assert "at most 4" in sentences(answer, Field("q", "abcde"))[0]


def test_every_format_must_be_met_in_its_own_words():
    formats = (AnswerFormat("^[a-z]", "Begin small."), AnswerFormat("Z$", flags="i"), AnswerFormat(r"(.)\1"))
    answer = FreeText(Constraints(formats=formats))
    assert sentences(answer, Field("q", "abcz")) == []
    assert sentences(answer, Field("q", "Abc")) == ["Begin small.", "Invalid input supplied."]


def test_a_form_full_of_costly_patterns_is_checked_in_bounded_time():
    answer = FreeText(Constraints(formats=(AnswerFormat("(a+)+$"),) * 500))
    assert len(sentences(answer, Field("q", "a" * 5_000 + "!"))) < 500


def test_selections_are_counted_once_and_known():
    answer = choice("a", "b", "c", minimum=2, maximum=2)
    picked = [Field("q", "a"), Field("q", "b")]
    assert sentences(answer, *picked, Field("q", "a")) == []
    assert sentences(answer, picked[0]) == ["Please choose at least 2; you have chosen 1."]
    assert sentences(answer, *picked, Field("q", "c")) == ["Please choose at most 2; you have chosen 3."]
    assert sentences(answer, picked[0], Field("q", "z")) == ['"z" is not one of the choices.']


def test_a_text_of_ones_own_counts_and_has_its_constraints():
    answer = choice("a", other=FreeText(Constraints(maximum_length=3)))
    assert sentences(answer, Field("q", "own")) == []
    assert "at most 3" in sentences(answer, Field("q", "long text"))[0]
    assert "at most 1" in sentences(answer, Field("q", "own"), Field("q", "a"))[0]


def test_files_keep_their_bounds():
    assert sentences(FileUpload(2, 5), Upload("q", 2, "k")) == []
    assert "at least 2" in sentences(FileUpload(2, 5), Upload("q", 1, "k"))[0]
    assert "at most 5" in sentences(FileUpload(2, 5), Upload("q", 6, "k"))[0]


def test_problems_stand_in_the_order_of_the_form():
    form = QuestionForm(tuple(question(name, FreeText(), required=True) for name in ("b", "a")))
    expected = tuple(Problem(name, "Please answer this question.") for name in ("b", "a"))
    assert check_answers(form, fields(("x", "y"))) == expected
