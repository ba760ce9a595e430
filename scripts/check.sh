#!/usr/bin/env bash
# For the loop at the desk, in under a minute: style and types of what differs from the last commit, and the tests
# that start no engine.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t changed < <(git diff --name-only --diff-filter=d HEAD && git ls-files --others --exclude-standard)
if ((${#changed[@]})); then
    echo "── style and types of ${#changed[@]} changed files"
    .venv/bin/pre-commit run --files "${changed[@]}"
fi
echo "── tests without engines"
exec .venv/bin/python -m pytest --quiet tests/python/ingest/test_names.py tests/python/sources/test_guesses.py \
    tests/python/dashboards/test_definitions.py \
    tests/python/test_clickhouse_adapter.py tests/python/test_environment.py \
    tests/python/test_greenplum_import.py tests/python/test_terminal.py
