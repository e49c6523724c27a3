# SPDX-License-Identifier: Apache-2.0
"""Runs containers with a plain OCI runtime (runc, crun): a bundle, a config.json, no daemon, no engine's metadata."""

from __future__ import annotations

import json
import subprocess
import tarfile
from pathlib import Path
from typing import Any

from ..image import SEARCH_PATH
from ..process import LaunchError, checked
from . import LauncherInfo, RunResult, RunSpec


class Oci:
    """Every container gets the shared root file system as the lower layer of an overlay of its own.

    runc's containers stay known until the launcher is left: nothing but the runtime's state tells a plain container's
    id, and on a busy machine one that lives for milliseconds would be deleted before its first event is looked at. crun
    cannot do that.
    """

    def __init__(self, runtime: str, scratch: Path, rootfs: Path, nonce: str) -> None:
        self.name = runtime
        self.info = LauncherInfo()
        self._keep = ["--keep"] if runtime == "runc" else []
        self._directory = scratch / runtime
        self._rootfs_tar = rootfs
        self._lower = self._directory / "lower"
        self._nonce = nonce
        self._template: dict[str, Any] = {}
        self._containers: set[str] = set()

    def __enter__(self) -> Oci:
        self._lower.mkdir(parents=True)
        with tarfile.open(self._rootfs_tar) as tar:
            tar.extractall(self._lower)
        checked([self.name, "spec", "--bundle", str(self._directory)])
        self._template = json.loads((self._directory / "config.json").read_text(encoding="utf-8"))
        return self

    def __exit__(self, *exception: object) -> None:
        for container in list(self._containers):
            self._delete(container)

    def run(self, spec: RunSpec) -> RunResult:
        container = f"e2e-{self._nonce}-{self.name}-{spec.name}"
        bundle = self._directory / container
        self._make_bundle(bundle, spec)
        self._containers.add(container)
        pid_file = bundle / "pid"
        try:
            done = subprocess.run(
                [self.name, "run", *self._keep, "--bundle", str(bundle), "--pid-file", str(pid_file), container],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                timeout=spec.timeout_s, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            self._delete(container)
            raise LaunchError(f"{self.name} run {container}: {error}") from error
        finally:
            subprocess.run(["umount", "--lazy", str(bundle / "rootfs")], check=False)
        pid = int(pid_file.read_text()) if pid_file.exists() else 0
        return RunResult(container, container, done.returncode, done.stdout.decode(errors="replace"), pid)

    def _make_bundle(self, bundle: Path, spec: RunSpec) -> None:
        for part in ("rootfs", "upper", "work"):
            (bundle / part).mkdir(parents=True)
        layers = f"lowerdir={self._lower},upperdir={bundle / 'upper'},workdir={bundle / 'work'}"
        checked(["mount", "-t", "overlay", "overlay", "-o", layers, str(bundle / "rootfs")])
        (bundle / "config.json").write_text(json.dumps(self._config(spec)), encoding="utf-8")

    def _config(self, spec: RunSpec) -> dict[str, Any]:
        config: dict[str, Any] = json.loads(json.dumps(self._template))
        process = config["process"]
        uid, _, gid = spec.user.partition(":")
        process.update(terminal=False, args=list(spec.argv), cwd=spec.cwd,
                       user={"uid": int(uid), "gid": int(gid or uid)},
                       env=[f"PATH={SEARCH_PATH}", *(f"{key}={value}" for key, value in spec.env)])
        process.pop("rlimits", None)  # raising limits needs CAP_SYS_RESOURCE, which a build machine may lack
        for names in process["capabilities"].values():
            names.extend(spec.capabilities)
        config["root"] = {"path": "rootfs", "readonly": False}
        resources = config["linux"]["resources"] = {}
        if spec.pids_limit is not None:
            resources["pids"] = {"limit": spec.pids_limit}
        if spec.memory_mib is not None:
            resources["memory"] = {"limit": spec.memory_mib << 20}
        return config

    def _delete(self, container: str) -> None:
        subprocess.run([self.name, "delete", "--force", container],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30, check=False)
