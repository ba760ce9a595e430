"""Sales in several currencies: each line's own, and all in one by rates that may come late."""

from decimal import Decimal
from pathlib import Path

from support import Warehouse

SOURCES = ("web", "booth")

# Where the currency is left empty the sign tells it, else it is the source's own.
SALES = """id,date,sku,qty,price,currency
1,2025-10-01,P1,2,10.00,EUR
2,2025-10-01,P1,1,$12.50,USD
3,2025-10-04,P1,3,£5.00,
4,2025-10-20,P1,1,7.00,usd
5,2025-10-02,P1,1,£3.00,EUR
6,2025-10-02,P1,1,3.00,XXL
7,2025-10-05,P1,-1,0.0005,USD
8,2025-10-31,P1,1,100.00,
9,2025-10-02,P1,1,4.00,CAD
A,2025-10-03,P1,1,1.00,EUR
B,2025-10-03,P1,1,1.00,EUR
C,2025-10-03,P1,1,1.00,EUR
D,2025-10-03,P1,1,1.00,EUR
"""
# Here the signs alone tell it.
BOOTH = """id,date,sku,qty,price
1,2025-10-01,P1,1,€1.00
2,2025-10-01,P1,1,£2.00
3,2025-10-01,P1,1,3.00
"""
# Units of each currency for a dollar: pounds and Canadian dollars have none for a euro.
RATES = """Date,Currency,Rate
2025-10-01,USD,1
2025-10-01,EUR,0.9
2025-10-01,GBP,0.8
2025-10-01,CAD,1.35
2025-10-05,EUR,0.9
2025-10-05,GBP,
2025-10-32,GBP,0.8
"""
# The next list no longer has the days of the first one.
LATER_RATES = """Date,Currency,Rate
2025-10-19,USD,1
2025-10-19,EUR,0.95
"""
OWN_RATE = "rate_date,from_currency,to_currency,rate\n2025-10-01,USD,EUR,0.91\n"

SOLD = """
    select sale_id, currency, amount, reporting_rate from marts.fct_sales
    where source_system = 'web' and sale_id < 'A' order by 1
"""
VERSIONS = """
    select source_system, sale_id, max(version) from archive.historical_sales
    where source_system in ('web', 'booth') group by 1, 2 having max(version) > 1 order by 1, 2
"""


def in_reporting_currency(warehouse: Warehouse) -> list[tuple[object, ...]]:
    """What each currency is worth, which ClickHouse and the archive must tell alike."""
    query = """
        select currency, sum(amount_reporting) as amount from {}
        where source_system in ('web', 'booth') group by currency order by currency
    """
    found = warehouse.clickhouse().query(query.format("serving.hot_sales")).result_rows
    assert warehouse.query(query.format("archive.sales_as_sold"), "GREENPLUM") == found
    summed = """
        select currency, sum(net_revenue_reporting) as amount from serving.summary_sales
        where source_system in ('web', 'booth') group by currency order by currency
    """
    assert warehouse.clickhouse().query(summed).result_rows == found
    return list(found)


def make(warehouse: Warehouse, folder: Path) -> None:
    """Write the files, and have their sources made."""
    (folder / "web").mkdir()
    sales, rates = folder / "web" / "sales.csv", folder / "web" / "rates.csv"
    sales.write_text(SALES, encoding="utf-8")
    rates.write_text(RATES, encoding="utf-8")
    told = warehouse.run(
        "warehouse", "new-source", "web", sales, "--rates", rates, "--currency", "EUR"
    ).stdout
    assert "a rate is what one USD is in Currency" in told
    (folder / "booth.csv").write_text(BOOTH, encoding="utf-8")
    told = warehouse.run("warehouse", "new-source", "booth", folder / "booth.csv").stdout
    assert "prices are in EUR, GBP, as their signs tell" in told
    assert "There are no exchange rates" not in told


