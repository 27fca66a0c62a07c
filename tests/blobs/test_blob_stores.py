"""Blobs are kept whole or not at all, under names of ours, in a folder or in S3."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from kempelen import blobs
from kempelen.blobs import BlobMissing, BlobStore, BlobTooLarge
from kempelen.blobs.folder import FolderStore
from kempelen.blobs.s3 import PART, S3Store
from kempelen.rules.ids import new_id, seeded_random

FAR = 2**50


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BlobStore:
    random = seeded_random(1)
    if request.param == "folder":
        return FolderStore(tmp_path / "blobs", lambda: new_id(random))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", request.getfixturevalue("moto_endpoint"))
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="files")
    return S3Store("files", "kempelen/production", lambda: new_id(random))


def read(store: BlobStore, name: str, **part: Any) -> bytes:
    return b"".join(store.open(name, **part))


def test_what_is_put_can_be_read_whole_or_in_part(store: BlobStore) -> None:
    name, size = blobs.put(store, [b"hello ", b"world"], most=11)
    assert size == 11 and read(store, name) == b"hello world"
    assert read(store, name, start=6, length=3) == b"wor"
    assert read(store, name, start=6) == b"world"


def test_large_blobs_go_in_parts(store: BlobStore) -> None:
    piece = bytes(range(256)) * 4096
    name, size = blobs.put(store, [piece] * 20, most=PART * 2)
    assert size == 20 * len(piece)
    assert read(store, name, start=len(piece) * 19) == piece


def test_more_than_is_allowed_is_not_kept(store: BlobStore) -> None:
    with pytest.raises(BlobTooLarge):
        blobs.put(store, [b"12345", b"6"], most=5)
    assert store.older(FAR, after="", most=10) == []


def test_a_source_that_breaks_leaves_nothing(store: BlobStore) -> None:
    def source() -> Iterator[bytes]:
        yield b"a" * (PART + 1)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        blobs.put(store, source(), most=PART * 2)
    assert store.older(FAR, after="", most=10) == []


def test_a_deleted_blob_is_gone_and_may_be_deleted_again(store: BlobStore) -> None:
    name, _ = blobs.put(store, [b"x"], most=1)
    store.delete(name)
    store.delete(name)
    with pytest.raises(BlobMissing):
        read(store, name)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "3" * 29 + "\0", "", "3" * 4096, "C:\\x"]
)
def test_a_name_of_somebody_elses_is_no_blob(store: BlobStore, name: str) -> None:
    with pytest.raises(BlobMissing):
        read(store, name)
    with pytest.raises(BlobMissing):
        store.delete(name)


def test_old_blobs_are_listed_page_by_page(store: BlobStore) -> None:
    names = sorted(blobs.put(store, [b"x"], most=1)[0] for _ in range(7))
    found: list[str] = []
    while page := store.older(FAR, after=found[-1] if found else "", most=3):
        found += page
    assert sorted(found) == names
    assert store.older(0, after="", most=3) == []


def test_files_are_their_owners_only(tmp_path: Path) -> None:
    random = seeded_random(1)
    store = FolderStore(tmp_path / "blobs", lambda: new_id(random))
    name, _ = blobs.put(store, [b"x"], most=1)
    (file,) = [each for each in (tmp_path / "blobs").rglob("*") if each.is_file()]
    assert file.name == name and file.stat().st_mode & 0o777 == 0o600
