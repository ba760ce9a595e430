"""Dashboards as code: `dashboards/` at the top, shown by Apache Superset on this machine.

Superset lives in an environment of its own (`.venv-superset`); what is in `inside/` runs there, and
nothing here imports it.
"""
