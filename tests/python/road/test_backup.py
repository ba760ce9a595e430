"""A warehouse that is backed up and lost comes back as it was, or not at all."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from road.conftest import Road
from road.contents import contents
from support import PROGRAMS, Warehouse, kill

from warehouse import environment


@dataclass(frozen=True)
class Backups:
    """The shop's warehouse, and the folder that its backups lie in."""

    warehouse: Warehouse
    place: Path

    def taken(self) -> list[Path]:
        """The backups, the oldest first."""
        return sorted(path.parent for path in self.place.glob("*/manifest.json"))


@pytest.fixture(scope="module")
def backups(shop: Road, tmp_path_factory: pytest.TempPathFactory) -> Backups:
    """Two backups of a complete run; ClickHouse's part of the second builds on the first."""
    place = tmp_path_factory.mktemp("backups")
    secret = {"WAREHOUSE_SMTP_PASSWORD": "not to be told"}
    warehouse = shop.warehouse.with_settings(WAREHOUSE_BACKUP_TO=str(place), **secret)
    warehouse.run("warehouse", "run")
    for _ in range(2):
        warehouse.run("warehouse", "backup")
    return Backups(warehouse, place)


@pytest.fixture(scope="module")
def restored(backups: Backups, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """The warehouse that the newest backup becomes, with ports and passwords of its own."""
    home = tmp_path_factory.mktemp("restored") / "home"
    backups.warehouse.run("warehouse", "restore", "--from", backups.place, "--to-home", home)
    warehouse = Warehouse(home, backups.warehouse.settings)
    try:
        warehouse.up()
        yield warehouse
    finally:
        warehouse.run("warehouse", "down", check=False)


def test_all_tables_come_back(backups: Backups, restored: Warehouse) -> None:
    assert restored.setting("POSTGRES_PORT") != backups.warehouse.setting("POSTGRES_PORT")
    assert contents(restored) == contents(backups.warehouse)


def test_a_run_finds_nothing_new_and_the_account_is_the_same(
    backups: Backups, restored: Warehouse
) -> None:
    assert "Nothing is new since the last run" in restored.run("warehouse", "run").stdout
    both = [each.run("warehouse", "account").stdout for each in (backups.warehouse, restored)]
    assert both[0] == both[1]
    # A table of PostgreSQL and one of Greenplum, read by ClickHouse with the new passwords.
    for table in ("marts.fct_sales", "archive.archive_ledger"):
        counted = f"select count() from {table}"
        assert restored.clickhouse().query(counted).first_row[0] > 0


def test_a_second_backup_holds_of_clickhouse_what_has_changed(backups: Backups) -> None:
    first, second = (json.loads((each / "manifest.json").read_text()) for each in backups.taken())
    assert (first["base"], second["base"]) == (None, backups.taken()[0].name)
    assert second["parts"]["clickhouse"]["bytes"] < first["parts"]["clickhouse"]["bytes"] / 4
    assert first["content"] == second["content"] is not None


def test_no_secret_is_in_a_backup(backups: Backups) -> None:
    secrets = [
        backups.warehouse.setting(name)
        for name in ("POSTGRES_PASSWORD", "CLICKHOUSE_PASSWORD", "WAREHOUSE_SMTP_PASSWORD")
    ]
    files = [path for path in backups.taken()[-1].rglob("*") if path.is_file()]
    settings = (backups.taken()[-1] / "state" / "settings.env").read_text()
    assert "#WAREHOUSE_SMTP_PASSWORD=\n" in settings
    assert f"SHOP_FILES={backups.warehouse.settings['SHOP_FILES']}\n" in settings
    for path in files:
        content = path.read_bytes()
        assert not [secret for secret in secrets if secret.encode() in content], path


def test_a_restore_goes_into_an_empty_warehouse_alone(backups: Backups) -> None:
    said = _refused(backups.warehouse, backups.place, backups.warehouse.home)
    assert "is not empty" in said


@pytest.mark.parametrize("damage", ["cut short", "changed", "missing", "manifest", "newer", "base"])
def test_a_backup_that_is_not_whole_is_refused(
    backups: Backups, tmp_path: Path, damage: str
) -> None:
    copy = tmp_path / "place"
    shutil.copytree(backups.place, copy)
    base, last = sorted(copy.glob("20*Z"))
    manifest = last / "manifest.json"
    file = max((last / "postgres").glob("*.dat.gz"), key=lambda path: path.stat().st_size)
    content = file.read_bytes()
    if damage == "cut short":
        file.write_bytes(content[:-1])
    elif damage == "changed":
        file.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:])
    elif damage == "missing":
        file.unlink()
    elif damage == "manifest":
        manifest.write_text(manifest.read_text().replace('"made_at": "2', '"made_at": "3'))
    elif damage == "newer":
        manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 2'))
    else:
        shutil.rmtree(base)
    said = _refused(backups.warehouse, last, tmp_path / "home")
    expected = {"newer": "newer version of the project", "base": f"builds on {base.name}"}
    assert expected.get(damage, "is damaged") in said
    assert not (tmp_path / "home").exists()


