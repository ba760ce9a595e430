"""The daily and the monthly road as Airflow DAGs: tasks that call `warehouse`.

WAREHOUSE is the checkout on the worker; its `.env` names the engines.
"""

import os
from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

CHECKOUT = os.environ.get("WAREHOUSE", "/srv/warehouse")
COMMAND = f"cd {CHECKOUT} && .venv/bin/warehouse"
# What fails is told by the command itself, by the channels of its settings.
DEFAULTS = {"retries": 2, "retry_delay": timedelta(seconds=30)}
START = datetime(2026, 1, 1, tzinfo=UTC)

with DAG("warehouse_daily", schedule="0 4 * * *", start_date=START, catchup=False,
         max_active_runs=1, default_args=DEFAULTS):  # fmt: skip
    load = BashOperator(task_id="load", bash_command=f"{COMMAND} ingest")
    build = BashOperator(task_id="build", bash_command=f"{COMMAND} build --notify")
    catalogue = BashOperator(task_id="catalogue", bash_command=f"{COMMAND} docs")
    load >> build >> catalogue

with DAG("warehouse_monthly", schedule="0 6 2 * *", start_date=START, catchup=False,
         max_active_runs=1, default_args=DEFAULTS):  # fmt: skip
    archive = BashOperator(task_id="archive", bash_command=f"{COMMAND} archive --notify")
    proof = BashOperator(task_id="proof", bash_command=f"{COMMAND} verify-archive")
    export = BashOperator(task_id="export", bash_command=f"{COMMAND} export-archive")
    archive >> proof >> export
