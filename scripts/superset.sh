#!/usr/bin/env bash
# Makes .venv-superset hold exactly what requirements/superset.txt pins; quick when it already does.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted="$(pwd) $(cat requirements/superset.txt scripts/superset.sh | cksum)"
if [ "$(cat .venv-superset/complete 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

echo "── setup: .venv-superset with requirements/superset.txt (some 0.7 GB, once)"
rm -f .venv-superset/complete
.venv/bin/python -m venv --clear .venv-superset
.venv-superset/bin/python -m pip install --quiet --disable-pip-version-check --progress-bar off --use-pep517 \
    --no-deps --require-hashes --requirement requirements/superset.txt
echo "$wanted" > .venv-superset/complete
