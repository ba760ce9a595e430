"""The same arguments give the same files, and no other files are ever touched."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sample.conftest import Sample
from support import PROGRAMS, clean_environment, wait_for

SHORT = ("--rows", "3000", "--from", "2024-01-20", "--until", "2024-03-10")
OTHER = ("--rows", "700", "--seed", "3", "--from", "2024-02-10", "--until", "2024-03-20")

# Changes only together with VERSION in the arguments.
SHA256 = "8b3a33a5c67ad816a426cf70e118eda8a086010fb88c15056780125468672dda"


def _content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _times(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.rglob("*")}


def _manifest(folder: Path) -> Any:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def short(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven weeks of files, not to be changed."""
    folder = tmp_path_factory.mktemp("short")
    sample(*SHORT, "--to", folder)
    return folder


@pytest.fixture(scope="module")
def other(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Other files of a part of these days and of others, not to be changed."""
    folder = tmp_path_factory.mktemp("other")
    sample(*OTHER, "--to", folder)
    return folder


def test_bytes_are_the_same_on_any_machine(short: Path) -> None:
    assert _manifest(short)["sha256"] == SHA256


def test_bytes_do_not_depend_on_where_and_when(short: Path, tmp_path: Path) -> None:
    surroundings = {
        "PYTHONHASHSEED": "7",
        "TZ": "Pacific/Auckland",
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
    }
    subprocess.run(
        [PROGRAMS / "warehouse", "sample", *SHORT, "--to", "elsewhere"],
        env=clean_environment(tmp_path, **surroundings),
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    assert _content(tmp_path / "elsewhere") == _content(short)


def test_another_seed_gives_another_shop(sample: Sample, short: Path, tmp_path: Path) -> None:
    sample(*SHORT, "--seed", "2", "--to", tmp_path)
    other, same = _content(tmp_path), _content(short)
    assert not any(same.get(name) == content for name, content in other.items())


def test_a_second_run_leaves_the_files_alone(sample: Sample, short: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(short, folder)
    before = _times(folder)
    assert "up to date" in sample(*SHORT, "--to", folder).stdout
    assert _times(folder) == before


def test_other_arguments_replace_exactly_the_earlier_files(
    sample: Sample, short: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "shop"
    sample("--rows", "500", "--from", "2024-03-01", "--until", "2024-04-30", "--to", folder)
    (folder / "notes.txt").write_text("mine")
    sample(*SHORT, "--to", folder)
    assert _content(folder) == {**_content(short), "notes.txt": b"mine"}


@pytest.mark.parametrize("damage", ["shorter", "missing"])
def test_a_damaged_file_is_written_again(
    sample: Sample, short: Path, tmp_path: Path, damage: str
) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(short, folder)
    victim = folder / "sales_data" / "sales_data_2024-02-01.csv"
    if damage == "missing":
        victim.unlink()
    else:
        victim.write_bytes(victim.read_bytes()[:-1])
    sample(*SHORT, "--to", folder)
    assert _content(folder) == _content(short)


@pytest.mark.parametrize(
    "name", ["mine.csv", "sales_data/mine.csv", "customer_data/old.csv.gz", "manifest.json"]
)
def test_files_of_others_are_neither_replaced_nor_mixed_with(
    sample: Sample, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    refused = sample(*OTHER, "--to", tmp_path, check=False)
    assert refused.returncode == 1
    assert str(path) in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert _content(tmp_path) == {name: b"mine"}


def test_a_file_added_to_a_sample_stops_its_replacement(
    sample: Sample, short: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(short, folder)
    (folder / "sales_data" / "sales_data_2030-01-01.csv").write_text("mine")
    before = _content(folder)
    refused = sample(*OTHER, "--to", folder, check=False)
    assert "sales_data_2030-01-01.csv" in refused.stderr
    assert _content(folder) == before


def test_a_manifest_cannot_name_files_elsewhere(
    sample: Sample, short: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(short, folder)
    (tmp_path / "precious.csv").write_text("mine")
    path = folder / "manifest.json"
    manifest = _manifest(folder)
    manifest["files"]["../precious.csv"] = {"lines": 0, "bytes": 4, "sha256": ""}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert sample(*OTHER, "--to", folder, check=False).returncode == 1
    assert (tmp_path / "precious.csv").read_text() == "mine"


def test_a_run_at_work_keeps_others_out_and_when_killed_is_made_up_for(
    sample: Sample, short: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "shop"
    run = subprocess.Popen(
        [PROGRAMS / "warehouse", "sample", "--rows", "2000000", "--to", folder],
        env=clean_environment(tmp_path),
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: any(folder.rglob("sales_data_*.csv")) or run.poll() is not None)
        second = sample(*SHORT, "--to", folder, check=False)
    finally:
        run.kill()
        run.wait()
    assert second.returncode == 1
    assert "another run is writing" in second.stderr
    assert any(folder.rglob("sales_data_*.csv"))
    assert not any((folder / "sales_data").glob("*.csv"))
    sample(*SHORT, "--to", folder)
    assert _content(folder) == _content(short)


@pytest.mark.parametrize(("moved", "then"), [(0, "short"), (30, "other"), (1000, "short")])
def test_a_run_killed_while_it_moves_files_in_is_made_up_for(
    sample: Sample, short: Path, other: Path, tmp_path: Path, moved: int, then: str
) -> None:
    folder, aside = tmp_path / "shop", tmp_path / "shop" / ".sample-incomplete"
    shutil.copytree(short, folder)
    shutil.copytree(other, aside)
    for name in list(_manifest(other)["files"])[:moved]:
        (aside / name).replace(folder / name)

    sample("--to", folder, *(SHORT if then == "short" else OTHER))
    assert _content(folder) == _content(short if then == "short" else other)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--rows", "abc"),
        ("--rows", "0"),
        ("--rows", "-5"),
        ("--rows", ""),
        ("--rows", "9" * 5000),
        ("--seed", "-1"),
        ("--from", "2024-02-30"),
        ("--until", "9999-12-31"),
        ("--from", "2024-05-01", "--until", "2024-04-30"),
        ("--to", os.devnull),
        ("--to", "/proc/shop"),
    ],
)
def test_bad_arguments_are_one_clear_line(
    sample: Sample, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    refused = sample("--to", tmp_path / "shop", *arguments, check=False)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert len(refused.stderr.splitlines()) == 1
    assert arguments[-1][:30] in refused.stderr
    assert not (tmp_path / "shop").exists()


@pytest.mark.parametrize("days", [("2024-02-29", "2024-02-29"), ("2024-12-31", "2025-01-02")])
def test_the_fewest_rows_and_days_give_a_shop_too(
    sample: Sample, tmp_path: Path, days: tuple[str, str]
) -> None:
    sample("--rows", "100", "--from", days[0], "--until", days[1], "--to", tmp_path)
    manifest = _manifest(tmp_path)
    assert manifest["sales_data"]["lines"] == 100
    assert manifest["expected"]["products"]["current"] > 20
