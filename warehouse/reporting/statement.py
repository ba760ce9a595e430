"""The SQL that answers metrics on one of the tables that tell their measures.

First the rows, each with its measures and dimensions; then their groups; then the metrics of these.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from warehouse.reporting.asked import Asked
from warehouse.reporting.declarations import (
    GRAINS,
    Declarations,
    Dimension,
    Entity,
    Measure,
    Metric,
    Table,
)

# Amounts of several currencies are never added up.
CURRENCY = "currency"

# How an expression calls all rows of one currency and period.
_WHOLE = "over ()"


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes:
        metrics: What is to be told.
        by: The dimensions and periods, as they are to be shown.
        of: Of which part of the sales.
    """

    metrics: Sequence[Metric]
    by: Sequence[str]
    of: Asked

    @property
    def measures(self) -> Mapping[str, Measure]:
        """The measures that are needed, by the names that the metrics have for them."""
        return {name: each for metric in self.metrics for name, each in metric.inputs.items()}

    @property
    def dimensions(self) -> list[str]:
        """The dimensions that are needed, be it to choose by them alone."""
        named = [name for name in self.by if name not in GRAINS]
        chosen = ["category"] if self.of.category else []
        return list(dict.fromkeys([*named, *chosen]))


@dataclass(frozen=True)
class Statement:
    """A question, asked of a table.

    Attributes:
        question: The question.
        table: The table.
        declared: What is declared.
    """

    question: Question
    table: Table
    declared: Declarations

    def lacks(self) -> list[str]:
        """The measures and dimensions that the table cannot tell."""
        measures = (
            measure.name
            for measure in self.question.measures.values()
            if self._is_summary and self._column(measure) not in self.table.columns
        )
        dimensions = (
            name
            for name in self.question.dimensions
            if not self._is_beside(dimension := self.declared.dimensions[name])
            and not self._joined(dimension)
        )
        return sorted({*measures, *dimensions})

    def sql(self) -> str:
        """The query; its columns are the dimensions and then the metrics."""
        by = self.question.by
        shown = [
            *by,
            *(f"{self._told(metric)} as {metric.name}" for metric in self.question.metrics),
        ]
        order = by
        if not set(by) & GRAINS.keys():
            largest = f"{self.question.metrics[0].name} desc nulls last"
            first = [name for name in by if name == CURRENCY]
            order = [*first, largest, *(name for name in by if name != CURRENCY)]
        return (
            f"with lines as (\n{self._lines()}\n),\n\n"
            f"groups as (\n{self._groups()}\n)\n\n"
            f"select {', '.join(shown)}\nfrom groups\norder by {', '.join(order)}"
        )

    def _lines(self) -> str:
        """The rows of the table: what they tell by themselves."""
        told = [f"{self._period(name)} as {name}" for name in self.question.by if name in GRAINS]
        told += [
            f"{dimension.name} as {dimension.name}"
            for dimension in self._asked()
            if self._is_beside(dimension)
        ]
        told += [f"{entity.key} as {name}" for name, entity in self._joins().items()]
        told += [
            f"{self._column(measure) if self._is_summary else measure.expr} as {name}"
            for name, measure in self.question.measures.items()
        ]
        where = self.question.of.condition(day=self.declared.day, source="source_system")
        return f"    select {', '.join(told)}\n    from {self.table.name}\n    where {where}"  # noqa: S608 (names from dbt)

    def _groups(self) -> str:
        by = [f"{self._place(name)}.{name} as {name}" for name in self.question.by]
        told = [
            f"{self._aggregate(name, each)} as {name}"
            for name, each in self.question.measures.items()
        ]
        joins = "".join(self._join(name, entity) for name, entity in self._joins().items())
        where = self.question.of.condition(category=f"{self._place('category')}.category")
        group = f"\n    group by {', '.join(map(str, range(1, len(by) + 1)))}" if by else ""
        shown = ", ".join(by + told)
        return f"    select {shown}\n    from lines{joins}\n    where {where}{group}"  # noqa: S608

    def _join(self, name: str, entity: Entity) -> str:
        told = "".join(
            f", {dimension.expr} as {dimension.name}"
            for dimension in self._asked()
            if dimension.entity == name and not self._is_beside(dimension)
        )
        table = entity.tables[self.table.engine].name
        members = f"select {entity.own_key} as {name}{told} from {table}"  # noqa: S608
        return f"\n    left join ({members}) as its_{name} on lines.{name} = its_{name}.{name}"

    def _told(self, metric: Metric) -> str:
        whole = [name for name in self.question.by if name == CURRENCY or name in GRAINS]
        parts = f"over (partition by {', '.join(whole)})" if whole else _WHOLE
        expr = metric.expr.replace(_WHOLE, parts)
        return expr if metric.digits is None else f"round({expr}, {metric.digits})"

    def _period(self, grain: str) -> str:
        day = self.declared.day
        return day if grain == "day" else f"cast(date_trunc('{grain}', {day}) as date)"

    def _aggregate(self, name: str, measure: Measure) -> str:
        if not measure.is_distinct:
            return f"sum(lines.{name})"
        # Distinct ones cannot be added up: a summary keeps which they were (models/serving).
        return (
            f"uniqExactMerge(lines.{name})" if self._is_summary else f"count(distinct lines.{name})"
        )

    @property
    def _is_summary(self) -> bool:
        """Whether the table has a column for each measure, and not a row for each sale line."""
        return self.declared.row_key not in self.table.columns

    def _column(self, measure: Measure) -> str:
        """The column of a summary that tells a measure."""
        return f"{measure.name}_state" if measure.is_distinct else measure.name

    def _asked(self) -> Iterator[Dimension]:
        return (self.declared.dimensions[name] for name in self.question.dimensions)

    def _is_beside(self, dimension: Dimension) -> bool:
        """Whether the table itself tells a dimension."""
        return dimension.name in self.table.columns

    def _joined(self, dimension: Dimension) -> bool:
        """Whether a table beside it does."""
        entity = self.declared.entities.get(dimension.entity or "")
        there = entity and entity.tables.get(self.table.engine)
        return bool(
            entity
            and there
            and entity.key in self.table.columns
            and dimension.expr in there.columns
        )

    def _joins(self) -> Mapping[str, Entity]:
        """What must be joined, by the names of the entities."""
        names = (each.entity for each in self._asked() if not self._is_beside(each))
        return {name: self.declared.entities[name] for name in names if name}

    def _place(self, name: str) -> str:
        """What tells a dimension or period, the rows or a table that is joined to them."""
        dimension = self.declared.dimensions.get(name)
        if name not in self.question.dimensions or not dimension or self._is_beside(dimension):
            return "lines"
        return f"its_{dimension.entity}"
