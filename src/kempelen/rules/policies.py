"""Policies: which operations a key or person may call, in the language of AWS IAM's policy documents.

A document is parsed once, into closures; a decision is then a few dictionary look-ups. The rules are IAM's:
nothing is allowed that no statement allows, and one statement that denies wins over all that allow (AWS IAM
User Guide, "Policy evaluation logic" and "IAM JSON policy elements reference"). What this program cannot
honour (principals, policy variables, set operators, unknown keys) is refused when the policy is written: a
clause that silently never matches is how a policy says less, or more, than its author believes.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from kempelen.errors import Refusal

VERSIONS = ("2012-10-17", "2008-10-17")
LARGEST_DOCUMENT = 6_144
"""Characters of a document written without white space: IAM's limit for a managed policy."""
LARGEST_TEXT = 4 * LARGEST_DOCUMENT
"""Characters of a document as it came, white space included."""
LONGEST_VALUE = 512
"""Characters of one pattern or value, so that no single match is expensive."""
LONGEST_FACT = 1_024
"""Characters of a fact that patterns look at: a longer User-Agent is judged by its beginning."""
LARGEST_MEMO = 1_024
"""Pairs of action and resource a policy remembers the statements of."""

CONDITION_KEYS = (
    "aws:SourceIp",
    "aws:SecureTransport",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:UserAgent",
    "kempelen:World",
)
"""The facts conditions may ask for, as a request's context spells them; documents may use any case."""


class MalformedPolicy(Refusal):
    """The policy document is not accepted at {where}: {reason}"""

    code = "MalformedPolicyDocument"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: an action such as `mechanicalturk:CreateHIT`, and the facts that conditions look at.

    `context` maps keys as `CONDITION_KEYS` spells them to text: an address, `true` or `false`, a time in ISO
    8601, seconds since 1970, a User-Agent, the name of a world. A fact that is not known is left out.
    """

    action: str
    resource: str = "*"
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the request may go ahead, and which statement settled it: a sentence for the audit trail."""

    allowed: bool
    reason: str


Covers = Callable[[str], bool]
Holds = Callable[[Mapping[str, str]], bool]


@dataclass(frozen=True, slots=True)
class Statement:
    """One parsed statement: what it covers, what must hold, and the decision it makes then."""

    allows: bool
    covers_action: Covers
    covers_resource: Covers
    conditions: tuple[Holds, ...]
    decision: Decision

    def applies(self, context: Mapping[str, str]) -> bool:
        return all(holds(context) for holds in self.conditions) if self.conditions else True


Memo = dict[tuple[str, str], tuple[Statement, ...]]


@dataclass(frozen=True, slots=True)
class Policy:
    """A parsed policy document. Safe to share between threads."""

    name: str
    statements: tuple[Statement, ...]
    memo: Memo = field(default_factory=dict, compare=False, repr=False)

    def covering(self, action: str, resource: str) -> tuple[Statement, ...]:
        """The statements about this action and resource, those that deny first."""
        known = self.memo.get((action, resource))
        if known is not None:
            return known
        found = (each for each in self.statements if each.covers_action(action))
        about = [each for each in found if each.covers_resource(resource)]
        ordered = tuple(sorted(about, key=lambda each: each.allows))
        if len(self.memo) >= LARGEST_MEMO:
            self.memo.clear()
        self.memo[action, resource] = ordered
        return ordered


def decide(policies: Sequence[Policy], request: Request) -> Decision:
    """Whether these policies together allow the request. Without any policy nothing is allowed."""
    allowed: Decision | None = None
    for policy in policies:
        for statement in policy.covering(request.action, request.resource):
            if statement.allows and allowed is not None:
                break
            if statement.applies(request.context):
                if not statement.allows:
                    return statement.decision
                allowed = statement.decision
    return allowed or Decision(False, f"No statement allows {request.action}.")


def decide_without_facts(policies: Sequence[Policy], action: str) -> bool | None:
    """The decision where no condition has a say; None where one must look at the facts of the request."""
    allowed = False
    for policy in policies:
        for statement in policy.covering(action, "*"):
            if statement.conditions:
                return None
            if not statement.allows:
                return False
            allowed = True
    return allowed


