"""The lines that all commands print."""

import pytest

from warehouse import terminal


def test_a_step_has_a_number_a_title_and_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    steps = terminal.Steps(2)
    with steps.step("Load"):
        terminal.say("3 files")
    with pytest.raises(ZeroDivisionError), steps.step("Build"):
        _ = 1 / 0
    load, files, done, build, failed = capsys.readouterr().out.splitlines()
    assert load == "── 1/2 Load ".ljust(79, "─")
    assert files == "3 files"
    assert done.startswith("   done in ")
    assert build == "── 2/2 Build ".ljust(79, "─")
    assert failed.startswith("   failed after ")


def test_a_table_is_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.table(("city", "sales"), [("Rome", "12"), ("São Paulo", "7")])
    assert capsys.readouterr().out == "city       sales\nRome       12\nSão Paulo  7\n"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (812_345_678, "812 MB"),
        (999_900_000, "1 GB"),
        (5.5e12, "5.5 TB"),
    ],
)
def test_a_size_is_for_people(number: float, text: str) -> None:
    assert terminal.size(number) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0 s"), (4.14, "4.1 s"), (59.94, "59.9 s"), (59.97, "1 min 00 s"), (125, "2 min 05 s")],
)
def test_a_time_span_is_for_people(seconds: float, text: str) -> None:
    assert terminal.duration(seconds) == text
