"""The warehouse's figures, as Prometheus reads them. docs/watching.md says which, and what watches.

- `questions`: figures that a query on one of the engines answers, as data.
- `engines`: asks them, on one connection to each engine.
- `runs`: figures of the last runs. `machine`: disk and backups.
- `collector`: all of them, each time that somebody looks. `command`: `warehouse metrics`.
"""
