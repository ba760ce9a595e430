"""What discount, tax and cost of a line are: money of it or of a piece, or a part of the price."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from warehouse.new_source import kinds
from warehouse.new_source.sample import Sample

# The parts of staging that tell the same, the first of them going before the others.
_FORMS = {
    "discount": ("discount", "unit_discount", "discount_percent", "discount_share"),
    "cost": ("cost", "unit_cost"),
}
# A column of costs whose name does not say of what.
_EITHER = "line_or_unit_cost"

_BELOW_ONE = re.compile(r"-?0*([.,]\d+)?")
# Tax has a few rates, and as many amounts as there are prices.
_HIGHEST_RATE = 30
_MOST_RATES = 4


class Open(NamedTuple):
    """What values and names leave open.

    Attributes:
        parts: The parts that the user must choose a column for.
        remarks: What the user should know.
    """

    parts: list[str]
    remarks: list[str]


def settle(sample: Sample, found: dict[str, str]) -> Open:
    """Give each column of discount, tax and cost the part that its values show.

    Args:
        sample: What the files show.
        found: The column of each role, which is changed.
    """
    left = Open([], [])
    _settle_discount(sample, found, left)
    _settle_tax(sample, found, left)
    _settle_cost(sample, found, left)
    for forms in _FORMS.values():
        for other in [form for form in forms if form in found][1:]:
            del found[other]
    return left


def _settle_discount(sample: Sample, found: dict[str, str], left: Open) -> None:
    if column := found.get("discount"):
        values = sample.values(column)
        if "%" in _header(sample, column) or any("%" in value for value in values):
            found["discount_percent"] = found.pop("discount")
        elif _are_below_one(values):
            del found["discount"]
            left.parts.append("discount")
        else:
            left.remarks.append(
                f"{_header(sample, column)} is taken for money of the whole line; of one piece it "
                f"is unit_discount, and of a hundred discount_percent"
            )
    if (column := found.get("discount_percent")) and _are_below_one(sample.values(column)):
        found["discount_share"] = found.pop("discount_percent")


def _settle_tax(sample: Sample, found: dict[str, str], left: Open) -> None:
    if (column := found.get("tax")) and _are_rates(sample, column):
        del found["tax"]
        header = _header(sample, column)
        left.remarks.append(f"{header} is not used: it looks like a rate of tax, not its amount")


def _settle_cost(sample: Sample, found: dict[str, str], left: Open) -> None:
    column = found.pop(_EITHER, None)
    if column is None or found.keys() & {*_FORMS["cost"]}:
        return
    is_of_piece = _is_of_piece(sample, found, column)
    if is_of_piece is None:
        left.parts.append("cost")
    else:
        found["unit_cost" if is_of_piece else "cost"] = column


def _is_of_piece(sample: Sample, found: dict[str, str], column: str) -> bool | None:
    """Whether a cost is that of one piece; None if no product with several quantities tells."""
    costs: dict[str, dict[Fraction, Fraction]] = defaultdict(dict)
    if not {"product_id", "quantity"} <= found.keys():
        return None
    for product, *texts in _rows(sample, (found["product_id"], found["quantity"], column)):
        quantity, cost = map(_number, texts)
        if quantity and cost:
            costs[product].setdefault(quantity, cost)
    several = [by_quantity for by_quantity in costs.values() if len(by_quantity) > 1]
    of_piece = sum(len(set(of.values())) == 1 for of in several)
    of_line = sum(len({cost / quantity for quantity, cost in of.items()}) == 1 for of in several)
    if of_piece == of_line:
        is_always_one = all(of.keys() == {1} for of in costs.values())
        return False if is_always_one else None
    return of_piece > of_line


def _rows(sample: Sample, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
    places = [sample.columns.index(column) for column in columns]
    for batch in sample.batches:
        for row in zip(*(batch.columns[place] for place in places), strict=True):
            if all(row):
                yield row


def _number(text: str) -> Fraction | None:
    """A number without its sign; the last separator is the decimal one."""
    whole, _, rest = re.sub(r"[^\d.,]", "", text).replace(",", ".").rpartition(".")
    digits = f"{whole.replace('.', '')}.{rest}" if whole else rest
    return Fraction(digits) if re.fullmatch(r"\d+(\.\d+)?", digits) else None


def _are_below_one(values: Sequence[str]) -> bool:
    """Whether all are parts of one, such as 0.2, and not all are 0."""
    return all(map(_BELOW_ONE.fullmatch, values)) and any(
        re.search("[1-9]", value) for value in values
    )


def _are_rates(sample: Sample, column: str) -> bool:
    values = sample.values(column)
    if "%" in _header(sample, column) or any("%" in value for value in values):
        return True
    rates = set(values)
    are_few = len(rates) <= _MOST_RATES and len(rates) < len(values)
    numbers = [_number(value) for value in rates]
    return (
        are_few
        and kinds.are_whole_numbers(rates)
        and all(number is not None and number <= _HIGHEST_RATE for number in numbers)
    )


def _header(sample: Sample, column: str) -> str:
    return sample.headers[sample.columns.index(column)]
