# SPDX-License-Identifier: Apache-2.0
"""The ordinary life of nginx, redis and PostgreSQL in containers, and of the host below them, raises no alert.

A container engine starts, an image arrives, services start, serve, are asked after, reload, rotate their logs, save,
stop and start again; then nothing happens for a while. All of that must be silent under the default rules. So that
silence is not deafness, every service's start must have been seen in its container, and at last each container does
what must be reported: it reads the password hashes and runs a program that came after its start.

    quiet_life.py --eunomia build/dev/eunomia --helpers build/dev/tests/e2e/helpers/bin --cache build/software
    quiet_life.py ... --rules FILE [--rules DIRECTORY]     # judges nothing: a table of what these rules raise
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from support import EXIT_SKIPPED, PROJECT

from harness import batch, image, marker, needs, software, summary
from harness.engine import Engine
from harness.launchers.docker import REPOSITORY, TAG, Docker
from harness.launchers.docker_api import DockerApi
from harness.match import Alert, Subject, belongs, container_id, lookup
from harness.process import LaunchError, checked
from harness.scratch import Scratch

from services import Act, Service, services

IDLE_S = 10
HEALTHY_TIMEOUT_S = 120
MEMORY_GIB = 4  # available: enough to hold the image's archive and its tree, of which there are 700 MiB
LOSS_RULE = "Eunomia loses events"
FORBIDDEN_FILE = "/etc/shadow"
DROPPED = "/var/tmp/dropped"  # a program that the image does not have
CENSUS = "E2E census"
# Last in the list: it takes only what no rule under test has taken.
CENSUS_ITEMS = [{
    "rule": CENSUS, "desc": "Shows that the engine sees what runs in containers.", "priority": "debug",
    "condition": "evt.type in (execve, execveat) and container.id != host",
    "output": "runs %proc.name %proc.exepath %proc.pname in %container.id",
}]


@dataclass
class Life:
    """A service's container, and what was missing of its life."""

    service: Service
    container: str = ""
    complaints: list[str] = field(default_factory=list)


class Clock:
    """Says how long each phase took."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def lap(self, phase: str) -> None:
        now = time.monotonic()
        print(f"{phase}: {now - self._last:.1f} s", flush=True)
        self._last = now


def wait_healthy(api: DockerApi, container: str) -> None:
    deadline = time.monotonic() + HEALTHY_TIMEOUT_S
    while True:
        state = api.inspect(container)["State"]
        if state.get("Health", {}).get("Status") == "healthy":
            return
        if not state["Running"] or time.monotonic() > deadline:
            log = api.logs(container, framed=True).decode(errors="replace")[-2000:]
            raise LaunchError(f"not healthy: {state}\n{log}")
        time.sleep(0.3)


def perform(api: DockerApi, container: str, act: Act) -> None:
    if act.signal:
        return api.signal(container, act.signal)
    deadline = time.monotonic() + act.patience_s
    while True:
        output = api.execute(container, act.argv, act.user)
        if act.says in output:
            return
        if time.monotonic() > deadline:
            raise LaunchError(f"{' '.join(act.argv)}: no {act.says!r} in: {output[-1000:]}")
        time.sleep(0.3)


def live(api: DockerApi, life: Life) -> None:
    """First start, everything a service does, stop, start again."""
    try:
        name = f"{life.service.name}-{secrets.token_hex(3)}"
        limits = {"NetworkMode": "none", "Memory": 512 << 20, "PidsLimit": 256}
        if life.service.unprivileged:
            limits |= {"ReadonlyRootfs": True, "Tmpfs": {"/tmp": ""}}
        life.container = api.create(name, {"Image": f"{REPOSITORY}:{TAG}", "HostConfig": limits,
                                           **life.service.settings})
        api.start(life.container)
        wait_healthy(api, life.container)
        for act in life.service.acts:
            perform(api, life.container, act)
        api.stop(life.container)
        api.start(life.container)
        wait_healthy(api, life.container)
        perform(api, life.container, life.service.again)
    except (LaunchError, OSError) as error:
        life.complaints.append(f"{life.service.name} did not live: {error}")


def look_after(docker: Docker, life: Life, directory: Path) -> None:
    """What an operator does on the host, with the engine's own tool."""
    container, copy = life.container, str(directory / "copy")
    commands = [["ps"], ["images"], ["inspect", container], ["logs", container], ["top", container],
                ["diff", container]]
    if not life.service.unprivileged:
        commands += [["cp", f"{container}:/etc/hostname", copy], ["cp", copy, f"{container}:/tmp/"],
                     ["stats", "--no-stream", container]]
    for command in commands:
        done = subprocess.run(["docker", *command], env={**os.environ, **docker.info.env}, capture_output=True,
                              text=True, errors="replace", timeout=60, check=False)
        if done.returncode != 0:
            life.complaints.append(f"docker {' '.join(command)}: {done.stderr.strip()[-300:]}")


