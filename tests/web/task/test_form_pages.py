"""QuestionForms as native forms that everybody can use."""

from __future__ import annotations

from lxml import html as lxml_html
from starlette.testclient import TestClient

from framing import asked, form_question, framed, path_of, taken_on, tasks_of
from kempelen.app import App
from kempelen.rules.answers import Problem
from kempelen.rules.question_form import QuestionForm
from kempelen.rules.questions import parse
from kempelen.web.task.forms import Submit, render_form
from people import Requester, Town, Worker

SELECTIONS = "".join(
    f"<Selection><SelectionIdentifier>{name}</SelectionIdentifier><Text>A {name}</Text></Selection>"
    for name in ("cat", "dog", "owl")
)


def form_of(inner: str) -> QuestionForm:
    form = parse(form_question(inner))
    assert isinstance(form, QuestionForm)
    return form


def rendered(inner: str, **given: object) -> lxml_html.HtmlElement:
    return lxml_html.fromstring(render_form(form_of(inner), submit=Submit("/there"), **given))  # type: ignore[arg-type]


def choice(style: str = "", least: int = 1, most: int = 1, other: str = "") -> str:
    suggestion = f"<StyleSuggestion>{style}</StyleSuggestion>" if style else ""
    return (
        f"<SelectionAnswer><MinSelectionCount>{least}</MinSelectionCount><MaxSelectionCount>{most}"
        f"</MaxSelectionCount>{suggestion}<Selections>{SELECTIONS}{other}</Selections></SelectionAnswer>"
    )


def test_every_field_has_a_name_a_label_and_what_describes_it() -> None:
    limits = (
        "<FreeTextAnswer><Constraints><Length minLength='2' maxLength='5'/></Constraints></FreeTextAnswer>"
    )
    form = rendered(
        asked("word", limits) + asked("animal", choice(), required=True) + asked("more", choice(most=2)),
        problems=[Problem("word", "Too long.")],
        values={"word": ["elephant"], "animal": ["dog"], "more": ["cat", "owl"]},
    )
    for field in form.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        assert field.get("name") and form.xpath(f"//label[@for='{field.get('id')}']")
        for name in (field.get("aria-describedby") or "").split():
            assert form.xpath(f"//*[@id='{name}']")
    word = form.xpath("//input[@name='word']")[0]
    assert word.get("aria-invalid") == "true" and word.get("required") is not None
    assert word.get("value") == "elephant" and "2 to 5 characters." in form.text_content()
    assert form.xpath("//input[@name='animal'][@checked]/@value") == ["dog"]
    assert form.xpath("//input[@name='more'][@checked]/@value") == ["cat", "owl"]
    assert len(form.xpath("//fieldset/legend")) == 2
    assert form.xpath("//div[@role='alert']//a/@href") == ["#q1"]


def test_style_suggestions_are_followed_where_they_can_be() -> None:
    def kinds(answer: str) -> list[str]:
        return [
            field.get("type") or field.tag for field in rendered(asked("a", answer)).xpath("//input|//select")
        ]

    assert kinds(choice()) == ["radio"] * 3 == kinds(choice("radiobutton"))
    assert kinds(choice("dropdown")) == ["select"] == kinds(choice("list")) == kinds(choice("combobox"))
    assert kinds(choice("checkbox", most=2)) == ["checkbox"] * 3 == kinds(choice(most=3))
    listed = rendered(asked("a", choice("multichooser", most=2))).xpath("//select")[0]
    assert (
        listed.get("multiple") is not None
        and "Choose 1 to 2." in rendered(asked("a", choice("list", most=2))).text_content()
    )


def test_pictures_are_never_put_into_a_list() -> None:
    picture = (
        "<Selection><SelectionIdentifier>p</SelectionIdentifier><Binary><MimeType><Type>image</Type></MimeType>"
        "<DataURL>https://example.org/a.png</DataURL><AltText>A cat asleep</AltText></Binary></Selection>"
    )
    answer = (
        "<SelectionAnswer><StyleSuggestion>dropdown</StyleSuggestion><Selections>"
        f"{picture}</Selections></SelectionAnswer>"
    )
    form = rendered(asked("a", answer))
    assert form.xpath("//input[@type='radio']") and form.xpath("//img/@alt") == ["A cat asleep"]


