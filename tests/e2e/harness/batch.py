# SPDX-License-Identifier: Apache-2.0
"""Runs cases that share one engine: all of them at once, then one verdict per run over everything that was alerted.

Cases with rules of their own share one engine, since their rules concern different things by construction (own paths,
ports and programs); cases about the default rules share another.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from . import marker
from .engine import Engine
from .launchers import Launcher, RunResult, RunSpec
from .match import Alert, Subject, belongs, forbidden, misattributed, unmet
from .model import Case
from .process import LaunchError


@dataclass
class Run:
    """One case on one launcher, and what became of it."""

    case: Case
    launcher: str
    result: RunResult | None = None
    complaints: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"{self.launcher}/{self.case.name}"

    @property
    def subject(self) -> Subject:
        return Subject(self.result.container_id, self.result.container_name) if self.result else Subject("?", "?")


def spec_of(case: Case) -> RunSpec:
    return RunSpec(name=case.name, argv=case.argv, user=case.user, env=case.env, cwd=case.cwd,
                   capabilities=case.capabilities, pids_limit=case.pids_limit, memory_mib=case.memory_mib,
                   unconfined=case.unconfined, privileged=case.privileged, tty=case.tty, enter=case.enter)


def write_config(directory: Path, patience_s: int) -> Path:
    """Gives container engines `patience_s` to answer, and as much again to the end of a run."""
    path = directory / "eunomia.yaml"
    path.write_text(f"containers: {{metadata_timeout: {patience_s}s}}\n"
                    f"alerts: {{drain_timeout: {2 * patience_s}s}}\n", encoding="utf-8")
    return path


def write_rules(cases: Sequence[Case], directory: Path) -> list[Path]:
    """The marker's rule, then each case's own, a file each."""
    directory.mkdir(parents=True)
    paths = []
    for name, items in [("marker", marker.ITEMS), *((case.name, case.rules) for case in cases if case.rules)]:
        path = directory / f"{name}.yaml"
        path.write_text(yaml.safe_dump([dict(item) for item in items], sort_keys=False), encoding="utf-8")
        paths.append(path)
    return paths


def _perform(run: Run, launchers: Mapping[str, Launcher], engine: Engine) -> None:
    try:
        run.result = launchers[run.launcher].run(spec_of(run.case))
    except LaunchError as error:
        run.complaints.append(f"did not run: {error}")
        return
    if run.case.exit is not None and run.result.exit_status != run.case.exit:
        run.complaints.append(f"exit status {run.result.exit_status}, expected {run.case.exit}; output:\n"
                              f"{run.result.output[-1000:]}")
    if not marker.reach(engine):
        run.complaints.append("the engine never reported the marker that follows the run")


def _own_alerts(run: Run, alerts: Sequence[Alert]) -> list[Alert]:
    """The run's alerts: by container; on the host, where others are busy too, only those of the case's rules."""
    mine = [alert for alert in alerts if belongs(alert, run.subject) and not marker.is_marker(alert)]
    return mine if run.subject.container_id else [a for a in mine if a.get("rule") in run.case.rules_of_interest]


def judge(run: Run, alerts: Sequence[Alert]) -> None:
    """Adds to the run's complaints what its own alerts lack or should not hold."""
    mine = _own_alerts(run, alerts)
    run.complaints += [text for e in run.case.expect if (text := unmet(mine, e, run.subject)) is not None]
    run.complaints += forbidden(mine, run.case.forbid)


def judge_strays(siblings: Sequence[Run], alerts: Sequence[Alert]) -> None:
    """Charges alerts that belong to none of a case's runs to those runs that miss some, or else to all."""
    strays = misattributed(alerts, siblings[0].case.rule_names, [run.subject for run in siblings])
    for run in [run for run in siblings if run.complaints] or siblings:
        run.complaints += strays


def _verdicts(runs: Sequence[Run], engine: Engine) -> None:
    performed = [run for run in runs if run.result is not None]
    for run in performed:
        judge(run, engine.alerts)
    for case in dict.fromkeys(id(run.case) for run in performed):
        judge_strays([run for run in performed if id(run.case) == case], engine.alerts)
    if engine.garbage:
        runs[0].complaints.append(f"the engine printed lines that are no JSON objects: {engine.garbage[:3]!r}")


def perform(runs: Sequence[Run], launchers: Mapping[str, Launcher], engine: Engine, jobs: int) -> None:
    """Starts the engine, performs all runs, drains the engine, judges. Raises LaunchError when the engine fails."""
    try:
        engine.start()
        stopped = threading.Event()
        with ThreadPoolExecutor(jobs) as pool:
            for _ in pool.map(lambda run: None if stopped.is_set() else _perform(run, launchers, engine), runs):
                if not engine.running():
                    stopped.set()
        status = engine.stop()
    finally:
        engine.kill()
        for run in runs:
            if run.result is None and not run.complaints:
                run.complaints.append("was not run")
    _verdicts(runs, engine)
    if status != 0:
        raise LaunchError(f"the engine ended with status {status}:\n{engine.log_tail()}")
