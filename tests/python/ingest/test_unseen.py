"""Files that no stream takes are named; hidden ones are not loaded; none is taken twice."""

from ingest.ingestion import THINGS, Ingestion

ROW = "a,b,c\n1,2,3\n"


def test_what_no_pattern_matches_is_named(ingestion: Ingestion) -> None:
    ingestion.streams = [{**THINGS, "files": "in/*.csv"}]
    ingestion.write("in/good.csv", ROW)
    ingestion.write("manifest.json", "{}")  # beside the folder in which the pattern looks
    ingestion.write("in/.gitkeep", "")
    ingestion.write("in/.sample-incomplete/x.csv", ROW)
    assert "not read" not in ingestion.extract().stderr
    ingestion.write("in/X.CSV", ROW)
    ingestion.write("in/sub/s.csv", ROW)
    ingestion.write("in/.hidden.csv", ROW)
    (ingestion.folder / "in/dangling.csv").symlink_to("/nonexistent/x.csv")
    done = ingestion.extract()
    assert (
        f"{ingestion.folder}/in: 4 files are not read as no stream's pattern matches them: "
        f".hidden.csv (hidden), X.CSV, dangling.csv (a link that leads nowhere), sub/s.csv"
    ) in done.stderr
    ingestion.load()
    assert ingestion.log() == [("in/good.csv", "loaded", 1, 1, 0)]


def test_many_are_counted(ingestion: Ingestion) -> None:
    ingestion.write("good.csv", ROW)
    for number in range(7):
        ingestion.write(f"{number}.txt", "")
    told = ingestion.extract().stderr
    assert "7 files are not read" in told
    assert "them: 0.txt, 1.txt, 2.txt, 3.txt, 4.txt, …" in told


def test_what_another_stream_takes_is_not_named(ingestion: Ingestion) -> None:
    ingestion.streams = [THINGS, {**THINGS, "name": "others", "files": "sub/*.txt"}]
    ingestion.write("good.csv", ROW)
    ingestion.write("sub/o.txt", ROW)
    assert "not read" not in ingestion.extract().stderr


def test_a_file_of_two_streams_is_refused(ingestion: Ingestion) -> None:
    ingestion.streams = [THINGS, {**THINGS, "name": "others", "files": "o*.csv"}]
    ingestion.write("good.csv", ROW)
    ingestion.write("other.csv", ROW)
    done = ingestion.extract(check=False)
    assert done.returncode == 1
    assert (
        f"{ingestion.folder}/other.csv is taken by the streams things and others of meltano.yml"
    ) in done.stderr
    assert "Traceback" not in done.stderr
