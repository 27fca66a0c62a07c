"""`kempelen add`, `keys` and `fund`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from kempelen.app import App
from kempelen.cli.opening import opened, requester_id, run
from kempelen.errors import Refusal
from kempelen.rules.money import Money

Where = Mapping[str, Any]
LEAST_PASSWORD = 15
"""Characters, as the contract has it; asked here so that no message repeats the password."""


class ShortPassword(Refusal):
    """A password has {least} characters or more."""


def add(
    operation: str, members: dict[str, Any], *, funds: str | None = None, as_json: bool, where: Where
) -> None:
    """Add an account and print its id and first access key."""
    if members.get("Password") == "-":
        members["Password"] = sys.stdin.readline().rstrip("\r\n")
    if members.get("Password") is not None and len(members["Password"]) < LEAST_PASSWORD:
        raise ShortPassword(least=LEAST_PASSWORD)
    if funds is not None:
        Money.parse(funds)  # a wrong amount is refused before anybody is added
    with opened(where) as app:
        added = run(app.house, operation, members)
        if funds is not None:
            run(app.production, "Deposit", {"AccountId": added["AccountId"], "Amount": funds})
    _print_key(added["AccountId"], added, as_json=as_json)
    if funds is not None and not as_json:
        print(f"Production has ${Money.parse(funds)} for it.")


def add_key(members: dict[str, Any], *, as_json: bool, where: Where) -> None:
    """Make an access key and print it."""
    with opened(where) as app:
        added = run(app.house, "CreateAccessKey", members)
    _print_key(added["AccessKey"]["AccountId"], added, as_json=as_json)


def put_key(access_key_id: str, *, active: bool, where: Where) -> None:
    """Switch an access key on or off."""
    with opened(where) as app:
        run(app.house, "PutAccessKey", {"AccessKeyId": access_key_id, "Active": active})
    print(f"The access key {access_key_id} is {'enabled' if active else 'disabled'}.")


def list_keys(*, email: str | None, account: str | None, as_json: bool, where: Where) -> None:
    """Print the access keys of an account, or all."""
    with opened(where) as app:
        if email is not None:
            account = _account_of(app, email)
        token = None
        while True:
            page = run(
                app.house,
                "ListAccessKeys",
                {"AccountId": account, "MaxResults": 100, "NextToken": token},
            )
            for key in page["AccessKeys"]:
                _print_listed(key, as_json=as_json)
            token = page.get("NextToken")
            if token is None:
                return


def fund(amount: str, *, account: str | None, email: str | None, as_json: bool, where: Where) -> None:
    """Deposit money in production and print what is available then."""
    Money.parse(amount)
    with opened(where) as app:
        account = requester_id(app, account=account, email=email)
        answer = run(app.production, "Deposit", {"AccountId": account, "Amount": amount})
    if as_json:
        print(json.dumps({"id": account, "available_balance": answer["AvailableBalance"]}))
    else:
        print(f"{account} has ${answer['AvailableBalance']} available in production.")


def _account_of(app: App, email: str) -> str:
    person = app.directory.person_by_email(email)
    if person is not None and not app.directory.memberships(person.key):
        return person.public_id
    return requester_id(app, email=email)


def _print_key(account_id: str, answer: Mapping[str, Any], *, as_json: bool) -> None:
    key = {
        "id": account_id,
        "access_key_id": answer["AccessKey"]["AccessKeyId"],
        "secret_access_key": answer["SecretAccessKey"],
    }
    if as_json:
        print(json.dumps(key))
        return
    print(f"Account            {key['id']}")
    print(f"Access key id      {key['access_key_id']}")
    print(f"Secret access key  {key['secret_access_key']}")
    print("The secret is shown this once; keep it now.")


def _print_listed(key: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        shown = {"id": key["AccountId"], "access_key_id": key["AccessKeyId"], "active": key["Active"]}
        print(json.dumps(shown | {"policies": key["Policies"], "label": key.get("Label")}))
        return
    state = "active" if key["Active"] else "disabled"
    policies = ", ".join(key["Policies"]) or "no policy"
    print(f"{key['AccessKeyId']}  {key['AccountId']}  {state:8}  {policies}  {key.get('Label', '')}".rstrip())
