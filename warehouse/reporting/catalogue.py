"""One dbt docs catalogue of three engines.

`dbt docs generate` describes what one target holds. The catalogue takes each node from the engine
that owns it, and adds the number of its rows.
"""

import json
import shutil
from typing import Any

import click

from warehouse import environment, queries, terminal
from warehouse.dbt import dbt_quietly, parsed, serve_docs, target_path
from warehouse.engines import lifecycle
from warehouse.project import LIES_ON, SCHEMAS, with_copied

# How dbt selects the sources that lie there.
_SOURCES = {"postgres": ("source:*",)}

Json = dict[str, Any]


@click.command()
@lifecycle.with_engines
def docs() -> None:
    """Build the catalogue: columns, types and row counts of all engines, and one lineage graph."""
    build()


def build() -> None:
    """Describe what the engines hold, and put it together."""
    steps = terminal.Steps(len(SCHEMAS) + 1)
    for target, schemas in SCHEMAS.items():
        nodes = [*(f"config.schema:{schema}" for schema in schemas), *_SOURCES.get(target, ())]
        with steps.step(f"Describe what {target} holds"):
            options: tuple[str, ...] = ()
            if not _compiles(target):
                options = ("--no-compile",)
                manifest = parsed(target).writable_manifest()
                manifest.write(str(target_path(target) / "manifest.json"))
            dbt_quietly("docs", "generate", *options, "--select", *nodes, target=target)
    with steps.step("Put the catalogue together"):
        described = _write_catalogue()
    terminal.say(f"{described} tables and views described; 'make docs-serve' shows them")


def _compiles(target: str) -> bool:
    # Models of the archive read, to be compiled, which months have landed: at first none has.
    return target != "greenplum" or queries.has_table("landing.landing_months", target)


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True)
@lifecycle.with_engines
def docs_serve(port: int) -> None:
    """Serve the catalogue on this machine's loopback address."""
    if not (environment.home() / "dbt" / "catalog.json").exists():
        build()
    serve_docs(port)


def _write_catalogue() -> int:
    manifests = {target: _read(target, "manifest.json") for target in SCHEMAS}
    catalogs = {target: _read(target, "catalog.json") for target in SCHEMAS}
    manifest, catalog = manifests["postgres"], catalogs["postgres"]
    for kind in ("nodes", "sources"):
        described = {}
        for unique_id, node in manifest[kind].items():
            if (engine := _engine(node)) is None:
                continue
            manifest[kind][unique_id] = manifests[engine][kind].get(unique_id, node)
            describe_copied_columns(manifest[kind][unique_id], manifest)
            if found := catalogs[engine][kind].get(unique_id):
                described[unique_id] = found
        catalog[kind] = described
    _add_row_counts(manifest, catalog)
    destination = environment.home() / "dbt"
    (destination / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (destination / "catalog.json").write_text(json.dumps(catalog), encoding="utf-8")
    shutil.copy(target_path("postgres") / "index.html", destination)
    return len(catalog["nodes"]) + len(catalog["sources"])


def describe_copied_columns(node: Json, manifest: Json) -> None:
    """Give a copy of another model the columns that are described there alone."""
    node["columns"] = with_copied(
        node.get("config", {}).get("meta", {}),
        node["columns"],
        lambda model: manifest["nodes"][f"model.warehouse.{model}"]["columns"],
    )


def _read(target: str, name: str) -> Json:
    content: Json = json.loads((target_path(target) / name).read_text(encoding="utf-8"))
    return content


def _engine(node: Json) -> str | None:
    """The engine that holds what a node describes; none for what the catalogue leaves out."""
    if node["resource_type"] not in ("model", "seed", "snapshot", "source"):
        return None
    return LIES_ON[node["schema"]]


def _add_row_counts(manifest: Json, catalog: Json) -> None:
    for kind in ("nodes", "sources"):
        for unique_id, entry in catalog[kind].items():
            node = manifest[kind][unique_id]
            if (engine := _engine(node)) is None:
                continue
            _, [[rows]] = queries.run(f"select count(*) from {node['relation_name']}", engine)  # noqa: S608 (names from dbt)
            entry["stats"] = {
                "row_count": {
                    "id": "row_count",
                    "label": "Row count",
                    "value": rows,
                    "include": True,
                    "description": f"Rows when the catalogue was built, on {engine}.",
                }
            }
