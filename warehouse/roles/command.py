"""`warehouse roles`: makes the roles, their logins and rights, as often as one likes."""

import click

from warehouse import environment, project, terminal
from warehouse.engines import lifecycle
from warehouse.engines.lock import exclusive
from warehouse.roles import logins, relational


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
        for engine in ("postgres", "greenplum"):
            relational.apply(engine, wanted, chosen, retire)
            if not (rotate or retire):
                dbt_quietly("run-operation", "grant_reading", target=engine)
            terminal.say(
                f"{project.ENGINES[engine]:<11} {', '.join(login.user for login in chosen)}"
            )
    terminal.say("ClickHouse  its users are not made here (docs/roles.md)")
    terminal.say(f"their passwords are in {logins.place()}")
