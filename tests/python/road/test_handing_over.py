"""What ClickHouse hands over to Greenplum arrives as it was, all of it or nothing."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from road.conftest import Road

from warehouse.environment import ROOT

TABLE = "landing.odd"
HAND_OVER = """
from warehouse import environment
environment.load()
from warehouse.archive.handing_over import hand_over
print(hand_over({query!r}, tuple({table!r}.split(".")), {columns!r}))
"""


@pytest.fixture
def odd(shop: Road) -> Iterator[Road]:
    shop.warehouse.query(
        f"create table {TABLE} (place int, word text, price numeric(18,4), sold_at timestamp, "
        "is_new boolean, key uuid)",
        "GREENPLUM",
    )
    yield shop
    shop.warehouse.query(f"drop table {TABLE}", "GREENPLUM")


def hand_over(
    shop: Road, query: str, *columns: str, table: str = TABLE
) -> subprocess.CompletedProcess[str]:
    program = HAND_OVER.format(query=query, table=table, columns=columns)
    return shop.warehouse.run(sys.executable, "-c", program, cwd=ROOT, check=False)


def test_every_character_arrives(odd: Road) -> None:
    words = [
        "tab\there",
        "line\nfeed",
        "return\r",
        "back\\slash",
        "\\N",
        "\\t",
        "it's",
        '"',
        "Ω€😀",
        "",
    ]
    literals = ", ".join(
        "'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'" for word in words
    )
    done = hand_over(
        odd,
        f"select toInt32(number), arrayElement([{literals}], number + 1) "
        f"from numbers({len(words)}) union all select -1, null order by 1",
        *("place", "word"),
    )
    assert done.stdout == f"{len(words) + 1}\n"
    found = odd.warehouse.query(f"select word from {TABLE} order by place", "GREENPLUM")
    assert [word for (word,) in found] == [None, *words]


def test_every_type_arrives(odd: Road) -> None:
    hand_over(
        odd,
        "select 1, toDecimal64('-12.5', 4), toDateTime64('2024-03-07 23:30:00.25', 6, 'UTC'), "
        "true, toUUID('6ccd780c-baba-1026-9564-5b8c656024db')",
        *("place", "price", "sold_at", "is_new", "key"),
    )
    row = "select price::text, sold_at::text, is_new::text, key::text from landing.odd"
    assert odd.warehouse.query(row, "GREENPLUM") == [
        ("-12.5000", "2024-03-07 23:30:00.25", "true", "6ccd780c-baba-1026-9564-5b8c656024db")
    ]


def test_what_breaks_on_the_way_adds_nothing(odd: Road) -> None:
    # Far behind the first rows, which are on their way by then.
    query = "select toInt32(throwIf(number = 3000000) + number) from numbers(4000000)"
    done = hand_over(odd, query, "place")
    assert done.returncode != 0
    assert odd.warehouse.query(f"select count(*) from {TABLE}", "GREENPLUM") == [(0,)]


def test_a_table_that_is_not_there_is_one_line(odd: Road) -> None:
    done = hand_over(odd, "select 1", "place", table="landing.nowhere")
    assert done.returncode != 0
    assert 'relation "landing.nowhere" does not exist' in done.stderr
