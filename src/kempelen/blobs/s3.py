"""S3, or what speaks like it: a bucket and a prefix, through boto3 and the endpoint the operator configured.

boto3 takes `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL` or the region's own endpoint. The bucket should expire
unfinished multipart uploads by a lifecycle rule: those of a process that was killed stay there.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from kempelen.blobs import CHUNK, BlobMissing, BlobTooLarge, NewName, checked

PART = 16 * 1_048_576
"""At least 5 MiB by S3's rules, and few enough parts (10,000 at most) for the largest file."""


class S3Store:
    """Blobs as objects of a bucket."""

    def __init__(self, bucket: str, prefix: str, new_name: NewName) -> None:
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._new_name = new_name
        self._made: Any = None
        self._making = threading.Lock()

    @property
    def _client(self) -> Any:
        """Made when first needed: importing boto3 costs more than all the rest."""
        with self._making:
            if self._made is None:
                import boto3

                session = boto3.session.Session()
                self._made = session.client("s3", region_name=session.region_name or "us-east-1")
            return self._made

    def begin(self, most: int) -> _Writing:
        """A new blob of at most `most` bytes."""
        return _Writing(self._client, self._bucket, self._prefix, self._new_name(), most)

    def open(self, name: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes of a blob, or of a part of it. Raises `BlobMissing`."""
        wanted: dict[str, str] = {}
        if start or length is not None:
            end = "" if length is None else start + length - 1
            wanted["Range"] = f"bytes={start}-{end}"
        key = self._prefix + checked(name)
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key, **wanted)
        except self._client.exceptions.NoSuchKey:
            raise BlobMissing() from None
        pieces: Iterator[bytes] = answer["Body"].iter_chunks(CHUNK)
        return pieces

    def delete(self, name: str) -> None:
        """Remove a blob, if it is there."""
        self._client.delete_object(Bucket=self._bucket, Key=self._prefix + checked(name))

    def older(self, before: int, *, after: str, most: int) -> list[str]:
        """Names of blobs last changed before a moment, from behind `after`."""
        found: list[str] = []
        more: dict[str, str] = {"StartAfter": self._prefix + after} if after else {}
        while len(found) < most:
            page = self._client.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix, **more)
            for each in page.get("Contents", []):
                if int(each["LastModified"].timestamp() * 1000) < before:
                    found.append(str(each["Key"]).removeprefix(self._prefix))
            if not page.get("IsTruncated"):
                break
            more = {"ContinuationToken": page["NextContinuationToken"]}
        return found[:most]


class _Writing:
    """A multipart upload, begun with the first full part; small blobs are one request."""

    def __init__(self, client: Any, bucket: str, prefix: str, name: str, most: int) -> None:
        self._client = client
        self._name = name
        self._place = {"Bucket": bucket, "Key": prefix + name}
        self._most = most
        self._size = 0
        self._waiting = bytearray()
        self._upload = ""
        self._parts: list[dict[str, Any]] = []

    def write(self, chunk: bytes) -> None:
        if self._size + len(chunk) > self._most:
            raise BlobTooLarge(most=self._most)
        self._size += len(chunk)
        self._waiting += chunk
        while len(self._waiting) >= PART:
            self._send(bytes(self._waiting[:PART]))
            del self._waiting[:PART]

    def finish(self) -> tuple[str, int]:
        if not self._upload:
            self._client.put_object(**self._place, Body=bytes(self._waiting))
            return self._name, self._size
        if self._waiting:
            self._send(bytes(self._waiting))
        self._client.complete_multipart_upload(
            **self._place, UploadId=self._upload, MultipartUpload={"Parts": self._parts}
        )
        return self._name, self._size

    def abandon(self) -> None:
        if self._upload:
            self._client.abort_multipart_upload(**self._place, UploadId=self._upload)

    def _send(self, part: bytes) -> None:
        if not self._upload:
            self._upload = self._client.create_multipart_upload(**self._place)["UploadId"]
        number = len(self._parts) + 1
        answer = self._client.upload_part(**self._place, UploadId=self._upload, PartNumber=number, Body=part)
        self._parts.append({"PartNumber": number, "ETag": answer["ETag"]})
