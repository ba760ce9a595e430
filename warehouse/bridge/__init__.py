"""A ClickHouse server without a server: an HTTP bridge in front of chdb's embedded engine.

Ordinary clients take it for a server: dbt-clickhouse, clickhouse-connect, the JDBC and Node
drivers, BI tools, curl. `python -m warehouse.bridge` starts it; SIGTERM stops it, after a few
seconds' grace for running queries. All settings come from the environment:

    WAREHOUSE_BRIDGE_DATA          folder of its data, made if missing, closed to other users
    CLICKHOUSE_PORT                port of the HTTP interface
    CLICKHOUSE_USER                whoever may do anything (default: default)
    CLICKHOUSE_PASSWORD            their password
    CLICKHOUSE_REPORTING_USER      whoever may only read; without it there is no such user
    CLICKHOUSE_REPORTING_PASSWORD  their password
    WAREHOUSE_BRIDGE_READS         the databases that they read, with commas between them
    WAREHOUSE_BRIDGE_LISTEN        address (default: 127.0.0.1); another one needs a password
    WAREHOUSE_CLICKHOUSE_MEMORY    memory for queries, such as 4G (default: half of the machine's)

The way of a request: `server` takes it, `auth` looks who asks, `requests` and `body` read it,
`execution` runs it on a handle of `engine`, its own or its session's (`sessions`), in a thread
(`workers`), and `responses` answers. `statements` finds where SQL ends and data begins;
`configuration` says what the engine has, and who may do what in it. A result comes out through a
pipe (`outlets`), an INSERT's data goes in piece by piece: neither is gathered, and whoever is
faster waits for the other.

How it differs from a server, for those who use it:

- There are two users, of whom dictionaries and tables that log in again may name the one who may
  do anything. There are no SQL users, roles, grants or row policies: dbt's `grants:` fail. No ON
  CLUSTER, Keeper or replicated tables (the one cluster, `default`, is the engine itself), no native
  port 9000, no Kafka tables, no `.zip` backups.
- SQL does not reach the files of the machine: `file()`, `url()`, `sqlite()`, INTO OUTFILE, FROM
  INFILE and the like are refused. For whoever may do anything that is a rail, not a wall: they
  should be someone who may read what the bridge's own user may read.
- Whoever may only read gets the engine's role `reader`, with SELECT on the databases that are
  named, and its setting `readonly = 1`; of them only what the engine's own parser calls a read is
  run, and as it writes it down. They have no sessions, settings or tables of their own, do not
  see others' queries in `system`, and may call nothing `file`. A view is read with their rights.
- Each user's queries over a number wait for their turn: 100 of the one, 4 of the reader, each of
  which may hold an eighth of the memory and take a minute.
- BACKUP and RESTORE know one place, `Disk('backups', …)`: the folder `backups` beside the engine's.
- The database `default` cannot be dropped.
- A client's query id is not in `system.query_log`, which gives ids of its own, and all queries are
  of the user `default` there: the user's name stands first in `log_comment`, the id last. KILL
  QUERY WHERE query_id = '…' takes the client's id. Of the query's text, the log has the bridge's
  own INTO OUTFILE too, and no white space before it. The log is lost at a restart.
- `client_protocol_version` is not taken up: in the Native format, `DateTime('zone')` comes as
  `DateTime`. Keep times in UTC, or in DateTime64, which keeps its zone.
- The first mebibyte of a result is held back until there is more or the query has ended, and
  progress is sent in headers only. So most errors come with a status, where a server has often
  sent rows already; and rows that trickle arrive together.
- A kill -9 in the middle of an INSERT keeps the blocks that were written (32 MiB of memory each),
  as it would on a server, and a materialized view may lag behind its table. To load all or
  nothing, fill a table beside and exchange the two.
- Access rights that a server would check on all databases, such as those of SHOW ROW POLICIES and
  BACKUP ALL, are missing. SHOW CREATE knows no tables of `system`.
- A request's body may be in gzip, deflate, zstd, lz4, xz or bz2, but not in br (Brotli); of a
  response, zstd, lz4 and gzip are to be had, and who accepts none of them gets it uncompressed.
"""
