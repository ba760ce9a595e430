"""Counts a sample again, one value at a time, by the rules that the generator's ledger states.

It shares no code with the generator: Python's csv module, Decimal, datetime and dictionaries.
"""

import csv
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

MOMENTS = (
    "%Y-%m-%d %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d %b %Y %H:%M",
    "%Y-%m-%dT%H:%M:%SZ",
)


def read(folder: Path, kind: str) -> Iterator[dict[str, str]]:
    """The lines of all files of a kind, in the order of the files."""
    for path in sorted((folder / kind).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file, strict=True)


@cache
def moment(value: str) -> datetime | None:
    for form in MOMENTS:
        try:
            return datetime.strptime(value.strip(), form)
        except ValueError:
            pass
    return None


@cache
def number(value: str) -> Decimal | None:
    """The last mark is the decimal one; what stands before it is grouped in thousands."""
    digits = value.strip().removeprefix("€").removeprefix("CHF ")
    if grouped := re.fullmatch(r"(\d{1,3})[.,](\d{3})[.,](\d\d)", digits):
        digits = "{}{}.{}".format(*grouped.groups())
    try:
        return Decimal(digits.replace(",", "."))
    except InvalidOperation:
        return None


def money(amounts: Iterable[tuple[str, Decimal]]) -> dict[str, str]:
    """The sums of amounts by their currency."""
    sums = {"EUR": Decimal(), "CHF": Decimal()}
    for currency, amount in amounts:
        sums[currency] += amount
    return {currency: str(found.quantize(Decimal("0.01"))) for currency, found in sums.items()}


def in_euros(folder: Path, amounts: Iterable[tuple[str, date, Decimal]]) -> str:
    """The sum of amounts, each by the last rate that is known on its day."""
    rates = {row["rate_date"]: Decimal(row["rate"]) for row in read(folder, "rate_data")}
    days = sorted(rates)
    total = Decimal()
    for currency, day, amount in amounts:
        if currency == "CHF":
            amount *= rates[days[bisect_right(days, day.isoformat()) - 1]]
            amount = amount.quantize(Decimal("0.0001"), ROUND_HALF_UP)
        total += amount
    return str(total.quantize(Decimal("0.0001")))


def reasons(row: dict[str, str]) -> set[str]:
    found = {
        f"{column}_missing"
        for column in ("sale_id", "sold_at", "product_id", "quantity", "unit_price")
        if not row[column].strip()
    }
    if row["sold_at"].strip() and moment(row["sold_at"]) is None:
        found.add("sold_at_unreadable")
    for column in ("quantity", "unit_price"):
        if row[column].strip() and number(row[column]) is None:
            found.add(f"{column}_unreadable")
    if number(row["quantity"]) == 0:
        found.add("quantity_zero")
    if (number(row["unit_price"]) or 0) < 0:
        found.add("unit_price_negative")
    return found


def members(folder: Path, kind: str, id_column: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The current line of each product or customer, and the counts of the lines."""
    current: dict[str, dict[str, str]] = {}
    lines = rejected = 0
    for row in read(folder, kind):
        lines += 1
        if key := row[id_column].strip().upper():
            current[key] = row
        else:
            rejected += 1
    superseded = lines - rejected - len(current)
    return current, {
        "lines": lines,
        "rejected": rejected,
        "rejected_by_reason": {f"{id_column}_missing": rejected},
        "superseded": superseded,
        "current": len(current),
    }


def recount(folder: Path) -> dict[str, Any]:
    """What the manifest calls `expected`."""
    products, product_counts = members(folder, "product_data", "product_id")
    category = {
        key: row["category"].strip().lower().title() or "Unknown" for key, row in products.items()
    }
    product_counts["by_category"] = Counter(category.values())

    customers, customer_counts = members(folder, "customer_data", "customer_id")
    genders = {"f": "female", "m": "male", "": "unknown"}
    customer_counts["by_gender"] = Counter(
        genders.get(spelling := row["gender"].strip().lower(), spelling)
        for row in customers.values()
    )

    lines = rejected = accepted = 0
    by_reason: Counter[str] = Counter()
    current: dict[str, dict[str, str]] = {}
    for row in read(folder, "sales_data"):
        lines += 1
        if found := reasons(row):
            rejected += 1
            by_reason.update(found)
            continue
        accepted += 1
        current[row["sale_id"].strip().upper()] = row

    by_month: defaultdict[str, list[tuple[str, Decimal]]] = defaultdict(list)
    by_category: defaultdict[str, list[tuple[str, Decimal]]] = defaultdict(list)
    by_store: defaultdict[str, list[tuple[str, Decimal]]] = defaultdict(list)
    on_their_days = []
    quantities = []
    counts: Counter[str] = Counter()
    discounts, costs, margins = [], [], []
    for row in current.values():
        sold_at, quantity, price = (
            moment(row["sold_at"]),
            number(row["quantity"]),
            number(row["unit_price"]),
        )
        assert sold_at is not None and quantity is not None and price is not None
        product, customer = (row[name].strip().upper() for name in ("product_id", "customer_id"))
        quantities.append(quantity)
        sign = -1 if quantity < 0 else 1
        discount = sign * Decimal(row["discount"] or 0)
        currency, amount = row["currency"], quantity * price - discount
        discounts.append((currency, discount))
        if row["cost"]:
            cost = sign * Decimal(row["cost"])
            costs.append((currency, cost))
            margins.append((currency, amount - cost))
        by_month[f"{sold_at:%Y-%m}"].append((currency, amount))
        by_category[category.get(product, "Unknown")].append((currency, amount))
        by_store[row["store_id"]].append((currency, amount))
        on_their_days.append((currency, sold_at.date(), amount))
        counts["unknown_product"] += product not in products
        counts["no_customer"] += not customer
        counts["unknown_customer"] += bool(customer) and customer not in customers
    return {
        "sales": {
            "lines": lines,
            "rejected": rejected,
            "rejected_by_reason": dict(by_reason),
            "superseded": accepted - len(current),
            "current": len(current),
            "returns": sum(quantity < 0 for quantity in quantities),
            "quantity": int(sum(quantities)),
            "revenue": money(chain.from_iterable(by_category.values())),
            "discount": money(discounts),
            "cost": money(costs),
            "margin": money(margins),
            "revenue_in_eur": in_euros(folder, on_their_days),
            **counts,
            "by_month": {
                month: {"sales": len(amounts), "revenue": money(amounts)}
                for month, amounts in sorted(by_month.items())
            },
            "by_store": {
                store: {"sales": len(amounts), "revenue": money(amounts)}
                for store, amounts in by_store.items()
            },
            "revenue_by_category": {name: money(amounts) for name, amounts in by_category.items()},
        },
        "products": product_counts,
        "customers": customer_counts,
    }
