"""The things that tests lean on do what they promise."""

import json
import os
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import boto3
import psycopg
import pytest

from services.mail import MailSink
from services.node import RunNode
from services.postgres import fresh_database, start_postgres
from services.shared_folder import is_alive

TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture
def passable_folder() -> Iterator[Path]:
    """A folder that an ordinary user may enter, also when the tests run as root."""
    with tempfile.TemporaryDirectory(prefix="kempelen-services-test-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o711)
        yield Path(folder)


def test_each_test_has_a_database_of_its_own(postgres_url: str, postgres_database: str):
    with fresh_database(postgres_url) as other, psycopg.connect(postgres_database) as connection:
        connection.execute("CREATE TABLE seen (id bigint)")
        connection.commit()
        with psycopg.connect(other) as elsewhere:
            assert elsewhere.execute("SELECT to_regclass('seen')").fetchone() == (None,)


def test_a_database_can_be_made_from_a_template(postgres_url: str, postgres_database: str):
    with psycopg.connect(postgres_database) as connection:
        connection.execute("CREATE TABLE prepared AS SELECT 7 AS answer")
    template = postgres_database.rpartition("/")[2]
    with fresh_database(postgres_url, template=template) as copy, psycopg.connect(copy) as connection:
        assert connection.execute("SELECT answer FROM prepared").fetchone() == (7,)


def test_a_database_is_gone_afterwards_though_somebody_is_connected(postgres_url: str):
    with fresh_database(postgres_url) as url:
        left_open = psycopg.connect(url)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    left_open.close()


def test_a_durable_server_keeps_what_was_committed_through_a_crash(passable_folder: Path):
    server = start_postgres(passable_folder / "postgres", durable=True)
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    server.crash()
    server = start_postgres(passable_folder / "postgres", durable=True)
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
    server.stop()
    assert server.process.returncode == 0


def test_the_server_program_prints_its_address_and_ends_when_told(passable_folder: Path):
    command = [sys.executable, "-m", "services.postgres", str(passable_folder / "postgres")]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    program = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
    assert program.stdout
    url = program.stdout.readline().strip()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    program.send_signal(signal.SIGTERM)
    assert program.wait(30) == 0
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_the_server_ends_when_the_one_it_serves_is_gone(passable_folder: Path):
    served = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    command = [sys.executable, "-m", "services.postgres", str(passable_folder / "postgres")]
    command += ["--while-alive", str(served.pid)]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    program = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
    assert program.stdout and program.stdout.readline().startswith("postgresql://")
    served.communicate(b"\n")
    assert program.wait(30) == 0
    assert not (passable_folder / "postgres").exists()


def test_a_process_that_ended_is_not_alive():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    deadline = time.monotonic() + 20
    while is_alive(ended.pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_stand_in_for_aws_answers_and_forgets_between_tests(moto_endpoint: str, moto_server_url: str):
    sqs = boto3.client(
        "sqs",
        endpoint_url=moto_endpoint,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    queue = sqs.create_queue(QueueName="events")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="hello")
    assert [m["Body"] for m in sqs.receive_message(QueueUrl=queue)["Messages"]] == ["hello"]


def test_the_mail_sink_keeps_messages_by_recipient(mail: MailSink):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "rosa@example.org", "wei@example.org", "Grüße"
    message.set_content("A bonus for you.")
    with smtplib.SMTP(mail.host, mail.port, timeout=5) as client:
        client.send_message(message)
    (received,) = mail.wait_for(1)
    assert received["Subject"] == "Grüße"
    assert mail.sent_to("wei@example.org") == [received]
    assert mail.sent_to("ana@example.org") == []


def test_the_mail_sink_refuses_when_asked_to(mail: MailSink):
    mail.refusal = "451 Try again later"
    with smtplib.SMTP(mail.host, mail.port, timeout=5) as client, pytest.raises(smtplib.SMTPDataError):
        client.sendmail("rosa@example.org", ["wei@example.org"], "Subject: hello\r\n\r\nhello")
    assert mail.messages == []


def test_node_runs_amazons_sdk(run_node: RunNode):
    done = run_node(
        """
        import { MTurkClient, CreateHITCommand } from "@aws-sdk/client-mturk";
        const client = new MTurkClient({ region: "us-east-1", endpoint: process.env.ENDPOINT });
        const endpoint = await client.config.endpoint();
        console.log(JSON.stringify([typeof CreateHITCommand, endpoint.hostname, endpoint.port]));
        """,
        environment={"ENDPOINT": "http://127.0.0.1:4321"},
    )
    assert json.loads(done.stdout) == ["function", "127.0.0.1", 4321], done.stderr


def test_the_aws_command_knows_mechanical_turk(aws_command: Path):
    done = subprocess.run(
        [aws_command, "mturk", "create-hit", "--generate-cli-skeleton"], capture_output=True, text=True
    )
    assert "LifetimeInSeconds" in json.loads(done.stdout), done.stderr
