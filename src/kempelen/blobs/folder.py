"""A folder of files: names made by us, readable by the owner only, kept before they are visible."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from kempelen import faultpoints
from kempelen.blobs import CHUNK, BlobMissing, BlobTooLarge, NewName, checked

UNFINISHED = ".part"


class FolderStore:
    """Blobs as files, in 1,296 folders named by their second and third characters."""

    def __init__(self, folder: Path, new_name: NewName) -> None:
        self._folder = folder
        self._new_name = new_name

    def begin(self, most: int) -> _Writing:
        """A new blob of at most `most` bytes."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _Writing(self._path(self._new_name()), most)

    def open(self, name: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes of a blob, or of a part of it. Raises `BlobMissing`."""
        try:
            file = self._path(checked(name)).open("rb")
        except FileNotFoundError:
            raise BlobMissing() from None
        return _pieces(file, start, length)

    def delete(self, name: str) -> None:
        """Remove a blob, if it is there."""
        self._path(checked(name.removesuffix(UNFINISHED))).with_name(name).unlink(missing_ok=True)

    def older(self, before: int, *, after: str, most: int) -> list[str]:
        """Names of blobs, unfinished ones too, last changed before a moment, from behind `after`."""
        found: list[str] = []
        if not self._folder.is_dir():
            return found
        for shelf in sorted(each.name for each in self._folder.iterdir() if each.is_dir()):
            if shelf < after[1:3]:
                continue
            for entry in sorted(os.scandir(self._folder / shelf), key=lambda each: each.name):
                with suppress(FileNotFoundError):
                    if entry.name > after and entry.stat().st_mtime_ns // 1_000_000 < before:
                        found.append(entry.name)
                if len(found) == most:
                    return found
        return found

    def _path(self, name: str) -> Path:
        return self._folder / name[1:3] / name


class _Writing:
    def __init__(self, path: Path, most: int) -> None:
        self._path = path
        self._unfinished = path.with_name(path.name + UNFINISHED)
        self._most = most
        self._size = 0
        path.parent.mkdir(exist_ok=True, mode=0o700)
        descriptor = os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "wb")

    def write(self, chunk: bytes) -> None:
        if self._size + len(chunk) > self._most:
            raise BlobTooLarge(most=self._most)
        self._file.write(chunk)
        self._size += len(chunk)

    def finish(self) -> tuple[str, int]:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        faultpoints.reached("blob.before_rename")
        os.rename(self._unfinished, self._path)
        _keep_folder(self._path.parent)
        faultpoints.reached("blob.after_rename")
        return self._path.name, self._size

    def abandon(self) -> None:
        self._file.close()
        self._unfinished.unlink(missing_ok=True)


def _keep_folder(folder: Path) -> None:
    """A rename is on the disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _pieces(file: BinaryIO, start: int, length: int | None) -> Iterator[bytes]:
    with file:
        file.seek(start)
        left = length
        while piece := file.read(CHUNK if left is None else min(CHUNK, left)):
            if left is not None:
                left -= len(piece)
            yield piece
