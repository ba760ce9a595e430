"""The register of erased customers, and what it means for the rows of the raw tables.

A customer is known in it by a salted hash of the id, so that the register itself tells nobody's id,
and yet an erased customer is recognised when a file brings it again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from warehouse.ingest.raw import spelling
from warehouse.ingest.sources import CUSTOMERS, Content

DDL = """
create table if not exists raw._erased_customers (
    source_system text not null,
    id_hash text not null,
    salt text not null,
    erased_at timestamptz not null default now(),
    is_as_spelled boolean not null,
    primary key (source_system, id_hash)
);
comment on table raw._erased_customers is
    'Customers who are erased. Grain, one row for each; the id is kept as a salted hash alone.';
"""

# Before, all ids were spelled in one way, whatever staging made of them: such entries stay as they
# are, and are compared in that way.
UPGRADE = """
alter table raw._erased_customers add column is_as_spelled boolean not null default false;
alter table raw._erased_customers alter column is_as_spelled drop default;
"""
_SPELLED_BEFORE = r"regexp_replace(upper(btrim({id}, E' \t\r\n\u00a0')), '\.0$', '')"

REASON = "erased customer"


def add(cursor: Cursor, source_system: str, customer_id: str) -> None:
    """Write a customer into the register. One that is there already stays as it is."""
    cursor.execute(
        sql.SQL(
            "insert into raw._erased_customers (source_system, id_hash, salt, is_as_spelled) "
            "select %(source_system)s, {hash}, salt, true from ("
            "  select coalesce((select max(salt) from raw._erased_customers), "
            "  gen_random_uuid()::text) as salt"
            ") as chosen on conflict do nothing"
        ).format(hash=_hash("salt", "%(customer_id)s")),
        {"source_system": source_system, "customer_id": customer_id},
    )


def contains(cursor: Cursor, source_system: str, customer_id: str) -> bool:
    """Whether a customer is in the register."""
    cursor.execute(
        sql.SQL(
            "select exists (select from raw._erased_customers "
            "where source_system = %(source_system)s and id_hash = {hash})"
        ).format(hash=_either_hash("%(customer_id)s", "%(customer_id)s")),
        {"source_system": source_system, "customer_id": customer_id},
    )
    return cursor.fetchall() == [(True,)]


def entries(cursor: Cursor) -> list[dict[str, Any]]:
    """All that the register holds, as another one could take it over."""
    cursor.execute(
        "select source_system, id_hash, salt, erased_at::text, is_as_spelled "
        "from raw._erased_customers order by source_system, id_hash"
    )
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def adopt(cursor: Cursor, entry: Mapping[str, Any]) -> None:
    """Take over an entry of another register. One that is there already stays as it is."""
    cursor.execute(
        "insert into raw._erased_customers "
        "(source_system, id_hash, salt, erased_at, is_as_spelled) values "
        "(%(source_system)s, %(id_hash)s, %(salt)s, %(erased_at)s, %(is_as_spelled)s) "
        "on conflict do nothing",
        entry,
    )


def erased_among(cursor: Cursor, source_system: str, customer_ids: Sequence[str]) -> list[str]:
    """Which of these numbers, spelled as staging spells them, are in the register."""
    cursor.execute(
        sql.SQL("select id from unnest(%(ids)s::text[]) as lines (id) where {} order by id").format(
            sql.SQL(_WHERE_ERASED).format(hash=_either_hash("lines.id", "lines.id", "erased."))
        ),
        {"ids": list(customer_ids), "source_system": source_system},
    )
    return [found for (found,) in cursor.fetchall()]


def spelled(cursor: Cursor, source_system: str, customer_id: str) -> str | None:
    """A customer's number as staging spells it; None if nothing of it is left."""
    cursor.execute(
        f"select {spelling.clean_id('%(customer_id)s::text', source_system)}",
        {"customer_id": customer_id},
    )
    found: str | None = cursor.fetchall()[0][0]
    return found


def apply(
    cursor: Cursor, source_system: str, table: str, content: Content, load_id: int | None = None
) -> None:
    """Take the erased customers out of a raw table, or out of one load of it.

    A sale stays, without its customer and what it tells of one. A row that is a customer's own
    goes, and is accounted for among the rejects, where only its place is kept; so do rejected lines
    that name one.

    Args:
        cursor: Of the transaction in which it is done.
        source_system: Whose table it is.
        table: Its name, which is the stream's.
        content: What its lines are, and which columns tell of a customer, as meltano.yml says.
        load_id: The load; without one all of them.
    """
    values = {"source_system": source_system, "load_id": load_id, "table": table, "reason": REASON}
    cursor.execute(
        "select exists (select from raw._erased_customers where source_system = %(source_system)s)",
        values,
    )
    if cursor.fetchall() == [(False,)]:
        return
    if content.customer:
        customer = sql.Identifier(content.customer)
        written = spelling.clean_id("lines.{customer}", source_system)
        cursor.execute(
            sql.SQL(_DELETE_CUSTOMERS if content.rows == CUSTOMERS else _BLANK_SALES).format(
                table=sql.Identifier("raw", table),
                customer=customer,
                personal=sql.SQL(", ").join(
                    sql.SQL("{} = ''").format(sql.Identifier(column))
                    for column in (content.customer, *content.personal)
                ),
                erased=sql.SQL(_WHERE_ERASED).format(
                    hash=_either_hash(written, "lines.{customer}", "erased.", customer=customer)
                ),
            ),
            values,
        )
    token = spelling.clean_id("token", source_system)
    cursor.execute(
        sql.SQL(_BLANK_REJECTS).format(hash=_either_hash(token, "token", "erased.")), values
    )


def _either_hash(
    spelled_id: str, written: str, entry: str = "", **names: sql.Composable
) -> sql.Composable:
    """The hash of a number, spelled as an entry of the register was.

    Args:
        spelled_id: The SQL expression of the number as staging spells it.
        written: That of the number as it came.
        entry: What stands before the columns of the entry.
        names: What stands for braces in these expressions.
    """
    return sql.SQL("case when {entry}is_as_spelled then {now} else {before} end").format(
        entry=sql.SQL(entry),
        now=_hash(f"{entry}salt", spelled_id, **names),
        before=_hash(f"{entry}salt", _SPELLED_BEFORE.replace("{id}", written), **names),
    )


def _hash(salt: str, customer_id: str, **names: sql.Composable) -> sql.Composable:
    """The hash of a number as staging spells it, given as a SQL expression."""
    written = customer_id if names else customer_id.replace("{", "{{").replace("}", "}}")
    return sql.SQL(_HASH.replace("{salt}", salt).replace("{id}", written)).format(**names)


_HASH = """
    encode(sha256(convert_to({salt} || '|' || %(source_system)s || '|' || {id}, 'UTF8')), 'hex')
"""

_WHERE_ERASED = """
    exists (
        select from raw._erased_customers as erased
        where erased.source_system = %(source_system)s and erased.id_hash = {hash}
    )
"""

_BLANK_SALES = """
    update {table} as lines set {personal}
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
            -- As words, and as the fields of a line: an address for a number has more than letters.
            from (
                select regexp_split_to_table(rejects.line, '[^[:alnum:]._-]+') as token
                union
                select regexp_split_to_table(rejects.line, E'[,;|\\t"'']+')
            ) as tokens
            inner join raw._erased_customers as erased
                on erased.source_system = %(source_system)s and erased.id_hash = {hash}
        )
"""
