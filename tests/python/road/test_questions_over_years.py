"""The questions over years give what a recount of the archive's sale lines gives."""

import html
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from road import recount
from road.conftest import Road
from road.recount import SaleLine, first_day, rounded

from warehouse import environment

VIEWS = (
    "customer_demographics",
    "customer_retention",
    "customer_seasons",
    "forecast_accuracy",
    "growth_by_quarter",
    "revenue_forecast",
    "revenue_without_season",
    "sales_by_month",
    "sales_by_region",
    "seasons_by_category",
)

HORIZON = 6


@pytest.fixture(scope="module")
def shop_lines(shop: Road) -> list[SaleLine]:
    """The sample shop's archive."""
    return recount.sale_lines(shop.warehouse)


@pytest.fixture(scope="module")
def retail_lines(online_retail: Road) -> list[SaleLine]:
    """Online Retail's archive, and that of the small shop beside it."""
    return recount.sale_lines(online_retail.warehouse)


@pytest.fixture(params=["shop", "online_retail"])
def years(request: pytest.FixtureRequest) -> tuple[Road, list[SaleLine]]:
    """Each of the two archives, with its lines."""
    lines = {"shop": "shop_lines", "online_retail": "retail_lines"}[request.param]
    return request.getfixturevalue(request.param), request.getfixturevalue(lines)


Years = tuple[Road, list[SaleLine]]


def ask(road: Road, query: str) -> list[tuple[Any, ...]]:
    return road.warehouse.query(query, "GREENPLUM")


def summed(
    lines: list[SaleLine], key: Callable[[SaleLine], tuple[Any, ...]]
) -> dict[tuple[Any, ...], list[SaleLine]]:
    groups: dict[tuple[Any, ...], list[SaleLine]] = defaultdict(list)
    for line in lines:
        groups[key(line)].append(line)
    return groups


def growth(now: Decimal, before: Decimal | None) -> Decimal | None:
    return rounded(now / before - 1, 4) if before is not None and before > 0 else None


def test_monthly_sales(years: Years) -> None:
    road, lines = years
    expected = {
        key: (
            sum(line.amount for line in group if line.line_type == "sale"),
            -sum(line.amount for line in group if line.line_type == "return"),
            recount.revenue(group),
            sum(line.amount for line in group if line.line_type == "adjustment"),
            sum(line.quantity for line in group if line.line_type != "adjustment"),
            sum(line.line_type == "sale" for line in group),
        )
        for key, group in summed(
            lines,
            lambda line: (*line.shop, first_day(line.month), line.category, line.region),
        ).items()
    }
    found = ask(
        road,
        "select source_system, currency, sale_month, category, region, gross_revenue, "
        "returned_revenue, revenue, adjustments, quantity, sale_lines from analytics.monthly_sales",
    )
    assert {row[:5]: row[5:] for row in found} == expected


def test_months_of_online_retail_are_those_counted_elsewhere(online_retail: Road) -> None:
    truth = online_retail.truth["all_rows"]["revenue_by_month"]
    found = ask(
        online_retail,
        "select to_char(sale_month, 'YYYY-MM'), sum(revenue + adjustments) from bi.sales_by_month "
        "where source_system = 'online_retail' group by 1",
    )
    assert dict(found) == {month: Decimal(revenue) for month, revenue in truth.items()}


def test_the_calendar_has_every_month_and_knows_those_cut_short(years: Years) -> None:
    road, lines = years
    found = ask(
        road,
        "select source_system, currency, sale_month, is_complete from analytics.sales_calendar",
    )
    assert sorted(found) == sorted(
        (*shop, first_day(month), complete)
        for shop, months in recount.calendar(lines).items()
        for month, complete in months.items()
    )


def test_online_retail_ends_amid_a_month(online_retail: Road) -> None:
    found = ask(
        online_retail,
        "select to_char(sale_month, 'YYYY-MM') from analytics.sales_calendar "
        "where source_system = 'online_retail' and not is_complete",
    )
    assert found == [("2011-12",)]


