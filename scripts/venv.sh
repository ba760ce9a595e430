#!/usr/bin/env bash
# Makes .venv-NAME, the environment of a program that cannot live in ours, hold exactly what requirements/NAME.txt pins;
# quick when it already does. NAME is superset or spark.
set -euo pipefail
cd "$(dirname "$0")/.."

name=$1
venv=".venv-$name"
wanted="$(pwd) $(cat "requirements/$name.txt" scripts/venv.sh | cksum)"
if [ "$(cat "$venv/complete" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

echo "── setup: $venv with requirements/$name.txt (some 0.7 GB, once)"
rm -f "$venv/complete"
.venv/bin/python -m venv --clear "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --progress-bar off --use-pep517 \
    --no-deps --require-hashes --requirement "requirements/$name.txt"
if [ "$name" = spark ]; then
    # Where Spark looks by itself: so pyspark knows Iceberg without a word.
    packages=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    ln -s "$packages"/snowpark_connect_deps_iceberg/jars/iceberg-spark-runtime-3.5_2.12-*.jar "$packages/pyspark/jars/"
fi
echo "$wanted" > "$venv/complete"
