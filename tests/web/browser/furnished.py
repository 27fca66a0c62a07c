"""A market with something of everything, so that every page has something to show; and all of its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stage import Stage, cat_task

from kempelen.web.pages import all_pages
from people import Requester, Worker
from qualification_papers import TEST, make_type

Words = Callable[[str], str]
"""What stands in a field that somebody controls, by the field's plain content."""
ACTS = ("accept_random", "previewandaccept", "/mturk/accept", "/mturk/return", "/tasks/{assignment}/next")
"""Pages whose GET does something, and leads elsewhere."""
INSTRUCTIONS = "\n\n- **look** twice\n- [more](https://example.org/)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
NO_PAGES = (
    ".json",
    ".csv",
    ".webmanifest",
    ".js",
    "/push/key",
    "/register/work",
    "/draft",
    "/state",
    "/theme",
    "/language",
    "/account/data",
)
"""What answers data, not a page."""


@dataclass(frozen=True)
class Furnished:
    """The market and what its addresses name."""

    places: dict[str, str]
    """Values of the variables in paths."""
    warned: str
    """The group whose content is warned of."""
    checked: str
    """The group with a comprehension check."""
    wei: Worker
    rosa: Requester

    def addresses(self) -> list[str]:
        """Every page of the site, once."""
        paths = [page.path for page in all_pages() if page.methods == ("GET",)]
        shown = [
            path for path in paths if not path.endswith(NO_PAGES) and not any(act in path for act in ACTS)
        ]
        named = {path.format(**self.places) for path in shown if not path.startswith("/mturk/")}
        return sorted(named | set(self._particular()))

    def _particular(self) -> list[str]:
        """Pages that differ by their query or by what they are about."""
        held = f"/projects/{self.places['group']}/tasks/{self.places['hit']}?assignment_id="
        form = "/contact_requester/hit_type_messages/new?hit_type_message[hit_type_id]="
        about = form + self.places["hit_type"]
        return [
            held + self.places["assignment"],
            held + "3UNKNOWNASSIGNMENTXXXXXXXXXXXX",
            f"/projects/{self.warned}/tasks",
            f"/projects/{self.checked}/check",
            f"/projects/{self.checked}/eligibility",
            "/projects?query=nothing-is-so-named&min_reward=3.00",
            about,
            "/account?kept=1",
            "/login/factor",
            "/no-such-page",
        ]


def furnish(stage: Stage, rosa: Requester, words: Words = str) -> Furnished:
    """Let everybody do something, with these words in all fields."""
    wei = stage.worker("Wei", adult=True)
    kinds = make_types(rosa, words)
    plain = publish(rosa, words, "Is there a cat?", settings(words), lifetime=864_000)
    warned = publish(
        rosa, words, "Old wounds",
        {"ContentWarning": words("Pictures of wounds"), "ContentWarnings": ["violence"]},
    )  # fmt: skip
    question = {
        "Question": words("Which is a cat?"),
        "Choices": [words("The one that meows"), "No"],
        "Right": "No",
    }
    checked = publish(rosa, words, "Only with care", {"ComprehensionCheck": question | {"Tries": 2}})
    publish(rosa, words, "Only for the granted", {}, requirement=kinds["asked"])
    for kind in ("tested", "asked", "given"):
        wei("RequestQualification", QualificationTypeId=kinds[kind])
    known = seen_by(rosa, wei, words)
    shown = {"QualificationTypeId": kinds["shown"], "IntegerValue": 7}
    rosa("AssociateQualificationWithWorker", WorkerId=known, **shown)
    thread = talk(rosa, wei, plain, words)
    done(rosa, wei, plain, known, words)
    assignment = wei("AcceptHIT", HITGroupId=plain["HITGroupId"])["Task"]
    wei("HideWork", HITGroupId=publish(rosa, words, "Hidden away", {})["HITGroupId"])
    wei("PutSavedSearch", Name=words("Cats")[:64], Search={"Query": words("cat")[:200]}, Watch="email")
    wei("ReportTask", AssignmentId=assignment["AssignmentId"], Reason="unclear", Comment=words("Which cat?"))
    others_who_block(stage, wei, words)
    places = {
        "group": plain["HITGroupId"],
        "hit": assignment["HITId"],
        "hit_type": plain["HITTypeId"],
        "assignment": assignment["AssignmentId"],
        "requester": rosa.id,
        "thread": thread,
        "type": kinds["tested"],
        "day": "2026-09-21",
        "search": "1",
        "world": "production",
        "name": "mark.svg",
    }
    return Furnished(places, warned["HITGroupId"], checked["HITGroupId"], wei, rosa)


