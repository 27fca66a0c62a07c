"""ExternalQuestion, HTMLQuestion, and everything that hostile XML may try."""

import pytest

from kempelen.rules.documents import EXTERNAL_QUESTION, MAX_BYTES, SCHEMAS, MalformedDocument
from kempelen.rules.question_form import QuestionForm
from kempelen.rules.questions import ExternalQuestion, HTMLQuestion, may_be_form, parse, parse_test

EXTERNAL = f"{SCHEMAS}2006-07-14/ExternalQuestion.xsd"
HTML = f"{SCHEMAS}2011-11-11/HTMLQuestion.xsd"
DECLARED = '<?xml version="1.0" encoding="{}"?>\n'


def external(url="https://example.org/task?a=1&amp;b=2", height="600", more=""):
    address = f"<ExternalURL>{url}</ExternalURL>"
    return (
        f'<ExternalQuestion xmlns="{EXTERNAL}">{address}<FrameHeight>{height}</FrameHeight>{more}'
        "</ExternalQuestion>"
    )


def html(content, height="0"):
    return (
        f'<HTMLQuestion xmlns="{HTML}"><HTMLContent>{content}</HTMLContent>'
        f"<FrameHeight>{height}</FrameHeight></HTMLQuestion>"
    )


def form(*, year="2005-10-01", answer="<FreeTextAnswer/>"):
    return (
        f'<QuestionForm xmlns="{SCHEMAS}{year}/QuestionForm.xsd"><Question>'
        "<QuestionIdentifier>q</QuestionIdentifier><QuestionContent><Text>?</Text></QuestionContent>"
        f"<AnswerSpecification>{answer}</AnswerSpecification></Question></QuestionForm>"
    )


def reason(text, **options):
    with pytest.raises(MalformedDocument) as refused:
        parse(text, **options)
    start = (
        "There was an error parsing the XML question or answer data in your request. Please make sure the "
        "data is well-formed and validates against the appropriate schema. Details: "
    )
    assert refused.value.message.startswith(start)
    assert refused.value.type == "ParameterValidationError"
    return refused.value.message.removeprefix(start)


def test_an_external_question_has_its_address_decoded_once():
    assert parse(external()) == ExternalQuestion("https://example.org/task?a=1&b=2", 600)


def test_an_html_question_keeps_its_document_as_it_was():
    page = '<!DOCTYPE html>\n<form>&amp; "ü" <crowd-form></crowd-form></form>'
    assert parse(html(f"<![CDATA[{page}]]>", "450")) == HTMLQuestion(page, 450)


def test_split_sections_and_comments_make_one_text():
    assert parse(html("<![CDATA[a]]]]><![CDATA[>]]>b<!-- c -->d &lt;")) == HTMLQuestion("a]]>bd <", 0)


@pytest.mark.parametrize(
    "before", ["", "  \n", "\ufeff", *map(DECLARED.format, ["UTF-8", "utf-16", "US-ASCII"])]
)
@pytest.mark.parametrize("after", ["", "\n  ", "<!-- bye -->"])
def test_blanks_declarations_and_byte_order_marks_are_tolerated(before, after):
    assert isinstance(parse(f"  {before}" + external() + after), ExternalQuestion)
    assert isinstance(parse(before + external() + after), ExternalQuestion)


def test_an_encoding_the_contract_does_not_name_is_refused():
    assert "ISO-8859-1" in reason(DECLARED.format("ISO-8859-1") + external())
    assert "version 1.0" in reason('<?xml version="1.1"?>' + external())


@pytest.mark.parametrize("before", ["", DECLARED.format("UTF-8"), "<!-- a --> <?b c?>\n", "\ufeff"])
def test_a_document_type_is_refused_before_anything_is_expanded(before):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    assert reason(before + bomb + external("https://example.org/&b;")).startswith("a DOCTYPE")
    assert reason(before + '<!DOCTYPE x SYSTEM "file:///etc/passwd">' + external()).startswith("a DOCTYPE")


def test_errors_name_line_and_column_of_the_text_as_sent():
    assert "line 3, column" in reason(DECLARED.format("UTF-8") + "\n<a><b></a>")
    assert "line 2" in reason("\n" + external(height="tall"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "hello",
        "<a>",
        "<a/><b/>",
        "&x;",
        "�",
        "<a>\x00</a>",
        "<a>\x0b</a>",
        "<?xml",
        "<!DOCTYPE",
        "<a>" * 20000,
        "<!--" * 16000,
        "<?x " * 16000,
        external("&nbsp;"),
        DECLARED.format("UTF-8"),
    ],
)
def test_what_is_not_xml_is_refused_with_a_reason(text):
    assert reason(text)


def test_the_size_is_counted_in_bytes():
    padding = MAX_BYTES - len(external().encode())
    assert parse(external() + " " * padding)
    assert f"{MAX_BYTES + 1} bytes" in reason(external() + " " * (padding + 1))
    assert "bytes" in reason(html("ü" * 40_000))


def test_an_unknown_root_or_namespace_is_named():
    assert "AnswerKey" in reason("<AnswerKey/>")
    assert "http://example.org" in reason('<ExternalQuestion xmlns="http://example.org"/>')
    assert "expected" in reason(external().replace("2006-07-14", "2011-11-11"))