def parse(document: Mapping[str, Any] | str, *, name: str = "policy") -> Policy:
    """The policy a document describes; `name` appears in the reasons of its decisions.

    Raises `MalformedPolicy`, which says where and why, for everything that would not be evaluated as written.
    """
    body = _object(_loaded(document), where="the document", known=("Version", "Id", "Statement"))
    if body.get("Version", VERSIONS[0]) not in VERSIONS:
        reason = f"it must be {VERSIONS[0]}, not {_shown(body['Version'])}."
        raise MalformedPolicy(where="Version", reason=reason)
    if not isinstance(body.get("Id", ""), str):
        raise MalformedPolicy(where="Id", reason="it must be a string.")
    written = body.get("Statement", [])
    listed: list[Any] = written if isinstance(written, list) else [written]
    if not listed:
        raise MalformedPolicy(where="Statement", reason="there must be at least one statement.")
    statements = tuple(_statement(each, number, name) for number, each in enumerate(listed))
    sids = [each["Sid"] for each in listed if each.get("Sid")]
    if len(sids) != len(set(sids)):
        raise MalformedPolicy(where="Statement", reason="every Sid must be unique within the document.")
    return Policy(name, statements)


def _loaded(document: Mapping[str, Any] | str) -> object:
    try:
        text = document if isinstance(document, str) else json.dumps(document, allow_nan=False)
        if len(text) > LARGEST_TEXT:
            reason = f"it is longer than {LARGEST_TEXT} characters."
            raise MalformedPolicy(where="the document", reason=reason)
        loaded = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_constant)
        size = len(json.dumps(loaded, ensure_ascii=False, separators=(",", ":")))
    except RecursionError:
        raise MalformedPolicy(where="the document", reason="it is nested too deeply.") from None
    except (ValueError, TypeError) as error:
        raise MalformedPolicy(where="the document", reason=f"it is not JSON: {_shown(str(error))}.") from None
    if size > LARGEST_DOCUMENT:
        reason = f"it has {size} characters without white space; {LARGEST_DOCUMENT} are allowed."
        raise MalformedPolicy(where="the document", reason=reason)
    return loaded


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is given twice")
    return members


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not a JSON value")


def _statement(written: object, number: int, policy: str) -> Statement:
    where = f"Statement[{number}]"
    known = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition")
    body = _object(written, where=where, known=known)
    effect, sid = body.get("Effect"), body.get("Sid", "")
    if effect not in ("Allow", "Deny"):
        reason = f"it must be Allow or Deny, not {_shown(effect)}."
        raise MalformedPolicy(where=f"{where}.Effect", reason=reason)
    if not isinstance(sid, str) or not re.fullmatch(r"[0-9A-Za-z]{0,128}", sid):
        raise MalformedPolicy(where=f"{where}.Sid", reason="it has at most 128 letters and digits.")
    title = f"statement {number}{f' ({sid})' if sid else ''} of {policy}"
    return Statement(
        allows=effect == "Allow",
        covers_action=_element(body, "Action", where),
        covers_resource=_element(body, "Resource", where),
        conditions=_conditions(body.get("Condition", {}), f"{where}.Condition"),
        decision=Decision(effect == "Allow", f"{'Allowed' if effect == 'Allow' else 'Denied'} by {title}."),
    )


_ACTION = re.compile(r"\*|[A-Za-z0-9*?_-]+:[A-Za-z0-9*?_-]+")


def _element(body: Mapping[str, Any], element: str, where: str) -> Covers:
    """What `Action` or `NotAction` (`Resource` or `NotResource`) of a statement covers."""
    given = [each for each in (element, f"Not{element}") if each in body]
    if len(given) != 1:
        raise MalformedPolicy(where=where, reason=f"it must have either {element} or Not{element}.")
    place = f"{where}.{given[0]}"
    patterns = _strings(body[given[0]], place)
    if element == "Action":
        for pattern in patterns:
            if not _ACTION.fullmatch(pattern):
                reason = f"{_shown(pattern)} is not an action such as mechanicalturk:CreateHIT."
                raise MalformedPolicy(where=place, reason=reason)
    # ASCII alone: the Kelvin sign must not pass for a K.
    flags = re.IGNORECASE | re.ASCII if element == "Action" else re.ASCII
    matches = _like(patterns, flags=flags)
    return (lambda text: not matches(text)) if given[0].startswith("Not") else matches


