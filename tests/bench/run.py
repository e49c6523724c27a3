#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Measures what the README claims: size, memory, time to start, latency of an alert, cost to a workload.

    tests/bench/run.py [--binary build/release/eunomia] [--quick] [--json FILE]

Costs are ratios: the same load with and without the engine, in turn, in one run. Needs root and a C compiler.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parents[2]

LATENCY_RULE = """
- rule: bench shadow
  desc: what the latency of an alert is measured with
  condition: evt.type in (open, openat, openat2) and fd.name = /etc/shadow and proc.name = cat
  output: "%proc.cmdline %fd.name"
  priority: warning
"""


class Engine:
    """A running `eunomia run`, started with alerts as JSON in a file of `directory`."""

    def __init__(self, binary: pathlib.Path, directory: pathlib.Path, rules: list[pathlib.Path]):
        self.alerts = directory / "alerts.json"
        self.log = directory / "log"
        config = directory / "config.yaml"
        config.write_text(
            f"alerts:\n  stdout: {{enabled: false}}\n  file: {{path: {self.alerts}, format: json}}\n"
        )
        arguments = [str(binary), "run", "-c", str(config)]
        for path in rules:
            arguments += ["-r", str(path)]
        self.started = time.monotonic()
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(arguments, stderr=log, stdout=subprocess.DEVNULL)
        self.ready_after = self._wait_ready()

    def _wait_ready(self) -> float:
        while time.monotonic() - self.started < 30:
            if " ready: " in self.log.read_text(encoding="utf-8"):
                return time.monotonic() - self.started
            if self.process.poll() is not None:
                break
            time.sleep(0.002)
        raise SystemExit(f"eunomia did not start:\n{self.log.read_text(encoding='utf-8')}")

    def rss_mib(self) -> float:
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024

    def cpu_seconds(self) -> float:
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> str:
        self.process.terminate()
        self.process.wait(timeout=30)
        return self.log.read_text(encoding="utf-8").partition("summary")[2]


def measure_size(binary: pathlib.Path, directory: pathlib.Path) -> dict[str, Any]:
    stripped = directory / "stripped"
    subprocess.run(["strip", "-o", stripped, binary], check=True)
    return {"stripped_mib": round(stripped.stat().st_size / 2**20, 2)}


def measure_start(binary: pathlib.Path, directory: pathlib.Path, rules: pathlib.Path, runs: int) -> dict[str, Any]:
    """Seconds from the start of the binary until every hook is attached, and until a first alert is in the file."""
    ready, rss = [], []
    for _ in range(runs):
        engine = Engine(binary, directory, [rules])
        ready.append(engine.ready_after)
        time.sleep(2)
        rss.append(engine.rss_mib())
        engine.stop()
    return {"ready_s": round(statistics.median(ready), 3), "rss_mib": round(statistics.median(rss), 1)}


def measure_latency(binary: pathlib.Path, directory: pathlib.Path, runs: int) -> dict[str, Any]:
    """From the spawn of `cat /etc/shadow` to the alert's line in a file."""
    rule = directory / "latency.yaml"
    rule.write_text(LATENCY_RULE)
    engine = Engine(binary, directory, [rule])
    samples = []
    with open(engine.alerts, "rb") as file:
        for _ in range(runs):
            time.sleep(0.05)
            file.seek(0, os.SEEK_END)
            start = time.monotonic()
            child = subprocess.Popen(["/bin/cat", "/etc/shadow"], stdout=subprocess.DEVNULL)
            while not file.readline().endswith(b"\n"):
                if time.monotonic() - start > 5:
                    raise SystemExit("no alert within 5 s")
                time.sleep(0.0001)  # spinning would take a processor from what is measured
            samples.append((time.monotonic() - start) * 1000)
            child.wait()
    engine.stop()
    samples.sort()
    return {"median_ms": round(statistics.median(samples), 2), "p95_ms": round(samples[int(len(samples) * 0.95)], 2)}


def run_load(workload: pathlib.Path, kind: str, count: int) -> float:
    return float(subprocess.run([workload, kind, str(count)], check=True, capture_output=True, text=True).stdout)


def measure_cost(binary: pathlib.Path, directory: pathlib.Path, rules: pathlib.Path, kind: str, count: int,
                 pairs: int) -> dict[str, Any]:
    """Wall time of the load with the engine over without, pair by pair; the engine's CPU; events and losses."""
    workload = directory / "workload"
    subprocess.run(["cc", "-O2", "-static", "-o", workload, ROOT / "tests/bench/workload.c"], check=True)
    ratios, cpu, without = [], [], []
    summary = ""
    run_load(workload, kind, count // 20)
    for _ in range(pairs):
        bare = run_load(workload, kind, count)
        engine = Engine(binary, directory, [rules])
        before = engine.cpu_seconds()
        watched = run_load(workload, kind, count)
        cpu.append(engine.cpu_seconds() - before)
        summary = engine.stop()
        ratios.append(watched / bare)
        without.append(bare)
    events = re.search(r"events: (\d+)", summary)
    lost = summary.partition("lost")[2]
    return {
        "count": count,
        "without_s": round(statistics.median(without), 3),
        "ratio": round(statistics.median(ratios), 3),
        "ratio_min_max": [round(min(ratios), 3), round(max(ratios), 3)],
        "engine_cpu_s": round(statistics.median(cpu), 2),
        "events": int(events[1]) if events else None,
        "lost": "nothing" if lost.startswith(": nothing") else " ".join(lost.split()),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "build/release/eunomia")
    parser.add_argument("--rules", type=pathlib.Path, default=ROOT / "rules")
    parser.add_argument("--quick", action="store_true", help="a tenth of the load, for a first look")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures here too")
    options = parser.parse_args()
    if os.geteuid() != 0:
        print("needs root: the engine loads BPF programs", file=sys.stderr)
        return 2
    scale, pairs = (10, 1) if options.quick else (1, 3)
    directory = pathlib.Path(tempfile.mkdtemp(prefix="eunomia-bench-"))
    try:
        figures = {
            "binary": measure_size(options.binary, directory),
            "start": measure_start(options.binary, directory, options.rules, 3),
            "latency": measure_latency(options.binary, directory, 20 if options.quick else 100),
            "open": measure_cost(options.binary, directory, options.rules, "open", 2_000_000 // scale, pairs),
            "exec": measure_cost(options.binary, directory, options.rules, "exec", 20_000 // scale, pairs),
        }
    finally:
        shutil.rmtree(directory)
    text = json.dumps(figures, indent=2)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
