"""What looks odd in the newest days is told in a line, is kept to look at, and stops nothing."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from road.conftest import UNTESTED
from support import Warehouse

from warehouse import environment

TODAY = datetime.now(UTC).date()
NEWEST_DAY = TODAY - timedelta(2)
SALES_A_DAY = 30


class SmallShop:
    """A shop with the same sales every day."""

    def __init__(self, folder: Path) -> None:
        self.warehouse = Warehouse(folder / "home", {"SHOP_FILES": str(folder / "files")})
        self._folder = folder / "files" / "sales_data"
        self._folder.mkdir(parents=True)

    def write(self, day: date, sales: int = SALES_A_DAY) -> None:
        """Write the sales of a day."""
        header = "sale_id,sold_at,product_id,quantity,unit_price,customer_id\n"
        lines = [f"{day}-{number},{day} 12:00,P1,1,2.50,\n" for number in range(sales)]
        (self._folder / f"{day}.csv").write_text(header + "".join(lines))

    def build(self) -> str:
        """Load and build, and return what dbt says."""
        self.warehouse.run("meltano", "run", "load")
        watched = ("--select", "tag:postgres", "--exclude", "test_type:generic", "test_type:unit")
        return self.warehouse.dbt("build", *watched, target="postgres").stdout

    def watch_for_due_sales(self) -> str:
        """Return what dbt says of due sales alone."""
        due = ("--select", "due_sales_are_here")
        return self.warehouse.dbt("test", *due, target="postgres").stdout

    def kept(self) -> set[str]:
        """The tests whose failing rows are kept."""
        tables = self.warehouse.query(
            "select table_name from information_schema.tables where table_schema = 'test_failures'"
        )
        return {name for (name,) in tables}


@pytest.fixture
def small_shop(tmp_path: Path) -> SmallShop:
    return SmallShop(tmp_path)


def test_odd_days_are_told_and_kept_until_they_are_mended(small_shop: SmallShop) -> None:
    lacking, silent = _usual_days()[:2]
    for days in range(70):
        small_shop.write(NEWEST_DAY - timedelta(days))
    small_shop.write(lacking, SALES_A_DAY // 3)
    small_shop.write(silent, 0)
    try:
        small_shop.warehouse.up()
        said = small_shop.build()
        due = TODAY - timedelta(1)
        assert f"{lacking:shop: %A, %Y-%m-%d, has sales of 10 where 30 is usual}" in said
        assert f"{lacking:shop: %A, %Y-%m-%d, has revenue of 25 where 75 is usual}" in said
        assert f"{silent:shop: %A, %Y-%m-%d, has sales of 0 where 30 is usual}" in said
        assert f"shop: the sales up to {due} are due, and the newest are of {NEWEST_DAY}" in said
        assert small_shop.kept() == {"recent_days_are_as_usual", "due_sales_are_here"}
        assert small_shop.warehouse.query(
            "select date_day, measure, found from test_failures.recent_days_are_as_usual order by 3"
        ) == [
            (silent, "sales", 0),
            (silent, "revenue", 0),
            (lacking, "sales", 10),
            (lacking, "revenue", 25),
        ]

        for day in (lacking, silent, due):
            small_shop.write(day)
        assert "is usual" not in small_shop.build()
        assert small_shop.kept() == set()

        # Had all this been long past when it was loaded, it would be history, and nothing is due.
        small_shop.warehouse.query("update marts.fct_sales set sale_date = sale_date - 100")
        assert "are due" not in small_shop.watch_for_due_sales()
        # Had it been loaded in its time, the shop would have fallen silent.
        small_shop.warehouse.query(
            "update raw._loads set finished_at = finished_at - interval '100 days'"
        )
        assert f"shop: the sales up to {due} are due, and the last 60 days have none" in (
            small_shop.watch_for_due_sales()
        )
    finally:
        small_shop.warehouse.run("warehouse", "down", check=False)


def _usual_days() -> list[date]:
    """The days before the newest one that are no public holidays."""
    with (environment.ROOT / "seeds" / "holidays.csv").open(encoding="utf-8") as seed:
        holidays = {row["holiday_date"] for row in csv.DictReader(seed)}
    days = [NEWEST_DAY - timedelta(days) for days in range(1, 6)]
    return [day for day in days if day.isoformat() not in holidays]


def test_files_that_are_written_otherwise_than_said_are_told(tmp_path: Path, project: Path) -> None:
    files = tmp_path / "files"
    sales = files / "sales_data"
    sales.mkdir(parents=True)
    header = "sale_id,sold_at,product_id,quantity,unit_price,customer_id\n"

    def write(name: str, *lines: str) -> None:
        (sales / name).write_text(header + "".join(f"{line}\n" for line in lines))

    model = project / "models" / "staging" / "shop" / "stg_shop__sale_lines.sql"
    text = model.read_text(encoding="utf-8")
    model.write_text(text.replace("}) }}", '}, decimal=",") }}'), encoding="utf-8")
    write(
        "1.csv",
        '1,07/03/2026,P1,1,"2,50",',
        '2,25/03/2026,P1,1,"1.250,50",',
        "3,31/02/2026,P1,1,-,",
    )
    write("2.csv", '4,03/07/2026,P1,1,"2,50",', '5,03/25/2026,P1,1,"2,50",')
    write("3.csv", "6,07/03/2026,P1,1,1.250,", "7,07/03/2026,P1,1,2.50,", "8,07/03/2026,P1,1,3.5,")
    settings = {"SHOP_FILES": str(files), "PYTHONPATH": str(project)}
    warehouse = Warehouse(tmp_path / "home", settings)
    try:
        warehouse.up()
        warehouse.run("meltano", "run", "load")
        warehouse.dbt("build", *UNTESTED, target="postgres")
        said = warehouse.dbt("test", "--select", "files_are_written_as_said", target="postgres")
    finally:
        warehouse.run("warehouse", "down", check=False)
    told = [line for line in said.stdout.splitlines() if "than the mapping of shop says" in line]
    assert len(told) == 2
    for what in (
        "2.csv: days are in another order than the mapping of shop says, such as in 03/25/2026 (1 ",
        "3.csv: the decimal sign is another one than the mapping of shop says, such as in 2.50 (2 ",
    ):
        assert f"shop/sales_data/{what}" in said.stdout


def test_lines_that_replace_what_they_should_not_are_told(tmp_path: Path) -> None:
    files = tmp_path / "files"
    sales = files / "sales_data"
    sales.mkdir(parents=True)
    header = "sale_id,sold_at,product_id,quantity,unit_price,customer_id\n"

    def write(name: str, *lines: str) -> None:
        (sales / name).write_text(header + "".join(f"{line}\n" for line in lines))

    corrected = ("S2,2026-01-10 12:00,P1,2,1,C1", "s2,2026-01-10 12:00,P1,3,1,C1")
    write("2025.csv", "1,2025-01-05 10:00,P1,1,1,", "2,2025-01-06 10:00,P1,2,1,")
    write("2026-01.csv", "1,2026-01-05 10:00,P1,3,1,", "2,2026-01-06 10:00,P1,4,1,", *corrected)
    write("2026-02.csv", "A1,2026-02-01 10:00,P1,1,1,C1", "S1,2026-01-11 12:00,P1,5,1,C1")
    write("2026-03.csv", "a1,2026-02-02 10:00,P2,1,1,C2", f"F1,{TODAY.year + 5}-05-03,P1,1,1,")
    write("2026-04.csv", "M1,2026-04-01 10:00,P1,1,1,", "M1,2026-04-01 10:05,P2,1,1,")
    write("2026-01-11.csv", "S1,2026-01-11 12:00,P1,1,1,C1", "S3,2026-01-11 12:00,P1,1,1,C1")
    warehouse = Warehouse(tmp_path / "home", {"SHOP_FILES": str(files)})
    watches = (
        *("replaced_lines_are_versions", "no_file_loaded_again_is_out_of_date"),
        *("no_sale_lies_in_the_future", "test_name:ids_written_alike"),
    )
    try:
        warehouse.up()
        warehouse.run("meltano", "run", "load")
        warehouse.dbt("build", *UNTESTED, target="postgres")
        said = warehouse.dbt("test", "--select", *watches, target="postgres").stdout
        assert (
            "shop: lines of another day with the same id have taken the place of 2, such as 1 of "
            "2026-01-05 (shop/sales_data/2026-01.csv:2) that of 2025-01-05 "
            "(shop/sales_data/2025.csv:2), 365 days apart" in said
        )
        assert (
            "shop: lines of another product and customer with the same id have taken the place of "
            "1, such as A1 of 2026-02-02" in said
        )
        assert "shop: other lines of the same file" in said
        assert said.count("have taken the place") == 3
        assert said.count("in more than one letter case") == 1
        assert (
            "shop/sales_data/2026-01.csv: 1 of its ids are written in more than one letter case, "
            "such as s2 and S2" in said
        )
        assert "otherwise than" not in said
        assert (
            f"shop: 1 sale is of days that have not come, such as F1 of {TODAY.year + 5}-05-03 "
            "(shop/sales_data/2026-03.csv:3)" in said
        )

        # The older file is exported again, with another line mended.
        write("2026-01-11.csv", "S1,2026-01-11 12:00,P1,1,1,C1", "S3,2026-01-11 12:00,P1,2,1,C1")
        warehouse.run("meltano", "run", "load")
        warehouse.dbt("build", *UNTESTED, target="postgres")
        said = warehouse.dbt("test", "--select", *watches, target="postgres").stdout
        assert (
            "shop/sales_data/2026-01-11.csv, loaded again, has 1 sale otherwise than "
            "shop/sales_data/2026-02.csv, which counts as its name is the later one: such as S1, "
            "1 at 1.0000 and not 5 at 1.0000" in said
        )
        quantities = "select sale_id, quantity from marts.fct_sales where sale_id ~ 'S[13]'"
        assert sorted(warehouse.query(quantities)) == [("S1", 5), ("S3", 2)]
        warehouse.dbt("build", *UNTESTED, "--full-refresh", target="postgres")
        assert sorted(warehouse.query(quantities)) == [("S1", 5), ("S3", 2)]
    finally:
        warehouse.run("warehouse", "down", check=False)
