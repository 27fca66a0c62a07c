"""QuestionForm, its constraints and its formatted content."""

import pytest

from kempelen.rules import formatted_content
from kempelen.rules.documents import SCHEMAS, MalformedDocument
from kempelen.rules.question_form import (
    AnswerFormat,
    Application,
    Binary,
    Constraints,
    EmbeddedBinary,
    FileUpload,
    FormattedContent,
    FreeText,
    List,
    SelectionAnswer,
    Text,
    Title,
)
from kempelen.rules.questions import parse


def question(answer="<FreeTextAnswer/>", name="q", content="<Text>?</Text>", more=""):
    return (
        f"<Question><QuestionIdentifier>{name}</QuestionIdentifier>{more}"
        f"<QuestionContent>{content}</QuestionContent>"
        f"<AnswerSpecification>{answer}</AnswerSpecification></Question>"
    )


def form(*items, year="2005-10-01"):
    return parse(f'<QuestionForm xmlns="{SCHEMAS}{year}/QuestionForm.xsd">{"".join(items)}</QuestionForm>')


def answer(specification):
    return form(question(specification)).questions[0].answer


def free_text(constraints):
    return answer(f"<FreeTextAnswer><Constraints>{constraints}</Constraints></FreeTextAnswer>")


def selections(*names, before="", after=""):
    inner = "".join(
        f"<Selection><SelectionIdentifier>{name}</SelectionIdentifier><Text>{name}</Text></Selection>"
        for name in names
    )
    return f"<SelectionAnswer>{before}<Selections>{inner}{after}</Selections></SelectionAnswer>"


def refused(build, *arguments):
    with pytest.raises(MalformedDocument) as refusal:
        build(*arguments)
    return refusal.value.message.partition("Details: ")[2]


def test_a_form_keeps_its_parts_in_order():
    overview = "<Overview><Title>Cats</Title><List><ListItem>a</ListItem><ListItem/></List></Overview>"
    named = "<DisplayName>First</DisplayName><IsRequired>true</IsRequired>"
    found = form(question(name="a", more=named), overview, question(name="b"))
    assert [item.identifier for item in found.questions] == ["a", "b"]
    assert found.items[1] is found.overviews[0]
    assert found.overviews[0].content == (Title("Cats"), List(("a", "")))
    first, second = found.questions
    assert (first.display_name, first.required) == ("First", True)
    assert (second.display_name, second.required) == ("", False)
    assert second.content == (Text("?"),)


def test_pictures_and_programs_are_read():
    picture = (
        "<Binary><MimeType><Type>image</Type><SubType>png</SubType></MimeType>"
        "<DataURL>https://example.org/a.png</DataURL><AltText>A cat</AltText></Binary>"
    )
    film = (
        "<EmbeddedBinary><EmbeddedMimeType><Type>video</Type><SubType>mp4</SubType></EmbeddedMimeType>"
        "<DataURL>http://example.org/a.mp4</DataURL><AltText/><Width>100</Width><Height>50%</Height>"
        "<ApplicationParameter><Name>loop</Name><Value>1</Value></ApplicationParameter></EmbeddedBinary>"
    )
    flash = (
        "<Application><Flash><FlashMovieURL>http://example.org/a.swf</FlashMovieURL>"
        "<Width>1</Width><Height>1</Height></Flash></Application>"
    )
    assert form(question(content=picture + film + flash)).questions[0].content == (
        Binary("image", "png", "https://example.org/a.png", "A cat"),
        EmbeddedBinary("video", "mp4", "http://example.org/a.mp4", "", "100", "50%", (("loop", "1"),)),
        Application("Flash"),
    )
    assert "javascript" in refused(form, question(content=picture.replace("https", "javascript")))
    assert "image" in refused(form, question(content=picture.replace("image", "text")))
    with pytest.raises(MalformedDocument):
        form(question(content=flash), year="2017-11-06")


def test_free_text_has_its_constraints():
    assert answer("<FreeTextAnswer/>") == FreeText()
    specification = (
        '<FreeTextAnswer><Constraints><IsNumeric minValue="-1" maxValue="9"/><Length maxLength="3"/>'
        '<AnswerFormatRegex regex="^[0-9]$" errorText="One digit." flags="i"/><AnswerFormatRegex regex="a"/>'
        "</Constraints><DefaultText>x</DefaultText><NumberOfLinesSuggestion>3</NumberOfLinesSuggestion>"
        "</FreeTextAnswer>"
    )
    formats = (AnswerFormat("^[0-9]$", "One digit.", "i"), AnswerFormat("a", "Invalid input supplied.", ""))
    assert answer(specification) == FreeText(Constraints(True, -1, 9, None, 3, formats), "x", 3)


def test_a_minimum_length_makes_the_question_required():
    length = '<FreeTextAnswer><Constraints><Length minLength="{}"/></Constraints></FreeTextAnswer>'
    assert form(question(length.format(1))).questions[0].required
    assert not form(question(length.format(0))).questions[0].required


@pytest.mark.parametrize(
    "constraints",
    [
        '<Length minLength="5" maxLength="4"/>',
        '<Length maxLength="0"/>',
        '<Length minLength="-1"/>',
        '<IsNumeric minValue="2" maxValue="1"/>',
        '<IsNumeric minValue="x"/>',
        '<IsNumeric size="1"/>',
        "<AnswerFormatRegex/>",
        '<AnswerFormatRegex regex="("/>',
        '<AnswerFormatRegex regex="a" flags="q"/>',
        "<Length/><IsNumeric/>",
        "<IsNumeric>1</IsNumeric>",
        f'<AnswerFormatRegex regex="{"a" * 1001}"/>',
    ],
)
def test_constraints_that_make_no_sense_are_refused(constraints):
    assert refused(free_text, constraints)


