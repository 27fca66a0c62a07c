"""Messages at the site: threads, answers, MTurk's contact forms, and the page of blocks."""

from urllib.parse import quote

import pytest

from people import Requester, Town, Worker
from web.visitors import Visitor, visitor


@pytest.fixture
def browser(town: Town, wei: Worker) -> Visitor:
    return visitor(town, wei)


def form_of(kind: str, **named: str) -> str:
    """The address of a contact form."""
    words = "&".join(f"{quote(f'{kind}[{name}]')}={value}" for name, value in named.items())
    return f"/contact_requester/{kind}s/new?{words}"


def test_a_worker_writes_by_the_contact_form_and_reads_the_answer(
    town: Town, rosa: Requester, wei: Worker, browser: Visitor
) -> None:
    hit = rosa.create_hit(Title="Cats <b>here</b>")
    named = {"hit_type_id": hit["HITTypeId"], "requester_id": rosa.id}
    page = browser.get(form_of("hit_type_message", **named))
    assert page.status == 200
    assert "Cats <b>here</b>" in page.text
    fields = {f"hit_type_message[{name}]": value for name, value in named.items()}
    fields |= {
        "hit_type_message[subject]": "A question about how to do this work",
        "hit_type_message[content]": "Is a lynx a cat?",
    }
    sent = browser.fields("/contact_requester/hit_type_messages", fields)
    page = browser.follow(sent)
    assert "Is a lynx a cat?" in page.text
    thread = rosa("ListThreads")["Threads"][0]
    assert thread["Subject"] == "A question about how to do this work"
    town.advance(seconds=1)
    rosa("SendMessage", ThreadId=thread["ThreadId"], MessageText="<script>alert(1)</script> It is.")
    page = browser.get("/messages")
    assert "1 new" in page.text
    assert "Messages 1" in page.text
    page = browser.get(page.links[thread["Subject"]])
    assert "<script>alert(1)" not in page.html
    assert "<script>alert(1)</script> It is." in page.text
    assert "1 new" not in browser.get("/messages").text
    assert browser.get("/messages?unread=true").text.count("You have read everything") == 1
    assert browser.follow(browser.form(f"/messages/{thread['ThreadId']}", content="Thank you.")).status == 200
    assert rosa("GetThread", ThreadId=thread["ThreadId"])["Thread"]["Excerpt"] == "Thank you."


@pytest.mark.parametrize("kind", ["hit_type_message", "assignment_message"])
def test_both_kinds_of_fields_are_taken_at_both_addresses(
    rosa: Requester, wei: Worker, browser: Visitor, kind: str
) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"])
    fields = {
        "assignment_message[assignment_id]": assignment,
        "assignment_message[subject]": "Oops",
        "assignment_message[content]": "I typed the wrong one.",
    }
    assert "your work" in browser.get(form_of("assignment_message", assignment_id=assignment)).text
    browser.follow(browser.fields(f"/contact_requester/{kind}s", fields))
    assert rosa("ListThreads")["Threads"][0]["AssignmentId"] == assignment


def test_what_was_typed_is_kept_when_it_cannot_be_sent(rosa: Requester, browser: Visitor) -> None:
    hit = rosa.create_hit()
    fields = {
        "hit_type_message[hit_type_id]": hit["HITTypeId"],
        "hit_type_message[own_subject]": "Lynxes",
        "hit_type_message[content]": " ",
    }
    page = browser.fields("/contact_requester/hit_type_messages", fields)
    assert page.status == 422
    assert "must not be empty" in page.text
    assert 'value="Lynxes"' in page.html
    assert 'aria-invalid="true"' in page.html
    for _ in range(5):
        browser.fields(
            "/contact_requester/hit_type_messages", fields | {"hit_type_message[content]": "Hello"}
        )
    page = browser.fields(
        "/contact_requester/hit_type_messages", fields | {"hit_type_message[content]": "Hello <again>"}
    )
    assert page.status == 429
    assert "has not answered yet" in page.text
    assert "Hello &lt;again&gt;" in page.html
    thread = rosa("ListThreads")["Threads"][0]["ThreadId"]
    page = browser.form(f"/messages/{thread}", content="Once more")
    assert page.status == 429
    assert "Once more" in page.html


def test_threads_and_forms_of_others_are_not_there(
    town: Town, rosa: Requester, wei: Worker, ana: Worker, browser: Visitor
) -> None:
    assignment = ana.do(rosa.create_hit()["HITId"])
    members = {"AssignmentId": assignment, "Subject": "s", "MessageText": "m"}
    thread = ana("SendMessage", **members)["ThreadId"]
    assert browser.get(f"/messages/{thread}").status == 404
    assert browser.form(f"/messages/{thread}", content="x").status == 404
    assert browser.get(form_of("assignment_message", assignment_id=assignment)).status == 404
    assert browser.get(form_of("hit_type_message", hit_type_id="3NOTHING")).status == 404
    assert browser.get("/contact_requester/hit_type_messages/new").status == 400
    signed_out = visitor(town).get("/messages")
    assert signed_out.status == 302
    assert signed_out.response.headers["Location"].startswith("/login")


def test_a_form_of_another_site_sends_nothing(rosa: Requester, wei: Worker, browser: Visitor) -> None:
    hit = rosa.create_hit()
    fields = {"hit_type_message[hit_type_id]": hit["HITTypeId"], "hit_type_message[content]": "x"}
    sent = browser.send(
        "POST", "/contact_requester/hit_type_messages", data=fields, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert sent.status_code == 403
    assert rosa("ListThreads")["NumResults"] == 0


def test_a_block_is_explained(rosa: Requester, wei: Worker, browser: Visitor) -> None:
    hit = rosa.create_hit()
    assert "Nobody has blocked you" in browser.get("/blocks").text
    rosa("CreateWorkerBlock", WorkerId=wei.id, Reason="My private note.")
    page = browser.get("/blocks")
    assert "Rosa the requester gave none all work of this requester" in page.text
    assert "private" not in page.text
    rosa("PutBlockNotice", WorkerId=wei.id, Notice="Half of the <i>boxes</i> were missing.")
    assert "Half of the <i>boxes</i> were missing." in browser.get("/blocks").text
    refused = browser.get(f"/projects/{hit['HITGroupId']}/tasks/{hit['HITId']}")
    assert refused.links["Who has blocked me"] == "/blocks"
    page = browser.get(form_of("hit_type_message", hit_type_id=hit["HITTypeId"]))
    assert "you cannot write about it" in page.text


def test_threads_come_in_pages(town: Town, rosa: Requester, wei: Worker, browser: Visitor) -> None:
    for number in range(21):
        town.advance(seconds=1)
        hit = rosa.create_hit(Title=f"Cats {number}")
        wei("SendMessage", HITTypeId=hit["HITTypeId"], Subject=f"About {number}.", MessageText="m")
        rosa("SendMessage", ThreadId=rosa("ListThreads")["Threads"][0]["ThreadId"], MessageText="Yes.")
    first = browser.get("/messages")
    second = browser.get(first.links["Next page"])
    assert "About 20." in first.text
    assert "About 0." in second.text
    assert "Next page" not in second.links
