# SPDX-License-Identifier: Apache-2.0
"""Runs the end-to-end cases against a built engine, as root.

    run_cases.py --eunomia build/dev/cli/eunomia --helpers build/dev/tests/e2e/helpers --engines docker,host

Exit status: 0 all passed, 1 something failed, 77 nothing could run here (each reason is printed).
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from harness import batch, image, model, needs
from harness.engine import Engine
from harness.launchers import Launcher
from harness.launchers.docker import Docker
from harness.launchers.host import Host
from harness.launchers.oci import Oci
from harness.process import LaunchError
from harness.scratch import Scratch

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
EXIT_SKIPPED = 77
# Names that rules compare addresses with; the addresses are those of cases.
HOSTS = "127.0.0.1 localhost\n127.0.0.77 kubernetes.default.svc.cluster.local\n"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run end-to-end cases.")
    parser.add_argument("--eunomia", required=True, type=Path, help="the program under test")
    parser.add_argument("--helpers", required=True, type=Path, help="directory of the built helper programs")
    parser.add_argument("--engines", default="docker,runc,crun,host", help=f"of {','.join(model.ENGINES)}")
    parser.add_argument("--once", action="store_true", help="run each case on the first of --engines that it lists")
    parser.add_argument("--jobs", type=int, default=4, help="runs at a time")
    parser.add_argument("--patience", type=int, default=5, metavar="SECONDS",
                        help="how long alerts wait for a container engine's answer")
    parser.add_argument("--rules", type=Path, default=PROJECT / "rules", help="the default rules")
    parser.add_argument("--public-rules", type=Path, help="Falco's stable rule file",
                        default=PROJECT.parent / "shared" / "data" / "falco" / "falco_rules.yaml")
    parser.add_argument("--only", action="append", default=[], metavar="TEXT", help="only cases whose name has TEXT")
    parser.add_argument("--verbose", action="store_true", help="print the engine's log and every alert")
    parser.add_argument("cases", nargs="*", type=Path, help="case files (default: all)")
    return parser.parse_args()


def planned(cases: Sequence[model.Case], engines: Sequence[str], once: bool) -> list[batch.Run]:
    runs = []
    for case in cases:
        usable = [engine for engine in engines if engine in case.engines]
        runs += [batch.Run(case, engine) for engine in (usable[:1] if once else usable)]
    return runs


def skip_reason(run: batch.Run, options: argparse.Namespace) -> str | None:
    if run.case.rule_set == "public" and not options.public_rules.exists():
        return f"the public rules are not at {options.public_rules}"
    launcher = () if run.launcher == "host" else (run.launcher, "overlay")
    return needs.first_missing((*launcher, *run.case.needs))


def make_launcher(name: str, scratch: Path, rootfs: Path, helpers: Path, nonce: str) -> Launcher:
    if name == "docker":
        return Docker(scratch, rootfs, nonce)
    return Host(helpers) if name == "host" else Oci(name, scratch, rootfs, nonce)


def perform(runs: Sequence[batch.Run], options: argparse.Namespace) -> list[str]:
    """Performs all runs, an engine per kind of rules; what went wrong beyond single runs."""
    failures: list[str] = []
    nonce = secrets.token_hex(3)
    with Scratch() as scratch, ExitStack() as stack:
        rootfs = scratch.path / "rootfs.tar"
        image.write_rootfs(rootfs, options.helpers, [file for run in runs for file in run.case.files])
        launchers = {name: stack.enter_context(make_launcher(name, scratch.path, rootfs, options.helpers, nonce))
                     for name in dict.fromkeys(run.launcher for run in runs)}
        config = batch.write_config(scratch.path, options.patience)
        env = {key: value for launcher in launchers.values() for key, value in launcher.info.env.items()}
        hosts = scratch.path / "hosts"
        hosts.write_text(HOSTS, encoding="ascii")
        sets = {"own": [], "default": [options.rules], "public": [options.public_rules]}
        for label in sets:
            group = [run for run in runs if run.case.rule_set == label]
            if not group:
                continue
            paths = batch.write_rules(list({run.case.name: run.case for run in group}.values()),
                                      scratch.path / f"rules-{label}")
            paths += sets[label]
            rules = [part for path in paths for part in ("-r", str(path))]
            engine = Engine(options.eunomia, ["run", "-c", str(config), *rules, "--format", "json"], env, hosts)
            started = time.monotonic()
            try:
                batch.perform(group, launchers, engine, options.jobs)
            except LaunchError as error:
                failures.append(f"{label} rules: {error}")
            print(f"{label} rules: {len(group)} runs in {time.monotonic() - started:.1f} s", flush=True)
            if options.verbose or any(run.complaints for run in group):
                print(engine.log_tail(100 if options.verbose else 15))
            if options.verbose:
                print(*(f"    > {alert}" for alert in engine.alerts), sep="\n")
    return failures


def report(runs: Sequence[batch.Run], skipped: Sequence[tuple[batch.Run, str]], failures: Sequence[str]) -> int:
    for run, reason in skipped:
        print(f"SKIPPED {run.label}: {reason}")
    for run in runs:
        print(f"{'FAILED ' if run.complaints else 'passed '} {run.label}: {run.case.why}")
        for complaint in run.complaints:
            print(f"        {complaint}")
    for failure in failures:
        print(f"FAILED  {failure}")
    failed = sum(1 for run in runs if run.complaints) + len(failures)
    passed = sum(1 for run in runs if not run.complaints)
    print(f"{passed} passed, {failed} failed, {len(skipped)} skipped")
    return 1 if failed else 0


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # let context managers clean up
    options = arguments()
    options.eunomia, options.helpers = options.eunomia.resolve(), options.helpers.resolve()
    if os.geteuid() != 0:
        print("SKIPPED: end-to-end cases load BPF programs and need root")
        return EXIT_SKIPPED
    cases = model.load(options.cases or sorted((HERE / "cases").glob("*.yaml")))
    wanted = [case for case in cases if not options.only or any(text in case.name for text in options.only)]
    plan = planned(wanted, options.engines.split(","), options.once)
    skipped = [(run, reason) for run in plan if (reason := skip_reason(run, options)) is not None]
    runs = [run for run in plan if skip_reason(run, options) is None]
    if not runs:
        report(runs, skipped, [])
        return EXIT_SKIPPED
    return report(runs, skipped, perform(runs, options))


if __name__ == "__main__":
    sys.exit(main())
