"""What `warehouse new-source` understands of files, and what it refuses."""

import gzip
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from ingest.api_server import Answer, api_server
from ingest.workbooks import DAY, Rows, Styled, ods, xlsx

from warehouse import environment
from warehouse.errors import UserError
from warehouse.ingest.sources import Source
from warehouse.new_source import currencies, kinds, mapping, written
from warehouse.new_source.command import new_source
from warehouse.new_source.mapping import Answers, Mapping
from warehouse.new_source.sample import Sample, take_sample


def sample(folder: Path, content: str | bytes, name: str = "x.csv") -> Sample:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return take_sample([file])


def sale_lines(folder: Path, content: str) -> Mapping:
    found = mapping.of_sale_lines(sample(folder, content))
    written.look(found)
    return found


@pytest.mark.parametrize(
    ("content", "dialect"),
    [
        ("a,b\n1,2\n", ("csv", ",", '"', "utf-8")),
        ('a;b\n"1,5";"2,5"\n"3;4";5\n', ("csv", ";", '"', "utf-8")),
        ("a\tb\tc\n1\t2,3\t4,5\n", ("csv", "\t", '"', "utf-8")),
        ("a|b\n'x|y'|'z'\n", ("csv", "|", "'", "utf-8")),
        ("a;b\nKöln;1\n".encode("cp1252"), ("csv", ";", '"', "cp1252")),
        ("a;b\n€;1\n".encode("cp1252"), ("csv", ";", '"', "cp1252")),
        (b"a;b\n\x81;1\n", ("csv", ";", '"', "latin-1")),
        ("\ufeffa,b\nö,1\n", ("csv", ",", '"', "utf-8")),
        ("a,b\nö,1\n".encode("utf-16"), ("csv", ",", '"', "utf-16")),
        (gzip.compress(b"a;b\n1;2\n", mtime=0), ("csv", ";", '"', "utf-8")),
        ("a;b\n1;Köln".encode("cp1252"), ("csv", ";", '"', "cp1252")),
        ('{"a": 1}\n{"a": 2, "b": 3}\n', ("jsonl", ",", '"', "utf-8")),
        ("a\n" + "x" * 3_000_000, ("csv", ",", '"', "utf-8")),
        ("a;b\n" + "1;2\n" * 500_000 + "Köln;2\n", ("csv", ";", '"', "utf-8")),
    ],
)
def test_how_files_are_written(
    tmp_path: Path, content: str | bytes, dialect: tuple[str, str, str, str]
) -> None:
    found = sample(tmp_path, content).dialect
    assert (found.format, found.delimiter, found.quote, found.encoding) == dialect


def test_rows_are_read_as_their_file_says(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text('b,a\n2,1\n"x,y",\n')
    (tmp_path / "2.csv").write_text("a,b\n3,4\nshort\n")
    (tmp_path / "3.csv").write_text("other,header\n5,6\n")
    found = take_sample(sorted(tmp_path.glob("*.csv"))[:2])
    assert found.columns == ("a", "b")
    assert found.values("a") == ["3", "1"]
    assert found.values("b") == ["4", "2", "x,y"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty"),
        ("\n\n", "it has no header"),
        ("1;2,50;x\n3;4,50;y\n", "its first line is no header but data: 1;2,50;x"),
        ("a,b,a\n1,2,3\n", "its header has a more than once"),
        ('[\n{"a": 1}\n]\n', "it looks like JSON, but its first line is not an object"),
        ('{"a": 1, "A": 2}\n', "two of one column name"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "it is a gzip file that is cut short"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "it is no text"),
    ],
)
def test_files_that_are_no_source_are_told(
    tmp_path: Path, content: str | bytes, reason: str
) -> None:
    with pytest.raises(UserError, match=reason):
        sample(tmp_path, content)


