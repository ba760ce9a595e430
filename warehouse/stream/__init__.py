"""Messages on the dashboard within seconds: load, star and aggregates, round by round.

- `command`: `warehouse stream`, which goes on until it is stopped.
- `rounds`: one round, and what it is known by.
- `tables`: builds the tables that a round's loads reach, by a dbt that stays in memory.
- `stopping`: the wish to end, which waits for the end of a step.
"""
