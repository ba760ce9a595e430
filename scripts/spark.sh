#!/usr/bin/env bash
# Makes .venv-spark hold exactly what requirements/spark.txt pins; quick when it already does.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted="$(pwd) $(cat requirements/spark.txt scripts/spark.sh | cksum)"
if [ "$(cat .venv-spark/complete 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

echo "── setup: .venv-spark with requirements/spark.txt (some 0.6 GB, once)"
rm -f .venv-spark/complete
.venv/bin/python -m venv --clear .venv-spark
.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check --progress-bar off --use-pep517 \
    --no-deps --require-hashes --requirement requirements/spark.txt
# Where Spark looks by itself: so pyspark knows Iceberg without a word.
packages=$(.venv-spark/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
ln -s "$packages"/snowpark_connect_deps_iceberg/jars/iceberg-spark-runtime-3.5_2.12-*.jar "$packages/pyspark/jars/"
echo "$wanted" > .venv-spark/complete
