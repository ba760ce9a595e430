"""The register of erased customers, and what it means for the rows of the raw tables.

A customer is known in it by a salted hash of the id, so that the register itself tells nobody's id,
and yet an erased customer is recognised when a file brings it again.
"""

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812

DDL = """
create schema if not exists raw;
create table if not exists raw._erased_customers (
    source_system text not null,
    id_hash text not null,
    salt text not null,
    erased_at timestamptz not null default now(),
    primary key (source_system, id_hash)
);
comment on table raw._erased_customers is
    'Customers who are erased. Grain, one row for each; the id is kept as a salted hash alone.';
"""

# The column of a raw table that says whose row it is. A table that begins with it holds customers;
# any other holds something that customers did, such as sales.
CUSTOMER_ID = "customer_id"

REASON = "erased customer"

# As staging reads an id: letter case, stray spaces and a spreadsheet's `.0` make no difference.
_HASH = r"""
    encode(sha256(convert_to(
        {salt} || '|' || {source_system} || '|'
        || regexp_replace(upper(btrim({id}, E' \t\r\n\u00a0')), '\.0$', ''),
        'UTF8'
    )), 'hex')
"""
_WHERE_ERASED = """
    exists (
        select from raw._erased_customers as erased
        where
            erased.source_system = split_part(lines._source_file, '/', 1)
            and erased.id_hash = {hash}
    )
"""


def add(cursor: Cursor, source_system: str, customer_id: str) -> None:
    """Write a customer into the register. One that is there already stays as it is."""
    cursor.execute(
        sql.SQL(
            "insert into raw._erased_customers (source_system, id_hash, salt) "
            "select %(source_system)s, {hash}, salt from ("
            "  select coalesce((select max(salt) from raw._erased_customers), "
            "  gen_random_uuid()::text) as salt"
            ") as chosen on conflict do nothing"
        ).format(hash=_hash("salt", "%(source_system)s", "%(customer_id)s")),
        {"source_system": source_system, "customer_id": customer_id},
    )


def contains(cursor: Cursor, source_system: str, customer_id: str) -> bool:
    """Whether a customer is in the register."""
    cursor.execute(
        sql.SQL(
            "select exists (select from raw._erased_customers "
            "where source_system = %(source_system)s and id_hash = {hash})"
        ).format(hash=_hash("salt", "%(source_system)s", "%(customer_id)s")),
        {"source_system": source_system, "customer_id": customer_id},
    )
    return cursor.fetchall() == [(True,)]


def apply(cursor: Cursor, table: str, load_id: int | None = None) -> None:
    """Take the erased customers out of a raw table, or out of one load of it.

    A sale stays, without its customer. A row that is a customer's own goes, and is accounted for
    among the rejects, where only its place is kept; so do rejected lines that name one.
    """
    cursor.execute("select exists (select from raw._erased_customers)")
    if cursor.fetchall() == [(False,)]:
        return
    values = {"load_id": load_id, "table": table, "reason": REASON}
    cursor.execute(
        "select column_name from information_schema.columns "
        "where table_schema = 'raw' and table_name = %(table)s order by ordinal_position",
        values,
    )
    columns = [name for (name,) in cursor.fetchall()]
    if CUSTOMER_ID in columns:
        statement = _DELETE_CUSTOMERS if columns[0] == CUSTOMER_ID else _BLANK_SALES
        cursor.execute(
            sql.SQL(statement).format(table=sql.Identifier("raw", table), erased=_is_erased()),
            values,
        )
    cursor.execute(
        sql.SQL(_BLANK_REJECTS).format(hash=_hash("erased.salt", _SYSTEM, "token")), values
    )


_SYSTEM = "split_part(rejects.source_file, '/', 1)"

_BLANK_SALES = """
    update {table} as lines set customer_id = ''
    where {erased} and (%(load_id)s is null or _load_id = %(load_id)s)
"""

_DELETE_CUSTOMERS = """
    with gone as (
        delete from {table} as lines
        where {erased} and (%(load_id)s is null or _load_id = %(load_id)s)
        returning _load_id, _source_file, _source_line
    ),
    accounted as (
        insert into raw._rejects (load_id, source_file, source_line, reason, line)
        select _load_id, _source_file, _source_line, %(reason)s, '' from gone
    ),
    counted as (
        select _load_id, count(*) as rows from gone group by _load_id
    )
    update raw._loads set
        rows_loaded = rows_loaded - counted.rows,
        rows_rejected = rows_rejected + counted.rows
    from counted
    where load_id = counted._load_id
"""

_BLANK_REJECTS = """
    update raw._rejects as rejects set line = ''
    from raw._loads as loads
    where
        loads.load_id = rejects.load_id
        and loads.stream = %(table)s
        and (%(load_id)s is null or rejects.load_id = %(load_id)s)
        and exists (
            select
            from regexp_split_to_table(rejects.line, '[^[:alnum:]._-]+') as token
            inner join raw._erased_customers as erased on erased.id_hash = {hash}
        )
"""


def _hash(salt: str, source_system: str, customer_id: str) -> sql.Composable:
    return sql.SQL(
        _HASH.replace("{salt}", salt)
        .replace("{source_system}", source_system)
        .replace("{id}", customer_id)
    )


def _is_erased() -> sql.Composable:
    return sql.SQL(_WHERE_ERASED).format(
        hash=_hash("erased.salt", "erased.source_system", "lines.customer_id")
    )
