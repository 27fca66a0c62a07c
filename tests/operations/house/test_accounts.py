"""People: one address, one person, who may be several things."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kempelen.errors import AccessDenied, ParameterValidationError, Refusal
from kempelen.identity import Identity
from kempelen.operation import Actor, Role
from kempelen.operations.house.accounts import OwnAccount, PasswordDiffers
from kempelen.operations.house.proving import WrongCredentials
from kempelen.store.accounts import EmailInUse, LastOwner
from people import Person, Requester, Town, Worker

PASSWORD = "correct horse battery"


def identity(town: Town) -> Identity:
    return Identity(town.app.directory)


def signs_in(town: Town, email: str) -> bool:
    """Whether the password is that person's."""
    try:
        Person(town, identity(town).visitor())("SignIn", Email=email, Password=PASSWORD)
    except WrongCredentials:
        return False
    return True


def test_a_worker_is_added_once_for_an_address_however_it_is_written(town: Town, wei: Worker) -> None:
    with pytest.raises(EmailInUse, match=r"registered under the address WEI@example\.org already"):
        town.operator("AddWorker", Name="Wei", Email="WEI@example.org")


def test_a_requester_may_work_as_well_under_the_same_address(town: Town, rosa: Requester) -> None:
    added = town.operator("AddWorker", Name="Rosa", Email="rosa@example.org", Country="PT")
    person = town.app.directory.person_by_email("rosa@example.org")
    assert person is not None and person.is_worker and person.public_id == added["AccountId"]
    assert added["AccountId"] != rosa.id
    as_worker = identity(town).of_key(added["AccessKey"]["AccessKeyId"])
    as_requester = identity(town).of_key(rosa.access_key)
    assert as_worker is not None and as_worker[0].role is Role.WORKER and as_worker[0].country == "PT"
    assert as_requester is not None and as_requester[0].role is Role.REQUESTER


def test_a_known_person_owns_another_organisation(town: Town, rosa: Requester) -> None:
    first = town.app.directory.person_by_email("rosa@example.org")
    added = town.operator("AddRequester", Name="Rosa's lab", Email="rosa@example.org")
    assert first is not None
    assert added["PersonId"] == first.public_id
    assert added["AccountId"] != rosa.id
    assert len(town.app.directory.memberships(first.key)) == 2


def test_a_password_is_added_but_never_replaced(town: Town, rosa: Requester) -> None:
    assert not signs_in(town, "rosa@example.org")
    town.operator("AddWorker", Name="Rosa", Email="rosa@example.org", Password=PASSWORD)
    assert signs_in(town, "rosa@example.org")
    town.operator("AddOperator", Name="Rosa", Email="rosa@example.org", Password=PASSWORD)
    with pytest.raises(PasswordDiffers):
        town.operator("AddRequester", Name="Rosa", Email="rosa@example.org", Password="another, longer one")
    assert signs_in(town, "rosa@example.org")
    assert not signs_in(town, "nobody@example.org")


def test_a_person_who_is_worker_and_operator_has_a_key_for_each(town: Town, wei: Worker) -> None:
    added = town.operator("AddOperator", Name="Wei", Email="wei@example.org")
    operator = identity(town).of_key(added["AccessKey"]["AccessKeyId"])
    worker = identity(town).of_key(wei.access_key)
    assert operator is not None and operator[0].role is Role.OPERATOR
    assert worker is not None and worker[0].role is Role.WORKER
    with pytest.raises(EmailInUse):
        town.operator("AddOperator", Name="Wei", Email="wei@example.org")


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ({"Country": "XX"}, "Country"),
        ({"Country": "PT", "Subdivision": "WA"}, "Subdivision"),
        ({"Subdivision": "WA"}, "Subdivision"),
        ({"Email": "no address"}, "email"),
        ({"Password": "short"}, "password"),
    ],
)
def test_what_is_wrong_with_a_worker_is_named(town: Town, members: dict[str, str], named: str) -> None:
    with pytest.raises(Refusal, match=named):
        town.operator("AddWorker", **({"Name": "Max", "Email": "max@example.org"} | members))


def test_a_switched_off_account_has_no_working_key(town: Town, rosa: Requester, wei: Worker) -> None:
    who = identity(town)
    for person in (rosa, wei):
        town.operator("PutAccountStatus", AccountId=person.id, Active=False)
        assert who.of_key(person.access_key) is None
        town.operator("PutAccountStatus", AccountId=person.id, Active=True)
        assert who.of_key(person.access_key) is not None
    with pytest.raises(ParameterValidationError, match="AccountId"):
        town.operator("PutAccountStatus", AccountId="ANOBODY", Active=False)
    with pytest.raises(OwnAccount):
        town.operator("PutAccountStatus", AccountId=town.operator.id, Active=False)


def test_members_act_for_an_organisation_as_far_as_their_role_goes(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    def acting() -> Actor | None:
        return identity(town).as_member(wei.actor.account, rosa.actor.account)

    assert acting() is None
    for role, may_publish, may_make_keys in (
        ("viewer", False, False),
        ("reviewer", False, False),
        ("manager", True, False),
        ("owner", True, True),
    ):
        town.operator("PutMember", AccountId=rosa.id, Email="wei@example.org", MemberRole=role)
        actor = acting()
        assert actor is not None and actor.public_id == rosa.id
        member = Requester(town, actor)
        assert member.balance == ("1000.00", "0.00")
        assert _is_allowed(lambda member=member: member("CreateHIT")) is may_publish
        assert _is_allowed(lambda member=member: member("CreateAccessKey")) is may_make_keys
    town.operator("PutMember", AccountId=rosa.id, Email="wei@example.org", MemberRole="none")
    assert acting() is None


def test_an_organisation_always_has_an_owner(town: Town, rosa: Requester) -> None:
    for role in ("viewer", "none"):
        with pytest.raises(LastOwner, match="only owner"):
            town.operator("PutMember", AccountId=rosa.id, Email="rosa@example.org", MemberRole=role)
    town.operator(
        "PutMember", AccountId=rosa.id, Email="new@example.org", MemberRole="owner", Password=PASSWORD
    )
    town.operator("PutMember", AccountId=rosa.id, Email="rosa@example.org", MemberRole="viewer")
    assert signs_in(town, "new@example.org")


def test_a_worker_profile_changes_only_where_it_is_given(town: Town, wei: Worker) -> None:
    town.operator("PutWorkerProfile", WorkerId=wei.id, Adult=True)
    person = town.app.directory.worker(wei.id)
    assert person is not None and (person.country, person.subdivision, person.adult) == ("US", "WA", True)
    town.operator("PutWorkerProfile", WorkerId=wei.id, Country="DE", Masters=True)
    person = town.app.directory.worker(wei.id)
    assert person is not None
    assert (person.country, person.subdivision, person.adult, person.masters) == ("DE", None, True, True)


def test_only_operators_run_the_house(rosa: Requester, wei: Worker) -> None:
    for person in (rosa, wei):
        assert not _is_allowed(lambda person=person: person("AddWorker", Name="X", Email="x@example.org"))
        assert not _is_allowed(lambda person=person: person("Deposit", AccountId=rosa.id, Amount="5"))


def _is_allowed(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except AccessDenied:
        return False
    except Refusal:
        return True
    return True
