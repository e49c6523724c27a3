# SPDX-License-Identifier: Apache-2.0
"""The harness must fail where an expectation is wrong: a check that cannot fail tests nothing."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness.match import (Expectation, Subject, belongs, forbidden, misattributed, parse_check,  # noqa: E402
                           unmet)

FULL_ID = "0123456789ab" + "c" * 52
DOCKER = Subject(FULL_ID, "web")
PLAIN = Subject("e2e-plain", "e2e-plain")
HOST = Subject("", "")


def alert(rule: str = "R", container: str = FULL_ID[:12], **fields: Any) -> dict[str, Any]:
    return {"rule": rule, "priority": "Notice", "output": "text", "output_fields": fields,
            "container": {"id": container, "name": "web"}}


def expectation(count: int | None = None, alert_checks: dict[str, Any] | None = None, **fields: Any) -> Expectation:
    return Expectation("R", {name: parse_check(value) for name, value in fields.items()},
                       {name: parse_check(value) for name, value in (alert_checks or {}).items()}, count)


class Values(unittest.TestCase):
    def test_equal_values_pass(self) -> None:
        self.assertIsNone(unmet([alert(path="/a")], expectation(path="/a"), DOCKER))

    def test_another_value_fails_and_is_shown(self) -> None:
        self.assertIn("'/b'", unmet([alert(path="/b")], expectation(path="/a"), DOCKER) or "")

    def test_a_missing_field_fails(self) -> None:
        self.assertIn("missing", unmet([alert()], expectation(path="/a"), DOCKER) or "")

    def test_a_null_is_missing(self) -> None:
        self.assertIsNotNone(unmet([alert(path=None)], expectation(path={"present": True}), DOCKER))

    def test_a_number_is_not_its_text(self) -> None:
        self.assertIsNotNone(unmet([alert(uid="0")], expectation(uid=0), DOCKER))
        self.assertIsNotNone(unmet([alert(flag=1)], expectation(flag=True), DOCKER))

    def test_a_regex_matches_the_whole_value(self) -> None:
        self.assertIsNone(unmet([alert(path="/a/b")], expectation(path={"regex": "/a/."}), DOCKER))
        self.assertIsNotNone(unmet([alert(path="/a/bc")], expectation(path={"regex": "/a/."}), DOCKER))

    def test_presence_and_absence(self) -> None:
        self.assertIsNone(unmet([alert(a="x", b="<NA>")], expectation(a={"present": True}, b={"absent": True}), DOCKER))
        self.assertIsNotNone(unmet([alert(a="")], expectation(a={"present": True}), DOCKER))
        self.assertIsNotNone(unmet([alert(a="x")], expectation(a={"absent": True}), DOCKER))

    def test_keys_of_the_alert_are_reached_by_dots(self) -> None:
        self.assertIsNone(unmet([alert()], expectation(alert_checks={"container.name": "$NAME"}), DOCKER))
        self.assertIsNotNone(unmet([alert()], expectation(alert_checks={"container.name": "other"}), DOCKER))
        self.assertIsNotNone(unmet([alert()], expectation(alert_checks={"container.none": "web"}), DOCKER))

    def test_the_containers_id_can_be_named(self) -> None:
        self.assertIsNone(unmet([alert(id=FULL_ID)], expectation(id="$ID"), DOCKER))
        self.assertIsNotNone(unmet([alert(id=FULL_ID[:12])], expectation(id="$ID"), DOCKER))

    def test_one_alert_has_to_fulfil_all_checks(self) -> None:
        split = [alert(a=1, b=1), alert(a=2, b=2)]
        self.assertIsNotNone(unmet(split, expectation(a=1, b=2), DOCKER))

    def test_a_check_with_an_unknown_kind_is_an_error(self) -> None:
        for wrong in ({"regexp": "x"}, {"regex": "x", "present": True}, {"present": False}):
            with self.assertRaises(ValueError):
                parse_check(wrong)


class Counts(unittest.TestCase):
    def test_no_alert_fails(self) -> None:
        self.assertIn("no alert", unmet([], expectation(), DOCKER) or "")

    def test_an_alert_of_another_rule_does_not_count(self) -> None:
        self.assertIn("Other", unmet([alert("Other")], expectation(), DOCKER) or "")

    def test_an_exact_count_fails_above_and_below(self) -> None:
        self.assertIsNone(unmet([alert()] * 2, expectation(count=2), DOCKER))
        self.assertIsNotNone(unmet([alert()], expectation(count=2), DOCKER))
        self.assertIsNotNone(unmet([alert()] * 3, expectation(count=2), DOCKER))

    def test_none_can_be_asked_for(self) -> None:
        self.assertIsNone(unmet([alert("Other")], expectation(count=0), DOCKER))
        self.assertIsNotNone(unmet([alert()], expectation(count=0), DOCKER))


class Attribution(unittest.TestCase):
    def test_twelve_digits_stand_for_an_engines_id(self) -> None:
        self.assertTrue(belongs(alert(container=FULL_ID[:12]), DOCKER))
        self.assertTrue(belongs(alert(container=FULL_ID), DOCKER))

    def test_less_or_others_do_not(self) -> None:
        for wrong in (FULL_ID[:11], "ffffffffffff", "", "host"):
            self.assertFalse(belongs(alert(container=wrong), DOCKER), wrong)

    def test_a_plain_id_has_to_be_whole(self) -> None:
        self.assertTrue(belongs(alert(container="e2e-plain"), PLAIN))
        self.assertFalse(belongs(alert(container="e2e-plai"), PLAIN))

    def test_the_host_has_no_container(self) -> None:
        self.assertTrue(belongs(alert(container=""), HOST))
        self.assertTrue(belongs(alert(container="host"), HOST))
        self.assertFalse(belongs(alert(container="e2e-plain"), HOST))

    def test_an_alert_of_a_stranger_is_found(self) -> None:
        self.assertEqual(misattributed([alert(), alert(container="e2e-plain")], {"R"}, [DOCKER, PLAIN]), [])
        self.assertEqual(len(misattributed([alert(), alert(container="")], {"R"}, [DOCKER, PLAIN])), 1)
        self.assertEqual(misattributed([alert("Other", container="")], {"R"}, [DOCKER]), [])


class Forbidding(unittest.TestCase):
    def test_a_forbidden_rule_is_found(self) -> None:
        self.assertEqual(len(forbidden([alert("A"), alert("B")], ["B"])), 1)
        self.assertEqual(forbidden([alert("A")], ["B"]), [])

    def test_a_star_forbids_all(self) -> None:
        self.assertEqual(len(forbidden([alert("A"), alert("B")], ["*"])), 2)


if __name__ == "__main__":
    unittest.main()
