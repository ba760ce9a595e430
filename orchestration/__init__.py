"""The warehouse in Dagster: what `make orchestrate` runs, and nothing else imports.

- `definitions`: what Dagster loads.
- `graph`: dbt's nodes of the three engines as assets, its tests as checks.
- `build`: builds what is chosen of them, as `warehouse build --select` does.
- `files`, `copies`: the load before them; the Parquet copy and the catalogue behind them.
- `jobs`: the daily and the monthly road, and when they run.
- `sensors`: what starts them besides, and what tells people.
"""
