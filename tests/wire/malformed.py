"""A seeded grammar of requests that are wrong in every way we could think of.

A `Case` is bytes for one connection. Half are HTTP and signatures gone wrong; half are rightly signed
nonsense made from the contract's own shapes: every member of every operation, in every wrong type and size.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from faults.signed import Key, signed_headers
from kempelen.app import KEMPELEN
from kempelen.contract import MTURK, Contract, load
from kempelen.operation import REGISTER, Role
from people import external_question

CONTRACTS: tuple[Contract, ...] = (load(MTURK), load(KEMPELEN))
TARGETS = [f"{each.target_prefix}.{name}" for each in CONTRACTS for name in sorted(each.operations)]
MOVES_MONEY = frozenset({"Deposit"})
"""What an operator's nonsense is not made of: it may be right by chance."""


@dataclass(frozen=True, slots=True)
class Case:
    """One connection's worth of bytes."""

    label: str
    data: bytes
    may_be: frozenset[int] = frozenset()
    """Answers of 500 and above that are right: 501 and 505 say what HTTP is not spoken here."""


@dataclass(frozen=True, slots=True)
class Signers:
    """Who signs the nonsense, none of whom has money, and ids of things that exist."""

    keys: dict[Role, Key]
    host: str
    ids: dict[str, str]
    clock: Callable[[], int]


TEXTS = (
    "",
    " ",
    "\n",
    "\x00",
    "\x7f",
    "\u202e",
    "\ufeff",
    "é" * 3,
    "🐱" * 50,
    "a" * 300,
    "A" * 70_000,
    "%s%n",
    "'; --",
    "<script>",
    "../../etc/passwd",
    "${jndi:x}",
    "0",
    "-1",
    "null",
    "true",
    "NaN",
    "1e400",
    "３",
    "i\u0307",
    "\u0000a",
)
NUMBERS = (
    0,
    -1,
    1,
    2**31,
    2**31 - 1,
    2**63,
    2**63 - 1,
    -(2**63) - 1,
    10**30,
    0.5,
    -0.0,
    1e308,
    1e-308,
    True,
)
MONEY = (
    "",
    "0",
    "0.0",
    "0.00",
    "-1",
    "-0.01",
    "+1",
    "1,00",
    "1.000",
    "0.001",
    "1e3",
    "1000000.01",
    "9" * 40,
    "٣.٠٠",
    "1.",
    ".5",
    "0x1",
    "1.00\n",
    " 1.00",
    "1.00 ",
    "NaN",
    "Infinity",
    "00000000000.01",
    "1.0.0",
    "１.００",
)
WRONG: tuple[Any, ...] = (
    None,
    [],
    {},
    [None],
    [[]],
    {"a": 1},
    "",
    0,
    1.5,
    True,
    False,
    [{}],
    {"": {}},
    "x" * 3,
)
BODIES = (
    b"",
    b"{",
    b"}",
    b"[]",
    b"null",
    b"1",
    b'"a"',
    b"{}{}",
    b"{} x",
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b'{"a":NaN}',
    b'{"a":Infinity}',
    b'{"a":1e999}',
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"a":"\\ud800"}',
    b'{"a":"\xed\xa0\x80"}',
    b'{"HITId":"\\u0000"}',
    b'{"a":01}',
    b'{"a":1,}',
    b"{'a':1}",
    b'{"a":"\n"}',
    b"{\x00}",
    b'{"HITId":"a","HITId":1}',
    b'{"' + b"a" * 1_000_000 + b'":1}',
    b'{"a":' + b"9" * 100_000 + b"}",
    b" " * 1_000_000,
    b"{}" + b"\n" * 9,
)
WRONG_DATES = ("", "x", "20200101T000000Z", "9" * 16, "20261399T250000Z")
SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas"
QUESTIONS = (
    "",
    "<",
    "<a/>",
    "<a>" * 20_000,
    "not xml",
    "<?xml version='1.0' encoding='utf-7'?><a/>",
    "\ufeff<a/>",
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    '<!DOCTYPE z [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;">]><z>&c;</z>',
    f'<ExternalQuestion xmlns="{SCHEMAS}/2006-07-14/ExternalQuestion.xsd"/>',
    external_question("a").replace("https:", "javascript:"),
    external_question("a").replace("600", "9" * 99),
    external_question("a").replace("https://example.org/a", "https://[::1"),
    external_question("a").replace("</FrameHeight>", "</FrameHeight><More/>"),
    f'<HTMLQuestion xmlns="{SCHEMAS}/2011-11-11/HTMLQuestion.xsd"><HTMLContent><![CDATA[]]></HTMLContent>'
    "<FrameHeight>-1</FrameHeight></HTMLQuestion>",
    f'<QuestionForm xmlns="{SCHEMAS}/2017-11-06/QuestionForm.xsd">' + "<Question>" * 500,
    external_question("&#0;"),
    external_question("\x00"),
    external_question("&undefined;"),
)
TOKENS = ("", "a", "p1:", "=" * 9, "A" * 5_000, "..", "\x00", "eyJhbGciOiJub25lIn0.e30.", "é", "0" * 64)


