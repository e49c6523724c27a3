# SPDX-License-Identifier: Apache-2.0
"""Losses are read from the engine's summary and from nothing else."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness import summary  # noqa: E402

LOG = ["    7 ring_full: not of the summary", "summary after 1.0 s", "  alerts: 2", "    2      Some rule",
       "  lost or cut:", "    12     ring_full: the ring buffer was full", "    3      args_cut: arguments were cut",
       "    1      webhook:http://h:1_failed: alerts could not be delivered"]


class Summary(unittest.TestCase):
    def test_causes_and_counts(self) -> None:
        self.assertEqual(summary.losses(LOG), {"ring_full": 12, "args_cut": 3, "webhook:http://h:1_failed": 1})

    def test_what_is_cut_is_no_lost_event(self) -> None:
        self.assertEqual(summary.lost_events(LOG), 13)

    def test_nothing_lost(self) -> None:
        self.assertEqual(summary.losses(["summary after 1.0 s", "  lost: nothing"]), {})


if __name__ == "__main__":
    unittest.main()