def _conditions(written: object, where: str) -> tuple[Holds, ...]:
    """One closure for each operator and key: all must hold."""
    held: list[Holds] = []
    for name, clauses in _object(written, where=where).items():
        for key, values in _object(clauses, where=f"{where}.{_shown(name)}").items():
            place = f"{where}.{_shown(name)}.{_shown(key)}"
            fact = _KEYS.get(key.lower())
            if fact is None:
                reason = f"the key is not known; known are {', '.join(CONDITION_KEYS)}."
                raise MalformedPolicy(where=place, reason=reason)
            held.append(_condition(name, fact, _strings(values, place, scalars=True), place))
    return tuple(held)


_KEYS = {key.lower(): key for key in CONDITION_KEYS}


def _condition(name: str, fact: str, values: list[str], where: str) -> Holds:
    """A missing fact fails every operator, save those that say *not*, those ending in IfExists, and Null."""
    if name == "Null":
        return _null(fact, values, where)
    compiled = _OPERATORS.get(name.removesuffix("IfExists"))
    if compiled is None:
        raise MalformedPolicy(where=where, reason=f"the operator {_shown(name)} is not known.")
    compile_values, negated = compiled
    try:
        matches = compile_values(values)
    except ValueError as error:
        raise MalformedPolicy(where=where, reason=str(error)) from None
    when_missing = negated or name.endswith("IfExists")

    def holds(context: Mapping[str, str]) -> bool:
        value = context.get(fact)
        return when_missing if value is None else matches(value) is not negated

    return holds


def _null(fact: str, values: list[str], where: str) -> Holds:
    if any(value.lower() not in ("true", "false") for value in values):
        raise MalformedPolicy(where=where, reason="Null is compared with true or false.")
    accepted = {value.lower() == "true" for value in values}
    return lambda context: (context.get(fact) is None) in accepted


Matches = Callable[[str], bool]


def _equals(values: list[str]) -> Matches:
    return frozenset(values).__contains__


def _equals_in_any_case(values: list[str]) -> Matches:
    accepted = frozenset(value.casefold() for value in values)
    return lambda text: text.casefold() in accepted


def _like(values: list[str], *, flags: int = 0) -> Matches:
    pattern = re.compile("|".join(f"(?:{_wildcard(value)})" for value in values), flags | re.DOTALL)
    return lambda text: pattern.fullmatch(text[:LONGEST_FACT]) is not None


def _wildcard(pattern: str) -> str:
    """`*` for any run of characters and `?` for one, as a regular expression that does not backtrack.

    The first place where a piece between two stars fits is always as good as a later one, so each is taken in
    an atomic group, and the time is bounded by the text times the pattern.
    """
    pieces = pattern.split("*")
    first, *rest = ("".join("." if sign == "?" else re.escape(sign) for sign in each) for each in pieces)
    if not rest:
        return first
    middle = "".join(f"(?>.*?{piece})" for piece in rest[:-1] if piece)
    return f"{first}{middle}.*{rest[-1]}"


def _bool(values: list[str]) -> Matches:
    accepted = frozenset(value.lower() for value in values)
    if not accepted <= {"true", "false"}:
        raise ValueError("a Bool is compared with true or false.")
    return lambda text: text.lower() in accepted


def _within(values: list[str]) -> Matches:
    networks: list[tuple[int, int, int]] = []
    for value in values:
        try:
            network = ip_network(value, strict=False)
        except ValueError:
            raise ValueError(f"{_shown(value)} is not an address or a CIDR block.") from None
        networks.append((network.version, int(network.network_address), int(network.netmask)))

    def matches(text: str) -> bool:
        read = _address(text)
        if read is None:
            return False
        version, number = read
        return any(version == v and number & mask == start for v, start, mask in networks)

    return matches


@lru_cache(maxsize=4_096)
def _address(text: str) -> tuple[int, int] | None:
    """IP version and number; an IPv4 address that came through an IPv6 socket counts as IPv4."""
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.version, int(address)


_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,9})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{_shown(text)} is not a number of at most 18 digits.")
    return Decimal(text)


