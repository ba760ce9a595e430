#!/usr/bin/env bash
# Pins what requirements/requirements.in asks for, with hashes, for every supported Python.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools"
"$tools/bin/python" -m pip install --quiet --disable-pip-version-check uv==0.13.8
"$tools/bin/uv" pip compile requirements/requirements.in \
    --override requirements/overrides.txt \
    --output-file requirements/requirements.txt \
    --custom-compile-command 'make requirements' \
    --universal --python-version 3.11 --generate-hashes --no-annotate "$@"
for own in superset spark; do
    "$tools/bin/uv" pip compile "requirements/$own.in" \
        --output-file "requirements/$own.txt" \
        --custom-compile-command 'make requirements' \
        --universal --python-version 3.11 --generate-hashes --no-annotate "$@"
done
