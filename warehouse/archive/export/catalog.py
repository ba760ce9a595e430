"""Where the tables are: beside the Parquet files, or wherever pyiceberg's own settings say."""

from pathlib import Path

from pyiceberg.catalog import Catalog, load_catalog
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.utils.config import Config

from warehouse.errors import UserError

# The catalogue's name, as PYICEBERG_CATALOG__ARCHIVE__… has it, and that of the tables' namespace.
NAME = "archive"

SETTINGS = f"PYICEBERG_CATALOG__{NAME.upper()}__"


def load(folder: Path) -> Catalog:
    """Open the catalogue: a file in the folder, unless the settings name another.

    Raises:
        UserError: The settings name none that there could be.
    """
    place = folder / "iceberg"
    place.mkdir(exist_ok=True)
    try:
        chosen = Config().get_catalog_config(NAME) or {}
        here = {"warehouse": f"file://{place}", "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO"}
        if "uri" not in chosen:
            here |= {"type": "sql", "uri": f"sqlite:///{place}/catalog.db"}
        # All of them, as pyiceberg itself may have read the environment of another moment.
        settings = here | {name: str(value) for name, value in chosen.items()}
        catalog = load_catalog(NAME, **settings)
    except ValueError as error:
        raise UserError(f"{SETTINGS}… names no catalogue: {error}") from error
    catalog.create_namespace_if_not_exists(NAME)
    return catalog


def is_ours(catalog: Catalog) -> bool:
    """Whether nobody but the export keeps the tables' metadata; a REST catalogue does so itself."""
    return isinstance(catalog, SqlCatalog)


def location(catalog: Catalog, table: str) -> str | None:
    """Where a new table is to lie; None where the catalogue itself says so."""
    return f"{catalog.properties['warehouse']}/{table}" if is_ours(catalog) else None