@pytest.mark.parametrize(
    ("header", "row", "roles"),
    [
        (
            "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
            "A1,85123A,6,2010-12-01 08:26,2.55,17850,France",
            "order_id product_id quantity sold_at unit_price customer_id country",
        ),
        (
            "Rechnungsnr.;Pos.;Belegdatum;Art.-Nr.;Stück;Stückpreis;Kd.-Nr.",
            "1;1;03.01.2026;77;2;1,50;9",
            "order_id line_number sold_at product_id quantity unit_price customer_id",
        ),
        (
            "N° commande;Date;Référence;Désignation;Qté;Prix unitaire;Client",
            "1;03/01/2026;R1;Clou;2;1,50;9",
            "order_id sold_at product_id product_name quantity unit_price customer_id",
        ),
        (
            "Pedido;Fecha;Artículo;Cantidad;Precio;Cliente;País",
            "1;03/01/2026;R1;2;1,50;9;ES",
            "order_id sold_at product_id quantity unit_price customer_id country",
        ),
        (
            "Pedido;Data;Código do produto;Qtd;Preço unitário;Comprador",
            "1;03/01/2026;R1;2;1,50;9",
            "order_id sold_at product_id quantity unit_price customer_id",
        ),
        (
            "Номер чека;Дата;Артикул;Наименование;Кол-во;Цена;Клиент;Номер строки",
            "1;03.01.2026;R1;Гвоздь;2;1,50;9;1",
            "order_id sold_at product_id product_name quantity unit_price customer_id line_number",
        ),
        (
            "OrderNumber,ts,ProductKey,Order Line Item,Unit Price USD,OrderQuantity,buyer",
            "1,2026-01-03,R1,1,1.50,2,9",
            "order_id sold_at product_id line_number unit_price quantity customer_id",
        ),
        (
            "Beleg;Artikel;Menge;Einzelpreis;Rabatt in Prozent;MwSt-Betrag;EK-Preis (EUR)",
            "1;77;2;1,50;10;0,43;0,80",
            "order_id product_id quantity unit_price discount_percent tax unit_cost",
        ),
        (
            "Commande;Article;Quantité;Prix unitaire;Remise;Montant TVA;Coût total",
            "1;77;2;1,50;1,20;0,43;1,60",
            "order_id product_id quantity unit_price discount tax cost",
        ),
        (
            "Pedido;Producto;Cantidad;Precio;Descuento unitario;Importe IVA;Coste unitario",
            "1;77;2;1,50;1,20;0,43;0,80",
            "order_id product_id quantity unit_price unit_discount tax unit_cost",
        ),
        (
            "Pedido;Produto;Qtd;Preço;Valor do desconto;Valor imposto;Preço de custo",
            "1;77;2;1,50;1,20;0,43;0,80",
            "order_id product_id quantity unit_price discount tax unit_cost",
        ),
        (
            "Чек;Товар;Количество;Цена;Сумма скидки;Сумма НДС;Закупочная цена",
            "1;77;2;1,50;1,20;0,43;0,80",
            "order_id product_id quantity unit_price discount tax unit_cost",
        ),
        ("order,qty,quantity,date", "1,many,2,tomorrow", "order_id - quantity -"),
        ("Bon;Filiale;Kasse;Stadt", "1;F1;3;Bonn", "order_id store_id - -"),
        ("Order;Sales Channel;Товар", "1;Web;P1", "order_id store_id product_id"),
    ],
)
def test_what_columns_mean(tmp_path: Path, header: str, row: str, roles: str) -> None:
    # An order has several lines.
    found = sale_lines(tmp_path, f"{header}\n" + f"{row}\n" * 5)
    by_column = {column: role for role, column in found.found.items()}
    assert [by_column.get(column, "-") for column in found.sample.columns] == roles.split()


@pytest.mark.parametrize(
    ("header", "row", "roles"),
    [
        (
            "StoreKey,Country,State Code,State,Square Meters,Open Date",
            "1,United Kingdom,ENG,England,595,25/12/2008",
            "store_id country - region area_m2 opened_on",
        ),
        (
            "id;Filiale;Ort;Bundesland;Verkaufsfläche;Eröffnung",
            "1;Am Markt;Bonn;NRW;1.200,5;01.02.2003",
            "store_id store_name city region area_m2 opened_on",
        ),
        (
            "Tienda;Nombre;Ciudad;País;Superficie;Fecha apertura",
            "1;Sol;Madrid;ES;90;13/02/2003",
            "store_id store_name city country area_m2 opened_on",
        ),
        (
            "Магазин;Название;Город;Площадь;Дата открытия",
            "1;Центр;Москва;90;13.02.2003",
            "store_id store_name city area_m2 opened_on",
        ),
    ],
)
def test_what_columns_of_stores_mean(tmp_path: Path, header: str, row: str, roles: str) -> None:
    found = mapping.of_stores(sample(tmp_path, f"{header}\n{row}\n"))
    by_column = {column: role for role, column in found.found.items()}
    assert [by_column.get(column, "-") for column in found.sample.columns] == roles.split()


