#!/usr/bin/env bash
# Makes .venv hold exactly what requirements/requirements.txt pins; quick when it already does.
set -euo pipefail
cd "$(dirname "$0")/.."

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3.12 python3.11 python3}; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    echo "setup: no Python 3.11 or 3.12 found; install one, or name it: make PYTHON=/path/to/python3.12" >&2
    return 1
}

# A virtual environment holds absolute paths, so a moved checkout needs a new one.
wanted="$(pwd) $(cat requirements/requirements.txt pyproject.toml scripts/setup.sh | cksum)"
if [ "$(cat .venv/complete 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

python=$(find_python)
echo "── setup: .venv with $("$python" --version) and requirements/requirements.txt (some 2 GB, once)"
rm -f .venv/complete
"$python" -m venv --clear .venv || {
    echo "setup: $python cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2
    exit 1
}
# --no-deps: the file is complete, and dbt-greenplum's own pins are overridden in it (overrides.txt).
.venv/bin/python -m pip install --disable-pip-version-check --progress-bar off --use-pep517 \
    --no-deps --require-hashes --requirement requirements/requirements.txt |
    awk '
        /^(Collecting|Processing)/ && ++found % 25 == 0 { print "   " found " packages found"; fflush() }
        /^Installing/ { print "   installing " found " packages"; fflush() }
    '
.venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --no-deps --no-build-isolation --editable .
.venv/bin/python -m warehouse.setup_environment
echo "$wanted" > .venv/complete
