#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# instructions.sh LANG_COUNT [RULES...]: instructions that judging one event takes, with generated rules and those named
# (files or folders). Unlike times, they hardly depend on what else the machine does.
set -eu
program=$1
shift
events=40960 # ten rounds of the load
out=$(mktemp)
trap 'rm -f "$out" "$out.callgrind"' EXIT
for rules in 25 100 1000 "$@"; do
	valgrind --tool=callgrind --callgrind-out-file="$out.callgrind" \
		--toggle-collect='eunomia::lang::Engine::match(*' "$program" "$rules" "$events" >"$out" 2>&1 || { cat "$out" >&2; exit 1; }
	counted=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$out")
	echo "$(grep ' rules, ' "$out"): $((counted / events)) instructions each ($rules)"
done