def _moment(text: str) -> Decimal:
    """Seconds since 1970 of an ISO 8601 date or time (UTC unless it says otherwise) or of a number."""
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    if not _DATE.fullmatch(text):
        raise ValueError(f"{_shown(text)} is not a time such as 2030-01-31T23:59:59Z.")
    try:
        moment = datetime.fromisoformat(text)
        since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH
    except (ValueError, OverflowError):
        raise ValueError(f"{_shown(text)} is not a time that exists.") from None
    return Decimal(since // timedelta(microseconds=1)) / 1_000_000


def _ordered(read: Callable[[str], Decimal], compare: Callable[[Decimal, Decimal], bool]) -> Compile:
    def compile_values(values: list[str]) -> Matches:
        bounds = [read(value) for value in values]

        def matches(text: str) -> bool:
            try:
                fact = read(text)
            except ValueError:
                return False
            return any(compare(fact, bound) for bound in bounds)

        return matches

    return compile_values


Compile = Callable[[list[str]], Matches]
_ORDERS = {
    "Equals": (operator.eq, False),
    "NotEquals": (operator.eq, True),
    "LessThan": (operator.lt, False),
    "LessThanEquals": (operator.le, False),
    "GreaterThan": (operator.gt, False),
    "GreaterThanEquals": (operator.ge, False),
}
_OPERATORS: dict[str, tuple[Compile, bool]] = {
    "StringEquals": (_equals, False),
    "StringNotEquals": (_equals, True),
    "StringEqualsIgnoreCase": (_equals_in_any_case, False),
    "StringNotEqualsIgnoreCase": (_equals_in_any_case, True),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    "Bool": (_bool, False),
    "IpAddress": (_within, False),
    "NotIpAddress": (_within, True),
    **{f"Numeric{name}": (_ordered(_number, test), negated) for name, (test, negated) in _ORDERS.items()},
    **{f"Date{name}": (_ordered(_moment, test), negated) for name, (test, negated) in _ORDERS.items()},
}
"""Each operator: how its values become a test that any of them passes, and whether it asks the contrary."""


def _object(written: object, *, where: str, known: Sequence[str] | None = None) -> dict[str, Any]:
    if not isinstance(written, dict):
        raise MalformedPolicy(where=where, reason=f"it must be an object, not {_shown(written)}.")
    for key in written:
        if known is not None and key not in known:
            raise MalformedPolicy(where=where, reason=f"{_shown(key)} is not an element that may stand here.")
    return written


def _strings(written: object, where: str, *, scalars: bool = False) -> list[str]:
    """The strings of a string or list; with `scalars`, Booleans and numbers are taken as text."""
    listed = written if isinstance(written, list) else [written]
    if not listed:
        raise MalformedPolicy(where=where, reason="the list is empty.")
    texts: list[str] = []
    for value in listed:
        if scalars and isinstance(value, bool | int | float):
            value = json.dumps(value)
        if not isinstance(value, str):
            raise MalformedPolicy(where=where, reason=f"{_shown(value)} is not a string.")
        if len(value) > LONGEST_VALUE:
            raise MalformedPolicy(where=where, reason=f"a value is longer than {LONGEST_VALUE} characters.")
        if "${" in value:
            raise MalformedPolicy(where=where, reason="policy variables (${...}) are not supported.")
        texts.append(value)
    return texts


def _shown(value: object) -> str:
    """A value as a sentence may repeat it: short, on one line."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = value if isinstance(value, str) else ascii(value)
    short = text if len(text) <= 60 else f"{text[:60]}…"
    return short if short.isprintable() else ascii(short)


def _allowing(*actions: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return {"Version": VERSIONS[0], "Statement": [statement]}


BUILT_IN_DOCUMENTS: Mapping[str, Mapping[str, Any]] = {
    "AmazonMechanicalTurkFullAccess": _allowing("mechanicalturk:*"),
    "AmazonMechanicalTurkReadOnly": _allowing("mechanicalturk:Get*", "mechanicalturk:List*"),
    "KempelenFullAccess": _allowing("mechanicalturk:*", "kempelen:*"),
    "KempelenReadOnly": _allowing(
        "mechanicalturk:Get*", "mechanicalturk:List*", "kempelen:Get*", "kempelen:List*"
    ),
}
"""The managed policies: AWS's two for Mechanical Turk by their own names, and two with our operations too."""

BUILT_IN: Mapping[str, Policy] = {
    name: parse(document, name=name) for name, document in BUILT_IN_DOCUMENTS.items()
}
"""The same, parsed."""
