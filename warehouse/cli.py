"""The command `warehouse`: what the make targets run.

A command's module is imported when the command is run, not before, so that the command line
answers at once although some commands need large libraries.
"""

import importlib
import sys

import click

from warehouse import environment, terminal
from warehouse.errors import UserError

# name → (module:function, the line in `warehouse --help`)
COMMANDS = {
    "up": ("warehouse.engines.commands:up", "Start the embedded engines."),
    "down": ("warehouse.engines.commands:down", "Stop the embedded engines."),
    "status": ("warehouse.engines.commands:status", "Say where the three engines are, and how."),
    "sample": ("warehouse.sample.command:sample", "Write the files of a made-up shop."),
    "new-source": ("warehouse.new_source.command:new_source", "Make a source system of files."),
    "remove-source": (
        "warehouse.removal.command:remove_source",
        "Take a source system out for good.",
    ),
    "ingest": ("warehouse.ingest.command:ingest", "Load new files into PostgreSQL."),
    "build": ("warehouse.road.command:build", "Build and test the star and the aggregates."),
    "test-data": ("warehouse.road.command:test_data", "Run the tests of the data alone."),
    "changed": (
        "warehouse.road.changed:changed",
        "Build and test what has changed since a commit, on a sample.",
    ),
    "archive": ("warehouse.road.command:archive", "Archive the months that are over to Greenplum."),
    "verify-archive": (
        "warehouse.archive.verification:verify_archive",
        "Prove that the archive is as it was written.",
    ),
    "repair-archive": (
        "warehouse.archive.repair:repair_archive",
        "Put right an archive that has sales twice.",
    ),
    "export-archive": (
        "warehouse.archive.export.command:export_archive",
        "Write the archive as Parquet files and Iceberg tables.",
    ),
    "run": ("warehouse.road.command:run", "Walk the whole road from files to a report."),
    "stream": ("warehouse.stream.command:stream", "Show messages of Kafka within seconds."),
    "account": (
        "warehouse.reporting.account:account",
        "Print what became of the lines of the files.",
    ),
    "report": ("warehouse.reporting.reports:report", "Print a report, or the list of them."),
    "metric": (
        "warehouse.reporting.metric:metric",
        "Print a metric by dimensions, or the list of them.",
    ),
    "notebook": ("warehouse.notebook:notebook", "Open the notebooks, or write them as pages."),
    "docs": ("warehouse.reporting.catalogue:docs", "Build the catalogue of all three engines."),
    "docs-serve": ("warehouse.reporting.catalogue:docs_serve", "Serve the catalogue."),
    "dashboards": (
        "warehouse.dashboards.command:dashboards",
        "Show the dashboards, by Superset.",
    ),
    "connections": (
        "warehouse.reporting.connections:connections",
        "Say where other tools find the engines.",
    ),
    "orchestrate": (
        "warehouse.orchestrate:orchestrate",
        "Run the roads at their times, with a page to look at.",
    ),
    "history": ("warehouse.runs.history:history", "Print the last runs of the road."),
    "metrics": ("warehouse.watching.command:metrics", "Serve figures of all of it to Prometheus."),
    "notify-test": (
        "warehouse.notify.command:notify_test",
        "Send a message by each channel that is set.",
    ),
    "timings": ("warehouse.timings:timings", "Print where dbt's time went."),
    "backup": ("warehouse.backup.making:backup", "Back up all that the warehouse holds."),
    "restore": ("warehouse.backup.restoring:restore", "Make a warehouse of a backup."),
    "restore-drill": (
        "warehouse.backup.drill:restore_drill",
        "Back up, restore beside it, and compare every table.",
    ),
    "roles": (
        "warehouse.roles.command:roles",
        "Make the roles that programs and people log in as.",
    ),
    "erase-customer": ("warehouse.erasure.command:erase_customer", "Forget a customer, for good."),
    "clean": ("warehouse.engines.commands:clean", "Delete everything that runs have made."),
}


class LazyGroup(click.Group):
    """A group that knows its commands' names and imports a command only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of a first run."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), function)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def warehouse() -> None:
    """A retail warehouse: CSV files to PostgreSQL, ClickHouse and Greenplum."""


def main() -> None:
    """Run the command line; a mistake of the user's is one line on standard error."""
    try:
        environment.load()
        sys.exit(warehouse.main(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except UserError as error:
        terminal.fail(str(error))
        from warehouse import disk

        if not isinstance(error, disk.FullDiskError) and (found := disk.explanation(error)):
            terminal.fail(found)
        sys.exit(1)
    except PermissionError as error:
        terminal.fail(
            f"{error.filename} belongs to another user: "
            "run this as that user, or give the folder to yourself with 'sudo chown -R'"
        )
        sys.exit(1)
    except OSError as error:
        from warehouse import disk

        found = disk.explanation(error) if disk.says_full(error) else None
        if found is None:
            raise
        terminal.fail(found)
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)


if __name__ == "__main__":
    main()
