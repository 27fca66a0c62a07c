"""The API over a real socket."""

from __future__ import annotations

from people import Requester
from services.serving import MTURK, Served


def test_boto3_reads_balances_of_both_worlds(served: Served, rosa: Requester) -> None:
    assert served.boto3(rosa).get_account_balance()["AvailableBalance"] == "1000.00"
    assert served.boto3(rosa, "sandbox").get_account_balance()["AvailableBalance"] == "10000.00"


def test_signed_bytes_are_answered(served: Served, rosa: Requester) -> None:
    answer = served.post(
        f"{MTURK}.GetAccountBalance", {}, access_key=rosa.access_key, secret_key=rosa.secret_key
    )
    assert answer.status_code == 200
    assert answer.json()["AvailableBalance"] == "1000.00"
