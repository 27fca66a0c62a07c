"""A policy says who may call what: default deny, explicit deny wins, and nothing is silently ignored."""

from __future__ import annotations

import calendar
import json
import random
import time
from typing import Any

import pytest

from kempelen.rules.policies import (
    BUILT_IN,
    CONDITION_KEYS,
    LARGEST_DOCUMENT,
    MalformedPolicy,
    Request,
    decide,
    decide_without_facts,
    parse,
)

PAIRS = 20_000
"""Random (policy, request) pairs of the differential test; 10**6 take about six minutes."""


def allows(document: dict[str, Any], action: str = "mechanicalturk:CreateHIT", /, **facts: str) -> bool:
    context = {key: facts[key.partition(":")[2]] for key in CONDITION_KEYS if key.partition(":")[2] in facts}
    return decide([parse(document)], Request(action, context=context)).allowed


def statement(effect: str = "Allow", action: Any = "*", **rest: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": "*", **rest}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def conditional(operator: str, key: str, values: Any) -> dict[str, Any]:
    return policy(statement(Condition={operator: {key: values}}))


# Decision


def test_nothing_is_allowed_without_a_policy_that_allows_it():
    assert not decide([], Request("mechanicalturk:CreateHIT")).allowed
    assert not allows(policy(statement(action="mechanicalturk:GetHIT")))


def test_one_denial_wins_over_any_number_of_permissions_and_in_any_order():
    grant, denial = parse(policy(statement())), parse(policy(statement("Deny", "mechanicalturk:SendBonus")))
    for policies in ([grant, denial], [denial, grant], [grant, denial, grant]):
        assert not decide(policies, Request("mechanicalturk:SendBonus")).allowed
        assert decide(policies, Request("mechanicalturk:CreateHIT")).allowed


def test_the_reason_names_the_statement_that_settled_it():
    rules = parse(policy(statement(), statement("Deny", "*:SendBonus", Sid="NoBonus")), name="Interns")
    assert decide([rules], Request("a:SendBonus")).reason == "Denied by statement 1 (NoBonus) of Interns."
    assert decide([rules], Request("a:GetHIT")).reason == "Allowed by statement 0 of Interns."
    assert decide([], Request("a:GetHIT")).reason == "No statement allows a:GetHIT."


def test_a_single_statement_needs_no_list():
    assert allows({"Version": "2012-10-17", "Statement": statement()})


# Actions and resources


def test_action_names_match_in_any_case_but_only_ascii():
    assert allows(policy(statement(action="MechanicalTurk:createhit")))
    assert not allows(policy(statement(action="mechanicalturk:*")), "mechanicaltur\u212a:CreateHIT")


@pytest.mark.parametrize(
    ("pattern", "action", "covered"),
    [
        ("*", "kempelen:CreateKey", True),
        ("mechanicalturk:*", "kempelen:CreateKey", False),
        ("mechanicalturk:*", "mechanicalturkish:CreateHIT", False),
        ("mechanicalturk:Get*", "mechanicalturk:GetHIT", True),
        ("mechanicalturk:Get*", "mechanicalturk:ForgetHIT", False),
        ("mechanicalturk:*HIT", "mechanicalturk:CreateHITWithHITType", False),
        ("mechanicalturk:*HIT*Type", "mechanicalturk:CreateHITWithHITType", True),
        ("mechanicalturk:GetHI?", "mechanicalturk:GetHIT", True),
        ("mechanicalturk:GetHIT?", "mechanicalturk:GetHIT", False),
        ("mechanicalturk:G??HIT", "mechanicalturk:GetHIT", True),
        ("mechanicalturk:**HIT", "mechanicalturk:GetHIT", True),
        ("mechanicalturk:GetHIT", "mechanicalturk:GetHIT\n", False),
    ],
)
def test_a_star_stands_for_any_run_and_a_question_mark_for_one_character(pattern, action, covered):
    assert allows(policy(statement(action=pattern)), action) is covered


def test_not_action_covers_everything_else_and_grants_nothing_in_a_denial():
    all_but_money = {"Effect": "Allow", "NotAction": ["mechanicalturk:SendBonus"], "Resource": "*"}
    assert allows(policy(all_but_money))
    assert not allows(policy(all_but_money), "mechanicalturk:sendbonus")
    only_reading = {"Effect": "Deny", "NotAction": "*:Get*", "Resource": "*"}
    assert not allows(policy(only_reading), "mechanicalturk:GetHIT")
    assert allows(policy(statement(), only_reading), "mechanicalturk:GetHIT")
    assert not allows(policy(statement(), only_reading), "mechanicalturk:CreateHIT")


def test_resources_are_matched_in_case_and_ours_are_all_called_star():
    document = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::Box/*"}}
    assert not decide([parse(document)], Request("a:B")).allowed
    assert decide([parse(document)], Request("a:B", "arn:aws:s3:::Box/1")).allowed
    assert not decide([parse(document)], Request("a:B", "arn:aws:s3:::box/1")).allowed
    excluded = {"Statement": {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::Box/*"}}
    assert decide([parse(excluded)], Request("a:B")).allowed
    assert not decide([parse(excluded)], Request("a:B", "arn:aws:s3:::Box/1")).allowed


# Conditions


def test_a_key_can_be_limited_to_one_world():
    document = conditional("StringEquals", "kempelen:World", "sandbox")
    assert allows(document, World="sandbox")
    assert not allows(document, World="production")
    assert not allows(document)


def test_addresses_are_matched_by_cidr_in_both_versions_and_mapped_ones_as_ipv4():
    document = conditional("IpAddress", "aws:sourceIP", ["192.0.2.0/24", "2001:db8::/32", "10.1.1.1"])
    for inside in ("192.0.2.255", "::ffff:192.0.2.7", "2001:db8:1::5", "10.1.1.1"):
        assert allows(document, SourceIp=inside)
    for outside in ("192.0.3.0", "2001:db9::1", "10.1.1.2", "@", ""):
        assert not allows(document, SourceIp=outside)
    document = conditional("NotIpAddress", "aws:SourceIp", "192.0.2.0/24")
    assert not allows(document, SourceIp="192.0.2.9")
    assert allows(document, SourceIp="192.0.3.9")


def test_plain_http_can_be_denied_with_a_bool():
    document = policy(statement(), statement("Deny", Condition={"Bool": {"aws:SecureTransport": False}}))
    assert allows(document, SecureTransport="true")
    assert not allows(document, SecureTransport="false")


def test_a_permission_can_run_out_on_a_date_in_any_offset_or_at_an_epoch_second():
    document = conditional("DateLessThan", "aws:CurrentTime", "2030-01-01T01:00:00+01:00")
    assert allows(document, CurrentTime="2029-12-31T23:59:59.999Z")
    assert not allows(document, CurrentTime="2030-01-01T00:00:00Z")
    document = conditional("NumericLessThanEquals", "aws:EpochTime", 1893456000)
    assert allows(document, EpochTime="1893456000")
    assert not allows(document, EpochTime="1893456000.001")
    assert allows(conditional("DateGreaterThan", "aws:EpochTime", "2029-12-31"), EpochTime="1893456000")


def test_string_operators_differ_in_case_and_wildcards():
    agent = {"UserAgent": "Boto3/1.44 [x]"}
    assert allows(conditional("StringLike", "aws:UserAgent", "Boto3/*[x]"), **agent)
    assert not allows(conditional("StringLike", "aws:UserAgent", "boto3/*"), **agent)
    assert not allows(conditional("StringEquals", "aws:UserAgent", "Boto3/*"), **agent)
    assert allows(conditional("StringEqualsIgnoreCase", "aws:UserAgent", "boto3/1.44 [X]"), **agent)
    assert not allows(conditional("StringNotLike", "aws:UserAgent", ["curl*", "Boto*"]), **agent)
    assert allows(conditional("StringLike", "aws:UserAgent", "curl*"), UserAgent="curl\nelse")


def test_a_missing_fact_fails_what_asks_for_it_and_passes_what_excludes_it():
    assert not allows(conditional("StringEquals", "aws:UserAgent", "x"))
    assert allows(conditional("StringEqualsIfExists", "aws:UserAgent", "x"))
    assert not allows(conditional("StringEqualsIfExists", "aws:UserAgent", "x"), UserAgent="y")
    assert allows(conditional("StringNotEquals", "aws:UserAgent", "x"))
    assert allows(conditional("NotIpAddress", "aws:SourceIp", "10.0.0.0/8"))
    assert allows(conditional("Null", "aws:UserAgent", True))
    assert not allows(conditional("Null", "aws:UserAgent", "false"))
    assert allows(conditional("Null", "aws:UserAgent", "false"), UserAgent="x")


def test_values_are_alternatives_but_keys_and_operators_must_all_hold():
    condition = {
        "StringEquals": {"kempelen:World": ["sandbox", "rehearsal"], "aws:UserAgent": "x"},
        "Bool": {"aws:SecureTransport": "true"},
    }
    document = policy(statement(Condition=condition))
    facts = {"World": "rehearsal", "UserAgent": "x", "SecureTransport": "true"}
    assert allows(document, **facts)
    for name in facts:
        assert not allows(document, **{**facts, name: "other"})


# Built in


def test_the_managed_policies_allow_what_their_names_say():
    full, reader = BUILT_IN["AmazonMechanicalTurkFullAccess"], BUILT_IN["AmazonMechanicalTurkReadOnly"]
    assert decide([full], Request("mechanicalturk:SendBonus")).allowed
    assert not decide([full], Request("kempelen:CreateKey")).allowed
    assert decide([BUILT_IN["KempelenFullAccess"]], Request("kempelen:CreateKey")).allowed
    assert decide([reader], Request("mechanicalturk:ListHITs")).allowed
    assert not decide([reader], Request("mechanicalturk:CreateHIT")).allowed
    assert decide([BUILT_IN["KempelenReadOnly"]], Request("kempelen:ListKeys")).allowed
    assert not decide([BUILT_IN["KempelenReadOnly"]], Request("kempelen:CreateKey")).allowed


# What is refused, and where


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ("", "not JSON"),
        ("[" * 6000, "nested too deeply"),
        ('{"Statement": [], "Statement": []}', "given twice"),
        ('{"Statement": NaN}', "NaN"),
        ([], "must be an object"),
        ({}, "at least one statement"),
        ({"Statement": []}, "at least one statement"),
        ({"Statement": None}, "Statement[0]"),
        ({"Version": "2020-01-01", "Statement": statement()}, "Version"),
        ({"Id": 1, "Statement": statement()}, "Id"),
        ({"Statement": statement(), "Extra": 1}, "Extra"),
        (policy(statement(), statement("allow")), "Statement[1].Effect"),
        (policy(statement(Principal="*")), "Principal"),
        (policy({"Effect": "Allow", "Resource": "*"}), "either Action or NotAction"),
        (policy(statement(NotAction="*")), "either Action or NotAction"),
        (policy({"Effect": "Allow", "Action": "*"}), "either Resource or NotResource"),
        (policy(statement(action=[])), "Statement[0].Action: the list is empty"),
        (policy(statement(action="CreateHIT")), "Statement[0].Action"),
        (policy(statement(action="a:b c")), "Statement[0].Action"),
        (policy(statement(action=[7])), "Statement[0].Action"),
        (policy(statement(Sid="not this")), "Sid"),
        (policy(statement(Sid="A"), statement(Sid="A")), "unique"),
        (policy(statement(Resource="${aws:username}")), "policy variables"),
        (policy(statement(Resource="x" * 513)), "longer than 512"),
        (policy(statement(Condition=[])), "Statement[0].Condition"),
        (conditional("StringSounds", "aws:UserAgent", "x"), "StringSounds is not known"),
        (
            conditional("ForAllValues:StringLike", "aws:UserAgent", "x"),
            "ForAllValues:StringLike is not known",
        ),
        (conditional("NullIfExists", "aws:UserAgent", "true"), "NullIfExists is not known"),
        (conditional("StringLike", "aws:PrincipalTag/x", "x"), "the key is not known"),
        (
            conditional("IpAddress", "aws:SourceIp", "10.0.0.0/33"),
            "Statement[0].Condition.IpAddress.aws:SourceIp",
        ),
        (conditional("Bool", "aws:SecureTransport", "yes"), "true or false"),
        (conditional("Null", "aws:SecureTransport", "yes"), "true or false"),
        (conditional("DateLessThan", "aws:CurrentTime", "2030-02-30"), "not a time that exists"),
        (conditional("DateLessThan", "aws:CurrentTime", "tomorrow"), "not a time"),
        (conditional("DateLessThan", "aws:CurrentTime", "0001-01-01T00:00:00+23:00"), ""),
        (conditional("NumericEquals", "aws:EpochTime", "1e999999999"), "not a number"),
        (conditional("NumericEquals", "aws:EpochTime", None), "not a string"),
        (policy(*[statement() for _ in range(150)]), f"{LARGEST_DOCUMENT} are allowed"),
        (" " * 30_000, "longer than"),
    ],
)
def test_what_would_not_be_evaluated_as_written_is_refused_with_its_place(document, where):
    try:
        parse(document)
    except MalformedPolicy as refusal:
        assert where in refusal.message
        assert len(refusal.message) < 400
    else:
        assert where == "", "the document was accepted"


def test_white_space_does_not_count_towards_the_size():
    document = policy(*[statement(action="mechanicalturk:CreateHIT") for _ in range(50)])
    assert len(json.dumps(document, indent=6)) > LARGEST_DOCUMENT
    assert allows(json.dumps(document, indent=6))


def test_no_pattern_makes_a_decision_slow():
    patterns = ["*" + "a*" * 200 + "b", "*" + "a" * 500 + "b", "*" + "?a" * 250 + "b"]
    hostile = parse(conditional("StringLike", "aws:UserAgent", patterns))
    started = time.perf_counter()
    assert not decide([hostile], Request("a:B", context={"aws:UserAgent": "a" * 100_000})).allowed
    assert time.perf_counter() - started < 0.1


# Against a second, naive evaluator that shares no code with the first


def naive_decision(documents: list[dict[str, Any]], request: Request) -> bool:
    effects = set()
    for document in documents:
        statements = document["Statement"]
        for each in statements if isinstance(statements, list) else [statements]:
            if naive_applies(each, request):
                effects.add(each["Effect"])
    return effects == {"Allow"}


def naive_applies(each: dict[str, Any], request: Request) -> bool:
    action = request.action.lower()
    if "Action" in each and not any(glob(p.lower(), action) for p in as_list(each["Action"])):
        return False
    if "NotAction" in each and any(glob(p.lower(), action) for p in as_list(each["NotAction"])):
        return False
    if "Resource" in each and not any(glob(p, request.resource) for p in as_list(each["Resource"])):
        return False
    if "NotResource" in each and any(glob(p, request.resource) for p in as_list(each["NotResource"])):
        return False
    for operator, clauses in each.get("Condition", {}).items():
        for key, values in clauses.items():
            if not naive_condition(operator, key, as_list(values), request.context):
                return False
    return True


def naive_condition(operator: str, key: str, values: list[Any], context: Any) -> bool:
    facts = {name.lower(): value for name, value in context.items()}
    present = key.lower() in facts
    texts = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
    if operator == "Null":
        return any((text == "true") == (not present) for text in texts)
    if operator.endswith("IfExists"):
        if not present:
            return True
        operator = operator[: -len("IfExists")]
    if "Not" in operator:
        return not present or not naive_test(operator.replace("Not", ""), facts[key.lower()], texts)
    return present and naive_test(operator, facts[key.lower()], texts)


def naive_test(operator: str, fact: str, texts: list[str]) -> bool:
    for text in texts:
        if operator == "StringEquals" and fact == text:
            return True
        if operator in ("StringEqualsIgnoreCase", "Bool") and fact.lower() == text.lower():
            return True
        if operator == "StringLike" and glob(text, fact):
            return True
        if operator == "IpAddress" and in_block(fact, text):
            return True
        if operator.startswith(("Date", "Numeric")):
            left, right = seconds(fact), seconds(text)
            kind = operator.removeprefix("Date").removeprefix("Numeric")
            if left is not None and right is not None and compared(kind, left, right):
                return True
    return False


def compared(kind: str, left: float, right: float) -> bool:
    if "Less" in kind:
        return left < right or (left == right and kind.endswith("Equals"))
    if "Greater" in kind:
        return left > right or (left == right and kind.endswith("Equals"))
    return left == right


def glob(pattern: str, text: str) -> bool:
    """The set of positions in the pattern that some reading of the text has reached."""
    reached = {0}
    for sign in [*text, ""]:
        for place in sorted(reached):
            while place < len(pattern) and pattern[place] == "*":
                place += 1
                reached.add(place)
        if sign:
            stay = {place for place in reached if place < len(pattern) and pattern[place] == "*"}
            step = {
                p + 1 for p in reached if p < len(pattern) and pattern[p] in ("?", sign) and pattern[p] != "*"
            }
            reached = stay | step
    return len(pattern) in reached


def in_block(fact: str, block: str) -> bool:
    address, _, length = block.partition("/")
    left, right = bits(fact), bits(address)
    return len(left) == len(right) and left[: int(length or len(right))] == right[: int(length or len(right))]


def bits(address: str) -> str:
    if ":" not in address:
        return "".join(f"{int(part):08b}" for part in address.split("."))
    head, _, tail = address.partition("::")
    left, right = [p for p in head.split(":") if p], [p for p in tail.split(":") if p]
    groups = [*left, *["0"] * (8 - len(left) - len(right)), *right]
    return "".join(f"{int(group, 16):016b}" for group in groups)


def seconds(text: str) -> float | None:
    if text.isdigit():
        return float(text)
    for shape in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"):
        try:
            return float(calendar.timegm(time.strptime(text, shape)))
        except ValueError:
            continue
    return None


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


ACTIONS = [
    "mechanicalturk:CreateHIT",
    "mechanicalturk:GetHIT",
    "mechanicalturk:ListHITs",
    "mechanicalturk:SendBonus",
    "kempelen:CreateKey",
    "kempelen:GetAudit",
]
RESOURCES = ["*", "*", "*", "arn:kempelen:hit/3A", "arn:kempelen:hit/3a"]
TIMES = ["2029-12-31T23:59:59Z", "2030-01-01T00:00:00Z", "2030-01-01", "2031-06-01", "1893456000"]
FACTS = {
    "aws:SourceIp": ["10.0.0.1", "10.0.0.200", "192.0.2.1", "2001:db8::1", "2001:db8:0:1::2"],
    "aws:SecureTransport": ["true", "false"],
    "aws:CurrentTime": TIMES,
    "aws:EpochTime": ["1893455999", "1893456000", "1893456001"],
    "aws:UserAgent": ["Boto3/1.44", "boto3/1.44", "curl", "a*b", ""],
    "kempelen:World": ["production", "sandbox"],
}
BLOCKS = ["10.0.0.0/24", "10.0.0.0/25", "10.0.0.1", "0.0.0.0/0", "2001:db8::/32", "2001:db8::/64", "::/0"]


def random_pattern(dice: random.Random, word: str) -> str:
    letters = list(word)
    for _ in range(dice.choice([0, 0, 1, 1, 2])):
        if letters:
            place = dice.randrange(len(letters))
            until = place + dice.choice([0, 1, 1, 4, 30])
            letters[place:until] = [dice.choice(["*", "*", "?"])]
    text = "".join(letters)
    return text.swapcase() if dice.random() < 0.1 else text


def random_action(dice: random.Random) -> str:
    if dice.random() < 0.15:
        return "*"
    service, name = dice.choice(ACTIONS).split(":")
    return f"{random_pattern(dice, service) or '*'}:{random_pattern(dice, name) or '*'}"


def random_condition(dice: random.Random) -> dict[str, Any]:
    key = dice.choice(list(FACTS))
    orders = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
    kind = dice.choice(["String", "String", "Like", "Ip", "Bool", "Date", "Numeric", "Null"])
    some = dice.choice([1, 1, 2, 3])
    if kind == "Ip":
        operator, values = dice.choice(["IpAddress", "NotIpAddress"]), dice.choices(BLOCKS, k=some)
        key = "aws:SourceIp"
    elif kind == "Bool" or kind == "Null":
        operator, values = kind, dice.choices(["true", "false", True, False], k=some)
    elif kind == "Date":
        operator, values = f"Date{dice.choice(orders)}", dice.choices(TIMES, k=some)
        key = dice.choice(["aws:CurrentTime", "aws:EpochTime"])
    elif kind == "Numeric":
        operator, values = (
            f"Numeric{dice.choice(orders)}",
            dice.choices([1893456000, "1893456000", 7], k=some),
        )
        key = "aws:EpochTime"
    elif kind == "Like":
        operator = dice.choice(["StringLike", "StringNotLike"])
        values = [random_pattern(dice, dice.choice(FACTS[key])) for _ in range(some)]
    else:
        operator = f"String{dice.choice(['', 'Not'])}Equals{dice.choice(['', 'IgnoreCase'])}"
        values = [dice.choice(FACTS[key]) for _ in range(some)]
    if operator != "Null" and dice.random() < 0.2:
        operator += "IfExists"
    spelled = key.upper() if dice.random() < 0.1 else key
    return {operator: {spelled: values if some > 1 or dice.random() < 0.5 else values[0]}}


def random_document(dice: random.Random) -> dict[str, Any]:
    statements = []
    for _ in range(dice.choice([1, 1, 2, 3])):
        actions = [random_action(dice) for _ in range(dice.choice([1, 1, 2]))]
        resource = random_pattern(dice, dice.choice(RESOURCES)) if dice.random() < 0.2 else "*"
        each: dict[str, Any] = {
            "Effect": dice.choice(["Allow", "Allow", "Deny"]),
            "NotAction" if dice.random() < 0.2 else "Action": actions if len(actions) > 1 else actions[0],
            "NotResource" if dice.random() < 0.1 else "Resource": resource,
        }
        for _ in range(dice.choice([0, 0, 1, 2])):
            for operator, clauses in random_condition(dice).items():
                each.setdefault("Condition", {}).setdefault(operator, {}).update(clauses)
        statements.append(each)
    return {"Version": "2012-10-17", "Statement": statements if len(statements) > 1 else statements[0]}


def test_decisions_equal_those_of_a_naive_evaluator_on_random_policies():
    dice = random.Random(1770)
    allowed = 0
    for _ in range(PAIRS // 4):
        documents = [random_document(dice) for _ in range(dice.choice([1, 1, 2]))]
        policies = [parse(document) for document in documents]
        for _ in range(4):
            facts = {key: dice.choice(values) for key, values in FACTS.items() if dice.random() < 0.8}
            request = Request(dice.choice(ACTIONS), dice.choice(RESOURCES), facts)
            decision = decide(policies, request)
            assert decision.allowed is naive_decision(documents, request), (documents, request, decision)
            if request.resource == "*":
                settled = decide_without_facts(policies, request.action)
                assert settled in (None, decision.allowed), (documents, request, settled)
            allowed += decision.allowed
    assert PAIRS * 0.1 < allowed < PAIRS * 0.9, "the pairs must not all be settled alike"
