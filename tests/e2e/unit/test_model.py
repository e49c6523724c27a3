# SPDX-License-Identifier: Apache-2.0
"""Case files: what has no meaning is refused, so that no misspelt expectation passes for a fulfilled one."""

from __future__ import annotations

import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness import batch, marker, model, needs  # noqa: E402
from harness.image import ImageConflict, ImageFile, merge  # noqa: E402
from harness.launchers import RunResult  # noqa: E402
from harness.launchers.docker_api import demultiplex  # noqa: E402

CASES = Path(__file__).resolve().parent.parent / "cases"


def entry(**changes: Any) -> dict[str, Any]:
    rule = {"rule": "R", "desc": "d", "condition": "evt.type = open", "output": "o", "priority": "notice"}
    base = {"name": "n", "why": "w", "engines": ["docker"], "run": ["true"], "rules": [rule], "expect": [{"rule": "R"}]}
    return {**base, **changes}


def run_of(case: model.Case, container: str) -> batch.Run:
    return batch.Run(case, "docker", RunResult(container, container, 0, ""))


class Reading(unittest.TestCase):
    def test_a_script_is_run_by_a_shell_that_stops_at_errors(self) -> None:
        self.assertEqual(model.parse_case(entry(run="false")).argv, ("sh", "-ec", "false"))

    def test_a_mode_is_octal(self) -> None:
        case = model.parse_case(entry(files={"/x": {"text": "", "mode": "0755"}}))
        self.assertEqual(case.files[0].mode, 0o755)

    def test_what_has_no_meaning_is_refused(self) -> None:
        wrong = [entry(expects=[]), entry(engines=["dockr"]), entry(run=[1]), entry(expect=[{"rule": "Other"}]),
                 entry(forbid=["Other"]), entry(expect=[{"rule": "R", "field": {}}]), entry(expect=[]),
                 entry(rules="defaults"), entry(files={"/x": {"txt": ""}}), entry(tty=True, engines=["crun"])]
        for case in wrong:
            with self.assertRaises(model.CaseError, msg=str(case)):
                model.parse_case(case)

    def test_names_are_unique_across_files(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "cases.yaml"
            path.write_text(yaml.safe_dump([entry(), entry(name="m")]), encoding="utf-8")
            with self.assertRaisesRegex(model.CaseError, "R is defined twice"):
                model.load([path])

    def test_the_projects_cases_can_be_read(self) -> None:
        cases = model.load(sorted(CASES.glob("*.yaml")))
        self.assertGreater(len(cases), 50)
        merge(file for case in cases for file in case.files)
        self.assertLessEqual({need for case in cases for need in case.needs}, set(needs.PROBES))

    def test_two_contents_at_one_path_are_refused(self) -> None:
        self.assertEqual(len(merge([ImageFile("/x", "a"), ImageFile("/x", "a")])), 1)
        with self.assertRaises(ImageConflict):
            merge([ImageFile("/x", "a"), ImageFile("/x", "b")])


class Judging(unittest.TestCase):
    def test_a_run_is_judged_by_its_own_container(self) -> None:
        run = run_of(model.parse_case(entry()), "one")
        batch.judge(run, [{"rule": "R", "container": {"id": "two"}}])
        self.assertEqual(len(run.complaints), 1)

    def test_a_stray_alert_is_charged_to_the_run_that_lacks_it(self) -> None:
        case = model.parse_case(entry())
        alerts = [{"rule": "R", "container": {"id": "one"}}, {"rule": "R", "container": {"id": ""}}]
        runs = [run_of(case, "one"), run_of(case, "two")]
        for run in runs:
            batch.judge(run, alerts)
        batch.judge_strays(runs, alerts)
        self.assertEqual([len(run.complaints) for run in runs], [0, 2])

    def test_a_stray_alert_fails_a_case_that_lacks_nothing(self) -> None:
        run = run_of(model.parse_case(entry()), "one")
        batch.judge_strays([run], [{"rule": "R", "container": {"id": ""}}])
        self.assertEqual(len(run.complaints), 1)

    def test_a_forbidden_alert_on_the_host_is_found_among_those_of_others(self) -> None:
        case = model.parse_case(entry(engines=["host"], rules="default", expect=[], forbid=["R"]))
        run = run_of(case, "")
        batch.judge(run, [{"rule": "Other", "container": {"id": ""}}])
        self.assertEqual(run.complaints, [])
        batch.judge(run, [{"rule": "R", "container": {"id": ""}}])
        self.assertEqual(len(run.complaints), 1)

    def test_a_marker_is_told_by_its_path(self) -> None:
        alert = {"rule": marker.RULE, "output_fields": {"fd.name": "/tmp/eunomia-end-1"}}
        self.assertTrue(marker.is_marker(alert, "/tmp/eunomia-end-1"))
        self.assertFalse(marker.is_marker(alert, "/tmp/eunomia-end-2"))


class LogStream(unittest.TestCase):
    def test_frames_are_joined_and_a_cut_one_is_kept(self) -> None:
        frame = b"\x01\0\0\0\0\0\0\x03abc"
        self.assertEqual(demultiplex(frame + frame), b"abcabc")
        self.assertEqual(demultiplex(frame + frame[:-1]), b"abcab")


if __name__ == "__main__":
    unittest.main()
