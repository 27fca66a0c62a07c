"""Bearer tokens: never more than their scopes, never more than whoever made them."""

from __future__ import annotations

import pytest

from kempelen.errors import AccessDenied, ParameterValidationError
from kempelen.identity import Identity
from kempelen.operation import Role
from kempelen.operations.house.tokens import TokenDoesNotExist
from people import Requester, Town, Worker

HOUR = 3600


def by_token(town: Town, token: str) -> Requester | None:
    """Whoever uses the token now."""
    actor = Identity(town.app.directory).of_token(token, town.now)
    return None if actor is None else Requester(town, actor)


def test_a_token_does_what_its_scopes_name_until_it_expires(town: Town, rosa: Requester) -> None:
    made = rosa("CreateToken", Scopes=["kempelen:GetQuotas"], LifetimeInSeconds=HOUR)
    user = by_token(town, made["Token"])
    assert user is not None and user.id == rosa.id
    assert user("GetQuotas")["Quotas"]
    for operation in ("ListAccessKeys", "GetAccountBalance"):
        with pytest.raises(AccessDenied):
            user(operation)
    town.advance(seconds=HOUR - 1)
    assert by_token(town, made["Token"]) is not None
    town.advance(seconds=1)
    assert by_token(town, made["Token"]) is None


def test_a_revoked_token_ends_at_once(town: Town, rosa: Requester, omar: Requester) -> None:
    made = rosa("CreateToken", Scopes=["*"], LifetimeInSeconds=HOUR)
    with pytest.raises(TokenDoesNotExist):
        omar("RevokeToken", TokenId=made["TokenId"])
    rosa("RevokeToken", TokenId=made["TokenId"])
    assert by_token(town, made["Token"]) is None
    rosa("RevokeToken", TokenId=made["TokenId"])


def test_a_token_is_never_worth_more_than_the_key_it_was_made_with(town: Town, rosa: Requester) -> None:
    key = rosa("CreateAccessKey")["AccessKey"]["AccessKeyId"]
    found = Identity(town.app.directory).of_key(key)
    assert found is not None
    made = Requester(town, found[0])("CreateToken", Scopes=["Get*", "List*"], LifetimeInSeconds=HOUR)
    user = by_token(town, made["Token"])
    assert user is not None and user("ListAccessKeys")["AccessKeys"]
    rosa("PutAccessKey", AccessKeyId=key, Policies=["AmazonMechanicalTurkFullAccess"])
    user = by_token(town, made["Token"])
    assert user is not None
    with pytest.raises(AccessDenied):
        user("ListAccessKeys")
    rosa("PutAccessKey", AccessKeyId=key, Active=False)
    assert by_token(town, made["Token"]) is None


def test_no_token_makes_keys_or_tokens(town: Town, rosa: Requester) -> None:
    user = by_token(town, rosa("CreateToken", Scopes=["*"], LifetimeInSeconds=HOUR)["Token"])
    assert user is not None
    with pytest.raises(AccessDenied):
        user("CreateAccessKey")
    with pytest.raises(AccessDenied):
        user("CreateToken", Scopes=["*"], LifetimeInSeconds=HOUR)


def test_a_signed_in_members_token_follows_their_role(town: Town, rosa: Requester, wei: Worker) -> None:
    town.operator("PutMember", AccountId=rosa.id, Email="wei@example.org", MemberRole="owner")
    actor = Identity(town.app.directory).as_member(wei.actor.account, rosa.actor.account)
    assert actor is not None
    made = Requester(town, actor)("CreateToken", Scopes=["*"], LifetimeInSeconds=HOUR)
    user = by_token(town, made["Token"])
    assert user is not None and user("ListAccessKeys")
    town.operator("PutMember", AccountId=rosa.id, Email="wei@example.org", MemberRole="none")
    assert by_token(town, made["Token"]) is None


def test_a_worker_and_an_operator_have_tokens_too(town: Town, rosa: Requester, wei: Worker) -> None:
    actor = Identity(town.app.directory).as_worker(wei.actor.account)
    assert actor is not None
    made = Worker(town, actor)("CreateToken", Scopes=["ListAccessKeys"], LifetimeInSeconds=HOUR)
    user = by_token(town, made["Token"])
    assert user is not None and user.actor.role is Role.WORKER
    assert user("ListAccessKeys")["NumResults"] == 1
    made = town.operator("CreateToken", AccountId=rosa.id, Scopes=["GetQuotas"], LifetimeInSeconds=HOUR)
    user = by_token(town, made["Token"])
    assert user is not None and user.id == rosa.id


@pytest.mark.parametrize("scopes", [[], ["mechanicalturk:GetHIT"], ["kempelen:"], ["Get HIT"], ["Ä*"]])
def test_scopes_name_operations_of_ours(rosa: Requester, scopes: list[str]) -> None:
    with pytest.raises(ParameterValidationError, match="Scopes"):
        rosa("CreateToken", Scopes=scopes, LifetimeInSeconds=HOUR)


def test_as_many_and_as_long_scopes_as_may_be_given_do_work(town: Town, rosa: Requester) -> None:
    scopes = ["Get*", *(chr(65 + n % 26) * 99 + "ab"[n // 26] for n in range(49))]
    user = by_token(town, rosa("CreateToken", Scopes=scopes, LifetimeInSeconds=HOUR)["Token"])
    assert user is not None and user("GetQuotas")["Quotas"]


def test_a_token_of_a_switched_off_account_is_worth_nothing(town: Town, rosa: Requester) -> None:
    made = rosa("CreateToken", Scopes=["*"], LifetimeInSeconds=HOUR)
    town.operator("PutAccountStatus", AccountId=rosa.id, Active=False)
    assert by_token(town, made["Token"]) is None
