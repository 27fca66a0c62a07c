"""Addresses: which places outside this program may be sent to, judged from their spelling alone.

`parse_endpoint` reads a URL strictly, so that no two readers of it can disagree about its host; `refused`
judges an IP address. Both are pure: `kempelen.egress` resolves and connects, and asks them both.
Sources: the IANA special-purpose address registries (RFC 6890) and the threat of server-side request forgery.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from kempelen.errors import Refusal

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST_URL = 2_048
DEFAULT_PORTS = (443, 8443)
SCHEME_PORTS = {"https": 443, "http": 80}


class DestinationRefused(Refusal):
    """The destination cannot be used: {reason}"""

    code = "AWS.MechanicalTurk.InvalidTransportEndpoint"


@dataclass(frozen=True, slots=True)
class AllowList:
    """The operator's exceptions: hosts and networks to be reached though they are private or speak http.

    An entry with a port allows that port; one without allows the usual ports and 80.
    """

    hosts: frozenset[tuple[str, int | None]] = frozenset()
    networks: tuple[Network, ...] = ()
    ports: tuple[int, ...] = DEFAULT_PORTS

    @classmethod
    def parse(cls, entries: Iterable[str] = (), *, ports: Iterable[int] = DEFAULT_PORTS) -> AllowList:
        """From entries such as `hooks.example.org`, `hooks.example.org:8080`, `[::1]:9000` and `10.1.0.0/16`.

        Raises `ValueError` for an entry that is none of these.
        """
        hosts: set[tuple[str, int | None]] = set()
        networks: list[Network] = []
        for entry in entries:
            if "/" in entry:
                networks.append(ip_network(entry))
                continue
            host, port = _host_and_port(entry)
            hosts.add((_host(host), port))
        return cls(frozenset(hosts), tuple(networks), tuple(ports))

    def names(self, host: str, port: int) -> bool:
        """Whether the operator has listed this host, by name or by address, for this port."""
        if (host, port) in self.hosts:
            return True
        if port not in (*self.ports, SCHEME_PORTS["http"]):
            return False
        return (host, None) in self.hosts or self.holds(literal_address(host))

    def holds(self, address: Address | None) -> bool:
        """Whether the operator has listed a network with this address in it."""
        return address is not None and any(address in network for network in self.networks)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A URL taken apart: `host` in lower case without brackets, `target` the path and query to ask for."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def host_header(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == SCHEME_PORTS[self.scheme] else f"{name}:{self.port}"


_URL = re.compile(
    r"(?P<scheme>https?)://(?P<authority>[^/?#@\\]*)(?P<path>/[^?#]*)?(?P<query>\?[^#]*)?",
    re.IGNORECASE | re.ASCII,
)


def parse_endpoint(url: str, *, allowed: AllowList) -> Endpoint:
    """The endpoint an `http(s)` URL names, if its spelling and any address written in it may be used.

    Raises `DestinationRefused`. A host name that passes must still be resolved and its addresses judged.
    """
    if len(url) > LONGEST_URL:
        raise DestinationRefused(reason=f"the URL is longer than {LONGEST_URL} characters.")
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        reason = "the URL may only have printable ASCII characters; write other host names in punycode."
        raise DestinationRefused(reason=reason)
    match = _URL.fullmatch(url)
    if match is None:
        reason = "the URL must read https://host/path, without user, password or fragment."
        raise DestinationRefused(reason=reason)
    try:
        written, port = _host_and_port(match["authority"])
        host = _host(written)
    except ValueError as error:
        raise DestinationRefused(reason=f"{error}.") from None
    scheme = match["scheme"].lower()
    endpoint = Endpoint(
        scheme=scheme,
        host=host,
        port=SCHEME_PORTS[scheme] if port is None else port,
        target=f"{match['path'] or '/'}{match['query'] or ''}",
    )
    _judge(endpoint, allowed)
    return endpoint


def _judge(endpoint: Endpoint, allowed: AllowList) -> None:
    if endpoint.host in METADATA_NAMES:
        raise DestinationRefused(reason="it is the metadata service of a cloud.")
    listed = allowed.names(endpoint.host, endpoint.port)
    if endpoint.scheme != "https" and not listed:
        raise DestinationRefused(reason="the URL must begin with https://.")
    if endpoint.port not in allowed.ports and not listed:
        ports = ", ".join(str(port) for port in allowed.ports)
        raise DestinationRefused(reason=f"port {endpoint.port} is not one of {ports}.")
    address = literal_address(endpoint.host)
    if address is None and "." not in endpoint.host and not listed:
        raise DestinationRefused(reason="a host name must have a dot.")
    why = refused(address, allowed=allowed, listed=listed) if address is not None else None
    if why is not None:
        raise DestinationRefused(reason=why)


_AUTHORITY = re.compile(r"(?P<host>\[[^\[\]]*\]|[^:\[\]]*)(:(?P<port>[0-9]{1,5}))?", re.ASCII)


def _host_and_port(authority: str) -> tuple[str, int | None]:
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        raise ValueError("the host and port cannot be read")
    port = None if match["port"] is None else int(match["port"])
    if port is not None and not 1 <= port <= 65_535:
        raise ValueError("a port lies between 1 and 65535")
    return match["host"], port


_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?", re.ASCII)
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)


def _host(written: str) -> str:
    """The host in its one spelling. Raises `ValueError` for what has several readings."""
    if written.startswith("["):
        if "%" in written:
            raise ValueError("an address may have no zone")
        try:
            return str(IPv6Address(written[1:-1]))
        except ValueError:
            raise ValueError("the address between brackets is not IPv6") from None
    name = written.lower().removesuffix(".")
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("the host name is not one")
    # What ends in a number is an address to every resolver (URL Standard, "ends in a number"), be it decimal,
    # octal or hexadecimal: only the one spelling without a second reading is taken.
    if _NUMERIC_LABEL.fullmatch(labels[-1]):
        try:
            return str(IPv4Address(name))
        except ValueError:
            raise ValueError("an IPv4 address is written as four plain decimal numbers") from None
    return name


def literal_address(host: str) -> Address | None:
    """The IP address a host of an `Endpoint` is; None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def refused(address: Address, *, allowed: AllowList, listed: bool = False) -> str | None:
    """Why no connection may be made to this address, as a sentence; None when one may.

    `listed`: the operator has named the host it belongs to. Metadata services are refused whatever is listed.
    """
    judged = _unwrapped(address)
    if judged in METADATA_ADDRESSES:
        return "it is the metadata service of a cloud."
    if listed or allowed.holds(judged):
        return None
    if isinstance(judged, IPv6Address) and judged not in GLOBAL_UNICAST:
        return f"{address} is not a public address."
    if any(judged in network for network in NOT_PUBLIC):
        return f"{address} is not a public address."
    return None


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv4-mapped or NAT64 address leads to; any other as it is."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


