"""`warehouse roles`: makes the roles, their logins and rights, as often as one likes."""

import os

import click

from warehouse import environment, project, terminal
from warehouse.engines import configuration, lifecycle
from warehouse.engines.lock import exclusive
from warehouse.roles import clickhouse, logins, relational


@click.command()
@click.option(
    "--rotate", multiple=True, metavar="ROLE", help="Give it a new login; the former goes on."
)
@click.option("--retire", multiple=True, metavar="ROLE", help="Let its former login in no more.")
@lifecycle.with_engines
def roles(rotate: tuple[str, ...], retire: tuple[str, ...]) -> None:
    """Make the roles that programs and people log in as, by the variable `roles`."""
    from warehouse.dbt import dbt_quietly

    wanted = project.variables()["roles"]
    chosen = logins.choose(wanted, rotate)
    with exclusive(environment.home(), "road"):
        # Before they hold: a password must never be one that nobody knows.
        logins.keep(chosen)
        for engine, name in project.ENGINES.items():
            if engine == "clickhouse" and _is_embedded():
                terminal.say(f"{name:<11} {configuration.REPORTING}, which it always has")
                continue
            if engine == "clickhouse":
                cluster = os.environ.get("CLICKHOUSE_CLUSTER", "")
                let_in = clickhouse.apply(wanted, chosen, retire, cluster)
            else:
                relational.apply(engine, wanted, chosen, retire)
                let_in = chosen
            if not (rotate or retire):
                dbt_quietly("run-operation", "grant_reading", target=engine)
            terminal.say(f"{name:<11} {', '.join(login.user for login in let_in)}")
    terminal.say(f"their passwords are in {logins.place()}")


def _is_embedded() -> bool:
    return configuration.embedded(configuration.users_settings())["CLICKHOUSE"]
