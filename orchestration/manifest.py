"""dbt's nodes as Dagster reads them, written when the service starts.

dbt takes seconds for it, and Dagster loads the definitions in each process of its own.
"""

import json
from typing import Any

from warehouse.data_tests import opening_comment, spoken_of
from warehouse.dbt import parsed, unique_ids
from warehouse.orchestrate import manifest_path
from warehouse.reporting.catalogue import describe_copied_columns
from warehouse.road.selection import BUILT
from warehouse.road.steps import ROADS


def write() -> None:
    """Write down dbt's nodes, as they are now, and which of them each step of a road builds.

    Raises:
        UserError: dbt cannot read the project; it has said why.
    """
    found = parsed()
    manifest: dict[str, Any] = found.writable_manifest().to_dict(omit_none=False)
    for unique_id, node in manifest["nodes"].items():
        describe_copied_columns(node, manifest)
        if node["resource_type"] == "test":
            node["attached_node"] = spoken_of(node, manifest)
            node["description"] = node["description"] or opening_comment(node["raw_code"])
            # Also where it reads other tables than the one that it speaks of.
            children = manifest["child_map"].setdefault(node["attached_node"], [])
            if unique_id not in children:
                children.append(unique_id)
    manifest["built_by"] = {
        step.name: unique_ids(found, *step.selection, "--resource-type", *BUILT)
        for road in ROADS.values()
        for step in road
    }
    manifest_path().parent.mkdir(parents=True, exist_ok=True)
    written = manifest_path().with_suffix(".new")
    written.write_text(json.dumps(manifest, default=str), encoding="utf-8")
    written.replace(manifest_path())