_NAT64 = IPv6Network("64:ff9b::/96")
GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All of IPv6 outside it is loopback, mapped, compatible, link-local, unique-local, multicast or reserved."""

NOT_PUBLIC: tuple[Network, ...] = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carriers' address translation
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's host, public by number alone
        "169.254.0.0/16",  # link-local
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which embeds an IPv4 address
        "3fff::/20",  # documentation
    )
)

METADATA_ADDRESSES: frozenset[Address] = frozenset(
    ip_address(address)
    for address in (
        "169.254.169.254",  # most clouds
        "169.254.170.2",  # Amazon ECS
        "169.254.170.23",  # Amazon EKS
        "100.100.100.200",  # Alibaba
        "168.63.129.16",  # Azure
        "192.0.0.192",  # Oracle
        "fd00:ec2::254",  # Amazon EC2
        "fd00:ec2::23",  # Amazon EKS
        "fd20:ce::254",  # Google
    )
)
METADATA_NAMES = frozenset(
    ("metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal")
)

_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)


def is_mail_address(text: str) -> bool:
    """Whether this is one plain e-mail address, `local@domain`, in ASCII: no name, quotes or comments."""
    local, at, domain = text.rpartition("@")
    if not at or len(local) > 64 or len(domain) > 253 or not _LOCAL_PART.fullmatch(local):
        return False
    labels = domain.lower().split(".")
    return len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()
