"""Asks the three engines for figures, and whether they answer at all."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from warehouse import settings
from warehouse.environment import ENGINES
from warehouse.watching.questions import QUESTIONS, Question

# Prometheus waits ten seconds for all of it.
_LONGEST_SECONDS = 8
_CONNECT_SECONDS = 3

_RELATIONS = """
    select nspname || '.' || relname from pg_class
    inner join pg_namespace on pg_namespace.oid = relnamespace
"""

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Answers:
    """What an engine has answered.

    Attributes:
        is_up: It answers.
        rows: Of each question, labels and value; none where there is nothing to ask of.
    """

    is_up: bool
    rows: Sequence[tuple[Question, Rows]] = ()


def ask_all() -> dict[str, Answers]:
    """Ask each engine, by dbt target; why one does not answer is said on standard error."""
    return {engine.lower(): _ask(engine.lower()) for engine in ENGINES}


def _ask(engine: str) -> Answers:
    if f"{engine.upper()}_HOST" not in os.environ:
        return Answers(is_up=False)
    questions = [question for question in QUESTIONS if question.engine == engine]
    try:
        answered = _of_clickhouse if engine == "clickhouse" else _of_postgres
        return Answers(True, list(answered(engine, questions)))
    # Whatever it is, the figures of the others stand.
    except Exception as error:
        print(f"{engine} did not answer: {str(error).strip().splitlines()[0]}", file=sys.stderr)
        return Answers(is_up=False)


def _of_postgres(engine: str, questions: Iterable[Question]) -> Iterator[tuple[Question, Rows]]:
    import psycopg2

    server = settings.greenplum() if engine == "greenplum" else settings.postgres()
    limit = f"-c statement_timeout={_LONGEST_SECONDS}s"
    with (
        closing(
            psycopg2.connect(**server.connection, connect_timeout=_CONNECT_SECONDS, options=limit)
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(_RELATIONS)
        there = {table for (table,) in cursor.fetchall()}
        for question in questions:
            if there.issuperset(question.tables):
                cursor.execute(question.query)
                yield question, cursor.fetchall()


def _of_clickhouse(_: str, questions: Iterable[Question]) -> Iterator[tuple[Question, Rows]]:
    import clickhouse_connect

    with clickhouse_connect.get_client(
        **settings.clickhouse().connection,
        connect_timeout=_CONNECT_SECONDS,
        send_receive_timeout=_LONGEST_SECONDS,
        query_retries=0,
    ) as client:
        tables = client.query("select database || '.' || name from system.tables").result_rows
        there = {table for (table,) in tables}
        for question in questions:
            if there.issuperset(question.tables):
                yield question, client.query(question.query).result_rows
