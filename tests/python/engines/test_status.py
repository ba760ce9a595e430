"""What `warehouse status` tells of embedded engines and of servers of one's own."""

from collections.abc import Callable

from support import Warehouse

MakeWarehouse = Callable[..., Warehouse]


def states(warehouse: Warehouse, exit_code: int) -> dict[str, list[str]]:
    """The cells after each engine's name, without those that are empty."""
    done = warehouse.run("warehouse", "status", check=False)
    assert done.stderr == ""
    assert done.returncode == exit_code
    lines = [line.split("  ") for line in done.stdout.splitlines()]
    return {
        cells[0].partition(":")[0]: [cell.strip() for cell in cells[1:] if cell.strip()]
        for cells in lines
        if ": " in cells[0]
    }


def test_engines_that_answer(engines: Warehouse) -> None:
    found = states(engines, exit_code=0)
    port = engines.setting("POSTGRES_PORT")
    server, address, version, _, state = found["PostgreSQL"]
    assert (server, address, state) == ("embedded", f"127.0.0.1:{port}/warehouse", "answers")
    assert version.startswith("PostgreSQL 18.")
    server, address, version, _, state = found["ClickHouse"]
    assert (server, state) == ("embedded", "answers")
    assert version.startswith("ClickHouse 2")
    server, address, version, _, state = found["Greenplum"]
    assert (server, address, state) == ("stand-in", f"127.0.0.1:{port}/archive", "answers")


def test_servers_of_ones_own(engines: Warehouse, new_warehouse: MakeWarehouse) -> None:
    address = {
        name: engines.setting(name)
        for engine in ("POSTGRES", "CLICKHOUSE", "GREENPLUM")
        for setting in ("HOST", "PORT", "USER", "PASSWORD", "DATABASE")
        if (name := f"{engine}_{setting}") != "CLICKHOUSE_DATABASE"
    }
    user = new_warehouse(**address)
    assert "nothing to start" in user.run("warehouse", "up").stdout
    assert not (user.home / "postgres").exists()
    found = states(user, exit_code=0)
    assert {cells[0] for cells in found.values()} == {"your own"}
    user.run("warehouse", "down")
    states(engines, exit_code=0)


def test_a_server_that_does_not_let_one_in(
    engines: Warehouse, new_warehouse: MakeWarehouse
) -> None:
    user = new_warehouse(
        **{
            f"{engine}_{setting}": engines.setting(f"{engine}_{setting}")
            for engine in ("POSTGRES", "CLICKHOUSE", "GREENPLUM")
            for setting in ("HOST", "PORT", "USER")
        },
        POSTGRES_PASSWORD="guessed",  # noqa: S106
        CLICKHOUSE_PASSWORD="guessed",  # noqa: S106
        GREENPLUM_PASSWORD="guessed",  # noqa: S106
    )
    found = states(user, exit_code=1)
    for engine, cells in found.items():
        assert "authentication failed" in cells[-1].lower(), engine


def test_engines_that_were_never_started(new_warehouse: MakeWarehouse) -> None:
    warehouse = new_warehouse()
    found = states(warehouse, exit_code=1)
    assert {cells[-1] for cells in found.values()} == {"never started: 'make up' does it"}
    assert not warehouse.home.exists()


def test_engines_that_were_stopped(new_warehouse: MakeWarehouse) -> None:
    warehouse = new_warehouse()
    warehouse.run("warehouse", "up")
    warehouse.run("warehouse", "down")
    found = states(warehouse, exit_code=1)
    assert {cells[-1] for cells in found.values()} == {"stopped: 'make up' starts it"}


def test_a_real_greenplum_is_told_from_its_stand_in(
    greenplum_environment: dict[str, str], engines: Warehouse
) -> None:
    found = states(engines.with_settings(**greenplum_environment), exit_code=0)
    server, _, version, _, state = found["Greenplum"]
    assert (server, state) == ("your own", "answers")
    assert version.startswith("Greenplum ")