class Grammar:
    """Requests without end, the same for the same seed."""

    def __init__(self, signers: Signers, *, seed: int) -> None:
        self._signers = signers
        self._chance = random.Random(seed)
        self._examples = {name: self._valid(name) for each in CONTRACTS for name in each.operations}
        self._kinds: tuple[tuple[int, Callable[[], Case]], ...] = (
            (15, self._broken_http),
            (10, self._broken_head),
            (15, self._broken_signature),
            (10, self._broken_body),
            (40, self._wrong_member),
            (5, self._wrong_question),
            (5, self._several_wrong),
        )

    def cases(self) -> Iterator[Case]:
        """One request after the other."""
        weights = [weight for weight, _ in self._kinds]
        while True:
            ((_, make),) = self._chance.choices(self._kinds, weights)
            yield make()

    def _pick(self, options: Any) -> Any:
        return options[self._chance.randrange(len(options))]

    # HTTP

    def _broken_http(self) -> Case:
        host = f"Host: {self._signers.host}\r\n".encode()
        method = self._pick(
            (b"GET", b"POST", b"TRACE", b"CONNECT", b"BREW", b"", b"P\x00ST", b"post", b"PRI")
        )
        path = self._pick(
            (b"/", b"*", b"//", b"/%00", b"/\xff", b"http://x/", b"/" + b"a" * 70_000, b"", b"/../..")
        )
        version = self._pick(
            (b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"HTTP/9", b"", b"http/1.1", b"HTTP/1.1 x")
        )
        whole = (
            self._chance.randbytes(self._chance.randrange(1, 400)),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
            b"\r\n" * 1_000,
            method + b" " + path + b" " + version + b"\r\n" + host + b"\r\n",
            method + b" " + path + b" " + version + b"\n" + host + b"\n",
            b"POST / HTTP/1.1\r\n" + host + b"Content-Length: 10\r\n\r\nabc",
            b"POST / HTTP/1.1\r\n"
            + host
            + b"Transfer-Encoding: chunked\r\n\r\n"
            + self._pick(
                (
                    b"zz\r\n",
                    b"-1\r\n",
                    b"ffffffffffffffff\r\n",
                    b"3\r\nabcd\r\n",
                    b"1;" + b"x" * 70_000,
                    b"0\r\n",
                )
            ),
        )
        return Case("http", self._pick(whole), frozenset({501, 505}))

    def _broken_head(self) -> Case:
        lines = [b"Host: " + self._signers.host.encode()]
        odd = (
            b"Content-Length: -1",
            b"Content-Length: 1, 2",
            b"Content-Length: 1\r\nContent-Length: 2",
            b"no colon",
            b"Content-Length: 99999999999999999999",
            b"Transfer-Encoding: chunked, gzip",
            b" folded: x",
            b": empty",
            b"Content-Length: 2\r\nTransfer-Encoding: chunked",
            b"Host: other",
            b"X: \x00",
            b"X: " + b"y" * 70_000,
            b"Expect: 200-maybe",
            b"Connection: upgrade\r\nUpgrade: websocket",
            b"X-Amz-Target: a\r\nX-Amz-Target: b",
            b"\r\n".join(b"X-%d: y" % number for number in range(300)),
            b"Content-Encoding: gzip",
            b"Na\xefve: x",
        )
        lines += [self._pick(odd) for _ in range(self._chance.randrange(1, 4))]
        self._chance.shuffle(lines)
        head = b"POST / HTTP/1.1\r\n" + b"\r\n".join(lines) + b"\r\n\r\n"
        return Case("head", head + self._pick((b"", b"{}", b"0\r\n\r\n")), frozenset({501}))

    # Signatures

    def _broken_signature(self) -> Case:
        body, target = b"{}", self._pick(TARGETS)
        headers = self._signed(target, body)
        said = headers["authorization"]
        changes: tuple[Callable[[], Any], ...] = (
            lambda: headers.pop(self._pick(sorted(headers))),
            lambda: headers.update(authorization=said[: self._chance.randrange(len(said))]),
            lambda: headers.update(
                authorization=said.replace("AWS4-HMAC-SHA256", self._pick(("AWS4", "Basic", "")))
            ),
            lambda: headers.update(authorization=said[:-1] + ("0" if said[-1] != "0" else "1")),
            lambda: headers.update(
                authorization=said.replace("Credential=", f"Credential={self._pick(TEXTS)[:99]}/")
            ),
            lambda: headers.update(authorization=said.replace("host;", "")),
            lambda: headers.update(authorization=said + "," + said),
            lambda: headers.update({"x-amz-date": self._pick(WRONG_DATES)}),
            lambda: headers.update(
                {"x-amz-target": self._pick(("", "x.y", target.lower(), target + "\t", "." * 9_000))}
            ),
            lambda: headers.update({"x-amz-content-sha256": self._pick(("UNSIGNED-PAYLOAD", "x", "0" * 64))}),
            lambda: headers.update({"x-amz-security-token": "x" * self._pick((1, 9_000))}),
            lambda: headers.update({"x-amz-unsigned": "1"}),
        )
        self._pick(changes)()
        return Case("signature", _post(headers, body))

    # Rightly signed

    def _broken_body(self) -> Case:
        return self._sent("body", self._pick(TARGETS), self._pick(BODIES))

    def _wrong_member(self) -> Case:
        contract = self._pick(CONTRACTS)
        name = self._pick(sorted(contract.operations))
        payload = json.loads(json.dumps(self._examples[name]))
        shapes = contract.model["shapes"]
        shape = shapes[contract.model["operations"][name]["input"]["shape"]]
        path = self._spoil(payload, shape, shapes, depth=0)
        return self._sent(f"{name} {path}", f"{contract.target_prefix}.{name}", _json(payload))

    def _wrong_question(self) -> Case:
        name = self._pick(("CreateHIT", "CreateHITWithHITType", "CreateQualificationType"))
        member = "Test" if name == "CreateQualificationType" else "Question"
        payload = dict(self._examples[name]) | {member: self._pick(QUESTIONS)}
        if member == "Test":
            payload |= {"AnswerKey": self._pick(QUESTIONS), "TestDurationInSeconds": 60}
        return self._sent(f"{name} {member}", f"{CONTRACTS[0].target_prefix}.{name}", _json(payload))

    def _several_wrong(self) -> Case:
        contract = self._pick(CONTRACTS)
        name = self._pick(sorted(contract.operations))
        members = sorted(contract.operations[name].input_members) or ["Nothing"]
        anything = (*WRONG, *TEXTS[:12], *NUMBERS, *MONEY)
        payload = {each: self._pick(anything) for each in members if self._chance.random() < 0.7}
        payload |= {"Unknown" + str(self._chance.randrange(9)): self._nested(self._chance.randrange(60))}
        return self._sent(f"{name} several", f"{contract.target_prefix}.{name}", _json(payload))

    def _spoil(
        self, payload: dict[str, Any], shape: dict[str, Any], shapes: dict[str, Any], *, depth: int
    ) -> str:
        """Make one member wrong, at any depth; answers which."""
        members = sorted(shape.get("members", {}))
        if not members:
            payload["Unknown"] = self._nested(50)
            return "Unknown"
        name = self._pick(members)
        inner = shapes[shape["members"][name]["shape"]]
        if depth < 6 and inner["type"] == "structure" and self._chance.random() < 0.7:
            payload[name] = payload.get(name) if isinstance(payload.get(name), dict) else {}
            return f"{name}.{self._spoil(payload[name], inner, shapes, depth=depth + 1)}"
        if inner["type"] == "list" and self._chance.random() < 0.7:
            return (
                f"{name}[] {self._spoil_list(payload, name, shapes[inner['member']['shape']], shapes, depth)}"
            )
        payload[name] = self._pick(self._values_for(name, inner))
        return name

    def _spoil_list(
        self, payload: dict[str, Any], name: str, member: dict[str, Any], shapes: dict[str, Any], depth: int
    ) -> str:
        if member["type"] == "structure" and depth < 6:
            payload[name] = [{}]
            return self._spoil(payload[name][0], member, shapes, depth=depth + 1)
        one = self._pick(self._values_for(name, member))
        payload[name] = [one] * self._pick((1, 2, 100, 5_000))
        return "many"

    def _values_for(self, name: str, shape: dict[str, Any]) -> tuple[Any, ...]:
        if shape.get("enum"):
            return (*shape["enum"], *WRONG, *(each.lower() for each in shape["enum"]), "x" * 99)
        if "Reward" in name or "Amount" in name:
            return (*MONEY, *NUMBERS, *WRONG)
        if name == "NextToken":
            return (*TOKENS, *WRONG)
        kinds: dict[str, tuple[Any, ...]] = {
            "integer": (*NUMBERS, *WRONG, "1"),
            "long": (*NUMBERS, *WRONG, "1"),
            "timestamp": (*NUMBERS, *TEXTS, "2026-01-01", "2026-13-01T00:00:00Z", *WRONG),
            "boolean": (*WRONG, "true", 1),
        }
        return kinds.get(
            shape["type"], (*TEXTS, *WRONG, *NUMBERS, "3" + "A" * 29, *self._signers.ids.values())
        )

    def _nested(self, depth: int) -> Any:
        value: Any = self._pick(TEXTS)
        for _ in range(depth):
            value = [value] if self._chance.random() < 0.5 else {"a": value}
        return value

    def _valid(self, name: str) -> dict[str, Any]:
        """A payload in which each required member is of the right kind."""
        contract = next(each for each in CONTRACTS if name in each.operations)
        shapes = contract.model["shapes"]
        shape = shapes[contract.model["operations"][name]["input"]["shape"]]
        required = {member: shape["members"][member]["shape"] for member in shape.get("required", ())}
        made = {member: self._valid_value(member, shapes[kind]) for member, kind in required.items()}
        return made | (
            {"Question": external_question()} if name.startswith("CreateHIT") and "HIT" in name[-12:] else {}
        )

    def _valid_value(self, name: str, shape: dict[str, Any]) -> Any:
        if name in self._signers.ids:
            return self._signers.ids[name]
        if shape.get("enum"):
            return shape["enum"][0]
        by_type: dict[str, Any] = {
            "integer": 60,
            "long": 60,
            "boolean": True,
            "timestamp": 1_800_000_000,
            "list": [],
        }
        return by_type.get(
            shape["type"], {} if shape["type"] in ("structure", "map") else self._text_for(name)
        )

    def _text_for(self, name: str) -> str:
        return "0.05" if "Reward" in name or "Amount" in name else "some text"

    def _sent(self, label: str, target: str, body: bytes) -> Case:
        return Case(label, _post(self._signed(target, body), body))

    def _signed(self, target: str, body: bytes) -> dict[str, str]:
        key = self._key_for(target.partition(".")[2])
        return signed_headers(key, target, body, self._signers.host, now=self._signers.clock())

    def _key_for(self, operation: str) -> Key:
        """Mostly somebody who may call it; the rest is for the authorisation to refuse."""
        keys = dict(self._signers.keys)
        if operation in MOVES_MONEY:
            del keys[Role.OPERATOR]
        declared = REGISTER.get(operation)
        may = [key for role, key in keys.items() if declared is not None and role in declared.by]
        one: Key = self._pick(may if may and self._chance.random() < 0.9 else tuple(keys.values()))
        return one


def _json(payload: Any) -> bytes:
    return json.dumps(payload).encode()


def _post(headers: dict[str, str], body: bytes) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"POST / HTTP/1.1\r\n{lines}content-length: {len(body)}\r\n\r\n"
    return head.encode("utf-8", "surrogatepass") + body
