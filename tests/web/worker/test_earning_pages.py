"""The pages of what a worker has earned and done, without JavaScript."""

from __future__ import annotations

import csv
import io

import pytest

from kempelen.operations.doing.late_answers import TimeRanOut
from people import Requester, Town, Worker
from strangers import PASSWORD
from web.visitors import Visitor, visitor


@pytest.fixture
def browser(town: Town, wei: Worker) -> Visitor:
    return visitor(town, wei)


def done(wei: Worker, rosa: Requester, title: str, reward: str, *, seconds: int = 60) -> str:
    """A task done in so many active seconds; answers the assignment's id."""
    assignment = wei.accept(rosa.create_hit(Title=title, Reward=reward)["HITId"])
    wei.town.advance(seconds=seconds)
    fields = [{"Name": "answer", "Value": "cat"}]
    wei("SubmitAssignment", AssignmentId=assignment, Fields=fields, ActiveSeconds=seconds)
    return assignment


def test_the_dashboard_shows_the_figures_the_plot_and_every_day(
    town: Town, rosa: Requester, wei: Worker, browser: Visitor
) -> None:
    made = [done(wei, rosa, "Cats", "0.50") for _ in range(3)]
    rosa("ApproveAssignment", AssignmentId=made[0])
    rosa("RejectAssignment", AssignmentId=made[1], RequesterFeedback="No")
    rosa("SendBonus", WorkerId=wei.id, AssignmentId=made[0], BonusAmount="2.00", Reason="Good")
    page = browser.get("/dashboard")
    assert page.status == 200
    for words in (
        "Available $2.50", "Waiting for a decision $0.50", "Approved to date $0.50", "Bonuses to date $2.00",
        "Withdrawn $0.00", "Approval rate 50 %", "1 approved, 1 rejected, 1 waiting", "$15.00 / h",
        "from 2 min of work that is decided", "Earned a day, last 45 days",
        "The highest is $0.50 on Sep 21, 2026",
    ):  # fmt: skip
        assert words in page.text, words
    assert page.html.count('<rect class="bar-') == 1
    assert page.links["Sep 21, 2026"] == "/status_details/2026-09-21"
    table = browser.get(page.links["All days as CSV"])
    assert table.response.headers["content-type"] == "text/csv; charset=utf-8"
    (row,) = csv.DictReader(io.StringIO(table.response.text))
    assert (row["Date"], row["Submitted"], row["Earned"], row["PayPerHour"]) == (
        "2026-09-21", "3", "0.50", "15.00",
    )  # fmt: skip


def test_who_has_done_nothing_is_shown_the_way_to_work(town: Town, ana: Worker) -> None:
    browser = visitor(town, ana)
    for path in ("/dashboard", "/earnings", "/earnings/pending", "/earnings/pay_per_hour"):
        page = browser.get(path)
        assert page.status == 200
        assert page.links["Find work"] == "/projects", path
    assert browser.get("/status_details/2026-09-21").links["See all days"] == "/dashboard"
    assert browser.get("/status_details/2026-02-30").status == 404


def test_a_day_shows_what_became_of_each_task(
    town: Town, rosa: Requester, wei: Worker, browser: Visitor
) -> None:
    waits = done(wei, rosa, "Waits <b>", "0.10")
    refused = done(wei, rosa, "Refused", "0.20")
    rosa("RejectAssignment", AssignmentId=refused, RequesterFeedback="<script>alert(1)</script>")
    page = browser.get("/status_details/2026-09-21")
    assert "2 tasks handed in on this day" in page.text
    assert page.links["Waits <b>"] == f"/assignments/{waits}"
    assert "approves itself in" in page.text
    assert "<script>alert(1)</script>" in page.text and "<script>alert(1)" not in page.html


