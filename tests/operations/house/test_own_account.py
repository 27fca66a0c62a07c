"""One's own account: password, address, profile, standing, data, and its end."""

from __future__ import annotations

import json

import pytest

from kempelen.errors import ParameterValidationError, ValidationException
from kempelen.operations.house.accounts import OwnAccount
from kempelen.operations.house.leaving import AccountUnfinished, OwnsAccounts
from kempelen.operations.house.profile import PayoutIdentityInUse
from kempelen.operations.house.proving import NoPassword, TooManyAttempts, WrongCredentials, WrongPassword
from kempelen.operations.house.signing_up import LinkOver
from kempelen.operations.house.standing import NotSuspended
from kempelen.operations.people.standing import Suspended
from kempelen.rules.ids import new_link_secret, seeded_random
from kempelen.rules.passwords import WeakPassword
from kempelen.store.accounts import EmailInUse
from people import Town
from strangers import PASSWORD, House

EMAIL = "mia@example.org"
OTHER = "quite another password"


def test_a_forgotten_password_is_replaced_by_mail_once_within_an_hour(house: House) -> None:
    mia = house.member()
    house.visitor()("RequestPasswordReset", Email=EMAIL)
    stale = house.token()
    house.town.advance(hours=1)
    with pytest.raises(LinkOver):
        house.visitor()("ResetPassword", Token=stale, Password=OTHER)
    secret = house.sign_in(EMAIL)
    house.visitor()("RequestPasswordReset", Email="MIA@example.org")
    token = house.token()
    with pytest.raises(WeakPassword):
        house.visitor()("ResetPassword", Token=token, Password="aaaabbbbaaaabbbb")
    with pytest.raises(LinkOver):
        mia("ConfirmEmail", Token=token)
    house.visitor()("ResetPassword", Token=token, Password=OTHER)
    assert house.who(secret) is None and mia("ListSessions")["Sessions"] == []
    with pytest.raises(LinkOver):
        house.visitor()("ResetPassword", Token=token, Password=PASSWORD)
    with pytest.raises(WrongCredentials):
        house.sign_in(EMAIL)
    house.sign_in(EMAIL, OTHER)
    assert house.mails[-1]["subject"] == "Your password was changed"


def test_nobody_learns_from_a_reset_who_has_an_account(house: House) -> None:
    assert house.visitor()("RequestPasswordReset", Email="nobody@example.org") == {}
    assert house.mails == []
    house.member()
    before = len(house.mails)
    for _ in range(10):
        assert house.visitor()("RequestPasswordReset", Email=EMAIL) == {}
    assert len(house.mails) == before + 5
    house.visitor()("ResetPassword", Token=house.token(), Password=OTHER)


def test_a_reset_proves_the_address_and_takes_an_account_back_from_a_squatter(house: House) -> None:
    squatter = house.sign_in(house.sign_up())
    house.person(squatter)("PutPayoutIdentity", Password=PASSWORD, PayoutIdentity="squatter@bank")
    house.visitor()("RequestPasswordReset", Email=EMAIL)
    house.visitor()("ResetPassword", Token=house.token(), Password=OTHER)
    assert house.who(squatter) is None
    who = house.who(secret := house.sign_in(EMAIL, OTHER))
    assert who is not None and who.verified
    assert house.person(secret)("GetProfile").get("PayoutIdentity") is None


def test_a_new_password_ends_every_session_and_begins_one(house: House) -> None:
    mia = house.member()
    before = house.sign_in(EMAIL)
    with pytest.raises(WrongPassword):
        mia("ChangePassword", Password=OTHER, NewPassword=OTHER)
    answer = mia("ChangePassword", Password=PASSWORD, NewPassword=OTHER)
    assert house.who(before) is None and house.who(answer["SessionSecret"]) is not None
    house.sign_in(EMAIL, OTHER)
    for _ in range(5):
        with pytest.raises(WrongPassword):
            mia("ChangePassword", Password=PASSWORD, NewPassword=PASSWORD)
    with pytest.raises(TooManyAttempts):
        mia("ChangePassword", Password=OTHER, NewPassword=PASSWORD)


