# SPDX-License-Identifier: Apache-2.0
"""The program under test as a child process: started, watched, stopped.

`start` returns once all hooks are attached. Alerts are parsed as they arrive; a line that is no JSON object is an error
of the program under test and is kept in `garbage`. `wait_for` blocks until an alert arrived or the deadline passed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from .match import Alert
from .process import DIE_WITH_PARENT, LaunchError

READY = "ready"
START_TIMEOUT_S = 90  # the verifier of an emulated kernel takes its time
STOP_TIMEOUT_S = 120


def _with_hosts(hosts: Path) -> list[str]:
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c",
            'mount --bind "$0" /etc/hosts && exec "$@"', str(hosts)]


class Engine:
    def __init__(self, binary: Path, arguments: Sequence[str], env: Mapping[str, str] | None = None,
                 hosts: Path | None = None) -> None:
        """`hosts`: what the program sees as /etc/hosts, in a mount namespace of its own."""
        self._command = [*(_with_hosts(hosts) if hosts else ()), str(binary), *arguments]
        self._env = {**os.environ, **(env or {})}
        self._changed = threading.Condition()
        self._readers: list[threading.Thread] = []
        self._process: subprocess.Popen[bytes] | None = None
        self.alerts: list[Alert] = []
        self.log: list[str] = []
        self.garbage: list[str] = []

    def start(self) -> Engine:
        """Call from the main thread (see DIE_WITH_PARENT)."""
        self.spawn()
        if not self.wait_until(lambda: any(READY in line for line in self.log), START_TIMEOUT_S):
            self.kill()
            raise LaunchError("the engine did not become ready:\n" + self.log_tail())
        return self

    def spawn(self) -> None:
        self._process = subprocess.Popen([*DIE_WITH_PARENT, *self._command], stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self._env)
        assert self._process.stdout is not None and self._process.stderr is not None
        self._read(self._process.stdout, self._on_alert)
        self._read(self._process.stderr, self.log.append)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def send(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def wait_until(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Waits until `condition`, looked at whenever a line arrived; False at the deadline or the program's end."""
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while not condition():
                left = deadline - time.monotonic()
                if left <= 0 or not any(reader.is_alive() for reader in self._readers):
                    return condition()
                self._changed.wait(min(left, 1))
        return True

    def wait_for(self, wanted: Callable[[Alert], bool], timeout_s: float) -> bool:
        return self.wait_until(lambda: any(wanted(alert) for alert in self.alerts), timeout_s)

    def wait_exit(self, timeout_s: float) -> int:
        assert self._process is not None
        try:
            status = self._process.wait(timeout_s)
        except subprocess.TimeoutExpired as error:
            self.kill()
            raise LaunchError(f"the engine did not end within {timeout_s:.0f} s:\n" + self.log_tail()) from error
        for reader in self._readers:
            reader.join(STOP_TIMEOUT_S)
        return status

    def stop(self) -> int:
        """SIGTERM, drain, exit status."""
        if self.running():
            self.send(signal.SIGTERM)
        return self.wait_exit(STOP_TIMEOUT_S)

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for reader in self._readers:
            reader.join(STOP_TIMEOUT_S)

    def close_output(self) -> None:
        """Closes the reading end of its standard output, as a reader does that ends."""
        assert self._process is not None and self._process.stdout is not None
        os.close(self._process.stdout.fileno())

    def log_tail(self, lines: int = 40) -> str:
        return "\n".join(f"    | {line}" for line in self.log[-lines:])

    def _read(self, stream: IO[bytes], consume: Callable[[str], None]) -> None:
        def loop() -> None:
            with suppress(OSError), stream:  # an error: `close_output`
                for raw in stream:
                    with self._changed:
                        consume(raw.decode("utf-8", errors="surrogateescape").rstrip("\n"))
                        self._changed.notify_all()
            with self._changed:
                self._changed.notify_all()

        reader = threading.Thread(target=loop, daemon=True)
        self._readers.append(reader)
        reader.start()

    def _on_alert(self, line: str) -> None:
        try:
            line.encode("utf-8")
            alert = json.loads(line)
        except ValueError:
            alert = None
        if isinstance(alert, dict):
            self.alerts.append(alert)
        else:
            self.garbage.append(line)
