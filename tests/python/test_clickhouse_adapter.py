"""dbt's adapter of ClickHouse can hand over, whoever imports it, and is that of ClickHouse."""

import subprocess
import sys


def test_the_adapter_can_hand_over() -> None:
    program = (
        "from dbt.adapters.clickhouse import Plugin; "
        "adapter = Plugin.adapter; "
        "print(adapter.type(), adapter.__name__, 'hand_over' in adapter._available_)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout == "clickhouse ClickHouseAdapter True\n", done.stderr
