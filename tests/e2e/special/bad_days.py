# SPDX-License-Identifier: Apache-2.0
"""Bad input and bad days: too few privileges, wrong files, reloads, signals, a sudden death, receivers that fail."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path

from support import EngineTest, PROJECT, Settings, main, of_rule, opened, rule

from harness.engine import Engine


def run(*command: str, timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=timeout_s, check=False)


def bpf_objects(pid: int) -> dict[str, set[str]]:
    """Ids of the programs, maps and links that a process holds, as the kernel tells in its fdinfo."""
    found: dict[str, set[str]] = {"prog": set(), "map": set(), "link": set()}
    for info in Path(f"/proc/{pid}/fdinfo").iterdir():
        for line in info.read_text(encoding="ascii").splitlines():
            key, _, value = line.partition(":")
            kind = key.removesuffix("_id")
            if key.endswith("_id") and kind in found:
                found[kind].add(value.strip())
    return found


def still_there(kind: str, identifier: str) -> bool:
    return run("bpftool", kind, "show", "id", identifier).returncode == 0


class Privileges(EngineTest):
    def start_with(self, *setpriv: str) -> subprocess.CompletedProcess[str]:
        return run("setpriv", *setpriv, str(Settings.eunomia), "run", "-r", str(PROJECT / "rules"), "--for", "1s")

    def test_another_user_is_told_what_is_missing(self) -> None:
        done = self.start_with("--reuid=65534", "--regid=65534", "--clear-groups")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("CAP_BPF", done.stderr)
        self.assertIn("sudo", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_root_without_capabilities_is_told_which(self) -> None:
        done = self.start_with("--bounding-set=-sys_admin,-perfmon", "--inh-caps=-all")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("CAP_PERFMON", done.stderr)
        self.assertNotIn("CAP_DAC_READ_SEARCH is missing", done.stderr)


class WrongFiles(EngineTest):
    def test_all_errors_of_all_rule_files_are_shown(self) -> None:
        one = self.file("one.yaml", [rule("First", "evt.typ = open"), rule("Second", "fd.name = ")])
        two = self.file("two.yaml", [rule("Third", "evt.type = open and (fd.name = /x")])
        for command in (["run", "-r", str(one), "-r", str(two)], ["rules", "check", str(one), str(two)]):
            done = run(str(Settings.eunomia), *command)
            self.assertEqual(done.returncode, 1, f"{command}: {done.stdout}{done.stderr}")
            for wanted in ("one.yaml", "two.yaml", "evt.typ", "First", "Second", "Third"):
                self.assertIn(wanted, done.stdout + done.stderr, command)

    def test_good_rules_pass_the_check(self) -> None:
        done = run(str(Settings.eunomia), "rules", "check", str(PROJECT / "rules"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_an_unknown_key_of_the_configuration_is_an_error(self) -> None:
        config = self.file("eunomia.yaml", "sensor: {ring_byte: 4096}\n")
        done = run(str(Settings.eunomia), "run", "-c", str(config), "-r", str(PROJECT / "rules"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("ring_byte", done.stderr)

    def test_a_rule_file_that_is_not_there_is_an_error(self) -> None:
        done = run(str(Settings.eunomia), "run", "-r", str(self.directory / "none.yaml"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("none.yaml", done.stderr)


class Reload(EngineTest):
    def setUp(self) -> None:
        super().setUp()
        self.first, self.second = self.directory / "first", self.directory / "second"
        self.running = self.engine([rule("Before", opened(str(self.first)))]).start()

    def reload(self, items: object, answer: str) -> None:
        """Replaces the rules below the marker's, which stay, asks for a reload and waits until it was decided."""
        before = len(self.running.log)
        path = self.directory / "rules" / "rules.yaml"
        path.write_text(path.read_text(encoding="utf-8").partition("- rule: Before")[0] + str(items), encoding="utf-8")
        self.running.send(signal.SIGHUP)
        self.assertTrue(self.running.wait_until(lambda: any(answer in line for line in self.running.log[before:]), 60),
                        self.running.log_tail())

    def test_rules_that_do_not_load_leave_the_running_ones(self) -> None:
        self.reload("- rule: Broken\n  condition: evt.type = (\n", "running rules stay")
        self.assertTrue(any("Broken" in line or "rules.yaml" in line for line in self.running.log))
        self.touch(self.first)
        self.assertTrue(self.running.wait_for(lambda a: a.get("rule") == "Before", 30), self.running.log_tail())
        self.assertEqual(self.running.stop(), 0)

    def test_rules_that_load_replace_the_running_ones(self) -> None:
        self.reload(f"- rule: After\n  desc: Test.\n  condition: {opened(str(self.second))}\n"
                    "  output: seen %fd.name\n  priority: notice\n", "reloaded")
        self.touch(self.first)
        self.touch(self.second)
        self.assertTrue(self.running.wait_for(lambda a: a.get("rule") == "After", 30), self.running.log_tail())
        self.reach_marker(self.running)
        self.assertEqual(of_rule(self.running, "Before"), [])
        self.assertEqual(self.running.stop(), 0)

    def replace(self, name: str, condition: str) -> None:
        self.reload(f"- rule: {name}\n  desc: Test.\n  condition: {condition}\n  output: seen\n  priority: notice\n",
                    "reloaded")

    def test_new_rules_get_hooks_that_none_needed_before(self) -> None:
        self.replace("Made", f"evt.type in (mkdir, mkdirat) and evt.arg.path = {self.first}")
        os.mkdir(self.first)
        self.assertTrue(self.running.wait_for(lambda a: a.get("rule") == "Made", 30), self.running.log_tail())
        self.replace("Sent", "evt.type = sendto and fd.sport = 47099")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.sendto(b"x", ("127.0.0.1", 47099))
        self.assertTrue(self.running.wait_for(lambda a: a.get("rule") == "Sent", 30), self.running.log_tail())
        # Programs loaded before are attached again, and write to the same ring.
        self.replace("Made again", f"evt.type in (mkdir, mkdirat) and evt.arg.path = {self.second}")
        os.mkdir(self.second)
        self.assertTrue(self.running.wait_for(lambda a: a.get("rule") == "Made again", 30), self.running.log_tail())
        self.assertEqual(self.running.stop(), 0)
        self.assertTrue(any("lost: nothing" in line for line in self.running.log), self.running.log_tail())


