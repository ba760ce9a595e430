"""What looks odd in the newest days is told in a line, is kept to look at, and stops nothing."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
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
        small_shop.warehouse.run("warehouse", "up")
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
