"""Any of dbt's selections over three engines, cut into parts that each run on one engine.

dbt itself builds on one target at a time, and cannot follow its own graph from one to the next.
"""

import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from warehouse import project, terminal
from warehouse.dbt import selected
from warehouse.errors import UserError
from warehouse.road import missing
from warehouse.road.steps import Step

BUILT = ("model", "seed", "snapshot", "test")
TESTS = ("test",)

# Neither is part of a build that is not asked for it: the one tests the models and not the data,
# the other reads the whole archive.
_NOT_OF_A_BUILD = ("test_type:unit", "tag:verification")

_LANDING = "landing"


def steps(select: str, exclude: str, kinds: Sequence[str]) -> list[Step]:
    """Cut a selection into steps, in the order of the graph.

    Args:
        select: As of dbt's option of this name; nothing selects all.
        exclude: As of dbt's option of this name.
        kinds: The resource types to keep.

    Raises:
        UserError: Nothing is selected, or dbt does not understand it.
    """
    manifest, chosen = selected(select.split(), [*exclude.split(), *_NOT_OF_A_BUILD], kinds)
    nodes = {unique_id: manifest.nodes[unique_id] for unique_id in chosen}
    if not nodes:
        but = f" but {exclude}" if exclude else ""
        raise UserError(
            f"nothing is selected by {select!r}{but}: 'dbt ls --select …' lists what there is"
        )
    if kinds == BUILT and (also := missing.ancestors(manifest, nodes)):
        terminal.say(f"never built, and built along: {_named(manifest, also)}")
        nodes |= {unique_id: manifest.nodes[unique_id] for unique_id in also}
    engines = {unique_id: _engine(node, manifest) for unique_id, node in nodes.items()}
    parents = _nearest_chosen(manifest, engines)
    return [step(engine, part, manifest.nodes) for engine, part in _parts(engines, parents)]


def _named(manifest: Any, unique_ids: Collection[str]) -> str:
    return ", ".join(sorted(manifest.nodes[unique_id].name for unique_id in unique_ids))


def _engine(node: Any, manifest: Any) -> str:
    """The engine that builds a node; a test of one model or source runs where that lies."""
    tags = node.tags
    if attached := manifest.nodes.get(getattr(node, "attached_node", None)):
        tags = attached.tags
    elif not tags:
        tags = [tag for each in node.depends_on.nodes for tag in manifest.expect(each).tags]
    return next(project.BUILT_ON[tag] for tag in tags if tag in project.BUILT_ON)


def _nearest_chosen(manifest: Any, chosen: Collection[str]) -> dict[str, set[str]]:
    """For each chosen node the chosen ones that it needs, be it by way of others that are not."""

    @functools.cache
    def needed(unique_id: str) -> frozenset[str]:
        parents = getattr(manifest.nodes[unique_id].depends_on, "nodes", ())
        return frozenset().union(
            *(
                {parent} if parent in chosen else needed(parent)
                for parent in parents
                if parent in manifest.nodes
            )
        )

    return {unique_id: set(needed(unique_id)) for unique_id in chosen}


def _parts(
    engines: Mapping[str, str], parents: Mapping[str, set[str]]
) -> Iterator[tuple[str, list[str]]]:
    """As much on an engine as can be, then the next one, until all is done."""
    left = dict(engines)
    while left:
        for engine in project.ENGINES:
            part: list[str] = []
            while ready := [
                each
                for each, its_engine in left.items()
                if its_engine == engine and not parents[each] & left.keys()
            ]:
                part += ready
                for each in ready:
                    del left[each]
            if part:
                yield engine, part


def step(engine: str, part: Sequence[str], nodes: Mapping[str, Any]) -> Step:
    """Make a step of nodes of one engine.

    Args:
        engine: Its dbt target.
        part: The nodes' unique ids.
        nodes: The nodes of dbt's manifest.
    """
    chosen = [nodes[unique_id] for unique_id in part]
    names = [f"fqn:{'.'.join(node.fqn)}" for node in chosen]
    return Step(
        name=engine,
        title=f"{project.ENGINES[engine]}: {len(chosen)} of what is selected",
        target=engine,
        # A test that is not chosen is not run; those of a model itself would come along with it.
        selection=(
            *("--indirect-selection", "empty", "--exclude-resource-type", "unit_test"),
            *("--select", *names),
        ),
        lands=tuple(node.name for node in chosen if node.schema == _LANDING),
    )
