"""Files that are loaded at the same time appear one after the other."""

from ingest.half_loaded import ROWS, half_load
from ingest.ingestion import Ingestion
from support import wait_for


def test_a_file_waits_for_the_one_before_it(ingestion: Ingestion) -> None:
    ingestion.target_config = {"files_at_once": 3}
    ingestion.write("y.csv", "a,b,c\n1,2,3\n")
    ingestion.write("z.csv", "a,b,d\n1,2,3\n")
    with half_load(ingestion) as half_loaded:
        # y.csv is copied, and z.csv, which is none of this table's, was found out.
        wait_for(
            lambda: (
                ingestion.query(
                    "select state from pg_stat_activity where datname = current_database() "
                    "and (state = 'idle in transaction' and query like 'copy %' "
                    "or state = 'idle' and query = 'ROLLBACK') order by state"
                )
                == [("idle",), ("idle in transaction",)]
            )
        )
        assert (ingestion.things(), ingestion.log()) == ([], [])
        half_loaded.write_the_rest()
        assert half_loaded.target.wait(60) == 1
    assert ingestion.log() == [
        ("x.csv", "loaded", ROWS, ROWS, 0),
        ("y.csv", "loaded", 1, 1, 0),
        ("z.csv", "failed", 0, 0, 0),
    ]


def test_new_columns_and_second_passes_wait_for_nobody_in_a_circle(ingestion: Ingestion) -> None:
    ingestion.target_config = {"files_at_once": 4}
    good = "1,2,3\n" * 20_000
    for number in range(24):
        # Each its own content, or the later ones would be copies of the first.
        own = f"{number},0,0\n"
        match number % 3:
            case 0:
                # Seen through only by the server, when there are as many separators as there
                # should be: the file is copied a second time, line by line.
                content = f"a,b,c\n{own}{good}1,2\n1,2,3,4\n"
            case 1:
                content = f"a,b,c\n{own}{good}"
            case _:
                content = f"a,b,c,d{number}\n1,2,3,4\n"
        ingestion.write(f"{number:02}.csv", content)
    ingestion.load()
    assert [(name, status) for name, status, *_ in ingestion.log()] == [
        (f"{number:02}.csv", "loaded") for number in range(24)
    ]
    assert ingestion.query("select count(*), count(d2), count(d23) from raw.things") == [
        (16 * 20_001 + 8, 1, 1)
    ]
