"""Four real clients each tell the same story, in which every operation of MTurk's is needed."""

from __future__ import annotations

import json
from pathlib import Path

import boto3
import pytest

import kempelen
from journeys.drivers import AwsCommand, Boto3, Node
from journeys.playing import Ask, play
from journeys.story import STORY, cast_in, cast_of
from kempelen.contract import MTURK
from services.serving import Served

EVERY_OPERATION = set(json.loads(MTURK.read_text())["operations"])


def test_there_are_39_operations_and_the_story_needs_each() -> None:
    asked = {step.operation for step in STORY if isinstance(step, Ask) and not step.refused}
    assert len(EVERY_OPERATION) == 39
    assert asked == EVERY_OPERATION


def test_boto3_as_it_comes(served: Served, queue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = cast_of(served, "production", queue=queue)
    monkeypatch.setenv("AWS_ENDPOINT_URL_MTURK", served.url())
    client = boto3.client(
        "mturk", aws_access_key_id=cast.rosa.access_key, aws_secret_access_key=cast.rosa.secret_key
    )
    assert client.meta.endpoint_url == served.url()
    assert play(STORY, cast, Boto3(client)) == EVERY_OPERATION
    assert client.can_paginate("list_hits")


def test_our_own_client_in_both_worlds(served: Served, queue: str) -> None:
    """The same people with the same key tell it in both."""
    first = cast_of(served, "production", queue=queue)
    second = cast_in(served, "sandbox", (first.rosa, first.wei, first.ana), queue=queue)
    for cast in (first, second):
        client = kempelen.client(served.url(cast.world), cast.rosa.access_key, cast.rosa.secret_key)
        assert play(STORY, cast, Boto3(client)) == EVERY_OPERATION


@pytest.mark.timeout(600)  # some seventy small programs, on whatever machine this is
def test_the_aws_command_line(present: Served, queue: str, aws_command: Path, tmp_path: Path) -> None:
    cast = cast_of(present, "production", queue=queue, follows_the_day=True)
    with AwsCommand(
        aws_command,
        endpoint=present.url(),
        access_key=cast.rosa.access_key,
        secret_key=cast.rosa.secret_key,
        home=tmp_path,
    ) as client:
        assert play(STORY, cast, client) == EVERY_OPERATION
        cast.tick()
        assert client.run("get-account-balance")["AvailableBalance"] == cast.kept["left"]
        assert len(client.run("list-hits", "--page-size", "1")["HITs"]) == 3


def test_amazons_sdk_for_javascript(
    present: Served, queue: str, node_command: Path, node_modules: Path, tmp_path: Path
) -> None:
    cast = cast_of(present, "production", queue=queue, follows_the_day=True)
    with Node(
        node_command,
        node_modules,
        endpoint=present.url(),
        access_key=cast.rosa.access_key,
        secret_key=cast.rosa.secret_key,
        folder=tmp_path,
    ) as client:
        assert play(STORY, cast, client) == EVERY_OPERATION
