#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh TARGET SECONDS DIRECTORY: fuzzes for a bounded time with what `cmake --build --preset fuzz` built, from a corpus
# that is kept between runs. 77 where it has not been built. A finding stays in DIRECTORY as crash-*, oom-* or timeout-*.
set -eu
target=$1 seconds=$2 directory=$3
here=$(dirname "$0")
if [ ! -x "$directory/tests/fuzz/${target}_fuzz" ]; then
  echo "SKIPPED: $directory/tests/fuzz/${target}_fuzz is not there: cmake --preset fuzz && cmake --build --preset fuzz"
  exit 77
fi
mkdir -p "$directory/corpus-$target"
exec "$directory/tests/fuzz/${target}_fuzz" "-dict=$here/rules.dict" "-max_total_time=$seconds" -timeout=25 \
  -rss_limit_mb=3072 -print_final_stats=1 -verbosity=0 "-artifact_prefix=$directory/" "$directory/corpus-$target"
