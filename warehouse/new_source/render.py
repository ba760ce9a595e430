"""The files of a new source system, from the templates."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
import yaml

_TEMPLATES = Path(__file__).parent / "templates"


def is_template(name: str) -> bool:
    """Whether there is a template of that name, without its ending `.jinja`."""
    return (_TEMPLATES / f"{name}.jinja").exists()


def render(template: str, context: Mapping[str, object]) -> str:
    """Fill in a template, named without its ending `.jinja`.

    dbt's own braces stay as they are: the templates' expressions stand in `<< >>`, their statements
    in `<% %>`.
    """
    environment = jinja2.Environment(  # noqa: S701 (no HTML)
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["as_yaml"] = as_yaml
    return environment.get_template(f"{template}.jinja").render(context)


def as_yaml(value: Any, indentation: int = 0) -> str:
    """A value as it stands behind a key; longer lists go on in further lines."""
    width = 100 - indentation if indentation else 10_000
    # Within a list, where a plain scalar has no end of document behind it.
    text = yaml.safe_dump([value], default_flow_style=True, allow_unicode=True, width=width)
    return re.sub(r"\n\s*", "\n" + " " * (indentation + 1), text.strip()[1:-1])
