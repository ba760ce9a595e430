"""Lines below a header that nobody would take for rows: totals, the header again, blank rows."""

import csv
import re
from collections import defaultdict

from warehouse.ingest.files.header import Head
from warehouse.ingest.raw.rejects import BLANK, HEADER_AGAIN, TOTAL

_BOM = "\ufeff".encode()

# What stands beside a sum, and nowhere else alone in the first field of a row.
_LABELS = (
    *("total", "totals", "grand total", "subtotal", "sub total", "sub-total", "sum"),
    *("summe", "gesamt", "gesamtsumme", "zwischensumme", "endsumme", "insgesamt"),
    *("total général", "total general", "sous-total", "somme", "suma", "soma", "totale"),
    *("totaal", "totalt", "toplam", "razem", "celkem", "összesen", "yhteensä"),
    *("итог", "итого", "всего", "合计", "总计", "合計", "総計", "小计", "小計"),
)
_NUMBER = re.compile(
    r"[-+(]?\s?([^\W\d_]{3}|[€$£¥₽₹])?\s?[-+]?\d[\d.,'\u2019\s]*([^\W\d_]{3}|[€$£¥₽₹%])?\s?[-)]?"
)
_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.(\d{4}|\d\d)")


class LeftOut:
    """Tells the lines of one file that are no rows from those that are."""

    def __init__(self, head: Head, *, with_totals: bool) -> None:
        """Prepare for a file.

        Args:
            head: Its header.
            with_totals: Whether a total may be among its lines.
        """
        dialect = head.dialect
        self._delimiter, self._quote = dialect.delimiter, dialect.quote
        self._header = head.record.text.removeprefix(_BOM)
        self._tidy_header = self._header.removesuffix(self._delimiter.encode() * head.surplus)
        self._width = len(head.columns)
        self._with_totals = with_totals
        delimiter, quote = (re.escape(sign.encode()) for sign in (self._delimiter, self._quote))
        self._empty = re.compile(
            rb"(?:%b%b)?(?:%b(?:%b%b)?)*" % (quote, quote, delimiter, quote, quote)
        )
        self._blank = b"\n" + self._delimiter.encode() * (self._width - 1) + b"\n"
        pattern = self._total_pattern()
        self._total = re.compile(pattern)
        self._total_in_block = re.compile(rb"\n" + pattern)

    def _total_pattern(self) -> bytes:
        # Bytes know no letter case but that of ASCII.
        spelled = {way(label) for label in _LABELS for way in (str.lower, str.upper, str.title)}
        spelled |= {label.capitalize() for label in _LABELS}
        # By their first byte: of a line that begins with an S only the labels with an S are tried.
        endings = defaultdict(list)
        for label in sorted(spelled):
            endings[label.encode()[:1]].append(re.escape(label.encode()[1:]))
        labels = [b"%b(?:%b)" % (first, b"|".join(rest)) for first, rest in endings.items()]
        nothing = re.escape(f"{self._delimiter}{self._quote} \t".encode())
        return rb"(?=[%b%b])[%b]*+(?:%b)" % (
            *(b"".join(endings), nothing, nothing),
            b"|".join(labels),
        )

    def may_be_in(self, block: bytes) -> bool:
        """Whether a block of whole lines may have such a line: quick, and at times mistaken."""
        block = b"\n" + block  # so that the first line begins as the others do
        return (
            self._blank in block
            or self._tidy_header in block
            or (self._with_totals and self._total_in_block.search(block) is not None)
        )

    def unlike(self) -> bytes:
        """A pattern without width for the start of a line: true if it surely is none of these.

        It holds for lines without a quote.
        """
        header = rb"(?!(?:%b)?%b\Z)" % (_BOM, re.escape(self._header))
        blank = rb"(?![%b\s]*\Z)" % re.escape(self._delimiter.encode())
        return header + blank + (rb"(?!%b)" % self._total.pattern if self._with_totals else b"")

    def reason(self, line: bytes) -> str | None:
        """What a line is, if it is no row: why it is left out; None for all others."""
        if not line.strip() or self._empty.fullmatch(line):
            return BLANK
        if line.removeprefix(_BOM) == self._header:
            return HEADER_AGAIN
        if self._with_totals and self._total.match(line) and self._is_total(line):
            return TOTAL
        return None

    def _is_total(self, line: bytes) -> bool:
        """Whether a line has a label such as Total, numbers, and a field without anything.

        So it has no day, no product and no customer: it could be no row of sales.
        """
        try:
            [cells] = csv.reader([line.decode()], delimiter=self._delimiter, quotechar=self._quote)
        except (csv.Error, ValueError):
            return False
        cells = [cell.strip() for cell in cells]
        filled = [cell for cell in cells if cell]
        label = filled[0].rstrip(":. ").casefold()
        return (
            label in _LABELS
            and len(filled) < self._width
            and all(_NUMBER.fullmatch(cell) and not _DATE.fullmatch(cell) for cell in filled[1:])
        )
