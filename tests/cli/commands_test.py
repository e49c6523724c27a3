#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The commands that need neither root nor a kernel, as a user types them: what they print, where, and the exit code."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
EUNOMIA = ""
GOOD = "- rule: R\n  desc: d\n  condition: evt.type=openat\n  output: o\n  priority: INFO\n  tags: [a]\n"
BAD = GOOD.replace("openat", "opneat")


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([EUNOMIA, *arguments], capture_output=True, text=True, timeout=60, check=False)


class Commands(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, text: str) -> str:
        path = pathlib.Path(self.folder.name) / "rules.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    def expect(self, code: int, arguments: list[str], out: str = "", err: str = "") -> subprocess.CompletedProcess:
        done = run(*arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertIn(out, done.stdout)
        self.assertIn(err, done.stderr)
        return done

    def test_unknown_commands_are_named(self) -> None:
        self.expect(1, ["bogus"], err="there is no command 'bogus'; commands are run, rules, doctor")
        self.expect(1, ["rules", "chekc"], err="there is no command 'chekc'; did you mean 'check'?")
        self.expect(1, [], err="subcommand is required")
        self.expect(1, ["rules", "check", "--bogus"], err="--bogus")
        self.expect(1, ["rules", "check", "--format", "xml"], err="xml")

    def test_help_and_version_are_no_errors(self) -> None:
        self.expect(0, ["--help"], out="rules")
        self.expect(0, ["rules", "--help"], out="explain")
        self.expect(0, ["--version"], out="eunomia ")

    def test_check_of_good_rules(self) -> None:
        asked = "- required_engine_version: 0.57.0\n"
        self.expect(0, ["rules", "check", self.file(asked + GOOD)], out="the files ask for engine 0.57.0\n1 rule loaded, 0 warnings\n")
        self.expect(0, ["rules", "check", "-r", self.file(GOOD)], out="1 rule loaded")

    def test_check_of_bad_rules(self) -> None:
        path = self.file(BAD)
        done = self.expect(1, ["rules", "check", path], out=f"{path}:3:23: error[E0306]: rule 'R': ")
        self.assertIn("did you mean 'openat'?", done.stdout)
        self.assertIn("1 error, 0 warnings\n", done.stdout)

    def test_check_as_json(self) -> None:
        done = self.expect(1, ["rules", "check", self.file(BAD), "--format", "json"])
        (finding,) = json.loads(done.stdout)
        self.assertEqual((finding["code"], finding["line"], finding["column"], finding["length"]), ("E0306", 3, 23, 6))
        done = self.expect(0, ["rules", "check", self.file(GOOD), "--format", "json"])
        self.assertEqual(json.loads(done.stdout), [])

    def test_warnings_do_not_fail_the_check(self) -> None:
        self.expect(0, ["rules", "check", self.file(GOOD + "  taggs: [b]\n")], out="1 rule loaded, 1 warning\n")

    def test_list(self) -> None:
        path = self.file(GOOD)
        self.expect(0, ["rules", "list", "-r", path], out="Informational R  [a]\n")
        (rule,) = json.loads(self.expect(0, ["rules", "list", "-r", path, "--format", "json"]).stdout)
        self.assertEqual((rule["name"], rule["tags"], rule["events"], rule["line"]), ("R", ["a"], ["openat"], 1))
        self.expect(1, ["rules", "list", "-r", self.file(BAD)], err="E0306")

    def test_explain(self) -> None:
        self.expect(0, ["rules", "explain", "R", "-r", self.file(GOOD)], out="event types: openat")
        self.expect(1, ["rules", "explain", "S", "-r", self.file(GOOD)], err="there is no rule named 'S'; did you mean 'R'?")

    def test_test(self) -> None:
        tests = "- rules: [rules.yaml]\n- test: T\n  events: [{evt.type: openat}]\n  expect: [%s]\n"
        self.file(GOOD)
        path = pathlib.Path(self.folder.name) / "test.yaml"
        path.write_text(tests % "R", encoding="utf-8")
        self.expect(0, ["rules", "test", str(path)], out="1 of 1 tests passed")
        path.write_text(tests % "", encoding="utf-8")
        self.expect(1, ["rules", "test", str(path)], out="0 of 1 tests passed")
        path.write_text(tests % "S", encoding="utf-8")
        self.expect(1, ["rules", "test", str(path)], err="E0605")

    def test_fields(self) -> None:
        self.expect(0, ["fields", "group"], out="group.gid")
        self.assertNotIn("proc.name", run("fields", "group").stdout)
        self.assertNotIn("proc.name", run("fields", "group", "--format", "markdown").stdout)
        fields = json.loads(self.expect(0, ["fields", "proc", "--format", "json"]).stdout)
        ancestors = next(field for field in fields if field["name"] == "proc.aname")
        self.assertEqual((ancestors["type"], ancestors["argument"]), ("string", "optional index"))
        self.expect(1, ["fields", "prco"], err="did you mean 'proc'?")

    def test_the_page_of_fields_is_the_table(self) -> None:
        page = (PROJECT / "docs" / "fields.md").read_text(encoding="utf-8")
        self.assertEqual(run("fields", "--format", "markdown").stdout, page, "eunomia fields --format markdown > docs/fields.md")


if __name__ == "__main__":
    EUNOMIA = sys.argv.pop(1)
    unittest.main()