def test_each_payment_leads_to_its_work(rosa: Requester, wei: Worker, browser: Visitor) -> None:
    paid = done(wei, rosa, "Cats", "0.50")
    rosa("ApproveAssignment", AssignmentId=paid)
    rosa("SendBonus", WorkerId=wei.id, AssignmentId=paid, BonusAmount="2.00", Reason="Careful notes")
    waits = done(wei, rosa, "Dogs", "0.30")
    page = browser.get("/earnings")
    assert page.links["Cats"] == f"/assignments/{paid}"
    assert "Careful notes $2.00" in page.text and "reward $0.50" in page.text
    bonuses = browser.get(page.links["Bonuses"])
    assert "$2.00" in bonuses.text and "reward $0.50" not in bonuses.text
    assert "There are no such payments" in browser.get(page.links["Late answers"]).text
    pending = browser.get(page.links["Waiting"])
    assert pending.links["Dogs"] == f"/assignments/{waits}" and "Cats" not in pending.links
    by_requester = browser.get(page.links["Pay per hour"])
    assert "Rosa 2 1 0 $0.50 1 min $30.00" in by_requester.text
    assert "Cats" in browser.get(by_requester.links["By task"]).links


def test_payments_come_in_pages(town: Town, rosa: Requester, wei: Worker, browser: Visitor) -> None:
    first = done(wei, rosa, "Cats", "0.50")
    rosa("ApproveAssignment", AssignmentId=first)
    for number in range(21):
        town.advance(seconds=1)
        rosa("SendBonus", WorkerId=wei.id, AssignmentId=first, BonusAmount="0.01", Reason=f"Reason {number}.")
    page = browser.get("/earnings?cause=Bonus")
    assert page.text.count("Reason") == 20
    last = browser.get(page.links["Next page"])
    assert "Reason 0." in last.text and last.text.count("Reason") == 1
    assert "Next page" not in last.links
    assert browser.get(last.links["First page"]).text.count("Reason") == 20


def test_an_assignment_tells_everything_to_its_worker_alone(
    town: Town, rosa: Requester, wei: Worker, ana: Worker, browser: Visitor
) -> None:
    made = done(wei, rosa, "Cats", "0.50", seconds=90)
    assert "waiting approves itself in" in browser.get(f"/assignments/{made}").text
    rosa("ApproveAssignment", AssignmentId=made, RequesterFeedback="Thank you")
    rosa("SendBonus", WorkerId=wei.id, AssignmentId=made, BonusAmount="2.00", Reason="Careful notes")
    page = browser.get(f"/assignments/{made}")
    for words in (
        "State paid",
        "Reward $0.50",
        "Time it took 1 min 30 sec",
        "said Thank you",
        "$2.00",
        "Careful",
    ):
        assert words in page.text, words
    contact = page.links["Write to the requester"]
    assert browser.get(contact).status == 200
    assert page.links["all of that day"] == "/status_details/2026-09-21"
    assert visitor(town, ana).get(f"/assignments/{made}").status == 404


def test_an_assignment_in_hand_and_one_that_came_too_late(
    town: Town, rosa: Requester, wei: Worker, browser: Visitor
) -> None:
    hit = rosa.create_hit(AssignmentDurationInSeconds=60, Reward="0.50")
    made = wei.accept(hit["HITId"])
    page = browser.get(f"/assignments/{made}")
    assert "in your queue" in page.text and browser.get(page.links["Work"]).status == 200
    town.advance(seconds=90)
    with pytest.raises(TimeRanOut):
        wei.submit(made)
    page = browser.get(f"/assignments/{made}")
    assert "time ran out" in page.text and "Until then Rosa can still pay for it" in page.text
    rosa("PayLateAnswer", AssignmentId=made)
    assert "the requester paid $0.50 for it" in browser.get(f"/assignments/{made}").text
    assert browser.get("/earnings?cause=LateAnswer").text.count("$0.50") >= 1


def test_where_the_money_goes_is_said_without_a_button_that_does_nothing(town: Town, sandbox: Town) -> None:
    mia = town.worker("Mia", password=PASSWORD)
    page = visitor(town, mia).get("/payment_settings")
    assert "the house pays out by its own means" in page.text
    assert page.links["Say where it goes"] == "/account#payout"
    assert (
        "play money, and nothing of it is ever paid out"
        in visitor(sandbox, mia).get("/payment_settings").text
    )