def misbehave(api: DockerApi, life: Life) -> None:
    try:
        api.execute(life.container, ["cat", FORBIDDEN_FILE], user="0")
        if not life.service.unprivileged:
            api.execute(life.container, ["cp", "/usr/bin/true", DROPPED], user="0")
            api.execute(life.container, [DROPPED])
    except (LaunchError, OSError) as error:
        life.complaints.append(f"{life.service.name}: {error}")


def live_all(docker: Docker, engine: Engine, lives: Sequence[Life], directory: Path) -> None:
    clock = Clock()
    with ThreadPoolExecutor(len(lives)) as pool:
        list(pool.map(lambda life: live(docker.api, life), lives))
    clock.lap("services")
    started = [life for life in lives if not life.complaints]
    for life in started:
        look_after(docker, life, directory)
    clock.lap("operator")
    time.sleep(IDLE_S)  # nothing but health checks
    clock.lap("idle")
    for life in started:
        misbehave(docker.api, life)
    if not marker.reach(engine):
        lives[0].complaints.append("the marker's alert did not come")
    for life in started:
        docker.api.stop(life.container)
        docker.api.remove(life.container)
    clock.lap("end")


def write_rules(directory: Path, name: str, items: object) -> Path:
    path = directory / name
    path.write_text(yaml.safe_dump(items, sort_keys=False), encoding="utf-8")
    return path


