# SPDX-License-Identifier: Apache-2.0
"""Compares alerts with what a case expects. Pure functions over parsed JSON; nothing here runs anything."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Alert = Mapping[str, Any]
_KINDS = ("equals", "regex", "contains", "present", "absent")
_MISSING = object()


@dataclass(frozen=True)
class Check:
    """How one value has to be. `regex` is a match of the whole value."""

    kind: str
    value: Any = None

    def complaint(self, actual: Any) -> str | None:
        """None when `actual` is as asked; else what is wrong with it."""
        there = actual is not _MISSING and actual is not None
        good = {
            "equals": lambda: there and type(actual) is type(self.value) and actual == self.value,
            "regex": lambda: there and re.fullmatch(str(self.value), str(actual), re.DOTALL) is not None,
            "contains": lambda: there and self.value in actual,
            "present": lambda: there and actual not in ("", "<NA>", []),
            "absent": lambda: not there or actual in ("", "<NA>", []),
        }[self.kind]()
        if good:
            return None
        shown = "missing" if not there else repr(actual)
        return f"is {shown}, expected {self.kind}" + (f" {self.value!r}" if self.value is not None else "")


def parse_check(entry: Any) -> Check:
    """A plain value means equality; {regex: …}, {contains: …}, {present: true}, {absent: true} the rest."""
    if not isinstance(entry, dict):
        return Check("equals", entry)
    if len(entry) != 1 or next(iter(entry)) not in _KINDS:
        raise ValueError(f"a check is a value or one of {_KINDS}, not {entry!r}")
    kind, value = next(iter(entry.items()))
    if kind in ("present", "absent"):
        if value is not True:
            raise ValueError(f"{kind}: only true is meaningful")
        return Check(kind)
    return Check(kind, value)


@dataclass(frozen=True)
class Expectation:
    rule: str
    fields: Mapping[str, Check]  # of output_fields, by field name
    alert: Mapping[str, Check]  # of the alert, by dotted path: container.name
    count: int | None = None  # how many alerts fulfil it; None: at least one


@dataclass(frozen=True)
class Subject:
    """The run whose alerts are wanted: empty id for the host."""

    container_id: str
    container_name: str


def container_id(alert: Alert) -> str:
    found = (alert.get("container") or {}).get("id") or ""
    return "" if found == "host" else str(found)


def belongs(alert: Alert, subject: Subject) -> bool:
    """Engines' 64 hex digits may be cut to 12, as their own tools do; other ids must be whole."""
    shown, full = container_id(alert), subject.container_id
    return shown == full or (len(full) == 64 and len(shown) >= 12 and full.startswith(shown))


def lookup(alert: Alert, path: str) -> Any:
    value: Any = alert
    for key in path.split("."):
        if not isinstance(value, Mapping) or key not in value:
            return _MISSING
        value = value[key]
    return value


def _resolve(check: Check, subject: Subject) -> Check:
    """$ID and $NAME stand for the container's; in a regex they are taken literally."""
    if not isinstance(check.value, str):
        return check
    quote = re.escape if check.kind == "regex" else str
    value = check.value.replace("$ID", quote(subject.container_id)).replace("$NAME", quote(subject.container_name))
    return Check(check.kind, value)


def complaints(alert: Alert, expectation: Expectation, subject: Subject) -> list[str]:
    fields = alert.get("output_fields") or {}
    found = [(name, _resolve(check, subject).complaint(fields.get(name, _MISSING)))
             for name, check in expectation.fields.items()]
    found += [(path, _resolve(check, subject).complaint(lookup(alert, path)))
              for path, check in expectation.alert.items()]
    return [f"{name} {text}" for name, text in found if text is not None]


def unmet(alerts: Sequence[Alert], expectation: Expectation, subject: Subject) -> str | None:
    """None when the expectation is fulfilled by `alerts`, which are all of the subject; else why it is not."""
    candidates = [alert for alert in alerts if alert.get("rule") == expectation.rule]
    wrong = [complaints(alert, expectation, subject) for alert in candidates]
    fulfilled = sum(1 for texts in wrong if not texts)
    if expectation.count is not None:
        if fulfilled == expectation.count:
            return None
        head = f"rule {expectation.rule!r}: {fulfilled} alerts as expected, wanted {expectation.count}"
    elif fulfilled:
        return None
    else:
        head = f"rule {expectation.rule!r}: no alert as expected"
    nearest = min((texts for texts in wrong if texts), key=len, default=None)
    if nearest is not None:
        return f"{head}; nearest of {len(candidates)}: " + "; ".join(nearest)
    others = sorted({str(alert.get("rule")) for alert in alerts} - {expectation.rule})
    return f"{head}; {len(candidates)} of this rule; other rules alerted: {others or 'none'}"


def forbidden(alerts: Sequence[Alert], rules: Sequence[str]) -> list[str]:
    """Complaints about alerts of rules that must not fire; "*" stands for all."""
    return [f"rule {alert.get('rule')!r} must not fire, but did: {alert.get('output')!r}"
            for alert in alerts if "*" in rules or alert.get("rule") in rules]


def misattributed(alerts: Sequence[Alert], own_rules: set[str], subjects: Sequence[Subject]) -> list[str]:
    """Alerts of a case's own rules that belong to none of the case's runs."""
    return [f"rule {alert.get('rule')!r} attributed to container {container_id(alert) or 'none'!r}, where nothing of "
            f"this case ran: {alert.get('output')!r}"
            for alert in alerts
            if alert.get("rule") in own_rules and not any(belongs(alert, subject) for subject in subjects)]