@pytest.mark.parametrize(
    ("table", "period", "months"),
    [("customer_cohorts", "month", 1), ("customer_cohorts_by_quarter", "quarter", 3)],
)
def test_cohorts(years: Years, table: str, period: str, months: int) -> None:
    road, lines = years
    expected = {
        (*key[:2], first_day(key[2] * months), first_day(key[3] * months)): (
            key[3] - key[2],
            cohort,
            active,
            rounded(Decimal(active) / cohort, 4),
            amount,
        )
        for key, (cohort, active, amount) in recount.cohorts(lines, months).items()
    }
    found = ask(
        road,
        f"select source_system, currency, cohort_{period}, sale_{period}, {period}s_since_first, "
        f"cohort_customers, active_customers, retention, gross_revenue from analytics.{table}",
    )
    assert {row[:4]: row[4:] for row in found} == expected


def test_regions_over_years(years: Years) -> None:
    road, lines = years
    groups = summed(lines, lambda line: (*line.shop, line.region, line.day.year))
    expected = {}
    for shop, months in recount.calendar(lines).items():
        complete = {
            year: sum(whole for month, whole in months.items() if month // 12 == year)
            for year in {month // 12 for month in months}
        }
        for region in {line.region for line in lines if line.shop == shop}:
            for year, whole_months in complete.items():
                now = recount.revenue(groups.get((*shop, region, year), []))
                before = None
                if whole_months == complete.get(year - 1) == 12:
                    before = recount.revenue(groups.get((*shop, region, year - 1), []))
                expected[(*shop, region, year)] = (whole_months, now, before, growth(now, before))
    found = ask(
        road,
        "select source_system, currency, region, sale_year, complete_months, revenue, "
        "last_year_revenue, year_on_year_growth from analytics.region_years",
    )
    assert {row[:4]: row[4:] for row in found} == expected


def test_growth_by_quarter(years: Years) -> None:
    road, lines = years
    groups = summed(lines, lambda line: (*line.shop, line.category, line.month // 3))
    expected: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for shop, months in recount.calendar(lines).items():
        quarters = {month // 3 for month in months}
        whole = {q for q in quarters if all(months.get(3 * q + i) for i in range(3))}
        for category in {line.category for line in lines if line.shop == shop}:
            amounts = {q: recount.revenue(groups.get((*shop, category, q), [])) for q in quarters}
            for q, now in amounts.items():
                earlier = [amounts[q - back] if {q, q - back} <= whole else None for back in (1, 4)]
                expected[(*shop, category, first_day(3 * q))] = (
                    q in whole,
                    now,
                    growth(now, earlier[0]),
                    growth(now, earlier[1]),
                )
    found = ask(
        road,
        "select source_system, currency, category, quarter_start, is_complete, revenue, "
        "quarter_on_quarter_growth, year_on_year_growth from bi.growth_by_quarter",
    )
    assert {row[:4]: row[4:] for row in found} == expected


def test_seasonal_indices_are_ratios_to_the_moving_average(years: Years) -> None:
    road, lines = years
    expected: dict[tuple[Any, ...], Decimal] = {}
    for series, history in recount.histories(lines).items():
        if len(history) >= 24 and (index := recount.seasonal_index(history)):
            expected |= {(*series, month + 1): value for month, value in index.items()}
    found = ask(
        road,
        "select source_system, currency, category, month_of_year, seasonal_index "
        "from analytics.seasonal_indices where is_latest",
    )
    assert len(expected) > 0
    # The models round the ratios, too: the last of four digits may differ by one.
    assert {row[:4]: row[4] for row in found} == pytest.approx(expected, abs=Decimal("0.0001"))


def test_season_taken_out_leaves_each_month_over_its_index(shop: Road) -> None:
    wrong = ask(
        shop,
        "select * from bi.revenue_without_season "
        "where abs(revenue_without_season * seasonal_index - revenue) > 0.01 * abs(seasonal_index) "
        # Nothing is ever sold in some months.
        "or (revenue_without_season is null) <> (seasonal_index = 0)",
    )
    assert wrong == []


def test_average_seasons(years: Years) -> None:
    road, lines = years
    seasons: dict[tuple[Any, ...], dict[int, list[Decimal]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for series, history in recount.histories(lines).items():
        for month, amount in history.items():
            seasons[(*series, recount.season(month))][recount.season_year(month)].append(amount)
    expected = {}
    for key, found_years in seasons.items():
        whole = [sum(found, Decimal(0)) for found in found_years.values() if len(found) == 3]
        if whole:
            expected[key] = (len(whole), rounded(sum(whole, Decimal(0)) / len(whole), 2))
    found = ask(
        road,
        "select source_system, currency, category, season, seasons_observed, average_revenue "
        "from bi.seasons_by_category",
    )
    assert {row[:4]: row[4:] for row in found} == expected


def test_forecasts_of_each_origin_know_nothing_of_what_came_after(years: Years) -> None:
    road, lines = years
    expected = {
        (*series, first_day(each.origin), each.months_ahead, method): (each.actual, said)
        for series, history in recount.histories(lines).items()
        for each in recount.forecasts(history, origins=12, horizon=HORIZON)
        for method, said in each.said.items()
    }
    found = ask(
        road,
        "select source_system, currency, category, origin_month, months_ahead, method, "
        "actual_revenue, forecast_revenue from analytics.category_forecasts",
    )
    assert {row[:6]: row[6] for row in found} == {
        key: actual for key, (actual, _) in expected.items()
    }
    for row in found:
        forecast, (_, recounted) = row[7], expected[row[:6]]
        if recounted is None:
            assert forecast is None, row
        else:
            # Another way to the same line or curve, and in floats.
            assert float(forecast) == pytest.approx(recounted, rel=0.002, abs=0.5), row


def test_errors_of_the_backtest(shop: Road) -> None:
    backtest = ask(
        shop,
        "select currency, category, method, actual_revenue, forecast_revenue "
        "from analytics.category_forecasts where not is_latest and forecast_revenue is not null",
    )
    expected = {}
    for key in {row[:3] for row in backtest}:
        rows = [row[3:] for row in backtest if row[:3] == key]
        errors = [abs(said - actual) for actual, said in rows]
        expected[key] = (
            len(rows),
            rounded(sum(errors, Decimal(0)) / len(errors), 2),
            rounded(sum(errors, Decimal(0)) / sum(abs(actual) for actual, _ in rows), 4),
        )
    found = ask(
        shop,
        "select currency, category, method, months, mean_absolute_error, "
        "weighted_absolute_percentage_error from bi.forecast_accuracy",
    )
    assert {row[:3]: row[3:] for row in found} == expected


def test_the_forecast_is_that_of_the_method_with_the_best_record(shop: Road) -> None:
    """Another than the seasonal trend is to be better by a tenth, over a record of a year."""
    records: dict[tuple[Any, ...], dict[str, Decimal]] = defaultdict(dict)
    is_full: dict[tuple[Any, ...], bool] = {}
    for currency, category, method, origins, error in ask(
        shop,
        "select currency, category, method, origins, mean_absolute_error from bi.forecast_accuracy",
    ):
        records[currency, category][method] = error
        is_full[currency, category] = origins == 12
    expected = dict.fromkeys(records, "seasonal_trend")
    for series, record in records.items():
        best = min(record, key=record.__getitem__)
        if is_full[series] and record[best] < Decimal("0.9") * record["seasonal_trend"]:
            expected[series] = best
    assert set(is_full.values()) == {True, False}, "all records are alike: this test tells less"
    assert len(set(expected.values())) > 1, "all by one method: this test tells nothing"
    found = ask(
        shop,
        "select currency, category, forecast.method, forecast.forecast_revenue, "
        "said.forecast_revenue, expected_error, weighted_absolute_percentage_error "
        "from bi.revenue_forecast as forecast "
        "join analytics.category_forecasts as said "
        "using (source_system, currency, category, sale_month) "
        "join bi.forecast_accuracy using (source_system, currency, category) "
        "where is_latest and is_used and said.method = forecast.method",
    )
    assert len(found) == HORIZON * len(expected)
    assert {row[:2]: row[2] for row in found} == expected
    assert all(row[3] == row[4] and row[5] == row[6] for row in found)


def test_a_history_that_is_too_short_gives_no_forecast_and_says_so(online_retail: Road) -> None:
    found = ask(
        online_retail,
        "select category, forecast_revenue, basis, count(*) from bi.revenue_forecast "
        "where source_system = 'online_retail' and basis is not null group by 1, 2, 3 order by 1",
    )
    basis = "No forecast: 12 of 24 months"
    assert found == [
        ("Charges And Vouchers", None, basis, HORIZON),
        ("Gifts", None, basis, HORIZON),
    ]
    said = ask(
        online_retail,
        "select method, count(forecast_revenue) from analytics.category_forecasts "
        "where source_system = 'online_retail' group by 1",
    )
    methods = ("seasonal_trend", "poisson", "mean_of_both", "naive", "seasonal_naive")
    assert dict(said) == dict.fromkeys(methods, 0)


def test_habits_of_customers(years: Years) -> None:
    road, lines = years
    purchases = summed(
        [line for line in lines if line.line_type == "sale" and line.customer != recount.UNKNOWN],
        lambda line: (*line.shop, line.customer),
    )
    expected = {
        key: recount.habit([(line.month, line.order, line.amount) for line in bought])
        for key, bought in purchases.items()
    }
    found = ask(
        road,
        "select source_system, currency, customer_key::text, habit, main_season_orders, orders "
        "from analytics.seasonal_customers",
    )
    assert {row[:3]: row[3:] for row in found} == expected


def test_demographics_over_years(years: Years) -> None:
    road, lines = years
    groups = summed(
        [line for line in lines if line.line_type != "adjustment"],
        lambda line: (
            *line.shop,
            line.day.year,
            line.age_group,
            line.gender,
            line.customer != recount.UNKNOWN,
        ),
    )
    expected = {}
    for key, group in groups.items():
        sales = [line for line in group if line.line_type == "sale"]
        buyers = {line.customer for line in sales}
        expected[key] = (
            len(buyers) if key[-1] else 0,
            len({(line.customer, line.month, line.order) for line in sales}),
            recount.revenue(group),
        )
    found = ask(
        road,
        "select source_system, currency, sale_year, age_group, gender, is_known, customers, "
        "orders, revenue from bi.customer_demographics",
    )
    assert {row[:6]: row[6:] for row in found} == expected


def test_the_notebook_tells_what_the_lines_say(years: Years) -> None:
    road, lines = years
    # Beside Online Retail lies a small shop, of which this story is not.
    source = max({line.source_system for line in lines}, key="online_retail".__eq__)
    # It is of one currency, the one with the most sales.
    currencies = Counter(line.currency for line in lines if line.source_system == source)
    [(currency, _)] = currencies.most_common(1)
    theirs = [line for line in lines if line.shop == (source, currency)]
    revenue = sum(line.amount for line in theirs if line.line_type != "adjustment")
    said = road.warehouse.run("warehouse", "notebook", "--html", "--source", source).stdout
    page = html.unescape(Path(said.strip()).read_text(encoding="utf-8"))
    months = len({line.month for line in theirs})
    assert f"{source} sold for {revenue:,.0f} {currency} in {months} months" in page
    if source == "shop":
        assert "Garden is the most seasonal: in Spring" in page
    else:
        assert "There are not yet two years of any season" in page
        assert "United Kingdom brings" in page


def test_notebooks_are_kept_without_what_they_showed() -> None:
    for path in (environment.ROOT / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert not any(cell.get("outputs") for cell in cells), path.name


def test_views_for_bi_tools_have_rows_and_describe_themselves(shop: Road) -> None:
    for view in VIEWS:
        assert ask(shop, f"select count(*) > 0 from bi.{view}") == [(True,)], view
    undescribed = ask(
        shop,
        "select relname, attname from pg_class join pg_attribute on attrelid = pg_class.oid "
        "where relnamespace = 'bi'::regnamespace and attnum > 0 "
        "and (col_description(attrelid, attnum) is null or obj_description(attrelid) is null)",
    )
    assert undescribed == []


def test_a_table_that_is_built_again_leaves_its_views_to_their_readers(shop: Road) -> None:
    before = ask(shop, "select count(*), sum(revenue) from bi.sales_by_region")
    shop.warehouse.dbt("run", "--select", "region_years", target="greenplum")
    assert ask(shop, "select count(*), sum(revenue) from bi.sales_by_region") == before
