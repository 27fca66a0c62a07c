"""`kempelen demo`: a small market with people in it, working in front of you, and left running."""

from __future__ import annotations

import json
import shutil
import signal
import sys
import threading
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvloop

from kempelen import settings as settings_module
from kempelen.app import App, assemble
from kempelen.cli.demo_items import FORM, LABELS, REVIEWS
from kempelen.cli.demo_open_work import publish_open_work
from kempelen.cli.opening import install_language_tests
from kempelen.client import client as client_of
from kempelen.operation import Actor, Role
from kempelen.plugins import batch_results
from kempelen.rules.ids import seeded_random
from kempelen.server import Serving, with_free_ports

if TYPE_CHECKING:
    from types_boto3_mturk import MTurkClient

MARKER = ".kempelen-demo"
FUNDS = "500.00"
REWARD = "0.12"
WORKERS = (("Wei", 97), ("Ana", 93), ("Kofi", 85), ("Lena", 70))
"""The workers, and how often of a hundred times each is right."""
POLICY = {
    "PolicyName": "SimplePlurality/2011-09-01",
    "Parameters": [
        {"Key": "QuestionIds", "Values": ["sentiment"]},
        {"Key": "QuestionAgreementThreshold", "Values": ["50"]},
        {"Key": "ExtendIfHITAgreementScoreIsLessThan", "Values": ["50"]},
        {"Key": "ExtendMaximumAssignments", "Values": ["4"]},
        {"Key": "ExtendMinimumTimeInSeconds", "Values": ["3600"]},
    ],
}
OPERATOR = Actor(Role.OPERATOR, 0, "OPERATOR", "the demo")


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person of the demo, as added."""

    name: str
    email: str
    password: str
    account_id: str
    access_key: str
    secret_key: str


def run(*, folder: Path = Path("demo-data"), stay: bool = True) -> None:
    """Play the demo in a fresh folder; with `stay`, leave the server running until Ctrl-C."""
    _fresh(folder)
    wanted = replace(settings_module.read(), data=folder, database="", log_calls=False)
    settings = with_free_ports(wanted)
    if settings != wanted:
        print("Ports 8080 to 8082 are not all free on this machine, so the demo takes others.")
    app = assemble(settings)
    install_language_tests(app)
    serving = Serving(app)
    thread = threading.Thread(target=lambda: uvloop.run(serving.run()), daemon=True)
    thread.start()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    while not serving.started:
        thread.join(0.01)
    holds = False
    try:
        holds = _play(app, serving, folder)
        if stay:
            print("\nThe server goes on running. Ctrl-C ends it.", flush=True)
            while thread.is_alive():
                thread.join(1)
    except KeyboardInterrupt:
        print("\nEnding.")
    finally:
        serving.stop()
        thread.join(20)
        app.close()
    if not holds:
        sys.exit(1)


def _fresh(folder: Path) -> None:
    """An empty folder for the demo; only a folder that an earlier demo made is emptied."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            sys.exit(f"The folder {folder} is not empty and no demo made it: move it away, then try again.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text("Made by `make demo`, which empties this folder each time.\n")


def _play(app: App, serving: Serving, folder: Path) -> bool:
    endpoint = f"http://localhost:{serving.port('production')}"
    omar = _requester(app, "Omar Catalogue", "omar@example.org")
    rosa = _requester(app, "Rosa Research", "rosa@example.org")
    workers = {name: _worker(app, name) for name, _ in WORKERS}
    print(f"Two requesters with ${FUNDS} each and four workers live here now.\n")
    client = client_of(endpoint, omar.access_key, omar.secret_key)
    hits = _publish(client, _layout(app, omar))
    _work(app, workers, hits)
    rows = _review(client, hits)
    _write_results(folder / "results.csv", rows)
    _tell_earnings(app, client, workers)
    left = publish_open_work(app, client_of(endpoint, rosa.access_key, rosa.secret_key), rosa.account_id)
    print(f"Rosa has published {left} more tasks, and they are open: you can do them.\n")
    holds = _tell_audit(app)
    _tell_addresses(serving, folder, omar, rosa, workers)
    return holds


