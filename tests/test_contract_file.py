"""Our contract file is botocore's model in names, types and limits; a boto3 client can be made from it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import botocore
import botocore.session
import pytest
from botocore.exceptions import UnknownServiceError

import kempelen
from kempelen.contract import FOLDER, MTURK, load

MODEL: dict[str, Any] = json.loads(MTURK.read_text(encoding="utf-8"))
PAGINATORS: dict[str, Any] = json.loads((MTURK.parent / "paginators-1.json").read_text(encoding="utf-8"))
KEYS = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "secret"}
KEYS_OF_ENVIRONMENT = {name.upper(): value for name, value in KEYS.items()}

OPERATIONS = [
    "AcceptQualificationRequest",
    "ApproveAssignment",
    "AssociateQualificationWithWorker",
    "CreateAdditionalAssignmentsForHIT",
    "CreateHIT",
    "CreateHITType",
    "CreateHITWithHITType",
    "CreateQualificationType",
    "CreateWorkerBlock",
    "DeleteHIT",
    "DeleteQualificationType",
    "DeleteWorkerBlock",
    "DisassociateQualificationFromWorker",
    "GetAccountBalance",
    "GetAssignment",
    "GetFileUploadURL",
    "GetHIT",
    "GetQualificationScore",
    "GetQualificationType",
    "ListAssignmentsForHIT",
    "ListBonusPayments",
    "ListHITs",
    "ListHITsForQualificationType",
    "ListQualificationRequests",
    "ListQualificationTypes",
    "ListReviewPolicyResultsForHIT",
    "ListReviewableHITs",
    "ListWorkerBlocks",
    "ListWorkersWithQualificationType",
    "NotifyWorkers",
    "RejectAssignment",
    "RejectQualificationRequest",
    "SendBonus",
    "SendTestEventNotification",
    "UpdateExpirationForHIT",
    "UpdateHITReviewStatus",
    "UpdateHITTypeOfHIT",
    "UpdateNotificationSettings",
    "UpdateQualificationType",
]


def botocores(kind: str, otherwise: dict[str, Any]) -> dict[str, Any]:
    """Botocore's own file; once botocore has dropped the service, ours, which then is the reference."""
    try:
        found = botocore.session.Session().get_component("data_loader").load_service_model("mturk", kind)
    except UnknownServiceError:
        print(f"botocore {botocore.__version__} has no mturk model any more: our file is the reference")
        return otherwise
    assert isinstance(found, dict)
    return found


def facts_of(node: Any, *, inside_members: bool = False) -> Any:
    """The model without prose and without our extension; a member may bear any name."""
    if isinstance(node, list):
        return [facts_of(part) for part in node]
    if not isinstance(node, dict):
        return node
    return {
        name: facts_of(part, inside_members=name in ("members", "shapes", "operations"))
        for name, part in node.items()
        if inside_members or name not in ("documentation", "kempelen")
    }


def test_all_operations_are_there() -> None:
    assert len(OPERATIONS) == 39
    assert sorted(MODEL["operations"]) == sorted(OPERATIONS) == sorted(load(MTURK).operations)


def test_our_operations_and_shapes_are_botocores() -> None:
    theirs = botocores("service-2", otherwise=MODEL)
    assert facts_of(MODEL["operations"], inside_members=True) == facts_of(
        theirs["operations"], inside_members=True
    )
    assert facts_of(MODEL["shapes"], inside_members=True) == facts_of(theirs["shapes"], inside_members=True)


def test_our_metadata_are_botocores_and_name_the_signature() -> None:
    theirs = botocores("service-2", otherwise=MODEL)["metadata"]
    assert {name: MODEL["metadata"].get(name) for name in theirs} == theirs
    assert MODEL["metadata"]["signingName"] == "mturk-requester"


def test_our_paginators_are_botocores() -> None:
    assert botocores("paginators-1", otherwise=PAGINATORS) == PAGINATORS
    for name, paginator in PAGINATORS["pagination"].items():
        operation = load(MTURK).operations[name]
        assert {paginator["input_token"], paginator["limit_key"]} <= set(operation.input_members)
        assert {paginator["output_token"], paginator["result_key"]} <= set(operation.output_members)


def test_the_file_holds_no_prose() -> None:
    assert '"documentation"' not in MTURK.read_text(encoding="utf-8")
    assert "<p>" not in MTURK.read_text(encoding="utf-8")


def test_everything_a_caller_may_send_is_bounded() -> None:
    unbounded = []

    def visit(reference: dict[str, Any], path: str) -> None:
        shape = MODEL["shapes"][reference["shape"]]
        limits = shape | shape.get("kempelen", {}) | reference.get("kempelen", {})
        if shape["type"] in ("string", "list") and not limits.keys() & {
            "max",
            "maxBytes",
            "maxAmount",
            "enum",
            "oneOf",
        }:
            unbounded.append(path)
        for name, member in shape.get("members", {}).items():
            visit(member, f"{path}.{name}")
        if shape["type"] == "list":
            visit(shape["member"], f"{path}[]")

    for name, operation in MODEL["operations"].items():
        visit(operation["input"], name)
    assert unbounded == []


# --- the SDK ---


