"""`connection`: where analyses may go, and with which keys."""

from __future__ import annotations

import click

from workstation.catalogue.operation import ConnectionKind
from workstation.cli.program import Program, pass_program
from workstation.cli.reading import AS_JSON
from workstation.cli.spoken import group, option
from workstation.domain.credentials import Credentials
from workstation.domain.error import Blame, WorkstationError
from workstation.domain.sentences import sentence
from workstation.domain.words import Words, join, render, say
from workstation.settings.connection import new_connection


@group(help=say("List, add, test and remove connections."))
def connection() -> None:
    pass


@connection.command(name="list", help=say("All connections; keys are never shown."))
@AS_JSON
@pass_program
def list_connections(program: Program, as_json: bool) -> None:
    settings = program.settings()
    if as_json:
        rows = [
            {
                "name": c.name,
                "kind": c.kind.value,
                "region": c.region,
                "bucket": c.bucket,
                "default": c.name == settings.last_connection,
            }
            for c in settings.connections
        ]
        program.output.json({"schema": "yingtai-connections/1", "connections": rows})
        return
    table = [
        (c.name, c.kind.value, c.region, c.bucket, c.oss_endpoint, c.rpc_base or c.showapi_endpoint)
        for c in settings.connections
    ]
    heads = (say("Name"), say("Kind"), say("Region"), say("Bucket"), say("Storage"), say("Service"))
    program.output.table(heads, table)


@connection.command(help=say("Add a connection, or change one of the same name. Keys are asked for and kept apart."))
@click.argument("name")
@option(
    "--kind",
    required=True,
    type=click.Choice([k.value for k in ConnectionKind if k is not ConnectionKind.LOCAL]),
    help=say("Whose services they are."),
)
@option("--bucket", required=True, help=say("A private bucket of your own."))
@option("--region", default="", help=say("Default: cn-shanghai."))
@option("--oss", "oss_endpoint", default="", help=say("Address of the object store."))
@option("--rpc", "rpc_base", default="", help=say("Address of the service; {product} is filled in."))
@option("--showapi", "showapi_endpoint", default="", help=say("Address of ShowAPI."))
@option("--source-id", default="", metavar="ID", help=say("Of ShowAPI: the data source (ds_id) that it granted."))
@option(
    "--signing", type=click.Choice(["v3", "v1"]), default="v3", show_default=True, help=say("How requests are signed.")
)
@option("--prefix", default="yingtai", show_default=True, help=say("First part of every object's name."))
@option("--no-keys", is_flag=True, help=say("The keys come from the environment."))
@pass_program
def add(
    program: Program,
    name: str,
    kind: str,
    bucket: str,
    region: str,
    oss_endpoint: str,
    rpc_base: str,
    showapi_endpoint: str,
    source_id: str,
    signing: str,
    prefix: str,
    no_keys: bool,
) -> None:
    added = new_connection(
        name,
        ConnectionKind(kind),
        bucket=bucket,
        region=region,
        oss_endpoint=oss_endpoint,
        rpc_base=rpc_base,
        showapi_endpoint=showapi_endpoint,
        source_id=source_id,
        signing="v1" if signing == "v1" else "v3",
        key_prefix=prefix,
    )
    credentials = None
    if not no_keys:
        language = program.output.language
        key_id = click.prompt(render(say("Key ID"), language), err=True)
        secret = click.prompt(render(say("Key secret"), language), hide_input=True, err=True)
        app_key = ""
        if added.kind is ConnectionKind.SHOWAPI:
            app_key = click.prompt(render(say("App key"), language), hide_input=True, err=True)
        credentials = Credentials(access_key_id=key_id, access_key_secret=secret, app_key=app_key)
    where = program.add_connection(added, credentials)
    program.output.write(say("The connection “{name}” is kept.", name=name))
    if where is not None:
        program.output.write(where)


@connection.command(help=say("Forget a connection and its keys."))
@click.argument("name")
@pass_program
def remove(program: Program, name: str) -> None:
    program.remove_connection(name)
    program.output.write(say("The connection “{name}” is gone.", name=name))


@connection.command(name="test", help=say("Try name, keys, clock, rights and bucket; nothing is charged."))
@click.argument("name")
@AS_JSON
@pass_program
def test_connection(program: Program, name: str, as_json: bool) -> None:
    language = program.output.language
    steps = program.test_connection(name)
    for step in steps:
        result = say("works") if step.error is None else join(_told(step.error), language)
        text = result if isinstance(result, str) else render(result, language)
        program.output.write(f"{render(step.title, language)}: {text}")
    if as_json:
        rows = [{"name": s.name, "works": s.works, "code": s.error.code.value if s.error else None} for s in steps]
        program.output.json({"schema": "yingtai-connection-test/1", "connection": name, "steps": rows})
    if not all(step.works for step in steps):
        raise click.exceptions.Exit(Blame.FAILED.value)


def _told(error: WorkstationError) -> list[Words]:
    row = sentence(error)
    return [row.says, row.remedy]
