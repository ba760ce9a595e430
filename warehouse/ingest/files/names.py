"""Names of raw columns, made from whatever stands in a file's header."""

import re

# PostgreSQL cuts longer identifiers without a word, so two columns could become one.
MAX_BYTES = 63

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_A_WORD = re.compile(r"\W+")


def column_name(header: str) -> str:
    """Turn a header cell into a lower snake case column name.

    `InvoiceNo` becomes `invoice_no`, `CustomerID` `customer_id`, `Unit price (EUR)`
    `unit_price_eur`. Names never begin with an underscore, which marks the columns that the load
    adds, nor with a digit. A cell without a letter or digit gives an empty string.
    """
    spaced = _WORD_START.sub("_", header.strip())
    name = re.sub("_+", "_", _NOT_A_WORD.sub("_", spaced)).strip("_").lower()
    if name[:1].isdigit():
        name = f"n{name}"
    return name.encode()[:MAX_BYTES].decode(errors="ignore")
