"""How numbers, dates and ids are written, and what is asked where the files do not tell."""

from collections.abc import Mapping as AnyMapping

from warehouse.errors import UserError
from warehouse.ingest.files.names import column_name
from warehouse.ingest.sources import JSON_LINES
from warehouse.new_source import kinds, roles
from warehouse.new_source.evidence import Dates, NumberColumns, Numbers, look_at_all
from warehouse.new_source.ids import DAY, FILE, STORE, UNCLEAR, YEAR, UsedNumbers
from warehouse.new_source.mapping import Mapping

NONE = "none"

_MONEY = ("unit_price", "list_price", "discount", "unit_discount", "tax", "cost", "unit_cost")

_APART = {
    YEAR: "begin anew each year: they are told apart by the year",
    FILE: "begin anew in each file: they are told apart by the file",
    DAY: "begin anew each day: they are told apart by the day",
    STORE: "begin anew in each {store}: they are told apart by it",
}


def look(mapping: Mapping, date_order: str | None = None) -> None:
    """Find out from all rows how the values of a mapping are written.

    Args:
        mapping: That of one stream.
        date_order: What comes first in the dates of another stream of the source, if they show it.
    """
    found = mapping.found
    numbers, prices = Numbers(), Numbers()
    with_dates = ("sold_at", "birthday", "registration_date", "opened_on", "rate_date")
    dates = {role: Dates() for role in with_dates if role in found}
    looks: list[tuple[str, Numbers | Dates]] = [(found[role], dates[role]) for role in dates]
    for role in (*_MONEY, "discount_percent", "discount_share", "quantity", "area_m2", "rate"):
        if role in found:
            looks.append((found[role], prices if role in _MONEY else numbers))
    others = [column for role, column in found.items() if role != "store_id"]
    store = roles.assign(mapping.sample, "numbered_within", taken=others).get("store")
    used = _numbers_used(mapping, store)
    look_at_all(mapping.sample, looks, used)
    _decide_decimal(mapping, prices, numbers)
    for role, look in dates.items():
        _decide_dates(mapping, role, look, date_order)
    _decide_ids(mapping, used, store)


def _decide_decimal(mapping: Mapping, prices: Numbers, quantities: Numbers) -> None:
    """The decimal sign; none where both are written, which staging then reads as they come."""
    signs = prices.signs | quantities.signs
    if mapping.answers.decimal:
        mapping.decimal = mapping.answers.decimal
    elif len(signs) == 1:
        [mapping.decimal] = signs
    elif signs:
        mapping.remarks.append("decimal points and commas are both written: each as it comes")
    # A number of JSON has a point, if anything.
    elif mapping.found.keys() & {*_MONEY} and mapping.sample.dialect.format != JSON_LINES:
        mapping.questions.append(
            f"the decimal sign, as no price shows one (such as {prices.first or 'none'}): "
            f"DECIMAL=. or DECIMAL=,"
        )


def _decide_dates(mapping: Mapping, role: str, dates: Dates, elsewhere: str | None) -> None:
    """Whether the day or the month comes first, where a date does not say so itself."""
    mapping.short_years = mapping.short_years or dates.have_short_years
    if role == "sold_at" and dates.are_instants:
        mapping.remarks.append(
            "times with a Z or an offset are moments: they are brought to the source's time zone"
        )
    if mapping.answers.date_order:
        mapping.date_order = mapping.answers.date_order
        return
    column = mapping.header(mapping.found[role])
    if len(dates.orders) > 1:
        mapping.questions.append(
            f"the order of day and month in {column}, as some dates have a day above 12 in the "
            f"first place and some in the second: mend the files, or say DATE_ORDER=day or "
            f"DATE_ORDER=month, and the others go into quarantine"
        )
    elif dates.orders:
        [mapping.date_order] = dates.orders
        mapping.shows_date_order = True
    elif dates.unclear and elsewhere:
        mapping.date_order = elsewhere
        mapping.remarks.append(
            f"no day in {column} is above 12: the {elsewhere} comes first, as in the other files"
        )
    elif dates.unclear:
        mapping.questions.append(
            f"the order of day and month in {column}, as no day is above 12 (such as "
            f"{dates.unclear}): DATE_ORDER=day or DATE_ORDER=month"
        )


def _numbers_used(mapping: Mapping, store: str | None) -> dict[NumberColumns, UsedNumbers]:
    """The numbers of orders and lines, to be looked at where nobody has said what they are."""
    found, sample = mapping.found, mapping.sample
    if "sold_at" not in found or mapping.answers.ids_within:
        return {}
    days = sample.values(found["sold_at"])
    orders = kinds.date_orders(days)
    order = mapping.answers.date_order or (orders.pop() if len(orders) == 1 else "day")
    has_days = not any(":" in day for day in days)
    return {
        NumberColumns(
            number=found[role],
            day=found["sold_at"],
            customer=found.get("customer_id"),
            store=store,
            quantity=found.get("quantity"),
            date_order=order,
        ): UsedNumbers(has_stores=store is not None, has_days=has_days)
        # Of a return the order is told, which it shares with its sale.
        for role in ("sale_id", "order_id")[: 1 if mapping.are_returns else 2]
        if role in found
    }


def _decide_ids(
    mapping: Mapping, used: AnyMapping[NumberColumns, UsedNumbers], store: str | None
) -> None:
    """Within what the numbers of lines and orders are unique."""
    if mapping.answers.ids_within and "order_id" in mapping.parts:
        mapping.ids_within = _answered(mapping, mapping.answers.ids_within)
        return
    for columns, numbers in used.items():
        header = mapping.header(columns.number)
        within = numbers.within()
        if within == UNCLEAR:
            mapping.questions.append(
                f"within what the numbers in {header} are unique, as many stand for sales of "
                f"several days or customers: IDS_WITHIN=year, file, the name of a column such as "
                f"that of the store, or none if such lines belong together"
            )
        elif within:
            mapping.ids_within = {DAY: columns.day, STORE: store}.get(within, within)
            what = _APART[within].format(store=mapping.header(store) if store else "")
            mapping.remarks.append(f"the numbers in {header} {what}")
        if within:
            return


def _answered(mapping: Mapping, answer: str) -> str | None:
    if answer in (NONE, YEAR, FILE):
        return None if answer == NONE else answer
    if (column := column_name(answer)) in mapping.sample.columns:
        return column
    raise UserError(
        f"IDS_WITHIN is {answer!r}: it is year, file, none or one of the columns "
        f"{', '.join(mapping.sample.headers)}"
    )
