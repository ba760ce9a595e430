"""Files renamed, copied, compressed, swapped, grown: no line counts twice, none is lost."""

import gzip

import pytest
from ingest.ingestion import THINGS, Ingestion

from warehouse.errors import UserError
from warehouse.ingest import sources

A = "a,b,c\n1,2,3\n4,5,6\n4,5,6\n"
B = "a,b,c\n7,8,9\n"


def _files(ingestion: Ingestion) -> list[tuple[str, str, int]]:
    return [
        tuple(row)
        for row in ingestion.query(
            "select substr(source_file, 5), substr(identity, 5), rows_loaded from raw._loads "
            "where status = 'loaded' order by source_file"
        )
    ]


def _numbers(ingestion: Ingestion) -> list[str]:
    rows = ingestion.query("select a from raw.things order by a")
    return [a for (a,) in rows]


def test_a_file_is_the_same_under_another_name(ingestion: Ingestion) -> None:
    first = ingestion.write("t1.csv", A)
    ingestion.load()
    may = first.rename(first.with_name("may.csv"))
    assert "is lab/t1.csv under another name" in ingestion.load().stderr
    assert _files(ingestion) == [("may.csv", "t1.csv", 3)]
    may.unlink()
    ingestion.write("may.csv.gz", gzip.compress(A.encode()))
    ingestion.streams = [{**THINGS, "files": "*.csv*"}]
    ingestion.load()
    assert _files(ingestion) == [("may.csv.gz", "t1.csv", 3)]
    assert _numbers(ingestion) == ["1", "4", "4"]

    # Another file may take the old name: its lines are others.
    ingestion.write("t1.csv", B)
    ingestion.load()
    assert _files(ingestion) == [("may.csv.gz", "t1.csv", 3), ("t1.csv", "t1.csv#2", 1)]


def test_a_copy_is_told_and_not_loaded(ingestion: Ingestion) -> None:
    original = ingestion.write("b.csv", A)
    ingestion.load()
    ingestion.write("c.csv", A)
    ingestion.write("only header.csv", "a,b,c\n")
    ingestion.write("another header.csv", "a,b,c\n")
    said = ingestion.load().stderr
    assert "lab/c.csv is not loaded: it is a copy of lab/b.csv" in said
    assert "header" not in said
    # The first by name counts, whichever came first.
    ingestion.write("a.csv", A)
    ingestion.load()
    assert [name for name, _, rows in _files(ingestion) if rows] == ["a.csv"]
    assert _numbers(ingestion) == ["1", "4", "4"]
    (ingestion.folder / "a.csv").unlink()
    original.unlink()
    ingestion.load()
    assert [name for name, _, rows in _files(ingestion) if rows] == ["c.csv"]
    assert _numbers(ingestion) == ["1", "4", "4"]


def test_small_copies_that_come_at_once(ingestion: Ingestion) -> None:
    """Packed or not, with a line end at the end or not."""
    ingestion.streams = [{**THINGS, "files": "*.csv*"}]
    ingestion.write("a.csv", "a,b,c\n1,2,3")
    ingestion.write("a.csv.gz", gzip.compress(b"a,b,c\n1,2,3"))
    ingestion.write("b.csv", "a,b,c\n1,2,3")
    ingestion.load()
    assert _numbers(ingestion) == ["1"]


def test_a_copy_stays_where_the_original_is_refused(ingestion: Ingestion) -> None:
    bad = "a,b,c\n1,2,3\n4,5\n"
    ingestion.target_config = {"reject_limit": 1}
    ingestion.write("b.csv", bad)
    ingestion.load()
    ingestion.write("a.csv", bad)
    ingestion.target_config = {"reject_limit": 0}
    assert ingestion.load(check=False).returncode == 1
    assert _numbers(ingestion) == ["1"]


def test_a_packed_file_that_a_log_of_before_holds(ingestion: Ingestion) -> None:
    ingestion.streams = [{**THINGS, "files": "*.csv*"}]
    packed = ingestion.write("a.csv.gz", gzip.compress(A.encode()))
    ingestion.load()
    ingestion.query("update raw._loads set content_sha256 = sha256")
    ingestion.load()
    packed.unlink()
    ingestion.write("a.csv", A)
    ingestion.load()
    assert _numbers(ingestion) == ["1", "4", "4"]


def test_a_list_that_is_as_it_was_is_news(ingestion: Ingestion) -> None:
    ingestion.streams = [{**THINGS, "rows": "products"}]
    for name, content in (("1.csv", A), ("2.csv", B), ("3.csv", A)):
        ingestion.write(name, content)
    ingestion.load()
    assert _numbers(ingestion) == ["1", "1", "4", "4", "4", "4", "7"]


