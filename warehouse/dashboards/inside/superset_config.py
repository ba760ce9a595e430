# mypy: disable-error-code="import-not-found"
"""Superset's settings, read by Superset at its start; what is secret comes from the environment."""

import os
from pathlib import Path
from typing import Any

from flask import redirect, request
from jinja2 import ChoiceLoader, DictLoader

_HOME = Path(os.environ["SUPERSET_HOME"])

SECRET_KEY = os.environ["DASHBOARDS_SECRET_KEY"]
SQLALCHEMY_DATABASE_URI = f"sqlite:///{_HOME / 'superset.db'}?timeout=30"
APP_NAME = "Retail warehouse"

# One process, which needs no Redis: what an engine has answered is kept for five minutes.
DATA_CACHE_CONFIG = {"CACHE_TYPE": "SimpleCache", "CACHE_DEFAULT_TIMEOUT": 300}
CACHE_CONFIG = DATA_CACHE_CONFIG
RATELIMIT_ENABLED = True
RATELIMIT_STORAGE_URI = "memory://"

# The datasets' SQL asks whether a range of days is chosen.
FEATURE_FLAGS = {"ENABLE_TEMPLATE_PROCESSING": True, "DASHBOARD_VIRTUALIZATION": False}

# Sums are those of the engines' decimals: 12,345.60.
D3_FORMAT = {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""]}

EXTRA_CATEGORICAL_COLOR_SCHEMES = [
    {
        "id": "warehouse",
        "label": "Warehouse",
        "description": "One blue, one orange for what is to be seen, and greys",
        "isDefault": True,
        "colors": ["#1f5f8b", "#d9822b", "#8fb3cc", "#5c6770", "#c4ccd2", "#a9540f"],
    },
    {
        "id": "warehouse_years",
        "label": "Warehouse years",
        "description": "The later, the darker",
        "isDefault": False,
        "colors": ["#1f5f8b", "#7ea9c4", "#c0d4e0", "#5c6770", "#8a949b", "#c4ccd2"],
    },
]
EXTRA_SEQUENTIAL_COLOR_SCHEMES = [
    {
        "id": "warehouse_blues",
        "label": "Warehouse blues",
        "description": "From almost nothing to much",
        "isDiverging": False,
        "isDefault": True,
        "colors": ["#f3f7fa", "#c6dbe8", "#86b1cc", "#4486ad", "#1f5f8b"],
    }
]
THEME_DARK = None


def FLASK_APP_MUTATOR(app: Any) -> None:  # noqa: N802 (Superset's name)
    """What no setting of Superset's says."""
    # Without it telephones draw a desk's page.
    wide = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    app.jinja_loader = ChoiceLoader(
        [DictLoader({"head_custom_extra.html": wide}), app.jinja_loader]
    )

    app.before_request(_show_the_dashboards)


def _show_the_dashboards() -> Any:
    # Superset's welcome is of what somebody has made there: viewers make nothing.
    welcomes = request.path in ("/", "/superset/welcome/")
    return redirect("/dashboard/list/") if welcomes else None
