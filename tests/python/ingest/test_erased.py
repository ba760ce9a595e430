"""An erased customer does not come back with a file, and nobody's sale is lost."""

from contextlib import closing

import pytest
from ingest.ingestion import THINGS, Ingestion

from warehouse.ingest.raw import register
from warehouse.ingest.sources import Content

SALES = "buyer,sale,amount\nC1,S1,5.00\nC2,S2,10.00\n"


@pytest.mark.parametrize(
    ("rows", "left"),
    [("sales", [("", "S1"), ("C2", "S2")]), ("customers", [("C2", "S2")])],
)
def test_what_goes_is_what_the_stream_says(
    ingestion: Ingestion, rows: str, left: list[tuple[str, str]]
) -> None:
    """Not the order of the columns, nor their names."""
    stream = {**THINGS, "columns": ["buyer", "sale", "amount"], "rows": rows, "customer": "buyer"}
    ingestion.streams = [stream]
    ingestion.write("1.csv", SALES)
    ingestion.load()
    with closing(ingestion.warehouse.connect()) as connection, connection.cursor() as cursor:
        register.add(cursor, "lab", "C1")
    ingestion.write("1.csv", SALES + "C3,S3,1.00\n")
    ingestion.load()
    found = ingestion.query("select buyer, sale from raw.things order by _source_line")
    assert found == [*left, ("C3", "S3")]
    assert ingestion.log()[-1] == ("1.csv", "loaded", 3, len(found), 3 - len(found))


def test_what_a_sale_tells_of_its_customer_goes_too(ingestion: Ingestion) -> None:
    columns = ["buyer", "Buyer City", "sale"]
    stream = {**THINGS, "columns": columns, "customer": "buyer", "personal": ["Buyer City"]}
    ingestion.streams = [stream]
    ingestion.write("1.csv", "buyer,Buyer City,sale\nC1,Bonn,S1\nC2,Ulm,S2\n")
    ingestion.load()
    with closing(ingestion.warehouse.connect()) as connection, connection.cursor() as cursor:
        register.add(cursor, "lab", "C1")
    ingestion.write("1.csv", "buyer,Buyer City,sale\nC1,Bonn,S1\nC2,Ulm,S2\nC1,Köln,S3\n")
    ingestion.load()
    found = ingestion.query("select * from raw.things order by _source_line")
    assert [row[:3] for row in found] == [("", "", "S1"), ("C2", "Ulm", "S2"), ("", "", "S3")]


def test_a_rejected_line_keeps_no_number_of_whatever_signs(ingestion: Ingestion) -> None:
    ingestion.streams = [{**THINGS, "customer": "a"}]
    names = ("C1", "jo+shop@mail.example", "#12/3")
    ingestion.write("1.csv", "a,b,c\n" + "".join(f"{name},1,2,3\n" for name in (*names, "C2")))
    ingestion.target_config = {"reject_limit": 1}
    ingestion.load()
    with closing(ingestion.warehouse.connect()) as connection, connection.cursor() as cursor:
        for name in names:
            register.add(cursor, "lab", name)
        register.apply(cursor, "lab", "things", Content("sales", "a"))
    lines = ingestion.query("select line from raw._rejects order by source_line")
    assert lines == [("",), ("",), ("",), ("C2,1,2,3",)]
