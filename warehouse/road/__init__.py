"""The road from files to history.

- `steps`: the road as data, which the commands, Meltano's jobs and a scheduler walk.
- `selection`, `partial`: any of dbt's selections, cut into parts that each run on one engine.
- `completion`: what the last complete run was made of.
- `command`: `warehouse run`, `build`, `archive` and `test-data`.
"""
