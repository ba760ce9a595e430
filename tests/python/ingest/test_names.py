import pytest

from warehouse.ingest.files.names import column_name


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("sale_id", "sale_id"),
        ("InvoiceNo", "invoice_no"),
        ("CustomerID", "customer_id"),
        ("VATRate", "vat_rate"),
        (" Unit price (EUR) ", "unit_price_eur"),
        ("_load_id", "load_id"),
        ("2nd item", "n2nd_item"),
        ("Größe", "größe"),
        ("x" * 100, "x" * 63),
        ("%", ""),
    ],
)
def test_a_header_becomes_a_column_name(header: str, name: str) -> None:
    assert column_name(header) == name
