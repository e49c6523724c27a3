# SPDX-License-Identifier: Apache-2.0
"""What the special tests share: arguments, rule files, the engine's start and stop, file events of a test's own.

Each program is a unittest program that takes --eunomia BINARY and --helpers DIRECTORY before unittest's own arguments.
"""

from __future__ import annotations

import argparse
import os
import sys
import unittest
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(PROJECT / "tests" / "e2e"))

from harness import marker  # noqa: E402
from harness.engine import Engine  # noqa: E402
from harness.match import Alert  # noqa: E402
from harness.scratch import Scratch  # noqa: E402

EXIT_SKIPPED = 77


class Settings:
    """Filled by `main` before any test runs."""

    eunomia = Path()
    helpers = Path()


def main() -> None:
    if os.geteuid() != 0:
        print("SKIPPED: these tests load BPF programs and need root")
        sys.exit(EXIT_SKIPPED)
    parser = argparse.ArgumentParser()
    parser.add_argument("--eunomia", required=True, type=Path)
    parser.add_argument("--helpers", required=True, type=Path)
    known, rest = parser.parse_known_args()
    Settings.eunomia, Settings.helpers = known.eunomia.resolve(), known.helpers.resolve()
    unittest.main(argv=[sys.argv[0], "-v", *rest])


def rule(name: str, condition: str, output: str = "seen %fd.name %container.id") -> dict[str, Any]:
    return {"rule": name, "desc": "Test.", "condition": condition, "output": output, "priority": "notice"}


def opened(path: str) -> str:
    return f"evt.type in (open, openat) and fd.name = {path}"


class EngineTest(unittest.TestCase):
    """A scratch directory, and engines that are stopped whatever happens."""

    def setUp(self) -> None:
        self.scratch = self.enterContext(Scratch())
        self.directory = self.scratch.path

    def file(self, name: str, content: Any) -> Path:
        """Writes a file of the scratch directory; anything but text is written as YAML."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
        path.write_text(text, encoding="utf-8")
        return path

    def engine(self, items: Sequence[Mapping[str, Any]], *arguments: str,
               env: Mapping[str, str] | None = None) -> Engine:
        """An engine with the marker's rule and `items`, not started yet."""
        rules = self.file("rules/rules.yaml", [dict(item) for item in [*marker.ITEMS, *items]])
        engine = Engine(Settings.eunomia, ["run", "-r", str(rules), "--format", "json", *arguments], env)
        self.addCleanup(engine.kill)
        return engine

    def touch(self, path: Path) -> None:
        """Makes one open event for `path` by this process."""
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))

    def reach_marker(self, engine: Engine) -> None:
        self.assertTrue(marker.reach(engine), "the marker's alert did not come:\n" + engine.log_tail())


def of_rule(engine: Engine, name: str) -> list[Alert]:
    return [alert for alert in engine.alerts if alert.get("rule") == name]
