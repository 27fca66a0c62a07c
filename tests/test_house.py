"""The house rules that a machine can check, over all of src/kempelen, and a planted violation of each."""

import ast
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "kempelen"
FILES = sorted(SOURCE.rglob("*.py"))

LINES_IN_A_FILE = 500
LINES_IN_A_FUNCTION = 60
BANNED_NAMES = {
    *("utils", "util", "helpers", "helper", "common", "core", "lib"),
    *("services", "service", "managers", "manager", "misc"),
}

# Folders end in a slash. Who may do what nobody else may:
READ_THE_TIME = ("clock.py",)
MEASURE_DURATIONS = ("clock.py", "market.py", "metrics.py", "egress.py", "wire/", "jobs/")
DRAW_AT_RANDOM = ("rules/ids.py", "vault.py")
REACH_OUTSIDE = ("egress.py", "channels/", "server.py")
HOLD_SQL = ("store/",)
COUNT_MONEY = ("rules/money.py", "rules/fees.py", "store/ledger.py", "operations/money/")
CHECK_SIGNATURES = ("wire/",)

TIMES = re.compile(r"datetime\.(datetime|date)\.(now|utcnow|today)|time\.(time|time_ns)")
# These read the clock only when they are not given the time as their last argument.
CONVERSIONS = {"time.gmtime": 1, "time.localtime": 1, "time.ctime": 1, "time.strftime": 2}
DURATIONS = re.compile(r"time\.(monotonic|perf_counter|process_time)(_ns)?")
CHANCE = re.compile(
    r"random\.(?!Random\b|SystemRandom\b)\w+|uuid\.uuid\d|secrets\.(?!compare_digest\b)\w+|os\.urandom"
)
CHANCE_MADE_HERE = re.compile(r"random\.(Random|SystemRandom)")
OUTSIDE = re.compile(
    r"(requests|httpx2?|urllib3|aiohttp|http\.client|urllib\.request|smtplib|ftplib)(\..*)?"
    r"|socket\.(create_connection|socket)|asyncio\.open_connection"
)
UNSAFE_XML = re.compile(r"xml\.(etree|dom|sax)(\..*)?|xmlrpc(\..*)?")
SQL = re.compile(
    r"\bSELECT\b.*\bFROM\b|\bINSERT\s+(OR\s+\w+\s+)?INTO\b|\bUPDATE\s+\S+\s+SET\b|\bDELETE\s+FROM\b",
    re.DOTALL,
)
SECRET_NAME = re.compile(r"(^|_)(signature|secret|digest|hash|mac)$")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b|\bNotImplementedError\b")
# Put together here, so that this file does not find itself.
ELSEWHERE = re.compile(
    r"(?<![\w/.-])(\.\./)*share" + r"d/|/(root|home|Users)/\w|/work/(main|share" + r"d|\.)"
)

Violation = str
Rule = Callable[[PurePosixPath, str, ast.Module], Iterator[Violation]]


def is_short_enough(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Violation]:
    length = len(text.splitlines())
    if length > LINES_IN_A_FILE:
        yield f"{length} lines in a file"


def has_short_functions(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Violation]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LINES_IN_A_FUNCTION:
                yield f"{node.lineno}: {length} lines in {node.name}()"


def has_a_docstring(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Violation]:
    if not ast.get_docstring(tree):
        yield "no docstring that says what the file is for"


def takes_the_time_from_the_clock(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Violation]:
    full_names = dict(named_nodes(tree))
    for line, name in used_names(tree):
        if TIMES.fullmatch(name) and not is_one_of(path, READ_THE_TIME):
            yield f"{line}: {name}: take `now` as an argument"
        if DURATIONS.fullmatch(name) and not is_one_of(path, MEASURE_DURATIONS):
            yield f"{line}: {name}: only where durations are measured"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len(node.args) < CONVERSIONS.get(full_names.get(node.func, ""), 0):
            yield f"{node.lineno}: {full_names[node.func]} without a time: give it one"


