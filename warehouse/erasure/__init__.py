"""Erases customers, so that no table knows them any more, and no later load brings them back.

docs/personal-data.md says what is erased, what stays, and why. Who is erased stands in the loader's
register (`warehouse.ingest.raw.register`).

- `archive`: what is erased of the archive, where nothing else is ever changed.
- `proof`: the search for what is left of a customer, in all three engines.
- `command`: `warehouse erase-customer`.
"""
