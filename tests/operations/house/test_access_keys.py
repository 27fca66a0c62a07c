"""Access keys and the policies they carry."""

from __future__ import annotations

import json

import pytest

from kempelen.app import assemble
from kempelen.errors import AccessDenied, ParameterValidationError
from kempelen.identity import Identity
from kempelen.operation import SYSTEM
from kempelen.operations.house.keys import AccessKeyDoesNotExist
from kempelen.operations.house.policies import PolicyDoesNotExist
from kempelen.rules.policies import MalformedPolicy
from people import Requester, Town, Worker

READ_ONLY = "AmazonMechanicalTurkReadOnly"


def using(town: Town, access_key_id: str) -> Requester:
    """Whoever uses that key, in the town's world."""
    found = Identity(town.app.directory).of_key(access_key_id)
    assert found is not None
    return Requester(town, found[0].at(source_address="192.0.2.7", secure=False, user_agent="test"))


def document(*statements: dict[str, object]) -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Resource": "*"} | each for each in statements]}
    )


def test_a_requester_makes_lists_and_disables_keys_of_their_own(town: Town, rosa: Requester) -> None:
    made = rosa("CreateAccessKey", Policies=[READ_ONLY], Label="laptop")
    key = made["AccessKey"]["AccessKeyId"]
    assert len(made["SecretAccessKey"]) == 40
    listed = rosa("ListAccessKeys")["AccessKeys"]
    assert [each["AccessKeyId"] for each in listed] == [rosa.access_key, key]
    assert listed[1]["Label"] == "laptop" and listed[1]["AccountId"] == rosa.id
    assert rosa("PutAccessKey", AccessKeyId=key, Active=False)["AccessKey"]["Active"] is False
    assert Identity(town.app.directory).of_key(key) is None


def test_keys_are_listed_in_pages(rosa: Requester) -> None:
    made = {rosa("CreateAccessKey")["AccessKey"]["AccessKeyId"] for _ in range(4)} | {rosa.access_key}
    seen: list[str] = []
    token = None
    while True:
        page = rosa("ListAccessKeys", MaxResults=2, **({"NextToken": token} if token else {}))
        seen += [each["AccessKeyId"] for each in page["AccessKeys"]]
        token = page.get("NextToken")
        if token is None:
            break
    assert len(seen) == 5 and set(seen) == made


def test_nobody_touches_the_keys_of_others(rosa: Requester, omar: Requester, wei: Worker) -> None:
    for key in (omar.access_key, wei.access_key, "AKIANOBODY"):
        with pytest.raises(AccessKeyDoesNotExist, match=key):
            rosa("PutAccessKey", AccessKeyId=key, Active=False)
    for members in ({"AccountId": omar.id}, {"Email": "omar@example.org"}, {"Email": "rosa@example.org"}):
        with pytest.raises(ParameterValidationError):
            rosa("CreateAccessKey", **members)
    with pytest.raises(ParameterValidationError):
        wei("ListAccessKeys", AccountId=rosa.id)
    assert len(wei("ListAccessKeys")["AccessKeys"]) == 1


def test_an_operator_makes_keys_for_anybody_by_address(town: Town, rosa: Requester, wei: Worker) -> None:
    made = town.operator("CreateAccessKey", Email="Rosa@example.org")
    assert made["AccessKey"]["AccountId"] == rosa.id
    assert town.operator("CreateAccessKey", Email="wei@example.org")["AccessKey"]["AccountId"] == wei.id
    with pytest.raises(ParameterValidationError, match="Nobody"):
        town.operator("CreateAccessKey", Email="nobody@example.org")
    other = town.operator("AddRequester", Name="Lab", Email="rosa@example.org")["AccountId"]
    with pytest.raises(ParameterValidationError, match=f"{rosa.id}, {other}"):
        town.operator("CreateAccessKey", Email="rosa@example.org")
    with pytest.raises(ParameterValidationError, match="AccountId or Email"):
        town.app.house.run("CreateAccessKey", SYSTEM, {})


def test_a_read_only_key_reads(town: Town, rosa: Requester) -> None:
    key = rosa("CreateAccessKey", Policies=[READ_ONLY])["AccessKey"]["AccessKeyId"]
    reader = using(town, key)
    assert reader.balance == ("1000.00", "0.00")
    with pytest.raises(AccessDenied, match=r"is not authorized to perform: mechanicalturk:CreateHIT on"):
        reader.create_hit()


def test_access_is_denied_before_anything_is_looked_up(town: Town, rosa: Requester) -> None:
    key = rosa("CreateAccessKey", Policies=[])["AccessKey"]["AccessKeyId"]
    for members in ({}, {"HITId": "3NOSUCHHIT"}, {"HITId": 7}):
        with pytest.raises(AccessDenied):
            using(town, key)("GetHIT", **members)