def test_whoever_has_no_password_has_a_link_sent(house: House) -> None:
    house.town.worker("Wei")
    wei = house.town.app.directory.person_by_email("wei@example.org")
    assert wei is not None
    actor = house.identity.as_person(wei.key)
    assert actor is not None
    person = type(house.operator)(house.town, actor)
    assert person("GetProfile")["HasPassword"] is False
    with pytest.raises(NoPassword):
        person("CloseAccount", Password=PASSWORD)
    house.visitor()("RequestPasswordReset", Email="wei@example.org")
    house.visitor()("ResetPassword", Token=house.token(), Password=PASSWORD)
    house.sign_in("wei@example.org")


def test_a_new_address_is_confirmed_first_and_the_old_one_told(house: House) -> None:
    mia = house.member()
    mia("ChangeEmail", Password=PASSWORD, Email="mia@elsewhere.org")
    new, old = house.mails[-2:]
    assert new["address"] == "mia@elsewhere.org" and "address" not in old
    assert "mia@elsewhere.org" in old["text"]
    house.sign_in(EMAIL)
    assert mia("ConfirmEmail", Token=house.token()) == {"Purpose": "address"}
    house.sign_in("MIA@elsewhere.org")
    with pytest.raises(WrongCredentials):
        house.sign_in(EMAIL)


def test_an_address_of_somebody_else_stays_theirs(house: House) -> None:
    mia = house.member()
    house.sign_up("Ben")
    before = len(house.mails)
    assert mia("ChangeEmail", Password=PASSWORD, Email="ben@example.org") == {}
    assert [mail["subject"] for mail in house.mails[before:]] == [
        "You already have an account",
        "Your address is about to change",
    ]
    mia("ChangeEmail", Password=PASSWORD, Email="zoe@example.org")
    token = house.token()
    house.sign_up("Zoe")
    with pytest.raises(EmailInUse):
        mia("ConfirmEmail", Token=token)
    for _ in range(3):
        mia("ChangeEmail", Password=PASSWORD, Email="one@example.org")
    with pytest.raises(TooManyAttempts):
        mia("ChangeEmail", Password=PASSWORD, Email="one@example.org")


def test_a_profile_changes_where_something_is_given(house: House) -> None:
    mia = house.member()
    mia("PutProfile", Name="Mia Sol", Country="US", Subdivision="WA", Languages=["en", "pt-BR", "en"])
    profile = mia(
        "PutProfile", TimeZone="America/New_York", SiteLanguage="ar", Theme="dark", TimeMultiplier="1.5",
        MailOff=["watches", "messages"],
    )["Profile"]  # fmt: skip
    assert profile["Name"] == "Mia Sol" and profile["Subdivision"] == "WA"
    assert profile["Languages"] == ["en", "pt-BR"] and profile["TimeMultiplier"] == "1.5"
    assert profile["MailOff"] == ["messages", "watches"]
    who = house.who(secret := house.sign_in(EMAIL))
    assert who is not None and (who.language, who.theme, who.zone) == ("ar", "dark", "America/New_York")
    assert house.worker(secret).actor.time_percent == 150
    assert house.worker(secret).actor.country == "US"
    mia("PutProfile", Country="PT")
    assert mia("GetProfile")["Profile"].get("Subdivision") is None
    for members in ({"Country": "XX"}, {"Subdivision": "WA"}, {"TimeZone": "Nowhere"}, {"Name": "  "}):
        with pytest.raises(ParameterValidationError):
            mia("PutProfile", **members)
    for members in ({"Theme": "pink"}, {"TimeMultiplier": "9"}, {"SiteLanguage": "xx"}, {"MailOff": ["all"]}):
        with pytest.raises(ValidationException):
            mia("PutProfile", **members)


def test_mail_that_is_not_wanted_is_not_sent(house: House) -> None:
    from kempelen.app import _mails
    from kempelen.store.outbox import Job

    sent: list[str] = []

    class Post:
        def send(self, destination: str, mail: object) -> None:
            sent.append(destination)

    mia = house.member()
    mia("PutProfile", MailOff=["messages"])
    mails = _mails(house.town.app.outside, house.town.app.directory)
    mails = type(mails)(Post(), mails.address_of, mails.wants, mails.sender)
    for facts in ({}, {"choice": "watches"}, {"choice": "account", "address": "new@example.org"}):
        payload = json.dumps({"worker": mia.actor.account, "subject": "s", "text": "t"} | facts)
        mails(house.town.app.house, Job(1, "mail", "mail", None, 1, payload, 0, 1, 0, 1))
    assert sent == [EMAIL, "new@example.org"]


