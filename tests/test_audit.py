"""The audit finds nothing in a healthy market, and finds each violation that is planted in it."""

import pytest

from kempelen import audit
from kempelen.app import App
from kempelen.audit.register import Look
from kempelen.errors import Refusal
from kempelen.market import Market
from kempelen.operation import SYSTEM
from kempelen.store import sessions
from people import Requester, Town, Worker

FOUNDED = ("rosa", "omar", "wei", "ana")


def busy(town: Town, rosa: Requester, wei: Worker, ana: Worker) -> dict[str, str]:
    """A market in which everything has happened that can happen; answers the ids of what stands."""
    taken = rosa.create_hit(Reward="0.50", MaxAssignments=3, UniqueRequestToken="first")["HITId"]
    with pytest.raises(Refusal, match="already exists"):
        rosa.create_hit(Reward="0.50", MaxAssignments=3, UniqueRequestToken="first")
    approved = wei.do(taken, label="cat")
    rosa("ApproveAssignment", AssignmentId=approved)
    rejected = wei.do(rosa.create_hit(Reward="0.30")["HITId"])
    rosa("RejectAssignment", AssignmentId=rejected, RequesterFeedback="This is a dog.")
    overridden = ana.do(rosa.create_hit(Reward="0.20")["HITId"])
    rosa("RejectAssignment", AssignmentId=overridden, RequesterFeedback="")
    town.advance(seconds=5)
    rosa("ApproveAssignment", AssignmentId=overridden, OverrideRejection=True)
    submitted = ana.do(taken, label="dog")
    rosa("SendBonus", WorkerId=wei.id, AssignmentId=approved, BonusAmount="1.00", Reason="Thanks")
    returned = wei.accept(rosa.create_hit(Reward="0.10", MaxAssignments=2)["HITId"])
    wei("ReturnAssignment", AssignmentId=returned)
    abandoned = wei.accept(rosa.create_hit(AssignmentDurationInSeconds=30)["HITId"])
    town.advance(seconds=31)
    expired = rosa.create_hit(LifetimeInSeconds=30, MaxAssignments=4)["HITId"]
    straggler = ana.accept(expired)
    town.advance(seconds=31)
    ana.submit(straggler)
    disposed = rosa.create_hit(LifetimeInSeconds=30)["HITId"]
    town.advance(seconds=31)
    rosa("DeleteHIT", HITId=disposed)
    automatic = wei.do(rosa.create_hit(AutoApprovalDelayInSeconds=60)["HITId"])
    town.advance(seconds=61)
    town.app.house.system(lambda call: sessions.begin(call, wei.actor.account))
    rosa("CreateWorkerBlock", WorkerId=ana.id, Reason="Too many dogs.")
    wei("SendMessage", AssignmentId=approved, Subject="Cats", MessageText="Thank you.")
    held = wei.accept(rosa.create_hit()["HITId"])
    wei("PutDraft", AssignmentId=held, Fields=[{"Name": "label", "Value": "c"}], Version=1)
    wei("ReportTask", AssignmentId=held, Reason="unclear")
    warned = rosa.create_hit(Title="Warned", MaxAssignments=2)
    rosa("PutTaskSettings", HITTypeId=warned["HITTypeId"], Settings={"ContentWarnings": ["hate"]})
    paid = wei.accept(warned["HITId"])
    town.operator("TakeDownHIT", HITId=warned["HITId"], Reason="Hate.")
    record = {"QualificationTypeId": "00000000000000000040", "Comparator": "GreaterThan"}
    gold = {
        "PolicyName": "ScoreMyKnownAnswers/2011-09-01",
        "Parameters": [{"Key": "AnswerKey", "MapEntries": [{"Key": "label", "Values": ["cat"]}]}],
    }
    proven = rosa.create_hit(
        Title="For the proven",
        QualificationRequirements=[record | {"IntegerValues": [99]}],
        AssignmentReviewPolicy=gold,
    )
    rosa("PutTaskSettings", HITTypeId=proven["HITTypeId"], Settings={"NewcomerCap": {"Most": 3}})
    wei.do(proven["HITId"], label="cat")
    ticket = rosa("CreateMediaUploadURL", Name="cat.png", ContentType="image/png")["UploadURL"].split("/")[-1]
    kept = {"Ticket": ticket, "Blob": f"{town.market.traits.name} cat", "Size": 5}
    town.market.run("KeepMedia", SYSTEM, kept)
    return {
        "approved": approved, "rejected": rejected, "overridden": overridden, "submitted": submitted,
        "returned": returned, "abandoned": abandoned, "automatic": automatic, "held": held, "taken": taken,
        "expired": expired, "disposed": disposed, "down": warned["HITId"], "paid": paid,
    }  # fmt: skip


