"""An open copy of the archive: Parquet by month, and Iceberg tables over the same bytes.

    historical_sales/month=2026-10/historical_sales.parquet     a file a month, always the latest
    historical_products/historical_products.parquet
    historical_customers/historical_customers.parquet
    historical_stores/historical_stores.parquet
    iceberg/historical_sales/…                                  the same as tables (docs/lake.md)
    _exported.json

The last one says which state of the archive each file holds; readers of Parquet pass over names
that begin with an underscore.

- `place`: the folder of it all, where none is named.
- `parts`: what the ledger says that there is to export.
- `schema`: the columns, as Iceberg and Arrow know them.
- `files`: a part as a Parquet file, read back before it takes its place; the account of them.
- `catalog`: where the tables are: in the folder, or wherever pyiceberg's settings say.
- `tables`: the files as tables, whose snapshots are states of the archive.
- `storage`: the tables' files: each put in its place under a name of its own, and cleared away.
- `command`: `warehouse export-archive`.
"""