def test_a_selection_has_counts_style_and_perhaps_a_text_of_its_own():
    assert answer(selections("a", "b")).identifiers == ("a", "b")
    before = (
        "<MinSelectionCount>0</MinSelectionCount><MaxSelectionCount>3</MaxSelectionCount>"
        "<StyleSuggestion>checkbox</StyleSuggestion>"
    )
    found = answer(selections("a", "b", before=before, after="<OtherSelection/>"))
    assert isinstance(found, SelectionAnswer)
    assert (found.minimum, found.maximum, found.style, found.other) == (0, 3, "checkbox", FreeText())


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("<MinSelectionCount>2</MinSelectionCount>", "is more than"),
        ("<MaxSelectionCount>3</MaxSelectionCount>", "is more than the 2 selections"),
        ("<MaxSelectionCount>0</MaxSelectionCount>", "between 1"),
        ("<StyleSuggestion>slider</StyleSuggestion>", "not one of"),
        (
            "<MaxSelectionCount>2</MaxSelectionCount><StyleSuggestion>radiobutton</StyleSuggestion>",
            "of 1 only",
        ),
        ("<MaxSelectionCount>2</MaxSelectionCount><StyleSuggestion>dropdown</StyleSuggestion>", "of 1 only"),
    ],
)
def test_counts_and_styles_must_agree(before, said):
    assert said in refused(answer, selections("a", "b", before=before))


def test_identifiers_are_unique_named_and_not_reserved():
    assert "occurs twice" in refused(form, question(name="a"), question(name="a"))
    assert "occurs twice" in refused(answer, selections("a", "a"))
    assert "is empty" in refused(form, question(name=" "))
    assert "reserved" in refused(form, question(name="assignmentId"))


def test_a_file_has_bounds():
    text = (
        "<FileUploadAnswer><MaxFileSizeInBytes>{}</MaxFileSizeInBytes>"
        "<MinFileSizeInBytes>{}</MinFileSizeInBytes></FileUploadAnswer>"
    )
    assert answer(text.format(2_000_000_000, 1)) == FileUpload(1, 2_000_000_000)
    for maximum, minimum in ((2_000_000_001, 1), (5, 6), (5, 0)):
        assert refused(answer, text.format(maximum, minimum))


def test_a_form_that_holds_nothing_or_too_much_is_refused():
    assert refused(form)
    assert refused(form, "<Question/>")
    assert refused(form, question(content=""))
    assert refused(form, question(answer="<FreeTextAnswer/><FreeTextAnswer/>"))
    assert refused(form, question(answer="<SelectionAnswer><Selections/></SelectionAnswer>"))
    assert refused(form, question(more="<IsRequired>yes</IsRequired>"))


def test_formatted_content_becomes_html():
    text = (
        '<p align="center">A <b>cat</b> &amp; a&#160;dog<br/></p><img src="https://x.org/a.png" alt="&lt;"/>'
    )
    found = form(question(content=f"<FormattedContent><![CDATA[{text}]]></FormattedContent>"))
    assert found.questions[0].content == (
        FormattedContent(
            '<p align="center">A <b>cat</b> &amp; a\xa0dog<br></p><img src="https://x.org/a.png" alt="&lt;">'
        ),
    )
    assert formatted_content.to_html('<a name="x"/>plain') == '<a name="x"></a>plain'
    table = '<table border="1"> <tr> <th scope="row">a</th><td colspan="2">b</td> </tr> </table>'
    assert "<td colspan" in formatted_content.to_html(table)
    assert formatted_content.to_html("") == ""


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<style/>",
        "<div/>",
        "<span/>",
        "<form/>",
        "<input/>",
        "<iframe/>",
        "<!-- -->",
        "<?php x?>",
        '<b id="x"/>',
        '<b class="x"/>',
        '<b style="x"/>',
        '<b onclick="x"/>',
        '<b xml:lang="x"/>',
        '<a href="javascript:alert(1)"/>',
        '<a href="JavaScript://x"/>',
        '<a href=" javascript:x"/>',
        '<a href="/relative"/>',
        '<a href="data:text/html,x"/>',
        '<q cite="javascript:x"/>',
        '<img src="https://a/b"/>',
        '<img alt="x"/>',
        '<area alt="x"/>',
        "<map/>",
        '<br dir="ltr"/>',
        "<b><p/></b>",
        "<a><a/></a>",
        "<ul>x<li/></ul>",
        "<p><ul/></p>",
        '<pre><img src="http://a" alt=""/></pre>',
        "</FormattedContent><b/>",
        "<b>",
        "&nbsp;",
        "&x;",
        "<b>" * 70 + "</b>" * 70,
        "<!DOCTYPE x><b/>",
        '<svg xmlns="http://www.w3.org/2000/svg"/>',
        '<b xmlns="urn:x"/>',
        '<td dir="up"/>',
        "<P/>",
    ],
)
def test_everything_else_in_formatted_content_is_refused(text):
    assert refused(formatted_content.to_html, text)
