#!/usr/bin/env bash
# Style and types first, as they are quickest, then the tests, which start engines of their own in
# scratch folders. With --all, the drills as well.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "── style and types"
.venv/bin/pre-commit run --all-files
echo "── tests"
tests="not drill"
[[ "${1-}" == --all ]] && tests=""
# Two processes: they wait for engines as often as they compute.
exec .venv/bin/python -m pytest -m "$tests" --numprocesses 2 --dist loadfile --no-loadscope-reorder \
  --durations 25
