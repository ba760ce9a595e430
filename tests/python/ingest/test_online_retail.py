"""A year of a real shop, where its files are at hand."""

import json
import shutil
from pathlib import Path

from ingest.ingestion import Ingestion


def test_every_line_of_online_retail_is_loaded(
    ingestion: Ingestion, online_retail_data: Path
) -> None:
    shutil.unpack_archive(online_retail_data / "by-day.tar.gz", ingestion.scratch)
    truth = json.loads((online_retail_data / "truth.json").read_text())
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
