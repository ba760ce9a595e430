"""A thousand random files, valid and damaged, against Python's csv module."""

import random
from collections import defaultdict
from collections.abc import Callable

import pytest
from ingest import random_files
from ingest.ingestion import Ingestion

FILES = 1000


@pytest.fixture(scope="module")
def readings() -> dict[str, random_files.Reading]:
    """By file name, what is to become of it."""
    return {}


@pytest.fixture(scope="module")
def loaded(
    new_ingestion: Callable[[str], Ingestion], readings: dict[str, random_files.Reading]
) -> Ingestion:
    """All files, loaded at once, several side by side."""
    ingestion = new_ingestion("ingest_random")
    ingestion.target_config = {"files_at_once": 3, "reject_limit": random_files.REJECT_LIMIT}
    for number in range(FILES):
        name = f"{number:04}.csv"
        content = random_files.write(random.Random(number))
        if number % 300 == 299:
            # A line of 10 MB before the others.
            content = b"a,b,c\n1," + b"x" * 10_000_000 + b",3\n" + content.partition(b"\n")[2]
        ingestion.write(name, content, age_seconds=60)
        readings[name] = random_files.read(content)
    done = ingestion.load(check=False)
    assert f"files: {FILES:,} seen" in done.stderr
    assert "Traceback" not in done.stderr
    return ingestion


def test_rows_arrive_as_python_reads_them(
    loaded: Ingestion, readings: dict[str, random_files.Reading]
) -> None:
    found = defaultdict(list)
    for name, *row in loaded.query(
        "select substr(_source_file, 5), _source_line, a, b, c from raw.things "
        "order by _source_file, _source_line"
    ):
        found[name].append(tuple(row))
    assert [name for name in readings if found[name] != readings[name].rows] == []


def test_rejects_are_what_python_does_not_read(
    loaded: Ingestion, readings: dict[str, random_files.Reading]
) -> None:
    found = defaultdict(list)
    for name, number in loaded.query(
        "select substr(source_file, 5), source_line from raw._rejects order by 1, 2"
    ):
        found[name].append(number)
    assert [name for name in readings if found[name] != readings[name].rejects] == []


def test_every_account_balances(
    loaded: Ingestion, readings: dict[str, random_files.Reading]
) -> None:
    found = {name: tuple(account) for name, *account in loaded.log() if account[0] == "loaded"}
    expected = {
        name: ("loaded", reading.lines, len(reading.rows), len(reading.rejects))
        for name, reading in readings.items()
        if reading.is_loaded
    }
    # Neither kind is rare.
    assert FILES / 2 < len(expected) < FILES * 0.9
    assert found == expected