def test_a_text_of_ones_own_stands_beside_the_choices() -> None:
    other = "<OtherSelection><NumberOfLinesSuggestion>3</NumberOfLinesSuggestion></OtherSelection>"
    form = rendered(asked("a", choice(other=other)), values={"a": ["a yak"]})
    assert form.xpath("//textarea[@name='a']")[0].text.strip() == "a yak"
    assert not form.xpath("//input[@checked]")


def test_all_content_is_shown_and_none_of_it_runs() -> None:
    content = """<Overview><Title>Look &lt;b&gt;</Title><Text>1 &lt; 2</Text>
      <List><ListItem>one</ListItem><ListItem>two</ListItem></List>
      <Binary><MimeType><Type>audio</Type></MimeType>
        <DataURL>https://e.org/a.mp3</DataURL><AltText>A song</AltText></Binary>
      <Binary><MimeType><Type>video</Type></MimeType>
        <DataURL>https://e.org/a.mp4</DataURL><AltText>A film</AltText></Binary>
      <EmbeddedBinary><EmbeddedMimeType><Type>image</Type><SubType>png</SubType></EmbeddedMimeType>
        <DataURL>https://e.org/&quot;onerror=&quot;x</DataURL><AltText>&quot;&gt;&lt;script&gt;</AltText>
        <Width>20</Width><Height>1" onload="x</Height></EmbeddedBinary>
      <Application><Flash><FlashMovieURL>https://e.org/a.swf</FlashMovieURL><Width>1</Width><Height>1</Height></Flash></Application>
      <FormattedContent><![CDATA[<b>bold</b> <a href="https://e.org">there</a>]]></FormattedContent></Overview>"""
    form = rendered(content + asked("q", "<FreeTextAnswer><DefaultText>d</DefaultText></FreeTextAnswer>"))
    assert form.xpath("//h2")[0].text == "Look <b>" and form.xpath("//li/text()") == ["one", "two"]
    assert form.xpath("//audio[@controls]/@aria-label") == ["A song"] and form.xpath("//video[@controls]")
    image = form.xpath("//img")[0]
    assert image.get("width") == "20" and image.get("height") is None and image.get("onerror") is None
    assert image.get("alt") == '"><script>' and not form.xpath("//script | //*[@onload]")
    assert form.xpath("//b/text()") == ["bold"] and "no longer run" in form.text_content()
    assert form.xpath("//input[@name='q']/@value") == ["d"]


def test_an_answer_that_was_emptied_stays_empty() -> None:
    inner = asked("q", "<FreeTextAnswer><DefaultText>d</DefaultText></FreeTextAnswer>")
    assert rendered(inner, values={"q": [""]}).xpath("//input[@name='q']/@value") == [""]


def test_a_frame_with_a_form_runs_no_script_but_ours(
    app: App, town: Town, rosa: Requester, wei: Worker
) -> None:
    tasks: TestClient = tasks_of(app)
    hit = rosa.create_hit(Question=form_question(asked("animal", choice())))
    task = taken_on(wei, hit["HITId"])
    frame = framed(town, task, language="ar", theme="dark")
    answer = tasks.get(path_of(frame))
    page = lxml_html.fromstring(answer.text)
    assert frame.kind == "QuestionForm" and frame.height == 0
    assert page.get("data-theme") == "dark" and page.get("dir") == "rtl"
    policy = answer.headers["content-security-policy"]
    own = app.settings.task_url
    assert f"script-src {own};" in policy and f"form-action http://localhost:{app.settings.port};" in policy
    assert all(each.startswith(own) for each in page.xpath("//script/@src | //link/@href"))
    form = page.xpath("//form")[0]
    assert form.get("action").endswith(f"/mturk/externalSubmit?assignmentId={task['AssignmentId']}")
    preview = tasks.get(
        path_of(
            framed(
                town,
                wei(
                    "PreviewHIT",
                    HITId=rosa.create_hit(Question=form_question(asked("animal", choice())))["HITId"],
                )["Task"],
            )
        )
    )
    assert lxml_html.fromstring(preview.text).xpath("//button/@disabled")
