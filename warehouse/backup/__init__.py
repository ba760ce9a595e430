"""Backups of all that a warehouse holds, and the way back. docs/backup.md says how to use them.

A backup is a folder that is named by its moment and lies with others in one place:

    2026-11-29T020000Z/manifest.json    what the parts are, and a checksum of every file
                       postgres/        pg_dump of raw, staging, quarantine and marts
                       greenplum/       pg_dump of the archive, its ledger and the snapshots
                       clickhouse/      BACKUP of serving; what has not changed is in an older one
                       state/           settings without secrets, Meltano's and Dagster's state
    erased.json                         customers who stay erased whichever backup comes back

- `place`, `retention`, `manifest`: the folder, what goes from it, what makes a backup whole.
- `servers`, `programs`, `relational`: PostgreSQL and Greenplum.
- `serving`: ClickHouse. `state`: the tools' own files. `erased`: the list of erased customers.
- `making`, `restoring`, `drill`, `contents`: the commands; `elsewhere`: a second warehouse.
"""
