"""One dbt docs catalogue of three engines.

`dbt docs generate` describes what one target holds. The catalogue takes each node from the engine
that owns it, and adds the number of its rows, and how it stands. Beside it lies the page of the
columns' lineage.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from warehouse import environment, queries, terminal
from warehouse.dbt import dbt_quietly, parsed, serve_docs, target_path
from warehouse.engines import lifecycle
from warehouse.lineage import graph, page
from warehouse.lineage.state import State, of_tables
from warehouse.lineage.tables import built_on
from warehouse.project import LIES_ON, SCHEMAS, variables, with_copied

# How dbt selects the sources that lie there.
_SOURCES = {"postgres": ("source:*",)}

PAGE = "index.html"
LINEAGE = "lineage.html"

Json = dict[str, Any]


@click.command()
@lifecycle.with_engines
def docs() -> None:
    """Build the catalogue: columns, types and row counts of all engines, and one lineage graph."""
    build()


def build() -> None:
    """Describe what the engines hold, put it together, and follow every column."""
    steps = terminal.Steps(len(SCHEMAS) + 2)
    for target in SCHEMAS:
        nodes = _selection(target)
        with steps.step(f"Describe what {target} holds"):
            options: tuple[str, ...] = ()
            if target == "greenplum" and not _has_landed():
                options = ("--no-compile",)
                manifest = parsed(target).writable_manifest()
                manifest.write(str(target_path(target) / "manifest.json"))
            dbt_quietly("docs", "generate", *options, "--select", *nodes, target=target)
    with steps.step("Put the catalogue together"):
        manifest, catalog, states = _write_catalogue()
    with steps.step("Follow every column from the files to the charts"):
        lineage = graph.followed(manifest, catalog)
        text = page.rendered(lineage, manifest, catalog, states)
        (_folder() / LINEAGE).write_text(text, encoding="utf-8")
    described = len(catalog["nodes"]) + len(catalog["sources"])
    terminal.say(f"{described} tables and views described, {lineage}")
    terminal.say(f"'make docs-serve' shows them; or open {_folder() / LINEAGE}")


def _folder() -> Path:
    return environment.home() / "dbt"


def _selection(target: str) -> list[str]:
    """What lies on an engine, and what it writes into another, where there is any."""
    schemas = [f"config.schema:{schema}" for schema in SCHEMAS[target]]
    tags = variables()["builds"][target] if _has_landed() else ()
    written = [f"resource_type:model,tag:{tag}" for tag in tags]
    return [*schemas, *written, *_SOURCES.get(target, ())]


def _has_landed() -> bool:
    """Whether any month has: to be compiled, models of the archive ask which."""
    return queries.has_table("landing.landing_months", "greenplum")


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True)
@lifecycle.with_engines
def docs_serve(port: int) -> None:
    """Serve the catalogue on this machine's loopback address."""
    if not (_folder() / LINEAGE).exists():
        build()
    terminal.say(f"The lineage of the columns is at http://127.0.0.1:{port}/{LINEAGE}")
    serve_docs(port)


def _write_catalogue() -> tuple[Json, Json, Mapping[str, State]]:
    manifests = {target: _read(target, "manifest.json") for target in SCHEMAS}
    catalogs = {target: _read(target, "catalog.json") for target in SCHEMAS}
    manifest, catalog = manifests["postgres"], catalogs["postgres"]
    for kind in ("nodes", "sources"):
        described = {}
        for unique_id, node in manifest[kind].items():
            if (engine := _engine(node)) is None:
                continue
            found = manifests[engine][kind].get(unique_id, node)
            manifest[kind][unique_id] = found
            if kind == "nodes":
                writer = manifests[built_on(node)][kind].get(unique_id, {})
                found["compiled_code"] = writer.get("compiled_code")
            describe_copied_columns(found, manifest)
            if held := catalogs[engine][kind].get(unique_id):
                described[unique_id] = held
        catalog[kind] = described
    states = of_tables(manifest)
    _add_statistics(manifest, catalog, states)
    docs_page = (target_path("postgres") / PAGE).read_text(encoding="utf-8")
    for name, content in (("manifest", manifest), ("catalog", catalog)):
        text = json.dumps(content)
        (_folder() / f"{name}.json").write_text(text, encoding="utf-8")
        # As `dbt docs generate --static` does it: the page needs no server.
        inline = text.replace("<", "\\u003c")
        docs_page = docs_page.replace(f'"{name.upper()}.JSON INLINE DATA"', inline)
    (_folder() / PAGE).write_text(docs_page, encoding="utf-8")
    return manifest, catalog, states


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


def _add_statistics(manifest: Json, catalog: Json, states: Mapping[str, State]) -> None:
    for kind in ("nodes", "sources"):
        for unique_id, entry in catalog[kind].items():
            node = manifest[kind][unique_id]
            if (engine := _engine(node)) is None:
                continue
            _, [[rows]] = queries.run(f"select count(*) from {node['relation_name']}", engine)  # noqa: S608 (names from dbt)
            state = states.get(unique_id, State())
            found = {
                "row_count": ("Row count", rows, f"When the catalogue was built, on {engine}."),
                "built": ("Built at", state.built, "By a step of the road."),
                "tests": ("Last tests", state.said, "What they said when they ran last."),
                "loaded": ("Last file", (state.fresh or {}).get("at"), "When it was loaded."),
                "fresh": (
                    "Freshness",
                    (state.fresh or {}).get("status"),
                    "By the source's limits.",
                ),
            }
            entry["stats"] = {
                name: {
                    "id": name,
                    "label": label,
                    "value": value,
                    "include": True,
                    "description": about,
                }
                for name, (label, value, about) in found.items()
                if value not in (None, "")
            }
