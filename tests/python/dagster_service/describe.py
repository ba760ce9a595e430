"""Prints, as JSON, what Dagster makes of the definitions; run in a process of its own."""

import json

from dagster import AssetCheckKey
from dagster._core.definitions.dependency import NodeHandle

from orchestration.definitions import defs
from orchestration.graph import manifest
from orchestration.jobs import KEYS, schedules

IDS = {key: unique_id for unique_id, key in KEYS.items()}


def _steps(name: str) -> dict[str, list[str]]:
    """The unique ids that each step of a job builds, or other assets' names."""
    layer = (job := defs.resolve_job_def(name)).asset_layer
    return {
        node.name: sorted(
            IDS.get(key, key.to_user_string())
            for key in layer.get_selected_entity_keys_for_node(NodeHandle(node.name, None))
        )
        for node in job.nodes_in_topological_order
    }


print(
    json.dumps(
        {
            "jobs": {name: _steps(name) for name in ("daily", "monthly", "backup")},
            "assets": [uid for uid, key in KEYS.items() if not isinstance(key, AssetCheckKey)],
            "checks": {
                uid: key.asset_key.to_user_string()
                for uid, key in KEYS.items()
                if isinstance(key, AssetCheckKey)
            },
            "said_of": {
                spec.name: spec.description
                for each in defs.resolve_asset_graph().assets_defs
                for spec in each.check_specs
            },
            "built_by": manifest()["built_by"],
            "nodes": {uid: node["resource_type"] for uid, node in manifest()["nodes"].items()},
            "schedules": {
                each.job_name: [
                    each.cron_schedule,
                    each.execution_timezone,
                    each.default_status.value,
                ]
                for each in schedules
            },
            "columns": {
                spec.key.to_user_string(): len(spec.metadata["dagster/column_schema"].columns)
                for spec in defs.resolve_all_asset_specs()
                if "dagster/column_schema" in spec.metadata
            },
        }
    )
)
