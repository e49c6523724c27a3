# SPDX-License-Identifier: Apache-2.0
"""Child processes that never outlive the harness, bounded in time."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

# util-linux' setpriv has the kernel signal the child when the thread that started it ends, however it ends.
DIE_WITH_PARENT = ("setpriv", "--pdeathsig", "TERM", "--")


class LaunchError(Exception):
    """Something the harness needs did not start or did not answer; the text says what."""


def start_daemon(command: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Starts a long-running program in a session of its own. Call from the main thread (see DIE_WITH_PARENT)."""
    with log.open("ab") as output:
        return subprocess.Popen([*DIE_WITH_PARENT, *command], stdin=subprocess.DEVNULL, stdout=output,
                                stderr=subprocess.STDOUT, start_new_session=True, env=env)


def stop_daemon(process: subprocess.Popen[bytes], grace_s: float) -> None:
    """SIGTERM, and SIGKILL to its whole session when it has not ended in time."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(grace_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def checked(command: Sequence[str], timeout_s: float = 60) -> str:
    """Runs a command that must succeed; its standard output."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=timeout_s, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LaunchError(f"{command[0]}: {error}") from error
    if done.returncode != 0:
        raise LaunchError(f"{' '.join(command)}: exit {done.returncode}: {done.stderr.strip()[-500:]}")
    return done.stdout
