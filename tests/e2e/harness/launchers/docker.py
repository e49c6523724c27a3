# SPDX-License-Identifier: Apache-2.0
"""Runs containers with a Docker daemon of the tests' own: own socket, state and data, nothing of the system's."""

from __future__ import annotations

import http.client
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..image import SEARCH_PATH
from ..process import LaunchError, start_daemon, stop_daemon
from . import LauncherInfo, RunResult, RunSpec
from .docker_api import DockerApi

REPOSITORY, TAG = "eunomia-e2e", "latest"
_START_TIMEOUT_S = 120  # an emulated processor takes its time
# dockerd gives a containerd that it starts itself 15 s, which is not enough on a busy emulated machine.
_CONTAINERD_CONFIG = """version = 2
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper"]
"""


def _try_remove_cgroups() -> None:
    """The parent cgroup that the runtime made stays behind, empty; another daemon's is not empty and stays."""
    for parent in (*Path("/sys/fs/cgroup").glob("*/docker"), Path("/sys/fs/cgroup/docker")):
        with suppress(OSError):
            parent.rmdir()


class Docker:
    """Containers are kept until the daemon stops, as without --rm: the daemon can still be asked about them."""

    name = "docker"

    def __init__(self, scratch: Path, rootfs: Path, nonce: str) -> None:
        self._directory = scratch / "docker"
        self._socket = self._directory / "docker.sock"
        self._rootfs_tar = rootfs
        self._nonce = nonce
        self._daemons: list[subprocess.Popen[bytes]] = []
        self.api = DockerApi(self._socket)
        self.info = LauncherInfo(env={"DOCKER_HOST": f"unix://{self._socket}"})

    def __enter__(self) -> Docker:
        self._directory.mkdir()
        try:
            self._start()
            with self._rootfs_tar.open("rb") as archive:
                self.api.import_image(archive, REPOSITORY, TAG)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        with suppress(OSError, LaunchError, http.client.HTTPException):
            for container in self.api.containers():
                self.api.remove(container)
        while self._daemons:
            stop_daemon(self._daemons.pop(), grace_s=20)
        _try_remove_cgroups()

    def run(self, spec: RunSpec) -> RunResult:
        name = f"e2e-{self._nonce}-docker-{spec.name}"
        try:
            container = self.api.create(name, self._settings(spec))
            self.api.start(container)
            if spec.enter:
                self.api.enter(container, spec.enter)
            status = self.api.wait(container, spec.timeout_s)
            output = self.api.logs(container, framed=not spec.tty).decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise LaunchError(f"docker, container {name}: {error}") from error
        return RunResult(container, name, status, output)

    def _start(self) -> None:
        containerd = self._directory / "containerd.sock"
        settings = self._directory / "containerd.toml"
        settings.write_text(_CONTAINERD_CONFIG, encoding="utf-8")
        self._start_daemon(["containerd", "--config", str(settings), "--address", str(containerd),
                            "--root", str(self._directory / "containerd"),
                            "--state", str(self._directory / "containerd-state")], containerd.exists)
        config = self._directory / "daemon.json"
        config.write_text("{}", encoding="utf-8")
        self._start_daemon(
            ["dockerd", "--config-file", str(config), "--host", f"unix://{self._socket}",
             "--containerd", str(containerd),
             "--data-root", str(self._directory / "data"), "--exec-root", str(self._directory / "exec"),
             "--pidfile", str(self._directory / "pid"), "--storage-driver", "overlay2",
             "--iptables=false", "--ip6tables=false", "--bridge=none"], self.api.answers)

    def _start_daemon(self, command: list[str], ready: Callable[[], bool]) -> None:
        log = self._directory / f"{command[0]}.log"
        daemon = start_daemon(command, log)
        self._daemons.append(daemon)
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not ready():
            ended = daemon.poll() is not None
            if ended or time.monotonic() > deadline:
                tail = log.read_text(errors="replace")[-1500:]
                raise LaunchError(f"{command[0]} {'ended' if ended else 'did not answer'}:\n{tail}")
            with suppress(subprocess.TimeoutExpired):
                daemon.wait(0.1)

    @staticmethod
    def _settings(spec: RunSpec) -> dict[str, Any]:
        limits: dict[str, Any] = {}
        if spec.pids_limit is not None:
            limits["PidsLimit"] = spec.pids_limit
        if spec.memory_mib is not None:
            limits["Memory"] = spec.memory_mib << 20
        if spec.unconfined:
            limits["SecurityOpt"] = ["seccomp=unconfined"]
        return {
            "Image": f"{REPOSITORY}:{TAG}", "Cmd": list(spec.argv), "User": spec.user, "WorkingDir": spec.cwd,
            "Tty": spec.tty,
            "Env": [f"PATH={SEARCH_PATH}", *(f"{key}={value}" for key, value in spec.env)],
            "HostConfig": {"NetworkMode": "none", "CapAdd": list(spec.capabilities),
                           "Privileged": spec.privileged, **limits},
        }