def parts(found: Mapping) -> dict[str, str]:
    """The parts that staging is told, each with its column as it is written there."""
    told: dict[str, str] = found.context()["parts"]  # type: ignore[assignment]
    return told


def test_where_the_id_of_a_sale_line_comes_from(tmp_path: Path) -> None:
    def numbers(header: str, *rows: str) -> tuple[dict[str, str], bool]:
        found = sale_lines(tmp_path, "\n".join([header, *rows, ""]))
        ids = ("sale_id", "order_id", "line_number")
        return {part: column for part, column in parts(found).items() if part in ids}, (
            found.is_numbered
        )

    assert numbers("id,order", "1,1", "2,1") == (
        {"sale_id": '"id"', "order_id": "'\"order\"'"},
        False,
    )
    assert numbers("sale_id,qty", "1,1", "1,2", "2,3") == ({"order_id": '"sale_id"'}, True)
    assert numbers("invoice,line,qty", "1,1,1", "1,2,2") == (
        {"order_id": '"invoice"', "line_number": '"line"'},
        False,
    )
    assert numbers("qty,price", "1,1") == ({}, False)

    # Numbers that begin anew each year are none without the year.
    found = sale_lines(tmp_path, "receipt,date\n1,2023-01-02\n2,2023-01-03\n1,2024-01-02\n")
    assert found.context()["options"] == ', ids_within="year"'
    assert "begin anew each year" in found.remarks[0]


@pytest.mark.parametrize(
    ("columns", "rows", "expected"),
    [
        # Of one piece, of the line, and not told.
        ("qty,price,cost", ["1,9,4", "2,9,4"], {"unit_cost": "cost"}),
        ("qty,price,cost", ["1,9,4", "-2,9,-8"], {"cost": "cost"}),
        ("qty,price,cost", ["2,9,4", "2,9,4"], {"cost": "?"}),
        ("qty,price,cost", ["1,9,4", "1,9,3"], {"cost": "cost"}),
        ("qty,price,Total Cost,Unit Cost", ["2,9,8,4"], {"cost": "total_cost"}),
        # Money, a percentage, or a part of one.
        ("qty,price,Discount", ["1,9,0.5", "1,9,2"], {"discount": "discount"}),
        ("qty,price,Discount", ["1,9,0.2", "1,9,0"], {"discount": "?"}),
        ("qty,price,Discount", ["1,9,10%", "1,9,"], {"discount_percent": "discount"}),
        ("qty,price,Discount (%)", ["1,9,10"], {"discount_percent": "discount"}),
        ("qty,price,discount_rate", ["1,9,0.1"], {"discount_share": "discount_rate"}),
        ("qty,price,discount_code", ["1,9,17"], {}),
        # A rate is no amount.
        ("qty,price,VAT", ["1,9,20", "1,5,20"], {}),
        ("qty,price,VAT", ["1,9,1.80", "1,5,1"], {"tax": "vat"}),
    ],
)
def test_what_discount_tax_and_cost_are_told_by(
    tmp_path: Path, columns: str, rows: list[str], expected: dict[str, str]
) -> None:
    content = "\n".join([f"id,sku,{columns}", *(f"{n},P,{row}" for n, row in enumerate(rows)), ""])
    told = parts(sale_lines(tmp_path, content))
    amounts = {
        part: "?" if "to_choose" in column else column.strip('"')
        for part, column in told.items()
        if part not in ("sale_id", "sold_at", "product_id", "quantity", "unit_price")
    }
    assert amounts == expected


@pytest.mark.parametrize(
    ("values", "sign"),
    [
        (["1,50", "2"], ","),
        (["1.234,50"], ","),
        (["1.299,00", "1.299"], ","),
        (["1,2345"], ","),
        (["0,125"], ","),
        (["1.50 €"], "."),
        (["1,234.50"], "."),
        (["0.125"], "."),
        (["1,234"], ""),
        (["1.000"], ""),
        (["1,50", "1.50"], ",."),
        (["12"], ""),
    ],
)
def test_the_decimal_sign(values: list[str], sign: str) -> None:
    assert kinds.decimal_signs(values) == set(sign)


