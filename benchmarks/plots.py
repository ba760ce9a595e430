r"""Draws what the benchmarks of road, growth and archive saved, as SVG files.

.venv/bin/python -m benchmarks.plots \
    --road road.json --growth growth.json --archive archive.json --to docs/benchmarks
"""

import json
import statistics
from pathlib import Path
from typing import Any

import click
import matplotlib as mpl
from matplotlib import pyplot
from matplotlib.axes import Axes

_STEPS = ("load", "star", "serve", "archive")
_DAY = {
    "load": "day: load",
    "star": "of it star",
    "serve": "of it serve",
    "snapshots": "of it snapshots",
}
_MONTH = {
    "whole archive": "whole archive, s",
    "nothing new": "nothing new, s",
    "historical_sales": "historical_sales, s",
}
_COLOURS = {
    "limit": "#9aa5b1",
    "warehouse": "#1f6f8b",
    "pandas": "#d97b29",
    "Singer": "#8a6fa8",
}

mpl.rcParams.update(
    {
        # The same figures give the same file.
        "svg.hashsalt": "warehouse",
        "svg.fonttype": "none",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "font.size": 9,
        "figure.constrained_layout.use": True,
    }
)


@click.command()
@click.option("--road", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--growth", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--archive", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--to", type=click.Path(path_type=Path), required=True)
def main(road: Path, growth: Path, archive: Path, to: Path) -> None:
    """Write road.svg and growth.svg."""
    to.mkdir(parents=True, exist_ok=True)
    figure, axes = pyplot.subplots(figsize=(7, 3))
    _draw_road(axes, json.loads(road.read_text(encoding="utf-8")))
    _save(figure, to / "road.svg")
    figure, (full, day, month) = pyplot.subplots(1, 3, figsize=(11, 3.4))
    lengths = json.loads(growth.read_text(encoding="utf-8"))["lengths"]
    _draw_full(full, lengths)
    _draw_day(day, lengths)
    _draw_month(month, json.loads(archive.read_text(encoding="utf-8")))
    _save(figure, to / "growth.svg")


def _draw_road(axes: Axes, saved: dict[str, Any]) -> None:
    """Bars of each step's seconds, one for each contestant, with the runs as whiskers."""
    height = 0.2
    for number, (contestant, colour) in enumerate(_COLOURS.items()):
        for row, step in enumerate(_STEPS):
            runs = [run["seconds"] for run in saved["results"].get(f"{contestant}: {step}", [])]
            if not runs:
                continue
            middle = statistics.median(runs)
            axes.barh(
                row + (number - 1.5) * height,
                middle,
                height,
                color=colour,
                label=contestant if step == "load" else None,
                xerr=[[middle - min(runs)], [max(runs) - middle]],
                error_kw={"elinewidth": 0.8},
            )
    axes.set_yticks(range(len(_STEPS)), _STEPS)
    axes.invert_yaxis()
    axes.set_xlabel(f"seconds for {saved['about']['sales']} sales")
    axes.legend(frameon=False)


def _draw_full(axes: Axes, lengths: list[dict[str, float]]) -> None:
    """Seconds over sales, both on a logarithmic scale, and a line that is proportional."""
    sales = [length["sales"] for length in lengths]
    for step in _STEPS:
        axes.plot(sales, [length[step] for length in lengths], marker="o", ms=3, label=step)
    last = lengths[-1]
    proportional = [last["star"] * length / last["sales"] for length in sales]
    axes.plot(sales, proportional, color="grey", ls=":", lw=1, label="proportional")
    axes.set(xscale="log", yscale="log", xlabel="sales", ylabel="seconds", title="all sales")
    axes.legend(frameon=False)


def _draw_day(axes: Axes, lengths: list[dict[str, float]]) -> None:
    """Seconds of a day's steps over the length of the history beside it."""
    sales = [length["sales"] for length in lengths]
    for step, name in _DAY.items():
        axes.plot(sales, [length[name] for length in lengths], marker="o", ms=3, label=step)
    axes.set(xscale="log", xlabel="sales in the history", title="one more day of 10,000 sales")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)


def _draw_month(axes: Axes, saved: dict[str, Any]) -> None:
    """Seconds of the archive of one more month over the months that are there."""
    found = saved["months"]
    months = [int(line["months there"]) for line in found]
    for label, name in _MONTH.items():
        axes.plot(months, [float(line[name]) for line in found], marker="o", ms=3, label=label)
    axes.set(xlabel=f"months in the archive, {saved['greenplum']}", title="one more month")
    axes.set_xticks(months)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


if __name__ == "__main__":
    main()