@pytest.mark.parametrize("names", [("a.csv", "b.csv"), ("b.csv", "a.csv")])
def test_names_that_are_swapped_or_go_round(ingestion: Ingestion, names: tuple[str, str]) -> None:
    current, old = names
    ingestion.write(current, A)
    ingestion.load()
    (ingestion.folder / current).rename(ingestion.folder / old)
    ingestion.write(current, B)
    ingestion.load()
    assert _numbers(ingestion) == ["1", "4", "4", "7"]
    assert {name: identity for name, identity, _ in _files(ingestion)}[old] == current
    ingestion.write(current, A)
    ingestion.write(old, B)
    ingestion.load()
    assert _numbers(ingestion) == ["1", "4", "4", "7"]
    assert len({identity for _, identity, _ in _files(ingestion)}) == 2


def test_a_file_that_becomes_a_copy_has_its_own_lines_no_more(ingestion: Ingestion) -> None:
    ingestion.write("a.csv", A)
    ingestion.write("b.csv", B)
    ingestion.load()
    ingestion.write("b.csv", A)
    ingestion.load()
    ingestion.load()
    assert _numbers(ingestion) == ["1", "4", "4"]


def test_an_export_that_grows_counts_once(ingestion: Ingestion) -> None:
    ingestion.streams = [{**THINGS, "line_ids": "none"}]
    ingestion.write("may 5.csv", A)
    ingestion.load()
    grown = A + "10,11,12\n13,14,15\n"
    ingestion.write("may 6.csv", grown)
    done = ingestion.load(check=False)
    assert done.returncode == 1
    assert "3 of its 5 lines stand in lab/may 5.csv, and would count twice" in done.stderr
    assert _numbers(ingestion) == ["1", "4", "4"]
    # Both ways out.
    (ingestion.folder / "may 5.csv").unlink()
    assert "takes the place of lab/may 5.csv, which has grown" in ingestion.load().stderr
    assert _files(ingestion) == [("may 6.csv", "may 5.csv", 5)]
    ingestion.write("may 7.csv", grown + "1,1,1\n")
    ingestion.streams = [{**THINGS, "line_ids": "none", "overlap": "allowed"}]
    ingestion.load()
    assert len(_numbers(ingestion)) == 11


def test_a_year_and_its_days_count_once(ingestion: Ingestion) -> None:
    ingestion.streams = [{**THINGS, "line_ids": "none"}]
    days = [_lines(day, 40) for day in range(100)]
    ingestion.write("day 1.csv", "a,b,c\n" + days[1])
    ingestion.write("day 2.csv", "a,b,c\n" + days[2])
    ingestion.load()
    ingestion.write("year.csv", "a,b,c\n" + "".join(days))
    assert "40 of its 4,000 lines stand in lab/day 1.csv" in ingestion.load(check=False).stderr
    # They are gone, and it takes the place of both.
    (ingestion.folder / "day 1.csv").unlink()
    (ingestion.folder / "day 2.csv").unlink()
    ingestion.load()
    assert _files(ingestion) == [("year.csv", "day 2.csv", 4000)]
    # A day that comes once more, with a column of its own.
    ingestion.write("day 3.csv", "a,b,c,d\n" + days[3].replace("\n", ",4\n"))
    told = "40 of its 40 lines stand in lab/year.csv"
    assert told in ingestion.load(check=False).stderr
    # Of a year that is gone a day has not all lines.
    (ingestion.folder / "year.csv").unlink()
    assert "that file is gone, and this one lacks 3,960" in ingestion.load(check=False).stderr
    assert len(_numbers(ingestion)) == 4000


def _lines(day: int, count: int) -> str:
    return "".join(f"{day},{line},x\n" for line in range(count))


def test_a_load_log_of_before_gets_what_it_lacks(ingestion: Ingestion) -> None:
    path = ingestion.write("a.csv", A)
    ingestion.load()
    ingestion.query("drop index raw._loads_one_per_identity, raw._loads_sketch")
    ingestion.query(
        "alter table raw._loads drop column content_sha256, drop column identity, "
        "drop column sketch, drop constraint _loads_status_check, add constraint "
        "_loads_status_check check (status in ('loaded', 'replaced', 'lost', 'failed'))"
    )
    path.rename(path.with_name("b.csv"))
    ingestion.load()
    assert _files(ingestion) == [("b.csv", "a.csv", 3)]


def test_overlap_is_allowed_or_not_said() -> None:
    stream = {**THINGS, "line_ids": "none", "overlap": "forbidden"}
    with pytest.raises(UserError, match="it can be allowed alone"):
        sources.active([{"name": "shop", "folder": "x", "streams": [stream]}])


def test_a_stream_says_what_its_lines_are() -> None:
    for missing, told in (("rows", "add rows: with sales"), ("customer", "add customer:")):
        stream = {name: value for name, value in THINGS.items() if name != missing}
        with pytest.raises(UserError, match=told):
            sources.active([{"name": "shop", "folder": "x", "streams": [stream]}])