def test_elements_must_stand_in_their_order_and_alone():
    good = external()
    assert "FrameHeight" in reason(good.replace("<FrameHeight>600</FrameHeight>", ""))
    assert "Title" in reason(external(more="<Title>x</Title>"))
    assert "cannot hold the text" in reason(external(more="words"))
    assert "text only" in reason(external(url="<b>https://example.org</b>"))
    assert "attribute" in reason(good.replace("<ExternalURL>", '<ExternalURL kind="x">'))
    assert "namespace" in reason(good.replace("<ExternalURL>", '<ExternalURL xmlns="urn:x">'))


def test_where_a_schema_lies_may_be_said():
    xsi = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"'
    assert parse(external().replace(f'"{EXTERNAL}"', f'"{EXTERNAL}"{xsi}'))


@pytest.mark.parametrize("height", ["0", "100000", " 42 ", "+7", "-0"])
def test_heights_up_to_a_hundred_thousand_are_taken(height):
    assert parse(external(height=height)).frame_height == int(height)


@pytest.mark.parametrize("height", ["-1", "100001", "", "1.5", "1e3", "９", "9" * 5_000])
def test_other_heights_are_refused(height):
    assert "FrameHeight" in reason(external(height=height))


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8000/x",
        "https://[::1]:8443/",
        "HTTPS://example.org",
        "https://u:p@example.org?x#y",
        "https://bücher.example/ä",
        " https://example.org/ ",
    ],
)
def test_absolute_web_addresses_are_taken(url):
    assert parse(external(url)).url == url.strip()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "//example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "https://",
        "https:///x",
        "https://a b/",
        "https://a/\tb",
        "https://a:99999/",
        "https://a:b/",
        "https://a\\@b/",
        "https://@/",
    ],
)
def test_other_addresses_are_refused(url):
    assert "ExternalURL" in reason(external(url))


def test_plain_http_is_the_servers_choice():
    assert "https://" in reason(external("http://example.org"), allow_http=False)
    assert parse(external("https://example.org"), allow_http=False)


def test_both_dates_of_question_form_are_known():
    assert isinstance(parse(form()), QuestionForm)
    assert isinstance(parse(form(year="2017-11-06")), QuestionForm)
    assert "namespace" in reason(form(year="2020-01-01"))


def test_a_test_is_a_question_form_without_uploads():
    upload = (
        "<FileUploadAnswer><MaxFileSizeInBytes>9</MaxFileSizeInBytes>"
        "<MinFileSizeInBytes>1</MinFileSizeInBytes></FileUploadAnswer>"
    )
    assert parse_test(form()).questions[0].identifier == "q"
    assert parse(form(answer=upload))
    for text in (external(), html("x"), form(answer=upload), form(year="2017-11-06", answer=upload)):
        with pytest.raises(MalformedDocument):
            parse_test(text)
    assert "FileUploadAnswer" in reason(form(year="2017-11-06", answer=upload))


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a?b=1&amp;c=2",
        "http://example.org:80/x",
        "https://example.org:99999/",
        "ftp://example.org/",
        "https://",
        "https://example.org/&lt;",
        "https://ex ample.org/",
        "/relative",
        "HTTPS://EXAMPLE.ORG/",
    ],
)
@pytest.mark.parametrize("height", ["0", "600", "100000", "100001", "-1", "6 0"])
@pytest.mark.parametrize("allow_http", [True, False])
def test_the_quick_way_for_plain_questions_decides_as_the_parser_does(
    url: str, height: str, allow_http: bool
) -> None:
    plain = (
        f'<ExternalQuestion xmlns="{EXTERNAL_QUESTION}">'
        f"<ExternalURL>{url}</ExternalURL><FrameHeight>{height}</FrameHeight></ExternalQuestion>"
    )
    # A comment makes no difference to a parser, and keeps the quick way from being taken.
    commented = plain.replace("<ExternalURL>", "<!-- --><ExternalURL>")

    def outcome(text: str) -> object:
        try:
            return parse(text, allow_http=allow_http)
        except MalformedDocument as refusal:
            return refusal.message

    assert outcome(plain) == outcome(commented)


@pytest.mark.parametrize(
    "content",
    [
        "<![CDATA[<p>Is it a cat?</p>]]>",
        "<![CDATA[ line\n\u00e9 \U0001f408 ]]>",
        "<![CDATA[]]>",
        "<![CDATA[a]]]]><![CDATA[>b]]>",
        "<![CDATA[a\r\nb\rc]]>",
        "<![CDATA[a\x00]]>",
        "<![CDATA[\ud800]]>",
        "<![CDATA[\uffff]]>",
        "<![CDATA[a]]><!-- -->",
        "<![CDATA[a]]>]]>",
        "<![CDATA[a",
        f"<![CDATA[{'x' * MAX_BYTES}]]>",
    ],
)
@pytest.mark.parametrize("height", ["0", "450", "100000", "100001", "-1", "+5", " 5 "])
def test_the_quick_way_for_plain_html_decides_as_the_parser_does(content: str, height: str) -> None:
    plain = html(content, height)
    # The second blank makes no difference to a parser, and keeps the quick way from being taken.
    spaced = plain.replace("<HTMLQuestion", "<HTMLQuestion ", 1)

    def outcome(text: str) -> object:
        try:
            return parse(text)
        except MalformedDocument as refusal:
            return refusal.message.partition(", column")[0].partition(" bytes")[0][:40]

    assert outcome(plain) == outcome(spaced)


def test_the_start_of_a_checked_question_says_whether_it_may_be_a_form() -> None:
    declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
    for text in (external(), html("x"), declaration + external(), f"\n{declaration}{html('x')}"):
        assert not may_be_form(text[:300])
    for text in (form(), declaration + form(), f"<!-- <HTMLQuestion > -->{form()}", ""):
        assert may_be_form(text[:300])
