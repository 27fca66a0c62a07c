"""Proof of work: a second or two of a visitor's computer instead of a puzzle for the visitor.

The protocol is ALTCHA's first: find the number whose SHA-256 after the salt is the challenge.
"""

from __future__ import annotations

import json
from urllib.parse import parse_qs

from kempelen.rules.ids import RandomSource

LIFE = 600_000
"""How long a challenge may be worked on, in milliseconds."""
HARDEST = 400_000
"""The greatest number to be found; half as many hashes are needed on average."""
LONGEST = 2_000


def challenge(secret: bytes, source: RandomSource, now: int) -> str:
    """A challenge as JSON: `algorithm`, `challenge`, `maxnumber`, `salt`, `signature`."""
    from altcha.v1 import create_challenge

    made = create_challenge(
        algorithm="SHA-256",
        max_number=HARDEST,
        salt_length=12,
        hmac_key=secret,
        salt=f"{source.getrandbits(96):024x}?until={now + LIFE}",
        number=source.getrandbits(64) % (HARDEST + 1),
        expires=None,
        params=None,
    )
    return json.dumps(
        {
            "algorithm": made.algorithm,
            "challenge": made.challenge,
            "maxnumber": HARDEST,
            "salt": made.salt,
            "signature": made.signature,
        }
    )


def solved(secret: bytes, proof: str, now: int) -> tuple[str, int] | None:
    """The name of the challenge that this solves and when it ends; None if it solves none of ours in time.

    `proof` is base64 of JSON: `algorithm`, `challenge`, `number`, `salt`, `signature`. Whoever takes it must
    see to it that each name is taken once.
    """
    from altcha.v1 import verify_solution

    if len(proof) > LONGEST:
        return None
    try:
        right, _ = verify_solution(proof, secret, check_expires=False)
        if not right:
            return None
        salt, name = _salt_and_name(proof)
        until = int(parse_qs(salt.partition("?")[2].rstrip("&"))["until"][0])
    except Exception:  # a parser of hostile text, not of ours: it raises many kinds
        return None
    return (name, until) if now < until else None


def _salt_and_name(proof: str) -> tuple[str, str]:
    import base64

    facts = json.loads(base64.b64decode(proof))
    return str(facts["salt"]), str(facts["signature"])
