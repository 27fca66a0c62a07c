"""`kempelen`: its commands and their options. What a command does is in the file it imports when it runs, so
that help is quick."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

DEBUG = "KEMPELEN_TRACEBACK"
"""Set, it shows where an unexpected fault came from."""

app = typer.Typer(
    name="kempelen",
    help="A market for small tasks: serve it, add people, look after it. Works beside a running server.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
add = typer.Typer(help="Add requesters, workers, operators.", no_args_is_help=True, rich_markup_mode=None)
keys = typer.Typer(help="Make, list and switch access keys.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(add, name="add")
app.add_typer(keys, name="keys")

Data = Annotated[Path | None, typer.Option("--data", help="The folder of databases and files.")]
Database = Annotated[
    str | None, typer.Option("--database", help="A postgresql:// URL, in place of SQLite files.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Name = Annotated[str, typer.Option("--name", help="The name others see.")]
Email = Annotated[str, typer.Option("--email", help="The address to sign in with.")]
AnyEmail = Annotated[str | None, typer.Option("--email", help="The address of an account's owner.")]
Password = Annotated[
    str | None,
    typer.Option("--password", help="To sign in with, 15 characters or more; - reads standard input."),
]
Account = Annotated[str | None, typer.Option("--account", help="An account's id: A and letters.")]
Policies = Annotated[
    list[str] | None,
    typer.Option("--policy", help="A policy's name, such as AmazonMechanicalTurkReadOnly; may be repeated."),
]
World = Annotated[str, typer.Option("--world", help="production or sandbox.")]
Key = Annotated[str | None, typer.Option("--key", help="An access key of the account.")]
Most = Annotated[int, typer.Option("--most", min=1, max=1_000_000, help="How many to print at most.")]


def main(arguments: list[str] | None = None) -> None:
    """Run a command and end the process: 0 when it was done, 1 when it was refused, 2 for a wrong option."""
    try:
        app(arguments, prog_name="kempelen")
    except Exception as fault:
        if os.environ.get(DEBUG):
            raise
        from kempelen.cli.faults import sentence

        print(sentence(fault), file=sys.stderr)
        sys.exit(1)


@app.command()
def serve(
    data: Data = None,
    database: Database = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port of production.")] = None,
    sandbox_port: Annotated[int | None, typer.Option(help="The port of the sandbox.")] = None,
    task_port: Annotated[int | None, typer.Option(help="The port of task content.")] = None,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Listen beyond this machine without https all the same.")
    ] = False,
) -> None:
    """Serve production, sandbox and task content until SIGTERM or Ctrl-C."""
    # All that is imported stays; to look through it for garbage again and again would slow the start.
    gc.disable()
    from kempelen.cli import serve as command

    gc.freeze()
    gc.enable()
    command.run(
        {"data": data, "database": database, "host": host}
        | {"port": port, "sandbox_port": sandbox_port, "task_port": task_port},
        insecure=insecure,
    )


@app.command()
def demo() -> None:
    """Serve a market with people and work in it, to look around."""
    from kempelen.cli.demo import run

    run()


@add.command("requester")
def add_requester(
    name: Name,
    email: Email,
    password: Password = None,
    funds: Annotated[str | None, typer.Option(help="Dollars to deposit in production, such as 500.")] = None,
    pseudonymous: Annotated[
        bool, typer.Option("--pseudonymous", help="Show the organisation its own ids of workers.")
    ] = False,
    json: Json = False,
    data: Data = None,
    database: Database = None,
) -> None:
    """Add a requester with an access key; a known address owns one more organisation."""
    from kempelen.cli import accounts

    members = {"Name": name, "Email": email, "Password": password, "Pseudonymous": pseudonymous}
    accounts.add("AddRequester", members, funds=funds, as_json=json, where=_where(data, database))


@add.command("worker")
def add_worker(
    name: Name,
    email: Email,
    password: Password = None,
    country: Annotated[str | None, typer.Option(help="ISO 3166-1 code, such as US.")] = None,
    subdivision: Annotated[str | None, typer.Option(help="A state of the US, such as WA.")] = None,
    adult: Annotated[bool, typer.Option("--adult", help="May see adult content.")] = False,
    masters: Annotated[bool, typer.Option("--masters", help="Holds the Masters qualification.")] = False,
    json: Json = False,
    data: Data = None,
    database: Database = None,
) -> None:
    """Add a worker with an access key; a known address becomes a worker as well."""
    from kempelen.cli import accounts

    members: dict[str, Any] = {"Name": name, "Email": email, "Password": password, "Country": country}
    members |= {"Subdivision": subdivision, "Adult": adult, "Masters": masters}
    accounts.add("AddWorker", members, as_json=json, where=_where(data, database))


@add.command("operator")
def add_operator(
    name: Name,
    email: Email,
    password: Password = None,
    json: Json = False,
    data: Data = None,
    database: Database = None,
) -> None:
    """Add an operator, who runs the house, with an access key."""
    from kempelen.cli import accounts

    members = {"Name": name, "Email": email, "Password": password}
    accounts.add("AddOperator", members, as_json=json, where=_where(data, database))


@keys.command("add")
def add_key(
    email: AnyEmail = None,
    account: Account = None,
    policy: Policies = None,
    label: Annotated[str | None, typer.Option(help="A note to tell keys apart.")] = None,
    json: Json = False,
    data: Data = None,
    database: Database = None,
) -> None:
    """Make an access key; without a policy it may do all its account may."""
    from kempelen.cli import accounts

    members = {"Email": email, "AccountId": account, "Policies": policy or None, "Label": label}
    accounts.add_key(members, as_json=json, where=_where(data, database))


@keys.command("disable")
def disable_key(
    key: Annotated[str, typer.Argument(help="The access key's id: AKIA and letters.")],
    data: Data = None,
    database: Database = None,
) -> None:
    """Switch an access key off; running servers refuse it within a second."""
    from kempelen.cli import accounts

    accounts.put_key(key, active=False, where=_where(data, database))


@keys.command("enable")
def enable_key(
    key: Annotated[str, typer.Argument(help="The access key's id: AKIA and letters.")],
    data: Data = None,
    database: Database = None,
) -> None:
    """Switch an access key on again."""
    from kempelen.cli import accounts

    accounts.put_key(key, active=True, where=_where(data, database))


@keys.command("list")
def list_keys(
    email: AnyEmail = None,
    account: Account = None,
    json: Json = False,
    data: Data = None,
    database: Database = None,
) -> None:
    """List the access keys of an account, or all."""
    from kempelen.cli import accounts

    accounts.list_keys(email=email, account=account, as_json=json, where=_where(data, database))


@app.command()
def fund(
    amount: Annotated[str, typer.Argument(help="Dollars that have arrived, such as 500.")],
    account: Account = None,
    email: AnyEmail = None,
    json: Json = False,
    data: Data = None,
    database: Database = None,
) -> None:
    """Deposit money for a requester in production."""
    from kempelen.cli import accounts

    accounts.fund(amount, account=account, email=email, as_json=json, where=_where(data, database))


@app.command()
def hits(
    email: AnyEmail = None,
    account: Account = None,
    key: Key = None,
    world: World = "production",
    most: Most = 100,
    json: Json = False,
    data: Data = None,
    database: Database = None,
) -> None:
    """List a requester's HITs."""
    from kempelen.cli import listings

    whose = {"email": email, "account": account, "key": key}
    listings.hits(whose, world=world, most=most, as_json=json, where=_where(data, database))


