"""The road's steps, as the make targets walk them."""

from collections.abc import Callable

from benchmarks.scratch import Warehouse

Work = Callable[[Warehouse], None]

STEPS: dict[str, Work] = {
    "load": lambda warehouse: warehouse.run("warehouse", "ingest"),
    "star": lambda warehouse: warehouse.dbt("build", target="postgres"),
    "serve": lambda warehouse: warehouse.dbt("build", target="clickhouse"),
    "archive": lambda warehouse: warehouse.run("warehouse", "archive"),
}
