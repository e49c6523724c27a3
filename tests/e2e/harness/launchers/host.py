# SPDX-License-Identifier: Apache-2.0
"""Runs a program on the host, outside of any container."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from ..process import LaunchError
from . import LauncherInfo, RunResult, RunSpec


class Host:
    name = "host"

    def __init__(self, helpers: Path) -> None:
        self.info = LauncherInfo()
        self._path = f"{os.environ.get('PATH', '')}:{helpers}"

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def run(self, spec: RunSpec) -> RunResult:
        uid, _, gid = spec.user.partition(":")
        program = shutil.which(spec.argv[0], path=self._path) or spec.argv[0]
        try:
            done = subprocess.run(
                spec.argv, executable=program, env={"PATH": self._path, **dict(spec.env)}, cwd=spec.cwd, user=int(uid),
                group=int(gid or uid), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                timeout=spec.timeout_s, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise LaunchError(f"{spec.argv[0]}: {error}") from error
        return RunResult("", "", done.returncode, done.stdout.decode(errors="replace"))
