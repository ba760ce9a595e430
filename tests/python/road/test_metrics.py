"""What Prometheus sees of a warehouse is what is in it, and alerts come when they should."""

import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import urllib3
from prometheus_client.parser import text_string_to_metric_families
from road.conftest import Road
from support import PROGRAMS, Warehouse

from warehouse import environment

DEPLOY = environment.ROOT / "deploy"
ALERTS = DEPLOY / "prometheus" / "alerts.yml"
HEADER = "sale_id,sold_at,product_id,quantity,unit_price,customer_id\n"

Figures = dict[str, dict[tuple[str, ...], float]]


def _needs(program: str) -> None:
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed (Debian: prometheus, prometheus-alertmanager)")


def _figures(text: str) -> Figures:
    """The values of each metric, by those of its labels in the order of the labels' names."""
    return {
        family.name: {
            tuple(value for _, value in sorted(sample.labels.items())): sample.value
            for sample in family.samples
        }
        for family in text_string_to_metric_families(text)
    }


def test_figures_are_those_of_the_warehouse(shop: Road, tmp_path: Path) -> None:
    file = tmp_path / "warehouse.prom"
    shop.warehouse.run("warehouse", "metrics", "--to", file)
    text = file.read_text("utf-8")
    found = _figures(text)
    assert found["warehouse_engine_up"] == {
        (engine,): 1 for engine in ("postgres", "clickhouse", "greenplum")
    }
    lines = shop.truth["expected"]["sales"]["lines"]
    assert found["warehouse_loaded_lines"]["shop", "sales_data"] == lines
    [(quarantined,)] = shop.warehouse.query("select count(*) from quarantine.qrn_sale_lines")
    counted = found["warehouse_quarantined_sale_lines"]
    assert counted["quantity unreadable", "shop"] > 0
    assert sum(counted.values()) >= quarantined > 0
    assert found["warehouse_differing_months"] == {("shop",): 0}
    [(entries,)] = shop.warehouse.query("select count(*) from archive.archive_ledger", "GREENPLUM")
    assert found["warehouse_ledger_entries"] == {(): entries}
    assert found["warehouse_run_succeeded"]["run",] == 1
    assert found["warehouse_step_duration_seconds"]["run", "load"] > 0
    assert 0 < found["warehouse_disk_free_bytes"][()] < found["warehouse_disk_size_bytes"][()]

    # What watches them names no other.
    watching = [ALERTS, DEPLOY / "grafana" / "warehouse.json"]
    for path in watching:
        named = set(re.findall(r"\bwarehouse_[a-z_]+", path.read_text("utf-8")))
        assert named <= found.keys(), path
    _needs("promtool")
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, text=True
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_an_engine_that_is_not_there_is_down(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.prom"
    address = {"POSTGRES_HOST": "127.0.0.1", "POSTGRES_PORT": "1", "POSTGRES_PASSWORD": "s3cret"}
    done = Warehouse(tmp_path / "home", address).run("warehouse", "metrics", "--to", file)
    up = _figures(file.read_text("utf-8"))["warehouse_engine_up"]
    assert up == {(engine,): 0 for engine in ("postgres", "clickhouse", "greenplum")}
    assert "postgres did not answer" in done.stderr
    assert "Traceback" not in done.stderr
    assert "s3cret" not in done.stderr


def test_alerts_come_when_they_should() -> None:
    _needs("promtool")
    files = [str(path) for path in ALERTS.parent.glob("*_test.yml")]
    rules = ["promtool", "test", "rules", *files]
    tested = subprocess.run(rules, capture_output=True, text=True)
    assert tested.returncode == 0, tested.stdout + tested.stderr
    # Each alert has a test.
    alerts = set(re.findall(r"alert: (\w+)", ALERTS.read_text("utf-8")))
    tests = "".join(Path(file).read_text("utf-8") for file in files)
    assert set(re.findall(r"alertname: (\w+)", tests)) == alerts


def test_examples_are_read_by_their_programs() -> None:
    for program, what in (
        ("promtool", ("check", "config", DEPLOY / "prometheus" / "prometheus.yml")),
        ("amtool", ("check-config", DEPLOY / "alertmanager" / "alertmanager.yml")),
    ):
        _needs(program)
        checked = subprocess.run([program, *what], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_prometheus_tells_of_a_failed_run_a_stale_source_and_an_old_backup(
    new_warehouse: Callable[..., Warehouse], tmp_path: Path
) -> None:
    _needs("prometheus")
    sales = tmp_path / "shop" / "sales_data"
    sales.mkdir(parents=True)
    place = tmp_path / "backups"
    settings = {"SHOP_FILES": str(sales.parent), "WAREHOUSE_BACKUP_TO": str(place)}
    warehouse = new_warehouse(**settings)
    (sales / "a.csv").write_text(HEADER + "S1,2026-01-05 10:00,P1,1,2.50,C1\n")
    warehouse.run("warehouse", "ingest")
    warehouse.run("warehouse", "backup")
    [backup] = place.glob("20*")
    backup.rename(place / f"2020{backup.name[4:]}")
    warehouse.query("update raw._loads set finished_at = finished_at - interval '3 days'")
    (sales / "b.csv").write_text("name,address\nErika,Main Street\n")
    assert warehouse.run("warehouse", "run", check=False).returncode == 1

    with _exporter(warehouse) as target, _prometheus(target, tmp_path) as address:
        expected = {
            ("WarehouseRunFailed", "run"),
            ("WarehouseSourceStale", "shop"),
            ("WarehouseBackupOld", ""),
        }
        deadline = time.monotonic() + 60
        while not expected <= (told := _alerts(address)) and time.monotonic() < deadline:
            time.sleep(0.5)
        assert expected <= told
        assert not {name for name, _ in told} & {"WarehouseUnwatched", "WarehouseEnginesDiffer"}


def _alerts(address: str) -> set[tuple[str, str]]:
    """Alerts that fire: their names, and of which road or source they are."""
    answer = urllib3.request("GET", f"{address}/api/v1/alerts")
    alerts = json.loads(answer.data)["data"]["alerts"]
    labels = [alert["labels"] for alert in alerts if alert["state"] == "firing"]
    return {(each["alertname"], each.get("road") or each.get("source", "")) for each in labels}


@contextmanager
def _exporter(warehouse: Warehouse) -> Iterator[str]:
    port = _free_port()
    line = [str(PROGRAMS / "warehouse"), "metrics", "--port", str(port)]
    process = subprocess.Popen(line, env=warehouse.environ, cwd=environment.ROOT)
    try:
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _prometheus(target: str, folder: Path) -> Iterator[str]:
    config = folder / "prometheus.yml"
    config.write_text(
        json.dumps(
            {
                "global": {"scrape_interval": "2s", "evaluation_interval": "1s"},
                "rule_files": [str(ALERTS)],
                "scrape_configs": [
                    {"job_name": "warehouse", "static_configs": [{"targets": [target]}]}
                ],
            }
        )
    )
    address = f"127.0.0.1:{_free_port()}"
    line = ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder / 'tsdb'}"]
    with (folder / "prometheus.log").open("w") as log:
        process = subprocess.Popen([*line, f"--web.listen-address={address}"], stderr=log)
    try:
        urllib3.request(
            "GET", f"http://{address}/-/ready", retries=urllib3.Retry(20, backoff_factor=0.2)
        )
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port: int = free.getsockname()[1]
        return port
