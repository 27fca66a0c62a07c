"""Stand-ins for AWS's own services (S3, SQS, SNS ...), by moto, which knows no Mechanical Turk."""

import urllib.request
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def moto_server_url() -> Iterator[str]:
    """The `endpoint_url` of a moto server, which keeps what earlier tests left; see `moto_endpoint`."""
    # Imported late: it takes most of a second, which tests that need no AWS should not pay.
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def moto_endpoint(moto_server_url: str) -> str:
    """The `endpoint_url` of AWS services that are empty when the test begins; any key and secret will do."""
    urllib.request.urlopen(f"{moto_server_url}/moto-api/reset", data=b"", timeout=10).close()
    return moto_server_url