@pytest.mark.parametrize(
    ("value", "options"),
    [
        ("2026-01-05 10:00", ""),
        ("05/01/2026", ""),
        ("01/25/2026", ', date_order="month_first"'),
        ("20260105", ""),
        ("25.01.26", ", short_years=true"),
        ("1/25/26 10:00", ', date_order="month_first", short_years=true'),
    ],
)
def test_dates_in_other_orders(tmp_path: Path, value: str, options: str) -> None:
    found = sale_lines(tmp_path, f"id,date\n1,{value}\n").context()
    assert found["options"] == options


def test_what_is_no_date_is_to_be_chosen(tmp_path: Path) -> None:
    assert parts(sale_lines(tmp_path, "id,date\n1,tomorrow\n"))["sold_at"] == (
        'to_choose("sold_at")'
    )


@pytest.mark.parametrize(
    ("day", "time", "is_a_part"),
    [
        ("05.01.2026", "10:00", True),
        ("2026-01-05 00:00:00", "10:00", True),
        ("2026-01-05 10:00", "11:00", False),
        ("2026-01-05", "soon", False),
    ],
)
def test_a_day_and_a_time_make_a_moment(
    tmp_path: Path, day: str, time: str, is_a_part: bool
) -> None:
    found = parts(sale_lines(tmp_path, f"id,date,time\n1,{day},{time}\n"))
    assert found["sold_at"] == '"date"'
    assert ("time_of_day" in found) == is_a_part


def run(*arguments: str | Path) -> str:
    """Run the command in this process; what it refuses."""
    result = CliRunner().invoke(new_source, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, UserError), result.output
    return str(result.exception or "")


def contents(project: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}


def test_what_is_refused_leaves_all_as_it_was(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "ROOT", project)
    (tmp_path / "x.csv").write_text("id,date\n1,2026-01-05\n")
    files = tmp_path / "*.csv"
    before = contents(project)
    assert "no file matches" in run("bakery", tmp_path / "*.txt")
    assert "cannot be a source system's name" in run("Bakery", files)
    assert "cannot be a source system's name" in run("1x", files)
    assert "there is a source system shop already" in run("shop", files)
    assert "matches two patterns" in run("bakery", files, "--products", tmp_path / "x*")
    assert contents(project) == before
    # The last file to be written cannot be.
    (project / ".meltano.yml.partial").mkdir()
    assert "meltano.yml.partial cannot be written" in run("bakery", files)
    (project / ".meltano.yml.partial").rmdir()
    assert contents(project) == before
    assert run("bakery", files) == ""
    assert "there is a source system bakery already" in run("bakery", files)


def test_what_is_there_stays(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "ROOT", project)
    (tmp_path / "x.csv").write_text("id,date,a: b,#c,Net $US,{{ d }}\n1,2026-01-05,1,2,3,4\n")
    before = {path: content.decode() for path, content in contents(project).items()}
    run("odd", tmp_path / "x.csv")
    for name in ("meltano.yml", "dbt_project.yml", "seeds/source_systems.csv"):
        added = (project / name).read_text().splitlines()
        kept = iter(added)
        assert all(line in kept for line in before[project / name].splitlines())
    meltano = yaml.safe_load((project / "meltano.yml").read_text())
    source = meltano["plugins"]["extractors"][0]["config"]["sources"][-1]
    assert source == {
        "name": "odd",
        "folder": str(tmp_path),
        "streams": [
            {
                "name": "odd_sales",
                "files": "x.csv",
                "rows": "sales",
                "customer": "none",
                "columns": ["id", "date", "a: b", "#c", "net_us", "{{ d }}"],
            }
        ],
    }
    described = yaml.safe_load((project / "models/staging/odd/_odd.yml").read_text())
    columns = described["sources"][0]["tables"][0]["columns"]
    names = ["id", "date", "a_b", "c", "net_us", "d"]
    assert [column["name"] for column in columns][: len(names)] == names
    assert columns[5]["description"] == "`(( d ))` as it came."


