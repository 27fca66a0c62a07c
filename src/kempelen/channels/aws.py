"""What the two AWS channels share: clients made when first needed, and errors told as `Undelivered`."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from kempelen.channels import Undelivered

MOST_REGIONS = 16
CONNECT_SECONDS = 5
READ_SECONDS = 10
DEFAULT_REGION = "us-east-1"


class Clients:
    """One boto3 client for each region, made lazily: importing boto3 costs more than all the rest."""

    def __init__(self, service: str, *, region: str | None = None) -> None:
        self._service = service
        self._region = region
        self._session: Any = None
        self._made: dict[str | None, Any] = {}
        # Clients are safe to share between threads; making them is not.
        self._making = threading.Lock()

    def of(self, region: str | None) -> Any:
        """The client for a region, or for the configured one."""
        wanted = region or self._region
        with self._making:
            if wanted not in self._made:
                if len(self._made) >= MOST_REGIONS:  # requesters name regions, and may invent some
                    del self._made[next(iter(self._made))]
                self._made[wanted] = self._client(wanted)
            return self._made[wanted]

    def _client(self, region: str | None) -> Any:
        import boto3
        from botocore.config import Config

        self._session = session = self._session or boto3.session.Session()
        # The outbox tries again by itself, later and later: a second try here would only hold its lease.
        once = Config(
            connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries={"total_max_attempts": 1}
        )
        return session.client(
            self._service, region_name=region or session.region_name or DEFAULT_REGION, config=once
        )


@contextmanager
def delivering(*, permanent: Collection[str]) -> Iterator[None]:
    """Tell every error of boto3 as `Undelivered`, final for the codes in `permanent`."""
    from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        raise Undelivered(f"AWS answered {code or 'an error'}", permanent=code in permanent) from error
    except ParamValidationError as error:
        raise Undelivered("boto3 does not accept the message", permanent=True) from error
    except (BotoCoreError, ValueError) as error:
        raise Undelivered(f"AWS could not be asked: {type(error).__name__}") from error
