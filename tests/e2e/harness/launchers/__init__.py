# SPDX-License-Identifier: Apache-2.0
"""Ways to run a program: in a Docker container, in a plain OCI runtime's container, or on the host.

A launcher is a context manager that is set up once for all cases; `run` may be called from several threads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class RunSpec:
    """What to run. `argv` is the first program of the container; nothing of ours runs before it there."""

    name: str
    argv: tuple[str, ...]
    user: str = "0:0"
    env: tuple[tuple[str, str], ...] = ()
    cwd: str = "/"
    capabilities: tuple[str, ...] = ()  # added to the engine's default set, as CAP_NET_ADMIN
    pids_limit: int | None = None
    memory_mib: int | None = None
    unconfined: bool = False  # without the engine's seccomp filter
    privileged: bool = False
    tty: bool = False
    enter: tuple[str, ...] = ()  # run this too, in the running container, at a terminal (docker exec -it)
    timeout_s: float = 60


@dataclass(frozen=True)
class RunResult:
    container_id: str  # full id; empty on the host
    container_name: str
    exit_status: int
    output: str  # both standard streams
    pid: int = 0  # of the first process in the host's view, where the launcher knows it


@dataclass
class LauncherInfo:
    """What the engine under test has to be told to find this launcher's containers."""

    env: dict[str, str] = field(default_factory=dict)


class Launcher(Protocol):
    name: str
    info: LauncherInfo

    def __enter__(self) -> "Launcher": ...
    def __exit__(self, *exception: object) -> None: ...
    def run(self, spec: RunSpec) -> RunResult: ...