def plant(market: Market, *statements: str) -> None:
    """Change rows behind the market's back."""

    def change(connection, now):  # type: ignore[no-untyped-def]
        for statement in statements:
            connection.raw.execute(statement)

    market.database.writer.run(change)


class Undone(Exception):
    """Carries what was found out of a transaction that must not be kept."""


def found_if_planted(app: App, name: str, statements: list[str]) -> list[str]:
    """What an invariant would say if these statements had been carried out."""
    (wanted,) = (each for each in audit.INVARIANTS if each.name == name)
    market = app.production

    def look(connection, now):  # type: ignore[no-untyped-def]
        for statement in statements:
            connection.raw.execute(statement)
        raise Undone(list(wanted.test(Look(connection, app.house.database.reader(), market.traits, now))))

    with pytest.raises(Undone) as undone:
        market.database.writer.run(look)
    found: list[str] = undone.value.args[0]
    return found


def found(app: App) -> set[str]:
    """The names of the invariants that are broken."""
    return {finding.name for finding in audit.run(app) if finding.violations}


def test_a_healthy_busy_market_breaks_nothing(
    app: App, town: Town, rosa: Requester, wei: Worker, ana: Worker
) -> None:
    busy(town, rosa, wei, ana)
    findings = audit.run(app)
    assert audit.violations(findings) == []
    checked = {finding.name for finding in findings if finding.checked}
    assert checked >= {each.name for each in audit.INVARIANTS} - {"I36", "I40"}


def test_a_healthy_sandbox_breaks_nothing(app: App, sandbox: Town) -> None:
    busy(sandbox, sandbox.requester("Sam"), sandbox.worker("Will"), sandbox.worker("Ada"))
    findings = audit.run(app)
    assert audit.violations(findings) == []
    assert all(
        finding.checked for finding in findings if (finding.name, finding.database) == ("I2", "sandbox")
    )


def test_an_audit_can_look_at_one_thing_only(app: App, rosa: Requester) -> None:
    rosa.create_hit()
    findings = audit.run(app, only={"I3", "I26"}, databases={"production"})
    assert [(finding.name, finding.database) for finding in findings] == [
        ("I3", "production"),
        ("I26", "production"),
    ]


def test_many_violations_are_all_counted_and_the_first_are_named(
    app: App, town: Town, rosa: Requester
) -> None:
    for number in range(120):
        rosa.create_hit(RequesterAnnotation=str(number))
    plant(town.market, "UPDATE hits SET open = 2")
    (finding,) = audit.run(app, only={"I20"}, databases={"production"})
    assert finding.found == 120
    assert len(finding.violations) == 100