def test_an_explicit_deny_wins(town: Town, rosa: Requester) -> None:
    statements = document({"Effect": "Deny", "NotAction": "mechanicalturk:Get*"})
    rosa("PutPolicy", Name="LookOnly", Document=statements)
    made = rosa("CreateAccessKey", Policies=["AmazonMechanicalTurkFullAccess", "LookOnly"])
    careful = using(town, made["AccessKey"]["AccessKeyId"])
    assert careful.balance[0] == "1000.00"
    with pytest.raises(AccessDenied):
        careful.create_hit()


@pytest.mark.parametrize(
    ("condition", "is_allowed"),
    [
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, True),
        ({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, False),
        ({"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}, False),
        ({"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}, True),
        ({"StringEquals": {"kempelen:World": "sandbox"}}, False),
        ({"StringEquals": {"kempelen:World": "production"}}, True),
    ],
)
def test_a_policy_asks_where_when_and_in_which_world(
    town: Town, rosa: Requester, condition: dict[str, object], is_allowed: bool
) -> None:
    statement = {"Effect": "Allow", "Action": "mechanicalturk:*", "Condition": condition}
    rosa("PutPolicy", Name="Conditional", Document=document(statement))
    key = rosa("CreateAccessKey", Policies=["Conditional"])["AccessKey"]["AccessKeyId"]
    if is_allowed:
        assert using(town, key).balance[0] == "1000.00"
    else:
        with pytest.raises(AccessDenied):
            using(town, key)("GetAccountBalance")


def test_a_changed_policy_counts_for_keys_that_name_it(town: Town, rosa: Requester) -> None:
    rosa("PutPolicy", Name="Mine", Document=document({"Effect": "Allow", "Action": "mechanicalturk:Get*"}))
    key = rosa("CreateAccessKey", Policies=["Mine"])["AccessKey"]["AccessKeyId"]
    assert using(town, key).balance[0] == "1000.00"
    rosa("PutPolicy", Name="Mine", Document=document({"Effect": "Deny", "Action": "*"}))
    with pytest.raises(AccessDenied):
        using(town, key)("GetAccountBalance")


def test_an_organisations_policy_is_its_own(town: Town, rosa: Requester, omar: Requester) -> None:
    allow = document({"Effect": "Allow", "Action": "mechanicalturk:*"})
    deny = document({"Effect": "Deny", "Action": "*"})
    rosa("PutPolicy", Name="Mine", Document=deny)
    with pytest.raises(PolicyDoesNotExist, match="Mine"):
        omar("CreateAccessKey", Policies=["Mine"])
    with pytest.raises(PolicyDoesNotExist):
        omar("GetPolicy", Name="Mine")
    town.operator("PutPolicy", Name="Mine", Document=allow)
    assert omar("GetPolicy", Name="Mine")["Document"] == allow
    assert rosa("GetPolicy", Name="Mine")["Document"] == deny
    key = omar("CreateAccessKey", Policies=["Mine"])["AccessKey"]["AccessKeyId"]
    assert using(town, key).balance[0] == "1000.00"


def test_built_in_policies_are_shown_and_stay(rosa: Requester) -> None:
    shown = json.loads(rosa("GetPolicy", Name="AmazonMechanicalTurkFullAccess")["Document"])
    assert shown["Statement"][0]["Action"] == ["mechanicalturk:*"]
    with pytest.raises(ParameterValidationError, match="built in"):
        rosa("PutPolicy", Name=READ_ONLY, Document=document({"Effect": "Allow", "Action": "*"}))
    with pytest.raises(ParameterValidationError, match="Name"):
        rosa("PutPolicy", Name="no/name", Document=document({"Effect": "Allow", "Action": "*"}))
    with pytest.raises(MalformedPolicy):
        rosa("PutPolicy", Name="Broken", Document="{}")


def test_a_change_by_another_process_is_seen_within_a_second(town: Town, rosa: Requester) -> None:
    here = Identity(town.app.directory)
    assert here.of_key(rosa.access_key) is not None
    there = assemble(town.app.settings, clock=town.app.clock)
    try:
        there.house.run("PutAccessKey", SYSTEM, {"AccessKeyId": rosa.access_key, "Active": False})
        town.advance(milliseconds=999)
        assert here.of_key(rosa.access_key) is None
    finally:
        there.close()


def test_a_worker_who_is_an_operator_too_changes_no_operators_key_as_a_worker(town: Town) -> None:
    wei = town.worker("Wei")
    added = town.operator("AddOperator", Name="Wei", Email="wei@example.org")
    operators_key = added["AccessKey"]["AccessKeyId"]
    with pytest.raises(AccessKeyDoesNotExist):
        wei("PutAccessKey", AccessKeyId=operators_key, Active=False)
    town.operator("PutAccessKey", AccessKeyId=operators_key, Active=False)
    wei("PutAccessKey", AccessKeyId=wei.access_key, Active=False)