@pytest.mark.parametrize(
    ("path", "answer", "settings"),
    [
        ("/a?page=1", Answer('[{"id": 1}]'), {"pages": {"parameter": "page", "start": 1}}),
        (
            "/a?offset=0&limit=50",
            Answer("id,price\n1,2\n"),
            {"format": None, "pages": {"parameter": "offset", "start": 0, "step": 50}},
        ),
        (
            "/a",
            Answer('{"id": 1}\n{"id": 2}\n', headers={"Link": '</a?p=2>; rel="next"'}),
            {"format": "jsonl", "pages": {"link_header": True}},
        ),
        (
            "/a",
            Answer('{"links": {"next": "/a?p=2"}, "out": {"of": [{"id": 1}]}, "x": [1, 2]}'),
            {"records": "out.of", "pages": {"next_field": "links.next"}},
        ),
        ("/a", Answer('{"data": [{"id": 1}], "next": null}'), {"pages": {"next_field": "next"}}),
        ("/a", Answer('{"data": [{"id": 1}], "total": 1}'), {"pages": None}),
        ("/a?$top=5", Answer('[{"id": 1}]'), {"pages": None}),
    ],
)
def test_what_an_api_serves(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    answer: Answer,
    settings: dict[str, object],
) -> None:
    monkeypatch.setattr(environment, "ROOT", project)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("WEB_KEY", "s3cr3t")
    with api_server() as site:
        site.answers = {path: [Answer(status=503), answer]}
        assert (
            run("web", site.url + path, "--header", "Authorization: WEB_KEY", "--decimal", ".")
            == ""
        )
        assert site.requests == [(path, "s3cr3t")] * 2
        meltano = (project / "meltano.yml").read_text()
        assert "s3cr3t" not in meltano
        source = yaml.safe_load(meltano)["plugins"]["extractors"][0]["config"]["sources"][-1]
        (stream,) = source["streams"]
        assert stream["url"] == site.url + path.replace("$", "%24")
        assert stream["headers"] == {"Authorization": "WEB_KEY"}
        assert stream["columns"][0] == "id"
        expected = {"format": "json", **settings}
        assert {key: stream.get(key) for key in expected} == expected
        # The tap takes what was written.
        assert Source.from_config(source).streams[0].api is not None


def test_an_api_without_anything_to_load_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "ROOT", project)
    monkeypatch.setenv("NO_PROXY", "*")
    with api_server() as site:
        site.answers = {"/empty": [Answer('{"data": []}')]}
        assert "127.0.0.1: no array of objects is on the page" in run("web", f"{site.url}/empty")
        assert "127.0.0.1: the server answers 404" in run("web", f"{site.url}/other")
        assert "neither a pattern of files nor an http or https address" in run(
            "web", "ftp://example.org/x"
        )
        assert "WEB_NOT_SET is not set" in run("web", site.url, "--header", "X: WEB_NOT_SET")
        assert "--header wants a header's name" in run("web", site.url, "--header", "X")


@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        (("01/02/2024,1.000", "03/04/2024,2.000"), ("the decimal sign", "DATE_ORDER=day")),
        (
            ("2024-02-01,5", "2024-02-02,6"),
            ("the decimal sign, as no price shows one (such as 5)",),
        ),
        (("01/02/2024,1.50", "01/12/2024,2.50"), ("no day is above 12 (such as 01/02/2024)",)),
        (("13/02/2024,1.50", "02/13/2024,2.50"), ("some dates have a day above 12 in the first",)),
    ],
)
def test_what_files_do_not_tell_is_asked(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: tuple[str, ...],
    asked: tuple[str, ...],
) -> None:
    monkeypatch.setattr(environment, "ROOT", project)
    lines = [f"{number},{row},S1,1" for number, row in enumerate(rows)]
    (tmp_path / "x.csv").write_text("\n".join(["id,date,price,sku,qty", *lines, ""]))
    before = contents(project)
    told = run("kiosk", tmp_path / "x.csv")
    assert all(question in told for question in asked)
    assert contents(project) == before
    assert not run("kiosk", tmp_path / "x.csv", "--decimal", ".", "--date-order", "month")


