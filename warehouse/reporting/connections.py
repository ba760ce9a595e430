"""`warehouse connections`: where the engines are, for any other tool, and files that it opens.

A `.tds` of Tableau's for each view of the schema `bi`, as one holds one table; a `.pbids` of
Power BI's for each database, as one names no table. Neither holds a password: people type it.
"""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import click

from warehouse import environment, queries, settings, terminal
from warehouse.engines import lifecycle
from warehouse.errors import UserError
from warehouse.project import ENGINES
from warehouse.roles import logins
from warehouse.settings import PostgresSettings

_ROLE = "reporting"

_VIEWS = """
    select table_name::text from information_schema.views where table_schema = 'bi' order by 1
"""

# The stand-in for Greenplum knows no segments.
_HAS_SEGMENTS = "select count(*) from pg_catalog.pg_class where relname = 'gp_distribution_policy'"


@click.command()
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of the files, instead of connections in the warehouse's own.",
)
@lifecycle.with_engines
def connections(to: Path | None) -> None:
    """Say where other tools find the engines, and write files that open Tableau and Power BI."""
    folder = to or environment.home() / "connections"
    _, rows = queries.on_postgres(_VIEWS, "greenplum")
    if not (views := [view for (view,) in rows]):
        raise UserError("there is no view in the schema bi yet: 'make run' builds them")
    folder.mkdir(parents=True, exist_ok=True)
    for former in (*folder.glob("*.tds"), *folder.glob("*.pbids")):
        former.unlink()
    _, [[has_segments]] = queries.on_postgres(_HAS_SEGMENTS, "greenplum")
    driver = "greenplum" if has_segments else "postgres"
    for view in views:
        source = _tableau(view, driver, settings.greenplum())
        ET.ElementTree(source).write(folder / f"{view}.tds", encoding="utf-8", xml_declaration=True)
    for engine, server in (("greenplum", settings.greenplum()), ("postgres", settings.postgres())):
        text = json.dumps(_power_bi(server), indent=2) + "\n"
        (folder / f"{engine}.pbids").write_text(text, encoding="utf-8")
    _say_where()
    terminal.say(f"{folder}: {len(views)} files for Tableau, 2 for Power BI")


def _tableau(view: str, driver: str, server: PostgresSettings) -> ET.Element:
    """A data source of one view."""
    source = ET.Element("datasource", {"formatted-name": view, "inline": "true", "version": "18.1"})
    federated = ET.SubElement(source, "connection", {"class": "federated"})
    named = ET.SubElement(
        ET.SubElement(federated, "named-connections"),
        "named-connection",
        {"caption": server.host, "name": f"{driver}.warehouse"},
    )
    ET.SubElement(
        named,
        "connection",
        {
            "authentication": "username-password",
            "class": driver,
            "dbname": server.database,
            "port": str(server.port),
            "schema": "bi",
            "server": server.host,
            "sslmode": "require" if _wants_tls(server) else "",
            "username": _user(server),
        },
    )
    ET.SubElement(
        federated,
        "relation",
        {
            "connection": f"{driver}.warehouse",
            "name": view,
            "table": f"[bi].[{view}]",
            "type": "table",
        },
    )
    ET.indent(source)
    return source


def _power_bi(server: PostgresSettings) -> dict[str, object]:
    """A database, of which people choose tables."""
    host = f"[{server.host}]" if ":" in server.host else server.host
    address = {"server": f"{host}:{server.port}", "database": server.database}
    details = {"protocol": "postgresql", "address": address}
    return {"version": "0.1", "connections": [{"details": details, "mode": "Import"}]}


def _wants_tls(server: PostgresSettings) -> bool:
    return server.sslmode in ("require", "verify-ca", "verify-full")


def _user(server: PostgresSettings) -> str:
    """Who reports, where there are roles; else the warehouse's own user."""
    return _reporting() or server.user


def _reporting() -> str | None:
    kept = dict(environment.read_file(logins.place()))
    return kept.get(f"WAREHOUSE_{_ROLE.upper()}_USER")


def _say_where() -> None:
    places = [
        (ENGINES[engine], server.host, str(server.port), server.database, _user(server), schema)
        for engine, server, schema in (
            ("greenplum", settings.greenplum(), "bi"),
            ("postgres", settings.postgres(), "marts"),
        )
    ]
    server = settings.clickhouse()
    where = (server.host, str(server.port), "serving", server.user, "serving")
    header = ("engine", "host", "port", "database", "user", "schema")
    terminal.table(header, [*places, (ENGINES["clickhouse"], *where)])
    if user := _reporting():
        terminal.say(f"the password of {user} is in {logins.place()}")
    else:
        terminal.say("they are users that may write: 'make roles' makes one that reads")