def _requester(app: App, name: str, email: str) -> Somebody:
    password = "demo password, do not keep"
    added = app.house.run("AddRequester", OPERATOR, {"Name": name, "Email": email, "Password": password})
    app.production.run("Deposit", OPERATOR, {"AccountId": added["AccountId"], "Amount": FUNDS})
    key = added["AccessKey"]["AccessKeyId"]
    return Somebody(name, email, password, added["AccountId"], key, added["SecretAccessKey"])


def _worker(app: App, name: str) -> Somebody:
    email, password = f"{name.lower()}@example.org", "demo password, do not keep"
    facts = {"Name": name, "Email": email, "Password": password, "Country": "US", "Subdivision": "WA"}
    added = app.house.run("AddWorker", OPERATOR, facts)
    key = added["AccessKey"]["AccessKeyId"]
    return Somebody(name, email, password, added["AccountId"], key, added["SecretAccessKey"])


def _layout(app: App, requester: Somebody) -> str:
    organisation = app.directory.requester(requester.account_id)
    assert organisation is not None
    actor = Actor(Role.REQUESTER, organisation.key, organisation.public_id, organisation.name)
    made = app.production.run("CreateHITLayout", actor, {"HTML": FORM, "FrameHeight": 400})
    return str(made["Layout"]["HITLayoutId"])


def _publish(client: MTurkClient, layout: str) -> dict[str, tuple[str, str]]:
    """Publish one HIT for each review by boto3; answers the review and its true label by HIT id."""
    print(f"Omar publishes {len(REVIEWS)} reviews by boto3, three workers each at ${REWARD} …")
    hit_type = client.create_hit_type(
        Title="What does the writer feel?",
        Description="Read one short product review and choose a sentiment.",
        Keywords="sentiment, review, text, quick",
        Reward=REWARD,
        AssignmentDurationInSeconds=300,
        AutoApprovalDelayInSeconds=86_400,
    )["HITTypeId"]
    hits = {}
    for number, (review, label) in enumerate(REVIEWS):
        hit = client.create_hit_with_hit_type(
            HITTypeId=hit_type,
            LifetimeInSeconds=86_400,
            MaxAssignments=3,
            HITLayoutId=layout,
            HITLayoutParameters=[{"Name": "review", "Value": review}],
            RequesterAnnotation=f"BatchId:1;Row:{number};",
            UniqueRequestToken=f"demo-{number}",
            HITReviewPolicy=POLICY,  # type: ignore[arg-type]
        )["HIT"]
        hits[hit["HITId"]] = (review, label)
    balance = client.get_account_balance()
    print(f"  available ${balance['AvailableBalance']}, on hold ${balance['OnHoldBalance']}\n")
    return hits


def _work(app: App, workers: dict[str, Somebody], hits: dict[str, tuple[str, str]]) -> None:
    """Let the workers, who are right more or less often, accept and answer what there is."""
    print("Four workers of mixed skill find the group, accept, answer and submit …")
    dice = seeded_random(1769)
    busy = dict(WORKERS)
    while busy:
        name = list(busy)[dice.getrandbits(16) % len(busy)]
        worker = workers[name]
        person = app.directory.worker(worker.account_id)
        assert person is not None
        actor = Actor(Role.WORKER, person.key, person.public_id, person.name, country="US", subdivision="WA")
        groups = app.production.run("ListHITGroups", actor, {})["HITGroups"]
        task = _next_task(app, actor, groups)
        if task is None:
            del busy[name]
            continue
        truth = hits[task["HITId"]][1]
        wrong = [label for label in LABELS if label != truth]
        is_right = dice.getrandbits(16) % 100 < busy[name]
        answer = truth if is_right else wrong[dice.getrandbits(1)]
        fields = [{"Name": "sentiment", "Value": answer}]
        app.production.run(
            "SubmitAssignment", actor, {"AssignmentId": task["AssignmentId"], "Fields": fields}
        )


def _next_task(app: App, actor: Actor, groups: list[dict[str, Any]]) -> dict[str, Any] | None:
    from kempelen.errors import Refusal

    for group in groups:
        try:
            task: dict[str, Any] = app.production.run(
                "AcceptHIT", actor, {"HITGroupId": group["HITGroupId"]}
            )["Task"]
        except Refusal:
            continue
        return task
    return None


