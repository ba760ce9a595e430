"""Gzip files are loaded as what they hold."""

import gzip
import hashlib
import random
import zlib

from ingest.ingestion import Ingestion

LINES = "".join(f"{number},x,y\n" for number in range(100_000))


def test_a_gzip_file_is_loaded_as_its_content(ingestion: Ingestion) -> None:
    content = gzip.compress(f"a,b,c\n{LINES}bad\n".encode())
    # By content, not by name.
    ingestion.write("x.csv", content)
    ingestion.load()
    assert ingestion.log() == [("x.csv", "loaded", 100_001, 100_000, 1)]
    assert ingestion.rejects("x.csv") == [(100_002, "1 fields where 3 are expected", "bad")]
    assert ingestion.query("select size_bytes, sha256 from raw._loads") == [
        (len(content), hashlib.sha256(content).hexdigest())
    ]
    assert ingestion.query(
        "select count(*), count(distinct a), min(_source_line), max(_source_line) from raw.things"
    ) == [(100_000, 100_000, 2, 100_001)]
    assert "1 unchanged" in ingestion.load().stderr


def test_members_and_padding_make_one_file(ingestion: Ingestion) -> None:
    # A member for every few bytes, so that lines, line ends and characters are cut in two.
    content = "\ufeffa,b,c\r\n1,é,3\r\n4,5,6\r\n".encode()
    pieces = [content[start : start + 2] for start in range(0, len(content), 2)]
    ingestion.write("x.csv", b"".join(map(gzip.compress, pieces)) + b"\0" * 512)
    ingestion.load()
    assert ingestion.things() == [("1", "é", "3"), ("4", "5", "6")]


def test_a_damaged_gzip_file_fails_alone(ingestion: Ingestion) -> None:
    whole = gzip.compress(f"a,b,c\n{LINES}".encode())
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    ingestion.write("cut.csv.gz", whole[: len(whole) // 2])
    ingestion.write("flipped.csv.gz", bytes(flipped))
    ingestion.write("good.csv.gz", gzip.compress(b"a,b,c\n1,2,3\n"))
    ingestion.write("only-the-start.csv.gz", whole[:2])
    ingestion.write("trailing.csv.gz", whole + b"more")
    ingestion.write("wrong-checksum.csv.gz", whole[:-8] + bytes(4) + whole[-4:])
    ingestion.streams = [{**ingestion.streams[0], "files": "*.csv.gz"}]
    done = ingestion.load(check=False)
    assert done.returncode == 1
    for name in ("cut", "only-the-start"):
        assert (
            f"lab/{name}.csv.gz is not loaded: it is a gzip file that is cut short" in done.stderr
        )
    for name in ("flipped", "trailing", "wrong-checksum"):
        assert f"lab/{name}.csv.gz is not loaded: it is a damaged gzip file: " in done.stderr
    assert "Traceback" not in done.stderr
    assert ingestion.things() == [("1", "2", "3")]
    ingestion.write("cut.csv.gz", whole)
    ingestion.load(check=False)
    assert ("cut.csv.gz", "loaded", 100_000, 100_000, 0) in ingestion.log()


def test_a_gzip_bomb_does_not_fill_the_memory(ingestion: Ingestion) -> None:
    packer = zlib.compressobj(wbits=31)
    zeros = bytes(1 << 20)
    bomb = packer.compress(b"a,b,c\n1,2,")
    bomb += b"".join(packer.compress(zeros) for _ in range(128)) + packer.flush()
    ingestion.write("bomb.csv", bomb)
    ingestion.write("good.csv", "a,b,c\n1,2,3\n")
    done = ingestion.load(check=False)
    assert "lab/bomb.csv is not loaded: line 2 is longer than 64 MiB" in done.stderr
    assert ingestion.things() == [("1", "2", "3")]


def test_a_random_gzip_header_crashes_nothing(ingestion: Ingestion) -> None:
    chance = random.Random(3)
    for number in range(50):
        ingestion.write(f"{number}.csv", b"\x1f\x8b\x08" + chance.randbytes(chance.randrange(200)))
    done = ingestion.load(check=False)
    assert "files not loaded: 50" in done.stderr
    assert "Traceback" not in done.stderr