def check_first_day(warehouse: Warehouse, said: str) -> None:
    """Each line has its own currency, and is worth what the last rate says, on all engines."""
    assert "USD: 1 line of 2025-10-20, 7.0000 in all, have no rate into EUR" in said
    assert warehouse.query(SOLD) == _sold()
    assert warehouse.query(
        "select raw_row ->> 'id', explanation from quarantine.qrn_sale_lines "
        "where source_system = 'web' order by 1"
    ) == [
        ("5", "unit_price in another currency: £3.00"),
        (
            "6",
            "currency unreadable: XXL "
            "(not the code of a currency such as EUR, or a sign that is of one alone)",
        ),
    ]
    assert warehouse.query(
        "select judged_values ->> 'rate_date', rejection_reasons "
        "from quarantine.qrn_exchange_rates order by 1"
    ) == [("2025-10-05", "rate missing"), ("2025-10-32", "rate_date unreadable")]
    assert warehouse.query(
        "select lines_read, lines_quarantined, lines_in_star "
        "from quarantine.load_account where stream = 'web_exchange_rates'"
    ) == [(7, 2, 4)]
    # Half a cent of a cent goes away from zero, on every engine.
    assert in_reporting_currency(warehouse) == [
        ("CAD", Decimal("2.6667")),
        ("EUR", 128),
        ("GBP", Decimal("19.125")),
        ("USD", Decimal("11.2495")),
    ]
    report = warehouse.run("warehouse", "report", "sales_by_currency").stdout
    assert [line.split() for line in report.splitlines() if "USD" in line] == [
        ["USD", "19.50", "3", "EUR", "11.25", "1", "4.90"]
    ]
    assert warehouse.query(
        "select currency, revenue, revenue_reporting, lines_without_rate "
        "from bi.sales_by_currency where source_system = 'web' order by 1",
        "GREENPLUM",
    )[3] == ("USD", Decimal("19.4995"), Decimal("11.2495"), 1)


def change(folder: Path, project: Path) -> None:
    """A rate comes late, and one is mended by hand."""
    (folder / "web" / "rates.csv").write_text(LATER_RATES, encoding="utf-8")
    (project / "seeds" / "exchange_rates.csv").write_text(OWN_RATE, encoding="utf-8")


def check_second_day(warehouse: Warehouse) -> None:
    """The sales of those days alone are told anew."""
    sold = _sold()
    sold[1] = ("2", "USD", Decimal("12.5"), Decimal("0.91"))
    sold[2] = ("3", "GBP", Decimal(15), Decimal("1.1375"))
    sold[3] = ("4", "USD", Decimal(7), Decimal("0.95"))
    sold[6] = ("9", "CAD", Decimal(4), Decimal("0.6740740740740741"))
    assert warehouse.query(SOLD) == sold
    assert warehouse.query(VERSIONS, "GREENPLUM") == [
        ("booth", "2", 2),
        *(("web", sale_id, 2) for sale_id in ("2", "3", "4", "9")),
    ]
    in_euros = in_reporting_currency(warehouse)
    assert in_euros[3] == ("USD", Decimal("18.0245"))
    warehouse.dbt("run", "--full-refresh", "--select", "fct_sales", target="postgres")
    assert warehouse.query(SOLD) == sold


def check_another_reporting_currency(warehouse: Warehouse) -> None:
    """All sales have another rate, in the archive as well."""
    in_dollars = warehouse.with_settings(WAREHOUSE_REPORTING_CURRENCY="usd")
    in_dollars.run("warehouse", "run")
    assert warehouse.query(SOLD)[0] == ("1", "EUR", 20, Decimal("1.0989010989010989"))
    assert [row[3] for row in warehouse.query(SOLD) if row[1] == "USD"] == [None] * 3
    assert in_reporting_currency(in_dollars) == [
        ("CAD", Decimal("2.963")),
        # Of the last one no rate is known.
        ("EUR", Decimal("30.7692")),
        ("GBP", Decimal("21.25")),
        ("USD", Decimal("19.4995")),
    ]


def _sold() -> list[tuple[object, ...]]:
    """Each line of the web shop: currency, amount and rate."""
    cad = Decimal("0.6666666666666667")
    return [
        ("1", "EUR", Decimal(20), None),
        ("2", "USD", Decimal("12.5"), Decimal("0.9")),
        ("3", "GBP", Decimal(15), Decimal("1.125")),
        ("4", "USD", Decimal(7), None),
        ("7", "USD", Decimal("-0.0005"), Decimal("0.9")),
        ("8", "EUR", Decimal(100), None),
        ("9", "CAD", Decimal(4), cad),
    ]