class Ending(EngineTest):
    def test_what_happened_before_sigterm_is_alerted(self) -> None:
        target = self.directory / "target"
        engine = self.engine([rule("Seen", opened(str(target)))]).start()
        for _ in range(500):
            self.touch(target)
        self.assertEqual(engine.stop(), 0)
        self.assertEqual(len(of_rule(engine, "Seen")), 500, engine.log_tail())
        self.assertTrue(any("summary" in line for line in engine.log))
        self.assertTrue(any("500" in line and "Seen" in line for line in engine.log), engine.log_tail())

    def test_a_given_time_ends_it(self) -> None:
        engine = self.engine([], "--for", "1s").start()
        self.assertEqual(engine.wait_exit(60), 0)

    def test_sudden_death_leaves_nothing_attached(self) -> None:
        target = self.directory / "target"
        engine = self.engine([rule("Seen", opened(str(target)))]).start()
        held = bpf_objects(engine.pid)
        self.assertTrue(held["prog"] and held["map"], held)
        self.assertTrue(all(still_there("prog", identifier) for identifier in held["prog"]))
        engine.kill()
        # The kernel frees them after a grace period: give it some rounds of asking, not a fixed time.
        left = {(kind, i) for kind, ids in held.items() for i in ids}
        for _ in range(200):
            left = {(kind, i) for kind, i in left if still_there(kind, i)}
            if not left:
                break
        self.assertEqual(left, set())

        again = self.engine([rule("Seen again", opened(str(target)))]).start()
        self.touch(target)
        self.assertTrue(again.wait_for(lambda a: a.get("rule") == "Seen again", 30), again.log_tail())
        self.assertEqual(again.stop(), 0)

    def test_two_at_a_time_do_not_disturb_each_other(self) -> None:
        target = self.directory / "target"
        one = self.engine([rule("Seen", opened(str(target)))]).start()
        two = self.engine([rule("Seen", opened(str(target)))]).start()
        self.touch(target)
        for engine in (one, two):
            self.assertTrue(engine.wait_for(lambda a: a.get("rule") == "Seen", 30), engine.log_tail())
        self.assertEqual(one.stop(), 0)
        os.unlink(target)
        self.touch(target)
        self.assertTrue(two.wait_until(lambda: len(of_rule(two, "Seen")) == 2, 30), two.log_tail())
        self.assertEqual(two.stop(), 0)


class HostileSurroundings(EngineTest):
    def test_a_reader_that_goes_away_does_not_end_it(self) -> None:
        target = self.directory / "target"
        engine: Engine = self.engine([rule("Seen", opened(str(target)))]).start()
        engine.close_output()
        for _ in range(100):
            self.touch(target)
        self.assertTrue(engine.running())
        self.assertEqual(engine.stop(), 0, engine.log_tail())

    def test_an_empty_name_is_no_memory_that_cannot_be_read(self) -> None:
        engine = self.engine([rule("Nameless", "evt.type in (open, openat) and evt.failed = true")]).start()
        self.assertRaises(FileNotFoundError, os.open, "", os.O_RDONLY)
        self.assertTrue(engine.wait_for(lambda a: a.get("rule") == "Nameless", 30), engine.log_tail())
        self.assertEqual(engine.stop(), 0)
        self.assertFalse(any("read_fault" in line for line in engine.log), engine.log_tail())


if __name__ == "__main__":
    main()
