"""`warehouse erase-customer`: forget a customer, and prove it."""

import click

from warehouse import environment, landing, queries, terminal
from warehouse.dbt import dbt
from warehouse.engines.lock import exclusive
from warehouse.erasure import archive, proof, register
from warehouse.erasure.customer import Customer
from warehouse.errors import UserError
from warehouse.ingest.sources import active_names
from warehouse.ingest.tables import keep_other_loads_out, raw_tables
from warehouse.terminal import Steps


@click.command()
@click.argument("source_system")
@click.argument("customer_id")
def erase_customer(source_system: str, customer_id: str) -> None:
    """Erase a customer of a source system from all tables, for good; sales stay, without a name.

    It can be run again after whatever stopped it.
    """
    customer = Customer.read(source_system, customer_id, active_names())
    with exclusive(environment.home(), "road"):
        steps = Steps(6)
        with steps.step("PostgreSQL: erase from the raw tables"):
            _erase_from_raw(customer)
        with steps.step("PostgreSQL: staging, quarantine and star, from nothing"):
            dbt("build", "--full-refresh", target="postgres")
        with steps.step("Greenplum: erase from the archive"):
            archive.erase(customer)
        with steps.step("ClickHouse: from nothing; what has changed, to Greenplum"):
            landing.prepare(*landing.DIMENSIONS, *landing.SALES)
            dbt("build", "--full-refresh", "--selector", "whole", target="clickhouse")
        with steps.step("Greenplum: archive, snapshots and analytics"):
            dbt("build", target="greenplum")
        with steps.step("Search for what is left"):
            _prove(customer)


def _erase_from_raw(customer: Customer) -> None:
    found = proof.search(customer)
    with queries.connected() as connection:
        keep_other_loads_out(connection)
        with connection, connection.cursor() as cursor:
            cursor.execute(register.DDL)
            if not found and not register.contains(
                cursor, customer.source_system, customer.customer_id
            ):
                raise UserError(f"there is no {customer}: no table names one")
            register.add(cursor, customer.source_system, customer.customer_id)
            for table in raw_tables(cursor):
                register.apply(cursor, table)
    for finding in found:
        terminal.say(f"was in {finding}")


def _prove(customer: Customer) -> None:
    if found := proof.search(customer):
        raise UserError(
            f"{customer} is still in {', '.join(map(str, found))}: "
            "look there, as the number may be that of something else"
        )
    terminal.say(
        f"No table of the three engines names {customer}. Files, backups and logs are yours."
    )