@app.command()
def assignments(
    hit: Annotated[str | None, typer.Option(help="One HIT's id; else all of the requester's HITs.")] = None,
    email: AnyEmail = None,
    account: Account = None,
    key: Key = None,
    world: World = "production",
    most: Most = 100,
    json: Json = False,
    data: Data = None,
    database: Database = None,
) -> None:
    """List what workers handed in to a requester."""
    from kempelen.cli import listings

    whose = {"email": email, "account": account, "key": key}
    listings.assignments(whose, hit=hit, world=world, most=most, as_json=json, where=_where(data, database))


@app.command()
def migrate(data: Data = None, database: Database = None) -> None:
    """Bring the databases up to date with this version of the program."""
    from kempelen.cli import upkeep

    upkeep.migrate(_where(data, database))


@app.command("language-tests")
def language_tests(json: Json = False, data: Data = None, database: Database = None) -> None:
    """Put the language tests in place in both worlds, and list them; `serve` does so when it starts."""
    from kempelen.cli import upkeep

    upkeep.language_tests(as_json=json, where=_where(data, database))


@app.command()
def audit(json: Json = False, data: Data = None, database: Database = None) -> None:
    """Check everything that must always be true; exits with 1 where something is not."""
    from kempelen.cli import upkeep

    upkeep.audit(as_json=json, where=_where(data, database))


@app.command()
def settings(json: Json = False, data: Data = None, database: Database = None) -> None:
    """Show every setting, its environment variable, its value and what it means."""
    from kempelen.cli import upkeep

    upkeep.settings(as_json=json, where=_where(data, database))


def _where(data: Path | None, database: str | None) -> dict[str, Any]:
    return {"data": data, "database": database}
