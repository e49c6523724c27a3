# SPDX-License-Identifier: Apache-2.0
"""The few calls of the Docker Engine API (v1.40) that the tests need, over its Unix socket."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlencode

from ..process import LaunchError


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def demultiplex(stream: bytes) -> bytes:
    """Joins the frames of a log stream: one byte of kind, three of padding, a big-endian length, the payload."""
    parts, at = [], 0
    while at + 8 <= len(stream):
        size = int.from_bytes(stream[at + 4:at + 8], "big")
        parts.append(stream[at + 8:at + 8 + size])
        at += 8 + size
    return b"".join(parts)


class DockerApi:
    """One connection per call, so any number of threads may use it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def answers(self) -> bool:
        try:
            return self._request("GET", "/_ping", timeout_s=5) == b"OK"
        except (OSError, http.client.HTTPException, LaunchError):
            return False

    def import_image(self, archive: BinaryIO, repository: str, tag: str) -> None:
        query = urlencode({"fromSrc": "-", "repo": repository, "tag": tag})
        self._request("POST", f"/images/create?{query}", archive, {"Content-Type": "application/x-tar"}, 120)

    def create(self, name: str, settings: dict[str, Any]) -> str:
        return str(self._json("POST", f"/containers/create?name={name}", settings)["Id"])

    def start(self, container: str) -> None:
        self._request("POST", f"/containers/{container}/start", timeout_s=60)

    def stop(self, container: str) -> None:
        """Its stop signal, and SIGKILL to what has not ended after its stop timeout (10 s if it has none)."""
        self._request("POST", f"/containers/{container}/stop", timeout_s=60)

    def signal(self, container: str, name: str) -> None:
        self._request("POST", f"/containers/{container}/kill?signal={name}")

    def inspect(self, container: str) -> dict[str, Any]:
        return dict(self._json("GET", f"/containers/{container}/json"))

    def enter(self, container: str, argv: Sequence[str]) -> None:
        """Runs `argv` in the running container, at a terminal, until it ends."""
        self.execute(container, argv, tty=True)

    def execute(self, container: str, argv: Sequence[str], user: str = "", tty: bool = False) -> str:
        """Runs `argv` in the running container until it ends, which has to be well; what it printed."""
        settings = {"AttachStdout": True, "AttachStderr": True, "Tty": tty, "User": user, "Cmd": list(argv)}
        session = self._json("POST", f"/containers/{container}/exec", settings, 120)["Id"]
        stream = self._request("POST", f"/exec/{session}/start", json.dumps({"Detach": False, "Tty": tty}).encode(),
                               {"Content-Type": "application/json"}, 120)
        output = (stream if tty else demultiplex(stream)).decode(errors="replace").strip()
        status = self._json("GET", f"/exec/{session}/json")["ExitCode"]
        if status != 0:
            raise LaunchError(f"docker exec {' '.join(argv)}: exit status {status}: {output[-1000:]}")
        return output

    def wait(self, container: str, timeout_s: float) -> int:
        return int(self._json("POST", f"/containers/{container}/wait", timeout_s=timeout_s)["StatusCode"])

    def logs(self, container: str, framed: bool) -> bytes:
        """What the container printed; a terminal's output comes without frames."""
        stream = self._request("GET", f"/containers/{container}/logs?stdout=1&stderr=1")
        return demultiplex(stream) if framed else stream

    def remove(self, container: str) -> None:
        self._request("DELETE", f"/containers/{container}?force=1&v=1", timeout_s=60)

    def containers(self) -> list[str]:
        return [str(entry["Id"]) for entry in self._json("GET", "/containers/json?all=1")]

    def _json(self, method: str, path: str, body: Any = None, timeout_s: float = 30) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        return json.loads(self._request(method, path, data, headers, timeout_s))

    def _request(self, method: str, path: str, body: bytes | BinaryIO | None = None,
                 headers: dict[str, str] | None = None, timeout_s: float = 30) -> bytes:
        connection = _UnixConnection(self._path, timeout_s)
        try:
            connection.request(method, f"/v1.40{path}", body, headers or {})
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        if response.status >= 400:
            raise LaunchError(f"docker {method} {path}: {response.status} {answer.decode(errors='replace').strip()}")
        return answer
