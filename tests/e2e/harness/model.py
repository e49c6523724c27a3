# SPDX-License-Identifier: Apache-2.0
"""What a case file says. Every key is checked: a misspelt one is an error, not a check that never runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .image import ImageFile
from .match import Check, Expectation, parse_check

ENGINES = ("docker", "crun", "runc", "host")
RULE_SETS = ("default", "public")
EVERYTHING = "*"  # in `forbid`: any rule

_CASE_KEYS = {"name", "why", "engines", "needs", "files", "run", "user", "env", "cwd", "capabilities", "pids_limit",
              "memory_mib", "unconfined", "privileged", "tty", "enter", "exit", "rules", "expect", "forbid"}
_ITEM_KINDS = ("rule", "macro", "list")
_EXPECT_KEYS = {"rule", "fields", "alert", "count"}


class CaseError(Exception):
    """A case file says something that has no meaning; the text names file, case and key."""


@dataclass(frozen=True)
class Case:
    name: str
    why: str
    engines: tuple[str, ...]
    needs: tuple[str, ...]
    files: tuple[ImageFile, ...]
    argv: tuple[str, ...]
    user: str
    env: tuple[tuple[str, str], ...]
    cwd: str
    capabilities: tuple[str, ...]
    pids_limit: int | None
    memory_mib: int | None
    unconfined: bool
    privileged: bool  # Docker only
    tty: bool  # with a terminal; Docker only
    enter: tuple[str, ...]  # run in the running container, at a terminal; Docker only
    exit: int | None  # expected status of the run; None: any
    rules: tuple[Mapping[str, Any], ...] | None  # None: those of the rule set
    rule_set: str  # "own", or rules that come from elsewhere: "default" (the project's), "public" (Falco's)
    expect: tuple[Expectation, ...]
    forbid: tuple[str, ...]

    @property
    def rule_names(self) -> set[str]:
        """Rules of the case's own."""
        return {str(item["rule"]) for item in self.rules or () if "rule" in item}

    @property
    def rules_of_interest(self) -> set[str]:
        return self.rule_names | {e.rule for e in self.expect} | set(self.forbid)


def _argv(run: Any) -> tuple[str, ...]:
    if isinstance(run, str):
        return ("sh", "-ec", run)
    if isinstance(run, list) and run and all(isinstance(part, str) for part in run):
        return tuple(run)
    raise CaseError("run: a script, or a list of strings")


def _files(entries: Mapping[str, Any]) -> tuple[ImageFile, ...]:
    files = []
    for path, what in entries.items():
        settings = {"text": what} if isinstance(what, str) else dict(what)
        unknown = set(settings) - {"text", "mode", "link"}
        if unknown:
            raise CaseError(f"files: {path}: unknown keys {sorted(unknown)}")
        if "mode" in settings:  # quoted, since YAML 1.1 and 1.2 write octal numbers differently
            settings["mode"] = int(settings["mode"], 8)
        files.append(ImageFile(path, **settings))
    return tuple(files)


def _checks(entries: Mapping[str, Any]) -> dict[str, Check]:
    return {name: parse_check(value) for name, value in entries.items()}


def _expectation(entry: Mapping[str, Any]) -> Expectation:
    unknown = set(entry) - _EXPECT_KEYS
    if unknown or "rule" not in entry:
        raise CaseError(f"expect: unknown keys {sorted(unknown)}" if unknown else "expect: no rule")
    return Expectation(str(entry["rule"]), _checks(entry.get("fields", {})), _checks(entry.get("alert", {})),
                       entry.get("count"))


def _rules(value: Any) -> tuple[Mapping[str, Any], ...] | None:
    if value in RULE_SETS:
        return None
    if not isinstance(value, list):
        raise CaseError(f"rules: one of {RULE_SETS}, or a list of rules, macros and lists")
    return tuple(value)


def _checked_names(case: Case) -> Case:
    """A rule that is expected or forbidden but not defined would be an expectation that cannot fail."""
    if case.rules is not None:
        named = {e.rule for e in case.expect} | set(case.forbid) - {EVERYTHING}
        if named - case.rule_names:
            raise CaseError(f"expects or forbids rules it does not define: {sorted(named - case.rule_names)}")
    if (case.tty or case.enter or case.privileged) and case.engines != ("docker",):
        raise CaseError("tty, enter, privileged: only Docker gives these here")
    if not case.expect and not case.forbid:
        raise CaseError("neither expects nor forbids anything")
    return case


def parse_case(entry: Mapping[str, Any]) -> Case:
    unknown, missing = set(entry) - _CASE_KEYS, {"name", "why", "engines", "run", "rules"} - set(entry)
    if unknown or missing:
        raise CaseError(f"unknown keys {sorted(unknown)}, missing keys {sorted(missing)}")
    if set(entry["engines"]) - set(ENGINES):
        raise CaseError(f"engines: {sorted(set(entry['engines']) - set(ENGINES))} unknown; known: {ENGINES}")
    status = entry.get("exit", 0)
    return _checked_names(Case(
        name=entry["name"], why=entry["why"], engines=tuple(entry["engines"]), needs=tuple(entry.get("needs", ())),
        files=_files(entry.get("files", {})), argv=_argv(entry["run"]), user=entry.get("user", "0:0"),
        env=tuple((str(k), str(v)) for k, v in entry.get("env", {}).items()), cwd=entry.get("cwd", "/"),
        capabilities=tuple(entry.get("capabilities", ())), pids_limit=entry.get("pids_limit"),
        memory_mib=entry.get("memory_mib"), unconfined=entry.get("unconfined", False),
        privileged=entry.get("privileged", False), tty=entry.get("tty", False),
        enter=tuple(entry.get("enter", ())),
        exit=None if status == "any" else status, rules=_rules(entry["rules"]),
        rule_set=entry["rules"] if isinstance(entry["rules"], str) else "own",
        expect=tuple(_expectation(e) for e in entry.get("expect", ())), forbid=tuple(entry.get("forbid", ()))))


def load_file(path: Path) -> list[Case]:
    cases = []
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")) or []:
        try:
            cases.append(parse_case(entry))
        except (CaseError, ValueError, TypeError) as error:
            raise CaseError(f"{path}: case {entry.get('name', '?')}: {error}") from error
    return cases


def load(paths: Iterable[Path]) -> list[Case]:
    """All cases of the files; names of cases, and of what their rules define, are unique across files."""
    cases = [case for path in paths for case in load_file(path)]
    seen: set[str] = set()
    for case in cases:
        defined = [f"{kind} {item[kind]}" for item in case.rules or () for kind in _ITEM_KINDS if kind in item]
        for name in (f"case {case.name}", *defined):
            if name in seen:
                raise CaseError(f"{name} is defined twice")
            seen.add(name)
    return cases
