#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every C and C++ source as clang-format would write it; `make format` mends what is not.
set -eu
git ls-files '*.cpp' '*.h' '*.c' | xargs "$1" --dry-run -Werror
