"""Puts all figures together, anew each time that somebody looks."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector, CollectorRegistry

from warehouse import environment
from warehouse.watching import engines, machine, runs
from warehouse.watching.questions import QUESTIONS

_UP = "warehouse_engine_up"


def registry() -> CollectorRegistry:
    """A registry with the warehouse's figures alone."""
    found = CollectorRegistry()
    found.register(_Warehouse())
    return found


class _Warehouse(Collector):
    """Each figure is there from the first, if only by its name and what it tells."""

    def describe(self) -> Iterator[GaugeMetricFamily]:
        return iter(_families().values())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        # Engines that were started in the meantime are found.
        environment.load()
        families = _families()
        for engine, answers in engines.ask_all().items():
            families[_UP].add_metric([engine], float(answers.is_up))
            for question, rows in answers.rows:
                for *labels, value in rows:
                    families[question.name].add_metric([str(label) for label in labels], value)
        for name, values, figure in (*runs.figures(), *machine.figures()):
            families[name].add_metric(values, figure)
        return iter(families.values())


def _families() -> dict[str, GaugeMetricFamily]:
    described: dict[str, tuple[str, tuple[str, ...]]] = {}
    described[_UP] = ("1 if the engine answers, else 0.", ("engine",))
    described |= {each.name: (each.description, each.labels) for each in QUESTIONS}
    described |= {**runs.DESCRIBED, **machine.DESCRIBED}
    return {
        name: GaugeMetricFamily(name, description, labels=labels)
        for name, (description, labels) in described.items()
    }
