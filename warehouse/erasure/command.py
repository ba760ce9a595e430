"""`warehouse erase-customer`: forget a customer, and prove it."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from warehouse import environment, queries, terminal
from warehouse.archive.export.place import usual_folder
from warehouse.backup import erased, place
from warehouse.dbt import dbt
from warehouse.engines import lifecycle
from warehouse.engines.lock import exclusive
from warehouse.erasure import archive, proof
from warehouse.erasure.customer import Customer
from warehouse.errors import UserError
from warehouse.ingest.raw import register
from warehouse.ingest.raw.tables import keep_other_loads_out, prepare_session, raw_tables
from warehouse.ingest.sources import declared
from warehouse.road.steps import ARCHIVE, SERVE, STAR
from warehouse.terminal import Steps

# A test that fails may not keep a customer from being forgotten.
_UNTESTED = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


@click.command()
@click.argument("source_system")
@click.argument("customer_id")
@lifecycle.with_engines
def erase_customer(source_system: str, customer_id: str) -> None:
    """Erase a customer of a source system from all tables, for good; sales stay, without a name.

    It can be run again after whatever stopped it.
    """
    customer = Customer.read(source_system, customer_id, [source.name for source in declared()])
    with exclusive(environment.home(), "road"):
        found = _look_for(customer)
        for finding in found:
            terminal.say(f"is in {finding}")
        erase([customer])


def erase(customers: Sequence[Customer]) -> None:
    """Erase customers at a stretch; who calls it holds the lock of the road.

    Raises:
        UserError: A step failed, a total has changed, or something of a customer is left.
    """
    is_exported = usual_folder().exists()
    steps = Steps(8 if is_exported else 7)
    with steps.step("PostgreSQL: the star as it is, to be compared with"):
        STAR.run(*_UNTESTED)
        before = {engine: _totals(engine) for engine in _SALES}
    with steps.step("PostgreSQL: erase from the raw tables"):
        for customer in customers:
            _erase_from_raw(customer)
        erased.note(place.usual())
    with steps.step("PostgreSQL: staging, quarantine and star, from nothing"):
        STAR.run("--full-refresh", *_UNTESTED)
        _compare(before, "postgres")
    with steps.step("Greenplum: erase from the archive"):
        for customer in customers:
            archive.erase(customer)
        _compare(before, "greenplum")
    with steps.step("ClickHouse: from nothing; what has changed, to Greenplum"):
        SERVE.run("--full-refresh", *_UNTESTED)
        dbt("test", "--select", "hot_sales_match_fct_sales", target="clickhouse")
    with steps.step("Greenplum: archive, snapshots and analytics"):
        ARCHIVE.run(*_UNTESTED)
    if is_exported:
        # It asks for large libraries, which nothing else here does.
        from warehouse.archive.export.command import export

        with steps.step("Parquet and Iceberg: what held a customer, anew"):
            export()
    with steps.step("Search for what is left"):
        for customer in customers:
            _prove(customer)


def _look_for(customer: Customer) -> list[proof.Finding]:
    found = proof.search(customer)
    with queries.connected() as connection:
        # A register of before gets what it lacks.
        prepare_session(connection)
        with connection, connection.cursor() as cursor:
            is_known = register.contains(cursor, customer.source_system, customer.customer_id)
    if not found and not is_known:
        raise UserError(f"there is no {customer}: no table names one")
    return found


def _erase_from_raw(customer: Customer) -> None:
    with queries.connected() as connection:
        keep_other_loads_out(connection)
        with connection, connection.cursor() as cursor:
            register.add(cursor, customer.source_system, customer.customer_id)
            there = raw_tables(cursor)
            [source] = [each for each in declared() if each.name == customer.source_system]
            for stream in source.streams:
                if stream.name in there:
                    register.apply(cursor, source.name, stream.name, stream.content)


_TOTALS = """
    select source_system, count(*), sum(quantity), sum(amount) from {}
    group by source_system order by source_system
"""
_SALES = {"postgres": "marts.fct_sales", "greenplum": "archive.current_sales"}


def _totals(engine: str) -> Sequence[Any]:
    """The sales of each source system on an engine: lines, quantity and amount."""
    if not queries.has_table(_SALES[engine], engine):
        return []
    return queries.run(_TOTALS.format(_SALES[engine]), engine)[1]


def _compare(before: Mapping[str, Sequence[Any]], engine: str) -> None:
    after = _totals(engine)
    if after != before[engine]:
        raise UserError(
            f"the sales of {engine} were to stay as they are: before {before[engine]}, now {after}"
        )
    terminal.say(f"{_SALES[engine]}: {sum(row[1] for row in after):,} sales, as before")


def _prove(customer: Customer) -> None:
    if found := proof.search(customer):
        raise UserError(
            f"{customer} is still in {', '.join(map(str, found))}: "
            "look there, as the number may be that of something else"
        )
    terminal.say(
        f"No table of the three engines names {customer}. Files, backups and logs are yours."
    )