PLANTS: list[tuple[str, tuple[str, ...]]] = [
    ("I1", ("UPDATE transfers SET credit = debit WHERE cause = 3",)),
    ("I2", ("UPDATE transfers SET debit = 3 WHERE cause = 1",)),
    ("I2", ("UPDATE purses SET available = available + 1 WHERE account % 8 = 1",)),
    ("I3", ("UPDATE purses SET available = available + 1 WHERE account % 8 = 3",)),
    ("I3", ("UPDATE purses SET held = held - 1 WHERE held > 0",)),
    ("I3", ("DELETE FROM purses WHERE account % 8 = 3",)),
    ("I7", ("DELETE FROM transfers WHERE cause = 5 AND cause_key = {approved}",)),
    ("I7", ("UPDATE transfers SET amount = amount + 1 WHERE cause = 6 AND cause_key = {approved}",)),
    ("I7", ("UPDATE transfers SET credit = {worker} WHERE cause = 5 AND cause_key = {approved}",)),
    (
        "I7",
        (
            "INSERT INTO transfers (id, at, cause, cause_key, cause_number, debit, credit, amount, currency)"
            " SELECT id + 1000000, at, cause, cause_key, 1, debit, credit, amount, currency"
            " FROM transfers WHERE cause = 5 AND cause_key = {approved}",
        ),
    ),
    ("I8", ("UPDATE assignments SET status = 4 WHERE id = {approved}",)),
    ("I9", ("DELETE FROM transfers WHERE cause = 7",)),
    ("I9", ("UPDATE bonuses SET amount = amount + 1",)),
    ("I10", ("UPDATE hits SET held = held + 1 WHERE id = {hit}",)),
    ("I10", ("UPDATE hits SET reward = reward + 1 WHERE id = {hit}",)),
    ("I13", ("DELETE FROM bonuses",)),
    ("I13", ("UPDATE transfers SET cause_key = 77 WHERE cause = 6 AND cause_key = {approved}",)),
    ("I14", ("UPDATE transfers SET amount = 1 WHERE cause = 3 AND cause_key = {hit}",)),
    ("I15", ("INSERT INTO request_tokens SELECT requester, operation, 'other', fingerprint, made, request_id,"
             " expires_at FROM request_tokens",)),
    ("I16", ("UPDATE request_tokens SET made = 'nothing'",)),
    ("I20", ("UPDATE hits SET submitted = submitted + 1 WHERE id = {hit}",)),
    ("I20", ("UPDATE hits SET open = open - 1 WHERE open > 0",)),
    ("I21", ("UPDATE hits SET max_assignments = 1 WHERE id = {hit}",)),
    ("I22", ("DROP INDEX assignments_once", "UPDATE assignments SET worker = {wei} WHERE hit = {hit}")),
    ("I23", ("UPDATE assignments SET accepted_at = accepted_at + 100000 WHERE hit = {expired}",)),
    ("I24", ("UPDATE assignments SET submitted_at = abandon_at WHERE id = {submitted}",)),
    ("I24", (
        "INSERT INTO late_answers (assignment, requester, hit, worker, fields, received_at, keep_until)"
        " SELECT {submitted}, requester, hit, worker, fields, submitted_at, 9000000000000 FROM assignments"
        " JOIN answers ON answers.assignment = assignments.id WHERE id = {submitted}",
    )),
    ("I25", ("UPDATE assignments SET decided_at = NULL WHERE id = {approved}",)),
    ("I25", ("DELETE FROM events WHERE assignment = {approved} AND kind = 7",)),
    ("I25", ("UPDATE assignments SET status = 2, decided_at = NULL WHERE id = {approved}",)),
    ("I25", ("UPDATE events SET at = at + 2592000001 WHERE assignment = {overridden} AND kind = 10",)),
    ("I26", ("UPDATE hits SET status = 4 WHERE id = {hit}",)),
    ("I26", ("UPDATE hits SET expired = 1 WHERE id = {hit}",)),
    ("I27", ("UPDATE answers SET digest = fields WHERE assignment = {submitted}",)),
    ("I27", ("DELETE FROM answers WHERE assignment = {submitted}",)),
    ("I27", ("UPDATE answers SET assignment = 7 WHERE assignment = {submitted}",)),
    ("I28", ("UPDATE events SET at = at - 10000 WHERE assignment = {automatic} AND kind = 10",)),
    ("I29", ("UPDATE assignments SET abandon_at = decided_at + 1 WHERE id = {abandoned}",)),
    ("I31", ("UPDATE blocks SET at = 5",)),
    ("I32", ("UPDATE hits SET held = 1 WHERE id = {disposed}",)),
    ("I35", ("DELETE FROM events WHERE hit = {disposed} AND kind = 5",)),
    ("I36", ("UPDATE outbox SET dead_at = 5, error = NULL",)),
    ("I39", ("UPDATE events SET hit = 7 WHERE hit = {hit} AND kind = 1",)),
    ("I40", ("UPDATE outbox SET lease_until = 5, fence = 0",)),
    ("I43", ("DELETE FROM events WHERE id = (SELECT max(id) FROM events)",)),
    ("I43", ("DELETE FROM unsealed WHERE kind = 2",)),
    ("I44", ("UPDATE hits SET requester = requester + 1 WHERE id = {hit}",)),
    ("I44", ("UPDATE assignments SET worker = 7 WHERE id = {submitted}",)),
    ("I53", ("UPDATE workers SET public_id = 'ANOBODY' WHERE id = {wei}",)),
    ("I53", ("UPDATE requesters SET id = id + 100000",)),
    ("I54", ("UPDATE groups SET hits = hits + 1",)),
    ("I55", ("UPDATE workers SET approved = approved + 1 WHERE id = {wei}",)),
    ("I55", ("DELETE FROM relations WHERE worker = {wei}",)),
    ("I70", ("UPDATE drafts SET worker = 7",)),
    ("I70", ("UPDATE drafts SET assignment = {submitted}",)),
    ("I71", ("UPDATE hits SET submitted = 1, approved = approved - 1 WHERE id = {down}",)),
    ("I71", ("UPDATE hits SET expired = 0 WHERE id = {down}",)),
    ("I72", ("UPDATE task_reports SET counts = 1", "INSERT INTO task_reports SELECT id + 1000000, {hit},"
             " hit_type, requester, worker, reason, comment, counts, at FROM task_reports")),
    ("I73", ("UPDATE groups SET warnings = 1",)),
    ("I60", ("UPDATE worker_days SET approved = approved + 1 WHERE worker = {wei}",)),
    ("I60", ("UPDATE worker_days SET day = day + 40 WHERE worker = {wei}",)),
    ("I60", ("UPDATE paces SET earned = earned + 1 WHERE worker = {wei}",)),
    ("I60", ("UPDATE relations SET seconds = seconds + 1 WHERE worker = {wei}",)),
    ("I61", ("UPDATE requester_days SET rejected = rejected + 1",)),
    ("I61", ("DELETE FROM requester_waits WHERE day = -1",)),
    ("I62", ("UPDATE groups SET newcomers = 5",)),
    ("I62", ("UPDATE groups SET requirement_set = 7",)),
    ("I90", ("UPDATE media_totals SET bytes = bytes + 1",)),
    ("I90", ("DELETE FROM media_totals",)),
    ("I91", ("UPDATE assignments SET started_at = accepted_at - 1 WHERE id = {submitted}",)),
    ("I91", ("UPDATE assignments SET active_seconds = 90000 WHERE id = {submitted}",)),
    ("I63", ("UPDATE newcomer_fills SET filled = filled + 1",)),
    ("I85", ("UPDATE messages SET worker = worker + 1 WHERE sender = 1",)),
    ("I85", ("DELETE FROM messages WHERE sender = 1",)),
    ("I85", ("UPDATE threads SET worker_unread = 9",)),
    ("I85", ("UPDATE threads SET about = about + 1 WHERE kind = 2",)),
]  # fmt: skip