LINES = "Id{0}Date{0}Product{0}Qty{0}Price{0}Cust\n1{0}2024-06-13{0}A{0}1{0}2.50{0}C1\n"
SHEET: Rows = [
    ["Sales of May"],
    [],
    ["Id", "Date", "Product", "Qty", "Price", "Cust"],
    [1.0, Styled(45456, DAY), "A", 1.0, 2.5, "C1"],
    ["Total", None, None, 1.0, 2.5],
]


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\n" + LINES.format(";"),
        "\ufeffsep=\t\n".encode("utf-16-le") + LINES.format("\t").encode("utf-16-le"),
        "Monthly export of shop 7\n\n" + LINES.format(","),
        "Shop:,7,Month:,June\n"
        + LINES.format(",")
        + "Total,,,1,2.50,\n"
        + LINES.format(",").replace("1,2024", "2,2024"),
        LINES.format(",").replace("\n", ",\n"),
        LINES.format(";").replace("Price", '"Unit\nprice"'),
        xlsx({"Sales": SHEET, "Notes": [["x"]]}, hidden=["Notes"]),
        xlsx({"Cover": [["x"]], "Sales": SHEET}),
        ods(
            [
                ["Id", "Date", "Product", "Qty", "Price", "Cust"],
                ["1", "2024-06-13", "A", 1.0, 2.5, "C1"],
            ]
        ),
        gzip.compress(xlsx({"Sales": SHEET}), mtime=0),
    ],
)
def test_the_header_is_found_as_a_person_would(tmp_path: Path, content: str | bytes) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    found = mapping.of_sale_lines(
        take_sample([file], "Sales" if b"Cover" in file.read_bytes() else None)
    )
    assert set(found.found) == {
        "sale_id",
        "sold_at",
        "product_id",
        "quantity",
        "unit_price",
        "customer_id",
    }
    assert found.sample.values("date")[0] == "2024-06-13"
    assert len(found.sample.columns) == 6


def test_a_workbook_is_told_by_its_sheets(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "ROOT", project)
    products: Rows = [["sku", "Unit Price CHF"], ["A", 2.5]]
    (tmp_path / "#1.xlsx").write_bytes(xlsx({"Sales": SHEET, "Goods": products}))
    (tmp_path / "~$#1.xlsx").write_bytes(b"what Excel leaves beside an open workbook")
    book = f"{tmp_path}/*.xlsx"
    assert "has the sheets 'Sales', 'Goods': say which one behind the pattern" in run("book", book)
    assert "it has no sheet 'May', but 'Sales', 'Goods'" in run("book", f"{book}#May")
    assert run("book", f"{book}#Sales", "--products", f"{book}#Goods") == ""
    meltano = yaml.safe_load((project / "meltano.yml").read_text())
    source = meltano["plugins"]["extractors"][0]["config"]["sources"][-1]
    assert [stream["sheet"] for stream in source["streams"]] == ["Sales", "Goods"]
    # The name of a file may have that sign, too.
    assert run("other", tmp_path / "#1.xlsx#Sales") == ""


def ids_within(folder: Path, header: str, *files: str) -> tuple[str, list[str]]:
    """What is told of the numbers of files, and asked."""
    for place, lines in enumerate(files):
        (folder / f"{place}.csv").write_text(f"{header}\n" + lines.replace(" ", "\n") + "\n")
    found = mapping.of_sale_lines(take_sample(sorted(folder.glob("*.csv"))))
    written.look(found)
    return str(found.context()["options"]), found.questions


def test_numbers_that_begin_anew(tmp_path: Path) -> None:
    def told(header: str, *files: str) -> tuple[str, list[str]]:
        for file in tmp_path.glob("*.csv"):
            file.unlink()
        return ids_within(tmp_path, header, *files)

    first = " ".join(f"{n},2024-01-{n + 12}" for n in range(1, 10))
    second = first.replace("-01-", "-02-")
    assert told("receipt,date", first, second) == (', ids_within="file"', [])
    assert told("receipt,date", first, second.replace("2024", "2025")) == (
        ', ids_within="year"',
        [],
    )
    # Of two years, each with a file a month.
    years = [file.replace("2024", year) for year in ("2024", "2025") for file in (first, second)]
    assert told("receipt,date", *years) == (', ids_within="file"', [])
    # An order that is split over two files, or comes back later, is one.
    assert told("order,date", "1,2024-01-31 2,2024-01-30", "1,2024-02-01 3,2024-02-02") == ("", [])
    assert told("order,date,qty", "1,2024-01-13,1 1,2024-03-13,-1 2,2024-01-14,2") == ("", [])
    # Files of a day each.
    days = [" ".join(f"{n},2024-01-{day}" for n in range(1, 9)) for day in (13, 14, 15)]
    assert told("receipt,date", *days) == (', ids_within="file"', [])
    assert told("receipt,date,store", "1,2024-01-13,A 1,2024-03-13,B 2,2024-01-14,A") == (
        ', ids_within="store"',
        [],
    )
    assert told("receipt,date,cust", "1,2024-01-13,X 1,2024-01-14,Y 2,2024-01-14,X") == (
        ', ids_within="date"',
        [],
    )
    _, [question] = told("receipt,date,cust", "1,2024-01-13T10:00,X 1,2024-01-14T10:00,Y")
    assert "within what the numbers in receipt are unique" in question


