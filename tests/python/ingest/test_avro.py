"""Topics in Avro: exact values by the schema of each message, and what is broken costs itself."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro
from ingest.broker import broker
from ingest.ingestion import SALES, Ingestion
from ingest.registry import LOGIN, registry

SALE: dict[str, Any] = {
    "type": "record",
    "name": "Sale",
    "fields": [
        {"name": "id", "type": "string"},
        {
            "name": "price",
            "type": {"type": "bytes", "logicalType": "decimal", "precision": 30, "scale": 4},
        },
        {"name": "sold_at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "customer", "type": ["null", "string"]},
    ],
}
# The same, a field later.
NEXT_SALE = {**SALE, "fields": [*SALE["fields"], {"name": "pieces", "type": "long"}]}
SCHEMAS = {1: SALE, 300: NEXT_SALE}

STREAM = {
    "name": "sold",
    "topic": "sold",
    "format": "avro",
    "columns": ["id", "price", "sold_at", "day", "customer"],
    **SALES,
}


def sale(number: int, schema: int, **more: object) -> bytes:
    """A message as a producer's serializer writes it."""
    body = BytesIO()
    record = {
        "id": f"S{number}",
        "price": Decimal("12345678901234567890.1000"),
        "sold_at": datetime(2026, 3, 1, 10, 0, 0, 123456, tzinfo=UTC),
        "day": date(2026, 3, 1),
        "customer": None,
        **more,
    }
    fastavro.schemaless_writer(body, SCHEMAS[schema], record)
    return b"\x00" + schema.to_bytes(4, "big") + body.getvalue()


def test_avro_is_read_exactly(new_ingestion: Callable[[str], Ingestion], tmp_path: Path) -> None:
    ingestion = new_ingestion("ingest_avro")
    ingestion.streams = [STREAM]
    with broker() as kafka, registry(SCHEMAS) as address:
        ingestion.move_to(
            tmp_path / "home",
            KAFKA_BOOTSTRAP_SERVERS=kafka.address,
            SCHEMA_REGISTRY_URL=address,
            SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO=LOGIN,
        )
        whole = sale(2, 300, customer="C1", pieces=9007199254740993)
        kafka.send(
            "sold",
            *(sale(1, 1), whole, None),
            # Of a schema that nobody registered, cut short, too long, and no Avro at all.
            *(b"\x00\x00\x00\x00\x07" + whole[5:], whole[:-12], whole + b"\x00", b'{"id": "S3"}'),
        )
        ingestion.load()
        columns = "id, price, sold_at, day, customer, pieces"
        assert ingestion.query(f"select {columns} from raw.sold order by id") == [
            *(
                ("S1", "12345678901234567890.1000", "2026-03-01T10:00:00.123456+00:00",
                 "2026-03-01", None, None),
                ("S2", "12345678901234567890.1000", "2026-03-01T10:00:00.123456+00:00",
                 "2026-03-01", "C1", "9007199254740993"),
            ),
        ]  # fmt: skip
        rejects = ingestion.query("select line from raw._rejects order by source_line")
        assert [line.partition(", ")[2].partition(":")[0] for (line,) in rejects] == [
            "",
            "the registry knows no schema 7 of Avro",
            "EOFError by schema 300",
            "it is longer than by schema 300",
            "no number of a schema before it",
        ]
        # What was sent can be had back.
        assert bytes.fromhex(rejects[3][0].rpartition(" ")[2]) == whole + b"\x00"

        # A registry that does not let anybody in says nothing of the messages.
        kafka.send("sold", sale(4, 1))
        with_login = ingestion.warehouse
        for setting, value, said in (
            ("SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO", "warehouse:guess", "Unauthorized"),
            ("SCHEMA_REGISTRY_URL", "", "SCHEMA_REGISTRY_URL is not set"),
            ("SCHEMA_REGISTRY_URL", "nowhere", "the settings SCHEMA_REGISTRY_…:"),
        ):
            ingestion.warehouse = with_login.with_settings(**{setting: value})
            done = ingestion.extract(check=False)
            assert done.returncode == 1
            assert said in done.stderr
            assert "Traceback" not in done.stderr
        ingestion.warehouse = with_login
        ingestion.load()
        assert ingestion.query("select count(*) from raw.sold") == [(3,)]