class _Market(BaseHTTPRequestHandler):
    """A server of two pages of HITs, which answers as the wire does."""

    asked: list[tuple[str, str, dict[str, Any]]]

    def do_POST(self) -> None:
        payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.headers["X-Amz-Target"], self.headers["Authorization"], payload))
        page = payload.get("NextToken", "1")
        answer: dict[str, Any] = {"NumResults": 0, "HITs": []}
        if page in ("1", "2"):
            hit = {"HITId": f"3HIT{page}", "CreationTime": 1631094715}
            answer = {"NumResults": 1, "HITs": [hit], "NextToken": str(int(page) + 1)}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def market() -> Iterator[HTTPServer]:
    _Market.asked = []
    server = HTTPServer(("127.0.0.1", 0), _Market)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def address_of(market: HTTPServer) -> str:
    return f"http://127.0.0.1:{market.server_port}"


def test_the_sdk_pages_through_everything(market: HTTPServer) -> None:
    mturk = kempelen.client(endpoint_url=address_of(market), **KEYS)
    pages = mturk.get_paginator("list_hits").paginate()
    assert [hit["HITId"] for page in pages for hit in page["HITs"]] == ["3HIT1", "3HIT2"]
    target, authorization, _ = _Market.asked[0]
    assert target == "MTurkRequesterServiceV20170117.ListHITs"
    assert "/us-east-1/mturk-requester/aws4_request" in authorization


def test_the_sdk_is_made_from_our_file() -> None:
    mturk = kempelen.client(**KEYS)
    title = mturk.meta.service_model.shape_for("CreateHITRequest").members["Title"]
    assert mturk.meta.service_model.metadata["signingName"] == "mturk-requester"
    assert title.metadata == {}
    assert sorted(mturk.meta.service_model.operation_names) == sorted(OPERATIONS)


def test_the_endpoint_is_given_or_in_the_environment_or_local(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("KEMPELEN_ENDPOINT_URL", "AWS_ENDPOINT_URL_MTURK"):
        monkeypatch.delenv(variable, raising=False)
    assert kempelen.client(**KEYS).meta.endpoint_url == "http://localhost:8080"
    monkeypatch.setenv("AWS_ENDPOINT_URL_MTURK", "http://aws.example:1")
    assert kempelen.client(**KEYS).meta.endpoint_url == "http://aws.example:1"
    monkeypatch.setenv("KEMPELEN_ENDPOINT_URL", "http://kempelen.example:2")
    assert kempelen.client(**KEYS).meta.endpoint_url == "http://kempelen.example:2"
    assert kempelen.client("http://given.example:3", **KEYS).meta.endpoint_url == "http://given.example:3"


def run(program: str, environment: dict[str, str]) -> str:
    source = str(Path(kempelen.__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": source} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


BOTOCORE_WITHOUT_MTURK = """
import botocore.loaders
botocore.loaders.Loader.BUILTIN_DATA_PATH = {data!r}
botocore.loaders.Loader.CUSTOMER_DATA_PATH = {data!r}
import botocore.session
assert "mturk" not in botocore.session.Session().get_available_services()
"""


def test_the_sdk_works_on_the_day_botocore_drops_the_service(market: HTTPServer, tmp_path: Path) -> None:
    for entry in (Path(botocore.__file__).parent / "data").iterdir():
        if entry.name != "mturk":
            (tmp_path / entry.name).symlink_to(entry)
    program = BOTOCORE_WITHOUT_MTURK.format(data=str(tmp_path)) + (
        "import kempelen\n"
        "mturk = kempelen.client()\n"
        "pages = mturk.get_paginator('list_hits').paginate()\n"
        "operations = mturk.meta.service_model.operation_names\n"
        "print(len(operations), [hit['HITId'] for page in pages for hit in page['HITs']])\n"
    )
    environment = {"KEMPELEN_ENDPOINT_URL": address_of(market)} | KEYS_OF_ENVIRONMENT
    assert run(program, environment) == "39 ['3HIT1', '3HIT2']"


def test_our_folder_serves_plain_boto3_as_a_data_path() -> None:
    program = (
        "import boto3\n"
        "mturk = boto3.client('mturk', 'us-east-1', endpoint_url='http://localhost:1')\n"
        "print(mturk.meta.service_model.metadata['signingName'], mturk.can_paginate('list_hits'))"
    )
    # Botocore's own model has no signingName, so this one is ours.
    environment = {"AWS_DATA_PATH": str(FOLDER)} | KEYS_OF_ENVIRONMENT
    assert run(program, environment) == "mturk-requester True"


def test_importing_the_package_does_not_import_boto3() -> None:
    assert run("import sys, kempelen, kempelen.contract; print('botocore' in sys.modules)", {}) == "False"


@pytest.mark.parametrize(
    "program",
    [
        "import kempelen; print(kempelen.client().meta.endpoint_url, kempelen.client().meta.endpoint_url)",
        "from kempelen import client; print(client().meta.endpoint_url, client().meta.endpoint_url)",
        "from kempelen.client import client; import kempelen; "
        "print(client().meta.endpoint_url, kempelen.client().meta.endpoint_url)",
    ],
)
def test_the_client_answers_however_it_was_imported(program: str) -> None:
    environment = {"KEMPELEN_ENDPOINT_URL": "http://k:1"} | {
        name.upper(): value for name, value in KEYS.items()
    }
    assert run(program, environment) == "http://k:1 http://k:1"
