"""How staging spells an id: the macro clean_id itself, so that the two cannot disagree."""

import functools
from typing import Any

from jinja2 import Environment, StrictUndefined

from warehouse import environment, project

_MACROS = environment.ROOT / "macros" / "parsing" / "clean.sql"


def clean_id(field: str, source_system: str) -> str:
    """The SQL expression of an id of a source system as staging spells it.

    Args:
        field: The SQL expression of the id as it came.
        source_system: Whose id it is.
    """
    rendered: str = _macros().clean_id(field, source_system)
    return rendered.strip()


def is_in_any_case(source_system: str) -> bool:
    """Whether letter case makes no difference in the ids of a source system."""
    return source_system in project.variables()["ids_in_any_case"]


@functools.cache
def _macros() -> Any:
    jinja = Environment(undefined=StrictUndefined, extensions=["jinja2.ext.do"])  # noqa: S701 (no HTML)
    jinja.globals["var"] = project.variables().__getitem__
    return jinja.from_string(_MACROS.read_text(encoding="utf-8")).module
