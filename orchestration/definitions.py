"""All that Dagster loads."""

import dagster as dg

from orchestration import copies, files, jobs, sensors

defs = dg.Definitions(
    assets=[files.load, *jobs.ENGINE_ASSETS.values(), copies.parquet, copies.catalogue],
    jobs=[jobs.daily, jobs.monthly],
    schedules=jobs.schedules,
    sensors=sensors.sensors,
)
