"""The road's steps, and what is done every day, as the make targets do it."""

from collections.abc import Callable

from benchmarks.scratch import Warehouse

Work = Callable[[Warehouse], None]

STEPS: dict[str, Work] = {
    "load": lambda warehouse: warehouse.run("warehouse", "ingest"),
    "star": lambda warehouse: warehouse.dbt("build", target="postgres"),
    "serve": lambda warehouse: warehouse.dbt("build", target="clickhouse"),
    "archive": lambda warehouse: warehouse.run("warehouse", "archive"),
}

# `make build` is star, serve and the snapshots in one.
DAY: dict[str, Work] = {
    "load": STEPS["load"],
    "build": lambda warehouse: warehouse.run("warehouse", "build"),
}