def draws_chance_in_one_place(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Violation]:
    if is_one_of(path, DRAW_AT_RANDOM):
        return
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node, name in named_nodes(tree):
        # The class is a fine annotation for a source that was handed in; only making one is not.
        if CHANCE.fullmatch(name) or (CHANCE_MADE_HERE.fullmatch(name) and id(node) in called):
            yield f"{node.lineno}: {name}: take a random source as an argument"


def reaches_outside_by_the_guarded_way(
    path: PurePosixPath, text: str, tree: ast.Module
) -> Iterator[Violation]:
    if not is_one_of(path, REACH_OUTSIDE):
        for line, name in {*imported_names(tree), *used_names(tree)}:
            if OUTSIDE.fullmatch(name):
                yield f"{line}: {name}: only egress.py and channels/ reach outside"


def leaves_sql_to_the_store(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Violation]:
    if is_one_of(path, HOLD_SQL):
        return
    for line, name in imported_names(tree):
        if name.split(".")[0] == "sqlalchemy":
            yield f"{line}: {name}: only store/ imports it"
    for line, string in strings(tree):
        if SQL.search(string):
            yield f"{line}: SQL outside of store/"


def counts_money_in_integers(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Violation]:
    if is_one_of(path, COUNT_MONEY):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                yield f"{node.lineno}: the number {node.value} beside money"
            if isinstance(node, ast.Name) and node.id == "float":
                yield f"{node.lineno}: float beside money"


def reads_xml_safely(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Violation]:
    for line, name in imported_names(tree):
        if UNSAFE_XML.fullmatch(name):
            yield f"{line}: {name}: entity bombs go off in it, use lxml with a closed parser"


def compares_secrets_in_constant_time(
    path: PurePosixPath, text: str, tree: ast.Module
) -> Iterator[Violation]:
    if not is_one_of(path, CHECK_SIGNATURES):
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare) or not all(
            isinstance(op, ast.Eq | ast.NotEq) for op in node.ops
        ):
            continue
        sides = [node.left, *node.comparators]
        if any(isinstance(side, ast.Constant) for side in sides):
            continue
        if any(SECRET_NAME.search(last_name(side)) for side in sides):
            yield f"{node.lineno}: `==` on a secret tells it by the time it takes, use compare_digest"


def is_finished(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Violation]:
    for number, line in enumerate(text.splitlines(), start=1):
        found = UNFINISHED.search(line)
        if found:
            yield f"{number}: {found[0]}"


def is_named_after_what_it_does(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Violation]:
    for part in path.with_suffix("").parts:
        if part in BANNED_NAMES:
            yield f"`{part}` says nothing about what is inside"


