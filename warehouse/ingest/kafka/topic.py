"""A topic of Kafka's that a stream of meltano.yml reads, and how its brokers are reached."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warehouse.errors import UserError

# Each of these settings is one of librdkafka's: KAFKA_SASL_USERNAME is sasl.username.
# Source: https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md
PREFIX = "KAFKA_"

# Each of these is one of the registry's client: SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO is
# basic.auth.user.info.
REGISTRY_PREFIX = "SCHEMA_REGISTRY_"
REGISTRY = "SCHEMA_REGISTRY_URL"

# How the address of a topic begins, where one is asked for.
SCHEME = "kafka://"
BROKERS = "KAFKA_BOOTSTRAP_SERVERS"

# The raw column that tells a message from all others: generation, partition and offset.
MESSAGE = "kafka_message"

_ALLOWED = "allowed"
_AVRO = "avro"


@dataclass(frozen=True)
class Topic:
    """What a stream reads.

    Attributes:
        name: The topic's name.
        generation: Which topic of that name it is, from 1: one that was made anew counts its
            messages from 0 again.
        gaps_allowed: Whether to go on behind messages that are gone.
        is_avro: Whether its messages are written in Avro, and not in JSON.
    """

    name: str
    generation: int = 1
    gaps_allowed: bool = False
    is_avro: bool = False

    @classmethod
    def from_config(cls, stream: Mapping[str, Any]) -> "Topic":
        """Read a stream of meltano.yml that has a `topic`.

        Raises:
            UserError: It cannot be what was meant.
        """
        name, generation = stream["name"], stream.get("generation", cls.generation)
        if not isinstance(generation, int) or generation < 1:
            raise UserError(
                f"generation of {name} in meltano.yml is {generation!r}: it is 1 for the first "
                f"topic of its name, 2 for the next one"
            )
        if stream.get("gaps", _ALLOWED) != _ALLOWED:
            raise UserError(
                f"gaps of {name} in meltano.yml is {stream['gaps']!r}: it can be {_ALLOWED} alone"
            )
        if stream.get("format", _AVRO) != _AVRO:
            raise UserError(
                f"format of {name} in meltano.yml is {stream['format']!r}: of a topic it can be "
                f"{_AVRO} alone; without it messages are JSON"
            )
        return cls(str(stream["topic"]), generation, "gaps" in stream, "format" in stream)


def connection() -> dict[str, str]:
    """How the brokers are reached: what the environment says, by librdkafka's names.

    Raises:
        UserError: It does not say which they are.
    """
    if not os.environ.get(BROKERS):
        raise UserError(
            f"{BROKERS} is not set, and a stream of meltano.yml reads a topic: set it to the "
            f"brokers, as in kafka1:9092,kafka2:9092"
        )
    return {
        name.removeprefix(PREFIX).lower().replace("_", "."): value
        for name, value in os.environ.items()
        if name.startswith(PREFIX) and not name.endswith("_FILE")
    }
