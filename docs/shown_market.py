"""The market of the screenshots: requesters, workers and a week of their work, all of our own writing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from framing import html_question
from people import Requester, Town, Worker

PASSWORD = "correct horse battery"
NAMESPACE = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionForm.xsd"
STYLE = (
    "<style>body{font:16px/1.5 system-ui,sans-serif;margin:24px;color:#231712;max-width:44rem}"
    "button,input[type=submit]{font:inherit;padding:8px 18px;border-radius:6px;border:1px solid #7a5410;"
    "background:#7a5410;color:#fff}label{display:block;padding:6px 0}"
    "blockquote{margin:12px 0;padding:12px 16px;"
    "background:#faf6ec;border-left:4px solid #c8952f}textarea,input[type=text]{font:inherit;width:100%;"
    "padding:8px;border:1px solid #948469;border-radius:6px;box-sizing:border-box}</style>"
)
REVIEW = """<h2>What does the writer think of the kettle?</h2>
<blockquote>It boils in under three minutes and the handle stays cool. I would have given five stars, but the
lid needs two hands.</blockquote>
<label><input type="radio" name="mood" value="good"> Mostly good</label>
<label><input type="radio" name="mood" value="mixed"> Good and bad</label>
<label><input type="radio" name="mood" value="bad"> Mostly bad</label>
<label>Which words decided it? <textarea name="why" rows="3"></textarea></label>"""
PLAIN = "<h2>{title}</h2><p>{description}</p><label>Your answer <input type='text' name='answer'></label>"


@dataclass(frozen=True)
class Offer:
    """A group of work as its requester publishes it."""

    requester: str
    title: str
    description: str
    reward: str
    seconds: int
    """The active time that a person needs."""
    allowed: int = 1_800
    tasks: int = 12
    inside: str = PLAIN
    settings: tuple[tuple[str, Any], ...] = ()
    keywords: str = ""


FRIENDLY = (("KeyboardFriendly", True), ("PhoneFriendly", True))
INSTRUCTIONS = {
    "Text": (
        "Read the review once, then choose what the writer thinks **on the whole**.\n\n"
        "- Choose *Good and bad* only if both are said plainly.\n"
        "- What other people think does not count.\n"
        "- Copy the words that decided it, three to ten of them."
    ),
    "Examples": [
        {"Text": "“Lovely, and it arrived early.” is mostly good.", "Right": True},
        {"Text": "“Fine, I suppose, but it leaks.” is mostly good.", "Right": False},
    ],
}
OFFERS = (
    Offer(
        "Tidewater Retail", "Say what a product review thinks", "Read a short review and choose its mood.",
        "0.18", 44, 900, 40, REVIEW,
        (*FRIENDLY, ("Language", "en"), ("Instructions", INSTRUCTIONS), ("InstructionsVersion", "v4"),
         ("AIHelp", "not_allowed"), ("TimeExtensionSeconds", 300), ("TimeExtensions", 2)),
        "reviews, reading, sentiment",
    ),
    Offer(
        "Nordlys Vision", "Draw a box around every pedestrian", "Street pictures, up to twelve people each.",
        "0.35", 82, 1_800, 214, settings=(("KeyboardFriendly", True),), keywords="pictures, boxes, street",
    ),
    Offer(
        "Harbour Speech Lab", "Transcribe a 20-second support call", "Write down what two people say.",
        "0.60", 150, 3_600, 61, settings=(("KeyboardFriendly", True), ("Language", "en")), keywords="sound",
    ),
    Offer(
        "Meridian Maps", "Find the opening hours of a shop", "Look the shop up and copy its hours.",
        "0.22", 70, 1_200, 95, settings=FRIENDLY, keywords="search, maps, shops",
    ),
    Offer(
        "Open Recipe Index", "Put a recipe's ingredients into a table", "One recipe, some eight ingredients.",
        "0.75", 260, 3_600, 18, settings=(("Language", "es"),), keywords="cooking, recetas, español",
    ),
    Offer(
        "Civic Text Archive", "Read a line of old handwriting", "One line of a parish register, in ink.",
        "0.14", 38, 900, 320, settings=FRIENDLY, keywords="handwriting, archive, history",
    ),
    Offer(
        "Nordlys Vision", "Compare two pictures of a damaged car", "Say which car can still be driven.",
        "0.26", 50, 900, 33,
        settings=(("ContentWarning", "Cars after accidents; no people."), ("ContentWarnings", ["violence"])),
        keywords="pictures, insurance",
    ),
    Offer(
        "Tidewater Retail", "Choose the shelf for a product", "Sort a product into one of nine shelves.",
        "0.09", 20, 600, 540, settings=FRIENDLY, keywords="products, sorting",
    ),
)  # fmt: skip
CROWD = ("Wei", "Ana", "Kofi", "Lena", "Ines", "Tariq", "Sofia")


@dataclass(frozen=True)
class Shown:
    """What the pages are about."""

    mina: Worker
    places: dict[str, str]
    warned: str
    checked: str
    missing: str


class Week:
    """Plays the market's week."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.requesters: dict[str, Requester] = {}
        self.hits: dict[str, dict[str, Any]] = {}
        self.decided = 0

    def play(self) -> Shown:
        """Publish, work, review and talk, day by day; answers what can be looked at now."""
        mina = self.town.worker("Mina", country="PT", password=PASSWORD)
        self._names(mina)
        crowd = [self.town.worker(name, country="US", subdivision="WA") for name in CROWD]
        for offer in OFFERS:
            self._publish(offer)
        qualifications = self._qualifications(mina)
        for day in range(6):
            self._day(day, crowd, mina)
        checked, locked = self._checked(), self._locked(qualifications["locked"])
        places = self._today(mina, qualifications)
        self.town.advance(seconds=40)
        self.town.market.settle()
        return Shown(mina, places, self._group(6), checked, locked)

    def _names(self, mina: Worker) -> None:
        from kempelen.identity import Identity

        identity = Identity(self.town.app.directory)
        person = identity.as_person(mina.actor.account, session="")
        assert person is not None
        self.town.app.house.run(
            "PutProfile", person, {"Name": "Mina Duarte", "TimeZone": "Europe/Lisbon", "Country": "PT"}
        )

    def _publish(self, offer: Offer) -> None:
        requester = self._requester(offer.requester)
        inside = offer.inside.replace("{title}", offer.title).replace("{description}", offer.description)
        given = {
            "Title": offer.title,
            "Description": offer.description,
            "Keywords": offer.keywords,
            "Reward": offer.reward,
            "AssignmentDurationInSeconds": offer.allowed,
            "LifetimeInSeconds": 14 * 86_400,
            "AutoApprovalDelayInSeconds": 3 * 86_400,
            "MaxAssignments": 9,
            "Question": page(inside),
        }
        hits = [requester.create_hit(**given) for _ in range(offer.tasks)]
        self.hits[offer.title] = hits[0]
        if offer.settings:
            requester("PutTaskSettings", HITTypeId=hits[0]["HITTypeId"], Settings=dict(offer.settings))
        self.town.advance(seconds=400)

    def _requester(self, name: str) -> Requester:
        if name not in self.requesters:
            made = self.town.requester(name, funds="5000.00")
            self.requesters[name] = made
        return self.requesters[name]

    def _day(self, day: int, crowd: list[Worker], mina: Worker) -> None:
        """Everybody does some of the work; requesters look at it in the evening."""
        for number, offer in enumerate(OFFERS[:6]):
            for place, worker in enumerate(crowd):
                if (day + number + place) % 3 == 0:
                    self._work(offer, worker, 0.8 + 0.1 * ((place + day) % 5))
            for _ in range((day + number) % 3):
                self._work(offer, mina, 0.9 + 0.05 * day)
        if day < 5:
            self.town.advance(hours=5)
            self._review()
        self.town.advance(hours=17)
        self.town.market.settle()

    def _work(self, offer: Offer, worker: Worker, pace: float) -> None:
        task = worker("AcceptHIT", HITGroupId=self.hits[offer.title]["HITGroupId"])["Task"]
        active = int(offer.seconds * pace)
        self.town.advance(seconds=active + 9)
        fields = [{"Name": "answer", "Value": "as shown"}]
        worker("SubmitAssignment", AssignmentId=task["AssignmentId"], Fields=fields, ActiveSeconds=active)

    def _review(self) -> None:
        for requester in self.requesters.values():
            for hit in self._with_answers(requester):
                found = requester("ListAssignmentsForHIT", HITId=hit, AssignmentStatuses=["Submitted"])
                for each in found["Assignments"]:
                    self.decided += 1
                    self._decide(requester, each["AssignmentId"], self.decided)

    def _with_answers(self, requester: Requester) -> list[str]:
        hits = requester("ListHITs", MaxResults=100)["HITs"]
        return [hit["HITId"] for hit in hits if hit["NumberOfAssignmentsAvailable"] < hit["MaxAssignments"]]

    def _decide(self, requester: Requester, assignment: str, number: int) -> None:
        if number % 23 == 22:
            said = "The words you copied are not in the review. Please look at the examples again."
            requester("RejectAssignment", AssignmentId=assignment, RequesterFeedback=said)
            return
        requester("ApproveAssignment", AssignmentId=assignment, RequesterFeedback="Thank you, careful work.")
        if number % 5 == 4:
            worker = requester("GetAssignment", AssignmentId=assignment)["Assignment"]["WorkerId"]
            requester(
                "SendBonus", WorkerId=worker, AssignmentId=assignment, BonusAmount="0.25",
                Reason="For the long comment, which helped us.", UniqueRequestToken=assignment,
            )  # fmt: skip

    def _qualifications(self, mina: Worker) -> dict[str, str]:
        harbour, nordlys = self._requester("Harbour Speech Lab"), self._requester("Nordlys Vision")
        listening = qualification(
            harbour, "Careful listening", "Write down two short recordings. Passed from 80 on.",
            Test=LISTENING, TestDurationInSeconds=900, RetryDelayInSeconds=86_400,
        )  # fmt: skip
        boxes = qualification(
            nordlys, "Boxes, level 2", "For people whose boxes fit on nine pictures of ten."
        )
        register = qualification(
            self._requester("Civic Text Archive"), "Reads old handwriting", "Given to whoever asks.",
            AutoGranted=True, AutoGrantedValue=1,
        )  # fmt: skip
        mina("RequestQualification", QualificationTypeId=boxes)
        mina("RequestQualification", QualificationTypeId=register)
        return {"listening": listening, "locked": boxes}

    def _today(self, mina: Worker, qualifications: dict[str, str]) -> dict[str, str]:
        """What lies open now: tasks in hand, messages, a saved search, something hidden."""
        about = {"HITTypeId": self.hits[OFFERS[2].title]["HITTypeId"], "Subject": "Two people at once"}
        text = "In some calls both speak at the same time. Whom should I write first?"
        thread = mina("SendMessage", **about, MessageText=text)["ThreadId"]
        self.town.advance(seconds=900)
        answer = (
            "Whoever began. Put the other into [brackets]; we have added an example. Thank you for asking."
        )
        self._requester("Harbour Speech Lab")("SendMessage", ThreadId=thread, MessageText=answer)
        other = {"HITTypeId": self.hits[OFFERS[0].title]["HITTypeId"], "Subject": "A review in Portuguese"}
        mina("SendMessage", **other, MessageText="One review is not in English. Shall I skip those?")
        mina(
            "PutSavedSearch",
            Name="Well paid, by keyboard",
            Search={"KeyboardFriendly": True, "MinPayPerHour": "12.00"},
            Watch="email",
        )
        mina("PutSavedSearch", Name="Español", Search={"Languages": ["es"]}, Watch="none")
        mina("HideWork", HITGroupId=self._group(7))
        held = [mina("AcceptHIT", HITGroupId=self._group(number))["Task"] for number in (0, 2, 3)]
        return {
            "group": self._group(0), "hit": held[0]["HITId"],
            "hit_type": self.hits[OFFERS[0].title]["HITTypeId"],
            "assignment": held[0]["AssignmentId"], "requester": self._requester("Nordlys Vision").id,
            "thread": str(thread), "type": qualifications["listening"], "day": "2026-09-24",
        }  # fmt: skip

    def _group(self, number: int) -> str:
        return str(self.hits[OFFERS[number].title]["HITGroupId"])

    def _checked(self) -> str:
        """A group that asks one question first."""
        check = {
            "Question": "A review says: “The lid is loose, but I like it anyway.” What do you choose?",
            "Choices": ["Mostly good", "Good and bad", "Mostly bad"],
            "Right": "Good and bad",
            "Tries": 2,
        }
        offer = Offer(
            "Tidewater Retail", "Judge long reviews with care", "Reviews of a page and more.", "0.40", 120,
            settings=(("ComprehensionCheck", check), ("Instructions", INSTRUCTIONS)), keywords="reviews",
        )  # fmt: skip
        self._publish(offer)
        return str(self.hits[offer.title]["HITGroupId"])

    def _locked(self, qualification: str) -> str:
        """A group that the worker may not accept yet."""
        nordlys = self._requester("Nordlys Vision")
        required = {"QualificationTypeId": qualification, "Comparator": "Exists", "ActionsGuarded": "Accept"}
        hit = nordlys.create_hit(
            Title="Outline every leaf of a plant", Description="Polygons on close pictures.", Reward="1.10",
            Question=page(PLAIN), QualificationRequirements=[required], LifetimeInSeconds=14 * 86_400,
            AssignmentDurationInSeconds=3_600, MaxAssignments=3,
        )  # fmt: skip
        return str(hit["HITGroupId"])