RULES: list[Rule] = [
    is_short_enough,
    has_short_functions,
    has_a_docstring,
    takes_the_time_from_the_clock,
    draws_chance_in_one_place,
    reaches_outside_by_the_guarded_way,
    leaves_sql_to_the_store,
    counts_money_in_integers,
    reads_xml_safely,
    compares_secrets_in_constant_time,
    is_finished,
    is_named_after_what_it_does,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_file_keeps_the_rule(rule: Rule):
    found = []
    for file in FILES:
        path, text = PurePosixPath(file.relative_to(SOURCE).as_posix()), file.read_text()
        found += [f"src/kempelen/{path}: {violation}" for violation in rule(path, text, ast.parse(text))]
    assert not found, "\n" + "\n".join(sorted(found))


def test_no_folder_has_a_name_that_says_nothing():
    folders = {path.name for path in SOURCE.rglob("*") if path.is_dir()}
    assert not folders & BANNED_NAMES


def test_no_file_names_a_place_outside_the_project():
    found = []
    for file in project_files():
        try:
            text = file.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{file.relative_to(ROOT)}: {line}" for line in lines_that_name_elsewhere(text)]
    assert not found, "\n" + "\n".join(found)


LONG_FUNCTION = '"""Doc."""\ndef long():\n' + "    pass\n" * LINES_IN_A_FUNCTION
PLANTED: list[tuple[Rule, str, str]] = [
    (is_short_enough, "rules/long.py", '"""Doc."""\n' * (LINES_IN_A_FILE + 1)),
    (has_short_functions, "rules/long.py", LONG_FUNCTION),
    (has_short_functions, "rules/long.py", LONG_FUNCTION.replace("def", "async def")),
    (has_a_docstring, "rules/silent.py", "import ast\n"),
    (takes_the_time_from_the_clock, "rules/a.py", "import time\nnow = time.time()"),
    (takes_the_time_from_the_clock, "rules/a.py", "from time import time as now\nnow()"),
    (takes_the_time_from_the_clock, "wire/a.py", "import datetime as d\nd.datetime.now(d.UTC)"),
    (
        takes_the_time_from_the_clock,
        "store/a.py",
        "from datetime import datetime\nf(default=datetime.utcnow)",
    ),
    (takes_the_time_from_the_clock, "rules/a.py", "from time import monotonic\nmonotonic()"),
    (takes_the_time_from_the_clock, "rules/a.py", "import time\ntime.strftime('%Y')"),
    (draws_chance_in_one_place, "rules/a.py", "import random\nrandom.choice([1])"),
    (draws_chance_in_one_place, "store/a.py", "from uuid import uuid4\nuuid4()"),
    (draws_chance_in_one_place, "wire/a.py", "import secrets\nsecrets.token_hex()"),
    (draws_chance_in_one_place, "web/a.py", "import os\nos.urandom(8)"),
    (draws_chance_in_one_place, "rules/a.py", "from random import Random\nsource = Random(1)"),
    (reaches_outside_by_the_guarded_way, "blobs/a.py", "import httpx2"),
    (reaches_outside_by_the_guarded_way, "blobs/a.py", "from urllib.request import urlopen"),
    (reaches_outside_by_the_guarded_way, "blobs/a.py", "from urllib import request"),
    (reaches_outside_by_the_guarded_way, "operations/a.py", "import socket\nsocket.create_connection(a)"),
    (reaches_outside_by_the_guarded_way, "web/a.py", "import smtplib"),
    (leaves_sql_to_the_store, "operations/a.py", "import sqlalchemy as sa"),
    (leaves_sql_to_the_store, "operations/a.py", "from sqlalchemy.engine import Engine"),
    (leaves_sql_to_the_store, "web/a.py", 'rows = do("SELECT id\\nFROM hits")'),
    (leaves_sql_to_the_store, "web/a.py", 'do(f"UPDATE {table} SET a = 1")'),
    (leaves_sql_to_the_store, "jobs/a.py", 'do("INSERT INTO hits VALUES (1)", "DELETE FROM hits")'),
    (counts_money_in_integers, "rules/fees.py", "fee = 0.2 * reward"),
    (counts_money_in_integers, "operations/money/payments.py", "amount = float(text)"),
    (counts_money_in_integers, "store/ledger.py", "def amount() -> float: ..."),
    (reads_xml_safely, "rules/a.py", "from xml.etree import ElementTree"),
    (reads_xml_safely, "rules/a.py", "import xml.dom.minidom"),
    (compares_secrets_in_constant_time, "wire/signature.py", "ok = given.signature == expected"),
    (compares_secrets_in_constant_time, "wire/signature.py", "ok = sent != key.secret_digest"),
    (compares_secrets_in_constant_time, "wire/signature.py", "ok = sign(a) == stored_hash()"),
    (is_finished, "rules/a.py", "# " + "TO" + "DO: think"),
    (is_finished, "rules/a.py", "raise NotImplemented" + "Error"),
    (is_named_after_what_it_does, "rules/utils.py", ""),
    (is_named_after_what_it_does, "common/fees.py", ""),
]
HARMLESS: list[tuple[Rule, str, str]] = [
    (has_short_functions, "rules/a.py", LONG_FUNCTION.removesuffix("    pass\n")),
    (takes_the_time_from_the_clock, "clock.py", "import time\ntime.time_ns()"),
    (takes_the_time_from_the_clock, "market.py", "from time import perf_counter\nperf_counter()"),
    (
        takes_the_time_from_the_clock,
        "rules/a.py",
        "from datetime import datetime\ndatetime.fromisoformat(text)",
    ),
    (takes_the_time_from_the_clock, "rules/a.py", "import time\ntime.strftime('%Y', time.gmtime(at))"),
    (takes_the_time_from_the_clock, "rules/a.py", "def late(call): return call.time.time()"),
    (draws_chance_in_one_place, "rules/ids.py", "import secrets\nsecrets.choice('AB')"),
    (
        draws_chance_in_one_place,
        "rules/a.py",
        "import random\ndef pick(source: random.Random): source.choice([1])",
    ),
    (draws_chance_in_one_place, "wire/a.py", "import secrets\nsecrets.compare_digest(a, b)"),
    (reaches_outside_by_the_guarded_way, "channels/email.py", "import smtplib"),
    (reaches_outside_by_the_guarded_way, "web/a.py", "from urllib.parse import quote\nquote(text)"),
    (leaves_sql_to_the_store, "store/hits.py", 'from sqlalchemy import text\ntext("DELETE FROM hits")'),
    (leaves_sql_to_the_store, "rules/a.py", '"""SELECT one FROM many: a docstring."""'),
    (leaves_sql_to_the_store, "rules/a.py", 'message = "Select one from the list, update a set"'),
    (counts_money_in_integers, "rules/scoring.py", "share = 0.5"),
    (compares_secrets_in_constant_time, "wire/signature.py", 'missing = signature == ""'),
    (
        compares_secrets_in_constant_time,
        "wire/signature.py",
        "import hmac\nhmac.compare_digest(signature, a)",
    ),
    (compares_secrets_in_constant_time, "wire/signature.py", "same = hash_name == other"),
    (is_named_after_what_it_does, "rules/fees.py", ""),
]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted[0].__name__)
def test_a_planted_violation_is_found(planted: tuple[Rule, str, str]):
    rule, path, text = planted
    assert list(rule(PurePosixPath(path), text, ast.parse(text)))


