"""`warehouse new-source`: a source system from its files."""

import contextlib
import gc
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from warehouse import environment
from warehouse.errors import UserError
from warehouse.ingest.kafka.topic import MESSAGE, SCHEME
from warehouse.ingest.sources import CUSTOMERS, ROWS, SALES
from warehouse.new_source import currencies, mapping, project, tell, topics, web, written
from warehouse.new_source import files as source_files
from warehouse.new_source.mapping import Answers
from warehouse.new_source.render import is_template, render
from warehouse.new_source.sample import Sample, take_sample
from warehouse.new_source.stream import Stream

_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
_HEADER = re.compile(r"([!-9;-~]+):\s*(\w+)")

# The staging model of each kind of files: sales, and the dimensions.
_MODELS = {rows: "sale_lines" if rows == SALES else rows for rows in ROWS}

_MAPPERS: dict[str, Callable[[Sample, Answers], mapping.Mapping]] = {
    "sales": mapping.of_sale_lines,
    "returns": mapping.of_returns,
    "products": mapping.of_products,
    "customers": mapping.of_customers,
    "stores": mapping.of_stores,
    "exchange_rates": currencies.of_exchange_rates,
}

_OF_SALES = {
    "products_of_sales.sql": mapping.of_products_of_sales,
    "customers_of_sales.sql": mapping.of_customers_of_sales,
}


