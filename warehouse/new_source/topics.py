"""The last messages of a topic of Kafka: what they hold."""

import atexit
import tempfile
from pathlib import Path

from warehouse.errors import UserError
from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.kafka.reading import read
from warehouse.ingest.kafka.topic import SCHEME, Topic, connection
from warehouse.new_source.sample import Sample, take_sample

# Of each partition.
_MOST_MESSAGES = 100_000


def look(address: str) -> tuple[Sample, dict[str, object]]:
    """Read the last messages of a topic.

    Args:
        address: `kafka://` and the topic's name.

    Returns:
        What they hold, and the settings with which the tap reads the topic.

    Raises:
        UserError: There are none, or they are no JSON objects.
    """
    topic = Topic(address.removeprefix(SCHEME))
    # All but the first rows are read when they are asked for.
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    try:
        read(topic, connection(), Path(folder.name), {}, most=_MOST_MESSAGES)
    except RefusedFileError as error:
        raise UserError(str(error)) from None
    segments = sorted(Path(folder.name).rglob("*.jsonl"))
    if not segments:
        raise UserError(f"topic {topic.name} has no message yet: send some first")
    return take_sample(segments), {"topic": topic.name}
