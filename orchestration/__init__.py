"""The warehouse in Dagster: what `make orchestrate` runs, and nothing else imports.

- `definitions`: what Dagster loads.
- `graph`: dbt's nodes of the three engines as assets, its tests as checks.
- `step`, `retries`: what every step of a run shares; what is tried again.
- `build`: builds what is chosen of them, as `warehouse build --select` does.
- `files`, `copies`: the load before them; the Parquet copy and the catalogue behind them.
- `jobs`: the daily and the monthly road, and when they run.
- `sensors`: what starts them besides, and what tells people.
- `prepare`: what is done before the service starts, by `manifest` and `orphans`.
"""
