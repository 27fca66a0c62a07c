"""Work that the demo leaves open, so that whoever runs it can sign in as a worker and do some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kempelen.app import App
from kempelen.operation import Actor, Role

if TYPE_CHECKING:
    from types_boto3_mturk import MTurkClient

SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas"
STYLE = """
<style>
  body { font: 16px/1.5 system-ui, sans-serif; margin: 24px; max-width: 640px }
  body { color: #231712; background: #fffdf8 }
  blockquote { font: 20px/1.5 Georgia, serif; margin: 0 0 20px; padding: 12px 18px }
  blockquote { border-left: 4px solid #c8952f }
  fieldset { border: 0; padding: 0; margin: 0 0 16px } legend { font-weight: 600; margin-bottom: 8px }
  label { display: block; padding: 8px 0 } button { font: inherit; padding: 8px 20px }
  input[type=text], textarea { font: inherit; width: 100%; padding: 6px 8px; box-sizing: border-box }
</style>"""
PARAGRAPHS = (
    "The ferry to the island leaves at half past six in the morning, and there is only one.",
    "She kept every ticket stub in a biscuit tin, in case somebody asked where she had been.",
    "Two of the three bridges were closed, so the bakers walked over the frozen river.",
    "His radio had one station, and he defended it against everybody.",
    "At noon the whole street smelled of cardamom, and nobody knew from which house.",
    "The clock in the tower was right twice a day, which was more than could be said of the mayor.",
)
TONES = ("Calm", "Funny", "Sad", "Tense")


def publish_open_work(app: App, client: MTurkClient, account_id: str) -> int:
    """Publish a few groups through boto3 and say what their work is like; how many HITs there are."""
    organisation = app.directory.requester(account_id)
    assert organisation is not None
    actor = Actor(Role.REQUESTER, organisation.key, organisation.public_id, organisation.name)
    for group, settings in ((_tones(client), TONE_SETTINGS), (_rewrites(client), REWRITE_SETTINGS)):
        app.production.run("PutTaskSettings", actor, {"HITTypeId": group, "Settings": settings})
    _survey(client)
    return 2 * len(PARAGRAPHS) + 1


TONE_SETTINGS: dict[str, Any] = {
    "Language": "en",
    "KeyboardFriendly": True,
    "PhoneFriendly": True,
    "AIHelp": "not_allowed",
    "TimeExtensionSeconds": 120,
    "TimeExtensions": 3,
    "InstructionsVersion": "v2",
    "Instructions": {
        "Text": "Read the sentence once and say how it **feels**, not what it is about.\n\n"
        "- Two feelings at once? Take the stronger one.\n- No right answer is hidden here.",
        "Examples": [
            {"Text": "“The kettle sang and the dog slept.” → Calm", "Right": True},
            {"Text": "“Nobody came to the party.” → Funny", "Right": False},
        ],
    },
}
REWRITE_SETTINGS: dict[str, Any] = {
    "Language": "en",
    "KeyboardFriendly": True,
    "AIHelp": "allowed",
    "TimeExtensionSeconds": 300,
    "TimeExtensions": 2,
    "ComprehensionCheck": {
        "Question": "May the new sentence leave something out?",
        "Choices": ["No, it says the same in other words", "Yes, the shorter the better"],
        "Right": "No, it says the same in other words",
    },
    "Instructions": {"Text": "Say the same in other words. Keep every fact, and keep it to one sentence."},
}


def _tones(client: MTurkClient) -> str:
    choices = "".join(
        f'<label><input type="radio" name="tone" value="{tone.lower()}" required> {tone}</label>'
        for tone in TONES
    )
    fields = f"<fieldset><legend>How does it feel?</legend>{choices}</fieldset>"
    return _publish(client, "How does this sentence feel?", "0.08", fields, minutes=10)


def _rewrites(client: MTurkClient) -> str:
    fields = (
        '<label for="text"><b>The same in other words</b></label>'
        '<textarea id="text" name="text" required rows="4"></textarea>'
    )
    return _publish(client, "Say it in other words", "0.35", fields, minutes=15)


def _publish(client: MTurkClient, title: str, reward: str, fields: str, *, minutes: int) -> str:
    group = ""
    for paragraph in PARAGRAPHS:
        html = (
            f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title>{STYLE}</head>"
            "<body><form name='mturk_form' method='post' "
            "action='https://www.mturk.com/mturk/externalSubmit'>"
            "<input type='hidden' name='assignmentId' id='assignmentId'>"
            f"<blockquote>{paragraph}</blockquote>{fields}"
            "<p><button id='submitButton'>Submit</button></p></form>"
            "<script src='https://s3.amazonaws.com/mturk-public/externalHIT_v1.js'></script>"
            "<script>turkSetAssignmentID()</script></body></html>"
        )
        question = (
            f'<HTMLQuestion xmlns="{SCHEMAS}/2011-11-11/HTMLQuestion.xsd"><HTMLContent><![CDATA[{html}]]>'
            "</HTMLContent><FrameHeight>0</FrameHeight></HTMLQuestion>"
        )
        made = client.create_hit(
            Title=title,
            Description="One sentence of our own writing, and one question about it.",
            Keywords="reading, writing, English",
            Reward=reward,
            MaxAssignments=4,
            AssignmentDurationInSeconds=minutes * 60,
            LifetimeInSeconds=7 * 86_400,
            AutoApprovalDelayInSeconds=86_400,
            Question=question,
        )
        group = str(made["HIT"]["HITTypeId"])
    return group


def _survey(client: MTurkClient) -> None:
    choices = "".join(
        f"<Selection><SelectionIdentifier>{number}</SelectionIdentifier><Text>{text}</Text></Selection>"
        for number, text in enumerate(("Every day", "A few times a week", "Now and then", "Never before"))
    )
    form = f"""<QuestionForm xmlns="{SCHEMAS}/2017-11-06/QuestionForm.xsd">
  <Overview><Title>About work like this</Title><Text>Two questions, about a minute.</Text></Overview>
  <Question><QuestionIdentifier>often</QuestionIdentifier><DisplayName>How often</DisplayName>
    <IsRequired>true</IsRequired>
    <QuestionContent><Text>How often do you do small tasks on the web?</Text></QuestionContent>
    <AnswerSpecification><SelectionAnswer><StyleSuggestion>radiobutton</StyleSuggestion>
    <Selections>{choices}</Selections></SelectionAnswer></AnswerSpecification></Question>
  <Question><QuestionIdentifier>wish</QuestionIdentifier><DisplayName>A wish</DisplayName>
    <IsRequired>false</IsRequired>
    <QuestionContent><Text>What would make it better for you?</Text></QuestionContent>
    <AnswerSpecification><FreeTextAnswer><Constraints><Length maxLength="2000"/></Constraints>
    <NumberOfLinesSuggestion>4</NumberOfLinesSuggestion></FreeTextAnswer></AnswerSpecification></Question>
</QuestionForm>"""
    client.create_hit(
        Title="A short survey about small tasks",
        Description="Two questions about how you work on the web.",
        Keywords="survey",
        Reward="0.25",
        MaxAssignments=9,
        AssignmentDurationInSeconds=900,
        LifetimeInSeconds=7 * 86_400,
        AutoApprovalDelayInSeconds=86_400,
        Question=form,
    )
