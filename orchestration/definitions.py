"""All that Dagster loads."""

import dagster as dg

from orchestration import copies, files, jobs, sensors

defs = dg.Definitions(
    assets=[
        *(files.load, *jobs.ENGINE_ASSETS.values()),
        *(copies.parquet, copies.catalogue, copies.backup),
    ],
    jobs=[jobs.daily, jobs.monthly, jobs.backup],
    schedules=jobs.schedules,
    sensors=sensors.sensors,
)
