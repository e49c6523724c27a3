#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# install_packages.sh build|test|bench: installs what is missing of packages.txt. Each includes those before it. Without
# apt it says what is needed; with everything in place it touches nothing.
set -eu
group=$1
list=$(dirname "$0")/../packages.txt
wanted=$(awk -v group="$group" 'BEGIN { level["build"] = 1; level["test"] = 2; level["bench"] = 3 }
	!/^#/ && NF >= 2 && level[$2] <= level[group] { print $1 }' "$list")

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	[ -n "${EUNOMIA_SKIP_PACKAGES:-}" ] && exit 0
	echo "This system has no apt. Install what these Debian packages provide, then set EUNOMIA_SKIP_PACKAGES=1:" >&2
	echo "$wanted" | tr '\n' ' ' >&2
	echo >&2
	exit 1
fi

missing=""
for package in $wanted; do
	state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
	[ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
	as_root=sudo
	command -v sudo >/dev/null || { echo "As root, run: apt-get install$missing" >&2; exit 1; }
fi
echo "Installing:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq || true
# A service that a package brings must not be started for the sake of a build.
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $missing >/dev/null
