"""How staging spells an id: the macro clean_id itself, so that the two cannot disagree."""

import functools
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined

from warehouse import environment

_MACROS = environment.ROOT / "macros" / "parsing" / "clean.sql"
_PROJECT = environment.ROOT / "dbt_project.yml"


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
    return source_system in _variables()["ids_in_any_case"]


@functools.cache
def _variables() -> dict[str, list[str]]:
    project = yaml.safe_load(_PROJECT.read_text(encoding="utf-8"))
    variables: dict[str, list[str]] = project["vars"]
    return variables


@functools.cache
def _macros() -> Any:
    jinja = Environment(undefined=StrictUndefined, extensions=["jinja2.ext.do"])  # noqa: S701 (no HTML)
    jinja.globals["var"] = _variables().__getitem__
    return jinja.from_string(_MACROS.read_text(encoding="utf-8")).module