def settings(words: Words) -> dict[str, Any]:
    """Task settings with everything in them."""
    examples = [{"Text": words("A cat on a sofa"), "Right": True}, {"Text": words("A dog"), "Right": False}]
    text = words("Say whether there is a cat.") + INSTRUCTIONS
    return {
        "Instructions": {"Text": text, "Examples": examples},
        "InstructionsVersion": words("v3")[:64],
        "AIHelp": "not_allowed",
        "TimeExtensionSeconds": 120,
        "TimeExtensions": 2,
        "KeyboardFriendly": True,
        "PhoneFriendly": True,
        "Language": "en",
    }


def publish(
    rosa: Requester,
    words: Words,
    title: str,
    settings: dict[str, Any],
    *,
    lifetime: int = 86_400,
    requirement: str = "",
) -> dict[str, Any]:
    """A group of two HITs."""
    required = {"QualificationTypeId": requirement, "Comparator": "Exists", "ActionsGuarded": "Accept"}
    members: dict[str, Any] = {
        "Title": words(title)[:128],
        "Description": words(f"{title}: look at one picture.")[:2000],
        "Keywords": words("picture, cat")[:1000],
        "Question": cat_task(),
        "Reward": "0.12",
        "MaxAssignments": 2,
        "LifetimeInSeconds": lifetime,
    } | ({"QualificationRequirements": [required]} if requirement else {})
    hit = rosa.create_hit(**members)
    rosa.create_hit(**members)
    if settings:
        rosa("PutTaskSettings", HITTypeId=hit["HITTypeId"], Settings=settings)
    return rosa.hit(hit["HITId"])


def make_types(rosa: Requester, words: Words) -> dict[str, str]:
    """Qualification types: with a test, to be asked for, given at once, and given by the requester."""

    def make(name: str, **members: Any) -> str:
        facts = {"Name": words(name)[:200], "Description": words(f"{name} well")[:2000]}
        made = make_type(rosa, **facts, Keywords=words("cats"), **members)
        return str(made["QualificationTypeId"])

    return {
        "tested": make("Knows cats", Test=TEST, TestDurationInSeconds=600, RetryDelayInSeconds=60),
        "asked": make("Draws cats"),
        "given": make("Likes cats", AutoGranted=True, AutoGrantedValue=1),
        "shown": make("Has cats"),
    }


def talk(rosa: Requester, wei: Worker, hit: dict[str, Any], words: Words) -> str:
    """A thread with a word of each; answers its id."""
    first = {"Subject": words("A question")[:200], "MessageText": words("How big is a cat?")}
    thread = str(wei("SendMessage", HITTypeId=hit["HITTypeId"], **first)["ThreadId"])
    rosa("SendMessage", ThreadId=thread, MessageText=words("As big as it likes."))
    return thread


def done(rosa: Requester, wei: Worker, hit: dict[str, Any], known: str, words: Words) -> None:
    """One assignment that was approved with a bonus, and one that was not."""
    first = wei("AcceptHIT", HITGroupId=hit["HITGroupId"])["Task"]["AssignmentId"]
    wei.submit(first)
    rosa("ApproveAssignment", AssignmentId=first, RequesterFeedback=words("Well seen")[:1024])
    rosa(
        "SendBonus", WorkerId=known, AssignmentId=first, BonusAmount="0.10",
        Reason=words("For the extra look"), UniqueRequestToken="bonus",
    )  # fmt: skip
    extra = rosa.create_hit(Title=words("One more cat")[:128], Question=cat_task(), Reward="0.20")
    second = wei.do(extra["HITId"])
    rosa("RejectAssignment", AssignmentId=second, RequesterFeedback=words("That was a dog")[:1024])


def seen_by(rosa: Requester, wei: Worker, words: Words) -> str:
    """The worker as a requester knows them: by a first assignment."""
    hit = rosa.create_hit(Title=words("The first look")[:128], Question=cat_task())
    wei.do(hit["HITId"])
    (assignment,) = rosa("ListAssignmentsForHIT", HITId=hit["HITId"])["Assignments"]
    return str(assignment["WorkerId"])


def others_who_block(stage: Stage, wei: Worker, words: Words) -> None:
    """Another requester who has blocked the worker, and says why."""
    omar = stage.town.requester("Omar", funds="100.00")
    known = seen_by(omar, wei, words)
    omar("CreateWorkerBlock", WorkerId=known, Reason=words("Always dogs"))
    omar("PutBlockNotice", WorkerId=known, Notice=words("You took dogs for cats.")[:1000])