def test_nobody_is_paid_through_two_accounts(house: House) -> None:
    mia, ben = house.member(), house.member("Ben")
    mia("PutPayoutIdentity", Password=PASSWORD, PayoutIdentity="PT50 0002 0123")
    assert mia("GetProfile")["PayoutIdentity"] == "PT50 0002 0123"
    mia("PutPayoutIdentity", Password=PASSWORD, PayoutIdentity="pt5000020123")
    with pytest.raises(PayoutIdentityInUse):
        ben("PutPayoutIdentity", Password=PASSWORD, PayoutIdentity=" pt50 00020123 ")
    mia("PutPayoutIdentity", Password=PASSWORD)
    ben("PutPayoutIdentity", Password=PASSWORD, PayoutIdentity="PT5000020123")


def test_a_suspended_person_reads_and_withdraws_but_takes_no_work(house: House) -> None:
    rosa = house.town.requester("Rosa", funds="100.00")
    first, second = rosa.create_hit(MaxAssignments=1), rosa.create_hit(Title="Another")
    test = rosa("CreateQualificationType", Name="q", Description="d", QualificationTypeStatus="Active")
    mia = house.member()
    worker = house.worker(secret := house.sign_in(EMAIL))
    assignment = worker.accept(first["HITId"])
    because = {"Cause": "Two accounts", "Evidence": "Both paid to one bank", "Contact": "olga@example.org"}
    house.operator("SuspendAccount", AccountId=mia.id, **because)
    assert house.mails[-1]["subject"] == "You cannot take work at present"
    who = house.who(secret)
    assert who is not None and who.suspended
    worker = house.worker(secret)
    for operation, members in (
        ("AcceptHIT", {"HITId": second["HITId"]}),
        ("PreviewHIT", {"HITId": second["HITId"]}),
        ("RequestQualification", {"QualificationTypeId": test["QualificationType"]["QualificationTypeId"]}),
    ):
        with pytest.raises(Suspended):
            worker(operation, **members)
    worker.submit(assignment)
    rosa("ApproveAssignment", AssignmentId=assignment)
    assert worker("GetEarnings")["Available"] == "0.05"
    assert worker("ExportOwnWork")["Work"][0]["Answer"] == '[["answer", "cat"]]'
    house.sign_in(EMAIL)
    house.operator("SuspendAccount", AccountId=mia.id, **because | {"Evidence": "More"})
    standing = mia("GetStanding")
    assert standing["Suspended"] and len(standing["Suspensions"]) == 1
    assert standing["Suspensions"][0] | {"Since": 0} == because | {"Evidence": "More", "Since": 0}
    house.operator("EndSuspension", AccountId=mia.id)
    with pytest.raises(NotSuspended):
        house.operator("EndSuspension", AccountId=mia.id)
    house.worker(secret).accept(second["HITId"])
    assert mia("GetStanding")["Suspensions"][0]["EndTime"] is not None


def test_suspending_names_somebody_else_who_exists(house: House) -> None:
    words = {"Cause": "c", "Evidence": "e", "Contact": "o"}
    with pytest.raises(ParameterValidationError):
        house.operator("SuspendAccount", AccountId="ANOBODY", **words)
    added = house.operator("AddOperator", Name="Olga", Email="olga@example.org")
    person = house.town.app.directory.person_by_id(added["AccountId"])
    assert person is not None
    actor = house.identity.as_operator(person.key)
    assert actor is not None
    with pytest.raises(OwnAccount):
        type(house.operator)(house.town, actor)("SuspendAccount", AccountId=added["AccountId"], **words)