def test_the_last_row_may_tell(tmp_path: Path) -> None:
    lines = "".join(f"{n},01/02/2024,1\n" for n in range(150_000))
    found = sale_lines(tmp_path, f"id,date,price\n{lines}x,01/31/24,0.5\n")
    assert found.context()["options"] == ', decimal=".", date_order="month_first", short_years=true'


def test_what_ids_are_unique_within_may_be_said(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "ROOT", project)
    (tmp_path / "x.csv").write_text("bon,date,Till No\n1,2024-01-13 9:00,A\n1,2024-03-13 9:00,A\n")
    assert "IDS_WITHIN=year, file," in run("kiosk", tmp_path / "x.csv")
    assert "it is year, file, none or one of the columns bon," in run(
        "kiosk", tmp_path / "x.csv", "--ids-within", "week"
    )
    assert run("kiosk", tmp_path / "x.csv", "--ids-within", "Till No") == ""
    model = project / "models/staging/kiosk/stg_kiosk__sale_lines.sql"
    assert 'ids_within="till_no"' in model.read_text()
    assert run("none", tmp_path / "x.csv", "--ids-within", "none") == ""
    assert (
        "ids_within" not in (project / "models/staging/none/stg_none__sale_lines.sql").read_text()
    )


@pytest.mark.parametrize(
    ("header", "currency"),
    [("Unit Price USD", "USD"), ("price_chf", "CHF"), ("Preis (€)", "EUR"), ("Price", None)],
)
def test_the_currency_that_a_column_names(header: str, currency: str | None) -> None:
    assert kinds.currency_of_name(header) == currency


@pytest.mark.parametrize(
    ("header", "row", "own", "parts_of_lines"),
    [
        ("id,date,price,Currency Code", "1,2026-01-13,1.50,GBP", "GBP", {"currency"}),
        ("id,date,price,Währung", "1,2026-01-13,€1.50,$", "EUR", {"currency"}),
        (
            "id,date,price",
            "1,2026-01-13,€1.50\n2,2026-01-14,€1.50\n3,2026-01-15,£1",
            "EUR",
            {"currency"},
        ),
        ("id,date,price", "1,2026-01-13,€1.50", "EUR", set()),
        # The price says it itself, or lies in the product list.
        ("id,date,Unit Price USD,Currency", "1,2026-01-13,1.50,GBP", "USD", set()),
        ("id,date,Currency", "1,2026-01-13,GBP", None, set()),
        ("id,date,price,currency", "1,2026-01-13,1.50,gold", None, set()),
    ],
)
def test_which_currency_amounts_are_in(
    tmp_path: Path, header: str, row: str, own: str | None, parts_of_lines: set[str]
) -> None:
    lines = sale_lines(tmp_path, f"{header}\n{row}\n")
    products = mapping.of_products(sample(tmp_path, "sku,price\nR1,1.50\n"))
    mapping.take_price_list(lines, products)
    returns = mapping.of_returns(
        sample(tmp_path, "order,date,sku,qty,price\n1,2026-01-13,R1,1,1\n")
    )
    streams = {"sales": lines, "returns": returns, "products": products}
    currencies.settle(streams)
    assert currencies.of_source(streams) == own
    assert parts(lines).keys() & {"currency"} == parts_of_lines
    # What comes back is not taken for the source's own currency.
    assert parts(returns).keys() & {"currency"} == parts_of_lines


