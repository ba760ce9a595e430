"""`warehouse new-source`: a source system from its files."""

import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from warehouse import environment, terminal
from warehouse.errors import UserError
from warehouse.ingest.sources import Dialect, active_names
from warehouse.new_source import kinds, mapping, project
from warehouse.new_source.mapping import Mapping
from warehouse.new_source.render import render
from warehouse.new_source.sample import take_sample

_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
# The staging model of each kind of files.
_MODELS = {"sales": "sale_lines", "products": "products", "customers": "customers"}

# What tells of a person.
_PERSONAL = ("customer_id", "age", "gender", "city", "registration_date")

_WILDCARD = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Stream:
    """Files of one shape.

    Attributes:
        table: Their raw table.
        pattern: Where they are, from the folder of the source system on.
        count: How many there are.
        mapping: How their columns enter the star.
    """

    table: str
    pattern: str
    count: int
    mapping: Mapping

    def context(self) -> dict[str, object]:
        """What the templates read."""
        sample = self.mapping.sample
        default = asdict(Dialect())
        dialect = {
            key: value for key, value in asdict(sample.dialect).items() if value != default[key]
        }
        roles = {column: role for role, column in self.mapping.found.items()}
        return {
            "table": self.table,
            "files": self.pattern,
            "dialect": {key: value for key, value in dialect.items() if value != default[key]},
            "headers": list(sample.headers),
            "columns": [
                {
                    "name": name,
                    "description": _description(header, roles.get(name)),
                    "is_personal": roles.get(name) in _PERSONAL,
                }
                for header, name in zip(sample.headers, sample.columns, strict=True)
            ],
        }


@click.command()
@click.argument("name")
@click.argument("files")
@click.option("--products", metavar="FILES", help="Product lists; without, the sales are it.")
@click.option("--customers", metavar="FILES", help="Customer lists; without, the sales are it.")
@click.option("--currency", help="Currency of all prices, as EUR.  [default: the files', or EUR]")
@click.option("--time-zone", help="Time zone of all times.  [default: UTC]", default="UTC")
def new_source(
    name: str,
    files: str,
    products: str | None,
    customers: str | None,
    currency: str | None,
    time_zone: str,
) -> None:
    """Make a source system NAME of the sales files FILES, a pattern such as 'data/bakery/*.csv'.

    Its block in meltano.yml, its staging models and its line in the seed source_systems are
    written, with the columns mapped as far as names and values tell. What is left to choose is
    marked CHOOSE, and a build stops at it.
    """
    root = environment.ROOT
    _check_name(root, name)
    patterns = {"sales": files, "products": products, "customers": customers}
    given = {entity: pattern for entity, pattern in patterns.items() if pattern}
    folder, globs = _common_folder(root, given)
    mappers = {
        "sales": mapping.of_sale_lines,
        "products": mapping.of_products,
        "customers": mapping.of_customers,
    }
    streams = {}
    seen: set[Path] = set()
    for entity, pattern in globs.items():
        found = sorted(path for path in (root / folder).glob(pattern) if path.is_file())
        if not found:
            raise UserError(
                f"no file matches {given[entity]}: give a pattern such as 'data/{name}/*.csv', "
                f"relative to the project, of which there is a file already"
            )
        if twice := sorted(seen & set(found)):
            raise UserError(f"{twice[0]} matches two patterns: each file is of one kind")
        seen.update(found)
        mapped = mappers[entity](take_sample(found))
        streams[entity] = Stream(f"{name}_{entity}", pattern, len(found), mapped)
    if not currency:
        currency = _currency(streams["sales"].mapping) or "EUR"
    changed = _changed_files(root, name, folder, streams, currency, time_zone)
    project.write_all(root, changed)
    _tell(root, name, streams, changed, currency, time_zone)