@click.command()
@click.argument("name")
@click.argument("files")
@click.option("--products", metavar="FILES", help="Product lists; without, the sales are it.")
@click.option("--customers", metavar="FILES", help="Customer lists; without, the sales are it.")
@click.option("--stores", metavar="FILES", help="Lists of stores and channels, if there are any.")
@click.option("--returns", metavar="FILES", help="Returns, if they lie in files of their own.")
@click.option("--rates", metavar="FILES", help="Exchange rates, if the files have some.")
@click.option(
    "--currency",
    help="Currency of prices where a line names no other, as EUR.  [default: the files', or EUR]",
)
@click.option("--time-zone", help="Time zone of all times.  [default: UTC]", default="UTC")
@click.option(
    "--decimal", type=click.Choice([".", ","]), help="The decimal sign, if no price tells."
)
@click.option(
    "--date-order",
    type=click.Choice(["day", "month"]),
    help="What comes first in 03/04/2026, if no day tells.",
)
@click.option(
    "--ids-within",
    metavar="year|file|COLUMN|none",
    help="Where the numbers of orders begin anew, if the files do not tell.",
)
@click.option(
    "--rates-base",
    metavar="CURRENCY",
    help="The currency that rates are of, if they name the other one alone.",
)
@click.option(
    "--rates-per",
    type=click.Choice([currencies.BASE, currencies.CURRENCY]),
    help="What rates are for one of, if they do not tell.",
)
@click.option(
    "--header",
    "headers",
    metavar="NAME:VARIABLE",
    multiple=True,
    help="Header of requests, and the environment variable with its value.",
)
def new_source(
    name: str,
    files: str,
    products: str | None,
    customers: str | None,
    stores: str | None,
    returns: str | None,
    rates: str | None,
    currency: str | None,
    time_zone: str,
    decimal: str | None,
    date_order: str | None,
    ids_within: str | None,
    rates_base: str | None,
    rates_per: str | None,
    headers: tuple[str, ...],
) -> None:
    """Make a source system NAME of the sales in FILES.

    FILES is a pattern such as 'data/bakery/*.csv', the address of an HTTP API, or a topic of Kafka
    as 'kafka://shop.sales'. Of workbooks with several sheets one is named behind it, as in
    'data/bakery/*.xlsx#Sales'.

    Its block in meltano.yml, its staging models and its line in the seed source_systems are
    written, with the columns mapped as far as names and values tell. What is left to choose is
    marked CHOOSE, and a build stops at it. What could be read in two ways is asked, and nothing is
    written before it is answered.
    """
    root = environment.ROOT
    _check_name(root, name)
    given = {"sales": files, "returns": returns, "products": products, "customers": customers}
    given |= {"stores": stores, "exchange_rates": rates}
    places = {kind: place for kind, place in given.items() if place}
    answers = Answers(decimal, date_order, ids_within, rates_base, rates_per)
    with _no_collection():
        folder, streams = _streams(root, name, places, dict(map(_header, headers)), answers)
    if "products" in streams:
        for kind in streams.keys() & {"sales", "returns"}:
            mapping.take_price_list(streams[kind].mapping, streams["products"].mapping)
    mappings = {kind: stream.mapping for kind, stream in streams.items()}
    currencies.settle(mappings)
    _ask(streams)
    currency = currency or currencies.of_source(mappings) or "EUR"
    changed = _changed_files(root, name, folder, streams)
    line = {"source_system": name, "description": f"Exports of {name}"}
    line |= {"currency": currency, "time_zone": time_zone}
    changed[project.SEED] = project.with_seed_line(root, line)
    project.write_all(root, changed)
    for kind, stream in streams.items():
        tell.understood(kind, stream)
    tell.next_steps(name, changed, currency, time_zone)
    tell.missing_rates(root, mappings, currency)


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Millions of rows are no garbage, and to look them through for it takes half the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _check_name(root: Path, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise UserError(
            f"{name!r} cannot be a source system's name: up to 30 lower-case letters, digits and "
            f"underscores, the first one a letter"
        )
    known = project.known_sources(root)
    taken = {stream for streams in known.values() for stream in streams}
    is_taken = any(f"{name}_{kind}" in taken for kind in _MAPPERS)
    if name in known or is_taken or (root / project.MODELS / name).exists() or name == "ingestion":
        raise UserError(f"there is a source system {name} already: choose another name")


def _header(text: str) -> tuple[str, str]:
    parts = _HEADER.fullmatch(text)
    if not parts:
        raise UserError(
            "--header wants a header's name and the name of the environment variable that holds "
            "its value, such as 'Authorization: SHOP_KEY'"
        )
    return parts[1], parts[2]


def _streams(
    root: Path, name: str, places: dict[str, str], headers: dict[str, str], answers: Answers
) -> tuple[Path, dict[str, Stream]]:
    """The folder of the source's files, and its streams in the order of their kinds."""
    urls = {kind: place for kind, place in places.items() if "://" in place}
    patterns = {kind: place for kind, place in places.items() if kind not in urls}
    folder, found = Path("data") / name, {}
    sheets: dict[str, str | None] = {}
    if patterns:
        patterns, sheets = source_files.without_sheets(root, patterns)
        folder, patterns = source_files.common_folder(root, patterns)
        found = source_files.matching(root / folder, patterns, sheets)
    streams: dict[str, Stream] = {}
    date_order = None
    for kind in places:
        if kind in urls:
            place = urls[kind]
            if place.startswith(SCHEME):
                sample, settings = topics.look(place)
            else:
                sample, settings = web.look(place, headers)
        else:
            sample, settings = take_sample(found[kind], sheets[kind]), {"files": patterns[kind]}
            place = f"{folder / patterns[kind]}"
        mapped = _MAPPERS[kind](sample, answers)
        if "topic" in settings and kind in ("sales", "returns") and not mapped.has_line_ids:
            mapped.found["sale_id"] = MESSAGE
        written.look(mapped, date_order)
        if mapped.shows_date_order:
            date_order = date_order or mapped.date_order
        streams[kind] = Stream(
            f"{name}_{kind}", place, {**settings, **_content(kind, mapped)}, mapped
        )
    return folder, streams


def _content(kind: str, mapped: mapping.Mapping) -> dict[str, str | list[str]]:
    """What the tap's block says of the lines of a stream."""
    # What came back is a line of the sales as well.
    content: dict[str, str | list[str]] = {"rows": "sales" if kind == "returns" else kind}
    if kind in (SALES, "returns", CUSTOMERS):
        content["customer"] = mapped.customer
    if kind == SALES and (personal := mapped.personal):
        content["personal"] = personal
    if kind in ("sales", "returns") and not mapped.has_line_ids:
        content["line_ids"] = "none"
    return content


def _ask(streams: dict[str, Stream]) -> None:
    questions = dict.fromkeys(
        question for stream in streams.values() for question in stream.mapping.questions
    )
    if questions:
        raise UserError(f"nothing is written, as the files do not tell {'; nor '.join(questions)}")


def _changed_files(
    root: Path, name: str, folder: Path, streams: dict[str, Stream]
) -> dict[Path, str]:
    """What is written but for the seed, by its path in the project; the new files first."""
    shared = {
        "name": name,
        "folder": folder.as_posix(),
        "streams": [stream.context() for stream in streams.values()],
        "tables": {kind: streams[kind].table if kind in streams else None for kind in _MAPPERS},
        "has_price_list": any(stream.mapping.has_price_list for stream in streams.values()),
        "returns": streams["returns"].mapping.context() if "returns" in streams else None,
        "is_numbered": streams["sales"].mapping.is_numbered,
    }
    models = project.MODELS / name
    changed = {models / f"_{name}.yml": render("source.yml", shared)}
    for kind, model in _MODELS.items():
        stream = streams.get(kind, streams["sales"])
        template = f"{model}.sql" if kind in streams else f"{model}_of_sales.sql"
        if not is_template(template):
            # Sales tell no more of it than its number.
            continue
        mapped = stream.mapping
        if template in _OF_SALES:
            mapped = _OF_SALES[template](mapped)
        context = {**shared, **mapped.context(), "table": stream.table}
        changed[models / f"stg_{name}__{model}.sql"] = render(template, context)
    if shared["has_price_list"]:
        changed[models / f"stg_{name}__prices.sql"] = render("prices.sql", shared)
    changed[project.MELTANO] = project.with_tap_block(root, render("tap.yml", shared))
    return changed
