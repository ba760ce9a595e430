"""The files of an invented bakery, as a till in Germany writes them."""

import random
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

HEADER = (
    "Beleg-Nr.;Datum;Uhrzeit;Artikel-Nr.;Artikelbezeichnung;Warengruppe;Menge;Einzelpreis;"
    "Kundennummer;Filiale"
)
ARTICLES = [
    ("4000", "Roggenbrot", "Brot", "4,20"),
    ("4001", "Brötchen", "Kleingebäck", "0,45"),
    ("4002", '"Brezel; süß"', "Kleingebäck", "0,9"),
    ("4003", "Hochzeitstorte", "Torten", "1.234,50"),
    ("4004", "Buffet", "Torten", "1.250"),
]


@dataclass(frozen=True)
class Bakery:
    """What was sold."""

    lines: int
    quantity: int
    revenue: Decimal


def write_bakery(folder: Path) -> Bakery:
    """Write three months of sales: semicolons, Latin-1, decimal commas, German headers."""
    draw = random.Random(7)
    quantity = lines = 0
    revenue = Decimal(0)
    folder.mkdir(parents=True)
    for month in (1, 2, 3):
        rows = [HEADER]
        for order in range(60):
            moment = f"{draw.randint(1, 28):02}.{month:02}.2026;{draw.randint(7, 18):02}:05"
            customer = draw.choice(["", "K100", "K101"])
            for _ in range(draw.randint(1, 3)):
                number, name, group, price = draw.choice(ARTICLES)
                pieces = draw.choice([1, 1, 2, 12, -1])
                rows.append(
                    f"{month}{order:04};{moment};{number};{name};{group};{pieces};{price};"
                    f"{customer};Köln"
                )
                lines += 1
                quantity += pieces
                revenue += pieces * Decimal(price.replace(".", "").replace(",", "."))
        content = "\r\n".join([*rows, ""]).encode("latin-1")
        (folder / f"umsatz_2026-{month:02}.csv").write_bytes(content)
    return Bakery(lines, quantity, revenue)
