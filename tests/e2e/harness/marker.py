# SPDX-License-Identifier: Apache-2.0
"""Markers: how the absence of an alert is shown without waiting for an arbitrary time.

When a run has ended, the harness opens a file with a unique name, for which a rule of its own alerts. Events arrive in
the order in which they happened, so once the marker's alert is there, all of the run's have been evaluated.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from .engine import Engine
from .match import Alert

RULE = "E2E marker"
PREFIX = "/tmp/eunomia-end-"

# First in the list, so that no rule under test takes the marker's event.
ITEMS = [{
    "rule": RULE, "desc": "Shows that everything before it was evaluated.", "priority": "debug",
    "condition": f'evt.type in (open, openat, creat) and fd.name startswith "{PREFIX}"',
    "output": "end of run %fd.name",
}]


def is_marker(alert: Alert, path: str | None = None) -> bool:
    fields = alert.get("output_fields") or {}
    return alert.get("rule") == RULE and (path is None or fields.get("fd.name") == path)


def reach(engine: Engine, timeout_s: float = 60) -> bool:
    """Makes a marker's event and waits for its alert; False when it did not come in time."""
    path = Path(PREFIX + secrets.token_hex(8))
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    path.unlink()
    return engine.wait_for(lambda alert: is_marker(alert, str(path)), timeout_s)
