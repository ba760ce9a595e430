"""The manifest says what is in the files: every figure is counted again, in another way."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sample.recount import moment, read, reasons, recount

from warehouse.sample import dirt


def _without_zeros(counts: Any) -> Any:
    if not isinstance(counts, dict):
        return counts
    return {key: _without_zeros(value) for key, value in counts.items() if value != 0}


def test_expected_results_are_those_of_a_naive_count(shop: Path, manifest: dict[str, Any]) -> None:
    assert _without_zeros(manifest["expected"]) == _without_zeros(recount(shop))


def test_all_sales_lines_add_up(shop: Path, manifest: dict[str, Any]) -> None:
    sales = manifest["expected"]["sales"]
    assert sales["lines"] == manifest["arguments"]["rows"]
    assert sales["lines"] == sales["rejected"] + sales["superseded"] + sales["current"]


def test_files_are_accounted_for(shop: Path, manifest: dict[str, Any]) -> None:
    listing = ""
    for name in sorted(path.relative_to(shop).as_posix() for path in shop.rglob("*.csv")):
        content = (shop / name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        listing += f"{digest}  {name}\n"
        # No value holds a line break.
        lines = content.count(b"\n") - 1
        assert manifest["files"].pop(name) == {
            "lines": lines,
            "bytes": len(content),
            "sha256": digest,
        }
    assert not manifest["files"]
    assert manifest["sha256"] == hashlib.sha256(listing.encode()).hexdigest()


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda value: bool(re.fullmatch(pattern, value))


def _spaced(value: str) -> bool:
    return value != value.strip() != ""


def _missing(value: str) -> bool:
    return not value.strip()


def _one_letter_case(value: str) -> bool:
    return not _missing(value) and value in (value.lower(), value.upper())


GENDERS = ("female", "male", "other")
FINDERS: dict[str, dict[str, dict[str, Callable[[str], bool]]]] = {
    "sales_data": {
        "sale_id": {"missing": _missing, "case": _matches(r"s\d+"), "spaces": _spaced},
        "sold_at": {
            "missing": _missing,
            "unreadable": lambda value: not _missing(value) and moment(value) is None,
            "day_first": lambda value: "/" in value and moment(value) is not None,
            "month_name": _matches(r"\d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d"),
            "zulu": _matches(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
            "spaces": _spaced,
        },
        "product_id": {
            "missing": _missing,
            "unknown": _matches(r"P99\d{3}"),
            "case": _matches(r"p\d+"),
            "spaces": _spaced,
        },
        "quantity": {
            "missing": _missing,
            "unreadable": _matches("twelve|-|\\?|2x"),
            "zero": _matches(r"0(\.0)?"),
            "decimal": _matches(r"-?[1-9]\d*\.0"),
            "spaces": _spaced,
        },
        "unit_price": {
            "missing": _missing,
            "unreadable": _matches(r"-|twelve|#N/A|12\.50\.00"),
            "negative": _matches(r"-\d+\.\d\d"),
            "comma": _matches(r"\d+,\d\d"),
            "currency": _matches(r"(€|CHF )\d+\.\d\d"),
            "thousands": _matches(r"\d{1,3}(,\d{3}\.|\.\d{3},)\d\d"),
            "spaces": _spaced,
        },
        "customer_id": {
            "missing": _missing,
            "unknown": _matches(r"C999\d{3}"),
            "case": _matches(r"c\d+"),
            "spaces": _spaced,
        },
    },
    "product_data": {
        "product_id": {"missing": _missing, "case": _matches(r"p\d+"), "spaces": _spaced},
        "category": {"missing": _missing, "case": _one_letter_case},
        "name": {"spaces": _spaced},
        "supplier": {"missing": _missing, "spaces": _spaced},
        "price": {
            "missing": _missing,
            "comma": _matches(r"\d+,\d\d"),
            "currency": _matches(r"€\d+\.\d\d"),
        },
    },
    "customer_data": {
        "customer_id": {"missing": _missing, "case": _matches(r"c\d+"), "spaces": _spaced},
        "age": {
            "missing": _missing,
            "impossible": lambda value: not _missing(value) and not 0 <= int(value) <= 120,
        },
        "gender": {
            "missing": _missing,
            "spelling": lambda value: not _missing(value) and value not in GENDERS,
        },
        "city": {
            "missing": _missing,
            "case": _one_letter_case,
        },
        "registration_date": {
            "missing": _missing,
            "unreadable": _matches("n/a|0000-00-00|2023-02-30|31/11/2022"),
            "day_first": lambda value: "/" in value and value != "31/11/2022",
            "month_name": _matches(r"\d\d? [A-Z][a-z]{2} \d{4}"),
            "spaces": _spaced,
        },
    },
}


@pytest.mark.parametrize("kind", FINDERS)
def test_dirt_is_counted_by_what_is_found(shop: Path, manifest: dict[str, Any], kind: str) -> None:
    found: Counter[str] = Counter()
    for row in read(shop, kind):
        for column, finders in FINDERS[kind].items():
            found.update(
                f"{column}_{name}" for name, finder in finders.items() if finder(row[column])
            )
    counted = dict(manifest["dirt"][kind])
    for extra in ("repeated_line", "corrected_sale", "returned_sale"):
        counted.pop(extra, None)
    assert counted == dict(found)


def test_repeated_lines_are_copies_of_lines_of_the_same_or_the_previous_file(
    shop: Path, manifest: dict[str, Any]
) -> None:
    for kind, reach in (("sales_data", 2), ("product_data", 1), ("customer_data", 1)):
        repeated = 0
        recent: list[set[str]] = []
        for path in sorted((shop / kind).glob("*.csv")):
            recent = [*recent, set()][-reach:]
            for line in path.read_text(encoding="utf-8").splitlines()[1:]:
                repeated += any(line in lines for lines in recent)
                recent[-1].add(line)
        assert manifest["dirt"][kind]["repeated_line"] == repeated


def test_corrections_come_later_with_another_quantity_or_price(
    shop: Path, manifest: dict[str, Any]
) -> None:
    versions: dict[str, dict[tuple[str, str], None]] = {}
    for row in read(shop, "sales_data"):
        clean = not reasons(row) and re.fullmatch(r"-?\d+", row["quantity"])
        if clean and re.fullmatch(r"\d+\.\d\d", row["unit_price"]):
            key = row["sale_id"].strip().upper()
            versions.setdefault(key, {})[row["quantity"], row["unit_price"]] = None
    corrected = sum(len(found) > 1 for found in versions.values())
    # Of the others, one of the two lines is dirty itself.
    assert 0.8 < corrected / manifest["dirt"]["sales_data"]["corrected_sale"] <= 1


def test_returns_are_lines_with_a_quantity_below_zero(shop: Path, manifest: dict[str, Any]) -> None:
    returned = sum(
        bool(re.fullmatch(r"-\d+(\.0)?", row["quantity"].strip()))
        for row in read(shop, "sales_data")
    )
    assert manifest["dirt"]["sales_data"]["returned_sale"] == returned


@pytest.mark.parametrize(
    ("file", "kinds"),
    [
        ("sales_data", dirt.SALES),
        ("sales_data", (dirt.REPEATED_SALE, dirt.CORRECTED_SALE, dirt.RETURNED_SALE)),
        ("product_data", (*dirt.PRODUCTS, dirt.REPEATED_PRODUCT)),
        ("customer_data", (*dirt.CUSTOMERS, dirt.REPEATED_CUSTOMER)),
    ],
)
def test_every_kind_of_dirt_is_there_in_its_documented_share(
    shop: Path,
    manifest: dict[str, Any],
    file: str,
    kinds: tuple[dirt.Kind | dirt.ExtraLine, ...],
) -> None:
    for kind in kinds:
        lines = manifest[file]["lines"]
        if kind.name == "unit_price_thousands":
            dear = re.compile(r"-?\d{4,}[.,]\d\d|\d{1,3}[.,]\d{3}[.,]\d\d")
            lines = sum(bool(dear.fullmatch(row["unit_price"])) for row in read(shop, file))
        found = manifest["dirt"][file][kind.name]
        meant = lines * kind.share / dirt.PER
        assert found > 0
        # Four standard deviations, or a few lines where few are meant.
        assert abs(found - meant) <= max(4 * meant**0.5, 5), (kind.name, found, meant)
