# SPDX-License-Identifier: Apache-2.0
"""Many processes at once in one container: whose they are, what is lost, and that what is lost is counted."""

from __future__ import annotations

import json
import secrets

from support import EngineTest, Settings, main, of_rule, opened, rule

from harness import image, summary
from harness.engine import Engine
from harness.image import ImageFile
from harness.launchers import RunResult, RunSpec
from harness.launchers.docker import Docker
from harness.match import Subject, belongs

PROCESSES = 10_000
SMALL_RING = 65536
LOSS_RULE = "Eunomia loses events"


class Load(EngineTest):
    def setUp(self) -> None:
        super().setUp()
        rootfs = self.directory / "rootfs.tar"
        files = [ImageFile("/etc/e2e-load", "x\n"), ImageFile("/etc/e2e-after", "x\n")]
        image.write_rootfs(rootfs, Settings.helpers, files)
        self.docker = self.enterContext(Docker(self.directory, rootfs, secrets.token_hex(3)))

    def run_in_container(self, name: str, *argv: str, pids_limit: int | None = None) -> RunResult:
        result = self.docker.run(RunSpec(name=name, argv=argv, pids_limit=pids_limit, memory_mib=256, timeout_s=240))
        self.assertEqual(result.exit_status, 0, result.output)
        return result

    def assert_whole_or_counted(self, engine: Engine, name: str, wanted: int, counted: int) -> None:
        missing = wanted - len(of_rule(engine, name))
        self.assertGreaterEqual(missing, 0, f"{name}: more alerts than events")
        self.assertLessEqual(missing, counted, f"{name}: {missing} alerts missing, {counted} losses counted")
        print(f"{name}: {wanted - missing} of {wanted} alerts, {counted} losses counted", flush=True)

    def test_every_short_lived_process_is_attributed(self) -> None:
        engine = self.engine([rule("Storm exec", 'evt.type = execve and proc.args = "--open /etc/e2e-load"'),
                              rule("Storm open", opened("/etc/e2e-load"))], env=self.docker.info.env).start()
        result = self.run_in_container("storm", "e2e_storm", str(PROCESSES), "/etc/e2e-load", "2")
        self.reach_marker(engine)
        self.assertEqual(engine.stop(), 0, engine.log_tail())
        subject = Subject(result.container_id, result.container_name)
        strangers = [a for a in engine.alerts if str(a.get("rule")).startswith("Storm") and not belongs(a, subject)]
        self.assertEqual(strangers[:3], [])
        counted = summary.lost_events(engine.log)
        self.assert_whole_or_counted(engine, "Storm exec", PROCESSES, counted)
        self.assert_whole_or_counted(engine, "Storm open", PROCESSES, counted)
        self.assertEqual(engine.garbage, [])

    def test_a_fork_bomb_overflows_a_small_ring_and_is_survived(self) -> None:
        config = self.file("eunomia.yaml", json.dumps({"sensor": {"ring_bytes": SMALL_RING}}))
        engine = self.engine([rule("After", opened("/etc/e2e-after"))], "-c", str(config),
                             env=self.docker.info.env).start()
        self.run_in_container("bomb", "e2e_bomb", "2000", "/etc/e2e-load", pids_limit=128)
        self.assertTrue(engine.running(), engine.log_tail())
        self.assertTrue(engine.wait_for(lambda a: a.get("rule") == LOSS_RULE, 30),
                        "no alert about the loss\n" + engine.log_tail())

        after = self.run_in_container("after", "cat", "/etc/e2e-after")
        subject = Subject(after.container_id, after.container_name)
        self.assertTrue(engine.wait_for(lambda a: a.get("rule") == "After" and belongs(a, subject), 30),
                        engine.log_tail())
        self.assertEqual(engine.stop(), 0, engine.log_tail())
        self.assertGreater(summary.losses(engine.log).get("ring_full", 0), 0, engine.log_tail())


if __name__ == "__main__":
    main()
