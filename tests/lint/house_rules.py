#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What no compiler checks: a licence line in every source, sizes, and who may include whom."""

import pathlib
import re
import subprocess
import sys

SOURCE = re.compile(r"\.(cpp|h|c|py|sh|cmake)$|CMakeLists\.txt$|^Makefile$|^\.ci/run$")
KERNEL_SIDE = re.compile(r"^(bpf|lsm)/.*\.(c|h)$")
MAX_LINES = 400

# Room: the folders it must not include.
FORBIDDEN_INCLUDES = {
    "bpf/": ("engine/", "alerts/", "cli/", "policies/"),
    "lsm/": ("engine/", "alerts/", "cli/", "policies/"),
    "engine/event/": ("engine/sensor", "engine/state", "engine/lang", "alerts/", "cli/"),
    "engine/state/": ("engine/sensor", "engine/lang", "alerts/", "cli/"),
    "engine/lang/": ("engine/sensor", "alerts/", "cli/"),
    "engine/sensor/": ("engine/state", "engine/lang", "alerts/", "cli/"),
    "alerts/": ("engine/", "cli/", "bpf/"),
}


def problems_of(path: str, text: str) -> list[str]:
    found = []
    licence = "GPL-2.0-only OR BSD-2-Clause" if KERNEL_SIDE.match(path) else "Apache-2.0"
    head = "\n".join(text.splitlines()[:2])
    if f"SPDX-License-Identifier: {licence}" not in head:
        found.append(f"{path}:1: no line 'SPDX-License-Identifier: {licence}'")
    lines = text.count("\n")
    if path.endswith((".cpp", ".h", ".c")) and not path.startswith("tests/") and lines > MAX_LINES:
        found.append(f"{path}: {lines} lines, more than {MAX_LINES}: look for the second thing it does")
    for room, forbidden in FORBIDDEN_INCLUDES.items():
        if not path.startswith(room):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            match = re.match(r'#include "([^"]+)"', line)
            if match and match[1].startswith(forbidden):
                found.append(f"{path}:{number}: {room} may not include {match[1]}")
    return found


def main() -> int:
    files = subprocess.run(["git", "ls-files"], check=True, capture_output=True, text=True).stdout.splitlines()
    found = []
    for path in files:
        if SOURCE.search(path) and pathlib.Path(path).is_file():
            found += problems_of(path, pathlib.Path(path).read_text(encoding="utf-8"))
    print("\n".join(found) or f"{len(files)} files keep the house rules")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
