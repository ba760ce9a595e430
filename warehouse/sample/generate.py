"""Makes the sample: all files of all days, and the manifest of what they hold."""

from collections.abc import Callable, Iterable
from datetime import date

import pyarrow as pa

from warehouse.sample import dirt, stores
from warehouse.sample.arguments import Arguments
from warehouse.sample.customers import make_customers
from warehouse.sample.demand import make_demand
from warehouse.sample.draws import Draws, apportion
from warehouse.sample.ledger import Ledger
from warehouse.sample.lines import (
    Lines,
    SalesWriter,
    customer_lines,
    product_lines,
    rate_lines,
    store_lines,
)
from warehouse.sample.products import make_products
from warehouse.sample.sales import Shop

# The keys of the random streams.
_DEMAND, _PRODUCTS, _CUSTOMERS, _SALES, _PRODUCT_FILES, _CUSTOMER_FILES, _SALES_FILES = range(7)
_COSTS, _DISCOUNTS, _STORES, _STORE_FILES, _RATES = range(7, 12)

Progress = Callable[[range], Iterable[int]]


# Takes the file of a kind, as sales_data, and a day: its columns and its lines, maybe none.
Write = Callable[[str, date, tuple[str, ...], Lines], None]


def generate(arguments: Arguments, write: Write, progress: Progress) -> dict[str, object]:
    """Make all files.

    Args:
        arguments: what to make.
        write: takes the files, day by day.
        progress: hands on the numbers of the days, and sees them pass.

    Returns:
        The parts of the manifest that say what is in the files.
    """
    rows, seed = arguments.rows, arguments.seed
    demand = make_demand(arguments.first, arguments.last, Draws(seed, _DEMAND))
    days = demand.days

    repeated, corrected, returned = (
        rows * kind.share // dirt.PER
        for kind in (dirt.REPEATED_SALE, dirt.CORRECTED_SALE, dirt.RETURNED_SALE)
    )
    new = rows - repeated - corrected - returned
    new_on = apportion(new, demand.by_day)
    repeated_on, corrected_on, returned_on = (
        apportion(part, new_on) for part in (repeated, corrected, returned)
    )

    products = make_products(rows, len(days), Draws(seed, _PRODUCTS))
    customers = make_customers(rows, days, new_on, Draws(seed, _CUSTOMERS))
    shop = Shop(demand, products, customers, Draws(seed, _COSTS))
    sales_writer = SalesWriter(
        pa.array([day.isoformat() for day in days]),
        sale_id_width=max(8, len(str(new + returned))),
        customer_id_width=customers.id_width,
    )
    rates = stores.make_rates(days, Draws(seed, _RATES))
    ledger = Ledger(days, products, customers, rates)
    write("store_data", days[0], stores.COLUMNS, store_lines(days[0], Draws(seed, _STORE_FILES)))

    for day in progress(range(len(days))):
        lines, listed = product_lines(products, day, Draws(seed, _PRODUCT_FILES, day))
        ledger.add_products(day, lines, listed)
        write("product_data", days[day], dirt.PRODUCT_COLUMNS, lines)

        lines, listed = customer_lines(customers, day, Draws(seed, _CUSTOMER_FILES, day))
        ledger.add_customers(lines, listed)
        write("customer_data", days[day], dirt.CUSTOMER_COLUMNS, lines)

        write("rate_data", days[day], stores.RATE_COLUMNS, rate_lines(rates, days[day]))

        sales = shop.open_on(
            day,
            new=int(new_on[day]),
            returned=int(returned_on[day]),
            corrected=int(corrected_on[day]),
            draws=Draws(seed, _SALES, day),
            discounts=Draws(seed, _DISCOUNTS, day),
            stores=Draws(seed, _STORES, day),
        )
        lines, sales = sales_writer.write(
            sales,
            repeated=int(repeated_on[day]),
            last=day == len(days) - 1,
            draws=Draws(seed, _SALES_FILES, day),
        )
        ledger.add_sales(day, lines, sales)
        write("sales_data", days[day], (*dirt.SALES_COLUMNS, *dirt.SALES_REST), lines)

    return {
        "dirt": {
            "sales_data": {
                **ledger.sales_lines.dirt,
                "corrected_sale": corrected,
                "returned_sale": ledger.returned_lines,
            },
            "product_data": ledger.product_lines.dirt,
            "customer_data": ledger.customer_lines.dirt,
        },
        "expected": {
            "sales": ledger.sales(),
            "products": ledger.products(),
            "customers": ledger.customers(),
        },
    }