def keep_in_memory(directory: Path) -> None:
    """Thousands of files for a minute: a disk takes longer to forget them than the services to live."""
    meminfo = dict(line.split(":") for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
    if int(meminfo["MemAvailable"].split()[0]) >> 20 >= MEMORY_GIB:
        checked(["mount", "-t", "tmpfs", "-o", f"size={MEMORY_GIB - 1}g,mode=755", "eunomia-e2e", str(directory)])


def observe(options: argparse.Namespace, archive: Path) -> tuple[Engine, list[Life], int]:
    """Lives all lives with the engine running from before the container engine's start until after its end."""
    lives = [Life(service) for service in services(software.directory_of(archive, "*/postgresql/*/bin/postgres"))]
    clock = Clock()
    with Scratch() as scratch:
        keep_in_memory(scratch.path)
        rootfs = scratch.path / "rootfs.tar"
        image.extend(archive, rootfs, [file for life in lives for file in life.service.files])
        clock.lap("image")
        docker = Docker(scratch.path, rootfs, secrets.token_hex(3))
        rules = [write_rules(scratch.path, "marker.yaml", marker.ITEMS), *(options.rules or [PROJECT / "rules"]),
                 write_rules(scratch.path, "census.yaml", CENSUS_ITEMS)]
        engine = Engine(options.eunomia, ["run", "-c", str(batch.write_config(scratch.path, 10)), "--format", "json",
                                          *(part for path in rules for part in ("-r", str(path)))], docker.info.env)
        try:
            engine.start()
            clock.lap("eunomia's start")
            with docker:
                clock.lap("container engine's start, image's import")
                live_all(docker, engine, lives, scratch.path)
                clock.lap("lives")
            clock.lap("container engine's end")
            status = engine.stop()
            clock.lap("eunomia's end")
        finally:
            engine.kill()
    clock.lap("cleaning up")
    return engine, lives, status


def owner(alert: Alert, lives: Sequence[Life]) -> str:
    """The service whose container it is, host, or other: a container that is none of ours."""
    if not container_id(alert):
        return "host"
    return next((life.service.name for life in lives
                 if life.container and belongs(alert, Subject(life.container, ""))), "other")


def is_bad_act(alert: Alert) -> bool:
    return container_id(alert) != "" and any(path in str(alert.get("output")) for path in (FORBIDDEN_FILE, DROPPED))


def judged(engine: Engine) -> list[Alert]:
    return [alert for alert in engine.alerts if not marker.is_marker(alert) and alert.get("rule") != CENSUS]


def deafness(engine: Engine, lives: Sequence[Life]) -> list[str]:
    """What should have been seen in the containers and was not."""
    found = []
    for life in lives:
        own = [alert for alert in engine.alerts if owner(alert, lives) == life.service.name]
        ran = Counter(str((alert.get("output_fields") or {}).get("proc.name")) for alert in own
                      if alert.get("rule") == CENSUS)
        print(f"{life.service.name}: {ran.total()} programs seen to start, "
              f"{ran[life.service.program]} of them {life.service.program}")
        if ran[life.service.program] < 2:  # started, stopped, started again
            found.append(f"{life.service.name}: {life.service.program} was seen to start {ran[life.service.program]} "
                         f"times, expected 2 or more; seen: {dict(ran)}")
        alerts = [alert for alert in own if alert.get("rule") != CENSUS]
        if not any(FORBIDDEN_FILE in str(alert.get("output")) for alert in alerts):
            found.append(f"{life.service.name}: reading {FORBIDDEN_FILE} in it raised no alert")
        if not life.service.unprivileged and not any(lookup(alert, "process.exepath") == DROPPED for alert in alerts):
            found.append(f"{life.service.name}: running {DROPPED}, which is not of the image, raised no alert")
    return found


def noise(engine: Engine, lives: Sequence[Life]) -> list[str]:
    found = []
    for alert in judged(engine):
        where = owner(alert, lives)
        text = f"{where}: rule {alert.get('rule')!r}: {alert.get('output')}"
        if where == "other":
            print(f"not judged, of a container that is none of this test's: {text}")
        elif not (is_bad_act(alert) and where != "host"):
            found.append(text)
    return found


def table(engine: Engine, lives: Sequence[Life]) -> None:
    """Alerts per rule and place, and for each the first that came."""
    groups: dict[tuple[str, str], list[Alert]] = {}
    for alert in judged(engine):
        groups.setdefault((str(alert.get("rule")), owner(alert, lives)), []).append(alert)
    print(f"{'alerts':>7}  {'where':<9} rule")
    for (rule, where), alerts in sorted(groups.items(), key=lambda group: -len(group[1])):
        print(f"{len(alerts):>7}  {where:<9} {rule}")
        for output in list(dict.fromkeys(str(alert.get("output")) for alert in alerts))[:3]:
            print(f"{'':19}{output}")


def report(options: argparse.Namespace, engine: Engine, lives: Sequence[Life], status: int) -> int:
    failures = [text for life in lives for text in life.complaints]
    failures += [] if status == 0 else [f"the engine ended with status {status}\n{engine.log_tail()}"]
    lost = summary.losses(engine.log)
    print(f"lost or cut: {lost or 'nothing'}")
    if options.rules:
        table(engine, lives)
    else:
        failures += deafness(engine, lives) + noise(engine, lives)
        failures += [f"{summary.lost_events(engine.log)} events were lost: {lost}"] * bool(
            summary.lost_events(engine.log))
        failures += [f"no JSON object: {line}" for line in engine.garbage[:3]]
    for failure in failures:
        print(f"FAILED  {failure}")
    print(f"{len(failures)} failures")
    return 1 if failures else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the alerts of an ordinary life.")
    parser.add_argument("--eunomia", required=True, type=Path)
    parser.add_argument("--helpers", type=Path, help="not used; all tests are given it")
    parser.add_argument("--cache", required=True, type=Path, help="where the containers' software is kept")
    parser.add_argument("--rules", action="append", type=Path, default=[], metavar="PATH",
                        help="measure these instead of judging the default rules; may be repeated")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    reason = "this test loads BPF programs and needs root" if os.geteuid() != 0 else needs.first_missing(
        ("docker", "overlay"))
    archive = None
    if reason is None:
        started = time.monotonic()
        try:
            archive = software.ensure(options.cache)
        except software.Unavailable as error:
            reason = str(error)
    if archive is None:
        print(f"SKIPPED: {reason}")
        return EXIT_SKIPPED
    print(f"software: {archive.name}, {time.monotonic() - started:.1f} s", flush=True)
    engine, lives, status = observe(options, archive)
    print(f"lived: {time.monotonic() - started:.1f} s", flush=True)
    return report(options, engine, lives, status)


if __name__ == "__main__":
    sys.exit(main())
