"""`warehouse stream`: loads topics and shows what came, every few seconds until it is stopped."""

import re
import time

import click

from warehouse import settings, terminal
from warehouse.engines import lifecycle

# Whoever waits for the road's lock looks for it ten times a second: between two rounds he gets it.
_LEAST_PAUSE_SECONDS = 0.5


class _Seconds(click.ParamType[float]):
    """A span of time: `10s`, `2m`, or a number of seconds."""

    name = "span"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read it."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|m|)", str(value))
        if not found:
            self.fail(f"{value!r} is no span of time: write 10s or 2m", param, ctx)
        return float(found[1]) * (60 if found[2] == "m" else 1)


@click.command()
@click.option(
    "--every", type=_Seconds(), default="10s", show_default=True, help="From round to round."
)
@click.option(
    "--notify", is_flag=True, help="Tell people what went wrong, by the channels of the settings."
)
@lifecycle.with_engines
def stream(every: float, notify: bool) -> None:
    """Load topics of Kafka and show what came, round by round; Ctrl+C ends it."""
    from warehouse.ingest.kafka.loading import active_topics
    from warehouse.ingest.kafka.topic import connection
    from warehouse.stream.rounds import Rounds
    from warehouse.stream.stopping import Stop, StoppedError

    streams = active_topics()
    # Said here, it is said before the first round.
    connection()
    settings.postgres()
    stop = Stop()
    rounds = Rounds(streams, stop, notify=notify)
    names = ", ".join(each.topic.name for each in streams)
    terminal.say(f"Every {terminal.duration(every)} from {names} to the dashboards; Ctrl+C ends it")
    try:
        while True:
            began = time.monotonic()
            rounds.walk()
            stop.pause(max(_LEAST_PAUSE_SECONDS, began + every - time.monotonic()))
    except StoppedError:
        terminal.say(f"Stopped; {rounds.messages:,} messages were loaded, the rest stays in Kafka.")
