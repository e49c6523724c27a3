# SPDX-License-Identifier: Apache-2.0
"""Reads the counts of losses out of the summary that the engine prints when it ends."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEAD = "lost or cut:"
_COUNT = re.compile(r"\s+(\d+)\s+([a-z0-9_:/.-]+): ")
NO_EVENT = {"path_cut", "args_cut", "read_fault"}  # something of the event is missing, not the event


def losses(log: Sequence[str]) -> dict[str, int]:
    """Count per cause; empty when nothing was lost. Only the lines that follow the summary's head are read."""
    starts = [number for number, line in enumerate(log) if line.strip() == _HEAD]
    if not starts:
        return {}
    found = (_COUNT.match(line) for line in log[starts[-1] + 1:])
    return {match.group(2): int(match.group(1)) for match in found if match}


def lost_events(log: Sequence[str]) -> int:
    return sum(count for cause, count in losses(log).items() if cause not in NO_EVENT)
