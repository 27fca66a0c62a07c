"""The API over a real socket: who is let in, what is JSON, and what every answer looks like."""

from __future__ import annotations

import re

import httpx2
import pytest
from botocore.exceptions import ClientError

from people import Requester, Town
from services.serving import KEMPELEN, MTURK, Served

BALANCE = f"{MTURK}.GetAccountBalance"
REQUEST_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def signed(
    served: Served, person: Requester, target: str | None, body: object = b"{}", **options: object
) -> httpx2.Response:
    return served.post(
        target,
        body,
        access_key=person.access_key,
        secret_key=person.secret_key,
        **options,  # type: ignore[arg-type]
    )


def refused(answer: httpx2.Response, status: int) -> dict[str, str]:
    """The body of a refusal, which has the shape of all of them."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    assert REQUEST_ID.fullmatch(answer.headers["x-amzn-requestid"])
    said: dict[str, str] = answer.json()
    assert said["__type"] and said["Message"]
    return said


def test_boto3_reads_balances_of_both_worlds(served: Served, rosa: Requester) -> None:
    assert served.boto3(rosa).get_account_balance()["AvailableBalance"] == "1000.00"
    assert served.boto3(rosa, "sandbox").get_account_balance()["AvailableBalance"] == "10000.00"


def test_signed_bytes_are_answered(served: Served, rosa: Requester) -> None:
    answer = signed(served, rosa, BALANCE)
    assert answer.status_code == 200 and answer.json()["AvailableBalance"] == "1000.00"
    assert REQUEST_ID.fullmatch(answer.headers["x-amzn-requestid"])
    assert "access-control-allow-origin" not in answer.headers


UNKNOWN = (
    None,
    "",
    "GetAccountBalance",
    f"{MTURK}.getaccountbalance",
    f"{MTURK}.NoSuchOperation",
    "MTurkRequesterServiceV20990101.GetAccountBalance",
    "mturkrequesterservicev20170117.GetAccountBalance",
    f"{MTURK}.AddRequester",
    f"{KEMPELEN}.GetAccountBalance",
)


def test_what_is_no_operation_is_unknown(served: Served, rosa: Requester) -> None:
    for target in UNKNOWN:
        assert refused(signed(served, rosa, target), 400)["__type"] == "UnknownOperationException", target


def test_who_does_not_sign_is_asked_to(served: Served) -> None:
    assert refused(served.post(BALANCE), 403)["__type"] == "MissingAuthenticationTokenException"


def test_an_unknown_key_and_a_wrong_secret_get_the_same_answer(served: Served, rosa: Requester) -> None:
    unknown = served.post(BALANCE, access_key="AKIANOBODYHASTHISKEY", secret_key=rosa.secret_key)
    wrong = served.post(BALANCE, access_key=rosa.access_key, secret_key="wrong")
    assert refused(unknown, 400) == refused(wrong, 400)
    assert unknown.json()["__type"] == "InvalidSignatureException"


def test_a_disabled_key_is_an_unknown_one(served: Served, rosa: Requester) -> None:
    rosa("PutAccessKey", AccessKeyId=rosa.access_key, Active=False)
    assert refused(signed(served, rosa, BALANCE), 400)["__type"] == "InvalidSignatureException"


def test_a_key_without_the_policy_is_denied(served: Served, rosa: Requester) -> None:
    made = rosa("CreateAccessKey", Policies=["AmazonMechanicalTurkReadOnly"])
    key, secret = made["AccessKey"]["AccessKeyId"], made["SecretAccessKey"]
    client = served.boto3(access_key=key, secret_key=secret)
    assert client.get_account_balance()["AvailableBalance"] == "1000.00"
    with pytest.raises(ClientError) as denied:
        client.delete_hit(HITId="3NOSUCHHIT")
    error = denied.value.response
    assert error["Error"]["Code"] == "AccessDeniedException"
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert "mechanicalturk:DeleteHIT" in error["Error"]["Message"]


READ = (
    b"",
    b"{}",
    b'{"Unknown": [1, 2, {"x": null}]}',
    b' {"MaxResults": null} ',
    b'{"a": 1, "a": 2}',
)


def test_bodies_that_are_json_objects_are_read(served: Served, rosa: Requester) -> None:
    for body in READ:
        assert signed(served, rosa, BALANCE, body).status_code == 200, body


NOT_READ = (
    ("GetAccountBalance", b"[]"),
    ("GetAccountBalance", b'"text"'),
    ("GetAccountBalance", b"null"),
    ("GetAccountBalance", b"{} {}"),
    ("GetAccountBalance", b"{"),
    ("GetAccountBalance", b"{'a': 1}"),
    ("GetAccountBalance", b'{"a": NaN}'),
    ("GetAccountBalance", b'{"a": Infinity}'),
    ("GetAccountBalance", b'{"a": "\xff"}'),
    ("GetAccountBalance", b'{"a": "\xed\xa0\x80"}'),
    ("GetAccountBalance", b'\xef\xbb\xbf{"a": 1}'),
    ("GetAccountBalance", b'{"a":' * 5_000 + b"1" + b"}" * 5_000),
    ("GetHIT", b'{"HITId": 7}'),
    ("GetHIT", b'{"HITId": "3\\u0000"}'),
    ("GetHIT", b'{"HITId": "\\ud800"}'),
    ("ListHITs", b'{"MaxResults": "7"}'),
    ("ListHITs", b'{"MaxResults": 7.5}'),
    ("ListHITs", b'{"MaxResults": true}'),
    ("ListHITs", b'{"MaxResults": 1' + b"0" * 5_000 + b"}"),
)


def test_what_is_not_the_json_it_should_be_is_refused(served: Served, rosa: Requester) -> None:
    for operation, body in NOT_READ:
        said = refused(signed(served, rosa, f"{MTURK}.{operation}", body), 400)
        assert said["__type"] == "SerializationException", body[:40]
        assert not re.search(r"\(\d{13}( s)?\)$", said["Message"]), (
            "only the market's own refusals are stamped"
        )


def test_a_body_of_more_than_eight_mebibytes_is_too_large(served: Served, rosa: Requester) -> None:
    answer = signed(served, rosa, BALANCE, b" " * (8 * 1024 * 1024 + 1))
    assert refused(answer, 413)["__type"] == "RequestEntityTooLargeException"


def test_refusals_are_stamped_with_the_moment_and_the_world(served: Served, rosa: Requester) -> None:
    hit = {"Title": "T", "Description": "D", "Reward": "0.05", "LifetimeInSeconds": 60}
    hit |= {"AssignmentDurationInSeconds": 60}
    for world, end in (("production", ""), ("sandbox", " s")):
        said = refused(signed(served, rosa, f"{MTURK}.CreateHIT", hit, world=world), 400)
        assert said["Message"].endswith(f" ({served.app.clock()}{end})")


def test_a_quota_and_a_rate_answer_400_with_their_codes(served: Served, town: Town, rosa: Requester) -> None:
    town.operator("PutQuota", AccountId=rosa.id, Name="hits_a_day", Most=0)
    town.operator("PutQuota", AccountId=rosa.id, Name="requests_a_second", Most=1)
    town.advance(seconds=1)
    client = served.boto3(rosa)
    given = {"Title": "T", "Description": "D", "Reward": "0.05", "LifetimeInSeconds": 60}
    question = (
        '<HTMLQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/'
        'HTMLQuestion.xsd"><HTMLContent><![CDATA[<p>?</p>]]></HTMLContent><FrameHeight>0</FrameHeight>'
        "</HTMLQuestion>"
    )
    with pytest.raises(ClientError) as quota:
        client.create_hit(**given, AssignmentDurationInSeconds=60, Question=question)
    assert quota.value.response["Error"]["Code"] == "RequestError"
    assert quota.value.response["TurkErrorCode"] == "Kempelen.QuotaExceeded"
    assert "2026-09-22T00:00:00Z" in quota.value.response["Error"]["Message"]
    client.get_account_balance()
    with pytest.raises(ClientError) as throttled:
        client.get_account_balance()
    assert throttled.value.response["Error"] == {"Code": "ThrottlingException", "Message": "Rate exceeded"}
    assert throttled.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_our_own_operations_answer_to_the_same_signature(served: Served, rosa: Requester) -> None:
    keys = served.kempelen(rosa, "sandbox").list_access_keys()["AccessKeys"]
    assert [each["AccessKeyId"] for each in keys] == [rosa.access_key]


def test_looking_at_the_address_shows_the_site(served: Served) -> None:
    page = httpx2.get(f"{served.url()}/", follow_redirects=True)
    assert page.status_code == 200
    assert "html" in page.headers["content-type"]
    assert httpx2.head(f"{served.url()}/").content == b""


class TestBearerTokens:
    """Browsers call our own operations with a token, from anywhere, and no others."""

    def token(self, rosa: Requester, *scopes: str) -> dict[str, str]:
        made = rosa("CreateToken", Scopes=list(scopes), LifetimeInSeconds=60)
        return {"Authorization": f"Bearer {made['Token']}", "Origin": "https://example.org"}

    def test_a_token_calls_what_it_is_for(self, served: Served, rosa: Requester) -> None:
        answer = served.post(f"{KEMPELEN}.GetQuotas", headers=self.token(rosa, "GetQuotas"))
        assert answer.status_code == 200 and answer.json()["Quotas"]
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers

    def test_a_refusal_can_be_read_across_origins(self, served: Served, rosa: Requester) -> None:
        answer = served.post(f"{KEMPELEN}.ListAccessKeys", headers=self.token(rosa, "GetQuotas"))
        assert refused(answer, 403)["__type"] == "AccessDeniedException"
        assert answer.headers["access-control-allow-origin"] == "*"

    def test_a_token_never_calls_amazons_operations(self, served: Served, rosa: Requester) -> None:
        answer = served.post(BALANCE, headers=self.token(rosa, "*"))
        assert refused(answer, 400)["__type"] == "IncompleteSignatureException"
        assert "access-control-allow-origin" not in answer.headers

    def test_other_words_are_no_token(self, served: Served) -> None:
        for word in (
            b"Bearer",
            b"Bearer x",
            b"bearer kempelen_wrong",
            b"Bearer \xfc",
            b"Bearer " + b"x" * 5000,
        ):
            headers = {"Authorization": word, "X-Amz-Target": f"{KEMPELEN}.GetQuotas".encode()}
            answer = httpx2.post(f"{served.url()}/", content=b"{}", headers=headers)
            assert answer.status_code in (400, 401, 403)
            assert refused(answer, answer.status_code)["__type"] != "ServiceFault"

    def test_an_ended_token_is_refused(self, served: Served, town: Town, rosa: Requester) -> None:
        headers = self.token(rosa, "*")
        town.advance(seconds=60)
        answer = served.post(f"{KEMPELEN}.GetQuotas", headers=headers)
        assert refused(answer, 401)["__type"] == "UnrecognizedClientException"

    def test_a_preflight_allows_tokens_and_no_signatures(self, served: Served) -> None:
        asked = {
            "Origin": "https://example.org",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,x-amz-target",
        }
        answer = httpx2.options(f"{served.url()}/", headers=asked)
        assert answer.status_code == 204 and answer.content == b""
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "x-amz-target" in answer.headers["access-control-allow-headers"]
        assert "x-amz-date" not in answer.headers["access-control-allow-headers"]
        assert "access-control-allow-credentials" not in answer.headers
