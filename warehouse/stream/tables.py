"""Builds the tables that new loads reach, by a dbt that has read the project once.

Seeds, views and tests are left to the daily road: the first two are as they were while the project
is the same, and tests look at what came since the last build that ran them all.
"""

import pickle

from warehouse import project_files, queries
from warehouse.dbt import FailedError, dbt_quietly, parsed
from warehouse.road import same_project
from warehouse.road.steps import HOT, STAR, walk
from warehouse.runs import nodes
from warehouse.runs.record import Run
from warehouse.stream.stopping import Stop

_RAW = "raw"
# What holds lines on PostgreSQL, and is no view.
_TABLES = "tag:postgres,config.materialized:incremental"

# Each statement of each round would fill the log, and take a tenth of dbt's time.
_LOGGED = ("--log-level-file", "info")

_LAST_LOAD = "select coalesce(max(load_id), 0) from raw._loads where status <> 'failed'"
_STREAMS = "select distinct stream from raw._loads where load_id > %s and status <> 'failed'"


class Tables:
    """The star and what is hot of it."""

    def __init__(self) -> None:
        # The last load that they hold; None where that is not known.
        self._built: int | None = None
        self._project = ""
        # A manifest for each target, packed: a run leaves its marks in the one that it is given,
        # and to unpack another takes a tenth of the time of reading the project's files.
        self._manifests: dict[str, bytes] = {}
        # How dbt is told what depends on a raw table.
        self._reached: dict[str, str] = {}

    def hold_all(self) -> bool:
        """Whether they hold all loads.

        Raises:
            UserError: PostgreSQL does not answer.
        """
        return self._built == _last_load()

    def build(self, run: Run, stop: Stop) -> None:
        """Build what the loads since the last build reach, or all that a day brings.

        The latter where the last build was of another project, or is not known to have ended.

        Raises:
            UserError: dbt failed.
            StoppedError: Somebody wishes it, and the step that was under way is done.
        """
        last, since, self._built = _last_load(), self._built, None
        project = project_files.fingerprint()
        if same_project.is_what_was_built(project):
            self._read(project)
            with run.step(STAR.name):
                self._run("postgres", *self._star(since))
                same_project.was_built(project)
            stop.check()
            with run.step(HOT.name):
                self._run("clickhouse", "--selector", "hot_tables")
        else:
            walk((STAR, HOT), run=run)
        self._built = last

    def _read(self, project: str) -> None:
        if project == self._project:
            return
        for target in ("postgres", "clickhouse"):
            manifest = parsed(target)
            self._manifests[target] = pickle.dumps(manifest)
        self._reached = {
            source.identifier: f"source:{source.source_name}.{source.name}+,{_TABLES}"
            for source in manifest.sources.values()
            if source.schema == _RAW
        }
        self._project = project

    def _star(self, since: int | None) -> tuple[str, ...]:
        """What is to be built of the star, where the loads after one are new to it."""
        if since is None:
            return STAR.of_same_project
        _, streams = queries.on_postgres(_STREAMS, parameters=(since,))
        return ("--select", *(self._reached[name] for (name,) in streams if name in self._reached))

    def _run(self, target: str, *selection: str) -> None:
        manifest = pickle.loads(self._manifests[target])  # noqa: S301 (made above)
        try:
            dbt_quietly(
                *("run", *selection, *_LOGGED), target=target, manifest=manifest, says_why=False
            )
        except FailedError as error:
            why = nodes.why(error.results)
            raise FailedError(why or str(error), error.results) from None


def _last_load() -> int:
    if not queries.has_table("raw._loads", "postgres"):
        return 0
    return int(queries.on_postgres(_LAST_LOAD)[1][0][0])