def _check_name(root: Path, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise UserError(
            f"{name!r} cannot be a source system's name: up to 30 lower-case letters, digits and "
            f"underscores, the first one a letter"
        )
    known = project.known_sources(root)
    streams = {stream for names in known.values() for stream in names}
    taken = {f"{name}_{entity}" for entity in ("sales", "products", "customers")} & streams
    if name in known or taken or (root / project.MODELS / name).exists() or name == "ingestion":
        raise UserError(f"there is a source system {name} already: choose another name")


def _common_folder(root: Path, patterns: dict[str, str]) -> tuple[Path, dict[str, str]]:
    """The folder that all patterns begin with, and the rest of each."""
    whole = {entity: root / Path(pattern).expanduser() for entity, pattern in patterns.items()}
    fixed = [_fixed_part(path) for path in whole.values()]
    folder = Path(os.path.commonpath(fixed))
    rest = {entity: path.relative_to(folder).as_posix() for entity, path in whole.items()}
    return folder.relative_to(root) if folder.is_relative_to(root) else folder, rest


def _fixed_part(path: Path) -> Path:
    """The folders of a pattern before its first wildcard."""
    parts = path.parts[:-1]
    wild = next((n for n, part in enumerate(parts) if _WILDCARD.search(part)), len(parts))
    return Path(*parts[:wild])


def _changed_files(
    root: Path,
    name: str,
    folder: Path,
    streams: dict[str, Stream],
    currency: str,
    time_zone: str,
) -> dict[Path, str]:
    """All that is written, by its path in the project; the new files first."""
    sales = streams["sales"].mapping
    shared = {
        "name": name,
        "folder": folder.as_posix(),
        "streams": [stream.context() for stream in streams.values()],
        "tables": {
            entity: streams[entity].table if entity in streams else None for entity in _MODELS
        },
        "is_numbered": sales.is_numbered,
    }
    models = project.MODELS / name
    changed = {models / f"_{name}.yml": render("source.yml", shared)}
    for entity, model in (
        ("sales", "sale_lines"),
        ("products", "products"),
        ("customers", "customers"),
    ):
        stream = streams.get(entity, streams["sales"])
        template = f"{model}.sql" if entity in streams else f"{model}_of_sales.sql"
        context = {**shared, **stream.mapping.context(), "table": stream.table}
        changed[models / f"stg_{name}__{model}.sql"] = render(template, context)
    line = {
        "source_system": name,
        "description": f"Exports of {name}",
        "currency": currency,
        "time_zone": time_zone,
    }
    changed[project.SEED] = project.with_seed_line(root, line)
    changed[project.DBT] = project.with_models_block(root, render("models.yml", shared))
    changed[project.MELTANO] = project.with_tap_block(root, render("tap.yml", shared))
    return changed


def _currency(sales: Mapping) -> str | None:
    column = sales.found.get("unit_price")
    return kinds.currency(sales.sample.values(column)) if column else None


def _description(header: str, role: str | None) -> str:
    return f"`{header}` of the files" + (f", taken for {role}." if role else ".")


def _tell(
    root: Path,
    name: str,
    streams: dict[str, Stream],
    changed: dict[Path, str],
    currency: str,
    time_zone: str,
) -> None:
    """Say what was understood, what was written, and what to do next."""
    for entity, stream in streams.items():
        _tell_stream(entity, stream)
    terminal.say("Written: " + ", ".join(map(str, changed)))
    terminal.say()
    terminal.say("Next:")
    choices = [
        f"{path}:{number}: {line.strip().removeprefix('-- ')}"
        for path, content in changed.items()
        for number, line in enumerate(content.splitlines(), 1)
        if "-- CHOOSE" in line
    ]
    for choice in choices:
        terminal.say(f"- {choice}")
    terminal.say(f"- {project.SEED}: is {currency} the currency, and {time_zone} the time zone?")
    active = ",".join(dict.fromkeys([*active_names(), name]))
    terminal.say(f"- in .env: WAREHOUSE_SOURCES={active}")
    terminal.say("- make run")


def _tell_stream(entity: str, stream: Stream) -> None:
    mapped, sample = stream.mapping, stream.mapping.sample
    dialect = ", ".join(f"{key} {value!r}" for key, value in asdict(sample.dialect).items())
    terminal.say(f"{entity}: {stream.count:,} files {stream.pattern} → raw.{stream.table}")
    terminal.say(f"  {dialect}")
    rows = [
        [role, mapped.header(column), next(iter(sample.values(column)), "")[:40]]
        for role, column in mapped.found.items()
    ]
    rows += [[role, "?", "to be chosen"] for role in mapped.open]
    terminal.table(["  part", "column", "as in"], [[f"  {row[0]}", *row[1:]] for row in rows])
    if mapped.unused:
        terminal.say("  not used: " + ", ".join(map(mapped.header, mapped.unused)))
    terminal.say()
