"""Real clients, all with one face: boto3, the AWS command line, and Amazon's SDK for JavaScript."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from journeys.playing import Refused, encoded

NODE_CLIENT = Path(__file__).parent / "node_client.mjs"
FORKS = Path(__file__).parent / "aws_forks.py"
COMMAND_SECONDS = 60


class Boto3:
    """A boto3 client, however it was made."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __call__(self, operation: str, members: Mapping[str, Any]) -> dict[str, Any]:
        """Call the method of an operation."""
        given = encoded(members, lambda seconds: datetime.fromtimestamp(seconds, UTC))
        try:
            answer: dict[str, Any] = getattr(self._client, xform_name(operation))(**given)
        except ClientError as error:
            said = error.response
            assert said["TurkErrorCode"].startswith("AWS.MechanicalTurk."), said
            assert said["ResponseMetadata"]["HTTPStatusCode"] == 400, said
            raise Refused(said["Error"]["Code"], said["Error"]["Message"]) from None
        assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
        return answer


class AwsCommand:
    """`aws mturk`. Pages are not joined, so that they can be seen. Use as a context."""

    def __init__(self, program: Path, *, endpoint: str, access_key: str, secret_key: str, home: Path) -> None:
        self._program = program
        self._words = ["--endpoint-url", endpoint, "--output", "json", "mturk"]
        self._environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(home),
            "AWS_ACCESS_KEY_ID": access_key,
            "AWS_SECRET_ACCESS_KEY": secret_key,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_MAX_ATTEMPTS": "1",
        }
        self._process = subprocess.Popen(
            [program.parent / "python", FORKS],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> AwsCommand:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=COMMAND_SECONDS)
        assert self._process.returncode == 0

    def __call__(self, operation: str, members: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out the command of an operation with its members as JSON."""
        assert self._process.stdin and self._process.stdout
        given = json.dumps(encoded(members, lambda seconds: seconds))
        paging = ["--no-paginate"] if operation.startswith("List") else []
        words = [*self._words, xform_name(operation, "-"), "--cli-input-json", given, *paging]
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        done = json.loads(self._process.stdout.readline())
        return _read(done["status"], done["printed"], done["complained"])

    def run(self, *arguments: str) -> dict[str, Any]:
        """`aws mturk` with these words, in a process of its own; answers what it prints."""
        done = subprocess.run(
            [self._program, *self._words, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )
        return _read(done.returncode, done.stdout, done.stderr)


def _read(status: int, printed: str, complained: str) -> dict[str, Any]:
    if status != 0:
        said = re.search(r"An error occurred \((\w+)\) when calling the \w+ operation: (.*)", complained)
        assert said, complained
        raise Refused(said[1], said[2])
    answer: dict[str, Any] = json.loads(printed or "{}")
    return answer


class Node:
    """`@aws-sdk/client-mturk`, all requests in one process. Use as a context."""

    def __init__(
        self, program: Path, modules: Path, *, endpoint: str, access_key: str, secret_key: str, folder: Path
    ) -> None:
        # Node looks for packages beside the module, so they are laid beside it.
        (folder / "node_modules").symlink_to(modules)
        self._process = subprocess.Popen(
            [program, shutil.copy(NODE_CLIENT, folder)],
            env={"ENDPOINT": endpoint, "KEY": access_key, "SECRET": secret_key, "HOME": str(folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Node:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=COMMAND_SECONDS)
        assert self._process.returncode == 0

    def __call__(self, operation: str, members: Mapping[str, Any]) -> dict[str, Any]:
        """Send the command of an operation."""
        assert self._process.stdin and self._process.stdout
        given = encoded(members, lambda seconds: {"$seconds": seconds})
        self._process.stdin.write(json.dumps({"operation": operation, "members": given}) + "\n")
        self._process.stdin.flush()
        said = json.loads(self._process.stdout.readline())
        if "code" in said:
            assert said["turkErrorCode"].startswith("AWS.MechanicalTurk."), said
            raise Refused(said["code"], said["message"])
        answer: dict[str, Any] = said["answer"]
        return answer