@pytest.mark.parametrize("harmless", HARMLESS, ids=lambda harmless: harmless[0].__name__)
def test_what_is_allowed_is_let_through(harmless: tuple[Rule, str, str]):
    rule, path, text = harmless
    assert not list(rule(PurePosixPath(path), text, ast.parse(text)))


def test_every_rule_has_a_planted_violation():
    assert {rule for rule, _, _ in PLANTED} == set(RULES)


def test_names_of_places_elsewhere_are_found():
    for text in (
        "see ../share" + "d/design",
        "in share" + "d/data/x.csv",
        "/ro" + "ot/kempelen",
        "/wo" + "rk/main",
    ):
        assert list(lines_that_name_elsewhere(f"first\n{text}\n")) == [f"2: {text}"]
    for text in ("web/static/share" + "d/site.css", "https://example.org/home/", "/work/hits", "/tmp/data"):
        assert not list(lines_that_name_elsewhere(text))


def is_one_of(path: PurePosixPath, places: Iterable[str]) -> bool:
    return any(
        str(path) == place or (place.endswith("/") and str(path).startswith(place)) for place in places
    )


def imported_names(tree: ast.Module) -> set[tuple[int, str]]:
    """(line, full name) of all that is imported: modules, and `module.name` of what is taken from one."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {(node.lineno, alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {(node.lineno, f"{node.module}.{alias.name}") for alias in node.names}
            found.add((node.lineno, node.module))
    return found


def used_names(tree: ast.Module) -> set[tuple[int, str]]:
    return {(node.lineno, name) for node, name in named_nodes(tree)}


def named_nodes(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """Every use of something imported, by its full name, whatever it was called on import."""
    called: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                called[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                called[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            first, dot, rest = dotted(node).partition(".")
            if first in called:
                yield node, called[first] + dot + rest


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    return dotted(node).rpartition(".")[2].lower()


def strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, text) of all strings but docstrings; what an f-string fills in stands as `x`."""
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
            parts = [str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values]
            yield node.lineno, "".join(parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value


def lines_that_name_elsewhere(text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        if ELSEWHERE.search(line):
            yield f"{number}: {line.strip()[:100]}"


def project_files() -> list[Path]:
    """Tracked files and those that would be; all of src, tests and docs where there is no git."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True
    )
    if listed.returncode == 0:
        names = [Path(ROOT, name.decode()) for name in listed.stdout.split(b"\0") if name]
    else:
        names = [path for folder in ("src", "tests", "docs", "bench") for path in (ROOT / folder).rglob("*")]
    return [path for path in names if path.is_file()]