def test_look_alikes_are_for_operators_to_see_and_nothing_follows(house: House) -> None:
    house.sign_up("Mia", Email="m.ia+one@example.org", Device="one-browser")
    house.sign_up("Ben", address="203.0.113.77", Email="mia@example.org", Device="one-browser")
    house.sign_up("Ann", address="192.0.2.200", Email="ann@example.org", Device="hers")
    house.sign_up("Far", address="2001:db8::1", Email="far@example.org", Device="his")
    page = house.operator("ListLookAlikes", MaxResults=1)
    (pair,) = page["LookAlikes"]
    assert pair["Score"] == 90 and pair["SharedDevice"] and pair["SimilarEmail"] and not pair["SharedNetwork"]
    (pair,) = house.operator("ListLookAlikes", MaxResults=1, NextToken=page["NextToken"])["LookAlikes"]
    assert pair["Score"] == 10 and pair["SharedNetwork"]
    assert house.operator("ListLookAlikes", LeastScore=50)["NumResults"] == 1
    assert house.operator("ListLookAlikes")["NumResults"] == 2
    house.sign_in("mia@example.org")


def test_everything_the_house_keeps_can_be_taken_along(house: House) -> None:
    mia = house.member()
    mia("PutPayoutIdentity", Password=PASSWORD, PayoutIdentity="PT50")
    document = json.loads(mia("ExportOwnData")["Document"])
    assert document["Profile"]["Email"] == EMAIL and document["PayoutIdentity"] == "PT50"
    assert document["Sessions"][0]["Browser"] == "Firefox"
    assert document["RememberedAsDigests"][0]["Kind"] == "network"
    assert "password" not in json.dumps(document).casefold().replace("haspassword", "")


def test_a_closed_account_is_nobody_and_its_address_free(house: House) -> None:
    mia = house.member()
    secret = house.sign_in(EMAIL)
    key = house.worker(secret)("CreateAccessKey")["AccessKey"]["AccessKeyId"]
    with pytest.raises(WrongPassword):
        mia("CloseAccount", Password=OTHER)
    mia("CloseAccount", Password=PASSWORD)
    assert house.mails[-1]["subject"] == "Your account is closed" and house.mails[-1]["address"] == EMAIL
    assert house.who(secret) is None and house.identity.of_key(key) is None
    known = house.town.app.directory.person_by_id(mia.id)
    assert known is not None and known.name == "closed account" and known.country is None
    with pytest.raises(WrongCredentials):
        house.sign_in(EMAIL)
    with pytest.raises(ParameterValidationError):
        house.operator("PutAccountStatus", AccountId=mia.id, Active=True)
    with pytest.raises(ParameterValidationError):
        house.operator("SuspendAccount", AccountId=mia.id, Cause="c", Evidence="e", Contact="o")
    again = house.member()
    assert again.id != mia.id


def test_money_and_work_keep_an_account_open_unless_it_is_said(house: House) -> None:
    rosa = house.town.requester("Rosa", funds="100.00")
    mia = house.member()
    worker = house.worker(house.sign_in(EMAIL))
    assignment = worker.accept(rosa.create_hit()["HITId"])
    with pytest.raises(AccountUnfinished, match=r"\$0.00 to withdraw, and 1 of"):
        mia("CloseAccount", Password=PASSWORD)
    worker.submit(assignment)
    rosa("ApproveAssignment", AssignmentId=assignment)
    with pytest.raises(AccountUnfinished, match=r"\$0.05 to withdraw, and 0 of"):
        mia("CloseAccount", Password=PASSWORD)
    mia("CloseAccount", Password=PASSWORD, Anyway=True)


def test_the_only_owner_of_an_account_stays(house: House) -> None:
    rosa = house.town.requester("Rosa", Password=PASSWORD)
    person = house.person(house.sign_in("rosa@example.org"))
    with pytest.raises(OwnsAccounts, match=rosa.id):
        person("CloseAccount", Password=PASSWORD)
    house.operator("PutMember", AccountId=rosa.id, Email="omar@example.org", MemberRole="owner")
    person("CloseAccount", Password=PASSWORD)


def test_a_link_of_nobody_does_nothing(town: Town) -> None:
    house = House(town)
    somebody = house.person(house.sign_in(house.sign_up()))
    with pytest.raises(LinkOver):
        somebody("ConfirmEmail", Token=new_link_secret(seeded_random(1)))
    with pytest.raises(LinkOver):
        house.visitor()("ResetPassword", Token=new_link_secret(seeded_random(1)), Password=PASSWORD)
