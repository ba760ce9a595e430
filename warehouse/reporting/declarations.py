"""What dbt's manifest declares of metrics: measures, dimensions, and the tables that tell them.

All of it is in models/marts/_metrics.yml; no measure is defined anywhere in Python.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.errors import UserError
from warehouse.project import LIES_ON, columns

# The semantic model that has the measures.
_FACTS = "sales"

GRAINS = {
    "day": "Day of the sale.",
    "week": "Week of the sale, by its Monday.",
    "month": "Month of the sale.",
    "quarter": "Quarter of the sale.",
    "year": "Year of the sale.",
}


@dataclass(frozen=True)
class Table:
    """A table or view that tells measures or dimensions.

    Attributes:
        name: With its schema, the same on every engine.
        engine: The dbt target on which it lies.
        columns: Their names.
    """

    name: str
    engine: str
    columns: frozenset[str]


@dataclass(frozen=True)
class Measure:
    """What is added up or counted over rows, each of which tells `expr`."""

    name: str
    is_distinct: bool
    expr: str
    is_money: bool


@dataclass(frozen=True)
class Dimension:
    """What a metric can be asked by.

    Attributes:
        name: As the user types it, and as a table has it that tells it beside its measures.
        expr: Its column in the tables of its own.
        description: For people.
        entity: What a sale names, whose dimension it is; none for one of the sale itself.
    """

    name: str
    expr: str
    description: str
    entity: str | None


@dataclass(frozen=True)
class Entity:
    """What a sale names.

    Attributes:
        key: The column of a sale that names it.
        own_key: The key of the tables that tell more of it.
        tables: These, by the engines on which they lie.
    """

    key: str
    own_key: str
    tables: Mapping[str, Table]


@dataclass(frozen=True)
class Metric:
    """A figure: an expression over measures.

    Attributes:
        name: As the user types it.
        label: As people read it.
        description: What it tells.
        expr: Over the names of `inputs`.
        inputs: The measures, by the names that they have in it.
        digits: To which it is rounded, where that is said.
    """

    name: str
    label: str
    description: str
    expr: str
    inputs: Mapping[str, Measure]
    digits: int | None

    @property
    def is_money(self) -> bool:
        """Whether amounts are in it, which must not be added up over currencies."""
        return any(measure.is_money for measure in self.inputs.values())


@dataclass(frozen=True)
class Declarations:
    """All that is declared.

    Attributes:
        metrics: By their names.
        dimensions: By their names; the periods of time are GRAINS.
        entities: By their names.
        row_key: The column of the tables that have a row for each sale line.
        day: The column of the day, the same in all tables.
        tables: Those that tell measures, the quickest first.
    """

    metrics: Mapping[str, Metric]
    dimensions: Mapping[str, Dimension]
    entities: Mapping[str, Entity]
    row_key: str
    day: str
    tables: Sequence[Table]

    @classmethod
    def of(cls, manifest: Any) -> "Declarations":
        """Read them from dbt's manifest.

        Raises:
            UserError: A metric is of a kind that is not answered.
        """
        described = {model.name: model for model in manifest.semantic_models.values()}
        facts = described.pop(_FACTS)
        about = facts.config.meta
        keys = {entity.name: entity.expr for entity in facts.entities}
        measures = {measure.name: _measure(measure) for measure in facts.measures}
        # dbt has them in the order in which it read them last.
        declared = {each.name: each for each in sorted(manifest.metrics.values(), key=_name)}
        dimensions = [*_dimensions(facts, None)]
        entities = {}
        for model in described.values():
            [entity] = model.entities
            dimensions += _dimensions(model, entity.name)
            tables = [_table(name, manifest) for name in model.config.meta["answered_by"]]
            by_engine = {table.engine: table for table in tables}
            entities[entity.name] = Entity(keys[entity.name], entity.expr, by_engine)
        dimensions += [_served(name, about["answered_by"]) for name in about["served_dimensions"]]
        return cls(
            metrics={name: _metric(each, declared, measures) for name, each in declared.items()},
            dimensions={each.name: each for each in sorted(dimensions, key=_name)},
            entities=entities,
            row_key=next(each.expr for each in facts.entities if each.type.value == "primary"),
            day=facts.defaults.agg_time_dimension,
            tables=[_table(name, manifest) for name in about["answered_by"]],
        )


def _name(declared: Any) -> str:
    return str(declared.name)


def _measure(declared: Any) -> Measure:
    return Measure(
        name=declared.name,
        is_distinct=_one_of(("sum", "count_distinct"), declared.agg, declared.name) != "sum",
        expr=declared.expr,
        is_money=declared.config.meta.get("unit") == "currency",
    )


def _metric(metric: Any, declared: Mapping[str, Any], measures: Mapping[str, Measure]) -> Metric:
    told = metric.type_params
    if _one_of(("simple", "derived"), metric.type, metric.name) == "simple":
        expr, inputs = metric.name, {metric.name: metric}
    else:
        expr, inputs = (
            told.expr,
            {each.alias or each.name: declared[each.name] for each in told.metrics},
        )
    if any(each.filter for each in (metric, *inputs.values())):
        raise UserError(
            f"the metric {metric.name} has a filter, which is not heeded: say it in a measure"
        )
    return Metric(
        name=metric.name,
        label=metric.label,
        description=metric.description.strip(),
        expr=expr,
        inputs={name: measures[each.type_params.measure.name] for name, each in inputs.items()},
        digits=metric.config.meta.get("digits"),
    )


def _one_of(answered: Sequence[str], kind: Any, name: str) -> str:
    """What kind of measure or metric it is, if it is one that is answered."""
    if kind.value not in answered:
        raise UserError(
            f"{name} in models/marts/_metrics.yml is of the kind {kind.value}: "
            f"only {' and '.join(answered)} are answered"
        )
    return str(kind.value)


def _dimensions(model: Any, entity: str | None) -> Iterator[Dimension]:
    for each in model.dimensions:
        # The day is asked for by its periods.
        if each.type.value != "time":
            yield Dimension(each.name, each.expr or each.name, each.description or "", entity)


def _served(name: str, tables: Sequence[str]) -> Dimension:
    told = next(found for table in tables if (found := columns(table).get(name)))
    return Dimension(name, name, told["description"], None)


def _table(name: str, manifest: Any) -> Table:
    schema = manifest.nodes[f"model.warehouse.{name}"].schema
    return Table(f"{schema}.{name}", LIES_ON[schema], frozenset(columns(name)))
