"""A year of a real shop, where its files are at hand."""

import json
import os
import tarfile
from pathlib import Path

import pytest
from ingest.ingestion import Ingestion

from warehouse import environment

FOLDER = Path(
    os.environ.get("WAREHOUSE_ONLINE_RETAIL") or environment.ROOT / "../shared/data/online_retail"
)


@pytest.mark.skipif(
    not (FOLDER / "by-day.tar.gz").is_file(),
    reason=f"no by-day.tar.gz in {FOLDER}: set WAREHOUSE_ONLINE_RETAIL to the folder that has it",
)
def test_every_line_of_online_retail_is_loaded(ingestion: Ingestion) -> None:
    with tarfile.open(FOLDER / "by-day.tar.gz") as archive:
        archive.extractall(ingestion.scratch, filter="data")
    truth = json.loads((FOLDER / "truth.json").read_text())
    shop = ingestion.warehouse.with_settings(
        WAREHOUSE_SOURCES="online_retail", ONLINE_RETAIL_FILES=str(ingestion.scratch / "by-day")
    )
    shop.run("meltano", "run", "load")
    assert shop.query(
        "select count(*), count(distinct _source_file), count(*) filter (where customer_id = ''), "
        "count(*) filter (where description = ''), min(invoice_date), max(invoice_date) "
        "from raw.online_retail"
    ) == [
        (
            541_909,
            truth["files"],
            truth["null_customer_id"],
            truth["null_description"],
            truth["min_date"],
            truth["max_date"],
        )
    ]
    assert shop.query("select count(*) from raw._rejects") == [(0,)]
