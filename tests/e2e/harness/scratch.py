# SPDX-License-Identifier: Apache-2.0
"""A temporary directory that goes away with everything mounted below it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType


def mounts_below(directory: Path) -> list[str]:
    """Mount points at or below `directory`, the innermost first."""
    prefix = str(directory)
    points = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()]
    return sorted((p for p in points if p == prefix or p.startswith(prefix + "/")), reverse=True)


class Scratch:
    """Use as a context manager; `path` is short, since socket paths have 108 bytes."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="eunomia-e2e-", dir="/tmp"))
        self.path.chmod(0o755)

    def __enter__(self) -> Scratch:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 trace: TracebackType | None) -> None:
        for point in mounts_below(self.path):
            subprocess.run(["umount", "--lazy", point], stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(self.path, ignore_errors=True)
