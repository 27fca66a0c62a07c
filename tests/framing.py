"""Questions and frames for the tests of task content."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from kempelen.app import App
from kempelen.server import listeners
from kempelen.web.task.frames import Frame, frame_of
from kempelen.web.task.places import Places
from people import Person, Town

SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/"


def html_question(html: str, height: int = 400) -> str:
    return (
        f'<HTMLQuestion xmlns="{SCHEMAS}2011-11-11/HTMLQuestion.xsd"><HTMLContent><![CDATA[{html}]]>'
        f"</HTMLContent><FrameHeight>{height}</FrameHeight></HTMLQuestion>"
    )


def form_question(inner: str) -> str:
    return f'<QuestionForm xmlns="{SCHEMAS}2005-10-01/QuestionForm.xsd">{inner}</QuestionForm>'


def asked(identifier: str, answer: str, *, text: str = "What is it?", required: bool = False) -> str:
    return (
        f"<Question><QuestionIdentifier>{identifier}</QuestionIdentifier>"
        f"<IsRequired>{str(required).lower()}</IsRequired><QuestionContent><Text>{text}</Text></QuestionContent>"
        f"<AnswerSpecification>{answer}</AnswerSpecification></Question>"
    )


def tasks_of(app: App) -> TestClient:
    return TestClient(listeners(app)["tasks"], base_url="http://127.0.0.1:8082")


def site_of(app: App) -> TestClient:
    return TestClient(listeners(app)["production"], base_url="http://localhost:8080")


def places_of(town: Town) -> Places:
    return Places.of(town.market, town.app.settings)


def framed(town: Town, task: dict[str, Any], **given: Any) -> Frame:
    return frame_of(town.market, places_of(town), task, **given)


def taken_on(worker: Person, hit_id: str) -> dict[str, Any]:
    task: dict[str, Any] = worker("AcceptHIT", HITId=hit_id)["Task"]
    return task


def path_of(frame: Frame) -> str:
    return frame.url.partition("127.0.0.1:")[2].partition("/")[2].join(["/", ""])