def _refused(warehouse: Warehouse, source: Path, home: Path) -> str:
    """What is said of a restore that is not done."""
    before = sorted(home.iterdir()) if home.exists() else []
    done = warehouse.run("warehouse", "restore", "--from", source, "--to-home", home, check=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert (sorted(home.iterdir()) if home.exists() else []) == before
    return done.stderr


def test_a_backup_that_fails_leaves_those_before_it_and_nothing_else(
    backups: Backups, tmp_path: Path
) -> None:
    place = tmp_path / "place"
    former = shutil.copytree(backups.taken()[0], place / backups.taken()[0].name)
    nobody_there = {"GREENPLUM_HOST": "127.0.0.1", "GREENPLUM_PORT": "1"}
    warehouse = backups.warehouse.with_settings(WAREHOUSE_BACKUP_TO=str(place), **nobody_there)
    done = warehouse.run("warehouse", "backup", check=False)
    assert done.returncode == 1
    assert "1/5 PostgreSQL" in done.stdout
    assert done.stderr.startswith("warehouse: greenplum did not answer")
    assert {path.name for path in place.iterdir()} == {former.name, "backup.lock"}


def test_old_backups_go_but_for_the_last_of_a_day_a_week_and_a_month(
    backups: Backups, tmp_path: Path
) -> None:
    place = tmp_path / "place"
    stay = ["2020-01-31T000000Z", "2020-02-03T120000Z", "2020-02-04T000000Z"]
    for name in (*stay, "2020-01-01T000000Z", "2020-02-03T000000Z"):
        shutil.copytree(backups.taken()[0], place / name, copy_function=os.link)
    warehouse = backups.warehouse.with_settings(
        WAREHOUSE_BACKUP_DAYS="3", WAREHOUSE_BACKUP_WEEKS="1", WAREHOUSE_BACKUP_MONTHS="3"
    )
    warehouse.run("warehouse", "backup", "--to", place)
    assert sorted(path.name for path in place.glob("20*"))[:-1] == stay


@pytest.mark.drill
def test_a_backup_that_is_killed_leaves_those_before_it(backups: Backups, tmp_path: Path) -> None:
    place = tmp_path / "place"
    former = shutil.copytree(backups.taken()[0], place / backups.taken()[0].name)
    warehouse = backups.warehouse.with_settings(WAREHOUSE_BACKUP_TO=str(place))
    for step in ("PostgreSQL", "Greenplum", "ClickHouse", "Settings and state", "Checksums"):
        _kill_at(step, warehouse, "backup")
        assert [path.parent.name for path in place.glob("20*Z/manifest.json")] == [former.name]
    warehouse.run("warehouse", "backup")
    kept, made = sorted(place.glob("20*"))  # what was killed is gone
    assert kept.name == former.name
    assert json.loads((made / "manifest.json").read_text())["base"] == former.name


@pytest.mark.drill
def test_a_restore_that_is_killed_has_made_no_warehouse(backups: Backups, tmp_path: Path) -> None:
    home = tmp_path / "home"
    restore = ("restore", "--from", str(backups.place), "--to-home", str(home))
    for step in (
        *("Checksums", "Empty engines", "PostgreSQL", "Greenplum", "ClickHouse", "State", "Proof"),
    ):
        _kill_at(step, backups.warehouse, *restore)
        assert not home.exists()
    backups.warehouse.run("warehouse", *restore)
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    restored = Warehouse(home, backups.warehouse.settings)
    restored.up()
    try:
        assert contents(restored) == contents(backups.warehouse)
    finally:
        restored.run("warehouse", "down")


def _kill_at(step: str, warehouse: Warehouse, *command: str) -> None:
    """Kill a command as soon as it begins with a step."""
    with subprocess.Popen(
        [PROGRAMS / "warehouse", *command],
        env=warehouse.environ,
        cwd=environment.ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        assert any(line.startswith("──") and step in line for line in run.stdout), step
        kill(psutil.Process(run.pid))
    assert run.returncode != 0


@pytest.mark.drill
def test_who_was_erased_after_a_backup_stays_erased(
    backups: Backups, restored: Warehouse, tmp_path: Path
) -> None:
    known = "select customer_id from archive.historical_customers order by 1 limit 1"
    ((customer,),) = restored.query(known, "GREENPLUM")
    restored.run("warehouse", "erase-customer", "shop", customer)
    assert customer not in (backups.place / "erased.json").read_text()
    again = Warehouse(tmp_path / "home", backups.warehouse.settings)
    said = backups.warehouse.run(
        "warehouse", "restore", "--from", backups.taken()[0], "--to-home", again.home
    ).stdout
    assert "1 customers were erased after this backup" in said
    again.up()
    try:
        for engine, table in (
            ("POSTGRES", "raw.customer_data"),
            ("POSTGRES", "raw.sales_data"),
            ("POSTGRES", "marts.dim_customer"),
            ("GREENPLUM", "archive.historical_customers"),
            ("GREENPLUM", "history.customers_history"),
        ):
            named = f"select count(*) from {table} where upper(customer_id) = '{customer}'"
            assert again.query(named, engine) == [(0,)], table
        again.run("warehouse", "verify-archive")
    finally:
        again.run("warehouse", "down")


@pytest.mark.drill
def test_the_drill_finds_every_table_equal_and_leaves_nothing(
    backups: Backups, tmp_path: Path
) -> None:
    # In a place of its own: those who were erased from another warehouse are known at the first.
    said = backups.warehouse.run("warehouse", "restore-drill", "--to", tmp_path / "place").stdout
    assert "tables and views are equal" in said
    home = backups.warehouse.home
    assert not [path for path in home.parent.iterdir() if path.name.startswith(f"{home.name}-")]
