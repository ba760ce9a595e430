"""Which currency amounts are in, and which way round exchange rates are told."""

from collections import Counter, defaultdict
from statistics import median

from warehouse.errors import UserError
from warehouse.new_source import kinds
from warehouse.new_source.mapping import Answers, Mapping
from warehouse.new_source.roles import assign
from warehouse.new_source.sample import Sample

BASE, CURRENCY = "base", "currency"

# What one is worth, ever since 2000: one of the first list more than one of the second, and that
# more than one of the third. By this a rate tells which way round it is.
_WORTH = (
    "KWD BHD OMR GBP",
    "EUR USD CHF CAD AUD NZD SGD",
    "JPY CNY INR KRW HKD TWD THB IDR PHP VND PKR RUB UAH KZT SEK NOK DKK ISK CZK HUF PLN RSD MXN "
    "ZAR AED SAR EGP NGN KES CLP COP",
)
_RANKS = {code: rank for rank, codes in enumerate(_WORTH) for code in codes.split()}


def of_exchange_rates(sample: Sample, answers: Answers) -> Mapping:
    """Map the columns of files of exchange rates."""
    found = assign(sample, "exchange_rates")
    mapping = Mapping(sample, found, answers=answers)
    mapping.parts = ("rate_date", "from_currency", "to_currency", "rate")
    column = found.pop("currency", None)
    missing = [part for part in ("from_currency", "to_currency") if part not in found]
    if column and len(missing) == 1:
        found[missing[0]] = column
    elif column and missing:
        _tell_the_other_currency(mapping, column)
    mapping.leave_open(*mapping.parts)
    return mapping


def _tell_the_other_currency(mapping: Mapping, column: str) -> None:
    """Where one column names currencies, the other one is the same in all lines."""
    found, answers = mapping.found, mapping.answers
    rates = _rates(mapping.sample, column, found.get("rate"))
    base = (answers.rates_base or _always_one(rates) or "").upper()
    if base and not kinds.are_currencies([base]):
        raise UserError(f"RATES_BASE is {base!r}: it is the code of a currency, such as USD")
    per = answers.rates_per or (_direction(rates, base) if base else None)
    if not base:
        mapping.questions.append(
            f"which currency the rates beside {mapping.header(column)} are of: RATES_BASE=USD, if "
            f"they are against the dollar"
        )
    elif not per:
        mapping.questions.append(
            f"which way round the rates are: RATES_PER=base, if one {base} is so many of "
            f"{mapping.header(column)}, or RATES_PER=currency, if one of these is so many {base}"
        )
    else:
        one, other = ("from_currency", "to_currency")[:: 1 if per == BASE else -1]
        found[other] = column
        mapping.literals[one] = base
        example = mapping.header(column)
        mapping.remarks.append(
            f"a rate is what one {base} is in {example}"
            if per == BASE
            else f"a rate is what one {example} is in {base}"
        )


def _rates(sample: Sample, currency: str, rate: str | None) -> dict[str, list[float]]:
    """The rates of each currency, as nearly as it takes to tell what is worth more."""
    rates: dict[str, list[float]] = defaultdict(list)
    if rate is None:
        return rates
    places = [sample.columns.index(column) for column in (currency, rate)]
    for batch in sample.batches:
        for code, text in zip(*(batch.columns[place] for place in places), strict=True):
            try:
                rates[(code or "").strip().upper()].append(float((text or "").replace(",", ".")))
            except ValueError:
                continue
    return rates


def _always_one(rates: dict[str, list[float]]) -> str | None:
    """The currency whose rate is always 1; None if there is none, or several."""
    found = [code for code, values in rates.items() if code and set(values) == {1.0}]
    return found[0] if len(found) == 1 else None


def _direction(rates: dict[str, list[float]], base: str) -> str | None:
    """Whether rates are units of each currency for one of the base, or the other way round."""
    told = {
        BASE if (median(values) > 1) == (_RANKS[code] > _RANKS[base]) else CURRENCY
        for code, values in rates.items()
        if code in _RANKS and base in _RANKS and _RANKS[code] != _RANKS[base]
    }
    return told.pop() if len(told) == 1 else None


def of_source(streams: dict[str, Mapping]) -> str | None:
    """The currency of the prices: its sign stands beside them, or the name of their column says it.

    Prices that the sales do not have may be those of the product list. Where lines have a currency
    of their own, it is that of most.
    """
    for kind, role in (("sales", "unit_price"), ("products", "list_price")):
        mapping = streams.get(kind)
        if mapping and (column := mapping.found.get(role)):
            named = kinds.currency_of_name(mapping.header(column))
            if named or (named := kinds.currency(mapping.sample.values(column))):
                return named
            told = (
                mapping.sample.values(mapping.found["currency"])
                if "currency" in mapping.found
                else []
            )
            codes = Counter(filter(None, map(kinds.currency_of_line, told)))
            return codes.most_common(1)[0][0] if codes else None
    return None


def settle(streams: dict[str, Mapping]) -> None:
    """Take the currency of lines for that of their amounts, where nothing says otherwise.

    A price whose column names its currency is in that one, whatever else the line says; and so is
    one of the product list, which has no line. Without a currency of their own, lines have it of
    the signs beside their prices, where these differ.
    """
    sales = streams["sales"]
    lines = [streams[kind] for kind in ("sales", "returns") if kind in streams]
    price = sales.found.get("unit_price")
    if price and "currency" not in sales.found:
        signs = kinds.currencies(sales.sample.values(price))
        if len(signs) > 1:
            sales.remarks.append(f"prices are in {', '.join(sorted(signs))}, as their signs tell")
            for mapping in lines:
                if column := mapping.found.get("unit_price"):
                    mapping.found["currency"] = column
    for mapping in lines:
        column = mapping.found.get("currency")
        priced = streams["products"] if mapping.has_price_list else mapping
        price = priced.found.get("list_price" if mapping.has_price_list else "unit_price")
        header = priced.header(price) if price else ""
        if column and (mapping.has_price_list or kinds.currency_of_name(header)):
            del mapping.found["currency"]
            mapping.remarks.append(
                f"{mapping.header(column)} is not the currency of the amounts: they are in that of "
                f"{header}"
            )
    returns = streams.get("returns")
    if (
        returns
        and "currency" in sales.found
        and "currency" not in returns.found
        and not returns.has_price_list
    ):
        returns.open.append("currency")