def test_every_planted_violation_is_found(
    app: App, town: Town, rosa: Requester, wei: Worker, ana: Worker
) -> None:
    ids = busy(town, rosa, wei, ana)
    plant(
        town.market,
        "INSERT INTO outbox (id, kind, lane, place, payload, created_at, due_at)"
        " VALUES (1, 'webhook', 'https://example.org', 1, '[]', 0, 9000000000000)",
    )
    hits = ("taken", "expired", "disposed", "down")
    keys = {word: _key(town, "hits" if word in hits else "assignments", ids[word]) for word in ids}
    keys |= {"hit": keys["taken"], "wei": wei.actor.account, "worker": ana.actor.account * 8 + 3}
    assert audit.violations(audit.run(app)) == []
    missed = [
        (name, statements)
        for name, statements in PLANTS
        if not found_if_planted(app, name, [statement.format(**keys) for statement in statements])
    ]
    assert missed == []


def _key(town: Town, table: str, public_id: str) -> int:
    connection = town.market.database.reader()
    row = connection.raw.execute(f"SELECT id FROM {table} WHERE public_id = '{public_id}'").fetchone()
    return int(row[0])


def test_a_purse_below_zero_is_found(app: App, town: Town, rosa: Requester) -> None:
    if town.market.database.dialect == "sqlite":
        bypass = "PRAGMA ignore_check_constraints = ON"
    else:
        bypass = "ALTER TABLE purses DROP CONSTRAINT purses_available"
    plant(town.market, bypass, "UPDATE purses SET available = -5")
    assert "I5" in found(app)


def test_overdue_work_is_found_when_no_sweep_carries_it_out(
    app: App, town: Town, rosa: Requester, wei: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    wei.do(rosa.create_hit(AutoApprovalDelayInSeconds=60)["HITId"])
    wei.accept(rosa.create_hit(AssignmentDurationInSeconds=60)["HITId"])
    rosa.create_hit(LifetimeInSeconds=60)
    town.advance(seconds=61)
    monkeypatch.setattr("kempelen.market.SWEEPS", ())
    assert {"I26", "I28", "I29"} <= found(app)


def test_a_key_of_nobody_is_found_in_the_house(app: App, rosa: Requester) -> None:
    plant(app.house, "UPDATE access_keys SET organisation = NULL, person = NULL")
    assert "I56" in found(app)
    plant(app.house, "UPDATE members SET person = person + 100000")
    assert len(audit.run(app, only={"I56"}, databases={"house"})[0].violations) >= 1


def test_what_is_wrong_with_people_is_found_in_the_house(app: App, wei: Worker) -> None:
    person = wei.actor.account
    plant(app.house, f"INSERT INTO recovery_codes VALUES ('x', {person}, 1)")
    assert not {"I80", "I81", "I82"} & found(app)
    plant(app.house, f"UPDATE people SET closed_at = 1 WHERE id = {person}")
    assert {"I80", "I81"} <= found(app)
    plant(app.house, f"UPDATE people SET closed_at = NULL, suspended = 1 WHERE id = {person}")
    assert found(app) & {"I80", "I81", "I82"} == {"I82"}


def test_an_audit_sees_one_moment_while_others_write(app: App, town: Town, rosa: Requester) -> None:
    hit = rosa.create_hit()["HITId"]
    with town.market.database.snapshot() as connection:
        plant(town.market, "UPDATE hits SET open = 99")
        row = connection.raw.execute(f"SELECT open FROM hits WHERE public_id = '{hit}'").fetchone()
        assert row[0] == 1


def test_every_invariant_has_a_planted_violation() -> None:
    planted = {name for name, _ in PLANTS} | {"I5", "I56", "I80", "I81", "I82"}
    assert {each.name for each in audit.INVARIANTS} == planted
