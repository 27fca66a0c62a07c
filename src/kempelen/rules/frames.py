"""Task frames: the tickets that open them, the parameters their pages are given, and the nonces of their
messages."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode, urlsplit

from kempelen.rules import tokens

NO_ASSIGNMENT = "ASSIGNMENT_ID_NOT_AVAILABLE"
"""What stands for the assignment's id in a preview."""
VALID_SECONDS = 3_600
"""How long a frame's ticket opens it; an open page gets a new one before."""
MEDIA_SECONDS = 60
"""How long an address of a requester's media is good."""
DEVICES = ("camera", "microphone", "geolocation", "fullscreen", "clipboard")
"""What a HIT type may ask of a worker's browser, in the words of task settings."""
MEDIA = re.compile(r"kempelen-media://([A-Za-z0-9][A-Za-z0-9._-]{0,63})")
"""How a question names a requester's media."""
_NONCE_LETTERS = 32
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a frame shows and to whom. `assignment_id` and `worker_id` are empty in a preview."""

    hit_id: str
    assignment_id: str
    worker_id: str
    """As the requester knows the worker."""
    ends_at: int
    devices: tuple[str, ...] = ()
    """What the HIT type asked for and the worker allowed."""
    language: str = "en"
    theme: str = "auto"


@lru_cache(maxsize=256)
def seal(secret: bytes, world: str, ticket: Ticket) -> str:
    """The ticket as text that nobody can guess or change."""
    devices = "".join(str(number) for number, name in enumerate(DEVICES) if name in ticket.devices)
    position = (ticket.hit_id, ticket.assignment_id, ticket.worker_id, ticket.ends_at)
    return tokens.seal(secret, f"frame {world}", (*position, devices, ticket.language, ticket.theme))


@lru_cache(maxsize=256)
def unseal(secret: bytes, world: str, text: str) -> Ticket:
    """The ticket, whether or not it has ended. Raises `tokens.InvalidToken`."""
    hit, assignment, worker, ends_at, devices, language, theme = tokens.unseal(secret, f"frame {world}", text)
    allowed = tuple(DEVICES[int(digit)] for digit in str(devices))
    return Ticket(str(hit), str(assignment), str(worker), int(ends_at), allowed, str(language), str(theme))


def seal_media(secret: bytes, world: str, *, hit_id: str, assignment_id: str, name: str, ends_at: int) -> str:
    """A ticket for one of a requester's media, bound to an assignment, or in a preview to its HIT."""
    shown = ("A", assignment_id) if assignment_id else ("H", hit_id)
    return tokens.seal(secret, f"media {world}", (*shown, name, ends_at))


def unseal_media(secret: bytes, world: str, text: str) -> tuple[str, str, str, int]:
    """`A` or `H`, the id of the assignment or HIT, the name, the end. Raises `tokens.InvalidToken`."""
    kind, shown, name, ends_at = tokens.unseal(secret, f"media {world}", text)
    return str(kind), str(shown), str(name), int(ends_at)


def nonce(secret: bytes, world: str, *, hit_id: str, assignment_id: str) -> str:
    """What every message between a frame's content and the page around it carries."""
    return _derived(secret, f"frame nonce {world} {assignment_id or hit_id}")


def receipt(secret: bytes, world: str, *, assignment_id: str) -> str:
    """What proves to the page around a frame that an assignment was submitted: content never knows it."""
    return _derived(secret, f"frame receipt {world} {assignment_id}")


def _derived(secret: bytes, text: str) -> str:
    return hmac.digest(secret, text.encode(), hashlib.sha256).hex()[:_NONCE_LETTERS]


def parameters(*, hit_id: str, assignment_id: str, worker_id: str, submit_to: str) -> str:
    """The query that a task's page is given, in MTurk's order; a preview names no worker and no place."""
    given = [("assignmentId", assignment_id or NO_ASSIGNMENT), ("hitId", hit_id)]
    if assignment_id:
        given += [("workerId", worker_id), ("turkSubmitTo", submit_to)]
    return urlencode(given)


def with_parameters(url: str, query: str) -> str:
    """The address with more parameters: behind those it has, and before its fragment."""
    address, hash_sign, fragment = url.partition("#")
    joint = ("" if address.endswith(("?", "&")) else "&") if "?" in address else "?"
    return f"{address}{joint}{query}{hash_sign}{fragment}"


@lru_cache(maxsize=1024)
def origin_of(url: str) -> str:
    """Scheme, host and port of an http or https address, as browsers compare them; empty for any other."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".")
    if scheme not in _PORTS or not host:
        return ""
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}" if port in (None, _PORTS[scheme]) else f"{scheme}://{host}:{port}"


@lru_cache(maxsize=4)
def sandbox(*, same_origin: bool, dialogs: bool = False) -> str:
    """The `sandbox` attribute of a task's frame, which is also the sandbox of our content's own policy.

    Never in it: navigation of the whole page, downloads, pointer lock. Pages that are opened in windows of
    their own (surveys) are free of it, or nothing would work in them.
    """
    words = ["allow-scripts", "allow-forms", "allow-popups", "allow-popups-to-escape-sandbox"]
    if dialogs:
        words.append("allow-modals")
    if same_origin:
        words.append("allow-same-origin")
    return " ".join(words)


_FEATURES = {
    "camera": ("camera",),
    "microphone": ("microphone",),
    "geolocation": ("geolocation",),
    "fullscreen": ("fullscreen",),
    "clipboard": ("clipboard-read", "clipboard-write"),
}
_CLOSED = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "clipboard-write",
    "compute-pressure",
    "display-capture",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "otp-credentials",
    "payment",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)


def _features(devices: Collection[str]) -> list[str]:
    return [feature for name in DEVICES if name in devices for feature in _FEATURES[name]]


def permissions_policy(devices: Collection[str]) -> str:
    """The Permissions-Policy of a content document: everything closed but what the worker allowed.

    An open one is `*`: what reaches the frame at all, the `allow` attribute of its element decides.
    """
    opened = set(_features(devices))
    return ", ".join(f"{name}={'*' if name in opened else '()'}" for name in _CLOSED)


def allow(devices: Collection[str]) -> str:
    """The `allow` attribute of a task's frame: what the worker allowed, for its own page alone."""
    return "; ".join(_features(devices))
