"""`kempelen migrate`, `audit` and `settings`."""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Mapping
from typing import Any

from kempelen import app as program
from kempelen import settings as all_settings
from kempelen.cli.opening import install_language_tests, opened

SECRET = ("vault_key", "smtp_password", "metrics_token")
"""Settings whose value is not shown."""
URLS = ("database", "egress_proxy")
"""Settings whose value may hold a password, which is not shown."""


def migrate(where: Mapping[str, Any]) -> None:
    """Run the schema steps that are missing, and say which."""
    for name, steps in program.migrate(all_settings.read(**where)).items():
        done = f"brought up to date by {len(steps)} steps" if steps else "up to date"
        print(f"The database {name} is {done}.")


def language_tests(*, as_json: bool, where: Mapping[str, Any]) -> None:
    """Put the language tests in place and print them with their ids, which are the same in both worlds."""
    with opened(where) as app:
        worlds = install_language_tests(app)
    if as_json:
        print(json.dumps(worlds, indent=1))
        return
    for test in worlds[program.PRODUCTION]["LanguageTests"]:
        print(f"{test['QualificationTypeId']}  {test['Name']}")
    for name, answer in worlds.items():
        changed = answer["NumChanged"]
        print(f"{name}: {f'{changed} put in place' if changed else 'all were in place'}.")


def audit(*, as_json: bool, where: Mapping[str, Any]) -> None:
    """Print every invariant with what was counted; exit with 1 where one is violated."""
    with opened(where) as app:
        findings = app.audit()
    violated = False
    for finding in findings:
        violated = violated or bool(finding.violations)
        if as_json:
            print(json.dumps(dataclasses.asdict(finding), default=str))
            continue
        verdict = "violated" if finding.violations else "holds"
        print(f"{finding.database}  {finding.name}: {finding.checked} checked, {verdict}. {finding.sentence}")
        for violation in finding.violations:
            print(f"    {violation}")
    if violated:
        sys.exit(1)


def settings(*, as_json: bool, where: Mapping[str, Any]) -> None:
    """Print every setting as it would be used now."""
    read = all_settings.read(**where)
    shown = [
        {
            "name": each.name,
            "variable": all_settings.PREFIX + each.name.upper(),
            "value": _shown(each.name, getattr(read, each.name)),
            "sentence": each.metadata["sentence"],
        }
        for each in dataclasses.fields(read)
    ]
    if as_json:
        print(json.dumps(shown, indent=1))
        return
    widths = {column: max(len(each[column]) for each in shown) for column in ("name", "variable", "value")}
    print("  ".join([*(column.capitalize().ljust(width) for column, width in widths.items()), "Meaning"]))
    for each in shown:
        cells = [each[column].ljust(width) for column, width in widths.items()]
        print("  ".join([*cells, each["sentence"]]))


def _shown(name: str, value: object) -> str:
    text = str(value)
    if name in SECRET:
        return "(set)" if text else ""
    if name in URLS:
        return re.sub(r"(?<=://)([^:/@]*):[^@]*@", r"\1:***@", text)
    return text
