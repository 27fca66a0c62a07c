"""One's own sessions: which there are, and ending them."""

from __future__ import annotations

from typing import Any

from kempelen.errors import Refusal
from kempelen.operation import Call, Role, command, query
from kempelen.store import sessions


class SessionDoesNotExist(Refusal):
    """You have no session {session_id}; it may have ended."""

    code = "Kempelen.SessionDoesNotExist"
    page_status = 404


def current(call: Call) -> str:
    """The public id of the session the acting person came with."""
    return call.actor.credential.partition(":")[2]


@query("ListSessions", by=Role.PERSON, in_house=True)
def list_sessions(call: Call) -> dict[str, Any]:
    """Where one is signed in, the newest first; fifty at most."""
    found = sessions.of_person(call, call.actor.account)
    return {
        "Sessions": [
            {
                "SessionId": each.public_id,
                "Current": each.public_id == current(call),
                "CreationTime": each.created_at,
                "LastSeenTime": each.seen_at,
                "ExpirationTime": each.expires_at,
                "UserAgent": each.user_agent,
                "Address": each.address,
            }
            for each in found
        ],
        "NumResults": len(found),
    }


@command("ContinueSession", by=Role.PERSON, in_house=True)
def continue_session(call: Call) -> dict[str, Any]:
    """Note that the session one came with is in use, so that it does not end for being idle."""
    for each in sessions.of_person(call, call.actor.account):
        if each.public_id == current(call):
            return {"ExpirationTime": sessions.seen(call, call.actor.account, each)}
    raise SessionDoesNotExist(session_id=current(call))


@command("EndSession", by=Role.PERSON, in_house=True)
def end_session(call: Call, *, session_id: str) -> None:
    """End one of one's own sessions. Raises `SessionDoesNotExist`."""
    if not sessions.end(call, call.actor.account, session_id):
        raise SessionDoesNotExist(session_id=session_id)


@command("EndOtherSessions", by=Role.PERSON, in_house=True)
def end_other_sessions(call: Call) -> dict[str, Any]:
    """End all of one's sessions but the one one came with; how many."""
    return {"NumResults": sessions.end_others(call, call.actor.account, but=current(call))}


@command("SignOut", by=Role.PERSON, in_house=True)
def sign_out(call: Call) -> None:
    """End the session one came with; nothing if it has ended."""
    sessions.end(call, call.actor.account, current(call))
