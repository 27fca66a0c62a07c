"""What must be true after a crash: the journal against the databases, and then the audit.

Acknowledged is present exactly once, refused is absent, and what nobody knows of is wholly there or wholly
absent: sending it again with its token decides which.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from faults.journal import ACKNOWLEDGED, REFUSED, UNKNOWN, Act
from faults.load import Cast
from faults.signed import Client
from kempelen import audit
from kempelen.app import App
from kempelen.rules.answers import Field, pack


@dataclass(slots=True)
class Verdict:
    """What one crash left behind."""

    acknowledged: int = 0
    unknown: int = 0
    kept_of_unknown: int = 0
    faults: list[str] = field(default_factory=list)


def judge(acts: list[Act], app: App, client: Client) -> Verdict:
    """Compare what the clients know with what is kept, and audit everything."""
    verdict = Verdict()
    rows = Rows(app)
    checks = {
        "CreateHIT": _created,
        "AcceptHIT": _accepted,
        "SubmitAssignment": _submitted,
        "ApproveAssignment": _decided,
        "RejectAssignment": _decided,
        "SendBonus": _bonus,
    }
    for act in acts:
        verdict.acknowledged += act.outcome == ACKNOWLEDGED
        verdict.unknown += act.outcome == UNKNOWN
        checks[act.operation](act, rows, verdict)
    for act in acts:
        if act.outcome == UNKNOWN and "UniqueRequestToken" in act.members:
            _sent_again(act, rows, client, verdict)
    verdict.faults += audit.violations(audit.run(app))
    return verdict


class Rows:
    """What is kept, read by plain statements that share nothing with the program's own."""

    def __init__(self, app: App) -> None:
        self._database = app.production.database

    def all(self, statement: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        """All rows a statement answers; `?` stands for each value."""
        connection = self._database.reader()
        if connection.dialect == "postgresql":
            statement = statement.replace("?", "%s")
        return [tuple(row) for row in connection.raw.execute(statement, values).fetchall()]


def _created(act: Act, rows: Rows, verdict: Verdict) -> None:
    made = rows.all("SELECT public_id FROM hits WHERE annotation = ?", act.id)
    if act.outcome == ACKNOWLEDGED and made != [(act.answer["HIT"]["HITId"],)]:
        verdict.faults.append(f"{act.id}: acknowledged, but there is {made}")
    _absent_if_refused(act, len(made), verdict)


def _accepted(act: Act, rows: Rows, verdict: Verdict) -> None:
    if act.outcome == ACKNOWLEDGED:
        assignment = act.answer["Task"]["AssignmentId"]
        if len(rows.all("SELECT id FROM assignments WHERE public_id = ?", assignment)) != 1:
            verdict.faults.append(f"{act.id}: accepted, but {assignment} does not exist")


def _submitted(act: Act, rows: Rows, verdict: Verdict) -> None:
    kept = rows.all(
        "SELECT answers.fields FROM answers JOIN assignments ON assignments.id = answers.assignment"
        " WHERE assignments.public_id = ?",
        act.members["AssignmentId"],
    )
    sent = pack([Field(each["Name"], each["Value"]) for each in act.members["Fields"]])
    if act.outcome == ACKNOWLEDGED and [bytes(row[0]) for row in kept] != [sent]:
        verdict.faults.append(f"{act.id}: submitted, but {len(kept)} answers are kept, or another one")
    if act.outcome == UNKNOWN and kept and bytes(kept[0][0]) != sent:
        verdict.faults.append(f"{act.id}: kept in part")
    _absent_if_refused(act, len(kept), verdict)


def _decided(act: Act, rows: Rows, verdict: Verdict) -> None:
    becomes, cause = (3, 5) if act.operation == "ApproveAssignment" else (4, 0)
    ((key, status),) = rows.all(
        "SELECT id, status FROM assignments WHERE public_id = ?", act.members["AssignmentId"]
    )
    if act.outcome == ACKNOWLEDGED and status != becomes:
        verdict.faults.append(f"{act.id}: acknowledged, but the status is {status}")
    paid = len(rows.all("SELECT id FROM transfers WHERE cause = 5 AND cause_key = ?", key))
    if paid != int(status == 3):
        verdict.faults.append(f"{act.id}: in state {status} and paid {paid} times (cause {cause})")


def _bonus(act: Act, rows: Rows, verdict: Verdict) -> None:
    paid = len(rows.all("SELECT id FROM bonuses WHERE reason = ?", act.id))
    if act.outcome == ACKNOWLEDGED and paid != 1:
        verdict.faults.append(f"{act.id}: acknowledged, but paid {paid} times")
    _absent_if_refused(act, paid, verdict)


def _absent_if_refused(act: Act, count: int, verdict: Verdict) -> None:
    if act.outcome == REFUSED and act.operation != "SubmitAssignment" and count:
        verdict.faults.append(f"{act.id}: refused, but it was done")
    if act.outcome == UNKNOWN:
        verdict.kept_of_unknown += count
        if count > 1:
            verdict.faults.append(f"{act.id}: done {count} times")


def _sent_again(act: Act, rows: Rows, client: Client, verdict: Verdict) -> None:
    table, column = ("hits", "annotation") if act.operation == "CreateHIT" else ("bonuses", "reason")
    before = len(rows.all(f"SELECT id FROM {table} WHERE {column} = ?", act.id))
    answer = client(act.operation, **act.members)
    after = len(rows.all(f"SELECT id FROM {table} WHERE {column} = ?", act.id))
    told = str(answer.body.get("TurkErrorCode", ""))
    repeated = told.endswith(("HitAlreadyExists", "DuplicateRequest"))
    refused_anyway = answer.status == 400 and not repeated and after == before == 0
    if after != 1 and not refused_anyway:
        verdict.faults.append(f"{act.id}: sent again with its token, there are {after}")
    if repeated != (before == 1):
        verdict.faults.append(f"{act.id}: {before} before, but sending it again said {answer.status} {told}")


def cast_of(app: App, *, workers: int = 3) -> Cast:
    """One requester with $100,000 and some workers, added to an app."""
    from faults.signed import Key
    from people import Town

    town = Town(app, app.production)
    requester = town.requester("Rosa", funds="100000.00")
    hands = {f"worker{number}": town.worker(f"Worker{number}") for number in range(workers)}
    return Cast(
        requester=Key(requester.access_key, requester.secret_key),
        workers={name: Key(each.access_key, each.secret_key) for name, each in hands.items()},
        worker_ids={name: each.id for name, each in hands.items()},
    )
