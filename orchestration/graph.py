"""dbt's nodes as assets, and its tests as checks of them, with what dbt says of each."""

import functools
import json
import warnings
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings

from warehouse import environment
from warehouse.errors import UserError
from warehouse.orchestrate import manifest_path
from warehouse.project import BUILT_ON, LIES_ON

# Links to code are in beta, and what they are called may change with a new minor version.
warnings.filterwarnings("ignore", category=dg.BetaWarning)

_UNIQUE_ID = "dagster_dbt/unique_id"


@functools.cache
def manifest() -> Mapping[str, Any]:
    """Dbt's manifest, as it was written when the service started."""
    try:
        found: Mapping[str, Any] = json.loads(manifest_path().read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{manifest_path()} is not there: 'make orchestrate' writes it") from None
    return found


@functools.cache
def nodes() -> Mapping[str, SimpleNamespace]:
    """The nodes of the manifest, by their unique ids."""
    return {unique_id: SimpleNamespace(**node) for unique_id, node in manifest()["nodes"].items()}


class Translator(DagsterDbtTranslator):
    """Names assets by schema and table, groups them by layer, and tells their engine."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Return `schema/table`, which no two nodes share."""
        table = dbt_resource_props.get("alias") or dbt_resource_props["name"]
        return dg.AssetKey([dbt_resource_props["schema"], table])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Return the layer, which is the schema."""
        return str(dbt_resource_props["schema"])

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: Any
    ) -> dg.AssetSpec:
        """Add to dagster-dbt's own: the engine, and a link to the code."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        props = self.get_resource_props(manifest, unique_id)
        path = environment.ROOT / props["original_file_path"]
        code = dg.LocalFileCodeReference(file_path=str(path), label=props["original_file_path"])
        link = dg.CodeReferencesMetadataValue(code_references=[code])
        return spec.replace_attributes(kinds={"dbt", LIES_ON[props["schema"]]}).merge_attributes(
            metadata={"dagster/code_references": link}
        )

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: Any
    ) -> dg.AssetCheckSpec | None:
        """Say what the test says of itself, and not what else it reads: dbt knows that order.

        Across engines it would turn the order round, where a test of what is handed over reads
        the archive.
        """
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        said = self.get_resource_props(manifest, unique_id)["description"]
        return spec and spec._replace(additional_deps=[], description=said)


TRANSLATOR = Translator(
    DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True, enable_source_metadata=False)
)


def tags_of(engine: str) -> str:
    """Dbt's selection of all that an engine builds."""
    return " ".join(f"tag:{tag}" for tag, on in BUILT_ON.items() if on == engine)


def chosen(context: dg.AssetExecutionContext) -> list[str]:
    """The unique ids of the nodes and tests that are to be built in a step of a run."""
    assets = context.assets_def
    nodes = [
        spec.metadata[_UNIQUE_ID]
        for spec in assets.specs
        if spec.key in context.selected_asset_keys
    ]
    tests = [
        spec.metadata[_UNIQUE_ID]
        for spec in assets.check_specs
        if spec.key in context.selected_asset_check_keys
    ]
    return [*nodes, *tests]


def keys(assets: dg.AssetsDefinition) -> dict[str, dg.AssetKey | dg.AssetCheckKey]:
    """The keys of assets and checks by dbt's unique ids."""
    found: dict[str, dg.AssetKey | dg.AssetCheckKey] = {}
    found |= {spec.metadata[_UNIQUE_ID]: spec.key for spec in assets.specs}
    found |= {spec.metadata[_UNIQUE_ID]: spec.key for spec in assets.check_specs}
    return found
