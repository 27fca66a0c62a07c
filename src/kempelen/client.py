"""The SDK: a boto3 client that is made from our own contract file.

Whoever has scripts for MTurk has boto3 already, and needs no more than an endpoint. This client keeps working
on the day when botocore drops the service: botocore reads the model from our folder before its own.

    import kempelen
    mturk = kempelen.client()
    mturk.get_account_balance()["AvailableBalance"]
"""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session

from kempelen.contract import FOLDER

if TYPE_CHECKING:
    from types_boto3_mturk import MTurkClient

LOCAL_ENDPOINT = "http://localhost:8080"
"""Where `kempelen serve` listens when nothing is set."""
ENDPOINT_VARIABLES = ("KEMPELEN_ENDPOINT_URL", "AWS_ENDPOINT_URL_MTURK")
"""Read in this order when no endpoint is given."""


def client(
    endpoint_url: str | None = None,
    aws_access_key_id: str | None = None,
    aws_secret_access_key: str | None = None,
    region_name: str = "us-east-1",
    **kwargs: Any,
) -> MTurkClient:
    """A boto3 client of the 39 MTurk operations, with paginators, that talks to a Kempelen server.

    The endpoint decides the world (production or sandbox). Keys that are not given are looked for where boto3
    looks for them. `kwargs` go to `boto3.Session.client`: `config`, `verify`, `aws_session_token`. Not for
    concurrent use while it is being made; the client itself is safe to share between threads.
    """
    core = botocore.session.Session()
    core.get_component("data_loader").search_paths.insert(0, str(FOLDER))
    made: MTurkClient = boto3.Session(botocore_session=core).client(
        "mturk",
        endpoint_url=endpoint_url or _endpoint_of_environment(),
        aws_access_key_id=aws_access_key_id,
        aws_secret_access_key=aws_secret_access_key,
        region_name=region_name,
        **kwargs,
    )
    return made


def _endpoint_of_environment() -> str:
    named = (os.environ.get(variable, "") for variable in ENDPOINT_VARIABLES)
    return next((url for url in named if url), LOCAL_ENDPOINT)


class _CallableModule(ModuleType):
    """Importing this module binds `kempelen.client` to it, so it answers calls as its function does."""

    __call__ = staticmethod(client)


sys.modules[__name__].__class__ = _CallableModule
