"""Files that are still being written."""

from ingest.ingestion import Ingestion
from support import wait_for

# Cut in the middle of a line, where a writer with a buffer stops.
PART = "a,b,c\n1,2,3\n4,5,6\n7,"
WHOLE = PART + "8,9\n"
ROWS = [("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9")]


def test_a_file_that_grows_is_not_half_loaded(ingestion: Ingestion) -> None:
    ingestion.write("x.csv", PART)
    ingestion.write("y.csv", "a,b,c\n0,0,0\n")
    ingestion.target_config = {"settle_seconds": 3600, "reject_limit": 1, "files_at_once": 2}
    with ingestion.start_target(ingestion.messages()) as target:
        try:
            # It has copied all that there is, and looks whether there will be more.
            wait_for(
                lambda: (
                    ingestion.query(
                        "select from pg_stat_activity where datname = current_database() "
                        "and query like 'copy %' and state = 'idle in transaction'"
                    )
                    != []
                )
            )
            ingestion.write("x.csv", WHOLE)
            _, told = target.communicate(timeout=60)
        finally:
            target.kill()
    assert target.returncode == 1
    assert "lab/x.csv is not loaded: it is being written: load it when it is complete" in told
    assert ingestion.things() == [("0", "0", "0")]
    ingestion.load()
    assert ingestion.things() == [*ROWS, ("0", "0", "0")]


def test_a_file_without_a_last_line_end_is_loaded_when_it_stays_as_it_is(
    ingestion: Ingestion,
) -> None:
    ingestion.target_config = {"settle_seconds": 0.5}
    ingestion.write("x.csv", WHOLE.rstrip("\n"))
    ingestion.load()
    assert ingestion.things() == ROWS


def test_only_a_fresh_file_without_an_end_is_waited_for(ingestion: Ingestion) -> None:
    # Who waited here would wait too long for any test.
    ingestion.target_config = {"settle_seconds": 36_000}
    ingestion.write("fresh.csv", "a,b,c\n1,2,3\n")
    ingestion.write("old.csv", "a,b,c\n4,5,6", age_seconds=72_000)
    ingestion.load()
    assert ingestion.things() == [("1", "2", "3"), ("4", "5", "6")]


def test_a_file_that_was_cut_short_is_replaced_when_it_has_grown(ingestion: Ingestion) -> None:
    ingestion.target_config = {"reject_limit": 0.5}
    ingestion.write("x.csv", PART, age_seconds=60)
    ingestion.load()
    assert ingestion.things() == ROWS[:2]
    assert ingestion.rejects("x.csv") == [(4, "2 fields where 3 are expected", "7,")]
    ingestion.write("x.csv", WHOLE)
    ingestion.load()
    assert ingestion.things() == ROWS
    assert ingestion.rejects("x.csv") == []