LISTENING = (
    f'<QuestionForm xmlns="{NAMESPACE}"><Overview><Title>Careful listening</Title><Text>Answer in your '
    "own words; punctuation does not count.</Text></Overview><Question><QuestionIdentifier>first"
    "</QuestionIdentifier><IsRequired>true</IsRequired>"
    "<QuestionContent><Text>A caller says: “I ordered it on the fifth, no, the "
    "fifteenth.” Which day do you write?</Text></QuestionContent><AnswerSpecification><SelectionAnswer>"
    "<StyleSuggestion>radiobutton</StyleSuggestion><Selections>"
    "<Selection><SelectionIdentifier>a</SelectionIdentifier><Text>Both, as they were said</Text></Selection>"
    "<Selection><SelectionIdentifier>b</SelectionIdentifier><Text>The fifteenth only</Text></Selection>"
    "</Selections></SelectionAnswer></AnswerSpecification></Question><Question>"
    "<QuestionIdentifier>second</QuestionIdentifier><IsRequired>true</IsRequired><QuestionContent><Text>How "
    "do you mark a word that you cannot make out?</Text></QuestionContent>"
    "<AnswerSpecification><FreeTextAnswer/>"
    "</AnswerSpecification></Question></QuestionForm>"
)


def page(inside: str) -> str:
    """A task page as templates for MTurk are written."""
    return html_question(
        f'<!DOCTYPE html><html lang="en"><head><title>Task</title>{STYLE}'
        '<script src="https://s3.amazonaws.com/mturk-public/externalHIT_v1.js"></script></head><body>'
        '<form name="mturk_form" method="post" id="mturk_form" action="https://www.mturk.com/mturk/externalSubmit">'
        f'<input type="hidden" value="" name="assignmentId" id="assignmentId">{inside}'
        '<p><input type="submit" id="submitButton" value="Submit"></p></form>'
        "<script>turkSetAssignmentID();</script></body></html>",
        0,
    )


def qualification(requester: Requester, name: str, description: str, **members: Any) -> str:
    """A qualification type; answers its id."""
    facts = {"Name": name, "Description": description, "QualificationTypeStatus": "Active"}
    made = requester("CreateQualificationType", **facts, **members)["QualificationType"]
    return str(made["QualificationTypeId"])
