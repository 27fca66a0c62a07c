"""Secrets at rest: access-key secrets and signing keys are kept sealed, with a key outside the database."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from kempelen.errors import Refusal


class WrongVaultKey(Refusal):
    """A stored secret cannot be opened with the key in {source}. Put back the key the database was
    made with, or name it in KEMPELEN_VAULT_KEY."""


class Vault:
    """Seals and opens secrets with one key, or several while a key is being replaced (the first seals)."""

    def __init__(self, keys: list[bytes], source: str) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._source = source

    @classmethod
    def open(cls, *, folder: Path, setting: str) -> Vault:
        """The vault of a data folder: keys from the setting (comma-separated), else the folder's key file,
        which is made at first use and readable by its owner only."""
        if setting:
            return cls([key.strip().encode() for key in setting.split(",")], "KEMPELEN_VAULT_KEY")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / "vault.key"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(descriptor, "wb") as file:
                file.write(Fernet.generate_key())
                file.flush()
                os.fsync(file.fileno())
        return cls([path.read_bytes()], str(path))

    def seal(self, secret: str) -> bytes:
        """The secret, encrypted and authenticated."""
        return self._fernet.encrypt(secret.encode())

    def unseal(self, sealed: bytes) -> str:
        """The secret again. Raises `WrongVaultKey`."""
        try:
            return self._fernet.decrypt(bytes(sealed)).decode()
        except InvalidToken:
            raise WrongVaultKey(source=self._source) from None