@pytest.mark.parametrize(
    ("lines", "answers", "told"),
    [
        ("USD,1\nGBP,0.8", {}, ("'USD'", "currency")),
        ("USD,1\nJPY,0.0065", {}, ("currency", "'USD'")),
        ("EUR,0.9\nJPY,155", {"rates_base": "usd"}, ("'USD'", "currency")),
        ("EUR,1.1", {"rates_base": "USD", "rates_per": "currency"}, ("currency", "'USD'")),
        ("EUR,0.9\nJPY,155", {}, "RATES_BASE=USD"),
        ("USD,1\nEUR,0.9", {}, "RATES_PER=base, if one USD"),
        # One of the two is wrong.
        ("USD,1\nGBP,1.25\nJPY,155", {}, "RATES_PER=base, if one USD"),
    ],
)
def test_which_way_round_rates_are(
    tmp_path: Path, lines: str, answers: dict[str, str], told: tuple[str, str] | str
) -> None:
    rows = "".join(f"2026-01-13,{line}\n" for line in lines.split("\n"))
    found = currencies.of_exchange_rates(
        sample(tmp_path, f"Date,Currency,Exchange\n{rows}"), Answers(**answers)
    )
    if isinstance(told, str):
        assert told in found.questions[0]
        return
    assert not found.questions and not found.open
    said = parts(found)
    assert tuple(said[part].strip('"') for part in ("from_currency", "to_currency")) == told


@pytest.mark.parametrize("header", ["day,from,to,kurs", "day,base,currency,rate"])
def test_rates_may_name_both_currencies(tmp_path: Path, header: str) -> None:
    found = currencies.of_exchange_rates(
        sample(tmp_path, f"{header}\n2026-01-13,USD,EUR,0.9\n"), Answers()
    )
    _, base, other, _ = header.split(",")
    assert (found.found["from_currency"], found.found["to_currency"]) == (base, other)
    assert not found.questions and not found.open


def test_dates_that_tell_no_order_are_as_in_the_other_files(tmp_path: Path) -> None:
    found = currencies.of_exchange_rates(
        sample(tmp_path, "Date,Currency,Exchange\n1/2/2026,USD,1\n1/2/2026,GBP,0.8\n"), Answers()
    )
    written.look(found, "month")
    assert found.date_order == "month"
    assert not found.questions


def test_a_price_may_lie_in_the_product_list(tmp_path: Path) -> None:
    lines = sale_lines(tmp_path, "order,line,date,sku,qty\n" + "1,1,2026-01-13,R1,2\n")
    products = mapping.of_products(sample(tmp_path, "sku,price\nR1,1.50\n"))
    assert lines.open == ["unit_price"]
    mapping.take_price_list(lines, products)
    assert (lines.open, lines.has_price_list) == ([], True)


def test_a_number_that_lines_of_an_order_share_is_not_their_own(tmp_path: Path) -> None:
    rows = "".join(f"{n // 3},1,2026-01-13,R{n},2,1.50\n" for n in range(30))
    found = sale_lines(tmp_path, f"order,position,date,sku,qty,price\n{rows}")
    assert "line_number" not in found.found
    assert found.is_numbered


@pytest.mark.parametrize(
    ("header", "row", "roles", "has_ids"),
    [
        (
            "ReturnDate,ProductKey,ReturnQuantity",
            "1/18/2023,332,1",
            "sold_at product_id quantity",
            0,
        ),
        (
            "Refund ID,Order,Returned At,SKU,Qty,Price",
            "R1,A1,2026-01-13,S1,1,3.50",
            "sale_id order_id sold_at product_id quantity unit_price",
            1,
        ),
        (
            "order,date,sku,qty,price",
            "A1,2026-01-13,S1,1,3.50",
            "order_id sold_at product_id quantity unit_price",
            0,
        ),
    ],
)
def test_what_columns_of_returns_mean(
    tmp_path: Path, header: str, row: str, roles: str, has_ids: int
) -> None:
    found = mapping.of_returns(sample(tmp_path, f"{header}\n{row}\n"))
    by_column = {column: role for role, column in found.found.items()}
    assert [by_column.get(column, "-") for column in found.sample.columns] == roles.split()
    assert found.has_line_ids == bool(has_ids)
