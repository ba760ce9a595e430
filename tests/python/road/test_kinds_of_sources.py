"""Kinds of sources, beside each other in one warehouse, for two days.

Each is written, changed and looked at in a module of its own (kinds/); what they share is the road,
which is walked once a day for all of them, on the stand-in and on a real Greenplum.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from conftest import copy_project
from road.databases import archive_of_parameter
from road.kinds import currencies, money, stores
from support import Warehouse


@dataclass(frozen=True)
class Sources:
    """The warehouse, its sources' files, the project that it walks with, and what it said.

    `priced` is another where the lines of prices from a list were all read anew.
    """

    warehouse: Warehouse
    files: Path
    project: Path
    said: str
    priced: object


@pytest.fixture(scope="module", params=["stand-in", "greenplum"])
def first_day(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sources]:
    """All sources, made by `new-source`, from files to analytics."""
    folder = tmp_path_factory.mktemp("kinds")
    project = copy_project(folder / "project")
    sources = (*money.SOURCES, *stores.SOURCES, *currencies.SOURCES)
    settings = {"PYTHONPATH": str(project), "WAREHOUSE_SOURCES": ",".join(sources)}
    here = Warehouse(folder / "home", settings)
    try:
        here.up()
        with archive_of_parameter(request, here) as warehouse:
            for kind in (money, stores, currencies):
                kind.make(warehouse, folder)
            warehouse.run("warehouse", "ingest")
            money.age_price_list(warehouse)
            said = warehouse.run("warehouse", "run").stdout
            yield Sources(warehouse, folder, project, said, money.priced(warehouse))
    finally:
        here.run("warehouse", "down", check=False)


@pytest.fixture(scope="module")
def second_day(first_day: Sources) -> Sources:
    """The same with other files, and built once more."""
    money.change(first_day.files)
    stores.change(first_day.files)
    currencies.change(first_day.files, first_day.project)
    said = first_day.warehouse.run("warehouse", "run").stdout
    return replace(first_day, said=said, priced=money.priced(first_day.warehouse))


def test_money(first_day: Sources) -> None:
    money.check_first_day(first_day.warehouse)


def test_stores(first_day: Sources) -> None:
    stores.check_first_day(first_day.warehouse)


def test_currencies(first_day: Sources) -> None:
    currencies.check_first_day(first_day.warehouse, first_day.said)


def test_money_on_the_next_day(second_day: Sources) -> None:
    money.check_second_day(second_day.warehouse)


def test_prices_that_come_later_concern_their_lines_alone(
    first_day: Sources, second_day: Sources
) -> None:
    assert second_day.priced == first_day.priced


def test_stores_on_the_next_day(second_day: Sources) -> None:
    stores.check_second_day(second_day.warehouse)


def test_currencies_on_the_next_day(second_day: Sources) -> None:
    currencies.check_second_day(second_day.warehouse)


@pytest.mark.drill
def test_another_reporting_currency(second_day: Sources) -> None:
    currencies.check_another_reporting_currency(second_day.warehouse)
