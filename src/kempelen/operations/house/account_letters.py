"""Letters about somebody's own account: written in their language, sent after the transaction."""

from __future__ import annotations

from urllib.parse import quote

from kempelen.operation import Call
from kempelen.rules import letters, sign_in
from kempelen.store import attempts, outbox
from kempelen.store.profiles import Profile

CONFIRM = "/account/confirmation"
RESET = "/account/new-password"
STANDING = "/account/standing"
FORGOTTEN = "/account/forgotten-password"
"""Where the links of letters lead on the site. The first two carry `?token=`; a page there asks before it
acts, for mail programs open links by themselves."""


def send(
    call: Call, person: Profile, kind: str, *, path: str = "", to: str | None = None, **facts: str
) -> None:
    """Write to a person, or to another address that is to be theirs. `kind`: of `rules.letters`."""
    link = call.traits.sign_in.site + path
    subject, text = letters.letter(person.site_language, kind, link=link, **facts)
    payload = {"worker": person.key, "subject": subject, "text": text, "choice": "account"}
    if to is not None:
        payload["address"] = to
    outbox.put(call, kind="mail", lane="mail", payload=payload)


def may_send(call: Call, person: Profile, kind: str) -> bool:
    """Whether one more of a kind may go out, which strangers can cause: a few in an hour. Counts it."""
    key = attempts.mark(call, f"mail {kind}", str(person.key))
    return attempts.count(call, key, window=sign_in.HOUR) <= sign_in.MAILS_AN_HOUR


def with_token(path: str, token: str) -> str:
    """The path of a link that carries a token."""
    return f"{path}?token={quote(token, safe='')}"
