"""Messages in Avro, as JSON: by the schema of each, which a registry holds.

Source of the wire format: a zero byte, the number of the schema in four bytes, then the record;
https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html
"""

import base64
import json
import os
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

import fastavro
from confluent_kafka.schema_registry import (
    Schema,
    SchemaRegistryClient,
    SchemaRegistryError,
)
from confluent_kafka.schema_registry.error import OAuthTokenError
from httpx2 import HTTPError

from warehouse.errors import UserError
from warehouse.exact_json import Members, Number, compact
from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.kafka.topic import REGISTRY, REGISTRY_PREFIX

_MAGIC = b"\x00"
_HEAD_BYTES = 5
_NOT_FOUND = 404


class AvroDecoder:
    """Makes JSON of Avro, exactly: decimals by their digits, moments in ISO's form with an offset.

    Bytes become base64.
    """

    def __init__(self) -> None:
        """Prepare to ask the registry of the settings.

        Raises:
            UserError: A setting is missing or cannot be what was meant.
        """
        try:
            self._registry = SchemaRegistryClient(_settings())
        except (TypeError, ValueError) as error:
            raise UserError(f"the settings {REGISTRY_PREFIX}…: {error}") from None
        # None for a schema that the registry does not know.
        self._schemas: dict[int, Any] = {}

    def __call__(self, value: bytes) -> bytes:
        """Make JSON of a message's value.

        Raises:
            RefusedFileError: The registry does not answer: that says nothing of the message.
        """
        if not value.startswith(_MAGIC) or len(value) < _HEAD_BYTES:
            return _unread("no number of a schema before it", value)
        number = int.from_bytes(value[1:_HEAD_BYTES], "big")
        schema = self._schema(number)
        if schema is None:
            return _unread(f"the registry knows no schema {number} of Avro", value)
        body = BytesIO(value[_HEAD_BYTES:])
        try:
            record = fastavro.schemaless_reader(body, schema, None)
        # Whatever a reader runs into that takes other bytes for its own.
        except Exception as error:
            return _unread(f"{type(error).__name__} by schema {number}", value)
        if body.read(1):
            return _unread(f"it is longer than by schema {number}", value)
        return compact(_as_json(record)).encode()

    def _schema(self, number: int) -> Any:
        if number not in self._schemas:
            try:
                self._schemas[number] = self._parsed(self._registry.get_schema(number))
            except SchemaRegistryError as error:
                if error.http_status_code != _NOT_FOUND:
                    raise RefusedFileError(f"the registry of {REGISTRY}: {error}") from None
                self._schemas[number] = None
            except (HTTPError, OAuthTokenError, OSError) as error:
                raise RefusedFileError(
                    f"no answer from the registry of {REGISTRY}: {error}"
                ) from None
        return self._schemas[number]

    def _parsed(self, schema: Schema, named: dict[str, Any] | None = None) -> Any:
        """A schema, with those that it refers to; None if it is none of Avro."""
        if schema.schema_type != "AVRO":
            return None
        named = {} if named is None else named
        for reference in schema.references or ():
            if reference.subject and reference.version:
                found = self._registry.get_version(reference.subject, reference.version)
                self._parsed(found.schema, named)
        try:
            return fastavro.parse_schema(json.loads(schema.schema_str or ""), named_schemas=named)
        except (ValueError, fastavro.schema.SchemaParseException):
            return None


def _settings() -> dict[str, Any]:
    """How the registry is reached: what the environment says, by the names of its client."""
    if not os.environ.get(REGISTRY):
        raise UserError(
            f"{REGISTRY} is not set, and a stream of meltano.yml reads Avro: set it to the "
            f"address of the schema registry"
        )
    return {
        name.removeprefix(REGISTRY_PREFIX).lower().replace("_", "."): (
            int(value) if value.isdecimal() else value
        )
        for name, value in os.environ.items()
        if name.startswith(REGISTRY_PREFIX) and not name.endswith("_FILE")
    }


def _unread(why: str, value: bytes) -> bytes:
    return f"Avro that cannot be read, {why}: {value.hex()}".encode()


def _as_json(value: Any) -> Any:
    match value:
        case Decimal():
            return Number(f"{value:f}")
        case datetime() | date() | time():
            return value.isoformat()
        case UUID():
            return str(value)
        case bytes():
            return base64.b64encode(value).decode()
        case Mapping():
            return Members((key, _as_json(item)) for key, item in value.items())
        case list() | tuple():
            return [_as_json(item) for item in value]
        case _:
            return value
