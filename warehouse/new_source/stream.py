"""The streams of a new source system: what was given, looked at and understood."""

from collections.abc import Mapping as AnyMapping
from dataclasses import asdict, dataclass

from warehouse.ingest.sources import Dialect
from warehouse.new_source.mapping import Mapping

# What tells of a person, but in a list of stores.
_PERSONAL = ("customer_id", "age", "birthday", "gender", "city", "registration_date")


@dataclass(frozen=True)
class Stream:
    """What becomes one raw table.

    Attributes:
        table: The raw table.
        place: Where it comes from, for people.
        settings: The same for the tap: the settings of its block but the dialect and the columns.
        mapping: How its columns enter the star.
    """

    table: str
    place: str
    settings: AnyMapping[str, object]
    mapping: Mapping

    def dialect(self) -> dict[str, str | None]:
        """The settings of the dialect that are not the default; a topic has none."""
        if "topic" in self.settings:
            return {}
        default = asdict(Dialect())
        dialect = asdict(self.mapping.sample.dialect)
        return {key: value for key, value in dialect.items() if value != default[key]}

    def context(self) -> dict[str, object]:
        """What the templates read."""
        sample = self.mapping.sample
        roles = {column: role for role, column in self.mapping.found.items()}
        is_personal = self.settings["rows"] != "stores"
        return {
            "table": self.table,
            "place": self.place,
            # What the tap knows as JSON is JSON-lines when it is written down.
            "settings": {**self.settings, **self.dialect(), **self.settings},
            # Meltano would take what begins with a dollar sign for a variable.
            "headers": [
                name if "$" in header else header
                for header, name in zip(sample.headers, sample.columns, strict=True)
            ],
            "columns": [
                {
                    "name": name,
                    "description": _description(header, roles.get(name)),
                    "personal": is_personal if roles.get(name) in _PERSONAL else None,
                }
                for header, name in zip(sample.headers, sample.columns, strict=True)
            ],
        }


def _description(header: str, role: str | None) -> str:
    # dbt would take braces for its own.
    plain = header.replace("{", "(").replace("}", ")")
    return f"`{plain}` as it came" + (f", taken for {role}." if role else ".")
