"""Files become rows, once, and stay what they were."""

import json
import os

from ingest.ingestion import Ingestion


def test_rows_hold_the_text_as_it_came_and_where_it_came_from(ingestion: Ingestion) -> None:
    ingestion.write("2024-01-01.csv", "a,b,c\n 1 ,,NULL\n007,1e3,\\N\n")
    ingestion.load()
    assert ingestion.query(
        "select a, b, c, _source_file, _source_line, _load_id, _loaded_at is not null "
        "from raw.things order by _source_line"
    ) == [
        (" 1 ", "", "NULL", "lab/2024-01-01.csv", 2, 1, True),
        ("007", "1e3", "\\N", "lab/2024-01-01.csv", 3, 1, True),
    ]


def test_load_ids_rise_with_the_names_of_the_files(ingestion: Ingestion) -> None:
    for day in ("2024-01-03", "2024-01-01", "2024-01-02"):
        ingestion.write(f"{day}.csv", f"a,b,c\n{day},,\n")
    ingestion.load()
    assert ingestion.query("select a from raw.things order by _load_id") == [
        ("2024-01-01",),
        ("2024-01-02",),
        ("2024-01-03",),
    ]


def test_what_is_loaded_is_not_loaded_again(ingestion: Ingestion) -> None:
    path = ingestion.write("x.csv", "a,b,c\n1,2,3\n")
    ingestion.load()
    before = ingestion.query("select * from raw._loads")
    os.utime(path, ns=(0, 0))
    done = ingestion.load()
    assert "1 seen, 0 loaded, 1 unchanged" in done.stderr
    assert ingestion.query("select * from raw._loads") == before
    assert ingestion.things() == [("1", "2", "3")]


def test_a_changed_file_is_replaced_whole(ingestion: Ingestion) -> None:
    ingestion.write("x.csv", "a,b,c\n" + "1,2,3\n" * 20 + "bad\n")
    ingestion.write("y.csv", "a,b,c\n7,8,9\n")
    ingestion.load()
    ingestion.write("x.csv", "a,b,c\n1,2,3\n4,5,6\n")
    ingestion.load()
    assert ingestion.things() == [("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9")]
    assert ingestion.rejects("x.csv") == []
    assert ingestion.log() == [
        ("x.csv", "replaced", 21, 20, 1),
        ("y.csv", "loaded", 1, 1, 0),
        ("x.csv", "loaded", 2, 2, 0),
    ]
    assert ingestion.query("select replaced_by from raw._loads order by load_id") == [
        (3,),
        (None,),
        (None,),
    ]


def test_a_file_may_move_with_its_folder(ingestion: Ingestion) -> None:
    ingestion.write("x.csv", "a,b,c\n1,2,3\n")
    ingestion.load()
    ingestion.folder = ingestion.folder.rename(ingestion.scratch / "elsewhere")
    assert "1 unchanged" in ingestion.load().stderr


def test_rows_stay_when_their_file_is_put_away(ingestion: Ingestion) -> None:
    ingestion.write("x.csv", "a,b,c\n1,2,3\n")
    ingestion.load()
    (ingestion.folder / "x.csv").rename(ingestion.folder / "x.done")
    ingestion.write("y.csv", "a,b,c\n4,5,6\n")
    ingestion.load()
    assert ingestion.things() == [("1", "2", "3"), ("4", "5", "6")]


def test_an_emptied_database_is_filled_again_whatever_the_state_says(ingestion: Ingestion) -> None:
    ingestion.write("x.csv", "a,b,c\n1,2,3\n")
    state = json.loads(ingestion.load().stdout)
    ingestion.query("drop schema raw cascade")
    ingestion.load(ingestion.messages(state))
    assert ingestion.things() == [("1", "2", "3")]


def test_an_emptied_table_is_filled_again(ingestion: Ingestion) -> None:
    ingestion.write("x.csv", "a,b,c\n" + "1,2,3\n" * 20 + "bad\n")
    ingestion.load()
    for emptied in ("truncate raw.things", "drop table raw.things"):
        ingestion.query(emptied)
        ingestion.load()
        assert len(ingestion.things()) == 20
        assert len(ingestion.rejects("x.csv")) == 1
    assert [status for _, status, *_ in ingestion.log()] == ["lost", "lost", "loaded"]


def test_the_state_spares_reading_what_has_not_changed(ingestion: Ingestion) -> None:
    path = ingestion.write("x.csv", "a,b,c\n1,2,3\n")
    stamp = {"size": path.stat().st_size, "mtime_ns": path.stat().st_mtime_ns}
    checksums = {"sha256": "remembered", "content_sha256": "remembered"}
    known = {"lab/x.csv": {**stamp, **checksums}, "lab/gone.csv": {}}
    state = {"bookmarks": {"things": {"files": known}}}
    assert "sha256=remembered" in ingestion.extract(state).stdout
    os.utime(path, ns=(0, 0))
    messages = ingestion.extract(state).stdout
    assert "sha256=remembered" not in messages
    assert "gone.csv" not in messages.splitlines()[-1]


def test_state_does_not_grow_with_the_square_of_the_files(ingestion: Ingestion) -> None:
    for number in range(50):
        ingestion.write(f"{number}.csv", "a,b,c\n")
    kinds = [json.loads(line)["type"] for line in ingestion.extract().stdout.splitlines()]
    assert kinds.count("BATCH") == 1
    assert kinds.count("STATE") == 1


def test_a_file_that_changes_on_the_way_waits_for_the_next_load(ingestion: Ingestion) -> None:
    ingestion.write("x.csv", "a,b,c\n1,2,3\n")
    ingestion.write("y.csv", "a,b,c\n4,5,6\n")
    messages = ingestion.messages()
    ingestion.write("x.csv", "a,b,c\n1,2,3\n7,8,9\n")
    done = ingestion.load(messages, check=False)
    assert done.returncode == 1
    assert "lab/x.csv is not loaded: it changed while it was read" in done.stderr
    assert ingestion.things() == [("4", "5", "6")]
    ingestion.load()
    assert ingestion.things() == [("1", "2", "3"), ("7", "8", "9"), ("4", "5", "6")]


def test_a_file_that_is_removed_on_the_way_is_told(ingestion: Ingestion) -> None:
    ingestion.write("x.csv", "a,b,c\n1,2,3\n")
    messages = ingestion.messages()
    (ingestion.folder / "x.csv").unlink()
    done = ingestion.load(messages, check=False)
    assert done.returncode == 1
    assert "lab/x.csv is not loaded: it cannot be read: No such file" in done.stderr


def test_a_record_is_refused(ingestion: Ingestion) -> None:
    messages = ingestion.scratch / "records.jsonl"
    schema = {"properties": {"a": {"type": "string"}}}
    messages.write_text(
        json.dumps({"type": "SCHEMA", "stream": "things", "schema": schema})
        + "\n"
        + json.dumps({"type": "RECORD", "stream": "things", "record": {"a": "1"}})
        + "\n"
    )
    done = ingestion.load(messages, check=False)
    assert done.returncode == 1
    assert "takes files, not records" in done.stderr
    assert "Traceback" not in done.stderr