def _review(client: MTurkClient, hits: dict[str, tuple[str, str]]) -> list[Any]:
    """Read what SimplePlurality agreed on, approve everything, and say how often it was right."""
    from lxml import etree

    rows, agreed, right, extended = [], 0, 0, 0
    for hit_id, (review, label) in hits.items():
        report = client.list_review_policy_results_for_hit(HITId=hit_id)["HITReviewReport"]
        found = {each["Key"]: each["Value"] for each in report["ReviewResults"]}
        extended += any(each["ActionName"] == "extend" for each in report["ReviewActions"])
        answer = found.get("AgreedAnswer")
        agreed += answer is not None
        right += answer == label
        hit = client.get_hit(HITId=hit_id)["HIT"]
        for assignment in client.list_assignments_for_hit(HITId=hit_id)["Assignments"]:
            client.approve_assignment(AssignmentId=assignment["AssignmentId"], RequesterFeedback="Thank you.")
            tree = etree.fromstring(assignment["Answer"].encode())
            answers = {str(each[0].text): str(each[1].text or "") for each in tree}
            plain = _seconds(client.get_assignment(AssignmentId=assignment["AssignmentId"])["Assignment"])
            rows.append(batch_results.Result(_seconds(hit), plain, {"review": review}, answers))
    print(f"  {len(rows)} answers came; for {extended} of the reviews a further worker was asked.")
    print(f"  SimplePlurality agreed on {agreed} of {len(hits)} reviews, {right} as their writers meant.\n")
    return rows


def _seconds(structure: Any) -> dict[str, Any]:
    """A boto3 structure with its moments as seconds."""
    return {
        name: value.timestamp() if hasattr(value, "timestamp") else value for name, value in structure.items()
    }


def _write_results(path: Path, rows: list[Any]) -> None:
    path.write_text(batch_results.write(rows), encoding="utf-8")
    print(f"Every assignment was approved. Results, in MTurk's columns: {path}\n")


def _tell_earnings(app: App, client: MTurkClient, workers: dict[str, Somebody]) -> None:
    print("Who earned what:")
    for name, worker in workers.items():
        person = app.directory.worker(worker.account_id)
        assert person is not None
        actor = Actor(Role.WORKER, person.key, person.public_id, person.name)
        earned = app.production.run("GetEarnings", actor, {})
        print(f"  {name:5} {earned['ApprovedCount']:3} tasks approved   ${earned['Available']}")
    balance = client.get_account_balance()
    print(f"  Omar has ${balance['AvailableBalance']} left, ${balance['OnHoldBalance']} on hold.\n")


def _tell_audit(app: App) -> bool:
    from kempelen import audit

    findings = audit.run(app)
    broken = [finding for finding in findings if finding.violations]
    outcomes = Counter("broken" if finding.violations else "hold" for finding in findings)
    print(f"Audit: {outcomes['hold']} invariants hold, {outcomes['broken']} are broken.")
    for finding in broken:
        print(f"  {finding.name}: {finding.sentence} {json.dumps(finding.violations[:3])}")
    return not broken


def _tell_addresses(
    serving: Serving, folder: Path, omar: Somebody, rosa: Somebody, workers: dict[str, Somebody]
) -> None:
    site, wei = f"http://localhost:{serving.port('production')}", workers["Wei"]
    print(f"\nWork yourself: open {site}/login and sign in as {wei.email}, password: {wei.password}")
    print(f"\nProduction   {site}")
    print(f"Sandbox      http://localhost:{serving.port('sandbox')}   (the same keys, play money)")
    print(f"Task content http://127.0.0.1:{serving.port('tasks')}")
    print(f"Data         {folder}\n")
    for somebody in (omar, rosa, *workers.values()):
        print(f"{somebody.name:15} {somebody.account_id}  {somebody.access_key}  {somebody.secret_key}")
    print(f"\nTry it from another shell:\n\n  export AWS_ACCESS_KEY_ID={omar.access_key}")
    print(f"  export AWS_SECRET_ACCESS_KEY={omar.secret_key}")
    print(f"  export AWS_ENDPOINT_URL_MTURK=http://localhost:{serving.port('production')}")
    print("  aws mturk list-hits --region us-east-1 --query NumResults")
